//go:build unix

package file_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"taudit/source/file"
)

// TestNamedPipe: a named pipe, as a shell makes it of <(command), is read as a stream.
func TestNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	sources, err := file.Open(t.Context(), path, options(true))
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, sources[0])
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteString(lines(0, 3)); err != nil {
		t.Fatal(err)
	}
	r.have(3)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(upTo(3)...)
	if got := r.status().Part; got != path {
		t.Errorf("part is %q", got)
	}
}
