package sinks

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/views"
	"taudit/views/grid"
)

// page tells all about one row: a part or a gap.
type page struct {
	title  string
	place  string      // which of how many
	facts  [][2]string // names and texts
	window grid.Window // of what does not fit
}

func stripped(s string) string { return ansi.Strip(s) }

// pageOf makes the page of a row.
func (p *Pane) pageOf(at place) *page {
	if at.section == ofGaps {
		return p.gapPage(at.number)
	}
	return p.partPage(p.partAt(at))
}

func (p *Pane) partPage(i int) *page {
	s := &p.data.Status[i]
	g := &page{title: p.name(s), place: s.Source}
	add := func(name, text string) {
		if text != "" {
			g.facts = append(g.facts, [2]string{name, text})
		}
	}
	if i < len(p.data.Verdict.Parts) {
		v := p.data.Verdict.Parts[i]
		add("VERDICT", v.Word.String()+": "+v.Why)
		add("EVIDENCE", strings.Join(v.Seen, "; "))
		add("NEXT", v.Next)
	}
	add("SOURCE", s.Source)
	add("PART", s.Part)
	state := s.State.String()
	if !s.Since.IsZero() {
		state += " since " + p.clock(s.Since)
	}
	add("STATE", state)
	if s.Err != nil {
		add("ERROR", s.Err.Error())
	}
	if !s.NextRetry.IsZero() {
		add("NEXT TRY", p.clock(s.NextRetry))
	}
	add("REMARK", s.Remark)
	add("BEHIND", behind(s))
	add("ANSWERED", p.clock(s.LastSuccess))
	add("ARRIVED", "the newest "+p.clock(s.LastArrival))
	if !s.Newest.IsZero() {
		add("EMITTED", "the newest "+p.clock(s.Newest))
	}
	if !s.Held.To.IsZero() {
		from := "the oldest that was still there"
		if !s.Held.From.IsZero() {
			from = p.clock(s.Held.From)
		}
		add("HELD", "read without a hole from "+from+" to "+p.clock(s.Held.To)+", by time of arrival")
	}
	add("READ", fmt.Sprintf("%s records or objects, %s entries, %s", humanize.Comma(s.Records), humanize.Comma(s.Entries), humanize.IBytes(uint64(max(s.Bytes, 0)))))
	if s.Total > 0 {
		add("OBJECTS", fmt.Sprintf("%s of %s", humanize.Comma(s.Done), humanize.Comma(s.Total)))
	}
	add("RETRIES", fmt.Sprintf("%s, of which %.0f in the last %d minutes",
		humanize.Comma(s.Retries), s.Retried.PerMinute(p.until())*source.MinutesKept, source.MinutesKept))
	add("GAPS", humanize.Comma(s.Gaps))
	add("DUPLICATES", humanize.Comma(s.Duplicates))
	late := humanize.Comma(s.Late)
	if s.Late > 0 {
		late += ", the slowest after " + views.Age(s.Slowest)
	}
	add("LATE", late)
	add("BAD", humanize.Comma(s.Bad))
	return g
}

func (p *Pane) gapPage(n int) *page {
	gap := p.data.Gaps[n]
	g := &page{title: "Gap", place: fmt.Sprintf("%s of %s", humanize.Comma(int64(n+1)), humanize.Comma(int64(len(p.data.Gaps))))}
	bound := func(t time.Time) string {
		if t.IsZero() {
			return "not known"
		}
		return p.data.Clock.Full(t)
	}
	g.facts = [][2]string{
		{"SOURCE", gap.Source},
		{"PART", gap.Part},
		{"FROM", bound(gap.From)},
		{"TO", bound(gap.To)},
		{"WHY", gap.Why},
		{"NEXT", "These times are those of arrival at the sink: what arrived then was emitted up to " +
			"ten minutes before. Temporal Cloud keeps entries for 30 days: download that time from its UI, or read the bucket if there is one."},
	}
	return g
}

// drawPage draws the page that is open.
func (p *Pane) drawPage() string {
	var facts []string
	for _, f := range p.page.facts {
		lines, _ := p.compose(paragraph{name: f[0], text: f[1]}, 0)
		facts = append(facts, lines...)
	}
	w := &p.page.window
	w.Count, w.Height = len(facts), max(p.height-1, 0)
	w.Cursor = w.Top
	*w = w.Clamp()
	w.Top = min(w.Top, max(w.Count-w.Height, 0))
	lines := append([]string{p.plain(p.theme.Title, p.page.title+"  "+p.page.place)}, facts[w.Top:w.End()]...)
	return grid.Frame(lines, p.width, p.height)
}
