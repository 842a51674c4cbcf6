package detail

import (
	"fmt"
	"strings"
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

// BenchmarkOpen is a key that opens an entry, with the first frame of it.
func BenchmarkOpen(b *testing.B) {
	for _, c := range []struct{ name, raw string }{
		{"array-1000", thousand()}, {"object-10000-lines", wide(10_000)}, {"object-100000-lines", wide(100_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := pane(b, drawn, 80, 40)
			e := decoded(b, c.raw, fromStream())
			b.ReportAllocs()
			seq := uint64(1)
			for b.Loop() {
				seq++
				p.Show(e, key(seq), 0)
				p.View()
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	p := pane(b, big(100_000), 80, 40)
	pattern := compile("user99999@")
	b.ReportAllocs()
	b.SetBytes(int64(len(p.tree.text)))
	for b.Loop() {
		p.tree.matches(b.Context(), pattern)
	}
}

// wide is an entry whose details have n lines.
func wide(n int) string {
	var b strings.Builder
	b.WriteString(`{"emit_time":"2023-11-08T09:14:58Z","operation":"UpdateNamespace","status":"OK","log_id":"w","details":{`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"key_%d":"value %d"`, i, i)
	}
	b.WriteString(`}}`)
	return b.String()
}

// Opening an entry allocates as often for one of many lines as for one of a few: the rest is one pass over its bytes.
func TestOpeningALargeEntryAllocatesLittle(t *testing.T) {
	cost := func(raw string) float64 {
		p := pane(t, drawn, 80, 40)
		e := decoded(t, raw, fromStream())
		seq := uint64(1)
		return testing.AllocsPerRun(5, func() {
			seq++
			p.Show(e, key(seq), 0)
			p.View()
		})
	}
	small := cost(wide(100))
	for name, raw := range map[string]string{"10,000 lines": wide(10_000), "array of 1,000": thousand()} {
		if n := cost(raw); n > small+100 {
			t.Errorf("%s: %v allocations, %v for 100 lines", name, n, small)
		}
	}
}

// A frame costs what is seen of an entry, whatever else there is in it and whatever is done to it.
func TestAFrameCostsWhatIsSeen(t *testing.T) {
	frame := func(raw string, acts []any) float64 {
		p := pane(t, raw, 80, 40)
		do(p, 40, views.Down)
		do(p, acts...)
		work(t, p)
		return testing.AllocsPerRun(20, func() {
			p.cached = ""
			p.View()
		})
	}
	for name, acts := range map[string][]any{
		"plain":     nil,
		"wrapped":   {views.Wrap},
		"searching": {views.Filter, "value"},
		"bytes":     {views.Bytes},
		"digits":    {views.Bytes, views.Open, views.Bottom},
		"end":       {views.Bottom},
		"folded":    {views.Top, views.FarLeft},
	} {
		small, large := frame(wide(1000), acts), frame(wide(100_000), acts)
		if large > small*1.1+20 {
			t.Errorf("%s: %v allocations for 100,000 lines, %v for 1,000", name, large, small)
		}
	}
}
