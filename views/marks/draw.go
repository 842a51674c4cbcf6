package marks

import (
	"strings"

	"github.com/dustin/go-humanize"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// lead is what stands before the columns: the cursor, and whether there is a mark.
const lead = 3

// The columns, in their order on the screen.
const (
	timeColumn = iota
	operationColumn
	actorColumn
	noteColumn
)

func columns(times views.Stamp) []grid.Column {
	return []grid.Column{
		timeColumn:      {Title: times.Title(), Min: times.Width()},
		operationColumn: {Title: "OPERATION", Min: 12, Weight: 3, Max: 32},
		actorColumn:     {Title: "PRINCIPAL", Min: 9, Weight: 2, Max: 32},
		noteColumn:      {Title: "NOTE", Min: 8, Weight: 6},
	}
}

// View gives exactly as many lines as the pane is high, each exactly as wide. It is drawn again only when something changed.
func (p *Pane) View() string {
	if p.stale {
		p.view, p.stale = p.draw(), false
	}
	return p.view
}

func (p *Pane) draw() string {
	if len(p.list) == 0 {
		lines := []string{
			p.text.Cell(" Nothing is marked. "+p.keys, p.width),
			p.text.Cell(" Marks and notes are kept on this machine, and are there again whenever the same entries are read.", p.width),
		}
		for i := range lines {
			lines[i] = p.theme.Dim.Render(lines[i])
		}
		return grid.Frame(lines, p.width, p.height)
	}
	w := p.window
	times := p.data.Clock.Stamp(p.data.Now)
	for _, k := range p.list[w.Top:w.End()] {
		if !k.Time.IsZero() {
			times = times.With(k.Time, p.data.Now)
		}
	}
	cols := columns(times)
	spans := grid.Arrange(p.width, lead, cols)
	lines := make([]string, 0, p.height)
	l := &p.line
	l.Reset()
	x := 0
	for _, s := range spans {
		l.Cell(p.text, "", s.X-x, p.theme.ColumnHead)
		l.Cell(p.text, cols[s.Column].Title, s.Width, p.theme.ColumnHead)
		x = s.X + s.Width
	}
	l.Cell(p.text, "", max(p.width-x, 0), p.theme.ColumnHead)
	lines = append(lines, l.String())
	for i := w.Top; i < w.End(); i++ {
		lines = append(lines, p.row(i, times, spans))
	}
	return grid.Frame(lines, p.width, p.height)
}

// row draws one mark. Those whose entry is not in the log are dim, and have a sign of their own in the place of the mark.
func (p *Pane) row(i int, times views.Stamp, spans []grid.Span) string {
	k, l, th := &p.list[i], &p.line, p.theme
	_, here := p.places[k.ID]
	l.Reset()
	cursor := " "
	if i == p.window.Cursor {
		cursor = th.Glyphs.Cursor
	}
	sign := " "
	switch {
	case !here:
		sign = th.Glyphs.Undated
	case k.Marked:
		sign = th.Glyphs.Mark
	}
	for _, g := range []string{cursor, sign}[:max(min(2, p.width), 0)] {
		l.Glyph(g, th.Row)
	}
	x := min(2, p.width)
	for _, s := range spans {
		l.Space(s.X - x)
		x = s.X + s.Width
		switch s.Column {
		case timeColumn:
			if k.Time.IsZero() {
				l.Cell(p.text, "-", s.Width, th.Row)
				break
			}
			l.Cell(p.text, string(times.Append(nil, k.Time, p.data.Now)), s.Width, th.Row)
		case operationColumn:
			l.Cell(p.text, or(k.Operation), s.Width, th.Row)
		case actorColumn:
			l.Cell(p.text, or(k.Actor), s.Width, th.Row)
		case noteColumn:
			l.Cell(p.text, strings.ReplaceAll(k.Note, "\n", " "), s.Width, th.Title)
		}
	}
	l.Space(max(p.width-x, 0))
	style := theme.Style{}
	switch {
	case i == p.window.Cursor && p.focused:
		style = th.Cursor
	case i == p.window.Cursor:
		style = th.CursorIdle
	case !here:
		style = th.Dim
	default:
		return l.String()
	}
	return string(l.AppendAs(nil, style))
}

func or(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Summary tells about the selected mark in one line of exactly width cells: what stands on it, of which entry, and which of how many it is.
func (p *Pane) Summary(width int) string {
	k, ok := p.Current()
	if !ok {
		return p.text.Cell("", width)
	}
	place := humanize.Comma(int64(p.window.Cursor+1)) + "/" + humanize.Comma(int64(len(p.list)))
	if width < len(place)+2 {
		return p.text.CellRight(place, width)
	}
	var words []string
	for _, s := range []string{k.Note, k.Actor, k.Operation} {
		if s != "" {
			words = append(words, s)
		}
	}
	if _, here := p.places[k.ID]; !here {
		words = append([]string{"not in the log"}, words...)
	}
	if k.LogID != "" {
		words = append(words, "log_id "+k.LogID)
	}
	return p.text.Cell(" "+strings.Join(words, "  "), width-len(place)-1) + " " + place
}
