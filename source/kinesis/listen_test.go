package kinesis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// registered registers a consumer with the stream of a place and has sources use it.
func (p *place) registered(t *testing.T) *place {
	t.Helper()
	arn, err := p.server.AddConsumer(streamName, "watcher")
	if err != nil {
		t.Fatal(err)
	}
	p.consumer = arn
	return p
}

// Everything is read by subscriptions over each protocol, across a split and a merge, and nothing is polled.
func TestListen(t *testing.T) {
	var cleartext http.Protocols
	cleartext.SetUnencryptedHTTP2(true)
	for _, test := range []struct {
		name   string
		dialer func(t *testing.T, p *place)
		proto  int
	}{
		{"HTTP/1.1", func(*testing.T, *place) {}, 1},
		{"HTTP/2 without TLS", func(t *testing.T, p *place) { p.transport(t, &http.Transport{Protocols: &cleartext}) }, 2},
		{"HTTP/2", func(t *testing.T, p *place) {
			server := httptest.NewUnstartedServer(p.server)
			server.EnableHTTP2 = true
			server.StartTLS()
			t.Cleanup(server.Close)
			p.cfg.BaseEndpoint = &server.URL
			roots := x509.NewCertPool()
			roots.AddCert(server.Certificate())
			p.transport(t, &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots}})
		}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true}).registered(t)
			test.dialer(t, p)
			seen := &protocols{next: p.cfg.HTTPClient.(*http.Client).Transport}
			p.cfg.HTTPClient = &http.Client{Transport: seen}
			p.put(t, sourcetest.Entries(0, 50)...)
			c := collect(t, p.source(source.Options{Follow: true}))
			c.entries(50)
			children := p.split(t, p.server.Shards(streamName)[0])
			p.put(t, sourcetest.Entries(50, 100)...)
			c.entries(100)
			p.merge(t, children[0], children[1])
			p.put(t, sourcetest.Entries(100, 150)...)
			c.entries(150)
			began := time.Now()
			_ = c.stop()
			if d := time.Since(began); d > time.Second {
				t.Errorf("it ended %s after it was told to", d)
			}
			c.unique(ids(0, 150)...)
			if calls := p.server.Calls(); calls["SubscribeToShard"] < 5 || calls["GetRecords"]+calls["GetShardIterator"] > 0 {
				t.Errorf("the calls are %v", calls)
			}
			if major := seen.of("SubscribeToShard"); len(major) != 1 || major[0] != test.proto {
				t.Errorf("it subscribed over HTTP/%v", major)
			}
			for part, s := range c.last {
				if s.Remark != "" || s.Retries > 0 {
					t.Errorf("part %q is %+v", part, s)
				}
			}
		})
	}
}

// The client that flags and environment make speaks HTTP/2 to a server with TLS, as the service wants it.
func TestOpenListensOverHTTP2(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true}).registered(t)
	p.put(t, sourcetest.Entries(0, 10)...)
	var major atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SubscribeToShard") {
			major.Store(int64(r.ProtoMajor))
		}
		p.server.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	bundle := t.TempDir() + "/ca.pem"
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	sources, err := Open(t.Context(), "kinesis://"+streamName, source.Options{
		Region: "us-east-1", EndpointURL: server.URL, Consumers: []string{p.consumer}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, sources[0].(*Stream))
	if err := c.end(); err != nil {
		t.Fatal(err)
	}
	server.Close() // and so the connections of the client
	c.unique(ids(0, 10)...)
	if major.Load() != 2 {
		t.Errorf("it subscribed over HTTP/%d", major.Load())
	}
	if len(c.kept) != 2 || !strings.HasPrefix(c.kept["shardId-000000000000"].Place, "kinesis/us-east-1/profile default at https://127.0.0.1:") {
		t.Errorf("positions are %+v", c.kept)
	}
}

func (p *place) transport(t *testing.T, transport *http.Transport) {
	t.Cleanup(transport.CloseIdleConnections)
	p.cfg.HTTPClient = &http.Client{Transport: transport}
}

// protocols notes by which major version of HTTP operations were answered.
type protocols struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen map[string][]int
}

