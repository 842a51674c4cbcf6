package source

import (
	"strings"
	"time"
)

// FirehoseTime reads the time in the name of an object that Amazon Data Firehose wrote:
//
//	<prefix><stream>-<version>-YYYY-MM-DD-HH-MM-SS-<uuid><extension>
//
// It is about when the oldest record of the object arrived, in UTC unless the stream has a time zone of its own. key may be
// a whole key or a path with slashes. ok is false for other names.
//
// The form: https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html.
func FirehoseTime(key string) (t time.Time, ok bool) {
	_, t, ok = firehoseDate(key)
	return t, ok
}

// FirehoseStream reads the name of the delivery stream in the name of an object that it wrote. Where the prefix does not end with a slash its
// last part cannot be told from the name, and is given with it.
func FirehoseStream(key string) (name string, ok bool) {
	head, _, ok := firehoseDate(key)
	if !ok {
		return "", false
	}
	// The version is a number without a name.
	at := strings.LastIndexByte(head, '-')
	if at <= 0 || at == len(head)-1 || strings.Trim(head[at+1:], "0123456789") != "" {
		return "", false
	}
	return head[:at], true
}

// firehoseDate gives what stands before the date, and that.
func firehoseDate(key string) (before string, t time.Time, ok bool) {
	const form = "2006-01-02-15-04-05"
	name := key[strings.LastIndexByte(key, '/')+1:]
	// The stream may have a date in its name too, so the last one counts. Behind it comes at least "-".
	for i := len(name) - len(form) - 1; i > 0; i-- {
		if name[i-1] != '-' || name[i+len(form)] != '-' || name[i+4] != '-' {
			continue
		}
		if t, err := time.Parse(form, name[i:i+len(form)]); err == nil {
			return name[:i-1], t, true
		}
	}
	return "", time.Time{}, false
}
