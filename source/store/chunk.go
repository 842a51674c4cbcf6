package store

import (
	"bytes"
	"cmp"
	"sort"
	"unsafe"

	"taudit/source/audit"
)

// chunkSize is the largest number of rows of a chunk. An insertion in the middle copies at most one chunk.
const chunkSize = 2048

// rowBytes is what a row takes beside its record, roughly: its columns, and its place in the index of log_ids.
const rowBytes = 8 + 8 + 1 + 4 + 2 + 2 + 4*int64(audit.Columns) + 22

// chunk is a run of rows in order, as columns. What is published is never written again: a chunk that grows at its end does so
// behind the length that readers know, and any other change makes a new chunk.
type chunk struct {
	// id tells chunks apart. A chunk that only grew has that of the one it grew from, and the same rows up to its length.
	id      *byte
	undated bool // some row has no emit time
	skimmed bool // some row is skimmed

	times  []int64
	seqs   []uint64 // nil: they follow each other, from first on
	first  uint64
	flags  []Flags
	codes  [audit.Columns][]uint32
	starts []uint32 // of records
	sizes  []uint16 // of records; 0: more than fits
	texts  []uint16 // which of records each is in; nil: all are in the first
	// records are those of the batches that the rows came with.
	records []string
}

func newChunk(size int) *chunk {
	c := &chunk{
		id:     new(byte),
		times:  make([]int64, 0, size),
		seqs:   make([]uint64, 0, size),
		flags:  make([]Flags, 0, size),
		starts: make([]uint32, 0, size),
		sizes:  make([]uint16, 0, size),
		texts:  make([]uint16, 0, size),
	}
	for i := range c.codes {
		c.codes[i] = make([]uint32, 0, size)
	}
	return c
}

// adopt makes a chunk of rows i to j of a batch, which are in order, sharing memory with it.
func adopt(b *audit.Batch, i, j int, seq uint64) *chunk {
	c := &chunk{
		id: new(byte), times: b.Times[i:j:j], flags: b.Flags[i:j:j], starts: b.Starts[i:j:j], sizes: b.Sizes[i:j:j], records: []string{b.Records},
		first: seq + uint64(i), skimmed: skimmed(union(b.Flags[i:j])),
	}
	for k := range c.codes {
		c.codes[k] = b.Codes[k][i:j:j]
	}
	return c
}

// union are the flags that some of the rows have.
func union(list []Flags) (all Flags) {
	for _, f := range list {
		all |= f
	}
	return all
}

func skimmed(f Flags) bool { return f&audit.Skimmed != 0 }

// rows are those from a row on that a filter may mean: of those that are skimmed nobody knows enough.
func (c *chunk) rows(from int) (m mask) {
	m.span(from, c.len())
	if c.skimmed {
		for i, f := range c.flags {
			if skimmed(f) {
				m[i/64] &^= 1 << (i % 64)
			}
		}
	}
	return m
}

func (c *chunk) len() int { return len(c.times) }

func (c *chunk) key(i int) Key {
	return Key{Time: c.times[i], LogID: c.record(i).LogID(), Seq: c.seq(i)}
}

func (c *chunk) seq(i int) uint64 {
	if c.seqs == nil {
		return c.first + uint64(i)
	}
	return c.seqs[i]
}

func (c *chunk) record(i int) audit.Record {
	text := 0
	if c.texts != nil {
		text = int(c.texts[i])
	}
	return audit.Record(c.records[text][c.starts[i]:])
}

// add appends a row behind the last.
func (c *chunk) add(r record) {
	b, i := r.batch, r.row
	c.undated, c.skimmed = c.undated || r.flags&undated != 0, c.skimmed || skimmed(r.flags)
	c.times = append(c.times, r.key.Time)
	c.seqs = append(c.seqs, r.key.Seq)
	c.flags = append(c.flags, r.flags)
	c.starts = append(c.starts, b.Starts[i])
	c.sizes = append(c.sizes, b.Sizes[i])
	c.texts = append(c.texts, c.text(b.Records))
	for k := range c.codes {
		c.codes[k] = append(c.codes[k], b.Codes[k][i])
	}
}

