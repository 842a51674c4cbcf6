package app

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
	"taudit/views/sinks"
)

// spot says where on the screen a pane belongs.
type spot uint8

const (
	inPlace spot = iota // in the place of the list, one of them at a time; the list is the first
	beside              // the detail: to the right of the list, below or instead of it
	stacked             // in the right column of a large screen, elsewhere in the place of the list
	strip               // above the list, as many rows as the screen has to spare
)

// member is a pane of the screen.
type member struct {
	views.Pane
	spot spot
	goTo views.Action // goes to it; "" for a pane that has no key of its own
}

// The places of the panes that the app itself talks to.
const (
	onList = iota
	onDetail
	onTimeline
)

// members lists the panes, in the order of line 2 and of Tab.
func (m *Model) members() []member {
	return []member{
		onList:     {m.events, inPlace, views.Events},
		onDetail:   {m.detail, beside, ""},
		onTimeline: {m.timeline, strip, views.Select},
		{m.principals, stacked, views.Principals},
		{sinks.New(), stacked, views.Sinks},
		{m.marksPane, inPlace, views.Marks},
		{m.comparison, inPlace, ""},
	}
}

// paneMsg is what a command of a pane gave.
type paneMsg struct {
	pane int
	msg  tea.Msg
}

// from marks what a command gives as that of a pane.
func from(pane int, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		switch msg := cmd().(type) {
		case nil:
			return nil
		case tea.BatchMsg:
			for i, c := range msg {
				msg[i] = from(pane, c)
			}
			return msg
		default:
			return paneMsg{pane, msg}
		}
	}
}

// heed does what a pane asks of the app, and hands everything else back to it.
func (m *Model) heed(p paneMsg) tea.Cmd {
	m.frame.forget()
	switch msg := p.msg.(type) {
	case views.Narrow:
		cmd := m.narrow(msg)
		m.expect(p.pane, msg)
		return cmd
	case views.Visit:
		if found := m.found.matches; found != nil && !m.context && !found.Has(msg.Key) {
			m.context = true
			m.said = "The entry does not match the filter. All entries are shown; " + m.keys.names(views.Context) + " hides the others again."
			m.pass()
		}
		m.events.Select(msg.Key)
		m.follow()
		return m.work()
	case views.Examine:
		m.detail.ShowBad(msg.Bad)
		m.opened, m.asker = yes, p.pane
		m.focusOn(onDetail)
		return nil
	case views.Say:
		m.said = msg.Text
		return nil
	case views.Leave:
		m.focusOn(onList)
		return m.work()
	}
	return tea.Batch(from(p.pane, m.all[p.pane].Update(p.msg)), m.work())
}

// send hands a message to a pane.
func (m *Model) send(pane int, msg tea.Msg) tea.Cmd {
	cmd := from(pane, m.all[pane].Update(msg))
	m.follow()
	return tea.Batch(cmd, m.work())
}

// accompany tells the panes that go along with the list what is selected in it.
func (m *Model) accompany() {
	row, ok := m.events.Selected()
	for _, p := range m.all {
		if c, is := p.Pane.(views.Companion); is {
			c.SetSelected(row, ok)
		}
	}
}

// work lets the panes on the screen compute what they show.
func (m *Model) work() tea.Cmd {
	m.accompany()
	cmds := []tea.Cmd{m.rearrange(), m.renew()}
	for _, p := range m.areas.panes {
		if w, ok := m.all[p.pane].Pane.(views.Worker); ok {
			cmds = append(cmds, from(p.pane, m.inTurn(w.Work(m.ctx))))
		}
	}
	return tea.Batch(cmds...)
}

// inTurn has work wait until a processor is left beside it for the screen: a key that is pressed finds one that has nothing else to do.
func (m *Model) inTurn(work tea.Cmd) tea.Cmd {
	if work == nil {
		return nil
	}
	turns, ctx := m.turns, m.ctx
	return func() tea.Msg {
		select {
		case turns <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		defer func() { <-turns }()
		return work()
	}
}

// answers finds the pane that an action is for: the one with the focus, or above the list a strip, which has keys of its own at all times.
func (m *Model) answers(a views.Action) int {
	if m.has(m.focus, a) {
		return m.focus
	}
	for i, p := range m.all {
		if p.spot == strip && m.front() == onList && m.has(i, a) {
			return i
		}
	}
	return m.focus
}

func (m *Model) has(pane int, a views.Action) bool {
	return slices.Contains(m.all[pane].Actions(), a)
}

// typist is the pane in which text is typed, if any.
func (m *Model) typist() bool {
	t, ok := m.all[m.focus].Pane.(views.Typist)
	return ok && t.Editing()
}
