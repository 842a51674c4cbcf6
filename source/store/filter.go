package store

import (
	"context"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"taudit/source/audit"
)

// Column is a property of entries that repeats, so that a test of it is asked once for each distinct value.
type Column = audit.Column

// The columns: see package audit.
const (
	Operations = audit.Operations
	Statuses   = audit.Statuses
	Targets    = audit.Targets
	Namespaces = audit.Namespaces
	Forwards   = audit.Forwards
	Principals = audit.Principals
	Origins    = audit.Origins
)

// Filter says which rows are meant. It remembers what it has found out about the values of columns, so it belongs to one scan at a time; filters are
// made of each other, and a filter that was made part of another is not used by itself any more.
type Filter struct {
	kind kind
	of   []*Filter

	column Column
	word   func(*audit.Entry) bool
	known  []bool // the answer for each code

	from, to int64
	row      func(Row) bool
	probe    *audit.Probe
	fresh    *fresh
}

type kind uint8

// The kinds in the order of their cost.
const (
	byTime kind = iota
	byWord
	byAll
	byAny
	byNot
	byFresh
	byScalar
	byRow
)

// Words means the rows whose value of a column passes. What is asked about is an entry that has only the fields that the
// column tells.
func Words(c Column, pass func(e *audit.Entry) bool) *Filter {
	return &Filter{kind: byWord, column: c, word: pass}
}

// Between means the rows with an emit time from, in nanoseconds since 1970, up to but without to.
func Between(from, to int64) *Filter { return &Filter{kind: byTime, from: from, to: to} }

// Rows means the rows that pass a test of their own. It is asked last, of rows that all else has let through, and from several
// goroutines at a time.
func Rows(pass func(Row) bool) *Filter { return &Filter{kind: byRow, row: pass} }

// Scalars means the rows that a question about their strings, numbers and words is answered by. It is asked after all but Rows, about each text
// that repeats once, and from several goroutines at a time.
func Scalars(s audit.Scalars) *Filter { return &Filter{kind: byScalar, probe: audit.NewProbe(s)} }

// All means the rows that every one of the filters means; without any, all rows.
func All(f ...*Filter) *Filter { return join(byAll, f) }

// Any means the rows that at least one of the filters means; without any, none.
func Any(f ...*Filter) *Filter { return join(byAny, f) }

// Not means the rows that f does not mean.
func Not(f *Filter) *Filter { return &Filter{kind: byNot, of: []*Filter{f}} }

func join(k kind, f []*Filter) *Filter {
	if len(f) == 1 {
		return f[0]
	}
	f = slices.Clone(f)
	slices.SortStableFunc(f, func(a, b *Filter) int { return int(a.cost()) - int(b.cost()) })
	return &Filter{kind: k, of: f}
}

// cost is that of the dearest part.
func (f *Filter) cost() kind {
	c := f.kind
	for _, o := range f.of {
		if d := o.cost(); d >= byScalar {
			c = max(c, d)
		}
	}
	return c
}

// prepare asks the tests about the values that are new in a snapshot.
func (f *Filter) prepare(s *Snapshot) {
	switch f.kind {
	case byWord:
		var e audit.Entry // the fields of the column are set anew each time
		for n := s.words.Len(f.column); len(f.known) < n; {
			s.show(&e, f.column, uint32(len(f.known)))
			f.known = append(f.known, f.word(&e))
		}
	case byScalar:
		f.probe.Prepare(&s.words)
	case byFresh:
		f.fresh.prepare(s)
	}
	for _, o := range f.of {
		o.prepare(s)
	}
}

// sample gives an entry that has a value of a column and nothing else.
func (s *Snapshot) sample(c Column, code uint32) audit.Entry {
	var e audit.Entry
	s.show(&e, c, code)
	return e
}

// show sets the fields that tell a value of a column.
func (s *Snapshot) show(e *audit.Entry, c Column, code uint32) {
	switch c {
	case Operations:
		e.Operation = s.words.Text(c, code)
	case Statuses:
		e.Status = s.words.Text(c, code)
	case Targets:
		e.Target = s.words.Text(c, code)
	case Namespaces:
		e.Namespace = s.words.Text(c, code)
	case Forwards:
		e.Forwarded = s.words.Text(c, code)
	case Principals:
		p := s.words.Person(code)
		e.Principal, e.UserEmail, e.Format = p.Principal, p.Email, p.Format
	case Origins:
		p := s.words.Place(code)
		e.Origin.Source, e.Origin.Part = p.Source, p.Part
	}
}

// mask is a set of rows of one chunk.
type mask [chunkSize / 64]uint64

func (m *mask) count() int {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}

func (m *mask) empty() bool {
	for _, w := range m {
		if w != 0 {
			return false
		}
	}
	return true
}

// span is the set of rows from i up to but without j.
func (m *mask) span(i, j int) {
	for ; i < j; i++ {
		if i%64 == 0 && i+64 <= j {
			m[i/64] = ^uint64(0)
			i += 63
			continue
		}
		m[i/64] |= 1 << (i % 64)
	}
}

