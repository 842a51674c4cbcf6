package events

import (
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
	"taudit/views"
	"taudit/views/grid"
)

// lookedAt is how many entries of a run are looked at for what would be hidden by folding them.
const lookedAt = 1000

// lay takes the lines of the data, if there are such, with the runs open that a person has opened.
func (p *Pane) lay() {
	p.base, p.lines = p.data.Rows(), nil
	p.rows = p.base
	l := p.data.Lines
	switch {
	case l == nil:
		p.opened = p.opened[:0]
		return
	case p.data.Matches == nil:
		p.base = l.Snapshot()
	case p.data.Context && l.Matches() != nil, !p.data.Context && l.Matches() != p.data.Matches:
		return // those for what is shown now are being found
	case p.data.Context:
		p.base = l.Snapshot()
	}
	if l.Layout().Fold == 0 {
		p.opened = p.opened[:0]
	}
	if len(p.opened) > 0 {
		l = l.Open(p.opened)
	}
	p.lines, p.rows = l, l
}

// layout is that of the lines that are shown.
func (p *Pane) layout() store.Layout {
	if p.lines == nil {
		return store.Layout{}
	}
	return p.lines.Layout()
}

// gap tells how long nothing was, of a line that says so; else it is 0.
func (p *Pane) gap(line int) time.Duration {
	if p.lines == nil {
		return 0
	}
	return p.lines.Gap(line)
}

// run tells of the repeats that an entry is one of.
func (p *Pane) run(line int) store.Run {
	if p.lines == nil {
		return store.Run{Entries: 1}
	}
	return p.lines.Run(line)
}

// onEntry takes the selection off the line of a gap, on in the direction it came from.
func (p *Pane) onEntry(w grid.Window) grid.Window {
	if w.Count == 0 || p.gap(w.Cursor) == 0 {
		return w
	}
	if w.Cursor < p.cursor {
		return w.Move(-1)
	}
	return w.Move(1)
}

// along is the window with the selection n entries further down.
func (p *Pane) along(w grid.Window, n int) grid.Window {
	if p.lines == nil {
		return w.Move(n)
	}
	w = w.Clamp()
	return w.To(p.lines.Move(w.Cursor, max(min(n, w.Count), -w.Count)))
}

// number is which of the entries is selected, from 0, folded ones counted.
func (p *Pane) number() int {
	if p.lines == nil {
		return p.cursor
	}
	return p.lines.Entry(p.cursor)
}

// lineOf is the line of an entry by its number.
func (p *Pane) lineOf(number int) int {
	if p.lines == nil {
		return number
	}
	line, _ := p.lines.Find(p.base.At(max(min(number, p.base.Len()-1), 0)).Key())
	return line
}

// open shows every entry of the run that an entry is in.
func (p *Pane) open(key store.Key) {
	p.opened = append(p.opened, key)
	p.relay()
}

// reveal opens the run that hides an entry.
func (p *Pane) reveal(key store.Key) {
	if p.lines == nil {
		return
	}
	if _, own := p.lines.Find(key); own {
		return
	}
	if p.listed(key) {
		p.open(key)
	}
}

// relay makes the lines anew after a run was opened or folded, with the selected entry where it was.
func (p *Pane) relay() {
	p.lay()
	at, _ := p.find(p.key)
	p.cursor = max(at, 0)
}

// toggle opens the repeats on the selected row, or folds them again.
func (p *Pane) toggle() tea.Cmd {
	r := p.run(p.cursor)
	switch {
	case p.layout().Fold == 0:
		return say("Repeats are not folded here. " + p.repeatsKey + " folds them.")
	case r.Entries < 2:
		return say("Nothing is folded here.")
	case !r.Open:
		p.Hold()
		p.open(p.key)
	default:
		first := p.number() - r.Nth
		p.opened = slices.DeleteFunc(p.opened, func(k store.Key) bool {
			n, ok := p.base.Find(k)
			return !ok || n >= first && n < first+r.Entries
		})
		p.relay()
	}
	p.place(p.window())
	return nil
}

func say(text string) tea.Cmd { return func() tea.Msg { return views.Say{Text: text} } }

// repeated gives the sign and the note of an entry that is repeated and not peculiar itself: what is peculiar about the entries that its line
// stands for, or how it stands to the others.
func (p *Pane) repeated(s *slot) (sign, note string) {
	g := &p.theme.Glyphs
	odd := func(r store.Row) bool {
		sign, note = p.peculiar(r)
		return sign != ""
	}
	switch {
	case s.run.Open && s.run.Nth > 0:
		return g.Pipe, ""
	case s.run.Open:
		return g.Open, ""
	case (p.data.Alert != nil || len(p.data.New) > 0) && p.within(store.Row{}, s, odd):
		return sign, note
	}
	return g.Closed, ""
}

// within tells whether a test passes the entry r of a line, or one of the others that it stands for.
func (p *Pane) within(r store.Row, s *slot, pass func(store.Row) bool) bool {
	if s.run.Entries < 2 || s.run.Open {
		return pass(r)
	}
	from, ok := p.base.Find(s.key)
	for i := from; ok && i < min(from+min(s.run.Entries, lookedAt), p.base.Len()); i++ {
		if pass(p.base.At(i)) {
			return true
		}
	}
	return false
}

// entry is the entry of a line, which was the first of those that it stands for. While the view is held the line may have come to stand for
// earlier ones too.
func (p *Pane) entry(line int, key store.Key) store.Row {
	r := p.rows.At(line)
	if p.lines == nil || r.Is(key) {
		return r
	}
	if i, ok := p.base.Find(key); ok {
		return p.base.At(i)
	}
	return r
}

// times is how often something happened: "x14".
func times(n int) string { return "x" + strconv.Itoa(n) }

// appendTimes appends the same behind a space.
func appendTimes(dst []byte, n int) []byte {
	return strconv.AppendInt(append(dst, " x"...), int64(n), 10)
}

// composeTimes builds the cells of how often something happened, as many as there is room for.
func (p *Pane) composeTimes(n, width int) {
	var buf [24]byte
	b := appendTimes(buf[:0], n)
	p.line.Bytes(b[:min(len(b), width)], p.theme.Key)
}

// composeGap builds the line of a gap.
func (p *Pane) composeGap(gap time.Duration) {
	l, g := &p.line, &p.theme.Glyphs
	l.Reset()
	text := " " + views.Age(gap) + " without entries "
	if p.data.Matches != nil && !p.data.Context {
		text = " " + views.Age(gap) + " without matches "
	}
	const rules = 2
	wide := min(p.text.Width(text), max(p.width-lead-2*rules, 0))
	l.Space(min(lead, p.width))
	l.Fill(g.Rule, min(rules, max(p.width-lead, 0)), p.theme.Dim)
	l.Cell(p.text, text, wide, p.theme.Dim)
	l.Fill(g.Rule, min(rules, max(p.width-lead-rules-wide, 0)), p.theme.Dim)
	l.Space(max(p.width-lead-2*rules-wide, 0))
}
