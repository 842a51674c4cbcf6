package detail

import (
	"strings"

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
	p.nodes, p.aged = p.nodes[:0], p.aged[:0]
	if p.width == 0 || p.height == 0 {
		return grid.Frame(nil, p.width, p.height)
	}
	if !p.shown && p.bad == nil {
		r := p.newRow(p.width)
		r.space(1)
		r.put("No entry is selected.", p.theme.Dim)
		return grid.Frame([]string{r.done()}, p.width, p.height)
	}
	var lines []string
	if p.layout.head > 0 {
		lines = p.above()
	}
	body := p.layout.tree.height
	var rows []string
	if p.sheet.of != noSheet {
		rows = p.drawSheet()
	} else {
		rows = p.branches()
	}
	for len(rows) < body {
		r := p.newRow(p.layout.tree.width)
		rows = append(rows, r.done())
	}
	if rows = rows[:body]; p.layout.aside > 0 {
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
