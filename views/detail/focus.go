package detail

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// Focus is the value of the entry that is selected in the tree. Nothing of it is cleaned.
type Focus struct {
	Names []string // that lead to it from the top of the entry; arrays add nothing
	Path  string   // in the syntax of jq
	Key   string   // its name, or its place in an array
	Text  string   // what a string says, else the JSON text
	Plain string   // Text of what can be compared; empty for an object, an array, null and an empty string
}

// Focused gives the selected value; ok is false while there is no tree on the screen, or another part of the pane is gone through.
func (p *Pane) Focused() (f Focus, ok bool) {
	t := p.tree
	if !p.shown || len(t.nodes) == 0 || p.sheet.of == rawBytes || p.kin.focused {
		return Focus{}, false
	}
	i := p.scroll.cursor
	steps := t.steps(i)
	f = Focus{Path: jq(steps), Text: t.says(i)}
	for _, s := range steps {
		if s.indexed {
			f.Key = strconv.Itoa(int(s.index))
			continue
		}
		f.Key = s.key
		f.Names = append(f.Names, s.key)
	}
	switch t.nodes[i].kind {
	case text, number, word:
		f.Plain = f.Text
	}
	return f, true
}

// alike goes to the nth value on that has the same name as the selected one, around the end. In an array it is the name of that.
func (p *Pane) alike(n int) tea.Cmd {
	t, at := p.tree, p.scroll.cursor
	for t.nodes[at].parent >= 0 && t.nodes[at].key.to == 0 {
		at = t.nodes[at].parent
	}
	if t.nodes[at].parent < 0 {
		return say("The whole entry has no name to look for.")
	}
	name, place := t.key(at), 0
	var all []int32
	for i := range t.nodes {
		i := int32(i)
		if i == at {
			place = len(all)
		}
		if t.nodes[i].key.to > 0 && t.key(i) == name {
			all = append(all, i)
		}
	}
	if len(all) == 1 {
		return say("Nothing else in this entry is called " + strconv.Quote(name) + ".")
	}
	to := place + n%len(all)
	around := to < 0 || to >= len(all) || n >= len(all) || -n >= len(all)
	to = (to + len(all)) % len(all)
	p.reveal(all[to])
	text := strconv.Quote(name) + ": " + strconv.Itoa(to+1) + " of " + strconv.Itoa(len(all)) + " in this entry"
	switch {
	case around && n > 0:
		text += ", from the top again"
	case around:
		text += ", from the bottom again"
	}
	return say(text + ".")
}

func say(text string) tea.Cmd { return func() tea.Msg { return views.Say{Text: text} } }
