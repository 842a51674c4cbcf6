//go:build conformance

package emulator_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func conformResharding(s *side) {
	s.create("resharding", 1)
	last := s.put("resharding", "k", "before").SequenceNumber
	_, err := s.client.SplitShard(s.Context(), &kinesis.SplitShardInput{StreamName: aws.String("resharding"), ShardToSplit: aws.String(firstShard), NewStartingHashKey: aws.String("100000000000000000000000000000000000000")})
	s.went("split", err)
	s.settle("resharding")
	s.found("after a split", "%s", describe(s.shards("resharding")))
	between := s.put("resharding", "k", "between").SequenceNumber
	s.found("a child's numbers follow its parent's", "%v", *between > *last)
	_, err = s.client.MergeShards(s.Context(), &kinesis.MergeShardsInput{StreamName: aws.String("resharding"), ShardToMerge: aws.String("shardId-000000000001"), AdjacentShardToMerge: aws.String("shardId-000000000002")})
	s.went("merge", err)
	s.settle("resharding")
	shards := s.shards("resharding")
	s.found("after a merge", "%s", describe(shards))
	after := s.put("resharding", "k", "after").SequenceNumber
	s.found("a grandchild's numbers follow its parents'", "%v", *after > *between)
	for _, shard := range shards {
		out := must(s.at(kinesis.GetShardIteratorInput{StreamName: aws.String("resharding"), ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))(s)
		var children []string
		for _, c := range out.ChildShards {
			var parents []string
			for _, p := range c.ParentShards {
				parents = append(parents, number(&p))
			}
			children = append(children, fmt.Sprintf("%s of %s %s-%s", number(c.ShardId), strings.Join(parents, ""), *c.HashKeyRange.StartingHashKey, *c.HashKeyRange.EndingHashKey))
		}
		s.found("reading shard "+number(shard.ShardId), "%q next %v children %q", texts(out.Records), out.NextShardIterator != nil, children)
		latest := must(s.at(kinesis.GetShardIteratorInput{StreamName: aws.String("resharding"), ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeLatest}))(s)
		s.found("latest of shard "+number(shard.ShardId), "%q next %v children %d", texts(latest.Records), latest.NextShardIterator != nil, len(latest.ChildShards))
	}
}

func conformShardErrors(s *side) {
	s.create("shards", 3)
	split := func(shard int, key string) error {
		_, err := s.client.SplitShard(s.Context(), &kinesis.SplitShardInput{StreamName: aws.String("shards"), ShardToSplit: aws.String(fmt.Sprintf("shardId-%012d", shard)), NewStartingHashKey: &key})
		s.settle("shards")
		return err
	}
	merge := func(a, b int) error {
		_, err := s.client.MergeShards(s.Context(), &kinesis.MergeShardsInput{StreamName: aws.String("shards"), ShardToMerge: aws.String(fmt.Sprintf("shardId-%012d", a)), AdjacentShardToMerge: aws.String(fmt.Sprintf("shardId-%012d", b))})
		s.settle("shards")
		return err
	}
	s.went("split a shard that is not there", split(9, "5"))
	s.went("split outside of the shard", split(1, "5"))
	s.went("split at no hash key", split(0, "junk"))
	s.went("merge shards that do not adjoin", merge(0, 2))
	s.went("merge with a shard that is not there", merge(0, 9))
	s.went("split well", split(0, "5000"))
	s.went("split a closed shard", split(0, "6000"))
	s.went("merge a closed shard", merge(0, 1))
}

func conformScaling(s *side) {
	s.create("scaling", 2)
	scale := func(n int32) error {
		_, err := s.client.UpdateShardCount(s.Context(), &kinesis.UpdateShardCountInput{StreamName: aws.String("scaling"), TargetShardCount: &n, ScalingType: types.ScalingTypeUniformScaling})
		s.settle("scaling")
		return err
	}
	for _, n := range []int32{4, 2} {
		s.went(fmt.Sprintf("scale to %d", n), scale(n))
		open := must(s.client.ListShards(s.Context(), &kinesis.ListShardsInput{StreamName: aws.String("scaling"), ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}}))(s).Shards
		s.found(fmt.Sprintf("ranges of %d", n), "%q", ranges(open))
	}
	s.went("scale to more than double", scale(5))
	s.went("scale to none", scale(0))
}

