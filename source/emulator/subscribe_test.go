package emulator_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/schemas"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	"taudit/source/emulator"
)

func (b *bench) consumer(stream string) string {
	b.Helper()
	return must(b.server.AddConsumer(stream, "watcher"))(b)
}

// subscribe begins a subscription, which ends with the test.
func (b *bench) subscribe(consumer, shard string, start types.StartingPosition) (*kinesis.SubscribeToShardEventStream, error) {
	b.Helper()
	out, err := b.client.SubscribeToShard(b.Context(), &kinesis.SubscribeToShardInput{
		ConsumerARN: &consumer, ShardId: &shard, StartingPosition: &start,
	}, func(o *kinesis.Options) { o.Protocol = awsjson.New11(schemas.Kinesis_20131202) })
	if err != nil {
		return nil, err
	}
	b.Cleanup(func() { _ = out.GetStream().Close() })
	return out.GetStream(), nil
}

func (b *bench) horizonOf(consumer, shard string) *kinesis.SubscribeToShardEventStream {
	b.Helper()
	return must(b.subscribe(consumer, shard, types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}))(b)
}

// event waits for the next event; false at the end.
func (b *bench) event(stream *kinesis.SubscribeToShardEventStream) (types.SubscribeToShardEvent, bool) {
	b.Helper()
	select {
	case e, ok := <-stream.Events():
		if !ok {
			return types.SubscribeToShardEvent{}, false
		}
		return e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value, true
	case <-time.After(10 * time.Second):
		b.Fatal("no event came")
	}
	return types.SubscribeToShardEvent{}, false
}

// records gathers what events bring until there are so many.
func (b *bench) records(stream *kinesis.SubscribeToShardEventStream, n int) (texts []string, last types.SubscribeToShardEvent) {
	b.Helper()
	for len(texts) < n {
		e, ok := b.event(stream)
		if !ok {
			b.Fatalf("the subscription ended with %v after %d of %d records", stream.Err(), len(texts), n)
		}
		for _, r := range e.Records {
			texts = append(texts, string(r.Data))
		}
		last = e
	}
	return texts, last
}

// What is there and what comes is sent, each record once, and a new subscription goes on after the number that the last event named.
func TestSubscription(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true, QuietEvent: 10 * time.Millisecond})
	b.create("s", 1)
	arn := b.consumer("s")
	b.fill("s", 3)
	sub := b.horizonOf(arn, firstShard)
	got, last := b.records(sub, 3)
	b.fill("s", 2)
	more, last := b.records(sub, 2)
	if all := slices.Concat(got, more); strings.Join(all, ", ") != "record 0, record 1, record 2, record 0, record 1" {
		t.Errorf("the records are %q", all)
	}
	if aws.ToInt64(last.MillisBehindLatest) != 0 {
		t.Errorf("the last event is %d ms behind", *last.MillisBehindLatest)
	}
	// With nothing to send there are events all the same.
	if quiet, ok := b.event(sub); !ok || len(quiet.Records) != 0 || aws.ToString(quiet.ContinuationSequenceNumber) == "" {
		t.Errorf("a quiet event is %+v, %v", quiet, ok)
	}
	again := must(b.subscribe(arn, firstShard, types.StartingPosition{
		Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: last.ContinuationSequenceNumber,
	}))(t)
	b.fill("s", 1)
	if rest, _ := b.records(again, 1); len(rest) != 1 {
		t.Errorf("after the last came %q", rest)
	}
}

// Numbers to go on after are good for shards that never had a record, and for polling, too.
func TestContinuationOfEmptyShard(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	sub := b.horizonOf(b.consumer("s"), firstShard)
	e, _ := b.event(sub)
	b.fill("s", 1)
	it := must(b.iteratorAt(&kinesis.GetShardIteratorInput{
		StreamName: aws.String("s"), ShardId: aws.String(firstShard), ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber,
		StartingSequenceNumber: e.ContinuationSequenceNumber,
	}))(t)
	if out := must(b.get(it))(t); len(out.Records) != 1 {
		t.Errorf("%d records follow", len(out.Records))
	}
}

// The last event of a closed shard names its children and no number to go on after, and then the stream of events ends.
func TestSubscriptionToClosedShard(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	arn := b.consumer("s")
	b.fill("s", 2)
	sub := b.horizonOf(arn, firstShard)
	b.records(sub, 2)
	children := must(b.server.Split("s", firstShard))(t)
	e, _ := b.event(sub)
	if e.ContinuationSequenceNumber != nil || len(e.ChildShards) != 2 || *e.ChildShards[0].ShardId != children[0] {
		t.Errorf("the last event is %+v", e)
	}
	if _, more := b.event(sub); more || sub.Err() != nil {
		t.Errorf("after it the subscription ended with %v", sub.Err())
	}
}

