package query

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxNested is how deep the bytes of an entry nest at most: package audit passes no more.
const maxNested = 512

// key is one step of a path, made ready to be compared.
type key struct {
	folded string
	any    bool // *
	data   bool // raw_details or details
}

func keysOf(path []step) []key {
	out := make([]key, len(path))
	for i, s := range path {
		out[i] = key{folded: foldName(s.key), any: s.any}
	}
	return out
}

// is compares a key as it stands between its quotes. Of a plain one every byte stands for itself.
func (k key) is(s string, plain bool) bool {
	switch {
	case k.any:
		return true
	case k.data:
		return foldsTo(s, "rawdetails", plain) || foldsTo(s, "details", plain)
	}
	return foldsTo(s, k.folded, plain)
}

// foldsTo tells whether the key s, as it stands between its quotes, has a name when it is folded.
func foldsTo(s, folded string, plain bool) bool {
	j := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '_':
			continue
		case c == '\\' || c >= utf8.RuneSelf:
			return foldName(unquoted(s)) == folded
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if j == len(folded) || folded[j] != c {
			// What follows may still be a letter that is one of several bytes.
			return !plain && !unescaped(s[i:]) && foldName(unquoted(s)) == folded
		}
		j++
	}
	return j == len(folded)
}

// walker looks through the scalars at a path of an entry, or below it if an object stands there, for one that passes. The bytes
// are ones that package audit has read an entry from: JSON, perhaps with a comma before a closing bracket. Of others it
// finds something or nothing, and comes to an end. It allocates only for text with escapes or bytes that are no UTF-8.
type walker struct {
	raw   string
	path  []key
	pass  passer
	plain bool // no escapes and nothing but ASCII: strings say what stands there
	bare  bool // no escapes
}

// passer tests a scalar, decoded.
type passer interface{ passes(text string) bool }

// found runs the walk.
func (w walker) found() bool {
	w.bare = strings.IndexByte(w.raw, '\\') < 0
	w.plain = w.bare && ascii(w.raw)
	i := w.space(0)
	return i < len(w.raw) && w.value(i, 0, 0) == hit
}

// hit ends a walk: what was looked for is found.
const hit = -1

// value looks through the value that begins at i, which has matched so many keys of the path, and gives the place behind it.
func (w *walker) value(i, matched, depth int) int {
	switch c := w.raw[i]; {
	case depth > maxNested:
		return len(w.raw)
	case c == '{':
		return w.object(i, matched, depth)
	case c == '[':
		for i = w.space(i + 1); i < len(w.raw) && w.raw[i] != ']'; {
			if i = w.value(i, matched, depth+1); i == hit {
				return hit
			}
			i = w.comma(i)
		}
		return i + 1
	case c == '"':
		end := w.stringEnd(i)
		if matched == len(w.path) && w.pass.passes(w.text(i+1, end-1)) {
			return hit
		}
		return end
	case c == '}' || c == ']' || c == ',' || c == ':':
		return len(w.raw) // no JSON
	}
	end := w.scalarEnd(i)
	if matched == len(w.path) && w.raw[i] != 'n' && w.pass.passes(w.raw[i:end]) {
		return hit
	}
	return end
}

func (w *walker) object(i, matched, depth int) int {
	for i = w.space(i + 1); i < len(w.raw) && w.raw[i] == '"'; {
		end := w.stringEnd(i)
		name := w.raw[i+1 : max(i+1, end-1)]
		if i = w.space(end); i >= len(w.raw) || w.raw[i] != ':' {
			return len(w.raw)
		}
		if i = w.space(i + 1); i >= len(w.raw) {
			return i
		}
		switch {
		case matched == len(w.path):
			i = w.value(i, matched, depth+1)
		case w.path[matched].is(name, w.plain):
			i = w.value(i, matched+1, depth+1)
		default:
			i = w.skip(i)
		}
		if i == hit {
			return hit
		}
		i = w.comma(i)
	}
	return i + 1
}

// skip passes over the value that begins at i.
func (w *walker) skip(i int) int {
	depth := 0
	for i < len(w.raw) {
		switch w.raw[i] {
		case '"':
			i = w.stringEnd(i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
			continue
		default:
			i = w.scalarEnd(i)
		}
		if depth <= 0 {
			break
		}
	}
	return i
}

// comma passes over what stands behind a value.
func (w *walker) comma(i int) int {
	if i = w.space(i); i < len(w.raw) && w.raw[i] == ',' {
		i = w.space(i + 1)
	}
	return i
}

func (w *walker) space(i int) int {
	for i < len(w.raw) && w.raw[i] <= ' ' {
		i++
	}
	return i
}

// scalarEnd is the place behind the number or word at i.
func (w *walker) scalarEnd(i int) int {
	for i++; i < len(w.raw); i++ {
		if c := w.raw[i]; c <= ' ' || c == ',' || c == '}' || c == ']' {
			break
		}
	}
	return i
}

// stringEnd is the place behind the string that begins at i.
func (w *walker) stringEnd(i int) int {
	for i++; i < len(w.raw); i++ {
		n := strings.IndexByte(w.raw[i:], '"')
		if n < 0 {
			return len(w.raw)
		}
		if w.bare {
			return i + n + 1
		}
		// An escape hides what follows it.
		e := strings.IndexByte(w.raw[i:i+n], '\\')
		if e < 0 {
			return i + n + 1
		}
		i += e + 1
	}
	return len(w.raw)
}

// text is what stands between two quotes, decoded.
func (w *walker) text(i, j int) string {
	s := w.raw[i:max(i, j)]
	if w.plain {
		return s
	}
	return unquoted(s)
}

// unquoted is what a JSON string says between its quotes. What is no UTF-8 becomes U+FFFD.
func unquoted(s string) string {
	if strings.IndexByte(s, '\\') < 0 && utf8.ValidString(s) {
		return s
	}
	// The error only repeats that there was something to replace.
	text, _ := jsontext.AppendUnquote(make([]byte, 0, len(s)+8), `"`+s+`"`)
	return string(text)
}
