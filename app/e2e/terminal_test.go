//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// patience is how long a test waits for something to appear; a machine may be busy.
const patience = 60 * time.Second

const prompt = "ready> "

// terminal is a shell in a tmux server of its own.
type terminal struct {
	t      *testing.T
	socket string
}

// newTerminal starts a shell in dir on a screen of the given size. Its environment is the variables given and what a program cannot
// do without.
func newTerminal(t *testing.T, dir string, w, h int, env ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Fatalf("this test drives a real terminal and needs tmux: %v", err)
	}
	t.Cleanup(func() { noRaces(t, dir) })
	term := &terminal{t: t, socket: fmt.Sprintf("taudit-%d-%s", os.Getpid(), strings.ReplaceAll(t.Name(), "/", "-"))}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen at the end:\n%s", term.screen())
		}
		_ = exec.Command("tmux", "-L", term.socket, "kill-server").Run() // it may have gone with its last shell
	})
	shell := append([]string{
		"env", "-i", "PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TERM=screen-256color", "LC_ALL=C.UTF-8", "TZ=Asia/Kathmandu",
		"PS1=" + prompt, "AWS_EC2_METADATA_DISABLED=true", "GORACE=log_path=" + filepath.Join(dir, "race"),
	}, env...)
	args := append([]string{
		"-u", "-f", "/dev/null", "new-session", "-d", "-s", "e2e", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h), "-c", dir,
	}, append(shell, "sh")...)
	term.tmux(args...)
	term.tmux("set-option", "-g", "window-size", "manual")
	term.wait("a prompt", func(s string) bool { return strings.Contains(s, prompt[:len(prompt)-1]) })
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", term.socket}, args...)...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (term *terminal) screen() string {
	out, err := exec.Command("tmux", "-L", term.socket, "capture-pane", "-p", "-t", "e2e").CombinedOutput()
	if err != nil {
		return fmt.Sprintf("(none: %v: %s)", err, out)
	}
	return string(out)
}

// keys presses keys by their tmux names: q, Enter, C-d.
func (term *terminal) keys(keys ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys", "-t", "e2e"}, keys...)...)
}

// command types a line and Enter.
func (term *terminal) command(line string) {
	term.t.Helper()
	term.tmux("send-keys", "-t", "e2e", "-l", line)
	term.keys("Enter")
}

func (term *terminal) resize(w, h int) {
	term.t.Helper()
	term.tmux("resize-window", "-t", "e2e", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h))
}

// wait polls the screen until it is as wanted, and gives it.
func (term *terminal) wait(what string, ok func(screen string) bool) string {
	term.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		s := term.screen()
		if ok(s) {
			return s
		}
		if time.Now().After(end) {
			term.t.Fatalf("after %v there is no %s on the screen:\n%s", patience, what, s)
		}
	}
}

// see waits for texts, all of them on the screen at once.
func (term *terminal) see(texts ...string) string {
	term.t.Helper()
	return term.wait(strings.Join(texts, " and "), func(s string) bool {
		for _, text := range texts {
			if !strings.Contains(s, text) {
				return false
			}
		}
		return true
	})
}

// fits waits until the screen is drawn for a size: the last line in its place, and none wider.
func (term *terminal) fits(w, h int, texts ...string) string {
	term.t.Helper()
	s := term.wait(fmt.Sprintf("screen of %dx%d with %q", w, h, texts), func(s string) bool {
		l := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
		if len(l) != h || strings.TrimSpace(l[0]) == "" || strings.TrimSpace(l[h-1]) == "" {
			return false
		}
		for _, text := range texts {
			if !strings.Contains(s, text) {
				return false
			}
		}
		return true
	})
	for _, l := range strings.Split(s, "\n") {
		if n := ansi.StringWidth(l); n > w {
			term.t.Errorf("a line of %d cells on a screen of %d: %q", n, w, l)
		}
	}
	return s
}

// restored checks that a program has left the terminal as a shell needs it: on the main screen, with cursor and echo, and no mouse
// or bracketed paste of the program's left over. code is the exit code that the program should have given.
func (term *terminal) restored(code int) {
	term.t.Helper()
	term.wait("shell on the main screen with a cursor", func(string) bool {
		return term.tmux("display-message", "-p", "-t", "e2e", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "0 1 0\n"
	})
	// What is typed before the program has ended is its own to read.
	term.wait("prompt", func(s string) bool {
		return strings.HasSuffix("\n"+strings.TrimRight(s, " \n"), "\n"+strings.TrimSpace(prompt))
	})
	term.command("echo exit=$? && stty -a && echo that-is-all")
	s := term.see("exit=", "\nthat-is-all")
	if want := fmt.Sprintf("exit=%d\n", code); !strings.Contains(s, want) {
		term.t.Errorf("no %q on the screen:\n%s", want, s)
	}
	for _, mode := range []string{"echo", "icanon", "isig", "icrnl", "opost", "onlcr"} {
		on := false
		for word := range strings.FieldsSeq(strings.ReplaceAll(s, ";", " ")) {
			on = on || word == mode
		}
		if !on {
			term.t.Errorf("stty: %s is off:\n%s", mode, s)
		}
	}
}

// noRaces checks that no program wrote a data race to its log; on the screen it would be lost.
func noRaces(t *testing.T, dir string) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "race.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, log := range logs {
		text, err := os.ReadFile(log)
		t.Errorf("data race (%v):\n%s", err, text)
	}
}

// build makes the program with the race detector and gives its path.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "taudit")
	cmd := exec.Command("go", "build", "-race", "-o", bin, "taudit")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building taudit: %v\n%s", err, out)
	}
	return bin
}
