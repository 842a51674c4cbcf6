package cli

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/xhit/go-str2duration/v2"
)

// parseWhen reads a point in time as people write it. Without a zone it is UTC, as the times of entries are.
//
//	2h, -2h, 1d6h, 30m, 1w      so long before now; +2h is after it
//	08:00, 22:15:30             today
//	now, today, yesterday       days begin at midnight
//	2023-11, 2023-11-08         where the month or day begins
//	2023-11-08T08:14, 2023-11-08 08:14:09, RFC 3339
//
// An empty text is the zero time: no bound.
func parseWhen(text string, now time.Time) (time.Time, error) {
	now = now.UTC()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "":
		return time.Time{}, nil
	case "now":
		return now, nil
	case "today":
		return midnight, nil
	case "yesterday":
		return midnight.AddDate(0, 0, -1), nil
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if c, err := time.Parse(layout, text); err == nil {
			return midnight.Add(c.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))), nil
		}
	}
	for _, layout := range []string{
		"2006-01", "2006-01-02",
		"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC3339, "2006-01-02 15:04:05Z07:00",
	} {
		if t, err := time.Parse(layout, strings.ToUpper(text)); err == nil {
			return t.UTC(), nil
		}
	}
	if d, err := str2duration.ParseDuration(strings.ToLower(text)); err == nil && text != "0" {
		if strings.HasPrefix(text, "+") {
			return now.Add(d), nil
		}
		return now.Add(-d.Abs()), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time%s. Write how long ago (30m, 2h, 1d6h), a time of day (08:00), today, yesterday, "+
		"a date (2023-11-08) or a date and time (2023-11-08T08:14, in UTC unless it ends in a zone such as +02:00)", text, meant(text))
}

// meant guesses what a text that is no time was to say.
func meant(text string) string {
	text = strings.ToLower(text)
	if n := regexp.MustCompile(`^[-+]?(\d+)\s*(s|sec|secs|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(\s+ago)?$`).FindStringSubmatch(text); n != nil {
		return fmt.Sprintf(" (did you mean %s%c?)", n[1], n[2][0])
	}
	if n := regexp.MustCompile(`^[-+]?(\d+)$`).FindStringSubmatch(text); n != nil {
		return fmt.Sprintf(" (did you mean %sm, %sh or %sd?)", n[1], n[1], n[1])
	}
	for _, layout := range []string{"2006/1/2", "2006.1.2", "2006-1-2", "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			return fmt.Sprintf(" (did you mean %s?)", t.Format(time.DateOnly))
		}
	}
	if near := nearest(text, []string{"now", "today", "yesterday"}); len(near) > 0 {
		return fmt.Sprintf(" (did you mean %s?)", strings.Join(near, " or "))
	}
	return ""
}
