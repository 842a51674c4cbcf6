package s3

import (
	"container/heap"
	"context"
	"slices"
	"strings"
	"time"
)

const (
	maxDepth   = 4       // how many folders without a date are looked into for ones with
	maxBreadth = 50      // more folders than that in one are no places of their own: a partition for each user, random names
	maxFolders = 1000    // how many folders without a date are looked into in all
	maxChunk   = 100_000 // how many objects are sorted at once where nothing is dated, to bound memory
)

// node is a folder that waits to be listed.
type node struct {
	prefix string
	root   *root // of a dated folder
	span   span
	depth  int  // of an undated one, below the prefix that the user gave
	flat   bool // nothing is known of what is below: list it all
}

// nodes is a heap: undated folders come first, because the dated ones are in them, then the newest, and flat ones last.
type nodes []node

func (h nodes) Len() int      { return len(h) }
func (h nodes) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *nodes) Push(x any)   { *h = append(*h, x.(node)) }
func (h *nodes) Pop() any {
	last := len(*h) - 1
	n := (*h)[last]
	*h = (*h)[:last]
	return n
}

func (h nodes) Less(i, j int) bool {
	a, b := h[i], h[j]
	if ra, rb := a.rank(), b.rank(); ra != rb {
		return ra < rb
	}
	if a.root != nil && !a.span.end().Equal(b.span.end()) {
		return a.span.end().After(b.span.end())
	}
	return a.prefix < b.prefix
}

func (n node) rank() int {
	switch {
	case n.flat:
		return 2
	case n.root != nil:
		return 1
	}
	return 0
}

// foundFunc takes objects that are in a folder, newest first. final tells that they are the last ones of a walk.
type foundFunc func(ctx context.Context, n node, objects []object, final bool) error

// walk lists a bucket from the newest objects to the oldest. It belongs to one goroutine.
type walk struct {
	run     *run
	tree    *tree
	queue   nodes
	looked  int  // undated folders that were listed
	started bool // objects have been found
	// shallow leaves out what is known already: it looks for new roots and flats.
	shallow bool
	// found takes objects that are in a folder, newest first.
	found foundFunc
	// reached is told when nothing newer is left to be found, but for what appears meanwhile. It may be nil.
	reached func(ctx context.Context, from time.Time) error
	// window gives the folders of a root that are wanted.
	window func(r *root) window
}

// all lists what is below the prefix that the user gave.
func (w *walk) all(ctx context.Context, prefix string) error {
	if dated, d, ok := datedFolder(prefix); ok {
		if r, isNew := w.tree.rootOf(dated, d.first, prefix); isNew || !w.shallow {
			w.push(node{prefix: prefix, root: r, span: d.span})
		}
	} else {
		w.push(node{prefix: prefix})
	}
	return w.rest(ctx)
}

// below lists what is wanted of a root.
func (w *walk) below(ctx context.Context, r *root) error {
	if _, d, ok := datedFolder(r.within); ok {
		w.push(node{prefix: r.within, root: r, span: d.span})
		return w.rest(ctx)
	}
	_, children, err := w.listAll(ctx, query{prefix: r.within, byFolder: true})
	if err != nil {
		return err
	}
	for _, child := range children {
		if prefix, d, ok := datedFolder(child); ok && prefix == r.prefix && d.first == r.first {
			w.push(node{prefix: child, root: r, span: d.span})
		}
	}
	return w.rest(ctx)
}

