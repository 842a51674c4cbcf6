// Package events is the pane that lists the entries as they arrive: newest at the bottom, following, or held while somebody
// reads.
package events

import (
	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Pane is the list of entries. It either follows (the newest entry is selected and at the bottom) or is held: then what it
// shows does not move by a row, whatever arrives, until somebody moves. Its methods are for the UI goroutine.
type Pane struct {
	theme *theme.Theme
	text  grid.Text
	data  views.Data
	rows  views.Rows // the lines of the list; nil before there is a log
	base  views.Rows // the entries that they are of

	lines  *store.Lines // the same as rows, when repeats are folded or gaps told; nil: each entry has a line
	opened []store.Key  // entries of the runs that are not folded

	width, height int
	focused       bool
	followKeys    string
	repeatsKey    string

	held  bool
	since uint64 // what had arrived when it was held
	had   int    // how many of them had matched

	key    store.Key   // the selected entry
	cursor int         // its position among the rows
	row    int         // where on the screen it is, from the first row of entries
	slots  []slot      // what each row of the screen shows
	keys   []store.Key // room for those of the slots
	skip   int         // sideways, in cells
	wraps  bool        // long values stand on two lines

	times   views.Stamp
	chosen  []Column // nil: the usual ones
	columns []grid.Column
	kinds   []int // what each of the columns shows
	counts  int   // the one that tells how often something is repeated
	picking bool  // a column is chosen, to be moved or widened
	picked  int   // among the spans
	hint    string
	spans   []grid.Span // nil: to be arranged
	line    grid.Line
	out     []byte
	view    string
	stale   bool // view is older than what it shows
}

var (
	_ views.Pane       = (*Pane)(nil)
	_ views.Tabbed     = (*Pane)(nil)
	_ views.Selector   = (*Pane)(nil)
	_ views.Summarizer = (*Pane)(nil)
	_ views.Closer     = (*Pane)(nil)
)

// New makes an empty pane that follows. It can be drawn at once, without colours until it gets a theme.
func New() *Pane {
	p := &Pane{followKeys: "G or Space", repeatsKey: "X"}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// Title names the pane.
func (p *Pane) Title() string { return "Events" }

// Tab names the pane on line 2, with the number of entries that are held.
func (p *Pane) Tab() views.Tab {
	n := 0
	if p.data.Store != nil {
		n = p.data.Store.Len()
	}
	return views.Tab{Name: "Events", Note: humanize.Comma(int64(n))}
}

// Actions are those the pane answers now, the most useful first.
func (p *Pane) Actions() []views.Action {
	if p.count() == 0 {
		return nil
	}
	if p.picking {
		return append(columnActions(), views.Down, views.Up)
	}
	motions := []views.Action{
		views.Down, views.Up, views.Top, views.PageDown, views.PageUp, views.HalfDown, views.HalfUp,
		views.Left, views.Right, views.FarLeft, views.FarRight, views.Wrap, views.Columns,
	}
	if p.layout().Fold > 0 {
		motions = append(motions, views.Bytes)
	}
	if p.held {
		return append([]views.Action{views.Bottom, views.Hold, views.Follow}, motions...)
	}
	return append(append([]views.Action{views.Hold}, motions...), views.Bottom, views.Follow)
}

// SetSize gives the pane its place, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	if width == p.width && height == p.height {
		return
	}
	if width != p.width {
		p.spans = nil
	}
	p.width, p.height = width, height
	p.place(p.window())
}

// SetFocus tells whether keys go to this pane.
func (p *Pane) SetFocus(focused bool) {
	p.stale = p.stale || focused != p.focused
	p.focused = focused
}

// SetTheme changes how the pane looks.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme, p.text = t, grid.TextFor(t.Glyphs)
	p.forgetGone()
	p.stale = true
}

// SetFollowKeys names the keys that follow, for the counting line.
func (p *Pane) SetFollowKeys(keys string) {
	p.followKeys = keys
	p.stale = true
}

// SetRepeatsKey names the key that folds repeats.
func (p *Pane) SetRepeatsKey(key string) { p.repeatsKey = key }

// SetColumnHint tells the keys that matter while a column is chosen, for the summary.
func (p *Pane) SetColumnHint(hint string) { p.hint = hint }

// SetData gives the pane what it shows. It takes time logarithmic in the number of entries for each visible row.
func (p *Pane) SetData(d views.Data) {
	old, layout, other := p.rows, p.layout(), d.Filter != p.data.Filter || d.Context != p.data.Context
	p.data = d
	p.lay()
	p.sync(old, other || layout != p.layout())
}

// Update answers an action or the mouse. Positions of the mouse are relative to the pane.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case views.Act:
		return p.act(msg)
	case tea.MouseWheelMsg:
		p.wheel(msg.Mouse())
	case tea.MouseClickMsg:
		p.click(msg.Mouse())
	}
	return nil
}

// View gives exactly as many lines as the pane is high, each exactly as wide. It is drawn again only when something changed.
func (p *Pane) View() string {
	if p.stale {
		p.view = p.draw()
		p.stale = false
	}
	return p.view
}

// Cursor is never shown: the selected row is.
func (p *Pane) Cursor() *tea.Cursor { return nil }

// Selected gives the selected entry; not ok when there is none.
func (p *Pane) Selected() (store.Row, bool) {
	if p.cursor >= p.count() {
		return store.Row{}, false
	}
	return p.entry(p.cursor, p.key), true
}

// Held tells whether the view is held; otherwise it follows.
func (p *Pane) Held() bool { return p.held }

// News counts the entries that arrived since the view was held, wherever they belong in the order.
func (p *Pane) News() uint64 {
	if !p.held || p.data.Store == nil {
		return 0
	}
	return max(p.data.Store.Arrived(), p.since) - p.since // another log may have taken the place of this one
}

// matched counts those of the news that the filter means. It is -1 without a filter.
func (p *Pane) matched() int {
	if p.data.Matches == nil {
		return -1
	}
	return max(p.data.Matches.Len()-p.had, 0)
}

func (p *Pane) count() int {
	if p.rows == nil {
		return 0
	}
	return p.rows.Len()
}
