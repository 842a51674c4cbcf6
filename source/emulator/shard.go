package emulator

import (
	"fmt"
	"time"
)

// record is one record as it was put. Its sequence number follows from its place in the shard.
type record struct {
	arrived int64 // Unix milliseconds
	key     string
	data    []byte
}

// size is what a record counts against limits in bytes.
func (r record) size() int { return len(r.data) + len(r.key) }

// shard is one shard of a stream with the records it holds. It is guarded by its stream's lock.
//
// Positions in a shard are counted: position 0 is the start of the shard, the records it ever received have the positions
// from 1, and a closed shard's end has the one after its last record.
type shard struct {
	index            int
	id               string
	start, end       number // range of hash keys, both included
	parent, adjacent string // IDs of the shards it was made from, empty if none
	children         []*shard

	created time.Time // opened; moved back by back-dated records
	closed  time.Time // zero while open
	born    uint64    // Unix seconds in its sequence numbers: later than those of its parents

	records []record
	first   uint64        // position of records[0]
	next    uint64        // position of the next record
	news    chan struct{} // closed when a record comes or the shard closes; nil: nobody waits

	reads     window // GetRecords
	iterators window // GetShardIterator
	readBytes readBucket
	puts      bucket
	putBytes  bucket
}

func newShard(index int, start, end number, now time.Time, born uint64) *shard {
	return &shard{
		index: index, id: shardID(index), start: start, end: end, created: now, born: born,
		first: 1, next: 1,
		reads: window{limit: maxReads}, iterators: window{limit: maxIterators},
		puts: bucket{perSecond: maxPuts}, putBytes: bucket{perSecond: maxPutBytes},
	}
}

func shardID(index int) string { return fmt.Sprintf("shardId-%012d", index) }

func (sh *shard) open() bool { return sh.closed.IsZero() }

// holds tells whether a hash key belongs to the shard.
func (sh *shard) holds(key number) bool { return !key.less(sh.start) && !sh.end.less(key) }

// middle is where the upper half of the shard's hash keys starts; false if there are no two halves.
func (sh *shard) middle() (number, bool) {
	if sh.start == sh.end {
		return number{}, false
	}
	half, _ := sh.end.sub(sh.start).add(one()).div(2)
	return sh.start.add(half), true
}

// append adds a record at the end and gives its sequence number.
func (sh *shard) append(r record) number {
	sh.records = append(sh.records, r)
	sh.next++
	sh.wake()
	return sh.sequence(sh.next-1, r.arrived)
}

// wait gives what is closed at the next change.
func (sh *shard) wait() <-chan struct{} {
	if sh.news == nil {
		sh.news = make(chan struct{})
	}
	return sh.news
}

func (sh *shard) wake() {
	if sh.news != nil {
		close(sh.news)
		sh.news = nil
	}
}

// close ends the shard.
func (sh *shard) close(now time.Time) {
	sh.closed = now
	sh.wake()
}

// trim drops records from the front while they arrived before horizon (Unix milliseconds).
func (sh *shard) trim(horizon int64) {
	drop := 0
	for drop < len(sh.records) && sh.records[drop].arrived < horizon {
		drop++
	}
	// The dropped part of the array lives until append moves the rest to a new one: release what it points to now.
	clear(sh.records[:drop])
	sh.records = sh.records[drop:]
	sh.first += uint64(drop)
}

// after gives the records from a position on; those that were trimmed are skipped.
func (sh *shard) after(position uint64) []record {
	if position <= sh.first {
		return sh.records
	}
	if position >= sh.next {
		return nil
	}
	return sh.records[position-sh.first:]
}

// at is the position of the first record that arrived at a time (Unix milliseconds) or later. Arrival times need not
// ascend, so this looks at them all.
func (sh *shard) at(arrived int64) uint64 {
	for i, r := range sh.records {
		if r.arrived >= arrived {
			return sh.first + uint64(i)
		}
	}
	return sh.next
}

// Sequence numbers are made like those of the service: 188 bits that begin with a version so that all have 56 digits, then
// the second in which the shard was born, so that those of a child follow those of its parents, then the position, and the
// second of arrival and the shard's index for uniqueness.
const (
	sequenceVersion = 2
	secondsMask     = 1<<36 - 1
)

func (sh *shard) sequence(position uint64, arrived int64) number {
	seconds := uint64(max(arrived/1000, 0)) & secondsMask
	ix := uint64(sh.index)
	return number{
		sequenceVersion<<56 | sh.born<<20 | (ix&0xf)<<16 | position>>48,
		position<<16 | seconds>>28,
		seconds<<36 | (ix&0xffffffff)<<4 | sequenceVersion,
	}
}

// position gives the position that a sequence number denotes, also that of a record that was trimmed; false if it is not
// one of this shard's.
func (sh *shard) position(seq number) (uint64, bool) {
	position := seq[0]<<48 | seq[1]>>16
	switch {
	case position == 0:
		return 0, seq == sh.startSequence()
	case position < sh.first:
		// When it arrived is not known any more, so that is taken from the number.
		arrived := int64(seq[1]<<28&secondsMask|seq[2]>>36) * 1000
		return position, seq == sh.sequence(position, arrived)
	case position < sh.next:
		return position, seq == sh.sequence(position, sh.records[position-sh.first].arrived)
	}
	return position, !sh.open() && seq == sh.endSequence()
}

// startSequence is the sequence number at which the shard starts; endSequence that at which a closed shard ends.
func (sh *shard) startSequence() number { return sh.sequence(0, int64(sh.born)*1000) }
func (sh *shard) endSequence() number   { return sh.sequence(sh.next, sh.closed.UnixMilli()) }

// reached is the sequence number behind which the record at a position is the next.
func (sh *shard) reached(position uint64) number {
	switch last := max(position, 1) - 1; {
	case last == 0:
		return sh.startSequence()
	case last >= sh.first && last < sh.next:
		return sh.sequence(last, sh.records[last-sh.first].arrived)
	default: // trimmed: its time of arrival is not known any more, and any will do
		return sh.sequence(last, int64(sh.born)*1000)
	}
}

// trimmedAt tells whether a position was once there but is not held any more.
func (sh *shard) trimmedAt(position uint64) bool { return position < sh.first && sh.first > 1 }
