package export

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// manifestFormat is the one that is written. A format only ever gains members.
const manifestFormat = 1

// Manifest says what a bundle holds and what that is based on. Times are in UTC; those that are not known are left out. Text in it may have
// been chosen by strangers.
type Manifest struct {
	Format int       `json:"format"`
	Tool   string    `json:"tool"`
	Made   time.Time `json:"made"`

	Filter string `json:"filter"` // empty: none
	// Seen is the time that relative times in the filter were seen from.
	Seen  time.Time `json:"seen"`
	Since time.Time `json:"since,omitzero"` // of the entries that were read, included
	Until time.Time `json:"until,omitzero"` // excluded

	Entries Counted `json:"entries"`
	Marks   int     `json:"marks"` // entries with a mark or a note

	Read       int64 `json:"read"` // entries, with duplicates and what is outside of since and until
	Outside    int64 `json:"outside"`
	Duplicates int64 `json:"duplicates"`
	Evicted    int64 `json:"evicted"` // that did not fit into memory and were not looked at
	Bad        int64 `json:"bad"`     // stretches that no entry could be read from
	BadKept    int   `json:"bad_kept"`

	Coverage string   `json:"coverage"` // in words
	Whole    bool     `json:"whole"`    // nothing of what was asked for is known to be missing
	Missing  []Absent `json:"missing"`
	Gaps     []Absent `json:"gaps"`
	Lost     int64    `json:"lost"` // gaps, those whose bounds are not known included

	Sources []Origin `json:"sources"`
	Files   []Sum    `json:"files"`
}

// Counted are the entries of a bundle.
type Counted struct {
	Count int       `json:"count"`
	First time.Time `json:"first,omitzero"` // emit time
	Last  time.Time `json:"last,omitzero"`
	// Joined counts the entries that were received on several lines. The line breaks between their values are left out here; nothing
	// else differs from what was received.
	Joined int `json:"joined"`
}

// Absent is a stretch, by time of arrival at the sink, that was not read.
type Absent struct {
	Source string    `json:"source,omitempty"`
	Parts  []string  `json:"parts,omitempty"`
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
	Why    string    `json:"why"`
}

// Origin is a source that was read.
type Origin struct {
	Name  string  `json:"name"`
	State []Part  `json:"state"` // shards, prefixes, files: how far each was read
	Range []Range `json:"ranges"`
}

// Part is what was read of a part of a source.
type Part struct {
	Part     string    `json:"part,omitempty"`
	State    string    `json:"state"`
	HeldFrom time.Time `json:"held_from,omitzero"` // by time of arrival; without it back to the oldest that was still held
	HeldTo   time.Time `json:"held_to,omitzero"`
	Records  int64     `json:"records"`
	Entries  int64     `json:"entries"`
	Bytes    int64     `json:"bytes"`
	Bad      int64     `json:"bad"`
	Error    string    `json:"error,omitempty"`
}

// Range is from where to where entries of a shard, an object or a file were read: sequence numbers in a shard, byte offsets elsewhere.
type Range struct {
	Part    string    `json:"part"`
	Entries int       `json:"entries"` // that were read, whatever the filter means
	Inside  int       `json:"inside"`  // that are in the bundle
	First   string    `json:"first,omitempty"`
	Last    string    `json:"last,omitempty"`
	Oldest  time.Time `json:"oldest,omitzero"` // arrival
	Newest  time.Time `json:"newest,omitzero"`
}

// Sum is a file of a bundle.
type Sum struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// ranges collects from where to where parts were read.
type ranges struct {
	of    map[[2]string]*Range
	names []string // of sources, in the order they were met
	parts map[string][]*Range
}

func newRanges() *ranges { return &ranges{of: map[[2]string]*Range{}, parts: map[string][]*Range{}} }

// add takes in where an entry came from.
func (r *ranges) add(o audit.Origin, inside bool) {
	key := [2]string{o.Source, o.Part}
	p, ok := r.of[key]
	if !ok {
		p = &Range{Part: o.Part, First: o.Position, Last: o.Position, Oldest: writable(o.Arrived), Newest: writable(o.Arrived)}
		r.of[key] = p
		if _, known := r.parts[o.Source]; !known {
			r.names = append(r.names, o.Source)
		}
		r.parts[o.Source] = append(r.parts[o.Source], p)
	}
	p.Entries++
	if inside {
		p.Inside++
	}
	if comparePositions(o.Position, p.First) < 0 {
		p.First = o.Position
	}
	if comparePositions(o.Position, p.Last) > 0 {
		p.Last = o.Position
	}
	at := writable(o.Arrived)
	if !at.IsZero() && (p.Oldest.IsZero() || at.Before(p.Oldest)) {
		p.Oldest = at
	}
	if at.After(p.Newest) {
		p.Newest = at
	}
}

// list gives the ranges of a source by the names of its parts.
func (r *ranges) list(source string) []Range {
	out := []Range{}
	for _, p := range r.parts[source] {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Range) int { return strings.Compare(a.Part, b.Part) })
	return out
}

// comparePositions compares decimal numbers of any length, and all else as text.
func comparePositions(a, b string) int {
	if decimal(a) && decimal(b) {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	return strings.Compare(a, b)
}

func decimal(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// origins says of each source how far it was read.
func (r *ranges) origins(status []source.Status) []Origin {
	out := []Origin{}
	at := map[string]int{}
	find := func(name string) *Origin {
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, Origin{Name: name, State: []Part{}, Range: r.list(name)})
		}
		return &out[i]
	}
	for _, s := range status {
		p := Part{
			Part: s.Part, State: s.State.String(), HeldFrom: writable(s.Held.From), HeldTo: writable(s.Held.To),
			Records: s.Records, Entries: s.Entries, Bytes: s.Bytes, Bad: s.Bad,
		}
		if s.Err != nil {
			p.Error = s.Err.Error()
		}
		o := find(s.Source)
		o.State = append(o.State, p)
	}
	for _, name := range r.names {
		find(name)
	}
	return out
}

// absences says what was not read, and where there were gaps.
func absences(c *source.Coverage) (missing, gaps []Absent) {
	missing, gaps = []Absent{}, []Absent{}
	for _, m := range c.Missing {
		missing = append(missing, Absent{m.Source, m.Parts, writable(m.Span.From), writable(m.Span.To), m.Why})
	}
	for _, g := range c.Gaps {
		a := Absent{Source: g.Source, From: writable(g.From), To: writable(g.To), Why: g.Why}
		if g.Part != "" {
			a.Parts = []string{g.Part}
		}
		gaps = append(gaps, a)
	}
	return missing, gaps
}
