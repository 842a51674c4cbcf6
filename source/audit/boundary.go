package audit

import "bytes"

// maxTries bounds the objects that are looked at for a boundary, each of which may reach to the end of the text.
const maxTries = 64

// Boundary gives the offset in text, a piece of something longer, of an entry that [Decoder.Read] would find there whatever
// stands before the piece, or -1 if it knows of none. That is an object that is surely an entry, whole, and follows a closing
// brace at once or on a new line: no object goes on behind that, and damage ends there.
func (d *Decoder) Boundary(text []byte) int {
	var s scanner
	for from, tries := 0, 0; tries < maxTries; {
		i := bytes.Index(text[from:], []byte(`{"`))
		if i < 0 {
			return -1
		}
		i += from
		if from = i + 1; !follows(text[:i]) {
			continue
		}
		tries++
		s.start()
		if s.run(text[i:]) != complete {
			continue
		}
		var e Entry
		if surely(d.build(&e, string(text[i:i+s.pos]), s.members)) {
			return i
		}
	}
	return -1
}

// follows tells whether before ends with a closing brace, or with one and a line break.
func follows(before []byte) bool {
	n := len(before)
	if n > 0 && before[n-1] == '\n' {
		if n--; n > 0 && before[n-1] == '\r' {
			n--
		}
	}
	return n > 0 && before[n-1] == '}'
}
