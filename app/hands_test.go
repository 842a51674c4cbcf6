package app

import (
	"context"
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
	"taudit/source/query"
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

func TestPivotFromTheList(t *testing.T) {
	all := morning(t)
	e := &all[5]
	for _, c := range []struct{ keys, want string }{
		{"+p", "principal=terraform"},
		{"-p", "-principal=terraform"},
		{"=o", "op:UpdateNamespace"},
		{"+s", "status=ERROR"},
		{"+n", "ns=prod.a1b2c"},
		{"+i", "ip=198.51.100.4"},
		{"+t", "target=prod.a1b2c"},
	} {
		m := screen(t, 120, 40, ModelOptions{}, stream(t))
		drive(m, "g", "j", "j", "j", "j", "j")
		if got, _ := m.events.Selected(); got.LogID() != e.LogID {
			t.Fatalf("at %s", got.LogID())
		}
		drive(m, strings.Split(c.keys, "")...)
		if m.committed != c.want || m.found.matches == nil {
			t.Errorf("%s filters by %q, want %q (%s)", c.keys, m.committed, c.want, m.said)
		}
	}
}

func TestPivotsAddUp(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	drive(m, "g", "j", "j", "j", "j", "j", "+", "p", "+", "o")
	if want := "principal=terraform op:UpdateNamespace"; m.committed != want {
		t.Fatalf("filters by %q, want %q", m.committed, want)
	}
	drive(m, "+", "o")
	if want := "principal=terraform op:UpdateNamespace"; m.committed != want || !shows(m, "already") {
		t.Errorf("the same again: %q %q", m.committed, m.said)
	}
	drive(m, "=", "s")
	if want := "status=ERROR"; m.committed != want {
		t.Errorf("filters by %q alone, want %q", m.committed, want)
	}
	drive(m, "[", "[")
	if want := "principal=terraform"; m.committed != want {
		t.Errorf("[ [ goes back to %q, want %q", m.committed, want)
	}
	drive(m, "+", "r")
	if !shows(m, "This entry has no request to filter by.") {
		t.Errorf("says %q", m.said)
	}
}

// TestPivotOnEveryValue goes through the whole tree of every entry: + keeps the entry, - drops it, and neither can be misread.
func TestPivotOnEveryValue(t *testing.T) {
	all := morning(t)
	hostile, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:24:00Z","operation":"Delete\u001b[2JUser","status":"O\u202eK","log_id":"\u0007x","principal":{"type":"user","name":"OR -x"},"details":{"a b":{"*":["", null, "\"\\", 1e3, true, {}]},"x":[[["y","(z"]]]}}`), audit.Origin{})
	all = append(all, hostile...)
	m := screen(t, 120, 40, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	seen := 0
	for i := range all {
		r := m.state.Store.At(i)
		e := r.Entry()
		m.detail.SetEntry(r)
		drive(m, "enter")
		m.focusOn(onDetail)
		m.detail.SetEntry(r)
		press(m, "g", "L")
		path := ""
		for {
			f, ok := m.detail.Focused()
			if !ok {
				t.Fatal("nothing has the focus")
			}
			if f.Path == path {
				break
			}
			path = f.Path
			part, ok := query.At(&e, m.env(), f.Names, f.Plain)
			if path == "." {
				if ok {
					t.Errorf("the whole entry is filtered by %s", part)
				}
			} else {
				seen++
				for text, want := range map[string]bool{part: true, query.Negated(part): false} {
					q, err := query.Parse(text)
					if err != nil || q.Match(&e, m.env()) != want {
						t.Errorf("%s of %s: %s (%v)", path, e.Raw, text, err)
					}
				}
			}
			press(m, "j")
		}
		m.focusOn(onList)
	}
	if seen < 200 {
		t.Errorf("%d values were looked at", seen)
	}
}

func TestPivotFromTheTreeStaysThere(t *testing.T) {
	for _, size := range sizes {
		m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
		drive(m, "g", "j", "j", "j", "j", "j", "enter", "g", "j", "j")
		before := m.detail.Key()
		drive(m, "+")
		if m.committed != "operation=UpdateNamespace" || m.focus != onDetail || m.detail.Key() != before {
			t.Errorf("%v: %q, focus on %d", size, m.committed, m.focus)
		}
		drive(m, "j", "-")
		if want := "operation=UpdateNamespace -status=ERROR"; m.committed != want || m.focus != onList {
			t.Errorf("%v: %q, focus on %d", size, m.committed, m.focus)
		}
		if m.found.matches.Has(before) {
			t.Errorf("%v: - keeps the entry", size)
		}
	}
}

func TestJumps(t *testing.T) {
	for _, c := range []struct {
		name, keys, at, says string
	}{
		{"the next error", "g e", "08:15:03 UpdateNamespace", "Error: 1 of 2"},
		{"two on", "g 2 e", "08:15:09 UpdateNamespace", "Error: 2 of 2"},
		{"around the end", "g 3 e", "08:15:03 UpdateNamespace", "Error: 1 of 2, from the oldest again"},
		{"back", "G E", "08:15:09 UpdateNamespace", "Error: 2 of 2"},
		{"back around", "g E", "08:15:09 UpdateNamespace", "Error: 2 of 2, from the newest again"},
		{"the same operation", "g j *", "08:14:09 UpdateNamespace", "UpdateNamespace: 2 of 5"},
		{"and back", "g j * #", "08:01:13 UpdateNamespace", "UpdateNamespace: 1 of 5"},
		{"the same principal", "g s", "09:02:13 CreateServiceAccount", "Entry of user2@example.com: 2 of"},
		{"and back", "g s S", "07:58:12 CreateUserGroup", "Entry of user2@example.com: 1 of"},
		{"counts that are keys of panes", "g 3 e", "08:15:03 UpdateNamespace", "Error: 1 of 2, from the oldest again"},
		{"and of several digits", "g 1 3 e", "08:15:03 UpdateNamespace", "Error: 1 of 2, from the oldest again"},
		{"and from the detail", "g enter 2 e", "08:15:09 UpdateNamespace", "Error: 2 of 2"},
		{"no request", "g j o", "08:01:13 UpdateNamespace", "This entry names no request."},
	} {
		m := screen(t, 120, 40, ModelOptions{}, stream(t))
		drive(m, strings.Split(c.keys, " ")...)
		if got := selected(t, m); got != c.at || !shows(m, c.says) {
			t.Errorf("%s: %s goes to %s and says %q; want %s, %q", c.name, c.keys, got, m.said, c.at, c.says)
		}
	}
}

// TestFollowingARequest goes through all entries of one, also those that the filter hides.
func TestFollowingARequest(t *testing.T) {
	var all []audit.Entry
	for i, raw := range []string{
		`"operation":"CreateNamespace","status":"OK","async_operation_id":"op-1"`,
		`"operation":"UpdateUser","status":"OK","async_operation_id":"op-2"`,
		`"operation":"UpdateNamespace","status":"OK","async_operation_id":"op-1"`,
		`"operation":"UpdateNamespace","status":"ERROR","request_id":"op-1"`,
		`"operation":"UpdateUser","status":"OK","async_operation_id":"op-3"`,
		`"operation":"DeleteNamespace","status":"OK","async_operation_id":"op-1"`,
		`"operation":"DeleteNamespace","status":"OK","async_operation_id":"op-1"`,
	} {
		found, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:0`+string(rune('0'+i))+`:00Z","log_id":"id-`+string(rune('0'+i))+`",`+raw+`}`), audit.Origin{})
		all = append(all, found...)
	}
	m := screen(t, 120, 40, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	filter(m, "op:CreateNamespace")
	var got []string
	for _, want := range []string{"2 of 5", "3 of 5", "4 of 5", "5 of 5", "1 of 5, from the oldest again"} {
		drive(m, "o")
		got = append(got, selected(t, m)[:5])
		if !shows(m, "Entry of this request: "+want) {
			t.Errorf("says %q, want %s", m.said, want)
		}
	}
	if want := []string{"09:02", "09:03", "09:05", "09:06", "09:00"}; !slices.Equal(got, want) {
		t.Errorf("o goes to %v, want %v", got, want)
	}
	if !m.context || m.committed != "op:CreateNamespace" {
		t.Errorf("what the filter hides is not shown dimmed: context %v", m.context)
	}
	drive(m, "enter", "O")
	if selected(t, m)[:5] != "09:06" || m.focus != onDetail {
		t.Errorf("O from the detail goes to %s", selected(t, m))
	}
	drive(m, "esc", "g", "j", "o")
	if !shows(m, "This is the only entry of this request.") {
		t.Errorf("says %q", m.said)
	}
}

