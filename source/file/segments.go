package file

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"taudit/source"
	"taudit/source/audit"
)

const (
	// newest is how much of the end of a large file is read before all else, in bytes: some thousand entries, at once.
	newest = 1 << 20
	// segmentsMost bounds the segments of a file.
	segmentsMost = 1 << 10
	// beyond is how much is read at once behind the end of a segment, in bytes, to see the entry there.
	beyond = 4 << 10
)

// cuts gives the offsets at which a text of that size may be taken apart, in order: entries begin there, whatever stands before
// them. There are none if it is small or no such places are found.
func (w *worker) cuts(f *os.File, size int64) []int64 {
	step := max(w.config.Segment, size/segmentsMost)
	if size < 2*step {
		return nil
	}
	var cuts []int64
	buf := make([]byte, 64<<10)
	for guess := size - min(newest, step); guess > step/2; guess -= step {
		n, _ := f.ReadAt(buf, guess) // what cannot be read here is reported when it is read
		if at := w.decoder.Boundary(buf[:n]); at >= 0 {
			cut := guess + int64(at)
			if len(cuts) == 0 || cut < cuts[len(cuts)-1] {
				cuts = append(cuts, cut)
			}
		}
	}
	slices.Reverse(cuts)
	return cuts
}

// segments reads what stands before the last of the cuts, on all cores, and sends it, the newest first.
func (w *worker) segments(ctx context.Context, t *tracked, f *os.File, cuts []int64) error {
	group, inner := errgroup.WithContext(ctx)
	var left atomic.Int64
	left.Store(int64(len(cuts)))
	for range min(runtime.GOMAXPROCS(0), len(cuts)) {
		group.Go(w.guarded(func() error {
			decoder := audit.NewDecoder()
			for i := left.Add(-1); i >= 0; i = left.Add(-1) {
				s := &segment{in: input{f: f, ctx: inner}, end: cuts[i]}
				if i > 0 {
					s.in.at = cuts[i-1]
				}
				if err := w.segment(inner, t, decoder, s); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	if err := group.Wait(); ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}

// errEnough ends the reading of a segment.
var errEnough = errors.New("the next segment begins")

// segment reads one segment and sends what begins in it.
func (w *worker) segment(ctx context.Context, t *tracked, decoder *audit.Decoder, s *segment) error {
	said := s.in.at
	send := func(batch *audit.Batch, bad []audit.Bad) error {
		at := min(s.in.at, s.end)
		err := w.report.send(ctx, batch, bad, func(status *source.Status) { w.progress(t, status, at-said) })
		said = at
		return err
	}
	err := decoder.Pack(w.options.Vocabulary, s, said, audit.Origin{Source: w.name, Part: t.path}, func(batch *audit.Batch, bad []audit.Bad) error {
		enough := false
		if batch != nil {
			n := before(batch, s.end)
			enough, batch = n < batch.Len(), part(batch, 0, n)
		}
		bad = slices.DeleteFunc(bad, func(b audit.Bad) bool { return b.Offset >= s.end })
		if batch != nil || len(bad) > 0 {
			if err := send(batch, bad); err != nil {
				return err
			}
		}
		if enough {
			return errEnough
		}
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil || errors.Is(err, errEnough):
		return nil
	}
	b := w.bad(t, "this file cannot be read from here to byte "+strconv.FormatInt(s.end, 10)+": "+unwrapped(err))
	b.Offset = s.in.at
	return send(nil, []audit.Bad{b})
}

// segment is a part of a file that ends where an entry begins. Behind its end it gives more in small pieces, because what is
// unfinished at its end is ended by that entry, and only it tells how.
type segment struct {
	in  input
	end int64
}

func (s *segment) Read(p []byte) (int, error) {
	if s.in.at < s.end {
		p = p[:min(int64(len(p)), s.end-s.in.at)]
	} else {
		p = p[:min(len(p), beyond)]
	}
	return s.in.Read(p)
}

var _ io.Reader = (*segment)(nil)
