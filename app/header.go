package app

import (
	"fmt"
	"strings"
	"time"

	"taudit/source"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
	"taudit/views/help"
)

// health is what the parts of all sources come to.
type health struct {
	state     source.State
	behind    time.Duration
	lastBatch time.Time
	failing   int   // parts
	err       error // of the first failing part
	from      string
}

// gravity ranks states by how much they need to be seen.
func gravity(s source.State) int {
	switch s {
	case source.Live:
		return 1
	case source.CatchingUp:
		return 2
	case source.Connecting:
		return 3
	case source.Throttled:
		return 4
	case source.Failing:
		return 5
	}
	return 0 // done
}

func assess(parts []source.Status) health {
	h := health{state: source.Done}
	for _, p := range parts {
		if gravity(p.State) > gravity(h.state) {
			h.state = p.State
		}
		if p.State == source.Live || p.State == source.CatchingUp {
			h.behind = max(h.behind, p.Behind)
		}
		if p.LastBatch.After(h.lastBatch) {
			h.lastBatch = p.LastBatch
		}
		if p.State == source.Failing || p.State == source.Throttled {
			h.failing++
			if h.err == nil && p.Err != nil {
				h.err, h.from = p.Err, p.Source
			}
		}
	}
	return h
}

// header is line 1: what the screen does, where the entries come from, and how far behind it is.
func (m *Model) header() string {
	t, h := m.theme, assess(m.state.Status)
	var left, right grid.Line
	text := grid.TextFor(t.Glyphs)
	add := func(l *grid.Line, s string, style theme.Style) { l.Cell(text, s, text.Width(s), style) }

	if m.demo {
		add(&left, " DEMO ", t.Badge)
	}
	word, style := m.word(h)
	add(&left, " "+word+" ", style)

	now, facts := "", m.facts(h)
	if !m.times.Still {
		now = m.times.Brief(m.now)
	}
	add(&right, "  "+facts, t.Header)
	// The clock goes when the line is too short for it and the facts.
	if now != "" && m.width >= text.Width(facts)+len(now)+30 {
		add(&right, "  "+now+" ", t.Header)
	} else {
		add(&right, " ", t.Header)
	}
	room := m.width - len(left.Plain()) - grid.Cells(right.Plain())
	names := " " + strings.Join(m.sources(), " + ")
	if room > 1 {
		left.Cell(text, names, room, t.Header)
		return left.String() + right.String()
	}
	left.Cell(text, "", max(0, m.width-len(left.Plain())), t.Header)
	return left.String()
}

// word says in one word what the screen does.
func (m *Model) word(h health) (string, theme.Style) {
	t := m.theme
	switch {
	case m.events.Held():
		return "HELD", t.Held
	case m.state.Ended && len(m.state.Failed) > 0, h.state == source.Failing:
		return "FAILING", t.Error
	case h.state == source.Throttled:
		return "THROTTLED", t.Late
	case h.state == source.Connecting && m.state.Store.Len() == 0:
		return "CONNECTING", t.Late
	case h.state == source.Connecting, h.state == source.CatchingUp:
		return "READING", t.Late
	case m.state.Ended, h.state == source.Done:
		return "END", t.Header
	}
	return "LIVE", t.Live
}

// facts are the right half of line 1.
func (m *Model) facts(h health) string {
	var out []string
	if p := progressOf(m.state.Status).text(m.theme.Glyphs, m.width); p != "" {
		out = append(out, p)
	}
	if h.state == source.Live || h.behind > 0 {
		out = append(out, "behind "+views.Age(h.behind))
	}
	if !h.lastBatch.IsZero() {
		out = append(out, "last batch "+m.since(h.lastBatch))
	}
	return strings.Join(out, "  ")
}

// since gives the age of a time for the header, "-" for never; the time itself where no ages are told.
func (m *Model) since(t time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case m.times.Still:
		return m.times.Brief(t)
	}
	return views.Age(m.now.Sub(t)) + " ago"
}

func (m *Model) sources() []string {
	var names []string
	for _, s := range m.feed.sources {
		names = append(names, s.Name())
	}
	return names
}

