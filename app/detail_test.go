package app

import (
	"strings"
	"testing"

	"taudit/source"
	"taudit/source/audit"
	"taudit/views"
)

func TestSearchInsideLeavesTheFilterAlone(t *testing.T) {
	for _, size := range sizes {
		w, h := size[0], size[1]
		m := screen(t, w, h, ModelOptions{}, stream(t))
		drive(m, "k", "k", "enter")
		before, list := m.detail.Key(), m.found
		drive(m, "/")
		enter(m, "nj/?qt") // none of these is a key now
		if !m.typist() || m.filter.Editing() || m.helping || m.asking || !shows(m, "/nj/?qt") {
			t.Fatalf("%dx%d: not typed inside the entry:\n%s", w, h, lines(t, m, w, h))
		}
		if c := m.View().Cursor; c == nil || !strings.HasPrefix(strings.Split(lines(t, m, w, h), "\n")[c.Y][:c.X], strings.Split(lines(t, m, w, h), "\n")[c.Y][:2]) {
			t.Errorf("%dx%d: cursor %+v", w, h, c)
		}
		drive(m, "esc", "/")
		enter(m, "id")
		drive(m, "enter", "n")
		if !shows(m, "2 of ") {
			t.Errorf("%dx%d: n does not walk:\n%s", w, h, lines(t, m, w, h))
		}
		if m.detail.Key() != before || m.found.number != list.number || m.committed != "" {
			t.Errorf("%dx%d: the list has changed with it", w, h)
		}
		drive(m, "J")
		if m.detail.Key() == before || !shows(m, "/id") {
			t.Errorf("%dx%d: the search does not go along to the next entry:\n%s", w, h, lines(t, m, w, h))
		}
		drive(m, "esc")
		if shows(m, "/id") || m.focus != onDetail {
			t.Errorf("%dx%d: Esc has to end the search and nothing else", w, h)
		}
		drive(m, "esc")
		if m.focus != onList {
			t.Errorf("%dx%d: the next Esc has to go back", w, h)
		}
	}
}

// n without a search inside goes through the matches of the list, also while the detail has the focus.
func TestMatchesOfTheListFromTheDetail(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	drive(m, "g", "enter")
	before := m.detail.Key()
	drive(m, "n")
	if m.detail.Key() == before {
		t.Error("n does nothing")
	}
}

func TestVisitFromTheContext(t *testing.T) {
	for _, size := range sizes {
		m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
		drive(m, "k", "k", "k", "k", "enter", "tab", "g")
		before := m.detail.Key()
		for range 20 {
			if drive(m, "j", "enter"); m.detail.Key() != before {
				break
			}
		}
		if m.detail.Key() == before || m.focus != onDetail {
			t.Fatalf("%v: Enter does not go there:\n%s", size, lines(t, m, size[0], size[1]))
		}
		if r, _ := m.events.Selected(); !r.Is(m.detail.Key()) {
			t.Errorf("%v: the list has another selected", size)
		}
	}
}

// What the filter hides can be visited: then it hides no longer.
func TestVisitOfWhatIsHidden(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	drive(m, "/")
	enter(m, "op:UpdateUser")
	drive(m, "enter")
	if n := m.found.matches; n == nil || n.Len() == 0 || n.Len() == m.state.Store.Len() {
		t.Fatal("the filter finds nothing, or all")
	}
	drive(m, "enter")
	var hidden views.Visit
	for i := range m.state.Store.Len() {
		if k := m.state.Store.At(i).Key(); !m.found.matches.Has(k) {
			hidden.Key = k
		}
	}
	m.Update(paneMsg{onDetail, hidden})
	if m.detail.Key() != hidden.Key || !m.context || !shows(m, "c hides the others again") {
		t.Errorf("at %v, want %v:\n%s", m.detail.Key(), hidden.Key, lines(t, m, 120, 40))
	}
}

func TestBadRecordsAreExamined(t *testing.T) {
	bad := []audit.Bad{{Raw: "\x00one", Size: 4, Reason: "not JSON"}, {Raw: "\x00two", Size: 4, Reason: "not JSON"}}
	for _, size := range sizes {
		w, h := size[0], size[1]
		m := screen(t, w, h, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: morning(t), Bad: bad}, live("1")}})
		m.Update(paneMsg{onList, views.Examine{Bad: bad[0]}})
		if m.focus != onDetail || !shows(m, "00 6f 6e 65") || !shows(m, "This was received and is no entry") {
			t.Fatalf("%v: not shown:\n%s", size, lines(t, m, w, h))
		}
		more(t, m, live("1"))
		drive(m, "J")
		if !shows(m, "00 74 77 6f") {
			t.Errorf("%v: J does not go to the next:\n%s", size, lines(t, m, w, h))
		}
		drive(m, "esc")
		if m.focus != onList || m.detail.Examining() && m.areas.shown(onDetail) {
			t.Errorf("%v: Esc does not go back:\n%s", size, lines(t, m, w, h))
		}
	}
}
