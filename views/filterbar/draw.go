package filterbar

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"taudit/source/query"
	"taudit/theme"
	"taudit/views/grid"
)

// Widths in cells.
const (
	wordy   = 110 // from here on the counts are said in words
	leastOf = 20  // of the text that must be seen beside the counts
)

func (p *Pane) draw() string {
	if p.edit == nil {
		return grid.Frame([]string{p.drawIdle()}, p.width, p.height)
	}
	lines := p.drawEdit(p.text)
	for _, l := range lines {
		// Terminals disagree about how some characters join with their neighbours: then none of them is shown as it is.
		if plain := ansi.Strip(l); ansi.StringWidth(plain) != p.width || ansi.StringWidthWc(plain) != p.width {
			escaped := p.text
			escaped.ASCII = true
			lines = p.drawEdit(escaped)
			break
		}
	}
	return grid.Frame(lines, p.width, p.height)
}

// Cursor is where the next character goes, while the line is edited.
func (p *Pane) Cursor() *tea.Cursor {
	if p.edit == nil || p.width == 0 || p.height == 0 {
		return nil
	}
	p.View()
	return tea.NewCursor(min(p.edit.x, p.width-1), 0)
}

// drawIdle shows the committed filter, or how to come by one.
func (p *Pane) drawIdle() string {
	t := p.theme
	var l grid.Line
	count := p.count()
	if p.committed.text == "" {
		words := " to filter"
		room := p.width - p.text.Width(count) - 1
		if room < leastOf {
			count, room = "", p.width
		}
		l.Cell(p.text, " ", min(1, room), t.Dim)
		l.Cell(p.text, p.openKey, min(p.text.Width(p.openKey), room-1), t.Key)
		l.Cell(p.text, words, room-1-p.text.Width(p.openKey), t.Dim)
		return p.finish(&l, count, t.Dim)
	}
	room := p.width - prompt - p.text.Width(count) - 3
	if room < leastOf {
		count, room = "", p.width-prompt
	}
	note := p.unknown(p.committed.query)
	if w := p.text.Width(note); w > 0 {
		w = min(w, max(room/3, room-p.text.Width(p.committed.text)-2))
		if w >= 10 {
			room -= w + 2
			note = "  " + p.text.Cell(note, w)
		} else {
			note = ""
		}
	}
	p.prompt(&l)
	l.Cell(p.text, p.committed.text, room, t.Row)
	l.Cell(p.text, note, min(p.text.Width(note), p.width-prompt), t.Late)
	return p.finish(&l, count, t.Dim)
}

// prompt is how many cells stand before the text.
const prompt = 3

func (p *Pane) prompt(l *grid.Line) {
	l.Space(min(1, p.width))
	l.Cell(p.text, "/ ", min(2, p.width-1), p.theme.Key)
}

// finish ends a line with text at its right.
func (p *Pane) finish(l *grid.Line, right string, style theme.Style) string {
	w := p.text.Width(right)
	if right != "" {
		w++
	}
	left := p.width - grid.Cells(l.Plain()) - w
	l.Space(max(left, 0))
	if right != "" {
		l.Cell(p.text, right, w, style)
	}
	return l.String()
}

// count says how many entries there are and how many of them the filter means.
func (p *Pane) count() string {
	c := p.counted()
	shown, total := humanize.Comma(int64(c.shown)), humanize.Comma(int64(c.total))
	busy := ""
	if p.busy {
		busy = "searching  "
	}
	switch {
	case c.more:
		return busy + shown + "+ of " + total
	case !c.filtered && p.data.Store == nil:
		return busy
	case !c.filtered:
		return busy + total + " entries"
	case p.width >= wordy && c.hidden:
		return busy + shown + " of " + total + " shown, " + humanize.Comma(int64(c.total-c.shown)) + " hidden"
	case p.width >= wordy:
		return busy + shown + " of " + total + " match, all shown"
	}
	return busy + shown + " of " + total
}

// unknown says which names are no fields.
func (p *Pane) unknown(q query.Query) string {
	var names []string
	for _, u := range q.Unknowns() {
		names = append(names, u.Name)
	}
	if len(names) == 0 {
		return ""
	}
	note := "searched as text: "
	if p.edit == nil && p.width < wordy {
		note = "as text: "
	}
	return note + strings.Join(names, ", ")
}

