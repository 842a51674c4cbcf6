// Package app is the program: the one Bubble Tea model, what feeds it, and the wiring between the panes.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
)

// inbox is how many events may wait between the sources and the store. Beyond that the sources are not read.
const inbox = 16

// Feed reads sources into a store. It is the store's only writer, keeps the latest status of every part of every source,
// and tells when there is something new; nothing between a source and the store drops anything.
type Feed struct {
	mu      sync.Mutex
	sources []source.Source // replaced, never changed
	stays   bool
	more    chan replacement
	hear    atomic.Pointer[func([]audit.Entry)]

	store  *store.Store
	window Window
	found  *findings
	fresh  func([]audit.Entry)
	taken  func(source.Position)
	notes  map[string]string
	now    func() time.Time
	every  time.Duration
	log    *slog.Logger

	state atomic.Pointer[State]
	dirty chan struct{}
}

// Window bounds the time of the entries that are kept: Since is included, Until excluded, zero is unbounded.
type Window struct{ Since, Until time.Time }

func (w Window) holds(e *audit.Entry) bool {
	t := e.Time()
	return (w.Since.IsZero() || !t.Before(w.Since)) && (w.Until.IsZero() || t.Before(w.Until))
}

// Bounds gives the same in nanoseconds since 1970: from is included, to excluded.
func (w Window) Bounds() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !w.Since.IsZero() {
		from = audit.Nanoseconds(w.Since)
	}
	if !w.Until.IsZero() {
		to = audit.Nanoseconds(w.Until)
	}
	return from, to
}

// FeedOptions are what a feed needs beside its sources.
type FeedOptions struct {
	Limits store.Limits
	Window Window
	Latest bool // the sources were asked only for what arrives from now on

	// Stays is for a feed that goes on when all sources have ended: see [Feed.Add].
	Stays bool

	// Vocabulary is that of the sources: see [source.Options]. It may be nil.
	Vocabulary *audit.Vocabulary

	// Describe is how often sources that can be asked how they are set up are asked; zero: never.
	Describe time.Duration

	// Fresh is called with the entries that were new to the store, in the order of their arrival, after the store has them. It is
	// called from the goroutine of Run, which waits for it. It may be nil.
	Fresh func([]audit.Entry)

	// Taken is called with how far a part has been read, after the store has what was read of it and after Fresh, from the goroutine of
	// Run. It may be nil.
	Taken func(source.Position)

	// Notes are notes of sources by their names, for every status of theirs that has none of its own.
	Notes map[string]string

	Now func() time.Time // tells when an event was received; nil is [time.Now]
	Log *slog.Logger
}

// State is what a feed knows at one moment. It is immutable.
type State struct {
	Store   *store.Snapshot
	Status  []source.Status      // the latest of each part of each source, in the order they first reported
	About   []source.Description // the latest of each source that can be asked
	Gaps    []source.Gap         // what could not be read, in the order it was found; the newest, when there are very many
	Lost    int64                // gaps, those that are not in Gaps included
	Asked   source.Asked         // what of the sources was to be read
	Read    int64                // entries received, duplicates and those outside the window included
	Outside int64                // entries received whose time is outside the window
	Probes  int64                // of the bad records, the test values that Temporal Cloud writes when a sink is verified
	Unread  int64                // of the bad records, objects and files that could not be read, or not to their end
	Ended   bool                 // every source has returned
	Failed  []error              // why sources ended that could not go on
	Over    []string             // the names of those sources

	stopped bool // reading was ended, not the sources
}

// NewFeed prepares to read sources; Run reads them.
func NewFeed(sources []source.Source, o FeedOptions) *Feed {
	if o.Vocabulary == nil {
		o.Vocabulary = audit.NewVocabulary()
	}
	f := &Feed{
		sources: sources,
		stays:   o.Stays,
		more:    make(chan replacement),
		store:   store.Sharing(o.Vocabulary, o.Limits),
		window:  o.Window,
		found:   newFindings(),
		fresh:   o.Fresh,
		taken:   o.Taken,
		notes:   o.Notes,
		every:   o.Describe,
		now:     o.Now,
		log:     o.Log,
		dirty:   make(chan struct{}, 1),
	}
	if f.now == nil {
		f.now = time.Now
	}
	s := &State{
		Store: f.store.Snapshot(),
		Asked: source.Asked{Since: o.Window.Since, Until: o.Window.Until, Latest: o.Latest, Began: f.now()},
	}
	for _, src := range sources {
		s.Status = append(s.Status, source.Status{Source: src.Name()})
	}
	f.state.Store(s)
	return f
}

// State gives what is known now. It never blocks and may be called from any goroutine.
func (f *Feed) State() *State { return f.state.Load() }

// Dirty receives when State has changed since it last received.
func (f *Feed) Dirty() <-chan struct{} { return f.dirty }

