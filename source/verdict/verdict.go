// Package verdict tells in one word whether audit logs arrive as they should, what was seen that says so, and what to do next. The hard
// part is silence: a stream on which nothing comes may be quiet, since nothing happened, or broken.
//
// Everything follows from what is known at one moment, so that the same evidence always gives the same verdict.
package verdict

import (
	"slices"
	"time"

	"taudit/source"
)

// Word is a verdict.
type Word uint8

// The words, from the one that needs the least attention to the one that needs the most.
const (
	Ended     Word = iota // all has been read, and no more is to come
	Quiet                 // caught up, and nothing has arrived for a while
	Following             // caught up, and entries arrive
	Starting              // nothing can be said yet
	Behind                // there is more than what has been read
	Degraded              // entries arrive, but slowly, late or not all of them
	Broken                // nothing can be read until somebody does something
)

// String gives the word.
func (w Word) String() string {
	return [...]string{
		Ended: "ended", Quiet: "quiet", Following: "following", Starting: "starting",
		Behind: "behind", Degraded: "degraded", Broken: "broken",
	}[w]
}

// Well tells whether there is nothing to worry about.
func (w Word) Well() bool { return w <= Following }

// The times that verdicts go by.
const (
	// Cadence is how often Temporal Cloud sends what has happened, if anything has.
	Cadence = 2 * time.Minute

	// Kept is how long Temporal Cloud keeps entries itself: what did not arrive can be had from it for as long.
	Kept = 30 * 24 * time.Hour

	// settle is how long something may be otherwise before it counts: single answers of a shard say that it is behind, or that somebody
	// else has used up its limit, and the next ones that all is well.
	settle = 3 * time.Second

	quietAfter = source.LateAfter // nothing has arrived for so long
	longAfter  = 24 * time.Hour   // silence that is worth a question, even of an account in which little happens
	patience   = 30 * time.Second // for a first answer
	givenUp    = time.Minute      // for a call that fails without saying why: it may be passing until then
	stale      = 2 * time.Minute  // for the last answer of a part that says it is live
	gapFor     = time.Hour        // a gap counts
	leastKept  = 24 * time.Hour   // how long any stream keeps entries at the least
	near       = leastKept / 2    // to the loss of entries
	retryHeavy = 5                // retries within the last two minutes
)

// Evidence is all that a verdict follows from.
type Evidence struct {
	source.Evidence // its Now is when the verdict is given

	About []source.Description

	// Tell writes a time of day for people, Still leaves out how long ago something was: a text then changes only when something happens.
	Tell  func(time.Time) string
	Still bool
}

// Verdict is a word, and why.
type Verdict struct {
	Word   Word
	Why    string // a phrase that goes with the word: "nothing has arrived since 09:12:31Z"
	Seen   []string
	Next   string    // what to do
	Due    time.Time // when the next batch could come; zero: that is not known, or it could come at any time
	Source string    // what it is about; empty: all that is read
	Part   string    // of the source; empty: all of it
}

// Report is the verdict about all that is read, and those that it follows from.
type Report struct {
	Verdict
	Sources []Verdict // in the order in which the sources first reported
	Parts   []Verdict // one for each status
}

// Of gives the verdict. Its work grows with the number of parts, not of entries.
func Of(e Evidence) Report {
	if e.Tell == nil {
		e.Tell = func(t time.Time) string { return t.UTC().Format("15:04:05Z07:00") }
	}
	var r Report
	r.Parts = make([]Verdict, len(e.Status))
	kept := map[string]time.Duration{}
	for i := range e.About {
		kept[e.About[i].Source] = e.About[i].Retention
	}
	for i := range e.Status {
		s := &e.Status[i]
		r.Parts[i] = part{Evidence: &e, Status: s, kept: kept[s.Source]}.verdict()
	}
	for _, g := range groups(&e, r.Parts) {
		r.Sources = append(r.Sources, g.verdict())
	}
	r.Verdict = whole(&e, r.Sources)
	// What is lost stays so, also when all is well again.
	if e.Lost > 0 {
		r.Seen = append(slices.Clone(r.Seen), plural(e.Lost, "gap", "gaps")+" in what was read")
	}
	if e.Bad > 0 {
		r.Seen = append(slices.Clone(r.Seen), count(e.Bad)+" undecodable")
	}
	return r
}
