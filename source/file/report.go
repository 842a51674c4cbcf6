package file

import (
	"context"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// report keeps the status and sends all events. Any number of goroutines use it; one at a time sends, so that a status is never
// followed by an older one.
type report struct {
	out  chan<- source.Event
	busy chan struct{} // holds a token while the report is in use; not a mutex, because waiting for it has to end with ctx

	status source.Status
	phase  source.State // without trouble
	total  int64        // files found so far
	listed bool         // all files that were there have been found
	follow bool

	trouble error     // why the path cannot be read at present
	again   time.Time // when it is tried again

	opened int   // files that could be opened
	failed error // of the last file that could not
}

func newReport(out chan<- source.Event, name string, follow bool) *report {
	return &report{out: out, busy: make(chan struct{}, 1), status: source.Status{Source: name, Part: name}, follow: follow}
}

// send changes the status and sends it, with a batch and bad records if there are any. It blocks until somebody takes the event, or
// ctx ends, whose error it then gives.
func (r *report) send(ctx context.Context, batch *audit.Batch, bad []audit.Bad, change func(*source.Status)) error {
	if err := r.change(ctx, change); err != nil {
		return err
	}
	defer func() { <-r.busy }()
	if batch != nil {
		r.status.Entries += int64(batch.Len())
		r.status.LastBatch = time.Now()
	}
	r.status.Bad += int64(len(bad))
	status := r.compose()
	select {
	case r.out <- source.Event{Source: status.Source, Packed: batch, Bad: bad, Status: &status}:
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

// sendAll sends what was made of an unfinished end.
func (r *report) sendAll(ctx context.Context, t tail, change func(*source.Status)) error {
	for ; len(t.batches) > 1; t.batches = t.batches[1:] {
		if err := r.send(ctx, t.batches[0], nil, change); err != nil {
			return err
		}
	}
	t.batches = append(t.batches, nil)
	return r.send(ctx, t.batches[0], t.bad, change)
}

// compose is the status as it is sent.
func (r *report) compose() source.Status {
	s := r.status
	if r.listed {
		s.Total = r.total
		if r.phase == source.CatchingUp && s.Done >= s.Total && r.follow {
			r.phase = source.Live
		}
	}
	s.State = r.phase
	if r.trouble != nil {
		s.State, s.Err, s.NextRetry = source.Failing, r.trouble, r.again
	}
	return s
}

// read notes that something was read.
func (r *report) read(s *source.Status, bytes int64) {
	s.LastSuccess = time.Now()
	s.Bytes += bytes
	if r.phase == source.Connecting {
		r.phase = source.CatchingUp
	}
}
