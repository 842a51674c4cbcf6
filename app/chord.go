package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/views/grid"
)

// chord is a key that waits for another, which says more. What can follow stands on the last line meanwhile.
type chord struct {
	ask     string // the line above it
	choices []choice
	do      func(choice) tea.Cmd
}

// choice is what may follow.
type choice struct {
	key   string
	does  string
	brief string // the same on a small screen; empty: does
}

// offered writes choices for the table of keys: "y the entry, v its value".
func offered(choices []choice) string {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = c.key + " " + c.does
	}
	return strings.Join(words, ", ")
}

// await asks for one of the choices.
func (m *Model) await(c chord) {
	m.chord = &c
	m.frame.forget()
}

// follows takes the key after one that waits. Any that is no choice gives it up.
func (m *Model) follows(key string) tea.Cmd {
	c := m.chord
	m.chord = nil
	m.frame.forget()
	for _, o := range c.choices {
		if o.key == key {
			return c.do(o)
		}
	}
	return nil
}

// choices is the last line while a key waits: as much of it as fits, shorter rather than cut.
func (m *Model) choices() string {
	text := grid.TextFor(m.theme.Glyphs)
	for _, form := range []struct {
		brief bool
		gap   int
	}{{false, 2}, {true, 2}, {true, 1}} {
		var l grid.Line
		l.Space(1)
		used := 1
		for i, c := range m.chord.choices {
			word := c.does
			if form.brief && c.brief != "" {
				word = c.brief
			}
			if i > 0 {
				l.Space(form.gap)
				used += form.gap
			}
			l.Cell(text, c.key, text.Width(c.key), m.theme.Key)
			l.Space(1)
			l.Cell(text, word, text.Width(word), m.theme.KeyHint)
			used += text.Width(c.key) + 1 + text.Width(word)
		}
		if used <= m.width {
			l.Space(m.width - used)
			return l.String()
		}
	}
	return text.Cell(" "+offered(m.chord.choices), m.width)
}
