// Package cloudwatch asks Amazon CloudWatch how a stream and what delivers from it have fared in the last hour. The adapters that read from AWS
// share it.
package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// API is what is used of the SDK's client.
type API interface {
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
}

var _ API = (*cloudwatch.Client)(nil)

// Action is the IAM action that is needed. It cannot be limited to resources.
const Action = "cloudwatch:GetMetricData"

// NewClient makes a client that never retries by itself: it is asked again soon enough.
func NewClient(cfg aws.Config) *cloudwatch.Client {
	return cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) { o.Retryer = aws.NopRetryer{} })
}

// Metric names what is asked for: "AWS/Kinesis", "IncomingRecords", "StreamName", the name of the stream, "Sum".
type Metric struct {
	Namespace, Name, Dimension, Of, Statistic string
}

// Reading is what the last hour gave, in stretches of five minutes. It is not Known where CloudWatch has nothing: what nobody uses has no metrics.
type Reading struct {
	Known               bool
	Last, Sum, Min, Max float64
	At                  time.Time // of Last
}

const (
	window  = time.Hour
	period  = 5 * time.Minute
	timeout = 20 * time.Second
)

// Read gives a reading for each metric. What CloudWatch has is some minutes old.
func Read(ctx context.Context, api API, now time.Time, metrics []Metric) ([]Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	in := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(now.Add(-window).Truncate(period)), EndTime: aws.Time(now), ScanBy: types.ScanByTimestampAscending,
	}
	for i, m := range metrics {
		in.MetricDataQueries = append(in.MetricDataQueries, types.MetricDataQuery{
			Id: aws.String(fmt.Sprintf("m%d", i)),
			MetricStat: &types.MetricStat{
				Metric: &types.Metric{
					Namespace: aws.String(m.Namespace), MetricName: aws.String(m.Name),
					Dimensions: []types.Dimension{{Name: aws.String(m.Dimension), Value: aws.String(m.Of)}},
				},
				Period: aws.Int32(int32(period / time.Second)), Stat: aws.String(m.Statistic),
			},
		})
	}
	out := make([]Reading, len(metrics))
	for {
		answer, err := api.GetMetricData(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("asking CloudWatch for metrics: %w", err)
		}
		for _, r := range answer.MetricDataResults {
			var i int
			if _, err := fmt.Sscanf(aws.ToString(r.Id), "m%d", &i); err == nil && i >= 0 && i < len(out) {
				out[i].add(r.Timestamps, r.Values)
			}
		}
		if aws.ToString(answer.NextToken) == "" {
			return out, nil
		}
		in.NextToken = answer.NextToken
	}
}

func (r *Reading) add(at []time.Time, values []float64) {
	n := min(len(at), len(values))
	if n == 0 {
		return
	}
	values = values[:n]
	if !r.Known {
		r.Min, r.Max = values[0], values[0]
	}
	r.Known = true
	for i, v := range values {
		r.Sum += v
		if !at[i].Before(r.At) {
			r.Last, r.At = v, at[i]
		}
	}
	r.Min, r.Max = min(r.Min, slices.Min(values)), max(r.Max, slices.Max(values))
}
