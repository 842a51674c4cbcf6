package app

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"taudit/source"
	"taudit/source/audit"
	"taudit/views"
)

// sent drives keys and gives what is written to the terminal beside the screen.
func sent(m *Model, keys ...string) string {
	var out strings.Builder
	var run func(cmd tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		switch msg := cmd().(type) {
		case nil:
		case tea.RawMsg:
			out.WriteString(msg.Msg.(string))
		case tea.BatchMsg:
			for _, c := range msg {
				run(c)
			}
		default:
			_, cmd := m.Update(msg)
			run(cmd)
		}
	}
	for _, k := range keys {
		run(m.key(k))
	}
	return out.String()
}

func TestWhatIsCopied(t *testing.T) {
	all := morning(t)
	want := all[3] // DeleteUser comes later; this one has details
	m := screen(t, 120, 40, ModelOptions{Command: Command{Args: []string{"taudit", "s3://b/p q/"}}}, stream(t))
	drive(m, "g", "j", "j", "j")
	for _, c := range []struct {
		keys []string
		want string
		says string
	}{
		{[]string{"y", "y"}, want.Raw, "Copied the entry, "},
		{[]string{"y", "i"}, want.LogID, "Copied the log_id, 32 bytes"},
		{[]string{"y", "f"}, "", "There is no filter to copy."},
		{[]string{"y", "c"}, "taudit 's3://b/p q/'", "Copied the command line"},
		{[]string{"y", "v"}, "", "Open the entry first (Enter)"},
		{[]string{"y", "esc"}, "", ""},
		{[]string{"y", "x"}, "", ""},
		{[]string{"enter", "g", "j", "j", "y", "v"}, "UpdateNamespace", "Copied the value"},
		{[]string{"y", "p"}, ".operation", "Copied the path"},
		{[]string{"y", "k"}, "operation", "Copied the key, 9 bytes"},
		{[]string{"y", "y"}, want.Raw, "Copied the entry"},
		{[]string{"g", "y", "k"}, "", "The whole entry has no key."},
		{[]string{"G", "y", "p"}, "", ""},
	} {
		got := sent(m, c.keys...)
		if c.want != "" && got != ansi.SetSystemClipboard(c.want) || c.want == "" && c.says != "" && got != "" {
			t.Errorf("%v writes %q, want what copies %q", c.keys, got, c.want)
		}
		if !shows(m, c.says) {
			t.Errorf("%v does not say %q: %q", c.keys, c.says, m.said)
		}
		if m.chord != nil {
			t.Errorf("%v still waits", c.keys)
		}
	}
	drive(m, "esc")
	filter(m, "op:UpdateNamespace since:2h")
	if got, want := sent(m, "y", "f"), ansi.SetSystemClipboard("op:UpdateNamespace since:2h"); got != want {
		t.Errorf("yf writes %q", got)
	}
	if got, want := sent(m, "y", "c"), ansi.SetSystemClipboard("taudit 's3://b/p q/' --filter 'op:UpdateNamespace since:2h' --now 2023-11-08T09:24:40Z"); got != want {
		t.Errorf("yc writes %q", got)
	}
}

func TestBytesThatAreNoEntryAreCopied(t *testing.T) {
	bad := audit.Bad{Raw: "\x00one", Size: 4, Reason: "not JSON"}
	m := screen(t, 80, 24, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: morning(t), Bad: []audit.Bad{bad}}, live("1")}})
	m.Update(paneMsg{onDetail, examine(bad)})
	if got := sent(m, "y", "y"); got != ansi.SetSystemClipboard("\x00one") {
		t.Errorf("writes %q", got)
	}
	for _, k := range []string{"i", "v", "p"} {
		if got := sent(m, "y", k); got != "" {
			t.Errorf("y%s writes %q", k, got)
		}
	}
}

