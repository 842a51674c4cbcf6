package audit

import (
	"encoding/binary"
	"io"
	"strings"

	"github.com/klauspost/compress/snappy"
)

// form is how bytes are packed, told from their beginning.
type form uint8

const (
	plain form = iota
	gzipped
	zipped
	zstandard
	framedSnappy
	xerialSnappy
	hadoopSnappy

	// What Firehose and people also put into buckets, and what holds no JSON that could be read.
	parquet
	orc
	bzip
	xz
)

func (f form) String() string {
	return [...]string{"plain text", "gzip", "zip", "zstd", "framed snappy", "xerial snappy", "Hadoop snappy", "Parquet", "ORC", "bzip2", "xz"}[f]
}

// xerialHead begins a stream of snappy-java; the version it was written by and the oldest that can read it follow, four
// bytes each: https://github.com/xerial/snappy-java, SnappyCodec.
const xerialHead = "\x82SNAPPY\x00"

// zstdSkip begins a frame to be skipped, which may stand before the data; the low half of its first byte can be anything.
const zstdSkip = "\x50\x2A\x4D\x18"

// hadoopHead is how many bytes it takes to believe in Hadoop's form, which has no magic: two sizes and the size in the
// first snappy block, a varint.
const hadoopHead = 4 + 4 + binary.MaxVarintLen32

// magics are the bytes that the forms begin with.
func magics() [13]struct {
	magic string
	form  form
} {
	return [...]struct {
		magic string
		form  form
	}{
		{"\x1F\x8B", gzipped},
		{"PK\x03\x04", zipped},
		{"PK\x05\x06", zipped}, // an empty one
		{"\x28\xB5\x2F\xFD", zstandard},
		{"\xFF\x06\x00\x00sNaPpY", framedSnappy},
		{xerialHead, xerialSnappy},
		{"PAR1", parquet},
		{"ORC", orc},
		{"BZh1", bzip},
		{"BZh6", bzip},
		{"BZh8", bzip},
		{"BZh9", bzip},
		{"\xFD7zXZ\x00", xz},
	}
}

// sniff tells the form of what can be read from in. It waits for no more bytes than that takes: one, for JSON.
func (in *input) sniff() (form, error) {
	head, err := in.peek(1)
	if err == io.EOF {
		return plain, nil
	}
	if err != nil {
		return plain, err
	}
	if skip := head[0]&0xF0 == zstdSkip[0]; !skip && formOf(head) == plain {
		return plain, nil
	}
	head, err = in.peek(hadoopHead)
	if err != nil && err != io.EOF {
		return plain, err
	}
	return formOf(head), nil
}

// formOf goes by the bytes there are: those that could become a form, were there more, are of that form.
func formOf(head []byte) form {
	if len(head) == 0 {
		return plain
	}
	for _, m := range magics() {
		n := min(len(head), len(m.magic))
		if string(head[:n]) == m.magic[:n] {
			return m.form
		}
	}
	switch {
	case len(head) > 1 && head[0]&0xF0 == zstdSkip[0] && strings.HasPrefix(zstdSkip[1:], string(head[1:min(4, len(head))])):
		return zstandard
	case head[0] == 0 && plausibleHadoop(head):
		return hadoopSnappy
	}
	return plain
}

func plausibleHadoop(head []byte) bool {
	if len(head) < hadoopHead {
		return true // no text begins with a zero byte
	}
	whole, packed := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	size, err := snappy.DecodedLen(head[8:])
	return err == nil && size > 0 && uint32(size) <= whole && packed > 0 && int64(packed) <= int64(snappy.MaxEncodedLen(size))
}
