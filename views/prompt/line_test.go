package prompt

import (
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
	"taudit/views/grid"
)

func TestKeysAreAll(t *testing.T) {
	told := map[string]bool{}
	for _, k := range Keys("filter") {
		if k.Does == "" || len(k.Keys) == 0 {
			t.Errorf("%v tells nothing", k)
		}
		for _, name := range k.Keys {
			if told[name] {
				t.Errorf("%s is told twice", name)
			}
			told[name] = true
		}
	}
	m := inputKeys()
	for _, b := range []interface{ Keys() []string }{
		m.CharacterForward, m.CharacterBackward, m.WordForward, m.WordBackward, m.DeleteWordBackward, m.DeleteWordForward,
		m.DeleteAfterCursor, m.DeleteCharacterBackward, m.DeleteCharacterForward, m.LineStart, m.LineEnd,
	} {
		for _, name := range b.Keys() {
			if !told[name] {
				t.Errorf("the text field knows %s, and the help does not tell", name)
			}
		}
	}
	if textinput.DefaultKeyMap().Paste.Enabled() && m.Paste.Enabled() {
		t.Error("the text field may read the clipboard")
	}
	hint := ansi.Strip(Hint(grid.Text{}, theme.New(theme.Mono(), theme.NewGlyphs(false)), Keys("command"), 80))
	for _, want := range []string{"Enter run", "Esc leave", "Tab complete", "Ctrl-R search"} {
		if !strings.Contains(hint, want) {
			t.Errorf("%q lacks %s", hint, want)
		}
	}
}

// owned is a line of its own that completes fruit.
func owned(h *History) (l *Line, did *[]string) {
	did = new([]string)
	say := func(what string) tea.Cmd { *did = append(*did, what); return nil }
	l = New("command", "", 20, h, Owner{
		Enter: func() tea.Cmd { return say("enter " + l.Text()) }, Escape: func() tea.Cmd { return say("escape") },
		Open: func(entered bool) {
			var items []Item
			for _, f := range []string{"apple", "apricot", "banana"} {
				if strings.HasPrefix(f, l.Text()) {
					items = append(items, Item{Text: f})
				}
			}
			l.Menu = nil
			if len(items) > 0 {
				l.Menu = NewMenu(items, nil, entered)
			}
		},
		Take: func(i Item) { l.Menu = nil; l.Replace(0, len(l.Text()), i.Text) },
		None: func() string { return "no fruit" },
	})
	return l, did
}

func TestLine(t *testing.T) {
	for _, c := range []struct{ keys, text, did string }{
		{"b tab enter", "banana", "enter banana"},
		{"a p tab tab enter enter", "apricot", "enter apricot"},
		{"a shift+tab enter", "apricot", ""},
		{"a tab up enter", "apricot", ""},
		{"a tab pgdown enter", "apricot", ""},
		{"a tab esc esc", "a", "escape"},
		{"x tab", "x", ""},
		{"up up enter", "older", "enter older"},
		{"up down", "", ""},
		{"ctrl+r o l enter", "older", "enter older"},
		{"x ctrl+r o esc esc", "x", "escape"},
		{"x ctrl+u", "", ""},
	} {
		h := &History{}
		h.Add("older")
		h.Add("newer")
		h.Add(" ")
		l, did := owned(h)
		for _, k := range strings.Fields(c.keys) {
			msg := map[string]tea.KeyPressMsg{
				"tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape},
				"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "pgdown": {Code: tea.KeyPgDown},
				"ctrl+r": {Code: 'r', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
			}[k]
			if msg == (tea.KeyPressMsg{}) {
				msg = tea.KeyPressMsg{Code: rune(k[0]), Text: k}
			}
			if _, ok := l.Key(msg); !ok {
				t.Errorf("%s: %s means nothing", c.keys, k)
			}
		}
		if got := strings.Join(*did, ", "); l.Text() != c.text || got != c.did {
			t.Errorf("%s: %q, did %q; want %q and %q", c.keys, l.Text(), got, c.text, c.did)
		}
	}
}

func TestHistoryKeepsEachOnce(t *testing.T) {
	h := &History{}
	for _, s := range []string{"a", "b", "a", "", "c"} {
		h.Add(s)
	}
	if got := h.Lines(); !slices.Equal(got, []string{"b", "a", "c"}) {
		t.Errorf("%q", got)
	}
}

func TestWhatIsTooLongIsToldAndCut(t *testing.T) {
	l, _ := owned(&History{})
	l.Paste(tea.PasteMsg{Content: strings.Repeat("a\n", 15)})
	if n := len(l.Text()); n != 20 || !strings.Contains(l.Message, "a command has at most 20 characters") {
		t.Errorf("%d characters, %q", n, l.Message)
	}
	if l.Replace(0, 0, "more") || len(l.Text()) != 20 {
		t.Errorf("%q was taken in", l.Text())
	}
}

// TestAnyWidthIsKept: whatever the width, lines have it.
func TestAnyWidthIsKept(t *testing.T) {
	th := theme.New(theme.Mono(), theme.NewGlyphs(true))
	text := grid.TextFor(th.Glyphs)
	for width := range 60 {
		for _, typed := range []string{"", "abc", strings.Repeat("山田", 10)} {
			l, _ := owned(&History{})
			l.Paste(tea.PasteMsg{Content: typed})
			var out grid.Line
			d := l.Draw(&out, text, th, ":", width, func(int) theme.Style { return th.Row })
			m := NewMenu([]Item{{Text: "one", Note: "the first"}, {Text: strings.Repeat("two", 30), Counted: true, Count: 12345}}, nil, true)
			all := append(m.Draw(text, th, d.Start(0), width, 5), out.String(), Say(text, "words of some length", width, th.Row), Hint(text, th, Keys("command"), width))
			if width > 0 {
				all = append(all, Point(text, "words of some length", width/2, width, th.Row, 3)...)
			}
			for _, line := range all {
				if got := ansi.StringWidth(line); got != width {
					t.Fatalf("%d cells instead of %d: %q", got, width, ansi.Strip(line))
				}
			}
		}
	}
}
