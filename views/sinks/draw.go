package sinks

import (
	"fmt"
	"path"

	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/verdict"
	"taudit/views/grid"
)

// draw makes the view from scratch: only the rows that are visible are looked at.
func (p *Pane) draw() string {
	switch {
	case p.width < lead:
		return grid.Frame(nil, p.width, p.height)
	case p.page != nil:
		return p.drawPage()
	}
	lines := append(make([]string, 0, p.height), p.head[:min(len(p.head), p.height)]...)
	columns := p.table()
	spans := p.spans(columns)
	if len(p.data.Status) == 0 {
		lines = append(lines, p.plain(p.theme.Row, "No source is being read yet."))
		return grid.Frame(lines, p.width, p.height)
	}
	lines = append(lines, p.title(columns, spans))
	for row := p.window.Top; row < p.window.End(); row++ {
		lines = append(lines, p.row(row, columns, spans))
	}
	return grid.Frame(lines, p.width, p.height)
}

// title is the line above the rows, which says what the first of them is of.
func (p *Pane) title(columns []column, spans []grid.Span) string {
	if at := p.find(p.window.Top); at.section != ofParts && at.number < 0 {
		return p.plain(p.theme.Row, "") // it says so itself
	} else if at.section != ofParts {
		for _, s := range p.sections {
			if s.kind == at.section {
				return p.plain(p.theme.ColumnHead, s.title)
			}
		}
	}
	l := &p.line
	l.Reset()
	x := 0
	for _, s := range spans {
		c := columns[s.Column]
		if s.Column == p.sorting.column && p.sorting.chosen() {
			// Before the title, where there is always room.
			l.Cell(p.text, "", s.X-x-1, p.theme.ColumnHead)
			l.Glyph(p.sortSign(&c), p.theme.ColumnHead)
		} else {
			l.Cell(p.text, "", s.X-x, p.theme.ColumnHead)
		}
		text := c.Title
		if c.right {
			text = p.text.CellRight(c.Title, s.Width)
		}
		l.Cell(p.text, text, s.Width, p.theme.ColumnHead)
		x = s.X + s.Width
	}
	l.Cell(p.text, "", p.width-x, p.theme.ColumnHead)
	return l.String()
}

// row draws one row below the head.
func (p *Pane) row(row int, columns []column, spans []grid.Span) string {
	at := p.find(row)
	selected := row == p.window.Cursor
	l := &p.line
	l.Reset()
	mark := " "
	if selected {
		mark = p.theme.Glyphs.Cursor
	}
	switch {
	case at.number < 0:
		for _, s := range p.sections {
			if s.kind == at.section {
				l.Glyph(mark, p.theme.Row)
				l.Cell(p.text, s.title, p.width-1, p.theme.ColumnHead)
			}
		}
	case at.section == ofParts:
		p.part(at, mark, columns, spans)
	case at.section == ofGaps:
		g := p.data.Gaps[at.number]
		l.Glyph(mark+" ", p.theme.Row)
		l.Cell(p.text, p.gap(g), p.width-lead, p.theme.Row)
	case at.section == ofBad:
		p.badRow(at.number, mark)
	default:
		for _, s := range p.sections {
			if s.kind == at.section && !selected {
				return s.lines[at.number]
			}
			if s.kind == at.section {
				return p.marked(s.lines[at.number])
			}
		}
	}
	switch {
	case selected && p.focused:
		return string(l.AppendAs(nil, p.theme.Cursor))
	case selected:
		return string(l.AppendAs(nil, p.theme.CursorIdle))
	}
	return l.String()
}

// part draws the row of a part.
func (p *Pane) part(at place, mark string, columns []column, spans []grid.Span) {
	i := p.partAt(at)
	s := &p.data.Status[i]
	var v verdict.Verdict
	if i < len(p.data.Verdict.Parts) {
		v = p.data.Verdict.Parts[i]
	}
	l := &p.line
	l.Glyph(mark, p.theme.Row)
	l.Space(min(lead, p.width) - 1)
	x := min(lead, p.width)
	for _, span := range spans {
		c := columns[span.Column].of(p, s, v)
		l.Space(span.X - x)
		switch {
		case c.clean:
			l.Glyph(c.text, c.style)
		case c.right:
			l.Cell(p.text, p.text.CellRight(c.text, span.Width), span.Width, c.style)
		default:
			l.Cell(p.text, c.text, span.Width, c.style)
		}
		x = span.X + span.Width
	}
	l.Space(p.width - x)
}

// gap tells a gap in a line.
func (p *Pane) gap(g source.Gap) string {
	where := verdict.ShortPart(g.Part)
	if where == "" {
		where = g.Source
	}
	span := "bounds not known"
	switch {
	case g.From.IsZero() && g.To.IsZero():
	case g.From.IsZero():
		span = "before " + p.clock(g.To)
	case g.To.IsZero():
		span = "after " + p.clock(g.From)
	default:
		span = p.clock(g.From) + " to " + p.clock(g.To)
	}
	return where + "  " + span + "  " + g.Why
}

// badRow draws the row of a bad record.
func (p *Pane) badRow(number int, mark string) {
	b := &p.bad()[number-p.firstBad()]
	l := &p.line
	l.Glyph(mark+" ", p.theme.Row)
	l.Cell(p.text, badLine(b), p.width-lead, p.theme.Row)
}

// badLine tells a bad record in a line: how much it is, why, how it begins, and where it was.
func badLine(b *audit.Bad) string {
	text := humanize.IBytes(uint64(max(b.Size, 0))) + "  "
	if b.Probe() {
		text += "the test value that Temporal Cloud writes when a sink is verified"
	} else {
		text += b.Reason
	}
	if b.Raw != "" {
		const preview = 60
		text += fmt.Sprintf("  %q", b.Raw[:min(len(b.Raw), preview)])
	}
	if b.Origin.Part == "" {
		return text
	}
	return text + "  in " + path.Base(verdict.ShortPart(b.Origin.Part))
}

// marked puts the sign of the cursor in the first cell of a line of text, and paints all of it.
func (p *Pane) marked(line string) string {
	style := p.theme.CursorIdle
	if p.focused {
		style = p.theme.Cursor
	}
	plain := stripped(line)
	return style.Render(p.theme.Glyphs.Cursor + plain[min(1, len(plain)):])
}
