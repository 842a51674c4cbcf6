package s3_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"

	"taudit/source"
	"taudit/source/s3"
)

// blocks compresses text as snappy-java does in its two streams, which Firehose calls Snappy and HADOOP_SNAPPY: blocks of
// compressed text with their lengths before them.
func blocks(text string, hadoop bool) string {
	var b bytes.Buffer
	if !hadoop {
		b.WriteString("\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01")
	}
	for _, part := range []string{text[:len(text)/2], text[len(text)/2:]} {
		packed := snappy.Encode(nil, []byte(part))
		if hadoop {
			_ = binary.Write(&b, binary.BigEndian, uint32(len(part))) // a buffer takes everything
		}
		_ = binary.Write(&b, binary.BigEndian, uint32(len(packed)))
		b.Write(packed)
	}
	return b.String()
}

func through(t *testing.T, text string, open func(io.Writer) (io.Writer, []io.Closer)) string {
	t.Helper()
	var b bytes.Buffer
	w, closers := open(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	for _, c := range closers {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// TestForms: objects are told apart by their bytes. Content-Encoding is what Firehose sets, and must change nothing.
func TestForms(t *testing.T) {
	p := newPlace(t)
	forms := []struct {
		name, encoding string
		pack           func(text string) string
	}{
		{"plain", "", func(s string) string { return s }},
		{"lines", "", func(s string) string { return strings.ReplaceAll(s, "}{", "}\n{") + "\n" }},
		{"array.gz", "", func(s string) string { return "[" + strings.ReplaceAll(s, "}{", "},{") + "]" }},
		{"gzip", "gzip", func(s string) string { return gzipped(t, s) }},
		{"members.txt", "gzip", func(s string) string { return gzipped(t, s[:50]) + gzipped(t, s[50:]) }},
		{"gzip in gzip", "gzip", func(s string) string { return gzipped(t, gzipped(t, s)) }},
		{"zip", "zip", func(s string) string {
			return through(t, s, func(to io.Writer) (io.Writer, []io.Closer) {
				z := zip.NewWriter(to)
				w, err := z.Create("0f3b2c1d")
				if err != nil {
					t.Fatal(err)
				}
				return w, []io.Closer{z}
			})
		}},
		{"zstd", "zstd", func(s string) string {
			return through(t, s, func(to io.Writer) (io.Writer, []io.Closer) {
				z, err := zstd.NewWriter(to)
				if err != nil {
					t.Fatal(err)
				}
				return z, []io.Closer{z}
			})
		}},
		{"framed.snappy", "", func(s string) string {
			return through(t, s, func(to io.Writer) (io.Writer, []io.Closer) {
				z := snappy.NewBufferedWriter(to)
				return z, []io.Closer{z}
			})
		}},
		{"java.snappy", "snappy-java", func(s string) string { return blocks(s, false) }},
		{"hadoop.snappy", "hadoop-snappy", func(s string) string { return blocks(s, true) }},
	}
	for i, form := range forms {
		body := form.pack(entries(i*10, i*10+10))
		if err := p.PutEncoded(bucket, form.name, []byte(body), noon(), form.encoding); err != nil {
			t.Fatal(err)
		}
	}
	p.put("empty", "", noon())
	p.put("empty.gz", gzipped(t, ""), noon())
	p.put("folder/", "", noon())
	r := start(t, p.source("", source.Options{}, quick()))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(upTo(10 * len(forms))...)
	if bad := r.bad(); len(bad) > 0 {
		t.Errorf("bad records %q", bad)
	}
	if s := r.status(); s.Records != int64(len(forms)+2) || s.Total != s.Records {
		t.Errorf("status %+v", s)
	}
}

// TestBroken: what can be read of an object that is broken for good is kept, and the damage is reported with its place.
func TestBroken(t *testing.T) {
	p := newPlace(t)
	whole := gzipped(t, entries(0, 3000))
	p.put("cut.gz", whole[:len(whole)-100], noon())
	p.put("bomb.gz", gzipped(t, entries(5000, 9000)), noon())
	p.put("probe", "t", noon())
	p.put("columns.parquet", "PAR1\x15\x04\x15\x00", noon())
	c := quick()
	c.MaxUnpacked = int64(len(entries(5000, 8500)))
	r := start(t, p.source("", source.Options{}, c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(r.ids(), " ")
	for _, want := range []string{"entry-000000", "entry-002000", "entry-005000", "entry-008499"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	bad := strings.Join(r.bad(), "\n")
	for _, want := range []string{"cut.gz@", "cut off", "bomb.gz@" + fmt.Sprint(c.MaxUnpacked), "more comes out", "probe@0", "Verify", "columns.parquet@0"} {
		if !strings.Contains(bad, want) {
			t.Errorf("%q is not in the bad records:\n%s", want, bad)
		}
	}
	if s := r.status(); s.Retries != 0 || s.Records != 4 || s.State != source.Done {
		t.Errorf("status %+v", s)
	}
}

// BenchmarkRun reads a day of objects as Firehose writes them: 288 of 100 entries, compressed.
func BenchmarkRun(b *testing.B) {
	f := &fake{}
	for i := range 288 {
		at := noon().Add(-time.Duration(i) * 5 * time.Minute)
		f.put(firehose("audit/", at, i), gzipped(b, entries(i*100, i*100+100)), at)
	}
	for b.Loop() {
		out, ended := make(chan source.Event, 16), make(chan error, 1)
		src := f.source("audit/", source.Options{}, s3.Config{})
		go func() {
			err := src.Run(b.Context(), out)
			close(out)
			ended <- err
		}()
		n := 0
		for e := range out {
			n += e.Len()
		}
		if err := <-ended; err != nil || n != 28_800 {
			b.Fatalf("%d entries: %v", n, err)
		}
	}
	b.ReportMetric(28_800*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
