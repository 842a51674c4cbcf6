package store

import (
	"slices"

	"taudit/source/audit"
)

func (s *Store) seek(k Key) place { return seekIn(s.chunks, k) }

// insert puts sorted records in their places.
func (s *Store) insert(records []record) {
	if len(records) == 0 {
		return
	}
	for _, r := range records {
		s.bytes += s.size(r)
	}
	// What lies behind the last row is appended; that is nearly everything on a live stream.
	split := 0
	if n := len(s.chunks); n > 0 {
		last := s.chunks[n-1]
		split = beforeKey(records, last.key(last.len()-1))
	}
	s.insertMiddle(records[:split])
	s.appendTail(records[split:])
}

// size is what a row takes, in bytes.
func (s *Store) size(r record) int64 {
	return s.recordSize(r.batch.Record(r.row), r.batch.Sizes[r.row]) + rowBytes
}

// recordSize is what a record takes, in bytes, whose size may have been noted.
func (s *Store) recordSize(r audit.Record, noted uint16) int64 {
	if noted > 0 {
		return int64(noted)
	}
	words := s.vocabulary.Words()
	return int64(words.Size(r))
}

// beforeKey counts the sorted records that are before k.
func beforeKey(records []record, k Key) int {
	n, _ := slices.BinarySearchFunc(records, k, func(r record, k Key) int { return r.key.compare(k) })
	return n
}

// fits tells whether a whole batch, if its rows are in order, belongs between two rows at the edges of chunks.
func (s *Store) fits(b *audit.Batch, seq uint64) bool {
	n := b.Len()
	at := s.seek(Key{Time: b.Times[0], LogID: b.Record(0).LogID(), Seq: seq})
	if at.row != 0 || at.chunk == len(s.chunks) {
		return at.row == 0
	}
	last := Key{Time: b.Times[n-1], LogID: b.Record(n - 1).LogID(), Seq: seq + uint64(n)}
	return last.before(s.chunks[at.chunk], 0)
}

// place puts a batch that fits there, as chunks that share memory with it.
func (s *Store) place(b *audit.Batch, seq uint64) {
	n := b.Len()
	at := s.seek(Key{Time: b.Times[0], LogID: b.Record(0).LogID(), Seq: seq}).chunk
	var made []*chunk
	for i := 0; i < n; i += chunkSize {
		made = append(made, adopt(b, i, min(n, i+chunkSize), seq))
	}
	// Readers hold the old list.
	if at == len(s.chunks) {
		s.chunks = append(s.chunks[:at:at], made...)
	} else {
		s.chunks = slices.Concat(s.chunks[:at], made, s.chunks[at:])
	}
	s.bytes += int64(len(b.Records)) + int64(n)*rowBytes
}

// before tells whether the key is before that of a row.
func (k Key) before(c *chunk, row int) bool { return c.compare(row, k) > 0 }

// appendTail adds records that lie behind the last row.
func (s *Store) appendTail(records []record) {
	var open *chunk // grows here; published only when Append is done
	if n := len(s.chunks); n > 0 && len(records) > 0 && s.chunks[n-1].len() < chunkSize && cap(s.chunks[n-1].texts) >= chunkSize {
		grown := *s.chunks[n-1]
		open = &grown
		s.chunks = append(slices.Clone(s.chunks[:n-1]), open)
	}
	for _, r := range records {
		if open == nil || open.len() == chunkSize {
			open = newChunk(chunkSize)
			s.chunks = append(s.chunks, open)
		}
		open.add(r)
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
		n := beforeKey(records, c.key(c.len()-1))
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
			chunks = append(chunks, build(here, c, spare)...)
			continue
		}
		// All of them stand before a chunk that is well filled, as in a backfill from the newest to the oldest: it stays as it is, and
		// they join the one before it if there is room.
		if j := len(chunks) - 1; j >= 0 && chunks[j].len()+n <= chunkSize {
			chunks = append(chunks[:j], build(here, chunks[j], 0)...)
		} else {
			chunks = append(chunks, build(here, nil, 0)...)
		}
		chunks = append(chunks, c)
	}
	s.chunks = chunks
}

// build gives the rows of c, which may be nil, and the records, in order, in as many chunks as they need, each with room for at
// least spare rows.
func build(records []record, c *chunk, spare int) []*chunk {
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
				n.add(records[0])
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
				n.add(records[0])
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
	s.bytes += s.size(r) - s.recordSize(c.record(p.row), c.sizes[p.row]) - rowBytes
	n := newChunk(c.len())
	n.copyRows(c, 0, p.row)
	n.add(r)
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

// flagAll sets flags of many rows, in order, of which most are new to few chunks.
func (s *Store) flagAll(places []place, f Flags) {
	changed := false
	for i := 0; i < len(places); {
		c, j := s.chunks[places[i].chunk], i
		for fresh := false; j < len(places) && places[j].chunk == places[i].chunk; j++ {
			if c.flags[places[j].row]&f == f {
				continue
			}
			if !fresh {
				fresh = true
				n := *c
				n.id, n.flags = new(byte), slices.Grow(slices.Clone(c.flags), cap(c.times)-len(c.flags))
				if !changed {
					changed, s.chunks = true, slices.Clone(s.chunks) // readers hold the old list
				}
				c = &n
				s.chunks[places[i].chunk] = c
			}
			c.flags[places[j].row] |= f
		}
		i = j
	}
}

// swap changes one chunk in a new list: readers hold the old one.
func (s *Store) swap(i int, c *chunk) {
	s.chunks = slices.Clone(s.chunks)
	s.chunks[i] = c
}
