package detail

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
)

// nearby is how far from an entry another of the same principal may be to stand around it.
const nearby = 10 * time.Minute

// circle is what stands around an entry in the log.
type circle struct {
	key     store.Key
	arrived uint64    // of the snapshot it was found in
	at      time.Time // when it was asked for

	target    family // all that have its target
	principal family // of its principal, nearby

	deep   bool      // what follows is known: it takes a look into every entry
	deepAt time.Time // when it was asked for
	deeply uint64    // arrived, of those
	ids

	acted     int       // entries of the principal, wherever
	first     time.Time // when its address was first seen
	firstHere bool      // that was this entry
}

// ids are the entries that share an id with one.
type ids struct {
	request family // of the request or the operation
	twins   family // the log_id, when others have it too
}

// family are entries that have something in common.
type family struct {
	count int
	shown []relative // those around the entry, and the entry itself
}

// relative is one of them.
type relative struct {
	key                              store.Key
	at                               time.Time
	operation, status, actor, target string
}

// maxShown is how many of a family are kept, at most.
const maxShown = 9

// circleMsg is a circle that was found; nil when it was given up.
type circleMsg struct {
	number int
	circle *circle
}

// quest is the search for a circle: what is asked, of what.
type quest struct {
	entry    audit.Entry
	key      store.Key
	twins    bool
	at       time.Time
	old      *circle // what is known already; nil: nothing
	deep     bool    // the ids are wanted, else all but those
	snapshot *store.Snapshot
	find     func(context.Context, *store.Snapshot, query.Query) *store.Matches
}

// run finds the circle, or the rest of it. It takes time that grows with the log, and gives nil when ctx is cancelled.
func (q quest) run(ctx context.Context) *circle {
	if q.deep {
		c := *q.old
		c.deep, c.deepAt, c.deeply, c.ids = true, q.at, q.snapshot.Arrived(), ids{}
		if !q.ids(ctx, &c.ids) {
			return nil
		}
		return &c
	}
	c := &circle{key: q.key, at: q.at, arrived: q.snapshot.Arrived()}
	if old := q.old; old != nil {
		c.deep, c.deepAt, c.deeply, c.ids = old.deep, old.deepAt, old.deeply, old.ids
	}
	e := &q.entry
	from, to := int64(0), int64(0)
	if at := e.Time(); !at.IsZero() {
		from, to = audit.Nanoseconds(at.Add(-nearby)), audit.Nanoseconds(at.Add(nearby))+1
	}
	match := func(f *store.Filter) *store.Matches { return q.snapshot.Match(ctx, f, nil) }
	if actor := e.Actor(); actor != "" {
		same := func() *store.Filter {
			return store.Words(store.Principals, func(o *audit.Entry) bool { return o.Actor() == actor })
		}
		if to != 0 && !c.principal.from(match(store.All(store.Between(from, to), same())), q.key) {
			return nil
		}
		all := match(same())
		if all == nil {
			return nil
		}
		c.acted = all.Len()
	}
	if e.Target != "" && !c.target.from(match(store.Words(store.Targets, func(o *audit.Entry) bool { return o.Target == e.Target })), q.key) {
		return nil
	}
	if address := e.ClientAddress(); address != "" {
		m := match(store.Words(store.Forwards, func(o *audit.Entry) bool { return o.ClientAddress() == address }))
		if m == nil {
			return nil
		}
		if m.Len() > 0 {
			c.first, c.firstHere = m.At(0).Time(), m.At(0).Is(q.key)
		}
	}
	return c
}

// ids finds the entries that share an id. No column has those, so each entry is looked into.
func (q quest) ids(ctx context.Context, out *ids) bool {
	e := &q.entry
	if id := e.Correlation(); id != "" && !q.ask(ctx, &out.request, "req="+quote(id)) {
		return false
	}
	return !q.twins || q.ask(ctx, &out.twins, "log_id="+quote(e.LogID))
}

// quote writes a text as a value of a filter.
func quote(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }

// ask finds a family by a filter. What cannot be asked in the language of filters has no family.
func (q quest) ask(ctx context.Context, f *family, text string) bool {
	asked, err := query.Parse(text)
	if err != nil || q.find == nil {
		return true
	}
	return f.from(q.find(ctx, q.snapshot, asked), q.key)
}

// from takes the entries that were found, and keeps those that stand around key. It is false when the search was given up.
func (f *family) from(m *store.Matches, key store.Key) bool {
	if m == nil {
		return false
	}
	f.count = m.Len()
	at, _ := m.Find(key)
	first := max(min(at-maxShown/2, f.count-maxShown), 0)
	for i := first; i < min(first+maxShown, f.count); i++ {
		r := m.At(i)
		f.shown = append(f.shown, relative{
			key: r.Key(), at: r.Time(), operation: r.Operation(), status: r.Status(), actor: r.Actor(), target: r.Target(),
		})
	}
	return true
}

// others counts the family without the entry itself.
func (f *family) others(key store.Key) int {
	for i := range f.shown {
		if f.shown[i].key == key {
			return f.count - 1
		}
	}
	return f.count
}

// maxCircles is how many circles are remembered.
const maxCircles = 64

// How long what stands around an entry is good for after new entries have come, and how long an entry has to be shown in a list that
// follows until its ids are looked for.
const (
	renewal     = 5 * time.Second
	deepRenewal = 30 * time.Second
	patience    = 2 * time.Second
)

// gather finds out what stands around the entry, unless that is known, off the UI goroutine: first what columns tell, which takes
// milliseconds, then what has to be looked for in every entry.
func (p *Pane) gather(ctx context.Context) tea.Cmd {
	k := &p.kin
	if !p.shown || p.key == (store.Key{}) || k.snapshot == nil || k.busy != 0 || !p.showsKin() {
		return nil
	}
	old := p.circle()
	due := func(arrived uint64, at time.Time, after time.Duration) bool {
		return arrived != k.snapshot.Arrived() && (p.now.Sub(at) >= after || p.now.Before(at))
	}
	first := old == nil || due(old.arrived, old.at, renewal)
	if !first && (!p.stays() || old.deep && !due(old.deeply, old.deepAt, deepRenewal)) {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	k.number++
	k.busy, k.forsake = k.number, cancel
	number := k.number
	q := quest{
		entry: p.entry, key: p.key, twins: p.flags&store.Conflict != 0, at: p.now,
		old: old, deep: !first, snapshot: k.snapshot, find: k.find,
	}
	return func() tea.Msg {
		defer cancel()
		return circleMsg{number, q.run(ctx)}
	}
}

// stays tells whether somebody reads the entry, and it is not one of many that pass by.
func (p *Pane) stays() bool { return p.kin.held || p.now.Sub(p.kin.since) >= patience }

// showsKin tells whether there is room for any of it.
func (p *Pane) showsKin() bool {
	l := &p.layout
	return l.aside > 0 || l.kin > 0 || l.related || p.kin.focused
}

// meet takes a circle that was found. One of an entry that is no longer shown is kept for when it is again.
func (p *Pane) meet(msg circleMsg) {
	k := &p.kin
	if msg.number == k.busy {
		k.busy = 0
	}
	if msg.circle == nil {
		return
	}
	if k.known == nil {
		k.known = map[store.Key]*circle{}
	}
	key := msg.circle.key
	if k.known[key] == nil {
		if len(k.order) == maxCircles {
			delete(k.known, k.order[0])
			k.order = append(k.order[:0], k.order[1:]...)
		}
		k.order = append(k.order, key)
	}
	k.known[key] = msg.circle
	if key == p.key {
		p.cached = ""
		p.settleKin()
	}
}
