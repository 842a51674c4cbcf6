package source

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Asked says what of the sources was to be read.
type Asked struct {
	Since, Until time.Time // by emit time; zero: unbounded
	Latest       bool      // only what arrives from Began on
	Began        time.Time // when reading began
}

// Evidence is all that coverage is stated from.
type Evidence struct {
	Asked  Asked
	Status []Status // of every part of every source
	Gaps   []Gap
	Lost   int64 // gaps, those that are not in Gaps included
	Bad    int64 // stretches of bytes that could not be decoded
	Unread int64 // objects and files that could not be read, or not to their end

	// Evicted entries are no longer in memory, all of them emitted before Oldest or at that time. A caller that has no use for what is in
	// memory, because it was written elsewhere as it came, leaves it zero.
	Evicted int64
	Oldest  time.Time

	Ended  bool      // nothing is being read any more
	Failed []error   // why sources ended that could not go on, and what was lost within the program
	Now    time.Time // the day that times need no date for; zero: all have one
}

// Coverage says what of a stretch of time was read, and what was not and why. Sources hold entries by the time of their arrival, and
// so do the claims say it; people ask by emit time. An entry arrives after it was emitted, within [Delay] unless something is wrong: of what
// was emitted from Open on, some may not have arrived when it was read.
type Coverage struct {
	Asked   Span // the stretch, by emit time; zero: all of it
	Claims  []Claim
	Missing []Missing
	Gaps    []Gap // in the stretch
	Lost    int64 // gaps, those whose bounds are not known any more included
	Bad     int64
	Unread  int64
	Open    time.Time // zero: all has had time to arrive, or arrives in no order that is known

	sources int
	now     time.Time
}

// Claim is what was read of one source.
type Claim struct {
	Source string
	Unit   string // what it is read from: "shard", "bucket", "file" or "part"
	Parts  int    // of Unit
	Span   Span   // everything that they held in it; zero From: back to the oldest they still held. Zero for files, which are read whole
	Live   bool   // files: they are read on as they grow
}

// Missing is a stretch that was not read.
type Missing struct {
	Source string   // empty: any
	Unit   string   // as in Claim
	Parts  []string // empty: the whole source
	Span   Span     // zero From: from the oldest on; zero To: to the present
	Why    string
}

// Whole tells whether nothing of the stretch is known to be missing.
func (c *Coverage) Whole() bool {
	return len(c.Claims) > 0 && len(c.Missing) == 0 && c.Lost == 0 && c.Unread == 0
}

// Cover states what is covered of a stretch of emit time; the zero span is all that was asked for. A zero To of it is the present. Its work
// grows with the number of parts and gaps, not of entries.
func Cover(e Evidence, asked Span) Coverage {
	c := Coverage{Asked: asked, Bad: e.Bad, Unread: e.Unread, now: e.Now}
	want := c.bounds(e, asked)
	buffers := map[string]time.Duration{}
	for _, group := range groups(e.Status) {
		c.sources++
		cover{e: e, want: want, parts: group}.into(&c)
		for _, s := range group {
			buffers[s.Source] = max(buffers[s.Source], s.Buffer)
		}
	}
	for _, g := range e.Gaps {
		// What was emitted before the end of the stretch may have arrived after it, and been lost there.
		before := g.From.IsZero() || want.To.IsZero() || g.From.Before(want.To.Add(Delay+buffers[g.Source]))
		if before && (g.To.IsZero() || want.From.IsZero() || g.To.After(want.From)) {
			c.Gaps = append(c.Gaps, g)
		}
	}
	c.Lost = int64(len(c.Gaps)) + max(0, e.Lost-int64(len(e.Gaps)))
	for _, err := range e.Failed {
		if !slices.ContainsFunc(e.Status, func(s Status) bool { return s.Err != nil && s.Err.Error() == err.Error() }) {
			c.Missing = append(c.Missing, Missing{Why: err.Error()})
		}
	}
	return c
}

