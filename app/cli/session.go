package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"taudit/app"
	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
)

const (
	// quiet is how long nothing may change before sources that have caught up are taken at their word: a stream reports
	// its shards one after another.
	quiet = 250 * time.Millisecond
	// busy is how long sources that never fall quiet are waited for.
	busy = 2 * time.Second
)

// session reads the sources of one print.
type session struct {
	env  *Env
	feed *app.Feed
	out  *output
	tail *tail // nil without --follow

	to       *destination
	redactor *export.Redactor
	about    export.About

	kept *keeper

	told map[string]bool // failures and notes that were written
}

// taken notes how far a part was read, unless what was read of it last could not be printed whole.
func (s *session) taken(at source.Position) {
	if s.tail == nil || s.tail.printing() {
		s.kept.take(at)
	}
}

// read runs the feed to its end, or until ctx is cancelled, and tells failures as they happen.
func (s *session) read(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.feed.Run(ctx) // what failed is in the feed's state
	}()
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	var since time.Time // when all parts had settled
	for {
		select {
		case <-done:
			if s.tail != nil && ctx.Err() == nil {
				s.tail.start()
			}
			return
		case <-s.feed.Dirty():
			state := s.feed.State()
			s.report(state)
			if s.tail == nil || s.tail.started() {
				continue
			}
			switch now := time.Now(); {
			case !settled(state):
				since = time.Time{}
			case since.IsZero():
				since = now
			case now.Sub(since) >= busy:
				s.tail.start()
			}
			timer.Reset(quiet)
		case <-timer.C:
			if s.tail != nil && !since.IsZero() {
				s.tail.start()
			}
		}
	}
}

// settled tells whether every part of every source has read what was there, or cannot.
func settled(s *app.State) bool {
	return !slices.ContainsFunc(s.Status, func(p source.Status) bool {
		return p.State == source.Connecting || p.State == source.CatchingUp
	})
}

// report writes each failure once, and tells whether a source has failed and not come back.
func (s *session) report(state *app.State) (failed bool) {
	tell := func(err error) {
		if text := err.Error(); !s.told[text] {
			s.told[text] = true
			s.env.complain(err)
		}
	}
	for _, p := range state.Status {
		if text := p.Source + ": " + p.Remark; p.Remark != "" && !s.told[text] {
			s.told[text] = true
			s.env.say("taudit: %s", text)
		}
		if p.State == source.Failing {
			failed = true
			if p.Err != nil {
				tell(named(p.Source, p.Err))
			}
		}
	}
	for _, err := range state.Failed {
		failed = true
		tell(err)
	}
	return failed
}

// namedError is an error with its source in front.
type namedError struct {
	error
	source string
}

func (e namedError) Error() string { return e.source + ": " + e.error.Error() }

func named(name string, err error) error {
	if strings.Contains(err.Error(), name) {
		return err
	}
	return namedError{err, name}
}

// tail prints what arrives, after what was there before. Its methods may be called from different goroutines.
type tail struct {
	feed *app.Feed
	out  *output
	kept *keeper // of how far was read what has been printed

	mu   sync.Mutex
	live bool
	// last is the batch that came last, and before what the feed knew when it came: if that is still what the feed knows, its
	// snapshot does not have the batch yet.
	last   []audit.Entry
	before *app.State
}

// fresh takes entries that are new to the store. The feed waits for it, so a slow reader of the output slows the sources and nothing is
// held here.
func (t *tail) fresh(entries []audit.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.live {
		t.last, t.before = entries, t.feed.State()
		return
	}
	t.out.batch(entries)
	t.out.flush()
}

// start prints what the store holds, in order, and lets what comes later through.
func (t *tail) start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live {
		return
	}
	t.live = true
	state := t.feed.State()
	var late []audit.Entry
	if t.before == state {
		late = t.last
	}
	t.last, t.before = nil, nil
	t.out.merged(state.Store, late)
	t.out.flush()
	if t.out.open() {
		t.kept.release()
	}
}

// printing tells whether all is printed that is read.
func (t *tail) printing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.open()
}

func (t *tail) started() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live
}

// errGone says that whoever read the output has stopped: head has enough.
var errGone = errors.New("the reader of the output has gone")