// text gives the place of records among those of the chunk.
func (c *chunk) text(records string) uint16 {
	const near = 4 // rows of few batches alternate
	for i := len(c.records) - 1; i >= max(0, len(c.records)-near); i-- {
		if unsafe.StringData(c.records[i]) == unsafe.StringData(records) {
			return uint16(i)
		}
	}
	c.records = append(c.records, records)
	return uint16(len(c.records) - 1)
}

// copyRows appends rows i to j of o.
func (c *chunk) copyRows(o *chunk, i, j int) {
	c.undated, c.skimmed = c.undated || o.undated, c.skimmed || o.skimmed
	c.times = append(c.times, o.times[i:j]...)
	for k := i; k < j; k++ {
		c.seqs = append(c.seqs, o.seq(k))
	}
	c.flags = append(c.flags, o.flags[i:j]...)
	c.starts = append(c.starts, o.starts[i:j]...)
	c.sizes = append(c.sizes, o.sizes[i:j]...)
	for k := range c.codes {
		c.codes[k] = append(c.codes[k], o.codes[k][i:j]...)
	}
	last, here := -1, uint16(0)
	for ; i < j; i++ {
		text := 0
		if o.texts != nil {
			text = int(o.texts[i])
		}
		if text != last {
			last, here = text, c.text(o.records[text])
		}
		c.texts = append(c.texts, here)
	}
}

// slice gives rows i to j as a chunk that shares them and can only grow by copying.
func (c *chunk) slice(i, j int) *chunk {
	s := *c
	s.id = new(byte)
	s.times, s.flags, s.first = c.times[i:j:j], c.flags[i:j:j], c.first+uint64(i)
	s.starts, s.sizes = c.starts[i:j:j], c.sizes[i:j:j]
	if c.texts != nil {
		s.texts = c.texts[i:j:j]
	}
	if c.seqs != nil {
		s.seqs = c.seqs[i:j:j]
	}
	for k := range s.codes {
		s.codes[k] = c.codes[k][i:j:j]
	}
	return &s
}

// search gives the first row whose key is not before k.
func (c *chunk) search(k Key) int {
	return sort.Search(c.len(), func(i int) bool { return c.compare(i, k) >= 0 })
}

// before compares without building the key of row i.
func (c *chunk) before(i int, k Key) bool { return c.compare(i, k) < 0 }

func (c *chunk) compare(i int, k Key) int {
	if n := cmp.Compare(c.times[i], k.Time); n != 0 {
		return n
	}
	var space [64]byte
	id := c.record(i).AppendLogID(space[:0])
	if n := bytes.Compare(id, unsafe.Slice(unsafe.StringData(k.LogID), len(k.LogID))); n != 0 {
		return n
	}
	return cmp.Compare(c.seq(i), k.Seq)
}

// has tells whether row i has that time and log_id.
func (c *chunk) has(i int, t int64, logID string) bool {
	if c.times[i] != t {
		return false
	}
	var space [64]byte
	return string(c.record(i).AppendLogID(space[:0])) == logID
}

// place is a row of a list of chunks. The place behind the last row is {len(chunks), 0}.
type place struct{ chunk, row int }

func (p place) in(chunks []*chunk) bool { return p.chunk >= 0 && p.chunk < len(chunks) }

func (p place) next(chunks []*chunk) place {
	if p.row+1 < chunks[p.chunk].len() {
		return place{p.chunk, p.row + 1}
	}
	return place{p.chunk + 1, 0}
}

// seekIn finds the first row that is not before k.
func seekIn(chunks []*chunk, k Key) place {
	i := sort.Search(len(chunks), func(i int) bool { return !chunks[i].before(chunks[i].len()-1, k) })
	if i == len(chunks) {
		return place{i, 0}
	}
	return place{i, chunks[i].search(k)}
}
