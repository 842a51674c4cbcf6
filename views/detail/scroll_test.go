package detail

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"taudit/views"
)

// visible lists the nodes that can be seen, the slow way.
func visible(tr *tree) []int32 {
	var out []int32
	for i := range tr.nodes {
		hidden := false
		for a := tr.nodes[i].parent; a >= 0; a = tr.nodes[a].parent {
			hidden = hidden || tr.nodes[a].folded
		}
		if !hidden {
			out = append(out, int32(i))
		}
	}
	return out
}

// genJSON makes the text of a value.
func genJSON(t *rapid.T, depth int) string {
	most := 4
	if depth >= 5 {
		most = 2
	}
	switch rapid.IntRange(0, most).Draw(t, "kind") {
	case 0:
		return strconv.Itoa(rapid.Int().Draw(t, "number"))
	case 1, 2:
		return `"` + strings.Repeat(`long \u0041 `, rapid.IntRange(0, 30).Draw(t, "length")) + `"`
	case 3:
		var parts []string
		for range rapid.IntRange(0, 6).Draw(t, "elements") {
			parts = append(parts, genJSON(t, depth+1))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return genObject(t, depth)
}

func genObject(t *rapid.T, depth int) string {
	var parts []string
	for range rapid.IntRange(0, 6).Draw(t, "members") {
		name := rapid.SampledFrom([]string{"a", "b", "principal", "status", "odd key", ""}).Draw(t, "name")
		parts = append(parts, `"`+name+`":`+genJSON(t, depth+1))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

var motions = []views.Action{
	views.Down, views.Up, views.HalfDown, views.HalfUp, views.PageDown, views.PageUp, views.Top, views.Bottom, views.Left, views.Right,
	views.FarLeft, views.FarRight, views.NextInside, views.PrevInside, views.Open,
	views.LessDeep, views.MoreDeep, views.Wrap, views.Bytes, views.Filter, views.NextMatch, views.PrevMatch,
}

// Whatever is done, the selection can be seen, the view is full, and walking gives what a plain list would.
func TestMotionsKeepInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(1, 130).Draw(rt, "width")
		height := rapid.IntRange(1, 30).Draw(rt, "height")
		p := pane(t, drawn, width, height)
		enter := func() {
			p.Show(entryOf(genObject(rt, 0)), key(rapid.Uint64Range(2, 1000).Draw(rt, "seq")), 0)
		}
		enter()
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			switch rapid.IntRange(0, 12).Draw(rt, "what") {
			case 0:
				p.SetSize(rapid.IntRange(1, 130).Draw(rt, "width"), rapid.IntRange(1, 30).Draw(rt, "height"))
			case 1:
				enter()
			default:
				a := rapid.SampledFrom(motions).Draw(rt, "act")
				n := rapid.SampledFrom([]int{1, 1, 1, 2, 7, 1 << 40}).Draw(rt, "count")
				p.Update(views.Act{Action: a, Count: n})
			}
			screen(t, p)
			if p.sheet.of == noSheet {
				holds(rt, p)
			}
		}
	})
}

func holds(t *rapid.T, p *Pane) {
	all := visible(p.tree)
	var walked, back []int32
	for i := int32(0); i >= 0; i = p.tree.next(i) {
		walked = append(walked, i)
	}
	for i := p.tree.last(); i >= 0; i = p.tree.prev(i) {
		back = append([]int32{i}, back...)
	}
	if diff := cmp.Diff(all, walked) + cmp.Diff(all, back); diff != "" {
		t.Fatalf("walking differs: %s", diff)
	}
	s := &p.scroll
	row, top, selected := 0, -1, -1
	for _, i := range all {
		if i == s.top {
			top = row + s.above
		}
		if i == s.cursor {
			selected = row
		}
		row += s.rows(i)
	}
	if top < 0 || selected < 0 || s.above < 0 || s.above >= s.rows(s.top) {
		t.Fatalf("top %d+%d and selection %d in %v", s.top, s.above, s.cursor, all)
	}
	if s.height == 0 {
		return
	}
	if size := s.rows(s.cursor); size <= s.height && (selected < top || selected+size > top+s.height) ||
		size > s.height && (selected > top || selected+size < top+s.height) {
		t.Fatalf("selection at %d+%d, view at %d+%d", selected, size, top, s.height)
	}
	if want := max(row-s.height, 0); top > want {
		t.Fatalf("view of %d at %d, %d rows: blank at the end", s.height, top, row)
	}
}

func TestMovesTheViewNoFurtherThanItMust(t *testing.T) {
	p := pane(t, big(400), 80, 24)
	do(p, 40, views.Down)
	top := p.scroll.top
	do(p, 5, views.Up)
	if p.scroll.top != top {
		t.Errorf("the view went from %d to %d", top, p.scroll.top)
	}
	y := p.scroll.distance()
	do(p, 3, views.PageDown)
	if got := p.scroll.distance(); got != y {
		t.Errorf("a page moved the selection from row %d to %d of the view", y, got)
	}
	do(p, 3, views.PageUp)
	if p.scroll.top != top || p.scroll.distance() != y {
		t.Errorf("pages down and up lead elsewhere")
	}
}
