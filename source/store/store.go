// Package store is the bounded in-memory log: entries in the order of time whatever the order of their arrival, each once.
//
// It has one writer and any number of readers. Readers hold immutable snapshots and take no lock.
package store

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"taudit/source/audit"
)

// Limits bound what a [Store] holds. Zero means no limit.
type Limits struct {
	MaxEntries int
	MaxBytes   int64 // of raw bytes
}

const (
	// maxBad is how many bad records are kept to be shown; all are counted.
	maxBad = 10_000
	// maxTwins bounds the search among entries of one time and log_id, so that a stream that repeats them cannot make it slow.
	maxTwins = 64
)

// Store holds entries ordered by time, then log_id, then arrival. Append and AppendBad are for one goroutine; Snapshot is
// for any.
type Store struct {
	limits Limits
	words  words
	chunks []*chunk // in order, none empty
	seq    uint64

	// first has, for the hash of every log_id held, the time of an entry that has it. Copies of one entry meet at the same place
	// in the order; this index is for the entries that share a log_id and nothing else.
	first index

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
	published atomic.Pointer[Snapshot]
}

// New makes an empty store.
func New(l Limits) *Store {
	s := &Store{limits: l, odd: map[audit.ID]Key{}}
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
	batch := make([]record, len(entries))
	for i := range entries {
		e := &entries[i]
		s.seq++
		batch[i] = record{
			key:   Key{Time: nanoseconds(e.Time()), LogID: e.LogID, Seq: s.seq},
			entry: e,
			index: i,
		}
		if e.LogID != "" {
			batch[i].hash = xxhash.Sum64String(e.LogID)
		}
		if e.Origin.Rescued {
			batch[i].flags = Rescued
		}
	}
	if !inOrder(batch) {
		slices.SortFunc(batch, func(a, b record) int { return a.key.compare(b.key) })
	}

	added := Added{Fresh: s.fresh[:0]}
	keep := batch[:0]
	for _, r := range batch {
		switch twin := lastTwin(keep, r); {
		case twin >= 0 && r.entry.Version > keep[twin].entry.Version:
			keep[twin].entry, keep[twin].index = r.entry, r.index
			keep[twin].flags |= Resent
			added.Replaced++
		case twin >= 0:
			added.Duplicates++
		default:
			switch p, v, held := s.held(r); {
			case !held:
				keep = append(keep, r)
			case r.entry.Version > v:
				s.replace(p, r)
				added.Replaced++
				added.Fresh = append(added.Fresh, r.index)
			default:
				added.Duplicates++
			}
		}
	}
	s.insert(keep)
	for _, r := range keep {
		s.noteLogID(r)
		added.Fresh = append(added.Fresh, r.index)
	}
	added.New = len(keep)
	s.fresh = added.Fresh
	s.duplicates += int64(added.Duplicates)
	s.evict()
	s.publish()
	return added
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
	entry *audit.Entry
	hash  uint64 // of the log_id
	index int    // in what Append was given
	flags Flags
}

// inOrder tells whether records are sorted already, as those of one source are.
func inOrder(batch []record) bool {
	for i := 1; i < len(batch); i++ {
		a, b := &batch[i-1].key, &batch[i].key
		if a.Time > b.Time || a.Time == b.Time && a.compare(*b) > 0 {
			return false
		}
	}
	return true
}

// lastTwin finds a copy of r among the last of the sorted records, or -1.
func lastTwin(sorted []record, r record) int {
	if len(sorted) == 0 || sorted[len(sorted)-1].key.Time != r.key.Time || r.entry.LogID == "" || r.entry.EmitTime.IsZero() {
		return -1 // the odd index tells
	}
	for i := len(sorted) - 1; i >= 0 && i >= len(sorted)-maxTwins; i-- {
		o := &sorted[i]
		if o.key.Time != r.key.Time || o.key.LogID != r.key.LogID {
			break
		}
		if o.entry.Operation == r.entry.Operation {
			return i
		}
	}
	return -1
}

// held finds the entry in the log that that of r is a copy of, and its version. An odd entry that is not held is noted.
func (s *Store) held(r record) (place, int32, bool) {
	e, k := r.entry, r.key
	if e.LogID == "" || e.EmitTime.IsZero() {
		id := e.Identity()
		known, ok := s.odd[id]
		if !ok {
			s.odd[id] = k
			return place{}, 0, false
		}
		p := s.seek(known)
		if !p.in(s.chunks) || s.chunks[p.chunk].key(p.row) != known {
			return place{}, e.Version, true // stands in the batch that is being added: the first of them stays
		}
		return p, s.chunks[p.chunk].versions[p.row], true
	}
	if _, ok := s.first.get(r.hash); !ok {
		return place{}, 0, false
	}
	p := s.seek(Key{Time: k.Time, LogID: k.LogID})
	for n := 0; n < maxTwins && p.in(s.chunks); n++ {
		c := s.chunks[p.chunk]
		if c.times[p.row] != k.Time || c.logIDs[p.row] != k.LogID {
			break
		}
		if s.words.strings[operation].values[c.codes[operation][p.row]] == e.Operation {
			return p, c.versions[p.row], true
		}
		p = p.next(s.chunks)
	}
	return place{}, 0, false
}

// noteLogID remembers the log_id of an entry that was inserted, and flags it and the one that already had it.
func (s *Store) noteLogID(r record) {
	k := r.key
	if k.LogID == "" {
		return
	}
	t, known := s.first.add(r.hash, k.Time)
	if !known {
		return
	}
	p := s.seek(k)
	if !p.in(s.chunks) {
		return
	}
	if t != k.Time {
		q := s.seek(Key{Time: t, LogID: k.LogID})
		if q.in(s.chunks) && s.chunks[q.chunk].times[q.row] == t && s.chunks[q.chunk].logIDs[q.row] == k.LogID {
			s.flag(q, Conflict)
			s.flag(p, Conflict)
		}
	}
	// Entries with the same time and log_id stand side by side.
	for _, q := range [...]place{p.previous(s.chunks), p.next(s.chunks)} {
		if q.in(s.chunks) && s.chunks[q.chunk].times[q.row] == k.Time && s.chunks[q.chunk].logIDs[q.row] == k.LogID {
			s.flag(q, Conflict)
			s.flag(p, Conflict)
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
		s.chunks[0] = c.slice(n, c.len())
	}
}

// forget takes a row that leaves the log out of the indexes and sums.
func (s *Store) forget(c *chunk, row int) {
	s.bytes -= int64(len(c.raws[row]))
	if id := c.logIDs[row]; id != "" {
		h := xxhash.Sum64String(id)
		if t, known := s.first.get(h); known && t == c.times[row] {
			s.first.remove(h)
		}
	}
	if c.logIDs[row] == "" || c.flags[row]&undated != 0 {
		e := s.row(c, row).Entry()
		delete(s.odd, e.Identity())
	}
}

// nanoseconds gives t as nanoseconds since 1970, clamped to what 64 bits hold: a stranger chose it.
func nanoseconds(t time.Time) int64 {
	switch y := t.Year(); {
	case y < 1700:
		return 0
	case y > 2200:
		return maxTime
	}
	return t.UnixNano()
}
