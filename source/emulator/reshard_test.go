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

func (b *bench) list(filter *types.ShardFilter) []types.Shard {
	b.Helper()
	return must(b.client.ListShards(b.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), ShardFilter: filter}))(b).Shards
}

func shardIDs(shards []types.Shard) []string {
	out := []string{}
	for _, s := range shards {
		out = append(out, strings.TrimPrefix(*s.ShardId, "shardId-00000000000"))
	}
	return out
}

func TestClosedShardEndsWithItsChildren(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	before := b.fill("s", 2)
	children, err := b.server.Split("s", firstShard)
	if err != nil {
		t.Fatal(err)
	}
	after := b.fill("s", 2)
	if after[0] <= before[1] {
		t.Errorf("sequence number %s of a child does not follow its parent's %s", after[0], before[1])
	}
	// The last records, the missing iterator and the children come in one answer.
	out := b.horizon("s", firstShard)
	if len(out.Records) != 2 || out.NextShardIterator != nil || aws.ToInt64(out.MillisBehindLatest) != 0 {
		t.Errorf("the end has %d records, iterator %v, %d ms behind", len(out.Records), out.NextShardIterator, *out.MillisBehindLatest)
	}
	checkChildren(t, out.ChildShards, map[string][]string{children[0]: {firstShard}, children[1]: {firstShard}})
	// Reading on from the last record, or from the end, says the same.
	for _, kind := range []types.ShardIteratorType{types.ShardIteratorTypeLatest, types.ShardIteratorTypeAfterSequenceNumber} {
		in := kinesis.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: aws.String(firstShard), ShardIteratorType: kind}
		if kind == types.ShardIteratorTypeAfterSequenceNumber {
			in.StartingSequenceNumber = &before[1]
		}
		out := must(b.get(must(b.iteratorAt(&in))(t)))(t)
		if len(out.Records) != 0 || out.NextShardIterator != nil || len(out.ChildShards) != 2 {
			t.Errorf("%s at the end: %d records, iterator %v, %d children", kind, len(out.Records), out.NextShardIterator, len(out.ChildShards))
		}
	}
	// A limit that leaves records leaves an iterator and says nothing of children.
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	out = must(b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, Limit: aws.Int32(1)}))(t)
	if out.NextShardIterator == nil || len(out.ChildShards) != 0 {
		t.Errorf("half way: iterator %v, %d children", out.NextShardIterator, len(out.ChildShards))
	}

	merged, err := b.server.Merge("s", children[1], children[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, child := range children {
		checkChildren(t, b.horizon("s", child).ChildShards, map[string][]string{merged: {children[1], children[0]}})
	}
	shards := b.list(nil)
	if diff := cmp.Diff([]string{"0", "1", "2", "3"}, shardIDs(shards)); diff != "" {
		t.Fatal(diff)
	}
	for i, s := range shards {
		end := s.SequenceNumberRange.EndingSequenceNumber
		if (end == nil) != (i == 3) {
			t.Errorf("shard %d ends at %v", i, aws.ToString(end))
		}
		if end != nil && *end <= *s.SequenceNumberRange.StartingSequenceNumber {
			t.Errorf("shard %d ends before it starts", i)
		}
	}
	if *shards[0].SequenceNumberRange.EndingSequenceNumber <= before[1] {
		t.Error("the shard ends before its last record")
	}
	if s := shards[1]; *s.ParentShardId != firstShard || s.AdjacentParentShardId != nil {
		t.Errorf("parents of a split: %s, %v", *s.ParentShardId, s.AdjacentParentShardId)
	}
	if s := shards[3]; aws.ToString(s.ParentShardId) != children[1] || aws.ToString(s.AdjacentParentShardId) != children[0] {
		t.Errorf("parents of a merge: %s, %s", aws.ToString(s.ParentShardId), aws.ToString(s.AdjacentParentShardId))
	}
	if *shards[3].HashKeyRange.StartingHashKey != "0" || *shards[3].HashKeyRange.EndingHashKey != "340282366920938463463374607431768211455" {
		t.Errorf("the merged shard has %s to %s", *shards[3].HashKeyRange.StartingHashKey, *shards[3].HashKeyRange.EndingHashKey)
	}
}

func checkChildren(t *testing.T, got []types.ChildShard, want map[string][]string) {
	t.Helper()
	parents := map[string][]string{}
	for _, c := range got {
		parents[*c.ShardId] = c.ParentShards
		if c.HashKeyRange == nil {
			t.Errorf("child %s has no hash keys", *c.ShardId)
		}
	}
	if diff := cmp.Diff(want, parents); diff != "" {
		t.Error(diff)
	}
}

func TestRecordsGoWhereTheirHashSays(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 3)
	shards := b.list(nil)
	// Known MD5: "a" 0cc1…, "b" 92eb…, "d" 8277…, "key-9" by computation below the end of some shard.
	for key, want := range map[string]int{"a": 0, "b": 1, "d": 1, "c": 0} {
		id, _, err := b.server.Put("s", key, []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		if id != *shards[want].ShardId {
			t.Errorf("%q went to %s, want %s", key, id, *shards[want].ShardId)
		}
	}
	for i, s := range shards {
		for _, explicit := range []*string{s.HashKeyRange.StartingHashKey, s.HashKeyRange.EndingHashKey} {
			out := must(b.client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("s"), PartitionKey: aws.String("a"), ExplicitHashKey: explicit, Data: []byte("x")}))(t)
			if *out.ShardId != *s.ShardId {
				t.Errorf("hash key %s went to %s, want shard %d", *explicit, *out.ShardId, i)
			}
		}
	}
}

