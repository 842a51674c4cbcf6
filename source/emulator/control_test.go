package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"taudit/source/emulator"
)

func (b *bench) createOverWire(in *kinesis.CreateStreamInput) error {
	_, err := b.client.CreateStream(b.Context(), in)
	return err
}

func TestCreateStream(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true, Account: "000011112222", Region: "eu-central-1"})
	if err := b.createOverWire(&kinesis.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(3)}); err != nil {
		t.Fatal(err)
	}
	onDemand := &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}
	if err := b.createOverWire(&kinesis.CreateStreamInput{StreamName: aws.String("d"), StreamModeDetails: onDemand, MaxRecordSizeInKiB: aws.Int32(10240)}); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceInUseException](t, b.createOverWire(&kinesis.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(1)}))
	wantError[*types.LimitExceededException](t, b.createOverWire(&kinesis.CreateStreamInput{StreamName: aws.String("t"), ShardCount: aws.Int32(494)}))
	for _, in := range []kinesis.CreateStreamInput{
		{StreamName: aws.String("t")},
		{StreamName: aws.String("t"), ShardCount: aws.Int32(0)},
		{StreamName: aws.String("not a name"), ShardCount: aws.Int32(1)},
		{StreamName: aws.String(strings.Repeat("n", 129)), ShardCount: aws.Int32(1)},
		{StreamName: aws.String("t"), ShardCount: aws.Int32(1), StreamModeDetails: onDemand},
		{StreamName: aws.String("t"), StreamModeDetails: &types.StreamModeDetails{StreamMode: "SOME"}},
		{StreamName: aws.String("t"), ShardCount: aws.Int32(1), MaxRecordSizeInKiB: aws.Int32(10241)},
	} {
		wantError[*types.ValidationException](t, b.createOverWire(&in))
	}
	for name, shards := range map[string]int{"": 1, "s": 1, "zero": 0, "many": 1 << 40} {
		if err := b.server.CreateStream(name, shards); err == nil {
			t.Errorf("a stream %q with %d shards was created", name, shards)
		}
	}

	sum := must(b.client.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("s")}))(t).StreamDescriptionSummary
	if *sum.StreamARN != "arn:aws:kinesis:eu-central-1:000011112222:stream/s" || *sum.OpenShardCount != 3 || *sum.RetentionPeriodHours != 24 ||
		sum.StreamStatus != types.StreamStatusActive || !sum.StreamCreationTimestamp.Equal(epoch()) || sum.StreamModeDetails.StreamMode != types.StreamModeProvisioned ||
		*sum.StreamName != "s" || sum.EncryptionType != types.EncryptionTypeNone || *sum.MaxRecordSizeInKiB != 1024 {
		t.Errorf("summary: %+v", sum)
	}
	sum = must(b.client.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamARN: aws.String(b.server.ARN("d"))}))(t).StreamDescriptionSummary
	if *sum.OpenShardCount != 4 || sum.StreamModeDetails.StreamMode != types.StreamModeOnDemand || *sum.MaxRecordSizeInKiB != 10240 {
		t.Errorf("summary: %+v", sum)
	}
	limits := must(b.client.DescribeLimits(t.Context(), &kinesis.DescribeLimitsInput{}))(t)
	if *limits.OpenShardCount != 7 || *limits.OnDemandStreamCount != 1 || *limits.ShardLimit != 500 {
		t.Errorf("limits: %+v", limits)
	}
	_, err := b.client.UpdateShardCount(t.Context(), &kinesis.UpdateShardCountInput{StreamName: aws.String("d"), TargetShardCount: aws.Int32(2), ScalingType: types.ScalingTypeUniformScaling})
	wantError[*types.ValidationException](t, err)
}

func TestDescribeStreamPages(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 5)
	in := &kinesis.DescribeStreamInput{StreamName: aws.String("s"), Limit: aws.Int32(2)}
	var pages [][]string
	for more := true; more; {
		d := must(b.client.DescribeStream(t.Context(), in))(t).StreamDescription
		pages = append(pages, shardIDs(d.Shards))
		in.ExclusiveStartShardId, more = d.Shards[len(d.Shards)-1].ShardId, *d.HasMoreShards
	}
	if diff := cmp.Diff([][]string{{"0", "1"}, {"2", "3"}, {"4"}}, pages); diff != "" {
		t.Error(diff)
	}
	_, err := b.client.DescribeStream(t.Context(), &kinesis.DescribeStreamInput{StreamName: aws.String("none")})
	missing(t, err)
}

