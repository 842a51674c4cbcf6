package events

import "time"

// clock is how times are written: with as much of the date as it takes to be read without doubt.
type clock struct {
	title  string
	layout string
}

// timeOnly is for entries of today alone.
func timeOnly() clock { return clock{"TIME UTC", "15:04:05"} }

func (c clock) width() int { return len(c.title) }

// with gives the clock that also tells the time t, which is in UTC, to somebody who lives at now.
func (c clock) with(t, now time.Time) clock {
	ty, tm, td := t.Date()
	ny, nm, nd := now.UTC().Date()
	other := clock{"MM-DD TIME UTC", "01-02 15:04:05"}
	switch {
	case ty != ny:
		other = clock{"YYYY-MM-DD TIME UTC", "2006-01-02 15:04:05"}
	case tm == nm && td == nd:
		return c
	}
	if other.width() > c.width() {
		return other
	}
	return c
}

// visibleClock is the clock for what is on the screen. Rows are in the order of time and only what is between them can
// join them, so while the view is held it changes at midnight alone.
func (p *Pane) visibleClock() clock {
	c := timeOnly()
	for _, s := range p.slots {
		if s.key.Time != 0 {
			c = c.with(time.Unix(0, s.key.Time).UTC(), p.data.Now)
		}
	}
	return c
}
