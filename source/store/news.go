package store

import (
	"context"
	"math"
	"slices"
	"sort"
)

// Meeting is when a group of people was first met at an address, in nanoseconds since 1970.
type Meeting struct {
	Group   int32
	Address string // the caller's own claim: the first hop
	At      int64
}

// Meetings gives the pairs of a group and an address that no entry before a time has, in the order in which they were met. Groups are as in
// [Question]. It returns nil when ctx is cancelled.
func (s *Snapshot) Meetings(ctx context.Context, groups []int32, since int64) []Meeting {
	hops, everything := newHops(s), &Activity{snap: s}
	seen := map[uint64]int64{} // first time, by group and address
	var order []uint64
	groupOf := func(c *chunk, row int) int32 {
		if who := int(c.codes[Principals][row]); who < len(groups) {
			return groups[who]
		}
		return -1
	}
	begin := sort.Search(len(s.chunks), func(i int) bool { c := s.chunks[i]; return c.times[c.len()-1] >= since })
	for i := begin; i < len(s.chunks); i++ {
		if ctx.Err() != nil {
			return nil
		}
		c := s.chunks[i]
		everything.rows(i, sort.Search(c.len(), func(row int) bool { return c.times[row] >= since }), func(row int) {
			g, hop := groupOf(c, row), hops.of(c.codes[Forwards][row])
			if g < 0 || hop == 0 {
				return
			}
			k := uint64(g)<<32 | uint64(hop)
			if _, ok := seen[k]; !ok {
				seen[k] = c.times[row]
				order = append(order, k)
			}
		})
	}
	// The usual pairs are met soon, seen from here backwards; after that only a rare one is looked for.
	left, known := len(seen), uint32(len(hops.texts))
	busy := make([]int, slices.Max(append([]int32{0}, groups...))+1) // how many are looked for of a group
	for k := range seen {
		busy[k>>32]++
	}
	for i := min(begin, len(s.chunks)-1); i >= 0 && left > 0; i-- {
		if ctx.Err() != nil {
			return nil
		}
		c := s.chunks[i]
		for row := c.len() - 1; row >= 0; row-- {
			g := groupOf(c, row)
			if g < 0 || busy[g] == 0 || c.times[row] >= since {
				continue
			}
			hop := hops.of(c.codes[Forwards][row])
			if hop == 0 || hop >= known {
				continue
			}
			k := uint64(g)<<32 | uint64(hop)
			if _, ok := seen[k]; !ok {
				continue
			}
			delete(seen, k)
			busy[g]--
			if left--; left == 0 {
				break
			}
		}
	}
	out := []Meeting{}
	for _, k := range order {
		if at, ok := seen[k]; ok {
			out = append(out, Meeting{int32(k >> 32), hops.text(uint32(k)), at})
		}
	}
	return out
}

// Loaded tells from when to when the log holds entries, in nanoseconds since 1970, those aside that say of themselves that they are older or
// newer than the two times given. ok is false when there are none.
func (s *Snapshot) Loaded(oldest, newest int64) (from, to int64, ok bool) {
	from, to = math.MaxInt64, math.MinInt64
	i := sort.Search(len(s.chunks), func(i int) bool { c := s.chunks[i]; return c.times[c.len()-1] >= oldest })
	if i < len(s.chunks) {
		c := s.chunks[i]
		from = c.times[sort.Search(c.len(), func(row int) bool { return c.times[row] >= oldest })]
	}
	i = sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i].times[0] > newest }) - 1
	if i >= 0 {
		c := s.chunks[i]
		to = c.times[sort.Search(c.len(), func(row int) bool { return c.times[row] > newest })-1]
	}
	return from, to, from <= to
}
