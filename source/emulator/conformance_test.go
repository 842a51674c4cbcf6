//go:build conformance

package emulator_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"taudit/source/emulator"
)

// deviations are where kinesis-local 0.6.2 does not answer as the service is documented to, by scenario and label of the
// finding. A finding that deviates no more fails the test, so that this table stays true.
func deviations() map[string]map[string]string {
	const (
		hashKeys  = "it divides 2^128-1 instead of 2^128, so that the second of two shards begins one too low"
		noCode    = "it answers an error without a code when it cannot parse a member"
		members   = "it answers InvalidArgumentException where a member breaks its length or lower bound; the service answers ValidationException"
		sequences = "it takes a sequence number apart without asking whether it is one of the shard's"
	)
	return map[string]map[string]string{
		"Streams":  {"description": hashKeys},
		"HashKeys": {"2 shards": hashKeys},
		"ReadErrors": {
			"iterator after a small number":           sequences,
			"iterator at the number of another shard": sequences,
			"limit of 0 records":                      members,
			"junk iterator":                           noCode,
			"dry run":                                 "it does not know DryRun, which is newer, and returns data",
		},
		"Writing": {
			"501 records":             "it takes more than the 500 records that PutRecords is documented to take",
			"a key of 257 characters": members,
			"a key of no characters":  members,
		},
		"ShardErrors": {"split at no hash key": noCode},
		"Scaling":     {"ranges of 4": hashKeys, "ranges of 2": hashKeys, "scale to none": members},
		"Listing":     {"list no shards at a time": noCode},
		"Filters":     {"filtered at trim horizon": "it gives all shards; the documentation of ShardFilter says those that were open at the trim horizon"},
	}
}

// side is one of the two servers, with what was found out about it.
type side struct {
	*testing.T
	client   *kinesis.Client
	findings []finding
}

type finding struct{ label, value string }

func (s *side) found(label, format string, args ...any) {
	s.findings = append(s.findings, finding{label, fmt.Sprintf(format, args...)})
}

// code is how a call went: "ok" or the code of its error.
func code(err error) string {
	var api smithy.APIError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &api):
		return api.ErrorCode()
	}
	return "no answer: " + err.Error()
}

func (s *side) went(label string, err error) { s.found(label, "%s", code(err)) }

func TestConformance(t *testing.T) {
	theirs := startKinesisLocal(t)
	ours := kinesisClient(t, serve(t, emulator.NewKinesis(emulator.KinesisOptions{Account: "000000000000", NoLimits: true})))
	for _, c := range []struct {
		name string
		run  func(s *side)
	}{
		{"Streams", conformStreams},
		{"HashKeys", conformHashKeys},
		{"Reading", conformReading},
		{"ReadErrors", conformReadErrors},
		{"Writing", conformWriting},
		{"Resharding", conformResharding},
		{"ShardErrors", conformShardErrors},
		{"Scaling", conformScaling},
		{"Listing", conformListing},
		{"Filters", conformFilters},
		{"Retention", conformRetention},
		{"LargeAnswers", conformLargeAnswers},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := deviations()[c.name]
			a, b := &side{T: t, client: ours}, &side{T: t, client: theirs}
			c.run(a)
			c.run(b)
			if len(a.findings) != len(b.findings) {
				t.Fatalf("%d findings of ours, %d of kinesis-local", len(a.findings), len(b.findings))
			}
			for label := range known {
				if !slices.ContainsFunc(a.findings, func(f finding) bool { return f.label == label }) {
					t.Errorf("nothing was found out about %q, which is listed to deviate", label)
				}
			}
			for i, mine := range a.findings {
				other := b.findings[i]
				if mine.label != other.label {
					t.Fatalf("finding %d is %q of ours, %q of kinesis-local", i, mine.label, other.label)
				}
				why, deviates := known[mine.label]
				switch {
				case !deviates && mine.value != other.value:
					t.Errorf("%s:\n  ours          %s\n  kinesis-local %s", mine.label, mine.value, other.value)
				case deviates && mine.value == other.value:
					t.Errorf("%s: both say %s, but are listed to deviate: %s", mine.label, mine.value, why)
				}
			}
		})
	}
}

