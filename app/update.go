package app

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
	"taudit/views/filterbar"
	"taudit/views/grid"
)

// Update takes one message. It does no work that grows with the data.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case feedMsg:
		had := m.detailShown()
		m.state, m.now = m.feed.State(), m.clock()
		if msg.found.number == m.found.number {
			why := m.found.why
			m.found = msg.found
			if m.found.matches != nil && m.found.matches.Len() == 0 {
				m.found.why = why
			}
		}
		m.pass()
		if m.detailShown() != had || !slices.Equal(m.notice, m.trouble()) {
			m.lay()
			m.follow()
		}
		m.frame.forget()
		return m, m.next(msg.at)
	case tickMsg:
		m.now = m.clock()
		m.pass()
		m.frame.forget()
		return m, tea.Batch(m.tick(), m.slide())
	case foundMsg:
		m.take(found(msg))
	case busyMsg:
		if int(msg) > m.found.number {
			m.filter.SetBusy(true)
			m.frame.forget()
		}
	case valuesMsg:
		m.filter.SetValues(msg.field, msg.values)
		m.relay()
	case filterbar.Changed:
		return m, m.seek(msg.Query)
	case filterbar.Cancelled:
		m.relay()
		return m, m.seek(msg.Query)
	case filterbar.Committed:
		m.committed = msg.Text
		m.relay()
		return m, tea.Batch(m.seek(msg.Query), m.keep(msg.Text))
	case filterbar.Wanted:
		return m, m.values(msg.Field)
	case filterbar.Paused:
		return m, m.typed(msg)
	case tea.PasteMsg:
		if m.filter.Editing() && !m.helping {
			return m, m.typed(msg)
		}
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		m.look.dark = msg.IsDark()
		m.dress()
	case tea.ColorProfileMsg:
		m.look.profile = msg.Profile
		m.dress()
	case tea.EnvMsg:
		m.look.unicode = unicodeLocale(msg.Getenv)
		m.dress()
	case tea.KeyPressMsg:
		if m.filter.Editing() && !m.helping && !m.asking {
			return m, m.typing(msg)
		}
		return m, m.key(msg.String())
	}
	return m, nil
}

// resize takes any size that a terminal may claim.
func (m *Model) resize(width, height int) {
	m.width, m.height = grid.Size(width, height)
	m.lay()
	m.follow()
	if !m.detailShown() {
		m.setFocus(onList)
	}
}

// key finds what a key asks for. Digits that are no key of their own are a count: 5j.
func (m *Model) key(key string) tea.Cmd {
	if m.asking {
		m.asking = false
		m.frame.forget()
		if key == "q" || key == "y" || key == "Q" || key == "ctrl+c" || key == "enter" {
			return tea.Quit
		}
		return nil
	}
	a, bound := m.keys.actions[key]
	if len(key) == 1 && key[0] >= '0' && key[0] <= '9' && (m.count > 0 || !bound && key != "0") {
		m.count = min(m.count*10+int(key[0]-'0'), 1_000_000)
		return nil
	}
	act := views.Act{Action: a, Count: max(m.count, 1), Counted: m.count > 0}
	m.count = 0
	if !bound {
		return nil
	}
	m.frame.forget()
	return m.do(act)
}

// do carries out an action: what concerns the whole screen here, all else in the pane that has the focus.
func (m *Model) do(act views.Act) tea.Cmd {
	switch act.Action {
	case views.Quit:
		return tea.Quit
	case views.Suspend:
		return tea.Suspend
	case views.Redraw:
		return tea.ClearScreen
	case views.Help:
		m.help.SetRows(m.helpRows())
		m.helping = !m.helping
		return nil
	case views.Back, views.Close:
		m.back(act.Action)
		return nil
	}
	if m.helping {
		return m.help.Update(act)
	}
	switch act.Action {
	case views.Events:
		m.setFocus(onList)
		if place(m.width, m.height) == instead {
			m.show(no)
		}
	case views.NextPane, views.PrevPane:
		m.switchPane()
	case views.Open:
		if m.focus == onList {
			m.open()
			return nil
		}
		return m.detail.Update(act)
	case views.NextEntry:
		m.events.Move(act.Count)
	case views.PrevEntry:
		m.events.Move(-act.Count)
	case views.Hold, views.Follow:
		return m.list(act)
	case views.Filter:
		if m.focus != onList {
			return nil
		}
		cmd := m.filter.Open()
		m.relay()
		return cmd
	case views.Context:
		if m.found.matches != nil {
			m.context = !m.context
			m.pass()
		}
	case views.NextMatch:
		m.walk(act.Count)
	case views.PrevMatch:
		m.walk(-act.Count)
	default:
		if m.focus == onDetail {
			return m.detail.Update(act)
		}
		return m.list(act)
	}
	m.follow()
	return nil
}

// list hands an action to the list, whose selection the detail follows.
func (m *Model) list(act views.Act) tea.Cmd {
	cmd := m.events.Update(act)
	m.follow()
	return cmd
}

// open shows the selected entry and holds the list, so that what is being read stays.
func (m *Model) open() {
	if _, ok := m.events.Selected(); !ok {
		return
	}
	if !m.events.Held() {
		m.events.Update(views.Act{Action: views.Hold, Count: 1})
	}
	m.show(yes)
	m.setFocus(onDetail)
}

// show opens or closes the detail.
func (m *Model) show(o opened) {
	m.opened = o
	m.lay()
	m.follow()
}

// back closes the topmost of what is open. At the top, q asks whether to quit and Esc does nothing.
func (m *Model) back(a views.Action) {
	switch {
	case m.helping:
		m.helping = false
	case m.focus == onDetail && place(m.width, m.height) == right:
		m.setFocus(onList)
	case m.focus == onDetail:
		m.setFocus(onList)
		m.show(no)
	case m.detailShown() && m.opened == yes:
		m.show(no)
	case a == views.Back:
		m.asking = true
	}
}

// switchPane moves the focus between the list and the detail, where both are on the screen.
func (m *Model) switchPane() {
	if !m.detailShown() || m.areas.list.Empty() {
		return
	}
	if m.focus == onList {
		m.setFocus(onDetail)
	} else {
		m.setFocus(onList)
	}
}
