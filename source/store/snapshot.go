package store

import (
	"sort"
	"sync"

	"taudit/source/audit"
)

// Snapshot is what a store held at one moment. It is immutable and safe for any number of goroutines.
type Snapshot struct {
	chunks []*chunk
	starts []int // position of the first row of each chunk
	length int
	words  audit.Words

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
		words:      s.vocabulary.Words(),
		decoders:   &s.decoders,
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
	return s.starts[p.chunk] + p.row, c.compare(p.row, k) == 0
}

// Common counts the first entries that are those of o as well, unchanged and in the same places: what has been counted of them holds. It
// may tell fewer. It takes time that grows with the number of chunks, of which there is one for some hundred entries or more.
func (s *Snapshot) Common(o *Snapshot) int {
	n := 0
	for i, c := range s.chunks[:min(len(s.chunks), len(o.chunks))] {
		d := o.chunks[i]
		if c.id != d.id {
			break
		}
		n += min(c.len(), d.len())
		if c.len() != d.len() {
			break
		}
	}
	return n
}

// Arrived counts the entries that were ever added, duplicates aside. It only grows.
func (s *Snapshot) Arrived() uint64 { return s.arrived }

// Duplicates counts the entries that were dropped because they had been received before.
func (s *Snapshot) Duplicates() int64 { return s.duplicates }

// Evicted counts the entries that were dropped because of the limits, the oldest first.
func (s *Snapshot) Evicted() int64 { return s.evicted }

// Bytes is the memory that the entries take, roughly; what they have in common is not counted.
func (s *Snapshot) Bytes() int64 { return s.bytes }

// Bad gives the newest bad records, in the order of their arrival; BadCount may be higher.
func (s *Snapshot) Bad() []audit.Bad { return s.bad }

// BadCount counts all bad records.
func (s *Snapshot) BadCount() int64 { return s.badCount }
