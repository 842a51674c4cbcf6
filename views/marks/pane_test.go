package marks

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
	"taudit/views/grid"
)

var now = time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC)

type list []views.Marking

func (l *list) List() []views.Marking { return *l }

func (l *list) Of(r store.Row) (views.Marking, bool) {
	e := r.Entry()
	for _, k := range *l {
		if k.ID == e.Identity() {
			return k, true
		}
	}
	return views.Marking{}, false
}

func entry(n int, operation string) audit.Entry {
	raw := fmt.Sprintf(`{"emit_time":%q,"operation":%q,"status":"OK","log_id":"id-%d","principal":{"name":"user1@example.com"}}`,
		now.Add(time.Duration(n)*time.Minute).Format(time.RFC3339), operation, n)
	found, bad := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
	if len(bad) > 0 {
		panic(raw)
	}
	return found[0]
}

func markOf(e audit.Entry, note string) views.Marking {
	return views.Marking{ID: e.Identity(), Marked: note == "", Note: note, Time: e.EmitTime, LogID: e.LogID, Operation: e.Operation, Actor: e.Actor()}
}

// shown is a pane of marks on entries, of which the log has all but the last.
func shown(t testing.TB, w, h int, notes ...string) (*Pane, *list, []audit.Entry) {
	t.Helper()
	var all []audit.Entry
	var marks list
	for i, note := range notes {
		e := entry(i, fmt.Sprint("Operation", i))
		all, marks = append(all, e), append(marks, markOf(e, note))
	}
	s := store.New(store.Limits{MaxEntries: 1000, MaxBytes: 1 << 30})
	s.Append(append(all[:len(all)-1:len(all)-1], entry(-50, "Other")))
	p := New()
	p.SetFocus(true)
	p.SetSize(w, h)
	p.SetData(views.Data{Now: now, Store: s.Snapshot(), Marks: &marks, Find: func(ctx context.Context, s *store.Snapshot, _ query.Query) *store.Matches {
		return s.Match(ctx, store.Rows(func(r store.Row) bool { _, ok := marks.Of(r); return ok }), nil)
	}})
	work(t, p)
	return p, &marks, all
}

func work(t testing.TB, p *Pane) {
	if cmd := p.Work(t.Context()); cmd != nil {
		p.Update(cmd())
	}
}

func screen(t testing.TB, p *Pane) string {
	t.Helper()
	rows := strings.Split(ansi.Strip(p.View()), "\n")
	if len(rows) != p.height {
		t.Fatalf("%d lines, want %d", len(rows), p.height)
	}
	for _, r := range rows {
		if ansi.StringWidth(r) != p.width || grid.Clean(r) != r {
			t.Fatalf("%d cells, want %d: %q", ansi.StringWidth(r), p.width, r)
		}
	}
	return strings.Join(rows, "\n")
}

func do(p *Pane, actions ...views.Action) (last tea.Cmd) {
	for _, a := range actions {
		last = p.Update(views.Act{Action: a, Count: 1})
	}
	return last
}

func TestScreens(t *testing.T) {
	for _, size := range [][2]int{{60, 10}, {80, 19}, {120, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			p, _, _ := shown(t, size[0], size[1], "", "a note\nof two lines", "\x1b[2J \u202egnp", "", strings.Repeat("long ", 60), "", "", "", "", "", "", "not here")
			do(p, views.Down, views.Down)
			golden.RequireEqual(t, screen(t, p)+"\n"+p.Summary(size[0])+"\n")
		})
	}
}

func TestAnySize(t *testing.T) {
	p, _, _ := shown(t, 80, 10, "", "x", "y")
	for w := range 70 {
		for _, h := range []int{1, 2, 5} {
			p.SetSize(w, h)
			if w > 0 {
				screen(t, p)
				if s := p.Summary(w); ansi.StringWidth(s) != w {
					t.Errorf("a summary of %d cells, want %d", ansi.StringWidth(s), w)
				}
			}
		}
	}
}

func TestGoingToAnEntry(t *testing.T) {
	p, _, all := shown(t, 80, 10, "", "why", "")
	p.Update(views.Act{Action: views.Down, Count: 1})
	r, ok := p.Selected()
	if !ok || r.LogID() != all[1].LogID {
		t.Fatalf("selected %v", r)
	}
	batch, ok := do(p, views.Open)().(tea.BatchMsg)
	if !ok || len(batch) != 2 || batch[0]() != tea.Msg(views.Visit{Key: r.Key()}) || batch[1]() != tea.Msg(views.Leave{}) {
		t.Errorf("Enter asks for %v", batch)
	}
	if _, ok := p.Selected(); do(p, views.Bottom) != nil || !ok {
		t.Error("nothing is selected")
	}
	if say, ok := do(p, views.Open)().(views.Say); !ok || !strings.Contains(say.Text, "not in the log: it is of 2023-11-08 09:26:40Z") {
		t.Errorf("Enter on one that is not there says %+v", say)
	}
}

// TestTheSelectionStays with its mark, whatever is marked above, and with its place when the mark goes.
func TestTheSelectionStays(t *testing.T) {
	p, marks, all := shown(t, 80, 10, "", "", "", "")
	do(p, views.Down, views.Down)
	first := markOf(entry(-50, "Other"), "")
	more := append(list{first}, *marks...)
	d := p.data
	d.Marks = &more
	p.SetData(d)
	if k, _ := p.Current(); k.LogID != all[2].LogID {
		t.Errorf("at %s", k.LogID)
	}
	fewer := append(append(list{}, more[:3]...), more[4])
	d.Marks = &fewer
	p.SetData(d)
	if k, _ := p.Current(); k.LogID != all[3].LogID {
		t.Errorf("at %s", k.LogID)
	}
	work(t, p)
	if p.Work(t.Context()) != nil {
		t.Error("it looks again without a reason")
	}
}

func TestClicks(t *testing.T) {
	p, _, all := shown(t, 80, 10, "", "", "", "")
	if p.Update(tea.MouseClickMsg{X: 3, Y: 2}) != nil {
		t.Error("a click opens")
	}
	if k, _ := p.Current(); k.LogID != all[1].LogID {
		t.Errorf("at %s", k.LogID)
	}
	if p.Update(tea.MouseClickMsg{X: 3, Y: 2}) == nil {
		t.Error("a second click does not open")
	}
	p.Update(tea.MouseClickMsg{X: 3, Y: 9})
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	screen(t, p)
}
