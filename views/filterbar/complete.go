package filterbar

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source/query"
	"taudit/views/grid"
)

const (
	maxRows  = 7    // of the list are shown at once
	maxItems = 1000 // are in the list: those that are rarer are found by typing on
)

// candidate is what a half typed name or value may become.
type candidate struct {
	text  string // what it is
	note  string // what there is to say about it
	raw   bool   // text comes from the entries, and has to be quoted; instead of a note there is a count
	count int
}

// about is what stands beside a candidate.
func (c candidate) about() string {
	if c.raw {
		return humanize.Comma(int64(c.count))
	}
	return c.note
}

// menu is the list of candidates.
type menu struct {
	items   []candidate
	window  grid.Window
	entered bool   // one of them is selected
	field   string // whose values they are; empty: they are names
	loading bool   // nobody has told the values yet
	at      place
	cursor  int
}

// lines are those that the list takes on the screen.
func (m *menu) lines() int {
	switch {
	case m == nil:
		return 0
	case len(m.items) == 0:
		return 1
	}
	return min(len(m.items), maxRows)
}

// values are those of a field, with what is needed to search among them.
type values struct {
	list    []Value
	lower   []string
	arrived uint64 // how many entries had arrived when they were counted
}

func newValues(list []Value, arrived uint64) values {
	v := values{arrived: arrived}
	for _, l := range list {
		if l.Text != "" { // nothing could be written for it
			v.list = append(v.list, l)
		}
	}
	v.lower = make([]string, len(v.list))
	slices.SortStableFunc(v.list, func(a, b Value) int { return cmp.Compare(b.Count, a.Count) })
	for i, l := range v.list {
		v.lower[i] = strings.ToLower(l.Text)
	}
	return v
}

// here is where the cursor stands.
func (p *Pane) here() (place, int) {
	text := p.edit.input.Value()
	at, n := 0, 0
	for at = range text {
		if n == p.edit.input.Position() {
			return locate(text, at), at
		}
		n++
	}
	return locate(text, len(text)), len(text)
}

// counted gives the field at a place whose values have to be counted; not ok elsewhere.
func (p *Pane) countedField(pl place) (string, bool) {
	if pl.kind != aValue {
		return "", false
	}
	f, ok := p.fieldOf(pl.field)
	if ok {
		return f.name, f.list == nil
	}
	head, _, path := strings.Cut(pl.field, ".")
	_, ok = p.fieldOf(head)
	return p.proper(pl.field), ok && path
}

// want asks for the values at the cursor when it has come there, unless they are known and nothing has arrived since.
func (p *Pane) want() tea.Cmd {
	e := p.edit
	if e.search != nil {
		return nil
	}
	pl, _ := p.here()
	name, ok := p.countedField(pl)
	if !ok {
		e.asked = ""
		return nil
	}
	if name == e.asked {
		return nil
	}
	e.asked = name
	if v, ok := p.known[name]; ok && v.arrived == p.arrived() {
		return nil
	}
	return send(Wanted{name})
}

// complete opens the list, or takes the only candidate, or goes to the next in the list.
func (p *Pane) complete() tea.Cmd { return p.step(1) }

// completeBack goes to the previous in the list.
func (p *Pane) completeBack() tea.Cmd { return p.step(-1) }

func (p *Pane) step(by int) tea.Cmd {
	e := p.edit
	if e.menu != nil {
		e.menu.move(by, true)
		return nil
	}
	e.asked = "" // ask again, if need be
	p.openMenu(true)
	switch m := e.menu; {
	case m == nil:
		e.message = p.none()
	case len(m.items) == 1:
		p.take(m.items[0])
	case by < 0:
		m.window = m.window.Last()
	}
	return nil
}

// none says that there are no candidates.
func (p *Pane) none() string {
	switch pl, _ := p.here(); {
	case pl.kind == aValue && pl.prefix == "":
		return "no value of " + pl.field + " is known"
	case pl.kind != nothing:
		return "nothing known begins with " + pl.prefix
	}
	return "nothing to complete here"
}

// move selects a candidate, the first one when none was selected yet.
func (m *menu) move(by int, around bool) {
	if len(m.items) == 0 {
		return
	}
	if !m.entered {
		m.entered = true
		if by < 0 {
			m.window = m.window.Last()
		} else {
			m.window = m.window.First()
		}
		return
	}
	to := m.window.Cursor + by
	if around {
		to = (to + len(m.items)) % len(m.items)
	}
	m.window = m.window.To(to)
}

func (p *Pane) up() tea.Cmd {
	if m := p.edit.menu; m != nil {
		m.move(-1, true)
		return nil
	}
	return p.older()
}

func (p *Pane) down() tea.Cmd {
	if m := p.edit.menu; m != nil {
		m.move(1, true)
		return nil
	}
	return p.newer()
}

func (p *Pane) pageUp() tea.Cmd { return p.page(-1) }

func (p *Pane) pageDown() tea.Cmd { return p.page(1) }

func (p *Pane) page(n int) tea.Cmd {
	if m := p.edit.menu; m != nil {
		m.move(n*(maxRows-1), false)
	}
	return nil
}

