package grid

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestArrange(t *testing.T) {
	columns := []Column{
		{Title: "A", Min: 8},
		{Title: "B", Min: 18, Weight: 8, Max: 44},
		{Title: "C", Min: 12, Weight: 5},
		{Title: "D", Min: 15, From: 110},
	}
	for _, c := range []struct {
		width int
		want  []Span
	}{
		{0, nil},
		{2, nil},
		{5, []Span{{0, 2, 3}}},
		{10, []Span{{0, 2, 8}}},
		{28, []Span{{0, 2, 8}}},
		{29, []Span{{0, 2, 8}, {1, 11, 18}}},
		{42, []Span{{0, 2, 8}, {1, 11, 18}, {2, 30, 12}}},
		{68, []Span{{0, 2, 8}, {1, 11, 34}, {2, 46, 22}}},
		{109, []Span{{0, 2, 8}, {1, 11, 44}, {2, 56, 53}}},
		{110, []Span{{0, 2, 8}, {1, 11, 44}, {2, 56, 38}, {3, 95, 15}}},
	} {
		if diff := cmp.Diff(c.want, Arrange(c.width, 2, columns)); diff != "" {
			t.Errorf("%d cells (-want +got):\n%s", c.width, diff)
		}
	}
}

func TestArrangeStaysInTheRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Column {
			c := Column{Min: rapid.IntRange(1, 20).Draw(t, "min"), Weight: rapid.IntRange(0, 5).Draw(t, "weight")}
			if rapid.Bool().Draw(t, "limited") {
				c.Max = c.Min + rapid.IntRange(0, 20).Draw(t, "more")
			}
			return c
		}), 0, 8).Draw(t, "columns")
		width, lead := rapid.IntRange(-3, 300).Draw(t, "width"), rapid.IntRange(0, 3).Draw(t, "lead")
		x, grows := lead, false
		spans := Arrange(width, lead, columns)
		for _, s := range spans {
			c := columns[s.Column]
			if s.X != x || s.Width < 1 || s.Width < c.Min && len(spans) > 1 || c.Max > 0 && s.Width > c.Max {
				t.Fatalf("%d cells: %+v for %+v at %d", width, s, c, x)
			}
			x += s.Width + 1
			grows = grows || open(s, c)
		}
		if len(spans) > 0 && x-1 > width {
			t.Fatalf("%d cells: %+v is too wide", width, spans)
		}
		if grows && x-1 != width {
			t.Fatalf("%d cells: %+v leaves room", width, spans)
		}
	})
}
