// Package principals is the pane that tells who acted: a row for every principal that the filter means, and a page for one of them.
package principals

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source/query"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Pane is the table of principals, and the page of one. What it shows is counted by [Pane.Work]; until that has an answer it shows the one
// before. While somebody is in it, or the view is held, no row changes its place. Its methods are for the UI goroutine.
type Pane struct {
	theme *theme.Theme
	text  grid.Text
	data  views.Data

	width, height int
	focused       bool
	hint          string

	result  *result // nil: nothing is counted yet
	working bool
	resting bool // it has counted a moment ago

	sorting sorting
	chosen  bool           // somebody has moved: the selection stays with a principal, else with the first row
	who     store.Identity // the selected one
	window  grid.Window
	page    *page // nil: the table is shown

	columns []grid.Column
	spans   []grid.Span // nil: to be arranged
	ago     views.Stamp
	line    grid.Line
	out     []byte
	view    string
	stale   bool // view is older than what it shows
}

var (
	_ views.Pane       = (*Pane)(nil)
	_ views.Tabbed     = (*Pane)(nil)
	_ views.Worker     = (*Pane)(nil)
	_ views.Summarizer = (*Pane)(nil)
	_ views.Closer     = (*Pane)(nil)
	_ views.Hinter     = (*Pane)(nil)
)

// New makes an empty pane, sorted by the number of entries. It can be drawn at once, without colours until it gets a theme.
func New() *Pane {
	p := &Pane{sorting: sorting{column: entriesColumn}, ago: relative()}
	for i := range columnCount {
		p.columns = append(p.columns, columnOf(i).Column)
	}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// Title names the pane, and whose page it shows.
func (p *Pane) Title() string {
	if p.page != nil {
		return "Principals: " + p.page.name
	}
	return "Principals"
}

// Tab names the pane on line 2, with how many principals the filter means, as far as they were counted.
func (p *Pane) Tab() views.Tab {
	tab := views.Tab{Name: "Principals"}
	if p.result != nil && p.result.job.filter == p.data.Filter {
		tab.Note = humanize.Comma(int64(len(p.result.order)))
	}
	return tab
}

// Actions are those the pane answers now, the most useful first.
func (p *Pane) Actions() []views.Action {
	motions := []views.Action{
		views.Down, views.Up, views.HalfDown, views.HalfUp, views.PageDown, views.PageUp, views.Top, views.Bottom, views.NextEntry, views.PrevEntry,
	}
	switch {
	case p.page != nil:
		return append([]views.Action{views.Open, views.Left}, motions...)
	case p.count() == 0:
		return nil
	}
	return append([]views.Action{views.Open, views.Right, views.SortNext, views.SortReverse, views.SortPrev}, motions...)
}

// Hint says in the pane's own words what an action does, where they differ.
func (p *Pane) Hint(a views.Action) string {
	switch {
	case a == views.Open && p.page != nil && p.page.action() >= 0:
		return "entry in the list"
	case a == views.Open:
		return "filter by it"
	case a == views.Right:
		return "its page"
	case a == views.Left:
		return "back"
	case a == views.SortNext:
		return "sort"
	case a == views.SortReverse:
		return "reverse"
	case a == views.Bottom:
		return "bottom"
	}
	return ""
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
	p.width, p.height, p.stale = width, height, true
	p.page.forget()
	p.fit()
}

// SetFocus tells whether keys go to this pane.
func (p *Pane) SetFocus(focused bool) {
	p.stale = p.stale || focused != p.focused
	p.focused = focused
}

// SetHint says what keys do for somebody who is not in the pane.
func (p *Pane) SetHint(text string) { p.hint, p.stale = text, true }

// SetTheme changes how the pane looks.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme, p.text, p.stale = t, grid.TextFor(t.Glyphs), true
	p.page.forget()
}

// SetData gives the pane what it shows, which is counted by [Pane.Work].
func (p *Pane) SetData(d views.Data) {
	if d.Clock != p.data.Clock {
		p.page.forget()
	}
	p.data, p.stale = d, true
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

// Close closes the page.
func (p *Pane) Close() bool {
	if p.page == nil {
		return false
	}
	p.page, p.stale = nil, true
	return true
}

// counted is what a job has found out; nil when it was cancelled.
type counted struct{ result *result }

// rested says that the pause between two counts is over.
type rested struct{}

// opened is what Enter is about: a principal, and the query that means it.
type opened struct {
	who  store.Identity
	name string
	term string
}

// Update answers an action, the mouse, or what a count has found out.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case views.Act:
		p.stale = true
		return p.act(msg)
	case tea.MouseWheelMsg:
		p.wheel(msg.Mouse())
	case tea.MouseClickMsg:
		p.click(msg.Mouse())
	case counted:
		return p.take(msg.result)
	case rested:
		p.resting = false
	case opened:
		return p.enter(msg)
	}
	return nil
}

