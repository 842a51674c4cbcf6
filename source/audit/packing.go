package audit

import (
	"encoding/binary"
	"math/bits"
	"time"
	"unicode/utf8"
	"unsafe"
)

// object packs the object that begins at b[i], the value of a step or an element of it, and gives where it ends. It is negative if
// that cannot be done.
func (p *Packer) object(b []byte, i int, in *step, listed bool) int {
	if p.depth == maxShaped {
		return -1
	}
	p.depth++
	if in.keyed {
		return p.keys(b, i, in)
	}
	slot, from := len(p.shapes), len(p.path)
	p.shapes = append(p.shapes, 0)
	p.values = append(p.values, object)
	here := in.begin(listed)
	var s *step
	for {
		if s = here.one; s == nil || !s.at(b, i) {
			if s = here.match(b, i); s == nil {
				if s = p.another(b, i, in, listed, here, len(p.path)-from); s == nil {
					return -1
				}
			}
		}
		i += int(s.size)
		p.path = append(p.path, s.id)
		if s.end {
			break
		}
		if i = p.member(b, i, s); i < 0 {
			return -1
		}
		here = &s.next
	}
	if nodes := p.path[from:]; !same(s.nodes, nodes) {
		if len(nodes) > maxMembers {
			return -1
		}
		var ok bool
		if s.shape, ok = p.shape(nodes); !ok {
			return -1
		}
		s.nodes = p.shapeOf(s.shape)
	}
	p.path = p.path[:from]
	p.shapes[slot] = s.shape
	p.depth--
	return i
}

// another is a step that has not been met here before. It is nil where none is learned.
func (p *Packer) another(b []byte, i int, in *step, listed bool, here *choice, met int) *step {
	if !p.learning || met >= maxMembers {
		return nil
	}
	return p.learn(b, i, in, listed, here, met == 0)
}

// keys packs an object whose keys are data, and whose values are neither objects nor arrays.
func (p *Packer) keys(b []byte, i int, in *step) int {
	if in.inMap == nil {
		in.inMap = &step{last: &recent{}, inMap: &step{last: &recent{}}}
	}
	p.shapes = append(p.shapes, theMap)
	p.values = append(p.values, theKeys<<kindBits|special)
	if i+1 < len(b) && b[i+1] == '}' {
		p.values = append(p.values, theEnd<<kindBits|special)
		p.depth--
		return i + 2
	}
	for begin := byte('{'); i < len(b); begin = ',' {
		if b[i] == '}' && begin == ',' {
			p.values = append(p.values, theEnd<<kindBits|special)
			p.depth--
			return i + 1
		}
		if b[i] != begin || i+1 == len(b) || b[i+1] != '"' {
			return -1
		}
		if i = p.str(b, i+1, in.inMap, true); i < 0 || len(b)-i < 2 || b[i] != ':' {
			return -1
		}
		if i++; b[i] == '"' {
			i = p.str(b, i, in.inMap.inMap, true)
		} else {
			i = p.scalar(b, i, in.inMap.inMap)
		}
		if i < 0 {
			return -1
		}
	}
	return -1
}

// member packs the value of a member and notes what it says about the entry.
func (p *Packer) member(b []byte, i int, s *step) int {
	if s.says && !p.learning {
		if s.field != 0 {
			if p.gist.have&s.field != 0 || s.wraps && b[i] == '[' && p.gist.have == 0 {
				return -1 // it is there twice, or this is no entry
			}
			if p.gist.have |= s.field; s.field == emitTimeField && b[i] != '"' {
				return -1
			}
		} else if s.wraps && b[i] == '[' && p.gist.have == 0 {
			return -1
		}
		if s.clue != noClue {
			p.gist.clues[s.payload][s.clue] = 0
		}
		if s.field&(rawDetailsField|detailsField) != 0 {
			p.gist.present[s.payload] = true
		}
	}
	switch c := b[i]; c {
	case '"':
		return p.str(b, i, s, false)
	case '{', '[':
		if c == '{' && s.context == thePrincipal && !p.learning {
			return p.principal(b, i, s)
		}
		return p.nested(b, i, s, false)
	}
	end := p.scalar(b, i, s)
	if end > 0 && !p.learning && b[i] == 'n' && s.field&(rawDetailsField|detailsField) != 0 {
		p.gist.nothing[s.payload] = true
	}
	return end
}

// nested packs an object or an array. While learning, one that cannot be taken apart is kept as it stands.
func (p *Packer) nested(b []byte, i int, s *step, listed bool) int {
	shapes, values, path, depth := len(p.shapes), len(p.values), len(p.path), p.depth
	end := -1
	if b[i] == '[' {
		end = p.array(b, i, s, listed)
	} else {
		end = p.object(b, i, s, listed)
		if end > 0 && !p.learning && s.field&(rawDetailsField|detailsField) != 0 {
			p.gist.empty[s.payload] = len(p.shapes) == shapes+1 && p.emptyShape(p.shapes[shapes])
		}
	}
	if end < 0 && p.learning {
		if end = skipValue(b, i); end < 0 {
			return -1
		}
		p.shapes, p.values, p.path, p.depth = p.shapes[:shapes], p.values[:values], p.path[:path], depth
		p.asItIs(b[i:end])
	}
	return end
}

