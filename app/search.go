package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views/filterbar"
)

// Filter makes the store's filter of a query.
func Filter(q query.Query, env *query.Env) *store.Filter {
	return query.Build(q, env, builder{env.Now})
}

// builder tells the store in its own terms what a query asks.
type builder struct{ now time.Time }

func (builder) All(f ...*store.Filter) *store.Filter { return store.All(f...) }

func (builder) Any(f ...*store.Filter) *store.Filter { return store.Any(f...) }

func (builder) Not(f *store.Filter) *store.Filter { return store.Not(f) }

func (builder) Values(c query.Column, pass func(*audit.Entry) bool) *store.Filter {
	return store.Words(column(c), pass)
}

func (builder) Times(from, to int64) *store.Filter { return store.Between(from, to) }

func (builder) Scalars(s query.Scalars) *store.Filter { return store.Scalars(s) }

func (b builder) Is(what string) (*store.Filter, bool) {
	switch what {
	case "new":
		return store.Fresh(b.now), true
	case "dup":
		return store.Rows(func(r store.Row) bool { return r.Flags()&(store.Repeated|store.Resent) != 0 }), true
	case "late":
		return store.Rows(func(r store.Row) bool {
			_, late := r.Late()
			return late
		}), true
	}
	return nil, false
}

func (builder) Entry(pass func(*audit.Entry) bool) *store.Filter { return store.Decoded(pass) }

func column(c query.Column) store.Column {
	return [...]store.Column{
		query.ByOperation: store.Operations,
		query.ByStatus:    store.Statuses,
		query.ByPrincipal: store.Principals,
		query.ByTarget:    store.Targets,
		query.ByNamespace: store.Namespaces,
		query.ByAddress:   store.Forwards,
		query.ByOrigin:    store.Origins,
	}[c]
}

// search keeps the matches of one filter up to date with the log, off the UI goroutine. Its methods block while it scans.
type search struct {
	feed     *Feed
	arranged atomic.Pointer[arranged] // nil: a line for each entry

	mu     sync.Mutex
	number int // of the filter that filter and last belong to
	filter *store.Filter
	last   *store.Matches
	asked  query.Query
	lines  *store.Lines // that were found last; nil: each entry has one
}

// found is the result of a scan.
type found struct {
	number  int
	query   query.Query
	matches *store.Matches   // nil: without a filter
	rest    bool             // only the newest were searched; complete gives all
	why     string           // when nothing matches: what each term means alone, in words
	parts   []filterbar.Part // the same, counted
	took    time.Duration

	lines    *store.Lines // of the list; nil: each entry has one, and there are no others
	arranged arranged     // what they are
}

const (
	// A search of this many rows may take longer than a frame: what fills the screen is found first.
	manyRows = 100_000
	// screenful is more rows than a screen shows.
	screenful = 200
	// glance is how long the newest are searched for those.
	glance = 12 * time.Millisecond
)

// set scans the log for a query, the filter of that number, or only the end of it, when complete is to go on. ok is false when ctx was cancelled
// meanwhile.
func (s *search) set(ctx context.Context, number int, q query.Query, env *query.Env) (f found, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return found{}, false
	}
	began := time.Now()
	if q.Empty() {
		s.number, s.filter, s.last, s.asked = number, nil, nil, q
		f = found{number: number, query: q}
		return f, s.arrange(ctx, &f)
	}
	whole := Filter(q, env)
	var m *store.Matches
	if more, narrower := narrows(s.asked, q); narrower && s.last != nil && s.last.Whole() {
		if m = s.last.Narrow(ctx, Filter(more, env), whole); m != nil {
			m = s.feed.State().Store.Match(ctx, whole, m)
		}
	} else if snap := s.feed.State().Store; whole.Dear() && snap.Len() >= manyRows {
		m = snap.Newest(ctx, whole, screenful, glance)
	} else {
		m = snap.Match(ctx, whole, nil)
	}
	if m == nil {
		return found{}, false
	}
	s.number, s.filter, s.last, s.asked = number, whole, m, q
	f = found{number: number, query: q, matches: m, rest: !m.Whole(), took: time.Since(began)}
	if m.Len() == 0 && !f.rest {
		f.why, f.parts = s.why(ctx, m.Snapshot(), q, env)
	}
	return f, s.arrange(ctx, &f)
}

