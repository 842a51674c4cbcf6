package s3

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"taudit/source"
)

// reach is how far back each look for new objects goes. Nearly all that are late are so by less.
const reach = 2 * time.Hour

// lister finds the objects to read: those that are there, and when following those that appear. It is one goroutine, which looks
// for new objects also while the workers are still busy with the old ones.
type lister struct {
	*run
	tree    *tree
	history chan<- []object // runs; closed when all that was there has been found
	fresh   chan<- []object // read before history
	runs    int             // so many were made

	newest      time.Time // when the newest object was written of those that were there
	newestFresh time.Time // and of those that appeared
	beyond      bool      // there are objects of after Options.Until

	polls   *time.Timer // nil without following
	polling bool
	swept   time.Time
}

func (l *lister) work(ctx context.Context) error {
	l.swept = time.Now()
	if l.options.Follow {
		l.polls = time.NewTimer(l.config.Poll)
		defer l.polls.Stop()
	}
	first := l.newWalk(l.found)
	first.reached = l.reached
	if err := first.all(ctx, l.prefix); err != nil {
		return err
	}
	l.tree.forget(time.Now())
	close(l.history)
	from := l.options.Since
	switch {
	case l.options.TrimHorizon:
		from = time.Time{}
	case l.options.Latest:
		from = l.swept
	}
	if err := l.reached(ctx, from); err != nil {
		return err
	}
	if err := l.report.send(ctx, news{}, func(*source.Status) { l.report.listed = true }); err != nil {
		return err
	}
	for l.options.Follow {
		select {
		case <-l.polls.C:
			if err := l.poll(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (l *lister) newWalk(found foundFunc) *walk {
	return &walk{run: l.run, tree: l.tree, found: found, window: l.window}
}

// window gives the folders of a root that are listed.
func (l *lister) window(r *root) window {
	switch {
	case l.options.Latest:
		// Only to know what is there already.
		return window{from: r.tip(time.Now()).Add(-backlog - slack)}
	case l.options.TrimHorizon:
		return r.window(time.Time{}, l.options.Until)
	}
	return r.window(l.options.Since, l.options.Until)
}

// wanted tells whether an object may hold entries that were asked for.
func (l *lister) wanted(r *root, o object) bool {
	switch {
	case strings.HasSuffix(o.key, "/") && o.size == 0: // made by the console to show a folder
		return false
	case l.options.Latest:
		return true
	case r != nil:
		w := l.window(r)
		l.beyond = l.beyond || w.before(o.folder)
		return w.holds(o.folder)
	case l.options.TrimHorizon || l.options.Since.IsZero():
		return true
	}
	// An entry is never newer than its object, but clocks differ.
	const doubt = 5 * time.Minute
	return !o.modified.Before(l.options.Since.Add(-doubt))
}

// found takes the objects that are there at the start.
func (l *lister) found(ctx context.Context, n node, objects []object, final bool) error {
	now := time.Now()
	objects = slices.DeleteFunc(objects, func(o object) bool {
		return !l.wanted(n.root, o) || (l.options.Follow && !l.tree.take(n.root, o, now, true)) || l.options.Latest
	})
	if n.root == nil {
		l.tree.forget(now) // there may be very many
	}
	if !final || n.root != nil {
		return l.queue(ctx, objects, false)
	}
	// They are all that is left, and in the order of time.
	for piece := range slices.Chunk(objects, 64) {
		if err := l.queue(ctx, piece, false); err != nil {
			return err
		}
		oldest := piece[len(piece)-1]
		if err := l.reached(ctx, oldest.at.Add(margin)); err != nil {
			return err
		}
	}
	return nil
}

// appeared takes objects that are found later, in a folder that is known or, with first, in a new one.
func (l *lister) appeared(ctx context.Context, r *root, objects []object, first bool) error {
	now := time.Now()
	return l.queue(ctx, slices.DeleteFunc(objects, func(o object) bool {
		return !l.wanted(r, o) || !l.tree.take(r, o, now, first)
	}), true)
}

// reached notes that no entries are still to be found that arrived from then on, but for those that arrive from now on.
func (l *lister) reached(ctx context.Context, from time.Time) error {
	to := l.newest
	if l.beyond && l.options.Until.After(to) {
		to = l.options.Until
	}
	return l.report.note(ctx, func(*source.Status) { l.report.history.mark(from, to) })
}

// queue gives objects to the workers. It blocks until they have taken them, and looks for new ones meanwhile.
func (l *lister) queue(ctx context.Context, objects []object, fresh bool) error {
	if len(objects) == 0 {
		return nil
	}
	to, newest := l.history, &l.newest
	if fresh {
		to, newest = l.fresh, &l.newestFresh
	}
	if err := l.report.note(ctx, func(*source.Status) {
		l.report.total += int64(len(objects))
		if l.report.begun.IsZero() {
			l.report.begun = time.Now()
		}
		for i := range objects {
			o := &objects[i]
			l.report.totalBytes += o.size
			o.fresh = fresh
			if fresh {
				o.turn = l.report.fresh.take()
			} else {
				o.turn = l.report.history.take()
			}
			if o.modified.After(*newest) {
				*newest = o.modified
			}
		}
	}); err != nil {
		return err
	}
	for len(objects) > 0 {
		n := l.runOf(objects)
		for sent := false; !sent; {
			var due <-chan time.Time
			if l.polls != nil && !l.polling {
				due = l.polls.C
			}
			select {
			case to <- objects[:n]:
				sent = true
			case <-due:
				if err := l.poll(ctx); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		objects = objects[n:]
	}
	return nil
}

const (
	// runBytes is how large the objects of a run are together: what gives some batches of entries when it is unpacked.
	runBytes = 1 << 20
	// runLength is how many they are at most.
	runLength = 64
)

// runOf gives how many of the objects are read together. The first ones are read one by one, so that there is soon something to see.
func (l *lister) runOf(objects []object) int {
	const soon = 8
	most := min(1<<(l.runs/soon), runLength)
	l.runs = min(l.runs+1, soon*runLength)
	size := int64(0)
	for i, o := range objects {
		if size += o.size; i > 0 && (i == most || size > min(runBytes, l.memory.share())) {
			return i
		}
	}
	return len(objects)
}

// poll looks for new objects once, and sets the time of the next look.
func (l *lister) poll(ctx context.Context) error {
	l.polling = true
	defer func() { l.polling = false }()
	began, took := time.Now(), l.listTook
	sweep := began.Sub(l.swept) >= l.config.Sweep
	back := reach
	if sweep {
		back = backlog
		l.swept = began
	}
	// A bucket that was empty so far may get its first folder at any time; others are looked through for new ones with each sweep.
	search := sweep || len(l.tree.roots)+len(l.tree.flats) == 0
	for _, prefix := range slices.Sorted(maps.Keys(l.tree.roots)) {
		foreign, err := l.tail(ctx, l.tree.roots[prefix], began, back)
		if err != nil {
			return err
		}
		search = search || foreign
	}
	for _, prefix := range slices.Sorted(maps.Keys(l.tree.flats)) {
		w := l.newWalk(func(ctx context.Context, _ node, objects []object, _ bool) error {
			return l.appeared(ctx, nil, objects, false)
		})
		if err := w.flat(ctx, node{prefix: prefix, flat: true}); err != nil {
			return err
		}
	}
	if search {
		w := l.newWalk(func(ctx context.Context, n node, objects []object, _ bool) error {
			return l.appeared(ctx, n.root, objects, n.root != nil || n.flat)
		})
		w.shallow = true
		if err := w.all(ctx, l.prefix); err != nil {
			return err
		}
	}
	l.tree.forget(began)
	grown := false
	if err := l.report.note(ctx, func(*source.Status) {
		before := l.report.held()
		l.report.fresh.mark(time.Time{}, l.newestFresh)
		grown = l.report.held() != before
	}); err != nil {
		return err
	}
	if grown { // the objects that appeared have been read already, and were the last to tell of it
		if err := l.report.send(ctx, news{}, func(*source.Status) {}); err != nil {
			return err
		}
	}
	// Where looking takes long, as in a large bucket without dates, it must not be all that is done.
	l.polls.Reset(max(l.config.Poll, 9*(l.listTook-took)))
	return nil
}

// tail lists the newest folders of a root. It tells whether it met an object that no listing known so far would find.
func (l *lister) tail(ctx context.Context, r *root, now time.Time, back time.Duration) (foreign bool, err error) {
	q := query{prefix: r.within}
	switch {
	case r.sampled && !r.sorted:
		return false, l.tailFolders(ctx, r, r.tip(now).Add(-back))
	case r.sampled:
		q.after = r.folder(r.tip(now).Add(-back), r.depth)
	case !l.report.listed:
		return false, nil // the first listing will come to it
	}
	var objects []object
	for {
		p, err := l.list(ctx, q)
		if err != nil {
			return false, err
		}
		beyond := false
		for _, o := range p.objects {
			if r.dates(o.key).length > 0 {
				o.place(r)
				objects = append(objects, o)
			} else {
				foreign = foreign || !l.tree.covers(o)
				beyond = beyond || r.beyond(o.key) // behind all dates there are the folders of others
			}
		}
		if p.next == "" || beyond {
			break
		}
		q.pageMarker = p.next
	}
	if len(objects) == 0 {
		return foreign, nil
	}
	r.learn(objects)
	r.sampled = true
	for i := range objects {
		objects[i].begin(r)
	}
	slices.SortFunc(objects, func(a, b object) int { return strings.Compare(a.key, b.key) })
	return foreign, l.appeared(ctx, r, objects, false)
}

// tailFolders is tail where keys are in no order: it looks for the folders from that time on.
func (l *lister) tailFolders(ctx context.Context, r *root, from time.Time) error {
	w := l.newWalk(func(ctx context.Context, n node, objects []object, _ bool) error {
		return l.appeared(ctx, n.root, objects, n.flat)
	})
	w.shallow = true
	w.window = func(*root) window { return window{from: from.Truncate(time.Hour)} }
	return w.below(ctx, r)
}
