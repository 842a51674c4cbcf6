package events

import (
	"time"

	"taudit/source/store"
	"taudit/views"
	"taudit/views/grid"
)

// slot is one row of the screen. While the view is held the slots keep their entries: what arrives between two of them
// stays out of sight (and is counted) until somebody moves.
type slot struct {
	key  store.Key
	at   int           // position among the rows
	gone bool          // evicted while it was on the screen; at means nothing then
	gap  time.Duration // it tells of, before the entry; 0: the entry is shown
	run  store.Run     // of repeats, as it was when somebody last moved
	text []byte        // what a gone row showed; empty when that cannot be drawn any more
}

// Hold stops following. Nothing moves, now and when entries arrive.
func (p *Pane) Hold() {
	if p.held || p.count() == 0 {
		return
	}
	p.held, p.since = true, p.data.Store.Arrived()
	p.recount()
	p.stale = true
}

// recount begins to count the matches among the news.
func (p *Pane) recount() {
	p.had = 0
	if p.data.Matches != nil {
		p.had = p.data.Matches.Len()
	}
}

// Follow selects the newest entry and keeps it selected.
func (p *Pane) Follow() {
	p.held = false
	p.place(p.window().Last())
}

// Select selects an entry, or the one nearest to its place when it is gone, and holds the view there. Selecting the newest
// while following goes on following.
func (p *Pane) Select(key store.Key) {
	if p.count() == 0 {
		return
	}
	p.reveal(key)
	at, _ := p.find(key)
	p.move(func(w grid.Window) grid.Window { return w.To(at) })
}

// Move selects the entry n further down, or up for negative n, and holds the view if that is not the newest.
func (p *Pane) Move(n int) {
	p.move(func(w grid.Window) grid.Window { return p.along(w, n) })
}

// move lets a person move. Following goes on only while the newest entry stays selected.
func (p *Pane) move(motion func(grid.Window) grid.Window) {
	if p.count() == 0 {
		return
	}
	w := p.onEntry(motion(p.window()))
	if !p.held && w.Cursor != w.Count-1 {
		p.Hold()
	}
	p.place(w)
}

// window is the place of the view among the rows, so that the selected entry stands where it is on the screen.
func (p *Pane) window() grid.Window {
	w := grid.Window{Top: p.cursor - p.row, Cursor: p.cursor, Height: p.body(), Count: p.count()}
	if p.News() > 0 && w.Height > 1 && !p.spare() {
		w.Height-- // the counting line takes the last line
	}
	return w.Clamp()
}

// place makes the screen show the entries of a window.
func (p *Pane) place(w grid.Window) {
	if !p.held {
		w = w.Last()
	}
	w = p.onEntry(w)
	p.cursor, p.row = w.Cursor, w.Row()
	n := max(min(p.body(), w.Count-w.Top), 0)
	for len(p.slots) < n {
		p.slots = append(p.slots, slot{})
	}
	before, top := p.keys[:0], 0
	for i := range p.slots {
		before = append(before, p.slots[i].key)
	}
	if len(p.slots) > 0 {
		top = p.slots[0].at
	}
	p.slots = p.slots[:n]
	for i := range p.slots {
		s := &p.slots[i]
		s.at, s.gone, s.text = w.Top+i, false, s.text[:0]
		s.gap, s.run = p.gap(s.at), p.run(s.at)
		// Most rows were there before, some lines above or below.
		row := p.rows.At(s.at)
		if j := s.at - top; j >= 0 && j < len(before) && row.Is(before[j]) {
			s.key = before[j]
		} else {
			s.key = row.Key()
		}
	}
	switch p.keys = before; {
	case w.Count == 0:
		p.key = store.Key{}
	case !p.rows.At(w.Cursor).Is(p.key):
		p.key = p.rows.At(w.Cursor).Key()
	}
	p.stale = true
}

// sync brings the screen from the rows it shows to those in data: it follows, or keeps each row where it is. With other rows, of
// another filter, it keeps the selected one where it is.
func (p *Pane) sync(old views.Rows, other bool) {
	p.stale = true
	if p.count() == 0 && (p.data.Store == nil || p.data.Store.Len() == 0) {
		p.held = false
	}
	if other {
		p.recount()
	}
	if !p.held {
		p.place(p.window())
		return
	}
	at, _ := p.find(p.key)
	p.cursor = max(at, 0)
	if !p.listed(p.key) || other {
		// Without the selected entry there is nothing to hold on to but its place.
		p.place(p.window())
		return
	}
	for i := range p.slots {
		s := &p.slots[i]
		if s.gone {
			continue
		}
		if !p.listed(s.key) {
			s.gone = true
			if s.gap == 0 {
				p.compose(old.At(s.at), s, " ")
			} else {
				p.composeGap(s.gap)
			}
			s.text = append(s.text[:0], p.line.Plain()...)
			continue
		}
		s.at, _ = p.find(s.key)
	}
}

// find gives the position of an entry among the rows, or, not ok, of the one nearest to where it was.
func (p *Pane) find(key store.Key) (at int, ok bool) {
	at, ok = p.rows.Find(key)
	return min(at, p.count()-1), ok
}

// listed tells whether an entry is among the rows, or one that a row of others stands for.
func (p *Pane) listed(key store.Key) bool {
	_, ok := p.base.Find(key)
	return ok
}

// forgetGone blanks the rows that cannot be drawn again, when what they showed has become wrong.
func (p *Pane) forgetGone() {
	for i := range p.slots {
		if p.slots[i].gone {
			p.slots[i].text = p.slots[i].text[:0]
		}
	}
}

// Row is where on the screen the selected entry stands, from the first row of entries.
func (p *Pane) Row() int { return p.row }

// Stand selects an entry, or the nearest to its place, holds the view, and puts it into a row of the screen as far as the list allows.
func (p *Pane) Stand(key store.Key, row int) {
	if p.count() == 0 {
		return
	}
	p.reveal(key)
	at, _ := p.find(key)
	p.Hold()
	p.move(func(w grid.Window) grid.Window {
		w.Cursor, w.Top = at, at-max(row, 0)
		return w.Clamp()
	})
}
