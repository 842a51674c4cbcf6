package app

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// thread is what entries have in common that are gone through one by one.
type thread struct {
	part   string // of a filter: what they have in common
	across bool   // also through what the filter hides
	one    string // what one of them is called: "error", "entry of this request"
	none   string // what to say when there is none
}

// jumps are the searches for the next of a thread. Only the last one is heeded.
type jumps struct {
	number  int
	thread  thread
	n       int // how far to go, back if negative
	from    store.Key
	waiting bool
	forsake context.CancelFunc
}

// jumpMsg is where a jump leads.
type jumpMsg struct {
	number int
	key    store.Key
	at, of int  // from 0
	around bool // past the end
	alone  bool // there is no other
	err    error
}

// threadOf gives the thread that an action goes along, from an entry; why is empty if it has one.
func threadOf(a views.Action, e *audit.Entry) (t thread, why string) {
	switch a {
	case views.NextError, views.PrevError:
		return thread{part: "is:error", one: "error", none: "No errors among what is shown."}, ""
	case views.NextRequest, views.PrevRequest:
		part := ""
		for _, id := range []string{e.AsyncOperationID, e.RequestID} {
			if id == "" || part == "req="+query.Quote(id) {
				continue
			}
			if part != "" {
				part += " OR "
			}
			part += "req=" + query.Quote(id)
		}
		if part == "" {
			return t, "This entry names no request."
		}
		return thread{part: part, across: true, one: "entry of this request", none: "No entry of this request is left."}, ""
	case views.NextSame, views.PrevSame:
		part, ok := spelled(e)
		if !ok {
			return t, "This entry names no operation."
		}
		return thread{part: part, one: e.Operation, none: "No other of this operation among what is shown."}, ""
	case views.NextActor, views.PrevActor:
		if e.Actor() == "" {
			return t, "This entry does not say who acted."
		}
		return thread{part: "principal=" + query.Quote(e.Actor()), one: "entry of " + e.Actor(), none: "No other of this principal among what is shown."}, ""
	}
	return t, "There is nothing to go along."
}

// jump goes n entries on along the thread of the selected one, back for negative n. They are looked for off the UI goroutine; what is
// pressed again meanwhile goes further.
func (m *Model) jump(a views.Action, n int) tea.Cmd {
	e, key, ok := m.subject()
	if !ok {
		m.said = "No entry is selected."
		return nil
	}
	t, why := threadOf(a, &e)
	if why != "" {
		m.said = why
		return nil
	}
	if matches := m.found.matches; matches != nil && !m.context && !t.across {
		t.part = "(" + m.found.query.String() + ") (" + t.part + ")"
	}
	return m.goAlong(t, key, n)
}

// goAlong looks for the nth entry of a thread from one on.
func (m *Model) goAlong(t thread, from store.Key, n int) tea.Cmd {
	j := &m.jumps
	if j.waiting && j.thread == t && j.from == from {
		n += j.n
	}
	if j.forsake != nil {
		j.forsake()
	}
	ctx, cancel := context.WithCancel(m.ctx)
	*j = jumps{number: j.number + 1, thread: t, n: n, from: from, waiting: true, forsake: cancel}
	number, snap, find := j.number, m.state.Store, find(m.env())
	return func() tea.Msg {
		defer cancel()
		msg := jumpMsg{number: number}
		q, err := query.Parse(t.part)
		if err != nil {
			msg.err = err
			return msg
		}
		matches := find(ctx, snap, q)
		if matches == nil {
			return nil // another jump has taken its place
		}
		if msg.of = matches.Len(); msg.of == 0 {
			return msg
		}
		at, on := matches.Find(from)
		msg.alone = on && msg.of == 1
		if n > 0 && !on {
			at-- // the one before it
		}
		to := at + n
		msg.around = to < 0 || to >= msg.of
		msg.at = (to%msg.of + msg.of) % msg.of
		msg.key = matches.At(msg.at).Key()
		return msg
	}
}

// land goes where a jump leads.
func (m *Model) land(msg jumpMsg) tea.Cmd {
	j := &m.jumps
	if msg.number != j.number {
		return nil
	}
	j.waiting = false
	m.frame.forget()
	var wrong *query.Error
	switch {
	case errors.As(msg.err, &wrong):
		m.said = "That cannot be looked for: " + wrong.Message
		return nil
	case msg.of == 0:
		m.said = j.thread.none
		return nil
	case msg.alone:
		m.said = "This is the only " + j.thread.one + "."
		return nil
	}
	m.said = ""
	cmd := m.heed(paneMsg{onList, views.Visit{Key: msg.key}})
	if m.focus != onDetail && m.focus != onList {
		m.focusOn(onList)
	}
	where := fmt.Sprintf("%s: %s of %s", capital(j.thread.one), humanize.Comma(int64(msg.at+1)), humanize.Comma(int64(msg.of)))
	switch {
	case msg.around && j.n > 0:
		where += ", from the oldest again"
	case msg.around:
		where += ", from the newest again"
	}
	if m.said != "" {
		where += ".   " + m.said
	}
	m.said = where
	return cmd
}
