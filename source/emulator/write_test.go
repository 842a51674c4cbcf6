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

func (b *bench) put(key string, size int) error {
	_, err := b.client.PutRecord(b.Context(), &kinesis.PutRecordInput{StreamName: aws.String("s"), PartitionKey: &key, Data: make([]byte, size)})
	return err
}

func (b *bench) puts(entries ...types.PutRecordsRequestEntry) (*kinesis.PutRecordsOutput, error) {
	return b.client.PutRecords(b.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("s"), Records: entries})
}

func entries(n, size int) []types.PutRecordsRequestEntry {
	var out []types.PutRecordsRequestEntry
	for i := range n {
		out = append(out, types.PutRecordsRequestEntry{PartitionKey: aws.String(fmt.Sprint(i)), Data: make([]byte, size)})
	}
	return out
}

func TestPutsAnswerWhereRecordsAre(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 4)
	in := entries(100, 10)
	for i := range in {
		in[i].Data = fmt.Appendf(nil, "%d", i)
	}
	out := must(b.puts(in...))(t)
	if *out.FailedRecordCount != 0 {
		t.Fatalf("%d records failed", *out.FailedRecordCount)
	}
	held := map[string]string{}
	for _, shard := range b.server.Shards("s") {
		for _, r := range b.horizon("s", shard).Records {
			held[string(r.Data)] = shard + " " + *r.SequenceNumber
		}
	}
	said := map[string]string{}
	for i, r := range out.Records {
		said[fmt.Sprint(i)] = *r.ShardId + " " + *r.SequenceNumber
	}
	if diff := cmp.Diff(said, held); diff != "" {
		t.Error(diff)
	}
}

func TestPutValidation(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	for _, err := range []error{b.put("k", 1<<20-1), b.put(strings.Repeat("ü", 256), 1)} {
		if err != nil {
			t.Error(err)
		}
	}
	wantError[*types.InvalidArgumentException](t, b.put("k", 1<<20))
	wantError[*types.ValidationException](t, b.put("", 1))
	wantError[*types.ValidationException](t, b.put(strings.Repeat("k", 257), 1))
	_, err := b.puts(entries(501, 1)...)
	wantError[*types.ValidationException](t, err)
	_, err = b.puts([]types.PutRecordsRequestEntry{}...)
	if err == nil {
		t.Error("no records were put")
	}
	if out := must(b.puts(entries(500, 1)...))(t); *out.FailedRecordCount != 0 {
		t.Errorf("%d of 500 records failed", *out.FailedRecordCount)
	}
	// More than 10 MiB in all; the SDK would take long to write it under the race detector.
	entry := `{"PartitionKey":"k","Data":"` + strings.Repeat("A", 4<<18) + `"}`
	if w := send(b.server, "PutRecords", `{"StreamName":"s","Records":[`+strings.Repeat(entry+",", 13)+entry+`]}`); !strings.Contains(w.Body.String(), "InvalidArgumentException") {
		t.Errorf("more than 10 MiB in one request: %s", w.Body)
	}
	_, err = b.puts(types.PutRecordsRequestEntry{PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("340282366920938463463374607431768211456"), Data: []byte("x")})
	wantError[*types.InvalidArgumentException](t, err)
	_, err = b.client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("s"), PartitionKey: aws.String("k"), Data: []byte("x"), SequenceNumberForOrdering: aws.String("junk")})
	wantError[*types.InvalidArgumentException](t, err)
	if _, _, err := b.server.Put("s", "k", make([]byte, 1<<20)); err == nil {
		t.Error("a record that is too large was put")
	}
	if _, _, err := b.server.Put("s", "", nil); err == nil {
		t.Error("a record without key was put")
	}
}

