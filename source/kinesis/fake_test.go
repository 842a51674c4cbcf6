package kinesis

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go/middleware"

	"taudit/source"
	"taudit/source/sourcetest"
)

// fake is a client whose answers the tests write. An iterator is SHARD@TYPE or SHARD@TYPE:SEQUENCE.
type fake struct {
	shards  []types.Shard
	list    func(ctx context.Context, in *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error)
	place   func(ctx context.Context, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error)
	records func(ctx context.Context, n int, shard string, in *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error)
	listen  func(ctx context.Context, n int, in *kinesis.SubscribeToShardInput) (Subscription, error)

	mu    sync.Mutex
	calls []fakeCall
}

type fakeCall struct {
	op    string
	shard string
	at    time.Time
	place *kinesis.GetShardIteratorInput
	start *types.StartingPosition
	limit int32
}

func newFake(ids ...string) *fake {
	f := &fake{}
	for _, id := range ids {
		f.shards = append(f.shards, types.Shard{ShardId: aws.String(id)})
	}
	return f
}

// note keeps a call and gives how many of its kind there were before for the shard.
func (f *fake) note(c fakeCall) (before int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, other := range f.calls {
		if other.op == c.op && other.shard == c.shard {
			before++
		}
	}
	c.at = time.Now()
	f.calls = append(f.calls, c)
	return before
}

// made gives the calls of an operation for a shard so far.
func (f *fake) made(op, shard string) []fakeCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []fakeCall
	for _, c := range f.calls {
		if c.op == op && c.shard == shard {
			list = append(list, c)
		}
	}
	return list
}

func (f *fake) ListShards(ctx context.Context, in *kinesis.ListShardsInput, _ ...func(*kinesis.Options)) (*kinesis.ListShardsOutput, error) {
	f.note(fakeCall{op: "ListShards"})
	if f.list != nil {
		return f.list(ctx, in)
	}
	return &kinesis.ListShardsOutput{Shards: f.shards}, nil
}

func (f *fake) GetShardIterator(ctx context.Context, in *kinesis.GetShardIteratorInput, _ ...func(*kinesis.Options)) (*kinesis.GetShardIteratorOutput, error) {
	f.note(fakeCall{op: "GetShardIterator", shard: *in.ShardId, place: in})
	if f.place != nil {
		return f.place(ctx, in)
	}
	return &kinesis.GetShardIteratorOutput{ShardIterator: aws.String(*in.ShardId)}, nil
}

func (f *fake) GetRecords(ctx context.Context, in *kinesis.GetRecordsInput, _ ...func(*kinesis.Options)) (*kinesis.GetRecordsOutput, error) {
	n := f.note(fakeCall{op: "GetRecords", shard: *in.ShardIterator, limit: *in.Limit})
	if f.records != nil {
		return f.records(ctx, n, *in.ShardIterator, in)
	}
	return answer(*in.ShardIterator, 0), nil
}

func (f *fake) Subscribe(ctx context.Context, in *kinesis.SubscribeToShardInput) (Subscription, middleware.Metadata, error) {
	n := f.note(fakeCall{op: "SubscribeToShard", shard: *in.ShardId, start: in.StartingPosition})
	sub, err := f.listen(ctx, n, in)
	return sub, middleware.Metadata{}, err
}

// answer is that of an open shard with entries of the given numbers, so far behind the tip.
func answer(shard string, behind time.Duration, entries ...int) *kinesis.GetRecordsOutput {
	out := &kinesis.GetRecordsOutput{NextShardIterator: &shard, MillisBehindLatest: aws.Int64(behind.Milliseconds())}
	for _, n := range entries {
		out.Records = append(out.Records, types.Record{
			Data: []byte(sourcetest.Entry(n)), SequenceNumber: aws.String(fmt.Sprintf("%d", 1000+n)),
			ApproximateArrivalTimestamp: aws.Time(time.Now()),
		})
	}
	return out
}

// closing is the last answer of a closed shard.
func closing(children []types.ChildShard, entries ...int) *kinesis.GetRecordsOutput {
	out := answer("", 0, entries...)
	out.NextShardIterator, out.ChildShards = nil, children
	return out
}

func child(id string, parents ...string) types.ChildShard {
	return types.ChildShard{ShardId: &id, ParentShards: parents}
}

func (f *fake) source(o source.Options) *Stream {
	return New(f, Ref{Name: streamName, Region: "us-east-1"}, o)
}

// paced checks that the calls came at least as far apart as they must.
func paced(t *testing.T, calls []fakeCall, least time.Duration) {
	t.Helper()
	for i := 1; i < len(calls); i++ {
		if d := calls[i].at.Sub(calls[i-1].at); d < least {
			t.Errorf("%s %d of %s came %s after the one before; %s is the least", calls[i].op, i, calls[i].shard, d, least)
		}
	}
}
