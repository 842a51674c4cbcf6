package emulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"taudit/source/emulator"
)

func TestRecordsComeBackAsPut(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	sequence := b.fill("s", 3)
	out := b.horizon("s", firstShard)
	if diff := cmp.Diff([]string{"record 0", "record 1", "record 2"}, texts(out.Records)); diff != "" {
		t.Fatal(diff)
	}
	for i, r := range out.Records {
		if *r.SequenceNumber != sequence[i] || *r.PartitionKey != "key" {
			t.Errorf("record %d is %s of %s, want %s of key", i, *r.SequenceNumber, *r.PartitionKey, sequence[i])
		}
		if want := epoch().Add(time.Duration(i) * time.Second); !r.ApproximateArrivalTimestamp.Equal(want) {
			t.Errorf("record %d arrived %s, want %s", i, r.ApproximateArrivalTimestamp, want)
		}
		if i > 0 && (len(sequence[i]) != len(sequence[i-1]) || sequence[i] <= sequence[i-1] || len(sequence[i]) != 56) {
			t.Errorf("sequence number %s does not follow %s", sequence[i], sequence[i-1])
		}
	}
	if aws.ToInt64(out.MillisBehindLatest) != 0 || out.NextShardIterator == nil {
		t.Errorf("at the tip: behind %d ms, next iterator %v", *out.MillisBehindLatest, out.NextShardIterator)
	}
	if again := must(b.get(out.NextShardIterator))(t); len(again.Records) != 0 {
		t.Errorf("the tip holds %d more records", len(again.Records))
	}
}

func TestIteratorTypes(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	sequence := b.fill("s", 4) // at 0, 1, 2 and 3 s; now is 4 s
	later := func(seconds float64) *time.Time {
		return aws.Time(epoch().Add(time.Duration(seconds * float64(time.Second))))
	}
	start := must(b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s")}))(t).Shards[0].SequenceNumberRange.StartingSequenceNumber
	for _, c := range []struct {
		name string
		in   kinesis.GetShardIteratorInput
		want int // first record
	}{
		{"trim horizon", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon}, 0},
		{"latest", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest}, 4},
		{"at a record", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: &sequence[2]}, 2},
		{"after a record", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: &sequence[2]}, 3},
		{"at the start of the shard", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: start}, 0},
		{"after the start of the shard", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: start}, 0},
		{"at an exact time", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: later(1)}, 1},
		{"between two records", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: later(1.5)}, 2},
		{"before all records", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: later(-1e6)}, 0},
		{"now", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: later(4)}, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			in.ShardId, in.StreamARN = aws.String(firstShard), aws.String(b.server.ARN("s"))
			out := must(b.get(must(b.iteratorAt(&in))(t)))(t)
			want := []string{}
			for i := c.want; i < 4; i++ {
				want = append(want, fmt.Sprintf("record %d", i))
			}
			if diff := cmp.Diff(want, texts(out.Records)); diff != "" {
				t.Error(diff)
			}
		})
	}
	// A record that comes after LATEST was asked for is seen.
	latest := b.iterator("s", firstShard, types.ShardIteratorTypeLatest)
	b.fill("s", 1)
	if got := texts(must(b.get(latest))(t).Records); len(got) != 1 {
		t.Errorf("after LATEST: %v", got)
	}
}

func TestIteratorRefused(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 2)
	other, foreign, err := b.server.Put("s", "a", []byte("elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	mine := firstShard
	if other == firstShard {
		mine = "shardId-000000000001"
	}
	future := epoch().Add(time.Minute)
	at := types.ShardIteratorTypeAtSequenceNumber
	for _, c := range []struct {
		name  string
		in    kinesis.GetShardIteratorInput
		check func(t testing.TB, err error)
	}{
		{"garbage", kinesis.GetShardIteratorInput{ShardIteratorType: at, StartingSequenceNumber: aws.String("junk")}, invalid("StartingSequenceNumber")},
		{"a number that is none of ours", kinesis.GetShardIteratorInput{ShardIteratorType: at, StartingSequenceNumber: aws.String("123")}, invalid("StartingSequenceNumber")},
		{"too large", kinesis.GetShardIteratorInput{ShardIteratorType: at, StartingSequenceNumber: aws.String(strings.Repeat("9", 120))}, invalid("StartingSequenceNumber")},
		{"of another shard", kinesis.GetShardIteratorInput{ShardIteratorType: at, StartingSequenceNumber: &foreign}, invalid("StartingSequenceNumber")},
		{"missing", kinesis.GetShardIteratorInput{ShardIteratorType: at}, invalid("StartingSequenceNumber")},
		{"in the future", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: &future}, invalid("timestampInMillis")},
		{"no time", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp}, invalid("timestampInMillis")},
		{"unknown type", kinesis.GetShardIteratorInput{ShardIteratorType: "SOMEWHERE"}, func(t testing.TB, err error) { wantError[*types.ValidationException](t, err) }},
		{"no such shard", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest, ShardId: aws.String("shardId-000000000009")}, missing},
		{"no such stream", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest, StreamName: aws.String("other")}, missing},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			if in.StreamName == nil {
				in.StreamName = aws.String("s")
			}
			if in.ShardId == nil {
				in.ShardId = &mine
			}
			_, err := b.iteratorAt(&in)
			c.check(t, err)
		})
	}
}

