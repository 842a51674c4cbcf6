// Package views says what a pane of the screen is and what it is given to draw.
//
// A pane is added in four steps:
//
//  1. A package below views with a type that is a [Pane], and whatever of the optional interfaces it can be: [Tabbed], [Worker],
//     [Selector], [Companion], [Summarizer], [Closer], [Typist], [Stepper], [Boxable], [Hinter].
//  2. One line in the list of panes of app/panes.go, which says where it stands: in the place of the list, in the right column of
//     a large screen (elsewhere in the place of the list), or as a strip above the list.
//  3. An action that goes to it, and those that it answers, in action.go, and their keys in the table of app/keys.go. An action
//     that the pane with the focus does not answer goes to a strip that does.
//  4. Golden screens: of the pane in its own package, of the whole in app.
//
// A pane that counts or searches must not do so in SetData, Update or View: see [Worker].
package views

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/source/verdict"
	"taudit/theme"
)

// Pane is a rectangle of the screen with a state of its own. It is not a [tea.Model]: the app owns the only one, decides
// who gets a message, and calls these methods from the UI goroutine alone. A pane that has no place on the screen gets its data all
// the same, but is not drawn.
//
// What a command of a pane gives comes back to the Update of that pane, unless it is a message for the app: one of this package,
// such as [Narrow] or [Visit].
type Pane interface {
	Title() string
	Actions() []Action // those it answers now, the most useful first: the footer and the help are made from them
	SetSize(width, height int)
	SetFocus(focused bool)
	SetTheme(t *theme.Theme)
	SetData(d Data)         // swaps pointers; O(log n)
	Update(tea.Msg) tea.Cmd // an [Act], a click, a key while it is typed in, or what a command of its own gave
	View() string           // exactly height lines of exactly width cells; cached
	Cursor() *tea.Cursor    // relative to the pane; nil hides it
}

// Tabbed is a pane that is named on line 2.
type Tabbed interface{ Tab() Tab }

// Tab is what line 2 says of a pane: its name, and in a word or a number what is in it. Alarm makes it stand out.
type Tab struct {
	Name, Note string
	Alarm      bool
}

// Worker is a pane that shows what must be computed from all entries. After the data has changed, and after a message of its own,
// the app asks each that is on the screen for work. The pane gives a command, which runs off the UI goroutine on the snapshots it
// took with it and must end when ctx does, or nil when there is nothing new to do or a command is still under way. What the command
// gives comes back to Update.
type Worker interface {
	Work(ctx context.Context) tea.Cmd
}

// Selector is a pane in which an entry is selected. The detail shows the one of the pane in the place of the list.
type Selector interface {
	Selected() (store.Row, bool)
}

// Companion is a pane that goes along with what is selected in the list. It is told after every key and whenever the list changes.
type Companion interface {
	SetSelected(r store.Row, ok bool) // not ok: nothing is
}

// Summarizer is a pane that has something to say about what is selected in it, on the line above the last: exactly width cells.
type Summarizer interface {
	Summary(width int) string
}

// Closer is a pane in which something can be closed before the pane is left: a page, a search.
type Closer interface {
	Close() bool // closes the topmost; false when nothing is open
}

// Typist is a pane in which text can be typed. While it is, it gets the keys as [tea.KeyPressMsg] and pastes as [tea.PasteMsg].
type Typist interface {
	Editing() bool
}

// Stepper is a pane of several parts, which the keys for the next pane go through before they leave it.
type Stepper interface {
	Step(n int) bool // n parts on, back for negative n; false when that is outside of the pane
}

// Boxable is a pane that draws itself otherwise in a box, which shows its title.
type Boxable interface {
	SetBoxed(boxed bool)
}

// Hinter is a pane that has its own words for the footer of what an action does in it; "" where there are no better ones.
type Hinter interface {
	Hint(a Action) string
}

// Narrow asks the app to filter by a query, with what the filter says already or instead of it, and to go to the list.
type Narrow struct {
	Query   string
	Instead bool

	// Twice says that the key that opens, pressed next, is still meant for the pane: it gets [Right]. Name is what it shows then.
	Twice bool
	Name  string
}

// Visit asks the app to select an entry in the list, or the nearest to its place.
type Visit struct{ Key store.Key }

// Examine asks the app to show bytes that no entry could be read from.
type Examine struct{ Bad audit.Bad }

// Say asks the app for a line above the last, until the next key.
type Say struct{ Text string }

// Leave asks the app to give the focus back to the list.
type Leave struct{}

// Data is what the panes show. Everything in it is immutable.
type Data struct {
	Now    time.Time
	Clock  Clock // how times are written
	Store  *store.Snapshot
	Status []source.Status // one for each part of each source, in the order they first reported

	Verdict verdict.Report       // whether entries arrive as they should; one of its parts for each of Status
	About   []source.Description // what sources were told of themselves

	Gaps     []source.Gap // what could not be read
	Coverage string       // in words, what has been read without a hole; empty when nothing can be said

	// Matches are what the filter means of a snapshot that is Store or a little older; nil without a filter. Filter counts the
	// filters there have been: with another one, rows that are gone have not been evicted.
	Matches *store.Matches
	Filter  int
	Query   query.Query // what Matches are the matches of
	Context bool        // all entries are shown, those that do not match dimmed
	Why     string      // what to say of a filter that means nothing: what each of its terms means alone

	// Lines are the lines of the list, with repeats folded or gaps told; nil when each entry has one and there are no others. They may be of
	// other entries than Rows: those of a moment before.
	Lines *store.Lines

	// New says what entries are the first with, by the Seq of their keys, as is:new does of the Loaded history; nil: it is not known yet.
	New    map[uint64]store.Newness
	Loaded time.Duration

	Marks Markings // what people have put on entries; may be nil

	Held bool // somebody reads: what is ordered or counted must not move

	// Alert names the watch rule that means an entry, empty for none; nil: there are no rules. It takes time logarithmic in the entries.
	Alert func(store.Key) string

	// Find gives what a query means of a snapshot; nil when ctx is cancelled. It scans, so it is for commands alone.
	Find func(ctx context.Context, s *store.Snapshot, q query.Query) *store.Matches
}

// Markings are what people have put on entries. They are immutable, and safe for any goroutine.
type Markings interface {
	Of(r store.Row) (Marking, bool) // cheap for an entry that has none
	List() []Marking                // in the order of their entries; the same slice each time
}

// Marking is what is on an entry, and what that is known by while it is not in the log. Its text was chosen by strangers.
type Marking struct {
	ID     audit.ID
	Marked bool
	Note   string // empty: none
	Set    time.Time

	Time      time.Time // zero: it has none
	LogID     string
	Operation string
	Actor     string
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
