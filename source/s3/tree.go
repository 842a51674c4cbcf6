package s3

import (
	"strings"
	"time"
)

// backlog is how far back following ever looks, and so how long objects are remembered: a day, since Firehose tries for 24 hours
// to write what it could not write. slack covers the rounding to hours.
const (
	backlog = 24 * time.Hour
	slack   = 2 * time.Hour
)

// tree is what has been found out about the bucket below the prefix. It belongs to one goroutine.
type tree struct {
	roots  map[string]*root // by their prefix and the way in which dates are written below it
	flats  map[string]bool  // prefixes below which nothing is dated: they are listed whole
	loose  ledger           // of objects that are in no dated folder
	newest time.Time        // when the newest loose object was modified, by the clock of S3
	// horizon is the time before which loose objects are known, though they are not remembered any more. It moves only between
	// two looks: objects that are found together are judged by one measure, however long the program was asleep.
	horizon time.Time
}

func newTree() *tree {
	return &tree{roots: map[string]*root{}, flats: map[string]bool{}, loose: ledger{}}
}

// rootOf gives the root of dated folders, and whether it is new. within is the prefix that the user gave.
func (t *tree) rootOf(prefix string, first name, within string) (r *root, isNew bool) {
	id := prefix + first.key + first.pattern.text
	r, ok := t.roots[id]
	if !ok {
		r = &root{prefix: prefix, within: prefix, first: first, read: ledger{}}
		if strings.HasPrefix(within, prefix) {
			r.within = within
		}
		t.roots[id] = r
	}
	return r, !ok
}

// covers tells whether an object is found by listing what is known.
func (t *tree) covers(o object) bool {
	for prefix := range t.flats {
		if strings.HasPrefix(o.key, prefix) {
			return true
		}
	}
	for _, r := range t.roots {
		if r.dates(o.key).length > 0 {
			return true
		}
	}
	return t.loose.has(o) || o.modified.Before(t.horizon)
}

// take tells whether an object is to be read now, and remembers it as far as following may see it again. first is set where
// a folder is listed for the first time: then what is too old to be remembered is new.
func (t *tree) take(r *root, o object, now time.Time, first bool) bool {
	if r != nil {
		end := o.folder.end()
		if first && !end.After(r.tip(now).Add(-backlog-slack)) {
			return true
		}
		return r.read.take(o, end)
	}
	if o.modified.After(t.newest) {
		t.newest = o.modified
	}
	if o.modified.Before(t.horizon) {
		return first
	}
	return t.loose.take(o, o.modified)
}

// forget drops what following does not look at again.
func (t *tree) forget(now time.Time) {
	if !t.newest.IsZero() {
		t.horizon = t.newest.Add(-backlog)
		t.loose.forget(t.horizon)
	}
	for _, r := range t.roots {
		r.read.forget(r.tip(now).Add(-backlog - slack))
	}
}

// ledger remembers objects, by key, that were taken to be read, so that each is read once, and again when it was written again.
type ledger map[string]stamp

// stamp tells one content of a key from the next.
type stamp struct {
	etag     string
	size     int64
	modified time.Time
	at       time.Time // what decides when it may be forgotten
}

func (l ledger) has(o object) bool {
	old, ok := l[o.key]
	return ok && old.etag == o.etag && old.size == o.size && (o.etag != "" || old.modified.Equal(o.modified))
}

// take is false for an object that is there.
func (l ledger) take(o object, at time.Time) bool {
	if l.has(o) {
		return false
	}
	l[o.key] = stamp{etag: o.etag, size: o.size, modified: o.modified, at: at}
	return true
}

func (l ledger) forget(before time.Time) {
	for key, s := range l {
		if s.at.Before(before) {
			delete(l, key)
		}
	}
}
