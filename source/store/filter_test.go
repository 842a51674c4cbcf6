package store_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/store"
)

// meant is a filter and the same said plainly.
type meant struct {
	filter func() *store.Filter
	plain  func(store.Row) bool
}

func anyFilter(t *rapid.T, depth int) meant {
	switch k := rapid.IntRange(0, 6).Draw(t, "kind"); {
	case k <= 1 && depth > 0:
		parts := make([]meant, rapid.IntRange(0, 3).Draw(t, "parts"))
		for i := range parts {
			parts[i] = anyFilter(t, depth-1)
		}
		build := func(join func(...*store.Filter) *store.Filter) func() *store.Filter {
			return func() *store.Filter {
				var f []*store.Filter
				for _, p := range parts {
					f = append(f, p.filter())
				}
				return join(f...)
			}
		}
		if k == 0 {
			return meant{build(store.All), func(r store.Row) bool {
				return !slices.ContainsFunc(parts, func(p meant) bool { return !p.plain(r) })
			}}
		}
		return meant{build(store.Any), func(r store.Row) bool {
			return slices.ContainsFunc(parts, func(p meant) bool { return p.plain(r) })
		}}
	case k == 2 && depth > 0:
		m := anyFilter(t, depth-1)
		return meant{func() *store.Filter { return store.Not(m.filter()) }, func(r store.Row) bool { return !m.plain(r) }}
	case k == 3:
		from := day.Add(time.Duration(rapid.IntRange(-100, 6000).Draw(t, "from")) * time.Second).UnixNano()
		to := from + int64(rapid.IntRange(0, 4000).Draw(t, "span"))*int64(time.Second)
		return meant{func() *store.Filter { return store.Between(from, to) }, func(r store.Row) bool {
			return r.Dated() && r.Time().UnixNano() >= from && r.Time().UnixNano() < to
		}}
	case k == 4:
		name := fmt.Sprintf("u%d@example.com", rapid.IntRange(0, 3).Draw(t, "user"))
		return meant{
			func() *store.Filter {
				return store.Words(store.Principals, func(e *audit.Entry) bool { return e.Principal.Name == name })
			},
			func(r store.Row) bool { return r.Actor() == name },
		}
	case k == 5:
		digit := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		pass := func(r store.Row) bool { return r.LogID() != "" && r.LogID()[len(r.LogID())-1] == digit }
		return meant{func() *store.Filter { return store.Rows(pass) }, pass}
	}
	name := rapid.SampledFrom([]string{"UpdateUser", "DeleteUser"}).Draw(t, "operation")
	return meant{
		func() *store.Filter {
			return store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation == name })
		},
		func(r store.Row) bool { return r.Operation() == name },
	}
}

// same fails unless m has just the rows of its snapshot that plain means.
func same(t *rapid.T, m *store.Matches, plain func(store.Row) bool) {
	var want []store.Row
	for i := range m.Snapshot().Len() {
		r := m.Snapshot().At(i)
		at, ok := m.Find(r.Key())
		if at != len(want) || ok != plain(r) || m.Has(r.Key()) != ok {
			t.Fatalf("row %d is found at %d, %v; %d matches before it, meant %v", i, at, ok, len(want), plain(r))
		}
		if plain(r) {
			want = append(want, r)
		}
	}
	if m.Len() != len(want) {
		t.Fatalf("%d matches, want %d", m.Len(), len(want))
	}
	for i, r := range want {
		if m.At(i).Key() != r.Key() {
			t.Fatalf("match %d is %v, want %v", i, m.At(i).Key(), r.Key())
		}
	}
}

func TestMatchesAreTheRowsThatAreMeant(t *testing.T) {
	d := audit.NewDecoder()
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(store.Limits{MaxEntries: rapid.SampledFrom([]int{0, 3000}).Draw(t, "limit")})
		want := anyFilter(t, 3)
		narrower := anyFilter(t, 2)
		f := want.filter()
		var m *store.Matches
		for range rapid.IntRange(1, 5).Draw(t, "batches") {
			base, n := rapid.IntRange(0, 5000).Draw(t, "base"), rapid.SampledFrom([]int{0, 1, 30, 2500}).Draw(t, "entries")
			var batch []audit.Entry
			for i := range n {
				id := fmt.Sprintf("%0*d", 3+i%3, base+i)
				batch = append(batch, madeBy(d, day.Add(time.Duration(base+i*7%3000)*time.Second), id, []string{"UpdateUser", "DeleteUser"}[i%2], 0))
			}
			if n == 1 {
				batch = append(batch, decoded(`{"operation":"UpdateUser","log_id":"undated"}`, audit.Origin{Arrived: day.Add(time.Hour)}))
			}
			s.Append(batch)
			m = s.Snapshot().Match(context.Background(), f, m)
			same(t, m, want.plain)
		}
		both := m.Narrow(context.Background(), narrower.filter(), store.All(want.filter(), narrower.filter()))
		same(t, both, func(r store.Row) bool { return want.plain(r) && narrower.plain(r) })
	})
}

