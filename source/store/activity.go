package store

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"strings"

	"taudit/source/audit"
)

// Sum is what somebody did. Times are in nanoseconds since 1970.
type Sum struct {
	Entries, Errors int // errors are those whose status is not OK
	First, Last     int64
}

// Add joins two sums.
func (s Sum) Add(o Sum) Sum {
	switch {
	case o.Entries == 0:
		return s
	case s.Entries == 0:
		return o
	}
	return Sum{s.Entries + o.Entries, s.Errors + o.Errors, min(s.First, o.First), max(s.Last, o.Last)}
}

// Activity is what each person did. It is immutable and safe for use from any goroutine.
type Activity struct {
	snap   *Snapshot
	filter *Filter // nil: all entries count
	masks  []*mask
	part   bool  // the matches are not whole
	sums   []Sum // by the numbers of people
	all    Sum
}

// Activity counts the matches by who acted. What old, which may be nil, has counted of the same filter is not counted again where entries
// were only added behind it; else it takes time that grows with all of them. It returns nil when ctx is cancelled.
func (m *Matches) Activity(ctx context.Context, old *Activity) *Activity {
	return m.snap.activity(ctx, &Activity{snap: m.snap, filter: m.filter, masks: m.masks, part: !m.Whole()}, old)
}

// Activity counts all entries: see [Matches.Activity].
func (s *Snapshot) Activity(ctx context.Context, old *Activity) *Activity {
	return s.activity(ctx, &Activity{snap: s}, old)
}

func (s *Snapshot) activity(ctx context.Context, a, old *Activity) *Activity {
	a.sums = make([]Sum, s.words.Len(Principals))
	from := a.continues(old)
	if from > 0 {
		copy(a.sums, old.sums)
		a.all = old.all
	}
	ok := s.accepted()
	for i, c := range s.chunks {
		if ctx.Err() != nil {
			return nil
		}
		first := 0
		if i < from {
			first = old.snap.chunks[i].len()
		}
		who, status := c.codes[Principals], c.codes[Statuses]
		a.rows(i, first, func(row int) {
			t, p := c.times[row], &a.sums[who[row]]
			if p.Entries == 0 {
				p.First, p.Last = t, t
			}
			p.Entries++
			p.First, p.Last = min(p.First, t), max(p.Last, t)
			if !ok[status[row]] {
				p.Errors++
			}
		})
	}
	a.all = Sum{}
	for _, p := range a.sums {
		a.all = a.all.Add(p)
	}
	return a
}

// continues tells how many chunks of old have all their rows at the same place in a; 0 when some of old's have not.
func (a *Activity) continues(old *Activity) int {
	if old == nil || old.part || old.filter != a.filter || len(old.snap.chunks) > len(a.snap.chunks) || old.snap.words.Len(Principals) > len(a.sums) {
		return 0
	}
	for i, c := range old.snap.chunks {
		if n := a.snap.chunks[i]; n.id != c.id || n.len() < c.len() {
			return 0
		}
	}
	return len(old.snap.chunks)
}

// rows calls take with the rows of a chunk that count, from a row on.
func (a *Activity) rows(chunk, from int, take func(row int)) {
	if a.masks == nil {
		for row := from; row < a.snap.chunks[chunk].len(); row++ {
			take(row)
		}
		return
	}
	set := a.masks[chunk]
	if set == nil {
		return
	}
	for j := from / 64; j < len(set); j++ {
		w := set[j]
		if j == from/64 {
			w &= ^uint64(0) << (from % 64)
		}
		for ; w != 0; w &= w - 1 {
			take(j*64 + bits.TrailingZeros64(w))
		}
	}
}

// People is how many people are known by number: all that the log ever met. Some may have done nothing.
func (a *Activity) People() int { return len(a.sums) }

// Person is one of them, by number.
func (a *Activity) Person(code int) *audit.Person { return a.snap.words.Person(uint32(code)) }

// Of is what one of them did.
func (a *Activity) Of(code int) Sum { return a.sums[code] }

// All is what all of them did.
func (a *Activity) All() Sum { return a.all }

// Question says of whom [Activity.Detail] tells what. Times are in nanoseconds since 1970.
type Question struct {
	Groups []int32 // for each person the group that is asked about, counted from 0; -1 for none
	Count  int     // of groups

	From, Width int64 // stretches of time: where the first begins, and how long each is
	Buckets     int   // how many of them; 0: none are counted

	Targets bool                 // count what was acted on
	Hour    func(time int64) int // tells the hour of the day, 0 to 23; nil: they are not counted
}

// Detail is what a group of people did.
type Detail struct {
	Operations []Tally // by the name that all spellings of one share, the most frequent first, as all of these
	Addresses  []Tally // by the caller's own claim: the first hop
	Targets    []Tally
	Buckets    []Bucket
	Hours      [24]Bucket
}

// Tally is how often something was met.
type Tally struct {
	Text string
	Sum
}

