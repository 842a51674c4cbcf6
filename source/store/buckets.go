package store

import (
	"context"
	"math/bits"
	"sort"
	"strings"
)

// Bucket is what happened in a stretch of time.
type Bucket struct {
	Entries int
	Errors  int // whose status is not OK
}

// Buckets counts the matches in n stretches of time, each width nanoseconds long, the first of which begins at from, in nanoseconds since
// 1970. Entries without an emit time stand where they arrived. It takes time that grows with the entries in those stretches, and returns nil
// when ctx is cancelled.
func (m *Matches) Buckets(ctx context.Context, from, width int64, n int) []Bucket {
	return m.snap.buckets(ctx, from, width, n, m.masks)
}

// Buckets counts all entries: see [Matches.Buckets].
func (s *Snapshot) Buckets(ctx context.Context, from, width int64, n int) []Bucket {
	return s.buckets(ctx, from, width, n, nil)
}

func (s *Snapshot) buckets(ctx context.Context, from, width int64, n int, masks []*mask) []Bucket {
	out, ok := make([]Bucket, n), s.accepted()
	first := sort.Search(len(s.chunks), func(i int) bool { c := s.chunks[i]; return c.times[c.len()-1] >= from })
	for i := first; i < len(s.chunks); i++ {
		c := s.chunks[i]
		if ctx.Err() != nil {
			return nil
		}
		if _, behind := stretch(c.times[0], from, width, n); behind {
			break
		}
		status := c.codes[Statuses]
		take := func(row int) {
			at, _ := stretch(c.times[row], from, width, n)
			if at < 0 {
				return
			}
			b := &out[at]
			b.Entries++
			if !ok[status[row]] {
				b.Errors++
			}
		}
		if masks == nil {
			for row := range c.times {
				take(row)
			}
			continue
		}
		if masks[i] == nil {
			continue
		}
		for j, w := range masks[i] {
			for ; w != 0; w &= w - 1 {
				take(j*64 + bits.TrailingZeros64(w))
			}
		}
	}
	return out
}

// stretch tells which of the stretches a time is in, or -1 and whether it is behind them all. Times may be further apart than a signed
// number of nanoseconds says.
func stretch(t, from, width int64, n int) (at int, behind bool) {
	if t < from {
		return -1, false
	}
	d := (uint64(t) - uint64(from)) / uint64(width)
	if d >= uint64(n) {
		return -1, true
	}
	return int(d), false
}

// accepted tells for each status whether it is OK.
func (s *Snapshot) accepted() []bool {
	ok := make([]bool, s.words.Len(Statuses))
	for code := range ok {
		ok[code] = strings.EqualFold(s.words.Text(Statuses, uint32(code)), "OK")
	}
	return ok
}
