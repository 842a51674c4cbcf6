package filterbar

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// Key is a row of the help: keys as Bubble Tea names them, and what they do while the filter is typed.
type Key struct {
	Keys []string
	Does string
}

// Keys gives every key that the line takes while it is edited, beside those that type text.
func (p *Pane) Keys() []Key {
	var out []Key
	for _, b := range bindings() {
		out = append(out, Key{b.keys, b.does})
	}
	return out
}

// binding is a row of the keymap.
type binding struct {
	keys  []string
	does  string
	short string // for the line below the filter; empty: not shown there
	run   func(*Pane, tea.KeyPressMsg) tea.Cmd
}

func bindings() []binding {
	to := func(do func(*Pane) tea.Cmd) func(*Pane, tea.KeyPressMsg) tea.Cmd {
		return func(p *Pane, _ tea.KeyPressMsg) tea.Cmd { return do(p) }
	}
	input := (*Pane).input
	return []binding{
		{[]string{"enter"}, "apply the filter; in the list take the value", "apply", to((*Pane).enter)},
		{[]string{"esc", "ctrl+g"}, "close the list, then restore the filter of before", "restore", to((*Pane).escape)},
		{[]string{"tab"}, "complete a field or a value; next in the list", "complete", to((*Pane).complete)},
		{[]string{"shift+tab"}, "previous in the list", "", to((*Pane).completeBack)},
		{[]string{"up"}, "older filter; in the list up", "older", to((*Pane).up)},
		{[]string{"down"}, "newer filter; in the list down", "", to((*Pane).down)},
		{[]string{"pgup"}, "in the list a page up", "", to((*Pane).pageUp)},
		{[]string{"pgdown"}, "in the list a page down", "", to((*Pane).pageDown)},
		{[]string{"ctrl+p"}, "older filter", "", to((*Pane).older)},
		{[]string{"ctrl+n"}, "newer filter", "", to((*Pane).newer)},
		{[]string{"ctrl+r"}, "search the filters of before; again: further back", "search", to((*Pane).searchBack)},
		{[]string{"ctrl+u"}, "clear the line", "clear", to((*Pane).clear)},
		{[]string{"left", "ctrl+b"}, "a character to the left", "", input},
		{[]string{"right", "ctrl+f"}, "a character to the right", "", input},
		{[]string{"alt+left", "ctrl+left", "alt+b"}, "a word to the left", "", input},
		{[]string{"alt+right", "ctrl+right", "alt+f"}, "a word to the right", "", input},
		{[]string{"home", "ctrl+a"}, "start of the line", "", input},
		{[]string{"end", "ctrl+e"}, "end of the line", "", input},
		{[]string{"backspace", "ctrl+h"}, "delete the character before", "", input},
		{[]string{"delete", "ctrl+d"}, "delete the character here", "", input},
		{[]string{"ctrl+w", "alt+backspace", "ctrl+backspace"}, "delete the word before", "", input},
		{[]string{"alt+d", "alt+delete", "ctrl+delete"}, "delete the word behind", "", (*Pane).deleteWord},
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

// hint is a key and what it does, in a word.
type hint struct{ key, does string }

// keyName gives a key as people write it.
func keyName(k string) string {
	parts := strings.Split(k, "+")
	for i, s := range parts {
		parts[i] = strings.ToUpper(s[:1]) + s[1:]
	}
	return strings.Join(parts, "-")
}

// input hands a key to the text field.
func (p *Pane) input(msg tea.KeyPressMsg) tea.Cmd {
	p.settle()
	p.edit.input, _ = p.edit.input.Update(msg)
	return nil
}

// deleteWord spares the text field a word of one character at the end of the line, on which it fails.
func (p *Pane) deleteWord(msg tea.KeyPressMsg) tea.Cmd {
	if in := &p.edit.input; in.Position() == len([]rune(in.Value()))-1 {
		msg = tea.KeyPressMsg{Code: tea.KeyDelete}
	}
	return p.input(msg)
}