// scan leaves in m the rows that f means of those in m.
func (f *Filter) scan(s *Snapshot, c *chunk, m *mask) {
	switch f.kind {
	case byTime:
		f.scanTime(c, m)
	case byWord:
		f.scanWords(c, m)
	case byAll:
		for _, o := range f.of {
			if m.empty() {
				return
			}
			o.scan(s, c, m)
		}
	case byAny:
		left, out := *m, mask{}
		for _, o := range f.of {
			if left.empty() {
				break
			}
			part := left
			o.scan(s, c, &part)
			for i := range m {
				out[i] |= part[i]
				left[i] &^= part[i]
			}
		}
		*m = out
	case byNot:
		part := *m
		f.of[0].scan(s, c, &part)
		for i := range m {
			m[i] &^= part[i]
		}
	case byFresh:
		f.fresh.scan(c, m)
	case byScalar:
		var room []byte
		for i, w := range m {
			for ; w != 0; w &= w - 1 {
				var ok bool
				row := i*64 + bits.TrailingZeros64(w)
				ok, room = f.probe.Ask(&s.words, c.record(row), int(c.sizes[row]), c.times[row], c.flags[row], room)
				if !ok {
					m[i] &^= 1 << (row % 64)
				}
			}
		}
	case byRow:
		for i, w := range m {
			for ; w != 0; w &= w - 1 {
				row := i*64 + bits.TrailingZeros64(w)
				if !f.row(Row{snap: s, chunk: c, i: row}) {
					m[i] &^= 1 << (row % 64)
				}
			}
		}
	}
}

// scanTime finds the rows by their order; those without an emit time are taken out one by one.
func (f *Filter) scanTime(c *chunk, m *mask) {
	i, _ := slices.BinarySearch(c.times, f.from)
	j, _ := slices.BinarySearch(c.times, f.to)
	var in mask
	in.span(i, j)
	for i := range m {
		m[i] &= in[i]
	}
	if c.undated {
		for i := range c.flags {
			if c.flags[i]&undated != 0 {
				m[i/64] &^= 1 << (i % 64)
			}
		}
	}
}

func (f *Filter) scanWords(c *chunk, m *mask) {
	codes, known := c.codes[f.column], f.known
	for i, w := range m {
		if w == 0 {
			continue
		}
		part := codes[i*64 : min(i*64+64, len(codes))]
		var hit uint64
		for j, code := range part {
			if known[code] {
				hit |= 1 << j
			}
		}
		m[i] = w & hit
	}
}

// Matches are the rows of a snapshot that a filter means, in their order. They are immutable and safe for any number of
// goroutines.
type Matches struct {
	snap   *Snapshot
	filter *Filter
	masks  []*mask // for each chunk; nil: none
	starts []int
	length int
	from   int // the first chunk that was searched
}

// Whole says whether all of the snapshot was searched, and not only the end of it.
func (m *Matches) Whole() bool { return m.from == 0 }

// Dear says whether a filter asks rows one by one, so that a scan of very many takes longer than a frame.
func (f *Filter) Dear() bool { return f.cost() >= byScalar }

// Newest finds rows that f means from the end of s backwards, until it has found enough or patience is over. What it gives may not be whole;
// [Snapshot.Match] goes on with it. It returns nil when ctx is cancelled. Only one call with a filter may run at a time.
func (s *Snapshot) Newest(ctx context.Context, f *Filter, enough int, patience time.Duration) *Matches {
	f.prepare(s)
	m := &Matches{snap: s, filter: f, masks: make([]*mask, len(s.chunks)), starts: make([]int, len(s.chunks)), from: len(s.chunks)}
	for began := time.Now(); m.from > 0 && m.length < enough && time.Since(began) < patience; {
		if ctx.Err() != nil {
			return nil
		}
		m.from--
		c := s.chunks[m.from]
		rows := c.rows(0)
		found := &rows
		f.scan(s, c, found)
		if n := found.count(); n > 0 {
			m.masks[m.from] = found
			m.length += n
		}
	}
	at := 0
	for i, k := range m.masks {
		if m.starts[i] = at; k != nil {
			at += k.count()
		}
	}
	return m
}

// Match finds the rows of s that f means. Rows that old, which may be nil, has already tested with the same filter are not
// tested again. It returns nil when ctx is cancelled. Only one call with a filter may run at a time.
func (s *Snapshot) Match(ctx context.Context, f *Filter, old *Matches) *Matches {
	f.prepare(s)
	if old != nil && old.filter != f {
		old = nil
	}
	return s.match(ctx, f, func(c *chunk, m *mask) {
		from := 0
		if old != nil {
			if known, rows := old.known(c); rows > 0 {
				*m, from = *known, rows
			}
		}
		if from == c.len() {
			return
		}
		left := c.rows(from)
		f.scan(s, c, &left)
		for i := range m {
			m[i] |= left[i]
		}
	})
}

// Narrow finds the rows of m that f means as well. It returns nil when ctx is cancelled. whole is the filter that means the
// same in one, by which the result is extended.
func (m *Matches) Narrow(ctx context.Context, f, whole *Filter) *Matches {
	f.prepare(m.snap)
	n := m.snap.match(ctx, whole, func(c *chunk, out *mask) {
		if known, rows := m.known(c); rows > 0 {
			*out = *known
			f.scan(m.snap, c, out)
		}
	})
	return n
}

