package demo

import (
	"math"
	"math/bits"
	"time"
)

// zone is a place people work at. Offsets are fixed: a rule for summer time would make the bytes depend on the time zone
// database of the machine.
type zone struct {
	city    string
	offset  time.Duration // east of UTC
	share   float64       // of the people
	office  string        // the address that people there share
	network string        // the proxy behind that address
}

func zones() []zone {
	return []zone{
		{"Berlin", time.Hour, 0.34, "203.0.113.2", "10.4.5.6"},
		{"London", 0, 0.16, "203.0.113.3", "10.4.8.2"},
		{"New York", -5 * time.Hour, 0.26, "203.0.113.4", "10.20.1.9"},
		{"San Francisco", -8 * time.Hour, 0.12, "203.0.113.5", "10.21.1.9"},
		{"Bengaluru", 5*time.Hour + 30*time.Minute, 0.08, "203.0.113.6", "10.40.0.7"},
		{"Singapore", 8 * time.Hour, 0.04, "203.0.113.7", "10.41.0.7"},
	}
}

// weekend is how much of a weekday's work is done on a Saturday or Sunday.
const weekend = 0.05

// dayShape is how busy people are at each hour of a weekday, local time; it is linear between.
func dayShape() [24]float64 {
	return [24]float64{
		0.008, 0.005, 0.004, 0.004, 0.005, 0.01, 0.03, 0.14, 0.62, 1, 1, 0.94,
		0.6, 0.82, 1, 0.96, 0.8, 0.48, 0.17, 0.08, 0.05, 0.04, 0.025, 0.015,
	}
}

// clock says how busy the account is at a time.
type clock struct {
	zones []zone
	shape [24]float64
}

func newClock() clock { return clock{zones: zones(), shape: dayShape()} }

const day = 24 * time.Hour

// busy is between 0 and 1 for people of zone z at a time in nanoseconds since 1970.
func (c *clock) busy(z int, at int64) float64 {
	local := at + int64(c.zones[z].offset)
	days := floorDiv(local, int64(day))
	ofDay := local - days*int64(day)
	hour := ofDay / int64(time.Hour)
	into := float64(ofDay%int64(time.Hour)) / float64(time.Hour)
	level := c.shape[hour]*(1-into) + c.shape[(hour+1)%24]*into
	// 1 January 1970 was a Thursday.
	if weekday := ((days+4)%7 + 7) % 7; weekday == 0 || weekday == 6 {
		level *= weekend
	}
	return level
}

// localDay numbers the days of zone z.
func (c *clock) localDay(z int, at int64) int64 {
	return floorDiv(at+int64(c.zones[z].offset), int64(day))
}

// machines is how busy service accounts are: some work around the clock, the rest when people do.
func (c *clock) machines(people float64) float64 { return 0.05 + 0.32*people }

// people sums over the zones how busy people are.
func (c *clock) people(at int64) float64 {
	var sum float64
	for z := range c.zones {
		sum += c.zones[z].share * c.busy(z, at)
	}
	return sum
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// gaps draws how far things that happen at random are apart. It reckons in whole numbers, since the last digit of a
// floating-point logarithm differs between machines.
type gaps [1 << 10]uint64 // exponentially distributed with mean 1, in units of 1/gapUnit

const gapUnit = 1 << 16

func newGaps() *gaps {
	var g gaps
	for i := range g {
		g[i] = uint64(math.Round(-math.Log((float64(i)+0.5)/float64(len(g))) * gapUnit))
	}
	return &g
}

// next gives the first of left times at random between from and to. Called with one less each time, it walks through them
// in order without holding them.
func (g *gaps) next(d dice, from, to int64, left int) int64 {
	if to <= from {
		return from
	}
	r := d.Uint64()
	gap := g[r>>54]*gapUnit + r&(gapUnit-1)
	// gap / (left + gap) of what remains: nearly the law of the smallest of left draws, and never all of it.
	hi, lo := bits.Mul64(uint64(to-from), gap)
	q, _ := bits.Div64(hi, lo, uint64(left)*gapUnit*gapUnit+gap)
	return from + int64(q)
}
