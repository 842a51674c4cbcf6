// Package detail shows one entry: who did what, when, from where and with which outcome, above its JSON as a tree that can be
// folded.
package detail

import (
	"context"
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
	wrapped bool  // values take as many rows as they need
	sheet   sheet // in the place of the tree
	search  search
	kin     kin
	bad     *audit.Bad // shown instead of an entry
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
	aged   []aged  // the ages of values as last drawn
	typeAt int     // where the cursor was last drawn in the line of the search; -1: nowhere
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

// Show shows an entry. What was focused, folded, unfolded and looked for in the one before is so in this one, as far as it has the
// same paths; so is a value that was opened, and so are the bytes.
func (p *Pane) Show(e audit.Entry, key store.Key, flags store.Flags) {
	p.cached = ""
	if p.shown && p.key == key && p.entry.Raw == e.Raw {
		p.entry, p.flags, p.gone = e, flags, false
		return
	}
	p.remember()
	opened := p.sheet
	if p.bad != nil {
		opened = sheet{}
	}
	p.shown, p.entry, p.key, p.flags, p.gone, p.touched, p.bad = true, e, key, flags, false, false, nil
	p.tree = parse(e.Raw)
	p.scroll = scroll{tree: p.tree, height: p.scroll.height}
	p.columns = nil
	p.known = knownIn(p.tree)
	p.age = p.ago()
	p.again()
	p.sheet = p.base()
	p.kin.enter(key, p.now)
	if p.tree.err == nil {
		p.enter()
	}
	switch {
	case opened.of == rawBytes:
		p.openBytes()
		p.sheet.hex = opened.hex || p.sheet.hex
	case opened.of == oneValue && p.tree.err == nil && p.Path() == opened.path && p.opens(p.scroll.cursor) && !p.tree.holds(p.scroll.cursor):
		p.openValue()
	case opened.covers() || p.sheet.of != noSheet:
		p.arrange()
	}
}

// enter finds the place in a new tree.
func (p *Pane) enter() {
	p.rewrap()
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
	p.shown, p.entry, p.key, p.flags, p.gone, p.bad = false, audit.Entry{}, store.Key{}, 0, false, nil
	p.tree, p.sheet, p.columns, p.cached = &tree{}, sheet{}, nil, ""
	p.scroll = scroll{tree: p.tree, height: p.scroll.height}
	p.closeSearch()
	p.kin.enter(store.Key{}, p.now)
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
	var out []views.Action
	if p.search.open {
		out = append(out, views.NextMatch, views.PrevMatch)
	}
	switch {
	case p.bad != nil:
		return append(append(out, views.NextEntry, views.PrevEntry), p.sheetActions()...)
	case !p.shown:
		return nil
	case p.kin.focused:
		return append(out, views.Down, views.Up, views.Open, views.Left, views.Top, views.Bottom)
	case p.sheet.of != noSheet:
		return append(out, p.sheetActions()...)
	}
	out = append(out, views.Down, views.Up, views.Left, views.Right)
	if p.opens(p.scroll.cursor) {
		out = append(out, views.Open)
	}
	return append(out, views.Filter, views.Bytes, views.Wrap, views.FarLeft, views.FarRight, views.LessDeep, views.MoreDeep,
		views.NextInside, views.PrevInside, views.NextSame, views.PrevSame, views.HalfDown, views.HalfUp, views.PageDown, views.PageUp, views.Top, views.Bottom)
}

// Close closes the topmost of what is open: the search, the bytes or a value, and goes back from the context to the tree.
func (p *Pane) Close() bool {
	switch {
	case p.search.open:
		p.closeSearch()
	case p.bad != nil:
		return false
	case p.sheet.covers():
		p.closeSheet()
	case p.kin.focused:
		p.leaveKin()
	default:
		return false
	}
	return true
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
	was := p.layout.tree.width
	p.layout = plan(p.width, p.height, form{
		boxed: p.boxed, whole: p.sheet.covers(), search: p.search.open, kin: p.kin.focused,
	})
	p.scroll.height = p.layout.tree.height
	if p.sheet.of != noSheet {
		p.resizeSheet()
	}
	if !p.shown || p.tree.err != nil {
		return
	}
	if was != p.layout.tree.width {
		p.rewrap()
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
		p.rewrap()
		p.arrange()
	}
}

// SetData refreshes what changes by itself: ages, whether the entry is still held and peculiar, and what stands around it. It costs
// O(log n), and the view stays as it is when nothing of that is new.
func (p *Pane) SetData(d views.Data) {
	p.now = d.Now
	if d.Clock != p.clock {
		p.clock, p.cached = d.Clock, ""
		if p.sheet.of != noSheet {
			p.arrange()
		}
	}
	p.kin.snapshot, p.kin.find, p.kin.held = d.Store, d.Find, d.Held
	if !p.shown {
		return
	}
	if age := p.ago(); age != p.age {
		p.age, p.cached = age, ""
	}
	if p.older() {
		p.cached = ""
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
		p.kin.doubt(p.key)
	}
}

// Work looks for what is searched for, and for what stands around the entry.
func (p *Pane) Work(ctx context.Context) tea.Cmd { return tea.Batch(p.seek(ctx), p.gather(ctx)) }

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
