package principals

import (
	tea "charm.land/bubbletea/v2"

	"taudit/views"
	"taudit/views/grid"
)

// wheelStep is how many rows a notch of the wheel scrolls.
const wheelStep = 3

func (p *Pane) act(a views.Act) tea.Cmd {
	n := max(a.Count, 1)
	switch a.Action {
	case views.Down, views.NextEntry:
		p.move(func(w grid.Window) grid.Window { return w.Move(n) })
	case views.Up, views.PrevEntry:
		p.move(func(w grid.Window) grid.Window { return w.Move(-n) })
	case views.HalfDown:
		p.move(func(w grid.Window) grid.Window { return w.Half(n) })
	case views.HalfUp:
		p.move(func(w grid.Window) grid.Window { return w.Half(-n) })
	case views.PageDown:
		p.move(func(w grid.Window) grid.Window { return w.Page(n) })
	case views.PageUp:
		p.move(func(w grid.Window) grid.Window { return w.Page(-n) })
	case views.Top, views.Bottom:
		p.move(func(w grid.Window) grid.Window {
			switch {
			case a.Counted:
				return w.To(n - 1)
			case a.Action == views.Top:
				return w.First()
			}
			return w.Last()
		})
	case views.Open:
		return p.pick()
	case views.Right:
		if g, ok := p.selected(); ok && p.page == nil {
			p.open(p.result.roster.Principals[g].Identity, called(&p.result.roster.Principals[g]))
		}
	case views.Left:
		p.Close()
	case views.SortNext:
		p.sortBeside(n)
	case views.SortPrev:
		p.sortBeside(-n)
	case views.SortReverse:
		if p.page == nil && n%2 == 1 {
			p.sorting.reverse = !p.sorting.reverse
		}
	}
	return nil
}

// move lets a person move, on the page or in the table, where the selection then belongs to a principal.
func (p *Pane) move(motion func(grid.Window) grid.Window) {
	if p.page != nil {
		p.page.move(p, motion)
		return
	}
	p.window = motion(p.window)
	if g, ok := p.selected(); ok {
		p.chosen, p.who = true, p.result.roster.Principals[g].Identity
	}
}

// pick is Enter: on a page it goes to an entry in the list, otherwise it asks for the query of a principal, off the UI goroutine.
func (p *Pane) pick() tea.Cmd {
	if p.page != nil {
		if r, ok := p.page.row(p.page.action()); ok {
			key := r.Key()
			return tea.Batch(
				func() tea.Msg { return views.Visit{Key: key} },
				func() tea.Msg { return views.Leave{} },
			)
		}
	}
	if p.result == nil {
		return nil
	}
	g, ok := p.selected()
	if p.page != nil {
		g, ok = p.result.roster.Find(p.page.who)
	}
	if !ok {
		return nil
	}
	p.chosen, p.who = true, p.result.roster.Principals[g].Identity
	r := p.result
	return func() tea.Msg {
		who := &r.roster.Principals[g]
		return opened{who.Identity, called(who), term(r.roster, g, r.whole)}
	}
}

// sortBeside sorts by the column n further to the right of those that are shown, beginning with the order that suits it.
func (p *Pane) sortBeside(n int) {
	p.arrange()
	if p.page != nil || len(p.spans) == 0 {
		return
	}
	at := 0
	for i, s := range p.spans {
		if s.Column <= p.sorting.column {
			at = i
		}
	}
	at = ((at+n)%len(p.spans) + len(p.spans)) % len(p.spans)
	p.sorting = sorting{column: p.spans[at].Column}
}

func (p *Pane) wheel(m tea.Mouse) {
	n := 0
	switch m.Button {
	case tea.MouseWheelUp:
		n = -wheelStep
	case tea.MouseWheelDown:
		n = wheelStep
	}
	p.stale = true
	p.move(func(w grid.Window) grid.Window { return w.Scroll(n) })
}

// click selects what is pointed at; on the head of a column it sorts by it, or the other way round.
func (p *Pane) click(m tea.Mouse) {
	if m.Button != tea.MouseLeft || m.X < 0 || m.X >= p.width || m.Y < 0 || m.Y >= p.height {
		return
	}
	p.stale = true
	if p.page != nil {
		p.page.move(p, func(w grid.Window) grid.Window {
			w.Cursor = min(w.Top+m.Y, w.Count-1)
			return w.Clamp()
		})
		return
	}
	if m.Y > 0 {
		if row := p.window.Top + m.Y - 1; m.Y <= p.window.Height && row < p.count() {
			p.move(func(w grid.Window) grid.Window { return w.To(row) })
		}
		return
	}
	p.arrange()
	for _, s := range p.spans {
		switch {
		case m.X < s.X || m.X >= s.X+s.Width:
		case s.Column == p.sorting.column:
			p.sorting.reverse = !p.sorting.reverse
		default:
			p.sorting = sorting{column: s.Column}
		}
	}
}