func (p *protocols) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := p.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if p.seen == nil {
		p.seen = map[string][]int{}
	}
	if !slices.Contains(p.seen[op], answer.ProtoMajor) {
		p.seen[op] = append(p.seen[op], answer.ProtoMajor)
	}
	return answer, nil
}

func (p *protocols) of(op string) []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[op]
}

// TestConformanceListening holds reading by subscriptions to the contract, with everything that may befall them.
func TestConformanceListening(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) *sourcetest.Harness {
		p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true, QuietEvent: 20 * time.Millisecond}).registered(t)
		p.tempo.silence = 300 * time.Millisecond
		h := p.harness()
		h.Reads = func() int { return p.server.Calls()["SubscribeToShard"] }
		fault := func(name string, f emulator.Fault) {
			h.Disturbances = append(h.Disturbances, sourcetest.Disturbance{Name: name, Do: func(*testing.T) { p.server.Inject(f) }})
		}
		event := emulator.SubscriptionEvent
		h.Disturbances = nil
		fault("dropped connections", emulator.Fault{Op: event, Times: 4, Kind: emulator.Drop})
		fault("cut events", emulator.Fault{Op: event, Times: 4, Kind: emulator.Cut})
		fault("corrupt events", emulator.Fault{Op: event, Times: 4, Kind: emulator.Corrupt})
		fault("internal errors", emulator.Fault{Op: event, Times: 4, Kind: emulator.Internal})
		fault("throttling of the key", emulator.Fault{Op: event, Times: 2, Kind: emulator.KMSThrottle})
		fault("the end of subscriptions", emulator.Fault{Op: event, Times: 6, Kind: emulator.End})
		fault("another reader", emulator.Fault{Op: event, Times: 2, Kind: emulator.InUse})
		fault("a reader that stays", emulator.Fault{Op: event, Times: 12, Kind: emulator.InUse})
		fault("silence", emulator.Fault{Op: event, Times: 2, Kind: emulator.Slow, Delay: time.Second})
		fault("expired credentials", emulator.Fault{Op: event, Times: 2, Kind: emulator.ExpiredToken})
		fault("a lost consumer", emulator.Fault{Op: event, Times: 2, Kind: emulator.ResourceNotFound})
		fault("a permission that is taken away", emulator.Fault{Op: event, Times: 2, Kind: emulator.Deny})
		for name, do := range map[string]func(t *testing.T){
			"a split": func(t *testing.T) { p.split(t, p.server.Shards(streamName)[0]) },
			"a merge": func(t *testing.T) {
				shards := p.server.Shards(streamName)
				p.merge(t, shards[0], shards[1])
			},
			"failing subscriptions": func(*testing.T) {
				p.server.Inject(emulator.Fault{Op: event, Times: 2, Kind: emulator.End})
				p.server.Inject(emulator.Fault{Op: "SubscribeToShard", Times: 4, Kind: emulator.Unavailable})
			},
			"a consumer that is deregistered": func(*testing.T) { p.server.RemoveConsumer(p.consumer) },
		} {
			h.Disturbances = append(h.Disturbances, sourcetest.Disturbance{Name: name, Do: do})
		}
		return h
	})
}

// With the limits of the service, subscriptions that last for five seconds only are renewed without anything being lost.
func TestListenWithLimits(t *testing.T) {
	t.Parallel()
	p := newPlace(t, 1, emulator.KinesisOptions{SubscriptionLife: 300 * time.Millisecond}).registered(t)
	p.tempo.poll, p.tempo.takeover = time.Second, 5*time.Second
	p.put(t, sourcetest.Entries(0, 10)...)
	c := collect(t, p.source(source.Options{Follow: true}))
	c.entries(10)
	c.during(time.Second)
	p.put(t, sourcetest.Entries(10, 20)...)
	c.entries(20)
	_ = c.stop()
	c.unique(ids(0, 20)...)
	for _, s := range c.statuses {
		if s.Retries > 0 || s.Remark != "" {
			t.Errorf("a status is %+v", s)
		}
	}
}

// ear is a subscription whose events the test sends.
type ear struct {
	events chan types.SubscribeToShardEventStream
	err    error
	closed chan struct{}
	once   sync.Once
}

