package query

import "strings"

// The levels of binding, loosest first.
const (
	atOr = iota
	atAnd
	atNot
)

// String writes the query so that [Parse] gives it back.
func (q Query) String() string {
	if q.root == nil {
		return ""
	}
	return string(q.root.append(nil, atOr))
}

func (n or) append(b []byte, level int) []byte { return join(b, n, " OR ", level > atOr, atAnd) }

func (n and) append(b []byte, level int) []byte { return join(b, n, " ", level > atAnd, atNot) }

func join(b []byte, nodes []node, sep string, brackets bool, level int) []byte {
	if brackets {
		b = append(b, '(')
	}
	for i, n := range nodes {
		if i > 0 {
			b = append(b, sep...)
		}
		b = n.append(b, level)
	}
	if brackets {
		b = append(b, ')')
	}
	return b
}

func (n not) append(b []byte, _ int) []byte { return n.of.append(append(b, '-'), atNot) }

func (n term) append(b []byte, _ int) []byte {
	b = append(b, n.field.String()...)
	b = append(b, n.op.String()...)
	for i, v := range n.values {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.append(b, true)
	}
	return b
}

func (n text) append(b []byte, _ int) []byte { return n.value.append(b, false) }

// append writes a value, quoted or escaped where it would be read as something else.
func (v value) append(b []byte, inTerm bool) []byte {
	switch v.kind {
	case regex:
		b = append(b, '/')
		b = append(b, v.text...)
		return append(b, '/')
	case wildcard:
		for i, part := range v.parts {
			if i > 0 {
				b = append(b, '*')
			}
			b = appendEscaped(b, part)
		}
		return b
	case span:
		b = appendPoint(b, v.lo)
		b = append(b, ".."...)
		return appendPoint(b, v.hi)
	}
	if plainWord(v.text, inTerm) {
		return append(b, v.text...)
	}
	b = append(b, '"')
	for i := range len(v.text) {
		if c := v.text[i]; c == '"' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, v.text[i])
	}
	return append(b, '"')
}

func appendPoint(b []byte, p *string) []byte {
	if p == nil {
		return append(b, '*')
	}
	return appendEscaped(b, *p)
}

// special are the characters that end or bend a word.
const special = " \t\r\n\v\f()\"\\*,/"

// appendEscaped writes part of a word, every character that means something else behind a backslash.
func appendEscaped(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		// A dot beside another would make a range, and a sign or operator in front something else than a word.
		dots := c == '.' && (i > 0 && s[i-1] == '.')
		if strings.IndexByte(special, c) >= 0 || dots || strings.IndexByte("-!:=<>|&", c) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return b
}

// plainWord says whether s can stand unquoted and means itself.
func plainWord(s string, inTerm bool) bool {
	if s == "" || strings.ContainsAny(s, special) || strings.Contains(s, "..") {
		return inTerm && s != "" && cidr(s)
	}
	for _, r := range s {
		if r == 0xFFFD || spaceRune(r) {
			return false
		}
	}
	if inTerm {
		return s[0] != '=' && s[0] != '<' && s[0] != '>'
	}
	switch s {
	case "AND", "OR", "NOT", "||", "&&":
		return false
	}
	if s[0] == '-' || s[0] == '!' {
		return false
	}
	// A name and an operator would be a term.
	return !strings.ContainsAny(s, ":=<>!|&")
}

// cidr says whether s is all digits, hexadecimal letters, dots and colons with one slash in it: common enough to stay unquoted.
func cidr(s string) bool {
	a, b, ok := strings.Cut(s, "/")
	if !ok || a == "" || b == "" || strings.Contains(s, "..") {
		return false
	}
	return strings.Trim(a, "0123456789abcdefABCDEF.:") == "" && strings.Trim(b, "0123456789") == ""
}
