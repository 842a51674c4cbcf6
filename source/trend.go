package source

import "time"

const (
	trendKept = 12
	trendStep = 5 * time.Second // between the beginnings of two samples
)

// Trend is how a number that should be zero has moved in the last minute. The zero value knows nothing. It is a value: a copy does not
// change.
type Trend struct {
	at     [trendKept]int64 // nanoseconds since 1970, the oldest first
	values [trendKept]float64
	n      int
	above  int64 // since when the number has not been zero; 0: it is, or nothing was told
}

// Add takes in the number as it is at a time. Within a few seconds the last one counts.
func (t *Trend) Add(at time.Time, v float64) {
	now := at.UnixNano()
	switch {
	case v <= 0:
		t.above = 0
	case t.above == 0:
		t.above = now
	}
	switch last := t.n - 1; {
	case last > 0 && now-t.at[last-1] < int64(trendStep):
		t.at[last], t.values[last] = now, v
		return
	case t.n == trendKept:
		copy(t.at[:], t.at[1:])
		copy(t.values[:], t.values[1:])
		t.n--
	}
	t.at[t.n], t.values[t.n] = now, v
	t.n++
}

// Above tells since when the number has not been zero; the zero time when it is.
func (t *Trend) Above() time.Time {
	if t.above == 0 {
		return time.Time{}
	}
	return time.Unix(0, t.above).UTC()
}

// Slope is by how much the number changes in a second, as the straight line does that is nearest to what was told since it was last
// zero. It is not ok before there is enough to tell.
func (t *Trend) Slope() (perSecond float64, ok bool) {
	from := t.n
	for from > 0 && t.at[from-1] >= t.above && t.above != 0 {
		from--
	}
	const least = 3
	n := float64(t.n - from)
	if n < least || t.at[t.n-1]-t.at[from] < int64(2*trendStep) {
		return 0, false
	}
	var sx, sy, sxx, sxy float64
	for i := from; i < t.n; i++ {
		x := float64(t.at[i]-t.at[from]) / float64(time.Second)
		sx, sy, sxx, sxy = sx+x, sy+t.values[i], sxx+x*x, sxy+x*t.values[i]
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx), true
}
