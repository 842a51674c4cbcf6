package query

import "strings"

// needle is ASCII text to be found ignoring case. It looks for its rarest byte first, which the standard library does with
// vector instructions, and so is far quicker than folding what it searches.
type needle struct {
	lower string
	rare  int  // index of the byte that is looked for
	a, b  byte // that byte in lower and upper case

	// inside is set for text that in JSON can only stand within a string.
	inside bool
	// escapable is set for text that JSON may have to write in another way, beside by the numbers of its characters.
	escapable bool
	foreign   bool
}

// newNeedle prepares a search. ok is false for text that is empty or not ASCII: other letters have more than two cases.
func newNeedle(s string) (n needle, ok bool) {
	if s == "" || !ascii(s) {
		return n, false
	}
	n.lower, n.escapable = strings.ToLower(s), escapable(s)
	n.foreign = foreign(n.lower)
	n.rare, n.a, n.b = rarest(n.lower)
	n.inside = strings.IndexByte(s, '"') < 0 && strings.Trim(n.lower, "trufalsen+-.0123456789{}[]:, \t\r\n") != ""
	return n, true
}

// rarest finds the byte of text in lower case that is worth looking for, and gives it in both cases.
func rarest(lower string) (i int, a, b byte) {
	for j := range len(lower) {
		if rarity(lower[j]) < rarity(lower[i]) {
			i = j
		}
	}
	a, b = lower[i], lower[i]
	if a >= 'a' && a <= 'z' {
		b -= 'a' - 'A'
	}
	return i, a, b
}

// in says whether s may have the text. It says yes if s has other letters than ASCII that may be such of the text in another case.
func (n *needle) in(s string) bool { return n.find(s, 0) >= 0 || n.foreign && !ascii(s) }

// missing tells whether s surely does not have the text, neither as it stands nor in other letters or escapes.
func (n *needle) missing(s string) bool {
	return n.find(s, 0) < 0 && (!n.foreign || ascii(s)) && bare(s, n.escapable)
}

// bare tells whether no escape in s hides text. What is not escapable is hidden by the numbers of its characters only.
func bare(s string, escapable bool) bool {
	return strings.IndexByte(s, '\\') < 0 || !escapable && !numbered(s)
}

// foreign tells whether text has a letter that is another case of one that is not ASCII: the Kelvin sign, the I with a dot, the
// long s.
func foreign(lower string) bool { return strings.ContainsAny(lower, "iks") }

// numbered tells whether s has an escape that gives the number of a character, which may be any.
func numbered(s string) bool {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			return false
		}
		if s[i+1] == 'u' {
			return true
		}
		s = s[i+2:]
	}
}

// escapable tells whether text has a character that an escape other than by number stands for.
func escapable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '/' {
			return true
		}
	}
	return false
}

// anyIn says whether s may have one of the texts, also behind an escape.
func anyIn(needles []needle, s string) bool {
	for i := range needles {
		if !needles[i].missing(s) {
			return true
		}
	}
	return false
}

// unescaped tells whether every byte of s stands for itself: there is no backslash, and nothing but ASCII.
func unescaped(s string) bool { return strings.IndexByte(s, '\\') < 0 && ascii(s) }

func ascii(s string) bool {
	const highs = 0x8080808080808080
	var seen uint64
	for len(s) >= 16 {
		seen |= eight(s) | eight(s[8:])
		s = s[16:]
	}
	for i := range len(s) {
		seen |= uint64(s[i])
	}
	return seen&highs == 0
}

// eight are the first eight bytes of s.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// find gives the first place from a place on where the text stands, or -1.
func (n *needle) find(s string, from int) int {
	at := n.findByte(s, from, n.a)
	if n.b == n.a {
		return at
	}
	if at >= 0 {
		s = s[:min(len(s), at+len(n.lower)-1)] // only what stands before that is wanted now
	}
	if b := n.findByte(s, from, n.b); b >= 0 {
		return b
	}
	return at
}

func (n *needle) findByte(s string, from int, c byte) int {
	last := len(s) - (len(n.lower) - n.rare - 1) // where the byte may stand at most, exclusive
	for from += n.rare; from < last; {
		i := strings.IndexByte(s[from:last], c)
		if i < 0 {
			return -1
		}
		at := from + i - n.rare
		if equalFoldASCII(s[at:at+len(n.lower)], n.lower) {
			return at
		}
		from += i + 1
	}
	return -1
}

// equalFoldASCII compares with text in lower case.
func equalFoldASCII(s, lower string) bool {
	for i := range len(lower) {
		if lowerByte(s[i]) != lower[i] {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// keyNeedle is the folded name of a key, to be found between quotes in any spelling: underscores and case do not count.
type keyNeedle struct {
	folded             string
	rare               int
	a, b               byte
	escapable, foreign bool
}

func newKeyNeedle(folded string) (k keyNeedle, ok bool) {
	if folded == "" || !unescaped(folded) {
		return k, false
	}
	k.folded, k.escapable, k.foreign = folded, escapable(folded), foreign(folded)
	k.rare, k.a, k.b = rarest(folded)
	return k, true
}

// missing tells whether s surely does not have the key, neither as it stands nor in other letters or escapes.
func (k *keyNeedle) missing(s string) bool {
	return !k.in(s) && (!k.foreign || ascii(s)) && bare(s, k.escapable)
}

// in tells whether the key stands in s.
func (k *keyNeedle) in(s string) bool {
	return k.inByte(s, k.a) || k.b != k.a && k.inByte(s, k.b)
}

func (k *keyNeedle) inByte(s string, c byte) bool {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], c)
		if i < 0 {
			return false
		}
		if from += i; k.around(s, from) {
			return true
		}
		from++
	}
}

// around tells whether the key stands where its rarest byte is s[at].
func (k *keyNeedle) around(s string, at int) bool {
	i, j := at-1, k.rare-1
	for ; i >= 0; i-- {
		c := s[i]
		if c == '_' {
			continue
		}
		if j < 0 {
			break
		}
		if lowerByte(c) != k.folded[j] {
			return false
		}
		j--
	}
	if i < 0 || s[i] != '"' {
		return false
	}
	i, j = at+1, k.rare+1
	for ; i < len(s); i++ {
		c := s[i]
		if c == '_' {
			continue
		}
		if j == len(k.folded) {
			return c == '"'
		}
		if lowerByte(c) != k.folded[j] {
			return false
		}
		j++
	}
	return false
}

// rarity ranks a byte by how often it stands in JSON of audit entries: the lower the rarer.
func rarity(c byte) int {
	const common = `"eait:dcro1s,-20n_p43lbfm.69587uygv{}wkxhz @qj[]`
	i := strings.IndexByte(common, c)
	if i < 0 {
		return -1
	}
	return len(common) - i
}