// follow lets the list follow the cursor.
func (p *Pane) follow() {
	if m := p.edit.menu; m != nil {
		if _, at := p.here(); at != m.cursor {
			p.openMenu(false)
		}
	}
}

// openMenu lists what there is for the place of the cursor. What was selected stays so, if it is still there.
func (p *Pane) openMenu(entered bool) {
	e := p.edit
	pl, at := p.here()
	m := &menu{at: pl, cursor: at, entered: entered}
	fix, misspelt := p.misspelt(pl)
	switch {
	case misspelt:
		head, _, _ := strings.Cut(pl.field, ".")
		m.items, m.at = []candidate{fix}, place{kind: aName, start: pl.name, end: pl.name + len(head), closed: true}
	case pl.kind == aName:
		m.items = p.names(pl)
	case pl.kind == aValue:
		m.items, m.field, m.loading = p.valuesAt(pl)
	}
	if len(m.items) == 0 && !m.loading {
		e.menu = nil
		return
	}
	m.window = grid.Window{Count: len(m.items), Height: maxRows}
	if old := e.menu; old != nil && entered && len(old.items) > 0 {
		had := old.items[old.window.Cursor].text
		if i := slices.IndexFunc(m.items, func(c candidate) bool { return c.text == had }); i >= 0 {
			m.window.Cursor = i
		}
	}
	m.window = m.window.Clamp()
	e.menu = m
}

// names are the fields that begin with what is typed, else those that have it in them, else the one that is probably meant.
func (p *Pane) names(pl place) []candidate {
	typed := fold(pl.prefix)
	var first, then []candidate
	for _, f := range p.fields {
		note := f.what
		if len(f.also) > 0 {
			note += " (" + strings.Join(f.also, ", ") + ")"
		}
		all := append([]string{f.name}, f.also...)
		exact := slices.IndexFunc(f.also, func(a string) bool { return fold(a) == typed })
		begins := slices.IndexFunc(all, func(a string) bool { return strings.HasPrefix(fold(a), typed) })
		switch {
		case exact >= 0:
			first = append([]candidate{{text: f.also[exact], note: note}}, first...)
		case begins >= 0:
			first = append(first, candidate{text: all[begins], note: note})
		case slices.ContainsFunc(all, func(a string) bool { return strings.Contains(fold(a), typed) }):
			then = append(then, candidate{text: f.name, note: note})
		}
	}
	if len(first) > 0 {
		return first
	}
	if c, ok := p.meant(pl.prefix); ok && len(then) == 0 {
		return []candidate{c}
	}
	return then
}

// meant gives the field that a misspelt name is probably meant to be.
func (p *Pane) meant(name string) (candidate, bool) {
	_, err := query.Parse(name + ":1")
	var e *query.Error
	if !errors.As(err, &e) {
		return candidate{}, false
	}
	f, ok := p.fieldOf(e.Suggestion)
	return candidate{text: e.Suggestion, note: f.what}, ok
}

// misspelt gives the right name of the field of the term at a place, if it has a wrong one.
func (p *Pane) misspelt(pl place) (candidate, bool) {
	if _, ok := p.fieldOf(pl.field); ok || pl.field == "" {
		return candidate{}, false
	}
	return p.meant(pl.field)
}

// valuesAt are the values that begin with what is typed, then those that have it in them, the most frequent first. Those of a
// list that stand there already are left out.
func (p *Pane) valuesAt(pl place) (items []candidate, name string, loading bool) {
	typed := strings.ToLower(pl.prefix)
	var first, then []candidate
	add := func(lower string, c candidate) {
		switch {
		case slices.Contains(pl.taken, c.text):
		case strings.HasPrefix(lower, typed):
			first = append(first, c)
		case len(then) < maxItems && strings.Contains(lower, typed):
			then = append(then, c)
		}
	}
	if f, ok := p.fieldOf(pl.field); ok && f.list != nil {
		for _, c := range f.list(p.data.Now) {
			add(strings.ToLower(c.text), c)
		}
		if len(first) > 0 {
			then = nil
		}
		return append(first, then...), f.name, false
	}
	name, ok := p.countedField(pl)
	if !ok {
		return nil, "", false
	}
	known, ok := p.known[name]
	if !ok {
		return nil, name, true
	}
	for i, v := range known.list {
		if len(first) == maxItems {
			break
		}
		add(known.lower[i], candidate{text: v.Text, raw: true, count: v.Count})
	}
	items = append(first, then...)
	return items[:min(len(items), maxItems)], name, false
}

// take puts a candidate into the text.
func (p *Pane) take(c candidate) {
	e := p.edit
	text, at := e.input.Value(), e.menu.at
	insert := c.text
	switch {
	case c.raw:
		insert = query.Quote(c.text)
	case at.kind == aName && !at.closed:
		insert += ":"
	}
	after := text[at.end:]
	if len([]rune(text[:at.start]))+len([]rune(insert))+len([]rune(after)) > maxLength {
		e.message = cut()
		return
	}
	_, cursor := p.here()
	e.menu = nil
	e.input.SetValue(text[:at.start] + insert + after)
	end := len([]rune(text[:at.start] + insert))
	if cursor > at.end {
		end += len([]rune(text[at.end:cursor])) // it stood behind what was put right
	}
	e.input.SetCursor(end)
}
