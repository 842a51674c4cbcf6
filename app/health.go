package app

import (
	"slices"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/verdict"
	"taudit/views"
)

// maxGaps is how many gaps are kept to be shown, the newest; all are counted.
const maxGaps = 1000

// findings keeps for each part of each source what its own status cannot know. It belongs to the goroutine of [Feed.Run].
type findings struct {
	parts map[part]*finding
	gaps  []source.Gap
	total int64 // gaps, those that were only counted by a part included
}

// part names a part of a source.
type part struct{ source, name string }

type finding struct {
	source.Findings
	last  source.Status // as the part told it
	gaps  int64         // received
	extra int64         // counted by the part beyond those
}

func newFindings() *findings { return &findings{parts: map[part]*finding{}} }

func (f *findings) of(p part) *finding {
	v, ok := f.parts[p]
	if !ok {
		v = &finding{}
		f.parts[p] = v
	}
	return v
}

// receive takes in what an event tells, received now, and gives the part that it is about.
func (f *findings) receive(list []source.Status, ev *source.Event, now time.Time) part {
	p, status := home(list, ev)
	v := f.of(p)
	for i := range ev.Entries {
		v.note(&status, ev.Entries[i].EmitTime, ev.Entries[i].Origin.Arrived, now)
	}
	if b := ev.Packed; b != nil {
		for i, t := range b.Times {
			var emitted, arrived time.Time
			if b.Flags[i]&audit.Undated == 0 {
				emitted = time.Unix(0, t)
			}
			if a := b.Record(i).Arrived(t); a != 0 {
				arrived = time.Unix(0, a)
			}
			v.note(&status, emitted, arrived, now)
		}
	}
	for _, g := range ev.Gaps {
		v := f.of(part{g.Source, g.Part})
		v.gaps++
		v.GapAt = now
		f.total++
		f.gaps = append(f.gaps, g)
	}
	if over := len(f.gaps) - maxGaps; over > 0 {
		f.gaps = slices.Clone(f.gaps[over:]) // readers hold the old array
	}
	if ev.Status != nil {
		v.Note(&v.last, ev.Status, now)
		v.last = *ev.Status
		extra := max(0, ev.Status.Gaps-v.gaps)
		f.total += extra - v.extra
		v.extra = extra
	}
	return p
}

// note takes in one entry.
func (v *finding) note(status *source.Status, emitted, arrived, now time.Time) {
	if emitted.After(v.Newest) {
		v.Newest = emitted.UTC()
	}
	if arrived.IsZero() {
		if status.State == source.Live {
			v.Arrivals.Add(now, 1) // what comes of a file that is caught up with has just been written
		}
		return
	}
	if v.Oldest.IsZero() || arrived.Before(v.Oldest) {
		v.Oldest = arrived.UTC()
	}
	if took, late := status.Lateness(emitted, arrived); late {
		v.Late++
		v.Slowest = max(v.Slowest, took)
		if v.Lates.Add(arrived, 1); arrived.After(v.LateAt) {
			v.LateAt = arrived.UTC()
		}
	}
	if arrived.Before(now.Add(time.Minute)) { // by its clock, which may be ahead
		v.Arrivals.Add(arrived, 1)
	}
}

// home is the part that an event is about, and its status: the one it carries, else that of the part its entries are from, else the first
// of the source.
func home(list []source.Status, ev *source.Event) (part, source.Status) {
	if ev.Status != nil {
		return part{ev.Status.Source, ev.Status.Part}, *ev.Status
	}
	var first *source.Status
	for i := range list {
		s := &list[i]
		if s.Source != ev.Source {
			continue
		}
		if len(ev.Entries) > 0 && s.Part == ev.Entries[0].Origin.Part {
			return part{s.Source, s.Part}, *s
		}
		if first == nil {
			first = s
		}
	}
	if first == nil {
		return part{source: ev.Source}, source.Status{Source: ev.Source}
	}
	return part{first.Source, first.Part}, *first
}

// duplicates counts entries of a part that the store held already.
func (f *findings) duplicates(p part, n int) { f.of(p).Duplicates += int64(n) }

// fill writes what was found out about a part, and about those that have gaps, into a list of statuses that nobody else holds.
func (f *findings) fill(list []source.Status, p part, gaps []source.Gap) {
	for i := range list {
		s := &list[i]
		here := part{s.Source, s.Part}
		if here == p || slices.ContainsFunc(gaps, func(g source.Gap) bool { return here == part{g.Source, g.Part} }) {
			v := f.of(here)
			s.Findings = v.Findings
			s.Gaps = v.gaps + v.extra
		}
	}
}

// exhausted gives the list once every source has returned: one that never reported and did not fail has been read to its end.
func exhausted(list []source.Status) []source.Status {
	list = slices.Clone(list)
	for i := range list {
		if s := &list[i]; s.State == source.Connecting && s.Part == "" {
			s.State = source.Done
		}
	}
	return list
}

// Evidence gives what coverage is stated from, seen at now.
func (s *State) Evidence(now time.Time) source.Evidence {
	e := source.Evidence{
		Asked: s.Asked, Status: s.Status, Gaps: s.Gaps, Lost: s.Lost,
		Bad: s.Store.BadCount() - s.Probes - s.Unread, Unread: s.Unread,
		Evicted: s.Store.Evicted(), Ended: s.Ended, Failed: s.Failed, Now: now,
	}
	if s.Ended && !s.stopped {
		e.Status = exhausted(s.Status)
	}
	if s.Store.Len() > 0 {
		e.Oldest = s.Store.At(0).Time()
	}
	return e
}

// Verdict tells whether entries arrive as they should, seen at now. Times in it are written as clock does.
func (s *State) Verdict(now time.Time, clock views.Clock) verdict.Report {
	e := verdict.Evidence{Evidence: s.Evidence(now), About: s.About, Tell: clock.Brief, Still: clock.Still}
	e.Status = s.Status // one verdict for each
	return verdict.Of(e)
}

// plural gives a word in the number that n asks for.
func plural(n int64, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
