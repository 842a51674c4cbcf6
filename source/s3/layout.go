package s3

import (
	"cmp"
	"slices"
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

// folders gives the folder of t as deep as the level says: 2026/11/22/10/ for hourly.
func folders(t time.Time, l level) string {
	text := t.UTC().Format("2006/01/02/15/")
	return text[:[...]int{undated: 0, yearly: 5, monthly: 8, daily: 11, hourly: 14}[l]]
}

// spanOf reads YYYY/, YYYY/MM/, YYYY/MM/DD/ or YYYY/MM/DD/HH/ that path begins with, and gives how long it is.
func spanOf(path string) (s span, length int) {
	deepest := undated
	for l := yearly; l <= hourly; l++ {
		end := len(folders(time.Time{}, l))
		if len(path) < end || path[end-1] != '/' {
			break
		}
		form := "2006/01/02/15/"[:end]
		t, err := time.Parse(form, path[:end])
		if err != nil || (l == yearly && (t.Year() < 2000 || t.Year() > 2199)) {
			break
		}
		s, deepest, length = span{level: l, start: t}, l, end
	}
	s.level = deepest
	return s, length
}

// datedFolder takes a prefix apart that ends with a date: audit-2026/11/ is November in the tree of audit-.
func datedFolder(prefix string) (root string, s span, ok bool) {
	if !strings.HasSuffix(prefix, "/") {
		return "", span{}, false
	}
	for i := range prefix {
		// A digit before it makes it no year, and year=2026/month=11/ has no order that can be counted on.
		if i > 0 && (prefix[i-1] == '=' || isDigit(prefix[i-1])) {
			continue
		}
		if s, n := spanOf(prefix[i:]); s.level != undated && i+n == len(prefix) {
			return prefix[:i], s, true
		}
	}
	return "", span{}, false
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// root is a tree of dated folders, and what is known of it.
type root struct {
	prefix string // the tree's own: what stands before the year
	within string // all its keys that are wanted begin with this: prefix, or longer when the user asked for a part of the tree

	// newest is the start of the newest folder that holds an object; zero while none has been listed.
	newest time.Time
	depth  level // the least dated folder that holds objects; undated while none has been listed
	// Keys may be dated in another zone than UTC: they then lag or lead by so much at most.
	behind, ahead time.Duration
	learned       bool // behind and ahead have been found out
	sampled       bool // a folder has been listed whole, to learn from

	read ledger // of the objects that following may see again
}

// tip is where the newest objects are to be expected: now, or earlier when the newest is older, which also keeps clocks that
// differ and keys in another zone from being looked past.
func (r *root) tip(now time.Time) time.Time {
	if r.newest.IsZero() || r.newest.After(now) {
		return now
	}
	return r.newest
}

// maxOffset is more than any zone is off UTC.
const maxOffset = 15 * time.Hour

// learn takes what can be told of a root from the objects of one of its folders.
func (r *root) learn(objects []object) {
	var early, late []time.Duration // how long after the earliest and the latest time of the key it was written
	for _, o := range objects {
		s, n := spanOf(o.key[len(r.prefix):])
		if n == 0 {
			continue
		}
		if s.start.After(r.newest) {
			r.newest = s.start
		}
		if r.depth == undated || s.level < r.depth {
			r.depth = s.level
		}
		if named, ok := source.FirehoseTime(o.key); ok {
			early, late = append(early, o.modified.Sub(named)), append(late, o.modified.Sub(named))
		} else if s.level == hourly {
			early, late = append(early, o.modified.Sub(s.start)), append(late, o.modified.Sub(s.end()))
		}
	}
	if len(early) == 0 || r.learned {
		return
	}
	r.learned = true
	// An object is written at most a quarter of an hour after the time in its name, unless there was trouble, so the least lag
	// of many is about the zone's offset. A larger one than any zone has comes from copying. A wrong guess only reads too much.
	const most, doubt = maxOffset, time.Hour
	lead, lag := slices.Min(early), slices.Min(late)
	switch {
	case lag > 40*time.Minute && lag < most:
		r.behind = lag + doubt
	case lead < -10*time.Minute && lead > -most:
		r.ahead = -lead + doubt
	}
}

// window bounds the folders that are wanted; zero times do not bound.
type window struct{ from, until time.Time }

func (w window) holds(s span) bool {
	return (w.from.IsZero() || s.end().After(w.from)) && (w.until.IsZero() || s.start.Before(w.until))
}

// before tells whether a folder is of a later time than is wanted.
func (w window) before(s span) bool { return !w.until.IsZero() && !s.start.Before(w.until) }

// margin is how far an object's entries may lie from the hour that it is filed under: that of its oldest record.
const margin = time.Hour

// window gives the folders that may hold entries between since and until.
func (r *root) window(since, until time.Time) window {
	w := window{}
	if !since.IsZero() {
		w.from = since.Add(-margin - r.behind).Truncate(time.Hour)
	}
	if !until.IsZero() {
		w.until = until.Add(margin + r.ahead)
	}
	return w
}

// newestFirst orders objects by what is known of their time: the name that Firehose gave them, the folder, or else when they were
// modified. Names break ties, so that the order is always the same.
func newestFirst(r *root) func(a, b object) int {
	return func(a, b object) int {
		return cmp.Or(timeOf(b, r).Compare(timeOf(a, r)), strings.Compare(b.key, a.key))
	}
}

// timeOf is what is known of the time of an object: the one in the name that Firehose gave it, that of its folder, or else when it
// was modified.
func timeOf(o object, r *root) time.Time {
	if t, ok := source.FirehoseTime(o.key); ok {
		return t
	}
	if r != nil && strings.HasPrefix(o.key, r.prefix) {
		if s, n := spanOf(o.key[len(r.prefix):]); n > 0 {
			return s.start
		}
	}
	return o.modified
}

// startOf is when the oldest entry of an object arrived, or a time before that; zero when its key does not tell.
func startOf(o object, r *root) time.Time {
	t := timeOf(o, r)
	if t.Equal(o.modified) {
		return time.Time{}
	}
	if r != nil {
		t = t.Add(-r.ahead)
	}
	return t
}
