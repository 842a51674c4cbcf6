package app

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// origin is where somebody was before the first of two keys that belong together, which did something of its own.
type origin struct {
	key    string // the first of the two; empty: none
	object string // that was selected then
	entry  store.Key
	held   bool
}

// leads notes where somebody is before a key that may be the first of two.
func (m *Model) leads(key string) origin {
	if !m.keys.leads(key) {
		return origin{}
	}
	o := origin{key: key, object: m.object(), held: m.events.Held()}
	if r, ok := m.events.Selected(); ok {
		o.entry = r.Key()
	}
	return o
}

// object is what the selected value or entry is about: a namespace, a user, a key.
func (m *Model) object() string {
	if m.focus == onDetail {
		if f, ok := m.detail.Focused(); ok && len(f.Names) > 1 && f.Plain != "" && f.Plain == f.Text {
			return f.Plain
		}
	}
	e, _, ok := m.subject()
	switch {
	case !ok:
		return ""
	case e.Target != "":
		return e.Target
	}
	return e.Namespace
}

// askHistory filters by the object of where somebody was before the first of two keys, or is.
func (m *Model) askHistory(o origin) tea.Cmd {
	if o.key == "" {
		return m.history(m.object())
	}
	// The first key has moved the selection; [ has to come back to where it was.
	if o.held {
		m.events.Select(o.entry)
	} else {
		m.events.Follow()
	}
	return m.history(o.object)
}

// history shows every entry that names an object, whoever acted and whatever was done.
func (m *Model) history(object string) tea.Cmd {
	if object == "" {
		m.said = "The selected entry names no target; select a value in its tree for that."
		return nil
	}
	cmd := m.narrow(views.Narrow{Query: named(object), Instead: true})
	if m.said == "" {
		m.said = "History of " + object + ": every entry that names it."
		if back := m.keys.names(views.PrevFilter); back != "" {
			m.said += "   " + back + " goes back"
		}
	}
	return cmd
}

// named writes the filter that finds a name in any value.
func named(object string) string {
	if strings.ContainsFunc(object, unicode.IsControl) {
		return "details.*=" + query.Quote(object)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(object) + `"`
}
