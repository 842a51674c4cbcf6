package query

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds the nesting of brackets and negations.
const maxDepth = 100

// Parse reads a query. The error, if any, is an [*Error]. It takes time linear in the length of s.
func Parse(s string) (Query, error) { return parse(s, false) }

// Preview reads a query that is still being typed: brackets, quotes and lists that are not closed yet are closed silently.
func Preview(s string) (Query, error) { return parse(s, true) }

func parse(s string, preview bool) (Query, error) {
	p := parser{src: s, preview: preview}
	p.space()
	if p.done() {
		return Query{}, nil
	}
	root, err := p.or(0)
	if err != nil {
		return Query{}, err
	}
	if !p.done() {
		return Query{}, p.fail(p.at, "unexpected )")
	}
	return Query{root: root, asks: p.asks}, nil
}

type parser struct {
	src     string
	at      int // byte
	preview bool
	asks    []Unknown
}

func (p *parser) done() bool { return p.at >= len(p.src) }

// column counts characters, as a person does.
func (p *parser) column(at int) int { return utf8.RuneCountInString(p.src[:at]) + 1 }

func (p *parser) fail(at int, message string) *Error {
	return &Error{Column: p.column(at), Message: message}
}

func spaceRune(r rune) bool { return unicode.IsSpace(r) }

func (p *parser) rune() rune {
	r, _ := utf8.DecodeRuneInString(p.src[p.at:])
	return r
}

func (p *parser) space() {
	for !p.done() {
		r, n := utf8.DecodeRuneInString(p.src[p.at:])
		if !spaceRune(r) {
			return
		}
		p.at += n
	}
}

// keyword takes a word that stands alone.
func (p *parser) keyword(words ...string) bool {
	for _, w := range words {
		rest, ok := strings.CutPrefix(p.src[p.at:], w)
		if !ok {
			continue
		}
		symbol := w == "||" || w == "&&"
		if r, _ := utf8.DecodeRuneInString(rest); rest == "" || symbol || spaceRune(r) || r == '(' || r == ')' {
			p.at += len(w)
			p.space()
			return true
		}
	}
	return false
}

func (p *parser) or(depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail(p.at, "brackets nested too deep")
	}
	var list or
	for {
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		if n != nil {
			if inner, ok := n.(or); ok {
				list = append(list, inner...)
			} else {
				list = append(list, n)
			}
		}
		at := p.at
		if !p.keyword("OR", "||") {
			if len(list) == 0 {
				return nil, p.fail(p.at, "filter expected")
			}
			break
		}
		if n == nil {
			return nil, p.fail(at, "filter expected before OR")
		}
		if p.done() || p.src[p.at] == ')' {
			if p.preview {
				break
			}
			return nil, p.fail(p.at, "filter expected after OR")
		}
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return list, nil
}

// and reads what stands side by side. It gives nil if there is nothing.
func (p *parser) and(depth int) (node, error) {
	var list and
	for {
		p.space()
		if p.done() || p.src[p.at] == ')' || p.ahead("OR", "||") {
			break
		}
		at := p.at
		if p.keyword("AND", "&&") {
			if len(list) == 0 {
				return nil, p.fail(at, "filter expected before AND")
			}
			if p.done() || p.src[p.at] == ')' || p.ahead("OR", "||") {
				if p.preview {
					break
				}
				return nil, p.fail(p.at, "filter expected after AND")
			}
			if p.ahead("AND", "&&") {
				return nil, p.fail(p.at, "filter expected after AND")
			}
		}
		n, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		if n == nil {
			continue
		}
		if inner, ok := n.(and); ok {
			list = append(list, inner...)
		} else {
			list = append(list, n)
		}
	}
	switch len(list) {
	case 0:
		return nil, nil
	case 1:
		return list[0], nil
	}
	return list, nil
}

// ahead says whether a keyword follows, without taking it.
func (p *parser) ahead(words ...string) bool {
	at := p.at
	ok := p.keyword(words...)
	p.at = at
	return ok
}

func (p *parser) not(depth int) (node, error) {
	start := p.at
	negations := 0
	for !p.done() {
		if c := p.src[p.at]; c == '-' || c == '!' {
			p.at++
		} else if !p.keyword("NOT") {
			break
		}
		negations++
	}
	if p.done() || spaceRune(p.rune()) || p.src[p.at] == ')' {
		if negations > 0 {
			if p.preview {
				return nil, nil
			}
			return nil, p.fail(start, "nothing to negate")
		}
		return nil, nil
	}
	n, err := p.primary(depth)
	if err != nil || n == nil {
		return nil, err
	}
	if negations%2 == 1 {
		if inner, ok := n.(not); ok {
			return inner.of, nil
		}
		return not{n}, nil
	}
	return n, nil
}

