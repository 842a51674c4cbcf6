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

// send changes the status and sends it, with entries and bad if there are any. It blocks until somebody takes the event, or
// ctx ends, whose error it then gives.
func (r *report) send(ctx context.Context, entries []audit.Entry, bad []audit.Bad, change func(*source.Status)) error {
	select {
	case r.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.busy }()
	change(&r.status)
	r.status.Entries += int64(len(entries))
	r.status.Bad += int64(len(bad))
	if len(entries) > 0 {
		r.status.LastBatch = time.Now()
	}
	status := r.compose()
	select {
	case r.out <- source.Event{Source: status.Source, Entries: entries, Bad: bad, Status: &status}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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
