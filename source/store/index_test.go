package store

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func (x *index) all(h uint64) []int64 {
	var out []int64
	x.find(h, func(t int64) bool {
		out = append(out, t)
		return true
	})
	slices.Sort(out)
	return out
}

func TestIndexIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		model := map[uint64][]int64{}
		count := 0
		// Few hashes, of which many have the same home.
		hashes := rapid.Custom(func(t *rapid.T) uint64 {
			return uint64(rapid.IntRange(0, 8).Draw(t, "low"))<<timeBits | uint64(rapid.IntRange(0, 40).Draw(t, "high"))<<58
		})
		times := rapid.SampledFrom([]int64{0, 1, second - 1, second, -1, -second, -second - 1, epoch * second, 7284902399 * second, 1700000000 * second})
		floor := func(t int64) int64 { return timeOf(slotOf(0, t)) }
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				h, at := hashes.Draw(t, "hash"), times.Draw(t, "time")
				x.add(h, at)
				model[h] = append(model[h], floor(at))
				count++
			},
			"add first": func(t *rapid.T) {
				h, at := hashes.Draw(t, "hash"), times.Draw(t, "time")
				if got := x.addFirst(h, at); got != (len(model[h]) == 0) {
					t.Fatalf("added %v beside %v", got, model[h])
				} else if got {
					model[h] = append(model[h], floor(at))
					count++
				}
			},
			"remove": func(t *rapid.T) {
				h, at := hashes.Draw(t, "hash"), times.Draw(t, "time")
				x.remove(h, at)
				if i := slices.Index(model[h], floor(at)); i >= 0 {
					model[h] = slices.Delete(model[h], i, i+1)
					count--
				}
			},
			"": func(t *rapid.T) {
				h := hashes.Draw(t, "hash")
				want := slices.Clone(model[h])
				slices.Sort(want)
				if got := x.all(h); !slices.Equal(got, want) || x.used != count || x.has(h) != (len(want) > 0) {
					t.Fatalf("has %v, want %v; %d are held, want %d", got, want, x.used, count)
				}
			},
		})
	})
}

func TestTimesAreKeptToTheSecond(t *testing.T) {
	for _, at := range []int64{0, 1, second, second + 1, -1, -second, -second + 1, 1700000000*second + 5} {
		got := timeOf(slotOf(7<<timeBits, at))
		if got > at || at-got >= second || got%second != 0 {
			t.Errorf("%d becomes %d", at, got)
		}
	}
}

func TestIndexGrows(t *testing.T) {
	var x index
	const many = 100_000
	hash := func(i int) uint64 { return uint64(i) * 0x9E3779B97F4A7C15 }
	for i := range many {
		x.add(hash(i), int64(i)*second)
	}
	for i := 0; i < many; i += 2 {
		x.remove(hash(i), int64(i)*second)
	}
	for i := range many {
		if got := x.all(hash(i)); slices.Contains(got, int64(i)*second) != (i%2 == 1) {
			t.Fatalf("hash of %d has %d", i, got)
		}
	}
}
