package detail

import (
	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// Update moves, folds, opens and searches, and takes what was found out off the UI goroutine. A click selects a row, and folds or opens
// the one that is selected already; its place is relative to the pane.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case views.Act:
		return p.act(msg.Action, max(msg.Count, 1))
	case tea.KeyPressMsg, tea.PasteMsg:
		if p.search.typing {
			p.typed(msg)
		}
	case tea.MouseClickMsg:
		return p.click(msg.X, msg.Y)
	case tea.MouseWheelMsg:
		return p.wheel(msg.Mouse())
	case soughtMsg:
		p.take(msg)
	case circleMsg:
		p.meet(msg)
	}
	return nil
}

// far is more rows than there can be; a count beyond it says no more.
const far = 1 << 30

func (p *Pane) act(a views.Action, n int) tea.Cmd {
	n = min(n, far)
	if p.bad != nil {
		p.actBad(a, n)
		return nil
	}
	if !p.shown {
		return nil
	}
	if p.kin.focused && p.actKin(a, n) {
		return p.visit(a)
	}
	p.cached = ""
	switch a {
	case views.Filter:
		p.openSearch()
		return nil
	case views.NextMatch:
		p.walk(n)
		return nil
	case views.PrevMatch:
		p.walk(-n)
		return nil
	case views.Bytes:
		if p.sheet.of == rawBytes {
			p.closeSheet()
		} else {
			p.openBytes()
		}
		return nil
	}
	if p.sheet.of != noSheet {
		p.actSheet(a, n)
		return nil
	}
	return p.actTree(a, n)
}

func (p *Pane) actTree(a views.Action, n int) tea.Cmd {
	s := &p.scroll
	half, page := max(s.height/2, 1), max(s.height-1, 1)
	var cmd tea.Cmd
	switch a {
	case views.Down:
		s.down(n)
	case views.Up:
		s.up(n)
	case views.HalfDown:
		s.page(times(n, half))
	case views.HalfUp:
		s.page(-times(n, half))
	case views.PageDown:
		s.page(times(n, page))
	case views.PageUp:
		s.page(-times(n, page))
	case views.Top:
		s.to(0)
	case views.Bottom:
		s.to(p.tree.last())
	case views.Left:
		p.left(n)
	case views.Right:
		p.right(n)
	case views.FarLeft:
		p.all(true)
	case views.FarRight:
		p.all(false)
	case views.LessDeep:
		cmd = p.levels(-n)
	case views.MoreDeep:
		cmd = p.levels(n)
	case views.NextInside:
		p.along(n, p.tree.nextInside)
	case views.PrevInside:
		p.along(n, p.tree.prevInside)
	case views.Wrap:
		p.setWrap(!p.wrapped)
	case views.Open:
		p.open()
	case views.NextSame:
		cmd = p.alike(n)
	case views.PrevSame:
		cmd = p.alike(-n)
	default:
		return nil
	}
	p.moved, p.touched, p.cached = true, true, ""
	return cmd
}

// times multiplies a count without overflow.
func times(n, by int) int { return min(n, far/by) * by }

// left folds what is open, and goes to the parent from what is not.
func (p *Pane) left(n int) {
	for range n {
		i := p.scroll.cursor
		above := p.tree.nodes[i].parent
		if p.tree.holds(i) && !p.tree.nodes[i].folded {
			p.fold(i, true)
		} else if above >= 0 {
			p.scroll.cursor = above
		} else {
			break
		}
	}
	p.scroll.clamp()
}

// right unfolds what is folded, and goes to the first child of what is not.
func (p *Pane) right(n int) {
	for range n {
		i := p.scroll.cursor
		if !p.tree.holds(i) {
			break
		}
		if p.tree.nodes[i].folded {
			p.fold(i, false)
		} else {
			p.scroll.cursor = i + 1
		}
	}
	p.scroll.clamp()
}

// all folds or unfolds everything below the selected node, or below the parent of one that holds nothing.
func (p *Pane) all(folded bool) {
	i := p.scroll.cursor
	if above := p.tree.nodes[i].parent; !p.tree.holds(i) && above >= 0 {
		i = above
	}
	p.tree.foldAll(i, folded)
	p.folds.add(p.tree.steps(i), folded, true)
	p.scroll.clamp()
}

// along goes from sibling to sibling.
func (p *Pane) along(n int, to func(int32) int32) {
	for range n {
		i := to(p.scroll.cursor)
		if i < 0 {
			break
		}
		p.scroll.cursor = i
	}
	p.scroll.clamp()
}

func (p *Pane) fold(i int32, folded bool) {
	p.tree.fold(i, folded)
	p.folds.add(p.tree.steps(i), folded, false)
}

// open folds or unfolds an object or array, and shows a value that is cut in full.
func (p *Pane) open() {
	i := p.scroll.cursor
	switch {
	case p.tree.holds(i):
		p.fold(i, !p.tree.nodes[i].folded)
		p.scroll.clamp()
	case p.opens(i):
		p.openValue()
	}
}

// click selects the row at y, in the tree or in the context beside it.
func (p *Pane) click(x, y int) tea.Cmd {
	if !p.shown || p.sheet.of != noSheet {
		return nil
	}
	if at, ok := p.kinAt(x, y); ok {
		again := p.kin.focused && p.kin.cursor == at
		p.focusKin(at)
		if again {
			return p.visit(views.Open)
		}
		return nil
	}
	y -= p.layout.head
	if x < 0 || x >= p.layout.tree.width || y < 0 || y >= len(p.nodes) {
		return nil
	}
	p.leaveKin()
	i := p.nodes[y]
	if i == p.scroll.cursor {
		p.open()
	}
	p.scroll.to(i)
	p.moved, p.touched, p.cached = true, true, ""
	return nil
}

// wheel scrolls what is shown.
func (p *Pane) wheel(m tea.Mouse) tea.Cmd {
	const notch = 3
	switch m.Button {
	case tea.MouseWheelUp:
		return p.act(views.Up, notch)
	case tea.MouseWheelDown:
		return p.act(views.Down, notch)
	}
	return nil
}