func TestListStreamsPages(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	for _, name := range []string{"b", "d", "a", "e", "c"} {
		b.create(name, 1)
	}
	in := &kinesis.ListStreamsInput{Limit: aws.Int32(2)}
	var names []string
	for {
		out := must(b.client.ListStreams(t.Context(), in))(t)
		names = append(names, out.StreamNames...)
		if len(out.StreamSummaries) != len(out.StreamNames) || *out.StreamSummaries[0].StreamName != out.StreamNames[0] {
			t.Errorf("summaries %v of %v", out.StreamSummaries, out.StreamNames)
		}
		if !*out.HasMoreStreams {
			break
		}
		in.NextToken = out.NextToken
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, names); diff != "" {
		t.Error(diff)
	}
	out := must(b.client.ListStreams(t.Context(), &kinesis.ListStreamsInput{ExclusiveStartStreamName: aws.String("cc")}))(t)
	if diff := cmp.Diff([]string{"d", "e"}, out.StreamNames); diff != "" {
		t.Error(diff)
	}
	_, err := b.client.ListStreams(t.Context(), &kinesis.ListStreamsInput{NextToken: aws.String("junk")})
	wantError[*types.InvalidArgumentException](t, err)
}

func TestStreamsAreNamedByNameOrARN(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	name, arn := aws.String("s"), aws.String(b.server.ARN("s"))
	list := func(name, arn *string) error {
		_, err := b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: name, StreamARN: arn})
		return err
	}
	for _, err := range []error{list(name, nil), list(nil, arn), list(name, arn)} {
		if err != nil {
			t.Error(err)
		}
	}
	wantError[*types.InvalidArgumentException](t, list(nil, nil))
	wantError[*types.InvalidArgumentException](t, list(aws.String("t"), arn))
	missing(t, list(nil, aws.String(b.server.ARN("t"))))
	missing(t, list(nil, aws.String("arn:aws:kinesis:us-west-2:123456789012:stream/s")))
	missing(t, list(nil, aws.String("arn:aws:kinesis:us-east-1:999999999999:stream/s")))

	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	must(b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, StreamARN: arn}))(t)
	_, err := b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, StreamARN: aws.String(b.server.ARN("t"))})
	wantError[*types.InvalidArgumentException](t, err)
}

func TestRetention(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	increase := func(hours int32) error {
		_, err := b.client.IncreaseStreamRetentionPeriod(t.Context(), &kinesis.IncreaseStreamRetentionPeriodInput{StreamName: aws.String("s"), RetentionPeriodHours: &hours})
		return err
	}
	decrease := func(hours int32) error {
		_, err := b.client.DecreaseStreamRetentionPeriod(t.Context(), &kinesis.DecreaseStreamRetentionPeriodInput{StreamName: aws.String("s"), RetentionPeriodHours: &hours})
		return err
	}
	for _, err := range []error{increase(23), increase(8761), decrease(25)} {
		wantError[*types.InvalidArgumentException](t, err)
	}
	if err := increase(72); err != nil {
		t.Fatal(err)
	}
	wantError[*types.InvalidArgumentException](t, increase(48))
	b.fill("s", 1)
	b.clock.Advance(48 * time.Hour)
	b.fill("s", 1)
	if got := len(b.horizon("s", firstShard).Records); got != 2 {
		t.Errorf("%d records after 48 of 72 hours, want 2", got)
	}
	if err := decrease(24); err != nil {
		t.Fatal(err)
	}
	sum := must(b.client.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("s")}))(t)
	if got := *sum.StreamDescriptionSummary.RetentionPeriodHours; got != 24 {
		t.Errorf("%d hours, want 24", got)
	}
	if got := len(b.horizon("s", firstShard).Records); got != 1 {
		t.Errorf("%d records after retention was cut to 24 hours, want 1", got)
	}
}

func TestCallsAreCounted(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	b.fill("s", 1) // not over the wire
	b.horizon("s", firstShard)
	_, err := b.get(aws.String("junk"))
	wantError[*types.InvalidArgumentException](t, err)
	_, err = b.client.ListStreamConsumers(t.Context(), &kinesis.ListStreamConsumersInput{StreamARN: aws.String(b.server.ARN("s"))})
	if code := apiCode(t, err); code != "UnknownOperationException" {
		t.Errorf("an operation that is not there: %s", code)
	}
	want := map[string]int{"GetShardIterator": 1, "GetRecords": 2, "Unknown": 1}
	if diff := cmp.Diff(want, b.server.Calls()); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownStreamHasNothing(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.server.Trim("none", epoch())
	if got := b.server.Shards("none"); got != nil {
		t.Errorf("shards %v", got)
	}
	if _, _, err := b.server.Put("none", "k", nil); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("put on no stream: %v", err)
	}
	if got, want := b.server.ARN("none"), fmt.Sprintf("arn:aws:kinesis:us-east-1:%s:stream/none", "123456789012"); got != want {
		t.Errorf("ARN %s, want %s", got, want)
	}
}
