package detail

import (
	"strconv"
	"strings"
)

// Where things stand in a row of the tree, in cells.
const (
	cursorAt  = 1
	rootAt    = 1  // the marker of the root
	inObject  = 4  // names stand so much further to the right than that of their object
	inArray   = 2  // and so much further than that of their array
	gap       = 2  // between the longest name and the values
	widest    = 24 // names beyond it do not move the values of the others
	measured  = 256
	notesFrom = 27 // notes stand so far behind the beginning of the values, where they can
)

// nameAt is where the name of a node stands.
func (t *tree) nameAt(i int32) int {
	n := &t.nodes[i]
	if n.depth == 0 {
		return rootAt + 2
	}
	arrays := int(n.arrays)
	if t.nodes[0].kind == array {
		arrays-- // the first step makes room for the markers
	}
	return rootAt + inObject*int(n.depth) - (inObject-inArray)*arrays
}

// nameIn is nameAt within w cells: of what is nested very deep the values matter more.
func (t *tree) nameIn(i int32, w int) int { return min(t.nameAt(i), max(w/2, 1)) }

// name is what a node is called in a row: its name, with quotes where that would not be clear without, or its place.
func (t *tree) name(i int32) string {
	n := &t.nodes[i]
	if n.parent < 0 {
		return ""
	}
	if n.key.to == 0 {
		return strconv.Itoa(int(n.place))
	}
	quoted := t.text[n.key.from:n.key.to]
	inside := quoted[1 : len(quoted)-1]
	if inside == "" || strings.ContainsAny(inside, "\\ ") {
		return quoted
	}
	return inside
}

// column is where the values below container i begin, so that they stand below each other: where those of the container
// above do, if the names are not too long for that. Only values that take a row of their own are measured, and only the first
// of very many.
func (p *Pane) column(i int32) int {
	if c, ok := p.columns[i]; ok {
		return c
	}
	t := p.tree
	c := 0
	if above := t.nodes[i].parent; above >= 0 {
		c = p.column(above)
	}
	if t.holds(i) {
		longest := 0
		if t.nodes[i].kind == array {
			longest = len(strconv.Itoa(int(t.nodes[i].count) - 1))
		} else {
			for j, n := i+1, 0; j < t.nodes[i].end && n < measured; j, n = t.nodes[j].end, n+1 {
				if !t.holds(j) && t.nodes[j].kind != object && t.nodes[j].kind != array {
					if w := p.text.Width(t.name(j)); w <= widest {
						longest = max(longest, w)
					}
				}
			}
		}
		if longest > 0 {
			c = max(c, t.nameAt(i+1)+longest+gap)
		}
	}
	if p.columns == nil {
		p.columns = map[int32]int{}
	}
	p.columns[i] = c
	return c
}

// valueAt is where the value of a node begins in a row of w cells. Open arrays say their size right behind the name.
func (p *Pane) valueAt(i int32, w int) int {
	t := p.tree
	n := &t.nodes[i]
	if n.parent < 0 {
		return rootAt + 2
	}
	at := t.nameIn(i, w) + p.text.Width(t.name(i)) + 1
	if t.holds(i) && !n.folded {
		return at
	}
	return max(at, min(p.column(n.parent), w*2/3))
}

