package detail

import (
	"taudit/theme"
	"taudit/views/grid"
)

// row is a line being drawn that never gets wider than the room it has.
type row struct {
	line *grid.Line
	text grid.Text
	left int // cells
}

// newRow begins a line of w cells.
func (p *Pane) newRow(w int) row {
	p.line.Reset()
	return row{line: &p.line, text: p.text, left: w}
}

// space adds n blanks.
func (r *row) space(n int) {
	n = max(min(n, r.left), 0)
	r.line.Space(n)
	r.left -= n
}

// put adds text from data as wide as it is, cut to the room there is.
func (r *row) put(s string, style theme.Style) {
	if r.left > 0 && s != "" {
		r.cell(s, r.text.Width(s), style)
	}
}

// cell adds text from data in w cells.
func (r *row) cell(s string, w int, style theme.Style) {
	if w = min(w, r.left); w > 0 {
		r.line.Cell(r.text, s, w, style)
		r.left -= w
	}
}

// from adds text from data in w cells, scrolled sideways.
func (r *row) from(s string, skip, w int, style theme.Style) {
	if w = min(w, r.left); w > 0 {
		r.line.CellFrom(r.text, s, skip, w, style)
		r.left -= w
	}
}

// end adds the end of a text in w cells: that of a path says more than its beginning.
func (r *row) end(s string, w int, style theme.Style) {
	if w = min(w, r.left); w > 0 {
		r.line.CellFrom(r.text, s, far, w, style)
		r.left -= w
	}
}

// glyph adds a character of the theme.
func (r *row) glyph(s string, style theme.Style) {
	if r.left > 0 {
		r.line.Glyph(s, style)
		r.left--
	}
}

// rule fills the rest with a line.
func (r *row) rule(g string, style theme.Style) {
	r.line.Fill(g, r.left, style)
	r.left = 0
}

// parts adds texts with two blanks between them: the first as far as there is room, each of the others whole or, with all
// behind it, not at all.
func (r *row) parts(first, others theme.Style, texts ...string) {
	for i, s := range texts {
		if i == 0 {
			r.put(s, first)
			continue
		}
		w := r.text.Width(s)
		if w+2 > r.left {
			return
		}
		r.space(2)
		r.cell(s, w, others)
	}
}

// done gives the line, filled with blanks.
func (r *row) done() string {
	r.space(r.left)
	return r.line.String()
}
