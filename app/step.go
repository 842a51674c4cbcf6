package app

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source/store"
	"taudit/views"
)

// stride is how far a step in time goes.
type stride struct {
	length    time.Duration
	one, many string
}

// maxStrides is how many are gone at once: a hundred years of days. Many more are not told in nanoseconds.
const maxStrides = 36_500

func strides() []stride {
	return []stride{{time.Minute, "a minute", "minutes"}, {time.Hour, "an hour", "hours"}, {24 * time.Hour, "a day", "days"}}
}

// times says how long n strides are, n not below 1.
func (s stride) times(n int) string {
	if n == 1 {
		return s.one
	}
	return humanize.Comma(int64(n)) + " " + s.many
}

// ordered are rows in the order of time, of which one can be found: a snapshot, or what matches of one.
type ordered interface {
	Len() int
	At(i int) store.Row
	Find(k store.Key) (i int, ok bool)
}

// nextStride makes steps longer, after the longest short again.
func (m *Model) nextStride() {
	m.stride = (m.stride + 1) % len(strides())
	m.said = "A step in time is " + strides()[m.stride].one + " now."
	m.frame.forget()
}

// step goes n strides of time on from the selected entry, back for negative n, among what is shown: to the first entry that is at least so much
// later, or the last that is so much earlier. Past the end it comes to the other one.
func (m *Model) step(n int) tea.Cmd {
	_, key, ok := m.subject()
	switch {
	case !ok:
		m.said = nothingSelected
		return nil
	case key.Time == 0:
		m.said = "This entry has no time to step from."
		return nil
	}
	var rows ordered = m.state.Store
	if m.found.matches != nil && !m.context {
		rows = m.found.matches
	}
	first, _ := rows.Find(store.Key{Time: 1}) // of those that have a time
	if first == rows.Len() {
		m.said = "Nothing is shown that could be stepped to."
		return nil
	}
	s := strides()[m.stride]
	n = max(min(n, maxStrides), -maxStrides)
	at := key.Time + int64(n)*int64(s.length)
	i, said := 0, ""
	if n > 0 {
		said = capital(s.times(n)) + " later"
		if i, _ = rows.Find(store.Key{Time: at}); i == rows.Len() {
			i, said = first, said+" there is nothing: from the oldest again"
		}
	} else {
		said = capital(s.times(-n)) + " earlier"
		if i, _ = rows.Find(store.Key{Time: at + 1}); i <= first {
			i, said = rows.Len(), said+" there is nothing: from the newest again"
		}
		i--
	}
	m.said = ""
	cmd := m.heed(paneMsg{onList, views.Visit{Key: rows.At(i).Key()}})
	if m.focus != onDetail && m.focus != onList {
		m.focusOn(onList)
	}
	m.said = said + "."
	m.frame.forget()
	return cmd
}