func TestTheNewestAreFoundFirst(t *testing.T) {
	s := full(40_000)
	var asked atomic.Int64
	f := store.Rows(func(r store.Row) bool { asked.Add(1); return r.Operation() == "DeleteUser" })
	m := s.Newest(t.Context(), f, 100, time.Hour)
	if m.Whole() || m.Len() < 100 || asked.Load() > 5000 || !f.Dear() {
		t.Fatalf("%d found of %d asked, whole %v", m.Len(), asked.Load(), m.Whole())
	}
	if last := m.At(m.Len() - 1); last.Key() != s.At(s.Len()-1).Key() {
		t.Errorf("the newest is %v", last.Time())
	}
	before := asked.Load()
	all := s.Match(t.Context(), f, m)
	if !all.Whole() || all.Len() != 20_000 || asked.Load() != int64(s.Len()) {
		t.Errorf("%d found, whole %v, %d asked after %d", all.Len(), all.Whole(), asked.Load(), before)
	}
	if m := s.Newest(t.Context(), store.Rows(func(store.Row) bool { return false }), 100, time.Hour); !m.Whole() || m.Len() != 0 {
		t.Errorf("%d found of none, whole %v", m.Len(), m.Whole())
	}
	if m := s.Newest(t.Context(), f, 100, 0); m.Whole() || m.Len() != 0 {
		t.Errorf("%d found without patience", m.Len())
	}
}

func TestACancelledScanGivesNothing(t *testing.T) {
	s := full(10_000)
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	m := s.Match(ctx, store.Rows(func(store.Row) bool {
		if rows++; rows == 3000 {
			cancel()
		}
		return true
	}), nil)
	if m != nil || rows > 5000 {
		t.Errorf("tested %d rows and gave %v", rows, m)
	}
}

func TestNewEntriesAloneAreTested(t *testing.T) {
	s := store.New(store.Limits{})
	asked := 0
	f := store.Rows(func(store.Row) bool { asked++; return true })
	var m *store.Matches
	for i := range 5000 {
		s.Append([]audit.Entry{made(day.Add(time.Duration(i)*time.Second), fmt.Sprint(i), "UpdateUser", 0)})
		m = s.Snapshot().Match(t.Context(), f, m)
	}
	if asked != 5000 || m.Len() != 5000 {
		t.Errorf("%d rows were tested for 5000 entries, %d match", asked, m.Len())
	}
}

// full is a log of n entries of 3 users.
func full(n int) *store.Snapshot {
	s := store.New(store.Limits{})
	d := audit.NewDecoder()
	batch := make([]audit.Entry, 0, min(n, 100_000))
	for i := range n {
		batch = append(batch, madeBy(d, day.Add(time.Duration(i)*time.Second), fmt.Sprintf("%0*d", 6+i%3, i), []string{"UpdateUser", "DeleteUser"}[i%2], 0))
		if len(batch) == cap(batch) {
			s.Append(batch)
			batch = batch[:0]
		}
	}
	s.Append(batch)
	return s.Snapshot()
}

func TestAMatchAllocatesNothing(t *testing.T) {
	s := full(20_000)
	f := store.All(
		store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation == "UpdateUser" }),
		store.Between(day.UnixNano(), day.Add(3*time.Hour).UnixNano()),
		store.Scalars(asking("u1@example.com")),
		store.Rows(func(r store.Row) bool { return r.Operation() != "" }),
	)
	few := testing.AllocsPerRun(20, func() { s.Match(t.Context(), f, nil) })
	if few > 10 {
		t.Errorf("a scan of 20,000 rows costs %v allocations", few)
	}
}

// asking asks for a text.
type asking string

func (a asking) At([]string) bool        { return true }
func (a asking) Passes(text string) bool { return strings.Contains(text, string(a)) }
func (a asking) In(raw string) bool      { return strings.Contains(raw, string(a)) }
func (a asking) Needle() string          { return strings.ToLower(string(a)) }

