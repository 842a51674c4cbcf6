package query

import (
	"math"
	"slices"
	"strings"
	"time"

	"taudit/source/audit"
)

// Column is a field of which a log of entries has few distinct values.
type Column uint8

// The columns, and the fields of an entry that each tells.
const (
	ByOperation Column = iota // Operation
	ByStatus                  // Status
	ByPrincipal               // Principal, UserEmail, and of Format whether it is F3 or later
	ByTarget                  // Target
	ByNamespace               // Namespace
	ByAddress                 // Forwarded
	ByOrigin                  // Origin.Source and Origin.Part
)

// Builder makes filters of a kind T from the tests that a query comes to, so that a log can ask them in the way that suits it.
type Builder[T any] interface {
	All(...T) T // every one; without any, all entries
	Any(...T) T // at least one
	Not(T) T

	// Values tests a column. pass is given entries that have the fields of the column and no others, and may be asked once
	// for each distinct value.
	Values(c Column, pass func(*audit.Entry) bool) T

	// Times means the entries with an emit time from, in nanoseconds since 1970, up to but without to.
	Times(from, to int64) T

	// Scalars means the entries of which some scalar passes. It may be asked from several goroutines at a time.
	Scalars(s Scalars) T

	// Is means the entries of which the log itself can tell what without decoding them: "late", or "dup" for those that came more than
	// once. ok is false for everything that it knows nothing of.
	Is(what string) (t T, ok bool)

	// Entry tests a whole entry. It is the dearest. It may be asked from several goroutines at a time.
	Entry(pass func(*audit.Entry) bool) T
}

// Scalars is a question about the strings, numbers and words of an entry, for a log that holds them apart. It can be asked from
// any number of goroutines at a time.
type Scalars interface {
	// At tells whether a scalar at the end of a path of keys, as they stand between their quotes, is asked about.
	At(path []string) bool
	// Passes tells whether a scalar, decoded, is what is looked for. Null is none.
	Passes(text string) bool
	// In asks the same of the bytes of an entry.
	In(raw string) bool
	// Needle is ASCII text in lower case that stands, ignoring case, in every scalar that passes and is ASCII. It may be empty.
	Needle() string
}

// Build makes a filter that means the same entries as [Query.Match] does with that env.
func Build[T any](q Query, env *Env, b Builder[T]) T {
	if q.root == nil {
		return b.All()
	}
	return build(q.root, env, b)
}

// Slides says whether what the query means changes with the clock alone.
func (q Query) Slides() bool { return slides(q.root) }

func slides(n node) bool {
	any := func(list []node) bool {
		for _, c := range list {
			if slides(c) {
				return true
			}
		}
		return false
	}
	switch n := n.(type) {
	case and:
		return any(n)
	case or:
		return any(n)
	case not:
		return slides(n.of)
	case term:
		switch n.field.class {
		case is:
			for _, v := range n.values {
				if strings.EqualFold(v.text, "new") {
					return true
				}
			}
		case clock, from, before:
			for _, v := range n.values {
				for _, p := range v.points() {
					a, _ := ParseTimes(p, time.Unix(0, 0).UTC())
					b, _ := ParseTimes(p, time.Unix(86400*400, 0).UTC())
					if a != b {
						return true
					}
				}
			}
		}
	}
	return false
}

func build[T any](n node, env *Env, b Builder[T]) T {
	list := func(nodes []node) []T {
		out := make([]T, len(nodes))
		for i, c := range nodes {
			out[i] = build(c, env, b)
		}
		return out
	}
	switch n := n.(type) {
	case and:
		return b.All(list(n)...)
	case or:
		return b.Any(list(n)...)
	case not:
		return b.Not(build(n.of, env, b))
	case text:
		return b.Scalars(searchRaw(n.value))
	case term:
		return buildTerm(n, env, b)
	}
	return b.Entry(func(e *audit.Entry) bool { return n.match(&subject{entry: e, env: env}) })
}

func buildTerm[T any](t term, env *Env, b Builder[T]) T {
	if t.op == unequal {
		t.op = exact
		return b.Not(buildTerm(t, env, b))
	}
	t.values = slices.Clone(t.values)
	for i := range t.values {
		if v := &t.values[i]; v.kind == literal {
			if n, ok := newNeedle(v.text); ok {
				v.needle = &n
			}
		}
	}
	plainly := func(e *audit.Entry) bool { return t.match(&subject{entry: e, env: env}) }
	switch t.field.class {
	case from, before:
		w, _ := ParseTimes(t.values[0].text, env.Now)
		if t.field.class == from {
			return b.Times(nanoseconds(w.From), math.MaxInt64)
		}
		return b.Times(math.MinInt64, nanoseconds(w.From))
	case clock:
		if t.field.name == "time" {
			if spans, ok := t.spans(env); ok {
				out := make([]T, len(spans))
				for i, s := range spans {
					out[i] = b.Times(s[0], s[1])
				}
				return b.Any(out...)
			}
		}
		return b.Entry(plainly)
	case has:
		f, _ := hasField(t.values[0].text)
		if len(t.values) == 1 {
			return buildOver(f, plainly, nil, env, b)
		}
		return b.Entry(plainly)
	case is:
		if len(t.values) == 1 && strings.EqualFold(t.values[0].text, "error") {
			return b.Values(ByStatus, plainly)
		}
		if slices.ContainsFunc(t.values, func(v value) bool { _, ok := env.means(v); return ok }) {
			out := make([]T, len(t.values))
			for i, v := range t.values {
				if q, ok := env.means(v); ok {
					out[i] = Build(q, env, b)
				} else {
					out[i] = buildTerm(term{field: t.field, op: t.op, values: []value{v}}, env, b)
				}
			}
			return b.Any(out...)
		}
		if v := t.values[0]; len(t.values) == 1 && v.kind == literal {
			if f, ok := b.Is(strings.ToLower(v.text)); ok {
				return f
			}
		}
		if spans, ok := t.known(env); ok {
			out := make([]T, len(spans))
			for i, s := range spans {
				out[i] = b.Times(s[0], s[1])
			}
			return b.All(b.Any(out...), b.Entry(plainly))
		}
		return b.Entry(plainly)
	}
	return buildOver(t.field, plainly, &t, env, b)
}

