package store

import (
	"context"
	"math/bits"
	"time"

	"taudit/source/audit"
)

// Count is what the rows have in common that share a value of a column.
type Count struct {
	Sample      audit.Entry // has the fields that the column tells, and no others
	Entries     int
	Errors      int // whose status is not OK
	First, Last time.Time
}

// Count counts the matches by a column, in the order in which its values were first met; values without a match are left
// out. It returns nil when ctx is cancelled.
func (m *Matches) Count(ctx context.Context, by Column) []Count {
	return m.snap.count(ctx, by, m.masks)
}

// Count counts all entries by a column: see [Matches.Count].
func (s *Snapshot) Count(ctx context.Context, by Column) []Count {
	return s.count(ctx, by, nil)
}

func (s *Snapshot) count(ctx context.Context, by Column, masks []*mask) []Count {
	type sums struct {
		entries, errors int
		first, last     int64
	}
	all := make([]sums, s.words.Len(by))
	ok := s.accepted()
	for i, c := range s.chunks {
		if ctx.Err() != nil {
			return nil
		}
		take := func(row int) {
			t := &all[c.codes[by][row]]
			if t.entries == 0 {
				t.first = c.times[row]
			}
			t.entries++
			t.last = c.times[row] // rows are in the order of time
			if !ok[c.codes[Statuses][row]] {
				t.errors++
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
	out := make([]Count, 0, len(all))
	for code, t := range all {
		if t.entries > 0 {
			out = append(out, Count{
				Sample:  s.sample(by, uint32(code)),
				Entries: t.entries, Errors: t.errors,
				First: time.Unix(0, t.first).UTC(), Last: time.Unix(0, t.last).UTC(),
			})
		}
	}
	return out
}
