package sourcetest

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// stopWithin is what the Source contract allows between the context's end and Run's.
const stopWithin = time.Second

// reader runs one source and records what it sends. All of it but Run itself happens in the test's goroutine.
type reader struct {
	t      *testing.T
	h      *Harness
	src    source.Source
	name   string
	out    chan source.Event
	ended  chan error
	cancel context.CancelFunc

	got    []string // log_ids in the order they came
	seen   map[string]bool
	raw    map[string]string // log_id to the bytes as received
	last   map[string]string // part to its newest log_id
	bad    int
	status map[string]source.Status
}

func start(t *testing.T, h *Harness, follow bool) *reader {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &reader{
		t: t, h: h, cancel: cancel,
		src:    h.Source(t, source.Options{Follow: follow, Log: slog.New(slog.DiscardHandler)}),
		out:    make(chan source.Event),
		ended:  make(chan error, 1),
		seen:   map[string]bool{},
		raw:    map[string]string{},
		last:   map[string]string{},
		status: map[string]source.Status{},
	}
	r.name = r.src.Name()
	if r.name == "" {
		t.Fatal("Name is empty")
	}
	go func() { r.ended <- r.src.Run(ctx, r.out) }()
	t.Cleanup(cancel)
	return r
}

func (r *reader) wait() time.Duration {
	if r.h.Wait > 0 {
		return r.h.Wait
	}
	return 20 * time.Second
}

// take checks one event against the contract and records it.
func (r *reader) take(e source.Event) {
	r.t.Helper()
	if e.Source != r.name {
		r.t.Errorf("an event says source %q; the source is %q", e.Source, r.name)
	}
	for _, entry := range e.All() {
		r.takeEntry(&entry)
	}
	for _, b := range e.Bad {
		r.bad++
		if b.Origin.Source != r.name || b.Origin.Part == "" {
			r.t.Errorf("a bad record comes from %q part %q; the source is %q", b.Origin.Source, b.Origin.Part, r.name)
		}
		if b.Reason == "" {
			r.t.Errorf("a bad record has no reason: %.80q", b.Raw)
		}
	}
	if e.Status != nil {
		r.takeStatus(*e.Status)
	}
	if e.Len() == 0 && len(e.Bad) == 0 && e.Status == nil {
		r.t.Error("an event is empty")
	}
}

func (r *reader) takeEntry(entry *audit.Entry) {
	r.t.Helper()
	o := entry.Origin
	if o.Source != r.name || o.Part == "" {
		r.t.Errorf("entry %s comes from %q part %q; the source is %q", entry.LogID, o.Source, o.Part, r.name)
	}
	if entry.Raw == "" {
		r.t.Errorf("entry %s has no raw bytes", entry.LogID)
	}
	// A simulation may resend entries as Temporal does, so identities are only held to when the suite made them.
	if r.h.Put != nil {
		if r.seen[entry.LogID] {
			r.t.Errorf("entry %s came twice", entry.LogID)
		}
		if last := r.last[o.Part]; entry.LogID <= last {
			r.t.Errorf("part %s: entry %s came after %s", o.Part, entry.LogID, last)
		}
		r.last[o.Part] = entry.LogID
	}
	r.seen[entry.LogID] = true
	r.raw[entry.LogID] = entry.Raw
	r.got = append(r.got, entry.LogID)
}

func (r *reader) takeStatus(s source.Status) {
	r.t.Helper()
	if s.Source != r.name {
		r.t.Errorf("a status says source %q; the source is %q", s.Source, r.name)
	}
	if (s.State == source.Failing || s.State == source.Throttled) && s.Err == nil {
		r.t.Errorf("part %q is %s without saying why", s.Part, s.State)
	}
	if s.State == source.Throttled && s.NextRetry.IsZero() {
		r.t.Errorf("part %q is throttled without a time of the next try", s.Part)
	}
	if old := r.status[s.Part]; s.Entries < old.Entries || s.Records < old.Records || s.Bytes < old.Bytes ||
		s.Bad < old.Bad || s.Retries < old.Retries {
		r.t.Errorf("part %q: a count went down: %+v after %+v", s.Part, s, old)
	}
	r.status[s.Part] = s
}

// until takes events until enough says so.
func (r *reader) until(what string, enough func() bool) {
	r.t.Helper()
	timeout := time.After(r.wait())
	for !enough() {
		select {
		case e := <-r.out:
			r.take(e)
		case err := <-r.ended:
			r.ended <- err
			r.t.Fatalf("Run ended (%v) while waiting for %s; %d entries came", err, what, len(r.got))
		case <-timeout:
			r.t.Fatalf("%s did not come in %s; %d entries came; status %+v", what, r.wait(), len(r.got), r.status)
		}
	}
}

// entries takes events until n different entries have come.
func (r *reader) entries(n int) {
	r.t.Helper()
	r.until("all entries", func() bool { return len(r.seen) >= n })
}

// end takes events until Run returns, which it must by itself, and gives its error.
func (r *reader) end() error {
	r.t.Helper()
	timeout := time.After(r.wait())
	for {
		select {
		case e := <-r.out:
			r.take(e)
		case err := <-r.ended:
			return err
		case <-timeout:
			r.t.Fatalf("Run did not end in %s; %d entries came; status %+v", r.wait(), len(r.got), r.status)
		}
	}
}

// stop cancels the context and holds Run to ending in time, reading what it still sends or leaving it to block.
func (r *reader) stop(reading bool) {
	r.t.Helper()
	out := r.out
	if !reading {
		out = nil
	}
	began := time.Now()
	r.cancel()
	timeout := time.After(3 * stopWithin)
	for {
		select {
		case e := <-out:
			r.take(e)
		case err := <-r.ended:
			if took := time.Since(began); took > stopWithin {
				r.t.Errorf("Run took %s to end after its context; %s is allowed", took, stopWithin)
			}
			if !errors.Is(err, context.Canceled) {
				r.t.Errorf("Run gave %v for a cancelled context", err)
			}
			return
		case <-timeout:
			r.t.Fatalf("Run did not end in %s after its context", 3*stopWithin)
		}
	}
}

// complete checks that the entries of numbers 0 to n-1 came, byte for byte, and no others.
func (r *reader) complete(n int) {
	r.t.Helper()
	for i := range n {
		id := ID(i)
		if !r.seen[id] {
			r.t.Errorf("entry %s was lost", id)
		} else if r.raw[id] != Entry(i) {
			r.t.Errorf("entry %s was changed:\n got %s\nwant %s", id, r.raw[id], Entry(i))
		}
	}
	if len(r.seen) != n {
		r.t.Errorf("%d entries came; %d were put in", len(r.seen), n)
	}
}

// counted checks the counts of the newest status of every part against what came.
func (r *reader) counted() {
	r.t.Helper()
	var entries, bad int64
	for _, s := range r.status {
		entries += s.Entries
		bad += s.Bad
	}
	if entries != int64(len(r.got)) || bad != int64(r.bad) {
		r.t.Errorf("statuses count %d entries and %d bad records; %d and %d came", entries, bad, len(r.got), r.bad)
	}
}
