package views

import (
	"fmt"
	"time"
)

// Clock is how times are written on the screen, everywhere the same. It is a value; the zero Clock writes UTC.
type Clock struct {
	Mode  ClockMode
	Zone  *time.Location // of LocalTime; nil: UTC
	Still bool           // nothing on the screen may change by itself: no ages are told
}

// ClockMode is what a time is told in.
type ClockMode uint8

// The modes.
const (
	UTC ClockMode = iota
	LocalTime
	Relative // in lists: how long ago; elsewhere as UTC
)

// Next is the clock with the mode that comes after this one.
func (c Clock) Next() Clock {
	last := Relative
	if c.Still {
		last = LocalTime
	}
	c.Mode = (c.Mode + 1) % (last + 1)
	return c
}

// String names the mode.
func (c Clock) String() string {
	return [...]string{UTC: "UTC", LocalTime: "local time", Relative: "relative to now"}[c.Mode]
}

// In gives a time in the zone that the clock writes.
func (c Clock) In(t time.Time) time.Time {
	if c.Mode == LocalTime && c.Zone != nil {
		return t.In(c.Zone)
	}
	return t.UTC()
}

// Brief writes the time of day, with its zone: "09:14:58Z", "10:14:58+01:00".
func (c Clock) Brief(t time.Time) string { return c.In(t).Format("15:04:05Z07:00") }

// Full writes date, time and zone, with as many digits as the time has: "2023-11-08 09:14:58.5Z".
func (c Clock) Full(t time.Time) string { return c.In(t).Format("2006-01-02 15:04:05.999999999Z07:00") }

// Stamp is how the times in one column are written, all alike: with as much of the date as it takes to be read without doubt, and
// with the offset from UTC where a zone in the head of the column would not be true of all of them. It is a value; two are equal when
// they write alike.
type Stamp struct {
	Clock
	date  string // layout of the date, "" without
	zone  string // in the head
	dated bool   // zone is that of a time, not of now
	mixed bool   // there is more than one offset
}

// Stamp begins a column that has no times yet. [Stamp.With] tells it which it has.
func (c Clock) Stamp(now time.Time) Stamp {
	s := Stamp{Clock: c}
	if c.Mode != Relative {
		s.zone = zoneOf(c.In(now))
	}
	return s
}

// With is the stamp that also writes t without doubt for somebody who lives at now.
func (s Stamp) With(t, now time.Time) Stamp {
	if s.Mode == Relative {
		return s
	}
	t, now = s.In(t), s.In(now)
	switch {
	case t.Year() != now.Year():
		s.date = "2006-01-02 "
	case t.YearDay() != now.YearDay() && s.date == "":
		s.date = "01-02 "
	}
	zone := zoneOf(t)
	s.mixed = s.mixed || changes(t) || s.dated && zone != s.zone
	s.zone, s.dated = zone, true
	if s.mixed {
		s.zone = "LOCAL"
	}
	return s
}

// Title is the head of the column.
func (s Stamp) Title() string {
	if s.Mode == Relative {
		return "AGO"
	}
	title := "TIME " + s.zone
	switch len(s.date) {
	case len("01-02 "):
		return "MM-DD " + title
	case len("2006-01-02 "):
		return "YYYY-MM-DD " + title
	}
	return title
}

// Width is that of the column, at least: of its head or of any time in it.
func (s Stamp) Width() int {
	if s.Mode == Relative {
		return len("99d23h")
	}
	return max(len(s.Title()), len(s.layout()))
}

func (s Stamp) layout() string {
	if s.mixed {
		return s.date + "15:04:05-07:00"
	}
	return s.date + "15:04:05"
}

// Append appends a time as the column has it. For a relative one now is needed.
func (s Stamp) Append(dst []byte, t, now time.Time) []byte {
	if s.Mode == Relative {
		return append(dst, coarse(now.Sub(t))...)
	}
	return s.In(t).AppendFormat(dst, s.layout())
}

// coarse is an age that a glance takes in, and that does not change with every second for longer than a minute.
func coarse(d time.Duration) string {
	switch s := int64(d / time.Second); {
	case s < 0:
		return "ahead"
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 60*60:
		return fmt.Sprintf("%dm", s/60)
	case s < 24*60*60:
		return fmt.Sprintf("%dh%02dm", s/3600, s%3600/60)
	}
	days := int64(d / (24 * time.Hour))
	if days < 100 {
		return fmt.Sprintf("%dd%dh", days, int64(d/time.Hour)%24)
	}
	return fmt.Sprintf("%dd", days)
}

// zoneOf is the name of the zone of a time, or its offset when it has none.
func zoneOf(t time.Time) string {
	name, _ := t.Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		return t.Format("-07:00")
	}
	return name
}

// changes tells whether the clocks change on the day of t, so that the same hour may come twice.
func changes(t time.Time) bool {
	day := func(o time.Time) bool { return o.Year() == t.Year() && o.YearDay() == t.YearDay() }
	from, to := t.ZoneBounds()
	return !from.IsZero() && day(from.Add(-1).In(t.Location())) || !to.IsZero() && day(to.In(t.Location()))
}
