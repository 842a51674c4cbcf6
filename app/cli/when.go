package cli

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"taudit/source/query"
)

// parseWhen reads a point in time as filters have it (see [query.ParseTimes]): what names a stretch of time, such as a day, stands for its
// beginning. Without a zone it is UTC, as the times of entries are. An empty text is the zero time: no bound.
func parseWhen(text string, now time.Time) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	if t, ok := query.ParseTimes(text, now.UTC()); ok {
		return t.From.UTC(), nil
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

// stamp gives a time with as many digits as it has.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
