package file_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"

	"taudit/source"
	"taudit/source/file"
	"taudit/source/sourcetest"
)

// TestForms: files are told apart by what is in them, not by what they are called.
func TestForms(t *testing.T) {
	packers := map[string]func(io.Writer) (io.WriteCloser, error){
		"zstd":   func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
		"snappy": func(w io.Writer) (io.WriteCloser, error) { return snappy.NewBufferedWriter(w), nil },
	}
	pack := func(kind, text string) string {
		var b bytes.Buffer
		w, err := packers[kind](&b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	for i, name := range []string{"a", "b"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, joined(i, i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string]string{
		"wrong.gz":    zipped.String(),
		"wrong.zip":   gzipped(t, joined(2, 4)),
		"wrong.jsonl": gzipped(t, joined(4, 5)) + gzipped(t, joined(5, 6)),
		"a.txt":       gzipped(t, gzipped(t, joined(6, 8))),
		"b.parquet":   pack("zstd", joined(8, 10)),
		"c":           pack("snappy", joined(10, 12)),
		"d":           "\ufeff[" + strings.ReplaceAll(lines(12, 13), "\n", "") + ",\n" + joined(13, 14) + ",]",
		"e":           "**********\n" + lines(14, 15) + "**********\n" + lines(15, 16),
		"f":           "t" + joined(16, 18),
	} {
		write(t, filepath.Join(dir, name), data)
	}
	r := start(t, file.New(dir, options(false), quick()))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(upTo(18)...)
	if bad := r.bad(); len(bad) != 1 || !strings.HasPrefix(bad[0], "f@0:") {
		t.Errorf("bad records %q", bad)
	}
}

// TestCorrupt: what can be read of a damaged file is kept, the damage is reported, and other files are read.
func TestCorrupt(t *testing.T) {
	dir := t.TempDir()
	whole := gzipped(t, joined(0, 2000))
	damaged := []byte(whole)
	for i := len(damaged) / 2; i < len(damaged)/2+20; i++ {
		damaged[i] ^= 0x55
	}
	write(t, filepath.Join(dir, "damaged.gz"), string(damaged))
	write(t, filepath.Join(dir, "middle.jsonl"), lines(9000, 9001)+"{\"oops\n"+lines(9001, 9002))
	c := quick()
	c.MaxUnpacked = int64(len(joined(0, 3000)))
	write(t, filepath.Join(dir, "large.gz"), gzipped(t, joined(0, 4000)))
	r := start(t, file.New(dir, options(false), c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(r.ids(), " ")
	for _, want := range []string{"entry-000000", "entry-009000", "entry-009001", "entry-002999"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	bad := strings.Join(r.bad(), "\n")
	for _, want := range []string{"damaged.gz@", "corrupt", "middle.jsonl@", "large.gz@", "more comes out of this object than is allowed"} {
		if !strings.Contains(bad, want) {
			t.Errorf("%q is not in the bad records:\n%s", want, bad)
		}
	}
	if s := r.status(); s.State != source.Done || s.Records != 3 {
		t.Errorf("status %+v", s)
	}
}

// FuzzGrowing writes a file in pieces of any sizes: whatever the cuts are, each entry comes once and nothing is damage.
func FuzzGrowing(f *testing.F) {
	f.Add([]byte{1, 2, 3}, uint8(0))
	f.Add([]byte{255, 255, 0, 7}, uint8(1))
	f.Add([]byte{200}, uint8(2))
	f.Add([]byte{16, 15, 14, 200, 1}, uint8(3))
	f.Fuzz(func(t *testing.T, cuts []byte, kind uint8) {
		text := []string{
			lines(0, 4), joined(0, 4), "[" + strings.Join(sourcetest.Entries(0, 4), ",") + "]\n", gzipped(t, lines(0, 4)),
		}[kind%4]
		if len(cuts) > 8 {
			cuts = cuts[:8]
		}
		inBubble(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit")
			write(t, path, "")
			r := start(t, file.New(path, options(true), quick()))
			rest := text
			for _, c := range cuts {
				n := min(len(rest), int(c)*2)
				appendTo(t, path, rest[:n])
				rest = rest[n:]
				time.Sleep(20 * time.Millisecond)
			}
			appendTo(t, path, rest)
			r.have(4)
			time.Sleep(time.Second)
			_ = r.stop()
			r.wantIDs(upTo(4)...)
			if bad := r.bad(); len(bad) > 0 {
				t.Errorf("bad records: %q", bad)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// BenchmarkDirectory reads 500 compressed objects of 100 entries.
func BenchmarkDirectory(b *testing.B) {
	dir := b.TempDir()
	for i := range 500 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte(gzipped(b, joined(i*100, i*100+100))), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		drain(b, file.New(dir, options(false), file.Config{}), 50_000)
	}
	b.ReportMetric(50_000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkFile reads one file of 100,000 entries, a line each.
func BenchmarkFile(b *testing.B) {
	path := filepath.Join(b.TempDir(), "audit.jsonl")
	if err := os.WriteFile(path, []byte(lines(0, 100_000)), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		drain(b, file.New(path, options(false), file.Config{}), 100_000)
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// drain reads a source to its end.
func drain(tb testing.TB, s source.Source, want int) {
	tb.Helper()
	out, done := make(chan source.Event, 16), make(chan error, 1)
	go func() {
		err := s.Run(tb.Context(), out)
		close(out)
		done <- err
	}()
	n := 0
	for e := range out {
		n += e.Len()
	}
	if err := <-done; err != nil || n != want {
		tb.Fatalf("%d entries of %d came: %v", n, want, err)
	}
}
