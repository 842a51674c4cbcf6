package events

import (
	"fmt"
	"testing"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/views"
	"taudit/views/grid"
)

func FuzzSize(f *testing.F) {
	for _, s := range [][2]int{{0, 0}, {1, 1}, {0, 5}, {5, 0}, {2, 2}, {3, 3}, {10, 2}, {20, 10}, {80, 24}, {110, 3}, {116, 40}, {300, 90}, {-1, -1}, {1 << 40, 2}, {2, 1 << 40}, {1 << 62, 1 << 62}} {
		f.Add(s[0], s[1], uint8(s[0]&3))
		f.Add(s[0], s[1], uint8(s[0]&3|8))
	}
	f.Fuzz(func(t *testing.T, w, h int, steps uint8) {
		logs := [][]audit.Entry{append(hostile(), later(50)...), morning(), nil}
		if cw, ch := grid.Size(w, h); cw*ch > 50_000 {
			logs = logs[:1] // drawing that much is slow
		}
		for _, entries := range logs {
			p, s := shown(80, 24, entries...)
			for i := range steps % 8 {
				do(p, views.Up)
				add(p, s, timed(int(i), int(i)*500))
			}
			p.SetSize(w, h)
			screen(t, p, w, h)
			do(p, views.Wrap)
			screen(t, p, w, h)
			if steps&8 == 0 {
				do(p, views.Wrap)
			}
			do(p, views.Right)
			screen(t, p, w, h)
			add(p, s, timed(99, 5000), entry("old", "2020-01-01 00:00:00", "Old", "OK", "", "", ""))
			screen(t, p, w, h)
			do(p, views.PageUp)
			screen(t, p, w, h)
			p.SetSize(60, 15)
			screen(t, p, 60, 15)
		}
	})
}

// million is a log of a million entries.
func million(tb testing.TB, n int) *store.Snapshot {
	tb.Helper()
	s := store.New(store.Limits{})
	start := now.Add(-time.Duration(n) * 10 * time.Millisecond)
	batch := make([]audit.Entry, 0, 10_000)
	for i := range n {
		batch = append(batch, audit.Entry{
			EmitTime: start.Add(time.Duration(i) * 10 * time.Millisecond), LogID: fmt.Sprintf("%032d", i),
			Operation: "UpdateNamespace", Status: "OK", Target: "prod.a1b2c", Forwarded: "198.51.100.4",
			Principal: audit.Principal{Type: "user", Name: "user1@example.com"}, Raw: "{}",
		})
		if len(batch) == cap(batch) {
			s.Append(batch)
			batch = batch[:0]
		}
	}
	s.Append(batch)
	return s.Snapshot()
}

// Allocations of a whole new view: what is drawn, and nothing for each row or cell.
func TestViewAllocatesLittle(t *testing.T) {
	snap := million(t, 20_000)
	lines := snap.Lines(t.Context(), store.Layout{Fold: time.Minute, Gap: time.Minute}, nil, nil)
	for _, folded := range []*store.Lines{nil, lines} {
		viewAllocatesLittle(t, views.Data{Now: now, Store: snap, Lines: folded})
	}
}

func viewAllocatesLittle(t *testing.T, d views.Data) {
	t.Helper()
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		p := New()
		p.SetSize(size[0], size[1])
		p.SetData(d)
		p.View()
		if n := testing.AllocsPerRun(100, func() {
			p.SetData(d)
			p.View()
		}); n > 10 {
			t.Errorf("%v: %v allocations following", size, n)
		}
		do(p, views.Up)
		if n := testing.AllocsPerRun(100, func() {
			p.SetData(d)
			do(p, views.Up)
			p.View()
		}); n > 15 {
			t.Errorf("%v: %v allocations held", size, n)
		}
		if n := testing.AllocsPerRun(100, func() { p.View() }); n != 0 {
			t.Errorf("%v: %v allocations without a change", size, n)
		}
	}
}

func BenchmarkPane(b *testing.B) {
	snap := million(b, 1_000_000)
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		p := New()
		p.SetSize(size[0], size[1])
		d := views.Data{Now: now, Store: snap}
		p.SetData(d)
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		b.Run("following/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.SetData(d)
				p.View()
			}
		})
		b.Run("held/"+name, func(b *testing.B) {
			b.ReportAllocs()
			p.Move(-500_000)
			for b.Loop() {
				p.SetData(d)
				p.View()
			}
		})
		b.Run("moving/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Move(-1)
				p.View()
			}
		})
		b.Run("cached/"+name, func(b *testing.B) {
			for b.Loop() {
				p.View()
			}
		})
		p.Follow()
	}
}
