package store_test

import (
	"slices"
	"testing"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
)

func TestCountsAreThoseOfTheRows(t *testing.T) {
	s := store.New(store.Limits{})
	var batch []audit.Entry
	for i := range 5000 {
		status := []string{"OK", "ERROR", "ok", ""}[i%4]
		raw := `{"emit_time":"` + day.Add(time.Duration(i)*time.Second).Format(time.RFC3339) + `","operation":"` + []string{"UpdateUser", "DeleteUser", "UserLogin"}[i%3] +
			`","log_id":"` + day.Add(time.Duration(i)*time.Second).Format("150405") + `","status":"` + status + `"}`
		batch = append(batch, decoded(raw, audit.Origin{}))
	}
	s.Append(batch)
	snap := s.Snapshot()
	f := store.Between(day.Add(1000*time.Second).UnixNano(), day.Add(4000*time.Second).UnixNano())
	for name, got := range map[string][]store.Count{
		"all":     snap.Count(t.Context(), store.Operations),
		"matches": snap.Match(t.Context(), f, nil).Count(t.Context(), store.Operations),
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]*store.Count{}
			for _, r := range rows(snap) {
				if name == "matches" && (r.Time().Before(day.Add(1000*time.Second)) || !r.Time().Before(day.Add(4000*time.Second))) {
					continue
				}
				c := want[r.Operation()]
				if c == nil {
					c = &store.Count{First: r.Time()}
					want[r.Operation()] = c
				}
				c.Entries++
				c.Last = r.Time()
				if s := r.Status(); s != "OK" && s != "ok" {
					c.Errors++
				}
			}
			if len(got) != len(want) {
				t.Fatalf("%d values, want %d", len(got), len(want))
			}
			for _, g := range got {
				w := want[g.Sample.Operation]
				if w == nil || g.Entries != w.Entries || g.Errors != w.Errors || !g.First.Equal(w.First) || !g.Last.Equal(w.Last) {
					t.Errorf("%s: %+v, want %+v", g.Sample.Operation, g, w)
				}
			}
		})
	}
}

func TestBucketsAreThoseOfTheRows(t *testing.T) {
	snap := full(9000)
	f := store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation == "UpdateUser" })
	m := snap.Match(t.Context(), f, nil)
	const width, n = int64(7 * time.Minute), 11
	for _, from := range []time.Time{day.Add(-time.Hour), day, day.Add(500 * time.Second), day.Add(9 * time.Hour)} {
		all, matched := make([]store.Bucket, n), make([]store.Bucket, n)
		for _, r := range rows(snap) {
			d := r.Time().Sub(from)
			if d < 0 || int64(d)/width >= n {
				continue
			}
			all[int64(d)/width].Entries++
			if r.Operation() == "UpdateUser" {
				matched[int64(d)/width].Entries++
			}
		}
		if got := snap.Buckets(t.Context(), from.UnixNano(), width, n); !slices.Equal(got, all) {
			t.Errorf("from %v: all %v, want %v", from, got, all)
		}
		if got := m.Buckets(t.Context(), from.UnixNano(), width, n); !slices.Equal(got, matched) {
			t.Errorf("from %v: matched %v, want %v", from, got, matched)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	s := full(1_000_000)
	all := s.Match(b.Context(), store.All(), nil)
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			s.Count(b.Context(), store.Principals)
		}
	})
	b.Run("buckets", func(b *testing.B) {
		for b.Loop() {
			all.Buckets(b.Context(), day.UnixNano(), int64(time.Hour), 400)
		}
	})
	b.Run("matches", func(b *testing.B) {
		for b.Loop() {
			all.Count(b.Context(), store.Principals)
		}
	})
}
