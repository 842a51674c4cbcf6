package app

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"taudit/views"
)

// line gives a line of the screen, counted from 0.
func line(m *Model, n int) string { return strings.Split(ansi.Strip(m.View().Content), "\n")[n] }

func TestARangeOfTheTimelineIsFilteredBy(t *testing.T) {
	for _, size := range sizes {
		m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
		run(t, m, keyOf("v"))
		if m.focus != onTimeline || !shows(m, "filters by it") && size[0] > 60 {
			t.Fatalf("%v: v does not go to the timeline:\n%s", size, ansi.Strip(m.View().Content))
		}
		run(t, m, keyOf("g"), keyOf("v"), keyOf("w"), keyOf("w"))
		said := regexp.MustCompile(`(\d+) entr`).FindStringSubmatch(m.summary())
		run(t, m, keyOf("enter"))
		if m.focus != onList || !strings.HasPrefix(m.filter.Text(), "time:2023-11-08T07:") {
			t.Errorf("%v: focus %d, filter %q", size, m.focus, m.filter.Text())
		}
		if n := m.found.matches.Len(); said == nil || said[1] != strconv.Itoa(n) || n < 2 {
			t.Errorf("%v: %d entries, said %v", size, n, said)
		}
		run(t, m, keyOf("v"), keyOf("g"), keyOf("v"), keyOf("enter"))
		if strings.Count(m.filter.Text(), "time:") != 1 {
			t.Errorf("%v: the earlier range is not replaced: %q", size, m.filter.Text())
		}
	}
}

func TestTheTimelineIsLeft(t *testing.T) {
	for _, key := range []string{"esc", "q", "1", "tab"} {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		before := line(m, 3)
		run(t, m, keyOf("v"), keyOf("h"), keyOf("v"), keyOf("h"))
		if line(m, 3) == before {
			t.Error("what is selected is not seen")
		}
		run(t, m, keyOf(key))
		left := m.focus != onTimeline
		run(t, m, keyOf("1")) // the next pane may have taken the place of the list
		if !left || line(m, 3) != before || m.filter.Text() != "" || m.asking {
			t.Errorf("%s does not leave it: %q, before %q", key, line(m, 3), before)
		}
	}
}

func TestTheTimelineIsTakenAway(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	run(t, m, keyOf("i"))
	if m.areas.shown(onTimeline) || !strings.Contains(line(m, 3), "TIME UTC") || !shows(m, "i shows it again") {
		t.Errorf("i leaves it:\n%s", ansi.Strip(m.View().Content))
	}
	run(t, m, keyOf("{"))
	if got := selected(t, m); got == "09:20:22 UpdateUserNamespacePermissions" {
		t.Error("{ needs it to be shown")
	}
	run(t, m, keyOf("v"))
	if !m.areas.shown(onTimeline) || m.focus != onTimeline {
		t.Error("v does not bring it back")
	}
	run(t, m, keyOf("i"))
	if m.areas.shown(onTimeline) || m.focus != onList {
		t.Error("i does not take it away from under the hands")
	}
}

func TestJumpsGoThroughTheList(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	run(t, m, keyOf("{"))
	if got := selected(t, m); got != "08:44:20 InviteUsers" || !m.events.Held() || !shows(m, "of quiet: 9 entries from 08:44:20Z") {
		t.Errorf("{ goes to %s:\n%s", got, ansi.Strip(m.View().Content))
	}
	run(t, m, keyOf("g"), keyOf("}"))
	if got := selected(t, m); got != "08:44:20 InviteUsers" {
		t.Errorf("} goes to %s", got)
	}
}

func TestADragOnTheTimelineSelects(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{Mouse: true}, stream(t))
	x, y := locate(t, m, "│█  █")
	at := func(dx int) tea.Mouse { return tea.Mouse{X: x + 1 + dx, Y: y, Button: tea.MouseLeft} }
	run(t, m, tea.MouseClickMsg(at(0)), tea.MouseMotionMsg(at(8)), tea.MouseReleaseMsg(at(8)))
	if m.focus != onTimeline || !shows(m, "07:58:00Z to 08:07:00Z  9m00s  3 entries") {
		t.Errorf("focus %d:\n%s", m.focus, ansi.Strip(m.View().Content))
	}
	run(t, m, keyOf("enter"))
	if m.filter.Text() != "time:2023-11-08T07:58Z..2023-11-08T08:06Z" || !shows(m, "3 of 17") {
		t.Errorf("filter %q", m.filter.Text())
	}
}

func TestZoomKeysGoToTheTimelineFromTheList(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	run(t, m, keyOf("k"), keyOf("k"), keyOf("z"))
	if !shows(m, "[15s/col]") || !shows(m, "earlier") || m.focus != onList {
		t.Errorf("z:\n%s", ansi.Strip(m.View().Content))
	}
	run(t, m, keyOf("Z"))
	run(t, m, keyOf("Z"))
	if !shows(m, "[1m/col]") || shows(m, "earlier") {
		t.Errorf("Z:\n%s", ansi.Strip(m.View().Content))
	}
	if a := m.answers(views.ZoomIn); a != onTimeline {
		t.Errorf("z is answered by %d", a)
	}
}
