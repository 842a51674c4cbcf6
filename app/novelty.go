package app

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
)

// What is new is looked for at most once in noveltyPause, of more than manyEntries in longPause: it takes a look at all of them.
const (
	noveltyPause = time.Second
	longPause    = 5 * time.Second
	manyEntries  = 50_000
)

// novelty is what the screen knows of what is new in the log.
type novelty struct {
	found noveltyMsg
	at    time.Time // when it was looked for last
	busy  bool      // it is being looked for
	*freshness
}

// noveltyMsg is what is new in a snapshot.
type noveltyMsg struct {
	snap   *store.Snapshot
	what   map[uint64]store.Newness // by the Seq of keys; never changed
	loaded time.Duration            // the history that it is said of
	ok     bool                     // false: ctx was cancelled
}

// freshness is what is known of people from one look to the next.
type freshness struct {
	mu       sync.Mutex
	activity *store.Activity
	roster   *store.Roster
}

// renew looks for what is new, unless it is known or was looked for just now.
func (m *Model) renew() tea.Cmd {
	n, snap, now := &m.novelty, m.state.Store, m.clock() // the one of the screen may stand still
	pause := noveltyPause
	if snap.Len() > manyEntries {
		pause = longPause
	}
	if n.busy || n.found.snap == snap || !n.at.IsZero() && now.Sub(n.at) < pause && now.Sub(n.at) >= 0 {
		return nil
	}
	n.busy, n.at = true, now
	ctx, f := m.ctx, n.freshness
	return func() tea.Msg { return f.look(ctx, snap, now) }
}

// look finds what is new.
func (f *freshness) look(ctx context.Context, snap *store.Snapshot, now time.Time) noveltyMsg {
	r := snap.Recent(now)
	msg := noveltyMsg{snap: snap, loaded: r.Loaded, what: map[uint64]store.Newness{}, ok: true}
	if r.For == 0 {
		return msg
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	activity := snap.Activity(ctx, f.activity)
	if activity == nil {
		return noveltyMsg{}
	}
	f.activity = activity
	if f.roster == nil || !f.roster.Of(activity) {
		f.roster = activity.Roster()
	}
	for _, first := range snap.Firsts(ctx, f.roster, r.Since) {
		msg.what[first.Seq] |= first.What
	}
	msg.ok = ctx.Err() == nil
	return msg
}

// renewed shows what is new.
func (m *Model) renewed(msg noveltyMsg) {
	m.novelty.busy = false
	if msg.ok {
		m.novelty.found = msg
		m.pass()
		m.frame.forget()
	}
}
