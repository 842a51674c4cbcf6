package principals

import (
	"cmp"
	"context"
	"slices"
	"time"

	"taudit/source/store"
)

const (
	maxNews      = 20 // principals, addresses and operations that are named
	newsInterval = 5 * time.Second
	cheap        = 50_000 // entries that can be counted at any time
)

// news is who and what is new. It is seen from all that is loaded, whatever the filter says.
type news struct {
	store.Recent
	at      time.Time
	entries uint64 // that had arrived

	fresh map[int32]int64 // when principals were first seen that are new
	names []int32         // those of them that are in the table, the latest first
	met   []store.Meeting // addresses that are new to principals that are not; the latest first
	kinds []store.First   // operations that are new; the latest first
}

// tell finds what is new. What takes a look at many entries is not done again at once.
func (r *result) tell(ctx context.Context, snap *store.Snapshot, old *result) news {
	n := news{Recent: snap.Recent(r.job.now), at: r.job.now, entries: snap.Arrived(), fresh: map[int32]int64{}}
	if n.For == 0 {
		return n
	}
	first := make([]store.Sum, len(r.roster.Principals))
	for code := range r.whole.People() {
		g := r.roster.Groups[code]
		first[g] = first[g].Add(r.whole.Of(code))
	}
	known := make([]int32, len(r.roster.Groups))
	for code, g := range r.roster.Groups {
		known[code] = -1
		switch {
		case first[g].Entries == 0 || r.roster.Principals[g].Identity == store.Identity{}:
		case first[g].First >= n.Since:
			n.fresh[g] = first[g].First
		default:
			known[code] = g
		}
	}
	was := &old.news
	switch age := r.job.now.Sub(was.at); {
	case was.For > 0 && old.roster == r.roster && (was.entries == n.entries || snap.Len() > cheap && age >= 0 && age < newsInterval):
		n.met, n.kinds, n.at, n.entries = was.met, was.kinds, was.at, was.entries
	default:
		n.met = snap.Meetings(ctx, known, n.Since)
		slices.Reverse(n.met)
		for _, f := range snap.Firsts(ctx, r.roster, n.Since) {
			if f.What == store.NewOperation {
				n.kinds = append(n.kinds, f)
			}
		}
		slices.Reverse(n.kinds)
	}
	n.names = r.newcomers(n.fresh)
	return n
}

// newcomers gives those in the table that are new, the latest first.
func (r *result) newcomers(fresh map[int32]int64) []int32 {
	var out []int32
	for g := range fresh {
		if r.sums[g].Entries > 0 {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(cmp.Compare(fresh[b], fresh[a]), cmp.Compare(a, b))
	})
	return out
}
