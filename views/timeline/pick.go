package timeline

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
	"taudit/views"
)

// begin lets a bar be chosen once there is one: that of the selected entry, or the last.
func (p *Pane) begin() {
	c := p.done
	if p.picking || !p.focused || c == nil || c.n == 0 {
		return
	}
	p.picking = true
	p.cursor = c.start(c.n - 1)
	if t, ok := p.selected(); ok && c.bar(t) >= 0 && c.bar(t) < c.n {
		p.cursor = t
	}
}

// pick moves the chosen bar.
func (p *Pane) pick(a views.Action, n int) {
	if !p.picking {
		return
	}
	p.stale = true
	switch a {
	case views.Select:
		p.anchor, p.anchored = p.cursor, true
	case views.Right:
		p.choose(p.chosen() + n)
	case views.Left:
		p.choose(p.chosen() - n)
	case views.Wrap:
		for range min(n, p.done.n) {
			p.choose(p.block(1))
		}
	case views.PrevBlock:
		for range min(n, p.done.n) {
			p.choose(p.block(-1))
		}
	case views.Top:
		p.choose(-1 << 40)
	case views.Bottom:
		p.choose(1 << 40)
	}
}

// chosen is the place of the chosen bar in what is to be in sight; it may be outside of what is shown until that is counted.
func (p *Pane) chosen() int {
	s := p.sight()
	return floorDiv(p.cursor-s.from, s.width)
}

// sight is what is to be in sight.
func (p *Pane) sight() stretch {
	if p.stays.n > 0 {
		return p.stays
	}
	return p.done.stretch
}

func floorDiv(a, b int64) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return int(q)
}

// choose chooses a bar. What is in sight moves along, as far as there are entries.
func (p *Pane) choose(bar int) {
	s := p.sight()
	lo := min(floorDiv(p.done.first-s.from, s.width), 0)
	hi := max(floorDiv(p.done.last-s.from, s.width), s.n-1)
	bar = max(min(bar, hi), lo)
	p.cursor = s.start(bar)
	switch {
	case bar < 0:
		s.from = p.cursor
	case bar >= s.n:
		s.from += int64(bar-s.n+1) * s.width
	default:
		return
	}
	p.stays = s
}

// block finds the beginning of the next run of bars that have entries, or of the one before; without one the end of what is in sight.
func (p *Pane) block(step int) int {
	c, at := p.done, p.chosen()
	has := func(i int) bool { return i >= 0 && i < c.n && c.bars[i].Entries > 0 }
	for i := at + step; i >= 0 && i < c.n; i += step {
		if has(i) && !has(i-1) {
			return i
		}
	}
	if step < 0 {
		return 0
	}
	return c.n - 1
}

// selection is the stretch of time that is selected: the chosen bar alone, or all from the anchor to it.
func (p *Pane) selection() (from, to int64) {
	s := p.done.stretch
	a, b := p.cursor, p.cursor
	if p.anchored {
		a, b = min(p.anchor, p.cursor), max(p.anchor, p.cursor)
	}
	return s.from + int64(floorDiv(a-s.from, s.width))*s.width, s.from + int64(floorDiv(b-s.from, s.width)+1)*s.width
}

// press chooses the bar that is pointed at.
func (p *Pane) press(m tea.Mouse) {
	if !p.picking || m.Button != tea.MouseLeft {
		return
	}
	p.pressed = p.done.start(p.pointed(m))
	p.cursor, p.anchored = p.pressed, false
	p.stale = true
}

// drag selects from where the button was pressed.
func (p *Pane) drag(m tea.Mouse) {
	if !p.picking {
		return
	}
	p.cursor = p.done.start(p.pointed(m))
	p.anchor, p.anchored = p.pressed, true
	p.stale = true
}

// pointed is the bar that is nearest to the mouse.
func (p *Pane) pointed(m tea.Mouse) int { return max(min(m.X-p.done.lead, p.done.n-1), 0) }

// Summary tells what is selected, in exactly width cells.
func (p *Pane) Summary(width int) string {
	if !p.picking {
		return p.text.Cell("", width)
	}
	from, to := p.selection()
	entries := rank(p.done.dated, to) - rank(p.done.dated, from)
	words := " " + p.full(from, p.data.Now) + " to " + p.full(to, time.Unix(0, from)) + "  " + views.Age(time.Duration(to-from)) +
		"  " + plural(entries, "entry", "entries")
	if n, ok := p.errors(from, to); ok && n > 0 {
		words += ", " + plural(n, "error", "errors")
	}
	return p.text.Cell(words+"  "+p.apply+" filters by it", width)
}

// full writes a time, with the date unless it is that of another.
func (p *Pane) full(t int64, other time.Time) string {
	at, other := p.data.Clock.In(time.Unix(0, t)), p.data.Clock.In(other)
	if at.Year() == other.Year() && at.YearDay() == other.YearDay() {
		return p.data.Clock.Brief(at)
	}
	return p.data.Clock.Full(at)
}

// errors counts the errors in a stretch of time, if all of it is in sight.
func (p *Pane) errors(from, to int64) (n int, ok bool) {
	c := p.done
	if from < c.from || to > c.to() {
		return 0, false
	}
	var sum store.Bucket
	for _, b := range c.bars[c.bar(from):floorDiv(to-c.from, c.stretch.width)] {
		sum.Errors += b.Errors
	}
	return sum.Errors, true
}

// narrow filters by the selected stretch, in the place of one that the filter has already, and shows all of it.
func (p *Pane) narrow() tea.Cmd {
	if !p.picking {
		return nil
	}
	from, to := p.selection()
	ask := views.Narrow{Query: term(from, to)}
	if p.data.Matches != nil {
		var rest []string
		for _, t := range p.data.Query.Terms() {
			text := t.String()
			switch {
			case timed(text):
				ask.Instead = true
				continue
			case strings.Contains(text, " OR "):
				text = "(" + text + ")"
			}
			rest = append(rest, text)
		}
		if ask.Instead {
			ask.Query = strings.Join(append(rest, ask.Query), " ")
		}
	}
	p.width, p.around = 0, nil
	return func() tea.Msg { return ask }
}

// timed tells whether a term is about the emit time alone.
func timed(term string) bool {
	for _, name := range [...]string{"time", "emit_time"} {
		if rest, ok := strings.CutPrefix(term, name); ok && strings.HasPrefix(rest, ":") && !strings.Contains(term, " OR ") {
			return true
		}
	}
	return false
}

// term writes a stretch of time in the filter language, where the end of a range is a minute or a second that belongs to it.
func term(from, to int64) string {
	unit, layout := second, "2006-01-02T15:04:05Z"
	if from%minute == 0 && to%minute == 0 {
		unit, layout = minute, "2006-01-02T15:04Z"
	}
	write := func(t int64) string { return time.Unix(0, t).UTC().Format(layout) }
	return "time:" + write(from) + ".." + write(to-unit)
}