func TestSplitAndMergeRefused(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 3)
	if _, err := b.server.Split("s", firstShard); err != nil { // leaves 1, 2 and the children 3, 4
		t.Fatal(err)
	}
	split := func(shard, key string) error {
		_, err := b.client.SplitShard(t.Context(), &kinesis.SplitShardInput{StreamName: aws.String("s"), ShardToSplit: &shard, NewStartingHashKey: &key})
		return err
	}
	merge := func(a, c string) error {
		_, err := b.client.MergeShards(t.Context(), &kinesis.MergeShardsInput{StreamName: aws.String("s"), ShardToMerge: &a, AdjacentShardToMerge: &c})
		return err
	}
	id := func(n int) string { return fmt.Sprintf("shardId-%012d", n) }
	start := *b.list(nil)[1].HashKeyRange.StartingHashKey
	wantError[*types.ResourceInUseException](t, split(firstShard, "5"))
	wantError[*types.ResourceNotFoundException](t, split(id(9), "5"))
	for _, key := range []string{start, "0", "junk", "-5", "340282366920938463463374607431768211456"} {
		wantError[*types.InvalidArgumentException](t, split(id(1), key))
	}
	wantError[*types.InvalidArgumentException](t, merge(id(1), id(3)))
	wantError[*types.InvalidArgumentException](t, merge(id(1), id(1)))
	wantError[*types.ResourceInUseException](t, merge(firstShard, id(1)))
	wantError[*types.ResourceNotFoundException](t, merge(id(1), id(9)))
	if err := merge(id(4), id(1)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{id(2), id(3), id(5)}, b.server.Shards("s")); diff != "" {
		t.Error(diff)
	}
	if _, err := b.server.Split("none", firstShard); err == nil {
		t.Error("a shard of no stream was split")
	}
	if _, err := b.server.Merge("s", id(2), id(3)); err == nil {
		t.Error("shards that do not adjoin were merged")
	}
}

func TestUpdateShardCount(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 2)
	update := func(n int32) (*kinesis.UpdateShardCountOutput, error) {
		return b.client.UpdateShardCount(t.Context(), &kinesis.UpdateShardCountInput{StreamName: aws.String("s"), TargetShardCount: &n, ScalingType: types.ScalingTypeUniformScaling})
	}
	current := int32(2)
	for _, target := range []int32{3, 5, 4, 8, 8, 4, 3, 2, 1} {
		out := must(update(target))(t)
		if *out.CurrentShardCount != current || *out.TargetShardCount != target {
			t.Errorf("from %d to %d, want from %d to %d", *out.CurrentShardCount, *out.TargetShardCount, current, target)
		}
		current = target
		fresh := newBench(t, emulator.KinesisOptions{})
		fresh.create("s", int(target))
		want := ranges(fresh.list(nil))
		if diff := cmp.Diff(want, ranges(b.list(&types.ShardFilter{Type: types.ShardFilterTypeAtLatest}))); diff != "" {
			t.Errorf("%d shards: %s", target, diff)
		}
	}
	for _, target := range []int32{3, 100} {
		_, err := update(target)
		wantError[*types.InvalidArgumentException](t, err)
	}
	_, err := update(0)
	wantError[*types.ValidationException](t, err)
}

func ranges(shards []types.Shard) []string {
	var out []string
	for _, s := range shards {
		out = append(out, fmt.Sprintf("%040s-%040s", *s.HashKeyRange.StartingHashKey, *s.HashKeyRange.EndingHashKey))
	}
	slices.Sort(out)
	return out
}

