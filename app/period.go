package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/views"
)

// periods are the times that a filter can be narrowed to by two keys. What is brief of them is how the filter writes it.
func periods() []choice {
	return []choice{
		{"1", "15 min", "15m"},
		{"2", "1 h", "1h"},
		{"3", "2 h", "2h"},
		{"4", "24 h", "24h"},
		{"5", "7 d", "7d"},
		{"0", "all", ""},
		{"/", "another", "other"},
	}
}

// askPeriod asks how much of the time is to be shown, up to now. It takes the place of what the filter says of the time.
func (m *Model) askPeriod() {
	m.await(chord{"Show the last", periods(), func(c choice) tea.Cmd {
		rest := m.filter.Query().Timeless()
		since := func(text string) string {
			q, err := query.Parse("since:" + text)
			if err != nil {
				return rest.String()
			}
			return query.And(rest, q).String()
		}
		switch c.key {
		case "0":
			if rest.Equal(m.filter.Query()) {
				m.said = "The filter bounds no time: all that is loaded is shown."
				return nil
			}
			return m.narrow(views.Narrow{Query: rest.String(), Instead: true})
		case "/":
			m.trail.opened = m.here()
			opened := m.filter.Open()
			m.filter.Update(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}) // clears the line
			written := m.filter.Update(tea.PasteMsg{Content: strings.TrimSuffix(since("1h"), "1h")})
			m.relay()
			return tea.Batch(opened, written)
		}
		return m.narrow(views.Narrow{Query: since(c.brief), Instead: true})
	}})
}
