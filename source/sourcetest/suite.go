package sourcetest

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"taudit/source"
)

// settle is how long a source that nobody reads is given to come to rest, and then watched.
const settle = 1500 * time.Millisecond

// Run holds the sources that open makes to the contract of [source.Source]. Each subtest opens a place of its own, which open
// closes with t.Cleanup. Every subtest also checks that no goroutine is left when its source ended; idle HTTP connections do not
// count as such. It must not run in parallel with tests that start goroutines.
func Run(t *testing.T, open func(t *testing.T) *Harness) {
	t.Helper()
	probe := open(t)
	test := func(name string, f func(t *testing.T, h *Harness)) {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			before := goleak.IgnoreCurrent()
			f(t, h)
			goleak.VerifyNone(t, append(idle(), before)...)
		})
	}

	test("ends", ends)
	test("stops unread", stopsUnread)
	test("name", name)
	if probe.Follows {
		test("stops following", stopsFollowing)
	}
	if probe.Reads != nil {
		test("blocks", blocks)
	}
	if probe.Put == nil {
		return
	}
	test("empty", empty)
	test("complete", complete)
	if probe.PutBad != nil {
		test("bad record", badRecord)
	}
	if !probe.Follows {
		return
	}
	test("follows", follows)
	for i, d := range probe.Disturbances {
		test("disturbed by "+d.Name, func(t *testing.T, h *Harness) { disturbed(t, h, h.Disturbances[i]) })
	}
}

// idle ignores the goroutines that net/http keeps for open connections, on both sides.
func idle() []goleak.Option {
	return []goleak.Option{
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("net/http.(*conn).serve"),
		goleak.IgnoreAnyFunction("net/http.(*connReader).backgroundRead"),
		goleak.IgnoreAnyFunction("net/http.(*http2ClientConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*http2serverConn).readFrames"),
	}
}

// put writes entries when the suite is the one that fills the place.
func put(t *testing.T, h *Harness, from, to int) {
	t.Helper()
	if h.Put != nil {
		h.Put(t, Entries(from, to)...)
	}
}

// ends: without Follow, Run gives nil at the end, and says of every part that it is done.
func ends(t *testing.T, h *Harness) {
	put(t, h, 0, 25)
	r := start(t, h, false)
	if err := r.end(); err != nil {
		t.Fatalf("Run ended with %v", err)
	}
	if len(r.status) == 0 {
		t.Error("no status came")
	}
	for part, s := range r.status {
		if s.State != source.Done {
			t.Errorf("part %q is %s (%v) after the end", part, s.State, s.Err)
		}
	}
	r.counted()
}

// stopsUnread: Run ends in time although nobody takes what it wants to send.
func stopsUnread(t *testing.T, h *Harness) {
	put(t, h, 0, 25)
	r := start(t, h, h.Follows)
	// The first event shows that it runs; soon the next waits to be sent.
	r.until("a first event", func() bool { return len(r.status) > 0 || len(r.got) > 0 || r.bad > 0 })
	<-time.After(settle / 5)
	r.stop(false)
}

// stopsFollowing: Run ends in time while it waits for more.
func stopsFollowing(t *testing.T, h *Harness) {
	put(t, h, 0, 25)
	r := start(t, h, true)
	if h.Put != nil {
		r.entries(25)
	} else {
		r.until("an entry", func() bool { return len(r.got) > 0 })
	}
	r.stop(true)
}

// name: it is the same before, while and after running.
func name(t *testing.T, h *Harness) {
	put(t, h, 0, 3)
	r := start(t, h, false)
	if got := r.src.Name(); got != r.name {
		t.Errorf("Name was %q and is %q while running", r.name, got)
	}
	if err := r.end(); err != nil {
		t.Fatalf("Run ended with %v", err)
	}
	if got := r.src.Name(); got != r.name {
		t.Errorf("Name was %q and is %q after the end", r.name, got)
	}
}

// blocks: when nobody reads, the source comes to rest, however much there is, and loses nothing by it.
func blocks(t *testing.T, h *Harness) {
	const n = 600
	put(t, h, 0, n/3)
	total := n / 3
	r := start(t, h, h.Follows)
	r.until("a first entry", func() bool { return len(r.got) > 0 })
	// A part that has sent all it had may go on asking until it has something that nobody takes.
	if h.Follows && h.Put != nil {
		put(t, h, n/3, 2*n/3)
		total = n
	}
	<-time.After(settle)
	before := h.Reads()
	if h.Follows {
		put(t, h, 2*n/3, n)
	}
	<-time.After(settle)
	if after := h.Reads(); after != before {
		t.Errorf("%d more reads were made in %s although nobody takes what was read", after-before, settle)
	}
	switch {
	case !h.Follows:
		if err := r.end(); err != nil {
			t.Fatalf("Run ended with %v", err)
		}
		if h.Put != nil {
			r.complete(total)
		}
	case h.Put != nil:
		r.entries(total)
		r.stop(true)
		r.complete(total)
	default:
		r.stop(true)
	}
}

// empty: a place with nothing in it is read to its end at once.
func empty(t *testing.T, h *Harness) {
	r := start(t, h, false)
	if err := r.end(); err != nil {
		t.Fatalf("Run ended with %v", err)
	}
	r.complete(0)
}

// complete: every entry comes out once, as it was put in, in the order of its part.
func complete(t *testing.T, h *Harness) {
	const n = 300
	for from := 0; from < n; from += 60 {
		put(t, h, from, from+60)
	}
	r := start(t, h, false)
	if err := r.end(); err != nil {
		t.Fatalf("Run ended with %v", err)
	}
	r.complete(n)
	r.counted()
}

// badRecord: damage is handed over and counted, and the entries around it are read.
func badRecord(t *testing.T, h *Harness) {
	put(t, h, 0, 10)
	h.PutBad(t, "\x00\x01 this is no entry \xff")
	put(t, h, 10, 20)
	r := start(t, h, false)
	if err := r.end(); err != nil {
		t.Fatalf("Run ended with %v", err)
	}
	r.complete(20)
	if r.bad == 0 {
		t.Error("the damage was not handed over")
	}
	r.counted()
}

// follows: entries that come after the end was reached are read too.
func follows(t *testing.T, h *Harness) {
	put(t, h, 0, 20)
	r := start(t, h, true)
	r.entries(20)
	for n := 20; n < 50; n += 10 {
		put(t, h, n, n+10)
		r.entries(n + 10)
	}
	r.stop(true)
	r.complete(50)
}

// disturbed: no entry is lost or doubled by the disturbance.
func disturbed(t *testing.T, h *Harness, d Disturbance) {
	put(t, h, 0, 40)
	r := start(t, h, true)
	r.entries(40)
	d.Do(t)
	put(t, h, 40, 80)
	r.entries(80)
	put(t, h, 80, 100)
	r.entries(100)
	r.stop(true)
	r.complete(100)
}
