package s3

import (
	"slices"
	"strings"
	"time"
)

// root is a tree of dated folders, and what is known of it.
type root struct {
	prefix string // the tree's own: what stands before the date
	within string // all its keys that are wanted begin with this: prefix, or longer when the user asked for a part of the tree
	first  name   // how the topmost folders are named; another way of writing dates is another tree

	// example is the path below the prefix of an object that is dated as exactly as any.
	example string
	sorted  bool // the keys are in the order of time

	// newest is the start of the newest folder that holds an object; zero while none has been listed.
	newest time.Time
	depth  level // the least dated folder that holds objects; undated while none has been listed
	// Keys may be dated in another zone than UTC: they then lag or lead by so much at most.
	behind, ahead time.Duration
	learned       bool // behind and ahead have been found out
	sampled       bool // a folder has been listed whole, to learn from

	read ledger // of the objects that following may see again
}

// dates gives the dated folders of a key of the tree. Others have none.
func (r *root) dates(key string) dates {
	rest, ok := strings.CutPrefix(key, r.prefix)
	if !ok {
		return dates{}
	}
	if d := datesOf(rest, r.atStart()); d.first == r.first {
		return d
	}
	return dates{}
}

func (r *root) atStart() bool { return r.prefix == "" || strings.HasSuffix(r.prefix, "/") }

// beyond tells whether a key comes behind all dates of the tree.
func (r *root) beyond(key string) bool { return key >= r.prefix+r.first.key+":" } // which follows the digits

// folder gives the prefix of the folder of t.
func (r *root) folder(t time.Time, l level) string { return r.prefix + folderLike(r.example, t, l) }

// tip is where the newest objects are to be expected: now, or earlier when the newest is older, which also keeps clocks that
// differ and keys in another zone from being looked past.
func (r *root) tip(now time.Time) time.Time {
	if r.newest.IsZero() || r.newest.After(now) {
		return now
	}
	return r.newest
}

// learn takes what can be told of a root from the objects of one of its folders.
func (r *root) learn(objects []object) {
	var early, late []time.Duration // how long after the earliest and the latest time of the key it was written
	for _, o := range objects {
		d := r.dates(o.key)
		if d.length == 0 {
			continue
		}
		if d.start.After(r.newest) {
			r.newest = d.start
		}
		if r.depth == undated || d.level < r.depth {
			r.depth = d.level
		}
		if r.example == "" {
			r.example, r.sorted = o.key[len(r.prefix):], d.sorted
		}
		r.sorted = r.sorted && d.sorted
		if o.named {
			lag := o.modified.Sub(o.at)
			early, late = append(early, lag), append(late, lag)
		} else if d.level == hourly {
			early, late = append(early, o.modified.Sub(d.start)), append(late, o.modified.Sub(d.end()))
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
