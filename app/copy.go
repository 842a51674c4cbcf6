package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/views"
)

// copies are what can be copied.
func copies() []choice {
	return []choice{
		{"y", "entry", ""},
		{"v", "value", ""},
		{"p", "path", ""},
		{"k", "key", ""},
		{"f", "filter", ""},
		{"c", "command line", "command"},
		{"i", "log_id", ""},
	}
}

// askCopy asks what to copy. It is taken as it is when the second key comes.
func (m *Model) askCopy() {
	m.await(chord{"Copy what?", copies(), func(c choice) tea.Cmd { return m.copy(c.key) }})
}

// copy copies one of the copies.
func (m *Model) copy(what string) tea.Cmd {
	name, text, why := m.toCopy(what)
	if why != "" {
		m.said = why
		return nil
	}
	c, ctx := m.copier, m.ctx
	return func() tea.Msg { return c.copy(ctx, name, text) }
}

// toCopy gives what is copied and its name, or why it cannot be.
func (m *Model) toCopy(what string) (name, text, why string) {
	switch what {
	case "f":
		if m.committed == "" {
			return "", "", "There is no filter to copy."
		}
		return "the filter", m.committed, ""
	case "c":
		line, why := m.commandLine()
		return "the command line", line, why
	}
	if m.all[m.focus].Pane == views.Pane(m.comparison) {
		return m.fromComparison(what)
	}
	e, _, ok := m.subject()
	if !ok {
		if raw, ok := m.detail.Examined(); ok && what == "y" && m.focus == onDetail {
			return "the bytes that are no entry", raw, ""
		}
		return "", "", "No entry is selected."
	}
	switch what {
	case "y":
		return "the entry", e.Raw, ""
	case "i":
		if e.LogID == "" {
			return "", "", "This entry has no log_id; it is of a format that had none."
		}
		return "the log_id", e.LogID, ""
	}
	f, ok := m.detail.Focused()
	if !ok || !m.detailShown() {
		return "", "", "Open the entry first (" + m.keys.names(views.Open) + "): what is selected in its tree is copied."
	}
	switch what {
	case "v":
		if f.Text == "" {
			return "", "", "This value is empty."
		}
		return "the value", f.Text, ""
	case "p":
		return "the path", f.Path, ""
	}
	if f.Key == "" {
		return "", "", "The whole entry has no key."
	}
	return "the key", f.Key, ""
}

func bytesOf(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return humanize.Comma(int64(n)) + " bytes"
}

// capital writes the first letter large.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
