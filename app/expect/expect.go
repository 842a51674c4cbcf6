// Package expect waits for an entry that somebody is about to cause, and says whether it came: seen, not seen although the source is well,
// or not known because it is not.
package expect

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
)

// DefaultWithin is how long is waited when nobody says: as long as an entry may take to arrive without anything being wrong.
const DefaultWithin = source.Delay

// Parse takes within:10m out of an expectation, which is otherwise a filter. Without one, within is zero.
func Parse(text string) (filter string, within time.Duration, err error) {
	term := regexp.MustCompile(`(^|\s)within:(\S*)`)
	found := term.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return strings.TrimSpace(text), 0, nil
	}
	if len(found) > 1 {
		return "", 0, errors.New("within: is given twice")
	}
	within, err = time.ParseDuration(found[0][2])
	if err != nil || within <= 0 {
		return "", 0, fmt.Errorf("within:%s is no duration above zero; write within:10m", found[0][2])
	}
	return strings.TrimSpace(term.ReplaceAllString(text, "$1")), within, nil
}

// Options say what is expected.
type Options struct {
	Query query.Query
	Env   query.Env // its clock is that of Began

	Began  time.Time
	Since  time.Time // entries that were emitted earlier are not what is expected; zero: Began
	Within time.Duration
}

// Outcome is how an expectation stands.
type Outcome uint8

// The outcomes.
const (
	Waiting Outcome = iota
	Seen
	Missed  // it did not come, and the source was well
	Unknown // it did not come, and the source was not well
)

// Health says whether what was to arrive would have been seen.
type Health struct {
	Well  bool
	Words string // what is wrong, or how it is well beside "healthy"; empty: nothing to add
	Ended bool   // nothing more will come
}

// Result is how an expectation stands and why.
type Result struct {
	Outcome Outcome
	Entry   audit.Entry   // when Seen
	After   time.Duration // from Began until it was seen
	Left    time.Duration // while Waiting
	Text    string        // in words; those in it that strangers have chosen are not cleaned
}

// Watch looks for an entry that is expected. Its methods may be called from any goroutine, and do not block.
type Watch struct {
	o Options

	mu     sync.Mutex
	seen   *Result
	others int // entries that arrived and were not it
}

// New begins to expect.
func New(o Options) *Watch {
	if o.Since.IsZero() {
		o.Since = o.Began
	}
	o.Env.Now = o.Began.UTC()
	return &Watch{o: o}
}

// Until is when the expectation ends.
func (w *Watch) Until() time.Time { return w.o.Began.Add(w.o.Within) }

// Take looks at entries that have just arrived, and tells whether what is expected has been seen, now or before. Of several the first by
// its time is taken.
func (w *Watch) Take(entries []audit.Entry, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen != nil {
		return true
	}
	var first *audit.Entry
	for i := range entries {
		e := &entries[i]
		switch {
		case e.Time().Before(w.o.Since):
		case !w.o.Query.Match(e, &w.o.Env):
			w.others++
		case first == nil || audit.Compare(e, first) < 0:
			first = e
		}
	}
	if first == nil {
		return false
	}
	r := Result{Outcome: Seen, Entry: *first, After: max(now.Sub(w.o.Began), 0)}
	r.Text = "seen after " + Span(r.After)
	if o := first.Outcome(); o != "" {
		r.Text += ", " + o
	}
	w.seen = &r
	return true
}

// Result tells how it stands now, with the source as it is now.
func (w *Watch) Result(h Health, now time.Time) Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen != nil {
		return *w.seen
	}
	left := w.Until().Sub(now)
	if left > 0 && !h.Ended {
		return Result{Outcome: Waiting, Left: left, Text: "expected within " + Span(left)}
	}
	text := "not seen in " + Span(min(now.Sub(w.o.Began), w.o.Within))
	if h.Ended && left > 0 {
		text = "not seen, and nothing more will come"
	}
	if !h.Well {
		return Result{Outcome: Unknown, Text: text + ", but the source was not healthy, so it may have happened: " + h.Words}
	}
	text += "; source healthy"
	switch {
	case h.Words != "":
		text += ", " + h.Words
	case w.others == 0:
		text += ", quiet"
	case w.others == 1:
		text += ", 1 other entry"
	default:
		text += ", " + strconv.Itoa(w.others) + " other entries"
	}
	return Result{Outcome: Missed, Text: text}
}

// Span writes a duration for people: 1m50s, 10 min, 2 h.
func Span(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.String()
}

// ByState judges a source by the states of its parts, at the moment of the question: what was to arrive would have been seen if every part
// has caught up, and nothing was lost since the expectation began.
func ByState(status []source.Status, lost int64, ended bool) Health {
	h := Health{Well: true, Ended: ended}
	var wrong []string
	for _, s := range status {
		var text string
		switch s.State {
		case source.Live, source.Done:
			continue
		case source.Failing:
			text = "failing"
		case source.Connecting, source.CatchingUp, source.Throttled:
			text = s.State.String()
		}
		text = s.Source + ": " + text
		if s.Err != nil {
			text = s.Source + ": " + strings.TrimPrefix(s.Err.Error(), s.Source+": ") // it may name its source itself
		}
		if len(wrong) == 0 || wrong[len(wrong)-1] != text {
			wrong = append(wrong, text)
		}
	}
	if lost > 0 {
		wrong = append(wrong, fmt.Sprintf("something was lost before it could be read (gaps: %d)", lost))
	}
	if len(wrong) > 0 {
		h.Well, h.Words = false, strings.Join(wrong, "; ")
	}
	return h
}
