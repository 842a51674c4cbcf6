package prompt

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// Key is a row of the help: keys as Bubble Tea names them, and what they do while something is typed. Short says it in a word, for the line
// below; empty: it is not shown there.
type Key struct {
	Keys  []string
	Does  string
	Short string
}

// Keys gives every key that a line takes beside those that type text. what names what is typed, for people: "filter".
func Keys(what string) []Key {
	var out []Key
	for _, b := range bindings(what) {
		out = append(out, Key{b.keys, b.does, b.short})
	}
	return out
}

// binding is a row of the keymap.
type binding struct {
	keys  []string
	does  string
	short string
	run   func(*Line, tea.KeyPressMsg) tea.Cmd
}

func bindings(what string) []binding {
	to := func(do func(*Line) tea.Cmd) func(*Line, tea.KeyPressMsg) tea.Cmd {
		return func(l *Line, _ tea.KeyPressMsg) tea.Cmd { return do(l) }
	}
	input := (*Line).input
	enter, escape, short := "apply the filter; in the list take the value", "close the list, then restore the filter of before", [2]string{"apply", "restore"}
	complete := "complete a field or a value; next in the list"
	if what != "filter" {
		enter, escape, short = "carry out the "+what+"; in the list take it", "close the list, then leave", [2]string{"run", "leave"}
		complete = "complete; next in the list"
	}
	return []binding{
		{[]string{"enter"}, enter, short[0], to((*Line).enter)},
		{[]string{"esc", "ctrl+g"}, escape, short[1], to((*Line).escape)},
		{[]string{"tab"}, complete, "complete", to((*Line).complete)},
		{[]string{"shift+tab"}, "previous in the list", "", to((*Line).completeBack)},
		{[]string{"up"}, "older " + what + "; in the list up", "older", to((*Line).up)},
		{[]string{"down"}, "newer " + what + "; in the list down", "", to((*Line).down)},
		{[]string{"pgup"}, "in the list a page up", "", to((*Line).pageUp)},
		{[]string{"pgdown"}, "in the list a page down", "", to((*Line).pageDown)},
		{[]string{"ctrl+p"}, "older " + what, "", to((*Line).older)},
		{[]string{"ctrl+n"}, "newer " + what, "", to((*Line).newer)},
		{[]string{"ctrl+r"}, "search the " + what + "s of before; again: further back", "search", to((*Line).searchBack)},
		{[]string{"ctrl+u"}, "clear the line", "clear", to((*Line).clear)},
		{[]string{"left", "ctrl+b"}, "a character to the left", "", input},
		{[]string{"right", "ctrl+f"}, "a character to the right", "", input},
		{[]string{"alt+left", "ctrl+left", "alt+b"}, "a word to the left", "", input},
		{[]string{"alt+right", "ctrl+right", "alt+f"}, "a word to the right", "", input},
		{[]string{"home", "ctrl+a"}, "start of the line", "", input},
		{[]string{"end", "ctrl+e"}, "end of the line", "", input},
		{[]string{"backspace", "ctrl+h"}, "delete the character before", "", input},
		{[]string{"delete", "ctrl+d"}, "delete the character here", "", input},
		{[]string{"ctrl+w", "alt+backspace", "ctrl+backspace"}, "delete the word before", "", input},
		{[]string{"alt+d", "alt+delete", "ctrl+delete"}, "delete the word behind", "", (*Line).deleteWord},
		{[]string{"ctrl+k"}, "delete to the end of the line", "", input},
	}
}

// inputKeys are those that the text field answers itself. It must not read the clipboard: terminals paste.
func inputKeys() textinput.KeyMap {
	k := textinput.DefaultKeyMap()
	off := key.NewBinding(key.WithDisabled())
	k.Paste, k.AcceptSuggestion, k.NextSuggestion, k.PrevSuggestion = off, off, off, off
	k.DeleteBeforeCursor = off
	return k
}

// keyName gives a key as people write it.
func keyName(k string) string {
	parts := strings.Split(k, "+")
	for i, s := range parts {
		parts[i] = strings.ToUpper(s[:1]) + s[1:]
	}
	return strings.Join(parts, "-")
}