func conformListing(s *side) {
	s.create("listing", 7)
	in := &kinesis.ListShardsInput{StreamName: aws.String("listing"), MaxResults: aws.Int32(3)}
	var pages []string
	var token *string
	for {
		out := must(s.client.ListShards(s.Context(), in))(s)
		pages = append(pages, strings.Join(shardIDs(out.Shards), " "))
		if out.NextToken == nil {
			break
		}
		token = out.NextToken
		in = &kinesis.ListShardsInput{NextToken: token, MaxResults: aws.Int32(3)}
	}
	s.found("pages of shards", "%q", pages)
	list := func(label string, in kinesis.ListShardsInput) {
		out, err := s.client.ListShards(s.Context(), &in)
		s.went("list "+label, err)
		if err == nil {
			s.found("listed "+label, "%s", strings.Join(shardIDs(out.Shards), " "))
		}
	}
	list("after a shard", kinesis.ListShardsInput{StreamName: aws.String("listing"), ExclusiveStartShardId: aws.String("shardId-000000000004")})
	list("with token and name", kinesis.ListShardsInput{StreamName: aws.String("listing"), NextToken: token})
	list("with token and start", kinesis.ListShardsInput{ExclusiveStartShardId: aws.String(firstShard), NextToken: token})
	list("with junk for a token", kinesis.ListShardsInput{NextToken: aws.String("junk")})
	list("nothing", kinesis.ListShardsInput{})
	list("a stream that is not there", kinesis.ListShardsInput{StreamName: aws.String("none")})
	list("no shards at a time", kinesis.ListShardsInput{StreamName: aws.String("listing"), MaxResults: aws.Int32(0)})
	d := must(s.client.DescribeStream(s.Context(), &kinesis.DescribeStreamInput{StreamName: aws.String("listing"), Limit: aws.Int32(2), ExclusiveStartShardId: aws.String("shardId-000000000003")}))(s).StreamDescription
	s.found("page of a description", "%s more %v", strings.Join(shardIDs(d.Shards), " "), *d.HasMoreShards)
}

func conformFilters(s *side) {
	s.create("filters", 1)
	// kinesis-local compares times by the second.
	time.Sleep(1100 * time.Millisecond)
	before := time.Now()
	time.Sleep(1100 * time.Millisecond)
	if _, err := s.client.SplitShard(s.Context(), &kinesis.SplitShardInput{StreamName: aws.String("filters"), ShardToSplit: aws.String(firstShard), NewStartingHashKey: aws.String("1000")}); err != nil {
		s.Fatal(err)
	}
	s.settle("filters")
	time.Sleep(1100 * time.Millisecond)
	list := func(label string, f types.ShardFilter) {
		out, err := s.client.ListShards(s.Context(), &kinesis.ListShardsInput{StreamName: aws.String("filters"), ShardFilter: &f})
		s.went("filter "+label, err)
		if err == nil {
			s.found("filtered "+label, "%s", strings.Join(shardIDs(out.Shards), " "))
		}
	}
	list("at latest", types.ShardFilter{Type: types.ShardFilterTypeAtLatest})
	list("at trim horizon", types.ShardFilter{Type: types.ShardFilterTypeAtTrimHorizon})
	list("from trim horizon", types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon})
	list("after a shard", types.ShardFilter{Type: types.ShardFilterTypeAfterShardId, ShardId: aws.String(firstShard)})
	list("after no shard", types.ShardFilter{Type: types.ShardFilterTypeAfterShardId})
	list("at a time before the split", types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: &before})
	list("from a time before the split", types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: &before})
	now := time.Now()
	list("at a time after the split", types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: &now})
	list("from a time after the split", types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: &now})
	list("at no time", types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp})
}

func conformRetention(s *side) {
	s.create("retention", 1)
	for _, hours := range []int32{23, 48, 24, 8761} {
		_, err := s.client.IncreaseStreamRetentionPeriod(s.Context(), &kinesis.IncreaseStreamRetentionPeriodInput{StreamName: aws.String("retention"), RetentionPeriodHours: &hours})
		s.went(fmt.Sprintf("increase to %d hours", hours), err)
	}
	for _, hours := range []int32{72, 36, 23} {
		_, err := s.client.DecreaseStreamRetentionPeriod(s.Context(), &kinesis.DecreaseStreamRetentionPeriodInput{StreamName: aws.String("retention"), RetentionPeriodHours: &hours})
		s.went(fmt.Sprintf("decrease to %d hours", hours), err)
	}
	d := must(s.client.DescribeStreamSummary(s.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("retention")}))(s).StreamDescriptionSummary
	s.found("hours in the end", "%d", *d.RetentionPeriodHours)
}

func conformLargeAnswers(s *side) {
	s.create("large", 1)
	// Not at the limit to the byte: whether keys and numbers count is not said.
	for range 16 {
		s.put("large", "k", strings.Repeat("x", 700_000))
	}
	it := must(s.client.GetShardIterator(s.Context(), &kinesis.GetShardIteratorInput{StreamName: aws.String("large"), ShardId: aws.String(firstShard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))(s).ShardIterator
	out := must(s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: it}))(s)
	s.found("large records in an answer", "%d", len(out.Records))
	out = must(s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: out.NextShardIterator}))(s)
	s.found("large records left", "%d", len(out.Records))
}
