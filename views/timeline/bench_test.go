package timeline

import (
	"fmt"
	"testing"
	"time"

	"taudit/source/store"
	"taudit/views"
)

// full is a pane over n entries of 30 days.
func full(b *testing.B, n int) *bench {
	p := shown(b, 200, 5)
	every := 30 * 24 * time.Hour / time.Duration(n)
	for i := 0; i < n; i += 10_000 {
		p.store.Append(evenly(i, now.Add(-30*24*time.Hour+time.Duration(i)*every), every, min(10_000, n-i)))
	}
	p.feed()
	return p
}

func BenchmarkWork(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		p := full(b, n)
		b.Run(fmt.Sprintf("all/%d", n), func(b *testing.B) {
			for b.Loop() {
				count(b.Context(), p.done.want, nil, now)
			}
		})
		b.Run(fmt.Sprintf("tail/%d", n), func(b *testing.B) {
			for b.Loop() {
				count(b.Context(), p.done.want, p.done, now)
			}
		})
		all := p.data.Store.Match(b.Context(), store.All(), nil)
		b.Run(fmt.Sprintf("filtered/%d", n), func(b *testing.B) {
			w := p.done.want
			w.matches = all
			for b.Loop() {
				count(b.Context(), w, nil, now)
			}
		})
		b.Run(fmt.Sprintf("jump/%d", n), func(b *testing.B) {
			p.selectAt(n / 2)
			for b.Loop() {
				p.jumping = false
				p.jump(1)()
			}
		})
	}
}

// A key on the timeline and the frame after it.
func BenchmarkKeyToFrame(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := full(b, n)
			p.SetFocus(true)
			p.work()
			acts := []views.Action{views.Left, views.Right}
			i := 0
			for b.Loop() {
				p.Update(views.Act{Action: acts[i%2], Count: 1})
				_ = p.View()
				_ = p.Summary(200)
				i++
			}
		})
	}
}
