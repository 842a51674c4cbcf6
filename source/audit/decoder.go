package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const (
	// maxBatch is how many entries Read emits at once.
	maxBatch = 4096
	// chunk is how many bytes Read holds, unless an object is larger.
	chunk = 1 << 20
	// maxRecord is how much may come out of one compressed record, in bytes.
	maxRecord = 64 << 20
	// maxKinds bounds what is remembered about operations.
	maxKinds = 1 << 10
)

// Decoder reads entries from bytes. It holds a dictionary of strings that repeat, so that entries share them; one
// decoder is best kept for all that one goroutine reads. It is not for concurrent use.
//
// What it accepts, in any mixture: single objects; objects joined with nothing between, as Firehose writes them, or with
// line breaks or commas; arrays; the answers {"logs":[…]} and {"AuditLogs":[…]} with their page tokens; lines of asterisks; byte
// order marks; and a comma before a closing bracket. None of this is reported. The test value "t" that the Verify
// button of a sink writes is reported as a [Bad] of its own, see [Bad.Probe]. An error record of Firehose is replaced by what is
// in its rawData, with Origin.Rescued set.
//
// An object is an entry when it has one of the keys of any format, in either spelling. Everything else is a Bad: JSON
// without any such key, objects that are cut, broken, larger than 16 MiB or nested deeper than 512 levels, and text between objects.
// Behind damage reading goes on at the next object that has an operation and a time, an ID or a status; such an object
// is found even where the damaged one has swallowed it, which is when the end of an object is missing.
type Decoder struct {
	words  dictionary
	kinds  map[string]kind
	idle   []*splitter // for use again
	buf    []byte      // of Read
	packer *Packer     // of Pack
}

// NewDecoder makes a decoder with an empty dictionary.
func NewDecoder() *Decoder {
	return &Decoder{words: dictionary{words: map[string]string{}}, kinds: map[string]kind{}}
}

// Decode reads all entries of one record or a small object. The record may be one that the Kinesis Producer Library has
// aggregated, or compressed in a form that [Unpack] knows, up to 64 MiB of text.
//
// Entries get o as their origin. When o.Position is empty, each gets the byte offset where it begins in the unpacked data;
// when it is set and there are several entries, "/0", "/1" and so on are added to it. Data may be used again when
// Decode has returned; the results belong to the caller.
func (d *Decoder) Decode(data []byte, o Origin) ([]Entry, []Bad) {
	entries, bad := d.record(data, o)
	if o.Position != "" && len(entries) > 1 {
		enumerate(entries, o.Position, 0)
	}
	return entries, bad
}

// Read reads all entries of what r gives, of any size and in bounded memory, and calls emit with them as they come, at
// most 4096 at once. The slices belong to emit. Decompression is not its business: see [Unpack].
//
// Positions are as with Decode, except that a given o.Position is always numbered. Read returns nil at the end of r, the
// error of r, wrapped, after what could be read before it has been emitted, or the error of emit as it is.
func (d *Decoder) Read(r io.Reader, o Origin, emit func([]Entry, []Bad) error) error {
	return d.ReadPart(r, 0, o, emit)
}

// ReadPart reads as [Decoder.Read] does, for an r that begins at an offset: positions are counted from there.
func (d *Decoder) ReadPart(r io.Reader, offset int64, o Origin, emit func([]Entry, []Bad) error) error {
	s := d.splitter(o, maxBatch)
	defer d.release(s)
	count := 0
	return d.feed(r, offset, s, func() (bool, error) {
		entries, bad := s.take()
		if o.Position != "" {
			enumerate(entries, o.Position, count)
		}
		count += len(entries)
		if len(entries)+len(bad) == 0 {
			return false, nil
		}
		return len(entries) > 0, emit(entries, bad)
	})
}

// Pack reads as [Decoder.ReadPart] does, for an origin without a position, and packs what it finds, which is several times as quick. emit is
// called with a batch of up to 2048 entries, or nil, and what is bad.
func (d *Decoder) Pack(v *Vocabulary, r io.Reader, offset int64, o Origin, emit func(*Batch, []Bad) error) error {
	if d.packer == nil || d.packer.vocabulary != v {
		d.packer = NewPacker(v)
	}
	s := d.splitter(o, batchSize)
	s.packer = d.packer
	defer func() {
		s.packer.Take() // what was not wanted any more
		d.release(s)
	}()
	return d.feed(r, offset, s, func() (bool, error) {
		_, bad := s.take()
		if batch := s.packer.Take(); batch != nil || len(bad) > 0 {
			return false, emit(batch, bad)
		}
		return false, nil
	})
}