// match fills a mask for each chunk. Between two it looks whether it is still wanted. What asks the rows is shared by as many
// goroutines as can run; the rest is over before they would have begun.
func (s *Snapshot) match(ctx context.Context, f *Filter, fill func(*chunk, *mask)) *Matches {
	m := &Matches{snap: s, filter: f, masks: make([]*mask, len(s.chunks)), starts: make([]int, len(s.chunks))}
	masks := make([]mask, len(s.chunks)) // allocated together, since each is small
	workers := 1
	if f.cost() >= byScalar {
		workers = min(runtime.GOMAXPROCS(0), len(s.chunks)/chunksEach)
	}
	var next atomic.Int64
	work := func(helps bool) error {
		began := time.Now()
		for i := int(next.Add(1)) - 1; i < len(s.chunks); i = int(next.Add(1)) - 1 {
			if err := ctx.Err(); err != nil {
				return err
			}
			fill(s.chunks[i], &masks[i])
			if helps && time.Since(began) > stint {
				time.Sleep(breath)
				began = time.Now()
			}
		}
		return nil
	}
	var group errgroup.Group
	for range workers - 1 {
		group.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("%v", p)
				}
			}()
			return work(true)
		})
	}
	own := work(false)
	if err := group.Wait(); own != nil || ctx.Err() != nil {
		return nil
	} else if err != nil {
		panic(err) // in the goroutine that asked, as without the others
	}
	for i := range masks {
		m.starts[i] = m.length
		if n := masks[i].count(); n > 0 {
			m.masks[i] = &masks[i]
			m.length += n
		}
	}
	return m
}

// chunksEach is how many chunks are worth a goroutine.
const chunksEach = 4

// Those that help with a scan leave their processor alone for a breath after each stint: while all are busy nobody is told of a key that was
// pressed for ten milliseconds.
const (
	stint  = 3 * time.Millisecond
	breath = 500 * time.Microsecond
)

// none is the mask of a chunk without matches.
var none mask

// known gives what m knows of a chunk, and of how many of its rows.
func (m *Matches) known(c *chunk) (*mask, int) {
	// Chunks keep their order, so the same one is found by its first row.
	p := seekIn(m.snap.chunks, c.key(0))
	if !p.in(m.snap.chunks) || p.row != 0 {
		return nil, 0
	}
	o := m.snap.chunks[p.chunk]
	if o.id != c.id || p.chunk < m.from {
		return nil, 0
	}
	if k := m.masks[p.chunk]; k != nil {
		return k, o.len()
	}
	return &none, o.len()
}

// Len is the number of matches.
func (m *Matches) Len() int { return m.length }

// Snapshot is what was searched.
func (m *Matches) Snapshot() *Snapshot { return m.snap }

// At gives the match at position i, from 0 to Len()-1.
func (m *Matches) At(i int) Row {
	c, ok := slices.BinarySearch(m.starts, i)
	if ok {
		// Chunks without a match start where the next one does.
		for c+1 < len(m.starts) && m.starts[c+1] == i {
			c++
		}
	} else {
		c--
	}
	return Row{snap: m.snap, chunk: m.snap.chunks[c], i: m.masks[c].nth(i - m.starts[c])}
}

// has tells whether a row is in the set.
func (m *mask) has(row int) bool { return m[row/64]>>(row%64)&1 == 1 }

// nth gives the row of match n.
func (m *mask) nth(n int) int {
	for i, w := range m {
		k := bits.OnesCount64(w)
		if n >= k {
			n -= k
			continue
		}
		for ; n > 0; n-- {
			w &= w - 1
		}
		return i*64 + bits.TrailingZeros64(w)
	}
	return -1
}

// rank counts the matches before a row.
func (m *mask) rank(row int) int {
	n := 0
	for i := range row / 64 {
		n += bits.OnesCount64(m[i])
	}
	if row%64 != 0 {
		n += bits.OnesCount64(m[row/64] << (64 - row%64))
	}
	return n
}

// Find gives the position of an entry among the matches. If it is none, ok is false and i is where it would stand, which may be Len().
func (m *Matches) Find(k Key) (i int, ok bool) {
	p := seekIn(m.snap.chunks, k)
	if !p.in(m.snap.chunks) {
		return m.length, false
	}
	i = m.starts[p.chunk]
	set := m.masks[p.chunk]
	if set == nil {
		return i, false
	}
	ok = m.snap.chunks[p.chunk].key(p.row) == k && set.has(p.row)
	return i + set.rank(p.row), ok
}

// Has says whether a row of the snapshot is a match.
func (m *Matches) Has(k Key) bool {
	_, ok := m.Find(k)
	return ok
}

// Decoded gives a test of rows by their decoded entry. It is asked from several goroutines at a time.
func Decoded(pass func(*audit.Entry) bool) *Filter {
	return Rows(func(r Row) bool {
		e := r.Entry()
		return pass(&e)
	})
}
