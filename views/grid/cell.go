package grid

import (
	"math"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
)

// maxText is how many bytes of a text take part in sideways scrolling: names and targets are far shorter, and a row must
// not cost more because somebody put a megabyte into one.
const maxText = 4096

// Text is how text from data is written on a terminal. Its methods clean what they are given; they are safe for use from any
// goroutine.
type Text struct {
	Ellipsis string // stands where text was cut; one cell
	ASCII    bool   // everything else is escaped
}

// TextFor is the text of a terminal with the given characters.
func TextFor(g theme.Glyphs) Text { return Text{Ellipsis: g.Ellipsis, ASCII: g.ASCII} }

// Clean is [Clean] for this terminal.
func (t Text) Clean(s string) string {
	if printable(s) {
		return s
	}
	return string(appendClean(make([]byte, 0, len(s)+16), s, t.ASCII, math.MaxInt))
}

// Cell gives s in exactly w cells: cleaned, cut with the ellipsis, padded with spaces. A text about whose width terminals
// disagree is shown with everything but ASCII escaped. For w below 1 it is empty.
func (t Text) Cell(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) == w && printable(s) {
		return s
	}
	return string(t.AppendCell(make([]byte, 0, w+8), s, w))
}

// CellRight is Cell with the padding on the left.
func (t Text) CellRight(s string, w int) string {
	if w <= 0 {
		return ""
	}
	out, n := t.appendCut(make([]byte, 0, w+8), s, w)
	return strings.Repeat(" ", w-n) + string(out)
}

// AppendCell appends Cell(s, w) to dst. For ASCII it does not allocate but for dst.
func (t Text) AppendCell(dst []byte, s string, w int) []byte {
	if w <= 0 {
		return dst
	}
	dst, n := t.appendCut(dst, s, w)
	return appendSpaces(dst, w-n)
}

// appendCut appends s cleaned and cut to w cells, and tells how many they are.
func (t Text) appendCut(dst []byte, s string, w int) ([]byte, int) {
	// One byte more than fits: a mark behind the last cell belongs to it.
	if printable(s[:min(len(s), w+1)]) {
		return t.appendASCII(dst, s, w)
	}
	// A cell holds one character with its marks. What is longer than this for its width is not text.
	limit := 32 * (w + 2)
	clean := string(appendClean(make([]byte, 0, min(len(s)+16, limit+16)), s, t.ASCII, limit))
	if printable(clean) {
		return t.appendASCII(dst, clean, w)
	}
	cut := ansi.Truncate(clean, w, t.ellipsis())
	n, agreed := width(cut)
	if agreed && n <= w && (len(clean) < limit || cut != clean) {
		return append(dst, cut...), n
	}
	return t.appendASCII(dst, string(appendClean(nil, s, true, limit)), w)
}

// appendASCII appends printable ASCII cut to w cells.
func (t Text) appendASCII(dst []byte, s string, w int) ([]byte, int) {
	if len(s) <= w {
		return append(dst, s...), len(s)
	}
	dst = append(dst, s[:w-1]...)
	return append(dst, t.ellipsis()...), w
}

// ellipsis is never wider than a cell: terminals set up for East Asian text draw "…" in two.
func (t Text) ellipsis() string {
	if ansi.StringWidth(t.Ellipsis) != 1 || ansi.StringWidthWc(t.Ellipsis) != 1 {
		return "~"
	}
	return t.Ellipsis
}

// width counts the cells of clean text, and tells whether terminals agree about them, also when the text stands between
// others: the width of clusters is not the sum of the widths of characters, and clusters may join across a cell's edge.
func width(s string) (cells int, agreed bool) {
	if printable(s) {
		return len(s), true
	}
	cells = ansi.StringWidth(s)
	// The width by characters is their sum, whatever stands beside them.
	return cells, ansi.StringWidthWc(s) == cells && ansi.StringWidth(" "+s+" ") == cells+2
}

// Width is how many cells s takes when nothing is cut, as AppendCellFrom shows it.
func (t Text) Width(s string) int {
	_, n := t.whole(s)
	return n
}

// whole is the text that sideways scrolling moves over.
func (t Text) whole(s string) (string, int) {
	if len(s) <= maxText && printable(s) {
		return s, len(s)
	}
	clean := string(appendClean(nil, s, t.ASCII, maxText))
	n, agreed := width(clean)
	if !agreed {
		clean = string(appendClean(nil, s, true, maxText))
		n = len(clean)
	}
	return clean, n
}

// AppendCellFrom appends exactly w cells of s, scrolled sideways by at most skip cells: never further than to where its end
// shows, so text that fits does not move. The ellipsis stands on each side that was cut.
func (t Text) AppendCellFrom(dst []byte, s string, skip, w int) []byte {
	if skip <= 0 || w <= 0 {
		return t.AppendCell(dst, s, w)
	}
	text, n := t.whole(s)
	skip = min(skip, n-w)
	if skip <= 0 {
		return t.AppendCell(dst, s, w)
	}
	if w == 1 {
		return append(dst, t.ellipsis()...)
	}
	var tail string
	if printable(text) {
		tail = text[skip+1:]
	} else {
		tail = ansi.TruncateLeft(text, skip+1, "")
	}
	dst = append(dst, t.ellipsis()...)
	return t.AppendCell(dst, tail, w-1)
}

// Wrap breaks s into lines of at most w cells, at spaces where it can. Line breaks in s are kept; all else is cleaned. The
// lines are not padded: give them to Cell.
func (t Text) Wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	for part := range strings.SplitSeq(s, "\n") {
		clean := t.Clean(part)
		if _, agreed := width(clean); !agreed {
			clean = string(appendClean(nil, part, true, math.MaxInt))
		}
		lines = append(lines, strings.Split(ansi.Wrap(clean, w, ""), "\n")...)
	}
	return lines
}

// Break breaks s into lines of w cells, wherever that is, so that nothing of it is lost but line breaks, which are kept. All else is
// cleaned. The lines are not padded.
func (t Text) Break(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	for part := range strings.SplitSeq(s, "\n") {
		clean := t.Clean(part)
		if _, agreed := width(clean); !agreed {
			clean = string(appendClean(nil, part, true, math.MaxInt))
		}
		lines = append(lines, strings.Split(ansi.Hardwrap(clean, w, true), "\n")...)
	}
	return lines
}

const spaces = "                                                                "

func appendSpaces(dst []byte, n int) []byte {
	for n > len(spaces) {
		dst = append(dst, spaces...)
		n -= len(spaces)
	}
	return append(dst, spaces[:max(n, 0)]...)
}
