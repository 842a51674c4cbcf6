package store

import "math/bits"

// index has a time, to the second, for each of many hashes. It is an open table with linear probing: the hashes are spread already, so one
// look at memory is nearly always enough, and a built-in map would hash them again. A slot keeps the upper bits of a hash and the time in
// one number, since there is one for each entry. Hashes whose upper bits are equal have a slot each.
type index struct {
	slots []uint64 // a power of two; 0 is a free one
	used  int
	met   uint64 // see warm
}

const (
	timeBits = 34 // of seconds since the year 1700, to beyond 2200
	tagBits  = 64 - timeBits
	// epoch is the first second of 1700, in seconds since 1970.
	epoch  = -8520336000
	second = 1_000_000_000
)

// slotOf packs a hash and a time in nanoseconds since 1970.
func slotOf(h uint64, t int64) uint64 {
	s := t / second
	if t < 0 && t%second != 0 {
		s--
	}
	return h>>timeBits<<timeBits | uint64(s-epoch+1)&(1<<timeBits-1)
}

// timeOf is the beginning of the second of a slot, in nanoseconds since 1970.
func timeOf(slot uint64) int64 { return (int64(slot&(1<<timeBits-1)) - 1 + epoch) * second }

// home is where the search for a slot begins: the upper bits of its hash tell, which it has.
func (x *index) home(slot uint64) uint64 { return slot >> (64 - bits.Len(uint(len(x.slots))-1)) }

// find gives the times of entries whose hash may be h, of which there is hardly ever more than one. yield gives false to end it.
func (x *index) find(h uint64, yield func(t int64) bool) {
	if x.used == 0 {
		return
	}
	for i := x.home(h); x.slots[i] != 0; i = (i + 1) & uint64(len(x.slots)-1) {
		if s := x.slots[i]; s>>timeBits == h>>timeBits && !yield(timeOf(s)) {
			return
		}
	}
}

// has tells whether there may be an entry with that hash.
func (x *index) has(h uint64) bool {
	found := false
	x.find(h, func(int64) bool {
		found = true
		return false
	})
	return found
}

// add gives a hash one more time.
func (x *index) add(h uint64, t int64) {
	x.room()
	x.put(slotOf(h, t))
	x.used++
}

// addFirst gives a hash its first time, or false if it may have one.
func (x *index) addFirst(h uint64, t int64) bool {
	x.room()
	slot := slotOf(h, t)
	i := x.home(slot)
	for ; x.slots[i] != 0; i = (i + 1) & uint64(len(x.slots)-1) {
		if x.slots[i]>>timeBits == h>>timeBits {
			return false
		}
	}
	x.slots[i] = slot
	x.used++
	return true
}

func (x *index) room() {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.grow()
	}
}

// warm makes room for hashes and looks at where each begins. Looks that do not wait for each other are made many at a time by a processor, and
// what was looked at is near when it is used soon.
func (x *index) warm(hashes []uint64) {
	for 4*(x.used+len(hashes)) > 3*len(x.slots) {
		x.grow()
	}
	met := uint64(0)
	for _, h := range hashes {
		met ^= x.slots[x.home(h)]
	}
	x.met = met // or the compiler would see that nothing is done
}

func (x *index) put(slot uint64) {
	i := x.home(slot)
	for x.slots[i] != 0 {
		i = (i + 1) & uint64(len(x.slots)-1)
	}
	x.slots[i] = slot
}

// remove takes one time of a hash out, if it is there. Those behind it move up, so that a search never has to pass a free slot.
func (x *index) remove(h uint64, t int64) {
	if x.used == 0 {
		return
	}
	slot, last := slotOf(h, t), uint64(len(x.slots)-1)
	i := x.home(slot)
	for x.slots[i] != slot {
		if x.slots[i] == 0 {
			return
		}
		i = (i + 1) & last
	}
	x.used--
	for j := i; ; {
		j = (j + 1) & last
		s := x.slots[j]
		if s == 0 {
			break
		}
		// It may move to i unless its home lies behind that.
		if (j-x.home(s))&last >= (j-i)&last {
			x.slots[i] = s
			i = j
		}
	}
	x.slots[i] = 0
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]uint64, max(1024, 2*len(old)))
	// A page that is read before it is written costs two faults, and the second interrupts every processor.
	const page = 4096 / 8
	for i := 0; i < len(x.slots); i += page {
		x.slots[i] = 0
	}
	for _, s := range old {
		if s != 0 {
			x.put(s)
		}
	}
}
