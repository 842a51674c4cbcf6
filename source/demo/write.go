package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"
)

// DefaultStream is the name of the simulated account's stream, and so the beginning of its objects' names.
const DefaultStream = "audit-demo"

// DefaultDays is the length of a history: Temporal Cloud itself keeps as much.
const DefaultDays = 30

// DefaultEntries is how many entries the embedded demonstration's history has.
const DefaultEntries = 12_000

// WriteOptions say what to write. The same options give the same bytes.
type WriteOptions struct {
	Seed    uint64
	Entries int // default DefaultEntries

	// To is the end of the history; the default does not depend on the clock: 20 November 2026, 14:00 UTC. From defaults to
	// DefaultDays before.
	From, To time.Time

	Legacy float64 // as in Period
	Stream string  // the name of the stream in the names of objects; default DefaultStream
}

func (o WriteOptions) withDefaults() (WriteOptions, error) {
	if o.Entries == 0 {
		o.Entries = DefaultEntries
	}
	if o.To.IsZero() {
		o.To = time.Date(2026, time.November, 20, 14, 0, 0, 0, time.UTC)
	}
	if o.From.IsZero() {
		o.From = o.To.AddDate(0, 0, -DefaultDays)
	}
	if o.Stream == "" {
		o.Stream = DefaultStream
	}
	switch {
	case o.Entries < 0:
		return o, fmt.Errorf("cannot write %d entries: give a number above zero", o.Entries)
	case !o.From.Before(o.To):
		return o, fmt.Errorf("the history would end (%s) before it begins (%s): give an earlier beginning",
			o.To.UTC().Format(time.RFC3339), o.From.UTC().Format(time.RFC3339))
	}
	return o, nil
}

func (o *WriteOptions) period() Period {
	return Period{From: o.From, To: o.To, Entries: o.Entries, Legacy: o.Legacy}
}

// Counts tell what was written.
type Counts struct {
	Entries    int // different ones
	Duplicates int // entries written a second time, as delivery at least once does
	Late       int // entries delivered more than ten minutes late
	Probes     int // values of the sink's Verify button, which are no entries
	Objects    int
	Unpacked   int64 // bytes of records
	Bytes      int64 // bytes written
}

// WriteObjects writes a history below dir as Firehose writes it to a bucket: gzip objects
// YYYY/MM/DD/HH/STREAM-1-YYYY-MM-DD-HH-MM-SS-UUID.gz in UTC, records joined without a delimiter, some entries twice and
// some late, and once the sink's test value. Modification times are those that the objects would have in S3.
//
// dir is made if need be and must be empty. Memory is bounded whatever the number of entries. When ctx ends it stops with
// the context's error and leaves what it has written.
func WriteObjects(ctx context.Context, dir string, o WriteOptions) (Counts, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Counts{}, err
	}
	if err := makeEmpty(dir); err != nil {
		return Counts{}, err
	}

	var counts Counts
	var written atomic.Int64
	workers := max(runtime.GOMAXPROCS(0), 2)
	work := make(chan object, workers)
	spare := make(chan []byte, 2*workers)
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			pack := newPacker()
			for obj := range work {
				n, err := pack.write(dir, obj)
				if err != nil {
					return err
				}
				written.Add(n)
				select {
				case spare <- obj.body:
				default:
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(work)
		hose := newFirehose(o.Seed, o.Stream, bufferInterval)
		hose.free = func() []byte {
			select {
			case b := <-spare:
				return b
			default:
				return nil
			}
		}
		send := func(obj object) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			counts.Objects++
			counts.Unpacked += int64(len(obj.body))
			select {
			case work <- obj:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		for p := range deliver(o.Seed, NewAccount(o.Seed).Play(o.period()), time.Time{}) {
			counts.add(&p)
			if obj, ok := hose.add(&p); ok {
				if err := send(obj); err != nil {
					return err
				}
			}
		}
		if hose.open.records > 0 {
			return send(hose.flush(o.To.Add(bufferInterval)))
		}
		return nil
	})
	err = group.Wait()
	counts.Bytes = written.Load()
	return counts, err
}

func (c *Counts) add(p *parcel) {
	switch {
	case p.probe:
		c.Probes++
	case p.duplicate:
		c.Duplicates++
	default:
		c.Entries++
		if p.late {
			c.Late++
		}
	}
}

func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the directory for the history: %w", err)
	}
	switch err := hasNothing(dir); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is not empty, and a second history in it would mix with what is there: name a new directory", dir)
	case err != nil:
		return fmt.Errorf("looking into %s: %w", dir, err)
	}
	return nil
}

func hasNothing(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	switch _, err := d.Readdirnames(1); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return fs.ErrExist
}

// packer compresses objects; it is for one goroutine.
type packer struct {
	zip  *gzip.Writer
	out  sink
	made string // the directory that was made last
}

// sink is a byte buffer to write to.
type sink []byte

func (s *sink) Write(b []byte) (int, error) {
	*s = append(*s, b...)
	return len(b), nil
}

func newPacker() *packer {
	// The fastest level that still finds what repeats from entry to entry. It is one that exists.
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		w = gzip.NewWriter(nil)
	}
	return &packer{zip: w}
}

// pack gives the compressed body, which is good until the next call.
func (p *packer) pack(body []byte) ([]byte, error) {
	p.out = p.out[:0]
	p.zip.Reset(&p.out)
	if _, err := p.zip.Write(body); err != nil {
		return nil, fmt.Errorf("compressing an object: %w", err)
	}
	if err := p.zip.Close(); err != nil {
		return nil, fmt.Errorf("compressing an object: %w", err)
	}
	return p.out, nil
}

func (p *packer) write(dir string, o object) (int64, error) {
	body, err := p.pack(o.body)
	if err != nil {
		return 0, err
	}
	path := filepath.Join(dir, filepath.FromSlash(o.key))
	if parent := filepath.Dir(path); parent != p.made {
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return 0, fmt.Errorf("writing the history: %w", err)
		}
		p.made = parent
	}
	if err := os.WriteFile(path, body, 0o644); err != nil {
		return 0, fmt.Errorf("writing the history: %w", err)
	}
	if err := os.Chtimes(path, o.closed, o.closed); err != nil {
		return 0, fmt.Errorf("writing the history: %w", err)
	}
	return int64(len(body)), nil
}

// WriteLines writes a history to w, one entry a line in the order of emit times, each once. Writing blocks as w does. When
// ctx ends it stops with the context's error.
func WriteLines(ctx context.Context, w io.Writer, o WriteOptions) (Counts, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Counts{}, err
	}
	var counts Counts
	buffer := bufio.NewWriterSize(w, 1<<20)
	for r := range NewAccount(o.Seed).Play(o.period()) {
		if counts.Entries&0xfff == 0 && ctx.Err() != nil {
			return counts, context.Cause(ctx)
		}
		_, err := buffer.Write(r.JSON)
		if err == nil {
			err = buffer.WriteByte('\n')
		}
		if err != nil {
			return counts, fmt.Errorf("writing the history: %w", err)
		}
		counts.Entries++
		counts.Unpacked += int64(len(r.JSON))
		counts.Bytes += int64(len(r.JSON)) + 1
	}
	if err := buffer.Flush(); err != nil {
		return counts, fmt.Errorf("writing the history: %w", err)
	}
	return counts, nil
}
