// Package store is the bounded in-memory log: entries in the order of time whatever the order of their arrival, each once.
//
// It has one writer and any number of readers. Readers hold immutable snapshots and take no lock.
package store

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"taudit/source/audit"
)

// Limits bound what a [Store] holds. Zero means no limit.
type Limits struct {
	MaxEntries int
	MaxBytes   int64 // of memory that entries take: see [Snapshot.Bytes]
}

const (
	// maxBad is how many bad records are kept to be shown; all are counted.
	maxBad = 10_000
	// maxTwins bounds the search among entries of one time and log_id, so that a stream that repeats them cannot make it slow.
	maxTwins = 64
	// least is how many rows are worth a chunk of their own.
	least = chunkSize / 8
)

// Store holds entries ordered by time, then log_id, then arrival. Append, AppendBatch and AppendBad are for one goroutine;
// Snapshot is for any.
type Store struct {
	limits     Limits
	vocabulary *audit.Vocabulary
	packer     *audit.Packer
	chunks     []*chunk // in order, none empty
	seq        uint64

	// times has, for the hash of every log_id held, the times of the entries that have it. Copies of one entry meet at the same place
	// in the order; this index is for the entries that share a log_id and nothing else.
	times index

	// odd finds copies of the entries whose place in the order does not tell what they are: those without an emit time (ordered
	// by arrival, which differs between sources) and those without a log_id.
	odd map[audit.ID]Key

	bytes      int64
	duplicates int64
	evicted    int64
	bad        []audit.Bad
	badCount   int64

	decoders  sync.Pool
	fresh     []int
	room      []byte
	published atomic.Pointer[Snapshot]
}

// New makes an empty store with a vocabulary of its own.
func New(l Limits) *Store { return Sharing(audit.NewVocabulary(), l) }

// Sharing makes an empty store that takes batches of a vocabulary as they are.
func Sharing(v *audit.Vocabulary, l Limits) *Store {
	s := &Store{limits: l, vocabulary: v, packer: audit.NewPacker(v), odd: map[audit.ID]Key{}}
	s.publish()
	return s
}

// Added says what became of the entries of one Append.
type Added struct {
	New        int
	Duplicates int // dropped: received before
	Replaced   int // took the place of a lower version

	// Fresh has the indexes of the new and the replacing entries in what was given. It is valid until the next Append.
	Fresh []int
}

// Append adds entries, in any order. An entry that is already held (same log_id, operation and emit time; without a
// log_id, the same bytes) is dropped and counted, unless its version is higher: then it takes the place of the one held.
// Entries with the log_id of another but with other content are kept, and all of them flagged [Conflict].
func (s *Store) Append(entries []audit.Entry) Added {
	for i := range entries {
		s.packer.Add(&entries[i])
	}
	return s.AppendBatch(s.packer.Take())
}

// AppendBatch adds the entries of a batch as Append does. It may be nil. A batch of another vocabulary is packed again.
func (s *Store) AppendBatch(b *audit.Batch) Added {
	defer s.publish()
	if b == nil || b.Len() == 0 {
		return Added{}
	}
	if b.Vocabulary != s.vocabulary {
		for _, e := range b.Entries() {
			s.packer.Add(&e)
		}
		b = s.packer.Take()
	}
	n, seq := b.Len(), s.seq+1
	s.seq += uint64(n)
	added := Added{Fresh: s.fresh[:0]}
	b, order := b.Sorted()
	if s.plain(b) {
		if n >= least && s.fits(b, seq) {
			s.place(b, seq)
		} else {
			s.insert(s.records(b, seq))
		}
		added.New = n
		for i := range n {
			added.Fresh = append(added.Fresh, i)
		}
	} else {
		s.merge(b, seq, &added)
	}
	if order != nil {
		for i, row := range added.Fresh {
			added.Fresh[i] = order[row]
		}
	}
	s.fresh = added.Fresh
	s.duplicates += int64(added.Duplicates)
	s.evict()
	return added
}

// plain tells whether the entries of a sorted batch are dated, no copies of each other, and have log_ids that none held has, which are noted then.
func (s *Store) plain(b *audit.Batch) bool {
	var one, two [64]byte
	for i, t := range b.Times {
		if b.Hashes[i] == 0 || b.Flags[i]&undated != 0 {
			return false
		}
		if i > 0 && t == b.Times[i-1] {
			if bytes.Equal(b.Record(i-1).AppendLogID(one[:0]), b.Record(i).AppendLogID(two[:0])) {
				return false
			}
		}
	}
	s.times.warm(b.Hashes)
	for i, h := range b.Hashes {
		if s.times.addFirst(h, b.Times[i]) {
			continue
		}
		// Of a thousand log_ids one has a hash that looks like that of another.
		if s.knows(b, i) {
			for j := range i {
				s.times.remove(b.Hashes[j], b.Times[j])
			}
			return false
		}
		s.times.add(h, b.Times[i])
	}
	return true
}

