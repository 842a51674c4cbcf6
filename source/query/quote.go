package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a value from an entry so that the language reads that very value, also one that cannot be typed. Bytes that are no UTF-8 are
// all alike to it.
func Quote(v string) string {
	switch {
	case !typable(v):
		return pattern(v)
	case means(v):
		return v
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}

// typable says whether the text can stand in a line.
func typable(v string) bool {
	for _, r := range v {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// means says whether the text means itself without quotes.
func means(v string) bool {
	if v == "" || v == "AND" || v == "OR" || v == "NOT" || strings.Contains(v, "..") {
		return false
	}
	for i := range len(v) {
		c := v[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_':
		case i > 0 && strings.IndexByte("-.:@+=", c) >= 0:
		case i > 0 && c == '/' && !strings.HasSuffix(v, "/"):
		default:
			return false
		}
	}
	return true
}

// pattern writes a regular expression for a text with characters that cannot stand in a line.
func pattern(v string) string {
	var b strings.Builder
	b.WriteString("/^(?-i:")
	for _, r := range v {
		// A byte that is no UTF-8 is read as the replacement character, and matches it.
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\x{%x}`, r)
		}
	}
	b.WriteString(")$/")
	return b.String()
}
