package export

import (
	"bufio"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lines writes entries as they were received, each on a line of its own.
type lines struct {
	w     *bufio.Writer
	clean bool
	buf   []byte
}

func newLines(w io.Writer, o Options) *lines {
	return &lines{w: bufio.NewWriterSize(w, 64<<10), clean: o.Terminal}
}

func (l *lines) Write(r Record) error {
	l.buf = appendOneLine(l.buf[:0], r.Raw())
	if l.clean {
		l.buf = append(l.buf[:0], escapeJSON(string(l.buf))...)
	}
	l.buf = append(l.buf, '\n')
	_, err := l.w.Write(l.buf)
	return err
}

func (l *lines) Flush() error { return l.w.Flush() }

// appendOneLine appends a JSON text without the line breaks between its values. One inside a string, where JSON has none,
// becomes \n or \r, so that an entry is one line whatever it holds. All other bytes stay as they are.
func appendOneLine(dst []byte, raw string) []byte {
	if !strings.ContainsAny(raw, "\n\r") {
		return append(dst, raw...)
	}
	quoted := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\n' || c == '\r':
			if quoted {
				dst = append(dst, '\\', map[bool]byte{true: 'n', false: 'r'}[c == '\n'])
			}
			continue
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 < len(raw) && raw[i+1] != '\n' && raw[i+1] != '\r':
			dst = append(dst, c)
			i++
		}
		dst = append(dst, raw[i])
	}
	return dst
}

// escapeJSON writes the characters of a JSON text that a terminal would obey, reorder or hide as \uXXXX, which means the same. They
// can stand in strings alone; bytes that are not UTF-8 become the replacement character.
func escapeJSON(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] < ' ' || s[i] == 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	const digits = "0123456789abcdef"
	out := make([]byte, 0, len(s)+32)
	unit := func(u uint16) {
		out = append(out, '\\', 'u', digits[u>>12], digits[u>>8&0xf], digits[u>>4&0xf], digits[u&0xf])
	}
	for _, r := range s {
		switch {
		case r == '\t':
			out = append(out, ' ') // between values; in a string JSON has no bare tab
		case r != utf8.RuneError && unicode.IsGraphic(r) && !unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			r -= 0x10000
			unit(uint16(0xd800 + r>>10))
			unit(uint16(0xdc00 + r&0x3ff))
		default:
			unit(uint16(r))
		}
	}
	return string(out)
}
