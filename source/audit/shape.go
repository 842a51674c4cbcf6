package audit

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unsafe"
)

const (
	// maxNodes and maxShapes bound what is learned of how objects look; what does not fit is kept as it stands.
	maxNodes  = 1 << 16
	maxShapes = 1 << 18
	// maxMembers is how many members an object may have that is taken apart, and maxNested how deep it may be in others.
	maxMembers = 256
	maxShaped  = 24
	// maxLiteral is the longest key that is learned, with what stands around it, in bytes.
	maxLiteral = 256
	// maxNext is how many keys are tried behind a key. Where there are more, keys are data, as in a map.
	maxNext = 48
	// theMap is the shape of objects whose keys are data.
	theMap = 0
)

// node is a place in objects: a key, at the end of a path of keys, with what stands before and behind it in the text, as in
// `,"level":`; or the end of an object, as in `}`.
type node struct {
	literal string
	path    []string // keys, as they stand between their quotes, of a member
	end     bool
}

// nodeKey tells nodes apart. parent is the node of the member that the object is in or, with listed set, in whose array it is.
type nodeKey struct {
	parent  uint32
	listed  bool
	literal string
}

// node numbers a node. It is false when too many are known.
func (v *Vocabulary) node(k nodeKey, key string, end bool) (uint32, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if id, ok := v.nodes[k]; ok {
		return id, true
	}
	if len(v.words.nodes) == maxNodes {
		return 0, false
	}
	n := node{literal: strings.Clone(k.literal), end: end}
	if !end {
		n.path = append(slices.Clone(v.words.nodes[k.parent].path), strings.Clone(key))
	}
	k.literal = n.literal
	id := uint32(len(v.words.nodes))
	v.nodes[k] = id
	v.words.nodes = append(v.words.nodes, n)
	return id, true
}

// shape numbers the sequence of nodes that is an object. It is false when too many are known.
func (v *Vocabulary) shape(nodes []uint32) (uint32, bool) {
	key := make([]byte, 0, 4*len(nodes))
	for _, n := range nodes {
		key = binary.LittleEndian.AppendUint32(key, n)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if id, ok := v.shapes[string(key)]; ok {
		return id, true
	}
	if len(v.words.shapes) == maxShapes {
		return 0, false
	}
	id := uint32(len(v.words.shapes))
	v.shapes[string(key)] = id
	v.words.shapes = append(v.words.shapes, slices.Clone(nodes))
	return id, true
}

// context is what the members of an object say about an entry.
type context uint8

const (
	nothing context = iota
	theEntry
	thePrincipal
	thePayload
	theSpec // of a payload
	theRule // of the spec
)

// step is a node as one packer sees it: what its value means, and what has been met behind it so far. What is looked at for every
// entry comes first, because there are more steps than the nearest cache of a processor holds.
type step struct {
	// One line of a processor's cache.
	head, tail uint64  // the first and the last eight bytes of the literal, as far as it has them
	mask       uint64  // of the bits of head and tail that count
	size       uint16  // of the literal, in bytes
	toTail     uint16  // where tail begins
	last       *recent // text
	id         uint32
	field      field // of the entry
	part       part  // of the principal
	clue       clue  // to the target
	payload    uint8 // which one clue and context belong to
	end        bool  // of an object
	says       bool  // the value says something about the entry
	wraps      bool  // an array here would wrap entries
	coded      bool  // a column needs the number of the text
	keyed      bool  // keys of objects are data
	unique     bool  // values do not repeat: they are not worth a number
	context    context

	// Another.
	literal       string
	second, third uint64 // the bytes beside head and tail, if the literal is twice as long
	next          choice // in the same object

	asked, fresh uint32 // how many values were looked up, and how many of them were new
	first        choice // how an object that is the value may begin
	inner        choice // the same within an array
	inMap        *step  // stands for all keys that are data

	// The shape that ended here last.
	shape uint32
	nodes []uint32
}

// choice is the steps that have been met at one place. Where there are several, the one that stands there is found by the first bytes of its
// key, as nearly all keys differ in them.
type choice struct {
	one   *step           // where there is one
	table *[choices]*step // where there are several
	steps []*step
}

const choices = 1 << choiceBits

const choiceBits = 4

// part is a member of the principal.
type part uint8

const (
	noPart part = iota
	typePart
	idPart
	namePart
	apiKeyPart
)

// match finds the step that stands at b[i], if there is not just one.
func (c *choice) match(b []byte, i int) *step {
	if c.table == nil || len(b)-i < 10 {
		return c.search(b, i)
	}
	likely := &c.table[load(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i+2))*odd>>(64-choiceBits)]
	if s := *likely; s != nil && s.at(b, i) {
		return s
	}
	s := c.search(b, i)
	if s != nil {
		*likely = s
	}
	return s
}

func (c *choice) search(b []byte, i int) *step {
	for _, s := range c.steps {
		if s.at(b, i) {
			return s
		}
	}
	return nil
}

// add takes a step in.
func (c *choice) add(s *step) {
	c.steps = append(c.steps, s)
	switch c.one = nil; len(c.steps) {
	case 1:
		c.one = s
	case 2:
		c.table = new([choices]*step)
	}
}

// begin is how objects that are the value, or with listed set in an array that is, may begin.
func (s *step) begin(listed bool) *choice {
	if listed {
		return &s.inner
	}
	return &s.first
}

