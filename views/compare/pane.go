// Package compare is the pane that shows in what two entries differ.
package compare

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Item is one of the two entries.
type Item struct {
	Title string // when, what, who; not cleaned
}

// Pane shows the places at which two entries differ, with what was there before and what is there after. Its methods are for the UI
// goroutine.
type Pane struct {
	theme *theme.Theme
	text  grid.Text

	width, height int
	focused       bool

	why           string // these two
	before, after Item
	all           []Change
	changes       []Change // those that are shown
	more          int      // how many are not
	cursor        int      // the selected change
	top           int      // the first line that is shown

	lines []row // as wide as the pane; nil: to be made
	from  []int // the first line of each change, and the end of the last
	line  grid.Line
	view  string
	stale bool
}

var (
	_ views.Pane       = (*Pane)(nil)
	_ views.Summarizer = (*Pane)(nil)
	_ views.Hinter     = (*Pane)(nil)
)

// New makes a pane that compares nothing. It can be drawn at once, without colours until it gets a theme.
func New() *Pane {
	p := &Pane{}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// Show compares two entries; why says in words why these two.
func (p *Pane) Show(before, after Item, changes []Change, why string) {
	p.before, p.after, p.all, p.why = before, after, changes, why
	p.changes = changes[:min(len(changes), maxChanges)]
	p.more = len(changes) - len(p.changes)
	p.cursor, p.top = 0, 0
	p.forget()
}

// maxChanges is how many changes are shown; entries of Temporal Cloud have some dozen values.
const maxChanges = 2000

func (p *Pane) forget() { p.lines, p.stale = nil, true }

// Title names the pane.
func (p *Pane) Title() string { return "Compare" }

// Actions are those the pane answers now.
func (p *Pane) Actions() []views.Action {
	return []views.Action{
		views.Down, views.Up, views.PageDown, views.PageUp, views.HalfDown, views.HalfUp, views.Top, views.Bottom, views.Copy,
	}
}

// Hint says in the pane's own words what an action does.
func (p *Pane) Hint(a views.Action) string {
	switch a {
	case views.Bottom:
		return "bottom"
	case views.Copy:
		return "copy it"
	}
	return ""
}

// Selected is the selected change, if there is one.
func (p *Pane) Selected() (Change, bool) {
	if p.cursor >= len(p.changes) {
		return Change{}, false
	}
	return p.changes[p.cursor], true
}

// Text writes the whole comparison.
func (p *Pane) Text() string { return Text(p.before, p.after, p.all) }

// SetSize gives the pane its place, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	if width != p.width || height != p.height {
		p.width, p.height = width, height
		p.forget()
	}
}

// SetFocus tells whether keys go to this pane.
func (p *Pane) SetFocus(focused bool) {
	p.stale = p.stale || focused != p.focused
	p.focused = focused
}

// SetTheme changes how the pane looks.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme, p.text = t, grid.TextFor(t.Glyphs)
	p.forget()
}

// SetData does nothing: entries do not change.
func (p *Pane) SetData(views.Data) {}

// Cursor is hidden: the selected change is marked.
func (p *Pane) Cursor() *tea.Cursor { return nil }

// Update moves.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case views.Act:
		p.act(msg.Action, max(msg.Count, 1))
	case tea.MouseWheelMsg:
		const notch = 3
		switch msg.Button {
		case tea.MouseWheelUp:
			p.scroll(-notch)
		case tea.MouseWheelDown:
			p.scroll(notch)
		}
	case tea.MouseClickMsg:
		p.arrange()
		for i := range p.changes {
			if y := p.top + msg.Y - headLines; msg.Y >= headLines && p.from[i] <= y && y < p.from[i+1] {
				p.to(i)
			}
		}
	}
	return nil
}

func (p *Pane) act(a views.Action, n int) {
	p.arrange()
	body := p.body()
	switch a {
	case views.Down:
		// One that is higher than the screen is read to its end first.
		for n = min(n, len(p.lines)); n > 0; n-- {
			if p.cursor < len(p.changes) && p.from[p.cursor+1] > p.top+body {
				p.top++
				p.stale = true
			} else {
				p.to(p.cursor + 1)
			}
		}
	case views.Up:
		for n = min(n, len(p.lines)); n > 0; n-- {
			if p.cursor < len(p.changes) && p.from[p.cursor] < p.top {
				p.top--
				p.stale = true
			} else {
				p.to(p.cursor - 1)
			}
		}
	case views.PageDown:
		p.scroll(min(n, len(p.lines)) * max(body-1, 1))
	case views.PageUp:
		p.scroll(-min(n, len(p.lines)) * max(body-1, 1))
	case views.HalfDown:
		p.scroll(min(n, len(p.lines)) * max(body/2, 1))
	case views.HalfUp:
		p.scroll(-min(n, len(p.lines)) * max(body/2, 1))
	case views.Top:
		p.to(0)
		p.top = 0
	case views.Bottom:
		p.to(len(p.changes) - 1)
		p.scroll(len(p.lines))
	}
}

// to selects a change, and shows its beginning.
func (p *Pane) to(i int) {
	p.cursor, p.stale = max(min(i, len(p.changes)-1), 0), true
	if len(p.changes) == 0 {
		return
	}
	body := p.body()
	p.top = max(p.top, min(p.from[p.cursor+1]-body, p.from[p.cursor]))
	p.top = max(min(p.top, p.from[p.cursor]), 0)
}

// scroll moves the view by lines, and the selection as far as it must to stay in it.
func (p *Pane) scroll(n int) {
	p.arrange()
	p.top, p.stale = max(min(p.top+n, len(p.lines)-p.body()), 0), true
	for p.cursor+1 < len(p.changes) && p.from[p.cursor+1] <= p.top {
		p.cursor++
	}
	for p.cursor > 0 && p.from[p.cursor] >= p.top+p.body() {
		p.cursor--
	}
	if n > 0 && p.top == max(len(p.lines)-p.body(), 0) {
		p.cursor = max(len(p.changes)-1, 0)
	}
	if n < 0 && p.top == 0 {
		p.cursor = 0
	}
}

// Summary says in one line of exactly width cells why these two are compared, and which of the changes is selected.
func (p *Pane) Summary(width int) string {
	place := ""
	if len(p.changes) > 0 {
		place = strconv.Itoa(p.cursor+1) + "/" + strconv.Itoa(len(p.changes))
	}
	if width < len(place)+2 {
		return p.text.CellRight(place, width)
	}
	return p.text.Cell(" "+p.why, width-len(place)-1) + " " + place
}
