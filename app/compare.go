package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/app/config"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
	"taudit/views/compare"
)

// comparedMsg is what two entries differ in, or why there is nothing to compare.
type comparedMsg struct {
	number        int
	before, after audit.Entry
	changes       []compare.Change
	why           string // these two
	none          string // why there are not two; empty: there are
}

// compare compares the selected entry: a marked one with the other that was marked last, any other with the previous of its target, or, without a
// target, with the previous of its operation and principal. That is looked for off the UI goroutine.
func (m *Model) compare() tea.Cmd {
	e, key, ok := m.subject()
	if !ok {
		m.said = nothingSelected
		return nil
	}
	m.comparing++
	c := comparison{
		entry: e, key: key, snapshot: m.state.Store, find: find(m.env()), ctx: m.ctx, number: m.comparing, marks: m.marks.kept.Marks(),
	}
	return c.run
}

// comparison is a search for what to compare an entry with.
type comparison struct {
	ctx      context.Context
	number   int
	entry    audit.Entry
	key      store.Key
	snapshot *store.Snapshot
	marks    *config.MarkSet
	find     func(context.Context, *store.Snapshot, query.Query) *store.Matches
}

func (c comparison) run() tea.Msg {
	other, why, none := c.marked()
	if other == nil && none == "" {
		other, why, none = c.previous()
	}
	msg := comparedMsg{number: c.number, why: why, none: none}
	if other == nil {
		if c.ctx.Err() != nil {
			return nil
		}
		return msg
	}
	msg.before, msg.after = *other, c.entry
	if audit.Compare(&msg.before, &msg.after) > 0 {
		msg.before, msg.after = msg.after, msg.before
	}
	var err error
	if msg.changes, err = compare.Diff(msg.before.Raw, msg.after.Raw); err != nil {
		msg.none = "They cannot be compared: " + err.Error() + "."
	}
	return msg
}

// marked gives the other marked entry, when the selected one is marked and there is another in the log.
func (c comparison) marked() (other *audit.Entry, why, none string) {
	own := c.entry.Identity()
	if k, ok := c.marks.Of(own); !ok || !k.Marked {
		return nil, "", ""
	}
	found := c.ask("is:marked")
	if found == nil {
		return nil, "", ""
	}
	var latest time.Time
	for i := range found.Len() {
		e := found.At(i).Entry()
		k, ok := c.marks.Of(e.Identity())
		if ok && k.ID != own && (other == nil || k.Set.After(latest)) {
			other, latest = &e, k.Set
		}
	}
	return other, "Two marked entries", ""
}

// previous gives the entry before the selected one that has to do with the same.
func (c comparison) previous() (other *audit.Entry, why, none string) {
	e := &c.entry
	var part string
	switch {
	case e.Target != "":
		part, why = "target="+query.Quote(e.Target), "This and the one before it for "+e.Target
	case e.Operation != "" && e.Actor() != "":
		part = "op:" + query.Quote(e.Operation) + " principal=" + query.Quote(e.Actor())
		why = "This and the " + e.Operation + " of " + e.Actor() + " before it"
	default:
		return nil, "", "This entry names neither a target nor who acted, so it is not known what to compare it with. Mark two entries to compare them."
	}
	found := c.ask(part)
	if found == nil {
		return nil, "", ""
	}
	if at, _ := found.Find(c.key); at > 0 {
		o := found.At(at - 1).Entry()
		return &o, why, ""
	}
	if e.Target != "" {
		return nil, "", "This is the first entry for " + e.Target + " in the log. Mark two entries to compare them."
	}
	return nil, "", "This is the first of its kind in the log. Mark two entries to compare them."
}

func (c comparison) ask(text string) *store.Matches {
	q, err := query.Parse(text)
	if err != nil {
		return nil
	}
	return c.find(c.ctx, c.snapshot, q)
}

// showComparison shows what was found, and goes back to where it was asked for when it is closed.
func (m *Model) showComparison(msg comparedMsg) tea.Cmd {
	if msg.number != m.comparing {
		return nil
	}
	m.frame.forget()
	if msg.none != "" {
		m.said = msg.none
		return nil
	}
	item := func(e *audit.Entry) compare.Item {
		var parts []string
		if !e.EmitTime.IsZero() {
			parts = append(parts, m.times.Full(e.EmitTime))
		}
		for _, s := range []string{e.Operation, e.Status, e.Actor(), e.LogID} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		return compare.Item{Title: strings.Join(parts, "  ")}
	}
	m.comparison.Show(item(&msg.before), item(&msg.after), msg.changes, fmt.Sprintf("%s: %s", msg.why, differ(len(msg.changes))))
	at := m.paneOf(m.comparison)
	if m.focus != at {
		m.comparedFrom = m.focus
	}
	m.zoomed = false
	m.focusOn(at)
	return m.work()
}

func differ(n int) string {
	switch n {
	case 0:
		return "nothing differs"
	case 1:
		return "1 value differs"
	}
	return fmt.Sprintf("%d values differ", n)
}

// paneOf is the place of a pane among the model's.
func (m *Model) paneOf(p views.Pane) int {
	for i := range m.all {
		if m.all[i].Pane == p {
			return i
		}
	}
	return onList
}

// fromComparison gives what is copied while a comparison is shown.
func (m *Model) fromComparison(what string) (name, text, why string) {
	c, ok := m.comparison.Selected()
	switch {
	case what == "y":
		return "the comparison", m.comparison.Text(), ""
	case what != "v" && what != "p" && what != "k":
		return "", "", "Go back to the list for that: this is a comparison of two entries."
	case !ok:
		return "", "", "Nothing differs."
	case what == "p" || what == "k":
		return "the path", c.Path, ""
	}
	before, after := c.Before, c.After
	if before == "" {
		before = "nothing"
	}
	if after == "" {
		after = "nothing"
	}
	return "the change", c.Path + ": " + before + " -> " + after, ""
}