// invalid checks for an InvalidArgumentException that names something.
func invalid(name string) func(t testing.TB, err error) {
	return func(t testing.TB, err error) {
		t.Helper()
		if e := wantError[*types.InvalidArgumentException](t, err); !strings.Contains(e.ErrorMessage(), name) {
			t.Errorf("message %q does not name %s", e.ErrorMessage(), name)
		}
	}
}

func missing(t testing.TB, err error) {
	t.Helper()
	wantError[*types.ResourceNotFoundException](t, err)
}

func TestIteratorExpires(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	first := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	b.clock.Advance(5 * time.Minute)
	next := must(b.get(first))(t).NextShardIterator // five minutes are still good
	b.clock.Advance(5*time.Minute + time.Millisecond)
	_, err := b.get(next)
	wantError[*types.ExpiredIteratorException](t, err)
	// The place is not lost.
	b.fill("s", 1)
	if got := texts(b.horizon("s", firstShard).Records); len(got) != 1 {
		t.Errorf("after expiry: %v", got)
	}
}

func TestForgedIteratorsAreInvalid(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	other := newBench(t, emulator.KinesisOptions{})
	other.create("s", 1)
	good := *b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	for _, forged := range []string{"junk", "AAAA", good[1:], good + good, good[:len(good)-4] + "AAAA", *other.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)} {
		_, err := b.get(&forged)
		invalid("ShardIterator")(t, err)
	}
	_, err := b.get(aws.String(strings.Repeat("a", 513)))
	wantError[*types.ValidationException](t, err)
}

func TestLimitOfRecords(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	for i := range 10_010 {
		if _, _, err := b.server.Put("s", "k", fmt.Appendf(nil, "%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	out := must(b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, Limit: aws.Int32(3)}))(t)
	if len(out.Records) != 3 || aws.ToInt64(out.MillisBehindLatest) == 0 {
		t.Errorf("limit 3 gives %d records, %d ms behind", len(out.Records), *out.MillisBehindLatest)
	}
	if out = must(b.get(it))(t); len(out.Records) != 10_000 {
		t.Errorf("no limit gives %d records", len(out.Records))
	}
	if out = must(b.get(out.NextShardIterator))(t); len(out.Records) != 10 || string(out.Records[0].Data) != "10000" {
		t.Errorf("the rest is %d records", len(out.Records))
	}
	for limit, check := range map[int32]func(error){
		0:      func(err error) { wantError[*types.ValidationException](t, err) },
		-1:     func(err error) { wantError[*types.ValidationException](t, err) },
		10_001: func(err error) { wantError[*types.InvalidArgumentException](t, err) },
	} {
		_, err := b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, Limit: &limit})
		check(err)
	}
}

func TestTenMegabytesAnAnswer(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	big := make([]byte, 1<<20-1)
	for range 13 {
		if _, _, err := b.server.Put("s", "k", big); err != nil {
			t.Fatal(err)
		}
	}
	out := b.horizon("s", firstShard)
	if len(out.Records) != 10 {
		t.Fatalf("%d records of 1 MiB in one answer, want 10", len(out.Records))
	}
	// The answer was five seconds' worth of reading.
	for range 5 {
		_, err := b.get(out.NextShardIterator)
		wantError[*types.ProvisionedThroughputExceededException](t, err)
		b.clock.Advance(999 * time.Millisecond)
	}
	b.clock.Advance(10 * time.Millisecond)
	if out = must(b.get(out.NextShardIterator))(t); len(out.Records) != 3 {
		t.Errorf("%d records after the pause, want 3", len(out.Records))
	}
}

func TestTrimming(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	sequence := b.fill("s", 4)
	b.server.Trim("s", epoch().Add(2*time.Second))
	if diff := cmp.Diff([]string{"record 2", "record 3"}, texts(b.horizon("s", firstShard).Records)); diff != "" {
		t.Error(diff)
	}
	start := must(b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s")}))(t).Shards[0].SequenceNumberRange.StartingSequenceNumber
	for _, kind := range []types.ShardIteratorType{types.ShardIteratorTypeAtSequenceNumber, types.ShardIteratorTypeAfterSequenceNumber} {
		for i, seq := range append(slices.Clone(sequence), *start) {
			_, err := b.iteratorAt(&kinesis.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: aws.String(firstShard), ShardIteratorType: kind, StartingSequenceNumber: &seq})
			if i == 2 || i == 3 {
				if err != nil {
					t.Errorf("%s of record %d: %v", kind, i, err)
				}
				continue
			}
			invalid("StartingSequenceNumber")(t, err)
		}
	}
	// Retention does the same by itself: record 2 came after two seconds.
	b.clock.Advance(24*time.Hour - 4*time.Second + 2*time.Second + time.Millisecond)
	if diff := cmp.Diff([]string{"record 3"}, texts(b.horizon("s", firstShard).Records)); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryIsBackDated(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true, Retention: 7 * 24 * time.Hour})
	b.create("s", 1)
	for i, age := range []time.Duration{8 * 24 * time.Hour, 3 * time.Hour, 2 * time.Hour, time.Hour} {
		if _, _, err := b.server.PutAt("s", "k", fmt.Appendf(nil, "%d", i), epoch().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, texts(b.horizon("s", firstShard).Records)); diff != "" {
		t.Error(diff)
	}
	at := epoch().Add(-2 * time.Hour)
	it := must(b.iteratorAt(&kinesis.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: aws.String(firstShard), ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: &at}))(t)
	if diff := cmp.Diff([]string{"2", "3"}, texts(must(b.get(it))(t).Records)); diff != "" {
		t.Error(diff)
	}
	out := must(b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: &at}}))(t)
	if len(out.Shards) != 1 {
		t.Errorf("%d shards at the time of back-dated records, want 1", len(out.Shards))
	}
}

