package detail

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// kin is the context of the entry: the part of the pane that lists what stands around it, and what of that is known.
type kin struct {
	snapshot *store.Snapshot
	find     func(context.Context, *store.Snapshot, query.Query) *store.Matches

	known   map[store.Key]*circle
	order   []store.Key // of known, the oldest first
	held    bool
	since   time.Time // when the entry was first shown
	number  int
	busy    int // the search that is under way; 0: none
	forsake context.CancelFunc

	focused bool   // keys go to it and not to the tree
	cursor  int    // the selected of its entries
	family  string // where that is
	top     int    // lines that have been scrolled out
	rows    []int
	x, y    int // where rows begin in the pane
}

// enter gives up what is looked for, since another entry is shown.
func (k *kin) enter(key store.Key, now time.Time) {
	k.since = now
	if k.busy != 0 {
		k.forsake()
	}
	if k.known[key] == nil {
		k.top = 0
	}
}

// doubt has the ids of an entry looked for anew, since another has come that shares one.
func (k *kin) doubt(key store.Key) {
	if c := k.known[key]; c != nil {
		again := *c // the old one may be read by a search
		again.deep = false
		k.known[key] = &again
	}
}

// families are the kinds of entries that stand around the entry, with their names. Those that it cannot have are left out.
func (p *Pane) families(c *circle) []named {
	var out []named
	add := func(name, after string, f *family, known bool, column func(*relative) string) {
		out = append(out, named{name, after, f, known, column})
	}
	actor := func(r *relative) string { return r.actor }
	target := func(r *relative) string { return r.target }
	if p.entry.Correlation() != "" {
		add("SAME REQUEST", "", &c.request, c.deep, target)
	}
	if p.entry.Target != "" {
		add("SAME TARGET", "", &c.target, true, actor)
	}
	if p.entry.Actor() != "" {
		add("SAME PRINCIPAL", "within 10m", &c.principal, true, target)
	}
	if c.twins.count > 1 {
		add("SAME LOG_ID", "", &c.twins, true, target)
	}
	return out
}

// named is a family as it is shown.
type named struct {
	name, after string
	*family
	known  bool                   // what is in it
	column func(*relative) string // what is told of each beside its operation
}

// circle is that of the entry shown; nil while it is being looked for.
func (p *Pane) circle() *circle { return p.kin.known[p.key] }

// relatives are the entries that can be selected in the context.
func (p *Pane) relatives() []relative {
	c := p.circle()
	if c == nil {
		return nil
	}
	var out []relative
	for _, f := range p.families(c) {
		if f.others(p.key) > 0 {
			out = append(out, f.shown...)
		}
	}
	return out
}

// Step goes from the tree to the context, or back from it.
func (p *Pane) Step(n int) bool {
	switch {
	case n == 1 && p.shown && !p.kin.focused && !p.sheet.covers() && p.kin.snapshot != nil:
		p.focusKin(-1)
		return true
	case n == -1 && p.kin.focused:
		p.leaveKin()
		return true
	}
	p.leaveKin()
	return false
}

// focusKin gives the keys to the context; at is the entry to select, -1 for the one that is shown.
func (p *Pane) focusKin(at int) {
	p.kin.focused = true
	p.arrange()
	if at >= 0 {
		p.selectKin(at)
		return
	}
	p.settleKin()
}

func (p *Pane) leaveKin() {
	if p.kin.focused {
		p.kin.focused, p.kin.top = false, 0
		p.arrange()
	}
}

// selectKin selects one of the entries, and remembers its family.
func (p *Pane) selectKin(at int) {
	k := &p.kin
	k.cursor = max(min(at, len(p.relatives())-1), 0)
	p.cached = ""
	if c := p.circle(); c != nil {
		n := 0
		for _, f := range p.families(c) {
			if f.others(p.key) > 0 {
				if n += len(f.shown); k.cursor < n {
					k.family = f.name
					return
				}
			}
		}
	}
}

// settleKin selects the entry itself among its own, in the family that was selected in before.
func (p *Pane) settleKin() {
	c := p.circle()
	if !p.kin.focused || c == nil {
		return
	}
	at, n := -1, 0
	for _, f := range p.families(c) {
		if f.others(p.key) == 0 {
			continue
		}
		for j := range f.shown {
			if f.shown[j].key == p.key && (at < 0 || f.name == p.kin.family) {
				at = n + j
			}
		}
		n += len(f.shown)
	}
	p.selectKin(at)
}

// actKin answers an action while the context has the focus, and tells whether it did.
func (p *Pane) actKin(a views.Action, n int) bool {
	at, last := p.kin.cursor, len(p.relatives())-1
	switch a {
	case views.Down:
		at += n
	case views.Up:
		at -= n
	case views.HalfDown, views.PageDown:
		at += times(n, maxShown)
	case views.HalfUp, views.PageUp:
		at -= times(n, maxShown)
	case views.Top:
		at = 0
	case views.Bottom:
		at = last
	case views.Left:
		p.leaveKin()
		return true
	case views.Open:
		return true
	case views.Filter, views.Bytes:
		p.leaveKin()
		return false
	default:
		return a != views.NextMatch && a != views.PrevMatch
	}
	p.selectKin(at)
	return true
}

// visit goes to the selected entry of the context.
func (p *Pane) visit(a views.Action) tea.Cmd {
	some := p.relatives()
	if a != views.Open || p.kin.cursor >= len(some) {
		return nil
	}
	key := some[p.kin.cursor].key
	if key == p.key {
		return nil
	}
	return func() tea.Msg { return views.Visit{Key: key} }
}

// kinAt gives the entry of the context that is drawn at a place of the pane.
func (p *Pane) kinAt(x, y int) (at int, ok bool) {
	x, y = x-p.kin.x, y-p.kin.y
	if len(p.kin.rows) == 0 || x < 0 || y < 0 || y >= len(p.kin.rows) || p.kin.rows[y] < 0 {
		return 0, false
	}
	return p.kin.rows[y], true
}
