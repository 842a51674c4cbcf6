package audit

import (
	"sync"
	"unsafe"
)

const (
	// slabSize is how much memory is asked for at once, in bytes.
	slabSize = 8 << 20
	// slabbed is how much must be kept at once to be worth a place in a slab: what trickles in would keep all of it alive.
	slabbed = 64 << 10
)

// slabs keep long texts side by side in large pieces of memory. The system gives those in pages that are large too, where it has such, at a
// fraction of the cost. A slab lives as long as one of its texts.
type slabs struct {
	mu   sync.Mutex
	rest []byte
}

// keep gives a copy of b.
func (s *slabs) keep(b []byte) string {
	if len(b) < slabbed || len(b) > slabSize/4 {
		return string(b)
	}
	s.mu.Lock()
	if len(s.rest) < len(b) {
		s.rest = make([]byte, slabSize)
		wantLargePages(s.rest)
	}
	place := s.rest[:len(b):len(b)]
	s.rest = s.rest[len(b):]
	s.mu.Unlock()
	copy(place, b)
	return unsafe.String(unsafe.SliceData(place), len(place))
}
