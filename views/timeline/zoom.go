package timeline

import (
	tea "charm.land/bubbletea/v2"
)

// still tells whether what is in sight stays, whatever arrives.
func (p *Pane) still() bool { return p.data.Held || p.focused }

// change lets something change that may begin or end the stillness.
func (p *Pane) change(what func()) {
	was := p.still()
	what()
	p.stale = p.stale || p.still() != was
	switch is := p.still(); {
	case is && !was && p.done != nil && p.done.filter == p.data.Filter:
		p.stays, p.before = p.done.stretch, p.done.lead
	case was && !is:
		p.stays, p.around = stretch{}, nil
	}
}

// aim is how the entries are to be seen now.
func (p *Pane) aim() aim {
	a := aim{cells: p.cells, tall: p.height > 1, clock: p.data.Clock, width: p.width}
	if p.still() {
		a.still = p.stays
		if a.still.n > 0 {
			a.before = p.before
		}
		if p.around != nil {
			a.around, a.placed = *p.around, true
		}
	}
	return a
}

// zoom goes n steps in, or out for negative n, around the chosen bar or else the selected entry. Out of the last step all is in sight.
func (p *Pane) zoom(n int) {
	if p.done == nil || p.done.n == 0 {
		return
	}
	width := p.done.stretch.width
	for range min(max(n, -n), len(steps)) {
		if n > 0 {
			width = finer(width)
			continue
		}
		if width = coarser(width); width == 0 || uint64(p.done.last)-uint64(p.done.first) <= uint64(width)*uint64(p.done.room-1) {
			width = 0
			break
		}
	}
	if n > 0 && width >= p.done.stretch.width || n < 0 && p.width == 0 {
		return
	}
	p.width, p.stays = width, stretch{}
	p.around = nil
	if t, ok := p.selected(); p.picking {
		c := p.cursor
		p.around = &c
	} else if ok {
		p.around = &t
	}
}

// wheel zooms around what is pointed at.
func (p *Pane) wheel(m tea.Mouse) {
	if p.done == nil || p.done.n == 0 {
		return
	}
	n := 0
	switch m.Button {
	case tea.MouseWheelUp:
		n = 1
	case tea.MouseWheelDown:
		n = -1
	default:
		return
	}
	t, wide := p.done.start(p.pointed(m)), p.width
	if p.zoom(n); p.width != wide {
		p.around = &t
	}
}
