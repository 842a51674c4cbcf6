package app

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
	"taudit/views/commandbar"
	"taudit/views/filterbar"
	"taudit/views/grid"
)

// Update takes one message. It does no work that grows with the data.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case feedMsg:
		m.learn(msg.found)
		m.checkExpected()
		m.comeBack()
		return m, tea.Batch(m.next(msg.at), m.work(), m.watch())
	case tickMsg:
		m.checkExpected()
		m.comeBack()
		m.keepSession()
		if !m.times.Still {
			m.now = m.clock()
			m.pass()
			m.frame.forget()
			if !slices.Equal(m.notice, m.trouble()) {
				m.lay() // a verdict may change with time alone
			}
		}
		if before := m.detail.Key(); m.detailShown() {
			if m.follow(); m.detail.Key() != before {
				m.frame.forget()
			}
		}
		return m, tea.Batch(m.tick(), m.alarmLate(), m.slide(), m.work())
	case foundMsg:
		cmd := m.take(found(msg))
		m.comeBack()
		return m, tea.Batch(cmd, m.work())
	case arrangedMsg:
		m.rearrangedTo(msg)
		return m, m.work()
	case noveltyMsg:
		m.renewed(msg)
	case paneMsg:
		return m, m.heed(msg)
	case jumpMsg:
		cmd := m.land(msg)
		m.settle()
		return m, cmd
	case comparedMsg:
		return m, m.showComparison(msg)
	case markedMsg:
		m.said, m.marks.last = msg.text, msg.last
		return m, m.remarked()
	case copiedMsg:
		return m, m.copied(msg)
	case sayMsg:
		m.said = string(msg)
		m.frame.forget()
	case busyMsg:
		if int(msg) > m.found.number || int(msg) == m.found.number && m.found.rest {
			m.filter.SetBusy(true)
			m.frame.forget()
		}
	case valuesMsg:
		m.filter.SetValues(msg.field, msg.values)
		m.relay()
	case commandbar.Entered:
		return m, m.carryOut(msg.Text)
	case commandbar.Left:
		m.relay()
	case commandbar.Listed:
		return m, m.commanding(msg)
	case jobMsg:
		return m, tea.Batch(m.finished(msg), m.work())
	case watchMsg:
		return m, m.noticed(msg)
	case jobTick:
		return m, m.progressed(int(msg))
	case filterbar.Changed:
		return m, m.seek(msg.Query)
	case filterbar.Cancelled:
		m.relay()
		return m, m.seek(msg.Query)
	case filterbar.Committed:
		m.trail.pass(m.trail.opened, msg.Text)
		m.committed = msg.Text
		m.relay()
		return m, tea.Batch(m.seek(msg.Query), m.keep(msg.Text))
	case filterbar.Wanted:
		return m, m.values(msg.Field)
	case filterbar.Paused:
		return m, m.typed(msg)
	case tea.PasteMsg:
		switch {
		case m.covered():
		case m.note != nil:
			return m, m.noting(msg)
		case m.bar.Editing():
			return m, m.commanding(msg)
		case m.filter.Editing():
			return m, m.typed(msg)
		case m.typist():
			m.frame.forget()
			return m, m.send(m.focus, msg)
		}
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
		return m, m.work()
	case tea.BackgroundColorMsg:
		m.look.dark, m.look.told = msg.IsDark(), true
		m.dress()
	case tea.ColorProfileMsg:
		m.look.profile = msg.Profile
		m.dress()
	case tea.EnvMsg:
		m.look.unicode = unicodeLocale(msg.Getenv)
		if dark, ok := darkGround(msg.Getenv); ok && !m.look.told {
			m.look.dark = dark
		}
		m.copier.seat = seatOf(msg.Getenv)
		m.dress()
	case tea.MouseClickMsg:
		return m, m.click(msg)
	case tea.MouseWheelMsg:
		return m, m.wheel(msg)
	case tea.MouseMotionMsg:
		return m, m.drag(msg)
	case tea.MouseReleaseMsg:
		return m, m.drag(msg)
	case tea.KeyPressMsg:
		switch {
		case m.covered():
		case m.note != nil:
			return m, m.noting(msg)
		case m.bar.Editing():
			return m, m.commanding(msg)
		case m.filter.Editing():
			return m, m.typing(msg)
		case m.typist():
			return m, m.typingInside(msg)
		}
		return m, m.key(msg.String())
	}
	return m, nil
}

// learn takes what the feed has new, and what the filter means of it.
func (m *Model) learn(f found) {
	m.state, m.now = m.feed.State(), m.clock()
	if f.number == m.found.number {
		why := m.found.why
		m.found = f
		if m.found.matches != nil && m.found.matches.Len() == 0 {
			m.found.why = why
		}
		if m.asked == m.found.number {
			m.filter.SetBusy(false)
		}
	}
	m.pass()
	m.sayNotes()
	if !slices.Equal(m.notice, m.trouble()) {
		m.lay()
	}
	m.settle()
	m.frame.forget()
}

// resize takes any size that a terminal may claim.
func (m *Model) resize(width, height int) {
	m.width, m.height = grid.Size(width, height)
	m.focusOn(m.focus)
}

