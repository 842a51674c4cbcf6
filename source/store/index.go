package store

// index has a time for each of many hashes. It is an open table with linear probing: the hashes are spread already, so one look
// at memory is nearly always enough, and a built-in map would hash them again.
type index struct {
	slots []slot // a power of two; hash 0 is a free one
	used  int
}

type slot struct {
	hash uint64
	time int64
}

// home is where the search for a hash begins.
func (x *index) home(h uint64) uint64 { return h & uint64(len(x.slots)-1) }

// find gives the slot of a hash, or the free one where it belongs. There must be a free one.
func (x *index) find(h uint64) *slot {
	for i := x.home(h); ; i = (i + 1) & uint64(len(x.slots)-1) {
		if s := &x.slots[i]; s.hash == h || s.hash == 0 {
			return s
		}
	}
}

// get gives the time of a hash.
func (x *index) get(h uint64) (int64, bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	s := x.find(whole(h))
	return s.time, s.hash != 0
}

// add gives a hash its time, unless it has one: that is given then, and known is true.
func (x *index) add(h uint64, t int64) (have int64, known bool) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.grow()
	}
	h = whole(h)
	s := x.find(h)
	if s.hash != 0 {
		return s.time, true
	}
	*s = slot{h, t}
	x.used++
	return t, false
}

// remove forgets a hash. Those behind it move up, so that a search never has to pass a free slot.
func (x *index) remove(h uint64) {
	if len(x.slots) == 0 {
		return
	}
	h = whole(h)
	last := uint64(len(x.slots) - 1)
	i := x.home(h)
	for x.slots[i].hash != h {
		if x.slots[i].hash == 0 {
			return
		}
		i = (i + 1) & last
	}
	x.used--
	for j := i; ; {
		j = (j + 1) & last
		s := x.slots[j]
		if s.hash == 0 {
			break
		}
		// It may move to i unless its home lies behind that.
		if (j-x.home(s.hash))&last >= (j-i)&last {
			x.slots[i] = s
			i = j
		}
	}
	x.slots[i] = slot{}
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]slot, max(1024, 2*len(old)))
	for _, s := range old {
		if s.hash != 0 {
			*x.find(s.hash) = s
		}
	}
}

// whole keeps a hash from being that of a free slot.
func whole(h uint64) uint64 {
	if h == 0 {
		return 1
	}
	return h
}
