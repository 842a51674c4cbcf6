package events

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// w shows long values whole over two lines; what is selected stays so, and everything goes by entries.
func TestLongValuesAreWrapped(t *testing.T) {
	p, _ := shown(80, 12, morning()...)
	p.Move(-2)
	was := selected(t, p)
	do(p, views.Wrap)
	if got := selected(t, p); got != was || !p.Wraps() {
		t.Fatalf("%s is selected, not %s", got, was)
	}
	text := lines(t, p)
	at := 0
	for i, l := range text {
		if strings.HasPrefix(l, ">") {
			at = i
		}
	}
	if !strings.Contains(text[at], "UpdateUserNamespacePermiss") || !strings.Contains(text[at+1], "ions") || !strings.Contains(text[at], "audit-log-test.examp") ||
		!strings.Contains(text[at+1], "le-dev") {
		t.Errorf("%s", strings.Join(text, "\n"))
	}
	do(p, views.Up)
	if got := selected(t, p); got == was || p.Place() != "14/17" {
		t.Errorf("one up is %s, %s", got, p.Place())
	}

	// Both lines of an entry are its own, for the mouse too.
	for _, y := range []int{1, 2} {
		p.Update(tea.MouseClickMsg(tea.Mouse{X: 5, Y: y, Button: tea.MouseLeft}))
		if p.row != 0 {
			t.Errorf("a click on line %d selects row %d", y, p.row)
		}
	}
	do(p, views.Right, views.FarRight)
	if p.skip != 0 {
		t.Error("what is wrapped is scrolled sideways")
	}
	p.Update(views.Act{Action: views.Wrap, Count: 2})
	if !p.Wraps() {
		t.Error("twice is not as before")
	}
	do(p, views.Wrap)
	if p.Wraps() || strings.Contains(strings.Join(lines(t, p), "\n"), "  le-dev") {
		t.Error("it is wrapped still")
	}
}

func TestSplitShowsAllThatTwoLinesHold(t *testing.T) {
	p, _ := shown(80, 24)
	for _, c := range []struct {
		text          string
		width         int
		first, second string
	}{
		{"abc", 5, "abc", ""},
		{"abcde", 5, "abcde", ""},
		{"abcdef", 5, "abcde", "f"},
		{"abcdefghijklm", 5, "abcde", "fghijklm"},
		{"a\nb", 5, "a\nb", ""},
		{"界界界", 4, "界界", "界"},
		{"", 5, "", ""},
		{"abc", 0, "", ""},
		{strings.Repeat("x", 1<<20), 5, "xxxxx", strings.Repeat("x", 76)},
	} {
		if first, second := p.split(c.text, c.width); first != c.first || second != c.second {
			t.Errorf("%.20q over %d: %q and %.20q, want %q and %.20q", c.text, c.width, first, second, c.first, c.second)
		}
	}
}