// key finds what a key asks for. Digits that are no key of their own are a count: 5j. One that goes to a pane is a count for what jumps.
func (m *Model) key(key string) tea.Cmd {
	if m.asking {
		m.asking = false
		m.frame.forget()
		if key == "q" || key == "y" || key == "Q" || key == "ctrl+c" || key == "enter" {
			return m.quit()
		}
		return nil
	}
	if m.question != nil {
		return m.answer(key)
	}
	m.returning = nil // whoever presses a key has found another place
	if m.chord != nil {
		cmd := m.follows(key)
		m.settle()
		return tea.Batch(cmd, m.work())
	}
	if m.helping && m.overlay == m.help && m.findHelp(key) {
		m.frame.forget()
		return nil
	}
	before := m.before
	m.before = origin{}
	a, bound := m.keys.actions[key]
	if before.key != "" {
		if pair, ok := m.keys.actions[before.key+key]; ok {
			a, bound = pair, true
		}
	}
	if a == views.History && bound && !m.helping {
		m.count, m.digit, m.again, m.said = 0, digit{}, 0, ""
		cmd := m.askHistory(before)
		m.settle()
		return tea.Batch(cmd, m.work())
	}
	if !m.helping {
		m.before = m.leads(key)
	}
	was := m.digit
	m.digit = digit{}
	if len(key) == 1 && key[0] >= '0' && key[0] <= '9' {
		if was.n > 0 || bound && m.count == 0 {
			m.digit = was.then(key, m.focus)
		}
		if m.count > 0 || !bound && key != "0" {
			m.count = times10(m.count, key)
			return nil
		}
	}
	act := views.Act{Action: a, Count: max(m.count, 1), Counted: m.count > 0}
	again := m.again
	m.count, m.again = 0, 0
	if m.said != "" {
		m.said = ""
		m.frame.forget()
	}
	if !bound {
		return nil
	}
	m.frame.forget()
	var cmd tea.Cmd
	if again > 0 && a == views.Open && m.focus == onList {
		cmd = m.twice(again)
	} else {
		cmd = m.do(m.counted(act, was))
	}
	m.settle()
	return tea.Batch(cmd, m.work())
}

// do carries out an action: what concerns the whole screen here, all else in the pane that has the focus.
func (m *Model) do(act views.Act) tea.Cmd {
	switch act.Action {
	case views.Quit:
		return m.quit()
	case views.Suspend:
		return tea.Suspend
	case views.Redraw:
		return tea.ClearScreen
	case views.Help:
		m.help.SetRows(m.helpRows())
		m.helping = !m.helping
		m.overlay = m.help
		return nil
	case views.Back, views.Close:
		m.back(act.Action)
		return nil
	}
	if m.helping {
		return m.overlay.Update(act)
	}
	for i, p := range m.all {
		if p.goTo != "" && p.goTo == act.Action {
			if i == onList && m.focus == onDetail && m.where() == instead {
				m.opened = byRoom
			}
			m.focusOn(i)
			if p.spot == strip {
				return m.send(i, act)
			}
			return nil
		}
	}
	if cmd, ok := m.investigate(act); ok {
		return cmd
	}
	switch act.Action {
	case views.NextPane:
		m.switchPane(act.Count)
	case views.PrevPane:
		m.switchPane(-act.Count)
	case views.Zoom:
		m.zoom()
	case views.Timeline:
		m.strips()
	case views.Place:
		m.moveDetail()
	case views.Open:
		if m.focus == onList {
			m.open()
			return nil
		}
		return m.send(m.focus, act)
	case views.NextEntry, views.PrevEntry:
		if m.examining() {
			return m.send(onDetail, act)
		}
		if m.focus == onDetail || m.focus == onList {
			return m.send(m.front(), act)
		}
		return m.send(m.focus, act)
	case views.Hold, views.Follow:
		return m.send(onList, act)
	case views.Filter:
		if m.focus == onDetail {
			return m.send(onDetail, act)
		}
		m.trail.opened = m.here()
		cmd := m.filter.Open()
		m.relay()
		return cmd
	case views.Reconnect:
		return m.reconnect()
	case views.Repeats:
		m.foldRepeats()
	case views.Command:
		return m.command("", false)
	case views.Views:
		return m.commandView("")
	case views.Times:
		m.times = m.times.Next()
		m.said = "Times are shown in " + m.times.String() + "."
		if m.times.Mode == views.Relative {
			m.said = "Times are shown relative to now, and in UTC where an entry is read."
		}
		m.pass()
	case views.Context:
		if m.found.matches != nil {
			m.context = !m.context
			m.pass()
		}
	case views.PrevFilter:
		return m.retrace(-act.Count)
	case views.NextFilter:
		return m.retrace(act.Count)
	case views.NextMatch, views.PrevMatch:
		if m.has(m.focus, act.Action) {
			return m.send(m.focus, act)
		}
		if act.Action == views.PrevMatch {
			act.Count = -act.Count
		}
		m.walk(act.Count)
	default:
		return m.send(m.answers(act.Action), act)
	}
	m.follow()
	return nil
}
