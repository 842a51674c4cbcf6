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
