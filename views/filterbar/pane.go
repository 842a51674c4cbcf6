// Package filterbar is the line that shows the filter, and in which it is typed: live, with completion from real values and a
// history.
package filterbar

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
	"taudit/views/prompt"
)

// Changed says that another filter is typed and means something: show what it finds, as a preview.
type Changed struct {
	Text  string
	Query query.Query
}

// Committed says that a filter was accepted. Editing has ended. An empty text is no filter.
type Committed struct {
	Text  string
	Query query.Query
}

// Cancelled says that editing has ended without a result: show what the filter from before finds.
type Cancelled struct {
	Text  string
	Query query.Query
}

// Wanted asks for the values of a field, as its proper name or a path below it: see [Pane.SetValues].
type Wanted struct{ Field string }

// Paused says that nobody typed for a moment. The app gives it to [Pane.Update].
type Paused struct{ number int }

// Value is a value of a field and in how many entries it stands.
type Value struct {
	Text  string
	Count int
}

// pause is how long nobody has typed when a filter is tried.
const pause = 80 * time.Millisecond

// Pane is the filter line. Unlike other panes it takes keys, while [Pane.Editing]: it knows those of [Pane.Keys] and whatever
// types text, and ignores all others. It takes one line, more while it is edited: after each message the app compares
// [Pane.Lines] with what it has. Its methods are for the UI goroutine.
type Pane struct {
	theme *theme.Theme
	text  grid.Text
	data  views.Data
	busy  bool

	width, height int
	openKey       string

	committed phrase
	edit      *editing // nil: nobody types
	number    int      // of the last pause waited for

	keys    []prompt.Key
	fields  []field
	known   map[string]values // by field
	history prompt.History
	parts   []Part

	view  string
	stale bool // view is older than what it shows
}

// phrase is a filter in words and in meaning.
type phrase struct {
	text  string
	query query.Query
}

var _ views.Pane = (*Pane)(nil)

// New makes a line without a filter. It can be drawn at once, without colours until it gets a theme.
func New() *Pane {
	p := &Pane{openKey: "/", keys: prompt.Keys(what), fields: fields(), known: map[string]values{}}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// Title names the pane.
func (p *Pane) Title() string { return "Filter" }

// Actions are none: the line is opened by the app, and then takes keys.
func (p *Pane) Actions() []views.Action { return nil }

// SetSize gives the pane its place, in cells. With fewer lines than [Pane.Lines] it leaves out the lowest.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	if width != p.width || height != p.height {
		p.width, p.height, p.stale = width, height, true
	}
}

// SetFocus does nothing: the line has the focus while it is edited.
func (p *Pane) SetFocus(bool) {}

// SetTheme changes how the pane looks.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme, p.text, p.stale = t, grid.TextFor(t.Glyphs), true
}

// SetOpenKey names the key that opens the line, for the hint.
func (p *Pane) SetOpenKey(key string) { p.openKey, p.stale = key, true }

// SetData tells how many entries there are and how many of them the filter means.
func (p *Pane) SetData(d views.Data) {
	before := p.counted()
	p.data = d
	p.stale = p.stale || p.counted() != before
}

// SetBusy tells that a search is under way, so that the counts are those of the filter before.
func (p *Pane) SetBusy(busy bool) {
	p.stale = p.stale || busy != p.busy
	p.busy = busy
}

// SetFilter shows a filter that was not typed here: of the command line, of a view, of a pivot. It ends editing, without a
// message.
func (p *Pane) SetFilter(text string, q query.Query) {
	p.committed = phrase{text, q}
	p.close()
}

// SetHistory gives the filters of before, newest last.
func (p *Pane) SetHistory(lines []string) {
	p.history.Set(lines)
}

// History gives the filters of before, newest last, each once.
func (p *Pane) History() []string { return p.history.Lines() }

// SetValues gives the values of a field for completion, the most frequent first; none if there are none. The field is that of
// [Wanted].
func (p *Pane) SetValues(name string, list []Value) {
	name = p.proper(name)
	p.known[name] = newValues(list, p.arrived())
	if p.edit != nil && p.edit.Menu != nil && p.edit.list.field == name {
		p.openMenu(p.edit.Menu.Entered)
		if p.edit.Menu == nil {
			p.edit.Message = p.none()
		}
	}
	p.stale = true
}

// Text gives the filter as it is written now, also while it is typed.
func (p *Pane) Text() string {
	if p.edit != nil {
		return p.edit.Line.Text()
	}
	return p.committed.text
}

// Query gives the last filter that was committed.
func (p *Pane) Query() query.Query { return p.committed.query }

// Editing says whether keys belong to this pane.
func (p *Pane) Editing() bool { return p.edit != nil }

// Lines are how many lines the pane wants now.
func (p *Pane) Lines() int {
	if p.edit == nil {
		return 1
	}
	p.View()
	return 1 + p.edit.below + p.edit.Menu.Lines()
}

// View gives exactly as many lines as the pane is high, each exactly as wide. It is drawn again only when something changed.
func (p *Pane) View() string {
	if p.stale {
		p.stale = false
		p.view = p.draw()
	}
	return p.view
}

// arrived is how many entries had arrived when the data was made.
func (p *Pane) arrived() uint64 {
	if p.data.Store == nil {
		return 0
	}
	return p.data.Store.Arrived()
}

// counts are what the right of the line tells.
type counts struct {
	shown, total int
	filtered     bool // by whatever the entries are filtered now
	hidden       bool // those that do not match are not shown
	more         bool // not all have been looked at: there may be more
}

// counted gives the counts of one snapshot, so that they are always true together.
func (p *Pane) counted() counts {
	switch d := p.data; {
	case d.Matches != nil:
		return counts{d.Matches.Len(), d.Matches.Snapshot().Len(), true, !d.Context, !d.Matches.Whole()}
	case d.Store != nil:
		return counts{shown: d.Store.Len(), total: d.Store.Len()}
	}
	return counts{}
}

func send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
