package s3_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/s3"
)

const deliveredKey = "firehose/2026/11/25/12/audit-2-2026-11-25-12-00-00-0f3b2c1d-1234-5678-9abc-0123456789ab"

// account is a server that answers for S3, Firehose and CloudWatch, as one behind --endpoint-url does. The bucket holds an object of the key.
func account(t *testing.T, key string, delivery *emulator.Firehose, metrics *emulator.Metrics) string {
	t.Helper()
	bucket := emulator.NewS3(emulator.S3Options{})
	if err := bucket.CreateBucket("audit"); err != nil {
		t.Fatal(err)
	}
	if key != "" {
		if err := bucket.Put("audit", key, []byte(`{"operation":"UpdateUser","log_id":"1"}`), time.Date(2026, 11, 25, 12, 5, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	url, err := emulator.Serve(t.Context(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/service/"):
			metrics.ServeHTTP(w, r)
		case r.Header.Get("X-Amz-Target") != "":
			delivery.ServeHTTP(w, r)
		default:
			bucket.ServeHTTP(w, r)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func delivering(status string) map[string]any {
	return map[string]any{
		"DeliveryStreamStatus": status, "DeliveryStreamARN": "arn:aws:firehose:us-east-1:123456789012:deliverystream/audit",
		"Destinations": []any{map[string]any{"DestinationId": "1", "ExtendedS3DestinationDescription": map[string]any{
			"BucketARN": "arn:aws:s3:::audit", "Prefix": "firehose/", "CompressionFormat": "GZIP",
			"BufferingHints": map[string]any{"IntervalInSeconds": 300, "SizeInMBs": 5},
		}}},
	}
}

const (
	isDelivering = "ok Firehose: audit is ACTIVE\nok delivers: to arn:aws:s3:::audit firehose/, after 5m0s or 5 MiB, GZIP\n"
	isSilent     = "ok delivered: nothing in an hour, by CloudWatch\n"
	nameless     = "note Firehose: no object that was read tells by its name which stream delivers: name it with --firehose\n"
)

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		name  string
		key   string
		o     source.Options
		set   func(f *emulator.Firehose, m *emulator.Metrics)
		want  string
		calls int // of Firehose, by two descriptions
	}{
		{"without --health", deliveredKey, source.Options{}, nil, "", 0},
		{"found by the names of objects", deliveredKey, source.Options{Health: true}, nil, isDelivering + isSilent, 2},
		{"named", "elsewhere", source.Options{Health: true, Firehose: "audit"}, nil, isDelivering + isSilent, 2},
		{"not named, and nothing to find it by", "elsewhere", source.Options{Health: true}, nil, nameless, 0},
		{"it fares well", deliveredKey, source.Options{Health: true}, func(_ *emulator.Firehose, m *emulator.Metrics) {
			m.Set("AWS/Firehose", "DeliveryToS3.DataFreshness", "audit", 5000, 280)
			m.Set("AWS/Firehose", "DeliveryToS3.Success", "audit", 1, 1)
			m.Set("AWS/Firehose", "DeliveryToS3.Records", "audit", 40, 2)
			m.Set("AWS/Firehose", "ThrottledGetRecords", "audit", 0, 4)
		}, isDelivering + "ok delivered: 42 records in an hour, by CloudWatch\nok freshness: the oldest that is not delivered yet came 4m40s ago\n" +
			"note throttled: 4 reads of the stream were refused in an hour: it has too many readers\n", 2},
		{"it does not get rid of what it has", deliveredKey, source.Options{Health: true}, func(f *emulator.Firehose, m *emulator.Metrics) {
			f.Set("audit", map[string]any{
				"DeliveryStreamStatus": "DELETING_FAILED", "FailureDescription": map[string]any{"Type": "KMS_KEY_NOT_FOUND", "Details": "no key"},
			})
			m.Set("AWS/Firehose", "DeliveryToS3.DataFreshness", "audit", 7200)
			m.Set("AWS/Firehose", "DeliveryToS3.Success", "audit", 1, 0.25, 1)
		}, "FAIL Firehose: audit is DELETING_FAILED: KMS_KEY_NOT_FOUND no key\n" + isSilent +
			"FAIL freshness: the oldest that is not delivered yet came 2h0m0s ago: Firehose does not get rid of it, and gives up after 24h0m0s\n" +
			"FAIL failures: 75 % of the writes to the bucket failed in the worst five minutes\n", 2},
		{
			"nothing is permitted", deliveredKey,
			source.Options{Health: true},
			func(f *emulator.Firehose, m *emulator.Metrics) { f.Deny(); m.Deny() },
			"note firehose:DescribeDeliveryStream: not permitted, and not needed to read\nnote cloudwatch:GetMetricData: not permitted, and not needed to read\n", 1,
		},
		{
			"another account's", deliveredKey,
			source.Options{Health: true, Firehose: "other"},
			nil,
			"note firehose:DescribeDeliveryStream: not known, and not needed to read: there is no delivery stream \"other\" in this region and account: " +
				"--firehose names another\n" + isSilent, 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var delivery emulator.Firehose
			var metrics emulator.Metrics
			delivery.Set("audit", delivering("ACTIVE"))
			if c.set != nil {
				c.set(&delivery, &metrics)
			}
			alone(t, "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\nregion = us-east-1\n")
			c.o.EndpointURL = account(t, c.key, &delivery, &metrics)
			list, err := s3.Open(t.Context(), "s3://audit/", c.o)
			if err != nil {
				t.Fatal(err)
			}
			out := make(chan source.Event)
			done := make(chan error, 1)
			go func() {
				defer close(out)
				done <- list[0].Run(t.Context(), out)
			}()
			for range out {
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			d, ok := list[0].(source.Describer)
			if !ok {
				t.Fatal("a bucket cannot be asked what delivers to it")
			}
			for range 2 {
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if c.want == nameless {
					ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond) // an object may still come
				}
				got := known(d.Describe(ctx))
				cancel()
				if got != c.want {
					t.Errorf("it tells\n%swant\n%s", got, c.want)
				}
			}
			if n := delivery.Calls(); n != c.calls {
				t.Errorf("Firehose was asked %d times, want %d", n, c.calls)
			}
		})
	}
}

// known writes what is known, one fact a line.
func known(d source.Description) string {
	var out strings.Builder
	for _, f := range d.Facts {
		fmt.Fprintf(&out, "%s %s: %s\n", f.Verdict, f.Name, f.Text)
	}
	return out.String()
}

func TestCheckTellsOfHealth(t *testing.T) {
	for key, want := range map[string]string{deliveredKey: isDelivering + isSilent, "": nameless} {
		var delivery emulator.Firehose
		var metrics emulator.Metrics
		delivery.Set("audit", delivering("ACTIVE"))
		alone(t, "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\nregion = us-east-1\n")
		var got []source.Step
		o := source.Options{EndpointURL: account(t, key, &delivery, &metrics), Health: true}
		s3.Check(t.Context(), "s3://audit/firehose/", o, func(s source.Step) { got = append(got, s) })
		if text := told(got); !strings.HasSuffix(text, want) || strings.Contains(text, "FAIL") {
			t.Errorf("it told\n%s", text)
		}
	}
}

func TestGrantsOfHealth(t *testing.T) {
	for _, c := range []struct {
		o     source.Options
		arn   string
		notes int
	}{
		{source.Options{}, "arn:aws:firehose:REGION:ACCOUNT:deliverystream/DELIVERY-STREAM", 3},
		{source.Options{Region: "cn-north-1", Firehose: "audit"}, "arn:aws-cn:firehose:cn-north-1:ACCOUNT:deliverystream/audit", 1},
	} {
		alone(t, "")
		p := source.Policy{Health: true}
		if err := s3.Grant(t.Context(), "s3://acme/firehose/", c.o, &p); err != nil {
			t.Fatal(err)
		}
		text, err := p.JSON()
		if err != nil || !strings.Contains(string(text), `"Resource": "`+c.arn+`"`) || !strings.Contains(string(text), `"cloudwatch:GetMetricData"`) || len(p.Notes()) != c.notes {
			t.Errorf("%v, notes %q, and\n%s", err, p.Notes(), text)
		}
	}
}
