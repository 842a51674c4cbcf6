//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

// incident writes a quiet day with one burst in it, in which terraform fails at a namespace and then changes it, and gives the file and
// what changed the namespace.
func incident(t *testing.T, dir string) (path, change string) {
	t.Helper()
	start := time.Date(2023, 11, 8, 6, 0, 0, 0, time.UTC)
	var b strings.Builder
	n := 0
	add := func(at time.Time, operation, status, who, kind, request, details string) string {
		n++
		line := fmt.Sprintf(`{"emit_time":%q,"operation":%q,"status":%q,"log_id":"log-%03d","principal":{"type":%q,"id":"id-of-%s","name":%q},"raw_details":{%s},"x_forwarded_for":"203.0.113.9","async_operation_id":%q}`,
			at.Format(time.RFC3339), operation, status, n, kind, who, who, details, request)
		b.WriteString(line + "\n")
		return line
	}
	for i := range 24 {
		add(start.Add(time.Duration(i)*7*time.Minute), "UpdateUser", "OK", "user1@example.com", "user", fmt.Sprint("quiet-", i), fmt.Sprintf(`"target_users":["user%d@example.net"]`, i))
	}
	at := start.Add(6 * time.Hour)
	retention := func(days int) string {
		return fmt.Sprintf(`"namespace":"prod.a1b2c","spec":{"retention_days":%d,"regions":["aws-us-east-1"]}`, days)
	}
	add(at, "CreateAPIKey", "OK", "terraform", "serviceaccount", "op-1", `"key_id":"key-77"`)
	add(at.Add(2*time.Second), "UpdateNamespace", "OK", "terraform", "serviceaccount", "op-2", retention(30))
	add(at.Add(5*time.Second), "UpdateNamespace", "ERROR", "terraform", "serviceaccount", "op-3", retention(7))
	add(at.Add(6*time.Second), "UpdateUser", "OK", "user1@example.com", "user", "op-4", `"target_users":["user9@example.net"]`)
	add(at.Add(9*time.Second), "UpdateNamespace", "ERROR", "terraform", "serviceaccount", "op-3", retention(7))
	change = add(at.Add(20*time.Second), "UpdateNamespace", "OK", "terraform", "serviceaccount", "op-3", retention(7))
	path = filepath.Join(dir, "it's a day.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, change
}

// TestInvestigation is one whole investigation in a terminal, by nothing but keys: from a burst to the one who caused it, along a request, to
// what it changed, with marks and a note that are there again after the program was killed.
func TestInvestigation(t *testing.T) {
	bin := build(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) { investigate(t, bin, size[0], size[1]) })
	}
}

func investigate(t *testing.T, bin string, w, h int) {
	dir := t.TempDir()
	path, change := incident(t, dir)
	term := newTerminal(t, dir, w, h)
	inside := strings.TrimSpace(term.tmux("display-message", "-p", "#{socket_path},#{pid},0"))
	term.command(fmt.Sprintf(`TMUX=%s sh -c 'echo $$ > pid; exec %s "$0"' "%s"`, inside, bin, path))
	term.fits(w, h, "30 entries", "UpdateNamespace")

	// The burst.
	term.keys("g")
	term.see("1/30")
	term.keys("}")
	term.see("of quiet: 6 entries from 12:00:00Z")

	// Who caused it.
	term.keys("+")
	term.fits(w, h, "Keep only entries that have the same")
	term.keys("p")
	term.fits(w, h, "/ principal=terraform", "Filtered by principal=terraform")

	// Its first error, and the whole request, with what the filter hides left where it is.
	term.keys("e")
	term.see("Error: 1 of 2")
	term.keys("m")
	term.see("Marked.")
	term.keys("o")
	term.see("Entry of this request: 2 of 3")
	term.keys("o")
	term.see("Entry of this request: 3 of 3")

	// What it changed in the end: compared with the one before it for the namespace, and with the mark.
	term.keys("d")
	term.fits(w, h, "This and the one before it for prod.a1b2c", "BEFORE", ".status")
	term.keys("q")
	term.see("[1 Events")
	term.keys("m")
	term.see("Marked.")
	term.keys("d")
	term.fits(w, h, "Two marked entries: 3 values differ", `"ERROR"`)
	term.keys("q")
	term.see("[1 Events")
	term.keys("a")
	term.see("Note:", "Enter keeps it")
	term.tmux("send-keys", "-t", "e2e", "-l", "retention was cut to 7 days")
	term.keys("Enter")
	term.see("The note is kept.")

	// The history of the namespace, and back.
	term.keys("g", "h")
	term.fits(w, h, `/ "prod.a1b2c"`, "History of prod.a1b2c")
	term.keys("[")
	term.fits(w, h, "/ principal=terraform", "5 of 30")

	// The bytes of the entry, and the command that shows this again, both through tmux.
	term.keys("y", "y")
	term.see("Copied the entry", "through tmux")
	if got := term.tmux("show-buffer"); got != change {
		t.Errorf("copied %q, want %q", got, change)
	}
	term.keys("y", "c")
	term.see("Copied the command line")
	command := term.tmux("show-buffer")
	if strings.Contains(command, "\n") || !strings.HasSuffix(command, ` --filter 'principal=terraform'`) {
		t.Errorf("copied %q", command)
	}

	// What was marked outlives the program, however that ends.
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("kill", "-9", strings.TrimSpace(string(pid))).Run(); err != nil {
		t.Fatal(err)
	}
	term.wait("end of the program", func(string) bool {
		return exec.Command("kill", "-0", strings.TrimSpace(string(pid))).Run() != nil
	})
	term.tmux("send-keys", "-t", "e2e", "-l", "stty sane; tput rmcup; clear")
	term.keys("C-j") // the terminal is still as the program had it
	term.wait("prompt", func(s string) bool { return strings.HasPrefix(s, strings.TrimSpace(prompt)) })
	term.command(strings.Replace(command, "taudit", bin, 1))
	term.fits(w, h, "5 of 30")
	term.keys("4")
	term.fits(w, h, "[4 Marks 2]", "retention was cut to 7")
	term.keys("G", "Enter")
	term.fits(w, h, "* retention was cut", "[1 Events")
	term.keys("u")
	term.see("Mark: 1 of 2, from the oldest again")

	// As over SSH from a tmux, of which nothing but TERM tells: the sequence reaches it all the same, where it takes any.
	term.tmux("set-option", "-s", "set-clipboard", "on")
	term.keys("y", "i")
	term.see("Copied the log_id, 7 bytes, through the terminal")
	term.wait("log_id in the buffer of tmux", func(string) bool { return term.tmux("show-buffer") == "log-027" })

	term.keys("?", "/")
	term.tmux("send-keys", "-t", "e2e", "-l", "compare")
	term.fits(w, h, "Keys with compare", "two marked entries")
	term.keys("Escape") // tmux takes a key right behind it for one with Alt
	term.fits(w, h, "Keys", "half a page down")
	term.keys("q")
	term.see("[1 Events")
	term.keys("Q")
	term.restored(0)
}

