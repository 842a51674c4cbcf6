// Package detail shows one entry: who did what, when, from where and with which outcome, above its JSON as a tree that can be
// folded.
package detail

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Pane is the detail of an entry. It is used from the UI goroutine alone.
type Pane struct {
	width, height  int
	boxed, focused bool
	theme          *theme.Theme
	text           grid.Text
	layout         layout

	shown bool // there is an entry
	entry audit.Entry
	key   store.Key
	flags store.Flags
	gone  bool // it is no longer held
	now   time.Time
	clock views.Clock
	age   string // how long ago the entry happened, "" when that is unknown

	tree    *tree
	scroll  scroll
	plain   plain // instead of the tree, when there is none
	known   known
	columns map[int32]int // of the values below a node: see column

	folds   folds
	wanted  []step // what the person went to, in whichever entry
	row     int    // and in which row of the view that was
	moved   bool   // the selection is further than wanted
	touched bool   // the person has done something to this entry

	cached string
	line   grid.Line
	nodes  []int32 // that of each row of the tree as last drawn, for clicks
}

// New makes a pane that shows nothing.
func New() *Pane {
	p := &Pane{tree: &tree{}}
	p.scroll.tree = p.tree
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// SetEntry shows an entry of the store. It decodes the entry and its JSON: for one that is being read, not for each that
// scrolls by.
func (p *Pane) SetEntry(row store.Row) { p.Show(row.Entry(), row.Key(), row.Flags()) }

// Show shows an entry. What was focused, folded and unfolded in the one before is so in this one, as far as it has the same
// paths.
func (p *Pane) Show(e audit.Entry, key store.Key, flags store.Flags) {
	p.cached = ""
	if p.shown && p.key == key && p.entry.Raw == e.Raw {
		p.entry, p.flags, p.gone = e, flags, false
		return
	}
	p.remember()
	p.shown, p.entry, p.key, p.flags, p.gone, p.touched = true, e, key, flags, false, false
	p.tree = parse(e.Raw)
	p.scroll = scroll{tree: p.tree, height: p.scroll.height}
	p.columns = nil
	p.known = knownIn(p.tree)
	p.age = p.ago()
	p.plain = plain{}
	if p.tree.err != nil {
		p.plain = newPlain(p.tree, p.text, p.layout)
		return
	}
	p.folds.apply(p.tree)
	switch {
	case p.wanted != nil:
		p.scroll.cursor, _ = p.tree.find(p.wanted)
		p.fit()
		p.scroll.cursor = p.tree.shown(p.scroll.cursor)
		p.scroll.place(p.row)
	case p.tree.holds(0):
		p.scroll.cursor = 1
		p.fit()
	}
	p.scroll.clamp()
}

// remember keeps where the person went in the entry that is shown, for the next ones: as long as they only pass by, what one
// of them lacks does not change it.
func (p *Pane) remember() {
	if p.moved {
		p.wanted, p.row, p.moved = p.tree.steps(p.scroll.cursor), p.scroll.distance(), false
	}
}

// Clear shows nothing.
func (p *Pane) Clear() {
	p.remember()
	p.shown, p.entry, p.key, p.flags, p.gone = false, audit.Entry{}, store.Key{}, 0, false
	p.tree, p.plain, p.columns, p.cached = &tree{}, plain{}, nil, ""
	p.scroll = scroll{tree: p.tree, height: p.scroll.height}
}

// Key is that of the entry shown; the zero Key when there is none.
func (p *Pane) Key() store.Key { return p.key }

// Entry is the entry shown, and whether there is one.
func (p *Pane) Entry() (audit.Entry, bool) { return p.entry, p.shown }

// Path is that of the focused value in the syntax of jq, ".details.target_users[0]"; empty when there is no tree. Names in it
// come from data and are not cleaned.
func (p *Pane) Path() string {
	if len(p.tree.nodes) == 0 {
		return ""
	}
	return jq(p.tree.steps(p.scroll.cursor))
}

// Value is the JSON text of the focused value as received, but for commas too many; the whole text when it is no tree. It is
// not cleaned.
func (p *Pane) Value() string {
	if len(p.tree.nodes) == 0 {
		return p.tree.text
	}
	return p.tree.value(p.scroll.cursor)
}

// Title names the pane and the path of the focused value. In a box it is cut so that the end of the path shows, which says
// more than its beginning; what comes from data is then cleaned.
func (p *Pane) Title() string {
	const (
		name    = "Detail "
		borders = 5 // of the box around the title
	)
	path := p.Path()
	if path == "" {
		return "Detail"
	}
	if room := p.width - len(name) - borders; p.boxed && room > 0 && p.text.Width(path) > room {
		path = string(p.text.AppendCellFrom(nil, path, far, room))
	}
	return name + path
}

// Actions are those that the pane answers now.
func (p *Pane) Actions() []views.Action {
	switch {
	case !p.shown:
		return nil
	case p.tree.err != nil:
		return []views.Action{views.Down, views.Up, views.HalfDown, views.HalfUp, views.PageDown, views.PageUp, views.Top, views.Bottom}
	}
	out := []views.Action{views.Down, views.Up, views.Left, views.Right}
	if p.opens(p.scroll.cursor) {
		out = append(out, views.Open)
	}
	return append(out, views.FarLeft, views.FarRight, views.NextInside, views.PrevInside,
		views.HalfDown, views.HalfUp, views.PageDown, views.PageUp, views.Top, views.Bottom)
}

// SetSize gives the pane its rectangle, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	if width == p.width && height == p.height {
		return
	}
	p.width, p.height = width, height
	p.arrange()
}

