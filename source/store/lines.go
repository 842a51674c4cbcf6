package store

import (
	"context"
	"math/bits"
	"slices"
	"sort"
	"time"
)

// Layout says what lines a list makes of entries.
type Layout struct {
	// Fold puts entries that follow each other on one line when they have the same operation, principal, target and status and the last
	// is no later than that after the first; 0: each has its own.
	Fold time.Duration

	// Gap gives a longer time between two entries a line of its own; 0: none has one.
	Gap time.Duration
}

// Lines are the lines of a list: the entries of a snapshot, or those that match, with repeats folded and gaps told. They are immutable and
// safe for any number of goroutines.
type Lines struct {
	snap    *Snapshot
	matches *Matches // whose lines they are; nil: all entries have one
	apart   *Matches // what matches is never folded with what does not; nil: nothing is told apart
	layout  Layout

	folds   []*mask // the first of each run of repeats
	heads   []*mask // what has a line: those, and all of the runs that were opened
	gaps    []gaps
	starts  []int // lines before each chunk
	ranks   []int // of those, the entries'
	length  int
	listed  int    // entries that have lines
	befores []edge // what was known before each chunk
}

// gaps are the rows of a chunk that come after a gap, and how long each is.
type gaps struct {
	mask
	lengths []time.Duration
}

// edge is what the lines of a chunk depend on of those before it.
type edge struct {
	dated bool  // there is an entry with an emit time
	last  int64 // the last
	run   bool  // a run has begun that can go on
	first int64 // when
	codes [len(repeating)]uint32
	match bool
}

// repeating are the columns that repeats have in common.
var repeating = [...]Column{Operations, Principals, Targets, Statuses}

// Lines lays out the matches. What old, which may be nil, knows is not found out again; without it, it takes time that grows with the
// entries. It returns nil when ctx is cancelled.
func (m *Matches) Lines(ctx context.Context, l Layout, old *Lines) *Lines {
	return (&Lines{snap: m.snap, matches: m, layout: l}).lay(ctx, old)
}

// Lines lays out all entries: see [Matches.Lines]. What matches, which may be nil, is not folded with what does not.
func (s *Snapshot) Lines(ctx context.Context, l Layout, matches *Matches, old *Lines) *Lines {
	return (&Lines{snap: s, apart: matches, layout: l}).lay(ctx, old)
}

func (l *Lines) lay(ctx context.Context, old *Lines) *Lines {
	n := len(l.snap.chunks)
	l.folds, l.gaps, l.befores = make([]*mask, n), make([]gaps, n), make([]edge, n)
	if old != nil && (old.layout != l.layout || (old.matches == nil) != (l.matches == nil)) {
		old = nil
	}
	var e edge
	for i, c := range l.snap.chunks {
		if ctx.Err() != nil {
			return nil
		}
		l.befores[i] = e
		rows, apart := l.rows(i), l.told(i)
		if j := old.same(l, i, rows, apart, e); j >= 0 {
			l.folds[i], l.gaps[i] = old.folds[j], old.gaps[j]
			e = old.after(j)
			continue
		}
		l.folds[i] = new(mask)
		for w, word := range rows {
			for ; word != 0; word &= word - 1 {
				row := w*64 + bits.TrailingZeros64(word)
				if gap := e.gap(c, row, l.layout.Gap); gap > 0 {
					l.gaps[i].mask[w] |= 1 << (row % 64)
					l.gaps[i].lengths = append(l.gaps[i].lengths, gap)
				}
				if !l.repeats(&e, i, row, apart) {
					l.folds[i][w] |= 1 << (row % 64)
				}
			}
		}
	}
	l.heads = l.folds
	l.number()
	return l
}

// rows are those of a chunk that are listed.
func (l *Lines) rows(chunk int) *mask {
	if l.matches == nil {
		all := new(mask)
		all.span(0, l.snap.chunks[chunk].len())
		return all
	}
	return orNone(l.matches.masks[chunk])
}

// told are the rows of a chunk that are told apart from the others.
func (l *Lines) told(chunk int) *mask {
	if l.apart == nil {
		return &none
	}
	known, _ := l.apart.known(l.snap.chunks[chunk])
	return orNone(known)
}

func orNone(m *mask) *mask {
	if m == nil {
		return &none
	}
	return m
}

// same finds the chunk of l that has the lines of chunk i of n; -1 for none, and without old.
func (l *Lines) same(n *Lines, i int, rows, apart *mask, e edge) int {
	if l == nil {
		return -1
	}
	c, j := n.snap.chunks[i], i
	if j >= len(l.snap.chunks) || l.snap.chunks[j].id != c.id {
		p := seekIn(l.snap.chunks, c.key(0))
		if !p.in(l.snap.chunks) || l.snap.chunks[p.chunk].id != c.id {
			return -1
		}
		j = p.chunk
	}
	// The last chunk has nothing behind it that tells how it ended.
	if j+1 >= len(l.befores) || l.snap.chunks[j].len() != c.len() || l.befores[j] != e || *l.rows(j) != *rows || *l.told(j) != *apart {
		return -1
	}
	return j
}

