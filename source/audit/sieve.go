package audit

import (
	"encoding/binary"
	"strings"
)

// maxPatterns is how many patterns are looked for before it is quicker to go through the records.
const maxPatterns = 6

// sieve rules records out by their bytes: a record that answers a question has one of its patterns in it, unless it is [Loose] or [Odd].
type sieve struct {
	useless  bool      // nothing is known of what passes
	text     pattern   // of texts without a number, in any case
	patterns []pattern // of texts with a number, and of digits
}

// pattern is bytes to be found by the one of them that is likely to be the rarest.
type pattern struct {
	bytes string
	rare  int
	other byte // the rare one in upper case, if case does not count
	fold  bool
}

func newSieve(needle string) sieve {
	if needle == "" {
		return sieve{useless: true}
	}
	p := pattern{bytes: needle, fold: true}
	for i := range len(needle) {
		if rank(needle[i]) < rank(needle[p.rare]) {
			p.rare = i
		}
	}
	if p.other = needle[p.rare]; p.other >= 'a' && p.other <= 'z' {
		p.other -= 'a' - 'A'
	}
	return sieve{text: p}
}

// rank is higher for what stands in texts more often.
func rank(c byte) int { return strings.IndexByte("zqxjkvwyZ@_/:bgfpmhludcnsirtoae-.9876543210", c) }

// addText adds the number of a text that passes, as a string and as another scalar.
func (s *sieve) addText(code uint64) {
	s.add(string(binary.AppendUvarint(nil, code<<kindBits)))
	s.add(string(binary.AppendUvarint(nil, code<<(kindBits+1)|scalarOf)))
}

func (s *sieve) add(bytes string) {
	if s.useless = s.useless || len(s.patterns) == maxPatterns; s.useless {
		return
	}
	// The last byte of a number of several bytes is the same for very many; the one before it is not.
	s.patterns = append(s.patterns, pattern{bytes: bytes, rare: max(0, len(bytes)-2)})
}

// addDigits adds what stands for digits in records: two in a byte, which may begin with the first or with the second of them.
func (s *sieve) addDigits(needle string) {
	var at []byte
	for i := range len(needle) {
		if needle[i] != '-' {
			at = append(at, nibbles[needle[i]])
		}
	}
	for from := range 2 {
		var bytes []byte
		for i := from; i+1 < len(at); i += 2 {
			if at[i]|at[i+1] > 15 { // of the prefix, which stands before the digits as it is
				bytes = bytes[:0]
				continue
			}
			bytes = append(bytes, at[i]<<4|at[i+1])
		}
		if len(bytes) < 2 {
			s.useless = true // it would stand nearly everywhere
			return
		}
		s.add(string(bytes))
	}
}

// passes tells whether a record may answer the question.
func (s *sieve) passes(record string) bool {
	if s.text.in(record) {
		return true
	}
	for i := range s.patterns {
		if s.patterns[i].in(record) {
			return true
		}
	}
	return false
}

func (p *pattern) in(s string) bool {
	if !p.fold && p.rare == 0 {
		return strings.Contains(s, p.bytes)
	}
	return p.by(p.bytes[p.rare], s) || p.fold && p.other != p.bytes[p.rare] && p.by(p.other, s)
}

// by looks for the pattern by its rare byte.
func (p *pattern) by(c byte, s string) bool {
	last := len(s) - (len(p.bytes) - p.rare - 1)
	for from := p.rare; from < last; from++ {
		i := strings.IndexByte(s[from:last], c)
		if i < 0 {
			return false
		}
		from += i
		if at := from - p.rare; p.is(s[at : at+len(p.bytes)]) {
			return true
		}
	}
	return false
}

func (p *pattern) is(s string) bool {
	if !p.fold {
		return s == p.bytes
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != p.bytes[i] {
			return false
		}
	}
	return true
}
