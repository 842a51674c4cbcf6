package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/credentials"
)

// transfers is how often calls for one object, or its transfer, may fail before what is missing of it is given up, which takes about a minute.
const transfers = 8

// worker reads one object after the other.
type worker struct {
	*run
	decoder *audit.Decoder
}

// work ends when history is closed, unless there is fresh to wait for.
func (w *worker) work(ctx context.Context, history, fresh <-chan object) error {
	for {
		var o object
		select {
		case o = <-fresh:
		default:
			var ok bool
			select {
			case o = <-fresh:
			case o, ok = <-history:
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
		if err := w.read(ctx, o); err != nil {
			return err
		}
	}
}

// sent counts what has been sent of an object.
type sent struct{ entries, bad int }

// read reads one object and says so, or says why it cannot be read. It only fails when reading is to end.
func (w *worker) read(ctx context.Context, o object) error {
	if o.size == 0 {
		return w.report.send(ctx, nil, nil, func(s *source.Status) {
			s.Records++
			s.Done++
		})
	}
	var (
		done sent
		etag string
		pace = newBackOff(w.config.FirstRetry)
	)
	for try := 1; ; try++ {
		b, err := w.open(ctx, o, etag)
		if single := (*singleError)(nil); errors.As(err, &single) {
			if etag != "" && getFailure(err) == changed {
				// What was sent of the old content cannot be told from what is in the new one: all of it is read.
				etag, done = "", sent{}
				continue
			}
			return w.skipped(ctx, o, err)
		}
		if err != nil {
			return err
		}
		last := try == transfers
		unpacked, err := w.stream(ctx, o, b, &done, last)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			return w.finished(ctx, o)
		case b.err == nil:
			return w.broken(ctx, o, unpacked, "this object cannot be read from here on: "+inner(err).Error())
		case last:
			return w.broken(ctx, o, unpacked, fmt.Sprintf("this object was not read from here on: its transfer broke %d times (%v); "+
				"start again to try once more", try, credentials.Explain(b.err, "")))
		}
		etag = b.etag
		wait := pace.NextBackOff()
		err = w.report.send(ctx, nil, nil, func(s *source.Status) {
			s.Retries++
			w.report.troubles[getting] = trouble{
				state: source.Failing, next: time.Now().Add(wait),
				err: fmt.Errorf("the transfer of %s broke: %w", o.key, credentials.Explain(b.err, "")),
			}
		})
		if err == nil {
			err = sleep(ctx, wait)
		}
		if err != nil {
			return err
		}
	}
}

// inner is err without the decoder's account of where it happened, which the place of a bad record says.
func inner(err error) error {
	if next := errors.Unwrap(err); next != nil {
		return next
	}
	return err
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
			} else if failures >= transfers && w.gets.answered() > answered {
				return nil, &singleError{err} // other objects can be read meanwhile
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

// stream decodes a body and sends what is in it, but for what was sent before. It gives how many bytes came out of it. What is made
// of the end of a transfer that broke is only sent when it was the last.
func (w *worker) stream(ctx context.Context, o object, b *body, done *sent, last bool) (unpacked int64, err error) {
	defer b.Close()
	text := &counted{}
	defer func() {
		if p := recover(); p != nil {
			w.options.Log.Error("panic", "source", w.name, "key", o.key, "panic", p, "stack", string(debug.Stack()))
			w.decoder = audit.NewDecoder()
			b.err = nil // it would fail again
			unpacked, err = text.n, fmt.Errorf("an internal error, please report it: %v", p)
		}
	}()
	plain, err := audit.Unpack(b, w.config.MaxUnpacked)
	if err != nil {
		return 0, err
	}
	// Closing gives memory back and cannot lose anything.
	defer func() { _ = plain.Close() }()
	text.in = plain
	var passed sent
	counted := int64(0)
	err = w.decoder.Read(text, audit.Origin{Source: w.name, Part: o.key, Arrived: o.modified},
		func(entries []audit.Entry, bad []audit.Bad) error {
			if b.err != nil && !last {
				return b.err
			}
			known := sent{min(len(entries), max(0, done.entries-passed.entries)), min(len(bad), max(0, done.bad-passed.bad))}
			passed.entries, passed.bad = passed.entries+len(entries), passed.bad+len(bad)
			entries, bad = entries[known.entries:], bad[known.bad:]
			if len(entries)+len(bad) == 0 {
				return nil
			}
			done.entries, done.bad = done.entries+len(entries), done.bad+len(bad)
			return w.report.send(ctx, entries, bad, func(s *source.Status) {
				w.progress(o, s)
				s.Bytes += b.received - counted
				counted = b.received
			})
		})
	if err := w.report.note(ctx, func(s *source.Status) { s.Bytes += b.received - counted }); err != nil {
		return text.n, err
	}
	return text.n, err
}

// counted counts what is read.
type counted struct {
	in io.Reader
	n  int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// progress notes that something of an object has been read.
func (w *worker) progress(o object, s *source.Status) {
	w.report.answered(getting, s)
	w.report.opened++
	if o.modified.After(s.LastArrival) {
		s.LastArrival = o.modified
	}
}

// finished notes that an object was read.
func (w *worker) finished(ctx context.Context, o object) error {
	return w.report.send(ctx, nil, nil, func(s *source.Status) {
		w.progress(o, s)
		s.Records++
		s.Done++
	})
}

// broken notes that an object was read as far as could be.
func (w *worker) broken(ctx context.Context, o object, offset int64, reason string) error {
	bad := w.bad(o, reason)
	bad.Offset = offset
	return w.report.send(ctx, nil, []audit.Bad{bad}, func(s *source.Status) {
		w.progress(o, s)
		s.Records++
		s.Done++
	})
}

// skipped notes that an object was not read.
func (w *worker) skipped(ctx context.Context, o object, err error) error {
	bad := w.bad(o, objectReason(err))
	bad.Size = int(o.size)
	return w.report.send(ctx, nil, []audit.Bad{bad}, func(s *source.Status) {
		s.Done++
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

func (w *worker) bad(o object, reason string) audit.Bad {
	return audit.Bad{Reason: reason, Origin: audit.Origin{Source: w.name, Part: o.key, Arrived: o.modified}}
}
