package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// hashRangeShape, sequenceRangeShape, shardShape and childShape are shards as the protocol writes them.
type hashRangeShape struct {
	StartingHashKey string
	EndingHashKey   string
}

type sequenceRangeShape struct {
	StartingSequenceNumber string
	EndingSequenceNumber   string `json:",omitempty"` // only of a closed shard
}

type shardShape struct {
	ShardId               string
	ParentShardId         string `json:",omitempty"`
	AdjacentParentShardId string `json:",omitempty"`
	HashKeyRange          hashRangeShape
	SequenceNumberRange   sequenceRangeShape
}

type childShape struct {
	ShardId      string
	ParentShards []string
	HashKeyRange hashRangeShape
}

func (sh *shard) hashRange() hashRangeShape {
	return hashRangeShape{sh.start.String(), sh.end.String()}
}

func (sh *shard) shape() shardShape {
	shape := shardShape{
		ShardId: sh.id, ParentShardId: sh.parent, AdjacentParentShardId: sh.adjacent, HashKeyRange: sh.hashRange(),
		SequenceNumberRange: sequenceRangeShape{StartingSequenceNumber: sh.startSequence().String()},
	}
	if !sh.open() {
		shape.SequenceNumberRange.EndingSequenceNumber = sh.endSequence().String()
	}
	return shape
}

func (sh *shard) childShape() childShape {
	parents := []string{sh.parent}
	if sh.adjacent != "" {
		parents = append(parents, sh.adjacent)
	}
	return childShape{sh.id, parents, sh.hashRange()}
}

// shardFilter chooses among the shards of a stream.
type shardFilter struct {
	Type      *string
	ShardId   *string
	Timestamp *epoch
}

func (f *shardFilter) check(ck *checks) error {
	ck.require("shardFilter.type", f.Type != nil)
	ck.oneOf("shardFilter.type", f.Type, "AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP")
	if err := ck.err(); err != nil {
		return err
	}
	needsShard := *f.Type == "AFTER_SHARD_ID"
	needsTime := *f.Type == "AT_TIMESTAMP" || *f.Type == "FROM_TIMESTAMP"
	switch {
	case needsShard != (f.ShardId != nil):
		return failure(codeInvalid, "ShardFilter.ShardId must be given with type AFTER_SHARD_ID and with no other.")
	case needsTime != (f.Timestamp != nil):
		return failure(codeInvalid, "ShardFilter.Timestamp must be given with types AT_TIMESTAMP and FROM_TIMESTAMP and with no other.")
	}
	return nil
}

// choose gives the shards that match. Times before the stream's horizon count as the horizon.
func (f *shardFilter) choose(s *stream, now time.Time) ([]*shard, error) {
	horizon := s.horizon(now)
	if s.created.After(horizon) {
		horizon = s.created
	}
	at := horizon
	if f.Timestamp != nil {
		if f.Timestamp.UnixMilli() > now.UnixMilli()+1 {
			return nil, failure(codeInvalid, "ShardFilter.Timestamp %s is in the future.", f.Timestamp.UTC().Format(time.RFC3339Nano))
		}
		if f.Timestamp.After(at) {
			at = f.Timestamp.Time
		}
	}
	// What is given in milliseconds is compared in milliseconds.
	began := func(sh *shard) bool { return sh.created.UnixMilli() <= at.UnixMilli() }
	lasted := func(sh *shard) bool { return sh.open() || sh.closed.UnixMilli() >= at.UnixMilli() }
	var match func(sh *shard) bool
	switch *f.Type {
	case "AFTER_SHARD_ID":
		match = func(sh *shard) bool { return sh.id > *f.ShardId }
	case "AT_LATEST":
		match = (*shard).open
	case "AT_TRIM_HORIZON", "AT_TIMESTAMP":
		match = func(sh *shard) bool { return began(sh) && lasted(sh) }
	default: // FROM_TRIM_HORIZON, FROM_TIMESTAMP
		match = lasted
	}
	var chosen []*shard
	for _, sh := range s.shards {
		if match(sh) {
			chosen = append(chosen, sh)
		}
	}
	return chosen, nil
}

type listShardsInput struct {
	streamRef
	NextToken               *string
	ExclusiveStartShardId   *string
	MaxResults              *int32
	StreamCreationTimestamp *epoch
	ShardFilter             *shardFilter
}

func (in *listShardsInput) shard(*Kinesis) string { return "" }

type listShardsOutput struct {
	Shards    []shardShape
	NextToken *string `json:",omitempty"`
}

