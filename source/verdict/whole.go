package verdict

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"taudit/source"
)

// group is a source with the verdicts about its parts.
type group struct {
	*Evidence
	name  string
	parts []part
	found []Verdict
	about *source.Description
}

// groups gives the sources in their order.
func groups(e *Evidence, found []Verdict) []*group {
	var out []*group
	at := map[string]*group{}
	for i := range e.Status {
		s := &e.Status[i]
		g := at[s.Source]
		if g == nil {
			g = &group{Evidence: e, name: s.Source}
			for j := range e.About {
				if e.About[j].Source == s.Source {
					g.about = &e.About[j]
				}
			}
			at[s.Source] = g
			out = append(out, g)
		}
		g.parts = append(g.parts, part{Evidence: e, Status: s})
		g.found = append(g.found, found[i])
	}
	return out
}

// verdict about a source is the gravest about its parts. While parts are well, one on which entries arrive outweighs those that are quiet.
func (g *group) verdict() Verdict {
	worst := slices.MaxFunc(g.found, func(a, b Verdict) int { return int(a.Word) - int(b.Word) })
	v := Verdict{Word: worst.Word, Source: g.name, Next: worst.Next}
	switch {
	case worst.Word.Well():
		v = g.well(worst.Word)
	default:
		v.Why, v.Seen = g.reasons(worst.Word)
		if last := g.newest().last(); worst.Word == Broken && !last.IsZero() && g.Now.Sub(last) >= longAfter && unit(g.parts[0].Status) != file {
			v.Next += " " + g.kept(last)
		}
	}
	v.Seen = append(v.Seen, g.answers()...)
	if g.about != nil {
		for _, f := range g.about.Facts {
			if f.Verdict != source.Wrong {
				continue
			}
			text := f.Name + ": " + oneLine(f.Text)
			if v.Word < Degraded {
				v.Word, v.Why = Degraded, text
				v.Next = "Ask whoever runs the stream or Firehose: what is written to them arrives late, or not at all."
				continue
			}
			v.Seen = append(v.Seen, text)
		}
	}
	return v
}

// reasons says what is wrong with the parts that are as bad as the worst, and that more of them are.
func (g *group) reasons(worst Word) (why string, seen []string) {
	n := 0
	for i, f := range g.found {
		if f.Word != worst {
			continue
		}
		if n++; n == 1 {
			why, seen = f.Why, slices.Clone(f.Seen)
			if name := g.parts[i].called(); name != "" && len(g.parts) > 1 {
				why = name + ": " + why
			}
		}
	}
	if n > 1 {
		why += fmt.Sprintf(" (and %s more)", count(int64(n-1)))
	}
	return why, seen
}

// called is the name of a part for people.
func (p part) called() string {
	if p.Part == "" {
		return ""
	}
	return unit(p.Status) + " " + ShortPart(p.Part)
}

// ShortPart leaves the zeros out of the ID of a shard: shardId-000000000012 is 0012. Other names stay as they are.
func ShortPart(name string) string {
	digits, ok := strings.CutPrefix(name, "shardId-")
	if !ok {
		return name
	}
	for len(digits) > 4 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}

// well is the verdict about a source of which nothing is wrong.
func (g *group) well(w Word) Verdict {
	v := Verdict{Word: w, Source: g.name}
	if w == Ended {
		v.Why, v.Next = "read to its end", "Nothing to do."
		return v
	}
	newest := g.newest()
	last := newest.last()
	v.Due = newest.due(last)
	if w == Following {
		v.Why, v.Next = "caught up; the newest arrived "+g.at(last), "Nothing to do."
		return v
	}
	v.Why = "caught up; nothing has arrived since " + g.at(last)
	if last.IsZero() {
		v.Why = "caught up; nothing has arrived since reading began " + g.at(g.Asked.Began)
		last = g.Asked.Began
	}
	v.Next = "Nothing to do: that is normal. " + g.expect(unit(newest.Status), v.Due)
	if g.Now.Sub(last) >= longAfter && unit(newest.Status) != file {
		v.Next = g.long(last)
	}
	return v
}

