package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"taudit/source/query"
	"taudit/source/store"
	"taudit/views/grid"
	"taudit/views/prompt"
)

// WatchRule is a filter with a name, whose entries are to be noticed.
type WatchRule struct {
	Name   string
	Filter string
}

// OfferedRules are rules that most people want: what destroys something, and what was not allowed.
func OfferedRules() []WatchRule {
	return []WatchRule{
		{"destroys", "verb:(delete OR remove OR revoke)"},
		{"denied", `is:error (denied OR unauthorized OR unauthenticated OR "not authorized" OR "not allowed")`},
	}
}

// ParseWatchRule reads a rule as it is configured: NAME=FILTER, or the name of one that is offered.
func ParseWatchRule(text string) (WatchRule, error) {
	name, filter, ok := strings.Cut(text, "=")
	r := WatchRule{strings.TrimSpace(name), strings.TrimSpace(filter)}
	if !ok {
		i := slices.IndexFunc(OfferedRules(), func(o WatchRule) bool { return o.Name == r.Name })
		if i < 0 {
			return r, fmt.Errorf("%q is no rule: write NAME=FILTER, or one of %s", text, offeredNames())
		}
		return OfferedRules()[i], nil
	}
	return r, r.check()
}

func offeredNames() string {
	var names []string
	for _, o := range OfferedRules() {
		names = append(names, o.Name)
	}
	return strings.Join(names, " and ")
}

// check tells what is wrong with a rule.
func (r WatchRule) check() error {
	switch q, err := query.Parse(r.Filter); {
	case r.Name == "" || strings.ContainsAny(r.Name, " \t\n"):
		return fmt.Errorf("a rule has a name without spaces, such as deletes=verb:delete")
	case err != nil:
		return fmt.Errorf("the filter of %s: %w", r.Name, err)
	case q.Empty():
		return fmt.Errorf("%s has no filter, and would mean everything", r.Name)
	case q.Alerting():
		return fmt.Errorf("the filter of %s asks for is:alert, which is what rules mean", r.Name)
	}
	return nil
}

// Alarm is how a person is told that a rule has met something.
type Alarm uint8

// The alarms.
const (
	Silent Alarm = iota // on the screen alone
	Bell
	Notify // a notification of the terminal
)

// AlarmNames are their names.
func AlarmNames() []string { return []string{Silent: "off", Bell: "bell", Notify: "notify"} }

// alarmPause is the least time between two alarms, and recent how old an entry may be that is worth one: history is not.
const (
	alarmPause = 10 * time.Second
	recent     = 15 * time.Minute
)

// watching finds what the rules mean, off the UI goroutine.
type watching struct {
	rules   []watchRule
	number  int       // of the rules as they are; results of others are dropped
	busy    bool      // a search is under way
	total   int       // entries that a rule means
	newest  store.Key // of them
	alarm   Alarm
	alarmed time.Time
	pending string // an alarm that has to wait
}

type watchRule struct {
	WatchRule
	query   query.Query
	matches *store.Matches // nil: not known yet
}

// watchMsg is what the rules mean of a snapshot.
type watchMsg struct {
	number  int
	matches []*store.Matches // by rule; the last is what any of them means
}

// setRules takes rules in the place of those before. Those that cannot be read are left out.
func (w *watching) setRules(list []WatchRule) {
	w.rules = nil
	w.number++
	w.busy, w.total = false, 0
	for _, r := range list {
		if q, err := query.Parse(r.Filter); err == nil {
			w.rules = append(w.rules, watchRule{WatchRule: r, query: q})
		}
	}
}

func (w *watching) list() (out []WatchRule) {
	for _, r := range w.rules {
		out = append(out, r.WatchRule)
	}
	return out
}

// of gives the first rule that means an entry; empty: none.
func (w *watching) of(key store.Key) string {
	for i := range w.rules {
		if m := w.rules[i].matches; m != nil && m.Has(key) {
			return w.rules[i].Name
		}
	}
	return ""
}

// Alerts answers is:alert of the filter language by rules that were checked. What it gives may be called from any goroutine.
func Alerts(list []WatchRule) func(what string) (query.Query, bool) {
	var w watching
	w.setRules(list)
	return alerts(w.rules)
}

// alerts gives what any of the rules means as the meaning of is:alert.
func alerts(rules []watchRule) func(what string) (query.Query, bool) {
	all := make([]query.Query, len(rules))
	for i, r := range rules {
		all[i] = r.query
	}
	q := query.Or(all...)
	return func(what string) (query.Query, bool) { return q, what == "alert" }
}

// watch looks for what the rules mean, unless it is being looked for. What was found before is gone on with.
func (m *Model) watch() tea.Cmd {
	w := &m.watching
	if len(w.rules) == 0 || w.busy {
		return nil
	}
	w.busy = true
	number, ctx, feed, env := w.number, m.ctx, m.feed, m.env()
	rules, before := slices.Clone(w.rules), m.watched
	return func() tea.Msg {
		snap := feed.State().Store
		before.mu.Lock()
		defer before.mu.Unlock()
		if before.number != number {
			before.number, before.matches = number, make([]*store.Matches, len(rules)+1)
		}
		var all []*store.Filter
		for i, r := range rules {
			f := Filter(r.query, env)
			all = append(all, f)
			found := snap.Match(ctx, f, before.matches[i])
			if found == nil {
				return nil
			}
			before.matches[i] = found
		}
		found := snap.Match(ctx, store.Any(all...), before.matches[len(rules)])
		if found == nil {
			return nil
		}
		before.matches[len(rules)] = found
		return watchMsg{number, slices.Clone(before.matches)}
	}
}

