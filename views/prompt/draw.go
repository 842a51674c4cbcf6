package prompt

import (
	"strings"

	"taudit/theme"
	"taudit/views/grid"
)

// Drawn is where the parts of a line stand on the screen, in cells.
type Drawn struct {
	Cursor int // of the cursor
	view   typed
	before int
}

// Draw adds the text in exactly width cells, its beginning replaced by what is searched for during a search through the history, else
// by a sign. style gives the style of each character, and of the end of the text.
func (l *Line) Draw(out *grid.Line, text grid.Text, t *theme.Theme, sign string, width int, style func(character int) theme.Style) Drawn {
	before := l.head(out, text, t, sign, width)
	room := width - before
	cursor := l.Input.Position()
	v := layOut(text, l.Text(), cursor, l.Skip, room)
	l.Skip = v.skip
	v.draw(out, t, style)
	x, _ := v.column(cursor)
	d := Drawn{Cursor: before + max(min(x, room-1), 0), view: v, before: before}
	if l.Search != nil {
		d.Cursor = max(before-2, 0) // behind what is searched for
	}
	return d
}

// Before is how many cells stand before the text, of width.
func (l *Line) Before(text grid.Text, width int) int {
	w := headWidth
	if s := l.Search; s != nil {
		w = min(text.Width(s.head()+s.term)+2, max(width/2, 0))
	}
	return min(w, max(width, 0))
}

// headWidth is how many cells stand before the text: a space, the sign and another.
const headWidth = 3

func (s *Search) head() string {
	if s.failed {
		return " (nothing older) "
	}
	return " (history) "
}

func (l *Line) head(out *grid.Line, text grid.Text, t *theme.Theme, sign string, width int) int {
	w := l.Before(text, width)
	if s := l.Search; s != nil {
		out.Cell(text, s.head()+s.term+":", w, t.Title)
		return w
	}
	out.Space(min(1, w))
	out.Cell(text, sign+" ", max(w-1, 0), t.Key)
	return w
}

// Column gives the cell of a character; not ok if it is not seen.
func (d *Drawn) Column(character int) (x int, ok bool) {
	x, ok = d.view.column(character)
	return d.before + x, ok
}

// Start gives the cell of a character, or the nearest that is seen before it.
func (d *Drawn) Start(character int) int {
	x, _ := d.view.span(character)
	return d.before + max(x-d.view.skip, 0)
}

// Say gives a line of words, of exactly width cells.
func Say(text grid.Text, words string, width int, style theme.Style) string {
	var l grid.Line
	l.Space(min(1, width))
	l.Cell(text, words, width-1, style)
	return l.String()
}

// SearchHint tells the keys that matter during a search through the history.
const SearchHint = "Ctrl-R older  Enter apply  Esc back  Tab edit"

// Point gives words beside a caret in a column, which is seen without colours too, or below it if there may be more than one line; without a
// caret the words alone. Each line has exactly width cells.
func Point(text grid.Text, words string, column, width int, style theme.Style, most int) []string {
	w := text.Width(words)
	var l grid.Line
	switch {
	case column < 0 || column >= width:
		return []string{Say(text, words, width, style)}
	case column+2+w < width:
		l.Space(column)
		l.Glyph("^ ", style)
		l.Cell(text, words, width-column-2, style)
	case w+2 <= column:
		l.Space(column - w - 1)
		l.Cell(text, words, w, style)
		l.Glyph(" ^", style)
		l.Space(width - column - 1)
	case most < 2:
		return []string{Say(text, words, width, style)}
	default:
		l.Space(column)
		l.Glyph("^", style)
		l.Space(width - column - 1)
		out := []string{l.String()}
		wrapped := text.Wrap(words, width-2)
		for i, line := range wrapped[:min(len(wrapped), most-1)] {
			if i == most-2 {
				line = strings.Join(wrapped[i:], " ") // cut with an ellipsis
			}
			out = append(out, Say(text, line, width, style))
		}
		return out
	}
	return []string{l.String()}
}

// Hint tells the keys that matter while something is typed, as many as there is room for.
func Hint(text grid.Text, t *theme.Theme, keys []Key, width int) string {
	var l grid.Line
	l.Space(min(1, width))
	used := 1
	for _, k := range keys {
		if k.Short == "" {
			continue
		}
		name := keyName(k.Keys[0])
		w := text.Width(name) + 1 + text.Width(k.Short)
		if used+w+2 > width {
			break
		}
		l.Cell(text, name, text.Width(name), t.Key)
		l.Space(1)
		l.Cell(text, k.Short, text.Width(k.Short), t.KeyHint)
		l.Space(2)
		used += w + 2
	}
	l.Space(max(width-used, 0))
	return l.String()
}