// Run reads all sources until each has ended or ctx is cancelled, and returns when all their goroutines have. A source that fails
// does not end the others. A feed that stays goes on until ctx is cancelled, for what [Feed.Add] brings. The error joins those of the
// sources that could not go on; a cancelled ctx is not one.
func (f *Feed) Run(ctx context.Context) error {
	in, ended := make(chan source.Event, inbox), make(chan failure)
	begin := func(list []source.Source) {
		for _, src := range list {
			go func() { ended <- failure{src.Name(), f.read(ctx, src, in)} }()
		}
	}
	var failed failures
	fail := func(name string, err error) {
		if err != nil {
			failed = append(failed, failure{name, err})
		}
	}
	report := func(ended bool) {
		s := *f.state.Load()
		s.Failed, s.Over = failed.errors(), failed.names()
		s.Ended, s.stopped = ended, ended && ctx.Err() != nil
		f.publish(&s)
	}
	running := len(f.Sources())
	begin(f.Sources())
	over := ctx.Done()
	// Until the last source has returned, so that none of their goroutines outlives Run; they send nothing once ctx is cancelled.
	for running > 0 || f.stays && ctx.Err() == nil {
		select {
		case ev := <-in:
			fail("", f.take(ev))
		case e := <-ended:
			running--
			fail(e.source, e.err)
			for running == 0 && len(in) > 0 {
				fail("", f.take(<-in))
			}
			if running == 0 || e.err != nil {
				report(running == 0)
			}
		case r := <-f.more:
			failed = failed.without(r.over)
			s := *f.state.Load()
			s.Ended, s.Failed, s.Over = false, failed.errors(), failed.names()
			s.Status = slices.DeleteFunc(slices.Clone(s.Status), func(p source.Status) bool { return r.over != "" && p.Source == r.over })
			for _, src := range r.list {
				s.Status = append(s.Status, source.Status{Source: src.Name()})
			}
			f.publish(&s)
			running += len(r.list)
			begin(r.list)
		case <-over:
			over = nil // the sources end by themselves
		}
	}
	report(true)
	return errors.Join(failed.errors()...)
}

// Add has a feed that stays read more sources. It waits until the feed takes them, or for ctx. One that is read already is an error.
func (f *Feed) Add(ctx context.Context, list []source.Source) error {
	if !f.stays {
		return errors.New("this feed takes no more sources")
	}
	return f.add(ctx, replacement{list: list})
}

// Replace has a feed that stays read sources in the place of one that could not go on, which is named and must be in State.Over. What it
// had told of its parts is forgotten; its entries stay. It waits as Add does.
func (f *Feed) Replace(ctx context.Context, over string, list []source.Source) error {
	if !slices.Contains(f.State().Over, over) {
		return fmt.Errorf("%s is being read already", over)
	}
	return f.add(ctx, replacement{over, list})
}

