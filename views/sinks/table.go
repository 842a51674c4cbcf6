package sinks

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// lead are the cells before the first column.
const lead = 2

// cell is what stands in a column of a row.
type cell struct {
	text  string
	right bool
	style theme.Style
	clean bool // text is known to be clean, and as wide as its column
}

// column is one of the table.
type column struct {
	grid.Column
	right bool
	of    func(p *Pane, s *source.Status, v verdict.Verdict) cell
	value func(s *source.Status, v verdict.Verdict) float64 // to sort by, the highest first; nil: by name, the first first
}

// table lists the columns, the most important first: those without room are left out from the right.
func (p *Pane) table() []column {
	stamp := p.data.Clock.Stamp(p.data.Now)
	for _, i := range p.order {
		if t := p.data.Status[i].LastArrival; !t.IsZero() {
			stamp = stamp.With(t, p.data.Now)
		}
	}
	last := strings.Replace(stamp.Title(), "TIME", "LAST", 1)
	number := func(title string, least int, style theme.Style, of func(*source.Status) int64) column {
		return column{Column: grid.Column{Title: title, Min: least}, right: true, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			n := of(s)
			if n == 0 {
				return cell{text: "0", right: true, style: p.theme.Dim}
			}
			return cell{text: short(n), right: true, style: style}
		}, value: func(s *source.Status, _ verdict.Verdict) float64 { return float64(of(s)) }}
	}
	when := func(of func(*source.Status) time.Time) func(*source.Status, verdict.Verdict) float64 {
		return func(s *source.Status, _ verdict.Verdict) float64 { return float64(of(s).Unix()) }
	}
	arrivals := func(s *source.Status, _ verdict.Verdict) float64 { return s.Arrivals.PerMinute(p.until()) }
	return []column{
		{Column: grid.Column{Title: "SHARD, PREFIX", Min: p.nameWidth(), Max: 48, Weight: 1}, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			return cell{text: p.name(s), style: p.theme.Row}
		}},
		{Column: grid.Column{Title: "STATE", Min: 9, Max: 11, Weight: 1}, of: func(p *Pane, s *source.Status, v verdict.Verdict) cell {
			return cell{text: stateWord(s, v), style: p.wordStyle(v.Word)}
		}, value: func(_ *source.Status, v verdict.Verdict) float64 { return attention(v.Word) }},
		{Column: grid.Column{Title: "BEHIND", Min: 6}, right: true, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			return cell{text: behind(s), right: true, style: p.theme.Row}
		}, value: lag},
		{Column: grid.Column{Title: last, Min: max(len(last), stamp.Width())}, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			if s.LastArrival.IsZero() {
				return cell{text: "-", style: p.theme.Dim}
			}
			return cell{text: string(stamp.Append(nil, s.LastArrival, p.data.Now)), style: p.theme.Row}
		}, value: when(func(s *source.Status) time.Time { return s.LastArrival })},
		{Column: grid.Column{Title: "REC/MIN", Min: 7}, right: true, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			return cell{text: rate(s.Arrivals.PerMinute(p.until())), right: true, style: p.theme.Row}
		}, value: arrivals},
		number("RETRY", 5, p.theme.Late, func(s *source.Status) int64 { return s.Retries }),
		number("GAP", 3, p.theme.Error, func(s *source.Status) int64 { return s.Gaps }),
		number("DUP", 4, p.theme.Row, func(s *source.Status) int64 { return s.Duplicates }),
		number("LATE", 4, p.theme.Late, func(s *source.Status) int64 { return s.Late }),
		number("BAD", 4, p.theme.Late, func(s *source.Status) int64 { return s.Bad }),
		{Column: grid.Column{Title: "10 MINUTES", Min: source.MinutesKept}, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			counts := s.Arrivals.Counts(p.until())
			all := make([]int, len(counts))
			for i, n := range counts {
				all[i] = int(n)
			}
			return cell{text: p.plot(all), style: p.theme.Title, clean: true}
		}, value: arrivals},
		{Column: grid.Column{Title: "NEXT TRY", Min: 9}, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			return p.moment(s.NextRetry, p.theme.Late)
		}, value: when(func(s *source.Status) time.Time { return s.NextRetry })},
		{Column: grid.Column{Title: "LAST ANSWER", Min: 11}, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			if p.data.Clock.Still {
				return cell{text: "-", style: p.theme.Dim} // it moves on while nothing happens
			}
			return p.moment(s.LastSuccess, p.theme.Row)
		}, value: when(func(s *source.Status) time.Time { return s.LastSuccess })},
		{Column: grid.Column{Title: "ENTRIES", Min: 9}, right: true, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			return cell{text: humanize.Comma(s.Entries), right: true, style: p.theme.Row}
		}, value: func(s *source.Status, _ verdict.Verdict) float64 { return float64(s.Entries) }},
		{Column: grid.Column{Title: "READ", Min: 8}, right: true, of: func(p *Pane, s *source.Status, _ verdict.Verdict) cell {
			return cell{text: humanize.IBytes(uint64(max(s.Bytes, 0))), right: true, style: p.theme.Row}
		}, value: func(s *source.Status, _ verdict.Verdict) float64 { return float64(s.Bytes) }},
	}
}

