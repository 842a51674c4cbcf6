package kinesis_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/kinesis"
)

const examinedKeys = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\nregion = us-east-1\n"

// account is a server that answers for Kinesis and for CloudWatch, as one behind --endpoint-url does.
func account(t *testing.T, streams *emulator.Kinesis, metrics *emulator.Metrics) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/service/", metrics)
	mux.Handle("/", streams)
	url, err := emulator.Serve(t.Context(), mux)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// opened is the source of the stream that can be asked about itself.
func opened(t *testing.T, url string, health bool) source.Describer {
	t.Helper()
	configured(t, examinedKeys)
	list, err := kinesis.Open(t.Context(), "kinesis://audit", source.Options{EndpointURL: url, Health: health})
	if err != nil {
		t.Fatal(err)
	}
	d, ok := list[0].(source.Describer)
	if !ok {
		t.Fatal("a stream cannot be asked how it is set up")
	}
	return d
}

// facts writes what is known, one fact a line.
func facts(d source.Description) string {
	var out strings.Builder
	for _, f := range d.Facts {
		fmt.Fprintf(&out, "%s %s: %s\n", f.Verdict, f.Name, f.Text)
	}
	return out.String()
}

const (
	isSetUp   = "ok stream: provisioned, 2 open shards\nok retention: 24 hours\nok encryption: none with KMS\n"
	forbidden = "note kinesis:DescribeStreamSummary: not permitted, and not needed to read\n"
)

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(k *emulator.Kinesis, m *emulator.Metrics)
		health bool
		want   string
		kept   time.Duration
		asked  int // of CloudWatch, by two descriptions
	}{
		{"without --health", nil, false, isSetUp, 24 * time.Hour, 0},
		{"nothing was written", nil, true, isSetUp + "ok written: nothing in an hour, by CloudWatch\n", 24 * time.Hour, 2},
		{"much was written and read", func(_ *emulator.Kinesis, m *emulator.Metrics) {
			m.Set("AWS/Kinesis", "IncomingRecords", "audit", 100, 1000)
			m.Set("AWS/Kinesis", "IncomingBytes", "audit", 102400, 1024000)
			m.Set("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "audit", 9e9, 65_000)
			m.Set("AWS/Kinesis", "ReadProvisionedThroughputExceeded", "audit", 0, 3)
			m.Set("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "audit", 0, 0)
		}, true, isSetUp + "ok written: 1,100 records and 1.1 MiB in an hour, by CloudWatch\nnote reads refused: 3 in an hour, of all readers together\n" +
			"ok slowest reader: 1m5s behind, of all that read the stream\n", 24 * time.Hour, 2},
		{"records are about to be lost", func(_ *emulator.Kinesis, m *emulator.Metrics) {
			m.Set("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "audit", 50_000_000)
			m.Set("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "audit", 7)
		}, true, isSetUp + "ok written: nothing in an hour, by CloudWatch\n" +
			"FAIL writes refused: 7 in an hour: the shards are full, and Temporal Cloud has to send again\n" +
			"FAIL slowest reader: 13h53m20s behind, of all that read the stream: it is about to lose records\n", 24 * time.Hour, 2},
		{"nothing is permitted", func(k *emulator.Kinesis, m *emulator.Metrics) {
			k.Inject(emulator.Fault{Op: "DescribeStreamSummary", Kind: emulator.Deny})
			m.Deny()
		}, true, forbidden + "note cloudwatch:GetMetricData: not permitted, and not needed to read\n", 0, 1},
		{"credentials have expired", func(k *emulator.Kinesis, _ *emulator.Metrics) {
			k.Inject(emulator.Fault{Op: "DescribeStreamSummary", Kind: emulator.ExpiredToken})
		}, false, "note kinesis:DescribeStreamSummary: not known, and not needed to read: the AWS credentials have expired: renew them " +
			"(\"aws sso login\", or export new ones); reading goes on by itself when the profile has new ones\n", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			streams, _, _ := serveExamined(t)
			var metrics emulator.Metrics
			if c.set != nil {
				c.set(streams, &metrics)
			}
			d := opened(t, account(t, streams, &metrics), c.health)
			for range 2 {
				if got := d.Describe(t.Context()); facts(got) != c.want || got.Retention != c.kept {
					t.Errorf("kept %v, and\n%swant %v, and\n%s", got.Retention, facts(got), c.kept, c.want)
				}
			}
			if n := metrics.Calls(); n != c.asked {
				t.Errorf("CloudWatch was asked %d times, want %d", n, c.asked)
			}
			// What is denied is not asked for again.
			if n := streams.Calls()["DescribeStreamSummary"]; c.kept == 0 && c.health && n != 1 || c.kept > 0 && n != 2 {
				t.Errorf("the stream was asked %d times", n)
			}
		})
	}
}

func TestCheckTellsOfHealth(t *testing.T) {
	streams, _, _ := serveExamined(t)
	var metrics emulator.Metrics
	metrics.Set("AWS/Kinesis", "IncomingRecords", "audit", 5)
	metrics.Set("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "audit", 7)
	configured(t, examinedKeys)
	var got []source.Step
	o := source.Options{EndpointURL: account(t, streams, &metrics), Health: true}
	kinesis.Check(t.Context(), "kinesis://audit", o, func(s source.Step) { got = append(got, s) })
	want := "ok written: 5 records and 0 B in an hour, by CloudWatch\nnote writes refused: 7 in an hour: the shards are full, and Temporal Cloud has to send again\n"
	if text := steps(got); !strings.HasSuffix(text, want) || strings.Contains(text, "FAIL") {
		t.Errorf("it told\n%s", text)
	}
}