// create makes a stream and waits until it can be used.
func (s *side) create(name string, shards int32) {
	s.Helper()
	if _, err := s.client.CreateStream(s.Context(), &kinesis.CreateStreamInput{StreamName: &name, ShardCount: &shards}); err != nil {
		s.Fatal(err)
	}
	s.settle(name)
}

// settle waits until a stream is active: kinesis-local takes as long as it was told to.
func (s *side) settle(name string) {
	s.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		out, err := s.client.DescribeStreamSummary(s.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: &name})
		if err == nil && out.StreamDescriptionSummary.StreamStatus == types.StreamStatusActive {
			return
		}
		if time.Now().After(deadline) {
			s.Fatalf("%s does not become active: %v", name, err)
		}
	}
}

func (s *side) put(stream, key, data string) *kinesis.PutRecordOutput {
	s.Helper()
	return must(s.client.PutRecord(s.Context(), &kinesis.PutRecordInput{StreamName: &stream, PartitionKey: &key, Data: []byte(data)}))(s)
}

// number shortens shard IDs.
func number(id *string) string {
	return strings.TrimLeft(strings.TrimPrefix(aws.ToString(id), "shardId-"), "0") + "."
}

// shards describes shards in one line each.
func describe(shards []types.Shard) string {
	var b strings.Builder
	for _, s := range shards {
		fmt.Fprintf(&b, "\n    %s parents %s%s hash keys %s-%s", number(s.ShardId), number(s.ParentShardId), number(s.AdjacentParentShardId),
			*s.HashKeyRange.StartingHashKey, *s.HashKeyRange.EndingHashKey)
		if s.SequenceNumberRange.EndingSequenceNumber != nil {
			b.WriteString(" closed")
		}
	}
	return b.String()
}

func (s *side) shards(stream string) []types.Shard {
	s.Helper()
	return must(s.client.ListShards(s.Context(), &kinesis.ListShardsInput{StreamName: &stream}))(s).Shards
}

func (s *side) at(in kinesis.GetShardIteratorInput) (*kinesis.GetRecordsOutput, error) {
	out, err := s.client.GetShardIterator(s.Context(), &in)
	if err != nil {
		return nil, err
	}
	return s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: out.ShardIterator})
}