func TestSequencesForTheClipboard(t *testing.T) {
	long := strings.Repeat("0123456789", 200)
	osc := ansi.SetSystemClipboard(long)
	for _, c := range []struct {
		name string
		env  []string
		want string
	}{
		{"a terminal", []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/1"}, osc},
		{"tmux", []string{"TERM=tmux-256color", "SSH_TTY=/dev/pts/1"}, "\x1bPtmux;\x1b" + osc + "\x1b\\" + osc},
		{"screen", []string{"TERM=screen", "STY=1.pts", "SSH_TTY=/dev/pts/1"}, screened(osc)},
		{"screen or tmux at the other end", []string{"TERM=screen-256color", "SSH_TTY=/dev/pts/1"}, screened(osc) + osc},
	} {
		term := seatOf(tea.EnvMsg(c.env).Getenv)
		if got := term.sequence(long); got != c.want {
			t.Errorf("%s gets %q, want %q", c.name, got, c.want)
		}
		if !term.remote {
			t.Errorf("%s is not remote", c.name)
		}
	}
}

// screened is what GNU screen unwraps: strings of at most 768 bytes, one behind another.
func screened(s string) string {
	var out strings.Builder
	for part := range slices.Chunk([]byte(s), maxScreenString) {
		out.WriteString("\x1bP" + string(part) + "\x1b\\")
	}
	return out.String()
}

func TestTheClipboardOfThisMachine(t *testing.T) {
	var had []string
	o := ModelOptions{Clipboard: func(s string) error { had = append(had, s); return nil }}
	m := screen(t, 80, 24, o, stream(t))
	if got := sent(m, "y", "i"); got != "" || len(had) != 1 || !shows(m, "to the clipboard") {
		t.Errorf("writes %q, and %v to the clipboard", got, had)
	}
	m.Update(tea.EnvMsg{"SSH_CONNECTION=a", "TERM=xterm", "LANG=C.UTF-8"})
	if got := sent(m, "y", "i"); got == "" || len(had) != 1 || !shows(m, "through the terminal") {
		t.Errorf("over SSH: writes %q, and %v to the clipboard of the wrong machine", got, had)
	}
	m = screen(t, 80, 24, ModelOptions{Clipboard: func(string) error { return os.ErrPermission }}, stream(t))
	if got := sent(m, "y", "i"); got == "" {
		t.Error("a clipboard that does not work is all that is tried")
	}
}

func TestWhatIsTooLongForTheTerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copies")
	big := `{"emit_time":"2023-11-08T09:30:00Z","operation":"UpdateUser","log_id":"big","raw_details":{"x":"` + strings.Repeat("y", maxOverLine) + `"}}`
	found, _ := audit.NewDecoder().Decode([]byte(big), audit.Origin{})
	m := screen(t, 80, 24, ModelOptions{Copies: dir}, script{name: "kinesis a/b", events: []source.Event{{Entries: found}, live("1")}})
	if got := sent(m, "y", "y"); got != "" || !shows(m, "The entry has 75,093 bytes") || !shows(m, "w write the file") {
		t.Fatalf("%d bytes go to the terminal:\n%s", len(got), lines(t, m, 80, 24))
	}
	sent(m, "j")
	if entries, _ := os.ReadDir(dir); len(entries) > 0 || m.chord != nil {
		t.Fatal("a file was written that nobody asked for")
	}
	for i, name := range []string{"taudit-entry-20231108-092440.txt", "taudit-entry-20231108-092440-2.txt"} {
		sent(m, "y", "y", "w")
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil || string(text) != big {
			t.Fatalf("%d: %v, %d bytes", i, err, len(text))
		}
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if !strings.Contains(m.said, path) {
			t.Errorf("does not say where: %q", m.said)
		}
	}
}

// TestShellsReadWhatIsQuoted asks a real shell.
func TestShellsReadWhatIsQuoted(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal("a shell of POSIX is needed: ", err)
	}
	texts := rapid.OneOf(rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 })),
		rapid.SampledFrom([]string{"", "'", "''", `"`, `\`, "$HOME", "`id`", "$(id)", "a b", "*", "~", "#", "!", "&", ";", "-n", "--", "\n", "=", "a=b", "{a,b}", "\xff"}))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(texts, 1, 5).Draw(t, "words")
		cmd := exec.Command(sh, "-c", `printf '%s\0' `+ShellQuote(words...))
		cmd.Env = []string{"HOME=/nowhere", "PATH=/nowhere"}
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(got, words) {
			t.Fatalf("%q is read as %q", words, got)
		}
	})
}

// TestPivotOnEveryValue goes through the whole tree of every entry: + keeps the entry, - drops it, and neither can be misread.
// TestFollowingARequest goes through all entries of one, also those that the filter hides.
// TestJumpsPressedQuicklyAddUp: what is pressed before the first has landed goes further from the same place.
func TestChordScreens(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
	}{
		{"copy", []string{"y"}},
		{"keep", []string{"k", "+"}},
		{"kept", []string{"g", "j", "j", "j", "+", "p"}},
		{"next error", []string{"g", "e"}},
		{"kept in the tree", []string{"g", "e", "enter", "j", "+"}},
	} {
		for _, size := range sizes {
			w, h := size[0], size[1]
			t.Run(strings.ReplaceAll(c.name, " ", "_")+"/"+sizeName(w, h), func(t *testing.T) {
				m := screen(t, w, h, ModelOptions{}, stream(t))
				drive(m, c.keys...)
				golden.RequireEqual(t, lines(t, m, w, h))
			})
		}
	}
}

func sizeName(w, h int) string { return strconv.Itoa(w) + "x" + strconv.Itoa(h) }

func examine(b audit.Bad) views.Examine { return views.Examine{Bad: b} }

// filter types a filter and accepts it.
func filter(m *Model, text string) {
	drive(m, "/")
	for _, msg := range []tea.Msg{tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}, tea.PasteMsg{Content: text}, tea.KeyPressMsg{Code: tea.KeyEnter}} {
		_, cmd := m.Update(msg)
		tell(m, cmd)
	}
}

// decodedOSC is the text that a sequence copies.
func decodedOSC(t *testing.T, s string) string {
	t.Helper()
	code, ok := strings.CutPrefix(s, "\x1b]52;c;")
	text, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(code, "\a"))
	if !ok || err != nil {
		t.Fatalf("%q copies nothing: %v", s, err)
	}
	return string(text)
}
