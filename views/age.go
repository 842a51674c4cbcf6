package views

import (
	"fmt"
	"time"
)

// Age writes a duration as people say it, in its two largest units: "5s", "1m12s", "3h05m", "2d4h". Less than a second, and
// clocks that run ahead, are "0s".
func Age(d time.Duration) string {
	s := int64(d / time.Second)
	switch {
	case s <= 0:
		return "0s"
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 60*60:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 24*60*60:
		return fmt.Sprintf("%dh%02dm", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%dd%dh", s/86400, s%86400/3600)
}

// Length is a stretch of time in words, as long as it takes to be understood: "30 d", "14 h", "25 min".
func Length(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d", int64((d+12*time.Hour)/(24*time.Hour)))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", int64((d+30*time.Minute)/time.Hour))
	}
	return fmt.Sprintf("%d min", int64(d/time.Minute))
}
