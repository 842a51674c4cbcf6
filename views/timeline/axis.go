package timeline

import (
	"time"
)

// drawAxis draws the times below the bars, or what is selected.
func (p *Pane) drawAxis() {
	l, c := &p.line, p.done
	cells := c.axis()
	style := p.theme.Dim
	if p.picking {
		p.bracket(cells)
	}
	l.Reset()
	l.Space(gutter)
	for i, s := range cells {
		if p.picking && i < c.n && p.chosenAt(i) {
			l.Glyph(s, p.theme.Title)
			continue
		}
		l.Glyph(s, style)
	}
	text := "[" + widthName(c.stretch.width) + "/col]"
	if p.hint != "" {
		text += " " + p.hint
	}
	p.beside(text, p.theme.Dim)
	p.out = l.Append(p.out)
}

func (p *Pane) chosenAt(bar int) bool {
	from, to := p.selection()
	s := p.done.start(bar)
	return s >= from && s < to
}

// bracket draws below the bars which of them are selected.
func (p *Pane) bracket(cells []string) {
	g, c := p.theme.Glyphs, p.done
	from, to := p.selection()
	a, b := floorDiv(from-c.from, c.stretch.width), floorDiv(to-c.from, c.stretch.width)-1
	if b < 0 || a >= c.n {
		return
	}
	a, b = max(a, -1), min(b, c.n)
	// A time of which only a part could be read is left out.
	for i := a - 1; i >= 0 && cells[i] != " "; i-- {
		cells[i] = " "
	}
	for i := b + 1; i < len(cells) && cells[i] != " "; i++ {
		cells[i] = " "
	}
	for i := max(a, 0); i <= min(b, c.n-1); i++ {
		switch {
		case a == b:
			cells[i] = g.Up
		case i == a:
			cells[i] = "["
		case i == b:
			cells[i] = "]"
		default:
			cells[i] = g.Rule
		}
	}
}

// axis gives the times below the bars, a cell each: at round times, each under the beginning of the bar that it is the time of.
func (c *counted) axis() []string {
	cells := make([]string, c.room)
	for i := range cells {
		cells[i] = " "
	}
	// Times on other days or with other offsets take more room, so fewer of them fit.
	l, ticks := c.times, []int(nil)
	for size := 0; size < len(l.of(c.from)); {
		size = len(l.of(c.from))
		ticks = c.ticks(size + 2)
		for _, i := range ticks {
			l.stamp = l.stamp.With(time.Unix(0, c.start(i)), l.now)
		}
	}
	l.seconds = false
	for _, i := range ticks {
		l.seconds = l.seconds || c.clock.In(time.Unix(0, c.start(i))).Second() != 0
	}
	free := 0
	for _, i := range ticks {
		text := l.of(c.start(i))
		if i < free || i+len(text) > c.room {
			continue
		}
		for j := range len(text) {
			cells[i+j] = text[j : j+1]
		}
		free = i + len(text) + 1
	}
	return cells
}

// ticks are the bars that have their time below them, at least so many cells apart: those that begin at round times, or the first.
func (c *counted) ticks(apart int) []int {
	in := c.clock.In(time.Unix(0, c.last)).Location()
	for _, every := range fits {
		if every%c.stretch.width != 0 || every/c.stretch.width < int64(apart) {
			continue
		}
		o := originOf(time.Unix(0, c.last).In(in), every)
		var out []int
		for i := range c.n {
			if s := c.start(i); o.floor(s, every) == s {
				out = append(out, i)
			}
		}
		if len(out) > 0 {
			return out
		}
		break
	}
	var out []int
	for i := 0; i < c.n; i += max(apart, 1) {
		out = append(out, i)
	}
	return out
}
