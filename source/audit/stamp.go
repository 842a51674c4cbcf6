package audit

import (
	"strings"
	"time"
)

// The range of google.protobuf.Timestamp, in seconds of Unix time: the years 1 to 9999.
const (
	minStamp = -62135596800
	maxStamp = 253402300799
)

// stampOf reads the time that found[i] says, in any of the encodings: a string of RFC 3339, or an object of seconds and
// nanos, each a number or a string that holds one. It is zero for anything else, and for times that a protobuf Timestamp
// cannot hold.
func stampOf(raw string, found []member, i int) time.Time {
	switch raw[found[i].val] {
	case '"':
		return stampOfText(found[i].text(raw))
	case '{':
		return stampOfObject(raw, below(found, i))
	}
	return time.Time{}
}

func stampOfText(s string) time.Time {
	if t, ok := plainStamp(s); ok {
		return bounded(t)
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		// RFC 3339 also allows lower case letters and, for readability, a space between date and time.
		t, err = time.Parse(time.RFC3339, strings.Replace(strings.ToUpper(s), " ", "T", 1))
	}
	if err != nil {
		return time.Time{}
	}
	return bounded(t)
}

// plainStamp reads the spelling that Temporal Cloud uses, 2006-01-02T15:04:05.999999999Z, several times as quickly as package
// time reads all that it knows. It is not ok for anything else.
func plainStamp(s string) (t time.Time, ok bool) {
	const seconds = len("2006-01-02T15:04:05")
	n := len(s) - 1
	if n < seconds || s[n] != 'Z' || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return t, false
	}
	nanos := 0
	if n > seconds {
		digits := s[seconds+1 : n]
		if nanos, ok = decimal(digits); !ok || s[seconds] != '.' || len(digits) == 0 || len(digits) > 9 {
			return t, false
		}
		for range 9 - len(digits) {
			nanos *= 10
		}
	}
	century, ok0 := decimal(s[:2])
	year, ok1 := decimal(s[2:4])
	month, ok2 := decimal(s[5:7])
	day, ok3 := decimal(s[8:10])
	hour, ok4 := decimal(s[11:13])
	minute, ok5 := decimal(s[14:16])
	second, ok6 := decimal(s[17:19])
	if !(ok0 && ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	t = time.Date(century*100+year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	// A day that its month does not have would have become one of the next.
	return t, month >= 1 && month <= 12 && day >= 1 && (day <= 28 || t.Day() == day)
}

// decimal reads a number without a sign. Nothing is 0.
func decimal(s string) (n int, ok bool) {
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	return n, true
}

func stampOfObject(raw string, found []member) time.Time {
	var seconds, nanos int64
	some := false
	for i := range found {
		m, ok := &found[i], true
		switch {
		case m.depth != 2:
			continue
		case m.name(raw) == "seconds":
			seconds, ok = m.integer(raw)
		case m.name(raw) == "nanos":
			nanos, ok = m.integer(raw)
		default:
			continue
		}
		if !ok {
			return time.Time{}
		}
		some = true
	}
	if !some || nanos < 0 || nanos >= int64(time.Second) || seconds < minStamp || seconds > maxStamp {
		return time.Time{}
	}
	return time.Unix(seconds, nanos).UTC()
}

func bounded(t time.Time) time.Time {
	if s := t.Unix(); s < minStamp || s > maxStamp {
		return time.Time{}
	}
	return t.UTC()
}
