package query

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// searched is free text that is looked for in any scalar.
type searched struct {
	value  value
	needle needle
	quick  bool // needle is the whole of it
}

func (x *searched) passes(text string) bool {
	switch x.value.kind {
	case literal:
		if x.quick {
			return x.needle.find(text, 0) >= 0 || !ascii(text) && containsFold(text, x.value.text)
		}
		return containsFold(text, x.value.text)
	case wildcard:
		return globInside(strings.ToLower(text), x.value.parts)
	case regex:
		return x.value.re.MatchString(text)
	case span:
	}
	return false
}

// in searches the bytes of an entry.
func (x *searched) in(raw string) bool {
	if x.needle.lower != "" {
		if x.needle.missing(raw) {
			return false
		}
		if x.quick && x.needle.inside && strings.IndexByte(raw, '\\') < 0 {
			for at := x.needle.find(raw, 0); at >= 0; at = x.needle.find(raw, at+1) {
				if !beforeColon(raw[at+len(x.needle.lower):]) {
					return true // it stands in a value, not in a key
				}
			}
			if !x.needle.foreign || ascii(raw) {
				return false
			}
		}
	}
	return walker{raw: raw, pass: x}.found()
}

// beforeColon tells whether the string that ends in rest is a key.
func beforeColon(rest string) bool {
	end := strings.IndexByte(rest, '"')
	for i := end + 1; i < len(rest); i++ {
		if rest[i] > ' ' {
			return rest[i] == ':'
		}
	}
	return false
}

// searchRaw is the test of free text.
func searchRaw(v value) *searched {
	x := &searched{value: v}
	if n, ok := newNeedle(v.longest()); ok {
		x.needle, x.quick = n, v.kind == literal
	}
	return x
}

// longest is text that must stand in whatever the value matches, ignoring case; empty if there is none.
func (v value) longest() string {
	out := ""
	switch v.kind {
	case literal:
		return v.text
	case wildcard:
		for _, p := range v.parts {
			if len(p) > len(out) {
				out = p
			}
		}
	case regex:
		return required(v.re)
	case span:
	}
	return out
}

// required is the longest text that must stand in whatever an expression matches, ignoring case.
func required(re *regexp.Regexp) string {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return ""
	}
	var longest func(*syntax.Regexp) string
	longest = func(r *syntax.Regexp) string {
		out := ""
		switch r.Op {
		case syntax.OpLiteral:
			return string(r.Rune)
		case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
			for _, s := range r.Sub {
				if l := longest(s); len(l) > len(out) {
					out = l
				}
			}
		case syntax.OpRepeat:
			if r.Min > 0 {
				return longest(r.Sub[0])
			}
		}
		return out
	}
	return longest(tree.Simplify())
}

// compared is a term about the scalars at a path. Without values it asks whether there is one that is not empty.
type compared struct {
	term   *term
	path   []key
	key    keyNeedle
	hasKey bool
	values []needle // one of which must stand in the bytes; empty: unknown
}

func (x *compared) passes(text string) bool {
	if text == "" {
		return false
	}
	if x.term == nil {
		return true
	}
	for i := range x.term.values {
		if v := &x.term.values[i]; v.present() || x.term.matchText(text, *v) {
			return true
		}
	}
	return false
}

// in searches the bytes of an entry.
func (x *compared) in(raw string) bool {
	if x.excluded(raw) {
		return false
	}
	return walker{raw: raw, path: x.path, pass: x}.found()
}

// excluded is the quick test: it says which bytes cannot have what is looked for.
func (x *compared) excluded(raw string) bool {
	if x.hasKey && x.key.missing(raw) {
		return true
	}
	return len(x.values) > 0 && !anyIn(x.values, raw)
}

// compareRaw is the test of the scalars of a field, by their bytes. t is nil when only their presence counts.
func compareRaw(f field, t *term) *compared {
	x := &compared{term: t}
	if f.class == leaves {
		x.path = append([]key{{data: true}}, keysOf(f.path)...)
	} else {
		x.path = keysOf(append([]step{{key: f.name}}, f.path...))
	}
	for i := len(x.path) - 1; i >= 0 && !x.hasKey; i-- {
		if k := x.path[i]; !k.any && !k.data {
			x.key, x.hasKey = newKeyNeedle(k.folded)
		}
	}
	if t != nil {
		x.values, _ = t.needles()
	}
	return x
}

// At is for [Scalars].
func (x *searched) At([]string) bool { return true }

// Passes is for [Scalars].
func (x *searched) Passes(text string) bool { return x.passes(text) }

// In is for [Scalars].
func (x *searched) In(raw string) bool { return x.in(raw) }

// Needle is for [Scalars].
func (x *searched) Needle() string { return x.needle.lower }

// At is for [Scalars].
func (x *compared) At(path []string) bool {
	if len(path) < len(x.path) {
		return false
	}
	for i, k := range x.path {
		if !k.is(path[i], unescaped(path[i])) {
			return false
		}
	}
	return true
}

// Passes is for [Scalars].
func (x *compared) Passes(text string) bool { return x.passes(text) }

// In is for [Scalars].
func (x *compared) In(raw string) bool { return x.in(raw) }

// Needle is for [Scalars].
func (x *compared) Needle() string {
	if len(x.values) == 1 {
		return x.values[0].lower
	}
	return ""
}

// having asks for entries that may have one of some texts in a scalar.
type having struct{ needles []needle }

// At is for [Scalars].
func (x *having) At([]string) bool { return true }

// Passes is for [Scalars].
func (x *having) Passes(text string) bool {
	for i := range x.needles {
		if n := &x.needles[i]; n.in(text) {
			return true
		}
	}
	return false
}

// In is for [Scalars].
func (x *having) In(raw string) bool { return anyIn(x.needles, raw) }

// Needle is for [Scalars].
func (x *having) Needle() string {
	if len(x.needles) == 1 {
		return x.needles[0].lower
	}
	return ""
}
