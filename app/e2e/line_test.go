//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A terminal at the other end of a slow line, as the program sees it over SSH: where it may not ask for frames to be shown at once.
func overSSH(dir string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "SSH_TTY=/dev/pts/0", "SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22",
	}
}

// TestBytesOverTheLine measures what the program writes to the terminal and what it needs of a core, following entries that arrive
// one by one, and holds the bytes to what a slow line bears. It prints the figures of the README; those of the processor are worth
// something when the programs run one after the other, with -parallel 1.
func TestBytesOverTheLine(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "taudit")
	if out, err := exec.Command("go", "build", "-o", bin, "taudit").CombinedOutput(); err != nil {
		t.Fatalf("building taudit: %v\n%s", err, out)
	}
	for _, c := range []struct {
		w, h  int
		rate  int     // entries a second
		bytes float64 // a second, at most
		args  []string
	}{
		{80, 24, 0, 40, nil},
		{80, 24, 0, 0, []string{"--no-clock"}},
		{80, 24, 10, 2_500, nil},
		{80, 24, 100, 10_000, nil},
		{80, 24, 1000, 16_000, nil},
		{160, 45, 0, 40, nil},
		{160, 45, 10, 2_200, nil},
		{160, 45, 100, 20_000, nil},
		{160, 45, 1000, 32_000, nil},
	} {
		t.Run(fmt.Sprintf("%dx%d/%d%v", c.w, c.h, c.rate, c.args), func(t *testing.T) {
			t.Parallel()
			bytes, percent := follow(t, bin, c.w, c.h, c.rate, c.args...)
			t.Logf("%7.0f B/s  %5.2f %% of a core", bytes, percent)
			if bytes > c.bytes {
				// One picture more than usual, as when a minute begins, counts for much in so short a time.
				bytes, percent = follow(t, bin, c.w, c.h, c.rate, c.args...)
				t.Logf("%7.0f B/s  %5.2f %% of a core, once more", bytes, percent)
			}
			if bytes > c.bytes {
				t.Errorf("%.0f bytes a second, want %.0f at most", bytes, c.bytes)
			}
		})
	}
}

// follow runs the program on a pseudo-terminal and lets entries arrive at its standard input.
func follow(t *testing.T, bin string, w, h, rate int, args ...string) (bytesPerSecond, percent float64) {
	t.Helper()
	dir := t.TempDir()
	fifo := filepath.Join(dir, "entries")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, append([]string{fifo}, args...)...)
	cmd.Env = overSSH(dir)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)})
	if err != nil {
		t.Fatal(err)
	}
	var written atomic.Int64
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(&counter{n: &written}, terminal) // ends with an error when the program does
	}()
	entries, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}

	stop := make(chan struct{})
	done := make(chan error, 1)
	go func() { done <- feed(entries, rate, stop) }()
	time.Sleep(4 * time.Second) // the screen is full and has settled
	const span = 10 * time.Second
	before, cpuBefore := written.Load(), cpu(t, cmd.Process.Pid)
	time.Sleep(span)
	bytesPerSecond = float64(written.Load()-before) / span.Seconds()
	percent = 100 * (cpu(t, cmd.Process.Pid) - cpuBefore).Seconds() / span.Seconds()

	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := terminal.Write([]byte("Q")); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if err := entries.Close(); err != nil {
		t.Error(err)
	}
	if err := terminal.Close(); err != nil {
		t.Error(err)
	}
	<-gone
	return bytesPerSecond, percent
}

// feed writes a history of the screen's height at once, and then entries at a rate, evenly.
func feed(w io.Writer, rate int, stop <-chan struct{}) error {
	var buf bytes.Buffer
	n := 0
	next := func() {
		fmt.Fprintf(&buf, `{"emit_time":%q,"operation":%q,"status":%q,"log_id":"line-%08d","version":2,"principal":{"type":"user","id":"u-%d","name":"user%d@example.com"},`+
			`"raw_details":{"namespace":"ns-%d.a1b2c","target_users":["0b741c47-e093-47d1-9b74-%012d"]},"x_forwarded_for":"203.0.113.%d"}`+"\n",
			time.Now().UTC().Format(time.RFC3339Nano), []string{"UpdateNamespace", "CreateAPIKey", "DeleteUser", "UpdateUser", "InviteUsers"}[n%5],
			[]string{"OK", "OK", "OK", "ERROR"}[n%4], n, n%7, n%7, n%11, n, n%13)
		n++
	}
	for range 100 {
		next()
	}
	if _, err := buf.WriteTo(w); err != nil {
		return err
	}
	if rate == 0 {
		<-stop
		return nil
	}
	tick := time.NewTicker(time.Second / time.Duration(min(rate, 200)))
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-tick.C:
			for range max(rate/200, 1) {
				next()
			}
			if _, err := buf.WriteTo(w); err != nil {
				return err
			}
		}
	}
}

type counter struct{ n *atomic.Int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// cpu is what a process has used of a core.
func cpu(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime, as proc(5) counts them, in hundredths of a second
		var v int64
		if _, err := fmt.Sscan(string(f), &v); err != nil {
			t.Fatal(err)
		}
		ticks += v
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
