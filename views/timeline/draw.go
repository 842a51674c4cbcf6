package timeline

import (
	"strconv"
	"strings"

	"taudit/source/store"
	"taudit/theme"
	"taudit/views/grid"
)

// draw makes the view from what was counted.
func (p *Pane) draw() string {
	if p.height == 0 {
		return ""
	}
	c := p.done
	p.out = p.out[:0]
	switch {
	case c == nil || c.cells != p.cells || c.tall != (p.height > 1):
		return grid.Frame(nil, p.cells, p.height) // until it is counted for this size
	case c.n == 0:
		return grid.Frame([]string{p.theme.Dim.Render(p.text.Cell(" "+p.nothing(), p.cells))}, p.cells, p.height)
	case p.height == 1:
		p.drawRow()
	default:
		p.drawTall()
	}
	return string(p.out)
}

// nothing says why there is no bar.
func (p *Pane) nothing() string {
	switch c := p.done; {
	case c.undated == 0 && c.dated.Len() == 0:
		return "no entries to show over time"
	case c.dated.Len() == 0:
		return plural(c.undated, "entry", "entries") + " without a time"
	}
	return "no room for the timeline"
}

// drawRow draws all in one line: "07:22 ..:#.!. 09:22 [2m/col]".
func (p *Pane) drawRow() {
	l, c := &p.line, p.done
	l.Reset()
	from, to := c.times.of(c.from), c.times.of(c.to())
	open, end := " ", ""
	style := p.theme.Dim
	if p.picking {
		a, b := p.selection()
		from, to = c.times.of(a), c.times.of(b)
		open, end, style = "[", "]", p.theme.Title
	}
	g := p.theme.Glyphs
	earlier := ""
	if c.earlier > 0 {
		earlier = " " + g.Before + strconv.Itoa(c.earlier)
	}
	before := p.fitting(c.lead, earlier+open+from+" ", earlier+" ", " "+g.Before+compact(c.earlier))
	l.Space(c.lead - p.text.Width(before))
	l.Cell(p.text, before, p.text.Width(before), style)

	most := c.highest()
	for i := range c.bars {
		l.Glyph(p.glyph(c.bars[i], most, 1, 0), p.paint(i, true, c.bars[i].Errors > 0))
	}

	later, aside, few := "", "", ""
	if c.later > 0 {
		later = " " + strconv.Itoa(c.later) + g.After
	}
	if c.undated > 0 {
		aside, few = " "+comma(c.undated)+" without a time", " "+g.Undated+strconv.Itoa(c.undated)
	}
	long := " [" + widthName(c.stretch.width) + "/col]"
	brief := " [" + widthName(c.stretch.width) + "]"
	to = " " + to + end
	room := p.cells - c.lead - c.n
	behind := p.fitting(room,
		to+later+aside+long, to+later+few+long, to+later+few+brief, later+few+brief, later+few, few+" "+compact(c.later)+g.After)
	l.Cell(p.text, behind, room, style)
	p.out = l.Append(p.out)
}

// fitting is the first of the texts that fits, or the last.
func (p *Pane) fitting(room int, texts ...string) string {
	for _, s := range texts {
		if p.text.Width(s) <= room {
			return s
		}
	}
	return p.text.Cell(texts[len(texts)-1], room)
}

// drawTall draws bars of several rows above the times, and beside them what they mean.
func (p *Pane) drawTall() {
	l, c := &p.line, p.done
	g := p.theme.Glyphs
	rows, most := p.height-1, c.highest()
	notes := p.notes(rows)
	for r := rows - 1; r >= 0; r-- {
		l.Reset()
		scale := ""
		if r == rows-1 {
			scale = compact(most)
		}
		l.Space(gutter - 1 - len(scale))
		l.Glyph(scale, p.theme.Dim)
		l.Glyph(g.Pipe, p.theme.Border)
		for i := range c.bars {
			bad := r < errorRows(c.bars[i], most, rows, len(g.Bars)-1)
			l.Glyph(p.glyph(c.bars[i], most, rows, r), p.paint(i, r == 0, bad))
		}
		l.Space(c.room - c.n)
		n := notes[rows-1-r]
		p.beside(n.text, n.style)
		p.out = append(l.Append(p.out), '\n')
	}
	p.drawAxis()
}

