package s3

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/cloudwatch"
	"taudit/source/credentials"
)

// FirehoseAPI is what is used of the SDK's client for Firehose.
type FirehoseAPI interface {
	DescribeDeliveryStream(context.Context, *firehose.DescribeDeliveryStreamInput, ...func(*firehose.Options)) (*firehose.DescribeDeliveryStreamOutput, error)
}

var (
	_ FirehoseAPI      = (*firehose.Client)(nil)
	_ source.Describer = (*Source)(nil)
)

const actionDelivery = "firehose:DescribeDeliveryStream"

// description is what is needed to describe what delivers to a bucket.
type description struct {
	permits  credentials.Permits
	firehose FirehoseAPI
	metrics  cloudwatch.API
	named    string  // by a person; empty: by what it delivers
	writer   *writer // what the newest object says
	patience time.Duration
}

// newDescription asks in the region of the configuration.
func newDescription(cfg aws.Config, named string, w *writer) *description {
	const patience = 20 * time.Second
	return &description{
		firehose: firehose.NewFromConfig(cfg, func(o *firehose.Options) { o.Retryer = aws.NopRetryer{} }),
		metrics:  cloudwatch.NewClient(cfg), named: named, writer: w, patience: patience,
	}
}

// writer is the delivery stream that wrote the newest object which was read.
type writer struct {
	mu    sync.Mutex
	name  string
	known chan struct{} // closed when there is a name
}

func newWriter() *writer { return &writer{known: make(chan struct{})} }

// note takes in the key of an object that is newer than those before.
func (w *writer) note(key string) {
	name, ok := source.FirehoseStream(key)
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.name == "" {
		close(w.known)
	}
	w.name = name
}

// get waits a while for a name.
func (w *writer) get(ctx context.Context, patience time.Duration) string {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-w.known:
	case <-timer.C:
	case <-ctx.Done():
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.name
}

// Describe tells of the Firehose stream that delivers to the bucket, with Options.Health and as far as that is permitted: how it is set up, and how
// fresh and complete by CloudWatch's metrics what it delivers is. Its name is that of Options.Firehose, else that in the keys of objects.
func (s *Source) Describe(ctx context.Context) source.Description {
	if s.about == nil {
		return source.Description{}
	}
	return source.Description{Facts: s.about.describe(ctx)}
}

func (a *description) describe(ctx context.Context) []source.Fact {
	name := a.named
	if name == "" {
		name = a.writer.get(ctx, a.patience)
	}
	if name == "" {
		return []source.Fact{{
			Name: "Firehose", Verdict: source.Noted,
			Text: "no object that was read tells by its name which stream delivers: name it with --firehose",
		}}
	}
	return append(a.delivery(ctx, name), a.measure(ctx, name)...)
}

// delivery tells how a delivery stream is set up.
func (a *description) delivery(ctx context.Context, name string) []source.Fact {
	const timeout = 20 * time.Second
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var found *types.DeliveryStreamDescription
	note, ok := a.permits.Try(actionDelivery, func() error {
		out, err := a.firehose.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: &name})
		if err == nil && out.DeliveryStreamDescription == nil {
			err = errors.New("the answer is empty")
		}
		if errors.As(err, new(*types.ResourceNotFoundException)) {
			err = fmt.Errorf("there is no delivery stream %q in this region and account: --firehose names another", name)
		}
		if err == nil {
			found = out.DeliveryStreamDescription
		}
		return err
	})
	if !ok {
		return []source.Fact{note}
	}
	state := source.Fact{Name: "Firehose", Text: name + " is " + string(found.DeliveryStreamStatus)}
	if found.DeliveryStreamStatus != types.DeliveryStreamStatusActive {
		state.Verdict = source.Wrong
		if f := found.FailureDescription; f != nil {
			state.Text += ": " + string(f.Type) + " " + aws.ToString(f.Details)
		}
	}
	facts := []source.Fact{state}
	for _, to := range found.Destinations {
		x := to.ExtendedS3DestinationDescription
		if x == nil {
			continue
		}
		text := "to " + aws.ToString(x.BucketARN)
		if x.Prefix != nil {
			text += " " + *x.Prefix
		}
		if h := x.BufferingHints; h != nil {
			text += fmt.Sprintf(", after %s or %d MiB", time.Duration(aws.ToInt32(h.IntervalInSeconds))*time.Second, aws.ToInt32(h.SizeInMBs))
		}
		if x.CompressionFormat != "" {
			text += ", " + string(x.CompressionFormat)
		}
		facts = append(facts, source.Fact{Name: "delivers", Text: text})
	}
	return facts
}

// measure tells how a delivery stream has fared in the last hour.
func (a *description) measure(ctx context.Context, name string) []source.Fact {
	metric := func(what, statistic string) cloudwatch.Metric {
		return cloudwatch.Metric{Namespace: "AWS/Firehose", Name: what, Dimension: "DeliveryStreamName", Of: name, Statistic: statistic}
	}
	var r []cloudwatch.Reading
	note, ok := a.permits.Try(cloudwatch.Action, func() (err error) {
		r, err = cloudwatch.Read(ctx, a.metrics, time.Now(), []cloudwatch.Metric{
			metric("DeliveryToS3.DataFreshness", "Maximum"), metric("DeliveryToS3.Success", "Average"),
			metric("DeliveryToS3.Records", "Sum"), metric("ThrottledGetRecords", "Sum"),
		})
		return err
	})
	if !ok {
		return []source.Fact{note}
	}
	freshness, success, records, throttled := r[0], r[1], r[2], r[3]
	facts := []source.Fact{{Name: "delivered", Text: "nothing in an hour, by CloudWatch"}}
	if records.Sum > 0 {
		facts[0].Text = humanize.Comma(int64(records.Sum)) + " records in an hour, by CloudWatch"
	}
	if freshness.Known {
		age := time.Duration(freshness.Last) * time.Second
		f := source.Fact{Name: "freshness", Text: "the oldest that is not delivered yet came " + age.String() + " ago"}
		if age > source.FirehoseBuffer+source.Delay {
			f.Verdict = source.Wrong
			f.Text += fmt.Sprintf(": Firehose does not get rid of it, and gives up after %s", source.FirehoseRetry)
		}
		facts = append(facts, f)
	}
	if success.Known && success.Min < 1 {
		facts = append(facts, source.Fact{
			Name: "failures", Text: fmt.Sprintf("%.0f %% of the writes to the bucket failed in the worst five minutes", (1-success.Min)*100), Verdict: source.Wrong,
		})
	}
	if throttled.Sum > 0 {
		facts = append(facts, source.Fact{
			Name: "throttled", Text: humanize.Comma(int64(throttled.Sum)) + " reads of the stream were refused in an hour: it has too many readers", Verdict: source.Noted,
		})
	}
	return facts
}
