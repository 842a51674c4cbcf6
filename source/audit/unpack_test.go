package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	xerialsnappy "github.com/eapache/go-xerial-snappy"
	"github.com/klauspost/compress/zip"
)

// unpack reads an object whole.
func unpack(data []byte, limit int64) ([]byte, error) {
	return unpackFrom(bytes.NewReader(data), limit)
}

func unpackFrom(from io.Reader, limit int64) ([]byte, error) {
	r, err := Unpack(from, limit)
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(r)
	return out, errors.Join(err, r.Close())
}

// forms packs a text in every form, and in some inside each other.
func forms(text []byte) map[string][]byte {
	half := len(text) / 2
	return map[string][]byte{
		"plain":              text,
		"gzip":               gzipOf(text),
		"gzip members":       append(gzipOf(text[:half]), gzipOf(text[half:])...),
		"gzip in gzip":       gzipOf(gzipOf(text)),
		"gzip four times":    gzipOf(gzipOf(gzipOf(gzipOf(text)))),
		"zip":                zipOf(zip.Deflate, text),
		"zip stored":         zipOf(zip.Store, text),
		"zip of two":         zipOf(zip.Deflate, text[:half], text[half:]),
		"zip of gzip":        zipOf(zip.Store, gzipOf(text)),
		"zstd":               zstdOf(text),
		"zstd frames":        append(zstdOf(text[:half]), zstdOf(text[half:])...),
		"zstd behind a skip": append([]byte("\x53\x2A\x4D\x18\x02\x00\x00\x00xx"), zstdOf(text)...),
		"snappy":             framedOf(text),
		"snappy in zstd":     zstdOf(framedOf(text)),
		"xerial":             xerialOf(text, 32<<10),
		"xerial small":       xerialOf(text, 100),
		"xerial joined":      append(xerialOf(text[:half], 1000), xerialOf(text[half:], 1000)...),
		"xerial of eapache":  xerialsnappy.EncodeStream(nil, text),
		"hadoop":             hadoopOf(text, 256<<10, 64<<10),
		"hadoop small":       hadoopOf(text, 300, 100),
		"xerial of hadoop":   xerialOf(hadoopOf(text, 1000, 1000), 500),
	}
}

func TestUnpack(t *testing.T) {
	text := history(200)
	for name, data := range forms(text) {
		t.Run(name, func(t *testing.T) {
			for reader, from := range map[string]io.Reader{
				"whole": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data)), "with the end": iotest.DataErrReader(bytes.NewReader(data)),
			} {
				out, err := unpackFrom(from, int64(len(text)))
				if err != nil || !bytes.Equal(out, text) {
					t.Errorf("%s: %d bytes of %d: %v", reader, len(out), len(text), err)
				}
			}
			if out, err := unpack(data, 0); err != nil || len(out) != len(text) {
				t.Errorf("without a limit: %d bytes of %d: %v", len(out), len(text), err)
			}
			out, err := unpack(data, int64(len(text)-1))
			if !errors.Is(err, ErrTooLarge) || len(out) >= len(text) {
				t.Errorf("limit one less: %d bytes, %v", len(out), err)
			}
		})
	}
}