// The limits on subscribing are those of the service.
func TestSubscribeLimits(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 2)
	arn := b.consumer("s")
	first := b.horizonOf(arn, firstShard)
	b.event(first)
	horizon := types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}

	_, err := b.subscribe(arn, firstShard, horizon)
	wantError[*types.LimitExceededException](t, err)
	b.horizonOf(arn, "shardId-000000000001") // another shard has limits of its own
	b.clock.Advance(2 * time.Second)
	_, err = b.subscribe(arn, firstShard, horizon)
	wantError[*types.ResourceInUseException](t, err)

	b.clock.Advance(4 * time.Second)
	second := b.horizonOf(arn, firstShard)
	for more := true; more; {
		_, more = b.event(first)
	}
	wantError[*types.ResourceInUseException](t, first.Err())
	if _, ok := b.event(second); !ok {
		t.Errorf("who took over got nothing: %v", second.Err())
	}
}

// Subscriptions end by themselves after their time, and with their consumer or stream.
func TestSubscriptionEnds(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true, SubscriptionLife: 30 * time.Millisecond})
	b.create("s", 1)
	sub := b.horizonOf(b.consumer("s"), firstShard)
	for more := true; more; {
		_, more = b.event(sub)
	}
	if err := sub.Err(); err != nil {
		t.Errorf("it ended with %v", err)
	}

	b = newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	arn := b.consumer("s")
	sub = b.horizonOf(arn, firstShard)
	b.server.RemoveConsumer(arn)
	for more := true; more; {
		_, more = b.event(sub)
	}
	wantError[*types.ResourceNotFoundException](t, sub.Err())
	_, err := b.subscribe(arn, firstShard, types.StartingPosition{Type: types.ShardIteratorTypeLatest})
	wantError[*types.ResourceNotFoundException](t, err)

	sub = b.horizonOf(b.consumer("s"), firstShard)
	must(b.client.DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: aws.String("s")}))(t)
	for more := true; more; {
		_, more = b.event(sub)
	}
	wantError[*types.ResourceNotFoundException](t, sub.Err())
}

// Faults befall single events.
func TestSubscriptionFaults(t *testing.T) {
	for _, test := range []struct {
		kind emulator.FaultKind
		is   func(error) bool
	}{
		{emulator.Internal, func(err error) bool { return errors.As(err, new(*types.InternalFailureException)) }},
		{emulator.InUse, func(err error) bool { return errors.As(err, new(*types.ResourceInUseException)) }},
		{emulator.KMSThrottle, func(err error) bool { return errors.As(err, new(*types.KMSThrottlingException)) }},
		{emulator.End, func(err error) bool { return err == nil }},
		{emulator.Drop, func(error) bool { return true }}, // over HTTP/1.1 the SDK takes it for the end
		{emulator.Corrupt, func(err error) bool { return err != nil }},
	} {
		b := newBench(t, emulator.KinesisOptions{NoLimits: true, QuietEvent: time.Millisecond})
		b.create("s", 1)
		sub := b.horizonOf(b.consumer("s"), firstShard)
		b.event(sub)
		b.server.Inject(emulator.Fault{Op: emulator.SubscriptionEvent, Shard: firstShard, Skip: 1, Times: 1, Kind: test.kind})
		for more := true; more; {
			_, more = b.event(sub)
		}
		if err := sub.Err(); !test.is(err) {
			t.Errorf("after the fault %d it ended with %v", test.kind, err)
		}
	}
}

// Consumers are counted and named.
func TestConsumers(t *testing.T) {
	server := emulator.NewKinesis(emulator.KinesisOptions{})
	if _, err := server.AddConsumer("s", "a"); err == nil {
		t.Error("a consumer was added to no stream")
	}
	if err := server.CreateStream("s", 1); err != nil {
		t.Fatal(err)
	}
	arn := must(server.AddConsumer("s", "a"))(t)
	if !strings.HasPrefix(arn, server.ARN("s")+"/consumer/a:") {
		t.Errorf("its ARN is %s", arn)
	}
	if _, err := server.AddConsumer("s", "a"); err == nil {
		t.Error("two consumers have one name")
	}
	for i := range 19 {
		must(server.AddConsumer("s", strings.Repeat("b", i+1)))(t)
	}
	if _, err := server.AddConsumer("s", "z"); err == nil {
		t.Error("21 consumers were added")
	}
	server.RemoveConsumer(arn)
	must(server.AddConsumer("s", "z"))(t)
}