// TestJumpsPressedQuicklyAddUp: what is pressed before the first has landed goes further from the same place.
func TestJumpsPressedQuicklyAddUp(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	drive(m, "g")
	first, second := m.key("e"), m.key("e")
	tell(m, second)
	tell(m, first)
	if got := selected(t, m); got != "08:15:09 UpdateNamespace" {
		t.Errorf("e e goes to %s", got)
	}
}

func TestJumpsThatAreGivenUp(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	ctx, cancel := context.WithCancel(m.ctx)
	m.ctx = ctx
	drive(m, "g")
	cmd := m.key("e")
	cancel()
	before := selected(t, m)
	tell(m, cmd)
	if got := selected(t, m); got != before {
		t.Errorf("goes to %s after its end", got)
	}
}

func TestSameKeyInTheTree(t *testing.T) {
	found, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:00:00Z","operation":"UpdateUser","log_id":"1","details":{"a":{"name":"x"},"b":[{"name":"y"},{"name":"z"}]}}`), audit.Origin{})
	m := screen(t, 120, 40, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: found}, live("1")}})
	drive(m, "enter", "g", "L")
	for m.detail.Path() != ".details.a.name" {
		before := m.detail.Path()
		if drive(m, "j"); m.detail.Path() == before {
			t.Fatalf("no way to it: at %s", before)
		}
	}
	for _, c := range []struct{ key, path, says string }{
		{"*", ".details.b[0].name", `"name": 2 of 3 in this entry.`},
		{"*", ".details.b[1].name", `"name": 3 of 3`},
		{"*", ".details.a.name", `1 of 3 in this entry, from the top again`},
		{"#", ".details.b[1].name", `3 of 3 in this entry, from the bottom again`},
	} {
		drive(m, c.key)
		if m.detail.Path() != c.path || !shows(m, c.says) {
			t.Errorf("%s goes to %s and says %q", c.key, m.detail.Path(), m.said)
		}
	}
	drive(m, "g", "H", "*")
	if !shows(m, "no name to look for") {
		t.Errorf("says %q", m.said)
	}
}

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
