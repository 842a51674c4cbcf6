package grid

import (
	"strings"

	"taudit/theme"
)

// Cells is the width of cleaned text.
func Cells(b []byte) int {
	w, _ := width(string(b))
	return w
}

// Box puts a border of one cell around a view; width is that of the whole. The title comes from data as far as it likes: it is
// cleaned and cut. The sign of the cursor before it, and not the colour alone, tells the box that has the focus.
func Box(view, title string, width int, focused bool, t *theme.Theme) string {
	if width < 2 {
		return view
	}
	style := t.Border
	if focused {
		style = t.BorderFocus
	}
	g := t.Glyphs
	text := TextFor(g)
	var b strings.Builder
	b.Grow(len(view) + 2*width + strings.Count(view, "\n")*2*len(style.Render(g.Pipe)))

	top := Line{}
	top.Glyph(g.TopLeft, style)
	left := width - 2
	if left > 4 && title != "" {
		w := min(text.Width(title), left-3)
		if focused {
			top.Glyph(g.Cursor, style)
		} else {
			top.Glyph(g.Rule, style)
		}
		top.Space(1)
		top.Cell(text, title, w, t.Title)
		top.Space(1)
		left -= w + 3
	}
	top.Fill(g.Rule, left, style)
	top.Glyph(g.TopRight, style)
	b.WriteString(top.String())

	side := style.Render(g.Pipe)
	for line := range strings.SplitSeq(view, "\n") {
		b.WriteByte('\n')
		b.WriteString(side)
		b.WriteString(line)
		b.WriteString(side)
	}
	b.WriteByte('\n')
	b.WriteString(style.Render(g.BottomLeft + strings.Repeat(g.Rule, width-2) + g.BottomRight))
	return b.String()
}
