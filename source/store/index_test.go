package store

import (
	"testing"

	"pgregory.net/rapid"
)

func TestIndexIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		model := map[uint64]int64{}
		// Few hashes, of which many have the same home.
		hashes := rapid.Custom(func(t *rapid.T) uint64 {
			return uint64(rapid.IntRange(0, 40).Draw(t, "low")) | uint64(rapid.IntRange(0, 8).Draw(t, "high"))<<40
		})
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				h, at := hashes.Draw(t, "hash"), rapid.Int64().Draw(t, "time")
				have, known := x.add(h, at)
				want, ok := model[max(h, 1)]
				if known != ok || ok && have != want || !ok && have != at {
					t.Fatalf("add gives %d %t, want %d %t", have, known, want, ok)
				}
				if !ok {
					model[max(h, 1)] = at
				}
			},
			"remove": func(t *rapid.T) {
				h := hashes.Draw(t, "hash")
				x.remove(h)
				delete(model, max(h, 1))
			},
			"": func(t *rapid.T) {
				if x.used != len(model) {
					t.Fatalf("%d are held, want %d", x.used, len(model))
				}
				h := hashes.Draw(t, "hash")
				at, ok := x.get(h)
				if want, known := model[max(h, 1)]; ok != known || at != want {
					t.Fatalf("get gives %d %t, want %d %t", at, ok, want, known)
				}
			},
		})
	})
}

func TestIndexGrows(t *testing.T) {
	var x index
	const many = 100_000
	hash := func(i int) uint64 { return uint64(i) * 0x9E3779B97F4A7C15 }
	for i := range many {
		x.add(hash(i), int64(i))
	}
	for i := 0; i < many; i += 2 {
		x.remove(hash(i))
	}
	for i := range many {
		at, ok := x.get(hash(i))
		if ok != (i%2 == 1) || ok && at != int64(i) {
			t.Fatalf("hash of %d has %d, %t", i, at, ok)
		}
	}
}
