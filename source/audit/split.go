package audit

import (
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// maxFrames is how deep arrays and wrappers may nest around entries.
const maxFrames = 16

// manyEntries is how many are handed over rather than copied.
const manyEntries = 256

// mode is what a splitter is in.
type mode uint8

const (
	between mode = iota // entries
	inside              // an object, or the rest of a wrapper: the scanner is at work
	astray              // damage
)

// frame is an array around entries.
type frame struct {
	at      int64 // where it began
	wrapped bool  // it is in a wrapper, the rest of which follows it
}

// splitter finds the entries in text that may come in pieces. The text is fed to it; what it has not used has to be
// given again, with more behind it.
type splitter struct {
	decoder *Decoder
	origin  Origin
	batch   int // feeding stops at so many entries or bad stretches

	scan   scanner
	mode   mode
	trial  hope // why the object is looked at from within damage
	frames []frame
	base   int64 // offset of the text that is given next
	last   byte  // the one before it

	stretch stretch
	failed  [2]attempt

	text  string // the text that is being fed, made when an entry is found in it
	stays bool   // the text that is being fed is never written again, so entries may share it

	packer    *Packer // takes the entries; nil: they are kept as they are
	one       Entry   // on its way into the packer
	entries   []Entry
	usual     int // entries to make room for
	bad       []Bad
	positions []byte // of the entries, one behind the other
	ends      []int
	passed    int64 // bytes that are neither in an entry nor in a bad stretch
}

// attempt is a scan that failed.
type attempt struct {
	end  int64   // where it failed
	open []int64 // the objects that it was in there: to scan one of them again would fail at the same place
}

func (s *splitter) reset(o Origin, batch int) {
	clear(s.entries)
	clear(s.bad)
	*s = splitter{
		decoder: s.decoder, origin: o, batch: batch,
		scan:   scanner{open: s.scan.open[:0], members: s.scan.members[:0]},
		frames: s.frames[:0], entries: s.entries[:0], usual: s.usual, bad: s.bad[:0], positions: s.positions[:0], ends: s.ends[:0],
	}
}

// take hands over what has been found.
func (s *splitter) take() ([]Entry, []Bad) {
	if s.origin.Position == "" {
		// One string for the offsets of all entries.
		text, begin := string(s.positions), 0
		for i, end := range s.ends {
			s.entries[i].Origin.Position, begin = text[begin:end], end
		}
	}
	entries, bad := s.entries, slices.Clone(s.bad)
	if n := len(entries); n >= manyEntries {
		// Entries are large: what would be copied is handed over, and the next lot is probably like this one.
		s.entries, s.usual = nil, min(n+n/16, s.batch)
	} else {
		entries = slices.Clone(entries)
		clear(s.entries)
		s.entries = s.entries[:0]
	}
	clear(s.bad)
	s.bad, s.positions, s.ends = s.bad[:0], s.positions[:0], s.ends[:0]
	return entries, bad
}

// feed looks through text and tells how much of it is done with. With final set no more text comes, and all of it
// is, unless the batch is full.
func (s *splitter) feed(b []byte, final bool) int {
	i, wait := 0, false
	s.text = ""
	for i < len(b) && !wait && !s.full() {
		switch s.mode {
		case between:
			i, wait = s.separator(b, i, final)
		case inside:
			i, wait = s.object(b, i, final)
		case astray:
			i, wait = s.search(b, i, final)
		}
	}
	if s.base += int64(i); i > 0 {
		s.last = b[i-1]
	}
	if final && i == len(b) {
		s.finish()
	}
	s.text = ""
	return i
}

// full tells that what was found has to be taken first.
func (s *splitter) full() bool {
	if s.packer != nil && s.packer.Len() >= s.batch {
		return true
	}
	return max(len(s.entries), len(s.bad)) >= s.batch
}

// finish ends the text.
func (s *splitter) finish() {
	switch s.mode {
	case astray:
		s.endStretch()
	case inside: // the rest of a wrapper, of which nothing is there
		s.damage(s.base, nil, "cut off: the input ends inside the object around the entries")
	case between:
		for _, f := range s.frames {
			s.damage(f.at, nil, "cut off: the array that begins here has no end")
		}
	}
	s.mode, s.frames = between, s.frames[:0]
}

// separator deals with what stands between entries at b[i].
func (s *splitter) separator(b []byte, i int, final bool) (next int, wait bool) {
	switch c := b[i]; {
	case isSpace(c), c == ',', c == '*':
		s.passed++
		return i + 1, false
	case c == '{':
		if s.packer != nil {
			if size, ok := s.packer.Quick(b[i:], s.base+int64(i), &s.origin); ok {
				return i + size, false
			}
		}
		s.scan.start()
		s.mode = inside
		return i, false
	case c == '[' && len(s.frames) < maxFrames:
		s.passed++
		s.frames = append(s.frames, frame{at: s.base + int64(i)})
		return i + 1, false
	case c == ']' && len(s.frames) > 0:
		s.passed++
		if top := len(s.frames) - 1; s.frames[top].wrapped {
			s.scan.startTail()
			s.mode, s.frames = inside, s.frames[:top]
		} else {
			s.frames = s.frames[:top]
		}
		return i + 1, false
	case c == byteOrderMark[0]:
		have := b[i:min(i+len(byteOrderMark), len(b))]
		switch {
		case string(have) == byteOrderMark:
			s.passed += int64(len(have))
			return i + len(have), false
		case !final && strings.HasPrefix(byteOrderMark, string(have)):
			return i, true
		}
	case c == 't':
		if i+1 == len(b) && !final {
			return i, true
		}
		if i+1 == len(b) || strings.IndexByte(" \t\r\n,{[t", b[i+1]) >= 0 {
			s.damage(s.base+int64(i), b[i:i+1], probe)
			return i + 1, false
		}
	}
	s.stray(b, i)
	return i, false
}

const byteOrderMark = "\uFEFF"

// stray begins a stretch of damage with something that is no object.
func (s *splitter) stray(b []byte, i int) {
	reason := "no entry: text where an object should begin"
	switch c := b[i]; {
	case c == ']':
		reason = "no entry: an array ends that has not begun"
	case c == '}':
		reason = "no entry: the end of an object that has not begun"
	case c == '[':
		reason = "no entry: arrays nested deeper than " + strconv.Itoa(maxFrames) + " levels"
	case c == '"', c == '-', c-'0' <= 9:
		reason = "no entry: a single JSON value where an object should begin"
	}
	s.beginStretch(s.base+int64(i), reason)
}

// object goes on with the object, or the rest of a wrapper, that begins at b[i].
func (s *splitter) object(b []byte, i int, final bool) (next int, wait bool) {
	switch s.scan.run(b[i:]) {
	case complete:
		return s.completed(b, i, i+s.scan.pos), false
	case wrapper:
		if s.trial != none {
			s.endStretch()
		}
		s.mode, s.trial = between, none
		if len(s.frames) == maxFrames {
			s.beginStretch(s.base+int64(i), "no entry: arrays nested deeper than "+strconv.Itoa(maxFrames)+" levels")
			return s.absorb(b, i, i+s.scan.pos), false
		}
		s.passed += int64(s.scan.pos)
		s.frames = append(s.frames, frame{at: s.base + int64(i), wrapped: true})
		return i + s.scan.pos, false
	case more:
		if !final {
			return i, true
		}
	}
	return s.broken(b, i), false
}

// completed deals with the object b[i:end].
func (s *splitter) completed(b []byte, i, end int) int {
	trial := s.trial != none
	s.mode, s.trial = between, none
	if s.scan.tail {
		s.passed += int64(end - i)
		return end
	}
	raw, e := s.place(b, i, end)
	have := s.decoder.build(e, raw, s.scan.members)
	if have == 0 || trial && !surely(have) {
		s.displace(e)
		if trial && (have != 0 || !s.isFailure(raw)) {
			s.mode = astray
			return s.absorb(b, i, end)
		}
	}
	if trial {
		s.endStretch()
	}
	at := s.base + int64(i)
	switch {
	case have == 0:
		s.other(raw, at)
	case s.packer != nil:
		s.packer.add(e, at)
	case s.origin.Position == "":
		s.positions = strconv.AppendInt(s.positions, at, 10)
		s.ends = append(s.ends, len(s.positions))
	}
	return end
}

// place gives the text b[i:end] and an empty entry for it, the last of those that were found.
func (s *splitter) place(b []byte, i, end int) (string, *Entry) {
	if s.packer != nil {
		// What is packed keeps nothing of it.
		s.one = Entry{Origin: s.origin}
		return unsafe.String(unsafe.SliceData(b[i:]), end-i), &s.one
	}
	if s.text == "" {
		s.text = s.shared(b)
	}
	if s.entries == nil && s.usual > 0 {
		s.entries = make([]Entry, 0, s.usual)
	}
	// Built where it stays, because an entry is large.
	n := len(s.entries)
	if n == cap(s.entries) {
		s.entries = slices.Grow(s.entries, 1)
	}
	s.entries = s.entries[:n+1] // what lies behind is zero
	s.entries[n].Origin = s.origin
	return s.text[i:end], &s.entries[n]
}

// displace takes back the entry that place gave.
func (s *splitter) displace(e *Entry) {
	if *e = (Entry{}); s.packer == nil {
		s.entries = s.entries[:len(s.entries)-1]
	}
}

// shared is b as text. Text that stays as it is need not be copied.
func (s *splitter) shared(b []byte) string {
	if s.stays {
		return unsafe.String(unsafe.SliceData(b), len(b))
	}
	return string(b)
}

// surely tells whether an object is an entry though it may stand in the remains of another: some part of a payload could
// have a key in common with an entry.
func surely(have field) bool {
	return have&operationField != 0 && have&(emitTimeField|logIDField|statusField) != 0
}
