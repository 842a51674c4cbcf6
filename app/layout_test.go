package app

import (
	"image"
	"testing"

	"pgregory.net/rapid"
)

func TestDetailStandsWhereTheListKeepsItsRoom(t *testing.T) {
	for _, c := range []struct {
		width, height int
		want          arrangement
	}{
		{60, 15, instead},
		{80, 24, instead},
		{109, 60, instead},
		{110, 33, instead},
		{110, 34, below},
		{120, 40, below},
		{159, 90, below},
		{160, 33, instead},
		{160, 34, right},
		{200, 60, right},
		{300, 90, right},
	} {
		if got := place(c.width, c.height); got != c.want {
			t.Errorf("%dx%d: %v, want %v", c.width, c.height, got, c.want)
		}
	}
}

func TestAreasCoverTheScreenOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(minWidth, 400).Draw(t, "width")
		h := rapid.IntRange(minHeight, 200).Draw(t, "height")
		some := func(label string, from, most int) (out []int) {
			for i := range rapid.IntRange(0, most).Draw(t, label) {
				out = append(out, from+i)
			}
			return out
		}
		p := plan{
			filter: rapid.IntRange(1, 12).Draw(t, "filter"), notice: rapid.IntRange(0, 9).Draw(t, "notice"),
			detail: rapid.SampledFrom([]int{-1, onDetail}).Draw(t, "detail"), zoomed: rapid.SampledFrom([]int{-1, -1, onDetail, 7}).Draw(t, "zoomed"),
			strips: some("strips", 10, 1), columns: some("columns", 20, 3),
		}
		var fit []arrangement
		for _, where := range []arrangement{instead, below, right} {
			if where.fits(w, h) {
				fit = append(fit, where)
			}
		}
		p.where = rapid.SampledFrom(fit).Draw(t, "where")
		a := arrange(w, h, p)
		all := []image.Rectangle{a.header, a.tabs, a.filter, a.notice, a.summary, a.footer}
		for _, at := range a.panes {
			all = append(all, at.area)
			if in := at.inner(); at.boxed && (in.Dy() < 1 || in.Dx() < 20) {
				t.Fatalf("pane %d has %v in its box", at.pane, in)
			}
		}
		cells := 0
		for i, r := range all {
			cells += r.Dx() * r.Dy()
			if !r.In(image.Rect(0, 0, w, h)) {
				t.Fatalf("area %d is %v, outside of %dx%d", i, r, w, h)
			}
			for j, o := range all[:i] {
				if r.Overlaps(o) {
					t.Fatalf("areas %d and %d overlap: %v %v", j, i, o, r)
				}
			}
		}
		if cells != w*h {
			t.Fatalf("areas have %d cells of %d", cells, w*h)
		}
		list, ok := a.find(onList)
		if ok && p.notice <= maxNotice && p.filter == 1 && (list.area.Dx() < min(w, 80) || list.inner().Dy() < min(4, h/4)) {
			t.Fatalf("the list has %v", list.area)
		}
	})
}
