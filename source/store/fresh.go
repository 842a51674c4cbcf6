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
	now   time.Time
	snap  *Snapshot
	since int64
	found map[uint64]Newness
	news  News
}

// prepare finds the entries of a snapshot.
func (f *fresh) prepare(s *Snapshot) {
	if f.snap == s {
		return
	}
	f.snap, f.since = s, s.Recent(f.now).Since
	f.found, _ = f.news.Find(context.Background(), s, f.now) // it takes some milliseconds
}

// News finds what is new, and remembers what it found out about people for the next time. Its zero value is ready; it is used by one
// goroutine at a time.
type News struct {
	activity *Activity
	roster   *Roster
}

// Find gives the entries that are the first with their principal, address or operation, by the Seq of their keys, as far as anything is called
// new when it is now. It takes time that grows with the entries. Not ok: ctx was cancelled.
func (n *News) Find(ctx context.Context, s *Snapshot, now time.Time) (found map[uint64]Newness, ok bool) {
	found = map[uint64]Newness{}
	r := s.Recent(now)
	if r.For == 0 {
		return found, true
	}
	activity := s.Activity(ctx, n.activity)
	if activity == nil {
		return nil, false
	}
	if n.activity = activity; n.roster == nil || !n.roster.Of(activity) {
		n.roster = activity.Roster()
	}
	for _, first := range s.Firsts(ctx, n.roster, r.Since) {
		found[first.Seq] |= first.What
	}
	return found, ctx.Err() == nil
}

// scan leaves in m the rows that are new.
func (f *fresh) scan(c *chunk, m *mask) {
	if len(f.found) == 0 || c.times[c.len()-1] < f.since {
		*m = mask{}
		return
	}
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			if row := i*64 + bits.TrailingZeros64(w); f.found[c.seq(row)] == 0 {
				m[i] &^= 1 << (row % 64)
			}
		}
	}
}
