package store_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/store"
)

// What two snapshots have in common is the same entry by entry, whatever happened between them: appended, late, sent again with a higher
// version, or evicted.
func TestCommonEntriesAreTheSame(t *testing.T) {
	grew := false
	d := audit.NewDecoder()
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(store.Limits{MaxEntries: rapid.SampledFrom([]int{0, 4500}).Draw(t, "limit")})
		add := func(n, at int, version int32) {
			var batch []audit.Entry
			for i := range n {
				batch = append(batch, madeBy(d, day.Add(time.Duration(at+i)*time.Second), fmt.Sprint(at+i), []string{"UpdateUser", "DeleteUser"}[i%2], version))
			}
			s.Append(batch)
		}
		add(3000, 0, 0)
		next := 3000
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			old := s.Snapshot()
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				n := rapid.IntRange(1, 900).Draw(t, "n")
				add(n, next, 0)
				next += n
			case 1:
				add(1, rapid.IntRange(0, next-1).Draw(t, "again"), rapid.Int32Range(1, 9).Draw(t, "version"))
			case 2:
				s.Append([]audit.Entry{made(day.Add(time.Duration(rapid.IntRange(0, next-1).Draw(t, "late"))*time.Second), "late"+fmt.Sprint(next), "UserLogin", 0)})
				next++
			}
			s := s.Snapshot()
			n := s.Common(old)
			if n > min(s.Len(), old.Len()) {
				t.Fatalf("%d in common of %d and %d", n, old.Len(), s.Len())
			}
			grew = grew || n > 0 && s.Len() > old.Len()
			for i := range n {
				// All texts of all entries would take most of the time of this package's tests.
				other := (i%16 == 0 || i > n-100) && s.At(i).Raw() != old.At(i).Raw()
				if other || !s.At(i).Is(old.At(i).Key()) {
					t.Fatalf("entry %d of %d in common is another", i, n)
				}
			}
		}
	})
	if !grew {
		t.Error("what is appended leaves nothing in common")
	}
}

func TestBucketsOfTimesThatAreCenturiesApart(t *testing.T) {
	s := store.New(store.Limits{})
	for i, y := range []int{1701, 1990, 2023, 2199} {
		s.Append([]audit.Entry{made(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), fmt.Sprint(i), "UpdateUser", 0)})
	}
	snap := s.Snapshot()
	width := int64(365 * 24 * time.Hour)
	for _, y := range []int{1701, 1990, 2023, 2199} {
		from := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
		got := snap.Buckets(t.Context(), from, width, 2)
		if got[0].Entries != 1 || got[1].Entries != 0 {
			t.Errorf("%d: %v", y, got)
		}
	}
}
