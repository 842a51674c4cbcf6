package file_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"taudit/source"
	"taudit/source/file"
)

// TestStream: what comes is sent as it comes, and the end is the end, also when following.
func TestStream(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		in, out := io.Pipe()
		r := start(t, file.NewReader("standard input", in, options(true), quick()))
		for i := range 3 {
			text := joined(i, i+1)
			for _, piece := range []string{text[:100], text[100:]} {
				if _, err := io.WriteString(out, piece); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
			if got := r.ids(); len(got) != i+1 {
				t.Errorf("%d entries came of %d", len(got), i+1)
			}
			if s := r.status(); s.State != source.Live {
				t.Errorf("state is %s while waiting", s.State)
			}
		}
		if _, err := io.WriteString(out, joined(3, 4)[:50]); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		r.wantIDs(upTo(3)...)
		s := r.status()
		if s.State != source.Done || s.Records != 1 || s.Bytes != int64(len(joined(0, 3))+50) || s.Bad != 1 || len(r.bad()) != 1 {
			t.Errorf("status %+v, bad %q", s, r.bad())
		}
		if got := r.all()[0].Source; got != "standard input" {
			t.Errorf("source is %q", got)
		}
	})
}

// TestStreamFails: a stream that breaks is an error, after what came before it.
func TestStreamFails(t *testing.T) {
	in := io.MultiReader(strings.NewReader(lines(0, 3)), iotest.ErrReader(errors.New("the wire is cut")))
	r := start(t, file.NewReader("standard input", in, options(false), quick()))
	if err := r.end(); err == nil || !strings.Contains(err.Error(), "standard input: the wire is cut") {
		t.Errorf("Run gave %v", err)
	}
	r.wantIDs(upTo(3)...)
}

// TestStreamPacked: a stream may be compressed, and cut.
func TestStreamPacked(t *testing.T) {
	text := gzipped(t, joined(0, 50))
	r := start(t, file.NewReader("standard input", iotest.OneByteReader(strings.NewReader(text)), options(false), quick()))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(upTo(50)...)
	r = start(t, file.NewReader("standard input", strings.NewReader(text[:len(text)-20]), options(false), quick()))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if bad := strings.Join(r.bad(), "\n"); !strings.Contains(bad, "cut off") {
		t.Errorf("bad records %q", bad)
	}
}

// stuck is a reader that nothing ends but the test.
type stuck struct{ release chan struct{} }

func (s stuck) Read(p []byte) (int, error) {
	<-s.release
	return copy(p, "too late"), nil
}

// TestStreamCancel: Run ends although a Read blocks, and takes the goroutine with it where that is possible.
func TestStreamCancel(t *testing.T) {
	release := make(chan struct{})
	pipe, other := io.Pipe()
	real, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _, _ = real.Close(), writer.Close(), other.Close() })
	for name, in := range map[string]io.Reader{"io.Pipe": pipe, "os.Pipe": real, "stuck": stuck{release}} {
		t.Run(name, func(t *testing.T) {
			r := start(t, file.NewReader("standard input", in, options(true), quick()))
			r.until("being live", func() bool { return r.status().State == source.Live })
			began := time.Now()
			if err := r.stop(); !errors.Is(err, context.Canceled) {
				t.Errorf("Run gave %v", err)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("Run took %s to end", took)
			}
		})
	}
	// A stream that was interrupted may be read by somebody else.
	if _, err := writer.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	if n, err := real.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("reading on gave %d, %v", n, err)
	}
	close(release)
}

// TestOpen: what a reference stands for.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for ref, want := range map[string]string{file.Stdin: "standard input", dir: dir} {
		sources, err := file.Open(t.Context(), ref, options(false))
		if err != nil || len(sources) != 1 || sources[0].Name() != want {
			t.Errorf("Open(%q) gave %v, %v", ref, sources, err)
		}
	}
	if _, err := file.Open(t.Context(), "bad\x00name", options(false)); err == nil {
		t.Error("no error for a path that cannot be")
	}
}
