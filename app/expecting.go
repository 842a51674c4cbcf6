package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/app/expect"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views/prompt"
)

// expected is an entry that somebody is about to cause.
type expected struct {
	filter string
	watch  *expect.Watch
	lost   int64 // gaps that there were before
	result expect.Result
}

// commandExpect begins to wait for an entry, in the place of another that was waited for.
func (m *Model) commandExpect(argument string) tea.Cmd {
	if argument == "" {
		m.said = "Expect what? :expect FILTER within:10m, such as :expect op:UpdateNamespace ns:prod within:10m"
		if m.expected != nil {
			m.said = sentence(m.expected.result.Text) + " Expected is " + m.expected.filter + "."
		}
		return nil
	}
	if argument == "off" {
		m.unexpect()
		m.said = "Nothing is expected any more."
		return nil
	}
	filter, within, err := expect.Parse(argument)
	if err == nil {
		filter, err = expect.Me(filter, m.desk.Me)
	}
	var q query.Query
	if err == nil {
		q, err = query.Parse(filter)
	}
	switch {
	case err != nil:
		m.said = "That cannot be expected: " + strings.TrimSuffix(err.Error(), ".") + "."
		return nil
	case q.Empty():
		m.said = "Without a filter any entry would do: say what is expected, such as op:UpdateNamespace ns:prod."
		return nil
	case within == 0:
		within = expect.DefaultWithin
	}
	now, clock := m.clock(), m.clock
	m.unexpect()
	e := &expected{filter: filter, lost: m.feed.State().Lost}
	e.watch = expect.New(expect.Options{Query: q, Env: *m.env(), Began: now, Within: within})
	m.feed.Listen(func(fresh []audit.Entry) { e.watch.Take(fresh, clock()) })
	m.expected = e
	m.checkExpected()
	m.said = "Expecting " + filter + " within " + expect.Span(within) + ". Entries take some minutes to arrive; :expect off gives up."
	return nil
}

// unexpect ends the wait.
func (m *Model) unexpect() {
	m.feed.Listen(nil)
	m.expected = nil
}

// checkExpected finds out how it stands with what is expected, and says how it has ended.
func (m *Model) checkExpected() {
	e := m.expected
	if e == nil || e.result.Text != "" && e.result.Outcome != expect.Waiting {
		return
	}
	s, now := m.feed.State(), m.clock()
	e.result = e.watch.Result(e.health(s, s.Verdict(now, m.times)), now)
	m.frame.forget()
	if e.result.Outcome == expect.Waiting {
		return
	}
	m.feed.Listen(nil)
	m.said = sentence(e.result.Text) + " Expected was " + e.filter + "."
}

// health says whether what is expected would have been seen, by the verdict about the sources.
func (e *expected) health(s *State, v verdict.Report) expect.Health {
	h := expect.Health{Well: v.Word.Well() || v.Word == verdict.Ended, Ended: s.Ended}
	switch lost := s.Lost - e.lost; {
	case !h.Well:
		h.Words = strings.ToLower(v.Word.String()) + ": " + v.Why
	case lost > 0:
		h.Well, h.Words = false, fmt.Sprintf("something was lost before it could be read (gaps: %d)", lost)
	}
	return h
}

// expecting is what the header says of it: longer if there is room.
func (m *Model) expecting() (text string, style theme.Style) {
	e, t := m.expected, m.theme
	if e == nil {
		return "", t.Header
	}
	what := ""
	if m.width >= 120 {
		what = e.filter + " "
	}
	switch e.result.Outcome {
	case expect.Seen:
		return " " + what + "seen after " + expect.Span(e.result.After) + " ", t.Live
	case expect.Missed:
		return " " + what + "not seen ", t.Error
	case expect.Unknown:
		return " " + what + "not known ", t.Error
	case expect.Waiting:
	}
	if m.times.Still {
		return " expecting " + what + "until " + m.times.Brief(e.watch.Until()) + " ", t.Late
	}
	return " expecting " + what + expect.Span(max(e.watch.Until().Sub(m.clock()), 0).Truncate(time.Second)) + " ", t.Late
}

// completeExpect offers how long is waited.
func (m *Model) completeExpect(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	var items []prompt.Item
	if argument == "" || strings.HasPrefix("off", argument) {
		items = append(items, prompt.Item{Text: "off", Note: "expect nothing any more"})
	}
	head, last := "", argument
	if i := strings.LastIndexByte(argument, ' '); i >= 0 {
		head, last = argument[:i+1], argument[i+1:]
	}
	for _, span := range []string{"5m", "10m", "15m", "30m", "1h"} {
		if word := "within:" + span; head != "" && strings.HasPrefix(word, last) {
			items = append(items, prompt.Item{Text: head + word, Note: "wait for that long"})
		}
	}
	return items, nil
}
