package cloudwatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"taudit/source/cloudwatch"
	"taudit/source/emulator"
)

var now = time.Date(2026, 11, 25, 12, 3, 20, 0, time.UTC)

func serve(t *testing.T, m *emulator.Metrics) cloudwatch.API {
	t.Helper()
	url, err := emulator.Serve(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return cloudwatch.NewClient(aws.Config{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
}

func TestReadGivesWhatCloudWatchHas(t *testing.T) {
	var m emulator.Metrics
	m.Set("AWS/Kinesis", "IncomingRecords", "audit", 3, 9, 6)
	m.Set("AWS/Firehose", "DeliveryToS3.Success", "audit", 1, 0.5)
	metric := func(space, name string) cloudwatch.Metric {
		return cloudwatch.Metric{Namespace: space, Name: name, Dimension: "X", Of: "audit", Statistic: "Sum"}
	}
	got, err := cloudwatch.Read(t.Context(), serve(t, &m), now, []cloudwatch.Metric{
		metric("AWS/Kinesis", "IncomingRecords"), metric("AWS/Kinesis", "IncomingBytes"), metric("AWS/Firehose", "DeliveryToS3.Success"),
	})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 25, 11, 55, 0, 0, time.UTC)
	want := []cloudwatch.Reading{
		{Known: true, Last: 6, Sum: 18, Min: 3, Max: 9, At: at}, {}, {Known: true, Last: 0.5, Sum: 1.5, Min: 0.5, Max: 1, At: at},
	}
	for i, w := range want {
		if g := got[i]; g.Known != w.Known || g.Last != w.Last || g.Sum != w.Sum || g.Min != w.Min || g.Max != w.Max || !g.At.Equal(w.At) {
			t.Errorf("metric %d: %+v, want %+v", i, g, w)
		}
	}
}

func TestReadFails(t *testing.T) {
	var m emulator.Metrics
	m.Deny()
	if _, err := cloudwatch.Read(t.Context(), serve(t, &m), now, make([]cloudwatch.Metric, 1)); err == nil || m.Calls() != 1 {
		t.Errorf("%v after %d calls", err, m.Calls())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := cloudwatch.Read(ctx, serve(t, &m), now, make([]cloudwatch.Metric, 1)); err == nil {
		t.Error("no error of a cancelled context")
	}
}
