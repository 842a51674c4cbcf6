package s3

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"taudit/source"
	"taudit/source/audit"
)

// transfer is an object on its way.
type transfer struct {
	object
	room *int64 // that was taken in memory for the run of it
	sent sent

	data []byte // all of it; nil when it is decoded as it comes
	err  error  // how data ended
	b    *body  // that data came from
}

// sent counts what has been sent of an object.
type sent struct {
	entries, bad int
	bytes        int64 // as received, in the try in which most came
}

// zipHead is how a zip file begins.
const zipHead = "PK\x03\x04"

// attempt fetches a body, if there is room for it, or sends what is in it as it comes, but for what was sent before. It gives how
// many bytes came out of it. What is made of the end of a transfer that broke is only sent when it was the last.
func (w *worker) attempt(ctx context.Context, t *transfer, b *body, last bool) (unpacked int64, ready bool, err error) {
	defer b.Close()
	defer func() {
		if p := recover(); p != nil {
			err = w.mistake(t, p)
			b.err = nil // it would fail again
		}
	}()
	if b.size >= 0 && b.size <= t.size && b.size <= *t.room {
		t.data = w.memory.buffer(b.size)
		n, err := io.ReadFull(b, t.data)
		if b.err != nil && !last {
			w.memory.reuse(t.data)
			return 0, false, w.received(ctx, t, b, err)
		}
		t.data, t.err, t.b = t.data[:n], cmp.Or(err, io.EOF), b
		return 0, true, nil
	}
	head := make([]byte, len(zipHead))
	n, err := io.ReadFull(b, head)
	if err != nil {
		t.data, t.err, t.b = head[:n], cmp.Or(b.err, io.EOF), b
		return 0, b.err == nil || last, w.received(ctx, t, b, b.err)
	}
	if string(head) == zipHead {
		// Its directory is at its end, so it is held whole.
		if b.size > w.memory.size {
			return 0, false, fmt.Errorf("this is a zip file of %d bytes, which are too many to hold in memory: %d are allowed", b.size, w.memory.size)
		}
		if err := w.memory.enlarge(ctx, t.room, max(b.size, w.memory.share())); err != nil {
			return 0, false, err
		}
	}
	unpacked, err = w.stream(ctx, t, b, io.MultiReader(bytes.NewReader(head), b), last)
	return unpacked, false, err
}

// mistake is the error for a panic: it must not end the program.
func (w *worker) mistake(t *transfer, p any) error {
	w.options.Log.Error("panic", "source", w.name, "key", t.key, "panic", p, "stack", string(debug.Stack()))
	return fmt.Errorf("an internal error, please report it: %v", p)
}

// received counts what arrived of an object. It gives err, or the error of ctx.
func (w *worker) received(ctx context.Context, t *transfer, b *body, err error) error {
	if e := w.report.note(ctx, func(s *source.Status) { w.arrived(t, b, s) }); e != nil {
		return e
	}
	return err
}

// stream decodes what b receives.
func (w *worker) stream(ctx context.Context, t *transfer, b *body, in io.Reader, last bool) (int64, error) {
	d, release, err := w.memory.desk(ctx, false)
	if err != nil {
		return 0, err
	}
	plain, err := w.unpacker.Unpack(in, w.config.MaxUnpacked)
	if err != nil {
		release()
		return 0, w.received(ctx, t, b, err)
	}
	// Closing gives memory back and cannot lose anything.
	defer func() { _ = plain.Close() }()
	text := &counted{in: plain}
	var passed sent
	err = d.decoder.Pack(w.memory.vocabulary, text, 0, w.origin(t), func(batch *audit.Batch, bad []audit.Bad) error {
		if b.err != nil && !last {
			return b.err
		}
		if batch != nil {
			n := batch.Len()
			known := min(n, max(0, t.sent.entries-passed.entries))
			passed.entries += n
			if t.sent.entries = max(t.sent.entries, passed.entries); known == n {
				batch = nil
			} else if known > 0 {
				batch = batch.Slice(known, n)
			}
		}
		known := min(len(bad), max(0, t.sent.bad-passed.bad))
		passed.bad += len(bad)
		t.sent.bad = max(t.sent.bad, passed.bad)
		if bad = bad[known:]; batch == nil && len(bad) == 0 {
			return nil
		}
		return w.report.send(ctx, news{packed: batch, bad: bad}, func(s *source.Status) {
			w.progress(t, s)
			w.arrived(t, b, s)
		})
	})
	release() // but not after a panic, which leaves it as it was
	return text.n, w.received(ctx, t, b, err)
}

// maxWaiting is how many batches of a run wait to be sent at its end. More come of it only if somebody packed nothing very well.
const maxWaiting = 64

