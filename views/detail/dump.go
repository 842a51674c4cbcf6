package detail

import (
	"fmt"
	"strings"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// dump shows bytes as hexadecimal digits and, where they are printable ASCII, as text.
type dump struct {
	data   string
	per    int // bytes of a row
	window grid.Window
}

// resize puts as many bytes into a row as fit. The first byte in view stays there.
func (d *dump) resize(width, height int) {
	first := d.window.Top * d.per
	d.per = 4
	for _, n := range []int{8, 16, 32} {
		if rowOf(n) <= width {
			d.per = n
		}
	}
	d.window = grid.Window{Count: (len(d.data) + d.per - 1) / d.per, Height: height}
	d.window.Top = first / d.per
	d.window.Cursor = d.window.Top
	d.window = d.window.Scroll(0)
}

// rowOf is how many cells a row of n bytes takes: a blank, the offset, the digits with one more blank after every eight, and the text.
func rowOf(n int) int { return 1 + 8 + 2 + 3*n + n/8 + 1 + n }

// act answers a motion, and tells whether it was one.
func (d *dump) act(a views.Action, n int) bool {
	w := d.window
	switch a {
	case views.Down:
		w = w.Scroll(n)
	case views.Up:
		w = w.Scroll(-n)
	case views.HalfDown:
		w = w.Scroll(times(n, max(w.Height/2, 1)))
	case views.HalfUp:
		w = w.Scroll(-times(n, max(w.Height/2, 1)))
	case views.PageDown:
		w = w.Scroll(times(n, max(w.Height-1, 1)))
	case views.PageUp:
		w = w.Scroll(-times(n, max(w.Height-1, 1)))
	case views.Top:
		w = w.First()
	case views.Bottom:
		w = w.Last()
	default:
		return false
	}
	d.window = w
	return true
}

// percent is how far through the bytes the view reaches.
func (d *dump) percent() int {
	if d.window.End() >= d.window.Count {
		return 100
	}
	return d.window.End() * 100 / d.window.Count
}

// draw draws a row of it.
func (d *dump) draw(r *row, i int, t *theme.Theme) {
	from := i * d.per
	some := d.data[from:min(from+d.per, len(d.data))]
	r.space(1)
	r.put(fmt.Sprintf("%08x", from), t.Dim)
	r.space(1)
	const digits = "0123456789abcdef"
	for k := range d.per {
		if k%8 == 0 {
			r.space(1)
		}
		if k >= len(some) {
			r.space(3)
			continue
		}
		style := t.Row
		if !printable(some[k]) {
			style = t.Escape
		}
		r.put(digits[some[k]>>4:some[k]>>4+1]+digits[some[k]&0xf:some[k]&0xf+1], style)
		r.space(1)
	}
	r.space(1)
	text := make([]byte, len(some))
	for k := range len(some) {
		if text[k] = some[k]; !printable(some[k]) {
			text[k] = '.'
		}
	}
	r.put(string(text), t.JSONString)
}

// printable tells whether a byte is a character of ASCII that can be seen, or a blank.
func printable(c byte) bool { return c >= ' ' && c <= '~' }

// legible tells whether a text can be read as it stands, in lines.
func legible(s string) bool {
	s = strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(s)
	return grid.Clean(s) == s
}
