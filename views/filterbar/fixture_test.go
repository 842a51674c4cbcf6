package filterbar

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

func now() time.Time { return time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC) }

// data has total entries of which shown match.
func data(shown, total int) views.Data {
	s := store.New(store.Limits{})
	var list []audit.Entry
	for i := range total {
		e := audit.Entry{LogID: fmt.Sprint(i), Operation: "UserLogin", EmitTime: now().Add(-time.Duration(i) * time.Second), Raw: "{}"}
		if i < shown {
			e.Operation = "DeleteUser"
		}
		list = append(list, e)
	}
	s.Append(list)
	f := store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation == "DeleteUser" })
	return views.Data{Now: now(), Store: s.Snapshot(), Matches: s.Snapshot().Match(context.Background(), f, nil), Filter: 1}
}

// bar is a line of that width, as high as it wants to be, with a filter that was committed.
func bar(width int, filter string) *Pane {
	p := New()
	p.SetTheme(theme.For(true, colorprofile.TrueColor))
	p.SetSize(width, 10)
	d := data(389, 412)
	if filter == "" {
		d.Matches = nil
	}
	p.SetData(d)
	q, err := query.Parse(filter)
	if err != nil {
		panic(err)
	}
	p.SetFilter(filter, q)
	return p
}

func operations() []Value {
	return []Value{
		{"UpdateNamespace", 190},
		{"UserLogin", 1021},
		{"DeleteUser", 2},
		{"CreateUser", 14},
		{"UpdateUser", 40},
		{"InviteUsers", 4},
		{"CreateAPIKey", 9},
		{"DeleteNexusEndpoint", 1},
		{"UpdateAccount", 3},
	}
}

// keyPress is a key by the name that Bubble Tea gives it.
func keyPress(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f5": tea.KeyF5,
	}
	var m tea.KeyMod
	rest := name
	for {
		head, tail, ok := strings.Cut(rest, "+")
		if !ok || tail == "" {
			break
		}
		m |= map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}[head]
		rest = tail
	}
	if c, ok := codes[rest]; ok {
		return tea.KeyPressMsg{Code: c, Mod: m}
	}
	r := []rune(rest)
	if m != 0 {
		return tea.KeyPressMsg{Code: r[0], Mod: m}
	}
	if rest == " " {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	return tea.KeyPressMsg{Code: r[0], Text: rest}
}

// press hands over keys and gives the commands that they led to.
func press(p *Pane, names ...string) []tea.Cmd {
	var out []tea.Cmd
	for _, n := range names {
		out = append(out, p.Update(keyPress(n)))
	}
	return out
}

// typeIn types a text.
func typeIn(p *Pane, text string) []tea.Cmd {
	var out []tea.Cmd
	for _, r := range text {
		out = append(out, press(p, string(r))...)
	}
	return out
}

// failer is a test, also one of rapid.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// messages runs commands that do not wait, and gives their messages. Those that wait for a pause are left out.
func messages(t failer, cmds ...tea.Cmd) []tea.Msg {
	t.Helper()
	var out []tea.Msg
	for _, c := range cmds {
		if c == nil {
			continue
		}
		switch msg := c().(type) {
		case tea.BatchMsg:
			out = append(out, messages(t, msg...)...)
		case Paused:
		default:
			out = append(out, msg)
		}
	}
	return out
}

// frame gives the view without styles and checks that it is exactly as large as the pane, by both ways that terminals count,
// and that it holds nothing that a terminal obeys.
func frame(t failer, p *Pane) string {
	t.Helper()
	plain := ansi.Strip(p.View())
	lines := strings.Split(plain, "\n")
	if p.height == 0 && plain == "" {
		return ""
	}
	if len(lines) != p.height {
		t.Fatalf("%d lines in %dx%d:\n%s", len(lines), p.width, p.height, plain)
	}
	for i, l := range lines {
		if ansi.StringWidth(l) != p.width || ansi.StringWidthWc(l) != p.width {
			t.Fatalf("line %d is %d and %d cells wide in %dx%d: %q", i, ansi.StringWidth(l), ansi.StringWidthWc(l), p.width, p.height, l)
		}
		if grid.Clean(l) != l {
			t.Fatalf("line %d is not clean: %q", i, l)
		}
	}
	if c := p.Cursor(); c != nil && (c.X < 0 || c.X >= p.width || c.Y < 0 || c.Y >= p.height) {
		t.Fatalf("the cursor stands at %d, %d of %dx%d", c.X, c.Y, p.width, p.height)
	}
	return plain
}

// fit makes the pane as high as it wants to be.
func fit(p *Pane) { p.SetSize(p.width, p.Lines()) }
