package filterbar

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// remember makes a filter the newest of the history.
func (p *Pane) remember(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	p.history = slices.DeleteFunc(p.history, func(h string) bool { return h == text })
	p.history = append(p.history, text)
}

// write replaces the whole text.
func (p *Pane) write(text string) {
	p.edit.input.SetValue(text)
	p.edit.input.CursorEnd()
}

func (p *Pane) older() tea.Cmd { return p.walk(-1) }

func (p *Pane) newer() tea.Cmd { return p.walk(1) }

// walk shows an older or newer filter; the newest of all is what was typed before.
func (p *Pane) walk(by int) tea.Cmd {
	p.settle()
	e := p.edit
	e.menu = nil
	to := e.walk + by
	switch {
	case to < 0 && len(p.history) == 0:
		e.message = "no filter was applied before"
	case to < 0:
		e.message = "this is the oldest"
	case to > len(p.history):
	default:
		if e.walk == len(p.history) {
			e.draft = e.input.Value()
		}
		e.walk = to
		if to == len(p.history) {
			p.write(e.draft)
		} else {
			p.write(p.history[to])
		}
	}
	return nil
}

// search is a search through the history while it is typed.
type search struct {
	term   string
	at     int    // which of the history was found; as many as there are: none yet
	failed bool   // nothing older has the term; what is shown still is what was found before
	before string // the text when the search began
	cursor int    // and where the cursor was
}

// searchBack begins a search, or goes on with what is older.
func (p *Pane) searchBack() tea.Cmd {
	e := p.edit
	if s := e.search; s != nil {
		if s.term == "" {
			s.term = p.sought
		}
		p.find(s.at - 1)
		return nil
	}
	e.menu = nil
	e.search = &search{at: len(p.history), before: e.input.Value(), cursor: e.input.Position()}
	return nil
}

// find shows the newest filter with the term, from that one of the history on.
func (p *Pane) find(from int) {
	s := p.edit.search
	if s.term == "" {
		return
	}
	term := strings.ToLower(s.term)
	for i := min(from, len(p.history)-1); i >= 0; i-- {
		if strings.Contains(strings.ToLower(p.history[i]), term) {
			s.at, s.failed = i, false
			p.write(p.history[i])
			return
		}
	}
	s.failed = true
}

// searchFor changes what is searched for, and starts with the newest.
func (p *Pane) searchFor(term string) {
	s := p.edit.search
	longer := strings.HasPrefix(term, s.term)
	s.term = string([]rune(term)[:min(len([]rune(term)), maxLength)])
	if s.term == "" {
		s.at, s.failed = len(p.history), false
		p.write(s.before)
		return
	}
	p.sought = s.term
	if longer {
		p.find(s.at)
		return
	}
	p.find(len(p.history) - 1)
}

// searchKey answers a key during a search. It is false for a key that ends the search with what was found, and then does what
// it always does.
func (p *Pane) searchKey(msg tea.KeyPressMsg) bool {
	e := p.edit
	s := e.search
	switch msg.String() {
	case "esc", "ctrl+g":
		p.write(s.before)
		e.input.SetCursor(s.cursor)
		e.search = nil
		return true
	case "ctrl+r":
		return false
	case "backspace", "ctrl+h":
		if r := []rune(s.term); len(r) > 0 {
			p.searchFor(string(r[:len(r)-1]))
		}
		return true
	}
	if _, bound := p.keys[msg.String()]; !bound {
		p.searchFor(s.term + oneLine(msg.Text))
		return true
	}
	p.settle()
	return false
}

// settle ends a search with what it found.
func (p *Pane) settle() {
	if s := p.edit.search; s != nil && s.at < len(p.history) {
		p.edit.walk = s.at
		p.edit.draft = s.before
	}
	p.edit.search = nil
}
