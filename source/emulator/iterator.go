package emulator

import (
	"fmt"
	"time"
)

// iterator is a place in a shard, handed to clients as a token.
type iterator struct {
	Stream   uint64 `json:"s"`
	Shard    int    `json:"h"`
	Position uint64 `json:"p"`           // of the next record to give
	Scanned  int64  `json:"t,omitempty"` // Unix milliseconds up to which arrivals were looked through; only for sparse reads
	Issued   int64  `json:"i"`           // Unix milliseconds
}

const iteratorKind = "iterator"

// issue makes the token of an iterator.
func (k *Kinesis) issue(it iterator, now time.Time) (*string, error) {
	it.Issued = now.UnixMilli()
	token, err := k.seal(iteratorKind, it)
	if err != nil {
		return nil, fmt.Errorf("issuing an iterator: %w", err)
	}
	return &token, nil
}

// redeem finds the shard that an iterator is on and locks its stream.
func (k *Kinesis) redeem(token string, now time.Time) (it iterator, s *stream, sh *shard, err error) {
	if err := k.unseal(iteratorKind, token, &it); err != nil {
		return it, nil, nil, failure(codeInvalid, "Invalid ShardIterator.")
	}
	if age := now.Sub(time.UnixMilli(it.Issued)); age > k.options.IteratorLife {
		return it, nil, nil, failure(codeExpiredIterator, "Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds.",
			time.UnixMilli(it.Issued).UTC().Format(time.UnixDate), now.UTC().Format(time.UnixDate), k.options.IteratorLife.Milliseconds())
	}
	k.mu.Lock()
	s = k.byID[it.Stream]
	k.mu.Unlock()
	if s == nil {
		return it, nil, nil, failure(codeNotFound, "The stream of the ShardIterator does not exist any more.")
	}
	s.mu.Lock()
	s.expire(now)
	if sh, err = s.shard(shardID(it.Shard)); err != nil {
		s.mu.Unlock()
		return it, nil, nil, err
	}
	return it, s, sh, nil
}

type getShardIteratorInput struct {
	streamRef
	ShardId                *string
	ShardIteratorType      *string
	StartingSequenceNumber *string
	Timestamp              *epoch
	DryRun                 bool
}

func (in *getShardIteratorInput) shard(*Kinesis) string { return deref(in.ShardId) }

type getShardIteratorOutput struct {
	ShardIterator *string
}

