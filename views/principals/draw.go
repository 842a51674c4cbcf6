package principals

import (
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// draw makes the view from scratch: only what is visible is looked at.
func (p *Pane) draw() string {
	if p.height == 0 || p.width == 0 {
		return grid.Frame(nil, 0, p.height)
	}
	if p.page != nil {
		return p.page.draw(p)
	}
	p.arrange()
	p.out = p.out[:0]
	if text := p.nothing(); text != nil {
		p.drawHead()
		p.drawText(text)
		return string(p.out)
	}
	p.drawHead()
	notes := p.notes()
	for y := 1; y < p.height; y++ {
		p.out = append(p.out, '\n')
		// The notes stand below the rows: with a blank between if there is room, at the end if there is none.
		n := y - 1 - min(p.count()-p.window.Top, p.window.Height)
		if p.count()-p.window.Top < p.window.Height {
			n--
		}
		switch i := p.window.Top + y - 1; {
		case i < p.window.End():
			p.drawRow(i)
		case n >= 0 && n < len(notes):
			p.line.Reset()
			p.line.Space(min(lead, p.width))
			p.line.Cell(p.text, notes[n], p.width-lead, p.theme.Dim)
			p.out = p.line.Append(p.out)
		default:
			p.line.Reset()
			p.line.Space(p.width)
			p.out = p.line.Append(p.out)
		}
	}
	return string(p.out)
}

// arrange fits the columns to the width.
func (p *Pane) arrange() {
	if p.spans == nil {
		p.spans = grid.Arrange(p.width, lead, p.columns)
	}
}

// cells is how wide a sparkline is.
func (p *Pane) cells() int {
	for _, s := range p.spans {
		if s.Column == shapeColumn {
			return s.Width
		}
	}
	return 0
}

// body is how many rows there are for principals.
func (p *Pane) body() int { return max(p.height-1-len(p.notes()), 0) }

// drawHead names the columns, with a sign on the one that is sorted by: up where the least is first.
func (p *Pane) drawHead() {
	l, style := &p.line, p.theme.ColumnHead
	l.Reset()
	l.Cell(p.text, "", min(lead, p.width), style)
	x := lead
	for _, s := range p.spans {
		l.Cell(p.text, "", s.X-x, style)
		x = s.X + s.Width
		title := p.title(s.Column, s.Width)
		if s.Column == p.sorting.column {
			sign := p.theme.Glyphs.Up
			if columnOf(s.Column).falling != p.sorting.reverse {
				sign = p.theme.Glyphs.Down
			}
			title = p.text.Cell(title, min(len(title), s.Width-1)) + sign
		}
		if columnOf(s.Column).right {
			l.Space(s.Width - grid.Cells([]byte(title)))
			l.Glyph(title, style)
			continue
		}
		l.Cell(p.text, title, s.Width, style)
	}
	l.Cell(p.text, "", p.width-x, style)
	p.out = l.Append(p.out)
}

// drawRow paints one principal. The selected one is painted as a whole, from plain cells, while the pane has the focus.
func (p *Pane) drawRow(i int) {
	g := p.result.order[i]
	if !p.focused || i != p.window.Cursor {
		p.compose(g, " ")
		p.out = p.line.Append(p.out)
		return
	}
	p.compose(g, p.theme.Glyphs.Cursor)
	p.out = p.line.AppendAs(p.out, p.theme.Cursor)
}

// compose builds the cells of a principal in p.line.
func (p *Pane) compose(g int32, cursor string) {
	r, l, th := p.result, &p.line, p.theme
	who, sum, detail := &r.roster.Principals[g], r.sums[g], r.details[g]
	if detail == nil {
		detail = &store.Detail{} // it comes in a moment
	}
	l.Reset()
	l.Glyph(cursor, th.Row)
	l.Space(min(lead, p.width) - 1)
	x := lead
	for _, s := range p.spans {
		l.Space(s.X - x)
		x = s.X + s.Width
		switch s.Column {
		case nameColumn:
			p.composeName(who, g, s.Width)
		case typeColumn:
			l.Cell(p.text, short(who), s.Width, th.Row)
		case viaColumn:
			word := r.via[g].String()
			if len(word) > s.Width {
				word = "web"
			}
			l.Cell(p.text, word, s.Width, th.Row)
		case entriesColumn:
			p.right(number(sum.Entries), s.Width, th.Row)
		case errorsColumn:
			style := th.Row
			if sum.Errors > 0 {
				style = th.Error
			}
			p.right(number(sum.Errors), s.Width, style)
		case lastColumn:
			text := "-"
			if sum.Entries > 0 {
				text = p.seen(sum.Last)
			}
			p.right(text, s.Width, th.Row)
		case operationsColumn:
			l.Cell(p.text, p.tallied(detail.Operations, s.Width, true), s.Width, th.Row)
		case shapeColumn:
			text := p.shape(detail.Buckets[:min(len(detail.Buckets), s.Width)])
			l.Glyph(text, th.Path)
			l.Space(s.Width - min(len(detail.Buckets), s.Width))
		case addressesColumn:
			l.Cell(p.text, p.tallied(detail.Addresses, s.Width, false), s.Width, th.Row)
		}
	}
	l.Space(p.width - x)
}

// mark is what stands behind the name of who is new.
const mark = "new"

func (p *Pane) composeName(who *store.Principal, g int32, width int) {
	l := &p.line
	if _, fresh := p.result.news.fresh[g]; !fresh || width <= len(mark)+1 {
		l.Cell(p.text, called(who), width, p.theme.Row)
		return
	}
	l.Cell(p.text, called(who), width-len(mark)-1, p.theme.Row)
	l.Space(1)
	l.Glyph(mark, p.theme.Mark)
}

// right adds a number at the right of its column.
func (p *Pane) right(s string, width int, style theme.Style) {
	p.line.Space(width - min(len(s), width))
	p.line.Cell(p.text, s, min(len(s), width), style)
}

// leastNoted is the height from which there are lines below the table.
const leastNoted = 10

// notes are the lines below the table: who is new and from where, on what basis that is said, and how many rows are not seen.
func (p *Pane) notes() []string {
	r := p.result
	if r == nil || p.height < leastNoted || len(r.order) == 0 {
		return nil
	}
	n := &r.news
	var out []string
	switch {
	case n.For == 0:
		out = append(out, "Who is new is told from "+views.Length(store.LeastLoaded)+" of history on; "+views.Length(n.Loaded)+" loaded.")
	case len(n.names) == 0:
		out = append(out, "Nobody is new in the last "+views.Length(n.For)+" ("+views.Length(n.Loaded)+" loaded).")
	default:
		var names []string
		for _, g := range n.names[:min(len(n.names), maxNews)] {
			names = append(names, called(&r.roster.Principals[g])+" ("+p.when(n.fresh[g])+")")
		}
		out = append(out, p.listed("New in the last "+views.Length(n.For)+" ("+views.Length(n.Loaded)+" loaded): ", names, len(n.names)))
	}
	var met []string
	count := 0
	for _, m := range n.met {
		if r.sums[m.Group].Entries == 0 {
			continue
		}
		if count++; count <= maxNews {
			met = append(met, called(&r.roster.Principals[m.Group])+" "+m.Address+" ("+p.when(m.At)+")")
		}
	}
	if count > 0 {
		out = append(out, p.listed("New address: ", met, count))
	}
	if len(n.kinds) > 0 {
		var kinds []string
		for _, f := range n.kinds[:min(len(n.kinds), maxNews)] {
			kinds = append(kinds, f.Name+" ("+p.when(f.At)+")")
		}
		out = append(out, p.listed("New operation: ", kinds, len(n.kinds)))
	}
	if more := len(r.order) - max(p.height-1-len(out)-1, 0); more > 0 && len(r.order) > p.height-1-len(out) {
		text := humanize.Comma(int64(more)) + " more"
		if p.hint != "" && !p.focused {
			text += "   " + p.hint
		}
		out = append(out, text)
	}
	return out
}

// listed joins names, as many as fit, and says how many more there are.
func (p *Pane) listed(head string, names []string, total int) string {
	room := p.width - lead
	out := head
	for i, n := range names {
		n = p.text.Clean(n[:min(len(n), longest)])
		if i > 0 {
			n = ", " + n
		}
		tail := ""
		if left := total - i - 1; left > 0 {
			tail = " +" + number(left)
		}
		if i > 0 && p.text.Width(out)+p.text.Width(n)+len(tail) > room {
			return out + " +" + number(total-i)
		}
		out += n
	}
	if left := total - len(names); left > 0 {
		out += " +" + number(left)
	}
	return out
}

// when is a time in as few words as make it plain.
func (p *Pane) when(at int64) string {
	t, now := p.data.Clock.In(time.Unix(0, at)), p.data.Clock.In(p.data.Now)
	switch {
	case t.Year() != now.Year():
		return t.Format("2006-01-02 15:04:05Z07:00")
	case t.YearDay() != now.YearDay():
		return t.Format("01-02 15:04:05Z07:00")
	}
	return t.Format("15:04:05Z07:00")
}

// nothing says why there is no table, in sentences; nil when there is one.
func (p *Pane) nothing() []string {
	switch {
	case p.data.Store == nil || p.data.Store.Len() == 0:
		return []string{"Nobody yet: no entry has been read."}
	case p.result == nil:
		return []string{"Counting who did what in " + humanize.Comma(int64(p.data.Store.Len())) + " entries."}
	case len(p.result.order) == 0 && p.data.Matches != nil:
		return []string{"Nobody: no entry matches the filter, 0 of " + humanize.Comma(int64(p.data.Store.Len())) + ".", p.data.Why}
	case len(p.result.order) == 0:
		return []string{"Counting who did what in " + humanize.Comma(int64(p.data.Store.Len())) + " entries."}
	}
	return nil
}

// drawText fills what is left of the pane with sentences.
func (p *Pane) drawText(sentences []string) {
	lines := []string{""}
	for i, s := range sentences {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, p.text.Wrap(s, p.width-lead-1)...)
	}
	for y := 1; y < p.height; y++ {
		words := ""
		if y <= len(lines) {
			words = lines[y-1]
		}
		p.line.Reset()
		p.line.Space(min(lead, p.width))
		p.line.Cell(p.text, words, p.width-lead, p.theme.Row)
		p.out = append(p.out, '\n')
		p.out = p.line.Append(p.out)
	}
}