func conformStreams(s *side) {
	s.create("streams", 2)
	d := must(s.client.DescribeStreamSummary(s.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("streams")}))(s).StreamDescriptionSummary
	s.found("summary", "%s %s %d shards %d hours %s %s", *d.StreamARN, *d.StreamName, *d.OpenShardCount, *d.RetentionPeriodHours, d.StreamStatus, d.StreamModeDetails.StreamMode)
	full := must(s.client.DescribeStream(s.Context(), &kinesis.DescribeStreamInput{StreamARN: d.StreamARN}))(s).StreamDescription
	s.found("description", "%s %d hours more %v%s", *full.StreamARN, *full.RetentionPeriodHours, *full.HasMoreShards, describe(full.Shards))
	_, err := s.client.CreateStream(s.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("streams"), ShardCount: aws.Int32(1)})
	s.went("create twice", err)
	_, err = s.client.CreateStream(s.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("too-many"), ShardCount: aws.Int32(501)})
	s.went("create too many shards", err)
	_, err = s.client.DescribeStream(s.Context(), &kinesis.DescribeStreamInput{StreamName: aws.String("none")})
	s.went("describe what is not there", err)
	_, err = s.client.DescribeStreamSummary(s.Context(), &kinesis.DescribeStreamSummaryInput{StreamARN: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/none")})
	s.went("summarise what is not there", err)
	_, err = s.client.DescribeStreamSummary(s.Context(), &kinesis.DescribeStreamSummaryInput{})
	s.went("summarise nothing", err)
	for _, name := range []string{"streams-b", "streams-a"} {
		s.create(name, 1)
	}
	var pages []string
	in := &kinesis.ListStreamsInput{Limit: aws.Int32(2), ExclusiveStartStreamName: aws.String("str")}
	for {
		out := must(s.client.ListStreams(s.Context(), in))(s)
		pages = append(pages, strings.Join(out.StreamNames, " "))
		if !*out.HasMoreStreams {
			break
		}
		in.ExclusiveStartStreamName = &out.StreamNames[len(out.StreamNames)-1]
	}
	s.found("pages of streams", "%q", pages)
	for _, name := range []string{"streams", "streams-a", "streams-b"} {
		_, err := s.client.DeleteStream(s.Context(), &kinesis.DeleteStreamInput{StreamName: &name})
		s.went("delete "+name, err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		_, err = s.client.DescribeStreamSummary(s.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("streams")})
		if err != nil || time.Now().After(deadline) {
			break
		}
	}
	s.went("describe what was deleted", err)
}

func conformHashKeys(s *side) {
	for _, n := range []int32{1, 2, 3, 5, 7, 10} {
		name := fmt.Sprintf("hash-%d", n)
		s.create(name, n)
		s.found(fmt.Sprintf("%d shards", n), "%s", describe(s.shards(name)))
	}
	for i := range 30 {
		key := fmt.Sprintf("key-%d-ü", i)
		s.found("shard of "+key, "%s", number(s.put("hash-7", key, "x").ShardId))
	}
	for _, explicit := range []string{"0", "48611766702991209066196372490252601637", "340282366920938463463374607431768211455"} {
		out := must(s.client.PutRecord(s.Context(), &kinesis.PutRecordInput{StreamName: aws.String("hash-7"), PartitionKey: aws.String("k"), ExplicitHashKey: &explicit, Data: []byte("x")}))(s)
		s.found("shard of hash key "+explicit, "%s", number(out.ShardId))
	}
}

func conformReading(s *side) {
	s.create("reading", 1)
	var sequence []*string
	for i := range 5 {
		sequence = append(sequence, s.put("reading", "k", fmt.Sprintf("record %d", i)).SequenceNumber)
		time.Sleep(5 * time.Millisecond) // so that arrival times differ
	}
	arrived := must(s.at(kinesis.GetShardIteratorInput{StreamName: aws.String("reading"), ShardId: aws.String(firstShard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))(s).Records
	first := s.shards("reading")[0].SequenceNumberRange.StartingSequenceNumber
	for i := range sequence {
		s.found("length of sequence numbers", "%d", len(*sequence[i]))
		s.found("sequence numbers ascend", "%v", *sequence[i] > *first && (i == 0 || *sequence[i] > *sequence[i-1]))
		s.found("record", "%s %s same number %v", arrived[i].Data, *arrived[i].PartitionKey, *arrived[i].SequenceNumber == *sequence[i])
		s.found("arrival", "within a minute %v, whole milliseconds %v", time.Since(*arrived[i].ApproximateArrivalTimestamp).Abs() < time.Minute, arrived[i].ApproximateArrivalTimestamp.Nanosecond()%1e6 == 0)
	}
	for _, c := range []struct {
		label string
		in    kinesis.GetShardIteratorInput
	}{
		{"trim horizon", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon}},
		{"latest", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest}},
		{"at a number", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: sequence[2]}},
		{"after a number", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: sequence[2]}},
		{"at the first number", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: sequence[0]}},
		{"after the last number", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: sequence[4]}},
		{"at the start of the shard", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: first}},
		{"at a time", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: arrived[3].ApproximateArrivalTimestamp}},
		{"after a time", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: aws.Time(arrived[3].ApproximateArrivalTimestamp.Add(time.Millisecond))}},
		{"at a time long ago", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: aws.Time(time.Now().Add(-time.Hour))}},
	} {
		c.in.StreamName, c.in.ShardId = aws.String("reading"), aws.String(firstShard)
		out, err := s.at(c.in)
		s.went("iterator "+c.label, err)
		if err == nil {
			s.found("read from "+c.label, "%q behind %v next %v", texts(out.Records), aws.ToInt64(out.MillisBehindLatest) > 0, out.NextShardIterator != nil)
		}
	}
	it := must(s.client.GetShardIterator(s.Context(), &kinesis.GetShardIteratorInput{StreamARN: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/reading"), ShardId: aws.String(firstShard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))(s).ShardIterator
	for range 4 {
		out := must(s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: it, Limit: aws.Int32(2)}))(s)
		s.found("two at a time", "%q behind %v", texts(out.Records), aws.ToInt64(out.MillisBehindLatest) > 0)
		it = out.NextShardIterator
	}
	s.put("reading", "k", "late")
	s.found("after waiting at the tip", "%q", texts(must(s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: it}))(s).Records))
}

