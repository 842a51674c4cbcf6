package audit

import "strings"

const (
	// maxWords bounds a dictionary, so that a stream that never repeats itself cannot grow it.
	maxWords = 1 << 15
	// maxWord is the length of the longest string that is worth sharing, in bytes.
	maxWord = 128
)

// dictionary holds one copy of every string that tends to come again. Shared strings do not keep the batch alive that
// they were first seen in.
type dictionary struct {
	words  map[string]string
	recent [256]string // spares most look-ups
}

// share is s, or an equal string that was shared before. A full dictionary starts anew.
func (d *dictionary) share(s string) string {
	if s == "" || len(s) > maxWord {
		return s
	}
	// Names and numbers that belong together tend to differ at their ends or in the middle.
	n := len(s)
	recent := &d.recent[(n*131^int(s[n-1])*31^int(s[n/2])*7^int(s[(n-1)*3/4])*3)%len(d.recent)]
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