// shardsToken is where the next page of a listing of shards begins.
type shardsToken struct {
	Stream uint64       `json:"s"`
	After  string       `json:"a"`
	Filter *shardFilter `json:"f,omitempty"`
	Issued int64        `json:"i"` // Unix milliseconds
}

const shardsKind = "shards"

func listShards(k *Kinesis, c *call, in *listShardsInput) (any, error) {
	var ck checks
	in.check(&ck)
	ck.within("maxResults", in.MaxResults, 1, 10_000)
	ck.length("nextToken", in.NextToken, 1, 1<<20)
	ck.length("exclusiveStartShardId", in.ExclusiveStartShardId, 1, 128)
	if in.ShardFilter != nil {
		if err := in.ShardFilter.check(&ck); err != nil {
			return nil, err
		}
	}
	if err := ck.err(); err != nil {
		return nil, err
	}
	page := shardsToken{After: deref(in.ExclusiveStartShardId), Filter: in.ShardFilter}
	s, err := in.stream(k, c, &page)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if !k.options.NoLimits && !s.lists.allow(c.now) {
		return nil, failure(codeLimit, "Rate exceeded for stream %s under account %s.", s.name, s.account)
	}
	shards := s.shards
	if page.Filter != nil {
		if shards, err = page.Filter.choose(s, c.now); err != nil {
			return nil, err
		}
	}
	limit := maxListedShards
	if in.MaxResults != nil {
		limit = min(limit, int(*in.MaxResults))
	}
	shapes, more := shardPage(shards, page.After, limit)
	out := listShardsOutput{Shards: shapes}
	if more {
		page.Stream, page.After, page.Issued = s.id, shapes[len(shapes)-1].ShardId, c.now.UnixMilli()
		token, err := k.seal(shardsKind, page)
		if err != nil {
			return nil, fmt.Errorf("issuing a token: %w", err)
		}
		out.NextToken = &token
	}
	return out, nil
}

// stream finds and locks the stream that a listing is of: the one named, or with a token the one that it goes on with, in
// which case page is set from the token.
func (in *listShardsInput) stream(k *Kinesis, c *call, page *shardsToken) (*stream, error) {
	if in.NextToken == nil {
		s, err := k.open(c, in.streamRef)
		if err != nil {
			return nil, err
		}
		if at := in.StreamCreationTimestamp; at != nil && at.Unix() != s.created.Unix() {
			s.mu.Unlock()
			return nil, failure(codeNotFound, "Stream %s under account %s, created at %s, not found.", s.name, s.account, at.UTC().Format(time.RFC3339))
		}
		return s, nil
	}
	if in.StreamName != nil || in.StreamARN != nil || in.StreamCreationTimestamp != nil || in.ExclusiveStartShardId != nil {
		return nil, failure(codeInvalid, "NextToken and StreamName, StreamARN, StreamCreationTimestamp or ExclusiveStartShardId cannot be provided together.")
	}
	if in.ShardFilter != nil {
		return nil, failure(codeInvalid, "NextToken and ShardFilter cannot be provided together.")
	}
	if err := k.unseal(shardsKind, *in.NextToken, page); err != nil {
		return nil, failure(codeInvalid, "NextToken is invalid.")
	}
	if age := c.now.Sub(time.UnixMilli(page.Issued)); age > tokenLife {
		return nil, failure(codeExpiredNext, "NextToken was issued %s ago and expired after %s.", age, tokenLife)
	}
	k.mu.Lock()
	s := k.byID[page.Stream]
	k.mu.Unlock()
	if s == nil {
		return nil, failure(codeNotFound, "The stream of the NextToken does not exist any more.")
	}
	s.mu.Lock()
	s.expire(c.now)
	return s, nil
}

// shardPage gives up to limit shards behind one, and whether there are more.
func shardPage(shards []*shard, after string, limit int) (page []shardShape, more bool) {
	page = []shardShape{}
	for _, sh := range shards {
		if sh.id <= after {
			continue
		}
		if len(page) == limit {
			return page, true
		}
		page = append(page, sh.shape())
	}
	return page, false
}

type streamModeDetails struct{ StreamMode string }

// streamShape is what every description of a stream has.
type streamShape struct {
	StreamName              string
	StreamARN               string
	StreamStatus            string
	StreamModeDetails       streamModeDetails
	StreamCreationTimestamp epoch
}

// described is what both descriptions of a stream have.
type described struct {
	streamShape
	RetentionPeriodHours int
	EnhancedMonitoring   []monitoringShape
	EncryptionType       string
}