// drawEdit shows the line that is typed, what is to be said about it, and the list.
func (p *Pane) drawEdit(text grid.Text) []string {
	t, e := p.theme, p.edit
	var l grid.Line
	before := prompt
	if s := e.search; s != nil {
		head := " (history) "
		if s.failed {
			head = " (nothing older) "
		}
		w := min(text.Width(head+s.term)+2, max(p.width/2, 0))
		l.Cell(text, head+s.term+":", w, t.Title)
		before = w
	} else {
		p.prompt(&l)
	}
	before = min(before, p.width)
	count := p.count()
	room := p.width - before - text.Width(count) - 2
	if room < leastOf || count == "" {
		count, room = "", p.width-before
	}
	cursor := e.input.Position()
	v := layOut(text, e.text, cursor, e.skip, room)
	e.skip = v.skip
	mark, style, words := p.verdict()
	from, to := p.marked()
	v.draw(&l, t, func(c int) theme.Style {
		switch {
		case c == mark:
			return style
		case c >= from && c < to:
			return t.Match
		}
		return t.Row
	})
	x, _ := v.column(cursor)
	e.x = before + max(min(x, room-1), 0)
	if e.search != nil {
		e.x = max(before-2, 0) // behind what is searched for
	}
	lines := []string{p.finish(&l, count, t.Dim)}

	column := -1
	if x, ok := v.column(mark); ok && mark >= 0 {
		column = before + x
	}
	below := p.status(text, words, column)
	e.below = len(below)
	lines = append(lines, below...)
	if e.menu != nil {
		x, _ := v.span(len([]rune(e.text[:min(e.menu.at.start, len(e.text))])))
		lines = append(lines, p.drawMenu(text, before+max(x-v.skip, 0))...)
	}
	return lines
}

// marked gives the characters that a search through the history has found.
func (p *Pane) marked() (from, to int) {
	s := p.edit.search
	if s == nil || s.term == "" || s.at >= len(p.history) {
		return 0, 0
	}
	head, _, ok := strings.Cut(strings.ToLower(p.edit.text), strings.ToLower(s.term))
	if !ok {
		return 0, 0
	}
	from = len([]rune(head))
	return from, from + len([]rune(s.term))
}

// verdict says what is wrong with the text and at which character, or -1.
func (p *Pane) verdict() (mark int, style theme.Style, words string) {
	e, t := p.edit, p.theme
	if e.err == nil {
		return -1, theme.Style{}, ""
	}
	words = e.err.Message
	if e.err.Suggestion != "" {
		words += "; did you mean " + e.err.Suggestion + "?"
		if _, ok := p.fieldOf(e.err.Suggestion); ok {
			words += " (Tab)"
		}
	}
	if p.wrong() {
		return e.err.Column - 1, t.Escape, words
	}
	return e.err.Column - 1, t.Late, words
}

// wrong says whether the text has an error that more typing does not mend, or was refused as it is.
func (p *Pane) wrong() bool { return p.edit.err != nil && (!p.edit.late || p.edit.failed) }

// status is what stands below the line that is typed: one line, or three for an error that says much. An error is pointed at with
// a caret, which is seen without colours too.
func (p *Pane) status(text grid.Text, words string, column int) []string {
	e, t := p.edit, p.theme
	switch {
	case p.wrong():
		return p.point(text, words, column, t.Error, 3)
	case e.message != "":
		return []string{p.say(text, e.message, t.Late)}
	case e.search != nil:
		return []string{p.say(text, searchHint, t.KeyHint)}
	case e.menu != nil && len(e.menu.items) == 0:
		return []string{p.say(text, "Esc close", t.KeyHint)}
	case e.menu != nil && e.menu.entered:
		return []string{p.say(text, humanize.Comma(int64(e.menu.window.Cursor+1))+" of "+e.menu.size()+"  Tab next  Enter take  Esc close", t.KeyHint)}
	case e.menu != nil:
		return []string{p.say(text, e.menu.size()+" in the list  Tab select  Enter apply  Esc close", t.KeyHint)}
	case words != "":
		return p.point(text, words, column, t.Late, 1)
	case p.nothingFound():
		return []string{p.say(text, Explain(p.parts, p.counted().total, p.width-2, t.Glyphs), t.Late)}
	}
	if note := p.unknown(e.good.query); note != "" {
		return []string{p.say(text, note, t.Late)}
	}
	return []string{p.hint(text)}
}

const searchHint = "Ctrl-R older  Enter apply  Esc back  Tab edit"

