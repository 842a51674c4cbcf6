package app

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"taudit/source/audit"
	"taudit/views/grid"
)

// maxNote is how many characters are typed as a note.
const maxNote = 2000

// note is a note that is being typed, in the line above the last.
type note struct {
	entry audit.Entry
	input textinput.Model
	x     int // of the cursor, when it was last drawn
}

func newNote(e audit.Entry, text string) *note {
	n := &note{entry: e, input: textinput.New()}
	n.input.Prompt, n.input.CharLimit = "", maxNote
	n.input.SetVirtualCursor(false)
	n.input.Focus()
	n.input.SetValue(printable(text))
	n.input.CursorEnd()
	return n
}

// printable makes one line of a text, without what cannot be typed.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

func (n *note) text() string { return strings.TrimSpace(n.input.Value()) }

// noting takes a key or a paste while a note is typed.
func (m *Model) noting(msg tea.Msg) tea.Cmd {
	m.frame.forget()
	m.said = ""
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "enter":
			n := m.note
			m.note = nil
			return m.keepNote(n)
		case "esc", "ctrl+c":
			m.note = nil
			m.said = "The note is as it was."
			return nil
		case "ctrl+l", "ctrl+z":
			return m.key(msg.String())
		}
	case tea.PasteMsg:
		msg.Content = printable(msg.Content)
		m.note.input, _ = m.note.input.Update(msg)
		return nil
	}
	m.note.input, _ = m.note.input.Update(msg)
	return nil
}

// line draws what is typed in width cells.
func (n *note) line(text grid.Text, width int) string {
	const prompt = " Note: "
	if width <= len(prompt)+1 {
		return text.Cell(prompt, width)
	}
	value := []rune(n.input.Value())
	before := text.Width(string(value[:min(n.input.Position(), len(value))]))
	room := width - len(prompt)
	skip := max(before-room+1, 0)
	n.x = len(prompt) + before - skip
	return prompt + string(text.AppendCellFrom(nil, string(value)+" ", skip, room)) // the cursor stands behind the end
}