func newEar() *ear {
	return &ear{events: make(chan types.SubscribeToShardEventStream), closed: make(chan struct{})}
}

func (e *ear) Events() <-chan types.SubscribeToShardEventStream { return e.events }
func (e *ear) Err() error                                       { return e.err }
func (e *ear) Close() error {
	e.once.Do(func() { close(e.closed) })
	return nil
}

// say sends events so long apart until the subscription is closed, and then no more; the last is followed by err.
func (e *ear) say(every time.Duration, err error, events ...types.SubscribeToShardEvent) {
	for _, event := range events {
		select {
		case e.events <- &types.SubscribeToShardEventStreamMemberSubscribeToShardEvent{Value: event}:
		case <-e.closed:
			return
		}
		select {
		case <-time.After(every):
		case <-e.closed:
			return
		}
	}
	e.err = err
	close(e.events)
}

func told(last string, behind time.Duration, entries ...int) types.SubscribeToShardEvent {
	e := types.SubscribeToShardEvent{
		Records: answer("", 0, entries...).Records, MillisBehindLatest: aws.Int64(behind.Milliseconds()),
	}
	if last != "" {
		e.ContinuationSequenceNumber = &last
	}
	return e
}

func (f *fake) listening(o source.Options) *Stream {
	s := f.source(o)
	s.consumer = "arn:aws:kinesis:us-east-1:123456789012:stream/audit/consumer/watcher:1"
	return s
}

// starts gives where subscriptions of a shard began.
func starts(f *fake, shard string) []string {
	var list []string
	for _, c := range f.made("SubscribeToShard", shard) {
		list = append(list, strings.TrimSpace(string(c.start.Type)+" "+aws.ToString(c.start.SequenceNumber)))
	}
	return list
}

// A subscription is renewed before the service ends it, and goes on after the number that the last event named.
func TestListenRenews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.listen = func(_ context.Context, n int, _ *kinesis.SubscribeToShardInput) (Subscription, error) {
			e := newEar()
			events := []types.SubscribeToShardEvent{told("1000", 0, n)}
			for range 100 {
				events = append(events, told("1999", 0))
			}
			go e.say(5*time.Second, nil, events...)
			return e, nil
		}
		c := collect(t, f.listening(source.Options{Follow: true}))
		c.during(16 * time.Minute)
		calls := f.made("SubscribeToShard", "a")
		if len(calls) != 4 {
			t.Errorf("it subscribed %d times in 16 minutes", len(calls))
		}
		for i := 1; i < len(calls); i++ {
			if d := calls[i].at.Sub(calls[i-1].at); d >= 5*time.Minute || d < 4*time.Minute {
				t.Errorf("it subscribed again after %s", d)
			}
		}
		if got := strings.Join(starts(f, "a")[:3], ", "); got != "TRIM_HORIZON, AFTER_SEQUENCE_NUMBER 1999, AFTER_SEQUENCE_NUMBER 1999" {
			t.Errorf("subscriptions began at %s", got)
		}
		if s := c.last["a"]; s.Retries != 0 || s.State != source.Live || time.Since(s.Held.To) > 10*time.Second {
			t.Errorf("the status is %+v", s)
		}
		_ = c.stop()
	})
}

// A subscription that falls silent is taken to be dead after 35 seconds.
func TestListenSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.listen = func(_ context.Context, n int, _ *kinesis.SubscribeToShardInput) (Subscription, error) {
			e := newEar()
			go e.say(time.Hour, nil, told("1000", 0, n))
			return e, nil
		}
		c := collect(t, f.listening(source.Options{Follow: true}))
		c.entries(3)
		calls := f.made("SubscribeToShard", "a")
		for i := 1; i < len(calls); i++ {
			if d := calls[i].at.Sub(calls[i-1].at); d < 35*time.Second || d > 38*time.Second {
				t.Errorf("it subscribed again after %s", d)
			}
		}
		var said bool
		for _, s := range c.statuses {
			said = said || s.State == source.Failing && strings.Contains(s.Err.Error(), "no event") && !s.NextRetry.IsZero()
		}
		if !said {
			t.Error("no status told of the silence")
		}
		_ = c.stop()
	})
}

