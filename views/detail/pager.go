package detail

import (
	"strings"
	"unicode/utf8"

	"taudit/views"
	"taudit/views/grid"
)

// maxBlock is how many bytes of a text without line breaks are one block: few enough that a block whose every byte is escaped can
// still be scrolled sideways to its end.
const maxBlock = 1000

// block is a stretch of a text that ends at a line break, or where it gets too long.
type block struct {
	text string
	to   int // where it ends in the whole, in bytes
}

// blocks cuts a text: at line breaks, and what is longer at a blank if there is one, but within no character.
func blocks(s string) []block {
	out := make([]block, 0, 1+strings.Count(s, "\n")+len(s)/maxBlock)
	for at := 0; ; {
		line, rest, more := strings.Cut(s[at:], "\n")
		for len(line) > maxBlock {
			cut := strings.LastIndexByte(line[:maxBlock], ' ') + 1
			if cut == 0 {
				for cut = maxBlock; cut > maxBlock-utf8.UTFMax && !utf8.RuneStart(line[cut]); {
					cut--
				}
			}
			at += cut
			out = append(out, block{line[:cut], at})
			line = line[cut:]
		}
		at += len(line)
		if more {
			at++
		}
		out = append(out, block{strings.TrimSuffix(line, "\r"), at})
		if !more || rest == "" {
			return out
		}
	}
}

// pager shows a text of any length in rows. Beside cutting the text into blocks once it looks at no more of it than is seen.
type pager struct {
	text          grid.Text
	exact         bool // rows are full, and no blank is lost between them
	blocks        []block
	width, height int
	wrap          bool // blocks take as many rows as they need, else one that is scrolled sideways
	skip          int  // sideways, in cells
	top, above    int  // the first block that is seen, and how many of its rows are not
	wrapped       map[int][]string
}

func newPager(s string, text grid.Text, exact bool) pager {
	return pager{text: text, exact: exact, blocks: blocks(s), wrap: true}
}

// fold breaks a block into rows.
func (g *pager) fold(s string, w int) []string {
	if g.exact {
		return g.text.Break(s, w)
	}
	return g.text.Wrap(s, w)
}

// resize keeps the block at the top there.
func (g *pager) resize(text grid.Text, width, height int) {
	if text != g.text || width != g.width {
		g.wrapped = nil
	}
	g.text, g.width, g.height = text, max(width, 1), max(height, 0)
	g.clamp()
}

// setWrap changes how long lines are shown.
func (g *pager) setWrap(wrap bool) {
	g.wrap, g.skip, g.above, g.wrapped = wrap, 0, 0, nil
	g.clamp()
}

// rows are those of a block, cleaned but for one that is not wrapped.
func (g *pager) rows(i int) []string {
	const most = 512 // blocks whose rows are kept
	if rows, ok := g.wrapped[i]; ok {
		return rows
	}
	rows := []string{g.blocks[i].text}
	if g.wrap {
		rows = g.fold(g.blocks[i].text, g.width)
	}
	if g.wrapped == nil || len(g.wrapped) >= most {
		g.wrapped = map[int][]string{}
	}
	g.wrapped[i] = rows
	return rows
}

func (g *pager) size(i int) int {
	if !g.wrap {
		return 1
	}
	return len(g.rows(i))
}

// clamp brings the view in range and fills it.
func (g *pager) clamp() {
	if len(g.blocks) == 0 {
		g.top, g.above = 0, 0
		return
	}
	g.top = max(min(g.top, len(g.blocks)-1), 0)
	g.above = max(min(g.above, g.size(g.top)-1), 0)
	seen := -g.above
	for i := g.top; i < len(g.blocks); i++ {
		if seen += g.size(i); seen >= g.height {
			return
		}
	}
	g.bottom()
}

func (g *pager) bottom() {
	g.top, g.above = len(g.blocks), 0
	for left := g.height; left > 0 && g.top > 0; {
		g.top--
		n := g.size(g.top)
		g.above = max(n-left, 0)
		left -= n
	}
	g.top = min(g.top, len(g.blocks)-1)
}

func (g *pager) down(n int) {
	for n > 0 {
		last := g.size(g.top) - 1
		k := min(n, last-g.above)
		g.above += k
		if n -= k; n == 0 || g.top == len(g.blocks)-1 {
			break
		}
		g.top, g.above = g.top+1, 0
		n--
	}
	g.clamp()
}

func (g *pager) up(n int) {
	for n > 0 {
		k := min(n, g.above)
		g.above -= k
		if n -= k; n == 0 || g.top == 0 {
			break
		}
		g.top--
		g.above = g.size(g.top) - 1
		n--
	}
	g.clamp()
}

// sideways moves n steps to the right, as far as what is seen is wide.
func (g *pager) sideways(n int) {
	const step = 8
	if g.wrap {
		return
	}
	most := 0
	for i := g.top; i < len(g.blocks) && i < g.top+g.height; i++ {
		most = max(most, g.text.Width(g.blocks[i].text)-g.width)
	}
	n = max(min(n, far/step), -far/step)
	g.skip = max(min(min(g.skip, most)+n*step, most), 0)
}

// act answers a motion, and tells whether it was one.
func (g *pager) act(a views.Action, n int) bool {
	if len(g.blocks) == 0 {
		return false
	}
	half, page := max(g.height/2, 1), max(g.height-1, 1)
	switch a {
	case views.Down:
		g.down(n)
	case views.Up:
		g.up(n)
	case views.HalfDown:
		g.down(times(n, half))
	case views.HalfUp:
		g.up(times(n, half))
	case views.PageDown:
		g.down(times(n, page))
	case views.PageUp:
		g.up(times(n, page))
	case views.Top:
		g.top, g.above = 0, 0
	case views.Bottom:
		g.bottom()
	case views.Left:
		g.sideways(-n)
	case views.Right:
		g.sideways(n)
	case views.FarLeft:
		g.skip = 0
	case views.FarRight:
		g.sideways(far)
	default:
		return false
	}
	return true
}

// to shows a block.
func (g *pager) to(i int) {
	g.top, g.above = i, 0
	g.clamp()
}

// seen gives the rows in view, at most as many as the height, and how far through the text they reach, in percent.
func (g *pager) seen() (rows []string, percent int) {
	if len(g.blocks) == 0 || g.height == 0 {
		return nil, 100
	}
	i, from := g.top, g.above
	for ; i < len(g.blocks) && len(rows) < g.height; i++ {
		some := g.rows(i)[from:]
		rows = append(rows, some[:min(len(some), g.height-len(rows))]...)
		from = 0
	}
	size := g.blocks[len(g.blocks)-1].to
	if size == 0 || i == len(g.blocks) && len(rows) <= g.height && g.atEnd() {
		return rows, 100
	}
	return rows, min(g.blocks[i-1].to*100/size, 99)
}

// atEnd tells whether the last row is seen.
func (g *pager) atEnd() bool {
	seen := -g.above
	for i := g.top; i < len(g.blocks); i++ {
		if seen += g.size(i); seen > g.height {
			return false
		}
	}
	return true
}
