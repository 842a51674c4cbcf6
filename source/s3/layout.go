package s3

import (
	"strings"
	"time"

	"taudit/source"
)

// level is how exactly a folder is dated.
type level int

const (
	undated level = iota
	yearly
	monthly
	daily
	hourly
)

// span is the time that a folder such as 2026/11/22/ stands for.
type span struct {
	level level
	start time.Time // in UTC; Firehose can be told to write another zone, see root.learn
}

func (s span) end() time.Time {
	switch s.level {
	case yearly:
		return s.start.AddDate(1, 0, 0)
	case monthly:
		return s.start.AddDate(0, 1, 0)
	case daily:
		return s.start.AddDate(0, 0, 1)
	case hourly:
		return s.start.Add(time.Hour)
	}
	return time.Time{}
}

// within tells whether a span lies in a longer one.
func (s span) within(o span) bool { return !s.start.Before(o.start) && s.start.Before(o.end()) }

// datedFolder takes a prefix apart that ends with a date: audit-2026/11/ is November in the tree of audit-.
func datedFolder(prefix string) (root string, d dates, ok bool) {
	if !strings.HasSuffix(prefix, "/") {
		return "", dates{}, false
	}
	for i := range prefix {
		// A digit before it makes it no year, and what a key says is not left out.
		if i > 0 && (prefix[i-1] == '=' || isDigit(prefix[i-1])) {
			continue
		}
		if d := datesOf(prefix[i:], i == 0 || prefix[i-1] == '/'); d.length > 0 && i+d.length == len(prefix) {
			return prefix[:i], d, true
		}
	}
	return "", dates{}, false
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// window bounds the folders that are wanted; zero times do not bound.
type window struct{ from, until time.Time }

func (w window) holds(s span) bool {
	return (w.from.IsZero() || s.end().After(w.from)) && (w.until.IsZero() || s.start.Before(w.until))
}

// cuts tells whether a part of a folder is not wanted.
func (w window) cuts(s span) bool {
	return (!w.from.IsZero() && s.start.Before(w.from)) || (!w.until.IsZero() && s.end().After(w.until))
}

// before tells whether a folder is of a later time than is wanted.
func (w window) before(s span) bool { return !w.until.IsZero() && !s.start.Before(w.until) }

// margin is how far an object's entries may lie from the hour that it is filed under: that of its oldest record.
const margin = time.Hour

// maxOffset is more than any zone is off UTC.
const maxOffset = 15 * time.Hour

// place notes what the key of an object tells of its time. r is nil where no folder is dated.
func (o *object) place(r *root) {
	if r != nil {
		o.folder = r.dates(o.key).span
	}
	named, ok := source.FirehoseTime(o.key)
	switch o.named = ok; {
	case ok:
		o.at = named
	case o.folder.level != undated:
		o.at = o.folder.start
	default:
		o.at = o.modified
	}
}

// begin notes when the oldest entry of an object arrived, once it is known what zone its key is in.
func (o *object) begin(r *root) {
	if !o.named && o.folder.level == undated {
		return
	}
	o.began = o.at
	if r != nil {
		o.began = o.at.Add(-r.ahead)
	}
}

// span is when the entries of an object arrived, as far as is known.
func (o *object) span() source.Span {
	s := source.Span{From: o.began, To: o.modified}
	if !s.From.Before(s.To) {
		s.From = time.Time{} // dated in another zone, or copied
	}
	return s
}

// newestFirst orders objects by what is known of their time: the name that Firehose gave them, the folder, or else when they were
// modified. Names break ties, so that the order is always the same.
func newestFirst(a, b object) int {
	if c := b.at.Compare(a.at); c != 0 {
		return c
	}
	return strings.Compare(b.key, a.key)
}
