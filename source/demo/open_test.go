package demo

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/goleak"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/emulator"
	"taudit/source/s3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// audience reads sources until it has seen enough.
type audience struct {
	t      *testing.T
	cancel context.CancelFunc
	events chan source.Event
	ended  chan error
	runs   int

	seen   map[string]map[string]int // by source and raw text
	bad    []audit.Bad
	first  map[string]source.State
	states map[string]source.State // by source and part
}

func watch(t *testing.T, c Config, ref string, o source.Options) (*audience, []source.Source) {
	t.Helper()
	// What is in the environment must not matter.
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL_S3"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	t.Setenv("AWS_PROFILE", "no-such-profile")
	t.Setenv("AWS_REGION", "nowhere-1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")

	o.Log = slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	began := time.Now()
	sources, err := Opener(c)(ctx, ref, o)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("opening took %v", took)
	}
	a := &audience{
		t: t, cancel: cancel, events: make(chan source.Event), ended: make(chan error, len(sources)), runs: len(sources),
		seen: map[string]map[string]int{}, first: map[string]source.State{}, states: map[string]source.State{},
	}
	for _, s := range sources {
		go func() { a.ended <- s.Run(ctx, a.events) }()
	}
	return a, sources
}

func (a *audience) take(e source.Event) {
	if e.Status != nil {
		if _, ok := a.first[e.Source]; !ok {
			a.first[e.Source] = e.Status.State
		}
		a.states[e.Source+" "+e.Status.Part] = e.Status.State
		if e.Status.State == source.Failing {
			a.t.Errorf("%s failed: %v", e.Source, e.Status.Err)
		}
	}
	if a.seen[e.Source] == nil {
		a.seen[e.Source] = map[string]int{}
	}
	for _, entry := range e.All() {
		a.seen[e.Source][entry.Raw]++
	}
	a.bad = append(a.bad, e.Bad...)
}

// until reads events until enough says so.
func (a *audience) until(enough func() bool) {
	a.t.Helper()
	limit := time.After(60 * time.Second)
	for !enough() {
		select {
		case e := <-a.events:
			a.take(e)
		case err := <-a.ended:
			a.t.Fatalf("a source ended: %v", err)
		case <-limit:
			a.t.Fatalf("not in a minute; states %v", a.states)
		}
	}
}

// drain reads events until every source has ended by itself.
func (a *audience) drain() {
	a.t.Helper()
	for left := a.runs; left > 0; {
		select {
		case e := <-a.events:
			a.take(e)
		case err := <-a.ended:
			if err != nil {
				a.t.Errorf("a source ended: %v", err)
			}
			left--
		}
	}
}

// stop ends the demonstration, with nobody reading any more.
func (a *audience) stop() {
	a.t.Helper()
	a.cancel()
	limit := time.After(time.Second)
	for range a.runs {
		select {
		case err := <-a.ended:
			if !errors.Is(err, context.Canceled) {
				a.t.Errorf("a source ended with %v", err)
			}
		case <-limit:
			a.t.Fatal("a source still runs a second after its context ended")
		}
	}
}

const (
	streamName = "kinesis " + DefaultStream + "/" + Region
	bucketName = "s3://" + Bucket
)

func (a *audience) both() (all map[string]bool, common int) {
	all = map[string]bool{}
	for raw := range a.seen[streamName] {
		all[raw] = true
	}
	for raw := range a.seen[bucketName] {
		if all[raw] {
			common++
		}
		all[raw] = true
	}
	return all, common
}

