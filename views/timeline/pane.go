// Package timeline is the strip above the list that shows when the entries happened: a bar for each stretch of time, by the entries' own
// emit time, so that a late one stands where it belongs. Of the bars, those before and behind them, and the entries that have no time of
// their own, none is lost: together they are the entries that the filter means.
package timeline

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Pane shows all entries at first. While the list follows, the newest are in sight; while it is held, or a stretch is being selected, what is
// in sight stays. Its methods are for the UI goroutine; the counting is not (see [views.Worker]).
type Pane struct {
	theme *theme.Theme
	text  grid.Text
	data  views.Data

	apply, hint string // keys

	cells, height int
	focused       bool

	width     int64   // of a bar, as zoomed; 0: all is in sight
	around    *int64  // what the zoom is about, while the view stays
	stays     stretch // what is in sight and stays so
	before    int     // the cells before it
	counting  bool
	countedAt time.Time
	done      *counted // what is shown; nil before the first count

	row     store.Row // that is selected in the list
	rowOK   bool
	marked  int // its bar
	jumping bool

	picking  bool  // a bar can be chosen: the pane has the focus
	cursor   int64 // the chosen bar: a time in it
	anchor   int64 // the other end of what is selected
	anchored bool
	pressed  int64 // where a mouse button was

	line  grid.Line
	out   []byte
	view  string
	stale bool
}

var (
	_ views.Pane       = (*Pane)(nil)
	_ views.Worker     = (*Pane)(nil)
	_ views.Summarizer = (*Pane)(nil)
	_ views.Companion  = (*Pane)(nil)
)

// New makes an empty pane. It can be drawn at once, without colours until it gets a theme.
func New() *Pane {
	p := &Pane{apply: "Enter", marked: -1}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// Title names the pane.
func (p *Pane) Title() string { return "Timeline" }

// Actions are those the pane answers now, the most useful first.
func (p *Pane) Actions() []views.Action {
	jumps := []views.Action{views.NextInside, views.PrevInside}
	switch {
	case p.height == 0 || p.done == nil || p.done.n == 0:
		return jumps
	case !p.picking:
		return append(jumps, views.ZoomIn, views.ZoomOut)
	}
	// Wrap has the key of the next block. It answers the top and the bottom as well, which are not what the footer says of them in a list.
	return append([]views.Action{
		views.Select, views.Wrap, views.PrevBlock, views.ZoomIn, views.ZoomOut, views.Right, views.Left,
	}, jumps...)
}

// SetSize gives the pane its place, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	if width == p.cells && height == p.height {
		return
	}
	if width != p.cells && p.stays.n > 0 {
		about := p.stays.start(p.stays.n / 2)
		if t, ok := p.selected(); ok && t >= p.stays.from && t < p.stays.to() {
			about = t
		}
		p.around, p.stays = &about, stretch{}
	}
	if height > 0 && p.height > 0 {
		p.before = 0
	}
	p.cells, p.height, p.stale = width, height, true
}

// SetFocus tells whether keys go to this pane. Then a bar can be chosen, and what is in sight stays.
func (p *Pane) SetFocus(focused bool) {
	if focused == p.focused {
		return
	}
	p.change(func() { p.focused, p.picking, p.anchored = focused, false, false })
	p.begin()
	p.stale = true
}

// SetTheme changes how the pane looks.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme, p.text = t, grid.TextFor(t.Glyphs)
	p.stale = true
}

// SetKeys names the key that filters by what is selected, and others that are good to know.
func (p *Pane) SetKeys(apply, hint string) {
	p.apply, p.hint = apply, hint
	p.stale = true
}

// SetData gives the pane what it shows; it is counted by [Pane.Work].
func (p *Pane) SetData(d views.Data) {
	other := d.Filter != p.data.Filter
	p.stale = p.stale || d.Clock != p.data.Clock || d.Clock.In(d.Now).YearDay() != d.Clock.In(p.data.Now).YearDay()
	p.change(func() { p.data = d })
	if other && p.width == 0 || d.Store == nil || d.Store.Len() == 0 {
		p.stays = stretch{}
	}
}

// SetSelected tells which entry is selected in the list. One that is out of sight is brought into it while the view stays otherwise.
func (p *Pane) SetSelected(r store.Row, ok bool) {
	p.row, p.rowOK = r, ok
	if t, ok := p.selected(); ok && p.still() && !p.focused && p.width > 0 && p.done != nil && t >= p.done.first && t <= p.done.last &&
		p.stays.n > 0 && (t < p.stays.from || t >= p.stays.to()) {
		p.around, p.stays = &t, stretch{}
	}
	p.mark()
}

// Update answers an action, the mouse, or what a command of its own gave.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case countedMsg:
		p.take(msg.counted)
		p.mark()
	case jumpedMsg:
		return p.land(msg)
	case views.Act:
		return p.act(msg)
	case tea.MouseClickMsg:
		p.press(msg.Mouse())
	case tea.MouseMotionMsg:
		p.drag(msg.Mouse())
	case tea.MouseWheelMsg:
		p.wheel(msg.Mouse())
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

// Cursor is never shown: the chosen bar is.
func (p *Pane) Cursor() *tea.Cursor { return nil }

func (p *Pane) act(a views.Act) tea.Cmd {
	n := max(a.Count, 1)
	switch a.Action {
	case views.NextInside:
		return p.jump(n)
	case views.PrevInside:
		return p.jump(-n)
	case views.ZoomIn:
		p.zoom(n)
	case views.ZoomOut:
		p.zoom(-n)
	case views.Open:
		return p.narrow()
	default:
		p.pick(a.Action, n)
	}
	return nil
}

// selected is the emit time of the entry that is selected in the list.
func (p *Pane) selected() (int64, bool) {
	if !p.rowOK || !p.row.Dated() {
		return 0, false
	}
	return p.row.Time().UnixNano(), true
}

// mark finds the bar of the entry that is selected in the list.
func (p *Pane) mark() {
	bar := -1
	if t, ok := p.selected(); ok && p.done != nil {
		bar = p.done.bar(t)
	}
	if bar != p.marked {
		p.marked, p.stale = bar, true
	}
}