func TestMillisBehindLatest(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	b.fill("s", 4)
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	for _, want := range []int64{3000, 2000, 1000, 0, 0} {
		out := must(b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, Limit: aws.Int32(1)}))(t)
		if got := aws.ToInt64(out.MillisBehindLatest); got != want {
			t.Errorf("%d ms behind, want %d", got, want)
		}
		it = out.NextShardIterator
	}
}

func TestSparseReads(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true, SparseReads: time.Hour})
	b.create("s", 1)
	for _, age := range []time.Duration{10 * time.Hour, 9*time.Hour + 30*time.Minute, 5 * time.Hour} {
		if _, _, err := b.server.PutAt("s", "k", []byte(age.String()), epoch().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	var counts []int
	last := int64(1 << 60)
	for last > 0 {
		out := must(b.get(it))(t)
		counts = append(counts, len(out.Records))
		if *out.MillisBehindLatest >= last {
			t.Fatalf("%d ms behind does not get less than %d", *out.MillisBehindLatest, last)
		}
		last, it = *out.MillisBehindLatest, out.NextShardIterator
	}
	if diff := cmp.Diff([]int{2, 0, 0, 0, 1}, counts); diff != "" {
		t.Error(diff)
	}
}

func TestDryRun(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	b.fill("s", 1)
	dry := aws.Bool(true)
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)

	_, err := b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, DryRun: dry})
	wantError[*types.DryRunOperationException](t, err)
	_, err = b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: aws.String("junk"), DryRun: dry})
	wantError[*types.InvalidArgumentException](t, err)

	in := kinesis.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: aws.String(firstShard), ShardIteratorType: types.ShardIteratorTypeLatest, DryRun: dry}
	_, err = b.iteratorAt(&in)
	wantError[*types.DryRunOperationException](t, err)
	in.StreamName = aws.String("other")
	_, err = b.iteratorAt(&in)
	missing(t, err)

	put := kinesis.PutRecordInput{StreamName: aws.String("s"), PartitionKey: aws.String("k"), Data: []byte("x"), DryRun: dry}
	_, err = b.client.PutRecord(t.Context(), &put)
	wantError[*types.DryRunOperationException](t, err)
	puts := kinesis.PutRecordsInput{StreamName: aws.String("s"), Records: []types.PutRecordsRequestEntry{{PartitionKey: aws.String("k"), Data: []byte("x")}}, DryRun: dry}
	_, err = b.client.PutRecords(t.Context(), &puts)
	wantError[*types.DryRunOperationException](t, err)
	puts.StreamName = aws.String("other")
	_, err = b.client.PutRecords(t.Context(), &puts)
	missing(t, err)

	if got := texts(must(b.get(it))(t).Records); len(got) != 1 {
		t.Errorf("dry runs left %v", got)
	}
}

func TestDeletedStreamIsGone(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	if _, err := b.client.DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: aws.String("s")}); err != nil {
		t.Fatal(err)
	}
	_, err := b.get(it)
	missing(t, err)
	b.create("s", 1) // of the same name, but not the same stream
	_, err = b.get(it)
	missing(t, err)
}
