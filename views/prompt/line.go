// Package prompt is what lines have in common in which something is typed: the keys of a shell's line, a history that is walked and
// searched, and a list of what can be completed.
package prompt

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"
)

// Owner is the pane that a line belongs to. All of its functions are called on the UI goroutine, and none may be nil.
type Owner struct {
	Enter  func() tea.Cmd // the line is to be carried out; not called while an item of the list is selected
	Escape func() tea.Cmd // typing is given up; not called while there is a list
	Open   func(entered bool)
	Take   func(Item) // puts an item of the list into the text
	None   func() string
}

// Line is a line while it is typed. It is for the UI goroutine.
type Line struct {
	Input   textinput.Model
	Message string // about the last key; empty: nothing to say
	Menu    *Menu  // nil: there is no list
	Search  *Search

	Skip int // sideways, in cells: see [Line.Draw]

	owner   Owner
	what    string // that is typed: "filter"
	limit   int    // characters
	keys    map[string]binding
	history *History
	walk    int    // which of the history is shown; as many as there are: none
	draft   string // what was typed before walking
}

// New begins to type, from a text on, of at most limit characters. what names what is typed, for people.
func New(what, text string, limit int, h *History, o Owner) *Line {
	in := textinput.New()
	in.Prompt, in.CharLimit, in.KeyMap = "", limit, inputKeys()
	in.SetVirtualCursor(false)
	in.Focus()
	in.SetValue(text)
	in.CursorEnd()
	l := &Line{Input: in, owner: o, what: what, limit: limit, keys: map[string]binding{}, history: h, walk: len(h.lines)}
	for _, b := range bindings(what) {
		for _, k := range b.keys {
			l.keys[k] = b
		}
	}
	return l
}

// Text is what has been typed.
func (l *Line) Text() string { return l.Input.Value() }

// Key answers a key; handled is false for one that means nothing here.
func (l *Line) Key(msg tea.KeyPressMsg) (cmd tea.Cmd, handled bool) {
	b, bound := l.keys[msg.String()]
	if !bound && msg.Text == "" {
		return nil, false
	}
	l.Message = ""
	if l.Search != nil && l.searchKey(msg) {
		return nil, true
	}
	if bound {
		return b.run(l, msg), true
	}
	l.Message = l.tooLong(msg.Text)
	return l.input(msg), true
}

// Paste takes pasted text: in one line, as the text field takes it.
func (l *Line) Paste(msg tea.PasteMsg) {
	l.Message = ""
	if s := l.Search; s != nil {
		l.searchFor(s.term + OneLine(msg.Content))
		return
	}
	l.Message = l.tooLong(msg.Content)
	l.Input, _ = l.Input.Update(msg)
}

// Replace writes something in the place of the bytes from start to end, and leaves the cursor behind it, or where it was beyond the end. It
// refuses, and says so, what would be too long.
func (l *Line) Replace(start, end int, with string) bool {
	text := l.Text()
	if utf8.RuneCountInString(text[:start])+utf8.RuneCountInString(with)+utf8.RuneCountInString(text[end:]) > l.limit {
		l.Message = l.cut()
		return false
	}
	cursor := l.At()
	l.Input.SetValue(text[:start] + with + text[end:])
	to := utf8.RuneCountInString(text[:start] + with)
	if cursor > end {
		to += utf8.RuneCountInString(text[end:cursor])
	}
	l.Input.SetCursor(to)
	return true
}

// At gives the place of the cursor, in bytes.
func (l *Line) At() int {
	text := l.Text()
	n := 0
	for at := range text {
		if n == l.Input.Position() {
			return at
		}
		n++
	}
	return len(text)
}

func (l *Line) tooLong(more string) string {
	if utf8.RuneCountInString(l.Text())+utf8.RuneCountInString(more) <= l.limit {
		return ""
	}
	return l.cut()
}

func (l *Line) cut() string {
	return "a " + l.what + " has at most " + humanize.Comma(int64(l.limit)) + " characters; the rest is left out"
}

// OneLine makes typed or pasted text fit for a line, as the text field does.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

func (l *Line) enter() tea.Cmd {
	if m := l.Menu; m != nil && m.Entered && len(m.Items) > 0 {
		l.owner.Take(m.Items[m.Window.Cursor])
		return nil
	}
	return l.owner.Enter()
}

// escape closes the list, else gives up editing.
func (l *Line) escape() tea.Cmd {
	if l.Menu != nil {
		l.Menu = nil
		return nil
	}
	return l.owner.Escape()
}

// clear empties the line.
func (l *Line) clear() tea.Cmd {
	l.Settle()
	l.Input.Reset()
	l.Menu = nil
	return nil
}

// input hands a key to the text field.
func (l *Line) input(msg tea.KeyPressMsg) tea.Cmd {
	l.Settle()
	l.Input, _ = l.Input.Update(msg)
	return nil
}

// deleteWord spares the text field a word of one character at the end of the line, on which it fails.
func (l *Line) deleteWord(msg tea.KeyPressMsg) tea.Cmd {
	if in := &l.Input; in.Position() == len([]rune(in.Value()))-1 {
		msg = tea.KeyPressMsg{Code: tea.KeyDelete}
	}
	return l.input(msg)
}
