package s3

import (
	"bytes"
	"cmp"
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
type sent struct {
	entries, bad int
	bytes        int64 // as received, in the try in which most came
}

// read reads one object and says so, or says why it cannot be read. It only fails when reading is to end.
func (w *worker) read(ctx context.Context, o object) error {
	if o.size == 0 {
		return w.report.send(ctx, news{}, func(s *source.Status) {
			s.Records++
			w.report.over(o, s)
		})
	}
	room, err := w.memory.take(ctx, o)
	if err != nil {
		return err
	}
	defer func() { w.memory.bytes.Release(room) }()
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
				etag, done = "", sent{bytes: done.bytes}
				continue
			}
			return w.skipped(ctx, o, done, err)
		}
		if err != nil {
			return err
		}
		last := try == transfers
		unpacked, err := w.attempt(ctx, o, b, &room, &done, last)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			return w.finished(ctx, o, done)
		case b.err == nil:
			return w.broken(ctx, o, done, unpacked, "this object cannot be read from here on: "+inner(err).Error())
		case last:
			return w.broken(ctx, o, done, unpacked, fmt.Sprintf("this object was not read from here on: its transfer broke %d times (%v); "+
				"start again to try once more", try, credentials.Explain(b.err, "")))
		}
		etag = b.etag
		wait := pace.NextBackOff()
		err = w.report.send(ctx, news{}, func(s *source.Status) {
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

// attempt reads a body and sends what is in it, but for what was sent before. It gives how many bytes came out of it. What is made
// of the end of a transfer that broke is only sent when it was the last.
func (w *worker) attempt(ctx context.Context, o object, b *body, room *int64, done *sent, last bool) (unpacked int64, err error) {
	defer b.Close()
	defer func() {
		if p := recover(); p != nil {
			w.options.Log.Error("panic", "source", w.name, "key", o.key, "panic", p, "stack", string(debug.Stack()))
			b.err = nil // it would fail again
			err = fmt.Errorf("an internal error, please report it: %v", p)
		}
	}()
	if b.size >= 0 && b.size <= *room {
		data := w.memory.buffer(b.size)
		defer w.memory.reuse(data)
		n, err := io.ReadFull(b, data)
		if b.err != nil && !last {
			return 0, w.received(ctx, o, b, done, err)
		}
		b.Close() // somebody else can have the connection
		if err == nil {
			err = io.EOF
		}
		return w.decode(ctx, o, b, &fetched{data[:n], err}, done, last)
	}
	head := make([]byte, len(zipHead))
	n, err := io.ReadFull(b, head)
	if err != nil {
		return w.decode(ctx, o, b, &fetched{head[:n], cmp.Or(b.err, io.EOF)}, done, last)
	}
	if string(head) == zipHead {
		// Its directory is at its end, so it is held whole.
		if b.size > w.memory.size {
			return 0, fmt.Errorf("this is a zip file of %d bytes, which are too many to hold in memory: %d are allowed", b.size, w.memory.size)
		}
		if err := w.memory.enlarge(ctx, room, max(b.size, w.memory.share())); err != nil {
			return 0, err
		}
	}
	return w.decode(ctx, o, b, io.MultiReader(bytes.NewReader(head), b), done, last)
}

// zipHead is how a zip file begins.
const zipHead = "PK\x03\x04"

// received counts what arrived of an object from which nothing came out. It gives err, or the error of ctx.
func (w *worker) received(ctx context.Context, o object, b *body, done *sent, err error) error {
	if e := w.report.note(ctx, func(s *source.Status) { w.arrived(o, b, done, s) }); e != nil {
		return e
	}
	return err
}

// decode reads the entries in a body. in gives what b received, or receives it.
func (w *worker) decode(ctx context.Context, o object, b *body, in io.Reader, done *sent, last bool) (int64, error) {
	_, whole := in.(*fetched)
	decoder, release, err := w.memory.decoder(ctx, whole)
	if err != nil {
		return 0, err
	}
	defer release()
	plain, err := audit.Unpack(in, w.config.MaxUnpacked)
	if err != nil {
		return 0, w.received(ctx, o, b, done, err)
	}
	// Closing gives memory back and cannot lose anything.
	defer func() { _ = plain.Close() }()
	text := &counted{in: plain}
	var passed sent
	err = decoder.Read(text, audit.Origin{Source: w.name, Part: o.key, Arrived: o.modified},
		func(entries []audit.Entry, bad []audit.Bad) error {
			if b.err != nil && !last {
				return b.err
			}
			known := sent{entries: min(len(entries), max(0, done.entries-passed.entries)), bad: min(len(bad), max(0, done.bad-passed.bad))}
			passed.entries, passed.bad = passed.entries+len(entries), passed.bad+len(bad)
			entries, bad = entries[known.entries:], bad[known.bad:]
			if len(entries)+len(bad) == 0 {
				return nil
			}
			done.entries, done.bad = done.entries+len(entries), done.bad+len(bad)
			return w.report.send(ctx, news{entries: entries, bad: bad}, func(s *source.Status) {
				w.progress(o, s)
				w.arrived(o, b, done, s)
			})
		})
	return text.n, w.received(ctx, o, b, done, err)
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

// arrived counts the bytes that came of an object since it was last called.
func (w *worker) arrived(o object, b *body, done *sent, s *source.Status) {
	s.Bytes += b.received - b.counted
	b.counted = b.received
	// What comes again is no progress, and an object may have grown since it was listed.
	if n := min(b.received, o.size); n > done.bytes {
		s.DoneBytes += n - done.bytes
		done.bytes = n
	}
}

// over notes that nothing more will come of an object.
func (w *worker) over(o object, done sent, s *source.Status) {
	s.DoneBytes += o.size - done.bytes
	w.report.over(o, s)
}

// finished notes that an object was read.
func (w *worker) finished(ctx context.Context, o object, done sent) error {
	return w.report.send(ctx, news{}, func(s *source.Status) {
		w.progress(o, s)
		s.Records++
		w.over(o, done, s)
	})
}

// broken notes that an object was read as far as could be.
func (w *worker) broken(ctx context.Context, o object, done sent, offset int64, reason string) error {
	n := w.unread(o, reason)
	n.bad[0].Offset = offset
	return w.report.send(ctx, n, func(s *source.Status) {
		w.progress(o, s)
		s.Records++
		w.over(o, done, s)
	})
}

// skipped notes that an object was not read.
func (w *worker) skipped(ctx context.Context, o object, done sent, err error) error {
	n := w.unread(o, objectReason(err))
	n.bad[0].Size = int(o.size)
	return w.report.send(ctx, n, func(s *source.Status) {
		w.over(o, done, s)
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
func (w *worker) unread(o object, reason string) news {
	return news{
		bad: []audit.Bad{{Reason: reason, Origin: audit.Origin{Source: w.name, Part: o.key, Arrived: o.modified}}},
		gaps: []source.Gap{{
			Source: w.name, Part: w.prefix, Span: o.span(), Why: o.key + ": " + reason,
		}},
	}
}
