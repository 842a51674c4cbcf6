package query

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"taudit/source/audit"
)

// Env is what a query needs to know beside the entry.
type Env struct {
	// Now is the clock that relative times are seen from. Its location is that of times without a zone.
	Now time.Time

	// Trusted are the proxies whose word about the address before them is believed, for client_ip.
	Trusted []netip.Prefix

	// Is answers is:what for everything but error and late. Nil: nothing is anything. A search may ask from several goroutines at a time.
	Is func(e *audit.Entry, what string) bool

	// Means gives the query that is:what stands for, if there is one: it then means what that does, seen from the same clock. It must not ask for
	// what stands for it. Nil: none stands for another.
	Means func(what string) (q Query, ok bool)

	// At gives the emit times of all entries that Is says what of, so that a search need not look at others. ok is false when they
	// are not known. Nil: they never are.
	At func(what string) (times []time.Time, ok bool)
}

// means gives the query that a value of is: stands for.
func (env *Env) means(v value) (Query, bool) {
	if env.Means == nil || v.kind != literal {
		return Query{}, false
	}
	return env.Means(strings.ToLower(v.text))
}

// Match says whether the entry is meant. This is the language read plainly, one entry at a time.
func (q Query) Match(e *audit.Entry, env *Env) bool {
	return q.root == nil || q.root.match(&subject{entry: e, env: env})
}

// subject is an entry that is being matched, with what was found in it.
type subject struct {
	entry *audit.Entry
	env   *Env
	found []leaf
	read  bool
}

func (n and) match(s *subject) bool {
	for _, c := range n {
		if !c.match(s) {
			return false
		}
	}
	return true
}

func (n or) match(s *subject) bool {
	for _, c := range n {
		if c.match(s) {
			return true
		}
	}
	return false
}

func (n not) match(s *subject) bool { return !n.of.match(s) }

func (n text) match(s *subject) bool { return anyLeaf(s, n.value) }

// anyLeaf searches all values of an entry.
func anyLeaf(s *subject, v value) bool {
	if v.kind == literal && strings.IndexByte(s.entry.Raw, '\\') < 0 && !containsFold(s.entry.Raw, v.text) {
		return false // without escapes a value stands in the bytes as it is
	}
	for _, l := range s.leaves() {
		switch v.kind {
		case literal:
			if containsFold(l.text, v.text) {
				return true
			}
		case wildcard:
			if globInside(strings.ToLower(l.text), v.parts) {
				return true
			}
		case regex:
			if v.re.MatchString(l.text) {
				return true
			}
		case span:
		}
	}
	return false
}

func (t term) match(s *subject) bool {
	if t.op == unequal {
		t.op = exact
		return !t.match(s)
	}
	for _, v := range t.values {
		if t.matchValue(s, v) {
			return true
		}
	}
	return t.field.class == unknown && anyLeaf(s, value{text: t.field.source})
}

func (t term) matchValue(s *subject, v value) bool {
	switch t.field.class {
	case from:
		w, ok := ParseTimes(v.text, s.env.Now)
		return ok && !s.entry.EmitTime.IsZero() && !s.entry.EmitTime.Before(w.From)
	case before:
		w, ok := ParseTimes(v.text, s.env.Now)
		return ok && !s.entry.EmitTime.IsZero() && s.entry.EmitTime.Before(w.From)
	case is:
		if strings.EqualFold(v.text, "error") {
			return !strings.EqualFold(s.entry.Status, "OK")
		}
		if strings.EqualFold(v.text, "late") {
			_, late := s.entry.Origin.Late(s.entry.EmitTime)
			return late
		}
		if q, ok := s.env.means(v); ok {
			return q.root == nil || q.root.match(s)
		}
		return s.env.Is != nil && s.env.Is(s.entry, strings.ToLower(v.text))
	case has:
		f, _ := hasField(v.text)
		return f.present(s)
	case clock:
		if v.kind == literal || v.kind == span {
			return t.matchClock(s, v)
		}
	}
	if v.present() {
		return t.field.present(s)
	}
	matched := false
	t.field.values(s, func(have string) { matched = matched || t.matchText(have, v) })
	return matched
}

// present says whether the field is there and not empty; an object counts by what is in it.
func (f field) present(s *subject) bool {
	there := false
	f.values(s, func(string) { there = true })
	return there
}

// matchClock compares a time. A name like 2023-11-08 covers its whole span.
func (t term) matchClock(s *subject, v value) bool {
	have := t.field.clockOf(s.entry)
	if have.IsZero() {
		return false
	}
	if v.kind == span {
		if v.lo != nil {
			if w, _ := ParseTimes(*v.lo, s.env.Now); have.Before(w.From) {
				return false
			}
		}
		if v.hi != nil {
			if w, _ := ParseTimes(*v.hi, s.env.Now); !have.Before(w.To) {
				return false
			}
		}
		return true
	}
	w, _ := ParseTimes(v.text, s.env.Now)
	switch t.op {
	case greater:
		return !have.Before(w.To)
	case greaterEqual:
		return !have.Before(w.From)
	case less:
		return have.Before(w.From)
	case lessEqual:
		return have.Before(w.To)
	}
	return !have.Before(w.From) && have.Before(w.To)
}

// matchText compares one value of the entry with one of the query.
func (t term) matchText(have string, v value) bool {
	want := v
	switch t.field.class {
	case named:
		if t.op == word && v.kind != regex {
			return matchWord(have, v) || matchWord(audit.FoldOperation(have), foldValue(v, foldOperation))
		}
		if v.kind == regex {
			return v.re.MatchString(have) || v.re.MatchString(audit.FoldOperation(have))
		}
	case folded:
		if t.op == word && v.kind != regex {
			have, want = foldType(have), foldValue(v, foldType)
		}
	case enum:
		if short := shortEnum(have); t.op == word || t.op == exact {
			return t.compare(have, v) || t.compare(short, foldValue(v, shortEnum))
		}
	case address:
		if t.op == word || t.op == exact {
			if ok, typed := matchAddress(have, v); typed {
				return ok
			}
		}
	}
	return t.compare(have, want)
}

