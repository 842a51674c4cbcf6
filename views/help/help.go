// Package help is the screen that lists the keys. Its rows come from the binding table, so that it cannot tell anything else.
package help

import (
	"fmt"

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
	window grid.Window
	width  int
	theme  *theme.Theme
	cached string
}

// New makes an empty help screen.
func New() *Pane { return &Pane{theme: theme.New(theme.Mono(), theme.NewGlyphs(false))} }

// SetRows gives the rows to show, and goes to the first.
func (p *Pane) SetRows(rows []Row) {
	p.rows = rows
	p.window = grid.Window{Count: len(rows), Height: p.window.Height}
	p.cached = ""
}

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
	p.cached = ""
}

// SetFocus does nothing: the help always has the focus.
func (p *Pane) SetFocus(bool) {}

// SetTheme changes the look.
func (p *Pane) SetTheme(t *theme.Theme) { p.theme, p.cached = t, "" }

// SetData does nothing: the help does not depend on the data.
func (p *Pane) SetData(views.Data) {}

// Cursor is hidden.
func (p *Pane) Cursor() *tea.Cursor { return nil }

// Update scrolls.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	act, ok := msg.(views.Act)
	if !ok {
		return nil
	}
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

func (p *Pane) draw() string {
	t := p.theme
	text := grid.TextFor(t.Glyphs)
	keys, list := 10, 10
	for _, r := range p.rows {
		keys = max(keys, text.Width(r.Keys))
		list = max(list, text.Width(r.List))
	}
	spans := grid.Arrange(p.width, 1, []grid.Column{
		{Title: "KEY", Min: min(keys, 12), Max: keys, Weight: 1},
		{Title: "IN A LIST", Min: 20, Max: list, Weight: 3},
		{Title: "IN THE DETAIL", Min: 18, Weight: 2},
	})
	row := func(cells [3]string, styles [3]theme.Style) string {
		var l grid.Line
		at := 1
		l.Space(1)
		for _, s := range spans {
			l.Space(s.X - at)
			l.Cell(text, cells[s.Column], s.Width, styles[s.Column])
			at = s.X + s.Width
		}
		l.Space(p.width - at)
		return l.String()
	}
	w := p.window.Clamp()
	var title grid.Line
	name, shown := " Keys", ""
	if w.Count > w.Height {
		shown = fmt.Sprintf("%d-%d of %d ", w.Top+1, w.End(), w.Count)
	}
	title.Cell(text, name, max(p.width-len(shown), 0), t.Title)
	title.Cell(text, shown, min(len(shown), p.width), t.Dim)
	lines := []string{
		title.String(),
		row([3]string{"KEY", "IN A LIST", "IN THE DETAIL"}, [3]theme.Style{t.ColumnHead, t.ColumnHead, t.ColumnHead}),
	}
	for _, r := range p.rows[w.Top:w.End()] {
		lines = append(lines, row([3]string{r.Keys, r.List, r.Detail}, [3]theme.Style{t.Key, t.Row, t.Row}))
	}
	return grid.Frame(lines, p.width, w.Height+headLines)
}
