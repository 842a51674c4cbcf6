package s3

import (
	"context"
	"errors"
	"fmt"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/credentials"
)

// transfers is how often calls for one object, or its transfer, may fail before what is missing of it is given up, which takes about a minute.
const transfers = 8

// worker reads one run of objects after the other.
type worker struct {
	*run
}

// work ends when history is closed, unless there is fresh to wait for.
func (w *worker) work(ctx context.Context, history, fresh <-chan []object) error {
	for {
		var next []object
		select {
		case next = <-fresh:
		default:
			var ok bool
			select {
			case next = <-fresh:
			case next, ok = <-history:
				if !ok {
					if !w.options.Follow {
						return nil
					}
					history = nil
					continue
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := w.read(ctx, next); err != nil {
			return err
		}
	}
}

// read reads the objects of a run and says so, or says why they cannot be read. It only fails when reading is to end.
func (w *worker) read(ctx context.Context, objects []object) error {
	room, err := w.memory.take(ctx, objects)
	if err != nil {
		return err
	}
	defer func() { w.memory.bytes.Release(room) }()
	var got []*transfer
	defer func() {
		for _, t := range got {
			w.memory.reuse(t.data)
		}
	}()
	for _, o := range objects {
		t := &transfer{object: o, room: &room}
		ready, err := w.transfer(ctx, t)
		if ready {
			got = append(got, t)
		}
		if err != nil {
			return err
		}
	}
	return w.decodeAll(ctx, got)
}

// transfer gets an object. With true it is there to be decoded; otherwise all has been said of it. It only fails when reading is to end.
func (w *worker) transfer(ctx context.Context, t *transfer) (ready bool, err error) {
	if t.size == 0 {
		return false, w.finished(ctx, nil, t)
	}
	pace := newBackOff(w.config.FirstRetry)
	etag := ""
	for try := 1; ; try++ {
		b, err := w.open(ctx, t.object, etag)
		if single := (*singleError)(nil); errors.As(err, &single) {
			if etag != "" && getFailure(err) == changed {
				// What was sent of the old content cannot be told from what is in the new one: all of it is read.
				etag, t.sent = "", sent{bytes: t.sent.bytes}
				continue
			}
			return false, w.skipped(ctx, t, err)
		}
		if err != nil {
			return false, err
		}
		last := try == transfers
		unpacked, ready, err := w.attempt(ctx, t, b, last)
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case ready:
			return true, nil
		case err == nil:
			return false, w.finished(ctx, nil, t)
		case b.err == nil:
			return false, w.broken(ctx, t, unpacked, beyondRepair(err))
		case last:
			return false, w.broken(ctx, t, unpacked, cutShort(b.err))
		}
		etag = b.etag
		wait := pace.NextBackOff()
		err = w.report.send(ctx, news{}, func(s *source.Status) {
			s.Retries++
			w.report.troubles[getting] = trouble{
				state: source.Failing, next: time.Now().Add(wait),
				err: fmt.Errorf("the transfer of %s broke: %w", t.key, credentials.Explain(b.err, "")),
			}
		})
		if err == nil {
			err = w.bell.Sleep(ctx, wait)
		}
		if err != nil {
			return false, err
		}
	}
}

// beyondRepair says that reading an object again would not help.
func beyondRepair(err error) string {
	// Without the decoder's account of where it happened, which the place of a bad record says.
	if next := errors.Unwrap(err); next != nil {
		err = next
	}
	return "this object cannot be read from here on: " + err.Error()
}

func cutShort(err error) string {
	return fmt.Sprintf("this object was not read from here on: its transfer broke %d times (%v); start again to try once more",
		transfers, credentials.Explain(err, ""))
}

// open makes the call for an object, and again until it succeeds or cannot; then the error is a singleError if that is the fault
// of the object.
func (w *worker) open(ctx context.Context, o object, etag string) (*body, error) {
	failures, answered := 0, 0
	for {
		turn, err := w.gets.pass(ctx)
		if err != nil {
			return nil, err
		}
		b, err := w.calls.get(ctx, o.key, etag)
		if err == nil {
			w.gets.succeed()
			return b, nil
		}
		if getFailure(err) == passing && ctx.Err() == nil {
			if failures++; failures == 1 {
				answered = w.gets.answered()
			} else if failures >= transfers && (w.gets.answered() > answered || w.listed(ctx, o)) {
				return nil, &singleError{err} // other calls succeed meanwhile
			}
		}
		if err := w.failed(ctx, getting, turn, err); err != nil {
			if single := (*singleError)(nil); errors.As(err, &single) {
				w.gets.succeed() // it was an answer
			}
			return nil, err
		}
	}
}

// listed tells whether the bucket can still be asked for an object, though not for what is in it.
func (w *worker) listed(ctx context.Context, o object) bool {
	_, err := w.calls.list(ctx, query{prefix: o.key})
	return err == nil
}

// progress notes that something of an object has been read.
func (w *worker) progress(t *transfer, s *source.Status) {
	w.report.answered(getting, s)
	w.report.opened++
	if t.modified.After(s.LastArrival) {
		s.LastArrival = t.modified
		w.writer.note(t.key)
	}
}

// arrived counts the bytes that came of an object since it was last called.
func (w *worker) arrived(t *transfer, b *body, s *source.Status) {
	s.Bytes += b.received - b.counted
	b.counted = b.received
	// What comes again is no progress, and an object may have grown since it was listed.
	if n := min(b.received, t.size); n > t.sent.bytes {
		s.DoneBytes += n - t.sent.bytes
		t.sent.bytes = n
	}
}

// over notes that nothing more will come of an object.
func (w *worker) over(t *transfer, s *source.Status) {
	s.DoneBytes += t.size - t.sent.bytes
	w.report.over(t.object, s)
}

// finished sends the last entries of some objects, and notes that these were read.
func (w *worker) finished(ctx context.Context, packed *audit.Batch, list ...*transfer) error {
	return w.report.send(ctx, news{packed: packed}, func(s *source.Status) {
		for _, t := range list {
			w.progress(t, s)
			s.Records++
			w.over(t, s)
		}
	})
}

// broken notes that an object was read as far as could be.
func (w *worker) broken(ctx context.Context, t *transfer, offset int64, reason string) error {
	n := w.unread(t, reason)
	n.bad[0].Offset = offset
	return w.report.send(ctx, n, func(s *source.Status) {
		w.progress(t, s)
		s.Records++
		w.over(t, s)
	})
}

// skipped notes that an object was not read.
func (w *worker) skipped(ctx context.Context, t *transfer, err error) error {
	n := w.unread(t, objectReason(err))
	n.bad[0].Size = int(t.size)
	return w.report.send(ctx, n, func(s *source.Status) {
		w.over(t, s)
		switch {
		case !credentials.Refused(err):
			w.report.answered(getting, s)
		case w.report.opened == 0:
			// Nothing can be read, as far as is known: that is more than the fault of some object.
			w.report.denied = credentials.Explain(err, actionGet)
			w.report.troubles[getting] = trouble{state: source.Failing, err: w.report.denied}
		}
	})
}

// unread is what is said of an object that could not be read, or not to its end.
func (w *worker) unread(t *transfer, reason string) news {
	return news{
		bad: []audit.Bad{{Reason: reason, Origin: w.origin(t)}},
		gaps: []source.Gap{{
			Source: w.name, Part: w.prefix, Span: t.span(), Why: t.key + ": " + reason,
		}},
	}
}

func (w *worker) origin(t *transfer) audit.Origin {
	return audit.Origin{Source: w.name, Part: t.key, Arrived: t.modified}
}
