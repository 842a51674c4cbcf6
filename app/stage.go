package app

import (
	"slices"
	"time"

	"taudit/app/expect"
	"taudit/views"
)

// where tells where the detail stands: as the person wishes if the screen has room for that, else as place says.
func (m *Model) where() arrangement {
	a := place(m.width, m.height)
	switch {
	case m.wish == atRight && right.fits(m.width, m.height):
		a = right
	case m.wish == atBelow && below.fits(m.width, m.height):
		a = below
	case m.wish == off:
		a = instead
	}
	return a
}

// detailShown says whether the detail has a place on the screen.
func (m *Model) detailShown() bool {
	if m.examining() {
		return true
	}
	if _, ok := m.all[m.front()].Pane.(views.Selector); !ok {
		return false
	}
	switch w := m.where(); {
	case m.focus == onDetail:
		return true
	case w == instead:
		return false
	case m.opened == byRoom:
		return w == right && m.state.Store.Len() > 0 && (m.events.Held() || hasColumn(m.width, m.height))
	}
	return m.opened == yes
}

// examining tells whether somebody looks at bytes that are no entry, whatever pane they came from.
func (m *Model) examining() bool { return m.focus == onDetail && m.detail.Examining() }

// front is the pane in the place of the list. One that has its own place in the right column needs no other.
func (m *Model) front() int {
	if m.all[m.body].spot == stacked && hasColumn(m.width, m.height) {
		return onList
	}
	return m.body
}

// follow shows in the detail what is selected in the list.
func (m *Model) follow() {
	if !m.detailShown() {
		return
	}
	if m.examining() {
		return
	}
	m.followed = m.now
	list, ok := m.all[m.front()].Pane.(views.Selector)
	if !ok {
		return
	}
	if row, ok := list.Selected(); ok && row.Key() != m.detail.Key() {
		m.detail.SetEntry(row)
	}
}

// followNews is follow when entries have arrived. While they rush by nobody can read the newest, and a slow line would carry little
// else: then the detail shows one a second.
func (m *Model) followNews() {
	if m.events.Held() || m.now.Sub(m.followed) >= time.Second || m.now.Before(m.followed) {
		m.follow()
	}
}

// settle gives the detail a place, or takes it away, when whether it is shown has changed with what the list does, and lets the panes
// know when the list has begun or ceased to be held.
func (m *Model) settle() {
	if m.events.Held() != m.held {
		m.pass()
	}
	if !m.zoomed && m.detailShown() != m.areas.shown(onDetail) {
		m.lay()
	}
}

// topLines are how many lines the line in which something is typed wants.
func (m *Model) topLines() int {
	if m.bar.Editing() {
		return m.bar.Lines()
	}
	return m.filter.Lines()
}

// lay gives every pane its rectangle.
func (m *Model) lay() {
	m.notice = m.trouble()
	p := plan{
		filter: m.topLines(), notice: len(m.notice),
		body: m.front(), detail: -1, where: m.where(), zoomed: -1,
	}
	if m.detailShown() {
		p.detail = onDetail
	}
	if m.zoomed {
		p.zoomed = m.focus
	}
	for i, pane := range m.all {
		switch {
		case pane.spot == stacked:
			p.columns = append(p.columns, i)
		case pane.spot == strip && p.body == onList && !m.bare:
			p.strips = append(p.strips, i)
		}
	}
	m.areas = arrange(m.width, m.height, p)
	for i, pane := range m.all {
		if pane.spot == strip && !m.areas.shown(i) {
			pane.SetSize(m.width, 0)
		}
	}
	m.filter.SetSize(m.areas.filter.Dx(), m.areas.filter.Dy())
	m.bar.SetSize(m.areas.filter.Dx(), m.areas.filter.Dy())
	m.help.SetSize(m.width, max(0, m.height-1))
	m.page.SetSize(m.width, max(0, m.height-1))
	for _, at := range m.areas.panes {
		if b, ok := m.all[at.pane].Pane.(views.Boxable); ok {
			b.SetBoxed(at.boxed)
		}
		in := at.inner()
		m.all[at.pane].SetSize(in.Dx(), in.Dy())
	}
	m.follow()
	m.frame.forget()
}

