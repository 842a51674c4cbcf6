package s3

import (
	"context"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// hold is how long what is no entry may wait for more to be sent with it.
const hold = 50 * time.Millisecond

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

// news is what is to be sent beside the status.
type news struct {
	packed *audit.Batch
	bad    []audit.Bad
	gaps   []source.Gap
}

// report keeps the status and sends all events. Any number of goroutines use it; one at a time sends, so that a status is never
// followed by an older one.
type report struct {
	out  chan<- source.Event
	busy chan struct{} // holds a token while the report is in use; not a mutex, because waiting for it has to end with ctx

	status   source.Status
	phase    source.State // without troubles
	troubles [2]trouble   // by call
	follow   bool
	listed   bool // all objects that were there have been found

	total, totalBytes int64     // objects found so far, and their sizes
	begun             time.Time // when the first objects were found
	history, fresh    turns     // of the objects that were there at the start, and of those that appeared

	opened int   // how often something of an object could be read
	denied error // why no object could be read, when access was denied to the first ones

	waiting news          // to be sent
	dirty   bool          // something waits, if only a status
	last    source.Status // as it was sent
	sent    time.Time
	due     chan struct{} // tells flushes that something waits
}

func newReport(out chan<- source.Event, name, part string, follow bool) *report {
	return &report{
		out: out, busy: make(chan struct{}, 1), due: make(chan struct{}, 1), follow: follow,
		status: source.Status{Source: name, Part: part, Buffer: source.FirehoseBuffer},
	}
}

// send changes the status and sends it with n; without entries, together with what comes within a moment unless people would wait
// for it. It blocks while nobody takes the event before, until ctx ends, whose error it then gives.
func (r *report) send(ctx context.Context, n news, change func(*source.Status)) error {
	if err := r.change(ctx, change); err != nil {
		return err
	}
	defer func() { <-r.busy }()
	now := time.Now()
	r.status.Bad += int64(len(n.bad))
	r.status.Gaps += int64(len(n.gaps))
	if r.waiting.packed = n.packed; n.packed != nil {
		r.status.Entries += int64(n.packed.Len())
		r.status.LastBatch = now
	}
	r.waiting.bad = append(r.waiting.bad, n.bad...)
	r.waiting.gaps = append(r.waiting.gaps, n.gaps...)
	status := r.compose()
	if n.packed == nil && now.Sub(r.sent) < hold && status.State == r.last.State {
		r.dirty = true
		select {
		case r.due <- struct{}{}:
		default:
		}
		return nil
	}
	return r.flush(ctx, status)
}

// flush sends all that waits. The token is held.
func (r *report) flush(ctx context.Context, status source.Status) error {
	event := source.Event{Source: status.Source, Packed: r.waiting.packed, Bad: r.waiting.bad, Gaps: r.waiting.gaps, Status: &status}
	select {
	case r.out <- event:
	case <-ctx.Done():
		return ctx.Err()
	}
	r.waiting = news{}
	r.dirty, r.last, r.sent = false, status, time.Now()
	return nil
}

// rest sends what waits, at the end.
func (r *report) rest(ctx context.Context) error {
	if err := r.change(ctx, func(*source.Status) {}); err != nil {
		return err
	}
	defer func() { <-r.busy }()
	if !r.dirty {
		return nil
	}
	return r.flush(ctx, r.compose())
}

// flushes sends what waits once it has waited long enough, until ctx ends.
func (r *report) flushes(ctx context.Context) {
	for {
		select {
		case <-r.due:
		case <-ctx.Done():
			return
		}
		if source.Sleep(ctx, hold) != nil || r.rest(ctx) != nil {
			return
		}
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
		s.Total, s.TotalBytes = r.total, r.totalBytes
		if r.phase == source.CatchingUp && s.Done == s.Total && r.follow {
			r.phase = source.Live
		}
		if r.phase == source.CatchingUp {
			s.Left = r.left()
		}
	}
	s.Held = r.held()
	s.State = r.phase
	for _, t := range r.troubles {
		// Being refused outlasts being throttled, so it is what people should see first.
		if t.err != nil && (s.Err == nil || t.state == source.Failing) {
			s.State, s.Err, s.NextRetry = t.state, t.err, t.next
		}
	}
	return s
}

// left is how long reading the rest will take, if it goes on as it went. Objects take time each and by their size.
func (r *report) left() time.Duration {
	share := func(part, whole int64) float64 {
		if whole == 0 {
			return 1
		}
		return min(1, float64(part)/float64(whole))
	}
	done := (share(r.status.Done, r.total) + share(r.status.DoneBytes, r.totalBytes)) / 2
	if done == 0 || r.begun.IsZero() {
		return 0
	}
	return time.Duration(float64(time.Since(r.begun)) * (1 - done) / done).Round(time.Millisecond)
}

// held is what was read without a hole.
func (r *report) held() source.Span {
	if !r.history.any {
		return source.Span{}
	}
	held := source.Span{From: r.history.last.from, To: r.history.last.to}
	if r.fresh.last.to.After(held.To) {
		held.To = r.fresh.last.to
	}
	if held.To.IsZero() {
		return source.Span{}
	}
	return held
}

// over notes that nothing more will come of an object.
func (r *report) over(o object, s *source.Status) {
	s.Done++
	if o.fresh {
		r.fresh.done(o.turn)
	} else {
		r.history.done(o.turn)
	}
}

// answered notes that a call succeeded.
func (r *report) answered(c call, s *source.Status) {
	s.LastSuccess = time.Now()
	r.troubles[c] = trouble{}
	if r.phase == source.Connecting {
		r.phase = source.CatchingUp
	}
}