func (p *parser) primary(depth int) (node, error) {
	start := p.at
	if p.src[p.at] == '(' {
		p.at++
		p.space()
		if p.done() && p.preview {
			return nil, nil
		}
		n, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		p.space()
		if p.done() {
			if p.preview {
				return n, nil
			}
			return nil, p.fail(p.at, "missing )")
		}
		p.at++
		return n, nil
	}
	if name, path, o, ok := p.fieldAndOp(); ok {
		return p.term(start, name, path, o)
	}
	v, err := p.value(false)
	if err != nil {
		return nil, err
	}
	if v.kind == literal && v.text == "" {
		return nil, nil // "" asks for nothing
	}
	return text{v}, nil
}

func nameByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '$':
		return true
	case c >= '0' && c <= '9', c == '-':
		return !first
	}
	return false
}

// fieldAndOp takes a field and its operator, or nothing.
func (p *parser) fieldAndOp() (name string, path []step, o op, ok bool) {
	at := p.at
	defer func() {
		if !ok {
			p.at = at
		}
	}()
	start := p.at
	for !p.done() && nameByte(p.src[p.at], p.at == start) {
		p.at++
	}
	if p.at == start {
		return "", nil, 0, false
	}
	name = p.src[start:p.at]
	for !p.done() && p.src[p.at] == '.' {
		p.at++
		switch {
		case p.done():
			return "", nil, 0, false
		case p.src[p.at] == '*':
			p.at++
			path = append(path, step{any: true})
		case p.src[p.at] == '"':
			s, err := p.quoted()
			if err != nil {
				return "", nil, 0, false
			}
			path = append(path, step{key: s})
		default:
			start := p.at
			for !p.done() && nameByte(p.src[p.at], false) {
				p.at++
			}
			if p.at == start {
				return "", nil, 0, false
			}
			path = append(path, step{key: p.src[start:p.at]})
		}
	}
	for _, c := range [...]struct {
		text string
		op   op
	}{
		{":>=", greaterEqual},
		{":<=", lessEqual},
		{":>", greater},
		{":<", less},
		{":", word},
		{">=", greaterEqual},
		{"<=", lessEqual},
		{">", greater},
		{"<", less},
		{"!=", unequal},
		{"=", exact},
	} {
		if strings.HasPrefix(p.src[p.at:], c.text) {
			p.at += len(c.text)
			return name, path, c.op, true
		}
	}
	return "", nil, 0, false
}

func (p *parser) term(start int, name string, path []step, o op) (node, error) {
	f, known := lookup(name, path)
	valueAt := p.at
	if !known {
		if s := suggest(name); s != "" {
			e := p.fail(start, "unknown field "+name)
			e.Suggestion = s
			return nil, e
		}
	}
	values, err := p.values()
	if err != nil {
		return nil, err
	}
	if len(values) == 0 {
		if p.preview {
			return nil, nil
		}
		return nil, p.fail(p.at, "value expected")
	}
	t := term{field: f, op: o, values: values}
	if !known {
		p.asks = append(p.asks, Unknown{Name: name, Column: p.column(start)})
		t.field.source = p.src[start:p.at]
	}
	if message, suggestion := t.check(); message != "" {
		if p.preview && p.done() {
			return nil, nil // a time or word that is half typed
		}
		return nil, &Error{Column: p.column(valueAt), Message: message, Suggestion: suggestion}
	}
	return t, nil
}

