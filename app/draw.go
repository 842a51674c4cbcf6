package app

import (
	"fmt"
	"strings"

	"taudit/views/grid"
)

// frame is the last drawn screen.
type frame struct {
	content string
	valid   bool
}

func (f *frame) forget() { f.valid = false }

// draw gives the whole screen, joined from the panes' own views line by line.
func (m *Model) draw() string {
	if m.frame.valid {
		return m.frame.content
	}
	m.frame = frame{content: m.compose(), valid: true}
	return m.frame.content
}

func (m *Model) compose() string {
	w, h := m.width, m.height
	if w < minWidth || h < minHeight {
		line := grid.TextFor(m.theme.Glyphs).Cell(fmt.Sprintf("taudit needs %dx%d, have %dx%d", minWidth, minHeight, w, h), w)
		return grid.Frame([]string{line}, w, h)
	}
	if m.helping {
		return grid.Stack(m.overlay.View(), m.footer())
	}
	typed := m.filter.View()
	if m.bar.Editing() {
		typed = m.bar.View()
	}
	parts := []string{m.header(), m.tabs(), typed}
	parts = append(parts, m.middle())
	for _, line := range m.notice[:m.areas.notice.Dy()] {
		parts = append(parts, m.theme.Error.Render(line))
	}
	return grid.Stack(append(parts, m.summary(), m.footer())...)
}

// middle joins the panes line by line: those that a line crosses, from left to right.
func (m *Model) middle() string {
	type rest struct {
		placed
		left string // the lines that are still to come
	}
	var rests []rest
	size, from, to := 0, m.height, 0
	for _, p := range m.areas.panes {
		if p.area.Empty() {
			continue
		}
		view := m.boxed(m.all[p.pane], p)
		size += len(view) + p.area.Dy()
		from, to = min(from, p.area.Min.Y), max(to, p.area.Max.Y)
		rests = append(rests, rest{p, view})
	}
	var b strings.Builder
	b.Grow(size)
	for y := from; y < to; y++ {
		if y > from {
			b.WriteByte('\n')
		}
		for i := range rests {
			if r := &rests[i]; r.area.Min.Y <= y && y < r.area.Max.Y {
				line, tail, _ := strings.Cut(r.left, "\n")
				b.WriteString(line)
				r.left = tail
			}
		}
	}
	return b.String()
}

// boxed gives the view of a pane, with its border and title if it has one.
func (m *Model) boxed(pane member, p placed) string {
	if !p.boxed {
		return pane.View()
	}
	return grid.Box(pane.View(), pane.Title(), p.area.Dx(), p.pane == m.focus, m.theme)
}
