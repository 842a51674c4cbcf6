package principals

import (
	"strings"

	"github.com/dustin/go-humanize"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views/grid"
)

// page is what one principal did: some lines of facts, and below them every entry as a sentence, the newest first.
type page struct {
	who    store.Identity
	name   string
	facts  *facts      // nil: not counted yet
	lines  []grid.Line // the facts, without the first cell; nil: to be composed
	head   int         // how many lines they were when they were last composed
	window grid.Window // over the facts and the entries
}

// forget composes the facts anew when they are drawn next.
func (g *page) forget() {
	if g != nil {
		g.lines = nil
	}
}

// list is how many entries there are.
func (g *page) list() int {
	if g.facts == nil {
		return 0
	}
	return g.facts.list.Len()
}

// action is which entry is selected, from the newest; below 0 when a line of facts is.
func (g *page) action() int { return g.window.Cursor - g.head }

// row is an entry, from the newest.
func (g *page) row(i int) (store.Row, bool) {
	if i < 0 || i >= g.list() {
		return store.Row{}, false
	}
	return g.facts.list.At(g.list() - 1 - i), true
}

func (g *page) move(p *Pane, motion func(grid.Window) grid.Window) {
	g.fit(p)
	g.window = motion(g.window)
}

// place tells which of the entries is selected.
func (g *page) place() string {
	if i := g.action(); i >= 0 && i < g.list() {
		return humanize.Comma(int64(i+1)) + "/" + humanize.Comma(int64(g.list()))
	}
	return ""
}

// take shows other facts, with the selected entry where it is on the screen.
func (g *page) take(f *facts) {
	r, ok := g.row(g.action())
	row := g.window.Row()
	g.facts, g.lines = f, nil
	if !ok {
		return
	}
	if i, ok := f.list.Find(r.Key()); ok {
		g.window.Cursor = g.head + f.list.Len() - 1 - i
		g.window.Top = g.window.Cursor - row
	}
}

// fit composes the facts, and brings the window to the size of the pane.
func (g *page) fit(p *Pane) {
	if g.lines == nil {
		onEntry := g.action() >= 0
		g.compose(p)
		if more := len(g.lines) - g.head; onEntry && g.head > 0 {
			g.window.Cursor, g.window.Top = g.window.Cursor+more, g.window.Top+more
		}
		g.head = len(g.lines)
	}
	g.window.Height, g.window.Count = p.height, g.head+g.list()
	g.window = g.window.Clamp()
}

// wide is how wide the times of the visible entries are.
func (g *page) wide(p *Pane) int {
	w := 0
	for i := max(g.window.Top, g.head); i < g.window.End(); i++ {
		if r, ok := g.row(i - g.head); ok {
			w = max(w, len(p.at(r)))
		}
	}
	return w
}

// at is when an entry happened.
func (p *Pane) at(r store.Row) string {
	if r.Time().UnixNano() == 0 {
		return "-"
	}
	return p.when(r.Time().UnixNano())
}

func (g *page) draw(p *Pane) string {
	g.fit(p)
	p.out = p.out[:0]
	wide := g.wide(p)
	for y := range p.height {
		if y > 0 {
			p.out = append(p.out, '\n')
		}
		i := g.window.Top + y
		l := &p.line
		l.Reset()
		if i >= g.window.Count {
			l.Space(p.width)
			p.out = l.Append(p.out)
			continue
		}
		selected := i == g.window.Cursor && p.focused
		sign := " "
		if selected {
			sign = p.theme.Glyphs.Cursor
		}
		l.Glyph(sign, p.theme.Row)
		if i < len(g.lines) {
			if selected {
				l.Bytes(g.lines[i].Plain(), p.theme.Row)
				p.out = l.AppendAs(p.out, p.theme.Cursor)
				continue
			}
			p.out = append(l.Append(p.out), g.lines[i].String()...)
			continue
		}
		if r, ok := g.row(i - len(g.lines)); ok {
			p.composeAction(r, wide)
		}
		if selected {
			p.out = l.AppendAs(p.out, p.theme.Cursor)
		} else {
			p.out = l.Append(p.out)
		}
	}
	return string(p.out)
}

// composeAction writes an entry as a sentence, with when and how it ended, and from where when there is room.
func (p *Pane) composeAction(r store.Row, wide int) {
	l, th := &p.line, p.theme
	e := audit.Entry{Operation: r.Operation(), Status: r.Status(), Target: r.Target(), Namespace: r.Namespace(), Forwarded: r.Forwarded()}
	room := p.width - 1
	add := func(s string, w int, style theme.Style) {
		w = max(min(w, room), 0)
		l.Cell(p.text, s, w, style)
		room -= w
	}
	space := func() { add("", 1, theme.Style{}) }
	space()
	add(p.text.CellRight(p.at(r), wide), wide, th.Row)
	space()
	word, style := "ok", th.OK
	switch e.Outcome() {
	case "accepted":
	case "failed":
		word, style = "ERR", th.Error
	case "":
		word = "-"
	default:
		letters := []rune(e.Status[:min(len(e.Status), 12)])
		word = strings.ToLower(string(letters[:min(len(letters), 3)]))
	}
	add(word, 3, style)
	space()
	from := e.ClientAddress()
	if w := p.text.Width(from); from != "" && w < 40 && room > w+36 {
		add(e.Sentence(), room-w-1, th.Row)
		space()
		add(from, w, th.Dim)
		return
	}
	add(e.Sentence(), room, th.Row)
}