func (f *Feed) add(ctx context.Context, r replacement) error {
	f.mu.Lock()
	rest := slices.DeleteFunc(slices.Clone(f.sources), func(s source.Source) bool { return r.over != "" && s.Name() == r.over })
	for _, src := range r.list {
		if slices.ContainsFunc(rest, func(s source.Source) bool { return s.Name() == src.Name() }) {
			f.mu.Unlock()
			return fmt.Errorf("%s is being read already", src.Name())
		}
	}
	f.sources = slices.Concat(rest, r.list)
	f.mu.Unlock()
	select {
	case f.more <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Retry has the sources try again at once what has failed and waits for that.
func (f *Feed) Retry() {
	for _, src := range f.Sources() {
		if h, ok := src.(source.Retrier); ok {
			h.Retry()
		}
	}
}

// replacement are sources to be read, in the place of one that is over; empty: beside all others.
type replacement struct {
	over string
	list []source.Source
}

// failure is why a source could not go on; without a name, why something of it was lost.
type failure struct {
	source string
	err    error
}

type failures []failure

func (f failures) errors() []error {
	var out []error
	for _, e := range f {
		out = append(out, e.err)
	}
	return out
}

func (f failures) names() []string {
	var out []string
	for _, e := range f {
		if e.source != "" {
			out = append(out, e.source)
		}
	}
	return out
}

// without leaves out the failures of a source.
func (f failures) without(name string) failures {
	return slices.DeleteFunc(f, func(e failure) bool { return name != "" && e.source == name })
}

// Sources are those that are read, and were. The list is not changed any more.
func (f *Feed) Sources() []source.Source {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sources
}

// Listen has hear called with the entries that are new to the store from now on, as Fresh is; nil ends that.
func (f *Feed) Listen(hear func([]audit.Entry)) {
	if hear == nil {
		f.hear.Store(nil)
		return
	}
	f.hear.Store(&hear)
}

// read reads one source to its end, and tells of its failure.
func (f *Feed) read(ctx context.Context, src source.Source, in chan<- source.Event) error {
	err := f.run(ctx, src, in)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	select {
	case in <- source.Event{Source: src.Name(), Status: &source.Status{Source: src.Name(), State: source.Failing, Err: err}}:
	case <-ctx.Done():
	}
	return err
}

// run reads one source and turns a panic in it into an error.
func (f *Feed) run(ctx context.Context, src source.Source, in chan<- source.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			f.log.Error("panic in a source", "source", src.Name(), "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("%s: reading stopped by a defect in taudit (%v); the other sources go on, restart to read it again", src.Name(), p)
		}
	}()
	f.log.Info("reading", "source", src.Name())
	if d, ok := src.(source.Describer); ok && f.every > 0 {
		asking, stop := context.WithCancel(ctx)
		var done sync.WaitGroup
		done.Go(func() { f.describe(asking, d, in) })
		defer done.Wait()
		defer stop()
	}
	if err := src.Run(ctx, in); err != nil {
		return fmt.Errorf("%s: %w", src.Name(), err)
	}
	return nil
}

// take puts one event into the store and publishes what is known then. A panic loses that event alone, and says so.
func (f *Feed) take(ev source.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			f.log.Error("panic while storing", "source", ev.Source, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("%s: %d entries could not be kept because of a defect in taudit (%v)", ev.Source, ev.Len(), p)
		}
	}()
	s := *f.state.Load()
	p := f.found.receive(s.Status, &ev, f.now())
	s.Read += int64(ev.Len())
	outside := ev.Len()
	if f.window != (Window{}) {
		ev.Entries = slices.DeleteFunc(ev.Entries, func(e audit.Entry) bool { return !f.window.holds(&e) })
		if ev.Packed != nil {
			ev.Packed = ev.Packed.Within(f.window.Bounds())
		}
	}
	s.Outside += int64(outside - ev.Len())
	if len(ev.Entries) > 0 {
		added := f.store.Append(ev.Entries)
		f.found.duplicates(p, added.Duplicates)
		f.tell(added, func() []audit.Entry { return ev.Entries })
	}
	if ev.Packed != nil {
		added := f.store.AppendBatch(ev.Packed)
		f.found.duplicates(p, added.Duplicates)
		f.tell(added, ev.Packed.Entries)
	}
	f.store.AppendBad(ev.Bad)
	for i := range ev.Bad {
		switch b := &ev.Bad[i]; {
		case b.Probe():
			s.Probes++
		case b.Raw == "":
			s.Unread++
		}
	}
	if ev.Status != nil {
		s.Status = f.withStatus(s.Status, *ev.Status)
	} else {
		s.Status = slices.Clone(s.Status)
	}
	f.found.fill(s.Status, p, ev.Gaps)
	if ev.About != nil {
		s.About = withDescription(s.About, *ev.About, f.now())
	}
	s.Gaps, s.Lost = f.found.gaps, f.found.total
	if seams := source.Seams(s.Status, s.Asked); len(seams) > 0 {
		s.Gaps, s.Lost = slices.Concat(s.Gaps, seams), s.Lost+int64(len(seams))
	}
	s.Store = f.store.Snapshot()
	f.publish(&s)
	if ev.Position != nil && f.taken != nil {
		f.taken(*ev.Position)
	}
	return nil
}

// tell calls fresh with the entries that were new.
func (f *Feed) tell(added store.Added, all func() []audit.Entry) {
	hear := f.hear.Load()
	if f.fresh == nil && hear == nil || len(added.Fresh) == 0 {
		return
	}
	slices.Sort(added.Fresh)
	given, fresh := all(), make([]audit.Entry, len(added.Fresh))
	for i, j := range added.Fresh {
		fresh[i] = given[j]
	}
	if f.fresh != nil {
		f.fresh(fresh)
	}
	if hear != nil {
		(*hear)(fresh)
	}
}

// withStatus gives a copy of the list with the status of one part renewed.
func (f *Feed) withStatus(list []source.Status, n source.Status) []source.Status {
	list = slices.Clone(list)
	if n.Remark == "" {
		n.Remark = f.notes[n.Source]
	}
	i := slices.IndexFunc(list, func(s source.Status) bool { return s.Source == n.Source && s.Part == n.Part })
	if i < 0 {
		// The placeholder of a source that had not reported gives way to its first part.
		i = slices.IndexFunc(list, func(s source.Status) bool {
			return s.Source == n.Source && s.Part == "" && s.State == source.Connecting
		})
	}
	if i < 0 {
		i = len(list)
		list = append(list, source.Status{Source: n.Source, Part: n.Part})
	}
	if old := list[i]; old.State != n.State || (old.Err == nil) != (n.Err == nil) {
		f.log.Info("state", "source", n.Source, "part", n.Part, "state", n.State.String(), "error", n.Err)
	}
	list[i] = n
	return list
}

func (f *Feed) publish(s *State) {
	f.state.Store(s)
	select {
	case f.dirty <- struct{}{}:
	default:
	}
}
