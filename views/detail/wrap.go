package detail

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"taudit/views/grid"
)

// maxWrapped is how many bytes of a value are wrapped in the tree. Opened by itself it is shown in full.
const maxWrapped = 4 << 10

// wrapValue gives the rows of a value that does not fit into one, or that has line breaks.
func (p *Pane) wrapValue(i int32) []string {
	t := p.tree
	if t.holds(i) {
		return nil
	}
	said := t.value(i)
	broken := t.nodes[i].kind == text && strings.Contains(said[:min(len(said), maxWrapped)], `\n`)
	if !broken && !p.cut(i) {
		return nil
	}
	if t.nodes[i].kind == text {
		said = `"` + t.says(i) + `"`
	}
	return wrap(said, p.text, max(p.layout.tree.width-p.valueAt(i, p.layout.tree.width), 1))
}

// cut tells whether a value is longer than the rest of its row.
func (p *Pane) cut(i int32) bool {
	w := p.layout.tree.width
	return p.valueAt(i, w)+p.text.Width(p.tree.value(i)) > w
}

// setWrap shows values in as many rows as they need, or in one each.
func (p *Pane) setWrap(wrapped bool) {
	y := p.scroll.distance()
	p.wrapped = wrapped
	p.rewrap()
	p.scroll.above = 0
	p.scroll.place(y)
	p.scroll.clamp()
}

// rewrap has the rows of values found out anew.
func (p *Pane) rewrap() {
	p.scroll.tall, p.scroll.wrap = nil, nil
	if p.wrapped {
		p.scroll.wrap = p.wrapValue
	}
}

// wrap breaks a text into lines of at most w cells, as much of it as is shown.
func wrap(s string, text grid.Text, w int) []string {
	more := 0
	if len(s) > maxWrapped {
		cut := maxWrapped
		for cut > maxWrapped-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s, more = s[:cut], len(s)-cut
	}
	lines := text.Wrap(s, w)
	if more > 0 {
		lines = append(lines, text.Wrap(fmt.Sprintf("(%s more)", humanize.IBytes(uint64(more))), w)...)
	}
	return lines
}