func TestDemoIsReadWholeThroughTheAdapters(t *testing.T) {
	const entries = 1200
	now := end()
	started := time.Now()
	clock := func() time.Time { return now.Add(time.Since(started)) }
	a, sources := watch(t, Config{Seed: 11, Entries: entries, Now: clock}, "demo:4", source.Options{})
	if len(sources) != 2 || sources[0].Name() != streamName || sources[1].Name() != bucketName {
		t.Fatalf("sources %q and %q", sources[0].Name(), sources[1].Name())
	}
	a.drain()

	all, common := a.both()
	want := 0
	day := 0
	for r := range NewAccount(4).History(now.AddDate(0, 0, -DefaultDays), now, entries) {
		_ = r
		want++
	}
	for raw := range a.seen[streamName] {
		day++
		if a.seen[bucketName][raw] == 0 {
			t.Errorf("on the stream and not in the bucket: %s", raw)
		}
	}
	if len(all) != want || len(a.seen[bucketName]) != want {
		t.Errorf("%d different entries, %d in the bucket, want %d", len(all), len(a.seen[bucketName]), want)
	}
	if common == 0 || common != day || day > want/10 {
		t.Errorf("the stream holds %d entries, %d of which are in the bucket: want those of a day", day, common)
	}
	if len(a.bad) != 1 || !a.bad[0].Probe() {
		t.Errorf("bad stretches %+v, want the sink's test value", a.bad)
	}
	for name, state := range a.first {
		if state != source.Connecting {
			t.Errorf("%s began %v", name, state)
		}
	}
	a.cancel()
}

func TestDemoGoesOn(t *testing.T) {
	a, _ := watch(t, Config{Entries: 800}, "demo:", source.Options{Follow: true, Pace: 20 * time.Millisecond})
	a.until(func() bool { return len(a.seen[bucketName]) >= 600 && a.states[bucketName+" "] == source.Live })
	before := len(a.seen[streamName])
	a.until(func() bool { return len(a.seen[streamName]) >= before+40 })
	now := time.Now()
	fresh := 0
	for raw, times := range a.seen[streamName] {
		if times != 1 {
			t.Errorf("read %d times from the stream: %s", times, raw)
		}
		entries, bad := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
		if len(bad) > 0 {
			t.Fatalf("%+v", bad)
		}
		if e := entries[0].EmitTime; e.After(now) {
			t.Errorf("emitted at %v, in the future", e)
		} else if now.Sub(e) < time.Minute {
			fresh++
		}
	}
	if fresh < 20 {
		t.Errorf("%d entries of the last minute", fresh)
	}
	a.stop()
}

func TestDemoCanStandStill(t *testing.T) {
	a, _ := watch(t, Config{Entries: 200}, "demo:", source.Options{Follow: true, Pace: -1})
	a.until(func() bool {
		all, _ := a.both()
		return len(all) == 200 && a.states[bucketName+" "] == source.Live
	})
	a.stop()
}

func TestDemoStopsWhileItStarts(t *testing.T) {
	a, _ := watch(t, Config{Entries: 200_000}, "demo:", source.Options{Follow: true})
	a.stop()
}