// buildOver makes the test of one field as cheap as the log allows. t is nil when only the presence of the field counts.
func buildOver[T any](f field, plainly func(*audit.Entry) bool, t *term, env *Env, b Builder[T]) T {
	switch f.class {
	case named:
		return b.Values(ByOperation, plainly)
	case folded:
		return b.Values(ByPrincipal, plainly)
	case address:
		return b.Values(ByAddress, plainly)
	case leaves, top, unknown:
		// All that these look at is in the bytes.
		x := compareRaw(f, t)
		if t == nil || f.class != unknown {
			return b.Scalars(x)
		}
		return b.Any(b.Scalars(x), b.Scalars(searchRaw(value{text: f.source})))
	}
	switch f.name {
	case "principal", "principal.id", "principal.name", "principal.api_key_id":
		if t != nil {
			if needles, ok := t.needles(); ok {
				return b.Values(ByPrincipal, func(e *audit.Entry) bool { return namedIn(e, needles) && plainly(e) })
			}
		}
		return b.Values(ByPrincipal, plainly)
	case "via":
		return b.Values(ByPrincipal, plainly)
	case "status":
		return b.Values(ByStatus, plainly)
	case "verb", "resource":
		return b.Values(ByOperation, plainly)
	case "target":
		return b.Values(ByTarget, plainly)
	case "namespace":
		return b.Values(ByNamespace, plainly)
	case "source", "shard":
		return b.Values(ByOrigin, plainly)
	}
	if t != nil {
		if needles, ok := t.needles(); ok {
			return b.All(b.Scalars(&having{needles}), b.Entry(plainly))
		}
	}
	return b.Entry(plainly)
}

// spans gives the emit times that a term means, in nanoseconds. ok is false if it is not about stretches of time.
func (t term) spans(env *Env) (out [][2]int64, ok bool) {
	at := func(s string) (int64, int64) {
		w, _ := ParseTimes(s, env.Now)
		return nanoseconds(w.From), nanoseconds(w.To)
	}
	for _, v := range t.values {
		lo, hi := int64(math.MinInt64), int64(math.MaxInt64)
		switch v.kind {
		case literal:
			a, z := at(v.text)
			switch t.op {
			case greater:
				lo = z
			case greaterEqual:
				lo = a
			case less:
				hi = a
			case lessEqual:
				hi = z
			default:
				lo, hi = a, z
			}
		case span:
			if v.lo != nil {
				lo, _ = at(*v.lo)
			}
			if v.hi != nil {
				_, hi = at(*v.hi)
			}
		default:
			return nil, false
		}
		out = append(out, [2]int64{lo, hi})
	}
	return out, true
}

// maxKnown is how many times are worth looking up one by one.
const maxKnown = 1000

// known gives the emit times of what a term after is: can only mean, in nanoseconds.
func (t term) known(env *Env) (out [][2]int64, ok bool) {
	if env.At == nil || t.values[0].kind != literal {
		return nil, false
	}
	times, ok := env.At(strings.ToLower(t.values[0].text))
	if !ok || len(times) > maxKnown {
		return nil, false
	}
	for _, at := range times {
		n := nanoseconds(at)
		if n == math.MinInt64 || n == math.MaxInt64 {
			return nil, false
		}
		out = append(out, [2]int64{n, n + 1})
	}
	return out, true
}

// nanoseconds gives t as nanoseconds since 1970; what 64 bits do not hold is before or after everything.
func nanoseconds(t time.Time) int64 {
	switch y := t.Year(); {
	case y < 1700:
		return math.MinInt64
	case y > 2200:
		return math.MaxInt64
	}
	return t.UnixNano()
}

// namedIn is a quick test of the principal: there are thousands in a log, and few are meant.
func namedIn(e *audit.Entry, needles []needle) bool {
	p := &e.Principal
	for i := range needles {
		if n := &needles[i]; n.in(p.Name) || n.in(p.ID) || n.in(p.APIKeyID) || n.in(e.UserEmail) {
			return true
		}
	}
	return false
}

// needles are such that one of them stands in the bytes, ignoring case, of whatever the term matches, unless there are escapes or
// other letters than ASCII. ok is false when nothing is known.
func (t term) needles() (out []needle, ok bool) {
	if t.op > exact || t.field.class == enum {
		return nil, false
	}
	for _, v := range t.values {
		n, ok := newNeedle(v.longest())
		if !ok {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}
