// Package marks is the pane that lists what a person has marked, with the notes.
package marks

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Pane lists the marks in the order of their entries. Those whose entry is not in the log are listed too. Its methods are for the UI
// goroutine.
type Pane struct {
	theme *theme.Theme
	text  grid.Text
	data  views.Data
	keys  string // that mark, for the line of an empty pane

	width, height int
	focused       bool

	list   []views.Marking
	window grid.Window
	chosen audit.ID // the selected one

	places  map[audit.ID]store.Key // of those that are in the log, as far as was found
	working bool
	looked  look // what places were found in

	line  grid.Line
	view  string
	stale bool
}

// look is what was looked through, and when.
type look struct {
	marks   views.Markings
	arrived uint64
	at      time.Time
}

var (
	_ views.Pane       = (*Pane)(nil)
	_ views.Tabbed     = (*Pane)(nil)
	_ views.Worker     = (*Pane)(nil)
	_ views.Selector   = (*Pane)(nil)
	_ views.Summarizer = (*Pane)(nil)
	_ views.Hinter     = (*Pane)(nil)
)

// New makes an empty pane. It can be drawn at once, without colours until it gets a theme.
func New() *Pane {
	p := &Pane{keys: "m"}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// Title names the pane.
func (p *Pane) Title() string { return "Marks" }

// Tab names the pane on line 2, with how many there are.
func (p *Pane) Tab() views.Tab {
	t := views.Tab{Name: "Marks"}
	if n := len(p.list); n > 0 {
		t.Note = humanize.Comma(int64(n))
	}
	return t
}

// Actions are those the pane answers now, the most useful first.
func (p *Pane) Actions() []views.Action {
	if len(p.list) == 0 {
		return nil
	}
	return []views.Action{
		views.Open, views.Down, views.Up, views.Top, views.Bottom, views.PageDown, views.PageUp, views.HalfDown, views.HalfUp, views.NextEntry,
		views.PrevEntry,
	}
}

// Hint says in the pane's own words what an action does.
func (p *Pane) Hint(a views.Action) string {
	switch a {
	case views.Open:
		return "entry in the list"
	case views.Bottom:
		return "bottom"
	}
	return ""
}

// SetSize gives the pane its place, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	if width != p.width || height != p.height {
		p.width, p.height, p.stale = width, height, true
		p.settle()
	}
}

// SetFocus tells whether keys go to this pane.
func (p *Pane) SetFocus(focused bool) {
	p.stale = p.stale || focused != p.focused
	p.focused = focused
}

// SetTheme changes how the pane looks.
func (p *Pane) SetTheme(t *theme.Theme) { p.theme, p.text, p.stale = t, grid.TextFor(t.Glyphs), true }

// SetMarkKeys names the keys that mark, for the line of an empty pane.
func (p *Pane) SetMarkKeys(keys string) { p.keys, p.stale = keys, true }

// SetData gives the pane the marks.
func (p *Pane) SetData(d views.Data) {
	other := d.Marks != p.data.Marks
	p.stale = p.stale || other || d.Now != p.data.Now || d.Clock != p.data.Clock
	p.data = d
	if other {
		p.list = nil
		if d.Marks != nil {
			p.list = d.Marks.List()
		}
		p.settle()
	}
}

// settle keeps the selection with its mark, or with its place when that is gone.
func (p *Pane) settle() {
	p.window.Count, p.window.Height = len(p.list), max(p.height-1, 0)
	if at := slices.IndexFunc(p.list, func(k views.Marking) bool { return k.ID == p.chosen }); at >= 0 {
		p.window.Cursor = at
	}
	p.move(p.window.Clamp())
}

func (p *Pane) move(w grid.Window) {
	p.window, p.stale = w, true
	if k, ok := p.Current(); ok {
		p.chosen = k.ID
	}
}

// Current is the selected mark, if there is one. Its entry need not be in the log.
func (p *Pane) Current() (views.Marking, bool) {
	if p.window.Cursor >= len(p.list) {
		return views.Marking{}, false
	}
	return p.list[p.window.Cursor], true
}