type monitoringShape struct{ ShardLevelMetrics []string }

func (s *stream) shape() streamShape {
	return streamShape{s.name, s.arn, "ACTIVE", streamModeDetails{s.mode}, epoch{s.created}}
}

func (s *stream) described() described {
	hours := int((s.retention + time.Hour - 1) / time.Hour)
	return described{s.shape(), hours, []monitoringShape{{[]string{}}}, "NONE"}
}

type describeStreamInput struct {
	streamRef
	Limit                 *int32
	ExclusiveStartShardId *string
}

func (in *describeStreamInput) shard(*Kinesis) string { return "" }

type describeStreamOutput struct {
	StreamDescription streamDescription
}

type streamDescription struct {
	described
	HasMoreShards bool
	Shards        []shardShape
}

func describeStream(k *Kinesis, c *call, in *describeStreamInput) (any, error) {
	var ck checks
	in.check(&ck)
	ck.within("limit", in.Limit, 1, 10_000)
	ck.length("exclusiveStartShardId", in.ExclusiveStartShardId, 1, 128)
	if err := ck.err(); err != nil {
		return nil, err
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	limit := maxDescribed
	if in.Limit != nil {
		limit = min(limit, int(*in.Limit))
	}
	shards, more := shardPage(s.shards, deref(in.ExclusiveStartShardId), limit)
	return describeStreamOutput{streamDescription{s.described(), more, shards}}, nil
}

type describeStreamSummaryInput struct{ streamRef }

func (in *describeStreamSummaryInput) shard(*Kinesis) string { return "" }

type describeStreamSummaryOutput struct {
	StreamDescriptionSummary streamSummary
}

type streamSummary struct {
	described
	OpenShardCount     int
	ConsumerCount      int
	MaxRecordSizeInKiB int
}

func describeStreamSummary(k *Kinesis, c *call, in *describeStreamSummaryInput) (any, error) {
	var ck checks
	in.check(&ck)
	if err := ck.err(); err != nil {
		return nil, err
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	return describeStreamSummaryOutput{streamSummary{s.described(), s.openShards(), 0, s.maxRecord >> 10}}, nil
}

type listStreamsInput struct {
	ExclusiveStartStreamName *string
	NextToken                *string
	Limit                    *int32
}

func (in *listStreamsInput) shard(*Kinesis) string { return "" }

type listStreamsOutput struct {
	StreamNames     []string
	StreamSummaries []streamShape
	HasMoreStreams  bool
	NextToken       *string `json:",omitempty"`
}

const streamsKind = "streams"

func listStreams(k *Kinesis, _ *call, in *listStreamsInput) (any, error) {
	var ck checks
	ck.within("limit", in.Limit, 1, 10_000)
	ck.streamName("exclusiveStartStreamName", in.ExclusiveStartStreamName)
	if err := ck.err(); err != nil {
		return nil, err
	}
	after := deref(in.ExclusiveStartStreamName)
	if in.NextToken != nil {
		if err := k.unseal(streamsKind, *in.NextToken, &after); err != nil {
			return nil, failure(codeInvalid, "NextToken is invalid.")
		}
	}
	limit := maxDescribed
	if in.Limit != nil {
		limit = min(limit, int(*in.Limit))
	}
	streams := k.sorted()
	start, _ := slices.BinarySearchFunc(streams, after, func(s *stream, name string) int { return strings.Compare(s.name, name) })
	if start < len(streams) && streams[start].name == after {
		start++
	}
	streams = streams[start:]
	out := listStreamsOutput{StreamNames: []string{}, StreamSummaries: []streamShape{}, HasMoreStreams: len(streams) > limit}
	for _, s := range streams[:min(limit, len(streams))] {
		s.mu.Lock()
		out.StreamNames = append(out.StreamNames, s.name)
		out.StreamSummaries = append(out.StreamSummaries, s.shape())
		s.mu.Unlock()
	}
	if out.HasMoreStreams {
		token, err := k.seal(streamsKind, out.StreamNames[len(out.StreamNames)-1])
		if err != nil {
			return nil, fmt.Errorf("issuing a token: %w", err)
		}
		out.NextToken = &token
	}
	return out, nil
}

// sorted gives the streams by name.
func (k *Kinesis) sorted() []*stream {
	k.mu.Lock()
	defer k.mu.Unlock()
	streams := make([]*stream, 0, len(k.streams))
	for _, s := range k.streams {
		streams = append(streams, s)
	}
	slices.SortFunc(streams, func(a, b *stream) int { return strings.Compare(a.name, b.name) })
	return streams
}
