package timeline

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
	"taudit/views"
)

const (
	// gap is how long nothing must happen, at most, for the entry after it to be a beginning.
	gap = 30 * time.Minute
	// rare is how many times longer than usual nothing must have happened for that. By chance alone, without bursts, one entry in 55
	// comes after so long.
	rare = 4
)

// jumpedMsg says where a jump goes to.
type jumpedMsg struct {
	key  store.Key
	ok   bool
	says string
}

// jump looks for the entry n beginnings further down, or up for negative n: an entry before which nothing happened for long.
func (p *Pane) jump(n int) tea.Cmd {
	rows := p.data.Rows()
	if p.jumping || !p.rowOK || rows == nil || rows.Len() == 0 {
		return nil
	}
	p.jumping = true
	row, clock := p.row, p.data.Clock
	return func() tea.Msg {
		i, on := rows.Find(row.Key())
		switch {
		case !on && n > 0:
			i--
		case i >= rows.Len():
			i = rows.Len() - 1
		}
		quiet := usual(rows) * rare
		quiet = min(max(quiet, time.Second), gap)
		step, left := 1, n
		if n < 0 {
			step, left = -1, -n
		}
		found := -1
		for i += step; i >= 0 && i < rows.Len() && left > 0; i += step {
			if pause(rows, i) >= quiet {
				found = i
				left--
			}
		}
		if found < 0 {
			where := "later"
			if n < 0 {
				where = "earlier"
			}
			return jumpedMsg{says: "There is no burst or gap " + where + ": nothing was quiet for " + views.Age(quiet) + " or longer."}
		}
		r := rows.At(found)
		says := "The first of the entries."
		if found > 0 && pause(rows, found) < forever {
			says = "After " + views.Age(pause(rows, found)) + " of quiet: " + plural(burst(rows, found, quiet), "entry", "entries") + " from " + clock.Brief(r.Time()) + "."
		}
		return jumpedMsg{key: r.Key(), ok: true, says: says}
	}
}

// land goes where a jump leads.
func (p *Pane) land(j jumpedMsg) tea.Cmd {
	p.jumping = false
	say := func() tea.Msg { return views.Say{Text: j.says} }
	if !j.ok {
		return say
	}
	return tea.Batch(func() tea.Msg { return views.Visit{Key: j.key} }, say)
}

const forever = time.Duration(1<<63 - 1)

// pause is how long nothing happened before an entry. Before the first it was always quiet, and before one without a time of its own never.
func pause(rows views.Rows, i int) time.Duration {
	r := rows.At(i)
	switch {
	case i == 0:
		return forever
	case !r.Dated():
		return 0
	}
	b := rows.At(i - 1)
	if !b.Dated() {
		return 0
	}
	return r.Time().Sub(b.Time())
}

// usual is the time between two entries, on the average of the middle eight tenths, so that dates far from all others count for nothing.
func usual(rows views.Rows) time.Duration {
	n := rows.Len()
	lo, hi := n/10, n-1-n/10
	if hi <= lo {
		return 0
	}
	return rows.At(hi).Time().Sub(rows.At(lo).Time()) / time.Duration(hi-lo)
}

// countTo is how many entries of a burst are counted.
const countTo = 100_000

// burst counts the entries from one on until it is quiet.
func burst(rows views.Rows, from int, quiet time.Duration) int {
	n := 1
	for i := from + 1; i < rows.Len() && n < countTo && pause(rows, i) < quiet; i++ {
		n++
	}
	return n
}
