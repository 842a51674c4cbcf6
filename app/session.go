package app

import (
	"slices"

	"taudit/app/config"
	"taudit/source"
	"taudit/source/store"
)

// sameTime is how many entries of one moment are looked at for the one that was selected.
const sameTime = 256

// session gives what a person would find again.
func (m *Model) session() config.Session {
	s := config.Session{View: m.view(), ViewName: m.saved.name, Focus: m.nameOf(m.focus)}
	row, ok := m.events.Selected()
	if !ok {
		return s
	}
	if !row.Is(m.placed.key) || m.placed.place.IsZero() {
		e := row.Entry()
		m.placed.key, m.placed.place = row.Key(), config.PlaceOf(&e)
	}
	s.Place = m.placed.place
	s.Place.Held = m.events.Held()
	s.Place.Row = m.events.Row()
	s.Place.Opened = m.opened == yes && m.detailShown()
	return s
}

// keepSession has the session kept as it is now. It costs little, and is done every second and at the end.
func (m *Model) keepSession() {
	if m.desk.Session != nil && m.returning == nil {
		m.desk.Session(m.session())
	}
}

// placedEntry is the place of an entry that was looked at last.
type placedEntry struct {
	key   store.Key
	place config.Place
}

// resume begins to bring a session back. The place follows when its entry has been read.
func (m *Model) resume(s *config.Session) {
	for i := range m.all {
		if m.nameOf(i) == s.Focus && m.all[i].goTo != "" {
			m.focusOn(i)
		}
	}
	if s.Place.Held && s.Place.ID != "" {
		m.returning = &s.Place
	}
}

// comeBack goes to the place of the session, once its entry is there, or once everything was read and it is not.
func (m *Model) comeBack() {
	p := m.returning
	if p == nil || m.asked != m.found.number || m.found.rest || m.state.Store.Len() == 0 {
		return
	}
	key, ok := m.lookUp(p)
	reading := slices.ContainsFunc(m.state.Status, func(s source.Status) bool { return s.State == source.Connecting || s.State == source.CatchingUp })
	if !ok && reading {
		return
	}
	m.returning = nil
	if !ok {
		m.said = "The entry that you left at is not there any more; this is the nearest."
	}
	m.events.Stand(key, p.Row)
	if p.Opened {
		m.open()
	}
	m.pass()
	m.lay()
}

// lookUp finds the entry of a place by its time, of which there are few; not ok gives where it would stand.
func (m *Model) lookUp(p *config.Place) (store.Key, bool) {
	snap := m.state.Store
	if found := m.found.matches; found != nil {
		snap = found.Snapshot() // what is listed, which may be a little older
	}
	near := store.Key{Time: p.Time.UnixNano()}
	if p.Time.IsZero() {
		near.Time = 0
	}
	i, _ := snap.Find(near)
	for j := i; j < min(i+sameTime, snap.Len()) && snap.At(j).Time().Equal(p.Time); j++ {
		row := snap.At(j)
		if e := row.Entry(); e.Identity().String() == p.ID {
			return row.Key(), true
		}
	}
	return near, false
}
