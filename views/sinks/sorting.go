package sinks

import (
	"cmp"
	"slices"
	"strings"

	"taudit/source/verdict"
	"taudit/views"
	"taudit/views/grid"
)

// sorting is the order of the parts of a source: by a column of the table, the largest or latest first where that is what people look for.
type sorting struct {
	column  int
	reverse bool
	fresh   bool // it was chosen and not yet followed
}

// chosen says whether it is another order than at first.
func (s sorting) chosen() bool { return s.column != byState || s.reverse }

// byState is the column of the table that parts are sorted by at first: what needs to be seen comes first.
const byState = 1

// attention is how much a part needs to be seen; what has ended needs it least.
func attention(w verdict.Word) float64 {
	switch {
	case w >= verdict.Behind:
		return float64(w)
	case w == verdict.Ended:
		return -1
	}
	return 0
}

// compare orders two parts, which stand at places of the data.
func (p *Pane) compare(c *column, a, b int) int {
	n := 0
	if c.value == nil {
		n = strings.Compare(p.name(&p.data.Status[a]), p.name(&p.data.Status[b]))
	} else {
		n = cmp.Compare(c.value(&p.data.Status[a], p.verdictOf(a)), c.value(&p.data.Status[b], p.verdictOf(b)))
	}
	if c.value != nil != p.sorting.reverse {
		return -n
	}
	return n
}

// verdictOf is that of a part, which there may be none of yet.
func (p *Pane) verdictOf(i int) verdict.Verdict {
	if i < len(p.data.Verdict.Parts) {
		return p.data.Verdict.Parts[i]
	}
	return verdict.Verdict{}
}

// sort puts the parts in their order, those of a source together. While somebody reads, those that have a row keep it, and what is new comes
// behind the others of its source.
func (p *Pane) sort() {
	before := p.order
	p.order = nil
	where := map[string]int{}
	for i := range p.data.Status {
		s := &p.data.Status[i]
		if _, ok := where[s.Source]; !ok {
			where[s.Source] = len(where)
		}
		if !p.hidden(s) {
			p.order = append(p.order, i)
		}
	}
	columns := p.table()
	c := &columns[p.sorting.column]
	slices.SortStableFunc(p.order, func(a, b int) int {
		return cmp.Or(cmp.Compare(where[p.data.Status[a].Source], where[p.data.Status[b].Source]), p.compare(c, a, b))
	})
	if (p.focused || p.data.Held) && !p.sorting.fresh {
		p.order = p.keeping(before)
	}
	p.sorting.fresh = false
}

// keeping gives the parts of p.order, those that were there before in their order of then.
func (p *Pane) keeping(before []int) []int {
	out := make([]int, 0, len(p.order))
	for _, i := range before {
		if slices.Contains(p.order, i) {
			out = append(out, i)
		}
	}
	for _, i := range p.order {
		if slices.Contains(before, i) {
			continue
		}
		at := len(out)
		for j, o := range out {
			if p.data.Status[o].Source == p.data.Status[i].Source {
				at = j + 1
			}
		}
		out = slices.Insert(out, at, i)
	}
	return out
}

// sortBeside sorts by the n-th column to the right of the one that is sorted by, among those that there is room for.
func (p *Pane) sortBeside(n int) {
	spans, at := p.spans(p.table()), 0
	for i, s := range spans {
		if s.Column <= p.sorting.column {
			at = i
		}
	}
	if len(spans) == 0 {
		return
	}
	p.sorting = sorting{column: spans[max(min(at+max(min(n, len(spans)), -len(spans)), len(spans)-1), 0)].Column, fresh: true}
	p.stale = true
}

// turnRound sorts the other way round.
func (p *Pane) turnRound() {
	p.sorting.reverse, p.sorting.fresh, p.stale = !p.sorting.reverse, true, true
}

// spans are the columns that there is room for.
func (p *Pane) spans(columns []column) []grid.Span {
	var widths []grid.Column
	for _, c := range columns {
		widths = append(widths, c.Column)
	}
	return grid.Arrange(p.width, lead, widths)
}

// sortSign stands behind the title of the column that is sorted by.
func (p *Pane) sortSign(c *column) string {
	if c.value != nil != p.sorting.reverse {
		return p.theme.Glyphs.Down
	}
	return p.theme.Glyphs.Up
}

// arrangeBy sorts by another column, or the other way round; not while a page covers the table.
func (p *Pane) arrangeBy(a views.Action, n int) {
	switch {
	case p.page != nil:
	case a == views.SortReverse && n%2 == 1:
		p.turnRound()
	case a == views.SortNext:
		p.sortBeside(n)
	case a == views.SortPrev:
		p.sortBeside(-n)
	}
}