// rest visits all that waits.
func (w *walk) rest(ctx context.Context) error {
	for w.queue.Len() > 0 {
		n := heap.Pop(&w.queue).(node)
		if err := w.passed(ctx, n); err != nil {
			return err
		}
		if err := w.visit(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// passed says, before the next folder is listed, what has been found.
func (w *walk) passed(ctx context.Context, next node) error {
	if w.reached == nil || next.rank() != 1 || len(w.tree.flats) > 0 {
		return nil
	}
	// Its objects, and those of all that are left, are of before its end by their clock.
	end := next.span.end().Add(margin)
	late := time.Duration(0)
	for _, r := range w.tree.roots {
		if !r.sampled {
			late = max(late, maxOffset)
		}
		late = max(late, r.behind)
	}
	return w.reached(ctx, end.Add(late))
}

func (w *walk) push(n node) { heap.Push(&w.queue, n) }

func (w *walk) visit(ctx context.Context, n node) error {
	switch {
	case n.flat:
		return w.flat(ctx, n)
	case n.root == nil:
		return w.undated(ctx, n)
	// What is wanted depends on the zone of the keys, which only objects tell. So the newest folder is always read.
	case n.root.sampled && !w.window(n.root).holds(n.span):
		return nil
	case n.span.level < daily:
		return w.folder(ctx, n)
	}
	return w.leaf(ctx, n)
}

// undated looks into a folder for dated ones.
func (w *walk) undated(ctx context.Context, n node) error {
	if w.shallow && w.tree.flats[n.prefix] {
		return nil
	}
	if w.looked++; w.looked > maxFolders {
		w.pushFlat(n.prefix)
		return nil
	}
	objects, children, err := w.listAll(ctx, query{prefix: n.prefix, byFolder: true})
	if err != nil {
		return err
	}
	var others []string
	for _, child := range children {
		if _, _, ok := datedFolder(child); !ok {
			others = append(others, child)
		}
	}
	if len(others) > maxBreadth {
		worth, err := w.worthwhile(ctx, others)
		if err != nil {
			return err
		}
		if !worth {
			// One listing of it all is cheaper than one for each; it has the objects beside the folders too.
			w.pushFlat(n.prefix)
			return nil
		}
	}
	fresh := map[*root]bool{}
	for _, child := range children {
		if dated, d, ok := datedFolder(child); ok {
			r, isNew := w.tree.rootOf(dated, d.first, w.run.prefix)
			if fresh[r] = fresh[r] || isNew; fresh[r] || !w.shallow {
				w.push(node{prefix: child, root: r, span: d.span})
			}
		}
	}
	for _, child := range others {
		switch {
		case n.depth == maxDepth:
			w.pushFlat(child)
		case !w.shallow || !w.tree.flats[child]:
			w.push(node{prefix: child, depth: n.depth + 1})
		}
	}
	if len(children) == 0 && isPartition(n.prefix) {
		// A place of its own, where objects will go on to appear: that is listed more often than new folders are looked for.
		w.tree.flats[n.prefix], n.flat = true, true
	}
	return w.hand(ctx, n, objects, true)
}

// worthwhile tells whether so many folders are better listed one by one: when each has dates below it, and more objects than one
// answer lists. It looks at the first and the last.
func (w *walk) worthwhile(ctx context.Context, folders []string) (bool, error) {
	if w.looked+len(folders) > maxFolders {
		return false, nil
	}
	for _, folder := range []string{folders[0], folders[len(folders)-1]} {
		p, err := w.run.list(ctx, query{prefix: folder})
		if err != nil {
			return false, err
		}
		if p.next == "" || len(p.objects) == 0 {
			return false, nil
		}
		key := p.objects[0].key
		if _, _, ok := datedFolder(key[:strings.LastIndexByte(key, '/')+1]); !ok {
			return false, nil
		}
	}
	return true, nil
}

// isPartition tells whether a folder is named in Hive's way.
func isPartition(prefix string) bool {
	last := strings.TrimSuffix(prefix, "/")
	return strings.Contains(last[strings.LastIndexByte(last, '/')+1:], "=")
}

func (w *walk) pushFlat(prefix string) {
	if w.tree.flats[prefix] && w.shallow {
		return
	}
	w.tree.flats[prefix] = true
	w.push(node{prefix: prefix, flat: true})
}

// folder goes one level down from a year or a month, or from a day with very many objects.
func (w *walk) folder(ctx context.Context, n node) error {
	objects, children, err := w.listAll(ctx, query{prefix: n.prefix, byFolder: true})
	if err != nil {
		return err
	}
	for _, child := range children {
		if prefix, d, ok := datedFolder(child); ok && prefix == n.root.prefix && d.first == n.root.first {
			w.push(node{prefix: child, root: n.root, span: d.span})
		} else {
			w.pushFlat(child)
		}
	}
	return w.hand(ctx, n, objects, true)
}

// leaf lists a day or an hour.
func (w *walk) leaf(ctx context.Context, n node) error {
	q, wanted := query{prefix: n.prefix}, window{}
	if n.root.sampled && n.root.depth == hourly {
		wanted = w.window(n.root)
		switch {
		case n.span.level == daily && !n.root.sorted && wanted.cuts(n.span):
			return w.folder(ctx, n)
		case n.root.sorted && wanted.from.After(n.span.start):
			q.after = n.root.folder(wanted.from, hourly)
		}
	}
	var objects []object
	for {
		p, err := w.run.list(ctx, q)
		if err != nil {
			return err
		}
		// The first thing to show is the newest hour; where a day has many objects it is listed for itself.
		if p.next != "" && !w.started && n.span.level == daily && q.pageMarker == "" {
			return w.folder(ctx, n)
		}
		objects = append(objects, p.objects...)
		last := len(objects) - 1
		past := last >= 0 && n.root.sorted && !wanted.until.IsZero() && objects[last].key >= n.root.folder(wanted.until.Add(time.Hour), hourly)
		if p.next == "" || past {
			break
		}
		q.pageMarker = p.next
	}
	return w.hand(ctx, n, objects, true)
}

// hand hands over the objects of one folder.
func (w *walk) hand(ctx context.Context, n node, objects []object, final bool) error {
	if len(objects) == 0 {
		return nil
	}
	w.started = true
	for i := range objects {
		objects[i].place(n.root)
	}
	if n.root != nil {
		n.root.learn(objects)
		n.root.sampled = true
	}
	for i := range objects {
		objects[i].begin(n.root)
	}
	slices.SortFunc(objects, newestFirst)
	return w.found(ctx, n, objects, final && w.queue.Len() == 0)
}

// flat lists all that is below a prefix.
func (w *walk) flat(ctx context.Context, n node) error {
	q := query{prefix: n.prefix}
	var objects []object
	for {
		p, err := w.run.list(ctx, q)
		if err != nil {
			return err
		}
		objects = append(objects, p.objects...)
		q.pageMarker = p.next
		if p.next == "" || len(objects) >= maxChunk {
			if err := w.hand(ctx, n, objects, p.next == ""); err != nil {
				return err
			}
			objects = nil
		}
		if p.next == "" {
			return nil
		}
	}
}

// listAll reads all pages.
func (w *walk) listAll(ctx context.Context, q query) (objects []object, children []string, err error) {
	for {
		p, err := w.run.list(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		objects, children = append(objects, p.objects...), append(children, p.folders...)
		if p.next == "" {
			return objects, children, nil
		}
		q.pageMarker = p.next
	}
}
