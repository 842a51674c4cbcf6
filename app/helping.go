package app

import (
	"slices"
	"unicode/utf8"

	"taudit/views"
)

// findHelp takes a key for what is looked for in the help; false for one that does something there. What would do nothing there is taken for
// the beginning of a word.
func (m *Model) findHelp(key string) bool {
	text, typing := m.help.Search()
	last, size := utf8.DecodeLastRuneInString(text)
	printable := utf8.RuneCountInString(key) == 1
	switch {
	case typing && key == "enter":
		m.help.SetSearch(text, false)
	case typing && key == "backspace" && last != utf8.RuneError:
		m.help.SetSearch(text[:len(text)-size], true)
	case typing && key == "backspace":
		m.help.SetSearch("", false)
	case typing && key == "ctrl+u":
		m.help.SetSearch("", true)
	case typing && key == "space":
		m.help.SetSearch(text+" ", true)
	case typing && printable:
		m.help.SetSearch(text+key, true)
	case m.keys.actions[key] == views.Filter:
		m.help.SetSearch(text, true)
	case printable && !m.worksInHelp(key):
		m.help.SetSearch(key, true)
	default:
		return false
	}
	return true
}

// worksInHelp tells whether a key does something while the help is shown. Digits are counts.
func (m *Model) worksInHelp(key string) bool {
	a := m.keys.actions[key]
	switch a {
	case views.Help, views.Back, views.Close, views.Quit, views.Redraw, views.Suspend:
		return true
	}
	return key[0] >= '0' && key[0] <= '9' || slices.Contains(m.help.Actions(), a)
}
