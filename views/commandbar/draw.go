package commandbar

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
	"taudit/views/prompt"
)

// View gives exactly as many lines as the pane is high, each exactly as wide. It is drawn again only when something changed.
func (p *Pane) View() string {
	if p.stale {
		p.stale = false
		p.view = grid.Frame(p.draw(), p.width, p.height)
	}
	return p.view
}

// Cursor is where the next character goes.
func (p *Pane) Cursor() *tea.Cursor {
	if p.line == nil || p.width == 0 || p.height == 0 {
		return nil
	}
	p.View()
	return tea.NewCursor(min(p.x, p.width-1), 0)
}

func (p *Pane) draw() []string {
	if p.line == nil {
		return nil
	}
	lines := p.drawLine(p.text)
	for _, l := range lines {
		// Terminals disagree about how some characters join with their neighbours: then none of them is shown as it is.
		if plain := ansi.Strip(l); ansi.StringWidth(plain) != p.width || ansi.StringWidthWc(plain) != p.width {
			escaped := p.text
			escaped.ASCII = true
			return p.drawLine(escaped)
		}
	}
	return lines
}

// drawLine shows the line that is typed, what is to be said about it, and the list.
func (p *Pane) drawLine(text grid.Text) []string {
	t := p.theme
	var l grid.Line
	from, to := p.line.Marked()
	d := p.line.Draw(&l, text, t, ":", p.width, func(c int) theme.Style {
		if c >= from && c < to {
			return t.Match
		}
		return t.Row
	})
	p.x = d.Cursor
	lines := []string{l.String()}
	below := p.status(text)
	p.below = len(below)
	lines = append(lines, below...)
	switch m := p.line.Menu; {
	case m == nil:
	case len(m.Items) == 0:
		lines = append(lines, prompt.Say(text, "looking what there is "+text.Ellipsis, p.width, t.Dim))
	default:
		start := len([]rune(p.line.Text()[:min(p.from, len(p.line.Text()))]))
		lines = append(lines, m.Draw(text, t, d.Start(start), p.width, p.height-1-p.below)...)
	}
	return lines
}

// status is the line below the one that is typed.
func (p *Pane) status(text grid.Text) []string {
	t, m := p.theme, p.line.Menu
	switch {
	case p.failed != "":
		return prompt.Point(text, p.failed, -1, p.width, t.Error, 1)
	case p.line.Message != "":
		return []string{prompt.Say(text, p.line.Message, p.width, t.Late)}
	case p.line.Search != nil:
		return []string{prompt.Say(text, prompt.SearchHint, p.width, t.KeyHint)}
	case m != nil && len(m.Items) == 0:
		return []string{prompt.Say(text, "Esc close", p.width, t.KeyHint)}
	case m != nil:
		return []string{prompt.Say(text, m.Hint("run"), p.width, t.KeyHint)}
	}
	if usage := p.usage(); usage != "" {
		return []string{prompt.Say(text, usage, p.width, t.KeyHint)}
	}
	return []string{prompt.Hint(text, t, p.Keys(), p.width)}
}

// usage tells what the command that stands there takes and does.
func (p *Pane) usage() string {
	name, _ := Split(p.line.Text())
	i, why := Find(p.commands, name)
	if name == "" || why != "" {
		return ""
	}
	c := p.commands[i]
	text := ":" + c.Name
	if c.Args != "" {
		text += " " + c.Args
	}
	return text + "  " + c.Does
}

var _ interface {
	SetTheme(*theme.Theme)
	Update(tea.Msg) tea.Cmd
	View() string
	Cursor() *tea.Cursor
} = (*Pane)(nil)

var _ views.Typist = (*Pane)(nil)
