package grid

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestWindow(t *testing.T) {
	w := Window{Height: 10, Count: 100}
	for _, c := range []struct {
		name        string
		got         Window
		top, cursor int
	}{
		{"last", w.Last(), 90, 99},
		{"first", w.Last().First(), 0, 0},
		{"down within the view", w.Move(9), 0, 9},
		{"down beyond it", w.Move(10), 1, 10},
		{"up within the view", w.Last().Move(-9), 90, 90},
		{"up beyond it", w.Last().Move(-10), 89, 89},
		{"page", w.Move(3).Page(1), 9, 12},
		{"page back", w.Move(3).Page(1).Page(-1), 0, 3},
		{"page at the end", w.Last().Move(-3).Page(1), 90, 99},
		{"half", w.Half(1), 5, 5},
		{"two halves", w.Half(2), 10, 10},
		{"wheel", w.Scroll(3), 3, 3},
		{"wheel back", w.To(9).Scroll(3).Scroll(-3), 0, 9},
		{"wheel at the end", w.Scroll(1000), 90, 90},
		{"more rows: the view stays", func() Window { v := w.Last(); v.Count = 200; return v.Clamp() }(), 90, 99},
		{"fewer rows", func() Window { v := w.Last(); v.Count = 50; return v.Clamp() }(), 40, 49},
		{"taller", func() Window { v := w.Last(); v.Height = 30; return v.Clamp() }(), 70, 99},
		{"lower", func() Window { v := w.Last(); v.Height = 3; return v.Clamp() }(), 97, 99},
		{"any number of pages", w.Page(math.MaxInt), 90, 99},
		{"any number of half pages back", w.Last().Half(math.MinInt + 1), 0, 0},
	} {
		if c.got.Top != c.top || c.got.Cursor != c.cursor {
			t.Errorf("%s: %+v, want top %d, cursor %d", c.name, c.got, c.top, c.cursor)
		}
	}
}

func TestWindowAlwaysShowsItsSelection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		any := rapid.OneOf(rapid.IntRange(-5, 60), rapid.Int())
		w := Window{Height: rapid.IntRange(-1, 30).Draw(t, "height"), Count: rapid.IntRange(-1, 60).Draw(t, "count")}.Clamp()
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			n := any.Draw(t, "n")
			before := w
			switch rapid.IntRange(0, 7).Draw(t, "do") {
			case 0:
				w = w.Move(n)
				if want := max(min(add(before.Cursor, n), w.Count-1), 0); w.Cursor != want {
					t.Fatalf("%+v moved by %d: %+v", before, n, w)
				}
				if w.Cursor >= before.Top && w.Cursor < before.End() && w.Top != before.Top {
					t.Fatalf("%+v moved by %d: %+v moves the view without need", before, n, w)
				}
			case 1:
				w = w.To(n)
			case 2:
				w = w.Page(n)
			case 3:
				w = w.Half(n)
			case 4:
				w = w.Scroll(n)
			case 5:
				w.Height = n % 40
				w = w.Clamp()
			case 6:
				w.Count = n % 80
				w = w.Clamp()
			case 7:
				w = Window{Top: n, Cursor: any.Draw(t, "cursor"), Height: w.Height, Count: w.Count}.Clamp()
			}
			if w.Count > 0 && (w.Cursor < 0 || w.Cursor >= w.Count) || w.Count == 0 && w.Cursor != 0 {
				t.Fatalf("%+v selects nothing", w)
			}
			if w.Row() < 0 || w.Row() > 0 && w.Row() >= w.Height {
				t.Fatalf("%+v does not show its selection", w)
			}
			if w.Top < 0 || w.Top > 0 && w.Height > 0 && w.End()-w.Top < w.Height {
				t.Fatalf("%+v leaves rows blank", w)
			}
			if w != w.Clamp() {
				t.Fatalf("%+v is not stable: %+v", w, w.Clamp())
			}
		}
	})
}
