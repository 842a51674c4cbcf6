package principals

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// label is how wide what stands before a fact is.
const label = 9

// compose writes the facts, as wide as the pane.
func (g *page) compose(p *Pane) {
	f := g.facts
	g.lines = []grid.Line{}
	if f == nil {
		g.text(p, "", "Counting what "+g.name+" did.", p.theme.Row)
		return
	}
	th := p.theme
	g.text(p, "", called(&f.who)+"  "+long(&f.who), th.Title)
	g.text(p, "", counts(f.sum)+f.beside()+g.fresh(p), th.Row)
	if f.sum.Entries > 0 {
		g.text(p, "FIRST", p.fully(f.sum.First), th.Row)
		g.text(p, "LAST", p.fully(f.sum.Last), th.Row)
	}
	if f.who.ID != "" {
		g.text(p, "ID", f.who.ID, th.Row)
	}
	if len(f.who.Aliases) > 0 {
		g.text(p, "ALSO", strings.Join(f.who.Aliases, "  ")+"  in entries without an ID", th.Row)
	}
	d := &f.detail
	g.tallies(p, "DID", d.Operations, nil)
	g.tallies(p, "ERRORS", failed(d.Operations), nil)
	g.tallies(p, "TOUCHED", d.Targets, nil)
	g.tallies(p, "FROM", d.Addresses, f.met)
	g.tallies(p, "BY", f.used(p), nil)
	g.hours(p, "HOURS")
	g.text(p, "", "", th.Row)
	g.text(p, "", "Actions, the newest first", th.ColumnHead)
}

// beside says how much more there is of whom a filter shows only a part.
func (f *facts) beside() string {
	if f.all == f.sum {
		return ""
	}
	return "  of " + humanize.Comma(int64(f.all.Entries)) + " that are loaded"
}

// fresh says that somebody is new, and on what basis.
func (g *page) fresh(p *Pane) string {
	if g.facts.fresh == 0 || p.result == nil {
		return ""
	}
	n := &p.result.news
	return "  " + mark + ": first seen in the last " + views.Length(n.For) + ", " + views.Length(n.Loaded) + " loaded"
}

// fully is a time with its date, and how long ago it was.
func (p *Pane) fully(at int64) string {
	t := time.Unix(0, at)
	out := p.data.Clock.Full(t.Truncate(time.Second))
	if !p.data.Clock.Still {
		out += "  " + string(p.ago.Append(nil, t, p.data.Now)) + " ago"
	}
	return out
}

// failed are the operations that ended in errors, by how often they did.
func failed(operations []store.Tally) []store.Tally {
	var out []store.Tally
	for _, t := range operations {
		if t.Errors > 0 {
			t.Entries = t.Errors
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b store.Tally) int { return cmp.Compare(b.Entries, a.Entries) })
	return out
}

// used are the ways to call that were used.
func (f *facts) used(p *Pane) []store.Tally {
	var out []store.Tally
	for _, k := range f.keys {
		name := "how is not recorded"
		switch k.via {
		case byKey:
			name = "API key " + k.id
		case byBrowser:
			name = "browser"
		}
		out = append(out, store.Tally{Text: name, Sum: k.Sum})
	}
	return out
}

// text adds a line of facts, with a label before it.
func (g *page) text(p *Pane, head, text string, style theme.Style) {
	g.add(p, head, func(l *grid.Line, room int) { l.Cell(p.text, text, room, style) })
}

// add adds a line of facts.
func (g *page) add(p *Pane, head string, rest func(l *grid.Line, room int)) {
	var l grid.Line
	room := p.width - 1
	put := func(s string, w int, style theme.Style) {
		w = max(min(w, room), 0)
		l.Cell(p.text, s, w, style)
		room -= w
	}
	put("", 1, theme.Style{})
	if head != "" {
		put(head, label, p.theme.ColumnHead)
	}
	room = max(room, 0)
	rest(&l, room)
	g.lines = append(g.lines, l)
}

// most is how many lines a list of facts takes.
func (p *Pane) most() int {
	switch {
	case p.height >= 40:
		return 6
	case p.height >= 24:
		return 3
	}
	return 2
}

// tallies adds what was met most often, in as many lines as there is room for. News are those that are new.
func (g *page) tallies(p *Pane, head string, list []store.Tally, news []string) {
	room := p.width - 1 - 1 - label
	if len(list) == 0 || room < 8 {
		return
	}
	var lines []string
	line := ""
	for i, t := range list {
		item := p.text.Clean(t.Text[:min(len(t.Text), longest)])
		count := " " + humanize.Comma(int64(t.Entries))
		for _, n := range news {
			if n == t.Text {
				count += " " + mark
			}
		}
		item = p.text.Cell(item, min(p.text.Width(item), room-len(count))) + count
		rest := ""
		if left := len(list) - i - 1; left > 0 {
			rest = "  and " + humanize.Comma(int64(left)) + " more"
		}
		last := len(lines) == p.most()-1
		switch {
		case line == "":
			line = item
		case p.text.Width(line)+2+p.text.Width(item)+len(rest) <= room, !last && p.text.Width(line)+2+p.text.Width(item) <= room:
			line += "  " + item
		case !last:
			lines = append(lines, line)
			line = item
		default:
			line += "  and " + humanize.Comma(int64(len(list)-i)) + " more"
			lines = append(lines, line)
			line = ""
		}
		if len(lines) == p.most() {
			break
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	for i, s := range lines {
		h := head
		if i > 0 {
			h = " "
		}
		g.text(p, h, s, p.theme.Row)
	}
}

// hours adds the hours of the day, as bars that stand on their numbers.
func (g *page) hours(p *Pane, head string) {
	room := p.width - 1 - 1 - label
	wide := 2
	if room < 24*wide {
		wide = 1
	}
	if room < 24 || g.facts.sum.Entries == 0 {
		return
	}
	rows := 1
	if p.height >= 24 {
		rows = 3
	}
	bars := p.theme.Glyphs.Bars
	full := len(bars) - 1
	top, busiest := 0, 0
	for h, b := range g.facts.detail.Hours {
		if b.Entries > top {
			top, busiest = b.Entries, h
		}
	}
	if top == 0 {
		return
	}
	for row := rows - 1; row >= 0; row-- {
		h := " "
		if row == rows-1 {
			h = head
		}
		g.add(p, h, func(l *grid.Line, room int) {
			for _, b := range g.facts.detail.Hours {
				level := 0
				if b.Entries > 0 {
					level = max((b.Entries*full*rows+top/2)/top, 1)
				}
				level = max(min(level-row*full, full), 0)
				l.Fill(bars[level], wide, p.theme.Path)
			}
			l.Space(room - 24*wide)
		})
	}
	g.add(p, " ", func(l *grid.Line, room int) {
		scale := ""
		for h := 0; h < 24; h += 3 {
			scale += p.text.Cell(two(h), 3*wide)
		}
		scale += " " + zone(p.data.Clock, p.data.Now) + ", most at " + two(busiest) + "h: " + humanize.Comma(int64(top))
		l.Cell(p.text, scale, room, p.theme.Dim)
	})
}

func two(h int) string { return string([]byte{'0' + byte(h/10), '0' + byte(h%10)}) }

// zone names the zone of the hours.
func zone(c views.Clock, now time.Time) string {
	t := c.In(now)
	if c.Mode == views.LocalTime {
		return t.Format("MST")
	}
	return "UTC"
}
