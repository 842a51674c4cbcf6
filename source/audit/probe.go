package audit

import (
	"strings"
	"unsafe"
)

// Scalars is a question about the strings, numbers and words of an entry: whether one of them passes. Any number of goroutines ask
// it at once.
type Scalars interface {
	// At tells whether a scalar at the end of a path of keys, as they stand between their quotes, is asked about.
	At(path []string) bool
	// Passes tells whether a scalar, decoded, is what is looked for.
	Passes(text string) bool
	// In asks the same of the whole of an entry.
	In(raw string) bool
	// Needle is ASCII text in lower case that stands, ignoring the case of ASCII, in every scalar that passes and has nothing but ASCII. It may be
	// empty.
	Needle() string
}

// Probe asks a question of packed entries. What it finds out about a vocabulary it remembers, so the same text is asked about once.
type Probe struct {
	asked  Scalars
	nodes  []bool // whether the question is about their values
	shapes []bool // whether it is about one of their nodes
	texts  []bool // whether they pass
	every  bool   // the question is about all nodes
	hex    bool   // digits may pass
	stamp  bool   // a time may pass
	quick  sieve
}

// NewProbe makes a probe of a question.
func NewProbe(s Scalars) *Probe {
	p := &Probe{asked: s, every: true, hex: true, stamp: true}
	// A text of digits has up to three other characters at its beginning.
	n := s.Needle()
	p.quick = newSieve(n)
	for i := maxPrefix; i < len(n); i++ {
		if nibbles[n[i]] > 15 && n[i] != '-' {
			p.hex = false
		}
	}
	for i := range len(n) {
		if !strings.ContainsRune("0123456789-:.tz", rune(n[i])) {
			p.stamp = false
		}
	}
	if p.hex {
		p.quick.addDigits(n)
	}
	p.quick.useless = p.quick.useless || p.stamp
	return p
}

// Prepare takes in what is new in a vocabulary. It must not run while the probe is asked.
func (p *Probe) Prepare(w *Words) {
	for _, n := range w.nodes[len(p.nodes):] {
		at := !n.end && p.asked.At(n.path)
		p.nodes = append(p.nodes, at)
		p.every = p.every && (at || n.end || len(n.path) == 0)
	}
	for _, s := range w.shapes[len(p.shapes):] {
		some := len(p.shapes) == theMap // what its keys are is seen there
		for _, n := range s {
			some = some || p.nodes[n]
		}
		p.shapes = append(p.shapes, some)
	}
	for len(p.texts) < w.texts.len() {
		ok := p.passes(w.texts.at(uint32(len(p.texts))))
		if ok {
			p.quick.addText(uint64(len(p.texts)))
		}
		p.texts = append(p.texts, ok)
	}
}

// passes asks about a string as it stands between its quotes.
func (p *Probe) passes(text string) bool { return p.asked.Passes(unquoted(text)) }

// Ask tells whether the question is answered by an entry that was packed with a vocabulary which the probe was prepared for. size is how many
// bytes the record takes, or 0. room is memory to use, which is given back.
func (p *Probe) Ask(w *Words, r Record, size int, t int64, f Flags, room []byte) (bool, []byte) {
	if size > 0 && f&(Loose|Odd) == 0 && !p.quick.useless && !p.quick.passes(string(r[:size])) {
		return false, room
	}
	if f&Loose != 0 {
		room = w.AppendRaw(room[:0], r, t)
		return p.asked.In(unsafe.String(unsafe.SliceData(room), len(room))), room
	}
	x := w.read(r, t)
	if !p.every {
		wanted := false
		for i := x.shape; i < x.at; {
			var n uint64
			n, i = r.uvarint(i)
			if wanted = p.shapes[n]; wanted {
				break
			}
		}
		if !wanted {
			return false, room
		}
	}
	a := asking{reading: x, probe: p, room: room}
	kind, n := a.tag()
	found := a.value(kind, n, 0)
	return found, a.room
}

// asking goes through a record with a question.
type asking struct {
	reading
	probe *Probe
	room  []byte
	path  []string
}

