package kinesis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/cloudwatch"
	"taudit/source/credentials"
)

var _ source.Describer = (*Stream)(nil)

// summarizer is a client that can also be asked how a stream is set up.
type summarizer interface {
	DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error)
}

// description is what is needed to describe a stream.
type description struct {
	permits credentials.Permits
	metrics cloudwatch.API // nil: they are not asked for
}

// Describe tells how the stream is set up, as far as that is permitted: DescribeStreamSummary is one cheap call, and tells for how long entries are
// kept. With Options.Health it also tells how the stream has fared by CloudWatch's metrics.
func (s *Stream) Describe(ctx context.Context) source.Description {
	var d source.Description
	if api, ok := s.api.(summarizer); ok {
		in := &kinesis.DescribeStreamSummaryInput{}
		in.StreamName, in.StreamARN = s.names()
		var sum *types.StreamDescriptionSummary
		note, ok := s.about.permits.Try(actionSummary, func() error {
			out, err := call(ctx, s.timeout, in, api.DescribeStreamSummary)
			if err == nil && out.StreamDescriptionSummary == nil {
				err = errors.New("the answer is empty")
			}
			if err == nil {
				sum = out.StreamDescriptionSummary
			}
			return err
		})
		if ok {
			d.Facts = append(d.Facts, setUp(sum)...)
			d.Retention = time.Duration(aws.ToInt32(sum.RetentionPeriodHours)) * time.Hour
		} else {
			d.Facts = append(d.Facts, note)
		}
	}
	if s.about.metrics != nil {
		d.Facts = append(d.Facts, measure(ctx, s.about.metrics, &s.about.permits, s.ref.Name, d.Retention)...)
	}
	return d
}

// setUp tells what the summary of a stream says.
func setUp(s *types.StreamDescriptionSummary) []source.Fact {
	mode := "provisioned"
	if s.StreamModeDetails != nil && s.StreamModeDetails.StreamMode == types.StreamModeOnDemand {
		mode = "on demand"
	}
	open := aws.ToInt32(s.OpenShardCount)
	shards := "1 open shard"
	if open != 1 {
		shards = humanize.Comma(int64(open)) + " open shards"
	}
	encryption := "none with KMS"
	switch key := aws.ToString(s.KeyId); {
	case s.EncryptionType != types.EncryptionTypeKms:
	case key == "alias/aws/kinesis":
		encryption = "with the key of AWS"
	default:
		encryption = "with " + key
	}
	facts := []source.Fact{
		{Name: "stream", Text: mode + ", " + shards},
		{Name: "retention", Text: retention(aws.ToInt32(s.RetentionPeriodHours))},
		{Name: "encryption", Text: encryption},
	}
	if s.StreamStatus != types.StreamStatusActive && s.StreamStatus != types.StreamStatusUpdating {
		facts = append(facts, source.Fact{Name: "state", Text: "the stream is " + string(s.StreamStatus), Verdict: source.Wrong})
	}
	return facts
}

// measure tells how a stream has fared in the last hour.
func measure(ctx context.Context, api cloudwatch.API, permits *credentials.Permits, stream string, kept time.Duration) []source.Fact {
	names := [...]struct{ name, statistic string }{
		{"IncomingRecords", "Sum"},
		{"IncomingBytes", "Sum"},
		{"GetRecords.IteratorAgeMilliseconds", "Maximum"},
		{"ReadProvisionedThroughputExceeded", "Sum"},
		{"WriteProvisionedThroughputExceeded", "Sum"},
	}
	var metrics []cloudwatch.Metric
	for _, n := range names {
		metrics = append(metrics, cloudwatch.Metric{Namespace: "AWS/Kinesis", Name: n.name, Dimension: "StreamName", Of: stream, Statistic: n.statistic})
	}
	var r []cloudwatch.Reading
	note, ok := permits.Try(cloudwatch.Action, func() (err error) {
		r, err = cloudwatch.Read(ctx, api, time.Now(), metrics)
		return err
	})
	if !ok {
		return []source.Fact{note}
	}
	written, bytes, age, reads, writes := r[0], r[1], r[2], r[3], r[4]
	facts := []source.Fact{{Name: "written", Text: "nothing in an hour, by CloudWatch"}}
	if written.Sum > 0 {
		facts[0].Text = fmt.Sprintf("%s records and %s in an hour, by CloudWatch", humanize.Comma(int64(written.Sum)), humanize.IBytes(uint64(max(bytes.Sum, 0))))
	}
	if writes.Sum > 0 {
		facts = append(facts, source.Fact{
			Name: "writes refused", Text: humanize.Comma(int64(writes.Sum)) + " in an hour: the shards are full, and Temporal Cloud has to send again", Verdict: source.Wrong,
		})
	}
	if reads.Sum > 0 {
		facts = append(facts, source.Fact{
			Name: "reads refused", Text: humanize.Comma(int64(reads.Sum)) + " in an hour, of all readers together", Verdict: source.Noted,
		})
	}
	if age.Known {
		behind := time.Duration(age.Last) * time.Millisecond
		fact := source.Fact{Name: "slowest reader", Text: behind.Round(time.Second).String() + " behind, of all that read the stream"}
		if kept > 0 && behind > kept/2 {
			fact.Text += ": it is about to lose records"
			fact.Verdict = source.Wrong
		}
		facts = append(facts, fact)
	}
	return facts
}