// after is what was known behind a chunk.
func (l *Lines) after(chunk int) edge { return l.befores[chunk+1] }

// gap tells how long nothing was before a row, if that was longer than allowed; else 0.
func (e *edge) gap(c *chunk, row int, longest time.Duration) time.Duration {
	if c.flags[row]&undated != 0 {
		return 0
	}
	t, last, dated := c.times[row], e.last, e.dated
	e.last, e.dated = t, true
	if longest <= 0 || !dated || uint64(t)-uint64(last) <= uint64(longest) {
		return 0
	}
	return time.Duration(min(uint64(t)-uint64(last), 1<<63-1)) // times may be further apart than a duration tells
}

// repeats says whether a row goes on with the run before it, and begins one if not. What is peculiar about an entry would be hidden in a
// run, so such an entry stands alone.
func (l *Lines) repeats(e *edge, chunk, row int, apart *mask) bool {
	c := l.snap.chunks[chunk]
	if l.layout.Fold <= 0 {
		return false
	}
	t, match := c.times[row], apart.has(row)
	peculiar := c.flags[row]&(undated|Rescued|Conflict|Resent) != 0 || l.row(place{chunk, row}).isLate()
	same := e.run && !peculiar && match == e.match && uint64(t)-uint64(e.first) <= uint64(l.layout.Fold)
	for k, column := range repeating {
		same = same && c.codes[column][row] == e.codes[k]
	}
	if same {
		return true
	}
	for k, column := range repeating {
		e.codes[k] = c.codes[column][row]
	}
	e.run, e.first, e.match = !peculiar, t, match
	return false
}

// number counts the lines.
func (l *Lines) number() {
	l.starts, l.ranks, l.length, l.listed = make([]int, len(l.heads)), make([]int, len(l.heads)), 0, 0
	for i := range l.heads {
		l.starts[i], l.ranks[i] = l.length, l.listed
		n := l.heads[i].count()
		l.listed += n
		l.length += n + len(l.gaps[i].lengths)
	}
}

// Layout is what they were asked to be.
func (l *Lines) Layout() Layout { return l.layout }

// Matches are those whose lines they are; nil: they are of all entries.
func (l *Lines) Matches() *Matches { return l.matches }

// Snapshot is what they are lines of.
func (l *Lines) Snapshot() *Snapshot { return l.snap }

// Len is the number of lines.
func (l *Lines) Len() int { return l.length }

// place finds the row of a line, and whether the line tells of the gap before it.
func (l *Lines) place(line int) (p place, gap bool) {
	chunk := sort.SearchInts(l.starts, line+1) - 1
	n, heads, gaps := line-l.starts[chunk], l.heads[chunk], &l.gaps[chunk].mask
	row := sort.Search(l.snap.chunks[chunk].len(), func(row int) bool { return heads.rank(row+1)+gaps.rank(row+1) > n })
	return place{chunk, row}, gaps.has(row) && heads.rank(row)+gaps.rank(row) == n
}

// At gives the entry of a line, from 0 to Len()-1: the first of those that it stands for. Of a gap it is the one behind it.
func (l *Lines) At(line int) Row {
	p, _ := l.place(line)
	return l.row(p)
}

func (l *Lines) row(p place) Row { return Row{snap: l.snap, chunk: l.snap.chunks[p.chunk], i: p.row} }

// Find gives the line of an entry. If it has none of its own, ok is false and line is the one that stands for it, or where it would stand,
// which may be Len().
func (l *Lines) Find(k Key) (line int, ok bool) {
	p := seekIn(l.snap.chunks, k)
	if !p.in(l.snap.chunks) {
		return l.length, false
	}
	switch is := l.snap.chunks[p.chunk].compare(p.row, k) == 0; {
	case is && l.heads[p.chunk].has(p.row):
		return l.line(p), true
	case is && l.rows(p.chunk).has(p.row):
		return l.line(l.before(l.heads, p)), false
	}
	return l.starts[p.chunk] + l.heads[p.chunk].rank(p.row) + l.gaps[p.chunk].rank(p.row), false
}

// line is that of a row that has one.
func (l *Lines) line(p place) int {
	return l.starts[p.chunk] + l.heads[p.chunk].rank(p.row) + l.gaps[p.chunk].rank(p.row+1)
}

