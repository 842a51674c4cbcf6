package sinks

import (
	tea "charm.land/bubbletea/v2"

	"taudit/views"
	"taudit/views/grid"
)

const wheelStep = 3 // rows of one notch

// Update answers an action, the mouse, and what was counted.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case measured:
		p.working, p.counted = false, msg.from
		if msg.delay != p.delay {
			p.delay, p.stale = msg.delay, true
		}
		return nil
	case views.Act:
		if b, ok := p.badAt(p.at); ok && msg.Action == views.Open && p.page == nil {
			return func() tea.Msg { return views.Examine{Bad: b} }
		}
		p.act(msg)
	case tea.MouseWheelMsg:
		n := wheelStep
		if msg.Button == tea.MouseWheelUp {
			n = -n
		}
		p.move(func(w grid.Window) grid.Window { return w.Scroll(n) })
	case tea.MouseClickMsg:
		p.click(msg.Mouse())
	}
	return nil
}

func (p *Pane) act(a views.Act) {
	n := max(a.Count, 1)
	switch a.Action {
	case views.Down:
		p.move(func(w grid.Window) grid.Window { return w.Move(n) })
	case views.Up:
		p.move(func(w grid.Window) grid.Window { return w.Move(-n) })
	case views.HalfDown:
		p.move(func(w grid.Window) grid.Window { return w.Half(n) })
	case views.HalfUp:
		p.move(func(w grid.Window) grid.Window { return w.Half(-n) })
	case views.PageDown:
		p.move(func(w grid.Window) grid.Window { return w.Page(n) })
	case views.PageUp:
		p.move(func(w grid.Window) grid.Window { return w.Page(-n) })
	case views.Top:
		p.move(grid.Window.First)
	case views.Bottom:
		p.move(grid.Window.Last)
	case views.NextInside:
		p.jump(n)
	case views.PrevInside:
		p.jump(-n)
	case views.Open:
		p.open(p.at)
	case views.SortNext, views.SortPrev, views.SortReverse:
		p.arrangeBy(a.Action, n)
	case views.NextEntry:
		p.turn(n)
	case views.PrevEntry:
		p.turn(-n)
	}
}

// move changes what is selected, or what is seen of the page that is open.
func (p *Pane) move(to func(grid.Window) grid.Window) {
	p.stale = true
	if p.page != nil {
		before := p.page.window
		before.Cursor = before.Top // a page has no selection: its view moves
		w := to(before)
		if d := w.Cursor - before.Cursor; w.Top == before.Top && d != 0 {
			w = before.Scroll(d)
		}
		w.Cursor = w.Top
		p.page.window = w.Clamp()
		return
	}
	p.arrange()
	p.window = to(p.window).Clamp()
	p.at = p.find(p.window.Cursor)
}

// jump goes n sections on, to the first row of each.
func (p *Pane) jump(n int) {
	p.arrange()
	at := 0
	for i, s := range p.sections {
		if s.kind == p.at.section {
			at = i
		}
	}
	at = max(min(at+max(min(n, len(p.sections)), -len(p.sections)), len(p.sections)-1), 0)
	row := 0
	for i, s := range p.sections[:at] {
		row += s.n + min(i, 1)
	}
	p.move(func(w grid.Window) grid.Window {
		// The title is seen with its first row.
		return w.To(row).To(row + min(at, 1))
	})
}

func (p *Pane) click(m tea.Mouse) {
	row := m.Y - len(p.head) - 1
	if m.Button != tea.MouseLeft || p.page != nil || row < 0 || row >= p.window.Height || p.window.Top+row >= p.window.Count {
		return
	}
	p.move(func(w grid.Window) grid.Window { return w.To(w.Top + row) })
}

// open shows a page about a row.
func (p *Pane) open(at place) {
	if !p.opens(at) {
		return
	}
	p.page, p.stale = p.pageOf(at), true
}

// turn opens the next page of the kind that is open.
func (p *Pane) turn(n int) {
	p.arrange()
	row := p.rowOf(p.at)
	to := p.find(max(min(row+max(min(n, p.window.Count), -p.window.Count), p.window.Count-1), 0))
	if p.page == nil {
		p.move(func(w grid.Window) grid.Window { return w.Move(n) })
		return
	}
	if to.section == p.at.section && p.opens(to) {
		p.at = to
		p.window = p.window.To(p.rowOf(to))
		p.open(to)
	}
}
