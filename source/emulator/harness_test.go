package emulator_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.uber.org/goleak"

	"taudit/source/emulator"
)

func TestMain(m *testing.M) {
	if err := os.Setenv("AWS_EC2_METADATA_DISABLED", "true"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// epoch is when the clocks of these tests start.
func epoch() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// clock is a server's clock that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is a Kinesis server on loopback, its clock and a client of it that does not retry.
type bench struct {
	*testing.T
	server *emulator.Kinesis
	clock  *clock
	client *kinesis.Client
	url    string
}

func newBench(t *testing.T, o emulator.KinesisOptions) *bench {
	t.Helper()
	c := &clock{at: epoch()}
	o.Now = c.Now
	server := emulator.NewKinesis(o)
	url := serve(t, server)
	return &bench{t, server, c, kinesisClient(t, url), url}
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	url, err := emulator.Serve(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// transport is an HTTP client that leaves no connections behind.
func transport(t *testing.T) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: plainBodies{tr}}
}

// plainBodies hides the WriteTo method of request bodies. That of smithy-go 1.28.8 answers io.EOF once the body is closed,
// which it is as soon as an answer begins. When net/http has not looked for the body's end by then, as happens on loopback,
// it takes that for a failure and closes the connection although the answer is still being read.
type plainBodies struct{ http.RoundTripper }

func (p plainBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return p.RoundTripper.RoundTrip(r)
}

func kinesisClient(t *testing.T, url string) *kinesis.Client {
	return kinesis.New(kinesis.Options{
		BaseEndpoint: &url, Region: "us-east-1", RetryMaxAttempts: 1, HTTPClient: transport(t),
		Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", ""),
	})
}

func s3Client(t *testing.T, url string) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &url, Region: "us-east-1", RetryMaxAttempts: 1, HTTPClient: transport(t), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", ""),
	})
}

// must stops the test at an error.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantError checks the type of an error and gives it.
func wantError[E error](t testing.TB, err error) E {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Fatalf("got error %v, want a %T", err, want)
	}
	return want
}

func (b *bench) create(name string, shards int) {
	b.Helper()
	if err := b.server.CreateStream(name, shards); err != nil {
		b.Fatal(err)
	}
}

// fill puts n numbered records and gives their sequence numbers; the clock moves a second for each.
func (b *bench) fill(stream string, n int) []string {
	b.Helper()
	var sequence []string
	for i := range n {
		_, seq, err := b.server.Put(stream, "key", fmt.Appendf(nil, "record %d", i))
		if err != nil {
			b.Fatal(err)
		}
		sequence = append(sequence, seq)
		b.clock.Advance(time.Second)
	}
	return sequence
}

func (b *bench) iteratorAt(in *kinesis.GetShardIteratorInput) (*string, error) {
	out, err := b.client.GetShardIterator(b.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.ShardIterator, nil
}

func (b *bench) iterator(stream, shard string, kind types.ShardIteratorType) *string {
	b.Helper()
	return must(b.iteratorAt(&kinesis.GetShardIteratorInput{StreamName: &stream, ShardId: &shard, ShardIteratorType: kind}))(b)
}

func (b *bench) get(iterator *string) (*kinesis.GetRecordsOutput, error) {
	return b.client.GetRecords(b.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator})
}

// horizon reads a shard from its oldest record.
func (b *bench) horizon(stream, shard string) *kinesis.GetRecordsOutput {
	b.Helper()
	return must(b.get(b.iterator(stream, shard, types.ShardIteratorTypeTrimHorizon)))(b)
}

func texts(records []types.Record) []string {
	out := []string{}
	for _, r := range records {
		out = append(out, string(r.Data))
	}
	return out
}

const firstShard = "shardId-000000000000"
