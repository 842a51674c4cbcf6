package query

import "strings"

// needle is ASCII text to be found ignoring case. It looks for its rarest byte first, which the standard library does with
// vector instructions, and so is far quicker than folding what it searches.
type needle struct {
	lower string
	rare  int  // index of the byte that is looked for
	a, b  byte // that byte in lower and upper case
}

// newNeedle prepares a search. ok is false for text that is empty or not ASCII: other letters have more than two cases.
func newNeedle(s string) (n needle, ok bool) {
	if s == "" {
		return n, false
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return n, false
		}
	}
	n.lower = strings.ToLower(s)
	for i := range len(s) {
		if rarity(n.lower[i]) < rarity(n.lower[n.rare]) {
			n.rare = i
		}
	}
	n.a = n.lower[n.rare]
	n.b = n.a
	if n.a >= 'a' && n.a <= 'z' {
		n.b -= 'a' - 'A'
	}
	return n, true
}

// in says whether s may have the text. Of text with other letters than ASCII it says yes: some of them (the Kelvin sign, the long s) are
// ASCII letters in another case.
func (n *needle) in(s string) bool {
	return n.find(s, n.a) || n.b != n.a && n.find(s, n.b) || !ascii(s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func (n *needle) find(s string, c byte) bool {
	last := len(s) - (len(n.lower) - n.rare - 1) // where the byte may stand at most, exclusive
	for from := n.rare; from < last; {
		i := strings.IndexByte(s[from:last], c)
		if i < 0 {
			return false
		}
		at := from + i - n.rare
		if equalFoldASCII(s[at:at+len(n.lower)], n.lower) {
			return true
		}
		from += i + 1
	}
	return false
}

// equalFoldASCII compares with text in lower case.
func equalFoldASCII(s, lower string) bool {
	for i := range len(lower) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// rarity ranks a byte by how often it stands in JSON of audit entries: the lower the rarer.
func rarity(c byte) int {
	const common = `"eatnoirsl,:dcmup0_123456789.bfghykv{}TZ-wxjq`
	i := strings.IndexByte(common, c)
	if i < 0 {
		return -1
	}
	return len(common) - i
}