// newest is the part on which something arrived last.
func (g *group) newest() part {
	newest := g.parts[0]
	for _, p := range g.parts[1:] {
		if p.last().After(newest.last()) {
			newest = p
		}
	}
	return newest
}

// expect says when more could come.
func (g *group) expect(unit string, due time.Time) string {
	const when = "Temporal Cloud sends about every 2 minutes, only when something happened"
	switch {
	case unit == file:
		return "It is read on as it grows."
	case unit == prefix:
		return when + ", and Firehose may hold it for up to 15 minutes."
	case due.IsZero():
		return when + "."
	case g.Still:
		return when + ": the next batch could come at " + g.Tell(due) + "."
	}
	return when + ": the next batch could come at " + g.Tell(due) + ", in " + exactly(due.Sub(g.Now)) + "."
}

// long is what to do about a silence of days.
func (g *group) long(last time.Time) string {
	return g.kept(last) + " If the account was in use since, have an owner look at the sink (Cloud UI, or \"temporal cloud account audit-log sink get\": " +
		"enabled, health, last success), and ask Temporal support to deliver that time again, naming the account and the sink."
}

// kept counts down for how long Temporal Cloud still has what has not arrived.
func (g *group) kept(last time.Time) string {
	date := last.UTC().Format("2006-01-02 15:04 UTC")
	silent := g.Now.Sub(last)
	if left := Kept - silent; left > 0 {
		return fmt.Sprintf("Temporal keeps entries for 30 days: what was emitted from %s on can be had for %s more.", date, roughly(left))
	}
	return fmt.Sprintf("Temporal keeps entries for 30 days: of what was emitted from %s on, the first %s are gone.", date, roughly(silent-Kept))
}

// answers says how the parts were heard of last.
func (g *group) answers() []string {
	live, ended := 0, 0
	var oldest time.Time
	for i, p := range g.parts {
		if g.found[i].Word == Ended {
			ended++
			continue
		}
		if g.found[i].Word >= Degraded || p.LastSuccess.IsZero() || p.overall() {
			continue
		}
		live++
		if oldest.IsZero() || p.LastSuccess.Before(oldest) {
			oldest = p.LastSuccess
		}
	}
	var out []string
	if live > 0 {
		name := unit(g.parts[0].Status)
		many := name + "s"
		if name == prefix {
			many = "prefixes"
		}
		text := "the " + name + " answers"
		if n := live; n > 1 {
			text = plural(int64(n), name, many) + " answer"
		}
		out = append(out, text+", last heard "+g.heard(oldest))
	}
	if ended > 0 && live > 0 {
		out = append(out, count(int64(ended))+" read to the end")
	}
	return out
}

// whole is the verdict about all sources: the gravest, and what else is wrong.
func whole(e *Evidence, list []Verdict) Verdict {
	for _, err := range e.Failed {
		known := slices.ContainsFunc(e.Status, func(s source.Status) bool { return s.Err != nil && strings.Contains(err.Error(), s.Err.Error()) })
		if !known {
			list = append(slices.Clone(list), Verdict{
				Word: Broken, Why: oneLine(err.Error()), Next: "Reconnect, or start taudit anew, to read it again.",
			})
		}
	}
	if len(list) == 0 {
		return Verdict{Word: Starting, Why: "nothing is read yet"}
	}
	worst := slices.MaxFunc(list, func(a, b Verdict) int { return int(a.Word) - int(b.Word) })
	if e.Ended && worst.Word < Degraded {
		return Verdict{Word: Ended, Why: "everything was read to its end", Next: "Nothing to do."}
	}
	if len(list) == 1 {
		worst.Source = ""
		return worst
	}
	v := worst
	v.Source, v.Seen = "", nil
	if worst.Source != "" {
		v.Why = worst.Source + ": " + worst.Why
	}
	v.Seen = append(v.Seen, worst.Seen...)
	for _, other := range list {
		switch other.Source {
		case worst.Source:
		case "":
			v.Seen = append(v.Seen, other.Why)
		default:
			v.Seen = append(v.Seen, other.Source+": "+other.Word.String())
		}
		if worst.Word.Well() && other.Due.After(e.Now) && (v.Due.IsZero() || other.Due.Before(v.Due)) {
			v.Due = other.Due
		}
	}
	return v
}
