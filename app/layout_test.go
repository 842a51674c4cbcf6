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
		a := arrange(w, h, rapid.Bool().Draw(t, "detail"), rapid.IntRange(1, 12).Draw(t, "filter"), rapid.IntRange(0, 9).Draw(t, "notice"))
		all := []image.Rectangle{a.header, a.tabs, a.filter, a.list, a.detail, a.notice, a.summary, a.footer}
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
		if !a.list.Empty() && !a.detail.Empty() {
			list := inner(a.list, a.listBoxed)
			if a.list.Min.Y == a.detail.Min.Y && a.list.Dx() < 80 || list.Dy() < 8 {
				t.Fatalf("the list has %v beside the detail", a.list)
			}
		}
	})
}
