package app

import (
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
	busy  bool      // it is being looked for, with news
	news  *store.News
}

// noveltyMsg is what is new in a snapshot.
type noveltyMsg struct {
	snap   *store.Snapshot
	what   map[uint64]store.Newness // by the Seq of keys; never changed
	loaded time.Duration            // the history that it is said of
	ok     bool                     // false: ctx was cancelled
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
	ctx, news := m.ctx, n.news
	return func() tea.Msg {
		what, ok := news.Find(ctx, snap, now)
		return noveltyMsg{snap, what, snap.Recent(now).Loaded, ok}
	}
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
