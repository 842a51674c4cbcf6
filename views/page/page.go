// Package page is a screen of text to be read: what the program is and does, or a report.
package page

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Line is a line of the text. One with a label stands beside it; the text is cleaned and wrapped.
type Line struct{ Label, Text string }

// Pane is the page. It is used from the UI goroutine alone.
type Pane struct {
	title  string
	lines  []Line
	rows   []row // the lines as they are wrapped
	window grid.Window
	width  int
	theme  *theme.Theme
	cached string
}

// row is a line of the screen.
type row struct{ label, text string }

var _ views.Pane = (*Pane)(nil)

// New makes an empty page.
func New() *Pane { return &Pane{theme: theme.New(theme.Mono(), theme.NewGlyphs(false))} }

// SetText gives what is to be read, and goes to its beginning.
func (p *Pane) SetText(title string, lines []Line) {
	p.title, p.lines = title, lines
	p.window.Top, p.window.Cursor = 0, 0
	p.wrap()
}

// Title names the pane.
func (p *Pane) Title() string { return p.title }

// Actions are those that the pane answers.
func (p *Pane) Actions() []views.Action {
	return []views.Action{views.Down, views.Up, views.PageDown, views.PageUp, views.HalfDown, views.HalfUp, views.Top, views.Bottom}
}

// SetSize gives the pane its rectangle, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	p.window.Height = max(height-headLines, 0)
	p.width = width
	p.wrap()
}

// SetFocus does nothing: a page always has the focus.
func (p *Pane) SetFocus(bool) {}

// SetTheme changes the look.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme = t
	p.wrap()
}

// SetData does nothing: a page does not depend on the data.
func (p *Pane) SetData(views.Data) {}

// Cursor is hidden.
func (p *Pane) Cursor() *tea.Cursor { return nil }

// wrap lays the text out for the width.
func (p *Pane) wrap() {
	text := grid.TextFor(p.theme.Glyphs)
	wide := p.labels(text)
	p.rows = p.rows[:0]
	for _, l := range p.lines {
		label := l.Label
		wrapped := text.Wrap(l.Text, max(p.width-wide-2, 1))
		if len(wrapped) == 0 {
			wrapped = []string{""}
		}
		for _, t := range wrapped {
			p.rows = append(p.rows, row{label, t})
			label = ""
		}
	}
	p.window.Count, p.cached = len(p.rows), ""
	p.window = p.window.Clamp()
}

// labels is how many cells the labels take, with a space behind.
func (p *Pane) labels(text grid.Text) int {
	wide := 0
	for _, l := range p.lines {
		wide = max(wide, text.Width(l.Label))
	}
	if wide == 0 {
		return 0
	}
	return min(wide, max(p.width/3, 0)) + 2
}

// Update scrolls.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	act, ok := msg.(views.Act)
	if !ok {
		return nil
	}
	n, w := act.Count, p.window
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

// headLines are the lines above the text.
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
	w, wide := p.window, p.labels(text)
	shown := ""
	if w.Count > w.Height {
		shown = fmt.Sprintf("%d-%d of %d ", w.Top+1, w.End(), w.Count)
	}
	var title grid.Line
	title.Cell(text, " "+p.title, max(p.width-len(shown), 0), t.Title)
	title.Cell(text, shown, min(len(shown), p.width), t.Dim)
	lines := []string{title.String(), strings.Repeat(" ", p.width)}
	for _, r := range p.rows[w.Top:w.End()] {
		var l grid.Line
		l.Space(min(1, p.width))
		if wide > 0 {
			l.Cell(text, r.label, min(wide-2, max(p.width-1, 0)), t.Key)
			l.Space(max(min(2, p.width-1-(wide-2)), 0))
		}
		l.Cell(text, r.text, max(p.width-grid.Cells(l.Plain()), 0), t.Row)
		lines = append(lines, l.String())
	}
	return grid.Frame(lines, p.width, w.Height+headLines)
}