func conformReadErrors(s *side) {
	s.create("errors", 2)
	put := s.put("errors", "k", "x")
	other := map[string]string{firstShard: "shardId-000000000001"}[*put.ShardId]
	if other == "" {
		other = firstShard
	}
	at, after := types.ShardIteratorTypeAtSequenceNumber, types.ShardIteratorTypeAfterSequenceNumber
	for _, c := range []struct {
		label string
		in    kinesis.GetShardIteratorInput
	}{
		{"at garbage", kinesis.GetShardIteratorInput{ShardIteratorType: at, StartingSequenceNumber: aws.String("garbage")}},
		{"after a small number", kinesis.GetShardIteratorInput{ShardIteratorType: after, StartingSequenceNumber: aws.String("1")}},
		{"at no number", kinesis.GetShardIteratorInput{ShardIteratorType: at}},
		{"at the number of another shard", kinesis.GetShardIteratorInput{ShardIteratorType: at, StartingSequenceNumber: put.SequenceNumber, ShardId: &other}},
		{"at no time", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp}},
		{"in the future", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: aws.Time(time.Now().Add(time.Hour))}},
		{"of a shard that is not there", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest, ShardId: aws.String("shardId-000000000009")}},
		{"of a stream that is not there", kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest, StreamName: aws.String("none")}},
	} {
		if c.in.StreamName == nil {
			c.in.StreamName = aws.String("errors")
		}
		if c.in.ShardId == nil {
			c.in.ShardId = put.ShardId
		}
		_, err := s.client.GetShardIterator(s.Context(), &c.in)
		s.went("iterator "+c.label, err)
	}
	it := must(s.client.GetShardIterator(s.Context(), &kinesis.GetShardIteratorInput{StreamName: aws.String("errors"), ShardId: put.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))(s).ShardIterator
	for _, limit := range []int32{0, 1, 10_000, 10_001} {
		_, err := s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: it, Limit: &limit})
		s.went(fmt.Sprintf("limit of %d records", limit), err)
	}
	_, err := s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: aws.String("junk")})
	s.went("junk iterator", err)
	_, err = s.client.GetRecords(s.Context(), &kinesis.GetRecordsInput{ShardIterator: it, DryRun: aws.Bool(true)})
	s.went("dry run", err)
}

func conformWriting(s *side) {
	s.create("writing", 3)
	var in []types.PutRecordsRequestEntry
	for i := range 500 {
		in = append(in, types.PutRecordsRequestEntry{PartitionKey: aws.String(fmt.Sprint(i)), Data: fmt.Appendf(nil, "record %d", i)})
	}
	out := must(s.client.PutRecords(s.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("writing"), Records: in}))(s)
	var where []string
	for _, r := range out.Records {
		where = append(where, number(r.ShardId))
	}
	s.found("500 records", "%d failed, in %s", *out.FailedRecordCount, strings.Join(where, ""))
	for _, shard := range s.shards("writing") {
		read := must(s.at(kinesis.GetShardIteratorInput{StreamName: aws.String("writing"), ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))(s)
		s.found("records of shard "+number(shard.ShardId), "%q", texts(read.Records))
	}
	_, err := s.client.PutRecords(s.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("writing"), Records: append(in, in[0])})
	s.went("501 records", err)
	_, err = s.client.PutRecords(s.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("none"), Records: in[:1]})
	s.went("records for a stream that is not there", err)
	put := func(key string, data []byte, explicit *string) error {
		_, err := s.client.PutRecord(s.Context(), &kinesis.PutRecordInput{StreamName: aws.String("writing"), PartitionKey: &key, Data: data, ExplicitHashKey: explicit})
		return err
	}
	s.went("a key of 256 characters", put(strings.Repeat("k", 256), []byte("x"), nil))
	s.went("a key of 257 characters", put(strings.Repeat("k", 257), []byte("x"), nil))
	s.went("a key of no characters", put("", []byte("x"), nil))
	s.went("no data", put("k", []byte{}, nil))
	s.went("a record of almost 1 MiB", put("k", make([]byte, 1<<20-1), nil))
	s.went("a record of over 1 MiB", put("k", make([]byte, 1<<20+1), nil))
	s.went("a hash key that is too large", put("k", []byte("x"), aws.String("340282366920938463463374607431768211456")))
}
