package prompt

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/theme"
	"taudit/views/grid"
)

const (
	// MaxRows of a list are shown at once.
	MaxRows = 7
	// MaxItems are in a list: what is rarer is found by typing on.
	MaxItems = 1000
)

// Item is what something half typed may become.
type Item struct {
	Text    string
	Note    string // what there is to say about it
	Counted bool   // Text comes from the entries; instead of a note there is a count
	Count   int
}

// about is what stands beside an item.
func (i Item) about() string {
	if i.Counted {
		return humanize.Comma(int64(i.Count))
	}
	return i.Note
}

// Menu is a list of items.
type Menu struct {
	Items   []Item
	Window  grid.Window
	Entered bool // one of them is selected
}

// NewMenu makes a list. What was selected in the one before stays so, if it is still there.
func NewMenu(items []Item, before *Menu, entered bool) *Menu {
	m := &Menu{Items: items, Entered: entered, Window: grid.Window{Count: len(items), Height: MaxRows}}
	if before != nil && entered && len(before.Items) > 0 {
		had := before.Items[before.Window.Cursor].Text
		if i := slices.IndexFunc(items, func(c Item) bool { return c.Text == had }); i >= 0 {
			m.Window.Cursor = i
		}
	}
	m.Window = m.Window.Clamp()
	return m
}

// Lines are those that the list takes on the screen; that of none takes none.
func (m *Menu) Lines() int {
	switch {
	case m == nil:
		return 0
	case len(m.Items) == 0:
		return 1
	}
	return min(len(m.Items), MaxRows)
}

// Hint says where in the list the selection is, and what keys do; verb is what Enter does while none is selected.
func (m *Menu) Hint(verb string) string {
	size := humanize.Comma(int64(len(m.Items)))
	if len(m.Items) == MaxItems {
		size += " or more"
	}
	if m.Entered {
		return humanize.Comma(int64(m.Window.Cursor+1)) + " of " + size + "  Tab next  Enter take  Esc close"
	}
	return size + " in the list  Tab select  Enter " + verb + "  Esc close"
}

// move selects an item, the first one when none was selected yet.
func (m *Menu) move(by int, around bool) {
	if len(m.Items) == 0 {
		return
	}
	if !m.Entered {
		m.Entered = true
		if by < 0 {
			m.Window = m.Window.Last()
		} else {
			m.Window = m.Window.First()
		}
		return
	}
	to := m.Window.Cursor + by
	if around {
		to = (to + len(m.Items)) % len(m.Items)
	}
	m.Window = m.Window.To(to)
}

// Draw shows the list from a column on, in at most height lines, each of exactly width cells.
func (m *Menu) Draw(text grid.Text, t *theme.Theme, column, width, height int) []string {
	w := m.Window
	w.Height = max(min(MaxRows, height), 1)
	w = w.Clamp()
	wide, notes := 0, 0
	for _, c := range m.Items[w.Top:w.End()] {
		wide = max(wide, text.Width(c.Text))
		notes = max(notes, text.Width(c.about()))
	}
	wide = min(max(wide, 12), max(width-6, 0)*2/3)
	notes = min(notes, max(width-wide-5, 0))
	column = max(min(column-1, width-wide-notes-4), 0)
	var lines []string
	for i := w.Top; i < w.End(); i++ {
		c := m.Items[i]
		sign, selected := " ", m.Entered && i == w.Cursor
		if selected {
			sign = t.Glyphs.Cursor
		}
		var l grid.Line
		l.Glyph(sign, t.Row)
		l.Cell(text, c.Text, wide, t.Row)
		l.Space(2)
		note := c.about()
		if c.Counted {
			l.Space(notes - text.Width(note))
		}
		l.Cell(text, note, min(text.Width(note), notes), t.Dim)
		l.Space(max(wide+notes+4-grid.Cells(l.Plain()), 0))
		lines = append(lines, place(&l, t, column, width, selected))
	}
	return lines
}

// place puts a row of the list in its column.
func place(row *grid.Line, t *theme.Theme, column, width int, selected bool) string {
	n := grid.Cells(row.Plain())
	if n > width {
		return strings.Repeat(" ", width)
	}
	painted := row.String()
	if selected {
		painted = string(row.AppendAs(nil, t.Cursor))
	}
	column = min(column, width-n)
	return strings.Repeat(" ", column) + painted + strings.Repeat(" ", width-n-column)
}

// complete opens the list, or takes the only item, or goes to the next in the list.
func (l *Line) complete() tea.Cmd { return l.through(1) }

// completeBack goes to the previous in the list.
func (l *Line) completeBack() tea.Cmd { return l.through(-1) }

func (l *Line) through(by int) tea.Cmd {
	if l.Menu != nil {
		l.Menu.move(by, true)
		return nil
	}
	l.owner.Open(true)
	switch m := l.Menu; {
	case m == nil:
		l.Message = l.owner.None()
	case len(m.Items) == 1:
		l.owner.Take(m.Items[0])
	case by < 0:
		m.Window = m.Window.Last()
	}
	return nil
}

func (l *Line) up() tea.Cmd {
	if m := l.Menu; m != nil {
		m.move(-1, true)
		return nil
	}
	return l.older()
}

func (l *Line) down() tea.Cmd {
	if m := l.Menu; m != nil {
		m.move(1, true)
		return nil
	}
	return l.newer()
}

func (l *Line) pageUp() tea.Cmd { return l.page(-1) }

func (l *Line) pageDown() tea.Cmd { return l.page(1) }

func (l *Line) page(n int) tea.Cmd {
	if m := l.Menu; m != nil {
		m.move(n*(MaxRows-1), false)
	}
	return nil
}
