package audit

import "strings"

const (
	// maxWords bounds a dictionary, so that a stream that never repeats itself cannot grow it.
	maxWords   = 1 << 15
	recentBits = 10
	// maxWord is the length of the longest string that is worth sharing, in bytes.
	maxWord = 128
)

// dictionary holds one copy of every string that tends to come again. Shared strings do not keep the batch alive that
// they were first seen in.
type dictionary struct {
	words  map[string]string
	recent [1 << recentBits]string // spares most look-ups
}

// share is s, or an equal string that was shared before. A full dictionary starts anew.
func (d *dictionary) share(s string) string {
	if s == "" || len(s) > maxWord {
		return s
	}
	recent := &d.recent[spread(s)]
	if *recent == s {
		return *recent
	}
	word, ok := d.words[s]
	if !ok {
		if len(d.words) >= maxWords {
			clear(d.words)
		}
		word = strings.Clone(s)
		d.words[word] = word
	}
	*recent = word
	return word
}

// spread gives a place among the recent strings. It looks at both ends, because names and numbers that belong together have one
// of them in common.
func spread(s string) uint64 {
	n := len(s)
	if n < 8 {
		return (uint64(n)*131 ^ uint64(s[0])*31 ^ uint64(s[n/2])*7 ^ uint64(s[n-1])*3) % (1 << recentBits)
	}
	const odd = 0x9E3779B97F4A7C15
	return ((eight(s[n-8:])*odd ^ eight(s) ^ uint64(n)) * odd) >> (64 - recentBits)
}

// eight are the first eight bytes of s.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
