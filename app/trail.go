package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// maxTrail is how many filters can be gone back through.
const maxTrail = 200

// left is a filter, and where somebody was when it gave way to another.
type left struct {
	text string
	pane int       // that had the focus
	key  store.Key // of the selected entry
	held bool      // the view stood there; else it followed
}

// trail is the filters there were before the one that is shown, and those that were gone back from.
type trail struct {
	behind, ahead []left
	opened        left  // where somebody was when the filter was opened
	home          *left // to be gone to when its entries are found; nil: stay
}

// here is the filter that is shown, and the place in it.
func (m *Model) here() left {
	h := left{text: m.committed, pane: m.focus, held: m.events.Held()}
	if h.pane == onDetail {
		h.pane = m.front()
	}
	if r, ok := m.events.Selected(); ok {
		h.key = r.Key()
	}
	return h
}

// pass notes that another filter takes the place of one.
func (t *trail) pass(from left, to string) {
	t.home = nil
	if from.text == to {
		return
	}
	t.behind, t.ahead = append(t.behind, from), nil
	if n := len(t.behind) - maxTrail; n > 0 {
		t.behind = t.behind[n:]
	}
}

// retrace goes n filters forward, or back for negative n, as far as there are any.
func (m *Model) retrace(n int) tea.Cmd {
	t, to := &m.trail, m.here()
	steps := 0
	for ; n < 0 && len(t.behind) > 0; n++ {
		t.ahead = append(t.ahead, to)
		to, t.behind = t.behind[len(t.behind)-1], t.behind[:len(t.behind)-1]
		steps++
	}
	for ; n > 0 && len(t.ahead) > 0; n-- {
		t.behind = append(t.behind, to)
		to, t.ahead = t.ahead[len(t.ahead)-1], t.ahead[:len(t.ahead)-1]
		steps++
	}
	if steps == 0 {
		m.said = "There was no other filter before this one."
		if n > 0 {
			m.said = "This is the latest filter."
		}
		return nil
	}
	q, err := query.Parse(to.text)
	if err != nil {
		m.said = "That cannot be filtered by any more: " + err.Error()
		return nil
	}
	m.filter.SetFilter(to.text, q)
	m.committed = to.text
	m.focusOn(to.pane)
	m.relay()
	t.home = &to
	return m.seek(q)
}

// arrive goes to the place at which a filter was left, once its entries are found.
func (m *Model) arrive() {
	h := m.trail.home
	if h == nil {
		return
	}
	m.trail.home = nil
	if !h.held {
		m.events.Follow()
		return
	}
	m.events.Select(h.key)
	m.events.Hold()
}

// expect waits for the second press of the key that opens, after a pane has asked for a filter with the first.
func (m *Model) expect(pane int, n views.Narrow) {
	if !n.Twice || m.focus != onList || !strings.HasSuffix(m.committed, n.Query) {
		return
	}
	m.again = pane
	m.said = "Filtered by " + n.Name + ".  " + m.keys.names(views.Open) + " again: its page.  " + m.keys.names(views.PrevFilter) + ": back."
}

// twice answers the second press.
func (m *Model) twice(pane int) tea.Cmd {
	m.focusOn(pane)
	return m.send(pane, views.Act{Action: views.Right, Count: 1})
}
