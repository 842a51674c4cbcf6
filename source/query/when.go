package query

import (
	"strconv"
	"strings"
	"time"
)

// Times is a stretch of time, as a person names it: From is included, To excluded. A moment is a stretch of one nanosecond.
type Times struct{ From, To time.Time }

// ParseTimes reads a time as people write it, seen from now, in now's location where it has no zone of its own:
//
//	2h, -2h, 1d6h, 30m      that long before now, a moment
//	now                     a moment
//	08:00, 08:00:30         today, the minute or the second
//	today, yesterday        the day
//	2023, 2023-11, 2023-11-08, 2023-11-08T08, 2023-11-08T08:14, 2023-11-08T08:14:09[.5][Z or +01:00]
//	                        the whole year, month, day, hour, minute or second; a fraction is a moment
//
// A space may stand for the T. ok is false for anything else.
func ParseTimes(s string, now time.Time) (t Times, ok bool) {
	if d, ok := relative(s); ok {
		return moment(now.Add(-d)), true
	}
	y, m, d := now.Date()
	day := func(n int) Times {
		return Times{time.Date(y, m, d+n, 0, 0, 0, 0, now.Location()), time.Date(y, m, d+n+1, 0, 0, 0, 0, now.Location())}
	}
	switch strings.ToLower(s) {
	case "now":
		return moment(now), true
	case "today":
		return day(0), true
	case "yesterday":
		return day(-1), true
	}
	for _, f := range [...]struct {
		layout string
		unit   time.Duration
	}{{"15:04", time.Minute}, {"15:04:05", time.Second}} {
		if c, err := time.Parse(f.layout, s); err == nil && len(s) == len(f.layout) {
			from := time.Date(y, m, d, c.Hour(), c.Minute(), c.Second(), 0, now.Location())
			return Times{from, from.Add(f.unit)}, true
		}
	}
	return absolute(s, now.Location())
}

func moment(t time.Time) Times { return Times{t, t.Add(1)} }

// units of relative times; a day is 24 hours.
var units = []struct {
	name string
	unit time.Duration
}{
	{"ms", time.Millisecond}, // before m
	{"s", time.Second},
	{"m", time.Minute},
	{"h", time.Hour},
	{"d", 24 * time.Hour},
	{"w", 7 * 24 * time.Hour},
}

// relative reads 2h, -2h, 1d6h30m.
func relative(s string) (time.Duration, bool) {
	s = strings.TrimPrefix(s, "-")
	if s == "" {
		return 0, false
	}
	const far = 200 * 365 * 24 * time.Hour
	var sum time.Duration
	for s != "" {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		if n == 0 || n > 9 {
			return 0, false
		}
		count, err := strconv.Atoi(s[:n])
		if err != nil {
			return 0, false
		}
		s = s[n:]
		found := false
		for _, u := range units {
			if rest, ok := strings.CutPrefix(s, u.name); ok {
				if time.Duration(count) > (far-sum)/u.unit {
					return 0, false
				}
				sum += time.Duration(count) * u.unit
				s, found = rest, true
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	return sum, true
}

// layouts of absolute times by their length, and how the end of what they name is found.
var layouts = []struct {
	layout string
	end    func(time.Time) time.Time
}{
	{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
	{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"2006-01-02T15", func(t time.Time) time.Time { return t.Add(time.Hour) }},
	{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02T15:04:05", func(t time.Time) time.Time { return t.Add(time.Second) }},
}

func absolute(s string, loc *time.Location) (Times, bool) {
	if len(s) > len("2006-01-02") && s[len("2006-01-02")] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	zone := ""
	if len(s) > len("2006-01-02T") {
		if i := strings.LastIndexAny(s, "Zz+-"); i > len("2006-01-02") {
			s, zone = s[:i], s[i:]
		}
	}
	parse := func(layout string) (time.Time, error) {
		switch zone {
		case "":
			return time.ParseInLocation(layout, s, loc)
		case "Z", "z":
			return time.ParseInLocation(layout, s, time.UTC)
		}
		return time.Parse(layout+"Z07:00", s+zone)
	}
	if head, fraction, ok := strings.Cut(s, "."); ok {
		if len(head) != len("2006-01-02T15:04:05") || fraction == "" || len(fraction) > 9 || strings.Trim(fraction, "0123456789") != "" {
			return Times{}, false
		}
		t, err := parse("2006-01-02T15:04:05")
		return moment(t), err == nil
	}
	for _, l := range layouts {
		if len(l.layout) != len(s) {
			continue
		}
		t, err := parse(l.layout)
		if err != nil {
			return Times{}, false
		}
		return Times{t, l.end(t)}, true
	}
	return Times{}, false
}
