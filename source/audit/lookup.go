package audit

import "unsafe"

// text gives the number of a text that a column needs.
func (p *Packer) text(s string) uint32 {
	code, _, _ := p.look(s, true, &p.root)
	return code
}

// repeated gives the number of a text, unless the values of the step turn out not to repeat.
func (p *Packer) repeated(text string, s *step) (uint32, bool) {
	code, fresh, ok := p.look(text, false, s)
	if s.asked++; fresh {
		s.fresh++
	}
	s.unique = s.asked >= trialValues && 2*s.fresh > s.asked && s.field&(emitTimeField|logIDField) == 0
	return code, ok
}

// look gives the number of a text, and leaves at a step where it is to be found again.
func (p *Packer) look(s string, needed bool, at *step) (code uint32, fresh, ok bool) {
	if s == "" {
		return 0, false, true
	}
	r := &p.recent[hashOf(s)>>(64-textBits)]
	if len(s) == int(r.size) && string(r.text[:r.size]) == s {
		if !p.learning && at.field&(emitTimeField|logIDField) == 0 {
			at.last = r // it has no escapes
		}
		return r.code, false, true
	}
	if code, fresh, ok = p.vocabulary.text(s, needed); !ok {
		return 0, false, false
	}
	if int(code) >= p.words.texts.len() {
		p.words = p.vocabulary.Words()
	}
	if len(s) <= len(r.text) {
		r.code, r.size = code, uint8(copy(r.text[:], s))
	}
	return code, fresh, true
}

// at tells whether b[i] begins with the text and a quote.
func (r *recent) at(b []byte, i int) bool {
	n := int(r.size)
	return len(b)-i > n && *(*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i+n)) == '"' && string(b[i:i+n]) == string(r.text[:n])
}

// hashOf looks at both ends of a text and at its middle: names and numbers that belong together have the beginning in common, and addresses of
// one domain the end.
func hashOf(s string) uint64 {
	n := len(s)
	var h uint64
	if n < 8 {
		h = uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	} else {
		h = (eight(s[n-8:])*odd^eight(s))*odd ^ eight(s[(n-8)/2:])
		h ^= h >> 32
	}
	h = (h + uint64(n)) * odd
	return h ^ h>>31
}

const odd = 0x9E3779B97F4A7C15

// column gives the value of a column that a text is.
func (p *Packer) column(c Column, text uint32) uint32 {
	const size = 1 << cacheBits
	if p.columns[c] == nil {
		p.columns[c] = make([]pair, size) // text 0 is value 0
	}
	known := &p.columns[c][text%size]
	if known.text != text {
		*known = pair{text, p.vocabulary.value(c, text)}
	}
	return known.value
}

func (p *Packer) person(who personKey) uint32 {
	h := (uint64(who.name)*odd ^ uint64(who.id)<<24 ^ uint64(who.apiKey)<<8 ^ uint64(who.format)) * odd
	known := &p.people[h>>(64-cacheBits)]
	if !known.some || known.who != who {
		*known = persona{who, p.vocabulary.person(who), true}
	}
	return known.code
}

// shape gives the number of an object.
func (p *Packer) shape(nodes []uint32) (uint32, bool) {
	h := uint64(len(nodes))
	for _, n := range nodes {
		h = (h ^ uint64(n)) * odd
		h ^= h >> 29
	}
	recent := &p.shaped[h>>(64-cacheBits)]
	if c := *recent; c > 0 && same(p.shapeOf(c-1), nodes) {
		return c - 1, true
	}
	id, ok := p.vocabulary.shape(nodes)
	if ok {
		*recent = id + 1
	}
	return id, ok
}

func (p *Packer) shapeOf(id uint32) []uint32 {
	if int(id) >= len(p.words.shapes) {
		p.words = p.vocabulary.Words()
	}
	return p.words.shapes[id]
}

func same(a, b []uint32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
