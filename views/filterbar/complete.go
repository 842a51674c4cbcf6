package filterbar

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/views/prompt"
)

// candidate is what a half typed name or value may become. One that is counted comes from the entries, and has to be quoted.
type candidate = prompt.Item

// maxItems are in the list.
const maxItems = prompt.MaxItems

// list is where in the text the list of candidates belongs, and what they are.
type list struct {
	field  string // whose values they are; empty: they are names
	at     place
	cursor int
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
	at := p.edit.At()
	return locate(p.edit.Line.Text(), at), at
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
	if e.Search != nil {
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

// follow lets the list follow the cursor.
func (p *Pane) follow() {
	if p.edit.Menu != nil && p.edit.At() != p.edit.list.cursor {
		p.openMenu(false)
	}
}

// openMenu lists what there is for the place of the cursor. What was selected stays so, if it is still there.
func (p *Pane) openMenu(entered bool) {
	e := p.edit
	pl, at := p.here()
	var items []candidate
	loading := false
	to := list{at: pl, cursor: at}
	fix, misspelt := p.misspelt(pl)
	switch {
	case misspelt:
		head, _, _ := strings.Cut(pl.field, ".")
		items, to.at = []candidate{fix}, place{kind: aName, start: pl.name, end: pl.name + len(head), closed: true}
	case pl.kind == aName:
		items = p.names(pl)
	case pl.kind == aValue:
		items, to.field, loading = p.valuesAt(pl)
	}
	if len(items) == 0 && !loading {
		e.Menu = nil
		return
	}
	e.Menu, e.list = prompt.NewMenu(items, e.Menu, entered), to
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
			first = append([]candidate{{Text: f.also[exact], Note: note}}, first...)
		case begins >= 0:
			first = append(first, candidate{Text: all[begins], Note: note})
		case slices.ContainsFunc(all, func(a string) bool { return strings.Contains(fold(a), typed) }):
			then = append(then, candidate{Text: f.name, Note: note})
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
	return candidate{Text: e.Suggestion, Note: f.what}, ok
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
		case slices.Contains(pl.taken, c.Text):
		case strings.HasPrefix(lower, typed):
			first = append(first, c)
		case len(then) < maxItems && strings.Contains(lower, typed):
			then = append(then, c)
		}
	}
	if f, ok := p.fieldOf(pl.field); ok && f.list != nil {
		for _, c := range f.list(p.data.Now) {
			add(strings.ToLower(c.Text), c)
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
		add(known.lower[i], candidate{Text: v.Text, Counted: true, Count: v.Count})
	}
	items = append(first, then...)
	return items[:min(len(items), maxItems)], name, false
}

// take puts a candidate into the text.
func (p *Pane) take(c candidate) {
	e, at := p.edit, p.edit.list.at
	insert := c.Text
	switch {
	case c.Counted:
		insert = query.Quote(c.Text)
	case at.kind == aName && !at.closed:
		insert += ":"
	}
	if e.Replace(at.start, at.end, insert) {
		e.Menu = nil
	}
}
