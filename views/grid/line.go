package grid

import "taudit/theme"

// Line is one row being built: plain cells, with the style that each of them would have. It is painted segment by
// segment, or as a whole in one style when the row is selected, since styles do not nest. The zero Line is empty and
// ready; it keeps its memory over Reset and must not be used from more than one goroutine.
type Line struct {
	text  []byte
	parts []part
}

type part struct {
	end   int // in text
	style theme.Style
}

// Reset empties the line.
func (l *Line) Reset() { l.text, l.parts = l.text[:0], l.parts[:0] }

// Plain gives the cells without style. It is valid until the line changes.
func (l *Line) Plain() []byte { return l.text }

// Cell adds s in exactly w cells.
func (l *Line) Cell(t Text, s string, w int, style theme.Style) { l.CellFrom(t, s, 0, w, style) }

// CellFrom adds s in exactly w cells, scrolled sideways by skip as [Text.AppendCellFrom] does.
func (l *Line) CellFrom(t Text, s string, skip, w int, style theme.Style) {
	l.text = t.AppendCellFrom(l.text, s, skip, w)
	l.end(style)
}

// Glyph adds text that is known to be clean, as characters of the theme are. Its width is the caller's business.
func (l *Line) Glyph(s string, style theme.Style) {
	l.text = append(l.text, s...)
	l.end(style)
}

// Bytes adds text that is known to be clean, as formatted times and numbers are.
func (l *Line) Bytes(b []byte, style theme.Style) {
	l.text = append(l.text, b...)
	l.end(style)
}

// Space adds n spaces, unstyled.
func (l *Line) Space(n int) {
	l.text = appendSpaces(l.text, n)
	l.end(theme.Style{})
}

// Fill adds n times the glyph.
func (l *Line) Fill(glyph string, n int, style theme.Style) {
	for range n {
		l.text = append(l.text, glyph...)
	}
	l.end(style)
}

func (l *Line) end(style theme.Style) {
	if n := len(l.parts); n > 0 && l.parts[n-1].style == style {
		l.parts[n-1].end = len(l.text)
		return
	}
	l.parts = append(l.parts, part{len(l.text), style})
}

// Append appends the line to dst, each segment in its own style.
func (l *Line) Append(dst []byte) []byte {
	from := 0
	for _, p := range l.parts {
		dst = p.style.Append(dst, l.text[from:p.end])
		from = p.end
	}
	return dst
}

// AppendAs appends the line to dst, all of it in one style.
func (l *Line) AppendAs(dst []byte, style theme.Style) []byte { return style.Append(dst, l.text) }

// String is the line, each segment in its own style.
func (l *Line) String() string { return string(l.Append(make([]byte, 0, len(l.text)+16*len(l.parts)))) }
