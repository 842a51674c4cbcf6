package source

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

const (
	maxListed = 3   // of a kind are named; the others are counted
	maxWhy    = 160 // characters of a reason are shown
)

// String is one sentence, in UTC: "everything the 4 shards held from 07:22 to 09:22 UTC; no gaps; 2 undecodable". Names and reasons in it may
// have been chosen by strangers.
func (c Coverage) String() string {
	say := []string{c.claims()}
	if len(c.Missing) > 0 {
		var list []string
		for _, m := range c.Missing {
			list = append(list, c.gone(m))
		}
		say = append(say, "not covered: "+firstOf(list, int64(len(list))))
	}
	switch {
	case c.Lost > 0:
		var list []string
		for _, g := range c.Gaps {
			list = append(list, c.gap(g))
		}
		say = append(say, plural(c.Lost, "gap", "gaps")+": "+firstOf(list, c.Lost))
	case slices.ContainsFunc(c.Claims, func(l Claim) bool { return l.Unit != file }):
		say = append(say, "no gaps")
	}
	say = append(say, humanize.Comma(c.Bad)+" undecodable")
	if c.Unread > 0 {
		say = append(say, humanize.Comma(c.Unread)+" not readable")
	}
	if !c.Open.IsZero() {
		say = append(say, "what was emitted after "+c.time(floor(c.Open))+" UTC may not have arrived yet")
	}
	return strings.Join(say, "; ")
}

func (c *Coverage) claims() string {
	var list []string
	files, named, live := 0, []string(nil), false
	for _, l := range c.Claims {
		if l.Unit == file {
			files += l.Parts
			live = live || l.Live
			named = append(named, l.Source)
			continue
		}
		held := " held "
		if l.Span.From.IsZero() {
			held = " still held "
		}
		list = append(list, "everything "+c.subject(l)+held+c.stretch(l.Span))
	}
	switch {
	case files == 1:
		list = append(list, "all of "+named[0])
	case len(named) == 1:
		list = append(list, "all of "+humanize.Comma(int64(files))+" files in "+named[0])
	case files > 0:
		list = append(list, "all of "+humanize.Comma(int64(files))+" files")
	}
	if live && !c.now.IsZero() {
		list[len(list)-1] += " as of " + c.time(floor(c.now)) + " UTC"
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, " and ")
}

// subject names what a claim is about; where there is one source alone, people know which.
func (c *Coverage) subject(l Claim) string {
	if l.Unit == bucket {
		return l.Source
	}
	text := "the " + l.Unit
	if l.Parts > 1 {
		text = "the " + plural(int64(l.Parts), l.Unit, l.Unit+"s")
	}
	if c.sources > 1 {
		text += " of " + l.Source
	}
	return text
}

func (c *Coverage) gone(m Missing) string {
	text := ""
	switch {
	case m.Source == "":
	case len(m.Parts) == 0, m.Unit == bucket, m.Unit == file:
		text = m.Source
	default:
		text = parts(m.Unit, m.Parts)
		if c.sources > 1 {
			text += " of " + m.Source
		}
	}
	switch s := m.Span; {
	case s.From.IsZero() && s.To.IsZero():
	case s.From.IsZero():
		text += " before " + c.time(ceil(s.To)) + " UTC"
	case s.To.IsZero():
		text += " from " + c.time(floor(s.From)) + " UTC on"
	default:
		text += " " + c.stretch(Span{From: floor(s.From), To: ceil(s.To)})
	}
	why := strings.Join(strings.Fields(m.Why), " ")
	return strings.TrimSpace(text + " (" + cut(why, maxWhy) + ")")
}

func (c *Coverage) gap(g Gap) string {
	text := ""
	switch {
	case g.Part == "":
		text = g.Source
	case strings.HasPrefix(g.Source, "kinesis "):
		text = parts(shard, []string{g.Part})
		if c.sources > 1 {
			text += " of " + g.Source
		}
	default:
		text = g.Source
	}
	switch {
	case g.From.IsZero() && g.To.IsZero():
	case g.From.IsZero():
		text += " before " + c.time(ceil(g.To)) + " UTC"
	case g.To.IsZero():
		text += " after " + c.time(floor(g.From)) + " UTC"
	default:
		text += " " + c.stretch(Span{From: floor(g.From), To: ceil(g.To)})
	}
	if g.Why != "" {
		text += " (" + cut(g.Why, maxWhy) + ")"
	}
	return text
}

// parts names parts: "shard 0001", "shards 0001 and 0002", "7 shards".
func parts(unit string, names []string) string {
	if len(names) > maxListed {
		return plural(int64(len(names)), unit, unit+"s")
	}
	short := make([]string, len(names))
	for i, n := range names {
		short[i] = shortPart(n)
	}
	if len(short) == 1 {
		return unit + " " + short[0]
	}
	return unit + "s " + strings.Join(short[:len(short)-1], ", ") + " and " + short[len(short)-1]
}

// shortPart leaves the zeros out of a shard's ID: shardId-000000000012 is 0012.
func shortPart(name string) string {
	digits, ok := strings.CutPrefix(name, "shardId-")
	if !ok {
		return path.Base(name)
	}
	for len(digits) > 4 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}

// firstOf lists the first of what there are total of, and counts the others.
func firstOf(list []string, total int64) string {
	shown := list[:min(len(list), maxListed)]
	text := strings.Join(shown, ", ")
	switch rest := total - int64(len(shown)); {
	case rest > 0 && text == "":
		return "the bounds are not known"
	case rest > 0:
		text += " and " + humanize.Comma(rest) + " more"
	}
	return text
}

// stretch writes a claim in whole seconds and never wider than it is: "from 07:22 to 09:22 UTC". A date is said where it is not today's, and
// of the end where it is not that of the beginning.
func (c *Coverage) stretch(s Span) string {
	if s.From.IsZero() {
		return "up to " + c.time(floor(s.To)) + " UTC"
	}
	from := ceil(s.From)
	end := later(floor(s.To), from)
	return "from " + c.time(from) + " to " + clock(end, from, from) + " UTC"
}

func (c *Coverage) time(t time.Time) string { return clock(t, c.now, c.now) }

// clock writes a time, with its date unless that is the date of both others.
func clock(t, a, b time.Time) string {
	t = t.UTC()
	layout := "15:04"
	if t.Second() != 0 {
		layout = time.TimeOnly
	}
	if !sameDay(t, a) || !sameDay(t, b) {
		layout = time.DateOnly + " " + layout
	}
	return t.Format(layout)
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Format(time.DateOnly) == b.UTC().Format(time.DateOnly)
}

func floor(t time.Time) time.Time { return t.Truncate(time.Second) }

func ceil(t time.Time) time.Time {
	if f := floor(t); f.Before(t) {
		return f.Add(time.Second)
	}
	return t
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", humanize.Comma(n), many)
}

// cut shortens a text between two words.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	head := string(r[:most])
	if i := strings.LastIndexByte(head, ' '); i > most/2 {
		head = head[:i]
	}
	return strings.TrimRight(head, " ,;:(") + " …"
}
