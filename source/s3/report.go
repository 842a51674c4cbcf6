package s3

import (
	"context"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// call is a kind of call to S3.
type call uint8

const (
	listing call = iota
	getting
)

// trouble is why calls of one kind do not succeed at present.
type trouble struct {
	state source.State
	err   error
	next  time.Time
}

// report keeps the status and sends all events. Any number of goroutines use it; one at a time sends, so that a status is never
// followed by an older one.
type report struct {
	out  chan<- source.Event
	busy chan struct{} // holds a token while the report is in use; not a mutex, because waiting for it has to end with ctx

	status   source.Status
	phase    source.State // without troubles
	troubles [2]trouble   // by call
	total    int64        // objects found so far
	listed   bool         // all objects that were there have been found
	follow   bool

	opened int   // how often something of an object could be read
	denied error // why no object could be read, when access was denied to the first ones
}

func newReport(out chan<- source.Event, name, part string, follow bool) *report {
	status := source.Status{Source: name, Part: part, Buffer: source.FirehoseBuffer}
	return &report{out: out, busy: make(chan struct{}, 1), status: status, follow: follow}
}

// send changes the status and sends it, with entries and bad if there are any. It blocks until somebody takes the event, or
// ctx ends, whose error it then gives.
func (r *report) send(ctx context.Context, entries []audit.Entry, bad []audit.Bad, change func(*source.Status)) error {
	if err := r.change(ctx, change); err != nil {
		return err
	}
	defer func() { <-r.busy }()
	r.status.Entries += int64(len(entries))
	r.status.Bad += int64(len(bad))
	if len(entries) > 0 {
		r.status.LastBatch = time.Now()
	}
	status := r.compose()
	event := source.Event{Source: status.Source, Entries: entries, Bad: bad, Status: &status}
	select {
	case r.out <- event:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// change takes the token and applies the change. The token is held unless there is an error.
func (r *report) change(ctx context.Context, change func(*source.Status)) error {
	select {
	case r.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	change(&r.status)
	return nil
}

// note changes the status without sending it: the next event carries it.
func (r *report) note(ctx context.Context, change func(*source.Status)) error {
	err := r.change(ctx, change)
	if err == nil {
		<-r.busy
	}
	return err
}

// compose is the status as it is sent.
func (r *report) compose() source.Status {
	s := r.status
	if r.listed {
		s.Total = r.total
		if r.phase == source.CatchingUp && s.Done == s.Total && r.follow {
			r.phase = source.Live
		}
	}
	s.State = r.phase
	for _, t := range r.troubles {
		// Being refused outlasts being throttled, so it is what people should see first.
		if t.err != nil && (s.Err == nil || t.state == source.Failing) {
			s.State, s.Err, s.NextRetry = t.state, t.err, t.next
		}
	}
	return s
}

// answered notes that a call succeeded.
func (r *report) answered(c call, s *source.Status) {
	s.LastSuccess = time.Now()
	r.troubles[c] = trouble{}
	if r.phase == source.Connecting {
		r.phase = source.CatchingUp
	}
}
