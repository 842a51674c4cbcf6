package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// Errors of [Unpack] and of the readers it returns.
var (
	// ErrTooLarge says that more came out of an object than was allowed.
	ErrTooLarge = errors.New("more comes out of this object than is allowed")
	// ErrFormat says that an object is in a format that holds no audit log entries as JSON.
	ErrFormat = errors.New("audit log entries cannot be read from this format")
)

const (
	// maxNesting is how many compressions may lie around the text: gzip in gzip is common, more is a mistake or a bomb.
	maxNesting = 4
	// maxWindow bounds the memory that a zstd frame may ask for, in bytes: what zstd --long=27 needs.
	maxWindow = 128 << 20
	bufferIn  = 32 << 10
	// slack is how much more than the limit may come out of a form that holds another, in bytes: a zip file is larger
	// than what is stored in it.
	slack = 1 << 20
)

// Unpacker unpacks objects, and uses what unpacked one for the next: small objects are many, and that is a hundred times as large as what
// comes out of one. The zero value is ready, and any number of goroutines may use it.
type Unpacker struct {
	buffers sync.Pool // of *bufio.Reader
	gunzips sync.Pool // of *gzip.Reader
}

// Unpack unpacks a single object: see [Unpacker.Unpack].
func Unpack(r io.Reader, limit int64) (io.ReadCloser, error) { return new(Unpacker).Unpack(r, limit) }

// Unpack reads what is in an object, whatever it is compressed with: nothing, gzip (one member or several), zip (all its
// files, one after the other), zstd, or snappy in the framing format, in that of snappy-java (xerial, which Firehose
// calls Snappy) and in that of Hadoop. It goes by the first bytes and not by a name, and up to four such forms may be
// nested in each other.
//
// No more than limit bytes come out, and hardly more of each form on the way; then the reader fails with [ErrTooLarge].
// A limit of 0 or less is none. Input that is cut off fails with an error matching [io.ErrUnexpectedEOF] after what could be read, except
// snappy and plain text cut between two chunks or lines, which nothing tells from complete ones. Errors of r are passed
// on. Memory is bounded, but a zip file is held whole, and it may be hardly larger than limit.
//
// Plain text that is still being written is passed on as it comes. An object that is all in memory is best given as a [bytes.Reader]. The
// reader is for one goroutine; closing it does not close r.
func (p *Unpacker) Unpack(r io.Reader, limit int64) (io.ReadCloser, error) {
	u := &unpacked{from: p}
	for depth := 0; ; depth++ {
		in := p.newInput(r)
		if in.buffer != nil {
			u.buffers = append(u.buffers, in.buffer)
		}
		form, err := in.sniff()
		if err != nil {
			u.Reader = io.MultiReader(bytes.NewReader(in.peeked()), broken{err})
			return u, nil
		}
		l := &layer{from: p, in: in, form: form, left: limit + slack, bounded: limit > 0}
		switch {
		case form == plain:
			l.out, l.left, u.Reader = in.reader(), limit, l
			return u, nil
		case depth == maxNesting:
			return nil, errors.Join(fmt.Errorf("unpacking: compressed more than %d times over: %w", maxNesting, ErrFormat), u.Close())
		}
		if err = l.open(limit); err != nil {
			return nil, errors.Join(l.describe(err), u.Close())
		}
		if c, ok := l.out.(io.Closer); ok {
			u.closers = append(u.closers, c)
		}
		r = l
	}
}

// unpacked is the innermost reader, and what has to be closed behind it.
type unpacked struct {
	io.Reader
	from    *Unpacker
	buffers []*bufio.Reader
	closers []io.Closer
}

func (u *unpacked) Close() error {
	var errs []error
	for _, c := range u.closers {
		errs = append(errs, c.Close())
	}
	for _, b := range u.buffers {
		b.Reset(nil)
		u.from.buffers.Put(b)
	}
	u.closers, u.buffers, u.Reader = nil, nil, broken{errors.New("reading what was closed")}
	return errors.Join(errs...)
}

// gunzip is a gzip reader that is used again once it is closed.
type gunzip struct {
	*gzip.Reader
	from *Unpacker
}