func (t term) compare(have string, v value) bool {
	switch t.op {
	case word:
		return matchWord(have, v)
	case exact:
		switch v.kind {
		case regex:
			return v.re.MatchString(have)
		case wildcard:
			return glob(have, v.parts)
		case span:
			return inSpan(have, v)
		}
		return have == v.text
	}
	c, ok := order(have, v.text)
	if !ok {
		return false
	}
	switch t.op {
	case greater:
		return c > 0
	case greaterEqual:
		return c >= 0
	case less:
		return c < 0
	}
	return c <= 0
}

// matchWord is the colon.
func matchWord(have string, v value) bool {
	switch v.kind {
	case regex:
		return v.re.MatchString(have)
	case wildcard:
		lower := make([]string, len(v.parts))
		for i, p := range v.parts {
			lower[i] = strings.ToLower(p)
		}
		return glob(strings.ToLower(have), lower)
	case span:
		return inSpan(have, v)
	}
	if v.needle != nil && !v.needle.in(have) {
		return false
	}
	return containsWord(strings.ToLower(have), strings.ToLower(v.text))
}

func inSpan(have string, v value) bool {
	if v.lo != nil {
		if c, ok := order(have, *v.lo); !ok || c < 0 {
			return false
		}
	}
	if v.hi != nil {
		if c, ok := order(have, *v.hi); !ok || c > 0 {
			return false
		}
	}
	return true
}

// order compares as numbers if want is one, as times if both are, else as text without case. A text that is no number has no order among numbers.
func order(have, want string) (int, bool) {
	if w, ok := number(want); ok {
		h, ok := number(have)
		switch {
		case !ok:
			return 0, false
		case h < w:
			return -1, true
		case h > w:
			return 1, true
		}
		return 0, h == w
	}
	if w, ok := instant(want); ok {
		if h, ok := instant(have); ok {
			return h.Compare(w), true
		}
	}
	return strings.Compare(strings.ToLower(have), strings.ToLower(want)), true
}

// number reads a number. What cannot be one is told at a glance, because the error of package strconv costs much more.
func number(s string) (float64, bool) {
	if s == "" || strings.IndexByte("+-.0123456789iInN", s[0]) < 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func instant(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T5:04:05Z") || s[4] != '-' {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// foldOperation folds a name that may be written in any case.
func foldOperation(s string) string {
	s = strings.ToLower(s)
	s = strings.TrimPrefix(strings.TrimSuffix(s, "api"), "cloud")
	if s == "failovernamespaces" {
		return "failovernamespace"
	}
	return s
}

func foldType(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s))
}

func shortEnum(s string) string {
	for _, prefix := range []string{"LOG_LEVEL_", "LOG_CATEGORY_"} {
		if len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return s[len(prefix):]
		}
	}
	return s
}

// foldValue folds the text of a value. A wildcard stays as it is: only a whole name can be folded.
func foldValue(v value, fold func(string) string) value {
	if v.kind == literal {
		v.text, v.needle = fold(v.text), nil // the needle is that of the text before
	}
	return v
}

// containsFold says whether s has sub in it, ignoring case.
func containsFold(s, sub string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(sub))
}

// containsWord finds w in s between characters that belong to no word, like grep -w.
func containsWord(s, w string) bool {
	if w == "" {
		return s == ""
	}
	for from := 0; from <= len(s); {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		i += from
		left, _ := utf8.DecodeLastRuneInString(s[:i])
		right, _ := utf8.DecodeRuneInString(s[i+len(w):])
		if (i == 0 || !wordRune(left)) && (i+len(w) == len(s) || !wordRune(right)) {
			return true
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		from = i + n
	}
	return false
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// glob matches the whole of s against literal parts with anything between them.
func glob(s string, parts []string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return s == first
	}
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	if !strings.HasSuffix(s, last) {
		return false
	}
	return inOrder(s[:len(s)-len(last)], parts[1:len(parts)-1])
}

// globInside finds the parts anywhere, in their order. s is in lower case.
func globInside(s string, parts []string) bool {
	lower := make([]string, len(parts))
	for i, p := range parts {
		lower[i] = strings.ToLower(p)
	}
	return inOrder(s, lower)
}

func inOrder(s string, parts []string) bool {
	for _, p := range parts {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

// matchAddress compares a hop with an address or a network; typed is false if either is no address.
func matchAddress(have string, v value) (ok, typed bool) {
	if v.kind != literal {
		return false, false
	}
	h, err := netip.ParseAddr(strings.TrimSpace(have))
	if err != nil {
		return false, false
	}
	h = h.Unmap().WithZone("")
	if w, err := netip.ParseAddr(v.text); err == nil {
		return h == w.Unmap().WithZone(""), true
	}
	if n, err := netip.ParsePrefix(v.text); err == nil {
		return n.Contains(h), true
	}
	return false, false
}

// clientAddress goes from the last hop to the first and stops at the first address that no trusted proxy vouches for.
func (s *subject) clientAddress() string {
	hops := s.entry.Addresses()
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(hops[i])
		trusted := false
		for _, n := range s.env.Trusted {
			trusted = trusted || err == nil && n.Contains(a.Unmap())
		}
		if !trusted || i == 0 {
			return hops[i]
		}
	}
	return ""
}
