package events

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
	"taudit/views"
)

func TestMotions(t *testing.T) {
	for _, c := range []struct {
		name string
		do   []views.Act
		want string
		held bool
	}{
		{"nothing", nil, "later-00099", false},
		{"down at the end", []views.Act{{Action: views.Down, Count: 1}}, "later-00099", false},
		{"up", []views.Act{{Action: views.Up, Count: 1}}, "later-00098", true},
		{"5k", []views.Act{{Action: views.Up, Count: 5, Counted: true}}, "later-00094", true},
		{"up and down", []views.Act{{Action: views.Up, Count: 1}, {Action: views.Down, Count: 1}}, "later-00099", true},
		{"previous entry", []views.Act{{Action: views.PrevEntry, Count: 2}, {Action: views.NextEntry, Count: 1}}, "later-00098", true},
		{"page up", []views.Act{{Action: views.PageUp, Count: 1}}, "later-00077", true},
		{"half up, half down", []views.Act{{Action: views.HalfUp, Count: 2}, {Action: views.HalfDown, Count: 1}}, "later-00088", true},
		{"page down at the end", []views.Act{{Action: views.PageDown, Count: 3}}, "later-00099", false},
		{"top", []views.Act{{Action: views.Top, Count: 1}}, "later-00000", true},
		{"12g", []views.Act{{Action: views.Top, Count: 12, Counted: true}}, "later-00011", true},
		{"12G", []views.Act{{Action: views.Bottom, Count: 12, Counted: true}}, "later-00011", true},
		{"top, bottom", []views.Act{{Action: views.Top, Count: 1}, {Action: views.Bottom, Count: 1}}, "later-00099", false},
		{"top, follow", []views.Act{{Action: views.Top, Count: 1}, {Action: views.Follow, Count: 1}}, "later-00099", false},
		{"hold in place", []views.Act{{Action: views.Hold, Count: 1}}, "later-00099", true},
		{"hold twice", []views.Act{{Action: views.Hold, Count: 1}, {Action: views.Hold, Count: 1}}, "later-00099", false},
		{"sideways", []views.Act{{Action: views.Right, Count: 1}, {Action: views.FarRight, Count: 1}, {Action: views.Left, Count: 1}, {Action: views.FarLeft, Count: 1}}, "later-00099", false},
		{"not for us", []views.Act{{Action: views.Open, Count: 1}}, "later-00099", false},
		{"without a count", []views.Act{{Action: views.Up}}, "later-00098", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := shown(80, 24, later(100)...)
			for _, a := range c.do {
				p.Update(a)
				screen(t, p, 80, 24)
			}
			if got := selected(t, p); got != c.want || p.Held() != c.held {
				t.Errorf("%s is selected, held %t; want %s, %t", got, p.Held(), c.want, c.held)
			}
		})
	}
}

func TestMotionsWithoutEntries(t *testing.T) {
	p := New()
	for range 2 {
		for _, a := range append(p.Actions(), views.Up, views.Down, views.Top, views.Bottom, views.Hold, views.Follow, views.PageUp, views.Right, views.FarRight) {
			do(p, a)
		}
		p.Select(store.Key{Time: 1})
		p.Move(3)
		if p.Held() || p.News() != 0 {
			t.Error("nothing is held")
		}
		p.SetSize(80, 24)
		p.SetData(views.Data{Now: now, Store: store.New(store.Limits{}).Snapshot()})
		screen(t, p, 80, 24)
	}
}

func TestSelect(t *testing.T) {
	p, s := shown(80, 24, later(100)...)
	snap := s.Snapshot()
	p.Select(snap.At(99).Key())
	if p.Held() {
		t.Error("selecting the newest holds")
	}
	p.Select(snap.At(40).Key())
	if got := selected(t, p); got != "later-00040" || !p.Held() {
		t.Errorf("%s is selected, held %t", got, p.Held())
	}
	p.Select(store.Key{})
	if got := selected(t, p); got != "later-00000" {
		t.Errorf("%s is nearest to the beginning of time", got)
	}
	p.Move(2)
	if got := selected(t, p); got != "later-00002" {
		t.Errorf("%s is selected", got)
	}
}