// emptyShape tells whether objects of a shape have no members.
func (p *Packer) emptyShape(id uint32) bool { return len(p.shapeOf(id)) == 1 }

// array packs an array without white space between its elements.
func (p *Packer) array(b []byte, i int, s *step, listed bool) int {
	if p.depth == maxShaped {
		return -1
	}
	p.depth++
	p.values = append(p.values, array)
	i++
	if i < len(b) && b[i] == ']' {
		i++
	} else {
		for first := true; ; first = false {
			if i >= len(b) {
				return -1
			}
			switch b[i] {
			case '"':
				if i = p.str(b, i, s, !first || listed || s.clue != targetUserClue); i < 0 {
					return -1
				}
			case '{', '[':
				if i = p.nested(b, i, s, true); i < 0 {
					return -1
				}
			default:
				if i = p.scalar(b, i, s); i < 0 {
					return -1
				}
			}
			if i >= len(b) {
				return -1
			}
			c := b[i]
			i++
			if c == ']' {
				break
			}
			if c != ',' {
				return -1
			}
		}
	}
	p.values = append(p.values, theEnd<<kindBits|special)
	p.depth--
	return i
}

// str packs the string that begins at b[i]. An element tells nothing about the entry.
func (p *Packer) str(b []byte, i int, s *step, element bool) int {
	if r := s.last; r.size > 0 && !p.learning && r.at(b, i+1) {
		p.number(r.code)
		if s.coded && !element {
			p.note(s, r.code)
		}
		return i + 2 + int(r.size)
	}
	if to := i + 1 + uuidLength; s.unique && !p.learning && to < len(b) && b[to] == '"' && p.digits(textOf(b[i+1:to])) {
		return to + 1 // nothing else is in it
	}
	end := plainEnd(b, i+1)
	escaped := end < 0
	if escaped {
		switch {
		case p.learning:
			end = quoteEnd(b, i) - 1
		case !s.says:
			// What it says as it stands between its quotes is nobody's business here.
			var f fault
			if end, f = p.strings.text(b, i); f != noFault {
				p.strings.resume = 0
				return -1
			}
		}
		if end < 0 {
			return -1
		}
	}
	text := textOf(b[i+1 : end])
	if s.says && !element {
		switch s.field {
		case emitTimeField:
			return p.stamp(text, end)
		case logIDField:
			if !p.learning {
				p.gist.logID = text
			}
			if text == p.gist.logID {
				p.values = binary.AppendUvarint(p.values, theLogID<<kindBits|special)
				return end + 1
			}
		}
	}
	if s.coded {
		code, _, _ := p.look(text, true, s)
		p.number(code)
		if !element && !p.learning {
			p.note(s, code)
		}
		return end + 1
	}
	if !s.unique && len(text) <= maxWordy {
		if code, ok := p.repeated(text, s); ok {
			p.number(code)
			return end + 1
		}
	}
	if !p.digits(text) {
		p.odd = p.odd || escaped
		p.values = appendText(p.values, spelled, text)
	}
	return end + 1
}

// digits packs a text that is hexadecimal digits, or tells that it is not.
func (p *Packer) digits(text string) bool {
	n := len(p.values)
	p.values = append(p.values, 0, 0, 0)
	packed, head, ok := appendHex(p.values, text)
	if !ok {
		p.values = p.values[:n]
		return false
	}
	// The tag is known only now; it takes two bytes at most.
	tag := binary.AppendUvarint(packed[n:n], head<<kindBits|hexed)
	p.values = append(packed[:n+len(tag)], packed[n+3:]...)
	return true
}

func (p *Packer) number(code uint32) {
	p.values = binary.AppendUvarint(p.values, uint64(code)<<kindBits)
}

// stamp packs an emit time.
func (p *Packer) stamp(text string, end int) int {
	digits := max(0, len(text)-len("2006-01-02T15:04:05.Z"))
	if !p.learning {
		nanos, ok := p.nanoseconds(text)
		if !ok {
			return -1
		}
		p.gist.nanos = nanos
		p.values = append(p.values, byte(digits)<<kindBits|special)
		return end + 1
	}
	if t, ok := plainStamp(text); !ok || !t.Equal(p.gist.emitted) || t.Year() < 1700 || t.Year() > 2200 {
		p.odd = p.odd || !isPlain(text)
		p.values = appendText(p.values, spelled, text)
		return end + 1
	}
	p.values = append(p.values, byte(digits)<<kindBits|special)
	return end + 1
}

