package app

import (
	tea "charm.land/bubbletea/v2"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// similar are the respects in which entries can be like the selected one.
func similar() []choice {
	return []choice{
		{"p", "principal", "who"},
		{"o", "operation", "op"},
		{"s", "status", ""},
		{"n", "namespace", "ns"},
		{"i", "ip address", "ip"},
		{"r", "request", "req"},
		{"t", "target", ""},
	}
}

// respects writes them for the table of keys.
func respects() string { return offered(similar()) }

// subject is the entry that the keys are about: the one in the detail while that has the focus, else the one selected in the list.
func (m *Model) subject() (e audit.Entry, key store.Key, ok bool) {
	if m.focus == onDetail {
		if m.detail.Examining() {
			return audit.Entry{}, store.Key{}, false
		}
		e, ok = m.detail.Entry()
		return e, m.detail.Key(), ok
	}
	s, is := m.all[m.front()].Pane.(views.Selector)
	if !is {
		s = m.events
	}
	r, ok := s.Selected()
	if !ok {
		return audit.Entry{}, store.Key{}, false
	}
	return r.Entry(), r.Key(), true
}

// pivot filters by what the selected entry has: in the tree by the selected value, elsewhere in the respect that the next key names.
func (m *Model) pivot(a views.Action) tea.Cmd {
	e, _, ok := m.subject()
	if !ok {
		m.said = "No entry is selected."
		return nil
	}
	if m.focus == onDetail {
		f, ok := m.detail.Focused()
		if !ok {
			m.said = "Select a value of the entry first; what is selected in the tree is filtered by."
			return nil
		}
		part, ok := query.At(&e, m.env(), f.Names, f.Plain)
		if !ok {
			m.said = "The filter has no words for this value."
			return nil
		}
		return m.refine(a, part)
	}
	ask := map[views.Action]string{
		views.Keep: "Keep only entries that have the same", views.Drop: "Drop entries that have the same",
		views.Only: "Filter by nothing but the same",
	}[a]
	m.await(chord{ask, similar(), func(c choice) tea.Cmd {
		part, ok := alike(&e, m.env(), c.key)
		if !ok {
			m.said = "This entry has no " + c.does + " to filter by."
			return nil
		}
		return m.refine(a, part)
	}})
	return nil
}

// alike writes the part of a filter that means the entries which are like this one in a respect.
func alike(e *audit.Entry, env *query.Env, respect string) (part string, ok bool) {
	switch respect {
	case "p":
		return query.Having(e, env, "principal", e.Actor())
	case "o":
		return spelled(e)
	case "s":
		return query.Having(e, env, "status", e.Status)
	case "n":
		return query.Having(e, env, "ns", e.Namespace)
	case "i":
		return query.Having(e, env, "ip", e.ClientAddress())
	case "r":
		return query.Having(e, env, "req", e.Correlation())
	case "t":
		return query.Having(e, env, "target", e.Target)
	}
	return "", false
}

// spelled writes the part of a filter that means all spellings of the entry's operation.
func spelled(e *audit.Entry) (part string, ok bool) {
	part = "op:" + query.Quote(e.Operation)
	q, err := query.Parse(part)
	return part, e.Operation != "" && err == nil && q.Match(e, &query.Env{})
}

// refine filters by one part more, by its opposite, or by nothing but it. Who looks at a value of an entry goes on looking at it, if it is
// still among what is shown.
func (m *Model) refine(a views.Action, part string) tea.Cmd {
	focus := m.focus
	if a == views.Drop {
		part = query.Negated(part)
	}
	q, err := query.Parse(part)
	if err == nil && a != views.Only && m.asks(q) {
		m.said = "The filter says " + part + " already."
		return nil
	}
	cmd := m.narrow(views.Narrow{Query: part, Instead: a == views.Only})
	if focus == onDetail && a != views.Drop {
		m.focusOn(onDetail)
	}
	if m.said == "" {
		m.said = "Filtered by " + part
		if back := m.keys.names(views.PrevFilter); back != "" {
			m.said += "   " + back + " goes back"
		}
	}
	return cmd
}

// asks says whether the filter has a part already.
func (m *Model) asks(q query.Query) bool {
	for _, t := range m.filter.Query().Terms() {
		if t.Equal(q) {
			return true
		}
	}
	return false
}
