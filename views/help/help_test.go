package help_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
	"taudit/views"
	"taudit/views/help"
)

func rows(n int) []help.Row {
	var out []help.Row
	for i := range n {
		out = append(out, help.Row{Keys: fmt.Sprintf("k%02d", i), List: "does a thing", Detail: "does another"})
	}
	return out
}

func frame(t *testing.T, p *help.Pane, w, h int) string {
	t.Helper()
	lines := strings.Split(ansi.Strip(p.View()), "\n")
	if len(lines) != h {
		t.Errorf("%d lines, want %d", len(lines), h)
	}
	for _, l := range lines {
		if ansi.StringWidth(l) != w {
			t.Errorf("line of %d cells, want %d: %q", ansi.StringWidth(l), w, l)
		}
	}
	return strings.Join(lines, "\n")
}

func TestHelpScrollsThroughAllRows(t *testing.T) {
	p := help.New()
	p.SetTheme(theme.New(theme.Dark(), theme.NewGlyphs(true)))
	p.SetSize(60, 12)
	p.SetRows(rows(25))
	seen := map[string]bool{}
	for range 30 {
		view := frame(t, p, 60, 12)
		for i := range 25 {
			if k := fmt.Sprintf("k%02d", i); strings.Contains(view, k) {
				seen[k] = true
			}
		}
		p.Update(views.Act{Action: views.Down, Count: 1})
	}
	if len(seen) != 25 || !strings.Contains(frame(t, p, 60, 12), "16-25 of 25") {
		t.Errorf("saw %d of 25 rows; at the end:\n%s", len(seen), frame(t, p, 60, 12))
	}
	p.Update(views.Act{Action: views.Top, Count: 1})
	if !strings.Contains(frame(t, p, 60, 12), "1-10 of 25") {
		t.Error("top does not go to the top")
	}
}

func TestHelpKeepsItsFrameAtAnySize(t *testing.T) {
	p := help.New()
	p.SetRows(rows(3))
	for _, size := range [][2]int{{1, 2}, {5, 3}, {12, 4}, {30, 2}, {300, 90}} {
		p.SetSize(size[0], size[1])
		frame(t, p, size[0], size[1])
	}
}

func TestHelpFinds(t *testing.T) {
	p := help.New()
	p.SetSize(60, 8)
	p.SetRows([]help.Row{
		{Keys: "m", List: "mark, or take the mark away", Detail: "mark"},
		{Keys: "e", List: "next error"},
		{Keys: "E", Detail: "previous Error"},
		{},
		{List: "While the filter is typed, errors too:"},
	})
	for _, c := range []struct {
		text string
		want []string
	}{
		{"error", []string{"next error", "previous Error"}},
		{"ERROR next", []string{"next error"}},
		{"mark", []string{"mark, or take the mark"}},
		{"nothing", []string{"none"}},
		{"", []string{"next error", "mark, or take the mark", "While the filter"}},
	} {
		p.SetSearch(c.text, true)
		view := frame(t, p, 60, 8)
		for _, w := range c.want {
			if !strings.Contains(view, w) {
				t.Errorf("%q does not find %q:\n%s", c.text, w, view)
			}
		}
		if c.text != "" && strings.Contains(view, "While") {
			t.Errorf("%q finds a heading", c.text)
		}
		if cur := p.Cursor(); cur == nil || cur.X != len(" Keys with ")+len(c.text) {
			t.Errorf("cursor %+v", cur)
		}
	}
	if p.Close() != true || p.Close() || p.Cursor() != nil {
		t.Error("the search does not end")
	}
}

// TestHelpCutsNothing: what a row says stands on as many lines as it takes.
func TestHelpCutsNothing(t *testing.T) {
	p := help.New()
	p.SetSize(60, 12)
	p.SetRows([]help.Row{{Keys: "y", List: strings.Repeat("word ", 20) + "end", Detail: strings.Repeat("other ", 10) + "stop"}})
	view := strings.Join(strings.Fields(frame(t, p, 60, 12)), " ")
	if !strings.Contains(view, "end") || !strings.Contains(view, "stop") || strings.Count(view, "word") != 20 {
		t.Errorf("cut:\n%s", view)
	}
}
