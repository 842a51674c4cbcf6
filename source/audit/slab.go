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

// keep gives a text of pieces that are joined.
func (s *slabs) keep(pieces ...string) string {
	n := 0
	for _, p := range pieces {
		n += len(p)
	}
	if n == 0 {
		return ""
	}
	place := s.room(n)
	at := 0
	for _, p := range pieces {
		at += copy(place[at:], p)
	}
	return unsafe.String(unsafe.SliceData(place), n)
}

// room gives n bytes to be written once.
func (s *slabs) room(n int) []byte {
	if n < slabbed || n > slabSize/4 {
		return make([]byte, n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) < n {
		s.rest = make([]byte, slabSize)
		wantLargePages(s.rest)
	}
	place := s.rest[:n:n]
	s.rest = s.rest[n:]
	return place
}
