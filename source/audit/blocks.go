package audit

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/snappy"
)

const (
	// maxBlock bounds a snappy block, packed or not, in bytes. Writers use 32 KiB (xerial) or 256 KiB (Hadoop) unless told
	// otherwise.
	maxBlock = 32 << 20
	// maxExpansion is more than a snappy block can expand: its longest copy makes 64 bytes of 3.
	maxExpansion = 32
)

var errBlock = errors.New("a block or header is not what it says")

// blocks reads the two forms of snappy that are blocks with their sizes before them, as four bytes each, the most
// significant first. In the form of snappy-java a header comes first and, where streams were joined, again. In that of
// Hadoop each run of blocks has the size of its text before it: org.apache.hadoop.io.compress, BlockCompressorStream.
type blocks struct {
	in    io.Reader
	head  string // the header of the form; empty when it has none
	sized bool   // runs of blocks have a size of their own

	begun bool
	run   uint32 // bytes of text left in the run
	text  []byte // the current block, unpacked
	rest  []byte // what of it has not been read
	raw   []byte
	err   error
}

func (b *blocks) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		b.err = b.next()
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// next unpacks a block.
func (b *blocks) next() error {
	if b.head != "" && !b.begun {
		if err := b.header(""); err != nil {
			return err
		}
	}
	for b.sized && b.run == 0 {
		size, err := b.size(b.begun)
		if err != nil {
			return err
		}
		b.run, b.begun = size, true
	}
	size, err := b.size(!b.sized)
	if err != nil {
		return err
	}
	if again := binary.BigEndian.AppendUint32(nil, size); b.head != "" && string(again) == b.head[:4] {
		return b.header(b.head[:4])
	}
	return b.block(int(size))
}

// header reads what is left of a header and the two versions behind it.
func (b *blocks) header(have string) error {
	var h [16]byte
	n := copy(h[:], have)
	if _, err := io.ReadFull(b.in, h[n:]); err != nil {
		return unexpectedEnd(err)
	}
	if string(h[:len(b.head)]) != b.head {
		return errBlock
	}
	b.begun = true
	return nil
}

// size reads one. The input may end before it when last is set.
func (b *blocks) size(last bool) (uint32, error) {
	var size [4]byte
	if _, err := io.ReadFull(b.in, size[:]); err != nil {
		if last {
			return 0, err
		}
		return 0, unexpectedEnd(err)
	}
	return binary.BigEndian.Uint32(size[:]), nil
}

func (b *blocks) block(size int) error {
	if size > maxBlock {
		return errBlock
	}
	if cap(b.raw) < size && size > 1<<20 {
		// It may be a lie: memory grows only with what there is.
		raw, err := io.ReadAll(io.LimitReader(b.in, int64(size)))
		if err != nil {
			return err
		}
		if b.raw = raw; len(raw) < size {
			return io.ErrUnexpectedEOF
		}
	} else {
		if cap(b.raw) < size {
			b.raw = make([]byte, size)
		}
		b.raw = b.raw[:size]
		if _, err := io.ReadFull(b.in, b.raw); err != nil {
			return unexpectedEnd(err)
		}
	}
	length, err := snappy.DecodedLen(b.raw)
	if err != nil {
		return err
	}
	if length > maxBlock || length > size*maxExpansion || b.sized && uint32(length) > b.run {
		return errBlock
	}
	if b.text, err = snappy.Decode(b.text[:cap(b.text)], b.raw); err != nil {
		return err
	}
	b.rest = b.text
	if b.sized {
		b.run -= uint32(length)
	}
	return nil
}

func unexpectedEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
