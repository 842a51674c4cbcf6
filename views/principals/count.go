package principals

import (
	"cmp"
	"context"
	"slices"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/views"
)

// via says how calls were made: a set.
type via uint8

const (
	byKey via = 1 << iota
	byBrowser
	byUnknown
)

// viaOf is how a person called.
func viaOf(p *audit.Person) via {
	e := entry(p)
	switch e.Via() {
	case "apikey":
		return byKey
	case "browser":
		return byBrowser
	}
	return byUnknown
}

func (v via) String() string {
	switch v &^ byUnknown {
	case byKey:
		return "key"
	case byBrowser:
		return "browser"
	case byKey | byBrowser:
		return "both"
	}
	return "-"
}

// sorting is by what the table is sorted.
type sorting struct {
	column  int
	reverse bool
}

// stretch is the time that the sparklines show, in as many parts as they have cells.
type stretch struct {
	from, width int64 // in nanoseconds
	cells       int
}

// job is what a count is made from. It is done off the UI goroutine.
type job struct {
	store   *store.Snapshot
	matches *store.Matches
	filter  int
	now     time.Time
	clock   views.Clock
	last    *result // nil: the first

	sorting sorting
	keep    bool           // the order is that of last, as far as it goes
	from    store.Identity // the row that the visible ones are counted from, if there is one
	above   int            // how many of them are above it
	rows    int            // how many are visible
	cells   int            // of a sparkline
	page    *store.Identity
}

// result is what a job has found out. It is immutable.
type result struct {
	job      job
	activity *store.Activity // of what the filter means
	whole    *store.Activity // of all entries
	roster   *store.Roster

	sums    []store.Sum // by principal
	via     []via
	order   []int32 // the principals in the table
	place   []int32 // of each principal in it; -1 for those that are not
	details map[int32]*store.Detail
	stretch stretch
	news    news
	facts   *facts // of the page
}

// do counts. It gives nil when ctx is cancelled.
func (j job) do(ctx context.Context) *result {
	r := &result{job: j}
	r.job.last = nil // results must not hold each other
	old := j.last
	if old == nil {
		old = &result{}
	}
	snap := j.store
	if j.matches != nil {
		snap = j.matches.Snapshot()
		r.activity = j.matches.Activity(ctx, old.activity)
	}
	r.whole = snap.Activity(ctx, old.whole)
	if j.matches == nil {
		r.activity = r.whole
	}
	if r.activity == nil || r.whole == nil {
		return nil
	}
	r.roster = old.roster
	if r.roster == nil || !r.roster.Of(r.whole) {
		r.roster = r.whole.Roster()
	}
	r.sum()
	r.spread(snap)
	if kind := columnOf(j.sorting.column); kind.detailed && !j.keep {
		r.detail(ctx, r.present())
	}
	r.arrange(old)
	first := 0
	if g, ok := r.roster.Find(j.from); ok && r.place[g] >= 0 {
		first = int(r.place[g]) - j.above
	}
	// A page more on either side, so that scrolling does not wait.
	from := max(min(first, len(r.order)-j.rows)-j.rows, 0)
	r.detail(ctx, r.order[from:min(len(r.order), max(first, 0)+2*j.rows)])
	r.news = r.tell(ctx, snap, old)
	if j.page != nil {
		r.facts = r.gather(ctx, snap)
	}
	if ctx.Err() != nil {
		return nil
	}
	return r
}

// sum joins what people did to what principals did.
func (r *result) sum() {
	r.sums = make([]store.Sum, len(r.roster.Principals))
	r.via = make([]via, len(r.roster.Principals))
	for code := range r.activity.People() {
		if s := r.activity.Of(code); s.Entries > 0 {
			g := r.roster.Groups[code]
			r.sums[g] = r.sums[g].Add(s)
			r.via[g] |= viaOf(r.activity.Person(code))
		}
	}
}

// present gives the principals that did something.
func (r *result) present() []int32 {
	var out []int32
	for g := range r.sums {
		if r.sums[g].Entries > 0 {
			out = append(out, int32(g))
		}
	}
	return out
}

// spread divides the shown time.
func (r *result) spread(snap *store.Snapshot) {
	oldest, newest := store.Bounds(r.job.now)
	from, to := max(r.activity.All().First, oldest), min(r.activity.All().Last, newest)
	if r.job.matches == nil {
		if a, b, ok := snap.Loaded(oldest, newest); ok {
			from, to = a, b
		}
	}
	r.stretch = stretch{from: from, width: 1, cells: r.job.cells}
	if r.job.cells > 0 && to > from {
		r.stretch.width = (to-from)/int64(r.job.cells) + 1
	}
}

// detail finds out more of some principals.
func (r *result) detail(ctx context.Context, which []int32) {
	if r.details == nil {
		r.details = map[int32]*store.Detail{}
	}
	q := store.Question{Groups: make([]int32, len(r.roster.Groups)), From: r.stretch.from, Width: r.stretch.width, Buckets: r.stretch.cells}
	for i := range q.Groups {
		q.Groups[i] = -1
	}
	var asked []int32
	for _, g := range which {
		if r.details[g] != nil {
			continue
		}
		for _, code := range r.roster.Principals[g].People {
			q.Groups[code] = int32(len(asked))
		}
		asked = append(asked, g)
	}
	if q.Count = len(asked); q.Count == 0 {
		return
	}
	for i, d := range r.activity.Detail(ctx, q) {
		r.details[asked[i]] = &d
	}
}

// arrange orders the principals. An order that is kept stays as it is, also for those that the filter does not mean any more; others join
// at its end.
func (r *result) arrange(old *result) {
	r.place = make([]int32, len(r.sums))
	for g := range r.place {
		r.place[g] = -1
	}
	if r.job.keep {
		for _, was := range old.order {
			g, ok := was, true
			if old.roster != r.roster {
				g, ok = r.roster.Find(old.roster.Principals[was].Identity)
			}
			if ok && r.place[g] < 0 {
				r.place[g] = int32(len(r.order))
				r.order = append(r.order, g)
			}
		}
	}
	kept := len(r.order)
	for _, g := range r.present() {
		if r.place[g] < 0 {
			r.order = append(r.order, g)
		}
	}
	r.sort(r.order[kept:])
	for i, g := range r.order {
		r.place[g] = int32(i)
	}
}

// sort orders principals by the chosen column, then by name, which tells apart what people can tell apart.
func (r *result) sort(list []int32) {
	c := columnOf(r.job.sorting.column)
	slices.SortFunc(list, func(a, b int32) int {
		n := 0
		if !c.detailed || r.details[a] != nil && r.details[b] != nil {
			n = c.compare(r, a, b)
		}
		if c.falling != r.job.sorting.reverse {
			n = -n
		}
		p, q := &r.roster.Principals[a], &r.roster.Principals[b]
		return cmp.Or(n, cmp.Compare(p.Called, q.Called), cmp.Compare(p.ID, q.ID))
	})
}
