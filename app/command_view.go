package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/app/config"
	"taudit/source/query"
	"taudit/views"
	"taudit/views/events"
	"taudit/views/prompt"
)

// view gives how the log is looked at now.
func (m *Model) view() config.View {
	v := config.View{Filter: m.committed}
	for _, c := range m.events.Columns() {
		v.Columns = append(v.Columns, config.ViewColumn(c))
	}
	if m.wish != auto {
		v.Layout.Detail = detailNames()[m.wish]
	}
	if m.times.Mode != views.UTC {
		v.Layout.Times = modeNames()[m.times.Mode]
	}
	if m.zoomed {
		v.Layout.Zoomed = m.nameOf(m.focus)
	}
	v.Layout.Dim, v.Layout.Fold, v.Layout.Gaps, v.Layout.Wrap = m.context, m.folds, m.gaps, m.events.Wraps()
	for i, p := range m.all {
		if p.spot == inPlace && i == m.body && i != onList {
			v.Panes = append(v.Panes, m.nameOf(i))
		}
	}
	return v
}

// nameOf is the name of a pane in what is kept: that of its tab, else its title, in small letters.
func (m *Model) nameOf(pane int) string {
	if t, ok := m.all[pane].Pane.(views.Tabbed); ok {
		return strings.ToLower(t.Tab().Name)
	}
	if pane == onDetail {
		return "detail"
	}
	return strings.ToLower(m.all[pane].Title())
}

// lookAs shows the log as a view says. What it says wrong is left as it is, and told.
func (m *Model) lookAs(v config.View) (cmd tea.Cmd, wrong error) {
	if _, wrong = query.Parse(v.Filter); wrong == nil && v.Filter != m.committed {
		cmd = m.narrow(views.Narrow{Query: v.Filter, Instead: true})
	}
	var columns []events.Column
	for _, c := range v.Columns {
		columns = append(columns, events.Column(c))
	}
	if err := m.events.SetColumns(columns); wrong == nil {
		wrong = err
	}
	m.wishFor(auto)
	if i := slices.Index(detailNames(), v.Layout.Detail); i >= 0 {
		m.wishFor(wish(i))
	}
	m.times.Mode = views.UTC
	if i := slices.Index(modeNames(), v.Layout.Times); i >= 0 {
		m.times.Mode = views.ClockMode(i)
	}
	m.events.SetWraps(v.Layout.Wrap)
	m.dim, m.folds, m.gaps = v.Layout.Dim, v.Layout.Fold, v.Layout.Gaps
	if m.found.matches != nil && m.asked == m.found.number {
		m.context, m.dim = v.Layout.Dim, false
	}
	focus := onList
	for i := range m.all {
		if slices.Contains(v.Panes, m.nameOf(i)) && m.all[i].goTo != "" {
			focus = i
		}
	}
	m.focusOn(focus)
	for i := range m.all {
		if v.Layout.Zoomed != "" && m.nameOf(i) == v.Layout.Zoomed && i != onDetail {
			m.focusOn(i)
			m.zoomed = true
		}
	}
	m.pass()
	m.lay()
	return cmd, wrong
}

// edited tells whether the log is looked at in another way than the view says whose name is shown.
func (m *Model) edited() bool {
	if m.saved.name == "" {
		return false
	}
	v := m.view()
	return !v.Equal(&m.saved.view)
}

// namedView is the view that is shown, as it was saved.
type namedView struct {
	name string
	view config.View
}

// commandSave keeps how the log is looked at.
func (m *Model) commandSave(name string) tea.Cmd {
	keeper := m.desk.Views
	switch {
	case keeper == nil:
		m.said = "No views are kept here."
		return nil
	case name == "" && m.saved.name != "":
		name = m.saved.name
	case name == "":
		m.said = "Save it under which name? :save NAME"
		return nil
	}
	v := m.view()
	return m.begin("saving the view "+name, func(ctx context.Context, _ *job) outcome {
		if err := keeper.Save(ctx, name, v); err != nil {
			return outcome{said: "Not saved: " + strings.TrimSuffix(err.Error(), ".") + "."}
		}
		return outcome{said: "Saved; :view " + name + " shows it again, and so does taudit --view " + name + ".", then: func(m *Model) tea.Cmd {
			m.saved = namedView{name, v}
			return nil
		}}
	})
}

// commandView looks at the log as a view says.
func (m *Model) commandView(name string) tea.Cmd {
	keeper := m.desk.Views
	switch {
	case keeper == nil:
		m.said = "No views are kept here."
		return nil
	case name == "":
		return m.command("view ", true)
	}
	return m.begin("reading the view "+name, func(context.Context, *job) outcome {
		v, err := keeper.Get(name)
		if err != nil {
			return outcome{said: sentence(err.Error())}
		}
		return outcome{then: func(m *Model) tea.Cmd { return m.showView(name, v) }}
	})
}

// showView looks at the log as a view says, and remembers its name.
func (m *Model) showView(name string, v config.View) tea.Cmd {
	cmd, err := m.lookAs(v)
	if err != nil {
		m.said = "Not all of " + name + " can be shown: " + strings.TrimSuffix(err.Error(), ".") + "."
	}
	m.saved = namedView{name, v}
	return cmd
}

// commandForget removes a view.
func (m *Model) commandForget(name string) tea.Cmd {
	keeper := m.desk.Views
	switch {
	case keeper == nil:
		m.said = "No views are kept here."
		return nil
	case name == "":
		m.said = "Forget which view? :forget NAME"
		return nil
	}
	return m.begin("forgetting the view "+name, func(ctx context.Context, _ *job) outcome {
		if err := keeper.Remove(ctx, name); err != nil {
			return outcome{said: sentence(err.Error())}
		}
		return outcome{said: "The view " + name + " is forgotten.", then: func(m *Model) tea.Cmd {
			if m.saved.name == name {
				m.saved = namedView{}
			}
			return nil
		}}
	})
}

// completeView offers the views that there are.
func (m *Model) completeView(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	keeper := m.desk.Views
	if keeper == nil {
		return nil, nil
	}
	return nil, func(context.Context) []prompt.Item {
		all, err := keeper.Load()
		if err != nil {
			return nil
		}
		var items []prompt.Item
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if strings.HasPrefix(name, argument) {
				note := all[name].Filter
				if note == "" {
					note = "everything"
				}
				items = append(items, prompt.Item{Text: name, Note: note})
			}
		}
		return items
	}
}
