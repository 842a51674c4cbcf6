//go:build e2e

package e2e_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/dustin/go-humanize"
)

// TestManyEntries opens a large file on a pseudo-terminal and prints how long it takes until what a person waits for stands there: the
// figures of the README, with TAUDIT_E2E_ENTRIES=1000000. It holds the program to showing the right things, and not to times.
func TestManyEntries(t *testing.T) {
	count := entriesWanted(t, 50_000)
	dir := t.TempDir()
	bin, file := filepath.Join(dir, "taudit"), filepath.Join(dir, "history.jsonl")
	for _, args := range [][]string{
		{"go", "build", "-o", bin, "taudit"},
		{bin, "demo", "--jsonl", file, "--entries", strconv.Itoa(count), "--seed", "1"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	newest, found := about(t, file, "terraform")
	total := humanize.Comma(int64(count))

	began := time.Now()
	s := open(t, dir, bin, file)
	s.until("the newest entry", func(screen string) bool { return strings.Contains(screen, newest) })
	t.Logf("newest entries on the screen: %v", time.Since(began).Round(time.Millisecond))
	s.until("all entries", func(screen string) bool { return strings.Contains(screen, total+" entries") })
	t.Logf("all filterable: %v", time.Since(began).Round(time.Millisecond))

	s.press("/")
	s.until("the filter line", func(screen string) bool { return strings.Contains(screen, "Enter") })
	s.press("terrafor")
	began = time.Now()
	s.press("m")
	s.until("all that were found", func(screen string) bool {
		return strings.Contains(screen, humanize.Comma(int64(found))+" of "+total)
	})
	t.Logf("free text counted, after a pause of 80 ms: %v", time.Since(began).Round(time.Millisecond))
	s.press("\r")
	s.until("the list", func(screen string) bool {
		return strings.Contains(screen, "G newest") || strings.Contains(screen, "detail")
	})

	var firsts, lasts []time.Duration
	for range 100 {
		first, last := s.change("\x1b[5~") // page up
		firsts, lasts = append(firsts, first), append(lasts, last)
	}
	slices.Sort(firsts)
	slices.Sort(lasts)
	t.Logf("a key until the frame: median %v, 99th of a hundred %v; until all that is looked up for it: median %v", firsts[50], firsts[98], lasts[50])
}

// about gives the time of day of the newest entry of a file, and how many entries have a text in their bytes.
func about(t *testing.T, file, text string) (newest string, found int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var last struct {
		At time.Time `json:"emit_time"`
	}
	var line string
	for lines.Scan() {
		if line = lines.Text(); strings.Contains(strings.ToLower(line), text) {
			found++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(line), &last); err != nil {
		t.Fatal(err)
	}
	return last.At.Format(time.TimeOnly), found
}

// emulated is a program on a pseudo-terminal whose screen is known.
type emulated struct {
	t        *testing.T
	terminal *os.File
	mu       sync.Mutex
	screen   *vt.Emulator
	written  chan struct{} // something has changed
	at       atomic.Int64  // when it was written, in nanoseconds since 1970
}

func open(t *testing.T, dir string, args ...string) *emulated {
	t.Helper()
	const w, h = 160, 45
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = overSSH(dir)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: h, Cols: w})
	if err != nil {
		t.Fatal(err)
	}
	s := &emulated{t: t, terminal: terminal, screen: vt.NewEmulator(w, h), written: make(chan struct{}, 1)}
	go func() { _, _ = io.Copy(terminal, s.screen) }() // what a terminal answers; it ends with it
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 64<<10)
		for {
			n, err := terminal.Read(buf)
			s.at.Store(time.Now().UnixNano()) // what drawing it takes is the terminal's business
			s.mu.Lock()
			_, _ = s.screen.Write(buf[:n]) // never fails
			s.mu.Unlock()
			select {
			case s.written <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		s.press("Q")
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		if err := terminal.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return s
}

func (s *emulated) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.String()
}

func (s *emulated) press(keys string) {
	if _, err := s.terminal.WriteString(keys); err != nil {
		s.t.Error(err)
	}
}

// until waits for the screen to show something.
func (s *emulated) until(what string, enough func(screen string) bool) {
	s.t.Helper()
	timeout := time.After(patience)
	for !enough(s.text()) {
		select {
		case <-s.written:
		case <-timeout:
			s.t.Fatalf("no sign of %s on\n%s", what, s.text())
		}
	}
}

// change presses a key and tells how long it took until the first and the last thing that was written because of it. What was written
// before and is only drawn after the press is not counted: it would have come without the key.
func (s *emulated) change(key string) (first, last time.Duration) {
	s.t.Helper()
	const still = 30 * time.Millisecond
	select {
	case <-s.written:
	default:
	}
	began := time.Now()
	s.press(key)
	for {
		select {
		case <-s.written:
			after := time.Unix(0, s.at.Load()).Sub(began)
			if after <= 0 {
				continue
			}
			if last = after; first == 0 {
				first = last
			}
		case <-time.After(still):
			if first > 0 {
				return first, last
			}
			if time.Since(began) > patience {
				s.t.Fatalf("nothing changed on\n%s", s.text())
			}
		}
	}
}