// Who may not use the consumer polls, from where the events had come to, and says so.
func TestListenRefused(t *testing.T) {
	inUse := &types.ResourceInUseException{Message: aws.String("Another active subscription exists for this consumer")}
	for _, test := range []struct {
		name  string
		err   error // of every subscription after the first event
		first bool  // of the first, too
		calls int
		note  string
		most  time.Duration
	}{
		{"denied", denied(), true, 1, "kinesis:SubscribeToShard is not allowed", time.Second},
		{"taken away", denied(), false, 2, "kinesis:SubscribeToShard is not allowed", 10 * time.Second},
		{"not found", notFound(), true, 1, "was not found", time.Second},
		{"a limit", &types.LimitExceededException{Message: aws.String("Rate exceeded")}, true, 3, "slow down", 10 * time.Second},
		{"in use", inUse, true, 3, "another reader", 20 * time.Second},
		{"taken over again and again", inUse, false, 4, "another reader", time.Minute},
		{"no subscriptions there", timeoutError{context.DeadlineExceeded}, true, 6, "no answer in time", 2 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a")
				f.listen = func(_ context.Context, n int, _ *kinesis.SubscribeToShardInput) (Subscription, error) {
					if test.first || n > 0 {
						return nil, test.err
					}
					e := newEar()
					go e.say(time.Second, nil, told("1500", 0, 0))
					return e, nil
				}
				f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
					return answer(shard, 0, 1+n), nil
				}
				began := time.Now()
				c := collect(t, f.listening(source.Options{Follow: true}))
				c.until("polling", func() bool { return slices.Contains(c.ids, sourcetest.ID(1)) })
				if took := time.Since(began); took > test.most {
					t.Errorf("it took %s", took)
				}
				if n := len(f.made("SubscribeToShard", "a")); n != test.calls {
					t.Errorf("it subscribed %d times", n)
				}
				if note := c.last["a"].Remark; !strings.Contains(note, test.note) || !strings.HasPrefix(note, "polled") {
					t.Errorf("the note is %q", note)
				}
				want := "AFTER_SEQUENCE_NUMBER 1500"
				if test.first {
					want = "TRIM_HORIZON"
				}
				wantKinds(t, f, "a", want)
				_ = c.stop()
			})
		})
	}
}

// A consumer that was of no use is tried again after a quarter of an hour, from where polling has come to, and then the note goes.
func TestListenReconsiders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.listen = func(_ context.Context, n int, _ *kinesis.SubscribeToShardInput) (Subscription, error) {
			if n < 2 {
				return nil, denied()
			}
			e := newEar()
			var events []types.SubscribeToShardEvent
			if n == 2 {
				events = append(events, told("5000", 0, 3999))
			}
			for range 100 {
				events = append(events, told("5001", 0))
			}
			go e.say(5*time.Second, nil, events...)
			return e, nil
		}
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			return answer(shard, 0, n), nil
		}
		c := collect(t, f.listening(source.Options{Follow: true}))
		c.during(14 * time.Minute)
		if n := len(f.made("SubscribeToShard", "a")); n != 1 || c.last["a"].Remark == "" {
			t.Errorf("it subscribed %d times, and the note is %q", n, c.last["a"].Remark)
		}
		c.during(17 * time.Minute)
		calls := starts(f, "a")
		polled := len(f.made("GetRecords", "a"))
		if len(calls) < 3 || calls[1] == calls[2] || !strings.HasPrefix(calls[2], "AFTER_SEQUENCE_NUMBER ") {
			t.Fatalf("it subscribed at %q", calls)
		}
		if s := c.last["a"]; s.Remark != "" || s.State != source.Live {
			t.Errorf("while subscribed the status is %+v", s)
		}
		c.during(time.Minute)
		if n := len(f.made("GetRecords", "a")); n != polled {
			t.Errorf("%d records were asked for while subscribed", n-polled)
		}
		_ = c.stop()
		seen := map[string]bool{}
		for _, id := range c.ids {
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
		}
	})
}

