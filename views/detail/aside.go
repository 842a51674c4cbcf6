package detail

import "taudit/theme"

// aside draws the context in a column beside the tree: a label, then as many lines as its text needs, as long as there is room.
func (p *Pane) aside(height int) []string {
	e := &p.entry
	w := p.layout.aside
	var lines []string
	add := func(label string, style theme.Style, texts ...string) {
		for i, s := range p.flow(texts, w-labels-2) {
			if len(lines) >= height {
				return
			}
			r := p.newRow(w)
			r.space(1)
			name := ""
			if i == 0 {
				name = label
			}
			r.cell(name, labels, p.theme.ColumnHead)
			r.put(s, style)
			lines = append(lines, r.done())
		}
	}
	said := e.Sentence()
	if said == "" {
		said = "Operation not said"
	}
	add("WHAT", p.theme.Title, said)
	add("", p.outcomeStyle(), outcome(e))
	add("WHEN", p.theme.Row, p.when()...)
	add("WHO", p.theme.Row, who(e)...)
	add("WHERE", p.theme.Row, where(e)...)
	add("REQ", p.theme.Row, request(e)...)
	add("SOURCE", p.theme.Dim, some(origin(e, true), p.arrival(), e.Origin.Source)...)
	add("", p.theme.Late, p.peculiar()...)
	return lines
}

// flow fills lines of w cells with texts, two blanks between those that fit into one, and breaks what is longer than a line.
func (p *Pane) flow(texts []string, w int) []string {
	if w <= 0 {
		return nil
	}
	const most = 3 // lines of one text
	var lines []string
	line, used := "", 0
	for _, s := range texts {
		n := p.text.Width(s)
		if used > 0 && used+2+n <= w {
			line, used = line+"  "+s, used+2+n
			continue
		}
		if used > 0 {
			lines = append(lines, line)
			line, used = "", 0
		}
		if n <= w {
			line, used = s, n
			continue
		}
		broken := p.text.Wrap(p.text.Clean(s[:min(len(s), 4096)]), w)
		lines = append(lines, broken[:min(len(broken), most)]...)
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}
