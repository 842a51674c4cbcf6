package store

import (
	"context"
	"math/bits"
	"time"
)

// Fresh means the entries that are the first with their principal, address or operation, as far as anything is called new of the log when it is
// now: see [Snapshot.Recent] and [Snapshot.Firsts]. What it has found stays found; a new filter forgets what is not new any more.
func Fresh(now time.Time) *Filter { return &Filter{kind: byFresh, fresh: &fresh{now: now}} }

// fresh is what a filter knows of what is new.
type fresh struct {
	now      time.Time
	snap     *Snapshot
	activity *Activity
	roster   *Roster
	since    int64
	seqs     map[uint64]bool
}

// prepare finds the entries of a snapshot.
func (f *fresh) prepare(s *Snapshot) {
	if f.snap == s {
		return
	}
	f.snap, f.seqs = s, map[uint64]bool{}
	r := s.Recent(f.now)
	f.since = r.Since
	if r.For == 0 {
		return
	}
	ctx := context.Background() // it takes some milliseconds
	f.activity = s.Activity(ctx, f.activity)
	if f.roster == nil || !f.roster.Of(f.activity) {
		f.roster = f.activity.Roster()
	}
	for _, first := range s.Firsts(ctx, f.roster, f.since) {
		f.seqs[first.Seq] = true
	}
}

// scan leaves in m the rows that are new.
func (f *fresh) scan(c *chunk, m *mask) {
	if len(f.seqs) == 0 || c.times[c.len()-1] < f.since {
		*m = mask{}
		return
	}
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			if row := i*64 + bits.TrailingZeros64(w); !f.seqs[c.seq(row)] {
				m[i] &^= 1 << (row % 64)
			}
		}
	}
}
