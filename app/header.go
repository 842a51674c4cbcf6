package app

import (
	"strings"
	"time"

	"taudit/source"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
	"taudit/views/help"
)

// timing is how far behind all that is read is, and when something last came of it.
type timing struct {
	behind    time.Duration
	told      bool // behind means something
	lastBatch time.Time
}

func timingOf(parts []source.Status) (p timing) {
	for i := range parts {
		s := &parts[i]
		if s.State == source.Live || s.State == source.CatchingUp {
			p.behind = max(p.behind, s.Behind)
			p.told = p.told || s.State == source.Live || s.Behind > 0
		}
		if s.LastBatch.After(p.lastBatch) {
			p.lastBatch = s.LastBatch
		}
	}
	return p
}

// coverage is the sentence about what has been read without a hole. It is made anew once a second at most, since its work grows with the
// gaps; where nothing may move by itself, only when something has come or the verdict is another.
type coverage struct {
	text string
	of   covered
}

type covered struct {
	second         int64
	arrived        uint64
	bad, lost, out int64
	word           verdict.Word
}

func (c *coverage) renew(s *State, now time.Time, word verdict.Word, still bool) {
	of := covered{now.Unix(), s.Store.Arrived(), s.Store.BadCount(), s.Lost, s.Store.Evicted(), word}
	if still {
		of.second = 0
	}
	if of != c.of || c.text == "" {
		c.of, c.text = of, source.Cover(s.Evidence(now), source.Span{}).String()
	}
}

// header is line 1: what the screen does, where the entries come from, and how far behind it is.
func (m *Model) header() string {
	t := m.theme
	var left, right grid.Line
	text := grid.TextFor(t.Glyphs)
	add := func(l *grid.Line, s string, style theme.Style) { l.Cell(text, s, text.Width(s), style) }

	if m.demo {
		add(&left, " DEMO ", t.Badge)
	}
	word, style := m.word()
	add(&left, " "+word+" ", style)

	now, facts := "", m.facts()
	if !m.times.Still {
		now = m.times.Brief(m.now)
	}
	if words, style := m.expecting(); words != "" {
		add(&right, "  ", t.Header)
		add(&right, words, style)
		if m.width < 110 {
			facts = "" // there is no room for both
		}
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

// word says in one word what the screen does: that it is held, else the verdict, in which quiet and following are both live.
func (m *Model) word() (string, theme.Style) {
	t := m.theme
	switch w := m.judged.Word; {
	case m.events.Held():
		return "HELD", t.Held
	case w.Well() && w != verdict.Ended:
		return "LIVE", t.Live
	case w == verdict.Ended:
		return "END", t.Header
	case w < verdict.Degraded:
		return strings.ToUpper(w.String()), t.Late
	default:
		return strings.ToUpper(w.String()), t.Error
	}
}

// facts are the right half of line 1.
func (m *Model) facts() string {
	var out []string
	if p := progressOf(m.state.Status).text(m.theme.Glyphs, m.width); p != "" {
		out = append(out, p)
	}
	p := timingOf(m.state.Status)
	if p.told {
		out = append(out, "behind "+views.Age(p.behind))
	}
	if !p.lastBatch.IsZero() {
		out = append(out, "last batch "+m.since(p.lastBatch))
	}
	const wide = 180 // cells
	if due := m.judged.Due; m.width >= wide && m.judged.Word.Well() && due.After(m.now) && !m.times.Still {
		out = append(out, "next expected "+views.Age(due.Sub(m.now)))
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
	for _, s := range m.feed.Sources() {
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
	if m.question != nil {
		return t.Notice.Render(text.Cell(" "+m.question.text+" y yes, any other key no", m.width))
	}
	if m.note != nil {
		return m.note.line(text, m.width)
	}
	if m.chord != nil {
		return t.Notice.Render(text.Cell(" "+m.chord.ask, m.width))
	}
	if m.said == "" && m.job != nil && m.job.told {
		return t.Notice.Render(text.Cell(" "+sentence(m.job.shown())+" "+m.keys.names(views.Close)+" stops it.", m.width))
	}
	if m.said != "" {
		return t.Notice.Render(text.Cell(" "+m.said, m.width))
	}
	if m.examining() {
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
	if m.judged.Word != verdict.Broken || m.width < minWidth || m.height < minHeight {
		return nil
	}
	s := m.judged.Why
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

// sayNotes says what is not as people asked though nothing fails, each once.
func (m *Model) sayNotes() {
	for i := range m.state.Status {
		s := &m.state.Status[i]
		if s.Remark == "" || m.noted[s.Source+s.Remark] {
			continue
		}
		if m.noted == nil {
			m.noted = map[string]bool{}
		}
		m.noted[s.Source+s.Remark] = true
		m.said = s.Source + ": " + s.Remark
	}
}

// footer is the last line: the keys that matter now.
func (m *Model) footer() string {
	if _, typing := m.help.Search(); m.helping && typing {
		return grid.TextFor(m.theme.Glyphs).Cell(" Enter ends typing   Esc shows all keys   Up/Down move", m.width)
	}
	if m.note != nil {
		return grid.TextFor(m.theme.Glyphs).Cell(" Enter keeps it   Esc leaves it as it was   an empty note is taken away", m.width)
	}
	if m.chord != nil {
		return m.choices()
	}
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
		with := b.With
		if h, is := m.all[m.focus].Pane.(views.Hinter); is && !m.helping && h.Hint(a) != "" {
			if hint = h.Hint(a); !m.has(m.focus, with) {
				with = ""
			}
		}
		if !ok || hint == "" {
			continue
		}
		key := KeyName(b.Keys[0])
		if other, ok := m.keys.binding(with); ok {
			key += "/" + KeyName(other.Keys[0])
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
	first = append(first, views.Back)
	if m.focus == onList || m.focus == onDetail {
		first = append(first, views.Copy, views.Keep)
	}
	first = append(first, views.Help, views.Quit)
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
	rows = append(rows, help.Row{}, help.Row{List: "Commands, with the same keys:"})
	for _, c := range m.commands {
		rows = append(rows, help.Row{Keys: strings.TrimSpace(":" + c.Name + " " + c.Args), List: c.Does})
	}
	return rows
}
