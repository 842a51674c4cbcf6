package app

import (
	"github.com/dustin/go-humanize"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// tabs is line 2: the panes with their counts, and what was received and cannot be shown.
func (m *Model) tabs() string {
	t := m.theme
	text := grid.TextFor(t.Glyphs)
	s := m.state.Store
	var left, extra, right grid.Line
	add := func(l *grid.Line, s string, style theme.Style) { l.Cell(text, s, text.Width(s), style) }

	count := func(n int64, what string, style theme.Style) {
		if n > 0 {
			add(&extra, "  "+humanize.Comma(n)+" "+what, style)
		}
	}
	if n := m.events.News(); n > 0 && m.events.Held() && !m.areas.shown(onList) {
		extra.Space(2)
		add(&extra, " "+t.Glyphs.Down+" "+humanize.Comma(int64(n))+" new ", t.Held)
	}
	count(int64(m.watching.total), plural(int64(m.watching.total), "alert"), t.Error)
	count(m.state.Lost, plural(m.state.Lost, "gap"), t.Error)
	count(s.BadCount()-m.state.Probes, "undecodable", t.Late)
	count(s.Evicted(), "evicted", t.Late)
	count(s.Duplicates(), "duplicates", t.Tab)
	count(m.state.Outside, "outside the time range", t.Tab)

	if name := m.saved.name; name != "" {
		mark := " "
		if m.edited() {
			mark = "*" // it is not as it was saved
		}
		add(&right, "  "+text.Cell(name, min(text.Width(name), 20))+mark, t.Tab)
	}
	add(&right, "  read-only  ", t.Tab)
	if key := m.keys.names(views.Help); key != "" {
		add(&right, key, t.Key)
		add(&right, " help ", t.KeyHint)
	}

	for form := longTabs; ; form++ {
		left.Reset()
		m.named(&left, text, form)
		used := grid.Cells(left.Plain()) + grid.Cells(extra.Plain())
		if room := m.width - grid.Cells(right.Plain()); used <= room {
			extra.Space(room - used)
			return left.String() + extra.String() + right.String()
		}
		if used <= m.width {
			extra.Space(m.width - used)
			return left.String() + extra.String()
		}
		if form == shortTabs {
			return text.Cell(string(left.Plain())+string(extra.Plain()), m.width)
		}
	}
}

// tabForm is how much line 2 says of the panes.
type tabForm uint8

const (
	longTabs  tabForm = iota
	namedTabs         // without what is in those that are not shown
	shortTabs         // and without their names
)

// label is where line 2 names a pane, in cells.
type label struct{ pane, from, to int }

// named adds the tabs to a line, with the one in brackets that has the focus.
func (m *Model) named(l *grid.Line, text grid.Text, form tabForm) {
	active := m.focus
	if at := m.all[active].spot; at == beside || at == strip {
		active = m.front()
	}
	l.Space(1)
	m.labels = m.labels[:0]
	for i, p := range m.all {
		tabbed, ok := p.Pane.(views.Tabbed)
		if !ok || p.spot == strip {
			continue
		}
		tab := tabbed.Tab()
		style, before, after := m.theme.Tab, " ", " "
		if i == active {
			style, before, after = m.theme.TabActive, "[", "]"
		}
		words := before
		if b, ok := m.keys.binding(p.goTo); ok {
			words += KeyName(b.Keys[0])
		}
		if i == active || form < shortTabs {
			words += " " + tab.Name
		}
		from := grid.Cells(l.Plain())
		l.Cell(text, words, text.Width(words), style)
		if tab.Note != "" && (i == active || form == longTabs || tab.Alarm) {
			note := style
			if tab.Alarm {
				note = m.theme.Error
			}
			l.Space(1)
			l.Cell(text, tab.Note, text.Width(tab.Note), note)
		}
		l.Cell(text, after, 1, style)
		m.labels = append(m.labels, label{i, from, grid.Cells(l.Plain())})
	}
}
