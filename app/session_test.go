package app

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"taudit/app/config"
	"taudit/source"
)

// TestSessionComesBack: filter, place, row, panes and what is open are there again, whatever arrives in which order.
func TestSessionComesBack(t *testing.T) {
	all := morning(t)
	var last config.Session
	d := desk(t)
	d.Session = func(s config.Session) { last = s }
	m := screen(t, 120, 40, ModelOptions{Desk: d}, stream(t))
	order(m, "filter -op:CreateUserGroup")
	order(m, "set times relative")
	order(m, "save mine")
	order(m, "filter -op:UpdateAccount")
	drive(m, "k", "k", "k", "k", "enter")
	m.Update(tickMsg{})
	want, at, row := last, selected(t, m), m.events.Row()
	if want.Filter != "-op:UpdateAccount" || !want.Place.Held || !want.Place.Opened || want.ViewName != "mine" {
		t.Fatalf("kept %+v", want)
	}

	saved, err := d.Views.Get("mine")
	if err != nil {
		t.Fatal(err)
	}
	reading := source.Event{Status: &source.Status{Part: "1", State: source.CatchingUp}}
	o := ModelOptions{Desk: d, View: &want.View, ViewName: want.ViewName, Saved: &saved, Resume: &want}
	back := screen(t, 120, 40, o, script{name: "kinesis audit-prod/us-east-1", events: []source.Event{reading, {Entries: all[15:]}}})
	tell(back, back.seek(back.filter.Query()))
	back.Update(tickMsg{})
	if back.returning == nil {
		t.Fatal("it no longer waits for an entry that is still to come")
	}
	more(t, back, source.Event{Entries: all[:15]})
	f, _ := back.search.extend(t.Context())
	back.Update(feedMsg{found: f})
	back.Update(tickMsg{})
	if back.returning != nil || selected(t, back) != at || back.events.Row() != row || back.focus != onDetail {
		t.Errorf("it is at %s in row %d with pane %d, want %s in row %d", selected(t, back), back.events.Row(), back.focus, at, row)
	}
	back.Update(tickMsg{})
	if !last.Equal(&want) {
		t.Errorf("it came back as %+v, want %+v", last, want)
	}
	if !back.edited() || !strings.Contains(back.tabs(), "mine*") {
		t.Error("it is not said that the view was edited")
	}
}

func TestASessionWhosePlaceIsGone(t *testing.T) {
	all := morning(t)
	s := config.Session{Place: config.PlaceOf(&all[5])}
	s.Place.Held = true
	m := screen(t, 120, 40, ModelOptions{Desk: desk(t), View: &s.View, Resume: &s}, script{name: "kinesis audit-prod/us-east-1", events: []source.Event{{Entries: all[8:]}, live("1")}})
	m.Update(tickMsg{})
	if got := said(m); got != "The entry that you left at is not there any more; this is the nearest." || !m.events.Held() {
		t.Errorf("%q", got)
	}
	// A person who has moved meanwhile stays where they are.
	m = screen(t, 120, 40, ModelOptions{Desk: desk(t), View: &s.View, Resume: &s}, script{name: "kinesis audit-prod/us-east-1"})
	strike(m, tea.KeyPressMsg{Code: 'k', Text: "k"})
	more(t, m, source.Event{Entries: all}, live("1"))
	m.Update(tickMsg{})
	if m.events.Held() {
		t.Error("it moves under the hands")
	}
}
