// Package views says what a pane of the screen is and what it is given to draw.
package views

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source"
	"taudit/source/store"
	"taudit/theme"
)

// Pane is a rectangle of the screen with a state of its own. It is not a [tea.Model]: the app owns the only one, decides
// who gets a message, and calls these methods from the UI goroutine alone.
type Pane interface {
	Title() string
	Actions() []Action // those it answers now, the most useful first: the footer and the help are made from them
	SetSize(width, height int)
	SetFocus(focused bool)
	SetTheme(t *theme.Theme)
	SetData(d Data)         // swaps pointers; O(log n)
	Update(tea.Msg) tea.Cmd // an [Act], a click or a paste meant for this pane
	View() string           // exactly height lines of exactly width cells; cached
	Cursor() *tea.Cursor    // relative to the pane; nil hides it
}

// Data is what the panes show. Everything in it is immutable.
type Data struct {
	Now    time.Time
	Store  *store.Snapshot
	Status []source.Status // one for each part of each source, in the order they first reported

	// Matches are what the filter means of a snapshot that is Store or a little older; nil without a filter. Filter counts the
	// filters there have been: with another one, rows that are gone have not been evicted.
	Matches *store.Matches
	Filter  int
	Context bool   // all entries are shown, those that do not match dimmed
	Why     string // what to say of a filter that means nothing: what each of its terms means alone
}

// Rows are entries in their order, to be shown: a whole log or what a filter means of it.
type Rows interface {
	Len() int
	At(i int) store.Row
	Find(store.Key) (i int, ok bool)
}

// Rows gives what a list shows. It is nil before there is a log.
func (d *Data) Rows() Rows {
	switch {
	case d.Matches != nil && d.Context:
		return d.Matches.Snapshot()
	case d.Matches != nil:
		return d.Matches
	case d.Store != nil:
		return d.Store
	}
	return nil
}
