package app

import (
	"slices"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"taudit/views"
)

func TestFindingInTheHelp(t *testing.T) {
	for _, c := range []struct {
		keys        []string
		text        string
		typing, out bool
	}{
		{[]string{"?", "/", "m", "a", "r", "k"}, "mark", true, false},
		{[]string{"?", "m", "a", "r", "k"}, "mark", true, false}, // m does nothing in the help
		{[]string{"?", "j", "k"}, "", false, false},
		{[]string{"?", "5", "j"}, "", false, false},
		{[]string{"?", "/", "j", "q", "space", "?", "/"}, "jq ?/", true, false},
		{[]string{"?", "/", "a", "b", "backspace"}, "a", true, false},
		{[]string{"?", "/", "backspace"}, "", false, false},
		{[]string{"?", "/", "a", "b", "ctrl+u"}, "", true, false},
		{[]string{"?", "m", "a", "enter", "j"}, "ma", false, false},
		{[]string{"?", "m", "a", "down", "pgdown"}, "ma", true, false},
		{[]string{"?", "m", "esc"}, "", false, false},
		{[]string{"?", "m", "esc", "esc"}, "", false, true},
		{[]string{"?", "m", "enter", "q"}, "m", false, true},
		{[]string{"?", "g", "h"}, "h", true, false},
	} {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		press(m, c.keys...)
		if text, typing := m.help.Search(); text != c.text || typing != c.typing || m.helping == c.out {
			t.Errorf("%v: looks for %q, typing %v, help %v", c.keys, text, typing, m.helping)
		}
	}
}

// TestEveryActionCanBeFound by a word of what the help says of it, and each of them has help.
func TestEveryActionCanBeFound(t *testing.T) {
	m := screen(t, 200, 60, ModelOptions{}, stream(t))
	press(m, "?")
	for _, b := range Bindings() {
		m.help.SetSearch(b.KeyNames()+" "+b.List+" "+b.Detail, false)
		m.frame.forget()
		if !shows(m, b.KeyNames()) || shows(m, " none ") {
			t.Errorf("%s is not found:\n%s", b.Action, lines(t, m, 200, 60))
		}
	}
}

func TestHelpSearchScreens(t *testing.T) {
	for _, size := range sizes {
		w, h := size[0], size[1]
		t.Run(sizeName(w, h), func(t *testing.T) {
			m := screen(t, w, h, ModelOptions{}, stream(t))
			press(m, "?", "/", "s", "a", "m", "e")
			golden.RequireEqual(t, lines(t, m, w, h))
		})
	}
}

// TestEveryBindingWorksSomewhere presses each key in each pane and in the help: in one of them at least it does something, which shows.
func TestEveryBindingWorksSomewhere(t *testing.T) {
	unseen := []views.Action{
		views.Quit, views.Suspend, views.Redraw, // end the screen, or draw the same
	}
	prepared := map[string][]string{
		"list":       {"g", "j", "j", "j", "j", "j"},
		"held list":  {"k"},
		"top":        {"g"},
		"detail":     {"g", "e", "enter", "g", "j", "j", "j"},
		"detail end": {"g", "e", "enter", "G"},
		"root":       {"g", "e", "enter", "g", "L"},
		"search":     {"g", "e", "enter", "/"},
		"principals": {"2", "j"},
		"page":       {"2", "j", "l"},
		"sinks":      {"3", "j"},
		"marks":      {"g", "m", "j", "m", "j", "m", "4"},
		"marked":     {"g", "m", "j", "j", "m", "k"},
		"compare":    {"g", "e", "m", "j", "m", "d"},
		"timeline":   {"v"},
		"filtered":   {"g", "e", "+", "s", "G"},
		"context":    {"g", "e", "+", "s", "c", "g", "j"},
		"back":       {"g", "e", "+", "s", "["},
		"right":      {"l", "l"},
	}
	does := map[views.Action]bool{}
	for _, size := range [][2]int{{80, 24}, {200, 60}, {60, 15}} {
		for name, keys := range prepared {
			for _, b := range Bindings() {
				if does[b.Action] || slices.Contains(unseen, b.Action) {
					continue
				}
				m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
				drive(m, keys...)
				if name == "search" {
					enter(m, "user")
					drive(m, "enter")
				}
				press(m, "f12") // says nothing any more
				before := m.View().Content
				for _, k := range b.Keys {
					if len(k) == 2 && k[0] != 'f' && k != "up" {
						drive(m, k[:1], k[1:])
					} else {
						drive(m, k)
					}
					if m.View().Content != before {
						does[b.Action] = true
					}
					break
				}
			}
		}
	}
	for _, b := range Bindings() {
		if !does[b.Action] && !slices.Contains(unseen, b.Action) {
			t.Errorf("%s (%s) does nothing in any pane", b.Action, b.KeyNames())
		}
	}
}