func (p *Unpacker) newGunzip(r io.Reader) (gunzip, error) {
	if z, ok := p.gunzips.Get().(*gzip.Reader); ok {
		return gunzip{z, p}, z.Reset(r)
	}
	z, err := gzip.NewReader(r)
	return gunzip{z, p}, err
}

func (z gunzip) Close() error {
	err := z.Reader.Close()
	z.from.gunzips.Put(z.Reader)
	return err
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// input is what a form is read from.
type input struct {
	memory *bytes.Reader // what is all in memory, which is quicker to read byte by byte; else nil
	buffer *bufio.Reader // else
	source *source
	exact  *exact // set when the decompressor reads through it
}

// source remembers the error of what is read from, so that it is not taken for one of the decompressor.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// exact is for decompressors that read no byte ahead and call an early end corruption: if one fails when it has asked for
// more than there is, its input is cut off.
type exact struct {
	io.Reader
	ended bool
}

func (e *exact) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	e.ended = e.ended || err == io.EOF
	return n, err
}

func (p *Unpacker) newInput(r io.Reader) *input {
	if m, ok := r.(*bytes.Reader); ok {
		return &input{memory: m, source: &source{Reader: m}}
	}
	s := &source{Reader: r}
	b, ok := p.buffers.Get().(*bufio.Reader)
	if !ok {
		b = bufio.NewReaderSize(nil, bufferIn)
	}
	b.Reset(s)
	return &input{source: s, buffer: b}
}

func (in *input) reader() io.Reader {
	if in.memory != nil {
		return in.memory
	}
	return in.buffer
}

// peek gives the next n bytes without taking them, or fewer with the error that ends them.
func (in *input) peek(n int) ([]byte, error) {
	if in.memory == nil {
		return in.buffer.Peek(n)
	}
	head := make([]byte, n)
	n, err := in.memory.ReadAt(head, in.memory.Size()-int64(in.memory.Len()))
	return head[:n], err
}

// peeked is the text that has been read to tell the form.
func (in *input) peeked() []byte {
	if in.memory != nil {
		return nil // sniffing it does not fail
	}
	b, _ := in.buffer.Peek(in.buffer.Buffered())
	if formOf(b) != plain {
		return nil
	}
	return b
}

// layer is one form: it bounds what comes out and says of an error what it means.
type layer struct {
	from    *Unpacker
	in      *input
	out     io.Reader
	form    form
	left    int64
	bounded bool
}

// open makes the decompressor.
func (l *layer) open(limit int64) (err error) {
	switch l.form {
	case gzipped:
		l.out, err = l.from.newGunzip(l.in.reader())
	case zipped:
		l.out, err = openZip(l.in.reader(), limit)
	case zstandard:
		var d *zstd.Decoder
		d, err = zstd.NewReader(l.in.reader(), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err == nil {
			l.out = d.IOReadCloser()
		}
	case framedSnappy:
		l.out = snappy.NewReader(l.exactly())
	case xerialSnappy:
		l.out = &blocks{in: l.exactly(), head: xerialHead}
	case hadoopSnappy:
		l.out = &blocks{in: l.exactly(), sized: true}
	default:
		err = ErrFormat
	}
	return err
}

func (l *layer) exactly() io.Reader {
	l.in.exact = &exact{Reader: l.in.reader()}
	return l.in.exact
}

func (l *layer) Read(p []byte) (int, error) {
	if l.bounded && int64(len(p)) > l.left+1 {
		p = p[:l.left+1] // one more, to tell an object that just fits from one that does not
	}
	n, err := l.out.Read(p)
	if l.bounded && int64(n) > l.left {
		n = int(l.left)
		l.left, l.out = 0, broken{ErrTooLarge}
		return n, ErrTooLarge
	}
	l.left -= int64(n)
	if err != nil && err != io.EOF {
		err = l.describe(err)
	}
	return n, err
}

func (l *layer) describe(err error) error {
	switch {
	case l.in.source.err != nil:
		return l.in.source.err
	case errors.Is(err, ErrTooLarge):
		return err
	case errors.Is(err, ErrFormat):
		return fmt.Errorf("unpacking: this is %s: %w", l.form, err)
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF), l.in.exact != nil && l.in.exact.ended:
		return fmt.Errorf("unpacking %s: cut off: %w", l.form, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("unpacking %s: corrupt: %w", l.form, err)
}
