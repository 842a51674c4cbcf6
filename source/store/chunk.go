package store

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// chunkSize is the largest number of rows of a chunk. An insertion in the middle copies at most one chunk.
const chunkSize = 2048

var maxTime = time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC).UnixNano()

// The dictionary columns: what repeats over and over is kept once.
const (
	operation = iota
	status
	principal
	target
	namespace
	forwarded
	origin
	columns
)

// chunk is a run of rows in order, as columns. What is published is never written again: a chunk that grows at its end does so
// behind the length that readers know, and any other change makes a new chunk.
type chunk struct {
	// id tells chunks apart. A chunk that only grew has that of the one it grew from, and the same rows up to its length.
	id      *byte
	undated bool // some row has no emit time

	times     []int64
	seqs      []uint64
	arrived   []int64 // nanoseconds since 1970; 0: unknown
	logIDs    []string
	raws      []string
	positions []string
	versions  []int32
	flags     []Flags
	codes     [columns][]uint32
}

func newChunk(size int) *chunk {
	c := &chunk{
		id:        new(byte),
		times:     make([]int64, 0, size),
		seqs:      make([]uint64, 0, size),
		arrived:   make([]int64, 0, size),
		logIDs:    make([]string, 0, size),
		raws:      make([]string, 0, size),
		positions: make([]string, 0, size),
		versions:  make([]int32, 0, size),
		flags:     make([]Flags, 0, size),
	}
	for i := range c.codes {
		c.codes[i] = make([]uint32, 0, size)
	}
	return c
}

func (c *chunk) len() int { return len(c.times) }

func (c *chunk) key(i int) Key { return Key{Time: c.times[i], LogID: c.logIDs[i], Seq: c.seqs[i]} }

// add appends a row behind the last.
func (c *chunk) add(r record, words *words) {
	e := r.entry
	var arrived int64
	if !e.Origin.Arrived.IsZero() {
		arrived = nanoseconds(e.Origin.Arrived)
	}
	flags := r.flags
	if e.EmitTime.IsZero() {
		flags |= undated
		c.undated = true
	}
	c.times = append(c.times, r.key.Time)
	c.seqs = append(c.seqs, r.key.Seq)
	c.arrived = append(c.arrived, arrived)
	c.logIDs = append(c.logIDs, e.LogID)
	c.raws = append(c.raws, e.Raw)
	c.positions = append(c.positions, e.Origin.Position)
	c.versions = append(c.versions, e.Version)
	c.flags = append(c.flags, flags)
	c.code(operation, words.text(operation, e.Operation))
	c.code(status, words.text(status, e.Status))
	c.code(target, words.text(target, e.Target))
	c.code(namespace, words.text(namespace, e.Namespace))
	c.code(forwarded, words.text(forwarded, e.Forwarded))
	c.code(principal, words.person(e))
	c.code(origin, words.part(e))
}

func (c *chunk) code(column int, code uint32) { c.codes[column] = append(c.codes[column], code) }

// copyRows appends rows i to j of o.
func (c *chunk) copyRows(o *chunk, i, j int) {
	c.undated = c.undated || o.undated
	c.times = append(c.times, o.times[i:j]...)
	c.seqs = append(c.seqs, o.seqs[i:j]...)
	c.arrived = append(c.arrived, o.arrived[i:j]...)
	c.logIDs = append(c.logIDs, o.logIDs[i:j]...)
	c.raws = append(c.raws, o.raws[i:j]...)
	c.positions = append(c.positions, o.positions[i:j]...)
	c.versions = append(c.versions, o.versions[i:j]...)
	c.flags = append(c.flags, o.flags[i:j]...)
	for k := range c.codes {
		c.codes[k] = append(c.codes[k], o.codes[k][i:j]...)
	}
}

// slice gives rows i to j as a chunk that shares them and can only grow by copying.
func (c *chunk) slice(i, j int) *chunk {
	s := &chunk{
		id:        new(byte),
		undated:   c.undated,
		times:     c.times[i:j:j],
		seqs:      c.seqs[i:j:j],
		arrived:   c.arrived[i:j:j],
		logIDs:    c.logIDs[i:j:j],
		raws:      c.raws[i:j:j],
		positions: c.positions[i:j:j],
		versions:  c.versions[i:j:j],
		flags:     c.flags[i:j:j],
	}
	for k := range s.codes {
		s.codes[k] = c.codes[k][i:j:j]
	}
	return s
}

// search gives the first row whose key is not before k.
func (c *chunk) search(k Key) int {
	return sort.Search(c.len(), func(i int) bool { return !c.before(i, k) })
}

// before compares without building the key of row i.
func (c *chunk) before(i int, k Key) bool {
	if t := c.times[i]; t != k.Time {
		return t < k.Time
	}
	if id := c.logIDs[i]; id != k.LogID {
		return id < k.LogID
	}
	return c.seqs[i] < k.Seq
}

