package timeline

import (
	"bytes"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/views"
)

const (
	gutter   = 6  // cells before the bars for how high they are
	margin   = 30 // behind the bars for what they mean
	narrow   = 22 // the same on a small screen
	wide     = 100
	fewest   = 8 // bars
	unitRoom = 6 // " [40s]"
)

// labels are how times are written beside and below the bars.
type labels struct {
	stamp   views.Stamp
	now     time.Time
	seconds bool
	suffix  string // the zone, where no column says it
}

// labelsOf gives the labels for times from first to last. What is relative in a list is in UTC here.
func labelsOf(clock views.Clock, now time.Time, seconds bool, times ...int64) labels {
	l := labels{now: now, seconds: seconds}
	if clock.Mode == views.Relative {
		clock.Mode, l.suffix = views.UTC, "Z"
	}
	l.stamp = clock.Stamp(now)
	for _, t := range times {
		at := time.Unix(0, t)
		l.stamp = l.stamp.With(at, now)
		l.seconds = l.seconds || seconds && clock.In(at).Second() != 0
	}
	return l
}

// of writes a time.
func (l labels) of(t int64) string {
	b := l.stamp.Append(nil, time.Unix(0, t), l.now)
	if i := bytes.IndexByte(b, ':'); !l.seconds && i >= 0 && len(b) >= i+6 {
		b = append(b[:i+3], b[i+6:]...)
	}
	return string(b) + l.suffix
}

// plan finds out what the bars stand for, and where. old is the count before, if any.
func (c *counted) plan(now time.Time, old *counted) {
	in := c.clock.In(now).Location()
	// How many bars there is room for depends on how long the times beside them are, and the other way round.
	c.times = labelsOf(c.clock, now, false, c.first, c.last)
	for label := 0; len(c.times.of(c.first)) > label; {
		label = len(c.times.of(c.first))
		c.stretch = stretch{}
		c.room = c.space(label)
		if c.still.n > 0 && c.before > 0 {
			// What stays does so to the cell.
			c.lead, c.room = c.before, max(c.room, c.still.n)
		}
		if c.room < fewest {
			return
		}
		switch {
		case c.still.n > 0 && c.still.n <= c.room:
			c.stretch = c.still
		case c.aim.width == 0:
			c.stretch = c.all(in, old)
		case c.placed:
			c.stretch = part(c.first, c.last, c.aim.width, &c.around, in, c.room)
		default:
			c.stretch = part(c.first, c.last, c.aim.width, nil, in, c.room)
		}
		c.times = labelsOf(c.clock, now, c.stretch.width%minute != 0, c.from, c.to())
	}
}

// all gives the bars that show all. While entries arrive bars of the same width are added, until there is no room for more: then they are
// made so wide that there is room for many again, because each time all of the picture changes.
func (c *counted) all(in *time.Location, old *counted) stretch {
	s := fit(c.first, c.last, in, c.room)
	if old == nil || old.aim != c.aim || old.n == 0 {
		return s
	}
	switch before := old.stretch.width; {
	case s.width > before:
		return fit(c.first, c.last, in, max(c.room*55/100, 1))
	case s.width < before && s.n > 0:
		if kept := part(c.first, c.last, before, nil, in, c.room); kept.n*4 >= c.room {
			return kept
		}
	}
	return s
}

// space gives the room for bars, and notes what stands before them. Times are label cells long.
func (c *counted) space(label int) int {
	if c.tall {
		c.lead = gutter
		if c.cells < wide {
			return c.cells - gutter - narrow
		}
		return c.cells - gutter - margin
	}
	ends := 0
	if c.aim.width > 0 || c.strays() {
		ends = len(strconv.Itoa(c.dated.Len())) + 2
	}
	c.lead = 1 + ends + label + 1
	behind := 1 + label + ends + unitRoom + 1
	if c.undated > 0 {
		behind += len(strconv.Itoa(c.undated)) + 2
	}
	if c.cells-c.lead-behind < 2*fewest {
		behind -= label + 1
	}
	return c.cells - c.lead - behind
}

// strays tells whether there are entries outside of what is called all of them.
func (c *counted) strays() bool {
	return at(c.dated, 0) < c.first || at(c.dated, c.dated.Len()-1) > c.last
}

// compact writes a number in at most four cells: "9999", "12k", "3.4M".
func compact(n int) string {
	switch {
	case n < 10_000:
		return strconv.Itoa(n)
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	case n < 10_000_000:
		return strconv.Itoa(n/1_000_000) + "." + strconv.Itoa(n/100_000%10) + "M"
	}
	return strconv.Itoa(n/1_000_000) + "M"
}

func comma(n int) string { return humanize.Comma(int64(n)) }

// plural writes a number of things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return comma(n) + " " + many
}
