package app

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/app/config"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// maxRange is how many entries are marked at once. More are better told by a filter.
const maxRange = 10_000

// anyMark is the filter of all that is marked or noted.
const anyMark = "is:marked OR is:noted"

// marking is what the screen knows of marks and notes.
type marking struct {
	kept  *config.Marks // never nil
	file  bool          // they outlive the program
	shown *marked
	last  store.Key // the entry that was marked last
}

// marked are marks as panes see them.
type marked struct {
	set  *config.MarkSet
	list []views.Marking
}

func newMarked(set *config.MarkSet) *marked {
	v := &marked{set: set}
	for _, k := range set.List() {
		v.list = append(v.list, views.Marking(k))
	}
	return v
}

// Of gives what is on an entry. Those of whose time there is nothing are not unpacked.
func (v *marked) Of(r store.Row) (views.Marking, bool) {
	at := time.Time{}
	if r.Dated() {
		at = r.Time()
	}
	if !v.set.Dated(at) {
		return views.Marking{}, false
	}
	e := r.Entry()
	k, ok := v.set.Of(e.Identity())
	return views.Marking(k), ok
}

// List gives all of them.
func (v *marked) List() []views.Marking { return v.list }

// newMarking takes the marks that are kept, or some that end with the program.
func newMarking(kept *config.Marks) marking {
	k := marking{kept: kept, file: kept != nil}
	if kept == nil {
		k.kept = config.NewMarks("")
	}
	k.shown = newMarked(k.kept.Marks())
	return k
}

// teach lets the filter language know what is marked, unless it does.
func (k *marking) teach(env *query.Env) {
	if env.Is == nil {
		kept := k.kept
		env.Is = func(e *audit.Entry, what string) bool { return kept.Marks().Is(e, what) }
		env.At = func(what string) ([]time.Time, bool) { return kept.Marks().At(what) }
	}
}

// markedMsg says that marks have changed off the UI goroutine.
type markedMsg struct {
	text string
	last store.Key
}

// mark marks the selected entry, or takes its mark away.
func (m *Model) mark() tea.Cmd {
	if k, absent := m.absentMark(); absent {
		m.marks.kept.Remove(k.ID, m.clock())
		m.said = "The mark is taken away."
		return m.remarked()
	}
	e, key, ok := m.subject()
	if !ok {
		m.said = nothingSelected
		return nil
	}
	k, _ := m.marks.kept.Marks().Of(e.Identity())
	m.marks.kept.Set(&e, !k.Marked, m.clock())
	switch {
	case !k.Marked:
		m.marks.last = key
		m.said = "Marked.   " + m.keys.names(views.NextMark, views.PrevMark) + " go to the others, " + m.keys.names(views.Marks) + " lists them"
	case k.Note != "":
		m.said = "The mark is taken away. The note stays; " + m.keys.names(views.Note) + " changes it."
	default:
		m.said = "The mark is taken away."
	}
	return m.remarked()
}

const nothingSelected = "No entry is selected."

// absentMark is the mark selected in the pane of marks whose entry is not in the log.
func (m *Model) absentMark() (views.Marking, bool) {
	if m.all[m.focus].Pane != views.Pane(m.marksPane) {
		return views.Marking{}, false
	}
	k, ok := m.marksPane.Current()
	_, here := m.marksPane.Selected()
	return k, ok && !here
}

// markRange marks all entries from the one that was marked last to the selected one, as the list has them.
func (m *Model) markRange() tea.Cmd {
	row, ok := m.events.Selected()
	if !ok {
		m.said = nothingSelected
		return nil
	}
	if m.marks.last == (store.Key{}) {
		m.said = "Mark the first of the entries with " + m.keys.names(views.Mark) + ", then go to the last."
		return nil
	}
	var rows views.Rows = m.state.Store
	if m.found.matches != nil && !m.context {
		rows = m.found.matches
	}
	from, _ := rows.Find(m.marks.last)
	to, _ := rows.Find(row.Key())
	if from > to {
		from, to = to, from
	}
	to = min(to, rows.Len()-1)
	if n := to - from + 1; n > maxRange {
		m.said = fmt.Sprintf("That would be %s entries, and no more than %s are marked at once.", humanize.Comma(int64(n)), humanize.Comma(maxRange))
		return nil
	}
	kept, now, last := m.marks.kept, m.clock(), row.Key()
	return func() tea.Msg {
		all := make([]audit.Entry, 0, to-from+1)
		for i := from; i <= to; i++ {
			all = append(all, rows.At(i).Entry())
		}
		kept.SetAll(all, true, now)
		text := "Marked " + humanize.Comma(int64(len(all))) + " entries."
		if len(all) == 1 {
			text = "Marked 1 entry."
		}
		return markedMsg{text, last}
	}
}

// remarked shows marks that have changed, and keeps them.
func (m *Model) remarked() tea.Cmd {
	m.marks.shown = newMarked(m.marks.kept.Marks())
	m.pass()
	m.frame.forget()
	var again tea.Cmd
	if m.sought.Personal() {
		again = m.seek(m.sought)
	}
	return tea.Batch(again, m.keepMarks(), m.work())
}

// keepMarks writes the marks.
func (m *Model) keepMarks() tea.Cmd {
	if !m.marks.file {
		return nil
	}
	kept, ctx := m.marks.kept, m.ctx
	return func() tea.Msg {
		if err := kept.Save(ctx); err != nil && ctx.Err() == nil {
			return sayMsg(capital(err.Error()) + ". It is tried again with the next mark, and at the end.")
		}
		return nil
	}
}

// lastMarks writes marks that have not been written yet, when the screen has closed. It blocks on the disk, for some seconds at most.
func (o *ModelOptions) lastMarks() error {
	if o.Marks == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	return o.Marks.Save(ctx)
}

// askNote opens the line in which a note on the selected entry is typed.
func (m *Model) askNote() {
	if _, absent := m.absentMark(); absent {
		m.said = "The entry is not in the log, so its note stays as it is."
		return
	}
	e, _, ok := m.subject()
	if !ok {
		m.said = nothingSelected
		return
	}
	k, _ := m.marks.kept.Marks().Of(e.Identity())
	m.note = newNote(e, k.Note)
	m.frame.forget()
}

// keepNote takes the note that was typed.
func (m *Model) keepNote(n *note) tea.Cmd {
	text := n.text()
	if before, _ := m.marks.kept.Marks().Of(n.entry.Identity()); text == before.Note {
		return nil
	}
	if err := m.marks.kept.Note(&n.entry, text, m.clock()); err != nil {
		m.said = capital(err.Error()) + "."
		return nil
	}
	m.said = "The note is kept."
	if text == "" {
		m.said = "The note is taken away."
	}
	return m.remarked()
}

// nextMark goes n marks on from the selected entry, back for negative n.
func (m *Model) nextMark(n int) tea.Cmd {
	_, from, ok := m.subject()
	if !ok {
		m.said = nothingSelected
		return nil
	}
	none := "Nothing is marked; " + m.keys.names(views.Mark) + " marks the selected entry."
	if len(m.marks.shown.list) > 0 {
		none = "None of the marked entries is in the log; " + m.keys.names(views.Marks) + " lists them."
	}
	return m.goAlong(thread{part: anyMark, across: true, one: "mark", none: none}, from, n)
}