// knows tells whether an entry that is held, or stands before row i of a sorted batch whose rows up to there are noted, has the log_id of
// that row.
func (s *Store) knows(b *audit.Batch, i int) bool {
	id, known := b.Record(i).LogID(), false
	s.times.find(b.Hashes[i], func(t int64) bool {
		p := s.seek(Key{Time: t})
		for n := 0; n < maxSecond && !known && p.in(s.chunks) && s.chunks[p.chunk].times[p.row] < t+second; n++ {
			c := s.chunks[p.chunk]
			known = c.has(p.row, c.times[p.row], id)
			p = p.next(s.chunks)
		}
		first, _ := slices.BinarySearch(b.Times[:i], t)
		for j := first; j < i && !known && b.Times[j] < t+second; j++ {
			known = b.Record(j).LogID() == id
		}
		return !known
	})
	return known
}

// merge adds a sorted batch of any kind.
func (s *Store) merge(b *audit.Batch, seq uint64, added *Added) {
	batch := s.records(b, seq)
	keep, again := batch[:0], []place(nil)
	for _, r := range batch {
		switch twin := lastTwin(keep, r); {
		case twin >= 0 && s.newer(r, keep[twin]):
			keep[twin].row, keep[twin].flags = r.row, keep[twin].flags&Repeated|r.flags|Resent
			added.Replaced++
		case twin >= 0:
			keep[twin].flags |= Repeated
			added.Duplicates++
		default:
			switch p, held := s.held(r); {
			case !held:
				keep = append(keep, r)
			case p.in(s.chunks) && s.newerThan(r, p):
				s.replace(p, r)
				added.Replaced++
				added.Fresh = append(added.Fresh, r.row)
			default:
				if p.in(s.chunks) {
					again = append(again, p)
				}
				added.Duplicates++
			}
		}
	}
	s.flagAll(again, Repeated)
	s.insert(keep)
	for _, r := range keep {
		s.noteLogID(r)
		added.Fresh = append(added.Fresh, r.row)
	}
	added.New = len(keep)
}

// records makes the entries of a batch ready to be inserted.
func (s *Store) records(b *audit.Batch, seq uint64) []record {
	batch := make([]record, b.Len())
	for i := range batch {
		batch[i] = record{
			key:   Key{Time: b.Times[i], LogID: b.Record(i).LogID(), Seq: seq + uint64(i)},
			batch: b, row: i, flags: b.Flags[i],
		}
	}
	return batch
}

// AppendBad keeps and counts bytes that could not be decoded.
func (s *Store) AppendBad(bad []audit.Bad) {
	if len(bad) == 0 {
		return
	}
	s.badCount += int64(len(bad))
	s.bad = append(s.bad, bad...)
	if over := len(s.bad) - maxBad; over > 0 {
		s.bad = slices.Clone(s.bad[over:]) // readers hold the old array
	}
	s.publish()
}

// Snapshot gives what the store holds now. It never blocks and may be called from any goroutine.
func (s *Store) Snapshot() *Snapshot { return s.published.Load() }

// record is an entry on its way into a chunk.
type record struct {
	key   Key
	batch *audit.Batch
	row   int // in the batch
	flags Flags
}

func (r record) odd() bool { return r.key.LogID == "" || r.flags&undated != 0 }

func (r record) operation() uint32 { return r.batch.Codes[Operations][r.row] }

func (k Key) compare(o Key) int {
	if c := cmp.Compare(k.Time, o.Time); c != 0 {
		return c
	}
	if c := strings.Compare(k.LogID, o.LogID); c != 0 {
		return c
	}
	return cmp.Compare(k.Seq, o.Seq)
}

// lastTwin finds a copy of r among the last of the sorted records, or -1.
func lastTwin(sorted []record, r record) int {
	if len(sorted) == 0 || sorted[len(sorted)-1].key.Time != r.key.Time || r.odd() {
		return -1 // the odd index tells
	}
	for i := len(sorted) - 1; i >= 0 && i >= len(sorted)-maxTwins; i-- {
		o := &sorted[i]
		if o.key.Time != r.key.Time || o.key.LogID != r.key.LogID {
			break
		}
		if o.operation() == r.operation() {
			return i
		}
	}
	return -1
}

