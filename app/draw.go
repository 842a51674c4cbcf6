package app

import (
	"fmt"
	"image"

	"taudit/views"
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
		return grid.Stack(m.help.View(), m.footer())
	}
	parts := []string{m.header(), m.tabs(), m.filter.View()}
	list, detail := "", ""
	if !m.areas.list.Empty() {
		list = m.boxed(m.events, m.areas.list, m.areas.listBoxed, m.focus == onList)
	}
	if !m.areas.detail.Empty() {
		detail = m.boxed(m.detail, m.areas.detail, m.areas.detailBoxed, m.focus == onDetail)
	}
	if list != "" && detail != "" && m.areas.list.Min.Y == m.areas.detail.Min.Y {
		parts = append(parts, grid.Beside("", list, detail))
	} else {
		parts = append(parts, list, detail)
	}
	for _, line := range m.notice[:m.areas.notice.Dy()] {
		parts = append(parts, m.theme.Error.Render(line))
	}
	return grid.Stack(append(parts, m.summary(), m.footer())...)
}

// boxed gives the view of a pane with its border and title.
func (m *Model) boxed(p views.Pane, r image.Rectangle, border, focused bool) string {
	if !border {
		return p.View()
	}
	return grid.Box(p.View(), p.Title(), r.Dx(), focused, m.theme)
}
