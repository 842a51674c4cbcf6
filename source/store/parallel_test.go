package store_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"taudit/source/audit"
	"taudit/source/store"
)

// TestRowsAreAskedTogether: a scan that is shared by several goroutines gives what one would.
func TestRowsAreAskedTogether(t *testing.T) {
	s := full(60_000)
	var asked atomic.Int64
	f := store.All(
		store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation == "UpdateUser" }),
		store.Rows(func(r store.Row) bool {
			asked.Add(1)
			return strings.HasSuffix(r.LogID(), "4")
		}),
	)
	m := s.Match(t.Context(), f, nil)
	if asked.Load() != 30_000 {
		t.Errorf("%d rows were asked", asked.Load())
	}
	n := 0
	for i := range s.Len() {
		r := s.At(i)
		want := r.Operation() == "UpdateUser" && strings.HasSuffix(r.LogID(), "4")
		at, ok := m.Find(r.Key())
		if ok != want || want && (at != n || m.At(n).Key() != r.Key()) {
			t.Fatalf("row %d: match %v at %d, want %v at %d", i, ok, at, want, n)
		}
		if want {
			n++
		}
	}
	if m.Len() != n {
		t.Errorf("%d matches, want %d", m.Len(), n)
	}
}

func TestASharedScanEndsWithItsContext(t *testing.T) {
	s := full(60_000)
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int64
	f := store.Rows(func(store.Row) bool {
		if asked.Add(1) == 100 {
			cancel()
		}
		return true
	})
	if m := s.Match(ctx, f, nil); m != nil {
		t.Errorf("%d matches of a scan that was cancelled", m.Len())
	}
	if n := asked.Load(); n == int64(s.Len()) {
		t.Errorf("all %d rows were asked", n)
	}
}

func TestAPanicInASharedScanIsTheCallers(t *testing.T) {
	s := full(60_000)
	f := store.Rows(func(store.Row) bool { panic("of a test") })
	defer func() {
		if recover() == nil {
			t.Error("it was lost")
		}
	}()
	s.Match(t.Context(), f, nil)
}