// opens tells whether Open has something to show: what is below a node, a value that is cut, or one whose escapes hide how it reads.
func (p *Pane) opens(i int32) bool {
	t := p.tree
	if t.holds(i) {
		return true
	}
	return t.nodes[i].kind == text && strings.Contains(t.value(i), `\`) || p.cut(i)
}

// branches draws the rows of the tree.
func (p *Pane) branches() []string {
	s := &p.scroll
	w := p.layout.tree.width
	lines := make([]string, 0, s.height)
	p.nodes = p.nodes[:0]
	sub := s.above
	for i := s.top; i >= 0 && len(lines) < s.height; i = p.tree.next(i) {
		value := s.value(i)
		for ; sub < max(len(value), 1) && len(lines) < s.height; sub++ {
			p.nodes = append(p.nodes, i)
			lines = append(lines, p.branch(i, sub, w))
		}
		sub = 0
		if s.rows(i) > max(len(value), 1) && len(lines) < s.height {
			r := p.newRow(w)
			r.space(rootAt + 2)
			r.put(p.bracket(0, 1), p.theme.Punct)
			lines = append(lines, r.done())
		}
	}
	return lines
}

// branch draws one row of a node; sub counts those of a wrapped value.
func (p *Pane) branch(i int32, sub, w int) string {
	t, th := p.tree, p.theme
	n := &t.nodes[i]
	r := p.newRow(w)
	selected := i == p.scroll.cursor
	at := func(x int) { r.space(x - (w - r.left)) }
	if selected && sub == 0 {
		x := cursorAt
		if n.parent < 0 {
			x = 0 // its marker stands where that of the selection does in other rows
		}
		at(x)
		r.glyph(th.Glyphs.Cursor, th.Path)
	}
	valueAt := p.valueAt(i, w)
	wrapped := p.scroll.value(i)
	switch {
	case sub > 0:
		at(valueAt)
		p.marked(&r, wrapped[sub], th.JSONString)
	default:
		name := t.nameIn(i, w)
		if n.kind == object || n.kind == array || n.kind == folio {
			at(name - 2)
			if t.holds(i) && !n.folded {
				r.glyph(th.Glyphs.Open, th.Punct)
			} else {
				r.glyph(th.Glyphs.Closed, th.Punct)
			}
		}
		at(name)
		style := th.JSONKey
		if n.parent >= 0 && t.nodes[n.parent].kind == array {
			style = th.Punct
		}
		if (n.kind == object || n.kind == array) && !t.holds(i) {
			style = th.Dim
		}
		p.marked(&r, t.name(i), style)
		at(valueAt)
		if len(wrapped) > 0 {
			p.marked(&r, wrapped[0], th.JSONString)
		} else {
			p.branchValue(&r, i)
		}
		p.branchNote(&r, i, valueAt)
	}
	r.space(r.left)
	if !selected {
		return r.line.String()
	}
	style := th.CursorIdle
	if p.focused && !p.kin.focused {
		style = th.Cursor
	}
	return string(r.line.AppendAs(nil, style))
}

// branchValue draws what stands behind the name.
func (p *Pane) branchValue(r *row, i int32) {
	t, th := p.tree, p.theme
	n := &t.nodes[i]
	switch n.kind {
	case text:
		v := t.value(i)
		if n := p.prefix(i); n > 0 && r.left > n+1 {
			p.marked(r, v[:n+1], th.Prefix)
			v = v[n+1:]
		}
		p.marked(r, v, th.JSONString)
	case number:
		p.marked(r, t.value(i), th.JSONNumber)
	case word:
		p.marked(r, t.value(i), th.JSONBool)
	case null:
		p.marked(r, t.value(i), th.JSONNull)
	case folio:
		p.marked(r, t.value(i), th.Punct)
	default:
		switch {
		case !t.holds(i):
			r.put(p.bracket(i, 0)+p.bracket(i, 1), th.Dim)
		case n.folded:
			lead, rest := p.preview(i)
			r.put(lead, th.Punct)
			r.space(1)
			r.put(rest, th.Dim)
		case n.kind == array:
			r.put("["+strconv.Itoa(int(n.count))+"]", th.Punct)
		case n.parent < 0:
			r.put(p.bracket(i, 0), th.Punct)
		}
	}
}

// bracket is the opening or the closing bracket of a container.
func (p *Pane) bracket(i int32, closing int) string {
	if p.tree.nodes[i].kind == array {
		return "[]"[closing : closing+1]
	}
	return "{}"[closing : closing+1]
}

// preview says what a folded container holds: {user} user2@example.com, {3}, [2] "a", "b".
func (p *Pane) preview(i int32) (lead, rest string) {
	const (
		looked = 32  // children
		cut    = 200 // bytes of each
	)
	t := p.tree
	count := strconv.Itoa(int(t.nodes[i].count))
	short := func(j int32) string {
		s := t.value(j)
		if t.nodes[i].kind == object && t.nodes[j].kind == text {
			s = s[1 : len(s)-1]
		}
		return s[:min(len(s), cut)]
	}
	if t.nodes[i].kind == array {
		var some []string
		for j, k := i+1, 0; j < t.nodes[i].end && k < 3; j, k = t.nodes[j].end, k+1 {
			if t.holds(j) {
				break
			}
			some = append(some, short(j))
		}
		return "[" + count + "]", strings.Join(some, ", ")
	}
	lead = "{" + count + "}"
	best := len(titles)
	for j, k := i+1, 0; j < t.nodes[i].end && k < looked; j, k = t.nodes[j].end, k+1 {
		if t.nodes[j].kind != text {
			continue
		}
		key := t.key(j)
		if key == "type" {
			lead = "{" + short(j) + "}"
		}
		for at, title := range titles[:best] {
			if key == title && len(t.value(j)) > 2 {
				best, rest = at, short(j)
				break
			}
		}
	}
	return lead, rest
}

// titles are the names of what an object is called by, the best first.
var titles = [...]string{"name", "email", "display_name", "displayName", "namespace", "id"}

// branchNote adds what is known about a value, where there is room: below the notes of the others if the value is short.
func (p *Pane) branchNote(r *row, i int32, valueAt int) {
	notes := p.note(i)
	if len(notes) == 0 {
		return
	}
	need := -2
	for _, s := range notes {
		need += 2 + p.text.Width(s)
	}
	w := p.layout.tree.width
	used := w - r.left
	at := max(valueAt+notesFrom, used+2)
	if at+need > w {
		at = used + 2
	}
	r.space(at - used - 2)
	style := p.theme.Dim
	r.parts(style, style, append([]string{""}, notes...)...)
}