// size is how many candidates there are.
func (m *menu) size() string {
	if len(m.items) == maxItems {
		return humanize.Comma(maxItems) + " or more"
	}
	return humanize.Comma(int64(len(m.items)))
}

// nothingFound says whether the filter on the screen means nothing, and why is known.
func (p *Pane) nothingFound() bool {
	c := p.counted()
	return c.filtered && c.shown == 0 && len(p.parts) > 0 && !p.busy
}

// say gives a line of words.
func (p *Pane) say(text grid.Text, words string, style theme.Style) string {
	var l grid.Line
	l.Space(min(1, p.width))
	l.Cell(text, words, p.width-1, style)
	return l.String()
}

// point gives words beside a caret in a column, or below it if there may be more than one line; without a
// caret the words alone.
func (p *Pane) point(text grid.Text, words string, column int, style theme.Style, most int) []string {
	w := text.Width(words)
	var l grid.Line
	switch {
	case column < 0 || column >= p.width:
		return []string{p.say(text, words, style)}
	case column+2+w < p.width:
		l.Space(column)
		l.Glyph("^ ", style)
		l.Cell(text, words, p.width-column-2, style)
	case w+2 <= column:
		l.Space(column - w - 1)
		l.Cell(text, words, w, style)
		l.Glyph(" ^", style)
		l.Space(p.width - column - 1)
	case most < 2:
		return []string{p.say(text, words, style)}
	default:
		l.Space(column)
		l.Glyph("^", style)
		l.Space(p.width - column - 1)
		out := []string{l.String()}
		wrapped := text.Wrap(words, p.width-2)
		for i, line := range wrapped[:min(len(wrapped), most-1)] {
			if i == most-2 {
				line = strings.Join(wrapped[i:], " ") // cut with an ellipsis
			}
			out = append(out, p.say(text, line, style))
		}
		return out
	}
	return []string{l.String()}
}

// hint tells the keys that matter while typing.
func (p *Pane) hint(text grid.Text) string {
	t := p.theme
	var l grid.Line
	l.Space(min(1, p.width))
	used := 1
	for _, h := range p.hints {
		w := text.Width(h.key) + 1 + text.Width(h.does)
		if used+w+2 > p.width {
			break
		}
		l.Cell(text, h.key, text.Width(h.key), t.Key)
		l.Space(1)
		l.Cell(text, h.does, text.Width(h.does), t.KeyHint)
		l.Space(2)
		used += w + 2
	}
	l.Space(max(p.width-used, 0))
	return l.String()
}

// drawMenu shows the list from a column on.
func (p *Pane) drawMenu(text grid.Text, column int) []string {
	t, m := p.theme, p.edit.menu
	if len(m.items) == 0 {
		return []string{p.say(text, "counting the values of "+m.field+" "+text.Ellipsis, t.Dim)}
	}
	w := m.window
	w.Height = max(min(maxRows, p.height-1-p.edit.below), 1)
	w = w.Clamp()
	wide, notes := 0, 0
	for _, c := range m.items[w.Top:w.End()] {
		wide = max(wide, text.Width(c.text))
		notes = max(notes, text.Width(c.about()))
	}
	wide = min(max(wide, 12), max(p.width-6, 0)*2/3)
	notes = min(notes, max(p.width-wide-5, 0))
	column = max(min(column-1, p.width-wide-notes-4), 0)
	var lines []string
	for i := w.Top; i < w.End(); i++ {
		c := m.items[i]
		sign, selected := " ", m.entered && i == w.Cursor
		if selected {
			sign = t.Glyphs.Cursor
		}
		var l grid.Line
		l.Glyph(sign, t.Row)
		l.Cell(text, c.text, wide, t.Row)
		l.Space(2)
		note := c.about()
		if c.raw {
			l.Space(notes - text.Width(note))
		}
		l.Cell(text, note, min(text.Width(note), notes), t.Dim)
		l.Space(max(wide+notes+4-grid.Cells(l.Plain()), 0))
		lines = append(lines, p.place(&l, column, selected))
	}
	return lines
}

// place puts a row of the list in its column.
func (p *Pane) place(row *grid.Line, column int, selected bool) string {
	n := grid.Cells(row.Plain())
	if n > p.width {
		return strings.Repeat(" ", p.width)
	}
	painted := row.String()
	if selected {
		painted = string(row.AppendAs(nil, p.theme.Cursor))
	}
	column = min(column, p.width-n)
	return strings.Repeat(" ", column) + painted + strings.Repeat(" ", p.width-n-column)
}