// Widths from which the summary says more.
const (
	narrow = 72
	roomy  = 140
)

// Summary tells about the selected principal in one line of exactly width cells, by what the table is sorted, and which of how many it is.
func (p *Pane) Summary(width int) string {
	g, ok := p.selected()
	if p.page != nil && ok {
		g, ok = p.result.roster.Find(p.page.who)
	}
	if !ok {
		return p.text.Cell("", width)
	}
	r := p.result
	who, sum := &r.roster.Principals[g], r.sums[g]
	parts := []string{called(who), long(who), counts(sum)}
	if sum.Entries > 0 && width >= roomy {
		parts = append(parts, "first "+p.when(sum.First), "last "+p.when(sum.Last))
	}
	by := "by " + columnOf(p.sorting.column).what
	if p.sorting.reverse {
		by += ", reversed"
	}
	if p.frozen() && width >= roomy {
		by += ", order kept"
	}
	place := humanize.Comma(int64(p.window.Cursor+1)) + "/" + humanize.Comma(int64(p.count()))
	if p.page != nil {
		by, place = "", p.page.place()
	}
	right := by + "  " + place
	if width < narrow {
		right = place
	}
	if width < len(right)+2 {
		return p.text.CellRight(right, width)
	}
	return p.text.Cell(" "+strings.Join(parts, "  "), width-len(right)-2) + " " + right + " "
}

func counts(s store.Sum) string {
	out := humanize.Comma(int64(s.Entries)) + " entries"
	if s.Entries == 1 {
		out = "1 entry"
	}
	switch s.Errors {
	case 0:
		return out
	case 1:
		return out + ", 1 error"
	}
	return out + ", " + humanize.Comma(int64(s.Errors)) + " errors"
}