// summary is the line above the last: the selected entry, or what needs to be said.
func (m *Model) summary() string {
	t := m.theme
	text := grid.TextFor(t.Glyphs)
	if m.asking {
		return t.Notice.Render(text.Cell(" Quit taudit? q again to quit, any other key to stay", m.width))
	}
	if m.said != "" {
		return t.Notice.Render(text.Cell(" "+m.said, m.width))
	}
	if m.focus == onDetail && m.detail.Examining() {
		return text.Cell(" This was received and is no entry", m.width)
	}
	for _, p := range []int{m.focus, m.front()} {
		if s, ok := m.all[p].Pane.(views.Summarizer); ok {
			return s.Summary(m.width)
		}
	}
	return text.Cell("", m.width)
}

// trouble says what is wrong with the sources, in lines as wide as the screen.
func (m *Model) trouble() []string {
	h := assess(m.state.Status)
	if h.err == nil && len(m.state.Failed) > 0 {
		h.err = m.state.Failed[0]
	}
	if h.err == nil || m.width < minWidth || m.height < minHeight {
		return nil
	}
	s := h.err.Error()
	if h.from != "" && !strings.Contains(s, h.from) {
		s = h.from + ": " + s
	}
	if h.failing > 1 {
		s += fmt.Sprintf(" (and %d more)", h.failing-1)
	}
	text := grid.TextFor(m.theme.Glyphs)
	var lines []string
	wrapped := text.Wrap(s, m.width-2)
	for i, line := range wrapped[:min(len(wrapped), maxNotice)] {
		if i == maxNotice-1 && len(wrapped) > maxNotice {
			line += " " + strings.Join(wrapped[maxNotice:], " ") // cut with an ellipsis
		}
		lines = append(lines, text.Cell(" "+line, m.width))
	}
	return lines
}

// footer is the last line: the keys that matter now.
func (m *Model) footer() string {
	t := m.theme
	text := grid.TextFor(t.Glyphs)
	var l grid.Line
	l.Space(min(1, m.width))
	used := 1
	for _, a := range m.actions() {
		b, ok := m.keys.binding(a)
		hint := b.Short
		if m.focus == onDetail {
			hint = b.ShortDetail
		}
		if !ok || hint == "" {
			continue
		}
		key := KeyName(b.Keys[0])
		if with, ok := m.keys.binding(b.With); ok {
			key += "/" + KeyName(with.Keys[0])
		}
		w := text.Width(key) + 1 + text.Width(hint)
		if used+w > m.width {
			break
		}
		l.Cell(text, key, text.Width(key), t.Key)
		l.Space(1)
		l.Cell(text, hint, text.Width(hint), t.KeyHint)
		used += w
		if used+2 <= m.width {
			l.Space(2)
			used += 2
		}
	}
	l.Space(m.width - used)
	return l.String()
}

// actions are those that can be asked for now, the most useful first.
func (m *Model) actions() []views.Action {
	if m.helping {
		return []views.Action{views.Down, views.Back}
	}
	var first []views.Action
	switch m.focus {
	case onList:
		first = []views.Action{views.Open, views.Filter, views.Hold}
	case onDetail:
		first = []views.Action{views.NextEntry}
		if m.has(onDetail, views.Right) {
			first = append(first, views.Right)
		}
	}
	if len(m.areas.panes) > 1 {
		first = append(first, views.NextPane)
	}
	first = append(first, m.focused().Actions()...)
	first = append(first, views.Back, views.Help, views.Quit)
	seen := map[views.Action]bool{}
	out := first[:0]
	for _, a := range first {
		if !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}

// helpRows gives the whole binding table, and the keys of the filter line.
func (m *Model) helpRows() []help.Row {
	rows := make([]help.Row, 0, len(m.keys.bindings))
	for _, b := range m.keys.bindings {
		rows = append(rows, help.Row{Keys: b.KeyNames(), List: b.List, Detail: b.Detail})
	}
	rows = append(rows, help.Row{}, help.Row{List: "While the filter is typed:"})
	for _, k := range m.filter.Keys() {
		rows = append(rows, help.Row{Keys: keyNames(k.Keys), List: k.Does})
	}
	return rows
}
