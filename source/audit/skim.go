package audit

// Sought is what the packers of a vocabulary are asked for, by somebody who needs to know of all other entries only that they are there. It
// is used from any goroutine.
type Sought interface {
	// May tells whether an entry with a time in nanoseconds since 1970 can be one of those that are asked for, by its bytes, which are ASCII
	// without escapes.
	May(raw []byte, nanos int64) bool
}

// Seek has packers that are made from now on pack entries that are surely none of those sought as [Skimmed]. What they pack is for a store that
// shares the vocabulary. It is called before the vocabulary is given to others.
func (v *Vocabulary) Seek(s Sought) { v.sought = s }

const (
	// A packer that finds maxVain entries more to be sought than not packs restVain without asking, and twice as many whenever that comes again, up
	// to mostRest.
	maxVain  = 8
	restVain = 128
	mostRest = 1 << 14

	// keptFields are those whose values are kept of an entry that is skimmed.
	keptFields = emitTimeField | logIDField | operationField | versionField
)

// skim packs the entry that b begins with as [Skimmed], if it looks like others that were added and is surely not sought. It tells as much of b
// as [Packer.Quick].
func (p *Packer) skim(b []byte, at int64, o *Origin) (end int, ok bool) {
	if p.resting > 0 {
		p.resting--
		return 0, false
	}
	p.begin(false)
	p.version = append(p.version[:0], "{}"...)
	end = p.passObject(b, 0, &p.root, false)
	r := &p.gist
	if end < 0 || end > maxObject || r.have&emitTimeField == 0 || r.logID == "" {
		return 0, false
	}
	if p.vocabulary.sought.May(b[:end], r.nanos) {
		if p.vain++; p.vain == maxVain {
			p.rest = min(max(2*p.rest, restVain), mostRest)
			p.vain, p.resting = 0, p.rest
		}
		return 0, false
	}
	if p.vain--; p.vain < 0 {
		p.vain, p.rest = 0, 0
	}
	p.skimmed, p.values = true, appendText(p.values, asItIs, textOf(p.version))
	p.finish(r.nanos, true, r.logID, o, at, [Columns]uint32{Operations: p.column(Operations, r.operation)})
	return end, true
}

// passObject goes over the object that begins at b[i], as [Packer.object] does, and gives where it ends, or a negative number.
func (p *Packer) passObject(b []byte, i int, in *step, listed bool) int {
	if p.depth == maxShaped {
		return -1
	}
	p.depth++
	if in.keyed {
		return p.passKeys(b, i, in)
	}
	here := in.begin(listed)
	for {
		s := here.one
		if s == nil || !s.at(b, i) {
			if s = here.match(b, i); s == nil {
				return -1
			}
		}
		if i += int(s.size); s.end {
			p.depth--
			return i
		}
		switch {
		case b[i] != '"' || s.field&keptFields != 0:
			i = p.passMember(b, i, s)
		case p.gist.meet(s.field):
			i = p.passString(b, i, s)
		default:
			return -1
		}
		if i < 0 {
			return -1
		}
		here = &s.next
	}
}

// meet takes a field in, and tells whether the entry had none like it before.
func (g *gist) meet(f field) bool {
	if g.have&f != 0 {
		return false
	}
	g.have |= f
	return true
}

// passMember goes over the value of a member, and notes what of it tells entries apart.
func (p *Packer) passMember(b []byte, i int, s *step) int {
	c := b[i]
	if !p.gist.meet(s.field) || s.field == emitTimeField && c != '"' || s.wraps && c == '[' {
		return -1
	}
	end := 0
	switch c {
	case '"':
		end = p.passText(b, i, s)
	case '{':
		end = p.passObject(b, i, s, false)
	case '[':
		end = p.passArray(b, i, s)
	default:
		end = passScalar(b, i)
	}
	if s.field == versionField && end > 0 {
		p.version = append(append(append(p.version[:0], `{"version":`...), b[i:end]...), '}')
	}
	return end
}

// passArray goes over an array without white space between its elements.
func (p *Packer) passArray(b []byte, i int, s *step) int {
	if p.depth == maxShaped {
		return -1
	}
	p.depth++
	if i++; i < len(b) && b[i] == ']' {
		p.depth--
		return i + 1
	}
	for i < len(b) {
		switch b[i] {
		case '"':
			i = p.passString(b, i, s)
		case '{':
			i = p.passObject(b, i, s, true)
		case '[':
			i = p.passArray(b, i, s)
		default:
			i = passScalar(b, i)
		}
		if i < 0 || i >= len(b) {
			return -1
		}
		i++
		switch b[i-1] {
		case ']':
			p.depth--
			return i
		case ',':
		default:
			return -1
		}
	}
	return -1
}

// passKeys goes over an object whose keys are data, and whose values are neither objects nor arrays.
func (p *Packer) passKeys(b []byte, i int, in *step) int {
	if i+1 < len(b) && b[i+1] == '}' {
		p.depth--
		return i + 2
	}
	for begin := byte('{'); i < len(b); begin = ',' {
		if b[i] == '}' && begin == ',' {
			p.depth--
			return i + 1
		}
		if b[i] != begin || i+1 == len(b) || b[i+1] != '"' {
			return -1
		}
		if i = plainEnd(b, i+2); i < 0 || len(b)-i < 3 || b[i+1] != ':' {
			return -1
		}
		if i += 2; b[i] == '"' {
			if i = plainEnd(b, i+1); i < 0 {
				return -1
			}
			i++
		} else if i = passScalar(b, i); i < 0 {
			return -1
		}
	}
	return -1
}

// passString goes over the string that begins at b[i], which must be ASCII without escapes.
func (p *Packer) passString(b []byte, i int, s *step) int {
	if r := s.last; r.size > 0 && r.at(b, i+1) {
		return i + 2 + int(r.size)
	}
	end := plainEnd(b, i+1)
	if end < 0 {
		return -1
	}
	return end + 1
}

// passText goes over the string that is a field of the entry, and notes it if it tells entries apart.
func (p *Packer) passText(b []byte, i int, s *step) int {
	end := p.passString(b, i, s)
	if end < 0 {
		return -1
	}
	switch text := textOf(b[i+1 : end-1]); s.field {
	case emitTimeField:
		nanos, ok := p.nanoseconds(text)
		if !ok {
			return -1
		}
		p.gist.nanos = nanos
	case logIDField:
		p.gist.logID = text
	case operationField:
		p.gist.operation, _, _ = p.look(text, true, s)
	}
	return end
}

// passScalar goes over a number, true, false or null.
func passScalar(b []byte, i int) int {
	end, f := scalar(b, i)
	if f != noFault {
		return -1
	}
	return end
}
