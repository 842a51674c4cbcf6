package events

import (
	tea "charm.land/bubbletea/v2"

	"taudit/views"
	"taudit/views/grid"
)

const (
	sideStep  = 8 // cells of one step sideways
	wheelStep = 3 // rows of one notch
	farAside  = 1 << 30
)

func (p *Pane) act(a views.Act) tea.Cmd {
	if p.change(a) {
		return nil
	}
	n := max(a.Count, 1)
	switch a.Action {
	case views.Columns:
		p.pick()
	case views.Down, views.NextEntry:
		p.Move(n)
	case views.Up, views.PrevEntry:
		p.Move(-n)
	case views.HalfDown:
		p.move(func(w grid.Window) grid.Window { return w.Half(n) })
	case views.HalfUp:
		p.move(func(w grid.Window) grid.Window { return w.Half(-n) })
	case views.PageDown:
		p.move(func(w grid.Window) grid.Window { return w.Page(n) })
	case views.PageUp:
		p.move(func(w grid.Window) grid.Window { return w.Page(-n) })
	case views.Top:
		p.goTo(a, 1)
	case views.Bottom:
		if a.Counted {
			p.goTo(a, n)
			return nil
		}
		p.Follow()
	case views.Follow:
		p.Follow()
	case views.Hold:
		if p.held {
			p.Follow()
		} else {
			p.Hold()
		}
	case views.Left:
		p.aside(-n)
	case views.Right:
		p.aside(n)
	case views.FarLeft:
		p.skip, p.stale = 0, true
	case views.FarRight:
		p.skip, p.stale = farAside, true
		if p.wraps {
			p.skip = 0
		}
	case views.Bytes:
		return p.toggle()
	case views.Wrap:
		p.SetWraps(p.wraps == (n%2 == 0))
	}
	return nil
}

// goTo goes to an entry by its number, counted from 1 as the place of the selected one is shown.
func (p *Pane) goTo(a views.Act, otherwise int) {
	n := otherwise
	if a.Counted {
		n = max(a.Count, 1)
	}
	p.move(func(w grid.Window) grid.Window { return w.To(p.lineOf(n - 1)) })
}

// aside scrolls sideways over what is cut, as far as the visible rows need.
func (p *Pane) aside(steps int) {
	if p.wraps {
		return // more is seen below
	}
	most := p.overflow()
	steps = max(min(steps, farAside/sideStep), -farAside/sideStep)
	p.skip = max(min(min(p.skip, most)+steps*sideStep, most), 0)
	p.stale = true
}

func (p *Pane) wheel(m tea.Mouse) {
	switch m.Button {
	case tea.MouseWheelUp:
		p.move(func(w grid.Window) grid.Window { return w.Scroll(-wheelStep) })
	case tea.MouseWheelDown:
		p.move(func(w grid.Window) grid.Window { return w.Scroll(wheelStep) })
	case tea.MouseWheelLeft:
		p.aside(-1)
	case tea.MouseWheelRight:
		p.aside(1)
	}
}

// click selects the entry that is pointed at; on the counting line it follows.
func (p *Pane) click(m tea.Mouse) {
	if m.Button != tea.MouseLeft || m.X < 0 || m.X >= p.width || m.Y < 0 || m.Y >= p.height {
		return
	}
	if y, shown := p.notice(); shown && m.Y == y {
		p.Follow()
		return
	}
	row := (m.Y - 1) / p.tall()
	if m.Y < 1 || row >= len(p.slots) || p.slots[row].gone || p.slots[row].gap > 0 {
		return
	}
	at := p.slots[row].at
	p.move(func(w grid.Window) grid.Window {
		w.Top, w.Cursor = at-row, at
		return w.Clamp()
	})
}
