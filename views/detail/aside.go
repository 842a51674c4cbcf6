package detail

import (
	"fmt"
	"slices"

	"github.com/dustin/go-humanize"

	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// spacious is from how many lines the column beside the tree tells all in full.
const spacious = 24

// aside draws the context in a column beside the tree: what is known of the entry, then what stands around it.
func (p *Pane) aside(height int) []string {
	p.kin.x, p.kin.y = p.layout.tree.width+2, 0
	facts := p.facts(p.layout.aside, height)
	return p.window(facts, p.layout.aside, height)
}

// facts tell of the entry itself: a label, then as many lines as its text needs, or one where there is little room.
func (p *Pane) facts(w, height int) []string {
	if height < spacious {
		return p.fewFacts(w)
	}
	e := &p.entry
	var lines []string
	add := func(label string, style theme.Style, texts ...string) {
		for i, s := range p.flow(texts, w-labels-2) {
			if i > 0 {
				label = ""
			}
			lines = append(lines, p.fact(w, label, style, s))
		}
	}
	add("WHAT", p.theme.Title, p.said())
	add("", p.outcomeStyle(), outcome(e))
	add("WHEN", p.theme.Row, p.when()...)
	add("WHO", p.theme.Row, append(who(e), p.acted()...)...)
	add("WHERE", p.theme.Row, p.where()...)
	add("REQ", p.theme.Row, append(request(e), p.requests()...)...)
	add("SOURCE", p.theme.Dim, some(append([]string{origin(&e.Origin, true), p.arrival(), e.Origin.Source}, p.doubles()...)...)...)
	add("", p.theme.Late, p.peculiar()...)
	r := p.newRow(w)
	return append(lines, r.done())
}

// fact draws a line with a label.
func (p *Pane) fact(w int, label string, style theme.Style, texts ...string) string {
	r := p.newRow(w)
	r.space(1)
	r.cell(label, labels, p.theme.ColumnHead)
	r.parts(style, style, texts...)
	return r.done()
}

// fewFacts tell of the entry in a line each, and leave out what stands in the tree beside them.
func (p *Pane) fewFacts(w int) []string {
	e := &p.entry
	row := p.theme.Row
	doing := p.said()
	if e.Operation != "" {
		doing = e.Verb() + " " + e.Resource()
	}
	when := p.when()
	if p.age != "" && !e.EmitTime.IsZero() {
		when = some(p.age, delay(e))
	}
	req := e.Correlation()
	if shown := []rune(req); len(shown) > 10 {
		req = ".." + string(shown[len(shown)-7:])
	}
	if req == "" {
		req = "-"
	}
	actor := e.Actor()
	if actor == "" {
		actor = who(e)[0]
	}
	address := e.ClientAddress()
	if address == "" {
		address = where(e)[0]
	}
	lines := []string{
		p.fact(w, "WHAT", p.outcomeStyle(), doing, outcome(e)),
		p.fact(w, "WHEN", row, when...),
		p.fact(w, "WHO", row, append([]string{actor}, p.acted()...)...),
		p.fact(w, "WHERE", row, append([]string{address}, p.first()...)...),
		p.fact(w, "REQ", row, append([]string{req}, p.requests()...)...),
		p.fact(w, "SOURCE", p.theme.Dim, some(append([]string{origin(&e.Origin, true), p.arrival()}, p.doubles()...)...)...),
	}
	if odd := p.peculiar(); len(odd) > 0 {
		lines = append(lines, p.fact(w, "", p.theme.Late, odd...))
	}
	return lines
}

// said is what was done, in a sentence.
func (p *Pane) said() string {
	if s := p.entry.Sentence(); s != "" {
		return s
	}
	return "Operation not said"
}

// where says the addresses, since when the first of them is known, and what to think of them.
func (p *Pane) where() []string {
	said := where(&p.entry)
	return append(append(said[:1:1], p.first()...), said[1:]...)
}

// acted counts the entries of the principal.
func (p *Pane) acted() []string {
	if c := p.circle(); c != nil && c.acted > 0 {
		return []string{humanize.Comma(int64(c.acted)) + " " + entries(c.acted) + " in the log"}
	}
	return nil
}

// first says when the address was first seen.
func (p *Pane) first() []string {
	c := p.circle()
	switch {
	case c == nil || c.first.IsZero():
		return nil
	case c.firstHere:
		return []string{"first seen here"}
	}
	return []string{"first seen " + p.moment(c)}
}

func (p *Pane) moment(c *circle) string {
	if at, first := p.clock.In(p.entry.Time()), p.clock.In(c.first); at.Year() != first.Year() || at.YearDay() != first.YearDay() {
		return first.Format("2006-01-02")
	}
	return p.clock.Brief(c.first)
}

// requests counts the entries with the request's id.
func (p *Pane) requests() []string {
	if c := p.circle(); c != nil && c.request.count > 0 {
		return []string{humanize.Comma(int64(c.request.count)) + " " + entries(c.request.count)}
	}
	return nil
}

// doubles says whether the entry was received more than once.
func (p *Pane) doubles() []string {
	switch {
	case p.circle() == nil, p.flags&store.Conflict != 0:
		return nil // peculiar says so
	case p.flags&(store.Repeated|store.Resent) != 0:
		return []string{"received more than once"}
	}
	return []string{"received once"}
}

func entries(n int) string {
	if n == 1 {
		return "entry"
	}
	return "entries"
}

// window draws what stands around the entry below lines that are there already, and scrolls to what is selected in it.
func (p *Pane) window(lines []string, w, height int) []string {
	k := &p.kin
	k.rows = k.rows[:0]
	for range lines {
		k.rows = append(k.rows, -1)
	}
	add := func(line string, at int) {
		lines = append(lines, line)
		k.rows = append(k.rows, at)
	}
	c := p.circle()
	if c == nil {
		if k.snapshot != nil && p.key != (store.Key{}) {
			r := p.newRow(w)
			r.space(1)
			r.put("Looking for what stands around it", p.theme.Dim)
			add(r.done(), -1)
		}
		return lines[:min(len(lines), height)]
	}
	all := p.families(c)
	stamp := p.stamp(all)
	room := p.share(all, height-len(lines))
	title := stamp.Title()
	for i, n := 0, 0; i < len(all); i++ {
		f := &all[i]
		add(p.familyHead(f, title, w), -1)
		if f.others(p.key) == 0 {
			continue
		}
		title = ""
		for _, j := range p.around(f.family, room[i]) {
			add(p.relative(f, &f.shown[j], stamp, w, k.focused && n+j == k.cursor), n+j)
		}
		n += len(f.shown)
	}
	if !k.focused {
		k.top = 0
		return lines[:min(len(lines), height)]
	}
	for y, at := range k.rows {
		if at == k.cursor {
			k.top = max(min(k.top, y-1), y-height+1, 0)
		}
	}
	k.top = max(min(k.top, len(lines)-height), 0)
	k.rows = k.rows[k.top:]
	return lines[k.top:min(len(lines), k.top+height)]
}

// share gives each family a number of lines, of those that its head leaves. All that is kept can be gone through once the context has
// the focus.
func (p *Pane) share(all []named, lines int) []int {
	out := make([]int, len(all))
	lines -= len(all)
	for given := true; given; {
		given = false
		for i := range all {
			if (lines > 0 || p.kin.focused) && all[i].others(p.key) > 0 && out[i] < len(all[i].shown) {
				out[i]++
				lines--
				given = true
			}
		}
	}
	return out
}

// around gives n entries of a family: with the one that is shown in the middle, or without it where there is room for hardly any.
func (p *Pane) around(f *family, n int) []int {
	self := slices.IndexFunc(f.shown, func(r relative) bool { return r.key == p.key })
	if n > 2 || n == len(f.shown) || self < 0 {
		out := make([]int, n)
		from := max(min(self-(n-1)/2, len(f.shown)-n), 0)
		for i := range out {
			out[i] = from + i
		}
		return out
	}
	var out []int
	for _, i := range []int{self - 1, self + 1, self - 2, self + 2} {
		if i >= 0 && i < len(f.shown) && len(out) < n {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}

// stamp is how the times of the context are written, all alike.
func (p *Pane) stamp(all []named) views.Stamp {
	s := p.clock.Stamp(p.now)
	for _, f := range all {
		for i := range f.shown {
			s = s.With(f.shown[i].at, p.now)
		}
	}
	return s
}

// familyHead names a family and counts it. The title is that of the times below.
func (p *Pane) familyHead(f *named, title string, w int) string {
	r := p.newRow(w)
	r.space(1)
	r.put(f.name, p.theme.ColumnHead)
	others := f.others(p.key)
	said := fmt.Sprintf(" (%s)", humanize.Comma(int64(f.count)))
	if f.after != "" {
		said = " " + f.after + said
	}
	switch {
	case !f.known && p.stays():
		said = "  looking"
	case !f.known:
		said = "  once the view is held"
	case others == 0:
		said = "  no other"
		if f.after != "" {
			said += " " + f.after
		}
	}
	r.put(said, p.theme.Dim)
	if others > 0 && title != "" && p.text.Width(title)+2 <= r.left {
		r.space(r.left - p.text.Width(title) - 1)
		r.put(title, p.theme.Dim)
	}
	return r.done()
}

// relative draws one of a family.
func (p *Pane) relative(f *named, e *relative, stamp views.Stamp, w int, selected bool) string {
	th := p.theme
	r := p.newRow(w)
	switch {
	case selected:
		r.glyph(th.Glyphs.Cursor, th.Path)
	default:
		r.space(1)
	}
	switch {
	case e.key == p.key:
		r.glyph(th.Glyphs.Cursor, th.Path)
	default:
		r.space(1)
	}
	r.space(1)
	at := string(stamp.Append(nil, e.at, p.now))
	r.cell(at, min(stamp.Width(), grid.Cells([]byte(at))), th.Dim)
	r.space(1)
	if e.status != "OK" && e.status != "" {
		word := "ERR "
		if e.status != "ERROR" {
			word = e.status + " "
		}
		r.put(word, th.Error)
	}
	operation := min(max(r.left*6/10, 20), 32)
	r.cell(e.operation, min(operation, r.left), th.Row)
	r.space(1)
	r.cell(f.column(e), r.left, th.Dim)
	switch {
	case !selected:
		return r.done()
	case p.focused:
		return string(r.line.AppendAs(nil, th.Cursor))
	}
	return string(r.line.AppendAs(nil, th.CursorIdle))
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
