package timeline

import (
	"fmt"
	"time"
)

// stretch is a range of time in bars: n of them, each width nanoseconds, the first from from, in nanoseconds since 1970.
type stretch struct {
	from, width int64
	n           int
}

// to is where the last bar ends.
func (s stretch) to() int64 { return s.from + int64(s.n)*s.width }

// bar is the place of a time among the bars; below 0 or n and more outside of them.
func (s stretch) bar(t int64) int {
	if s.width == 0 {
		return -1
	}
	if t < s.from {
		return -1
	}
	return int(min((uint64(t)-uint64(s.from))/uint64(s.width), uint64(s.n)))
}

// start is when a bar begins.
func (s stretch) start(bar int) int64 { return s.from + int64(bar)*s.width }

const (
	second = int64(time.Second)
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
	day    = 24 * hour
	week   = 7 * day
	year   = 52 * week
)

// fits are the widths of a bar when all is shown: so close to each other that little of the screen is left blank. Beyond the last they double.
var fits = [...]int64{
	second, 2 * second, 3 * second, 4 * second, 5 * second, 6 * second, 10 * second, 12 * second, 15 * second, 20 * second, 30 * second, 40 * second,
	minute, 2 * minute, 3 * minute, 4 * minute, 5 * minute, 6 * minute, 10 * minute, 12 * minute, 15 * minute, 20 * minute, 30 * minute, 40 * minute,
	hour, 2 * hour, 3 * hour, 4 * hour, 6 * hour, 8 * hour, 12 * hour, day, 2 * day, 3 * day, 4 * day, week, 2 * week, 4 * week, 8 * week, 13 * week, 26 * week, year,
}

// steps are the widths of a bar that zooming goes through.
var steps = [...]int64{second, 5 * second, 15 * second, minute, 5 * minute, 15 * minute, hour, 6 * hour, day, week, 4 * week, year}

// finer and coarser give the width that zooming goes to from one; coarser is 0 when there is none.
func finer(width int64) int64 {
	out := steps[0]
	for _, s := range steps {
		if s < width {
			out = s
		}
	}
	return out
}

func coarser(width int64) int64 {
	for _, s := range steps {
		if s > width {
			return s
		}
	}
	return 0
}

// widthName writes the width of a bar: "40s", "5m", "2w".
func widthName(width int64) string {
	for _, u := range [...]struct {
		unit int64
		name string
	}{{week, "w"}, {day, "d"}, {hour, "h"}, {minute, "m"}} {
		if width%u.unit == 0 {
			return fmt.Sprintf("%d%s", width/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%ds", width/second)
}

// origin is where the bars are counted from, as an offset: midnight of the zone that is shown; weeks begin on Mondays.
type origin int64

// originOf is that of bars of a width around a time.
func originOf(t time.Time, width int64) origin {
	_, offset := t.Zone()
	o := origin(-int64(offset) * second)
	if width >= week {
		o += origin(4 * day) // 1970 began on a Thursday
	}
	return o
}

// floor gives the beginning of the bar that a time is in.
func (o origin) floor(t, width int64) int64 {
	r := (t - int64(o)) % width
	if r < 0 {
		r += width
	}
	return t - r
}

// fit gives the bars from first to last that are at most room, as narrow as they can be.
func fit(first, last int64, in *time.Location, room int) stretch {
	at := time.Unix(0, last).In(in)
	for i := 0; ; i++ {
		width := int64(0)
		if i < len(fits) {
			width = fits[i]
		} else {
			width = year << (i - len(fits) + 1)
		}
		o := originOf(at, width)
		from := o.floor(first, width)
		if n := (uint64(last)-uint64(from))/uint64(width) + 1; n <= uint64(room) {
			return stretch{from, width, int(n)}
		}
	}
}

// part gives at most room bars of a width between first and last: those around a time, or without one the last.
func part(first, last, width int64, around *int64, in *time.Location, room int) stretch {
	o := originOf(time.Unix(0, last).In(in), width)
	begin, end := o.floor(first, width), o.floor(last, width)
	n := int64(min(uint64(room), (uint64(end)-uint64(begin))/uint64(width)+1))
	from := end - (n-1)*width
	if around != nil {
		from = o.floor(max(min(*around, last), first), width) - n/2*width
		from = max(min(from, end-(n-1)*width), begin)
	}
	return stretch{from, width, int(n)}
}
