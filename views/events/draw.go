package events

import (
	"github.com/dustin/go-humanize"

	"taudit/views/grid"
)

// draw makes the view from scratch: only what is visible is looked at.
func (p *Pane) draw() string {
	if p.height == 0 {
		return ""
	}
	p.arrange()
	p.out = p.out[:0]
	notice, shown := p.notice()
	if shown && notice == 0 {
		p.drawNotice(true)
	} else {
		p.drawHead()
	}
	if p.count() == 0 {
		p.drawEmpty()
		return string(p.out)
	}
	for y := 1; y < p.height; y++ {
		p.out = append(p.out, '\n')
		switch i, rest := (y-1)/p.tall(), (y-1)%p.tall() > 0; {
		case shown && notice == y:
			p.drawNotice(false)
		case i < len(p.slots):
			p.drawSlot(i, rest)
		default:
			p.line.Reset()
			p.line.Space(p.width)
			p.out = p.line.Append(p.out)
		}
	}
	return string(p.out)
}

// arrange fits the columns to the width and to the times that are visible.
func (p *Pane) arrange() {
	if s := p.visibleTimes(); p.spans == nil || s != p.times {
		p.times = s
		p.columns, p.kinds = columns(s, p.chosen)
		p.spans = grid.Arrange(p.width, lead, p.columns)
		p.counts = -1
		for _, s := range p.spans {
			if k := p.kind(s); k == operationColumn || p.counts < 0 && scrolls(k) {
				p.counts = k
			}
		}
		p.forgetGone()
	}
}

// drawHead names the columns.
func (p *Pane) drawHead() {
	l := &p.line
	l.Reset()
	p.composeHead(len(p.spans))
	l.Cell(p.text, "", p.width-p.headEnd(len(p.spans)), p.theme.ColumnHead)
	p.out = l.Append(p.out)
}

// composeHead builds the titles of the first n columns.
func (p *Pane) composeHead(n int) {
	l, style := &p.line, p.theme.ColumnHead
	if n == 0 {
		l.Cell(p.text, "", min(lead, p.width), style)
	}
	x := 0
	for i, s := range p.spans[:n] {
		gap, style := s.X-x, style
		if p.picking && i == p.picked {
			l.Cell(p.text, "", gap-1, style)
			style = p.theme.Cursor
			l.Glyph(p.theme.Glyphs.Cursor, style) // a sign and not the colour alone
		} else {
			l.Cell(p.text, "", gap, style)
		}
		l.Cell(p.text, p.columns[s.Column].Title, s.Width, style)
		x = s.X + s.Width
	}
}

// headEnd is where the titles of the first n columns end.
func (p *Pane) headEnd(n int) int {
	if n == 0 {
		return min(lead, p.width)
	}
	return p.spans[n-1].X + p.spans[n-1].Width
}

// drawSlot paints a line of an entry, the first or the rest. The selected one is painted as a whole, from plain cells.
func (p *Pane) drawSlot(i int, rest bool) {
	s := &p.slots[i]
	if s.gone || s.gap > 0 && rest {
		p.line.Reset()
		if len(s.text) == 0 || rest {
			p.line.Space(p.width)
		} else {
			p.line.Bytes(s.text, p.theme.Dim)
		}
		p.out = p.line.Append(p.out)
		return
	}
	if s.gap > 0 {
		p.composeGap(s.gap)
		p.out = p.line.Append(p.out)
		return
	}
	r := p.entry(s.at, s.key)
	if i != p.row {
		p.composeLine(r, s, " ", rest)
		if p.isAside(s.key) {
			p.out = p.line.AppendAs(p.out, p.theme.Dim)
			return
		}
		p.out = p.line.Append(p.out)
		return
	}
	p.composeLine(r, s, p.theme.Glyphs.Cursor, rest)
	style := p.theme.CursorIdle
	if p.focused {
		style = p.theme.Cursor
	}
	p.out = p.line.AppendAs(p.out, style)
}

// notice tells where the counting line stands, from the top of the pane: on the last row, or on the head when the selected
// entry is on the last row. It is shown when something has arrived since the view was held.
func (p *Pane) notice() (y int, shown bool) {
	if p.News() == 0 || p.height == 0 {
		return 0, false
	}
	if (p.row+1)*p.tall() >= p.height-1 {
		return 0, true
	}
	return p.height - 1, true
}

// drawNotice paints the counting line. Over the head it leaves the title of the time, which says the zone.
func (p *Pane) drawNotice(overHead bool) {
	l, g := &p.line, &p.theme.Glyphs
	l.Reset()
	left := p.width
	if overHead && len(p.spans) > 0 {
		p.composeHead(1)
		gap := min(1, p.width-p.headEnd(1))
		l.Space(gap)
		left = p.width - p.headEnd(1) - gap
	}
	text := " " + g.Down + " " + humanize.Comma(int64(p.News())) + " new"
	if n := p.matched(); n >= 0 {
		text += " (" + humanize.Comma(int64(n)) + " match)"
	}
	text += "  " + p.followKeys + " = follow "
	wide := min(p.text.Width(text), left)
	before := (left - wide) / 2
	l.Fill(g.Rule, before, p.theme.Notice)
	l.Cell(p.text, text, wide, p.theme.Notice)
	l.Fill(g.Rule, left-wide-before, p.theme.Notice)
	p.out = l.Append(p.out)
}
