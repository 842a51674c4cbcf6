package app

import (
	"image"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// click gives the focus to what is pointed at and tells it where, seen from its own corner. On line 2 it goes to the pane named
// there.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	m.frame.forget()
	m.asking, m.said, m.again = false, "", 0
	at := image.Pt(msg.X, msg.Y)
	switch {
	case m.helping || m.filter.Editing() || m.bar.Editing():
		return nil
	case at.In(m.areas.tabs):
		for _, t := range m.labels {
			if at.X >= t.from && at.X < t.to {
				m.focusOn(t.pane)
			}
		}
		return m.work()
	case at.In(m.areas.filter) && msg.Button == tea.MouseLeft:
		return m.do(views.Act{Action: views.Filter, Count: 1})
	}
	p, ok := m.pointed(at)
	if !ok {
		return nil
	}
	if m.focus != p.pane {
		m.focusOn(p.pane)
	}
	m.dragged = p.pane
	cmd := m.send(p.pane, tea.MouseClickMsg(p.seen(msg.Mouse())))
	m.settle()
	return cmd
}

// wheel scrolls what is pointed at, whatever has the focus.
func (m *Model) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	m.frame.forget()
	if m.helping {
		act := views.Act{Action: views.Down, Count: 3}
		if msg.Button == tea.MouseWheelUp {
			act.Action = views.Up
		}
		return m.overlay.Update(act)
	}
	p, ok := m.pointed(image.Pt(msg.X, msg.Y))
	if !ok {
		return nil
	}
	cmd := m.send(p.pane, tea.MouseWheelMsg(p.seen(msg.Mouse())))
	m.settle()
	return cmd
}

// drag tells the pane in which a button was pressed that the mouse moves, also outside of it, and that the button is let go.
func (m *Model) drag(msg tea.MouseMsg) tea.Cmd {
	if m.dragged < 0 {
		return nil
	}
	p, ok := m.areas.find(m.dragged)
	if !ok {
		m.dragged = -1
		return nil
	}
	m.frame.forget()
	if _, released := msg.(tea.MouseReleaseMsg); released {
		m.dragged = -1
		return m.send(p.pane, tea.MouseReleaseMsg(p.seen(msg.Mouse())))
	}
	return m.send(p.pane, tea.MouseMotionMsg(p.seen(msg.Mouse())))
}

// pointed finds the pane at a cell of the screen.
func (m *Model) pointed(at image.Point) (placed, bool) {
	for _, p := range m.areas.panes {
		if at.In(p.area) {
			return p, true
		}
	}
	return placed{}, false
}

// seen gives a mouse as the pane sees it; on the border it is outside.
func (p placed) seen(mouse tea.Mouse) tea.Mouse {
	in := p.inner()
	mouse.X -= in.Min.X
	mouse.Y -= in.Min.Y
	return mouse
}
