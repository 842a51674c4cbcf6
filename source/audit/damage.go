package audit

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// stretch is damage that is being collected.
type stretch struct {
	at     int64
	size   int
	spaces int // how many of the last bytes are white space
	raw    []byte
	reason string
}

// beginStretch ends a stretch if there is one and begins another.
func (s *splitter) beginStretch(at int64, reason string) {
	s.endStretch()
	s.mode = astray
	s.stretch = stretch{at: at, reason: reason, raw: s.stretch.raw[:0]}
}

// absorb adds b[i:end] to the stretch, and returns end.
func (s *splitter) absorb(b []byte, i, end int) int {
	p := b[i:end]
	w := &s.stretch
	w.size += len(p)
	w.raw = append(w.raw, p[:min(len(p), MaxBad-min(MaxBad, len(w.raw)))]...)
	n := len(p) - len(bytes.TrimRight(p, " \t\r\n"))
	if n == len(p) {
		n += w.spaces
	}
	w.spaces = n
	return end
}

// endStretch makes a Bad of what was collected. White space at its end is not part of the damage.
func (s *splitter) endStretch() {
	w := &s.stretch
	if s.passed += int64(w.spaces); w.size > w.spaces {
		w.size -= w.spaces
		s.keep(w.at, w.raw[:min(len(w.raw), w.size)], w.size, w.reason)
	}
	s.stretch = stretch{raw: w.raw[:0]}
}

// damage makes a Bad of raw, which began at the offset.
func (s *splitter) damage(at int64, raw []byte, reason string) {
	s.keep(at, raw[:min(len(raw), MaxBad)], len(raw), reason)
}

func (s *splitter) keep(at int64, raw []byte, size int, reason string) {
	o := s.origin
	if o.Position == "" {
		o.Position = strconv.FormatInt(at, 10)
	}
	s.bad = append(s.bad, Bad{Raw: string(raw), Size: size, Offset: at, Reason: reason, Origin: o})
}

// broken begins a stretch at b[i], where the scanner has failed.
//
// It and search look at every byte a bounded number of times, whatever is in them. Say a scan has failed at some place;
// an object that begins before that place is one of three. It was open there: then it would fail at the same place,
// and the attempt says so. It was closed: then it is complete, and is passed as a whole. Or it begins inside what the scan
// took for a string, and sees strings where the scan sees none, until one of the two fails: so two attempts are kept.
func (s *splitter) broken(b []byte, i int) int {
	at := s.base + int64(i)
	if s.trial == faint {
		s.mode = astray // and the stretch goes on
	} else {
		s.beginStretch(at, s.scan.reason(b[i:]))
	}
	s.trial = none
	oldest := &s.failed[0]
	if s.failed[1].end < oldest.end {
		oldest = &s.failed[1]
	}
	oldest.end, oldest.open = at+int64(s.scan.pos), oldest.open[:0]
	for _, o := range s.scan.open {
		oldest.open = append(oldest.open, at+int64(o>>1))
	}
	if s.scan.tail {
		return i
	}
	return s.absorb(b, i, i+1)
}

// search looks for an object to go on with, from b[i] on.
func (s *splitter) search(b []byte, i int, final bool) (next int, wait bool) {
	at := bytes.IndexByte(b[i:], '{')
	if at < 0 {
		return s.absorb(b, i, len(b)), false
	}
	at += i
	before := s.last
	if at > 0 {
		before = b[at-1]
	}
	hope, known := promising(b[at:], before)
	switch {
	case !known && !final:
		return s.absorb(b, i, at), true
	case !known || hope == none || s.hopeless(s.base+int64(at)):
		return s.absorb(b, i, at+1), false
	}
	s.absorb(b, i, at)
	s.scan.start()
	s.mode, s.trial = inside, hope
	return at, false
}

// hopeless tells whether an object is known to be broken.
func (s *splitter) hopeless(at int64) bool {
	for _, f := range s.failed {
		if _, open := slices.BinarySearch(f.open, at); open {
			return true
		}
	}
	return false
}

// maxLead is how much white space may stand before the first key of an object that is gone on with.
const maxLead = 64

// hope is why an object may be one to go on with.
type hope uint8

const (
	none   hope = iota
	faint       // it follows a closing bracket at once, as joined objects do, and some text in strings
	strong      // it begins a line, or with a key that is known
)

// promising tells what hope there is for an object that begins at b[0]. That is not known when there are too few bytes.
func promising(b []byte, before byte) (h hope, known bool) {
	i := 1
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	switch {
	case i > maxLead:
		return none, true
	case i == len(b):
		return none, false
	case b[i] != '"':
		return none, true
	case before == '\n' || before == '\r' || before == 0:
		return strong, true
	}
	key := b[i+1 : min(i+1+maxKey, len(b))]
	end := bytes.IndexByte(key, '"')
	if end < 0 && len(key) < maxKey {
		return none, false
	}
	if end >= 0 {
		if f, _ := fieldOf(string(key[:end])); f != unknownField || wrapperKey(key[:end]) || failureKey(key[:end]) {
			return strong, true
		}
	}
	if before == '}' {
		return faint, true
	}
	return none, true
}

// maxKey is longer than any key that an entry begins with.
const maxKey = 32

// other keeps an object that is valid and no entry.
func (s *splitter) other(raw string, at int64) {
	if s.isFailure(raw) {
		s.rescue(raw, at)
		return
	}
	var keys []string
	for _, m := range s.scan.members {
		key := raw[m.key:m.keyEnd]
		if m.depth != 1 {
			continue
		}
		if wrapperKey([]byte(key)) && m.json(raw) == "null" {
			s.passed += int64(len(raw)) // a page without entries
			return
		}
		if len(keys) < 6 && len(key) <= maxKey {
			keys = append(keys, key)
		}
	}
	reason := "JSON but no audit entry: an object without keys"
	if len(s.scan.members) > 0 {
		reason = "JSON but no audit entry: it has none of the keys of one, but " + strings.Join(keys, ", ")
	}
	s.damage(at, []byte(raw), reason)
}