// at tells whether the step stands at b[i]. It looks beyond the literal and so, having asked once how much is there, need not ask again: it is called
// for every key.
func (s *step) at(b []byte, i int) bool {
	n := int(s.size)
	if len(b)-i < n+8 {
		return s.nearEnd(b[i:])
	}
	here := unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i) // eight bytes behind the literal are there, too
	if ((load(here)^s.head)|(load(unsafe.Add(here, s.toTail))^s.tail))&s.mask != 0 {
		return false
	}
	if n > 16 && ((load(unsafe.Add(here, 8))^s.second)|(load(unsafe.Add(here, n-16))^s.third) != 0 || n > 32 && string(b[i+16:i+n-16]) != s.literal[16:n-16]) {
		return false
	}
	return s.end || *(*byte)(unsafe.Add(here, n)) > ' ' // not more white space than that
}

// nearEnd tells the same of the beginning of b.
func (s *step) nearEnd(b []byte) bool {
	n := len(s.literal)
	return len(b) >= n && string(b[:n]) == s.literal && (s.end || len(b) > n && b[n] > ' ')
}

// load reads eight bytes, the first as the lowest.
func load(at unsafe.Pointer) uint64 { return binary.LittleEndian.Uint64((*[8]byte)(at)[:]) }

func newStep(id uint32, literal string, end bool) *step {
	n := len(literal)
	s := &step{id: id, literal: literal, size: uint16(n), end: end, last: &recent{}}
	at := func(i int) uint64 {
		var eight [8]byte
		copy(eight[:], literal[i:])
		return load(unsafe.Pointer(&eight))
	}
	s.toTail = uint16(max(0, n-8))
	s.head, s.tail = at(0), at(int(s.toTail))
	var counts [8]byte
	for i := range min(n, 8) {
		counts[i] = 0xFF
	}
	if s.mask = load(unsafe.Pointer(&counts)); n > 16 {
		s.second, s.third = at(8), at(n-16)
	}
	return s
}

// learn makes a step of what stands at b[i], or gives nil if it is nothing to learn.
func (p *Packer) learn(b []byte, i int, in *step, listed bool, here *choice, begins bool) *step {
	key, to, end := literalAt(b, i, begins)
	if to < 0 || to-i > maxLiteral {
		return nil
	}
	if len(here.steps) == maxNext {
		in.keyed = in.context == nothing // what says something of the entry is known by its keys
		return nil
	}
	literal := string(b[i:to])
	id, ok := p.vocabulary.node(nodeKey{in.id, listed, literal}, key, end)
	if !ok {
		return nil
	}
	s := p.steps[id]
	if s == nil {
		s = newStep(id, literal, end)
		if !end && !listed {
			s.mean(in, unquoted(key))
		}
		p.steps[id] = s
	}
	here.add(s)
	return s
}

// literalAt reads a key with all that stands between it and the values beside it, or the end of an object. to is negative for
// anything else.
func literalAt(b []byte, i int, begins bool) (key string, to int, end bool) {
	space := func() {
		for i < len(b) && isSpace(b[i]) {
			i++
		}
	}
	space()
	switch {
	case i == len(b):
		return "", -1, false
	case b[i] == '{' && begins, b[i] == ',' && !begins:
		i++
		space()
	case b[i] != '}' || begins:
		return "", -1, false
	}
	switch {
	case i == len(b):
		return "", -1, false
	case b[i] == '}':
		return "", i + 1, true
	case b[i] != '"':
		return "", -1, false
	}
	from := i + 1
	if i = quoteEnd(b, i); i < 0 {
		return "", -1, false
	}
	key = string(b[from : i-1])
	if space(); i == len(b) || b[i] != ':' {
		return "", -1, false
	}
	i++
	if space(); i == len(b) {
		return "", -1, false
	}
	return key, i, false
}

// quoteEnd is the offset behind the string that begins at b[i], or negative.
func quoteEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		n := bytes.IndexAny(b[i:], `"\`)
		if n < 0 {
			return -1
		}
		if i += n; b[i] == '"' {
			return i + 1
		}
		i++
	}
	return -1
}

// mean finds out what the member with that key, of an object in the value of another, says about an entry.
func (s *step) mean(in *step, key string) {
	s.payload = in.payload
	switch in.context {
	case nothing:
	case theEntry:
		s.field, _ = fieldOf(key)
		s.wraps = wrapperKey([]byte(key))
		switch s.field {
		case principalField:
			s.context = thePrincipal
		case rawDetailsField, detailsField:
			s.context = thePayload
			if s.field == detailsField {
				s.payload = 1
			}
		case operationField, statusField, forwardedField, callerField, userEmailField:
			s.coded = true
		}
	case thePrincipal:
		switch key {
		case "type":
			s.part = typePart
		case "id":
			s.part = idPart
		case "name":
			s.part = namePart
		case "api_key_id", "apiKeyId":
			s.part = apiKeyPart
		}
	case thePayload:
		if s.clue = clueOf(key); key == "target_users" || key == "targetUsers" {
			s.clue = targetUserClue
		}
		if key == "spec" {
			s.context = theSpec
		}
	case theSpec:
		if s.clue = specClueOf(key); key == "private_rule" || key == "privateRule" {
			s.context = theRule
		}
	case theRule:
		// The PrivateConnectivityRule of a new connectivity rule, which has no name of its own yet.
		if key == "connection_id" || key == "connectionId" {
			s.clue = connectionClue
		}
	}
	s.coded = s.coded || s.part != noPart || s.clue != noClue
	s.says = s.coded || s.field != 0 || s.wraps
}
