package events

import (
	"taudit/source/store"
)

// wrapped is how many lines an entry has when long values are wrapped; what is longer still is cut.
const wrapped = 2

// Wraps tells whether long values are wrapped.
func (p *Pane) Wraps() bool { return p.wraps }

// SetWraps gives each entry two lines, over which long values are wrapped, or one. The selected entry stays selected.
func (p *Pane) SetWraps(on bool) {
	if on == p.wraps {
		return
	}
	p.wraps, p.skip = on, 0
	p.forgetGone()
	p.place(p.window())
}

// tall is how many lines an entry has.
func (p *Pane) tall() int {
	if p.wraps {
		return wrapped
	}
	return 1
}

// body is how many entries there is room for below the head.
func (p *Pane) body() int {
	if p.height < 2 {
		return 0
	}
	return max((p.height-1)/p.tall(), 1)
}

// spare tells whether there are lines below the entries that are too few for another.
func (p *Pane) spare() bool { return p.height > 1 && (p.height-1)%p.tall() != 0 }

// split divides a text into what the first line of a column shows and what is left for the second.
func (p *Pane) split(text string, width int) (first, second string) {
	if width <= 0 {
		return "", ""
	}
	// More than this is not shown, whatever it is.
	const most = 16
	cut := ""
	if len(text) > most*width {
		cut = "x" // stands for the rest, so that it is seen to be cut
		text = text[:most*width]
	}
	parts := p.text.Break(p.text.Clean(text), width)
	if len(parts) < 2 {
		return text, ""
	}
	for _, s := range parts[1:] {
		second += s
	}
	return parts[0], second + cut
}

// composeLine builds a line of an entry in p.line, the first or the rest.
func (p *Pane) composeLine(r store.Row, s *slot, cursor string, rest bool) {
	if rest {
		p.composeRest(r, s)
	} else {
		p.compose(r, s, cursor)
	}
}

// composeRest builds the second line of an entry in p.line.
func (p *Pane) composeRest(r store.Row, s *slot) {
	l := &p.line
	l.Reset()
	x := 0
	for _, span := range p.spans {
		l.Space(span.X - x)
		x = span.X + span.Width
		if !scrolls(p.kind(span)) {
			l.Space(span.Width)
			continue
		}
		wide := p.textWidth(span, s)
		_, rest := p.split(field(r, p.kind(span)), wide)
		l.Cell(p.text, rest, wide, p.theme.Row)
		l.Space(span.Width - wide)
	}
	l.Space(p.width - x)
}