// values reads a value, a list with commas, or a list in brackets.
func (p *parser) values() ([]value, error) {
	if p.done() || spaceRune(p.rune()) || p.src[p.at] == ')' {
		return nil, nil
	}
	var out []value
	if p.src[p.at] == '(' {
		p.at++
		for {
			p.space()
			if p.done() {
				if p.preview {
					return out, nil
				}
				return nil, p.fail(p.at, "missing )")
			}
			if p.src[p.at] == ')' {
				if len(out) == 0 {
					return nil, p.fail(p.at, "value expected")
				}
				p.at++
				return out, nil
			}
			if len(out) > 0 && !p.keyword("OR", "||") {
				if p.src[p.at] != ',' {
					return nil, p.fail(p.at, "OR expected")
				}
				p.at++
				p.space()
			}
			if p.done() || p.src[p.at] == ')' {
				continue
			}
			v, err := p.value(true)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	for {
		if p.done() || spaceRune(p.rune()) || p.src[p.at] == ')' || p.src[p.at] == ',' {
			if p.preview {
				return out, nil
			}
			return nil, p.fail(p.at, "value expected")
		}
		v, err := p.value(true)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.done() || p.src[p.at] != ',' {
			return out, nil
		}
		p.at++
	}
}

// value reads one value.
func (p *parser) value(inTerm bool) (value, error) {
	switch p.src[p.at] {
	case '"':
		s, err := p.quoted()
		return value{text: s}, err
	case '/':
		if v, ok, err := p.regex(inTerm); ok || err != nil {
			return v, err
		}
	}
	return p.word(inTerm), nil
}

func (p *parser) quoted() (string, error) {
	start := p.at
	p.at++
	var b strings.Builder
	for !p.done() {
		c := p.src[p.at]
		p.at++
		switch {
		case c == '"':
			return b.String(), nil
		case c == '\\' && !p.done() && (p.src[p.at] == '"' || p.src[p.at] == '\\'):
			b.WriteByte(p.src[p.at])
			p.at++
		default:
			b.WriteByte(c)
		}
	}
	if p.preview {
		return b.String(), nil
	}
	return "", p.fail(start, `unclosed "`)
}

// ends says whether a value could end at byte i.
func (p *parser) ends(i int, inTerm bool) bool {
	if i >= len(p.src) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(p.src[i:])
	return spaceRune(r) || r == ')' || r == '(' || inTerm && r == ','
}

// regex reads /…/ if a slash that ends the value closes it.
func (p *parser) regex(inTerm bool) (value, bool, error) {
	start := p.at
	for i := start + 1; i < len(p.src); i++ {
		switch {
		case p.src[i] == '\\':
			i++
		case p.src[i] == '/' && i > start+1 && p.ends(i+1, inTerm):
			source := p.src[start+1 : i]
			re, err := compileRegexp(source)
			if err != nil {
				return value{}, false, p.fail(start, "bad regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "))
			}
			p.at = i + 1
			return value{kind: regex, text: source, re: re}, true, nil
		}
	}
	return value{}, false, nil
}

// compileRegexp ignores case unless the expression has a capital.
func compileRegexp(source string) (*regexp.Regexp, error) {
	if strings.IndexFunc(withoutEscapes(source), unicode.IsUpper) < 0 {
		return regexp.Compile("(?i)" + source)
	}
	return regexp.Compile(source)
}

// withoutEscapes drops what stands behind backslashes: \S and \D are no capitals.
func withoutEscapes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// word reads a run without space or brackets: a literal, a wildcard, or in a term a range.
func (p *parser) word(inTerm bool) value {
	var parts []string // between stars
	var points []string
	var b strings.Builder
	stars, open := 0, []bool{} // open[i]: point i is a lone star
	start := p.at
	dots := false
	for !p.ends(p.at, inTerm) {
		c := p.src[p.at]
		switch {
		case c == '\\' && p.at+1 < len(p.src):
			_, n := utf8.DecodeRuneInString(p.src[p.at+1:])
			b.WriteString(p.src[p.at+1 : p.at+1+n])
			p.at += 1 + n
		case c == '*':
			parts = append(parts, b.String())
			b.Reset()
			stars++
			p.at++
		case inTerm && !dots && strings.HasPrefix(p.src[p.at:], "..") && (p.at > start || len(parts) > 0) && !p.ends(p.at+2, inTerm):
			points = append(points, strings.Join(append(parts, b.String()), "*"))
			open = append(open, stars == 1 && len(parts) == 1 && parts[0] == "" && b.Len() == 0)
			parts, stars, dots = nil, 0, true
			b.Reset()
			p.at += 2
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	if dots {
		points = append(points, strings.Join(append(parts, b.String()), "*"))
		open = append(open, stars == 1 && len(parts) == 1 && parts[0] == "" && b.Len() == 0)
		v := value{kind: span}
		if !open[0] {
			v.lo = &points[0]
		}
		if !open[1] {
			v.hi = &points[1]
		}
		return v
	}
	if stars > 0 {
		return value{kind: wildcard, parts: append(parts, b.String())}
	}
	return value{text: b.String()}
}
