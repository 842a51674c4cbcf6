package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
)

// spread makes entries of n days, hour by hour, in which new people, addresses and operations turn up.
func spread(r *rand.Rand, days int) []audit.Entry {
	var out []audit.Entry
	for i := range days * 24 {
		e := audit.Entry{
			EmitTime: day.Add(time.Duration(i) * time.Hour), LogID: fmt.Sprintf("%06d", i), Status: "OK",
			Operation: fmt.Sprint("Operation", int(r.ExpFloat64()*4)), Forwarded: fmt.Sprintf("10.0.0.%d, 10.1.0.%d", int(r.ExpFloat64()*5), r.IntN(3)),
			Principal: audit.Principal{ID: fmt.Sprint("id", int(r.ExpFloat64()*5)), APIKeyID: fmt.Sprint(r.IntN(2))},
		}
		if r.IntN(3) == 0 {
			e.Operation += "API"
		}
		e.Raw = fmt.Sprintf(`{"log_id":%q}`, e.LogID)
		out = append(out, e)
	}
	return out
}

func TestFirstsAreTheFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 30 {
		s := store.New(store.Limits{})
		s.Append(spread(r, 10))
		snap := s.Snapshot()
		since := day.Add(time.Duration(r.IntN(240)) * time.Hour).UnixNano()
		got := snap.Firsts(t.Context(), snap.Activity(t.Context(), nil).Roster(), since)
		var want []store.First
		seen := map[string]bool{}
		for _, row := range rows(snap) {
			e := audit.Entry{Forwarded: row.Forwarded(), Operation: row.Operation()}
			for i, k := range []string{row.Actor(), e.ClientAddress(), e.Name()} {
				f := store.First{Seq: row.Key().Seq, At: row.Time().UnixNano(), What: 1 << i}
				if i > 0 {
					f.Name = k
				}
				if k = fmt.Sprint(i, k); !seen[k] && f.At >= since {
					want = append(want, f)
				}
				seen[k] = true
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestNobodyAndNothingAreNotNew(t *testing.T) {
	s := store.New(store.Limits{})
	s.Append([]audit.Entry{{EmitTime: day, LogID: "1", Raw: `{"log_id":"1"}`}})
	snap := s.Snapshot()
	if got := snap.Firsts(t.Context(), snap.Activity(t.Context(), nil).Roster(), 0); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestFreshMeansWhatIsNew: the filter means what Firsts gives, also of entries that come later and between others.
func TestFreshMeansWhatIsNew(t *testing.T) {
	all := spread(rand.New(rand.NewPCG(13, 14)), 20)
	now := day.Add(20 * 24 * time.Hour)
	s := store.New(store.Limits{})
	s.Append(all[:240])
	f := store.Fresh(now)
	m := s.Snapshot().Match(t.Context(), f, nil)
	before := m.Len()
	s.Append(all[240:])
	snap := s.Snapshot()
	extended := snap.Match(t.Context(), f, m)
	got, want := map[string]bool{}, map[string]bool{}
	m = snap.Match(t.Context(), store.Fresh(now), nil)
	for i := range m.Len() {
		got[m.At(i).LogID()] = true
	}
	if m.Len() == 0 || extended.Len() < before+m.Len() || extended.Len() > before+m.Len()+240 {
		t.Errorf("%d are new, %d were, %d with what came later", m.Len(), before, extended.Len())
	}
	recent := snap.Recent(now)
	if recent.For != 24*time.Hour || recent.Loaded != (20*24-1)*time.Hour {
		t.Errorf("%+v", recent)
	}
	firsts := map[uint64]bool{}
	for _, first := range snap.Firsts(t.Context(), snap.Activity(t.Context(), nil).Roster(), recent.Since) {
		firsts[first.Seq] = true
	}
	for _, r := range rows(snap) {
		if firsts[r.Key().Seq] {
			want[r.LogID()] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// With little loaded nothing is new.
	few := store.New(store.Limits{})
	few.Append(all[:6])
	if n := few.Snapshot().Match(t.Context(), store.Fresh(now), nil).Len(); n != 0 {
		t.Errorf("%d are new of six hours", n)
	}
	if n := few.Snapshot().Match(t.Context(), store.Not(store.Fresh(now)), nil).Len(); n != 6 {
		t.Errorf("%d are not new of six", n)
	}
}

func BenchmarkFresh(b *testing.B) {
	s := full(1_000_000)
	for b.Loop() {
		s.Match(b.Context(), store.Fresh(day.Add(24*time.Hour*30)), nil)
	}
}

// TestFirstsOfEntriesThatCameTogether: their numbers of arrival are not kept one by one.
func TestFirstsOfEntriesThatCameTogether(t *testing.T) {
	snap := full(3000)
	since := day.Add(time.Second).UnixNano()
	got := snap.Firsts(t.Context(), snap.Activity(t.Context(), nil).Roster(), since)
	if len(got) == 0 {
		t.Fatal("nothing is new")
	}
	for _, first := range got {
		i := int(first.Seq) - 1 // they arrived in their order
		if i < 1 || snap.At(i).Time().UnixNano() != first.At {
			t.Errorf("%+v is no entry since then", first)
		}
	}
}
