package filterbar

import (
	"strings"

	"github.com/dustin/go-humanize"

	"taudit/theme"
	"taudit/views/grid"
)

// Part is a term of a filter and how many entries it means alone.
type Part struct {
	Term  string
	Count int
}

// SetExplanation tells what each term of a filter that means nothing means alone. It is shown below the line while it is
// edited; see also [Explain].
func (p *Pane) SetExplanation(parts []Part) { p.parts, p.stale = parts, true }

// Explain says in one line of at most width cells why a filter means none of total entries: what each of its terms means
// alone. Terms that have no room are counted.
func Explain(parts []Part, total, width int, g theme.Glyphs) string {
	text := grid.TextFor(g)
	sep := " · "
	if g.ASCII {
		sep = " | "
	}
	line := "0 of " + humanize.Comma(int64(total))
	for i, part := range parts {
		next := line + sep + part.Term + " alone " + humanize.Comma(int64(part.Count))
		more := ""
		if left := len(parts) - i - 1; left > 0 {
			more = sep + humanize.Comma(int64(left)) + " more"
		}
		if text.Width(next+more) > width && i > 0 {
			line += sep + humanize.Comma(int64(len(parts)-i)) + " more"
			break
		}
		line = next
	}
	return strings.TrimRight(text.Cell(line, width), " ")
}
