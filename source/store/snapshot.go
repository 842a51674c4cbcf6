package store

import (
	"sort"
	"sync"
	"time"

	"taudit/source/audit"
)

// Snapshot is what a store held at one moment. It is immutable and safe for any number of goroutines.
type Snapshot struct {
	chunks []*chunk
	starts []int // position of the first row of each chunk
	length int
	words  [columns][]string
	people []person
	parts  []part

	decoders *sync.Pool // of *audit.Decoder, for entries that are read again

	arrived    uint64
	duplicates int64
	evicted    int64
	bytes      int64
	bad        []audit.Bad
	badCount   int64
}

func (s *Store) publish() {
	n := &Snapshot{
		chunks:     s.chunks[:len(s.chunks):len(s.chunks)],
		starts:     make([]int, len(s.chunks)),
		duplicates: s.duplicates,
		evicted:    s.evicted,
		bytes:      s.bytes,
		bad:        s.bad[:len(s.bad):len(s.bad)],
		badCount:   s.badCount,
	}
	for i, c := range s.chunks {
		n.starts[i] = n.length
		n.length += c.len()
	}
	s.name(n)
	n.arrived = uint64(n.length) + uint64(s.evicted)
	s.published.Store(n)
}

// Len is the number of entries held.
func (s *Snapshot) Len() int { return s.length }

// At gives the entry at position i in the order, from 0 to Len()-1. It takes time logarithmic in the number of entries.
func (s *Snapshot) At(i int) Row {
	c := sort.SearchInts(s.starts, i+1) - 1
	return Row{snap: s, chunk: s.chunks[c], i: i - s.starts[c]}
}

// Find gives the position of an entry. If it is no longer there (evicted), ok is false and i is where it would stand, which may be Len().
func (s *Snapshot) Find(k Key) (i int, ok bool) {
	p := seekIn(s.chunks, k)
	if !p.in(s.chunks) {
		return s.length, false
	}
	c := s.chunks[p.chunk]
	return s.starts[p.chunk] + p.row, c.key(p.row) == k
}

// Arrived counts the entries that were ever added, duplicates aside. It only grows.
func (s *Snapshot) Arrived() uint64 { return s.arrived }

// Duplicates counts the entries that were dropped because they had been received before.
func (s *Snapshot) Duplicates() int64 { return s.duplicates }

// Evicted counts the entries that were dropped because of the limits, the oldest first.
func (s *Snapshot) Evicted() int64 { return s.evicted }

// Bytes is the sum of the raw bytes held.
func (s *Snapshot) Bytes() int64 { return s.bytes }

// Bad gives the newest bad records, in the order of their arrival; BadCount may be higher.
func (s *Snapshot) Bad() []audit.Bad { return s.bad }

// BadCount counts all bad records.
func (s *Snapshot) BadCount() int64 { return s.badCount }

// name gives a snapshot the values of the dictionary columns.
func (s *Store) name(n *Snapshot) {
	for i := range s.words.strings {
		n.words[i] = s.words.strings[i].values
	}
	n.people, n.parts = s.words.people.values, s.words.parts.values
	n.decoders = &s.decoders
}

// row is a row of the writer's own state, for use within a call.
func (s *Store) row(c *chunk, i int) Row {
	snap := &Snapshot{}
	s.name(snap)
	return Row{snap: snap, chunk: c, i: i}
}

func (r Row) word(column int) string { return r.snap.words[column][r.chunk.codes[column][r.i]] }

func (r Row) person() *person { return &r.snap.people[r.chunk.codes[principal][r.i]] }

// Origin says where the entry came from.
func (r Row) Origin() audit.Origin {
	from := r.snap.parts[r.chunk.codes[origin][r.i]]
	o := audit.Origin{
		Source:   from.source,
		Part:     from.part,
		Position: r.chunk.positions[r.i],
		Rescued:  r.Flags()&Rescued != 0,
	}
	if t := r.chunk.arrived[r.i]; t != 0 {
		o.Arrived = time.Unix(0, t).UTC()
	}
	return o
}

// Entry decodes the raw bytes again: for the one entry that is being read, not for a list.
func (r Row) Entry() audit.Entry {
	raw, o := r.Raw(), r.Origin()
	d, ok := r.snap.decoders.Get().(*audit.Decoder)
	if !ok {
		d = audit.NewDecoder()
	}
	entries, _ := d.Decode([]byte(raw), o)
	r.snap.decoders.Put(d)
	if len(entries) == 0 {
		return audit.Entry{Raw: raw, Origin: o}
	}
	entries[0].Origin = o
	return entries[0]
}
