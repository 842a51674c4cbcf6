package app

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/store"
	"taudit/views"
)

// What repeats within foldWithin is one line of the list when repeats are folded, and a time without entries longer than gapBeyond has a line
// when gaps are shown.
const (
	foldWithin = time.Minute
	gapBeyond  = 30 * time.Minute
)

// arranged is what the lines of the list are to be.
type arranged struct {
	layout  store.Layout
	context bool // of all entries, what does not match included
}

// plain says that each entry has a line, and there are no others.
func (a arranged) plain() bool { return a.layout == store.Layout{} }

// arrangedMsg is the list with other lines; not ok when ctx was cancelled.
type arrangedMsg struct {
	found found
	ok    bool
}

// arranged gives what the lines of the list are to be now.
func (m *Model) arranged() arranged {
	var a arranged
	if m.folds {
		a.layout.Fold = foldWithin
	}
	if m.gaps {
		a.layout.Gap = gapBeyond
	}
	a.context = !a.plain() && m.context && m.found.matches != nil
	return a
}

// wantArranged has the lines of the list be those of now from the next search on.
func (m *Model) wantArranged() arranged {
	a := m.arranged()
	m.search.arranged.Store(&a)
	return a
}

// foldRepeats folds repeats in the list, or shows each.
func (m *Model) foldRepeats() {
	m.folds = !m.folds
	m.said = "Each entry has its row."
	if m.folds {
		m.said = "What repeats an entry within 60 s stands on one row; " + m.keys.names(views.Bytes) + " opens it."
	}
}

// rearrange has the lines of the list found, when they are not those that they are to be.
func (m *Model) rearrange() tea.Cmd {
	a := m.wantArranged()
	if m.found.arranged == a || m.arranging {
		return nil
	}
	m.arranging = true
	ctx, search := m.ctx, m.search
	return func() tea.Msg {
		f, ok := search.extend(ctx)
		return arrangedMsg{f, ok}
	}
}

// rearrangedTo shows the list with other lines.
func (m *Model) rearrangedTo(msg arrangedMsg) {
	m.arranging = false
	if msg.ok {
		m.learn(msg.found)
	}
}

// arrange finds the lines of the list, if it has others than its entries. Not ok: ctx was cancelled.
func (s *search) arrange(ctx context.Context, f *found) (ok bool) {
	a := s.arranged.Load()
	if a == nil || a.plain() {
		s.lines = nil
		return true
	}
	f.arranged = *a
	switch {
	case f.matches == nil:
		f.arranged.context = false
		s.lines = s.feed.State().Store.Lines(ctx, a.layout, nil, s.lines)
	case a.context:
		s.lines = f.matches.Snapshot().Lines(ctx, a.layout, f.matches, s.lines)
	default:
		s.lines = f.matches.Lines(ctx, a.layout, s.lines)
	}
	f.lines = s.lines
	return f.lines != nil
}