// bounds gives the part of a stretch that was to be read and is still held, and notes what is cut off.
func (c *Coverage) bounds(e Evidence, asked Span) Span {
	want := asked
	cutHead := func(at time.Time, why string, always bool) {
		if at.IsZero() || !at.After(want.From) {
			return
		}
		if always || !asked.From.IsZero() {
			c.Missing = append(c.Missing, Missing{Span: Span{From: want.From, To: earlier(at, asked.To)}, Why: why})
		}
		want.From = at
	}
	cutHead(e.Asked.Since, "not read because of --since", false)
	if e.Asked.Latest {
		cutHead(e.Asked.Began, "not read because of --latest", false)
	}
	if e.Evicted > 0 {
		cutHead(e.Oldest, fmt.Sprintf("%s dropped from memory", plural(e.Evicted, "entry was", "entries were")), true)
	}
	if until := e.Asked.Until; !until.IsZero() && (asked.To.IsZero() || asked.To.After(until)) {
		if !asked.To.IsZero() {
			c.Missing = append(c.Missing, Missing{Span: Span{From: later(until, asked.From), To: asked.To}, Why: "not read because of --until"})
		}
		want.To = until
	}
	return want
}

// groups gives the statuses of each source, in their order.
func groups(list []Status) [][]Status {
	var out [][]Status
	at := map[string]int{}
	for _, s := range list {
		i, known := at[s.Source]
		if !known {
			i = len(out)
			at[s.Source] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], s)
	}
	return out
}

// cover is one source that is being looked at.
type cover struct {
	e     Evidence
	want  Span
	parts []Status
	unit  string

	failed *Status // of the source as a whole, when it cannot go on
}

// into adds what is known of the source.
func (k cover) into(c *Coverage) {
	k.unit = unitOf(k.parts)
	var parts []reach
	for i := range k.parts {
		if s := &k.parts[i]; !k.overall(*s) {
			parts = append(parts, k.reach(*s))
		} else if s.State == Failing {
			k.failed = s
		}
	}
	switch f := k.failed; {
	case len(parts) == 0:
		c.missing(k.parts[0].Source, k.unit, "", k.want, k.why(k.parts[0]))
	case f != nil:
		c.missing(f.Source, k.unit, "", Span{From: later(k.want.From, f.Since), To: k.want.To}, k.why(*f))
	}
	k.claim(c, parts)
	for _, p := range parts {
		k.lacks(c, p)
	}
}

// overall tells whether a status is that of the source as a whole and not of something that holds entries.
func (k cover) overall(s Status) bool { return s.Part == "" && (len(k.parts) > 1 || k.unit == shard) }

// reach is how far a part was read.
type reach struct {
	Status
	from, to time.Time
	placed   bool // it is known how far, by time of arrival
}

func (k cover) reach(s Status) reach {
	r := reach{Status: s, from: s.Held.From, to: s.Held.To, placed: !s.Held.To.IsZero()}
	if r.placed || k.unit == file {
		return r
	}
	// One that does not say how far has read all when it says that it has caught up.
	if (s.State == Live || s.State == Done) && !s.LastSuccess.IsZero() {
		r.to, r.placed = s.LastSuccess.Add(-s.Behind), true
		if k.e.Asked.Latest {
			r.from = k.e.Asked.Began
		}
	}
	return r
}

func (r *reach) well() bool { return r.State == Live || r.State == Done }

// claim says what all parts that are well have in common. While none is live, what those have in common that are still being read.
func (k cover) claim(c *Coverage, parts []reach) {
	claim := Claim{Source: k.parts[0].Source, Unit: k.unit}
	if k.unit == file {
		for i := range parts {
			if p := &parts[i]; p.well() {
				claim.Parts += int(max(1, p.Total, p.Done))
				claim.Live = claim.Live || p.State == Live
			}
		}
		if claim.Parts > 0 {
			c.Claims = append(c.Claims, claim)
		}
		return
	}
	live := slices.ContainsFunc(parts, func(r reach) bool { return r.placed && r.State == Live })
	var done []reach
	var buffer time.Duration
	for _, p := range parts {
		if !p.placed || live && !p.well() {
			continue
		}
		claim.Parts++
		claim.Span.From = later(claim.Span.From, p.from)
		buffer = max(buffer, p.Buffer)
		if p.State == Done {
			done = append(done, p)
			continue
		}
		claim.Span.To = earlier(claim.Span.To, p.to)
	}
	if claim.Span.To.IsZero() {
		claim.Span.To = endOf(done, k.e.Asked.Began)
	}
	open := claim.Span.To.Add(-Delay - buffer)
	claim.Span.From = later(claim.Span.From, k.want.From)
	claim.Span.To = earlier(claim.Span.To, k.want.To)
	if claim.Parts == 0 || !claim.Span.To.After(claim.Span.From) {
		return
	}
	c.Claims = append(c.Claims, claim)
	if k.want.To.IsZero() || open.Before(k.want.To) {
		c.Open = earlier(c.Open, later(open, claim.Span.From))
	}
}

