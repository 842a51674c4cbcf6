package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// worker reads one file at a time.
type worker struct {
	*run
	decoder *audit.Decoder

	// Small files are many: what is in them is sent together.
	held []*audit.Batch
	rows int

	room     []byte // for small compressed files
	unpacker audit.Unpacker
}

const (
	// enough is how many entries are worth an event of their own.
	enough = 1024
	// linger is how long fewer may wait for those of the next file.
	linger = 5 * time.Millisecond
)

// work reads files until there are no more.
func (w *worker) work(ctx context.Context, jobs <-chan []job) error {
	for {
		var over <-chan time.Time
		if w.rows > 0 {
			over = time.After(linger)
		}
		select {
		case <-over:
			if err := w.flush(ctx, nil, func(*source.Status) {}); err != nil {
				return err
			}
		case run, ok := <-jobs:
			if !ok {
				return w.flush(ctx, nil, func(*source.Status) {})
			}
			for _, j := range run {
				if err := w.read(ctx, j.file, j.final); err != nil {
					return err
				}
				if j.final {
					j.file.close()
				}
				j.file.busy.Store(false)
			}
			if len(run) > 1 && w.rows > 0 {
				if err := w.flush(ctx, nil, func(*source.Status) {}); err != nil {
					return err
				}
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// deliver sends what was read, now or with what comes next.
func (w *worker) deliver(ctx context.Context, batch *audit.Batch, bad []audit.Bad, change func(*source.Status)) error {
	if batch != nil {
		w.held = append(w.held, batch)
		w.rows += batch.Len()
	}
	if w.rows > 0 && w.rows < enough && len(bad) == 0 {
		return w.report.note(ctx, change)
	}
	return w.flush(ctx, bad, change)
}

// flush sends what was delivered.
func (w *worker) flush(ctx context.Context, bad []audit.Bad, change func(*source.Status)) error {
	batch := audit.Join(w.held)
	if len(w.held) > 1 {
		batch, _ = batch.Sorted() // here, and not where the batches of all workers come together
	}
	clear(w.held)
	w.held, w.rows = w.held[:0], 0
	return w.report.send(ctx, batch, bad, change)
}

// read reads what a file has grown by, or all of a new one. With final, no more will come. It only fails when reading is to end.
func (w *worker) read(ctx context.Context, t *tracked, final bool) error {
	f, done, err := t.open(w.system)
	if err != nil {
		return w.unreadable(ctx, t, err)
	}
	defer done()
	info, err := f.Stat()
	if err != nil {
		return w.unreadable(ctx, t, err)
	}
	if t.unchanged(info) {
		return w.settle(ctx, t, final)
	}
	if how := t.replaced(f, info); how != "" {
		if err := w.restart(ctx, t, how); err != nil {
			return err
		}
	}
	if t.changed = time.Now(); t.info == nil && info.ModTime().Before(t.changed) {
		t.changed = info.ModTime()
	}
	t.info = info
	quiet := t.quiet
	t.quiet = false
	if quiet && t.skip(f, info.Size()) {
		return w.finished(ctx, t, 0)
	}
	n, err := w.pass(ctx, t, f, quiet)
	if err != nil {
		return err
	}
	if quiet {
		t.tailSent = w.settled(t) // it was there before now
	} else if err := w.settle(ctx, t, final); err != nil {
		return err
	}
	return w.finished(ctx, t, n)
}

// restart begins again with a file that holds something else than it did.
func (w *worker) restart(ctx context.Context, t *tracked, how string) error {
	t.content = content{}
	w.options.Log.Warn("reading a file from its start again", "path", t.path, "because", "it was "+how)
	return w.report.send(ctx, nil, nil, func(s *source.Status) {
		s.Gaps++
		w.report.trouble = fmt.Errorf("%s was %s: it is read from its start again; what it held unread is lost", t.path, how)
		w.report.again = time.Now()
	})
}

// pass reads from where the last one ended to the end of the file and sends what is new, unless quiet is set. It gives the number
// of bytes that were not read before.
func (w *worker) pass(ctx context.Context, t *tracked, f *os.File, quiet bool) (read int64, err error) {
	if t.size == 0 || t.packed {
		t.sniff(f)
		t.resume = 0
	}
	t.tail, t.tailBad, t.tailSent, t.hopeless = nil, nil, false, false
	var cuts []int64
	if t.size == 0 && !t.packed && !t.framed && !quiet {
		if cuts = w.cuts(f, t.info.Size()); len(cuts) > 0 {
			t.resume = cuts[len(cuts)-1]
		}
	}
	known, sent, began := max(t.size, t.resume), t.before, time.Now()
	in := &input{f: f, at: t.resume, ctx: ctx}
	text := &counted{in: in, n: t.resume}
	defer func() {
		if p := recover(); p != nil {
			w.options.Log.Error("panic", "path", t.path, "panic", p, "stack", string(debug.Stack()))
			w.decoder = audit.NewDecoder()
			err = ctx.Err()
			w.failed(t, text.n, fmt.Sprintf("an internal error, please report it: %v", p))
		}
		if t.size = in.at; err == nil {
			t.remember(f)
		}
		read = max(0, in.at-known)
		// What has to be read from its start each time must not be all that is done while it grows.
		t.again = time.Now().Add(4 * time.Since(began))
	}()
	if t.packed {
		plain, err := w.unpacker.Unpack(w.whole(in, t.info.Size()), w.config.MaxUnpacked)
		if err != nil {
			w.failed(t, 0, err.Error())
			return 0, ctx.Err()
		}
		// Closing gives memory back and cannot lose anything.
		defer func() { _ = plain.Close() }()
		text.in = filling{plain}
	}
	origin := audit.Origin{Source: w.name, Part: t.path}
	err = w.decoder.Pack(w.options.Vocabulary, text, t.resume, origin, func(batch *audit.Batch, bad []audit.Bad) error {
		if text.ended {
			// This comes of an end that may be unfinished.
			if t.tailBad = append(t.tailBad, bad...); batch != nil {
				t.tail = append(t.tail, batch)
			}
			return nil
		}
		if batch, bad = t.fresh(sent, batch, bad); batch == nil && len(bad) == 0 || quiet {
			return nil
		}
		asked := time.Now()
		err := w.deliver(ctx, batch, bad, func(s *source.Status) {
			w.progress(t, s, max(0, in.at-known))
			known = max(known, in.at)
		})
		began = began.Add(time.Since(asked)) // waiting for the reader is not work
		return err
	})
	if len(cuts) > 0 && ctx.Err() == nil {
		asked := time.Now()
		if err := w.flush(ctx, nil, func(*source.Status) {}); err != nil { // the newest come first
			return 0, err
		}
		if err := w.segments(ctx, t, f, cuts); err != nil {
			return 0, err
		}
		began = began.Add(time.Since(asked)) // nor is that to be done again
	}
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case err != nil:
		w.failed(t, text.n, unwrapped(err))
	case !t.packed:
		t.size = in.at
		t.end()
	}
	return 0, nil
}

// small is the size of the largest compressed file that is read into memory as it is, in bytes.
const small = 4 << 20

// whole gives what is in a compressed file, from memory if it is small: most are, and it is quicker.
func (w *worker) whole(in *input, size int64) io.Reader {
	if size > small {
		return in
	}
	w.room = append(w.room[:0], make([]byte, size)...)
	if n, err := io.ReadFull(in, w.room); err == nil {
		return bytes.NewReader(w.room[:n])
	}
	in.at = 0 // what is wrong with it is found again
	return in
}

// failed notes that a file cannot be read from an offset on.
func (w *worker) failed(t *tracked, offset int64, why string) {
	bad := w.bad(t, "this file cannot be read from here on: "+why)
	bad.Offset = offset
	t.tailBad = append(t.tailBad, bad)
}

// settle sends what was made of an unfinished end, if its rest is not to be waited for.
func (w *worker) settle(ctx context.Context, t *tracked, final bool) error {
	if !t.holding() || !(final || !w.options.Follow || w.settled(t)) {
		return nil
	}
	t.tailSent = true
	return w.report.sendAll(ctx, t.takeTail(), func(s *source.Status) { w.progress(t, s, 0) })
}

// settled tells whether no more is expected at the end of a file.
func (w *worker) settled(t *tracked) bool {
	return t.hopeless || time.Since(t.changed) >= w.config.Settle
}

// progress notes that something of a file was read.
func (w *worker) progress(t *tracked, s *source.Status, bytes int64) {
	w.report.read(s, bytes)
	w.report.opened++
	w.report.trouble = nil
	t.said = ""
	if at := t.info.ModTime(); at.After(s.LastArrival) {
		s.LastArrival = at
	}
}

// finished notes that a file was read to its present end.
func (w *worker) finished(ctx context.Context, t *tracked, bytes int64) error {
	return w.deliver(ctx, nil, nil, func(s *source.Status) {
		w.progress(t, s, bytes)
		if !t.recorded {
			t.recorded = true
			s.Records++
		}
		t.count(s)
	})
}

// count counts a file that has been dealt with.
func (t *tracked) count(s *source.Status) {
	if !t.done {
		t.done = true
		s.Done++
	}
}

// unreadable says why a file cannot be read, once for each reason.
func (w *worker) unreadable(ctx context.Context, t *tracked, err error) error {
	gone, err := errors.Is(err, fs.ErrNotExist), reason(err)
	if t.path == w.path {
		if !w.options.Follow {
			return fmt.Errorf("%s cannot be read: %w", t.path, err)
		}
		if t.said == err.Error() {
			return nil
		}
		t.said = err.Error()
		return w.unreachable(ctx, err)
	}
	var bad []audit.Bad
	// A file that went between being listed and being read is not there any more, as if it had never been listed.
	if !gone && t.said != err.Error() {
		t.said = err.Error()
		bad = []audit.Bad{w.bad(t, "this file cannot be read: "+err.Error())}
	}
	return w.report.send(ctx, nil, bad, func(s *source.Status) {
		if !gone {
			w.report.failed = fmt.Errorf("%s cannot be read: %w", t.path, err)
		}
		t.count(s)
	})
}

func (w *worker) bad(t *tracked, reason string) audit.Bad {
	return audit.Bad{Reason: reason, Origin: audit.Origin{Source: w.name, Part: t.path}}
}

// input reads a file from a place on, and ends with ctx.
type input struct {
	f   *os.File
	at  int64
	ctx context.Context // of the call that made it
}

func (i *input) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := i.f.ReadAt(p, i.at)
	i.at += int64(n)
	if n > 0 && err == io.EOF {
		err = nil // there may be more by the next Read
	}
	return n, err
}

// filling fills what it is given, so that a small object is one batch and not one for each block of its compression. That
// is for what is there: it waits for more otherwise.
type filling struct{ in io.Reader }

func (f filling) Read(p []byte) (n int, err error) {
	for n < len(p) {
		more, err := f.in.Read(p[n:])
		if n += more; more == 0 || err != nil {
			return n, err
		}
	}
	return n, nil
}