// before finds the last of some rows that is not behind p; there must be one.
func (l *Lines) before(of []*mask, p place) place {
	row := of[p.chunk].last(p.row)
	for row < 0 {
		p.chunk--
		row = of[p.chunk].last(chunkSize - 1)
	}
	return place{p.chunk, row}
}

// last is the last row up to a row; -1: none.
func (m *mask) last(row int) int {
	w := m[row/64] & (^uint64(0) >> (63 - row%64))
	for i := row / 64; ; i-- {
		if w != 0 {
			return i*64 + 63 - bits.LeadingZeros64(w)
		}
		if i == 0 {
			return -1
		}
		w = m[i-1]
	}
}

// behind finds the first of some rows behind p; not in the chunks: there is none.
func (l *Lines) behind(of []*mask, p place) place {
	for row := p.row + 1; p.chunk < len(of); p.chunk, row = p.chunk+1, 0 {
		if row < chunkSize {
			if next := of[p.chunk].next(row); next >= 0 {
				return place{p.chunk, next}
			}
		}
	}
	return place{len(of), 0}
}

// next is the first row from a row on; -1: none.
func (m *mask) next(row int) int {
	w := m[row/64] & (^uint64(0) << (row % 64))
	for i := row / 64; ; i++ {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
		if i == len(m)-1 {
			return -1
		}
		w = m[i+1]
	}
}

// Move gives the line n entries' lines further down, or up for negative n, as far as there are any. What it is counted from may be a gap: then it is
// the entry behind that.
func (l *Lines) Move(line, n int) int {
	p, _ := l.place(line)
	rank := max(min(l.ranks[p.chunk]+l.heads[p.chunk].rank(p.row)+n, l.listed-1), 0)
	chunk := sort.SearchInts(l.ranks, rank+1) - 1
	return l.line(place{chunk, l.heads[chunk].nth(rank - l.ranks[chunk])})
}

// Gap tells how long nothing was, of a line that says so; else it is 0.
func (l *Lines) Gap(line int) time.Duration {
	p, gap := l.place(line)
	if !gap {
		return 0
	}
	g := &l.gaps[p.chunk]
	return g.lengths[g.rank(p.row)]
}

// Run is a run of repeats, as one of its lines has to do with it. An entry that is not repeated is a run of one.
type Run struct {
	Entries int  // of the run
	Nth     int  // which of them the line's is, from 0
	Open    bool // each of them has a line; else that of the first stands for all
}

// Run tells of the repeats that a line is one of, or stands for. It takes time that grows with the chunks that the run reaches over, which is
// one or two but for very long ones.
func (l *Lines) Run(line int) Run {
	p, _ := l.place(line)
	if l.layout.Fold <= 0 {
		return Run{Entries: 1}
	}
	first := l.before(l.folds, p)
	from, to := l.entry(first), l.entry(l.behind(l.folds, first))
	r := Run{Entries: to - from, Nth: l.entry(p) - from}
	if second := l.behind(l.heads, first); r.Entries > 1 {
		r.Open = second.in(l.snap.chunks) && l.entry(second) < to
	}
	return r
}

// entry counts the entries that are listed before a row.
func (l *Lines) entry(p place) int {
	switch in := p.in(l.snap.chunks); {
	case l.matches == nil && !in:
		return l.snap.length
	case l.matches == nil:
		return l.snap.starts[p.chunk] + p.row
	case !in:
		return l.matches.length
	}
	return l.matches.starts[p.chunk] + orNone(l.matches.masks[p.chunk]).rank(p.row)
}

// Entry counts the entries that are listed before that of a line.
func (l *Lines) Entry(line int) int {
	p, _ := l.place(line)
	return l.entry(p)
}

// Open gives the same lines, but for the runs of some entries, each of which has a line for every entry; runs that were opened before are
// folded. It takes time that grows with the number of chunks, of which there is one for some hundred entries or more.
func (l *Lines) Open(keys []Key) *Lines {
	o := *l
	o.heads = slices.Clone(l.folds)
	for _, k := range keys {
		p := seekIn(l.snap.chunks, k)
		if !p.in(l.snap.chunks) || l.snap.chunks[p.chunk].compare(p.row, k) != 0 || !l.rows(p.chunk).has(p.row) {
			continue
		}
		first := l.before(l.folds, p)
		end := l.behind(l.folds, first)
		for i := first.chunk; i <= min(end.chunk, len(o.heads)-1); i++ {
			from, to := 0, l.snap.chunks[i].len()
			if i == first.chunk {
				from = first.row
			}
			if i == end.chunk {
				to = end.row
			}
			var run mask
			run.span(from, to)
			heads, rows := *o.heads[i], l.rows(i)
			for w := range heads {
				heads[w] |= run[w] & rows[w]
			}
			o.heads[i] = &heads
		}
	}
	o.number()
	return &o
}
