package commandbar

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"taudit/views/prompt"
)

func table() []Command {
	return []Command{
		{Name: "w", Also: []string{"write"}, Args: "FILE", Does: "write it"},
		{Name: "set", Args: "NAME VALUE", Does: "change a setting"},
		{Name: "save", Args: "NAME", Does: "keep a view"},
		{Name: "about", Does: "what this is"},
		{Name: "q", Does: "quit"},
	}
}

// bar is a line whose settings are known at once, and whose files come late.
func bar() *Pane {
	p := New(table(), func(command, argument, text string) ([]prompt.Item, tea.Cmd) {
		var items []prompt.Item
		list := map[string][]string{"set": {"theme ", "times "}, "w": {"case.csv"}}[command]
		for _, s := range list {
			if strings.HasPrefix(s, argument) {
				items = append(items, prompt.Item{Text: s})
			}
		}
		if command == "w" {
			return nil, func() tea.Msg { return Listed{Text: text, Items: items} }
		}
		return items, nil
	})
	p.SetSize(80, 12)
	return p
}

// press sends keys, and gives what the last of them led to. What comes late comes at once.
func press(p *Pane, keys ...string) tea.Msg {
	var last tea.Msg
	for _, k := range keys {
		msg := map[string]tea.KeyPressMsg{
			"tab": {Code: tea.KeyTab}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp},
			"backspace": {Code: tea.KeyBackspace}, "space": {Code: ' ', Text: " "},
		}[k]
		if msg == (tea.KeyPressMsg{}) {
			msg = tea.KeyPressMsg{Code: rune(k[0]), Text: k}
		}
		last = settle(p, p.Update(msg))
	}
	return last
}

func settle(p *Pane, cmd tea.Cmd) tea.Msg {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		var last tea.Msg
		for _, c := range msg {
			if m := settle(p, c); m != nil {
				last = m
			}
		}
		return last
	case Listed:
		return settle(p, p.Update(msg))
	default:
		return msg
	}
}

func TestWhatIsTyped(t *testing.T) {
	for _, c := range []struct {
		keys, text string // text is what is there still; empty: nobody types any more
		want       tea.Msg
		shows      string
	}{
		{"q enter", "", Entered{"q"}, ""},
		{"w r i t e space x enter", "", Entered{"write x"}, ""},
		{"enter", "", Left{}, ""},
		{"esc", "", Left{}, ""},
		{"backspace", "", Left{}, ""},
		{"a b tab enter", "", Entered{"about"}, ""},
		{"s tab tab enter", "save ", nil, ":save NAME  keep a view"},
		{"s tab esc", "s", nil, ""},
		{"s e tab", "set ", nil, "set NAME VALUE"},
		{"s e tab t tab", "set t", nil, "1 of 2"},
		{"s e tab t i tab", "set times ", nil, ""},
		{"w space tab", "w case.csv", nil, ""},
		{"w space x tab", "w x", nil, "nothing known begins with x"},
		{"a b o u t space tab", "about ", nil, "nothing is known that could follow :about"},
		{"s e v e enter", "seve", nil, "there is no command :seve; did you mean :save?"},
		{"x y z w enter", "xyzw", nil, "Tab on an empty line lists them all"},
		{"a b o enter", "abo", nil, "there is :about"},
		{"tab", "", nil, "1 of 5"},
		{"n o t e p tab", "notep", nil, "there is no command :notep"},
	} {
		p := bar()
		p.Open("", false)
		got := press(p, strings.Fields(c.keys)...)
		if got != c.want {
			t.Errorf("%s: %#v, want %#v", c.keys, got, c.want)
		}
		if p.Editing() && (p.line.Text() != c.text || !strings.Contains(ansi.Strip(p.View()), c.shows)) {
			t.Errorf("%s: %q, want %q and %q in\n%s", c.keys, p.line.Text(), c.text, c.shows, ansi.Strip(p.View()))
		}
		if c.text != "" && !p.Editing() {
			t.Errorf("%s: nobody types any more", c.keys)
		}
	}
}

func TestHistoryOfCommands(t *testing.T) {
	p := bar()
	p.SetHistory([]string{"w old.csv"})
	p.Open("", false)
	press(p, "q", "enter")
	p.Open("", false)
	press(p, "up")
	if p.line.Text() != "q" {
		t.Errorf("%q", p.line.Text())
	}
	if got := press(p, "up", "enter"); got != (Entered{"w old.csv"}) {
		t.Errorf("%#v", got)
	}
	// A list that comes when something else is typed is of no use.
	p.Open("w ", true)
	press(p, "z")
	p.Update(Listed{Text: "w ", Items: []prompt.Item{{Text: "late"}}})
	if strings.Contains(ansi.Strip(p.View()), "late") {
		t.Error("an old list is shown")
	}
	p.Close()
	if p.Editing() || p.Lines() != 0 || p.Cursor() != nil {
		t.Error("it is not closed")
	}
}

// FuzzKeys presses and pastes: nothing fails, and the frame stays whole.
func FuzzKeys(f *testing.F) {
	f.Add("set th", []byte{0, 1, 2, 0}, 80, 9)
	f.Add("\x1b[2J\u202e山田", []byte{0, 0, 1, 3, 4, 5}, 7, 3)
	f.Fuzz(func(t *testing.T, text string, keys []byte, width, height int) {
		if len(keys) > 60 || len(text) > 300 {
			return
		}
		width, height = max(width%200, 0), max(height%20, 0)
		p := bar()
		p.SetSize(width, height)
		p.Open("", false)
		p.Update(tea.PasteMsg{Content: text})
		for _, k := range keys {
			press(p, []string{"tab", "enter", "esc", "up", "backspace", "s", "w", "space"}[int(k)%8])
			rows := strings.Split(p.View(), "\n")
			if height > 0 && len(rows) != height {
				t.Fatalf("%d lines of %d", len(rows), height)
			}
			for _, r := range rows {
				if n := ansi.StringWidth(r); height > 0 && n != width {
					t.Fatalf("%d cells of %d: %q", n, width, r)
				}
			}
			if !p.Editing() {
				p.Open(text, k%2 == 0)
			}
		}
	})
}