func TestUnpackNothing(t *testing.T) {
	for name, data := range map[string][]byte{
		"plain": nil, "gzip": gzipOf(nil), "zip": zipOf(zip.Deflate), "zip of nothing": zipOf(zip.Deflate, nil), "zstd": zstdOf(nil),
		"xerial": xerialOf(nil, 1), "gzip in gzip": gzipOf(gzipOf(nil)), "snappy": []byte("\xFF\x06\x00\x00sNaPpY"),
	} {
		if out, err := unpack(data, 1000); err != nil || len(out) != 0 {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}

// TestUnpackCut cuts packed objects: what comes out is a part of the text, and it is an error but where the forms have no end.
func TestUnpackCut(t *testing.T) {
	text := history(40)
	for name, data := range forms(text) {
		if name == "plain" {
			continue
		}
		whole := 0
		for i := 2; i < len(data); i += 1 + i/40 { // one byte may be the beginning of a text
			out, err := unpack(data[:i], 1<<30)
			if len(out) > len(text) && strings.HasPrefix(zipDescriptor, string(out[len(text):])) {
				out = out[:len(text)] // nothing tells the beginning of a descriptor from text
			}
			if !bytes.HasPrefix(text, out) {
				t.Fatalf("%s cut at %d: something else came out", name, i)
			}
			if err == nil {
				whole++
			} else if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s cut at %d of %d: %v", name, i, len(data), err)
			}
		}
		seamless := strings.Contains(name, "snappy") || strings.Contains(name, "xerial") || strings.Contains(name, "hadoop") ||
			strings.Contains(name, "members") || strings.Contains(name, "frames") || strings.Contains(name, "skip")
		if whole > 0 && !seamless {
			t.Errorf("%s: %d cuts went unseen", name, whole)
		}
	}
}

// TestUnpackKept holds that what stands before a cut comes out.
func TestUnpackKept(t *testing.T) {
	text := history(2000)
	for name, data := range forms(text) {
		out, err := unpack(data[:len(data)-len(data)/20], 1<<30)
		if kept := len(out) * 100 / len(text); kept < 30 || err == nil && name != "plain" {
			t.Errorf("%s: %d%% kept, %v", name, kept, err)
		}
	}
}

// TestUnpackCorrupt turns bits over: never may something else come out without an error, where a form has a sum.
func TestUnpackCorrupt(t *testing.T) {
	text := history(40)
	for name, data := range forms(text) {
		if name == "plain" || strings.Contains(name, "xerial") || strings.Contains(name, "hadoop") {
			continue // no sum
		}
		for i := 16; i < len(data); i += 1 + len(data)/60 {
			broken := bytes.Clone(data)
			broken[i] ^= 0x10
			if out, err := unpack(broken, 1<<30); err == nil && !bytes.Equal(out, text) && !bytes.Equal(out, broken) {
				t.Errorf("%s with byte %d turned over: %d bytes and no error", name, i, len(out))
			}
		}
	}
}

func TestUnpackRefused(t *testing.T) {
	five := []byte("{}")
	for range maxNesting + 1 {
		five = gzipOf(five)
	}
	big := xerialOf(make([]byte, 100), 100)
	copy(big[16:], "\x7F\xFF\xFF\xFF")
	lie := append([]byte(xerialHead+"\x00\x00\x00\x01\x00\x00\x00\x01"), "\x00\x00\x00\x05\xFF\xFF\xFF\x0Fx"...)
	run := hadoopOf(make([]byte, 100), 100, 100)
	run[3] = 99
	encrypted := zipOf(zip.Deflate, []byte("{}"))
	encrypted = encrypted[:len(encrypted)-30]
	encrypted[6] |= 1
	for name, test := range map[string]struct {
		data []byte
		want error
		text string
	}{
		"too deep":        {five, ErrFormat, "compressed more than 4 times over"},
		"Parquet":         {[]byte("PAR1....PAR1"), ErrFormat, "unpacking: this is Parquet"},
		"ORC":             {[]byte("ORC....and more of it"), ErrFormat, "unpacking: this is ORC"},
		"bzip2":           {[]byte("BZh91AY&SY"), ErrFormat, "unpacking: this is bzip2"},
		"xz":              {gzipOf([]byte("\xFD7zXZ\x00....")), ErrFormat, "unpacking: this is xz"},
		"large block":     {big, errBlock, "unpacking xerial snappy: corrupt"},
		"block that lies": {lie, errBlock, "unpacking xerial snappy: corrupt"},
		"short run":       {append(hadoopOf([]byte("{}"), 2, 2), run...), errBlock, "unpacking Hadoop snappy: corrupt"},
		"encrypted zip":   {encrypted, io.ErrUnexpectedEOF, "unpacking zip: cut off"},
		"large zip":       {zipOf(zip.Store, make([]byte, 4001+slack)), ErrTooLarge, "more comes out"},
	} {
		out, err := unpack(test.data, 4000)
		if !errors.Is(err, test.want) || !strings.Contains(fmt.Sprint(err), test.text) || len(out) > 2 {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}

// TestUnpackBomb holds that what is in between may not be large either.
func TestUnpackBomb(t *testing.T) {
	empty := gzipOf(nil)
	members := bytes.Repeat(empty, slack/len(empty)+100)
	if out, err := unpack(gzipOf(members), 1000); !errors.Is(err, ErrTooLarge) || len(out) != 0 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	if out, err := unpack(gzipOf(make([]byte, 1<<20)), 1000); !errors.Is(err, ErrTooLarge) || len(out) != 1000 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}

func TestUnpackReaderFails(t *testing.T) {
	text := history(200)
	broken := errors.New("connection reset")
	for name, data := range forms(text) {
		for _, n := range []int{0, 2, 10, len(data) / 2} {
			out, err := unpackFrom(io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken)), 1<<30)
			if !errors.Is(err, broken) || !bytes.HasPrefix(text, out) {
				t.Errorf("%s: %d bytes, %v", name, len(out), err)
			}
		}
	}
}

// TestUnpackLive holds that plain text comes out while its writer goes on.
func TestUnpackLive(t *testing.T) {
	from, to := io.Pipe()
	defer from.Close()
	go func() {
		mustWrite(to.Write([]byte(`{`)))
		mustWrite(to.Write([]byte(`}`)))
	}()
	r, err := Unpack(from, 100)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2)
	for _, want := range []string{"{", "}"} {
		if n, err := r.Read(buf); err != nil || string(buf[:n]) != want {
			t.Errorf("%q, %v", buf[:n], err)
		}
	}
}
