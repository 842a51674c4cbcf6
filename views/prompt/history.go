package prompt

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// History is what was typed before, newest last, each once. It outlives its lines.
type History struct {
	lines  []string
	sought string // what was last searched for
}

// Add makes a text the newest of the history.
func (h *History) Add(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	h.lines = slices.DeleteFunc(h.lines, func(l string) bool { return l == text })
	h.lines = append(h.lines, text)
}

// Set replaces the history, newest last.
func (h *History) Set(lines []string) {
	h.lines = nil
	for _, l := range lines {
		h.Add(l)
	}
}

// Lines gives the history, newest last.
func (h *History) Lines() []string { return slices.Clone(h.lines) }

// write replaces the whole text.
func (l *Line) write(text string) {
	l.Input.SetValue(text)
	l.Input.CursorEnd()
}

func (l *Line) older() tea.Cmd { return l.step(-1) }

func (l *Line) newer() tea.Cmd { return l.step(1) }

// step shows an older or newer text; the newest of all is what was typed before.
func (l *Line) step(by int) tea.Cmd {
	l.Settle()
	l.Menu = nil
	lines := l.history.lines
	to := l.walk + by
	switch {
	case to < 0 && len(lines) == 0 && l.what == "filter":
		l.Message = "no filter was applied before"
	case to < 0 && len(lines) == 0:
		l.Message = "no " + l.what + " was carried out before"
	case to < 0:
		l.Message = "this is the oldest"
	case to > len(lines):
	default:
		if l.walk == len(lines) {
			l.draft = l.Text()
		}
		l.walk = to
		if to == len(lines) {
			l.write(l.draft)
		} else {
			l.write(lines[to])
		}
	}
	return nil
}

// Search is a search through the history while it is typed.
type Search struct {
	term   string
	at     int    // which of the history was found; as many as there are: none yet
	failed bool   // nothing older has the term; what is shown still is what was found before
	before string // the text when the search began
	cursor int    // and where the cursor was
}

// searchBack begins a search, or goes on with what is older.
func (l *Line) searchBack() tea.Cmd {
	if s := l.Search; s != nil {
		if s.term == "" {
			s.term = l.history.sought
		}
		l.find(s.at - 1)
		return nil
	}
	l.Menu = nil
	l.Search = &Search{at: len(l.history.lines), before: l.Text(), cursor: l.Input.Position()}
	return nil
}

// find shows the newest text with the term, from that one of the history on.
func (l *Line) find(from int) {
	s := l.Search
	if s.term == "" {
		return
	}
	term := strings.ToLower(s.term)
	for i := min(from, len(l.history.lines)-1); i >= 0; i-- {
		if strings.Contains(strings.ToLower(l.history.lines[i]), term) {
			s.at, s.failed = i, false
			l.write(l.history.lines[i])
			return
		}
	}
	s.failed = true
}

// searchFor changes what is searched for, and starts with the newest.
func (l *Line) searchFor(term string) {
	s := l.Search
	longer := strings.HasPrefix(term, s.term)
	s.term = string([]rune(term)[:min(utf8.RuneCountInString(term), l.limit)])
	if s.term == "" {
		s.at, s.failed = len(l.history.lines), false
		l.write(s.before)
		return
	}
	l.history.sought = s.term
	if longer {
		l.find(s.at)
		return
	}
	l.find(len(l.history.lines) - 1)
}

// searchKey answers a key during a search. It is false for a key that ends the search with what was found, and then does what
// it always does.
func (l *Line) searchKey(msg tea.KeyPressMsg) bool {
	s := l.Search
	switch msg.String() {
	case "esc", "ctrl+g":
		l.write(s.before)
		l.Input.SetCursor(s.cursor)
		l.Search = nil
		return true
	case "ctrl+r":
		return false
	case "backspace", "ctrl+h":
		if r := []rune(s.term); len(r) > 0 {
			l.searchFor(string(r[:len(r)-1]))
		}
		return true
	}
	if _, bound := l.keys[msg.String()]; !bound {
		l.searchFor(s.term + OneLine(msg.Text))
		return true
	}
	l.Settle()
	return false
}

// Settle ends a search with what it found.
func (l *Line) Settle() {
	if s := l.Search; s != nil && s.at < len(l.history.lines) {
		l.walk = s.at
		l.draft = s.before
	}
	l.Search = nil
}

// Marked gives the characters of the text that a search through the history has found.
func (l *Line) Marked() (from, to int) {
	s := l.Search
	if s == nil || s.term == "" || s.at >= len(l.history.lines) {
		return 0, 0
	}
	head, _, ok := strings.Cut(strings.ToLower(l.Text()), strings.ToLower(s.term))
	if !ok {
		return 0, 0
	}
	from = utf8.RuneCountInString(head)
	return from, from + utf8.RuneCountInString(s.term)
}
