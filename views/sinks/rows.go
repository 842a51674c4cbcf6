package sinks

import (
	"slices"

	"taudit/source"
	"taudit/source/audit"
)

// kind is what the rows of a section are about.
type kind uint8

const (
	ofParts kind = iota
	ofMore       // what the head had no room for
	ofFacts
	ofGaps
	ofBad
)

// section is a stretch of the rows below the head. The first has its title above all rows, where it stays; the others begin with theirs.
type section struct {
	kind  kind
	title string
	lines []string // drawn already, of those that are text
	n     int      // rows, without the title
}

// place is a row by what it is about, which stays when others come before it.
type place struct {
	section kind
	source  string // of a part
	part    string
	number  int // of a gap, of a bad record or of a line; -1 is the title
}

// hidden tells whether a status is only that of the list of a stream's shards, and has nothing to say.
func (p *Pane) hidden(s *source.Status) bool {
	return s.Part == "" && (s.State == source.Live || s.State == source.Done) && s.Records == 0 && s.Err == nil &&
		slices.ContainsFunc(p.data.Status, func(o source.Status) bool { return o.Source == s.Source && o.Part != "" })
}

func (p *Pane) bad() []audit.Bad {
	if p.data.Store == nil {
		return nil
	}
	return p.data.Store.Bad()
}

// firstBad is the number of the oldest bad record that is kept, counted from 0 of all.
func (p *Pane) firstBad() int { return int(p.data.Store.BadCount()) - len(p.bad()) }

// rows counts all rows of the sections.
func (p *Pane) rows() int {
	n := 0
	for i, s := range p.sections {
		n += s.n + min(i, 1)
	}
	return n
}

// find gives what a row is about.
func (p *Pane) find(row int) place {
	for i, s := range p.sections {
		title := min(i, 1)
		if row < s.n+title {
			return p.placeIn(s, row-title)
		}
		row -= s.n + title
	}
	return place{number: -1}
}

func (p *Pane) placeIn(s section, n int) place {
	switch {
	case n < 0:
		return place{section: s.kind, number: -1}
	case s.kind == ofParts && n < len(p.order):
		status := &p.data.Status[p.order[n]]
		return place{section: ofParts, source: status.Source, part: status.Part}
	case s.kind == ofBad:
		n += p.firstBad()
	}
	return place{section: s.kind, number: n}
}

// rowOf gives the row of a place, or the nearest that there is.
func (p *Pane) rowOf(at place) int {
	first := 0
	for i, s := range p.sections {
		title := min(i, 1)
		if s.kind != at.section {
			first += s.n + title
			continue
		}
		n := at.number
		switch {
		case at.section == ofParts:
			n = max(slices.IndexFunc(p.order, func(i int) bool {
				return p.data.Status[i].Source == at.source && p.data.Status[i].Part == at.part
			}), 0)
		case at.section == ofBad && n >= 0:
			n = max(n-p.firstBad(), 0)
		}
		return first + title + max(min(n, s.n-1), -title)
	}
	return 0
}

// partAt is the place of a part among the statuses; -1: it is there no more.
func (p *Pane) partAt(at place) int {
	return slices.IndexFunc(p.data.Status, func(s source.Status) bool { return s.Source == at.source && s.Part == at.part })
}

// badAt gives the bad record of a row.
func (p *Pane) badAt(at place) (audit.Bad, bool) {
	if at.section != ofBad || at.number < 0 {
		return audit.Bad{}, false
	}
	i := at.number - p.firstBad()
	if i < 0 || i >= len(p.bad()) {
		return audit.Bad{}, false
	}
	return p.bad()[i], true
}

// opens tells whether a row can be opened.
func (p *Pane) opens(at place) bool {
	switch at.section {
	case ofParts:
		return p.partAt(at) >= 0
	case ofGaps, ofBad:
		return at.number >= 0
	}
	return false
}
