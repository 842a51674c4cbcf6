package verdict

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// at writes a time and how long ago it was.
func (e *Evidence) at(t time.Time) string {
	ago := e.Now.Sub(t)
	text := e.Tell(t)
	if ago > 20*time.Hour {
		text = t.UTC().Format(time.DateOnly) + " " + text
	}
	switch {
	case e.Still || t.IsZero():
		return text
	case ago < time.Second:
		return text + ", just now"
	}
	return text + ", " + roughly(ago) + " ago"
}

// heard writes a time that moves on while all is well: by itself it is no news.
func (e *Evidence) heard(t time.Time) string {
	fresh := 30 * time.Second
	if e.Still {
		fresh = stale
	}
	if e.Now.Sub(t) < fresh {
		return "within " + roughly(fresh)
	}
	return e.at(t)
}

// roughly writes a duration in its largest unit, or two where one would tell too little: "12s", "4m", "1h20m", "3d".
func roughly(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than 1s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour && d%time.Hour >= time.Minute:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// exactly writes what somebody waits for.
func exactly(d time.Duration) string {
	s := max(d, 0) / time.Second
	if s < 60 {
		return fmt.Sprintf("%ds", s)
	}
	return fmt.Sprintf("%dm%02ds", s/60, s%60)
}

func count(n int64) string { return humanize.Comma(n) }

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