// endOf is how far parts were read that are all done. Those that ended before reading began are shards that were closed by then: nothing
// has come of them since. The others were read to their tip, one after the other.
func endOf(done []reach, began time.Time) time.Time {
	var last, first time.Time
	for _, p := range done {
		last = later(last, p.to)
		if !p.to.Before(began) {
			first = earlier(first, p.to)
		}
	}
	if first.IsZero() {
		return last
	}
	return first
}

// lacks notes what of a part was not read.
func (k cover) lacks(c *Coverage, p reach) {
	note := func(s Span, why string) { c.missing(p.Source, k.unit, p.Part, s, why) }
	switch {
	case !p.placed && k.unit == file:
		if !p.well() {
			note(Span{}, k.why(p.Status))
		}
		return
	case !p.placed:
		note(k.want, k.why(p.Status))
		return
	}
	if p.from.After(k.want.From) {
		head := Span{From: k.want.From, To: earlier(p.from, k.want.To)}
		switch {
		case k.unit != shard && !p.well():
			note(head, k.why(p.Status)) // read from the newest to the oldest
			if p.State == CatchingUp {
				return
			}
		case !c.Asked.From.IsZero():
			note(head, "reading began behind it")
		}
	}
	if !p.well() && (k.want.To.IsZero() || p.to.Before(k.want.To.Add(Delay+p.Buffer))) {
		note(Span{From: later(p.to, k.want.From), To: k.want.To}, k.why(p.Status))
	}
}

// why says why more of a part was not read.
func (k cover) why(s Status) string {
	since := ""
	if !s.Since.IsZero() {
		since = " since " + clock(s.Since, s.Since, k.e.Now)
	}
	if f := k.failed; f != nil && (s.State == Connecting || s.State == CatchingUp) {
		return k.why(*f)
	}
	switch {
	case s.State == Failing && s.Err != nil:
		return "failing" + since + ": " + strings.TrimPrefix(s.Err.Error(), s.Source+": ") // it may name its source itself
	case s.State == Failing:
		return "failing" + since
	case s.State == Throttled:
		return "throttled" + since
	case k.e.Ended && s.State == Connecting:
		return "it never answered"
	case k.e.Ended:
		return "it was not read to its end"
	case s.State == Connecting:
		return "it has not answered yet"
	case k.unit == file && s.Total > 1:
		return fmt.Sprintf("%d of %d files are read so far", s.Done, s.Total)
	}
	return "still catching up"
}

// missing notes a stretch, together with that of another part which is missing for the same reason.
func (c *Coverage) missing(source, unit, part string, s Span, why string) {
	for i := range c.Missing {
		m := &c.Missing[i]
		if part != "" && m.Source == source && m.Why == why && len(m.Parts) > 0 && m.Span.To.Equal(s.To) {
			m.Parts = append(m.Parts, part)
			if s.From.Before(m.Span.From) {
				m.Span.From = s.From
			}
			return
		}
	}
	m := Missing{Source: source, Unit: unit, Span: s, Why: why}
	if part != "" {
		m.Parts = []string{part}
	}
	c.Missing = append(c.Missing, m)
}

// What sources are read from.
const (
	shard  = "shard"
	bucket = "bucket"
	file   = "file"
	other  = "part"
)

// unitOf tells what a source is read from, by its name and its parts.
func unitOf(parts []Status) string {
	switch name := parts[0].Source; {
	case strings.HasPrefix(name, "kinesis "):
		return shard
	case strings.HasPrefix(name, "s3://"):
		return bucket
	case slices.ContainsFunc(parts, func(s Status) bool { return !s.Held.To.IsZero() }):
		return other
	}
	return file
}

// earlier gives the earlier of two times, of which a zero one is not known.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// later gives the later of two times; a zero one is before all others.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