func TestWriteLimits(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	for range 2 {
		if out := must(b.puts(entries(500, 1)...))(t); *out.FailedRecordCount != 0 {
			t.Fatalf("%d records failed below the limit", *out.FailedRecordCount)
		}
	}
	wantError[*types.ProvisionedThroughputExceededException](t, b.put("k", 1))
	b.clock.Advance(100 * time.Millisecond)
	out := must(b.puts(entries(150, 1)...))(t)
	if *out.FailedRecordCount != 50 {
		t.Errorf("%d records failed, want those beyond the 100 of a tenth of a second", *out.FailedRecordCount)
	}
	for i, r := range out.Records {
		switch {
		case i < 100 && (r.ErrorCode != nil || r.SequenceNumber == nil):
			t.Errorf("record %d failed: %s", i, *r.ErrorCode)
		case i >= 100 && (aws.ToString(r.ErrorCode) != "ProvisionedThroughputExceededException" || r.SequenceNumber != nil || !strings.Contains(*r.ErrorMessage, firstShard)):
			t.Errorf("record %d: code %s, message %s", i, aws.ToString(r.ErrorCode), aws.ToString(r.ErrorMessage))
		}
	}
	b.clock.Advance(time.Second)
	if out = must(b.puts(entries(4, 300<<10)...))(t); *out.FailedRecordCount != 1 {
		t.Errorf("%d records failed, want the one beyond 1 MiB", *out.FailedRecordCount)
	}
	// What the program puts itself is not limited.
	b.fill("s", 1)
}

func TestLargeRecords(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	if err := b.createOverWire(&kinesis.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(1), MaxRecordSizeInKiB: aws.Int32(10240)}); err != nil {
		t.Fatal(err)
	}
	if err := b.put("k", 3<<20); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ProvisionedThroughputExceededException](t, b.put("k", 1))
	b.clock.Advance(3 * time.Second)
	if err := b.put("k", 1); err != nil {
		t.Error(err)
	}
	if got := len(b.horizon("s", firstShard).Records); got != 2 {
		t.Errorf("%d records, want 2", got)
	}
}

func TestReadLimits(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 2)
	second := "shardId-000000000001"
	mine, other := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon), b.iterator("s", second, types.ShardIteratorTypeTrimHorizon)
	read := func(it *string) (ok, throttled int) {
		for range 20 {
			if _, err := b.get(it); err != nil {
				wantError[*types.ProvisionedThroughputExceededException](t, err)
				throttled++
			} else {
				ok++
			}
		}
		return ok, throttled
	}
	for range 2 {
		for _, it := range []*string{mine, other} {
			if ok, throttled := read(it); ok != 5 || throttled != 15 {
				t.Errorf("%d calls answered and %d throttled in a second, want 5 and 15", ok, throttled)
			}
		}
		b.clock.Advance(time.Second)
	}
	for i := range 6 {
		_, err := b.iteratorAt(&kinesis.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: &second, ShardIteratorType: types.ShardIteratorTypeLatest})
		if i < 5 && err != nil {
			t.Errorf("iterator %d: %v", i, err)
		} else if i == 5 {
			wantError[*types.ProvisionedThroughputExceededException](t, err)
		}
	}
	for i := range 21 {
		_, err := b.client.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("s")})
		if i < 20 && err != nil {
			t.Errorf("summary %d: %v", i, err)
		} else if i == 20 {
			wantError[*types.LimitExceededException](t, err)
		}
	}
}

func TestBytesReadAreLimited(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{})
	b.create("s", 1)
	for range 3 {
		if _, _, err := b.server.Put("s", "k", make([]byte, 1<<20-1)); err != nil {
			t.Fatal(err)
		}
	}
	one := func() error {
		_, err := b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon), Limit: aws.Int32(1)})
		return err
	}
	for i := range 3 { // 1, 2 and 3 MiB: the third is beyond what a second allows
		if err := one(); err != nil {
			t.Fatalf("read %d: %v", i, err)
		}
	}
	wantError[*types.ProvisionedThroughputExceededException](t, one())
	b.clock.Advance(1499 * time.Millisecond)
	wantError[*types.ProvisionedThroughputExceededException](t, one())
	b.clock.Advance(2 * time.Millisecond)
	if err := one(); err != nil {
		t.Error(err)
	}
}