// held finds the entry in the log that that of r is a copy of. If that is only on its way there, the place is not in the log. An odd
// entry that is not held is noted.
func (s *Store) held(r record) (place, bool) {
	k, nowhere := r.key, place{chunk: -1}
	if r.odd() {
		e := s.entry(r.batch.Record(r.row), k.Time)
		id := e.Identity()
		known, ok := s.odd[id]
		if !ok {
			s.odd[id] = k
			return nowhere, false
		}
		p := s.seek(known)
		if !p.in(s.chunks) || s.chunks[p.chunk].compare(p.row, known) != 0 {
			return nowhere, true // the first of a batch stays
		}
		return p, true
	}
	if !s.times.has(r.batch.Hashes[r.row]) {
		return nowhere, false
	}
	p := s.seek(Key{Time: k.Time, LogID: k.LogID})
	for n := 0; n < maxTwins && p.in(s.chunks); n++ {
		c := s.chunks[p.chunk]
		if !c.has(p.row, k.Time, k.LogID) {
			break
		}
		if c.codes[Operations][p.row] == r.operation() {
			return p, true
		}
		p = p.next(s.chunks)
	}
	return nowhere, false
}

// newer tells whether a has a higher version than b.
func (s *Store) newer(a, b record) bool {
	return s.higher(a.batch.Record(a.row), a.key.Time, b.batch.Record(b.row), b.key.Time)
}

// newerThan tells whether r has a higher version than what is held at a place.
func (s *Store) newerThan(r record, p place) bool {
	c := s.chunks[p.chunk]
	return s.higher(r.batch.Record(r.row), r.key.Time, c.record(p.row), c.times[p.row])
}

// higher tells whether the version of the first of two records is. Nearly always they are copies to the last byte.
func (s *Store) higher(a audit.Record, at int64, b audit.Record, bt int64) bool {
	words := s.vocabulary.Words()
	s.room = words.AppendRaw(s.room[:0], a, at)
	n := len(s.room)
	s.room = words.AppendRaw(s.room, b, bt)
	if bytes.Equal(s.room[:n], s.room[n:]) {
		return false
	}
	one, two := s.entry(a, at), s.entry(b, bt)
	return one.Version > two.Version
}

// entry unpacks and decodes a record.
func (s *Store) entry(r audit.Record, t int64) audit.Entry {
	words := s.vocabulary.Words()
	d, ok := s.decoders.Get().(*audit.Decoder)
	if !ok {
		d = audit.NewDecoder()
	}
	defer s.decoders.Put(d)
	return d.Again(string(words.AppendRaw(nil, r, t)), audit.Origin{})
}

// maxSecond is how many entries of one second are looked through for one with a log_id.
const maxSecond = 1 << 14

// noteLogID remembers the log_id of an entry that was inserted, and flags it and those that already had it.
func (s *Store) noteLogID(r record) {
	k := r.key
	if k.LogID == "" {
		return
	}
	h := r.batch.Hashes[r.row]
	var seconds []int64
	s.times.find(h, func(t int64) bool {
		if !slices.Contains(seconds, t) {
			seconds = append(seconds, t)
		}
		return len(seconds) < maxTwins
	})
	s.times.add(h, k.Time)
	for _, t := range seconds {
		p := s.seek(Key{Time: t})
		for n := 0; n < maxSecond && p.in(s.chunks) && s.chunks[p.chunk].times[p.row] < t+second; n++ {
			c := s.chunks[p.chunk]
			if c.has(p.row, c.times[p.row], k.LogID) && c.seq(p.row) != k.Seq {
				s.flag(p, Conflict)
				if own := s.seek(k); own.in(s.chunks) {
					s.flag(own, Conflict)
				}
			}
			p = p.next(s.chunks)
		}
	}
}

// evict drops the oldest entries beyond the limits.
func (s *Store) evict() {
	over := 0
	if m := s.limits.MaxEntries; m > 0 {
		n := 0
		for _, c := range s.chunks {
			n += c.len()
		}
		over = max(0, n-m)
	}
	for len(s.chunks) > 0 && (over > 0 || s.limits.MaxBytes > 0 && s.bytes > s.limits.MaxBytes) {
		c := s.chunks[0]
		n := 0
		for n < c.len() && (over > 0 || s.limits.MaxBytes > 0 && s.bytes > s.limits.MaxBytes) {
			s.forget(c, n)
			over = max(0, over-1)
			n++
		}
		s.evicted += int64(n)
		if n == c.len() {
			s.chunks = s.chunks[1:]
			continue
		}
		s.swap(0, c.slice(n, c.len()))
	}
}

// forget takes a row that leaves the log out of the indexes and sums.
func (s *Store) forget(c *chunk, row int) {
	r := c.record(row)
	s.bytes -= s.recordSize(r, c.sizes[row]) + rowBytes
	id := r.LogID()
	if id != "" {
		s.times.remove(xxhash.Sum64String(id), c.times[row])
	}
	if id == "" || c.flags[row]&undated != 0 {
		e := s.entry(r, c.times[row])
		delete(s.odd, e.Identity())
	}
}