// nameWidth is that of the names, as long as there is room for the rest.
func (p *Pane) nameWidth() int {
	const least, most = 9, 40
	w := least
	for _, i := range p.order {
		w = max(w, p.text.Width(p.name(&p.data.Status[i])))
	}
	return min(w, max(p.width-90, least), most)
}

// until is the end of the minutes that are counted: now, or when something last came where nothing may move by itself.
func (p *Pane) until() time.Time {
	if !p.data.Clock.Still {
		return p.data.Now
	}
	var last time.Time
	for i := range p.data.Status {
		if t := p.data.Status[i].LastBatch; t.After(last) {
			last = t
		}
	}
	return last
}

func (p *Pane) moment(t time.Time, style theme.Style) cell {
	if t.IsZero() {
		return cell{text: "-", style: p.theme.Dim}
	}
	return cell{text: p.data.Clock.Brief(t), style: style}
}

// stateWord says what a part does. Of one that is live it says whether entries arrive.
func stateWord(s *source.Status, v verdict.Verdict) string {
	if s.State == source.Live || v.Word == verdict.Broken {
		return v.Word.String()
	}
	return s.State.String()
}

func (p *Pane) wordStyle(w verdict.Word) theme.Style {
	switch {
	case w >= verdict.Degraded:
		return p.theme.Error
	case w >= verdict.Starting:
		return p.theme.Late
	case w == verdict.Following:
		return p.theme.Row
	}
	return p.theme.Dim
}

// behind says how far a part is behind, in time or in objects.
func behind(s *source.Status) string {
	switch left := s.Total - s.Done; {
	case s.State == source.Connecting, s.LastSuccess.IsZero():
		return "-"
	case left > 0 && s.Behind == 0:
		return short(left)
	}
	return views.Age(s.Behind)
}

// lag is how far a part is behind: objects that are left count more than any time, for what that means is not known.
func lag(s *source.Status, _ verdict.Verdict) float64 {
	switch left := s.Total - s.Done; {
	case s.State == source.Connecting, s.LastSuccess.IsZero():
		return -1
	case left > 0 && s.Behind == 0:
		return 1e12 + float64(left)
	}
	return s.Behind.Seconds()
}

// rate writes how many there are in a minute.
func rate(n float64) string {
	switch {
	case n == 0:
		return "0"
	case n < 10:
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return short(int64(n))
}

// short writes a count in four cells at the most.
func short(n int64) string {
	switch {
	case n < 10_000:
		return strconv.FormatInt(n, 10)
	case n < 1_000_000:
		return strconv.FormatInt(n/1000, 10) + "k"
	case n < 1_000_000_000:
		return strconv.FormatInt(n/1_000_000, 10) + "M"
	}
	return fmt.Sprintf("%dG", n/1_000_000_000)
}
