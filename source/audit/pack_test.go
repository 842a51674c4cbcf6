package audit

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"strconv"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zip"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"
)

// aggregate makes one record of several as the Kinesis Producer Library does.
func aggregate(records ...[]byte) []byte {
	var m []byte
	m = protowire.AppendTag(m, 1, protowire.BytesType)
	m = protowire.AppendBytes(m, []byte("partition"))
	for _, data := range records {
		var r []byte
		r = protowire.AppendTag(r, 1, protowire.VarintType)
		r = protowire.AppendVarint(r, 0)
		r = protowire.AppendTag(r, 3, protowire.BytesType)
		r = protowire.AppendBytes(r, data)
		m = protowire.AppendTag(m, 3, protowire.BytesType)
		m = protowire.AppendBytes(m, r)
	}
	return seal(m)
}

// seal puts the magic and the sum around an aggregated message.
func seal(message []byte) []byte {
	sum := md5.Sum(message)
	out := append([]byte(aggregateMagic), message...)
	return append(out, sum[:]...)
}

func gzipOf(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	mustWrite(w.Write(data))
	must(w.Close())
	return b.Bytes()
}

func zstdOf(data []byte) []byte {
	w, err := zstd.NewWriter(nil)
	must(err)
	return w.EncodeAll(data, nil)
}

func framedOf(data []byte) []byte {
	var b bytes.Buffer
	w := snappy.NewBufferedWriter(&b)
	mustWrite(w.Write(data))
	must(w.Close())
	return b.Bytes()
}

// zipOf makes an archive with a file of each content.
func zipOf(method uint16, contents ...[]byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for range contents {
		must(nil)
	}
	for i, content := range contents {
		f, err := w.CreateHeader(&zip.FileHeader{Name: string(rune('a' + i)), Method: method})
		must(err)
		mustWrite(f.Write(content))
	}
	must(w.Close())
	return b.Bytes()
}

// xerialOf writes what SnappyOutputStream of snappy-java writes, in blocks of a size.
func xerialOf(data []byte, block int) []byte {
	out := []byte(xerialHead + "\x00\x00\x00\x01\x00\x00\x00\x01")
	for len(data) > 0 {
		n := min(block, len(data))
		packed := snappy.Encode(nil, data[:n])
		out = binary.BigEndian.AppendUint32(out, uint32(len(packed)))
		out = append(out, packed...)
		data = data[n:]
	}
	return out
}

// hadoopOf writes what BlockCompressorStream of Hadoop writes: runs of a size, each in blocks of another.
func hadoopOf(data []byte, run, block int) []byte {
	var out []byte
	for len(data) > 0 {
		n := min(run, len(data))
		out = binary.BigEndian.AppendUint32(out, uint32(n))
		for rest := data[:n]; len(rest) > 0; {
			m := min(block, len(rest))
			packed := snappy.Encode(nil, rest[:m])
			out = binary.BigEndian.AppendUint32(out, uint32(len(packed)))
			out = append(out, packed...)
			rest = rest[m:]
		}
		data = data[n:]
	}
	return out
}

func itoa(i int) string { return strconv.Itoa(i) }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func mustWrite(_ int, err error) { must(err) }

func TestDeaggregate(t *testing.T) {
	a, b := []byte("first"), []byte("second")
	whole := aggregate(a, b)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	var strange []byte // an unknown field, and tags in the record
	strange = protowire.AppendTag(strange, 9, protowire.Fixed64Type)
	strange = protowire.AppendFixed64(strange, 7)
	record := protowire.AppendTag(nil, 3, protowire.BytesType)
	record = protowire.AppendBytes(record, a)
	record = protowire.AppendTag(record, 4, protowire.BytesType)
	record = protowire.AppendBytes(record, []byte("tag"))
	strange = protowire.AppendTag(strange, 3, protowire.BytesType)
	strange = protowire.AppendBytes(strange, record)
	empty := protowire.AppendTag(nil, 3, protowire.BytesType)
	empty = protowire.AppendBytes(empty, nil)

	for _, test := range []struct {
		name string
		data []byte
		want []string
		ok   bool
	}{
		{"two", whole, []string{"first", "second"}, true},
		{"none", aggregate(), []string{}, true},
		{"other fields", seal(strange), []string{"first"}, true},
		{"wrong sum", flipped, nil, false},
		{"cut", whole[:len(whole)-3], nil, false},
		{"record without data", seal(empty), nil, false},
		{"broken message", seal([]byte{0x1A, 0x7F}), nil, false},
		{"broken tag", seal([]byte{0xFF}), nil, false},
		{"magic alone", []byte(aggregateMagic), nil, false},
		{"plain", a, nil, false},
		{"nothing", nil, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := Deaggregate(test.data)
			if ok != test.ok || len(got) != len(test.want) || ok && got == nil {
				t.Fatalf("%q, %v", got, ok)
			}
			for i := range got {
				if string(got[i]) != test.want[i] {
					t.Errorf("record %d is %q, want %q", i, got[i], test.want[i])
				}
			}
		})
	}
}

// TestDecodePacked decodes records as a stream may hold them.
func TestDecodePacked(t *testing.T) {
	a, b := []byte(entry("a")), []byte(entry("b"))
	whole := gzipOf(append(bytes.Clone(a), b...))
	wrong := aggregate(a)
	wrong[len(wrong)-1] ^= 1
	for _, test := range []struct {
		name    string
		data    []byte
		entries int
		bad     int
		reason  string
	}{
		{"plain", a, 1, 0, ""},
		{"aggregated", aggregate(a, b, []byte("t")), 2, 1, probe},
		{"gzip", whole, 2, 0, ""},
		{"gzip in gzip", gzipOf(whole), 2, 0, ""},
		{"zstd in an aggregate", aggregate(zstdOf(a), b), 2, 0, ""},
		{"cut gzip", whole[:len(whole)-6], 2, 1, "unpacking gzip: cut off: unexpected EOF"},
		{"Parquet", []byte("PAR1 and so on"), 0, 1, "unpacking: this is Parquet: " + ErrFormat.Error()},
		{"aggregated with a wrong sum", wrong, 1, 2, "no entry: text where an object should begin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			entries, bad := NewDecoder().Decode(test.data, Origin{})
			if len(entries) != test.entries || len(bad) != test.bad {
				t.Fatalf("%d entries, bad %+v", len(entries), bad)
			}
			if test.bad > 0 && bad[0].Reason != test.reason {
				t.Errorf("reason %q", bad[0].Reason)
			}
		})
	}
}