// TestLiveEntriesReachTheBucket lets some minutes pass on the account's clock.
func TestLiveEntriesReachTheBucket(t *testing.T) {
	now := end()
	s, err := newStage(1, Config{Entries: 300, Now: end}, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	line := NewAccount(1).Begin(Period{From: now.AddDate(0, 0, -1), To: now, Entries: 300})
	hose, err := s.fill(t.Context(), line, now)
	if err != nil {
		t.Fatal(err)
	}
	l := &live{stage: s, line: line, hose: hose, dice: newDice(1, streamPace), reshard: now.Add(reshardAfter)}
	for ; now.Before(end().Add(6 * time.Minute)); now = now.Add(4 * time.Second) {
		if err := l.happen(now); err != nil {
			t.Fatal(err)
		}
		want := shards
		if !now.Before(end().Add(reshardAfter)) {
			want++
		}
		if n := len(s.stream.Shards(DefaultStream)); n != want {
			t.Fatalf("%d open shards after %v, want %d", n, now.Sub(end()), want)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url, err := emulator.Serve(ctx, s.bucket)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client, release := s3.NewClient(aws.Config{
		Region: Region, BaseEndpoint: &url, HTTPClient: &http.Client{Transport: transport}, Credentials: aws.AnonymousCredentials{},
	})
	defer release()
	a := &audience{
		t: t, events: make(chan source.Event), ended: make(chan error, 1), runs: 1,
		seen: map[string]map[string]int{}, first: map[string]source.State{}, states: map[string]source.State{},
	}
	o := source.Options{Log: slog.New(slog.DiscardHandler)}
	go func() { a.ended <- s3.New(client, Bucket, "", o, s3.Config{}).Run(ctx, a.events) }()
	a.drain()
	dec := audit.NewDecoder()
	var fresh int
	var newest time.Time
	for raw := range a.seen[bucketName] {
		entries, _ := dec.Decode([]byte(raw), audit.Origin{})
		if e := entries[0].EmitTime; e.After(end()) {
			fresh++
			if e.After(newest) {
				newest = e
			}
		}
	}
	if lag := now.Sub(newest); fresh < 100 || lag > 2*liveInterval {
		t.Errorf("%d new entries in the bucket, the newest of %v before", fresh, lag)
	}
}

func TestDemoSaysWhenItBreaks(t *testing.T) {
	s, err := newStage(1, Config{Entries: 10, Now: end}, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	quiet := &seat{Source: idle{}, stage: s, ready: s.streamFull}
	out := make(chan source.Event, 8)
	ended := make(chan error, 1)
	go func() { ended <- quiet.Run(t.Context(), out) }()
	s.fail(errors.New("the moon is full"))
	if err := <-ended; err == nil || !errors.Is(err, s.err) {
		t.Errorf("ended with %v", err)
	}
	ready := make(chan struct{})
	close(ready)
	if err := (&seat{Source: idle{}, stage: s, ready: ready}).Run(t.Context(), out); !errors.Is(err, s.err) {
		t.Errorf("ended with %v", err)
	}
	broken := &stage{broken: make(chan struct{})}
	if err := (&seat{Source: idle{panics: true}, stage: broken, ready: ready}).Run(t.Context(), out); err == nil {
		t.Error("a panic was no error")
	}
}

// idle is a source that does nothing until it is told to stop.
type idle struct{ panics bool }

func (idle) Name() string { return "idle" }

func (i idle) Run(ctx context.Context, _ chan<- source.Event) error {
	if i.panics {
		panic("asked to")
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestReferences(t *testing.T) {
	for ref, want := range map[string]uint64{"demo:": 5, "demo:0": 0, "demo:18446744073709551615": 1<<64 - 1} {
		if seed, err := parseRef(ref, 5); err != nil || seed != want {
			t.Errorf("%s: %d, %v", ref, seed, err)
		}
	}
	for _, ref := range []string{"", "demo", "s3://x", "demo:x", "demo:-1", "demo:1 "} {
		if _, err := Open(t.Context(), ref, source.Options{}); err == nil {
			t.Errorf("%q was taken", ref)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	o := source.Options{Log: slog.New(slog.DiscardHandler)}
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		if _, err := Open(ctx, Scheme, o); err != nil {
			b.Fatal(err)
		}
		cancel()
	}
}

// BenchmarkReadDemo opens the demonstration as it is shown and reads all of it.
func BenchmarkReadDemo(b *testing.B) {
	o := source.Options{Log: slog.New(slog.DiscardHandler)}
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		sources, err := Open(ctx, Scheme, o)
		if err != nil {
			b.Fatal(err)
		}
		events, ended := make(chan source.Event), make(chan error)
		for _, s := range sources {
			go func() { ended <- s.Run(ctx, events) }()
		}
		entries := 0
		for left := len(sources); left > 0; {
			select {
			case e := <-events:
				entries += e.Len()
			case err := <-ended:
				if err != nil {
					b.Fatal(err)
				}
				left--
			}
		}
		if entries < DefaultEntries {
			b.Fatalf("%d entries", entries)
		}
		cancel()
	}
}
