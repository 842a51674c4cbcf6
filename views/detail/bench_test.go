package detail

import (
	"testing"

	"taudit/views"
)

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, raw string }{{"entry", current}, {"100k", big(100_000)}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.raw)))
			b.ReportAllocs()
			for b.Loop() {
				parse(c.raw)
			}
		})
	}
}

func BenchmarkShow(b *testing.B) {
	p := pane(b, current, 80, 24)
	e, _ := p.Entry()
	other := decoded(b, drawn, fromStream())
	b.ReportAllocs()
	for b.Loop() {
		p.Show(other, key(2), 0)
		p.View()
		p.Show(e, key(1), 0)
		p.View()
	}
}

// Keys in a tree of 100,000 values: the work behind one, with and without the drawing that follows.
func BenchmarkKeys(b *testing.B) {
	for _, c := range []struct {
		name string
		acts []any
	}{
		{"down-up", []any{views.Down, views.Up}},
		{"page", []any{views.PageDown, views.PageUp}},
		{"top-bottom", []any{views.Top, views.Bottom}},
		{"fold-unfold", []any{views.Left, views.Right}},
		{"sibling", []any{views.NextInside, views.PrevInside}},
		{"fold-all", []any{views.FarLeft, views.FarRight}},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := pane(b, big(100_000), 80, 40)
			do(p, 50_000, views.Down, views.Left)
			b.ReportAllocs()
			for b.Loop() {
				for _, a := range c.acts {
					do(p, a)
					p.View()
				}
			}
		})
	}
}

// Moving must not cost more in a longer tree.
func TestKeysInALargeTreeDoNotAllocate(t *testing.T) {
	p := pane(t, big(100_000), 80, 40)
	do(p, 50_000, views.Down)
	for _, pair := range [][2]views.Action{
		{views.Down, views.Up},
		{views.HalfDown, views.HalfUp},
		{views.PageDown, views.PageUp},
		{views.Top, views.Bottom},
		{views.NextInside, views.PrevInside},
	} {
		there, back := views.Act{Action: pair[0], Count: 1}, views.Act{Action: pair[1], Count: 1}
		if n := testing.AllocsPerRun(50, func() {
			p.act(there.Action, there.Count)
			p.act(back.Action, back.Count)
		}); n != 0 {
			t.Errorf("%s and %s: %v allocations", there.Action, back.Action, n)
		}
	}
	if n := testing.AllocsPerRun(50, func() {
		p.act(views.Down, 1)
		p.View()
	}); n > 300 {
		t.Errorf("%v allocations to draw a frame", n)
	}
}
