package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// chunk is how much of a stream is read at once, in bytes.
const chunk = 64 << 10

// Who writes line by line would have each line read, decoded and stored by itself, which costs much more than the same lines together. When
// little came, and little before it not long ago, what comes next may gather in the pipe, which holds 64 KiB on most systems. What comes after
// a pause is read at once, and so is a stream that has much to give.
const (
	little = 8 << 10 // bytes
	gather = 200 * time.Millisecond
)

// drip tells from what came how long the next may gather.
type drip struct {
	last   time.Time // that little came
	gather time.Duration
}

// came takes that n bytes came at a time, and gives how long to wait before the next are read.
func (d *drip) came(n int, at time.Time) time.Duration {
	if n >= little {
		d.gather = max(d.gather/2, gather/16) // the pipe must not get full
		return 0
	}
	dripping := at.Sub(d.last) < 2*gather
	d.last = at
	if !dripping {
		d.gather = gather
		return 0
	}
	wait := d.gather
	if n < little/4 {
		d.gather = min(2*d.gather, gather)
	}
	return wait
}

// pump reads a stream in a goroutine of its own, since nothing else can end a Read that blocks.
type pump struct {
	chunks chan []byte   // read so far; one is being waited for
	stop   chan struct{} // closed when nobody wants more
	ended  chan struct{} // closed when the goroutine has ended
	opened chan io.Reader
	owned  bool  // what is opened is closed again
	err    error // why it ended; valid once ended is closed
}

func startPump(open func() (io.Reader, error), owned bool) *pump {
	p := &pump{
		chunks: make(chan []byte), stop: make(chan struct{}), ended: make(chan struct{}), opened: make(chan io.Reader, 1),
		owned: owned,
	}
	go func() {
		defer close(p.ended)
		defer func() {
			if problem := recover(); problem != nil {
				p.err = fmt.Errorf("an internal error, please report it: %v", problem)
			}
		}()
		p.err = p.read(open)
	}()
	return p
}

func (p *pump) read(open func() (io.Reader, error)) error {
	r, err := open()
	if err != nil {
		return err
	}
	p.opened <- r
	if p.owned {
		if c, ok := r.(io.Closer); ok {
			defer func() { _ = c.Close() }() // nothing was written
		}
	}
	// Two buffers: one is looked at while the other is filled. Handing over the next means that the one before is done with.
	buffers, turn := [2][]byte{make([]byte, chunk), make([]byte, chunk)}, 0
	_, gathers := r.(*os.File) // others may have nothing that holds what is not read
	var d drip
	for {
		n, err := r.Read(buffers[turn])
		if n > 0 {
			select {
			case p.chunks <- buffers[turn][:n]:
				turn = 1 - turn
			case <-p.stop:
				return nil
			}
		}
		if err != nil {
			return err
		}
		if gathers && !p.pause(d.came(n, time.Now())) {
			return nil
		}
	}
}

// pause waits, and tells whether more is still wanted then.
func (p *pump) pause(d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.stop:
		return false
	}
}

// close ends the goroutine, if it can be: see NewReader.
func (p *pump) close() {
	close(p.stop)
	var r io.Reader
	select {
	case <-p.ended:
		return
	case r = <-p.opened:
	default: // still opening, which cannot be interrupted
		return
	}
	if d, ok := r.(interface{ SetReadDeadline(time.Time) error }); ok && d.SetReadDeadline(time.Unix(1, 0)) == nil {
		<-p.ended
		// The stream may be somebody else's too.
		_ = d.SetReadDeadline(time.Time{})
		return
	}
	_, isFile := r.(*os.File)
	if c, ok := r.(io.Closer); ok && !isFile && c.Close() == nil {
		// Whether that ended the Read too is up to the reader.
		timer := time.NewTimer(200 * time.Millisecond)
		defer timer.Stop()
		select {
		case <-p.ended:
		case <-timer.C:
		}
	}
}

// reader gives what a pump reads, and ends with ctx.
type reader struct {
	ctx  context.Context // of Run: a reader lives no longer than the call that made it
	pump *pump
	idle func() error // is called when nothing comes for the time that follows
	wait time.Duration
	rest []byte
	n    int64 // bytes that came
}

func (r *reader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		rest, err := r.next()
		if err != nil {
			return 0, err
		}
		r.rest = rest
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	r.n += int64(n)
	return n, nil
}

func (r *reader) next() ([]byte, error) {
	timer := time.NewTimer(r.wait)
	defer timer.Stop()
	for {
		select {
		case b := <-r.pump.chunks:
			return b, nil
		case <-r.pump.ended:
			if r.pump.err == nil {
				return nil, io.EOF
			}
			return nil, r.pump.err
		case <-r.ctx.Done():
			return nil, r.ctx.Err()
		case <-timer.C:
			if err := r.idle(); err != nil {
				return nil, err
			}
		}
	}
}

// stream reads a stream to its end.
func (s *Source) stream(ctx context.Context, report *report) error {
	p := startPump(s.open, s.owned)
	defer p.close()
	in := &reader{ctx: ctx, pump: p, wait: s.config.Poll, idle: func() error {
		return report.send(ctx, nil, nil, func(*source.Status) { report.phase = source.Live })
	}}
	said := int64(0)
	text := &counted{in: in}
	plain, err := audit.Unpack(in, s.config.MaxUnpacked)
	if err == nil {
		text.in = plain
		origin := audit.Origin{Source: s.name, Part: s.name}
		err = audit.NewDecoder().Pack(s.options.Vocabulary, text, 0, origin, func(e *audit.Batch, b []audit.Bad) error {
			return report.send(ctx, e, b, func(st *source.Status) {
				report.read(st, in.n-said)
				said = in.n
			})
		})
		// Closing gives memory back and cannot lose anything.
		_ = plain.Close()
	}
	var bad []audit.Bad
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case p.failed():
		return fmt.Errorf("reading %s: %w", s.name, reason(p.err))
	case err != nil:
		bad = []audit.Bad{{
			Offset: text.n, Reason: "this cannot be read from here on: " + unwrapped(err),
			Origin: audit.Origin{Source: s.name, Part: s.name},
		}}
	}
	return report.send(ctx, nil, bad, func(st *source.Status) {
		report.read(st, in.n-said)
		st.Records++
		st.Done++
		report.total, report.listed, report.phase = 1, true, source.Done
	})
}

// failed tells whether the stream ended with an error.
func (p *pump) failed() bool {
	select {
	case <-p.ended:
		return p.err != nil && !errors.Is(p.err, io.EOF)
	default:
		return false
	}
}

// unwrapped is err without the decoder's account of where it happened.
func unwrapped(err error) string {
	if next := errors.Unwrap(err); next != nil {
		return next.Error()
	}
	return err.Error()
}

// counted counts what is read. It gives an end, or an error, only by itself, so that what is made of all before is known from what
// is made of the end.
type counted struct {
	in    io.Reader
	n     int64
	err   error
	ended bool // err has been given
}

func (c *counted) Read(p []byte) (int, error) {
	if c.err == nil {
		n, err := c.in.Read(p)
		c.n, c.err = c.n+int64(n), err
		if n > 0 {
			return n, nil
		}
	}
	c.ended = c.err != nil
	return 0, c.err
}