// Selected is the entry of the selected mark, if it is in the log.
func (p *Pane) Selected() (store.Row, bool) {
	k, ok := p.Current()
	key, found := p.places[k.ID]
	if !ok || !found || p.data.Store == nil {
		return store.Row{}, false
	}
	i, ok := p.data.Store.Find(key)
	if !ok {
		return store.Row{}, false
	}
	return p.data.Store.At(i), true
}

// Cursor is hidden: the selected row is marked.
func (p *Pane) Cursor() *tea.Cursor { return nil }

// Update moves, goes to the entry of a mark, and takes what was found out.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case views.Act:
		return p.act(msg)
	case tea.MouseClickMsg:
		if row := msg.Y - 1; row >= 0 && p.window.Top+row < p.window.End() {
			again := p.window.Top+row == p.window.Cursor
			if p.move(p.window.To(p.window.Top + row)); again {
				return p.open()
			}
		}
	case tea.MouseWheelMsg:
		const notch = 3
		switch msg.Button {
		case tea.MouseWheelUp:
			p.move(p.window.Scroll(-notch))
		case tea.MouseWheelDown:
			p.move(p.window.Scroll(notch))
		}
	case placesMsg:
		p.working = false
		if msg.places != nil {
			p.places, p.looked, p.stale = msg.places, msg.look, true
		}
	}
	return nil
}

func (p *Pane) act(a views.Act) tea.Cmd {
	n, w := max(a.Count, 1), p.window
	switch a.Action {
	case views.Open:
		return p.open()
	case views.Down, views.NextEntry:
		w = w.Move(n)
	case views.Up, views.PrevEntry:
		w = w.Move(-n)
	case views.HalfDown:
		w = w.Half(n)
	case views.HalfUp:
		w = w.Half(-n)
	case views.PageDown:
		w = w.Page(n)
	case views.PageUp:
		w = w.Page(-n)
	case views.Top:
		w = w.First()
	case views.Bottom:
		w = w.Last()
	default:
		return nil
	}
	p.move(w)
	return nil
}

// open goes to the entry of the selected mark.
func (p *Pane) open() tea.Cmd {
	k, ok := p.Current()
	if !ok {
		return nil
	}
	if r, ok := p.Selected(); ok {
		key := r.Key()
		return tea.Batch(
			func() tea.Msg { return views.Visit{Key: key} },
			func() tea.Msg { return views.Leave{} },
		)
	}
	text := "The entry of this mark is not in the log"
	if !k.Time.IsZero() {
		text += ": it is of " + p.data.Clock.Full(k.Time) + ", and has not been read from these sources"
	}
	return func() tea.Msg { return views.Say{Text: text + "."} }
}

// placesMsg is where in the log entries were found; nil when it was given up.
type placesMsg struct {
	look   look
	places map[audit.ID]store.Key
}

// renewal is how long what was found is good for after new entries have come.
const renewal = 2 * time.Second

// Work finds the entries of the marks in the log.
func (p *Pane) Work(ctx context.Context) tea.Cmd {
	d := p.data
	if p.working || d.Store == nil || d.Find == nil || d.Marks == nil {
		return nil
	}
	now := look{d.Marks, d.Store.Arrived(), d.Now}
	switch age := d.Now.Sub(p.looked.at); {
	case p.looked.marks != now.marks:
	case p.looked.arrived != now.arrived && (age >= renewal || age < 0 || p.looked.arrived == 0):
	default:
		return nil
	}
	q, err := query.Parse("is:marked OR is:noted")
	if err != nil {
		return nil
	}
	p.working = true
	return func() tea.Msg {
		m := d.Find(ctx, d.Store, q)
		if m == nil {
			return placesMsg{}
		}
		places := make(map[audit.ID]store.Key, m.Len())
		for i := range m.Len() {
			r := m.At(i)
			e := r.Entry()
			places[e.Identity()] = r.Key()
		}
		return placesMsg{now, places}
	}
}
