package timeline

import (
	"context"
	"math"
	"sort"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
	"taudit/views"
)

// aim is how the entries are to be seen.
type aim struct {
	cells int // the width of the pane
	tall  bool
	clock views.Clock

	width  int64   // of a bar; 0: as it takes to show all
	around int64   // what must be seen, when placed
	placed bool    // else the newest must be
	still  stretch // what is seen and stays, if anything
	before int     // and the cells before it
}

// want is what is to be counted, and how.
type want struct {
	store   *store.Snapshot
	matches *store.Matches
	filter  int
	aim
}

// counted is what a count gives. It is immutable.
type counted struct {
	want
	stretch
	bars []store.Bucket

	// What the bars do not have: entries before and behind them, and those without an emit time, which have no place.
	earlier, later, undated int

	dated       *store.Matches // the entries that have a place
	only        *store.Filter  // what dated are the matches of
	first, last int64          // the emit times of the bulk of the entries
	times       labels
	lead        int // cells before the bars
	room        int // cells for bars
}

// countedMsg says what a count gave; nil when it was cancelled.
type countedMsg struct{ *counted }

// Work counts when there is something new to count.
func (p *Pane) Work(ctx context.Context) tea.Cmd {
	w := want{p.data.Store, p.data.Matches, p.data.Filter, p.aim()}
	if w.matches != nil && !w.matches.Whole() {
		return nil // the rest of them is looked for
	}
	if p.counting || w.store == nil || p.cells == 0 || p.height == 0 || p.done != nil && p.done.want == w {
		return nil
	}
	if p.done != nil && p.done.filter == w.filter && p.done.aim == w.aim && p.soon() {
		return nil
	}
	p.counting, p.countedAt = true, p.data.Now
	old, now := p.done, p.data.Now
	return func() tea.Msg { return countedMsg{count(ctx, w, old, now)} }
}

// The least time between two counts while entries rush by: nobody reads bars that change more often, and a slow line would carry little
// else. Where bars have several rows more changes with each.
const (
	rest     = 900 * time.Millisecond
	tallRest = 1900 * time.Millisecond
)

// soon tells whether there was a count just now, and another is asked for when the clock ticks; a clock that stands still does not.
func (p *Pane) soon() bool {
	since := p.data.Now.Sub(p.countedAt)
	least := rest
	if p.height > 1 {
		least = tallRest
	}
	return !p.data.Clock.Still && since > 0 && since < least
}

// take shows what was counted, unless something else is wanted by now.
func (p *Pane) take(c *counted) {
	p.counting = false
	if c == nil || c.filter != p.data.Filter || c.aim != p.aim() {
		return
	}
	if p.still() && p.stays.n == 0 {
		p.stays, c.aim.still = c.stretch, c.stretch
		p.before, c.aim.before = c.lead, c.lead
	}
	p.done = c
	p.picking = p.picking && c.n > 0
	p.begin()
	p.stale = true
}

// count counts the entries in their bars. It takes time that grows with the entries, unless they are those of an earlier count and some
// behind them. It returns nil when ctx is cancelled.
func count(ctx context.Context, w want, old *counted, now time.Time) *counted {
	c := &counted{want: w}
	if old != nil && old.filter != w.filter {
		old = nil
	}
	total := w.store.Len()
	if w.matches != nil {
		c.store = w.matches.Snapshot()
		total = w.matches.Len()
		c.only = store.Between(math.MinInt64, math.MaxInt64)
		c.dated = w.matches.Narrow(ctx, c.only, c.only)
	} else {
		var known *store.Matches
		if old != nil {
			c.only, known = old.only, old.dated
		} else {
			c.only = store.Between(math.MinInt64, math.MaxInt64)
		}
		c.dated = w.store.Match(ctx, c.only, known)
	}
	searched := c.store
	c.store = w.store
	if c.dated == nil {
		return nil
	}
	c.undated = total - c.dated.Len()
	if c.dated.Len() == 0 {
		return c
	}
	c.first, c.last = bulk(c.dated, now)
	c.plan(now, old)
	if c.n == 0 {
		return c
	}
	c.bars = make([]store.Bucket, c.n)
	from := 0
	if old != nil && old.dated != nil {
		from = c.reuse(old, searched.Common(old.dated.Snapshot()), searched)
	}
	rest := c.dated.Buckets(ctx, c.start(from), c.stretch.width, c.n-from)
	if rest == nil && c.n > from {
		return nil
	}
	copy(c.bars[from:], rest)
	c.earlier = rank(c.dated, c.from)
	c.later = c.dated.Len() - rank(c.dated, c.to())
	return c
}

// reuse copies the bars of an earlier count that only have entries of the first ones, which are common to both, and tells how many it copied.
func (c *counted) reuse(old *counted, common int, s *store.Snapshot) int {
	shift := c.from - old.from
	if common == 0 || old.stretch.width != c.stretch.width || shift < 0 || shift%c.stretch.width != 0 {
		return 0
	}
	skip := int(min(shift/c.stretch.width, int64(old.n)))
	same := max(min(c.bar(s.At(common-1).Time().UnixNano()), old.n-skip, c.n), 0)
	copy(c.bars[:same], old.bars[skip:])
	return same
}

// at is the emit time of an entry.
func at(m *store.Matches, i int) int64 { return m.At(i).Time().UnixNano() }

// rank counts the entries before a time.
func rank(m *store.Matches, t int64) int {
	return sort.Search(m.Len(), func(i int) bool { return at(m, i) >= t })
}

const (
	hole   = 2 * year   // without an entry: what lies beyond has another date than it says
	stray  = 100        // one entry in so many may lie beyond a hole
	strays = 1000       // and no more than so many
	most   = 200 * year // that are shown
)

// bulk gives the emit times between which the entries are, leaving out those at the ends that lie years from all others: there is no saying
// what a damaged or invented date is, and one must not flatten all bars to a line. They are counted as earlier and later.
func bulk(m *store.Matches, now time.Time) (first, last int64) {
	few := min(m.Len()/stray+1, strays, m.Len()-1)
	lo, hi := 0, m.Len()-1
	far := func(a, b int) bool { return uint64(at(m, b))-uint64(at(m, a)) > uint64(hole) }
	for i, end := hi, hi-few; i > end && at(m, i) > now.UnixNano(); i-- {
		if far(i-1, i) {
			hi = i - 1
		}
	}
	for i := range min(few, hi) {
		if far(i, i+1) {
			lo = i + 1
		}
	}
	first, last = at(m, lo), at(m, hi)
	if uint64(last)-uint64(first) > uint64(most) {
		first = last - most
	}
	return first, last
}