func TestScalarsAreAskedAbout(t *testing.T) {
	s := full(5000)
	for text, want := range map[string]int{"u1@example.com": 1667, "004999": 1, "DeleteUser": 2500, "nothing": 0, "2026-11-20T01:00:0": 10, "log_id": 0} {
		if got := s.Match(t.Context(), store.Scalars(asking(text)), nil).Len(); got != want {
			t.Errorf("%s is in %d entries, want %d", text, got, want)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	s := full(1_000_000)
	structured := func() *store.Filter {
		return store.All(
			store.Words(store.Principals, func(e *audit.Entry) bool { return e.Principal.Name == "u1@example.com" }),
			store.Not(store.Words(store.Statuses, func(e *audit.Entry) bool { return e.Status == "OK" })),
			store.Between(day.Add(10*time.Hour).UnixNano(), day.Add(7*24*time.Hour).UnixNano()),
		)
	}
	b.Run("structured", func(b *testing.B) {
		for b.Loop() {
			s.Match(b.Context(), structured(), nil)
		}
	})
	b.Run("words", func(b *testing.B) {
		for b.Loop() {
			s.Match(b.Context(), store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation == "UpdateUser" }), nil)
		}
	})
}

// sought are entries that say who.
type sought string

func (s sought) May(raw []byte, _ int64) bool { return bytes.Contains(raw, []byte(s)) }

// What is skimmed is no match, and still tells what is a copy of what: a store gives the same matches as if it had all of everything.
func TestSkimmedRowsAreThereAndNoMatch(t *testing.T) {
	ada := func() *store.Filter {
		return store.Words(store.Principals, func(e *audit.Entry) bool { return e.Principal.Name == "ada" })
	}
	skimmed := 0
	rapid.Check(t, func(t *rapid.T) {
		some := audit.NewVocabulary()
		some.Seek(sought("ada"))
		limits := store.Limits{MaxEntries: rapid.SampledFrom([]int{0, 30}).Draw(t, "limit")}
		all, few := store.New(limits), store.Sharing(some, limits)
		vocabulary := audit.NewVocabulary()
		one, two := audit.NewDecoder(), audit.NewDecoder()
		for range rapid.IntRange(1, 5).Draw(t, "batches") {
			var text []byte
			for range rapid.IntRange(1, 40).Draw(t, "entries") {
				text = fmt.Appendf(text, `{"emit_time":"2023-11-08T08:14:%02dZ","operation":"%s","status":"OK","version":%d,"log_id":"id-%d","principal":{"type":"user","name":"%s"}}`,
					rapid.IntRange(0, 3).Draw(t, "second"), rapid.SampledFrom([]string{"DeleteUser", "CreateUser"}).Draw(t, "operation"), rapid.IntRange(0, 3).Draw(t, "version"),
					rapid.IntRange(0, 20).Draw(t, "id"), rapid.SampledFrom([]string{"ada", "bob", "eve", "b\\u006fb"}).Draw(t, "name"))
			}
			pack := func(s *store.Store, d *audit.Decoder, v *audit.Vocabulary) {
				if err := d.Pack(v, bytes.NewReader(text), 0, audit.Origin{}, func(b *audit.Batch, _ []audit.Bad) error {
					s.AppendBatch(b)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
			pack(all, one, vocabulary)
			pack(few, two, some)
		}
		want, got := all.Snapshot(), few.Snapshot()
		if got.Len() != want.Len() || got.Duplicates() != want.Duplicates() || got.Evicted() != want.Evicted() {
			t.Fatalf("%d rows, %d copies, %d evicted; want %d, %d, %d", got.Len(), got.Duplicates(), got.Evicted(), want.Len(), want.Duplicates(), want.Evicted())
		}
		for _, f := range []func() *store.Filter{
			ada,
			func() *store.Filter { return store.All(store.Scalars(asking("ada")), ada()) },
			func() *store.Filter { return store.All(store.Not(store.Between(0, 1)), ada()) },
			func() *store.Filter { return store.All(store.Not(store.Any()), ada()) },
		} {
			w, g := want.Match(context.Background(), f(), nil), got.Match(context.Background(), f(), nil)
			if w.Len() != g.Len() {
				t.Fatalf("%d matches, want %d", g.Len(), w.Len())
			}
			for i := range w.Len() {
				if a, b := w.At(i), g.At(i); a.Raw() != b.Raw() || a.Flags() != b.Flags() {
					t.Fatalf("match %d is %s with flags %b, want %s with %b", i, b.Raw(), b.Flags(), a.Raw(), a.Flags())
				}
			}
		}
		rest := got.Match(context.Background(), store.Not(ada()), nil)
		for i := range rest.Len() {
			if rest.At(i).Flags()&audit.Skimmed != 0 {
				t.Fatal("a skimmed row is a match")
			}
		}
		skimmed += got.Len() - rest.Len() - got.Match(context.Background(), ada(), nil).Len()
	})
	if skimmed == 0 {
		t.Error("nothing was skimmed")
	}
}