type note struct {
	text  string
	style theme.Style
}

// notes say what the bars do not show, or how they show it; at most as many as there are rows, and first what must not be missed.
func (p *Pane) notes(rows int) []note {
	c, g := p.done, p.theme.Glyphs
	var out []note
	if c.earlier > 0 || c.later > 0 {
		var ends []string
		if c.earlier > 0 {
			ends = append(ends, g.Before+" "+comma(c.earlier)+" earlier")
		}
		if c.later > 0 {
			ends = append(ends, comma(c.later)+" later "+g.After)
		}
		text := strings.Join(ends, "  ")
		if p.text.Width(text) > p.beyond()-2 {
			text = strings.Join([]string{g.Before + compact(c.earlier), "earlier", compact(c.later) + g.After, "later"}, " ")
		}
		out = append(out, note{text, p.theme.Title})
	}
	if c.undated > 0 {
		out = append(out, note{comma(c.undated) + " without a time", p.theme.Late})
	}
	in, errors := 0, 0
	for _, b := range c.bars {
		in, errors = in+b.Entries, errors+b.Errors
	}
	legend := "! errors"
	if errors > 0 && p.still() {
		// Nobody reads numbers that run, and a slow line need not carry them.
		legend = "! " + plural(errors, "error", "errors")
	}
	out = append(out, note{legend + "  " + g.Bars[len(g.Bars)-1] + " others", p.theme.Dim})
	if c.earlier > 0 || c.later > 0 {
		// Where these are all, another line of the screen says so; here they would change with every entry.
		out = append(out, note{plural(in, "entry", "entries") + " in sight", p.theme.Dim})
	}
	if len(out) > rows && rows > 0 && c.undated > 0 && (c.earlier > 0 || c.later > 0) && rows < 2 {
		out[0].text += ", " + out[1].text
	}
	for len(out) < rows {
		out = append(out, note{})
	}
	return out[:rows]
}

// beyond is how many cells there are behind the bars.
func (p *Pane) beyond() int { return max(p.cells-p.done.lead-p.done.room, 0) }

// beside adds a note behind the bars.
func (p *Pane) beside(text string, style theme.Style) {
	n := p.beyond()
	p.line.Space(min(2, n))
	p.line.Cell(p.text, text, n-2, style)
}

// scales are what a full bar stands for, up to a power of ten.
var scales = [...]int{1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100}

// highest is what a full bar stands for: a round number, so that not all bars change with each entry of the highest.
func (c *counted) highest() int {
	n := 1
	for _, b := range c.bars {
		n = max(n, b.Entries)
	}
	unit := 1
	for 100*unit < n {
		unit *= 10
	}
	for _, s := range scales {
		if s*unit >= n {
			return s * unit
		}
	}
	return n
}

// height is that of a bar in the smallest units that can be drawn, levels of which are a row. What is there is seen, however little it is.
func height(entries, most, rows, levels int) int {
	return (entries*rows*levels + most - 1) / most
}

// errorRows is how many rows of a bar, from its foot, are errors.
func errorRows(b store.Bucket, most, rows, levels int) int {
	if b.Errors == 0 {
		return 0
	}
	all := (height(b.Entries, most, rows, levels) + levels - 1) / levels
	return max(min(b.Errors*rows/most, all), 1)
}

// glyph is what a bar shows in a row, counted from its foot.
func (p *Pane) glyph(b store.Bucket, most, rows, row int) string {
	bars := p.theme.Glyphs.Bars
	levels := len(bars) - 1
	if row < errorRows(b, most, rows, levels) {
		return "!"
	}
	return bars[max(min(height(b.Entries, most, rows, levels)-row*levels, levels), 0)]
}

// paint is how a bar looks. That of the selected entry stands out at its foot, those that are selected as a whole.
func (p *Pane) paint(bar int, foot, bad bool) theme.Style {
	c := p.done
	if p.picking {
		from, to := p.selection()
		if s := c.start(bar); s >= from && s < to {
			return p.theme.Cursor
		}
	}
	switch {
	case !p.picking && foot && bar == p.marked && p.data.Held:
		return p.theme.CursorIdle
	case bad:
		return p.theme.Error
	}
	return p.theme.Bar
}
