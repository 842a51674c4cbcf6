package principals

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"taudit/source/store"
	"taudit/views"
	"taudit/views/grid"
)

// lead is what stands before the columns: the cursor and a space.
const lead = 2

// The columns, in their order on the screen.
const (
	nameColumn = iota
	typeColumn
	viaColumn
	entriesColumn
	errorsColumn
	lastColumn
	operationsColumn
	shapeColumn
	addressesColumn
	columnCount
)

// column is one of the table: its place, and how it is sorted by.
type column struct {
	grid.Column
	right    bool // numbers
	falling  bool // sorted by, the highest is first
	detailed bool // what it shows is not known of all
	what     string
	compare  func(r *result, a, b int32) int
}

// columnOf describes a column. At 80 cells all but the addresses are there.
func columnOf(i int) column {
	switch i {
	case nameColumn:
		return column{Column: grid.Column{Title: "PRINCIPAL", Min: 17, Weight: 8, Max: 44}, what: "name", compare: func(r *result, a, b int32) int {
			return compareFold(r.roster.Principals[a].Called, r.roster.Principals[b].Called)
		}}
	case typeColumn:
		return column{Column: grid.Column{Title: "TYPE", Min: 5}, what: "type", compare: func(r *result, a, b int32) int {
			return cmp.Compare(short(&r.roster.Principals[a]), short(&r.roster.Principals[b]))
		}}
	case viaColumn:
		return column{Column: grid.Column{Title: "VIA", Min: 4, Weight: 1, Max: 7, From: 72}, what: "how they call", compare: func(r *result, a, b int32) int {
			return cmp.Compare(r.via[a].String(), r.via[b].String())
		}}
	case entriesColumn:
		return column{Column: grid.Column{Title: "N", Min: 6}, right: true, falling: true, what: "entries", compare: func(r *result, a, b int32) int {
			return cmp.Compare(r.sums[a].Entries, r.sums[b].Entries)
		}}
	case errorsColumn:
		return column{Column: grid.Column{Title: "ERR", Min: 4}, right: true, falling: true, what: "errors", compare: func(r *result, a, b int32) int {
			return cmp.Compare(r.sums[a].Errors, r.sums[b].Errors)
		}}
	case lastColumn:
		return column{Column: grid.Column{Title: "LAST", Min: 6}, right: true, falling: true, what: "last seen", compare: func(r *result, a, b int32) int {
			return cmp.Compare(r.sums[a].Last, r.sums[b].Last)
		}}
	case operationsColumn:
		return column{Column: grid.Column{Title: "TOP OPERATIONS", Min: 14, Weight: 12, Max: 72}, detailed: true, what: "top operation", compare: func(r *result, a, b int32) int {
			return cmp.Compare(first(r.details[a].Operations), first(r.details[b].Operations))
		}}
	case shapeColumn:
		return column{Column: grid.Column{Title: "SHAPE", Min: 12, Weight: 4, Max: 40}, falling: true, detailed: true, what: "busiest stretch", compare: func(r *result, a, b int32) int {
			return cmp.Compare(highest(r.details[a].Buckets), highest(r.details[b].Buckets))
		}}
	}
	return column{Column: grid.Column{Title: "ADDRESSES", Min: 18, Weight: 5, Max: 48, From: 100}, falling: true, detailed: true, what: "number of addresses", compare: func(r *result, a, b int32) int {
		return cmp.Compare(len(r.details[a].Addresses), len(r.details[b].Addresses))
	}}
}

// compareFold orders names as people look for them.
func compareFold(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

func first(t []store.Tally) string {
	if len(t) == 0 {
		return ""
	}
	return t[0].Text
}

func highest(b []store.Bucket) int {
	top := 0
	for _, s := range b {
		top = max(top, s.Entries)
	}
	return top
}

// title is the head of a column; that of the sparklines says what time they show.
func (p *Pane) title(i, width int) string {
	if i != shapeColumn || p.result == nil || p.result.activity.All().Entries == 0 {
		return columnOf(i).Title
	}
	s := p.result.stretch
	from, to := p.data.Clock.In(time.Unix(0, s.from)), p.data.Clock.In(time.Unix(0, s.from+s.width*int64(max(s.cells, 1))))
	short, dash, zone := "15:04", "-", "Z07:00"
	if to.Sub(from) >= 24*time.Hour {
		short, dash, zone = "01-02", "..", ""
	}
	for _, layout := range [...]string{short + zone, short} {
		if t := from.Format(short) + dash + to.Format(layout); len(t) <= width {
			return t
		}
	}
	return ""
}

// number writes a count in six cells at most.
func number(n int) string {
	switch {
	case n >= 10_000_000:
		return strconv.Itoa(n/1_000_000) + "M"
	case n >= 1_000_000:
		return strconv.FormatFloat(float64(n/100_000)/10, 'f', 1, 64) + "M"
	}
	return strconv.Itoa(n)
}

// longest is how many bytes of a text are looked at: more are not shown in any column.
const longest = 512

// tallied lists what was met most often, as much as fits into width cells: "UpdateNamespace 190 CreateAPIKey 12 +3". The first is there in
// any case, cut if it must be.
func (p *Pane) tallied(list []store.Tally, width int, counts bool) string {
	var b strings.Builder
	used := 0
	for i, t := range list {
		t.Text = t.Text[:min(len(t.Text), longest)]
		s := p.text.Clean(t.Text)
		if counts {
			s += " " + number(t.Entries)
		}
		rest := ""
		if n := len(list) - i; n > 0 {
			rest = " +" + strconv.Itoa(n)
		}
		room := width - used
		if i > 0 {
			s = " " + s
			if left := len(list) - i - 1; p.text.Width(s)+len(" +")+len(strconv.Itoa(left)) > room && (left > 0 || p.text.Width(s) > room) {
				if used+len(rest) <= width {
					b.WriteString(rest)
				}
				break
			}
		} else if n := p.text.Width(s); n > room || len(list) > 1 && n+len(" +")+len(strconv.Itoa(len(list)-1)) > room {
			tail := ""
			if counts {
				tail = " " + number(t.Entries)
			}
			if len(list) > 1 {
				tail += " +" + strconv.Itoa(len(list)-1)
			}
			name := min(p.text.Width(t.Text), room-len(tail))
			if name < 4 {
				return p.text.Cell(t.Text, max(min(room, p.text.Width(t.Text)), 0))
			}
			return p.text.Cell(t.Text, name) + tail
		}
		b.WriteString(s)
		used += p.text.Width(s)
	}
	return b.String()
}

// shape draws a sparkline in as many cells as there are buckets. The highest bar is full; whatever is there is seen.
func (p *Pane) shape(buckets []store.Bucket) string {
	bars := p.theme.Glyphs.Bars
	top := highest(buckets)
	var b strings.Builder
	for _, s := range buckets {
		level := 0
		if s.Entries > 0 {
			level = max((s.Entries*(len(bars)-1)+top/2)/top, 1)
		}
		b.WriteString(bars[level])
	}
	return b.String()
}

// seen is when somebody was last seen: how long ago, or the time where no ages are told.
func (p *Pane) seen(at int64) string {
	t := time.Unix(0, at)
	if !p.data.Clock.Still {
		return string(p.ago.Append(nil, t, p.data.Now))
	}
	if p.data.Now.Sub(t) < 24*time.Hour {
		return p.data.Clock.In(t).Format("15:04")
	}
	return p.data.Clock.In(t).Format("01-02")
}

// relative is how ages are written.
func relative() views.Stamp { return views.Clock{Mode: views.Relative}.Stamp(time.Time{}) }
