package app

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/views"
	"taudit/views/filterbar"
)

// foundMsg is the result of a scan.
type foundMsg found

// busyMsg says that the scan of that number takes long enough to be mentioned.
type busyMsg int

// valuesMsg are the values of a field, for completion.
type valuesMsg struct {
	field  string
	values []filterbar.Value
}

// patience is how long a scan may take before the screen says that it goes on.
const patience = 150 * time.Millisecond

// seek scans the log for a query, in the place of any scan that is under way. Until its result comes, the old one stays.
func (m *Model) seek(q query.Query) tea.Cmd {
	m.forsake()
	m.asked++
	m.sought = q
	number, env := m.asked, m.env()
	ctx, cancel := context.WithCancel(m.ctx)
	m.forsake = cancel
	m.complete = func() tea.Msg {
		defer cancel()
		if f, ok := m.search.complete(ctx, number, env); ok {
			return foundMsg(f)
		}
		return nil
	}
	return tea.Batch(
		func() tea.Msg {
			f, ok := m.search.set(ctx, number, q, env)
			if !ok || !f.rest {
				cancel()
			}
			if ok {
				return foundMsg(f)
			}
			return nil
		},
		m.after(patience, busyMsg(number)),
	)
}

// env is what a filter is seen with now.
func (m *Model) env() *query.Env {
	env := m.spoken
	env.Now = m.now.UTC()
	if len(m.watching.rules) > 0 {
		env.Means = alerts(m.watching.rules)
	}
	return &env
}

// take shows the result of a scan, unless it is older than what is shown, and goes on with one that has only begun. Of that nothing is shown if it
// found nothing, or if what is shown does not go by what matches.
func (m *Model) take(f found) tea.Cmd {
	if f.number < m.found.number || f.number == m.found.number && !m.found.rest {
		return nil
	}
	var rest tea.Cmd
	if f.rest {
		if f.number == m.asked {
			rest = m.complete
		}
		if f.matches.Len() == 0 || m.context {
			return rest
		}
	}
	m.found = f
	if f.number == m.asked && !f.rest {
		m.filter.SetBusy(false)
	}
	if f.matches == nil {
		m.context = false
	} else if m.dim {
		m.context, m.dim = true, false
	}
	m.state = m.feed.State()
	m.filter.SetExplanation(f.parts)
	m.pass()
	if f.number == m.asked && !f.rest {
		m.arrive()
	}
	m.lay()
	return rest
}

// slide renews a filter that changes with the clock. A held view is left alone: what is being read stays.
func (m *Model) slide() tea.Cmd {
	q := m.sought
	if m.events.Held() || m.filter.Editing() || m.asked != m.found.number || !q.Slides() || m.now.Unix()%10 != 0 {
		return nil
	}
	return m.seek(q)
}

// typed hands what belongs to the filter line to it.
func (m *Model) typed(msg tea.Msg) tea.Cmd {
	cmd := m.filter.Update(msg)
	m.relay()
	return cmd
}

// typing takes a key while the filter is edited.
func (m *Model) typing(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "ctrl+c":
		// As at a shell's prompt, it gives up the line and not the program.
		q := m.filter.Query()
		m.filter.SetFilter(m.committed, q)
		m.relay()
		return m.seek(q)
	case "f1", "ctrl+l", "ctrl+z":
		return m.key(msg.String())
	}
	return m.typed(msg)
}

// typingInside takes a key while text is typed in a pane.
func (m *Model) typingInside(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "f1", "ctrl+l", "ctrl+z":
		return m.key(msg.String())
	}
	m.said = ""
	m.frame.forget()
	return m.send(m.focus, msg)
}

// narrow filters as a pane asks, and shows what that finds.
func (m *Model) narrow(n views.Narrow) tea.Cmd {
	text := n.Query
	if now := m.committed; !n.Instead && now != "" {
		text = now + " " + n.Query
		if q := m.filter.Query(); len(q.Terms()) == 1 && strings.Contains(now, " ") {
			text = "(" + now + ") " + n.Query // it may be joined by OR
		}
	}
	q, err := query.Parse(text)
	if err != nil {
		m.said = "That cannot be filtered by: " + err.Error()
		return nil
	}
	m.trail.pass(m.here(), text)
	m.filter.SetFilter(text, q)
	m.committed = text
	m.focusOn(onList)
	m.relay()
	return tea.Batch(m.seek(q), m.keep(text))
}

// relay makes room for the filter line as it is now.
func (m *Model) relay() {
	if m.topLines() != m.areas.filter.Dy() {
		m.lay()
	}
	m.frame.forget()
}

// values counts the values of a field off the UI goroutine.
func (m *Model) values(field string) tea.Cmd {
	ctx, snap := m.ctx, m.state.Store
	return func() tea.Msg {
		msg := valuesMsg{field: field}
		for _, v := range valuesOf(ctx, snap, field) {
			msg.values = append(msg.values, filterbar.Value{Text: v.Text, Count: v.Entries})
		}
		return msg
	}
}

// keep adds a filter to the history that outlives the program. What fails is of no use to a person who filters: it is logged.
func (m *Model) keep(text string) tea.Cmd {
	if m.remember == nil || text == "" {
		return nil
	}
	remember, log := m.remember, m.feed.log
	return func() tea.Msg {
		if err := remember(text); err != nil {
			log.Warn("the filter history could not be written", "error", err)
		}
		return nil
	}
}

// walk selects the match n further down, or up for negative n, from wherever the selection is.
func (m *Model) walk(n int) {
	matches := m.found.matches
	if matches == nil || matches.Len() == 0 {
		m.events.Move(n)
		return
	}
	r, ok := m.events.Selected()
	if !ok {
		return
	}
	i, on := matches.Find(r.Key())
	switch {
	case n > 0 && !on:
		i += n - 1
	default:
		i += n
	}
	m.events.Select(matches.At(max(min(i, matches.Len()-1), 0)).Key())
}
