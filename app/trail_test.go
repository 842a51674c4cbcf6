package app

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// hit presses keys and lets everything come of them.
func hit(t testing.TB, m *Model, keys ...string) {
	t.Helper()
	for _, k := range keys {
		run(t, m, keyOf(k))
	}
}

func filterBy(t testing.TB, m *Model, text string) {
	t.Helper()
	hit(t, m, "/")
	run(t, m, tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}, tea.PasteMsg{Content: text}, keyOf("enter"))
}

func TestBackThroughTheFilters(t *testing.T) {
	for _, size := range sizes {
		synctest.Test(t, func(t *testing.T) {
			m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
			hit(t, m, "[")
			if !shows(m, "There was no other filter before this one.") {
				t.Error("it is not said that there is nowhere to go back to")
			}
			hit(t, m, "k", "k", "k")
			start := selected(t, m)
			filterBy(t, m, "op:UpdateNamespace")
			hit(t, m, "k")
			updates := selected(t, m)
			filterBy(t, m, "op:UpdateNamespace is:error")
			filterBy(t, m, "op:UpdateNamespace is:error") // the same again is no step
			hit(t, m, "[")
			if m.committed != "op:UpdateNamespace" || m.filter.Text() != m.committed || selected(t, m) != updates || !m.events.Held() {
				t.Errorf("back at %q, at %s, want %s", m.committed, selected(t, m), updates)
			}
			hit(t, m, "[")
			if m.committed != "" || selected(t, m) != start {
				t.Errorf("back at %q, at %s, want %s", m.committed, selected(t, m), start)
			}
			hit(t, m, "]", "]")
			if m.committed != "op:UpdateNamespace is:error" {
				t.Errorf("forward at %q", m.committed)
			}
			hit(t, m, "]")
			if !shows(m, "This is the latest filter.") {
				t.Error("it is not said that there is nowhere to go on to")
			}
			hit(t, m, "5", "[")
			if m.committed != "" || selected(t, m) != start {
				t.Errorf("5[ goes back to %q", m.committed)
			}
			filterBy(t, m, "who:terraform")
			hit(t, m, "]")
			if m.committed != "who:terraform" {
				t.Errorf("another filter leaves %q ahead", m.committed)
			}
		})
	}
}

func TestTheTrailIsBounded(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	for i := range 2 * maxTrail {
		m.narrow(views.Narrow{Query: fmt.Sprint("x", i), Instead: true})
	}
	if n := len(m.trail.behind); n != maxTrail {
		t.Errorf("%d filters are kept", n)
	}
}

func TestEnterFiltersByAPrincipalAndBack(t *testing.T) {
	for _, size := range sizes {
		synctest.Test(t, func(t *testing.T) {
			m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
			hit(t, m, "k", "k")
			start := selected(t, m)
			hit(t, m, "2", "j")
			who := focusedOn(m)
			hit(t, m, "enter")
			if focusedOn(m) != "Events" || !strings.HasPrefix(m.committed, "principal=") || !shows(m, "Enter again: its page") {
				t.Fatalf("enter: filter %q, in %s\n%s", m.committed, focusedOn(m), lines(t, m, size[0], size[1]))
			}
			for i := range m.found.matches.Len() {
				if name := strings.TrimPrefix(m.committed, "principal="); m.found.matches.At(i).Actor() != name {
					t.Errorf("%s is among the entries of %s", m.found.matches.At(i).Actor(), name)
				}
			}
			hit(t, m, "[")
			if m.committed != "" || focusedOn(m) != who || selected(t, m) != start {
				t.Errorf("back: filter %q, in %s, at %s, want %s", m.committed, focusedOn(m), selected(t, m), start)
			}
			hit(t, m, "enter", "enter")
			if focusedOn(m) == "Events" || !shows(m, "FIRST") || !strings.HasPrefix(m.committed, "principal=") {
				t.Errorf("enter twice does not show the page but %s, by %q", focusedOn(m), m.committed)
			}
			hit(t, m, "q", "[", "l")
			if !shows(m, "FIRST") || m.committed != "" {
				t.Errorf("l does not show the page, or the filter is %q", m.committed)
			}
			hit(t, m, "h")
			if shows(m, "FIRST") || focusedOn(m) != who {
				t.Error("h does not go back to the table")
			}
			// Another key comes between: Enter opens the entry.
			hit(t, m, "enter", "k", "enter")
			if m.focus != onDetail {
				t.Errorf("enter on an entry opens %s", focusedOn(m))
			}
		})
	}
}

func focusedOn(m *Model) string {
	name, _, _ := strings.Cut(m.focused().Title(), ":")
	return name
}

func TestAnActionOfAPageIsVisitedInTheList(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	hit(t, m, "2", "l", "G", "enter")
	if m.focus != onList || !m.events.Held() {
		t.Fatalf("in %s", focusedOn(m))
	}
	who := strings.Fields(selected(t, m))
	r, _ := m.events.Selected()
	hit(t, m, "2", "q", "2", "j", "l", "G", "k", "enter")
	if o, _ := m.events.Selected(); o.Actor() == r.Actor() {
		t.Errorf("both pages lead to %v", who)
	}
}