// complete goes on with what set began.
func (s *search) complete(ctx context.Context, number int, env *query.Env) (f found, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.number != number || s.filter == nil {
		return found{}, false
	}
	began := time.Now()
	m := s.feed.State().Store.Match(ctx, s.filter, s.last)
	if m == nil {
		return found{}, false
	}
	s.last = m
	f = found{number: number, query: s.asked, matches: m, took: time.Since(began)}
	if m.Len() == 0 {
		f.why, f.parts = s.why(ctx, m.Snapshot(), s.asked, env)
	}
	return f, s.arrange(ctx, &f)
}

// extend brings the matches up to date with the log.
func (s *search) extend(ctx context.Context) (f found, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.filter == nil {
		f = found{number: s.number, query: s.asked}
		return f, s.arrange(ctx, &f)
	}
	m := s.feed.State().Store.Match(ctx, s.filter, s.last)
	if m == nil {
		return found{}, false
	}
	s.last = m
	f = found{number: s.number, query: s.asked, matches: m}
	return f, s.arrange(ctx, &f)
}

// find gives what queries mean, to the panes that look for something.
func find(env *query.Env) func(context.Context, *store.Snapshot, query.Query) *store.Matches {
	return func(ctx context.Context, s *store.Snapshot, q query.Query) *store.Matches {
		return s.Match(ctx, Filter(q, env), nil)
	}
}

// narrows says whether to means what from means and more besides, and gives what more. Relative times are seen from a later
// clock and so never the same.
func narrows(from, to query.Query) (more query.Query, ok bool) {
	if from.Empty() || from.Slides() || from.Personal() || from.Alerting() {
		return query.Query{}, false
	}
	rest := to.Terms()
	for _, t := range from.Terms() {
		i := slices.IndexFunc(rest, t.Equal)
		if i < 0 {
			return query.Query{}, false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	var parts []string
	for _, t := range rest {
		parts = append(parts, "("+t.String()+")")
	}
	more, err := query.Parse(strings.Join(parts, " "))
	return more, err == nil
}

// why says what each term of a query means alone, so that a person sees which one is to blame.
func (s *search) why(ctx context.Context, snap *store.Snapshot, q query.Query, env *query.Env) (string, []filterbar.Part) {
	terms := q.Terms()
	if len(terms) < 2 || snap.Len() == 0 {
		return "", nil
	}
	var parts []filterbar.Part
	words := make([]string, len(terms))
	for i, t := range terms {
		m := snap.Match(ctx, Filter(t, env), nil)
		if m == nil {
			return "", nil
		}
		parts = append(parts, filterbar.Part{Term: t.String(), Count: m.Len()})
		words[i] = fmt.Sprintf("%s alone %s", t, humanize.Comma(int64(m.Len())))
	}
	return strings.Join(words, "; ") + advice(terms), parts
}

// advice proposes what was probably meant when one field is asked for two values at once.
func advice(terms []query.Query) string {
	byField := map[string][]string{}
	for _, t := range terms {
		if name, value, ok := strings.Cut(t.String(), ":"); ok && !strings.HasPrefix(name, "-") && !strings.ContainsAny(t.String(), " (") {
			byField[name] = append(byField[name], value)
		}
	}
	for _, t := range terms {
		name, _, _ := strings.Cut(t.String(), ":")
		if values := byField[name]; len(values) > 1 && name != "details" {
			return fmt.Sprintf(". Terms side by side must all be true; for any of them write %s:(%s)", name, strings.Join(values, " OR "))
		}
	}
	return ""
}

// Value is a value of a field and in how many entries it stands.
type Value struct {
	Text    string
	Entries int
}

// valuesOf counts the values of a field in the log, the most frequent first.
func valuesOf(ctx context.Context, snap *store.Snapshot, field string) []Value {
	c, ok := query.ColumnOf(field)
	if !ok {
		return nil
	}
	sums := map[string]int{}
	for _, n := range snap.Count(ctx, column(c)) {
		for _, v := range query.ValuesOf(field, &n.Sample) {
			sums[v] += n.Entries
		}
	}
	out := make([]Value, 0, len(sums))
	for v, n := range sums {
		out = append(out, Value{v, n})
	}
	slices.SortFunc(out, func(a, b Value) int {
		return cmp.Or(cmp.Compare(b.Entries, a.Entries), cmp.Compare(a.Text, b.Text))
	})
	return out
}
