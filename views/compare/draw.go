package compare

import (
	"strings"

	"github.com/dustin/go-humanize"

	"taudit/theme"
	"taudit/views/grid"
)

// headLines are the lines above the changes: the two entries, and the titles of the columns.
const headLines = 3

// row is a line of a change, in the three columns.
type row struct {
	change int
	cells  [3]string
}

// body is how many lines there are below the head.
func (p *Pane) body() int { return max(p.height-headLines, 0) }

// spans are where the columns stand.
func (p *Pane) spans() []grid.Span {
	longest := 0
	for _, c := range p.changes {
		longest = max(longest, p.text.Width(c.Path))
	}
	return grid.Arrange(p.width, 2, []grid.Column{
		{Min: 8, Max: max(min(longest, p.width*2/5), 8), Weight: 4},
		{Min: 8, Weight: 3},
		{Min: 8, Weight: 3},
	})
}

// arrange breaks the changes into lines.
func (p *Pane) arrange() {
	if p.lines != nil {
		return
	}
	spans := p.spans()
	p.lines, p.from = []row{}, p.from[:0]
	for i, c := range p.changes {
		p.from = append(p.from, len(p.lines))
		var cells [3][]string
		high := 1
		for j, text := range [3]string{c.Path, c.Before, c.After} {
			if j < len(spans) && text != "" {
				cells[j] = p.text.Break(short(text), max(spans[j].Width, 1))
				high = max(high, len(cells[j]))
			}
		}
		for y := range high {
			r := row{change: i}
			for j := range cells {
				if y < len(cells[j]) {
					r.cells[j] = cells[j][y]
				}
			}
			if y == 0 {
				for j, text := range [3]string{1: c.Before, 2: c.After} {
					if j > 0 && text == "" {
						r.cells[j] = "-"
					}
				}
			}
			p.lines = append(p.lines, r)
		}
	}
	p.from = append(p.from, len(p.lines))
	p.top = max(min(p.top, len(p.lines)-p.body()), 0)
}

// maxShown is how many bytes of a value are shown, so that a huge one does not make each key slow. It is copied whole.
const maxShown = 8 << 10

func short(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + " (" + humanize.Comma(int64(len(s)-maxShown)) + " bytes more)"
}

// View gives exactly as many lines as the pane is high, each exactly as wide. It is drawn again only when something changed.
func (p *Pane) View() string {
	if p.stale {
		p.view, p.stale = p.draw(), false
	}
	return p.view
}

func (p *Pane) draw() string {
	p.arrange()
	th := p.theme
	var lines []string
	for _, side := range []struct{ name, title string }{{" BEFORE  ", p.before.Title}, {" AFTER   ", p.after.Title}} {
		p.line.Reset()
		p.line.Cell(p.text, side.name, min(len(side.name), p.width), th.Title)
		p.line.Cell(p.text, side.title, max(p.width-len(side.name), 0), th.Row)
		lines = append(lines, p.line.String())
	}
	spans := p.spans()
	lines = append(lines, p.cells(spans, "  ", [3]string{"PATH", "BEFORE", "AFTER"}, [3]theme.Style{th.ColumnHead, th.ColumnHead, th.ColumnHead}, th.ColumnHead))
	if len(p.changes) == 0 {
		lines = append(lines, p.text.Cell("  They say the same.", p.width))
	}
	if p.more > 0 {
		lines[2] = p.cells(spans, "  ", [3]string{"PATH", "BEFORE", "AFTER   (" + humanize.Comma(int64(p.more)) + " more changes are copied, but not shown)"},
			[3]theme.Style{th.ColumnHead, th.ColumnHead, th.ColumnHead}, th.ColumnHead)
	}
	for y := p.top; y < min(p.top+p.body(), len(p.lines)); y++ {
		r := p.lines[y]
		lead := "  "
		if r.change == p.cursor && y == max(p.from[r.change], p.top) {
			lead = th.Glyphs.Cursor + " "
		}
		line := p.cells(spans, lead, r.cells, [3]theme.Style{th.JSONKey, th.JSONString, th.JSONString}, th.Row)
		if r.change == p.cursor {
			style := th.CursorIdle
			if p.focused {
				style = th.Cursor
			}
			line = string(p.line.AppendAs(nil, style))
		}
		lines = append(lines, line)
	}
	return grid.Frame(lines, p.width, p.height)
}

// cells builds a line in p.line, and gives it in the styles of the columns.
func (p *Pane) cells(spans []grid.Span, lead string, cells [3]string, styles [3]theme.Style, blank theme.Style) string {
	l := &p.line
	l.Reset()
	l.Cell(p.text, lead, min(2, p.width), blank)
	x := min(2, p.width)
	for i, s := range spans {
		l.Cell(p.text, "", s.X-x, blank)
		l.Cell(p.text, cells[i], s.Width, styles[i])
		x = s.X + s.Width
	}
	l.Cell(p.text, "", max(p.width-x, 0), blank)
	return l.String()
}
