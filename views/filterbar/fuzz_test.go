package filterbar

import (
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/views/prompt"
)

// FuzzKeys presses keys and pastes: nothing fails, the frame stays whole, and what is committed can be read.
func FuzzKeys(f *testing.F) {
	var names []string
	for _, b := range prompt.Keys(what) {
		names = append(names, b.Keys...)
	}
	f.Add("op:(A OR \x01\x02\x03", []byte{0, 2, 4, 10, 20}, 80, 9)
	f.Add(hostile, []byte{2, 2, 0, 3, 10, 0, 250, 250, 255}, 20, 3)
	f.Add("who:", []byte{250, 2, 4, 4, 0, 0}, 60, 4)
	f.Add("is:x \U0001F1E9\U0001F1EA", []byte{251, 12, 13, 22, 250, 10}, 7, 2)
	f.Fuzz(func(t *testing.T, text string, keys []byte, width, height int) {
		if len(keys) > 60 || len(text) > 500 {
			return
		}
		p := bar(80, "")
		p.SetValues("op", operations())
		p.SetValues("who", hostileValues())
		p.SetHistory([]string{"op:DeleteUser", text, hostile})
		p.SetSize(width%300, height%20)
		p.Open()
		runes := []rune(text)
		for _, k := range keys {
			var cmd tea.Cmd
			switch {
			case int(k) < len(names):
				cmd = p.Update(keyPress(names[k]))
			case k >= 250:
				cmd = p.Update(tea.PasteMsg{Content: text})
			case len(runes) > 0:
				if r := runes[int(k)%len(runes)]; r != utf8.RuneError {
					cmd = p.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
				}
			}
			_ = cmd // it may wait for a pause
			frame(t, p)
			if q, err := query.Parse(p.committed.text); err != nil || !q.Equal(p.committed.query) {
				t.Fatalf("committed %q: %v", p.committed.text, err)
			}
			if !p.Editing() {
				p.Open()
			}
		}
		fit(p)
		frame(t, p)
	})
}

// FuzzText types and pastes text: what goes in comes out.
func FuzzText(f *testing.F) {
	f.Add("since:2h -op:UserLogin")
	f.Add(hostile)
	f.Add("a\nb\r\tc")
	f.Fuzz(func(t *testing.T, s string) {
		want := prompt.OneLine(s)
		if utf8.RuneCountInString(want) > 300 {
			return
		}
		p := bar(80, "")
		p.Open()
		p.Update(tea.PasteMsg{Content: s})
		if p.Text() != want {
			t.Fatalf("%q becomes %q", want, p.Text())
		}
		press(p, "ctrl+u")
		for _, r := range want {
			p.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
		if p.Text() != want {
			t.Fatalf("%q typed becomes %q", want, p.Text())
		}
		frame(t, p)
		for range 3 {
			press(p, "enter")
		}
		if !p.Editing() && p.Text() != strings.TrimSpace(want) && !strings.HasPrefix(p.Text(), strings.TrimSpace(want)) {
			t.Fatalf("%q is committed as %q", want, p.Text())
		}
	})
}
