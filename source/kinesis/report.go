package kinesis

import (
	"context"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// heartbeat is how old the last word of an idle part gets: its polls succeed, and somebody may ask when one last did. It is no longer
// than the pause between those.
const heartbeat = 4 * time.Second

// report sends the events of one part. The status is sent with entries and when something in it changed that people would
// see, so that an idle stream of many shards is quiet.
type report struct {
	out    chan<- source.Event
	status source.Status
	gaps   []source.Gap // found and not sent yet

	sent   source.Status
	sentAt time.Time
}

// send blocks until somebody takes the event, or ctx ends, whose error it then gives.
func (r *report) send(ctx context.Context, entries []audit.Entry, bad []audit.Bad, at *source.Position) error {
	now := time.Now()
	if len(entries) == 0 && len(bad) == 0 && len(r.gaps) == 0 && !r.changed() && now.Sub(r.sentAt) < heartbeat {
		return ctx.Err()
	}
	status := r.status
	event := source.Event{
		Source: status.Source, Entries: entries, Bad: bad, Gaps: r.gaps, Status: &status, Position: at,
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r.out <- event:
		r.sent, r.sentAt, r.gaps = status, now, nil
		return nil
	}
}

func (r *report) changed() bool {
	a, b := r.status, r.sent
	// These move with every poll and matter only roughly.
	a.LastSuccess, b.LastSuccess = time.Time{}, time.Time{}
	a.Held.To, b.Held.To = time.Time{}, time.Time{}
	// Errors need not be comparable.
	differ := text(a.Err) != text(b.Err)
	a.Err, b.Err = nil, nil
	return r.sentAt.IsZero() || differ || a != b
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// succeed notes a call that was answered.
func (r *report) succeed(s source.State) {
	r.status.State = s
	r.status.LastSuccess = time.Now()
	r.status.Err = nil
	r.status.NextRetry = time.Time{}
}

// fail notes a failed call that is tried again after wait, or never when wait is zero.
func (r *report) fail(s source.State, err error, wait time.Duration) {
	r.status.State = s
	r.status.Err = err
	r.status.NextRetry = time.Time{}
	if wait > 0 {
		r.status.Retries++
		r.status.NextRetry = time.Now().Add(wait)
	}
}
