package app

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// locate gives the cell of a text on the screen.
func locate(t testing.TB, m *Model, text string) (x, y int) {
	t.Helper()
	for y, line := range strings.Split(ansi.Strip(m.View().Content), "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			return ansi.StringWidth(before), y
		}
	}
	t.Fatalf("no %q on the screen:\n%s", text, ansi.Strip(m.View().Content))
	return 0, 0
}

func click(t testing.TB, m *Model, text string) {
	t.Helper()
	x, y := locate(t, m, text)
	run(t, m, tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}, tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

func TestMouse(t *testing.T) {
	m := screen(t, 200, 60, ModelOptions{}, stream(t))
	if m.View().MouseMode != tea.MouseModeNone {
		t.Error("the terminal's own selection is taken away without being asked")
	}
	m = screen(t, 200, 60, ModelOptions{Mouse: true}, stream(t))
	if m.View().MouseMode == tea.MouseModeNone {
		t.Error("the mouse is not asked for")
	}
	click(t, m, "FailoverNamespace")
	if got := selected(t, m); got != "09:11:37 FailoverNamespace" || !shows(m, `"FailoverNamespace"`) {
		t.Errorf("a click selects %s", got)
	}
	click(t, m, "x_forwarded_for")
	if m.focus != onDetail || m.detail.Path() != ".x_forwarded_for" {
		t.Errorf("a click in the detail: focus %d at %s", m.focus, m.detail.Path())
	}
	x, y := locate(t, m, "CreateUserGroup")
	run(t, m, tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelUp})
	if m.focus != onDetail || !m.events.Held() {
		t.Error("the wheel takes the focus along")
	}
	click(t, m, "1 Events")
	if m.focus != onList {
		t.Error("a click on the name of a pane does not go there")
	}
	click(t, m, "/ to filter")
	if !m.filter.Editing() {
		t.Error("a click on the filter does not open it")
	}
}

func TestMouseGoesToThePanes(t *testing.T) {
	m, side, other, _, top := staged(t, 200, 60)
	click(t, m, "Places 3")
	if m.focus != m.areas.panes[len(m.areas.panes)-1].pane || len(other.mouse) != 2 || other.mouse[0].Mouse().Y != 2 || other.mouse[0].Mouse().X != 0 {
		t.Errorf("focus %d; the pane got %v", m.focus, other.mouse)
	}
	// A drag goes on outside of the pane it began in.
	x, y := locate(t, m, "Hours 2")
	run(t, m, tea.MouseClickMsg{X: x + 4, Y: y, Button: tea.MouseLeft}, tea.MouseMotionMsg{X: x + 9, Y: y + 20, Button: tea.MouseLeft},
		tea.MouseReleaseMsg{X: x + 9, Y: y + 20}, tea.MouseMotionMsg{X: 1, Y: 1})
	if len(top.mouse) != 3 || top.mouse[1].Mouse().Y != 21 || top.mouse[1].Mouse().X != 9 {
		t.Errorf("the strip got %v", top.mouse)
	}
	click(t, m, "2 People")
	if m.all[m.focus].Pane != side {
		t.Errorf("focus %d", m.focus)
	}
}

func FuzzMouse(f *testing.F) {
	f.Add(80, 24, 3, 4)
	f.Add(200, 60, 150, 20)
	f.Add(0, 0, -1, -1)
	f.Fuzz(func(t *testing.T, w, h, x, y int) {
		m, _, _, _, _ := staged(t, 80, 24)
		w, h = max(w%300, 0), max(h%100, 0)
		run(t, m, tea.WindowSizeMsg{Width: w, Height: h})
		for _, b := range []tea.MouseButton{tea.MouseLeft, tea.MouseRight, tea.MouseWheelUp, tea.MouseWheelDown} {
			run(t, m, tea.MouseClickMsg{X: x, Y: y, Button: b}, tea.MouseWheelMsg{X: x, Y: y, Button: b}, tea.MouseReleaseMsg{X: y, Y: x})
			if w > 0 && h > 0 {
				lines(t, m, w, h)
			}
		}
	})
}
