package s3_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/klauspost/compress/gzip"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/s3"
	"taudit/source/sourcetest"
)

const bucket = "audit-archive"

// quick are waits that suit a server on loopback.
func quick() s3.Config {
	return s3.Config{Workers: 4, Poll: 20 * time.Millisecond, FirstRetry: 10 * time.Millisecond, GiveUp: 2 * time.Second}
}

// place is a bucket on a server of its own.
type place struct {
	*emulator.S3
	t     *testing.T
	url   string
	cfg   aws.Config
	close func() // ends the server and the connections to it
}

func newPlace(t *testing.T) *place {
	t.Helper()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	server := emulator.NewS3(emulator.S3Options{})
	if err := server.CreateBucket(bucket); err != nil {
		t.Fatal(err)
	}
	url, err := emulator.Serve(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	p := &place{S3: server, t: t, url: url, cfg: aws.Config{
		Region: "eu-west-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", ""),
	}}
	p.close = cancel
	return p
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (p *place) source(prefix string, o source.Options, c s3.Config) *s3.Source {
	p.t.Helper()
	client, release := s3.NewClient(p.cfg)
	p.t.Cleanup(release)
	stop := p.close
	p.close = func() { release(); stop() }
	if o.Log == nil {
		o.Log = quiet()
	}
	return s3.New(client, bucket, prefix, o, c)
}

func (p *place) put(key, body string, modified time.Time) {
	p.t.Helper()
	if err := p.Put(bucket, key, []byte(body), modified); err != nil {
		p.t.Fatal(err)
	}
}

// firehose is the key that Firehose would give an object, in its default layout.
func firehose(prefix string, at time.Time, n int) string {
	at = at.UTC()
	return fmt.Sprintf("%s%saudit-1-%s-%08d-1234-5678-9abc-0123456789ab.gz", prefix, at.Format("2006/01/02/15/"),
		at.Format("2006-01-02-15-04-05"), n)
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// entries are Entry(from) to Entry(to-1) as Firehose joins them.
func entries(from, to int) string { return strings.Join(sourcetest.Entries(from, to), "") }

// running is a source that is read by a test.
type running struct {
	t      *testing.T
	cancel context.CancelFunc
	ended  chan error

	mu     sync.Mutex
	events []source.Event
}

func start(t *testing.T, s source.Source) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, cancel: cancel, ended: make(chan error, 1)}
	out, done := make(chan source.Event), make(chan struct{})
	go func() {
		defer close(done)
		for e := range out {
			r.mu.Lock()
			r.events = append(r.events, e)
			r.mu.Unlock()
		}
	}()
	go func() {
		err := s.Run(ctx, out)
		close(out)
		<-done
		r.ended <- err
	}()
	t.Cleanup(func() { _ = r.stop() })
	return r
}

// stop ends the source and gives Run's error.
func (r *running) stop() error {
	r.cancel()
	err := <-r.ended
	r.ended <- err
	return err
}

// end waits for Run to return by itself.
func (r *running) end() error {
	r.t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		return err
	case <-time.After(20 * time.Second):
		r.t.Fatalf("Run did not end; status %+v", r.status())
		return nil
	}
}

func (r *running) all() []source.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// ids are the log_ids that came, in order.
func (r *running) ids() []string {
	var ids []string
	for _, e := range r.all() {
		for _, entry := range e.All() {
			ids = append(ids, entry.LogID)
		}
	}
	return ids
}

// newestFirst checks that entries are about so: those of one event are in order, and those of the next are all before them.
func (r *running) newestFirst() {
	r.t.Helper()
	var before string
	for _, e := range r.all() {
		var ids []string
		for _, entry := range e.All() {
			ids = append(ids, entry.LogID)
		}
		if len(ids) == 0 {
			continue
		}
		if !slices.IsSorted(ids) {
			r.t.Errorf("an event holds %v", ids)
		}
		if before != "" && ids[len(ids)-1] >= before {
			r.t.Errorf("%s came behind %s", ids[len(ids)-1], before)
		}
		before = ids[0]
	}
}

// bad are the reasons and places of what could not be read.
func (r *running) bad() []string {
	var list []string
	for _, e := range r.all() {
		for _, b := range e.Bad {
			list = append(list, fmt.Sprintf("%s@%d: %s", b.Origin.Part, b.Offset, b.Reason))
		}
	}
	return list
}

func (r *running) status() source.Status {
	events := r.all()
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Status != nil {
			return *events[i].Status
		}
	}
	return source.Status{}
}

func (r *running) states() []source.State {
	var list []source.State
	for _, e := range r.all() {
		if e.Status != nil {
			list = append(list, e.Status.State)
		}
	}
	return slices.Compact(list)
}

// until waits for something that must happen on a real server.
func (r *running) until(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case err := <-r.ended:
			r.ended <- err
			r.t.Fatalf("Run ended (%v) before %s", err, what)
		case <-deadline:
			r.t.Fatalf("%s did not happen; ids %v, bad %v, status %+v", what, r.ids(), r.bad(), r.status())
		}
	}
}

// wantIDs checks that exactly the entries of these numbers came, in any order.
func (r *running) wantIDs(numbers ...int) {
	r.t.Helper()
	want := make([]string, 0, len(numbers))
	for _, n := range numbers {
		want = append(want, sourcetest.ID(n))
	}
	got := r.ids()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("entries %v came; want %v", got, want)
	}
}

// upTo are the numbers from 0 to n-1.
func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
