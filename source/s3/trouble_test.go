package s3_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/s3"
)

// TestBackOff: waits grow, all calls wait together, and the status says until when.
func TestBackOff(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		for i := range 20 {
			f.put(firehose("audit/", noon().Add(-time.Duration(i)*time.Minute), i), entries(i, i+1), noon())
		}
		began := time.Now()
		f.get = func(*sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
			return nil, answer(http.StatusServiceUnavailable, "SlowDown"), time.Since(began) < 5*time.Minute
		}
		r := start(t, f.source("audit/", source.Options{Follow: true}, s3.Config{}))
		time.Sleep(4 * time.Minute)
		s := r.status()
		if s.State != source.Throttled || s.Err == nil || !strings.Contains(s.Err.Error(), "slow down") ||
			!s.NextRetry.After(time.Now().Add(-10*time.Second)) || s.Retries == 0 {
			t.Errorf("status %+v", s)
		}
		var at []time.Time
		for _, c := range f.calls() {
			if c.get != "" {
				at = append(at, c.at)
			}
		}
		// Up to as many workers as there are objects meet it, as many as are on their way by then; then one of them tries for all, ever later, up to half
		// a minute give or take half of that.
		if len(at) < 1+6 || len(at) > 20+20 {
			t.Errorf("%d calls in four minutes", len(at))
		}
		if gap := at[len(at)-1].Sub(at[len(at)-2]); gap < 10*time.Second {
			t.Errorf("the last wait took %s", gap)
		}
		time.Sleep(3 * time.Minute)
		r.wantIDs(upTo(20)...)
		if s := r.status(); s.State != source.Live || s.Err != nil || !s.NextRetry.IsZero() {
			t.Errorf("status %+v", s)
		}
		if got := r.states(); !slices.Contains(got, source.Throttled) {
			t.Errorf("states %v", got)
		}
	})
}

// TestDenied: a source that follows waits for the permission, slowly.
func TestDenied(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		f.put("audit/x", entries(0, 1), noon())
		var allowed atomic.Bool
		f.list = func(*sdk.ListObjectsV2Input) (*sdk.ListObjectsV2Output, error, bool) {
			return nil, answer(http.StatusForbidden, "AccessDenied"), !allowed.Load()
		}
		r := start(t, f.source("audit/", source.Options{Follow: true}, s3.Config{}))
		time.Sleep(10 * time.Minute)
		if s := r.status(); s.State != source.Failing || s.Err == nil || !strings.Contains(s.Err.Error(), "s3:ListBucket") || s.NextRetry.IsZero() {
			t.Errorf("status %+v", s)
		}
		if n := len(f.calls()); n > 21 {
			t.Errorf("%d calls in ten minutes", n)
		}
		allowed.Store(true)
		time.Sleep(time.Minute)
		r.wantIDs(0)
		if s := r.status(); s.State != source.Live {
			t.Errorf("status %+v", s)
		}
	})
}

// TestRetryEndsTheWait: who has been given the permission need not wait until it would be asked for again.
func TestRetryEndsTheWait(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		f.put("audit/x", entries(0, 1), noon())
		var listed, got atomic.Bool
		f.list = func(*sdk.ListObjectsV2Input) (*sdk.ListObjectsV2Output, error, bool) {
			return nil, answer(http.StatusForbidden, "AccessDenied"), !listed.Load()
		}
		f.get = func(*sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
			return nil, answer(http.StatusServiceUnavailable, "SlowDown"), !got.Load()
		}
		s := f.source("audit/", source.Options{Follow: true}, s3.Config{FirstRetry: time.Minute})
		r := start(t, s)
		calls := func() (lists, gets int) {
			for _, c := range f.calls() {
				if c.get != "" {
					gets++
				} else {
					lists++
				}
			}
			return lists, gets
		}
		time.Sleep(2 * time.Second)
		listed.Store(true)
		time.Sleep(2 * time.Second)
		if lists, gets := calls(); lists != 1 || gets != 0 {
			t.Fatalf("%d and %d calls before anybody asked", lists, gets)
		}
		s.Retry()
		time.Sleep(2 * time.Second)
		got.Store(true)
		if _, gets := calls(); gets != 1 {
			t.Fatalf("%d objects were asked for", gets)
		}
		s.Retry()
		time.Sleep(2 * time.Second)
		r.wantIDs(0)
		if s := r.status(); s.State != source.Live {
			t.Errorf("status %+v", s)
		}
	})
}

// TestAllObjectsDenied: listing works and reading does not: the status says so until an object can be read.
func TestAllObjectsDenied(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		f.put("audit/x", entries(0, 1), noon())
		var allowed atomic.Bool
		f.get = func(*sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
			return nil, answer(http.StatusForbidden, "AccessDenied"), !allowed.Load()
		}
		r := start(t, f.source("audit/", source.Options{Follow: true}, s3.Config{}))
		time.Sleep(10 * time.Minute)
		if s := r.status(); s.State != source.Failing || s.Err == nil || !strings.Contains(s.Err.Error(), "s3:GetObject") {
			t.Errorf("status %+v", s)
		}
		if bad := r.bad(); len(bad) != 1 || !strings.HasPrefix(bad[0], "audit/x@0: this object was not read: ") {
			t.Errorf("bad records %q", bad)
		}
		allowed.Store(true)
		f.put("audit/y", entries(1, 2), time.Now())
		time.Sleep(time.Minute)
		r.wantIDs(1)
		if s := r.status(); s.State != source.Live || s.Err != nil {
			t.Errorf("status %+v", s)
		}
	})
}