// nanoseconds reads a time as plainStamp does, if it is in the years that a batch can hold.
func (p *Packer) nanoseconds(text string) (int64, bool) {
	const date, seconds = len(p.day), len("2006-01-02T15:04:05")
	if len(text) <= seconds || string(p.day[:]) != text[:date] {
		t, ok := plainStamp(text)
		if !ok || t.Year() < 1700 || t.Year() > 2200 {
			return 0, false
		}
		copy(p.day[:], text)
		p.began = t.Truncate(24 * time.Hour).UnixNano()
		return t.UnixNano(), true
	}
	n := len(text) - 1
	if text[n] != 'Z' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return 0, false
	}
	nanos := 0
	if n > seconds {
		digits, ok := text[seconds+1:n], false
		if nanos, ok = decimal(digits); !ok || text[seconds] != '.' || len(digits) == 0 || len(digits) > 9 {
			return 0, false
		}
		for range 9 - len(digits) {
			nanos *= 10
		}
	}
	hour, ok0 := decimal(text[11:13])
	minute, ok1 := decimal(text[14:16])
	second, ok2 := decimal(text[17:19])
	if !(ok0 && ok1 && ok2) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return p.began + int64((hour*60+minute)*60+second)*int64(time.Second) + int64(nanos), true
}

// memo is an object as it was packed before. The one that says who acted comes again and again.
type memo struct {
	raw    []byte
	values []byte
	shapes []uint32
	who    personKey
}

// principal packs the object that says who acted.
func (p *Packer) principal(b []byte, i int, s *step) int {
	const from, to = 16, 48 // where it has an ID, or a name
	if len(b)-i <= to {
		return p.nested(b, i, s, false)
	}
	h := (binary.LittleEndian.Uint64(b[i+from:])*odd ^ binary.LittleEndian.Uint64(b[i+from+8:])) * odd
	h = (h ^ h>>32 ^ binary.LittleEndian.Uint64(b[i+from+16:])*odd ^ binary.LittleEndian.Uint64(b[i+to-8:])) * odd
	m := &p.memos[h>>(64-cacheBits)]
	if n := len(m.raw); n > 0 && len(b)-i >= n && string(b[i:i+n]) == string(m.raw) {
		p.values, p.shapes = append(p.values, m.values...), append(p.shapes, m.shapes...)
		email := p.gist.who.email
		p.gist.who = m.who
		p.gist.who.email = email
		return i + n
	}
	values, shapes, odd := len(p.values), len(p.shapes), p.odd
	end := p.nested(b, i, s, false)
	if end > 0 && p.odd == odd {
		m.raw, m.values = append(m.raw[:0], b[i:end]...), append(m.values[:0], p.values[values:]...)
		m.shapes, m.who = append(m.shapes[:0], p.shapes[shapes:]...), p.gist.who
	}
	return end
}

// scalar packs a number, true, false or null.
func (p *Packer) scalar(b []byte, i int, s *step) int {
	end, f := scalar(b, i)
	if f != noFault {
		return -1
	}
	text := textOf(b[i:end])
	if !s.unique && len(text) <= maxWordy {
		if code, ok := p.repeated(text, s); ok {
			p.values = binary.AppendUvarint(p.values, uint64(code)<<(kindBits+1)|scalarOf)
			return end
		}
	}
	p.values = append(binary.AppendUvarint(p.values, (uint64(len(text))<<1|1)<<kindBits|scalarOf), text...)
	return end
}

// asItIs keeps JSON as it stands.
func (p *Packer) asItIs(b []byte) {
	p.loose = true
	p.values = append(binary.AppendUvarint(p.values, uint64(len(b))<<kindBits|asItIs), b...)
}

// plainEnd finds the closing quote of a string that goes on at b[i], if it has nothing but printable ASCII and no escapes; else it is negative.
func plainEnd(b []byte, i int) int {
	here := unsafe.Pointer(unsafe.SliceData(b))
	for ; i+16 <= len(b); i += 16 {
		m, second := marks(load(unsafe.Add(here, i))), marks(load(unsafe.Add(here, i+8)))
		if m|second == 0 {
			continue
		}
		if m == 0 {
			i, m = i+8, second
		}
		if i += bits.TrailingZeros64(m) >> 3; b[i] != '"' {
			return -1
		}
		return i
	}
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i
		case c == '\\', c < ' ', c >= 0x80:
			return -1
		}
	}
	return -1
}

// marks sets the high bit of the first byte that is a quote, a backslash, no printable character or not ASCII. Bits above it may be wrong, as in
// [scanner.text], but since bytes that are not ASCII have that bit themselves it takes less.
func marks(w uint64) uint64 {
	const ones = 0x0101010101010101
	quote, slash := w^(ones*'"'), w^(ones*'\\')
	return ((quote - ones) | (slash - ones) | (w - ones*' ') | w) & (ones << 7)
}

// textOf is b as a text that shares memory with it.
func textOf(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }

// isPlain tells whether a string, as it stands between its quotes, says what it looks like.
func isPlain(s string) bool {
	const ones = 0x0101010101010101
	for ; len(s) >= 8; s = s[8:] {
		w := load(unsafe.Pointer(unsafe.StringData(s)))
		if ((w^(ones*'\\')-ones)|w)&(ones<<7) != 0 {
			return false
		}
	}
	for i := range len(s) {
		if c := s[i]; c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// skipValue is the offset behind the object or array that begins at b[i], or negative. It only counts brackets.
func skipValue(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			if i = quoteEnd(b, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if i++; depth <= 0 {
			return i
		}
	}
	return -1
}
