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
}
