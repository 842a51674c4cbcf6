package store

import (
	"context"
	"math"
	"slices"
	"sort"
	"time"

	"taudit/source/audit"
)

// What is called new: it was first met in the last part of what is loaded, a tenth of it and a day at most. With less than LeastLoaded
// nothing is, because nearly everything would be.
const (
	LeastLoaded = 12 * time.Hour
	newPart     = 10
	newAtMost   = 24 * time.Hour
)

// Recent is on what basis something is called new.
type Recent struct {
	Loaded time.Duration // how much history there is; 0: none
	For    time.Duration // how long something is new; 0: too little is loaded to call anything new
	Since  int64         // when that began, in nanoseconds since 1970
}

// Bounds gives the emit times that are believed, in nanoseconds since 1970: what an entry says of itself, that it is older than Temporal Cloud
// or well ahead of the clock, does not stretch what is taken to be loaded.
func Bounds(now time.Time) (oldest, newest int64) {
	return time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano(), now.Add(time.Hour).UnixNano()
}

// Recent tells on what basis something in the log is called new.
func (s *Snapshot) Recent(now time.Time) Recent {
	from, to, ok := s.Loaded(Bounds(now))
	if !ok {
		return Recent{}
	}
	r := Recent{Loaded: time.Duration(to - from)}
	if r.Loaded >= LeastLoaded {
		r.For = min(r.Loaded/newPart, newAtMost)
		r.Since = to - int64(r.For)
	}
	return r
}

// First is the first entry with a principal, an address or an operation.
type First struct {
	Seq  uint64 // of its [Key]
	At   int64  // in nanoseconds since 1970
	What Newness
	Name string // the address, or the operation by the name that all spellings share; empty for a principal
}

// Newness says what an entry is the first with: a set.
type Newness uint8

// What an entry can be the first with.
const (
	NewPrincipal Newness = 1 << iota
	NewAddress           // the caller's own claim: the first hop
	NewOperation
)

// Firsts gives the entries since a time that are the first with their principal, address or operation in all of the log, in their order, one for
// each of those. It returns nil when ctx is cancelled.
func (s *Snapshot) Firsts(ctx context.Context, r *Roster, since int64) []First {
	hops, names := newHops(s), newNames(s)
	people, chains, operations := make([]bool, s.words.Len(Principals)), make([]bool, s.words.Len(Forwards)), make([]bool, len(names))
	begin := 0
	for ; begin < len(s.chunks) && s.chunks[begin].times[0] < since; begin++ {
		if ctx.Err() != nil {
			return nil
		}
		c := s.chunks[begin]
		n := sort.Search(c.len(), func(row int) bool { return c.times[row] >= since })
		for _, code := range c.codes[Principals][:n] {
			people[code] = true
		}
		for _, code := range c.codes[Forwards][:n] {
			chains[code] = true
		}
		for _, code := range c.codes[Operations][:n] {
			operations[code] = true
		}
		if n < c.len() {
			break
		}
	}
	// What has several numbers is known by one of them: nobody, no address and no operation are never new.
	principals, addresses := map[int32]bool{}, map[uint32]bool{0: true}
	if g, ok := r.Find(Identity{}); ok {
		principals[g] = true
	}
	for code, was := range people {
		if was && code < len(r.Groups) {
			principals[r.Groups[code]] = true
		}
	}
	for code, was := range chains {
		if was {
			addresses[hops.of(uint32(code))] = true
		}
	}
	for code, was := range operations {
		if was || s.words.Text(Operations, uint32(code)) == "" {
			operations[names[code]] = true
		}
	}
	out := []First{}
	for i := begin; i < len(s.chunks); i++ {
		if ctx.Err() != nil {
			return nil
		}
		c := s.chunks[i]
		for row := sort.Search(c.len(), func(row int) bool { return c.times[row] >= since }); row < c.len(); row++ {
			add := func(what Newness, name string) {
				out = append(out, First{Seq: c.seq(row), At: c.times[row], What: what, Name: name})
			}
			if who := int(c.codes[Principals][row]); who < len(r.Groups) && !principals[r.Groups[who]] {
				principals[r.Groups[who]] = true
				add(NewPrincipal, "")
			}
			if hop := hops.of(c.codes[Forwards][row]); !addresses[hop] {
				addresses[hop] = true
				add(NewAddress, hops.text(hop))
			}
			if name := names[c.codes[Operations][row]]; !operations[name] {
				operations[name] = true
				add(NewOperation, audit.FoldOperation(s.words.Text(Operations, name)))
			}
		}
	}
	return out
}

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
