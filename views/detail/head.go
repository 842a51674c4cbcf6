package detail

import (
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/source/store"
	"taudit/theme"
)

// above draws the lines over the tree.
func (p *Pane) above() []string {
	e := &p.entry
	var lines []string
	if p.layout.lines >= headline {
		lines = append(lines, p.headline())
	}
	w := p.width
	switch p.layout.lines {
	case compact:
		lines = append(lines, p.compact())
	case paired:
		left := w * 55 / 100
		lines = append(lines,
			p.pair(left, "WHO", who(e), "WHERE", where(e)),
			p.pair(left, "WHEN", p.when(), "REQ", request(e)))
	case labelled:
		lines = append(lines,
			p.labelled(w, "WHAT", what(e)),
			p.labelled(w, "WHO", append(who(e), p.acted()...)),
			p.labelled(w, "WHEN", p.when()),
			p.labelled(w, "WHERE", p.where()),
			p.labelled(w, "REQ", append(request(e), p.requests()...)))
	}
	if p.layout.lines >= compact {
		lines = append(lines, p.rule(w))
	}
	return lines
}

// headline says what was done, and at the right its outcome.
func (p *Pane) headline() string {
	e := &p.entry
	r := p.newRow(p.width)
	r.space(1)
	said := p.said()
	end := outcome(e)
	w := p.text.Width(end)
	if w > r.left/2 {
		end = e.Status
		w = min(p.text.Width(end), r.left/2)
	}
	room := r.left - w - 2
	r.cell(said, room, p.theme.Title)
	r.space(1)
	r.cell(end, w, p.outcomeStyle())
	return r.done()
}

func (p *Pane) outcomeStyle() theme.Style {
	switch p.entry.Outcome() {
	case "accepted":
		return p.theme.OK
	case "failed":
		return p.theme.Error
	}
	return p.theme.Late
}

// compact says in one line who, from where and when: the fullest form that fits.
func (p *Pane) compact() string {
	e := &p.entry
	r := p.newRow(p.width)
	r.space(1)
	actor := e.Actor()
	kind := ""
	if k := kindOfPrincipal(e); k != "" {
		kind = actor + " (" + k + ")"
	}
	t := e.Time()
	full, brief := "", ""
	if !t.IsZero() {
		full, brief = p.clock.Full(t.Truncate(time.Second)), p.clock.Brief(t)
		if e.EmitTime.IsZero() {
			full, brief = "arrived "+full, "arrived "+brief
		}
	}
	address := e.ClientAddress()
	forms := [][]string{
		some(kind, address, full, p.age),
		some(actor, address, full, p.age),
		some(actor, address, brief, p.age),
		some(actor, address, brief),
		some(actor, brief),
	}
	for i, form := range forms {
		if i == len(forms)-1 || p.text.Width(strings.Join(form, "  ")) <= r.left {
			r.parts(p.theme.Row, p.theme.Row, form...)
			break
		}
	}
	return r.done()
}

// labels are the cells of a label, with the blanks behind it.
const labels = 7

func (p *Pane) labelled(w int, label string, parts []string) string {
	r := p.newRow(w)
	r.space(1)
	p.label(&r, label, parts)
	return r.done()
}

func (p *Pane) label(r *row, label string, parts []string) {
	r.cell(label, labels, p.theme.ColumnHead)
	r.parts(p.theme.Row, p.theme.Dim, parts...)
}

// pair puts two of them in one line, the second from cell left on.
func (p *Pane) pair(left int, a string, as []string, b string, bs []string) string {
	r := p.newRow(p.width)
	rest := r.left - left
	r.left = left - 1
	r.space(1)
	p.label(&r, a, as)
	r.space(r.left)
	r.left = rest + 1
	r.space(1)
	p.label(&r, b, bs)
	return r.done()
}

func (p *Pane) rule(w int) string {
	r := p.newRow(w)
	r.rule(p.theme.Glyphs.Rule, p.theme.Border)
	return r.done()
}

// below draws the lines under the tree.
func (p *Pane) below() []string {
	l := &p.layout
	var lines []string
	if l.ruled {
		lines = append(lines, p.rule(p.width))
	}
	if l.kin > 0 {
		p.kin.x, p.kin.y = 0, l.head+l.tree.height+len(lines)
		around := p.window(nil, p.width, l.kin)
		for len(around) < l.kin {
			r := p.newRow(p.width)
			around = append(around, r.done())
		}
		lines = append(lines, around...)
	}
	if l.related {
		lines = append(lines, p.relatedLine())
	}
	if l.source {
		lines = append(lines, p.sourceLine())
	}
	if l.search {
		lines = append(lines, p.searchLine(p.width))
	}
	if l.path {
		r := p.newRow(p.width)
		r.space(1)
		r.end(p.Path(), r.left, p.theme.Path)
		lines = append(lines, r.done())
	}
	return lines
}

// relatedLine counts what stands around the entry.
func (p *Pane) relatedLine() string {
	r := p.newRow(p.width)
	r.space(1)
	if p.kin.snapshot == nil || p.key == (store.Key{}) {
		return r.done()
	}
	r.cell("Related", labels+1, p.theme.ColumnHead)
	c := p.circle()
	if c == nil {
		r.put("looking for what stands around it", p.theme.Dim)
		return r.done()
	}
	var parts []string
	for _, f := range p.families(c) {
		part := strings.ToLower(strings.TrimPrefix(f.name, "SAME "))
		if f.after != "" {
			part += " " + f.after
		}
		if !f.known {
			parts = append(parts, part+" "+p.theme.Glyphs.Ellipsis)
			continue
		}
		part += " " + humanize.Comma(int64(f.count))
		if f.others(p.key) == 1 {
			for i := range f.shown {
				if o := &f.shown[i]; o.key != p.key {
					part += " (" + o.operation + ")"
				}
			}
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		parts = []string{"no request, target or principal is said"}
	}
	r.parts(p.theme.Row, p.theme.Row, parts...)
	return r.done()
}

// sourceLine says where the entry came from.
func (p *Pane) sourceLine() string {
	e := &p.entry
	r := p.newRow(p.width)
	r.space(1)
	r.cell("Source", labels, p.theme.ColumnHead)
	odd := p.peculiar()
	parts := func(short bool) []string {
		return append(odd[:len(odd):len(odd)], some(append([]string{origin(&e.Origin, short), p.arrival(), e.Origin.Source}, p.doubles()...)...)...)
	}
	all := parts(false)
	if p.text.Width(strings.Join(all, "  ")) > r.left {
		all = parts(true)
	}
	for i, s := range all {
		w := p.text.Width(s)
		if i > 0 {
			if w+2 > r.left {
				break
			}
			r.space(2)
		}
		style := p.theme.Dim
		if i < len(odd) {
			style = p.theme.Late
		}
		r.cell(s, w, style)
	}
	return r.done()
}