func (k Key) compare(o Key) int {
	if c := cmp.Compare(k.Time, o.Time); c != 0 {
		return c
	}
	if c := strings.Compare(k.LogID, o.LogID); c != 0 {
		return c
	}
	return cmp.Compare(k.Seq, o.Seq)
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

func (p place) previous(chunks []*chunk) place {
	if p.row > 0 {
		return place{p.chunk, p.row - 1}
	}
	if p.chunk == 0 {
		return place{-1, 0}
	}
	return place{p.chunk - 1, chunks[p.chunk-1].len() - 1}
}

// seekIn finds the first row that is not before k.
func seekIn(chunks []*chunk, k Key) place {
	i := sort.Search(len(chunks), func(i int) bool { return !chunks[i].before(chunks[i].len()-1, k) })
	if i == len(chunks) {
		return place{i, 0}
	}
	return place{i, chunks[i].search(k)}
}

func (s *Store) seek(k Key) place { return seekIn(s.chunks, k) }

// insert puts sorted records in their places.
func (s *Store) insert(records []record) {
	if len(records) == 0 {
		return
	}
	for _, r := range records {
		s.bytes += int64(len(r.entry.Raw))
	}
	// What lies behind the last row is appended; that is nearly everything on a live stream.
	split := 0
	if n := len(s.chunks); n > 0 {
		last := s.chunks[n-1]
		end := last.key(last.len() - 1)
		split, _ = slices.BinarySearchFunc(records, end, func(r record, k Key) int { return r.key.compare(k) })
	}
	s.insertMiddle(records[:split])
	s.appendTail(records[split:])
}

// appendTail adds records that lie behind the last row.
func (s *Store) appendTail(records []record) {
	var open *chunk // grows here; published only when Append is done
	if n := len(s.chunks); n > 0 && len(records) > 0 && s.chunks[n-1].len() < chunkSize && cap(s.chunks[n-1].times) >= chunkSize {
		grown := *s.chunks[n-1]
		open = &grown
		s.chunks = append(slices.Clone(s.chunks[:n-1]), open)
	}
	for _, r := range records {
		if open == nil || open.len() == chunkSize {
			open = newChunk(chunkSize)
			s.chunks = append(s.chunks, open)
		}
		open.add(r, &s.words)
	}
}

// insertMiddle merges records into the chunks that they fall into, copying each of those once. All of them stand before the last row.
func (s *Store) insertMiddle(records []record) {
	if len(records) == 0 {
		return
	}
	chunks := make([]*chunk, 0, len(s.chunks)+len(records)/chunkSize+2)
	first := s.seek(records[0].key).chunk
	chunks = append(chunks, s.chunks[:first]...)
	for i := first; i < len(s.chunks); i++ {
		if len(records) == 0 {
			chunks = append(chunks, s.chunks[i:]...)
			break
		}
		c := s.chunks[i]
		n, _ := slices.BinarySearchFunc(records, c.key(c.len()-1), func(r record, k Key) int { return r.key.compare(k) })
		if n == 0 {
			chunks = append(chunks, c)
			continue
		}
		here := records[:n]
		records = records[n:]
		if c.len() < chunkSize/2 || c.before(0, here[n-1].key) {
			spare := 0
			if i == len(s.chunks)-1 {
				spare = chunkSize // the live end goes on growing
			}
			chunks = append(chunks, build(here, c, spare, &s.words)...)
			continue
		}
		// All of them stand before a chunk that is well filled, as in a backfill from the newest to the oldest: it stays as it is, and
		// they join the one before it if there is room.
		if j := len(chunks) - 1; j >= 0 && chunks[j].len()+n <= chunkSize {
			chunks = append(chunks[:j], build(here, chunks[j], 0, &s.words)...)
		} else {
			chunks = append(chunks, build(here, nil, 0, &s.words)...)
		}
		chunks = append(chunks, c)
	}
	s.chunks = chunks
}

// build gives the rows of c, which may be nil, and the records, in order, in as many chunks as they need, each with room for at
// least spare rows.
func build(records []record, c *chunk, spare int, words *words) []*chunk {
	rows := 0
	if c != nil {
		rows = c.len()
	}
	total := len(records) + rows
	parts := (total + chunkSize - 1) / chunkSize
	out := make([]*chunk, 0, parts)
	i := 0
	for part := range parts {
		want := total*(part+1)/parts - total*part/parts
		n := newChunk(max(want, spare))
		for n.len() < want {
			switch {
			case i == rows:
				n.add(records[0], words)
				records = records[1:]
			case len(records) == 0:
				j := min(rows, i+want-n.len())
				n.copyRows(c, i, j)
				i = j
			default:
				j := min(c.search(records[0].key), i+want-n.len())
				if j > i {
					n.copyRows(c, i, j)
					i = j
					continue
				}
				n.add(records[0], words)
				records = records[1:]
			}
		}
		out = append(out, n)
	}
	return out
}

// replace puts a higher version in the place of the one held. It keeps its Seq, so that whoever looks at it goes on looking at it.
func (s *Store) replace(p place, r record) {
	c := s.chunks[p.chunk]
	r.key = c.key(p.row)
	r.flags |= c.flags[p.row]&Conflict | Resent
	s.bytes += int64(len(r.entry.Raw)) - int64(len(c.raws[p.row]))
	n := newChunk(c.len())
	n.copyRows(c, 0, p.row)
	n.add(r, &s.words)
	n.copyRows(c, p.row+1, c.len())
	s.swap(p.chunk, n)
}

// flag sets flags of one row.
func (s *Store) flag(p place, f Flags) {
	c := s.chunks[p.chunk]
	if c.flags[p.row]&f == f {
		return
	}
	n := *c
	n.id = new(byte)
	n.flags = slices.Clone(c.flags)
	n.flags[p.row] |= f
	// The other columns may grow behind what readers know; this one is this chunk's own.
	n.flags = slices.Grow(n.flags, cap(n.times)-len(n.flags))
	s.swap(p.chunk, &n)
}

// swap changes one chunk in a new list: readers hold the old one.
func (s *Store) swap(i int, c *chunk) {
	s.chunks = slices.Clone(s.chunks)
	s.chunks[i] = c
}
