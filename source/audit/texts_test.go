package audit

import (
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// Texts have the numbers that they were given, whatever their length, and what was seen of them at one moment stays.
func TestNumbering(t *testing.T) {
	long := 0
	rapid.Check(t, func(t *rapid.T) {
		n := newNumbering()
		want, list := map[string]uint32{"": 0}, []string{""}
		before := n.texts
		for range rapid.IntRange(1, 300).Draw(t, "texts") {
			s := rapid.StringN(0, 20, -1).Draw(t, "text")
			if size := rapid.SampledFrom([]int{1, 1, 1, 1, blockSize / 8, blockSize / 3, 2 * blockSize}).Draw(t, "long"); size > 1 {
				s = strings.Repeat("x", size) + s
				long++
			}
			hash := n.hash(s)
			code, ok := n.find(s, hash)
			if known, is := want[s]; is != ok || ok && code != known {
				t.Fatalf("%.20q is found as %d, %t; it is %d, %t", s, code, ok, known, is)
			}
			if !ok {
				code = n.add(s, hash)
				if int(code) != len(list) {
					t.Fatalf("%.20q is number %d of %d", s, code, len(list))
				}
				want[s], list = code, append(list, s)
			}
			if rapid.IntRange(0, 9).Draw(t, "look") == 0 {
				before = n.texts
			}
		}
		for code, s := range list {
			if got := n.at(uint32(code)); got != s {
				t.Fatalf("%d is %.20q, not %.20q", code, got, s)
			}
			if code < before.len() && before.at(uint32(code)) != s {
				t.Fatalf("%d was %.20q before, not %.20q", code, before.at(uint32(code)), s)
			}
		}
	})
	if long == 0 {
		t.Error("no long text was tried")
	}
}

// Many texts are found in a table that has grown, also where their hashes agree in what a slot keeps of them.
func TestNumberingOfEqualHashes(t *testing.T) {
	n := newNumbering()
	const hash = 0x12345678 << 32
	texts := make([]string, 2000)
	for i := range texts {
		texts[i] = strings.Repeat("a", i%50) + string(rune('a'+i%26)) + strings.Repeat("b", i/26)
		n.add(texts[i], hash)
	}
	for i, s := range texts {
		code, ok := n.find(s, hash)
		if !ok || n.at(code) != s {
			t.Fatalf("%d: %d, %t", i, code, ok)
		}
	}
}

// What is kept is what was given, however it is cut up, and what is small has memory of its own.
func TestSlabs(t *testing.T) {
	var s slabs
	var all []string
	for i, size := range []int{0, 1, slabbed - 1, slabbed, slabbed, slabSize / 4, slabSize/4 + 1, slabSize / 4, slabSize / 4, slabSize / 4, slabSize / 4, slabbed} {
		piece := strings.Repeat(string(rune('a'+i)), size)
		all = append(all, s.keep(piece[:size/3], "", piece[size/3:]))
	}
	for i, got := range all {
		if strings.Trim(got, string(rune('a'+i))) != "" {
			t.Errorf("%d was written over", i)
		}
	}
	if len(all[0]) != 0 || len(all[6]) != slabSize/4+1 {
		t.Error("lengths differ")
	}
	if a, b := unsafe.StringData(all[3]), unsafe.StringData(all[4]); uintptr(unsafe.Pointer(b))-uintptr(unsafe.Pointer(a)) != slabbed {
		t.Error("large ones do not stand side by side")
	}
}
