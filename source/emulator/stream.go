package emulator

import (
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// The modes of a stream's capacity.
const (
	modeProvisioned = "PROVISIONED"
	modeOnDemand    = "ON_DEMAND"
)

// stream is a stream with its shards. Everything in it but its names is guarded by mu.
type stream struct {
	id      uint64 // tells it from a deleted stream of the same name
	name    string
	arn     string
	account string
	mode    string

	mu        sync.Mutex
	created   time.Time
	retention time.Duration
	trimmed   time.Time // what is older was trimmed by hand
	maxRecord int       // bytes
	shards    []*shard  // open ones and those closed within the retention, by index
	nextShard int
	lists     window // ListShards
	consumers []*consumer
}

// horizon is the oldest time the stream keeps.
func (s *stream) horizon(now time.Time) time.Time {
	if kept := now.Add(-s.retention); kept.After(s.trimmed) {
		return kept
	}
	return s.trimmed
}

// expire drops what is older than the stream keeps: records, and shards that were closed before that.
func (s *stream) expire(now time.Time) {
	horizon := s.horizon(now)
	for _, sh := range s.shards {
		sh.trim(horizon.UnixMilli())
	}
	s.shards = slices.DeleteFunc(s.shards, func(sh *shard) bool { return !sh.open() && sh.closed.Before(horizon) })
}

// backdate makes the stream and the shard at least as old as a record in it.
func (s *stream) backdate(sh *shard, arrived time.Time) {
	if arrived.Before(sh.created) {
		sh.created = arrived
	}
	if arrived.Before(s.created) {
		s.created = arrived
	}
}

// shard finds a shard that has not expired.
func (s *stream) shard(id string) (*shard, error) {
	for _, sh := range s.shards {
		if sh.id == id {
			return sh, nil
		}
	}
	return nil, failure(codeNotFound, "Shard %s in stream %s under account %s does not exist", id, s.name, s.account)
}

// route is the open shard of a hash key. The open shards always cover all of them.
func (s *stream) route(key number) *shard {
	for _, sh := range s.shards {
		if sh.open() && sh.holds(key) {
			return sh
		}
	}
	return nil
}

func (s *stream) openShards() int {
	n := 0
	for _, sh := range s.shards {
		if sh.open() {
			n++
		}
	}
	return n
}

// addShard opens a shard for a range of hash keys, made from the given parents.
func (s *stream) addShard(start, end number, now time.Time, parents ...*shard) *shard {
	born := uint64(max(now.Unix(), 0)) & secondsMask
	for _, p := range parents {
		born = max(born, p.born+1)
	}
	sh := newShard(s.nextShard, start, end, now, born)
	s.nextShard++
	s.shards = append(s.shards, sh)
	for i, p := range parents {
		p.children = append(p.children, sh)
		if i == 0 {
			sh.parent = p.id
		} else {
			sh.adjacent = p.id
		}
	}
	return sh
}

// eligible finds a shard that can be split or merged.
func (s *stream) eligible(id string) (*shard, error) {
	sh, err := s.shard(id)
	if err != nil {
		return nil, err
	}
	if !sh.open() {
		return nil, failure(codeInUse, "Shard %s in stream %s under account %s has already been merged or split, and thus is not eligible for merging or splitting.", id, s.name, s.account)
	}
	return sh, nil
}

// split closes a shard and opens one below and one from a hash key within it, which is not its first.
func (s *stream) split(sh *shard, at number, now time.Time) (low, high *shard) {
	sh.close(now)
	low = s.addShard(sh.start, at.sub(one()), now, sh)
	high = s.addShard(at, sh.end, now, sh)
	return low, high
}

// adjacent finds two shards that can be merged.
func (s *stream) adjacent(a, b string) (first, second *shard, err error) {
	if first, err = s.eligible(a); err != nil {
		return nil, nil, err
	}
	if second, err = s.eligible(b); err != nil {
		return nil, nil, err
	}
	if first.end.add(one()) != second.start && second.end.add(one()) != first.start {
		return nil, nil, failure(codeInvalid, "Shards %s and %s in stream %s under account %s are not an adjacent pair of shards eligible for merging", a, b, s.name, s.account)
	}
	return first, second, nil
}

// merge closes two adjacent shards and opens one over both ranges.
func (s *stream) merge(a, b *shard, now time.Time) *shard {
	a.close(now)
	b.close(now)
	start, end := a.start, b.end
	if b.start.less(a.start) {
		start, end = b.start, a.end
	}
	return s.addShard(start, end, now, a, b)
}

// scale splits and merges until the open shards are count uniform ranges. As in the service, shards that are only needed
// on the way are opened and closed again.
func (s *stream) scale(count int, now time.Time) {
	starts := uniformStarts(count)
	for _, at := range starts {
		if sh := s.route(at); sh.start != at {
			s.split(sh, at, now)
		}
	}
	for i, at := range starts {
		end := maxHashKey()
		if i+1 < len(starts) {
			end = starts[i+1].sub(one())
		}
		for sh := s.route(at); sh.end.less(end); {
			sh = s.merge(sh, s.route(sh.end.add(one())), now)
		}
	}
}

// validateRecord checks what is put, except for where it goes.
func (s *stream) validateRecord(key string, explicit *string, data []byte) error {
	if n := utf8.RuneCountInString(key); n < 1 || n > maxPartitionKey {
		return failure(codeValidation, "1 validation error detected: Value at 'partitionKey' failed to satisfy constraint: Member must have length between 1 and %d", maxPartitionKey)
	}
	if len(data)+len(key) > s.maxRecord {
		return failure(codeInvalid, "Record of %d bytes with its partition key exceeds the maximum record size of %d bytes of stream %s.", len(data)+len(key), s.maxRecord, s.name)
	}
	if explicit != nil {
		if _, err := s.hashKey("ExplicitHashKey", *explicit); err != nil {
			return err
		}
	}
	return nil
}

// hashKey reads a hash key that a request names.
func (s *stream) hashKey(member, value string) (number, error) {
	key, ok := parseNumber(value)
	if !ok || maxHashKey().less(key) {
		return number{}, failure(codeInvalid, "Invalid %s. %s must be in the range: [0, 2^128-1]. Specified value was %s", member, member, value)
	}
	return key, nil
}
