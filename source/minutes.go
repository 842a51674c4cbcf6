package source

import "time"

// MinutesKept is how many minutes [Minutes] counts.
const MinutesKept = 10

// Minutes counts what happened in each of the last minutes. The zero value has counted nothing. It is a value: a copy does not change.
type Minutes struct {
	last   int64 // the newest minute that was counted, since 1970
	counts [MinutesKept]int32
}

// Add counts n at a time, unless that is older than the minutes that are kept.
func (m *Minutes) Add(at time.Time, n int32) {
	minute := minuteOf(at)
	if minute > m.last {
		for i := range min(minute-m.last, MinutesKept) {
			m.counts[slot(minute-i)] = 0
		}
		m.last = minute
	}
	if minute > m.last-MinutesKept {
		m.counts[slot(minute)] += n
	}
}

// Counts gives the counts of the minutes up to the one of now, the oldest first.
func (m *Minutes) Counts(now time.Time) [MinutesKept]int32 {
	var out [MinutesKept]int32
	for i := range out {
		minute := minuteOf(now) - MinutesKept + 1 + int64(i)
		if minute <= m.last && minute > m.last-MinutesKept {
			out[i] = m.counts[slot(minute)]
		}
	}
	return out
}

// PerMinute gives the mean of the minutes up to the one of now.
func (m *Minutes) PerMinute(now time.Time) float64 {
	sum := 0.0
	for _, n := range m.Counts(now) {
		sum += float64(n)
	}
	return sum / MinutesKept
}

func minuteOf(t time.Time) int64 {
	s := t.Unix()
	if s < 0 {
		s -= 59 // down, not towards zero
	}
	return s / 60
}

func slot(minute int64) int64 { return (minute%MinutesKept + MinutesKept) % MinutesKept }