// streaming leaves no room to fetch an object whole before it is decoded.
func streaming(c s3.Config) s3.Config {
	c.Memory = 1
	return c
}

// stalled is a body that stops arriving.
type stalled struct {
	first io.Reader
	gone  <-chan struct{}
}

func (s *stalled) Read(p []byte) (int, error) {
	if n, err := s.first.Read(p); n > 0 || err == nil {
		return n, nil
	}
	<-s.gone
	return 0, errors.New("the connection was closed")
}

func (s *stalled) Close() error { return nil }

// TestStalled: a transfer in which nothing arrives any more is given up and begun again; a reader that takes its time is no reason.
func TestStalled(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		const n = 10_000
		f := &fake{}
		body := entries(0, n)
		f.put("audit/x", body, noon())
		tries := 0
		gone := make(chan struct{})
		f.get = func(in *sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
			if tries++; tries > 1 {
				if aws.ToString(in.IfMatch) != etag(body) {
					t.Errorf("the second try asked for %q", aws.ToString(in.IfMatch))
				}
				return nil, nil, false
			}
			// The call's own context ends the transfer in a real client.
			time.AfterFunc(61*time.Second, func() { close(gone) })
			out := opened(body, nil)
			out.Body = &stalled{first: strings.NewReader(body[:len(body)/2]), gone: gone}
			return out, nil, true
		}
		src := f.source("audit/", source.Options{}, streaming(s3.Config{}))
		out, ended := make(chan source.Event), make(chan error, 1)
		go func() { ended <- src.Run(t.Context(), out) }()
		var got []audit.Entry
		retries := int64(0)
		for done := false; !done; {
			select {
			case e := <-out:
				got = append(got, e.All()...)
				retries = e.Status.Retries
				if e.Len() > 0 {
					time.Sleep(5 * time.Minute) // longer than any timeout
				}
			case err := <-ended:
				if err != nil {
					t.Fatal(err)
				}
				done = true
			}
		}
		if len(got) != n || tries != 2 || retries != 1 {
			t.Errorf("%d entries in %d tries with %d retries", len(got), tries, retries)
		}
	})
}

// TestChangedMeanwhile: an object that is written again between two tries is read whole.
func TestChangedMeanwhile(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		body := entries(0, 10_000)
		f.put("audit/x", body, noon())
		tries := 0
		f.get = func(*sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
			if tries++; tries > 1 {
				return nil, nil, false
			}
			f.objects["audit/x"] = fakeObject{entries(20_000, 20_003), noon()}
			return opened(body, strings.NewReader(body[:len(body)/2])), nil, true
		}
		r := start(t, f.source("audit/", source.Options{}, streaming(s3.Config{})))
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(r.ids(), " ")
		for _, want := range []string{"entry-000000", "entry-020000", "entry-020001", "entry-020002"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s is missing", want)
			}
		}
		if tries != 3 || len(r.bad()) != 0 { // one that breaks, one that is refused, one that succeeds
			t.Errorf("%d tries, bad records %q", tries, r.bad())
		}
	})
}

// panicking is a body that meets a mistake of the program.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("a mistake") }

// TestPanic: a mistake costs an object, or ends Run with an error, and never the program.
func TestPanic(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		f.put("audit/x", entries(0, 1), noon())
		f.put("audit/y", entries(1, 2), noon())
		f.get = func(in *sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
			return opened("some bytes", panicking{}), nil, *in.Key == "audit/x"
		}
		r := start(t, f.source("audit/", source.Options{}, s3.Config{}))
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		r.wantIDs(1)
		if bad := r.bad(); len(bad) != 1 || !strings.Contains(bad[0], "audit/x@0: ") || !strings.Contains(bad[0], "internal error") {
			t.Errorf("bad records %q", bad)
		}
		f.list = func(*sdk.ListObjectsV2Input) (*sdk.ListObjectsV2Output, error, bool) { panic("a mistake") }
		r = start(t, f.source("audit/", source.Options{}, s3.Config{}))
		if err := r.end(); err == nil || !strings.Contains(err.Error(), "internal error") {
			t.Errorf("Run gave %v", err)
		}
	})
}

// TestOddKeys: keys that XML cannot hold are read, since they are asked for as URLs have them.
func TestOddKeys(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		for i, key := range []string{"a/\x01.json", "a/+ %2B.json", "a/ü\n/b.json"} {
			f.put(key, entries(i, i+1), noon())
		}
		r := start(t, f.source("a/", source.Options{}, s3.Config{}))
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		r.wantIDs(upTo(3)...)
	})
}
