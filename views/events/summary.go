package events

import (
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"taudit/source/store"
	"taudit/views"
)

// Widths from which the summary says more.
const (
	fullID     = 120
	withOrigin = 160
)

// Place tells which of the entries is selected: "384/389". Empty when there is none.
func (p *Pane) Place() string {
	if p.count() == 0 {
		return ""
	}
	return humanize.Comma(int64(p.number()+1)) + "/" + humanize.Comma(int64(p.base.Len()))
}

// Summary tells about the selected entry in one line of exactly width cells: who, what, how it ended, from where, its id, and
// which of how many it is. Without an entry it is blank.
func (p *Pane) Summary(width int) string {
	if name := p.pickedName(); name != "" {
		return p.text.Cell(" Column "+name+": "+p.hint, width)
	}
	r, ok := p.Selected()
	if !ok {
		return p.text.Cell("", width)
	}
	place := p.Place()
	if width < len(place)+2 {
		return p.text.CellRight(place, width)
	}
	parts := []string{principal(r), r.Operation(), r.Status()}
	if n := p.run(p.cursor); n.Entries > 1 && !n.Open {
		last := p.base.At(p.number() + n.Entries - 1)
		parts = append(parts, times(n.Entries)+" in "+views.Age(last.Time().Sub(r.Time())))
	} else if n.Entries > 1 {
		parts = append(parts, "repeat "+strconv.Itoa(n.Nth+1)+" of "+strconv.Itoa(n.Entries))
	}
	if a := address(r); a != "" {
		parts = append(parts, "ip "+a)
	}
	if what := p.data.New[r.Seq()]; what != 0 {
		parts = append(parts, "new "+newWords(what)+" of "+views.Length(p.data.Loaded)+" loaded")
	}
	parts = append(parts, origin(r, width)...)
	words := parts[:0]
	for _, s := range parts {
		if s != "" {
			words = append(words, s)
		}
	}
	if p.data.Marks != nil {
		if k, ok := p.data.Marks.Of(r); ok && k.Note != "" {
			words = append([]string{p.theme.Glyphs.Mark + " " + k.Note}, words...)
		}
	}
	left := " " + strings.Join(words, "  ")
	return p.text.Cell(left, width-len(place)-1) + " " + place
}

// newWords says what an entry is the first with.
func newWords(what store.Newness) string {
	var words []string
	for _, w := range []struct {
		what store.Newness
		name string
	}{{store.NewPrincipal, "principal"}, {store.NewOperation, "operation"}, {store.NewAddress, "address"}} {
		if what&w.what != 0 {
			words = append(words, w.name)
		}
	}
	return strings.Join(words, " and ")
}

// origin tells where to find the entry again.
func origin(r store.Row, width int) []string {
	var parts []string
	switch id := r.LogID(); {
	case id == "":
	case width >= fullID:
		parts = append(parts, "log_id "+id)
	default:
		parts = append(parts, "id "+end(id, 6))
	}
	if width >= withOrigin {
		if o := r.Origin(); o.Part != "" {
			parts = append(parts, end(o.Part, 40)+" at "+end(o.Position, 12))
		}
	}
	return parts
}

// end is the end of a long text that differs there.
func end(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n+2 {
		return s
	}
	return ".." + string(runes[len(runes)-n:])
}
