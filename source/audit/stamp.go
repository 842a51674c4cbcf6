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