func TestShardFilters(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1) // 0 s: shard 0
	hour := func(n int) *time.Time { return aws.Time(epoch().Add(time.Duration(n) * time.Hour)) }
	b.clock.Advance(10 * time.Hour)
	children, err := b.server.Split("s", firstShard) // 10 h: shards 1 and 2
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(10 * time.Hour)
	if _, err := b.server.Merge("s", children[0], children[1]); err != nil { // 20 h: shard 3
		t.Fatal(err)
	}
	b.clock.Advance(time.Hour) // now is 21 h
	type filter = types.ShardFilter
	check := func(when string, cases map[string]filter) {
		t.Helper()
		for want, f := range cases {
			if got := strings.Join(shardIDs(b.list(&f)), " "); got != want {
				t.Errorf("%s, %s %v %s: %q, want %q", when, f.Type, f.Timestamp, aws.ToString(f.ShardId), got, want)
			}
		}
	}
	after := func(id string) filter { return filter{Type: types.ShardFilterTypeAfterShardId, ShardId: &id} }
	at := func(n int) filter { return filter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: hour(n)} }
	from := func(n int) filter { return filter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: hour(n)} }
	check("nothing trimmed", map[string]filter{
		"3": {Type: types.ShardFilterTypeAtLatest}, "0": {Type: types.ShardFilterTypeAtTrimHorizon}, "0 1 2 3": {Type: types.ShardFilterTypeFromTrimHorizon},
	})
	check("after", map[string]filter{"2 3": after("shardId-000000000001"), "": after("shardId-000000000003")})
	check("at", map[string]filter{"0": at(5), "0 1 2": at(10), "1 2": at(15), "3": at(21)})
	check("before the stream was made", map[string]filter{"0": at(-100), "0 1 2 3": from(-100)})
	check("from", map[string]filter{"0 1 2 3": from(5), "1 2 3": from(15), "3": from(21)})
	b.clock.Advance(14 * time.Hour) // 35 h: the horizon is at 11 h, shard 0 has expired
	check("first shard expired", map[string]filter{
		"1 2": {Type: types.ShardFilterTypeAtTrimHorizon}, "1 2 3": {Type: types.ShardFilterTypeFromTrimHorizon}, "3": {Type: types.ShardFilterTypeAtLatest},
	})
	check("older than the horizon", map[string]filter{"1 2": at(1), "1 2 3": from(1)})
	if diff := cmp.Diff([]string{"1", "2", "3"}, shardIDs(b.list(nil))); diff != "" {
		t.Error(diff)
	}
	_, err = b.iteratorAt(&kinesis.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: aws.String(firstShard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
	missing(t, err)

	for _, f := range []filter{
		{Type: types.ShardFilterTypeAfterShardId},
		{Type: types.ShardFilterTypeAtTimestamp},
		{Type: types.ShardFilterTypeFromTimestamp, ShardId: aws.String(firstShard)},
		{Type: types.ShardFilterTypeAtLatest, Timestamp: hour(1)},
		{Type: types.ShardFilterTypeAtTimestamp, Timestamp: hour(100)},
	} {
		_, err := b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), ShardFilter: &f})
		wantError[*types.InvalidArgumentException](t, err)
	}
	_, err = b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), ShardFilter: &filter{Type: "SOME"}})
	wantError[*types.ValidationException](t, err)
}

func TestListShardsPages(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 7)
	b.clock.Advance(time.Hour)
	if _, err := b.server.Split("s", firstShard); err != nil { // 0 is closed, 7 and 8 are open
		t.Fatal(err)
	}
	in := &kinesis.ListShardsInput{StreamARN: aws.String(b.server.ARN("s")), MaxResults: aws.Int32(3), ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}}
	var pages [][]string
	for {
		out := must(b.client.ListShards(t.Context(), in))(t)
		pages = append(pages, shardIDs(out.Shards))
		if out.NextToken == nil {
			break
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken, MaxResults: aws.Int32(3)}
	}
	if diff := cmp.Diff([][]string{{"1", "2", "3"}, {"4", "5", "6"}, {"7", "8"}}, pages); diff != "" {
		t.Error(diff)
	}
	out := must(b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), ExclusiveStartShardId: aws.String("shardId-000000000006")}))(t)
	if diff := cmp.Diff([]string{"7", "8"}, shardIDs(out.Shards)); diff != "" {
		t.Error(diff)
	}
	token := must(b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), MaxResults: aws.Int32(1)}))(t).NextToken
	for _, in := range []kinesis.ListShardsInput{
		{NextToken: token, StreamName: aws.String("s")},
		{NextToken: token, StreamARN: aws.String(b.server.ARN("s"))},
		{NextToken: token, ExclusiveStartShardId: aws.String(firstShard)},
		{NextToken: token, StreamCreationTimestamp: aws.Time(epoch())},
		{NextToken: aws.String("junk")},
		{},
	} {
		_, err := b.client.ListShards(t.Context(), &in)
		wantError[*types.InvalidArgumentException](t, err)
	}
	b.clock.Advance(300 * time.Second)
	must(b.client.ListShards(t.Context(), &kinesis.ListShardsInput{NextToken: token}))(t)
	b.clock.Advance(time.Second)
	_, err := b.client.ListShards(t.Context(), &kinesis.ListShardsInput{NextToken: token})
	wantError[*types.ExpiredNextTokenException](t, err)
	_, err = b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), MaxResults: aws.Int32(0)})
	wantError[*types.ValidationException](t, err)
	must(b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), StreamCreationTimestamp: aws.Time(epoch())}))(t)
	_, err = b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s"), StreamCreationTimestamp: aws.Time(epoch().Add(time.Hour))})
	missing(t, err)
}
