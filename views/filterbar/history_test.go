package filterbar

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func old(p *Pane) *Pane {
	p.SetHistory([]string{"op:DeleteUser since:7d", "who:terraform", "op:UpdateUser", "who:terraform", "", " "})
	return p
}

func TestHistoryKeepsEachOnce(t *testing.T) {
	p := old(bar(80, ""))
	if got, want := p.History(), []string{"op:DeleteUser since:7d", "op:UpdateUser", "who:terraform"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	p.Open()
	typeIn(p, "op:DeleteUser since:7d")
	press(p, "enter")
	if got, want := p.History(), []string{"op:UpdateUser", "who:terraform", "op:DeleteUser since:7d"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestHistoryIsWalked(t *testing.T) {
	p := old(bar(80, ""))
	p.Open()
	typeIn(p, "draft")
	for _, c := range []struct{ key, want string }{
		{"up", "who:terraform"},
		{"ctrl+p", "op:UpdateUser"},
		{"up", "op:DeleteUser since:7d"},
		{"up", "op:DeleteUser since:7d"},
		{"ctrl+n", "op:UpdateUser"},
		{"down", "who:terraform"},
		{"down", "draft"},
		{"down", "draft"},
		{"ctrl+p", "who:terraform"},
	} {
		press(p, c.key)
		if p.Text() != c.want {
			t.Fatalf("%s: %q, want %q", c.key, p.Text(), c.want)
		}
	}
	got := describe(messages(t, press(p, "enter")...))
	if !slices.Equal(got, []string{"committed who:terraform = principal:terraform"}) {
		t.Errorf("%q", got)
	}
}

func TestHistoryIsSearched(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want string
		open bool // the search goes on
	}{
		{"newest first", []string{"ctrl+r", "o", "p"}, "op:UpdateUser", true},
		{"further back", []string{"ctrl+r", "o", "p", "ctrl+r"}, "op:DeleteUser since:7d", true},
		{"case is nothing", []string{"ctrl+r", "U", "S", "E"}, "op:UpdateUser", true},
		{"a longer term stays where it is, if it can", []string{"ctrl+r", "u", "ctrl+r", "ctrl+r", "s", "e"}, "op:DeleteUser since:7d", true},
		{"nothing found keeps the last", []string{"ctrl+r", "o", "p", "z"}, "op:UpdateUser", true},
		{"a shorter term starts anew", []string{"ctrl+r", "o", "p", "z", "backspace"}, "op:UpdateUser", true},
		{"no term, no find", []string{"ctrl+r", "o", "backspace"}, "draft", true},
		{"Esc restores", []string{"ctrl+r", "o", "p", "esc"}, "draft", false},
		{"Ctrl-G restores", []string{"ctrl+r", "o", "p", "ctrl+g"}, "draft", false},
		{"a motion edits what was found", []string{"ctrl+r", "o", "p", "end", "x"}, "op:UpdateUserx", false},
		{"from there on", []string{"ctrl+r", "o", "p", "up"}, "op:DeleteUser since:7d", false},
		{"and back", []string{"ctrl+r", "o", "p", "down", "down"}, "draft", false},
		{"clearing", []string{"ctrl+r", "o", "p", "ctrl+u"}, "", false},
	} {
		p := old(bar(80, ""))
		p.Open()
		typeIn(p, "draft")
		press(p, c.keys...)
		if p.Text() != c.want || (p.edit.Search != nil) != c.open {
			t.Errorf("%s: %q, want %q; searching %v, want %v", c.name, p.Text(), c.want, p.edit.Search != nil, c.open)
		}
		fit(p)
		frame(t, p)
	}
}

func TestSearchedFilterIsCommitted(t *testing.T) {
	p := old(bar(80, "since:1h"))
	p.Open()
	press(p, "ctrl+r")
	p.Update(tea.PasteMsg{Content: "delete"})
	got := describe(messages(t, press(p, "enter")...))
	if !slices.Equal(got, []string{"committed op:DeleteUser since:7d = operation:DeleteUser since:7d"}) {
		t.Errorf("%q", got)
	}
	// The last term is searched for again by Ctrl-R alone.
	p.SetHistory([]string{"op:DeleteUser since:30d", "op:UpdateUser"})
	p.Open()
	press(p, "ctrl+r", "ctrl+r")
	if p.Text() != "op:DeleteUser since:30d" {
		t.Errorf("%q", p.Text())
	}
}

func TestEmptyHistory(t *testing.T) {
	p := bar(80, "")
	p.Open()
	typeIn(p, "x")
	for _, k := range []string{"up", "down", "ctrl+r", "a", "ctrl+r", "backspace", "esc", "up"} {
		press(p, k)
		fit(p)
		frame(t, p)
	}
	if p.Text() != "x" || !strings.Contains(frame(t, p), "no filter was applied before") {
		t.Errorf("%q\n%s", p.Text(), frame(t, p))
	}
}
