package filterbar

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"taudit/source/query"
	"taudit/theme"
	"taudit/views/grid"
	"taudit/views/prompt"
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
	room := p.width - head - p.text.Width(count) - 3
	if room < leastOf {
		count, room = "", p.width-head
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
	p.sign(&l)
	l.Cell(p.text, p.committed.text, room, t.Row)
	l.Cell(p.text, note, min(p.text.Width(note), p.width-head), t.Late)
	return p.finish(&l, count, t.Dim)
}

// head is how many cells stand before the text.
const head = 3

func (p *Pane) sign(l *grid.Line) {
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
	before := e.Before(text, p.width)
	count := p.count()
	room := p.width - before - text.Width(count) - 2
	if room < leastOf || count == "" {
		count, room = "", p.width-before
	}
	mark, style, words := p.verdict()
	from, to := e.Marked()
	v := e.Draw(&l, text, t, "/", before+room, func(c int) theme.Style {
		switch {
		case c == mark:
			return style
		case c >= from && c < to:
			return t.Match
		}
		return t.Row
	})
	e.x = v.Cursor
	lines := []string{p.finish(&l, count, t.Dim)}

	column := -1
	if x, ok := v.Column(mark); ok && mark >= 0 {
		column = x
	}
	below := p.status(text, words, column)
	e.below = len(below)
	lines = append(lines, below...)
	switch m := e.Menu; {
	case m == nil:
	case len(m.Items) == 0:
		lines = append(lines, p.say(text, "counting the values of "+e.list.field+" "+text.Ellipsis, t.Dim))
	default:
		x := v.Start(len([]rune(e.text[:min(e.list.at.start, len(e.text))])))
		lines = append(lines, m.Draw(text, t, x, p.width, p.height-1-e.below)...)
	}
	return lines
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
		return prompt.Point(text, words, column, p.width, t.Error, 3)
	case e.Message != "":
		return []string{p.say(text, e.Message, t.Late)}
	case e.Search != nil:
		return []string{p.say(text, prompt.SearchHint, t.KeyHint)}
	case e.Menu != nil && len(e.Menu.Items) == 0:
		return []string{p.say(text, "Esc close", t.KeyHint)}
	case e.Menu != nil:
		return []string{p.say(text, e.Menu.Hint("apply"), t.KeyHint)}
	case words != "":
		return prompt.Point(text, words, column, p.width, t.Late, 1)
	case p.nothingFound():
		return []string{p.say(text, Explain(p.parts, p.counted().total, p.width-2, t.Glyphs), t.Late)}
	}
	if note := p.unknown(e.good.query); note != "" {
		return []string{p.say(text, note, t.Late)}
	}
	return []string{prompt.Hint(text, t, p.keys, p.width)}
}

// nothingFound says whether the filter on the screen means nothing, and why is known.
func (p *Pane) nothingFound() bool {
	c := p.counted()
	return c.filtered && c.shown == 0 && len(p.parts) > 0 && !p.busy
}

// say gives a line of words.
func (p *Pane) say(text grid.Text, words string, style theme.Style) string {
	return prompt.Say(text, words, p.width, style)
}
