package prompt

import (
	"slices"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
	"taudit/views/grid"
)

// glyph is one character of the text as it is drawn: clean, and with its marks.
type glyph struct {
	text         string
	first, count int // the characters of the text that it stands for
	x, w         int // where it stands and how wide it is, in cells
}

// glyphs takes a text apart. The glyphs have no gaps between them.
func glyphs(t grid.Text, s string) []glyph {
	out := make([]glyph, 0, len(s))
	first, x := 0, 0
	for s != "" {
		// What is ASCII, and so is what follows, stands for itself.
		if s[0] >= ' ' && s[0] <= '~' && (len(s) == 1 || s[1] < utf8.RuneSelf) {
			out = append(out, glyph{text: s[:1], first: first, count: 1, x: x, w: 1})
			first, x, s = first+1, x+1, s[1:]
			continue
		}
		c, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if c == "" {
			c = s[:1]
		}
		in := t
		if in.Width(c) == 0 {
			in.ASCII = true // it must be seen that there is something
		}
		g := glyph{first: first, count: len([]rune(c)), x: x, w: in.Width(c)}
		g.text = in.Cell(c, g.w)
		out = append(out, g)
		first += g.count
		x += g.w
		s = s[len(c):]
	}
	return out
}

// at gives the glyph of a character; one past the last for the end of the text.
func at(list []glyph, character int) int {
	i := slices.IndexFunc(list, func(g glyph) bool { return character < g.first+g.count })
	if i < 0 {
		return len(list)
	}
	return i
}

// typed is the text as it is drawn while it is edited, scrolled sideways so that the cursor is seen.
type typed struct {
	glyphs []glyph
	room   int // cells
	skip   int // cells left out on the left

	lead, trail int // cells taken by an ellipsis
}

// layOut finds what is seen of a text in room cells, moving it no further than the cursor needs.
func layOut(t grid.Text, s string, cursor, skip, room int) typed {
	v := typed{glyphs: glyphs(t, s), room: room}
	// One cell more, for a cursor at the end.
	total := v.end() + 1
	if total <= room || room <= 0 {
		return v
	}
	x, w := v.span(cursor)
	skip = max(skip, min(x+w+1, total)-room)
	skip = min(skip, max(x-1, 0), total-room)
	v.skip = max(skip, 0)
	if v.skip > 0 {
		v.lead = 1
	}
	if total-v.skip > room {
		v.trail = 1
	}
	return v
}

// end is one past the last cell of the text.
func (v typed) end() int {
	if n := len(v.glyphs); n > 0 {
		return v.glyphs[n-1].x + v.glyphs[n-1].w
	}
	return 0
}

// span gives the cells of a character in the text.
func (v typed) span(character int) (x, w int) {
	if i := at(v.glyphs, character); i < len(v.glyphs) {
		return v.glyphs[i].x, v.glyphs[i].w
	}
	return v.end(), 1
}

// column gives the cell of a character on the screen; not ok if it is not seen.
func (v typed) column(character int) (x int, ok bool) {
	x, _ = v.span(character)
	x -= v.skip
	return x, x >= v.lead && x < v.room-v.trail
}

// draw adds the text in exactly room cells. style gives that of each character, and of the end of the text.
func (v typed) draw(l *grid.Line, t *theme.Theme, style func(character int) theme.Style) {
	used := 0
	to := func(x int) {
		l.Space(x - used)
		used = x
	}
	if v.lead > 0 {
		l.Glyph(t.Glyphs.Ellipsis, t.Dim)
		used = 1
	}
	for _, g := range v.glyphs {
		x := g.x - v.skip
		if x < v.lead || x+g.w > v.room-v.trail {
			continue
		}
		to(x)
		l.Glyph(g.text, style(g.first))
		used += g.w
	}
	last := 0
	if n := len(v.glyphs); n > 0 {
		last = v.glyphs[n-1].first + v.glyphs[n-1].count
	}
	if x, ok := v.column(last); ok {
		to(x)
		l.Glyph(" ", style(last))
		used++
	}
	if v.trail > 0 && v.room > v.lead {
		to(v.room - 1)
		l.Glyph(t.Glyphs.Ellipsis, t.Dim)
		used++
	}
	to(v.room)
}