// watched is what is known of the rules from search to search.
type watched struct {
	mu      sync.Mutex
	number  int
	matches []*store.Matches
}

// noticed shows what the rules mean, and says so if that is asked for.
func (m *Model) noticed(msg watchMsg) tea.Cmd {
	w := &m.watching
	if msg.number != w.number {
		return nil
	}
	w.busy = false
	for i := range w.rules {
		w.rules[i].matches = msg.matches[i]
	}
	any := msg.matches[len(w.rules)]
	before := w.total
	w.total = any.Len()
	m.pass()
	m.frame.forget()
	if w.total <= before {
		return nil
	}
	row := any.At(w.total - 1)
	key := row.Key()
	was := w.newest
	w.newest = key
	if key == was || m.clock().Sub(row.Time()) > recent {
		return nil
	}
	return m.alarm(w.of(key) + ": " + row.Actor() + " " + row.Operation() + " " + row.Target())
}

// alarm tells a person, if that is wanted, and not more often than once in ten seconds: what comes in between is told then.
func (m *Model) alarm(text string) tea.Cmd {
	w := &m.watching
	now := m.clock()
	if w.alarm == Silent {
		return nil
	}
	if !w.alarmed.IsZero() && now.Sub(w.alarmed) < alarmPause {
		w.pending = text
		return nil
	}
	w.alarmed, w.pending = now, ""
	if w.alarm == Notify {
		// What strangers have written reaches the terminal as plain characters alone.
		return tea.Raw(ansi.Notify(strings.TrimSpace(grid.Clean("taudit " + text))))
	}
	return tea.Raw("\a")
}

// alarmLate tells what had to wait.
func (m *Model) alarmLate() tea.Cmd {
	if text := m.watching.pending; text != "" {
		return m.alarm(text)
	}
	return nil
}

// commandWatch lists the rules, or adds one in the place of that of its name.
func (m *Model) commandWatch(argument string) tea.Cmd {
	w := &m.watching
	name, filter, _ := strings.Cut(argument, " ")
	if name == "" {
		var words []string
		for _, r := range w.rules {
			n := 0
			if r.matches != nil {
				n = r.matches.Len()
			}
			words = append(words, r.Name+" "+humanize.Comma(int64(n)))
		}
		m.said = "No rule watches. :watch NAME FILTER adds one, such as :watch deletes verb:delete; Tab offers some."
		if len(words) > 0 {
			m.said = "Watched for: " + strings.Join(words, ", ") + ". :filter is:alert shows them."
		}
		return nil
	}
	r := WatchRule{name, strings.TrimSpace(filter)}
	if i := slices.IndexFunc(OfferedRules(), func(o WatchRule) bool { return o.Name == name }); i >= 0 && r.Filter == "" {
		r = OfferedRules()[i]
	}
	if err := r.check(); err != nil {
		m.said = sentence(err.Error())
		return nil
	}
	list := slices.DeleteFunc(w.list(), func(o WatchRule) bool { return o.Name == name })
	w.setRules(append(list, r))
	m.said = "Watching for " + name + ": its entries have a ! before them. :set alarm bell rings; :unwatch " + name + " ends it."
	m.pass()
	return tea.Batch(m.watch(), m.refilter())
}

// commandUnwatch removes a rule.
func (m *Model) commandUnwatch(name string) tea.Cmd {
	w := &m.watching
	list := w.list()
	rest := slices.DeleteFunc(slices.Clone(list), func(o WatchRule) bool { return o.Name == name })
	if len(rest) == len(list) {
		m.said = "There is no rule " + name + "."
		if name == "" {
			m.said = "End which rule? :unwatch NAME"
		}
		return nil
	}
	w.setRules(rest)
	m.said = "No longer watching for " + name + "."
	m.pass()
	return tea.Batch(m.watch(), m.refilter())
}

// refilter asks anew for a filter that depends on the rules.
func (m *Model) refilter() tea.Cmd {
	if !m.sought.Alerting() {
		return nil
	}
	return m.seek(m.sought)
}

// completeWatch offers the rules that most people want.
func (m *Model) completeWatch(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	var items []prompt.Item
	for _, r := range OfferedRules() {
		if text := r.Name + " " + r.Filter; strings.HasPrefix(text, argument) {
			items = append(items, prompt.Item{Text: text})
		}
	}
	return items, nil
}

// completeUnwatch offers the rules that there are.
func (m *Model) completeUnwatch(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	var items []prompt.Item
	for _, r := range m.watching.rules {
		if strings.HasPrefix(r.Name, argument) {
			items = append(items, prompt.Item{Text: r.Name, Note: r.Filter})
		}
	}
	return items, nil
}

func (m *Model) setAlarm(name string) error {
	i, err := oneOf("alarm", name, AlarmNames())
	if err == nil {
		m.watching.alarm = Alarm(i)
	}
	return err
}

// alert names the rule that means an entry, for the panes; nil without rules. It keeps to what is known now.
func (m *Model) alert() func(store.Key) string {
	if len(m.watching.rules) == 0 {
		return nil
	}
	w := watching{rules: slices.Clone(m.watching.rules)}
	return w.of
}