func TestMouse(t *testing.T) {
	p, s := shown(80, 24, later(100)...)
	click := func(x, y int) { p.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	wheel := func(b tea.MouseButton) { p.Update(tea.MouseWheelMsg{Button: b}) }

	wheel(tea.MouseWheelDown)
	if p.Held() {
		t.Error("the wheel holds at the end")
	}
	click(5, 0)
	click(5, 24)
	click(-1, 5)
	p.Update(tea.MouseClickMsg{X: 5, Y: 5, Button: tea.MouseRight})
	if p.Held() {
		t.Error("a click beside the rows selects one")
	}
	click(5, 1)
	if got := selected(t, p); got != "later-00077" || p.row != 0 {
		t.Errorf("%s is selected, on row %d", got, p.row)
	}
	wheel(tea.MouseWheelUp)
	if got := selected(t, p); got != "later-00077" || p.row != 3 {
		t.Errorf("%s is selected, on row %d", got, p.row)
	}
	// Late entries come between the rows: a click still means what is seen.
	add(p, s, entry("late", "09:22:18", "Late", "OK", "user1@example.com", "", ""))
	want := lines(t, p)[11]
	click(5, 11)
	if r, _ := p.Selected(); p.row != 10 || !strings.Contains(want, r.Target()) {
		t.Errorf("%s is selected on row %d, clicked on %q", r.LogID(), p.row, want)
	}
	click(5, 23)
	if p.Held() {
		t.Error("a click on the counting line does not follow")
	}
	wheel(tea.MouseWheelUp)
	if !p.Held() {
		t.Error("the wheel does not hold")
	}
}

func TestSideways(t *testing.T) {
	long := "begin-" + strings.Repeat("0123456789", 8) + "-end"
	p, s := shown(80, 24, entry("1", "09:00:00", "CreateUser", "OK", "user1@example.com", long, ""))
	at := func(what string) bool { return strings.Contains(screen(t, p, 80, 24), what) }
	if !at("begin-0123") {
		t.Error("a row does not begin at its beginning")
	}
	do(p, views.Left)
	do(p, views.Right)
	if !at("…3456789") || !at("CreateUser") || p.Held() {
		t.Errorf("one step to the right:\n%s", screen(t, p, 80, 24))
	}
	before := p.skip
	add(p, s, later(100)...)
	if p.skip != before {
		t.Error("arrivals move the view sideways")
	}
	p.Select(s.Snapshot().At(0).Key())
	do(p, views.FarRight)
	if !at("789-end") {
		t.Errorf("far right:\n%s", screen(t, p, 80, 24))
	}
	do(p, views.Left)
	if at("789-end") {
		t.Error("one step to the left of the far right changes nothing")
	}
	for range 20 {
		do(p, views.Right)
	}
	if !at("789-end") {
		t.Error("steps to the right do not reach the end")
	}
	do(p, views.FarLeft)
	if !at("begin-0123") {
		t.Error("far left is not the beginning")
	}
}

func TestActionsAreAnswered(t *testing.T) {
	p, _ := shown(80, 24, later(100)...)
	for _, held := range []bool{false, true} {
		if held {
			do(p, views.Hold)
		}
		seen := map[views.Action]bool{}
		for _, a := range p.Actions() {
			if seen[a] {
				t.Errorf("%s is named twice", a)
			}
			seen[a] = true
		}
		for _, a := range []views.Action{views.Up, views.Hold, views.Follow, views.Bottom, views.Right} {
			if !seen[a] {
				t.Errorf("held %t: %s is not named", held, a)
			}
		}
	}
	if p.Title() == "" || p.Cursor() != nil {
		t.Error("the pane has no title, or a cursor")
	}
}

func TestCountingLineNamesItsKeys(t *testing.T) {
	p, s := shown(80, 24, later(100)...)
	p.SetFollowKeys("End")
	do(p, views.Up)
	add(p, s, morning()...)
	last := lines(t, p)[23]
	if !strings.Contains(last, " ↓ 17 new  End = follow ") {
		t.Errorf("%q", last)
	}
}
