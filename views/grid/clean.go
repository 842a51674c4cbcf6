// Package grid draws text from data in cells: cleaned, cut and padded to an exact width, painted in segments, and scrolled.
//
// The text of an entry is chosen by strangers, and terminals obey escape sequences, reorder text by bidi marks and disagree
// about the width of some clusters. Every string from data goes through this package before it reaches the screen.
package grid

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may stand on one character. More are stacked outside of the row by some
// terminals; no living language needs more.
const maxMarks = 4

// Clean makes text safe to show: whatever a terminal could obey, hide or reorder becomes a visible escape in the notation
// of Go and JSON. Those are control characters (`\x1b`, `\n`, `\u0085`), bidi marks, zero-width and other format
// characters (`\u202e`, `\u200b`), variation selectors and tags, line separators, private use and unassigned code
// points, combining marks without a character to stand on, and bytes that are not UTF-8 (`\xff`).
// Printable ASCII is returned as it is, without allocating.
func Clean(s string) string {
	if printable(s) {
		return s
	}
	return string(appendClean(make([]byte, 0, len(s)+16), s, false, math.MaxInt))
}

// printable tells whether s holds only printable ASCII.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// appendClean appends s cleaned to dst, in ASCII alone if asked, and stops at the first character that begins limit or more
// bytes behind the start.
func appendClean(dst []byte, s string, ascii bool, limit int) []byte {
	start := len(dst)
	marks := maxMarks // there is no character to stand on yet
	for i := 0; i < len(s) && len(dst)-start < limit; {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if c < ' ' || c > '~' {
				dst, marks = appendByte(dst, c), maxMarks
				continue
			}
			dst, marks = append(dst, c), 0
			if c == ' ' {
				marks = maxMarks
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		text := s[i : i+size]
		i += size
		switch {
		case r == utf8.RuneError && size == 1:
			dst, marks = appendByte(dst, text[0]), maxMarks
		case ascii || !visible(r):
			dst, marks = appendRune(dst, r), maxMarks
		case !unicode.Is(unicode.M, r):
			dst, marks = append(dst, text...), 0
		case marks < maxMarks:
			dst, marks = append(dst, text...), marks+1
		default:
			dst, marks = appendRune(dst, r), maxMarks
		}
	}
	return dst
}

// visible tells whether a terminal draws something for r and nothing but that.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

const hexDigits = "0123456789abcdef"

func appendByte(dst []byte, c byte) []byte {
	switch c {
	case '\n':
		return append(dst, `\n`...)
	case '\t':
		return append(dst, `\t`...)
	case '\r':
		return append(dst, `\r`...)
	}
	return append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&0xf])
}

func appendRune(dst []byte, r rune) []byte {
	letter, digits := byte('u'), 4
	if r > math.MaxUint16 {
		letter, digits = 'U', 8
	}
	dst = append(dst, '\\', letter)
	for d := digits - 1; d >= 0; d-- {
		dst = append(dst, hexDigits[uint32(r)>>(4*d)&0xf])
	}
	return dst
}
