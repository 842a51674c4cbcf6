package query

import (
	"math"
	"unsafe"
)

// Trace is what the time and the bytes of an entry tell of whether a query may mean it: enough to leave most entries of a long history where
// they are. It is immutable and safe for use from any goroutine.
type Trace struct {
	from, to int64      // nanoseconds since 1970; to is excluded
	texts    [][]needle // of each, one stands in the bytes
}

// maxTraces is how many texts are looked for in the place of each other: for more it is quicker to look at the entries.
const maxTraces = 8

// Trace gives what is known of the entries that the query means, seen from env's clock or a later one. That is nothing when other entries have a
// say in whether one is meant.
func (q Query) Trace(env *Env) Trace {
	if q.root == nil || asks(q.root, conditions[1:]...) {
		return Trace{from: math.MinInt64, to: math.MaxInt64}
	}
	t := trace(q.root, env)
	if q.Slides() {
		t.to = math.MaxInt64 // it goes with the clock
	}
	return t
}

// Within is the trace of those entries that have times from, in nanoseconds since 1970, up to but without to.
func (t Trace) Within(from, to int64) Trace {
	t.from, t.to = max(t.from, from), min(t.to, to)
	return t
}

// Known says whether there is an entry that the trace tells anything about.
func (t *Trace) Known() bool {
	return len(t.texts) > 0 || t.from > math.MinInt64 || t.to < math.MaxInt64
}

// May tells whether an entry with a time in nanoseconds since 1970 can be meant, by its bytes, which must be ASCII without escapes.
func (t *Trace) May(raw []byte, nanos int64) bool {
	if nanos < t.from || nanos >= t.to {
		return false
	}
	s := unsafe.String(unsafe.SliceData(raw), len(raw)) // which nobody keeps
	for _, any := range t.texts {
		found := false
		for i := 0; i < len(any) && !found; i++ {
			found = any[i].find(s, 0) >= 0
		}
		if !found {
			return false
		}
	}
	return true
}

func trace(n node, env *Env) Trace {
	t := Trace{from: math.MinInt64, to: math.MaxInt64}
	switch n := n.(type) {
	case and:
		for _, c := range n {
			o := trace(c, env)
			t.from, t.to, t.texts = max(t.from, o.from), min(t.to, o.to), append(t.texts, o.texts...)
		}
	case or:
		return traceAny(n, env)
	case text:
		if x, ok := newNeedle(n.value.longest()); ok {
			t.texts = [][]needle{{x}}
		}
	case term:
		if from, to, ok := n.bounds(env); ok {
			t.from, t.to = from, to
		} else if texts, ok := n.stands(); ok && len(texts) <= maxTraces {
			t.texts = [][]needle{texts}
		}
	}
	return t
}

// traceAny is what all of the parts have in common.
func traceAny(list or, env *Env) Trace {
	t := Trace{from: math.MaxInt64, to: math.MinInt64}
	var texts []needle
	for i, c := range list {
		o := trace(c, env)
		t.from, t.to = min(t.from, o.from), max(t.to, o.to)
		if len(o.texts) == 0 || i > 0 && texts == nil {
			texts = nil
			continue
		}
		texts = append(texts, o.texts[0]...)
	}
	if texts != nil && len(texts) <= maxTraces {
		t.texts = [][]needle{texts}
	}
	return t
}

// bounds gives the first and the last of the emit times that a term means, in nanoseconds; ok is false if it is not about those.
func (t term) bounds(env *Env) (from, to int64, ok bool) {
	if t.op == unequal || !t.field.emitted() {
		return 0, 0, false
	}
	spans, ok := t.spans(env)
	if !ok || len(spans) == 0 {
		return 0, 0, false
	}
	from, to = math.MaxInt64, math.MinInt64
	for _, s := range spans {
		switch lo := s[0]; {
		case t.field.class == before:
			s = [2]int64{math.MinInt64, lo}
		case t.field.class != clock:
			s[1] = math.MaxInt64
		}
		from, to = min(from, s[0]), max(to, s[1])
	}
	return from, to, true
}

// emitted tells whether the field is about the emit time.
func (f field) emitted() bool {
	return f.name == "time" && f.class == clock || f.class == from || f.class == before
}

// stands gives texts one of which stands in the bytes of whatever the term matches, ignoring case, if they are ASCII without escapes.
func (t term) stands() ([]needle, bool) {
	switch t.field.class {
	case named:
		t.values = folds(t)
	case plain:
		switch t.field.name {
		case "via", "verb", "resource", "version", "source", "shard":
			return nil, false // they are told from something else
		}
	case leaves, top:
	default:
		return nil, false
	}
	return t.needles()
}

// folds gives the values of a term about operations as they stand in every spelling.
func folds(t term) []value {
	out := make([]value, len(t.values))
	for i, v := range t.values {
		if out[i] = v; t.op == word {
			out[i] = foldValue(v, foldOperation)
		}
	}
	return out
}