// Collect reads as [Decoder.Pack] does, and leaves what it packs in p, where entries of other origins may wait already. emit is called when
// they are enough for a batch, and for what is bad; it has to take what waits.
func (d *Decoder) Collect(p *Packer, r io.Reader, o Origin, emit func([]Bad) error) error {
	s := d.splitter(o, batchSize)
	s.packer = p
	defer d.release(s)
	return d.feed(r, 0, s, func() (bool, error) {
		if _, bad := s.take(); len(bad) > 0 || p.Len() >= batchSize {
			return false, emit(bad)
		}
		return false, nil
	})
}

// feed gives a splitter what r gives, at an offset. take is called for what was found, and tells whether that keeps the bytes.
func (d *Decoder) feed(r io.Reader, offset int64, s *splitter, take func() (keeps bool, err error)) error {
	s.base = offset
	buf := d.buf
	if buf == nil {
		buf = make([]byte, chunk)
	}
	d.buf = nil   // take may read something else
	held := false // entries share buf: it is theirs
	defer func() {
		if !held {
			d.buf = buf[:min(chunk, len(buf))]
		}
	}()
	have, empty := 0, 0
	for {
		if have == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		n, err := r.Read(buf[have:])
		have += n
		if empty++; n > 0 {
			empty = 0
		}
		if err == nil && empty >= 100 {
			err = io.ErrNoProgress
		}
		// Entries share a buffer that is nearly full of them with each other and are copied from one that is not: they would
		// keep all of it.
		s.stays = s.packer == nil && have >= len(buf)/8*7
		for used := 0; ; {
			used += s.feed(buf[used:have], err != nil)
			full := s.full()
			keeps, err := take()
			held = held || s.stays && keeps
			if err != nil {
				return err
			}
			if full {
				continue
			}
			rest := buf[used:have]
			if held {
				buf, held = make([]byte, max(chunk, 2*len(rest))), false
			}
			if used > 0 {
				have = copy(buf, rest)
			}
			break
		}
		switch {
		case err == nil:
		case err == io.EOF:
			return nil
		default:
			return fmt.Errorf("reading entries of %s: %w", s.origin.place(), err)
		}
	}
}

// record reads the entries of one record in whatever it is wrapped, without numbering those that share a position.
func (d *Decoder) record(data []byte, o Origin) ([]Entry, []Bad) {
	records, ok := Deaggregate(data)
	if !ok {
		return d.unpacked(data, o)
	}
	var entries []Entry
	var bad []Bad
	for i, r := range records {
		part := o
		if o.Position == "" {
			part.Position = strconv.Itoa(i) // offsets into different records would say nothing
		}
		e, b := d.unpacked(r, part)
		if o.Position == "" && len(e) > 1 {
			enumerate(e, part.Position, 0)
		}
		entries, bad = append(entries, e...), append(bad, b...)
	}
	return entries, bad
}

func (d *Decoder) unpacked(data []byte, o Origin) (entries []Entry, bad []Bad) {
	if formOf(data) == plain {
		return d.text(data, o)
	}
	r, err := Unpack(bytes.NewReader(data), maxRecord)
	if err == nil {
		var text []byte
		text, err = io.ReadAll(r)
		entries, bad = d.text(text, o)
		err = errors.Join(err, r.Close())
	}
	if err != nil {
		s := d.splitter(o, 1)
		defer d.release(s)
		s.damage(0, data, err.Error())
		_, damaged := s.take()
		bad = append(bad, damaged...)
	}
	return entries, bad
}

func (d *Decoder) text(data []byte, o Origin) ([]Entry, []Bad) {
	s := d.splitter(o, int(^uint(0)>>1))
	defer d.release(s)
	s.feed(data, true)
	return s.take()
}

func (d *Decoder) splitter(o Origin, batch int) *splitter {
	var s *splitter
	if n := len(d.idle); n > 0 {
		s, d.idle = d.idle[n-1], d.idle[:n-1]
	} else {
		s = &splitter{decoder: d}
	}
	s.reset(o, batch)
	return s
}

func (d *Decoder) release(s *splitter) {
	s.reset(Origin{}, 0)
	d.idle = append(d.idle, s)
}

// enumerate makes the positions of entries that share one.
func enumerate(entries []Entry, position string, first int) {
	for i := range entries {
		entries[i].Origin.Position = position + "/" + strconv.Itoa(first+i)
	}
}

// place names an origin in an error.
func (o Origin) place() string {
	switch {
	case o.Part != "":
		return o.Part
	case o.Source != "":
		return o.Source
	}
	return "the input"
}

// probe is why the test value of a sink is a Bad.
const probe = `the test value "t" that the Verify button of a sink writes: no entry, and no harm`

// Probe tells whether this is the test value that Temporal Cloud writes when a sink is verified. It is counted with
// the rest, because nothing that was received is dropped unseen, but it is no damage.
func (b *Bad) Probe() bool { return b.Reason == probe }