// Between two counts of many entries there is a pause: nobody reads faster, and it must not cost a core.
const (
	rest     = time.Second
	longRest = 10 * time.Second // when all principals are looked at in detail
	many     = 2000             // principals
)

// Work counts when there is something new, or something is to be shown that was not looked at.
func (p *Pane) Work(ctx context.Context) tea.Cmd {
	if p.working || p.data.Store == nil || p.height == 0 || p.width == 0 {
		return nil
	}
	if m := p.data.Matches; m != nil && !m.Whole() {
		return nil // the rest comes in a moment
	}
	j := p.job()
	if !p.urgent(j) && (p.resting || p.result.job.store == j.store && p.result.job.matches == j.matches) {
		return nil
	}
	p.working = true
	return func() tea.Msg { return counted{j.do(ctx)} }
}

// job says what is to be counted now.
func (p *Pane) job() job {
	p.arrange()
	j := job{
		store: p.data.Store, matches: p.data.Matches, filter: p.data.Filter, now: p.data.Now, clock: p.data.Clock, last: p.result,
		sorting: p.sorting, from: p.who, above: p.window.Row(), rows: max(p.body(), 1), cells: p.cells(),
	}
	if !p.chosen || p.result == nil {
		j.from, j.above = store.Identity{}, 0
	}
	if last := p.result; last != nil {
		j.keep = p.frozen() && last.job.filter == j.filter && last.job.sorting == j.sorting
		if !p.chosen && len(last.order) > 0 {
			j.from = last.roster.Principals[last.order[min(p.window.Top, len(last.order)-1)]].Identity
		}
	}
	if p.page != nil {
		j.page = &p.page.who
	}
	return j
}

// frozen tells whether rows keep their places.
func (p *Pane) frozen() bool { return p.focused || p.data.Held }

// urgent tells whether what is shown is not what was asked for.
func (p *Pane) urgent(j job) bool {
	last := p.result
	if last == nil || last.job.filter != j.filter || last.job.sorting != j.sorting || last.job.cells != j.cells || last.job.keep && !p.frozen() {
		return true
	}
	if p.page != nil {
		return last.job.page == nil || *last.job.page != p.page.who || last.job.clock.Mode != j.clock.Mode
	}
	for i := p.window.Top; i < p.window.End() && i < len(last.order); i++ {
		if last.details[last.order[i]] == nil {
			return true
		}
	}
	return false
}

// take shows what was counted.
func (p *Pane) take(r *result) tea.Cmd {
	p.working = false
	if r == nil {
		return nil
	}
	other := p.result == nil || p.result.job.filter != r.job.filter
	p.result, p.stale = r, true
	p.settle(other)
	if p.page != nil && r.facts != nil && r.facts.who.Identity == p.page.who {
		p.page.take(r.facts)
		p.page.fit(p)
	}
	p.fit()
	if r.whole.All().Entries < cheap {
		return nil
	}
	pause := rest
	if columnOf(r.job.sorting.column).detailed && !r.job.keep && len(r.order) > many {
		pause = longRest
	}
	p.resting = true
	return tea.Tick(pause, func(time.Time) tea.Msg { return rested{} })
}

// settle finds the selected principal again, where it was on the screen if it can.
func (p *Pane) settle(other bool) {
	row := p.window.Row()
	p.window.Count = len(p.result.order)
	switch g, ok := p.result.roster.Find(p.who); {
	case !p.chosen && other:
		p.window.Top, p.window.Cursor = 0, 0
	case !p.chosen:
	case ok && p.result.place[g] >= 0:
		p.window.Cursor = int(p.result.place[g])
		p.window.Top = p.window.Cursor - row
	}
	p.window = p.window.Clamp()
	if g, ok := p.selected(); ok && p.chosen {
		p.who = p.result.roster.Principals[g].Identity
	}
}

// fit brings the window to the size of the pane.
func (p *Pane) fit() {
	p.window.Height, p.window.Count = p.body(), p.count()
	p.window = p.window.Clamp()
}

func (p *Pane) count() int {
	if p.result == nil {
		return 0
	}
	return len(p.result.order)
}

// selected is the principal of the selected row.
func (p *Pane) selected() (int32, bool) {
	if p.window.Cursor >= p.count() {
		return 0, false
	}
	return p.result.order[p.window.Cursor], true
}

// enter filters by a principal, or shows its page when the filter asks for it already.
func (p *Pane) enter(o opened) tea.Cmd {
	if q, err := query.Parse(o.term); err == nil {
		for _, t := range p.data.Query.Terms() {
			if t.Equal(q) {
				p.open(o.who, o.name)
				return nil
			}
		}
	}
	return func() tea.Msg { return views.Narrow{Query: o.term, Twice: true, Name: o.name} }
}

// open shows the page of a principal.
func (p *Pane) open(who store.Identity, name string) {
	p.page, p.stale = &page{who: who, name: name}, true
	p.page.fit(p)
}