// value asks about the value of a node, or an element of it, whose tag has been read. After true nothing more can be asked.
func (a *asking) value(kind int, n uint64, node uint32) bool {
	switch {
	case kind == object:
		for _, id := range a.nodes() {
			if !a.words.nodes[id].end {
				if k, n := a.tag(); a.value(k, n, id) {
					return true
				}
			}
		}
		return false
	case kind == array:
		for {
			k, n := a.tag()
			if k == special && n == theEnd {
				return false
			}
			if a.value(k, n, node) {
				return true
			}
		}
	case kind == special && n == theKeys:
		return a.keys(a.words.nodes[node].path)
	}
	return a.scalar(kind, n, a.probe.nodes[node])
}

// keys asks about the values of a map at the end of a path.
func (a *asking) keys(path []string) bool {
	a.nodes()
	for {
		k, n := a.tag()
		if k == special && n == theEnd {
			return false
		}
		var key string
		switch k {
		case known:
			key = a.words.texts.at(uint32(n))
		case spelled:
			key = a.take(int(n))
		case hexed:
			key = string(unpackHex(nil, a.take(hexSize(n)), n))
		}
		wanted := a.probe.every
		if !wanted {
			a.path = append(append(a.path[:0], path...), key)
			wanted = a.probe.asked.At(a.path)
		}
		if k, n = a.tag(); a.scalar(k, n, wanted) {
			return true
		}
	}
}

// scalar asks about a value that is neither an object nor an array, if the question is about it.
func (a *asking) scalar(kind int, n uint64, wanted bool) bool {
	p := a.probe
	switch kind {
	case known:
		return wanted && p.texts[n]
	case spelled:
		text := a.take(int(n))
		return wanted && p.passes(text)
	case hexed:
		digits := a.take(hexSize(n))
		if !wanted || !p.hex {
			return false
		}
		a.room = unpackHex(a.room[:0], digits, n)
		return p.asked.Passes(unsafe.String(unsafe.SliceData(a.room), len(a.room)))
	case special:
		return wanted && a.special(n)
	case scalarOf:
		if n&1 == 0 {
			return wanted && p.texts[n>>1] && a.words.texts.at(uint32(n>>1)) != "null"
		}
		text := a.take(int(n >> 1))
		return wanted && text != "null" && p.passes(text)
	case asItIs:
		a.take(int(n))
	}
	return false
}

// special asks about a string that the entry tells.
func (a *asking) special(n uint64) bool {
	p := a.probe
	switch {
	case n == theLogID:
		tag, i := a.record.uvarint(0)
		if size := tag >> kindBits; tag&(kinds-1) == spelled {
			return p.passes(string(a.record[i : i+int(size)]))
		}
		if !p.hex {
			return false
		}
		a.room = a.record.AppendLogID(a.room[:0])
	case !p.stamp:
		return false
	default:
		a.room = appendStamp(a.room[:0], a.time, int(n))
	}
	return p.asked.Passes(unsafe.String(unsafe.SliceData(a.room), len(a.room)))
}

// Size is how many bytes a record takes.
func (w *Words) Size(r Record) int {
	x := w.read(r, 0)
	kind, n := x.tag()
	x.pass(kind, n)
	return x.at
}

// pass passes over a value whose tag has been read.
func (x *reading) pass(kind int, n uint64) {
	switch kind {
	case special:
		if n == theKeys {
			x.nodes()
			for k, n := x.tag(); k != special || n != theEnd; k, n = x.tag() {
				x.pass(k, n)
			}
		}
	case spelled, asItIs:
		x.at += int(n)
	case hexed:
		x.at += hexSize(n)
	case object:
		for _, id := range x.nodes() {
			if !x.words.nodes[id].end {
				k, n := x.tag()
				x.pass(k, n)
			}
		}
	case array:
		for {
			k, n := x.tag()
			if k == special && n == theEnd {
				return
			}
			x.pass(k, n)
		}
	case scalarOf:
		if n&1 == 1 {
			x.at += int(n >> 1)
		}
	}
}
