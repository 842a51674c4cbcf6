package sinks

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// dress is what the words look like.
type dress struct{ well, waiting, bad theme.Style }

func newDress(t *theme.Theme) dress { return dress{well: t.Live, waiting: t.Held, bad: t.Held} }

// of is the look of a verdict's word. The word says it, whatever the colours.
func (d dress) of(w verdict.Word) theme.Style {
	switch {
	case w >= verdict.Degraded:
		return d.bad
	case w == verdict.Behind || w == verdict.Starting:
		return d.waiting
	}
	return d.well
}

// label is how wide the names in front of the paragraphs are.
const label = 11

// paragraph is a text with a name in front.
type paragraph struct {
	name string
	word string // at its beginning, that stands out
	text string
	plot []int // behind it
	ends [2]string
	most int // lines of it in a head that has little room; 0: none
}

// paragraphs are those above the rows, the most important first.
func (p *Pane) paragraphs() []paragraph {
	v := p.data.Verdict
	seen := slices.Clone(v.Seen)
	out := []paragraph{
		{name: "VERDICT", word: v.Word.String(), text: v.Why, most: 2},
		{name: "EVIDENCE", text: strings.Join(seen, "; "), most: 2},
		{name: "NEXT", text: v.Next, most: 3},
	}
	if d := p.delay; d.n > 0 {
		out = append(out, paragraph{
			name: "DELAY",
			text: fmt.Sprintf("p50 %s  p95 %s  slowest %s", views.Age(d.middle), views.Age(d.most), views.Age(d.slowest)),
			plot: d.counts[:], ends: [2]string{"0", bound(d.step*(columns-1)) + "+"},
		})
	}
	if text := p.limits(); text != "" {
		out = append(out, paragraph{name: "LIMITS", text: text})
	}
	if p.data.Coverage != "" {
		out = append(out, paragraph{name: "COVERED", text: p.data.Coverage})
	}
	return slices.DeleteFunc(out, func(a paragraph) bool { return a.text == "" && a.word == "" })
}

// The limits of a shard: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html. What is read of it is shared by all
// its readers.
const (
	recordsWritten = 1000    // a second
	bytesWritten   = 1 << 20 // a second
	bytesRead      = 2 << 20 // a second
)

// limits tells how near the busiest shard is to what a shard can take and give.
func (p *Pane) limits() string {
	var written, fetched float64
	var size float64
	busiest, most := "", ""
	for i := range p.data.Status {
		s := &p.data.Status[i]
		if !strings.HasPrefix(s.Source, "kinesis ") || s.Part == "" {
			continue
		}
		if n := peak(s.Arrivals.Counts(p.until())); n > written || busiest == "" {
			written, busiest, size = n, verdict.ShortPart(s.Part), 0
			if s.Entries > 0 {
				size = float64(s.Bytes) / float64(s.Entries)
			}
		}
		if n := peak(s.Fetched.Counts(p.until())); n > fetched || most == "" {
			fetched, most = n, verdict.ShortPart(s.Part)
		}
	}
	switch {
	case busiest == "":
		return ""
	case written == 0 && fetched == 0:
		return fmt.Sprintf("far from any: no shard took or gave anything in the last %d minutes", source.MinutesKept)
	}
	bytes, read := written*size, fetched*1024
	text := fmt.Sprintf("busiest minute: shard %s took %s and %s, %s of its 1,000/s and %s of its 1 MiB/s",
		busiest, plural(int(written), "record", "records"), humanize.IBytes(uint64(bytes)),
		percent(written/60/recordsWritten), percent(bytes/60/bytesWritten))
	return text + fmt.Sprintf("; %s read of shard %s, %s of its 2 MiB/s, by 1 of its 5 reads a second",
		humanize.IBytes(uint64(read)), most, percent(read/60/bytesRead))
}

// bound writes the end of the plot.
func bound(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return views.Age(d)
}

func peak(counts [source.MinutesKept]int32) float64 { return float64(slices.Max(counts[:])) }

// percent writes a share, with as many digits as tell it from nothing.
func percent(share float64) string {
	switch v := share * 100; {
	case v == 0:
		return "0 %"
	case v < 0.1:
		return "under 0.1 %"
	case v < 10:
		return fmt.Sprintf("%.1f %%", v)
	default:
		return fmt.Sprintf("%.0f %%", math.Min(v, 999))
	}
}

// compose gives the lines of a paragraph, as wide as the pane, and whether they are all of it: at most so many, 0 is no limit.
func (p *Pane) compose(a paragraph, most int) (lines []string, whole bool) {
	const least = 16
	room := p.width - label - 2
	if room < least {
		return nil, true
	}
	text := a.text
	// What is drawn otherwise is wrapped as a word of the same width that stands in its place.
	word := ""
	if a.word != "" {
		word = " " + a.word + " "
		text = strings.Repeat("_", len(word)) + " " + text
	}
	marks, plot := strings.Repeat("_", len(a.plot)), ""
	if a.plot != nil && room >= 2*columns {
		plot = p.plot(a.plot)
		text += "  " + a.ends[0] + " " + marks + " " + a.ends[1]
	}
	wrapped := p.text.Wrap(text, room)
	if whole = most == 0 || len(wrapped) <= most; !whole {
		wrapped = append(wrapped[:most-1:most-1], strings.Join(wrapped[most-1:], " ")) // is cut with an ellipsis
	}
	for i, words := range wrapped {
		l := &p.line
		l.Reset()
		l.Space(1)
		name := ""
		if i == 0 {
			name = a.name
		}
		l.Cell(p.text, name, label, p.theme.ColumnHead)
		used := 0
		if i == 0 && word != "" {
			used = len(word)
			l.Cell(p.text, word, used, p.dress.of(p.data.Verdict.Word))
			words = words[used:]
		}
		if before, after, ok := strings.Cut(words, marks); ok && plot != "" {
			w := p.text.Width(before)
			l.Cell(p.text, before, w, p.theme.Row)
			l.Glyph(plot, p.theme.Title)
			used += w + len(a.plot)
			words = after
		}
		l.Cell(p.text, words, room-used, p.theme.Row)
		l.Space(1)
		lines = append(lines, l.String())
	}
	return lines, whole
}