// focusOn gives a pane the keys, and a place on the screen if it had none.
func (m *Model) focusOn(pane int) {
	m.focus = pane
	switch m.all[pane].spot {
	case inPlace:
		m.body = pane
	case stacked:
		if !hasColumn(m.width, m.height) {
			m.body = pane
		}
	case beside:
		if _, ok := m.all[m.front()].Pane.(views.Selector); !ok && !m.examining() {
			m.body = onList
		}
	case strip:
		m.body, m.bare = onList, false
	}
	for i, p := range m.all {
		p.SetFocus(i == pane)
	}
	m.lay()
}

// stops are the panes that Tab goes through.
func (m *Model) stops() []int {
	var out []int
	for i, p := range m.all {
		switch {
		case i == onDetail && m.detailShown(), p.goTo != "" && p.spot != strip:
			out = append(out, i)
		}
	}
	return out
}

// switchPane moves the focus n panes on.
func (m *Model) switchPane(n int) {
	if s, ok := m.all[m.focus].Pane.(views.Stepper); ok && s.Step(n) {
		return
	}
	stops := m.stops()
	at := slices.Index(stops, m.focus)
	if at < 0 && n < 0 {
		at = 0 // a strip stands before the first
	}
	n = (at + n%len(stops) + len(stops)) % len(stops)
	m.focusOn(stops[n])
}

// open shows the selected entry and holds the list, so that what is being read stays.
func (m *Model) open() {
	if _, ok := m.events.Selected(); !ok {
		return
	}
	if !m.events.Held() {
		m.events.Update(views.Act{Action: views.Hold, Count: 1})
	}
	m.opened = yes
	m.focusOn(onDetail)
}

// show opens or closes the detail.
func (m *Model) show(o opened) {
	m.opened = o
	m.lay()
}

// back closes the topmost of what is open. At the top, q asks whether to quit and Esc does nothing.
func (m *Model) back(a views.Action) {
	if m.helping {
		if a != views.Close || !m.help.Close() {
			m.helping = false
		}
		return
	}
	if c, ok := m.all[m.focus].Pane.(views.Closer); ok && c.Close() {
		return
	}
	switch {
	case m.zoomed:
		m.zoom()
	case m.examining() && m.asker != onList:
		m.focusOn(m.asker)
	case m.focus == onDetail:
		if m.where() != right {
			m.opened = byRoom
		}
		m.focusOn(m.front())
	case m.focus == m.paneOf(m.comparison):
		m.focusOn(m.comparedFrom)
	case m.focus != onList:
		m.focusOn(onList)
	case m.detailShown() && m.opened == yes:
		m.show(no)
	case a == views.Close && m.drop():
	case a == views.Close && m.expected != nil && m.expected.result.Outcome != expect.Waiting:
		m.unexpect()
	case a == views.Back:
		m.asking = true
	}
}

// strips shows what stands above the list, or takes it away.
func (m *Model) strips() {
	m.bare = !m.bare
	m.said = "The timeline is shown above the list."
	if m.bare {
		m.said = "The timeline is not shown; " + m.keys.names(views.Timeline) + " shows it again."
		if m.all[m.focus].spot == strip {
			m.focusOn(onList)
			return
		}
	}
	m.lay()
}

// zoom shows the pane with the focus alone, or all again.
func (m *Model) zoom() {
	m.zoomed = !m.zoomed
	m.lay()
}

// moveDetail puts the detail to the next place that the screen has room for: right, below, and not at all. One that is closed is
// shown first where it would stand.
func (m *Model) moveDetail() {
	if !right.fits(m.width, m.height) && !below.fits(m.width, m.height) {
		m.said = "There is no room for the detail beside the list: it is shown instead of it."
		return
	}
	m.zoomed = false
	order := []arrangement{right, below, instead}
	now := m.where()
	if m.detailShown() || now == instead {
		at := slices.Index(order, now)
		for now == m.where() || !now.fits(m.width, m.height) {
			at = (at + 1) % len(order)
			now = order[at]
		}
	}
	m.wish = map[arrangement]wish{right: atRight, below: atBelow, instead: off}[now]
	if now == place(m.width, m.height) {
		m.wish = auto
	}
	m.opened = yes
	if now == instead {
		m.opened = no
		if m.focus == onDetail {
			m.focusOn(m.front())
		}
	}
	m.said = "The detail is shown " + now.String() + "."
	m.lay()
}