// SetBoxed says that the pane stands in a box that shows its title: the path then needs no line of its own.
func (p *Pane) SetBoxed(boxed bool) {
	if boxed != p.boxed {
		p.boxed = boxed
		p.arrange()
	}
}

// arrange divides the rectangle anew.
func (p *Pane) arrange() {
	p.cached = ""
	y := p.scroll.distance()
	rewrap := p.layout.tree.width
	p.layout = plan(p.width, p.height, p.boxed)
	p.scroll.height = p.layout.tree.height
	if !p.shown {
		return
	}
	if p.tree.err != nil {
		p.plain = p.plain.resized(p.tree, p.text, p.layout)
		return
	}
	if rewrap != p.layout.tree.width {
		for i := range p.scroll.tall {
			p.wrap(i)
		}
	}
	if !p.touched {
		p.fit()
	}
	p.scroll.place(y)
	p.scroll.clamp()
}

// SetFocus changes the look of the selected row.
func (p *Pane) SetFocus(focused bool) {
	if focused != p.focused {
		p.focused, p.cached = focused, ""
	}
}

// SetTheme changes the look.
func (p *Pane) SetTheme(t *theme.Theme) {
	was := p.text
	p.theme, p.text, p.cached = t, grid.TextFor(t.Glyphs), ""
	if p.text != was {
		p.columns = nil
		for i := range p.scroll.tall {
			p.wrap(i)
		}
		p.arrange()
	}
}

// SetData refreshes what changes by itself: the age of the entry, and whether it is still held and peculiar. It costs
// O(log n), and the view stays as it is when nothing of that is new.
func (p *Pane) SetData(d views.Data) {
	p.now = d.Now
	if d.Clock != p.clock {
		p.clock, p.cached = d.Clock, ""
	}
	if !p.shown {
		return
	}
	if age := p.ago(); age != p.age {
		p.age, p.cached = age, ""
	}
	if d.Store == nil || p.key == (store.Key{}) { // the entry of no store
		return
	}
	flags := p.flags
	i, held := d.Store.Find(p.key)
	if held {
		flags = d.Store.At(i).Flags()
	}
	if gone := !held; gone != p.gone || flags != p.flags {
		p.gone, p.flags, p.cached = gone, flags, ""
	}
}

// Cursor is hidden: the selected row is marked.
func (p *Pane) Cursor() *tea.Cursor { return nil }

// fit folds the principal, which the lines around the tree tell of, when the tree has more rows than the view. It leaves alone
// what a person has folded, unfolded or gone into, and goes by nothing else that they did, so that an entry always
// looks the same.
func (p *Pane) fit() {
	i := p.known.principal
	if i < 0 || !p.tree.holds(i) {
		return
	}
	steps := p.tree.steps(i)
	if p.folds.speaks(steps) || len(p.wanted) > 1 && p.wanted[0] == steps[0] {
		return
	}
	const bracket = 1
	p.tree.fold(i, len(p.tree.nodes)+bracket > p.scroll.height)
}