// TestCopyOverSSH: without a clipboard tool and over SSH, what is copied goes to the terminal as OSC 52, with the bytes of the entry, wrapped
// for what it runs in.
func TestCopyOverSSH(t *testing.T) {
	bin := build(t)
	dir := t.TempDir()
	path, change := incident(t, dir)
	osc := ansi.SetSystemClipboard(change)
	for _, c := range []struct {
		name string
		env  []string
		want *regexp.Regexp
	}{
		{"terminal", []string{"TERM=xterm-256color"}, regexp.MustCompile(regexp.QuoteMeta(osc))},
		{"tmux", []string{"TERM=tmux-256color", "TMUX=" + filepath.Join(dir, "none") + ",1,0"}, regexp.MustCompile(regexp.QuoteMeta("\x1bPtmux;\x1b" + osc + "\x1b\\"))},
		{"screen", []string{"TERM=screen", "STY=1.pts-1.host"}, regexp.MustCompile(regexp.QuoteMeta("\x1bP" + osc + "\x1b\\"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(bin, path)
			cmd.Env = slices.Concat([]string{"PATH=/nowhere", "HOME=" + dir, "LC_ALL=C.UTF-8", "SSH_TTY=/dev/pts/9"}, c.env)
			tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tty.Close() }()
			var out output
			go out.from(tty)
			await := func(what string, is *regexp.Regexp) {
				t.Helper()
				for end := time.Now().Add(patience); !is.Match(out.bytes()); time.Sleep(20 * time.Millisecond) {
					if time.Now().After(end) {
						t.Fatalf("no %s in %q", what, out.bytes())
					}
				}
			}
			type step struct {
				keys, what string
				is         *regexp.Regexp
			}
			await("entries", regexp.MustCompile("UpdateNamespace"))
			for _, s := range []step{
				{"y", "menu", regexp.MustCompile("log_id")},
				{"y", "sequence", c.want},
			} {
				if _, err := tty.WriteString(s.keys); err != nil {
					t.Fatal(err)
				}
				await(s.what, s.is)
			}
			if _, err := tty.WriteString("Q"); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
			if n := bytes.Count(out.bytes(), []byte(base64.StdEncoding.EncodeToString([]byte(change)))); n == 0 || n > 2 {
				t.Errorf("the entry was written %d times", n)
			}
		})
	}
}

// output is what a program has written.
type output struct {
	mu sync.Mutex
	b  []byte
}

func (o *output) from(f *os.File) {
	buf := make([]byte, 32<<10)
	for {
		n, err := f.Read(buf)
		o.mu.Lock()
		o.b = append(o.b, buf[:n]...)
		o.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (o *output) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.b)
}
