// Package help is the screen that lists the keys, and finds among them. Its rows come from the binding table, so that it cannot tell
// anything else.
package help

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Row is one line of the help: keys as people write them and what they do where.
type Row struct {
	Keys   string
	List   string
	Detail string
}

// Pane is the help screen. It is used from the UI goroutine alone.
type Pane struct {
	rows   []Row
	search string // what rows must have to be shown
	typing bool   // of it

	lines  []line // of the rows that are shown; nil: to be made
	spans  []grid.Span
	window grid.Window
	width  int
	theme  *theme.Theme
	cached string
}

// line is one of a row, which takes as many as its words need.
type line [3]string

// New makes an empty help screen.
func New() *Pane { return &Pane{theme: theme.New(theme.Mono(), theme.NewGlyphs(false))} }

// SetRows gives the rows to show, and goes to the first of all.
func (p *Pane) SetRows(rows []Row) {
	p.rows = rows
	p.SetSearch("", false)
}

// Search gives what is looked for, and whether it is being typed.
func (p *Pane) Search() (text string, typing bool) { return p.search, p.typing }

// SetSearch shows only the rows that have all words of a text, whatever their case.
func (p *Pane) SetSearch(text string, typing bool) {
	if text != p.search || p.window.Count == 0 {
		p.window = grid.Window{Height: p.window.Height}
	}
	p.search, p.typing = text, typing
	p.forget()
}

// Close ends the search; false when there is none.
func (p *Pane) Close() bool {
	if p.search == "" && !p.typing {
		return false
	}
	p.SetSearch("", false)
	return true
}

func (p *Pane) forget() { p.lines, p.cached = nil, "" }

// Title names the pane.
func (p *Pane) Title() string { return "Help" }

// Actions are those that the pane answers.
func (p *Pane) Actions() []views.Action {
	return []views.Action{views.Down, views.Up, views.PageDown, views.PageUp, views.HalfDown, views.HalfUp, views.Top, views.Bottom}
}

// SetSize gives the pane its rectangle, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	p.width = width
	p.window.Height = max(height-headLines, 0)
	p.forget()
}

// SetFocus does nothing: the help always has the focus.
func (p *Pane) SetFocus(bool) {}

// SetTheme changes the look.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme = t
	p.forget()
}

// SetData does nothing: the help does not depend on the data.
func (p *Pane) SetData(views.Data) {}

// Cursor stands behind what is typed.
func (p *Pane) Cursor() *tea.Cursor {
	if !p.typing {
		return nil
	}
	return tea.NewCursor(max(min(len(prompt)+grid.TextFor(p.theme.Glyphs).Width(p.search), p.width-1), 0), 0)
}

// Update scrolls.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	act, ok := msg.(views.Act)
	if !ok {
		return nil
	}
	p.arrange()
	n := act.Count
	w := p.window
	switch act.Action {
	case views.Down:
		w = w.Scroll(n)
	case views.Up:
		w = w.Scroll(-n)
	case views.PageDown:
		w = w.Page(n)
	case views.PageUp:
		w = w.Page(-n)
	case views.HalfDown:
		w = w.Half(n)
	case views.HalfUp:
		w = w.Half(-n)
	case views.Top:
		w = w.First()
	case views.Bottom:
		w = w.Last()
	}
	p.window, p.cached = w.Clamp(), ""
	return nil
}

// headLines are the lines above the rows.
const headLines = 2

// View draws the pane.
func (p *Pane) View() string {
	if p.cached == "" {
		p.cached = p.draw()
	}
	return p.cached
}

// prompt stands before what is looked for.
const prompt = " Keys with "

// arrange finds the rows to show and breaks them into lines.
func (p *Pane) arrange() {
	if p.lines != nil {
		return
	}
	text := grid.TextFor(p.theme.Glyphs)
	keys, list := 10, 10
	for _, r := range p.rows {
		keys = max(keys, text.Width(r.Keys))
		list = max(list, text.Width(r.List))
	}
	p.spans = grid.Arrange(p.width, 1, []grid.Column{
		{Title: "KEY", Min: min(keys, 12), Max: keys, Weight: 1},
		{Title: "IN A LIST", Min: 20, Max: list, Weight: 3},
		{Title: "IN THE DETAIL", Min: 18, Weight: 2},
	})
	p.lines = []line{}
	for _, r := range p.rows {
		if !p.has(r) {
			continue
		}
		var cells [3][]string
		high := 1
		for i, s := range [3]string{r.Keys, r.List, r.Detail} {
			if i < len(p.spans) && s != "" {
				cells[i] = text.Wrap(s, max(p.spans[i].Width, 1))
				high = max(high, len(cells[i]))
			}
		}
		for y := range high {
			var l line
			for i := range cells {
				if y < len(cells[i]) {
					l[i] = cells[i][y]
				}
			}
			p.lines = append(p.lines, l)
		}
	}
	p.window.Count = len(p.lines)
	p.window = p.window.Clamp()
}

// has tells whether a row has what is looked for. Headings are none.
func (p *Pane) has(r Row) bool {
	words := strings.Fields(strings.ToLower(p.search))
	if len(words) > 0 && r.Keys == "" {
		return false
	}
	all := strings.ToLower(r.Keys + " " + r.List + " " + r.Detail)
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

func (p *Pane) draw() string {
	p.arrange()
	t := p.theme
	text := grid.TextFor(t.Glyphs)
	row := func(cells line, styles [3]theme.Style) string {
		var l grid.Line
		at := 1
		l.Space(1)
		for _, s := range p.spans {
			l.Space(s.X - at)
			l.Cell(text, cells[s.Column], s.Width, styles[s.Column])
			at = s.X + s.Width
		}
		l.Space(p.width - at)
		return l.String()
	}
	w := p.window.Clamp()
	var title grid.Line
	name, shown := " Keys   / finds some", ""
	if p.typing || p.search != "" {
		name = prompt + p.search
	}
	switch {
	case w.Count > w.Height:
		shown = fmt.Sprintf(" %d-%d of %d ", w.Top+1, w.End(), w.Count)
	case w.Count == 0 && p.search != "":
		shown = " none "
	}
	title.Cell(text, name, max(p.width-len(shown), 0), t.Title)
	title.Cell(text, shown, min(len(shown), p.width), t.Dim)
	lines := []string{
		title.String(),
		row(line{"KEY", "IN A LIST", "IN THE DETAIL"}, [3]theme.Style{t.ColumnHead, t.ColumnHead, t.ColumnHead}),
	}
	for _, l := range p.lines[w.Top:w.End()] {
		lines = append(lines, row(l, [3]theme.Style{t.Key, t.Row, t.Row}))
	}
	return grid.Frame(lines, p.width, w.Height+headLines)
}