// plot draws counts as bars, one cell each. What is there at all is seen.
func (p *Pane) plot(counts []int) string {
	bars := p.theme.Glyphs.Bars
	top := slices.Max(counts)
	var b strings.Builder
	for _, n := range counts {
		level := 0
		if top > 0 && n > 0 {
			level = max((n*(len(bars)-1)+top-1)/top, 1)
		}
		b.WriteString(bars[level])
	}
	return b.String()
}

// Heights from which on the head may be as long as it is, and below which it is as short as it can be.
const (
	roomy = 20
	low   = 12
)

// arrange divides the pane: the head, with as many paragraphs as leave room for the rows, and the sections of the rows with what is left.
func (p *Pane) arrange() {
	p.sort()
	p.head = p.head[:0]
	var more []string
	room := p.height / 2
	if p.height < roomy {
		room = p.height - 1 - min(len(p.order), 4) - 1
	}
	for _, a := range p.paragraphs() {
		left := room - len(p.head)
		lines, _ := p.compose(a, 0)
		switch {
		case len(more) == 0 && len(lines) <= left && (a.most == 0 || len(lines) <= a.most || p.height >= roomy):
			p.head = append(p.head, lines...)
		case a.most > 0 && left > 0:
			most := a.most
			if p.height < low {
				most = max(a.most-1, 1)
			}
			cut, whole := p.compose(a, min(most, left))
			p.head = append(p.head, cut...)
			if !whole {
				more = append(more, lines...)
			}
		default:
			more = append(more, lines...)
		}
	}
	p.sections = append(p.sections[:0], section{kind: ofParts, n: len(p.order)})
	if len(more) > 0 {
		p.sections = append(p.sections, section{kind: ofMore, title: "MORE", lines: more, n: len(more)})
	}
	if facts := p.facts(); len(facts) > 0 {
		p.sections = append(p.sections, section{kind: ofFacts, title: "SET UP", lines: facts, n: len(facts)})
	}
	if n := len(p.data.Gaps); n > 0 {
		p.sections = append(p.sections, section{kind: ofGaps, title: fmt.Sprintf("GAPS  %s could not be read", plural(n, "stretch", "stretches")), n: n})
	}
	if n := len(p.bad()); n > 0 {
		title := "BAD RECORDS  " + plural(int(p.data.Store.BadCount()), "stretch of bytes is no entry", "stretches of bytes are no entries")
		p.sections = append(p.sections, section{kind: ofBad, title: title, n: n})
	}
	row := p.rowOf(p.at)
	// Rows that come or go above do not move the one that is read on the screen.
	p.window.Top += row - p.window.Cursor
	p.window.Cursor, p.window.Count, p.window.Height = row, p.rows(), max(p.height-len(p.head)-1, 0)
	p.window = p.window.Clamp()
	p.at = p.find(p.window.Cursor)
}

// facts are what sources were told of themselves.
func (p *Pane) facts() []string {
	var out []string
	for _, about := range p.data.About {
		for i, f := range about.Facts {
			name := ""
			if i == 0 && len(p.data.About) > 1 {
				out = append(out, p.plain(p.theme.Dim, about.Source))
			}
			name += f.Name
			style := p.theme.Row
			switch f.Verdict {
			case source.Noted:
				style = p.theme.Dim
			case source.Wrong:
				style = p.theme.Error
			}
			const column = 30 // as long as the longest action, and a blank
			for j, words := range p.text.Wrap(f.Text, max(p.width-column-3, 16)) {
				l := &p.line
				l.Reset()
				l.Space(min(2, p.width))
				if j > 0 {
					name = ""
				}
				l.Cell(p.text, name, min(column, max(p.width-2, 0)), p.theme.ColumnHead)
				l.Cell(p.text, words, p.width-column-2, style)
				out = append(out, l.String())
			}
		}
	}
	return out
}

// plain is a line in one style.
func (p *Pane) plain(style theme.Style, text string) string {
	var l grid.Line
	l.Space(min(1, p.width))
	l.Cell(p.text, text, p.width-1, style)
	return l.String()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(int64(n)) + " " + many
}

// clock writes a moment with its date where that is not today's.
func (p *Pane) clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	c := p.data.Clock
	if p.data.Now.Sub(t) > 20*time.Hour {
		return c.In(t).Format(time.DateOnly) + " " + c.Brief(t)
	}
	return c.Brief(t)
}