func getShardIterator(k *Kinesis, c *call, in *getShardIteratorInput) (any, error) {
	var ck checks
	in.check(&ck)
	ck.require("shardId", in.ShardId != nil)
	ck.length("shardId", in.ShardId, 1, 128)
	ck.require("shardIteratorType", in.ShardIteratorType != nil)
	ck.oneOf("shardIteratorType", in.ShardIteratorType, "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON")
	if err := ck.err(); err != nil {
		return nil, err
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	sh, err := s.shard(*in.ShardId)
	if err != nil {
		return nil, err
	}
	it := iterator{Stream: s.id, Shard: sh.index}
	if err := in.place(&it, s, sh, c.now); err != nil {
		return nil, err
	}
	if !k.options.NoLimits && !sh.iterators.allow(c.now) {
		return nil, s.exceeded(sh)
	}
	if in.DryRun {
		return nil, dryRunSucceeded()
	}
	token, err := k.issue(it, c.now)
	if err != nil {
		return nil, err
	}
	return getShardIteratorOutput{token}, nil
}

// place sets an iterator to where the request wants to start.
func (in *getShardIteratorInput) place(it *iterator, s *stream, sh *shard, now time.Time) error {
	switch *in.ShardIteratorType {
	case "TRIM_HORIZON":
		it.Position = 0
		it.Scanned = sh.created.UnixMilli()
		if horizon := s.horizon(now).UnixMilli(); horizon > it.Scanned {
			it.Scanned = horizon
		}
	case "LATEST":
		it.Position = sh.next
		it.Scanned = now.UnixMilli()
	case "AT_TIMESTAMP":
		if in.Timestamp == nil {
			return failure(codeInvalid, "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.")
		}
		// Clients round to milliseconds, so "now" may be up to one ahead.
		if in.Timestamp.UnixMilli() > now.UnixMilli()+1 {
			return failure(codeInvalid, "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d", in.Timestamp.UnixMilli(), now.UnixMilli())
		}
		it.Position = sh.at(in.Timestamp.UnixMilli())
		it.Scanned = in.Timestamp.UnixMilli()
	default:
		return in.placeAtSequence(it, s, sh)
	}
	return nil
}

func (in *getShardIteratorInput) placeAtSequence(it *iterator, s *stream, sh *shard) error {
	if in.StartingSequenceNumber == nil {
		return failure(codeInvalid, "Must specify either sequence number or timestamp for iterator of type %s: StartingSequenceNumber is missing.", *in.ShardIteratorType)
	}
	invalid := func(why string) error {
		return failure(codeInvalid, "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s under account %s is invalid%s.", *in.StartingSequenceNumber, sh.id, s.name, s.account, why)
	}
	seq, ok := parseNumber(*in.StartingSequenceNumber)
	if !ok {
		return invalid("")
	}
	position, ok := sh.position(seq)
	if !ok {
		return invalid(" because it did not come from this stream")
	}
	if sh.trimmedAt(position) {
		return invalid(" because its record has been trimmed")
	}
	it.Position = position
	if *in.ShardIteratorType == "AFTER_SEQUENCE_NUMBER" {
		it.Position++
	}
	it.Scanned = sh.created.UnixMilli()
	if i := int(position) - int(sh.first); i >= 0 && i < len(sh.records) {
		it.Scanned = sh.records[i].arrived
	}
	return nil
}

type getRecordsInput struct {
	streamRef
	ShardIterator *string
	Limit         *int32
	DryRun        bool
}

func (in *getRecordsInput) shard(k *Kinesis) string {
	var it iterator
	if in.ShardIterator == nil || k.unseal(iteratorKind, *in.ShardIterator, &it) != nil {
		return ""
	}
	return shardID(it.Shard)
}

type getRecordsOutput struct {
	Records            []recordShape
	NextShardIterator  *string // null at the end of a closed shard
	MillisBehindLatest int64
	ChildShards        []childShape `json:",omitempty"`
}

type recordShape struct {
	ApproximateArrivalTimestamp epoch
	Data                        []byte
	PartitionKey                string
	SequenceNumber              string
}

func getRecords(k *Kinesis, c *call, in *getRecordsInput) (any, error) {
	var ck checks
	in.check(&ck)
	ck.require("shardIterator", in.ShardIterator != nil)
	ck.length("shardIterator", in.ShardIterator, 1, 512)
	limit := maxGetRecords
	if in.Limit != nil {
		ck.within("limit", in.Limit, 1, 1<<30)
		limit = int(*in.Limit)
	}
	if err := ck.err(); err != nil {
		return nil, err
	}
	// The documentation of Limit names this error for it, not a ValidationException.
	if limit > maxGetRecords {
		return nil, failure(codeInvalid, "Value '%d' at 'limit' failed to satisfy constraint: Member must have value less than or equal to %d", limit, maxGetRecords)
	}
	it, s, sh, err := k.redeem(*in.ShardIterator, c.now)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if in.StreamARN != nil && *in.StreamARN != s.arn {
		return nil, failure(codeInvalid, "StreamARN %s is not that of the stream of the ShardIterator.", *in.StreamARN)
	}
	if !k.options.NoLimits && (!sh.readBytes.allow(c.now) || !sh.reads.allow(c.now)) {
		return nil, s.exceeded(sh)
	}
	if in.DryRun {
		return nil, dryRunSucceeded()
	}
	out, size := sh.read(&it, limit, maxGetBytes, k.options.SparseReads, c.now)
	sh.readBytes.took(c.now, size)
	if sh.open() || it.Position < sh.next {
		if out.NextShardIterator, err = k.issue(it, c.now); err != nil {
			return nil, err
		}
		return out, nil
	}
	for _, child := range sh.children {
		out.ChildShards = append(out.ChildShards, child.childShape())
	}
	return out, nil
}

// read takes records from where an iterator is and moves it behind them, at most limit of them and most bytes unless one has more. size
// is what they count in bytes. A span bounds how far it looks ahead in arrival time; 0 does not.
func (sh *shard) read(it *iterator, limit, most int, span time.Duration, now time.Time) (out *getRecordsOutput, size int) {
	it.Position = max(it.Position, sh.first)
	rest := sh.after(it.Position)
	out = &getRecordsOutput{Records: make([]recordShape, 0, min(limit, len(rest)))}
	reached := it.Scanned // arrival time up to which the reader has come
	until := it.Scanned + span.Milliseconds()
	full := false
	for _, r := range rest {
		if span > 0 && r.arrived > until {
			break
		}
		if full = len(out.Records) == limit || (size > 0 && size+r.size() > most); full {
			break
		}
		size += r.size()
		out.Records = append(out.Records, recordShape{epoch{time.UnixMilli(r.arrived)}, r.data, r.key, sh.sequence(it.Position, r.arrived).String()})
		it.Position++
		reached = r.arrived
	}
	if span > 0 && !full {
		reached = max(reached, until)
	}
	it.Scanned = min(reached, now.UnixMilli())
	if it.Position < sh.next {
		tip := sh.records[len(sh.records)-1].arrived
		// Records of the same millisecond are behind all the same, and arrival times need not ascend.
		out.MillisBehindLatest = max(tip-it.Scanned, 1)
	}
	return out, size
}

// exceeded is the error for too many calls or bytes.
func (s *stream) exceeded(sh *shard) error {
	return failure(codeThroughput, "Rate exceeded for shard %s in stream %s under account %s.", sh.id, s.name, s.account)
}

// dryRunSucceeded is how a dry run says that the request would have succeeded.
func dryRunSucceeded() error {
	return &apiError{400, codeDryRun, "Request would have succeeded, but DryRun flag is set."}
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