// errTooMuch says that more comes out of a run of objects than may wait.
var errTooMuch = errors.New("more comes out of these objects than is held")

// decodeAll decodes the objects of a run that were fetched. They come newest first and are decoded from the oldest on, so that entries
// are about in order.
func (w *worker) decodeAll(ctx context.Context, run []*transfer) error {
	if len(run) == 0 {
		return nil
	}
	slices.Reverse(run)
	err := w.decodeRun(ctx, run)
	if len(run) > 1 && err != nil && ctx.Err() == nil {
		// Nothing was sent. One of them costs what is in it, and no more.
		for _, t := range run {
			if err := w.decodeRun(ctx, []*transfer{t}); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

// decodeRun decodes some objects and sends what is in them, at the end if they are several: then it may also fail, and has sent nothing.
func (w *worker) decodeRun(ctx context.Context, run []*transfer) error {
	d, release, err := w.memory.desk(ctx, true)
	if err != nil {
		return err
	}
	var (
		result  outcome
		several = len(run) > 1
	)
	for _, t := range run {
		send := func(n news) error {
			if !several {
				return w.report.send(ctx, n, func(s *source.Status) {
					w.progress(t, s)
					w.arrived(t, t.b, s)
				})
			}
			if result.add(n); len(result.batches) > maxWaiting {
				return errTooMuch
			}
			return nil
		}
		unpacked, err, mistaken := w.decode(d, t, send)
		switch {
		case ctx.Err() != nil:
			release()
			return ctx.Err()
		case several && (mistaken || errors.Is(err, errTooMuch)):
			d.packer.Take()
			release()
			return err
		}
		switch {
		case err == nil:
			result.whole = append(result.whole, t)
		case t.b.err == nil:
			result.broken = append(result.broken, damage{t, unpacked, beyondRepair(err)})
		default:
			result.broken = append(result.broken, damage{t, unpacked, cutShort(t.b.err)})
		}
	}
	result.add(news{packed: d.packer.Take()})
	release()
	return w.tell(ctx, run, result)
}

// outcome is what came of a run.
type outcome struct {
	batches []*audit.Batch
	bad     []audit.Bad
	whole   []*transfer
	broken  []damage
}

type damage struct {
	t      *transfer
	offset int64
	reason string
}

func (o *outcome) add(n news) {
	if n.packed != nil {
		o.batches = append(o.batches, n.packed)
	}
	o.bad = append(o.bad, n.bad...)
}

// tell sends what came of a run.
func (w *worker) tell(ctx context.Context, run []*transfer, o outcome) error {
	for len(o.batches) > 1 || len(o.batches) == 1 && len(o.whole) == 0 || len(o.bad) > 0 {
		var n news
		if len(o.batches) > 0 {
			n.packed, o.batches = o.batches[0], o.batches[1:]
		}
		n.bad, o.bad = o.bad, nil
		if err := w.report.send(ctx, n, func(s *source.Status) {
			for _, t := range run {
				w.arrived(t, t.b, s)
			}
		}); err != nil {
			return err
		}
	}
	if len(o.whole) > 0 {
		var packed *audit.Batch
		if len(o.batches) > 0 {
			packed = o.batches[0]
		}
		for _, t := range o.whole {
			if err := w.received(ctx, t, t.b, nil); err != nil {
				return err
			}
		}
		if err := w.finished(ctx, packed, o.whole...); err != nil {
			return err
		}
	}
	for _, b := range o.broken {
		if err := w.received(ctx, b.t, b.t.b, nil); err != nil {
			return err
		}
		if err := w.broken(ctx, b.t, b.offset, b.reason); err != nil {
			return err
		}
	}
	return nil
}

// decode packs what is in an object that was fetched. send gets what is bad, and batches that are full.
func (w *worker) decode(d *desk, t *transfer, send func(news) error) (unpacked int64, err error, mistaken bool) {
	text := &counted{}
	defer func() {
		if p := recover(); p != nil {
			unpacked, err, mistaken = text.n, w.mistake(t, p), true
			*d = *w.memory.newDesk()
		}
	}()
	var in io.Reader = &fetched{t.data, t.err}
	if t.err == io.EOF {
		in = bytes.NewReader(t.data)
	}
	plain, err := w.unpacker.Unpack(in, w.config.MaxUnpacked)
	if err != nil {
		return 0, err, false
	}
	// Closing gives memory back and cannot lose anything.
	defer func() { _ = plain.Close() }()
	text.in = plain
	err = d.decoder.Collect(d.packer, text, w.origin(t), func(bad []audit.Bad) error {
		return send(news{packed: d.packer.Take(), bad: bad})
	})
	return text.n, err, false
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
