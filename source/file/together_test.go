package file

import (
	"slices"
	"testing"
)

// Neighbouring files are read by one worker while they are small, never more than asked for, and a large one by itself.
func TestTogether(t *testing.T) {
	const small, large = 20 << 10, sizeTogether
	of := func(sizes ...int64) []*tracked {
		var out []*tracked
		for _, n := range sizes {
			out = append(out, &tracked{found: n})
		}
		return out
	}
	many := of(slices.Repeat([]int64{small}, 100)...)
	for _, c := range []struct {
		what  string
		files []*tracked
		most  int
		want  int
	}{
		{"small ones", many, manyTogether, manyTogether},
		{"fewer are asked for", many, 3, 3},
		{"fewer are left", many[:5], manyTogether, 5},
		{"a large one first", of(2*large, small, small), manyTogether, 1},
		{"a large one behind small ones", of(small, small, large, small), manyTogether, 2},
		{"as much as goes together", of(large/2, large/2, 1), manyTogether, 2},
		{"empty ones", of(0, 0, 0), manyTogether, 3},
		{"one", of(small), 1, 1},
	} {
		if got := together(c.files, c.most); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}