// Detail tells what groups of people did, in one pass over the entries that count. It returns nil when ctx is cancelled.
func (a *Activity) Detail(ctx context.Context, q Question) []Detail {
	s := a.snap
	out := make([]Detail, q.Count)
	for i := range out {
		out[i].Buckets = make([]Bucket, q.Buckets)
	}
	operations := newTallies(q.Count, s.words.Len(Operations))
	addresses := newTallies(q.Count, s.words.Len(Forwards))
	targets := newTallies(q.Count, s.words.Len(Targets))
	hops, names := newHops(s), newNames(s)
	ok := s.accepted()
	for i, c := range s.chunks {
		if ctx.Err() != nil {
			return nil
		}
		who, status := c.codes[Principals], c.codes[Statuses]
		a.rows(i, 0, func(row int) {
			if int(who[row]) >= len(q.Groups) {
				return
			}
			g := q.Groups[who[row]]
			if g < 0 {
				return
			}
			t, wrong := c.times[row], 0
			if !ok[status[row]] {
				wrong = 1
			}
			operations.add(g, names[c.codes[Operations][row]], t, wrong)
			if hop := hops.of(c.codes[Forwards][row]); hop > 0 {
				addresses.add(g, hop, t, wrong)
			}
			if q.Buckets > 0 {
				if d := t - q.From; d >= 0 && d/q.Width < int64(q.Buckets) {
					out[g].Buckets[d/q.Width].add(wrong)
				}
			}
			if q.Targets && c.codes[Targets][row] != 0 {
				targets.add(g, c.codes[Targets][row], t, wrong)
			}
			if q.Hour != nil {
				out[g].Hours[q.Hour(t)].add(wrong)
			}
		})
	}
	operations.give(out, func(d *Detail) *[]Tally { return &d.Operations }, func(c uint32) string { return audit.FoldOperation(s.words.Text(Operations, c)) })
	addresses.give(out, func(d *Detail) *[]Tally { return &d.Addresses }, hops.text)
	targets.give(out, func(d *Detail) *[]Tally { return &d.Targets }, func(c uint32) string { return s.words.Text(Targets, c) })
	return out
}

func (b *Bucket) add(wrong int) {
	b.Entries++
	b.Errors += wrong
}

// maxTable is how many pairs of a group and a number are looked up in a table; more are in a map.
const maxTable = 1 << 21

// tallies counts pairs of a group and a number.
type tallies struct {
	wide  int
	table []int32 // one more than the place among pairs
	index map[uint64]int32
	pairs []pair
}

type pair struct {
	group int32
	code  uint32
	Sum
}

func newTallies(groups, codes int) *tallies {
	if groups > 0 && codes <= maxTable/groups {
		return &tallies{wide: codes, table: make([]int32, groups*codes)}
	}
	return &tallies{index: map[uint64]int32{}}
}

func (t *tallies) add(group int32, code uint32, at int64, wrong int) {
	p := t.pair(group, code)
	if p.Entries == 0 {
		p.First, p.Last = at, at
	}
	p.Entries++
	p.Errors += wrong
	p.First, p.Last = min(p.First, at), max(p.Last, at)
}

func (t *tallies) pair(group int32, code uint32) *pair {
	var n int32
	if t.table != nil {
		n = t.table[int(group)*t.wide+int(code)]
	} else {
		n = t.index[uint64(group)<<32|uint64(code)]
	}
	if n > 0 {
		return &t.pairs[n-1]
	}
	t.pairs = append(t.pairs, pair{group: group, code: code})
	n = int32(len(t.pairs))
	if t.table != nil {
		t.table[int(group)*t.wide+int(code)] = n
	} else {
		t.index[uint64(group)<<32|uint64(code)] = n
	}
	return &t.pairs[n-1]
}

// give puts what was counted into the details of the groups, the most frequent first.
func (t *tallies) give(out []Detail, list func(*Detail) *[]Tally, text func(code uint32) string) {
	for _, p := range t.pairs {
		l := list(&out[p.group])
		*l = append(*l, Tally{text(p.code), p.Sum})
	}
	for i := range out {
		slices.SortFunc(*list(&out[i]), func(a, b Tally) int {
			return cmp.Or(cmp.Compare(b.Entries, a.Entries), cmp.Compare(a.Text, b.Text))
		})
	}
}

// newNames gives for each operation the first one that is another spelling of it.
func newNames(s *Snapshot) []uint32 {
	out, first := make([]uint32, s.words.Len(Operations)), map[string]uint32{}
	for code := range out {
		name := audit.FoldOperation(s.words.Text(Operations, uint32(code)))
		n, ok := first[name]
		if !ok {
			n = uint32(code)
			first[name] = n
		}
		out[code] = n
	}
	return out
}

// hops numbers the first addresses of chains, from 1; 0 is none.
type hops struct {
	snap  *Snapshot
	known []uint32 // by the number of a chain: one more than that of its first hop; 0: not looked at
	texts []string
	index map[string]uint32
}

func newHops(s *Snapshot) *hops {
	return &hops{snap: s, known: make([]uint32, s.words.Len(Forwards)), texts: []string{""}, index: map[string]uint32{"": 0}}
}

func (h *hops) of(chain uint32) uint32 {
	if n := h.known[chain]; n > 0 {
		return n - 1
	}
	var first string
	for hop := range strings.SplitSeq(h.snap.words.Text(Forwards, chain), ",") {
		if first = strings.TrimSpace(hop); first != "" {
			break
		}
	}
	n, ok := h.index[first]
	if !ok {
		n = uint32(len(h.texts))
		h.texts, h.index[first] = append(h.texts, first), n
	}
	h.known[chain] = n + 1
	return n
}

func (h *hops) text(n uint32) string { return h.texts[n] }
