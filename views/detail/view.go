package detail

import (
	"strings"

	"taudit/theme"
	"taudit/views/grid"
)

// View draws the pane, or gives what it drew if nothing has changed since.
func (p *Pane) View() string {
	if p.cached == "" {
		p.cached = p.draw()
	}
	return p.cached
}

func (p *Pane) draw() string {
	p.nodes = p.nodes[:0]
	if p.width == 0 || p.height == 0 {
		return grid.Frame(nil, p.width, p.height)
	}
	if !p.shown {
		r := p.newRow(p.width)
		r.space(1)
		r.put("No entry is selected.", p.theme.Dim)
		return grid.Frame([]string{r.done()}, p.width, p.height)
	}
	var lines []string
	if p.layout.aside == 0 {
		lines = p.above()
	}
	body := p.layout.tree.height
	var rows []string
	if p.tree.err != nil {
		rows = p.plainRows()
	} else {
		rows = p.branches()
	}
	for len(rows) < body {
		r := p.newRow(p.layout.tree.width)
		rows = append(rows, r.done())
	}
	if p.layout.aside > 0 {
		context := p.aside(body)
		line := " " + p.theme.Border.Render(p.theme.Glyphs.Pipe)
		blank := strings.Repeat(" ", p.layout.aside)
		for i := range rows {
			rows[i] += line
			if i < len(context) {
				rows[i] += context[i]
			} else {
				rows[i] += blank
			}
		}
	}
	lines = append(lines, rows...)
	return grid.Frame(append(lines, p.below()...), p.width, p.height)
}

// plainRows draws the text that is no tree.
func (p *Pane) plainRows() []string {
	w := p.layout.tree.width
	var rows []string
	add := func(s string, style theme.Style) {
		r := p.newRow(w)
		r.space(1)
		r.put(s, style)
		rows = append(rows, r.done())
	}
	for _, s := range p.plain.reason {
		add(s, p.theme.Late)
	}
	window := p.plain.window
	for _, s := range p.plain.lines[window.Top:window.End()] {
		add(s, p.theme.Row)
	}
	return rows
}
