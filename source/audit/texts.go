package audit

import (
	"hash/maphash"
	"math/bits"
	"unsafe"
)

const (
	blockBits = 18
	// blockSize is how much text stands side by side, in bytes. A longer text has a block of its own.
	blockSize = 1 << blockBits
)

// texts are texts by their numbers, as far as they were known at one moment. They stand side by side, so that there are few things for the
// garbage collector to look at, however many texts there are.
type texts struct {
	spans  []textSpan
	blocks [][]byte // none of which moves or changes where it has been written
}

// textSpan is where a text stands: in which block, at which byte, and how long it is.
type textSpan struct {
	block, offset, size uint32
}

func (t *texts) len() int { return len(t.spans) }

// at gives the text of a number. It is no copy.
func (t *texts) at(code uint32) string {
	s := t.spans[code]
	if s.size == 0 {
		return ""
	}
	return unsafe.String(&t.blocks[s.block][s.offset], int(s.size))
}

// numbering finds and gives the numbers of texts. What was given out of its texts stays valid while it grows.
type numbering struct {
	texts
	slots []uint64 // a power of two, open and with linear probing: the upper half of a hash, and the number counted from 1; 0 is free
	seed  maphash.Seed
	free  []byte // what is left of the block that is written
	open  uint32 // which one that is
}

// newNumbering knows the empty text, as number 0.
func newNumbering() numbering {
	n := numbering{slots: make([]uint64, 1024), seed: maphash.MakeSeed()}
	n.add("", n.hash(""))
	return n
}

// hash is one that nobody who writes texts can foresee: the upper half of a slot.
func (n *numbering) hash(s string) uint64 { return maphash.String(n.seed, s) >> 32 << 32 }

// home is where the search for a hash begins.
func (n *numbering) home(hash uint64) uint64 { return hash >> (64 - bits.Len(uint(len(n.slots))-1)) }

// find gives the number of a text.
func (n *numbering) find(s string, hash uint64) (code uint32, ok bool) {
	last := uint64(len(n.slots) - 1)
	for i := n.home(hash); n.slots[i] != 0; i = (i + 1) & last {
		if slot := n.slots[i]; slot>>32<<32 == hash && n.at(uint32(slot)-1) == s {
			return uint32(slot) - 1, true
		}
	}
	return 0, false
}

// add numbers a text that is not known.
func (n *numbering) add(s string, hash uint64) (code uint32) {
	code = uint32(len(n.spans))
	n.spans = append(n.spans, n.write(s))
	if 4*len(n.spans) > 3*len(n.slots) {
		n.grow()
	}
	n.put(hash | uint64(code+1))
	return code
}

// write finds a place for a text.
func (n *numbering) write(s string) textSpan {
	const long = blockSize / 4 // what is left of a block would be lost for it
	switch {
	case len(s) == 0:
		return textSpan{}
	case len(s) > long:
		n.blocks = append(n.blocks, []byte(s))
		return textSpan{block: uint32(len(n.blocks) - 1), size: uint32(len(s))}
	case len(s) > len(n.free):
		n.free, n.open = make([]byte, blockSize), uint32(len(n.blocks))
		n.blocks = append(n.blocks, n.free)
	}
	at := textSpan{block: n.open, offset: uint32(blockSize - len(n.free)), size: uint32(len(s))}
	n.free = n.free[copy(n.free, s):]
	return at
}

func (n *numbering) put(slot uint64) {
	last := uint64(len(n.slots) - 1)
	i := n.home(slot >> 32 << 32)
	for n.slots[i] != 0 {
		i = (i + 1) & last
	}
	n.slots[i] = slot
}

func (n *numbering) grow() {
	old := n.slots
	n.slots = make([]uint64, 2*len(old))
	for _, s := range old {
		if s != 0 {
			n.put(s)
		}
	}
}
