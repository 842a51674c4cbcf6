package timeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

var now = time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC)

// entry makes one that happened at a time of 2023-11-08, or at any other; a status behind it is not OK.
func entry(id int, at string) audit.Entry {
	at, status, bad := strings.Cut(at, " ")
	if !bad {
		status = "OK"
	}
	if len(at) == len("15:04:05") {
		at = "2023-11-08T" + at + "Z"
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil && at != "" {
		panic(err)
	}
	return made(fmt.Sprintf("log-%06d", id), t, status)
}

func made(id string, t time.Time, status string) audit.Entry {
	e := audit.Entry{
		EmitTime: t, Operation: "UpdateNamespace", Status: status, LogID: id,
		Principal: audit.Principal{Type: "user", Name: "user1@example.com"},
		Origin:    audit.Origin{Source: "test", Part: "1", Position: id},
	}
	e.Raw = fmt.Sprintf(`{"log_id":%q,"emit_time":%q,"operation":%q,"status":%q}`, id, t.Format(time.RFC3339Nano), e.Operation, status)
	if t.IsZero() {
		e.Raw = fmt.Sprintf(`{"log_id":%q,"operation":%q,"status":%q}`, id, e.Operation, status)
	}
	return e
}

func entries(times ...string) []audit.Entry {
	var out []audit.Entry
	for i, t := range times {
		out = append(out, entry(i, t))
	}
	return out
}

func morning() []audit.Entry {
	return entries("07:58:12", "08:01:13", "08:06:40", "08:14:09", "08:15:02", "08:15:03 ERROR", "08:15:09 ERROR", "08:16:40", "08:44:20",
		"09:02:13", "09:02:41", "09:11:37", "09:14:58", "09:15:10", "09:20:22", "09:20:40 PENDING", "09:20:48")
}

// evenly makes n entries from a time on, every so often; every fifth of them is an error.
func evenly(id int, from time.Time, every time.Duration, n int) []audit.Entry {
	var out []audit.Entry
	for i := range n {
		status := "OK"
		if i%5 == 4 {
			status = "ERROR"
		}
		out = append(out, made(fmt.Sprintf("even-%06d", id+i), from.Add(time.Duration(i)*every), status))
	}
	return out
}

// bench is a pane with a log, and what the app does for it.
type bench struct {
	*Pane
	t     testing.TB
	store *store.Store
	data  views.Data
	asked []tea.Msg // of the app
}

func shown(t testing.TB, w, h int, entries ...audit.Entry) *bench {
	t.Helper()
	b := &bench{Pane: New(), t: t, store: store.New(store.Limits{})}
	b.SetTheme(theme.For(true, colorprofile.TrueColor))
	b.SetKeys("Enter", "z/Z zoom  {/} jump")
	b.SetSize(w, h)
	b.data.Now = now
	b.add(entries...)
	return b
}

// add lets entries arrive.
func (b *bench) add(entries ...audit.Entry) {
	b.t.Helper()
	b.store.Append(entries)
	b.feed()
}

// feed hands the pane what there is, and selects the newest as a list that follows does.
func (b *bench) feed() {
	b.t.Helper()
	b.data.Store = b.store.Snapshot()
	if b.data.Matches != nil {
		b.data.Matches = find(b.t, b.data.Store, b.data.Query)
	}
	b.SetData(b.data)
	if rows := b.data.Rows(); !b.data.Held {
		b.selectAt(rows.Len() - 1)
	}
	b.work()
}

func (b *bench) selectAt(i int) {
	rows := b.data.Rows()
	if i < 0 || i >= rows.Len() {
		b.SetSelected(store.Row{}, false)
		return
	}
	b.SetSelected(rows.At(i), true)
	b.work()
}

func (b *bench) hold(held bool) {
	b.data.Held = held
	b.feed()
}

func (b *bench) filter(text string) {
	b.t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		b.t.Fatal(err)
	}
	b.data.Query, b.data.Matches = q, nil
	b.data.Filter++
	if !q.Empty() {
		b.data.Matches = find(b.t, b.data.Store, q)
	}
	b.feed()
}

// work runs what the pane wants to count.
func (b *bench) work() {
	b.t.Helper()
	for n := 0; ; n++ {
		cmd := b.Work(b.t.Context())
		if cmd == nil {
			return
		}
		if n == 5 {
			b.t.Fatal("the pane never has enough")
		}
		b.run(cmd())
	}
}

// run gives the pane what its commands gave, and keeps what they ask of the app.
func (b *bench) run(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			b.run(c())
		}
	case views.Narrow, views.Visit, views.Say:
		b.asked = append(b.asked, msg)
	default:
		if cmd := b.Update(msg); cmd != nil {
			b.run(cmd())
		}
	}
}

func (b *bench) do(actions ...views.Action) {
	b.t.Helper()
	for _, a := range actions {
		b.run(views.Act{Action: a, Count: 1})
		b.work()
	}
}

// find gives what a query means.
func find(t testing.TB, s *store.Snapshot, q query.Query) *store.Matches {
	env := &query.Env{Now: now}
	return s.Match(t.Context(), store.Decoded(func(e *audit.Entry) bool { return q.Match(e, env) }), nil)
}

// checker is what checks are made with: a test or a property.
type checker interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// screen gives the view without styles and checks that it is exactly as large as the pane.
func screen(t checker, b *bench) string {
	t.Helper()
	plain := ansi.Strip(b.View())
	if b.height == 0 {
		if plain != "" {
			t.Fatalf("%q without a place", plain)
		}
		return ""
	}
	lines := strings.Split(plain, "\n")
	if len(lines) != b.height {
		t.Fatalf("%d lines in %dx%d:\n%s", len(lines), b.cells, b.height, plain)
	}
	for i, l := range lines {
		if ansi.StringWidth(l) != b.cells || ansi.StringWidthWc(l) != b.cells {
			t.Fatalf("line %d is %d and %d cells wide in %dx%d: %q", i, ansi.StringWidth(l), ansi.StringWidthWc(l), b.cells, b.height, l)
		}
		if grid.Clean(l) != l {
			t.Fatalf("line %d is not clean: %q", i, l)
		}
	}
	return plain
}

// sums holds the bars and what lies beside them to the entries that are meant.
func sums(t checker, b *bench) {
	t.Helper()
	want := b.data.Store.Len()
	if b.data.Matches != nil {
		want = b.data.Matches.Len()
	}
	c := b.done
	if c == nil || c.n == 0 && c.dated.Len() > 0 {
		t.Fatalf("nothing is shown of %d entries", want)
	}
	got := c.earlier + c.later + c.undated
	for _, bar := range c.bars {
		got += bar.Entries
	}
	if got != want {
		t.Fatalf("bars and ends have %d entries (%d earlier, %d later, %d undated), want %d", got, c.earlier, c.later, c.undated, want)
	}
}
