// Package sinks is the pane that tells how entries arrive: one verdict in words with its evidence and what to do next, a row for each
// shard and prefix, how long entries take, and what was lost or could not be read.
package sinks

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"taudit/source"
	"taudit/source/store"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// Pane shows the sinks. It is used from the UI goroutine alone, but for the command that [Pane.Work] gives.
type Pane struct {
	theme *theme.Theme
	text  grid.Text
	data  views.Data
	dress dress

	width, height int
	focused       bool

	order    []int // of the parts as they are shown, into data.Status
	sorting  sorting
	sections []section
	head     []string // drawn, as wide as the pane
	window   grid.Window
	at       place // the selected row
	page     *page // that is open above all; nil: none

	delay   delay
	working bool
	counted *store.Snapshot // what delay was counted from

	line  grid.Line
	view  string
	stale bool
}

var (
	_ views.Pane       = (*Pane)(nil)
	_ views.Tabbed     = (*Pane)(nil)
	_ views.Worker     = (*Pane)(nil)
	_ views.Summarizer = (*Pane)(nil)
	_ views.Closer     = (*Pane)(nil)
	_ views.Hinter     = (*Pane)(nil)
)

// New makes a pane that knows of no sinks. It can be drawn at once, without colours until it gets a theme.
func New() *Pane {
	p := &Pane{sorting: sorting{column: byState}}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// Title names the pane, and what is open in it.
func (p *Pane) Title() string {
	if p.page != nil {
		return "Sinks > " + p.page.title
	}
	return "Sinks"
}

// Tab names the pane on line 2, with the verdict.
func (p *Pane) Tab() views.Tab {
	w := p.data.Verdict.Word
	note := w.String()
	if w.Well() {
		note = "OK"
	}
	return views.Tab{Name: "Sinks", Note: note, Alarm: w >= verdict.Degraded}
}

// Actions are those the pane answers now, the most useful first.
func (p *Pane) Actions() []views.Action {
	motions := []views.Action{
		views.Down, views.Up, views.HalfDown, views.HalfUp, views.PageDown, views.PageUp, views.Top, views.Bottom,
	}
	if p.page != nil {
		return append([]views.Action{views.NextEntry, views.PrevEntry}, motions...)
	}
	if p.opens(p.at) {
		motions = append([]views.Action{views.Open}, motions...)
	}
	return append(motions, views.SortNext, views.SortReverse, views.SortPrev, views.NextInside, views.PrevInside)
}

// Hint says in the pane's own words what an action does, where they differ.
func (p *Pane) Hint(a views.Action) string {
	switch a {
	case views.SortNext:
		return "sort"
	case views.SortReverse:
		return "reverse"
	case views.Bottom:
		return "bottom"
	}
	return ""
}

// SetSize gives the pane its rectangle, in cells.
func (p *Pane) SetSize(width, height int) {
	width, height = grid.Size(width, height)
	if width != p.width || height != p.height {
		p.width, p.height, p.stale = width, height, true
	}
}

// SetFocus changes the look of the selected row.
func (p *Pane) SetFocus(focused bool) {
	p.stale = p.stale || focused != p.focused
	p.focused = focused
}

// SetTheme changes the look.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.theme, p.text, p.stale = t, grid.TextFor(t.Glyphs), true
	p.dress = newDress(t)
}

// SetData gives the pane what it shows.
func (p *Pane) SetData(d views.Data) {
	p.data, p.stale = d, true
}

// Cursor is hidden: the selected row is marked.
func (p *Pane) Cursor() *tea.Cursor { return nil }

// View gives exactly as many lines as the pane is high, each exactly as wide.
func (p *Pane) View() string {
	if p.stale {
		p.arrange()
		p.view, p.stale = p.draw(), false
	}
	return p.view
}

// Work counts how long the newest entries took, when there are other ones.
func (p *Pane) Work(ctx context.Context) tea.Cmd {
	s := p.data.Store
	if s == nil || p.working || s == p.counted {
		return nil
	}
	p.working = true
	return func() tea.Msg { return measured{s, measure(ctx, s)} }
}

// measured is what the command of Work gives.
type measured struct {
	from  *store.Snapshot
	delay delay
}

// Close closes the page that is open.
func (p *Pane) Close() bool {
	was := p.page != nil
	p.page = nil
	p.stale = p.stale || was
	return was
}

// Summary says what the selected row means.
func (p *Pane) Summary(width int) string {
	text := ""
	switch at := p.at; {
	case p.page != nil:
		text = p.page.title + "  " + p.page.place
	case at.section == ofParts:
		if i := p.partAt(at); i >= 0 && i < len(p.data.Verdict.Parts) {
			v := p.data.Verdict.Parts[i]
			text = p.name(&p.data.Status[i]) + "  " + v.Word.String() + ": " + v.Why
		}
	case at.section == ofGaps, at.section == ofBad:
		text = "Temporal Cloud keeps entries for 30 days: what is missing here can be had from there."
		if at.section == ofBad {
			text = "Enter shows the bytes as they were received."
		}
	}
	return p.theme.Row.Render(p.text.Cell(" "+text, width))
}

// name is that of a part for people: of a source that is one part, the source's.
func (p *Pane) name(s *source.Status) string {
	if s.Part == "" {
		return s.Source
	}
	return verdict.ShortPart(s.Part)
}