// What is no matter of the consumer is waited for and tried again.
func TestListenRetries(t *testing.T) {
	for _, err := range []error{&types.InternalFailureException{}, throttled(), timeoutError{context.DeadlineExceeded}} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake("a")
			f.listen = func(_ context.Context, n int, _ *kinesis.SubscribeToShardInput) (Subscription, error) {
				if n == 1 || n == 2 {
					return nil, err
				}
				e := newEar()
				go e.say(time.Second, nil, told("1000", 0, n))
				return e, nil
			}
			c := collect(t, f.listening(source.Options{Follow: true}))
			c.entries(2)
			if s := c.last["a"]; s.Retries != 2 || s.Remark != "" {
				t.Errorf("%v: the status is %+v", err, s)
			}
			paced(t, f.made("SubscribeToShard", "a"), time.Second)
			_ = c.stop()
		})
	}
}

// A position that the service does not take any more is looked for from the horizon on, and is no gap if it is still there.
func TestListenTrimmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.listen = func(_ context.Context, n int, in *kinesis.SubscribeToShardInput) (Subscription, error) {
			if in.StartingPosition.Type == types.ShardIteratorTypeAfterSequenceNumber {
				return nil, invalid()
			}
			e := newEar()
			if n == 0 {
				go e.say(time.Second, nil, told("1001", time.Minute, 0, 1))
			} else {
				go e.say(time.Second, nil, told("1002", time.Minute, 1, 2))
			}
			return e, nil
		}
		c := collect(t, f.listening(source.Options{Follow: true}))
		c.entries(3)
		_ = c.stop()
		if len(c.found) != 0 {
			t.Errorf("what came again is still there, and yet gaps were found: %+v", c.found)
		}
		if got := strings.Join(starts(f, "a")[:3], ", "); got != "TRIM_HORIZON, AFTER_SEQUENCE_NUMBER 1001, TRIM_HORIZON" {
			t.Errorf("subscriptions began at %s", got)
		}
	})
}

// Without following, a subscription ends at the tip, or at the end of a closed shard, whose children are read too.
func TestListenOnce(t *testing.T) {
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true}).registered(t)
	p.put(t, sourcetest.Entries(0, 30)...)
	p.split(t, p.server.Shards(streamName)[0])
	p.put(t, sourcetest.Entries(30, 60)...)
	c := collect(t, p.source(source.Options{}))
	if err := c.end(); err != nil {
		t.Fatal(err)
	}
	c.unique(ids(0, 60)...)
}

// Only consumers of the stream itself are used.
func TestConsumerFor(t *testing.T) {
	const arn = "arn:aws:kinesis:us-east-1:123456789012:stream/audit"
	for _, test := range []struct {
		ref  Ref
		list []string
		want string
		err  bool
	}{
		{ref: Ref{Name: "audit", Region: "us-east-1"}},
		{ref: Ref{Name: "audit", Region: "us-east-1"}, list: []string{arn + "/consumer/me:17"}, want: arn + "/consumer/me:17"},
		{ref: Ref{Name: "audit", Region: "us-east-1", ARN: arn}, list: []string{arn + "/consumer/me:17"}, want: arn + "/consumer/me:17"},
		{ref: Ref{Name: "other", Region: "us-east-1"}, list: []string{arn + "/consumer/me:17"}},
		{ref: Ref{Name: "audit", Region: "us-west-1"}, list: []string{arn + "/consumer/me:17"}},
		{ref: Ref{Name: "audit", ARN: strings.ReplaceAll(arn, "123", "321")}, list: []string{arn + "/consumer/me:17"}},
		{ref: Ref{Name: "audit"}, list: []string{arn}, err: true},
		{ref: Ref{Name: "audit"}, list: []string{arn + "/consumer/me"}, err: true},
		{ref: Ref{Name: "audit"}, list: []string{arn + "/consumer/me:x"}, err: true},
		{ref: Ref{Name: "audit"}, list: []string{"me"}, err: true},
	} {
		got, err := test.ref.consumerFor(test.list)
		if got != test.want || (err != nil) != test.err {
			t.Errorf("%+v uses %q of %q, %v", test.ref, got, test.list, err)
		}
	}
}
