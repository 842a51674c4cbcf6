package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/app/config"
	"taudit/source"
	"taudit/source/audit"
	"taudit/views"
)

// kept opens the marks of a file, as at the start of the program.
func kept(t *testing.T, path string) *config.Marks {
	t.Helper()
	k := config.NewMarks(path)
	if err := k.Load(); err != nil {
		t.Fatal(err)
	}
	return k
}

// noteOn types a note on the selected entry.
func noteOn(m *Model, text string) {
	drive(m, "a")
	for _, msg := range []tea.Msg{tea.PasteMsg{Content: text}, tea.KeyPressMsg{Code: tea.KeyEnter}} {
		_, cmd := m.Update(msg)
		tell(m, cmd)
	}
}

// meant are the log_ids that a filter means.
func meant(m *Model, text string) (ids []string) {
	filter(m, text)
	for i := range m.found.matches.Len() {
		ids = append(ids, m.found.matches.At(i).LogID())
	}
	return ids
}

func TestMarksSurvive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "marks.json")
	m := screen(t, 120, 40, ModelOptions{Marks: kept(t, path)}, stream(t))
	drive(m, "g", "m", "e", "m")
	noteOn(m, "why did this\nfail? \x1b[2J")
	drive(m, "j")
	noteOn(m, "again")
	if drive(m, "esc"); !shows(m, "* again  terraform") {
		t.Fatalf("not noted:\n%s", lines(t, m, 120, 40))
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Fatalf("the file: %v, %v", info, err)
	}

	// Another run reads the same entries from another source, in another order.
	all := morning(t)
	slices.Reverse(all)
	for i := range all {
		all[i].Origin = audit.Origin{Source: "s3://acme-audit/", Part: "x.gz"}
	}
	m = screen(t, 120, 40, ModelOptions{Marks: kept(t, path)}, script{name: "s3://acme-audit/", events: []source.Event{{Entries: all}, live("1")}})
	for text, want := range map[string][]string{
		"is:marked":          {all[16].LogID, all[11].LogID},
		"is:noted":           {all[11].LogID, all[10].LogID},
		"is:noted is:marked": {all[11].LogID},
	} {
		if got := meant(m, text); !slices.Equal(got, want) {
			t.Errorf("%s means %v, want %v", text, got, want)
		}
	}
	drive(m, "u")
	if k, _ := m.marks.kept.Marks().Of(all[11].Identity()); k.Note != "why did this fail? [2J" || !k.Marked {
		t.Errorf("the note is %q", k.Note)
	}
}

func TestMarkKeys(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	drive(m, "u")
	if !shows(m, "Nothing is marked; m marks") {
		t.Errorf("says %q", m.said)
	}
	drive(m, "g", "M")
	if !shows(m, "Mark the first of the entries with m") {
		t.Errorf("says %q", m.said)
	}
	drive(m, "j", "m", "j", "j", "j", "M")
	if got := len(m.marks.shown.list); got != 4 || !shows(m, "Marked 4 entries.") {
		t.Errorf("%d are marked: %q", got, m.said)
	}
	drive(m, "G", "m", "g")
	for _, c := range []struct{ key, at, says string }{
		{"u", "08:01:13 UpdateNamespace", "Mark: 1 of 5"},
		{"u", "08:06:40 UpdateUser", "Mark: 2 of 5"},
		{"U", "08:01:13 UpdateNamespace", "Mark: 1 of 5"},
		{"U", "09:20:48 UpdateAccount", "Mark: 5 of 5, from the newest again"},
		{"u", "08:01:13 UpdateNamespace", "Mark: 1 of 5, from the oldest again"},
	} {
		drive(m, c.key)
		if got := selected(t, m); got != c.at || !shows(m, c.says) {
			t.Errorf("%s goes to %s and says %q", c.key, got, m.said)
		}
	}
	drive(m, "2", "u")
	if got := selected(t, m); got != "08:14:09 UpdateNamespace" {
		t.Errorf("2u goes to %s", got)
	}
	if got := meant(m, "is:marked op:UpdateNamespace"); len(got) != 2 {
		t.Errorf("%v", got)
	}
	drive(m, "g", "m") // what the filter means changes at once
	if n := m.found.matches.Len(); n != 1 || !shows(m, "The mark is taken away.") {
		t.Errorf("%d still match: %q", n, m.said)
	}
	drive(m, "u")
	if !shows(m, "Mark: ") {
		t.Errorf("marks that the filter hides are not gone to: %q", m.said)
	}
}

func TestARangeThatIsTooLong(t *testing.T) {
	all := make([]audit.Entry, maxRange+1)
	for i := range all {
		found, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:00:00Z","operation":"UpdateUser","log_id":"`+sizeName(i, i)+`"}`), audit.Origin{})
		all[i] = found[0]
	}
	m := screen(t, 80, 24, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	drive(m, "g", "m", "G", "M")
	if n := len(m.marks.shown.list); n != 1 || !shows(m, "10,001 entries, and no more than 10,000") {
		t.Errorf("%d marked: %q", n, m.said)
	}
	drive(m, "k", "M")
	if n := len(m.marks.shown.list); n != maxRange {
		t.Errorf("%d marked: %q", n, m.said)
	}
}

func TestNotesAreTyped(t *testing.T) {
	for _, size := range sizes {
		w, h := size[0], size[1]
		m := screen(t, w, h, ModelOptions{}, stream(t))
		drive(m, "g", "a")
		enter(m, "qj/ "+strings.Repeat("山", w)) // none of these is a key now
		c := m.View().Cursor
		if c == nil || c.Y != h-2 || c.X >= w || c.X < w-2 || !shows(m, " Note: ") {
			t.Fatalf("%v: cursor %+v:\n%s", size, c, lines(t, m, w, h))
		}
		if row := strings.Split(lines(t, m, w, h), "\n")[h-2]; !strings.Contains(row, "山山") {
			t.Errorf("%v: the end is not shown: %q", size, row)
		}
		_, cmd := m.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
		tell(m, cmd)
		if len(m.marks.shown.list) != 0 || m.note != nil || !shows(m, "The note is as it was.") {
			t.Errorf("%v: Esc keeps it: %q", size, m.said)
		}
		noteOn(m, "x")
		drive(m, "a")
		for _, msg := range []tea.KeyPressMsg{{Code: tea.KeyBackspace}, {Code: tea.KeyEnter}} {
			_, cmd := m.Update(msg)
			tell(m, cmd)
		}
		if len(m.marks.shown.list) != 0 || !shows(m, "The note is taken away.") {
			t.Errorf("%v: an empty note stays: %q", size, m.said)
		}
	}
}

func TestMarksPane(t *testing.T) {
	gone := audit.Entry{Raw: "{}", LogID: "gone", Operation: "Delete\x1b[2JUser", EmitTime: moment.AddDate(0, -1, 0)}
	for _, size := range sizes {
		w, h := size[0], size[1]
		k := config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
		m := screen(t, w, h, ModelOptions{Marks: k}, stream(t))
		drive(m, "4")
		if !shows(m, "Nothing is marked. m marks the selected entry") {
			t.Errorf("%v: empty:\n%s", size, lines(t, m, w, h))
		}
		k.Set(&gone, true, moment)
		drive(m, "1", "g", "e", "m", "j")
		noteOn(m, "look here")
		drive(m, "4", "g")
		if !shows(m, "look here") || !shows(m, "[4 Marks 3]") {
			t.Fatalf("%v:\n%s", size, lines(t, m, w, h))
		}
		drive(m, "enter")
		if !shows(m, "The entry of this mark is not in the log") || m.focus == onList {
			t.Errorf("%v: says %q", size, m.said)
		}
		drive(m, "a")
		if m.note != nil || !shows(m, "its note stays") {
			t.Errorf("%v: says %q", size, m.said)
		}
		drive(m, "m", "j", "enter")
		if m.focus != onList || selected(t, m) != "08:15:09 UpdateNamespace" || len(m.marks.shown.list) != 2 {
			t.Errorf("%v: Enter goes to %s, %d marks", size, selected(t, m), len(m.marks.shown.list))
		}
		drive(m, "4", "m") // the note stays
		if len(m.marks.shown.list) != 2 {
			t.Errorf("%v: %d marks", size, len(m.marks.shown.list))
		}
	}
}

func TestMarksThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file", "marks.json")
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := ModelOptions{Marks: config.NewMarks(path)}
	m := screen(t, 120, 40, o, stream(t))
	drive(m, "m")
	if !shows(m, "Keeping marks and notes: ") || len(m.marks.shown.list) != 1 {
		t.Errorf("says %q", m.said)
	}
	if err := o.lastMarks(); err == nil {
		t.Error("nobody is told at the end")
	}
	if err := os.Remove(filepath.Join(dir, "file")); err != nil {
		t.Fatal(err)
	}
	if err := o.lastMarks(); err != nil {
		t.Error(err)
	}
	if n := kept(t, path).Marks().Len(); n != 1 {
		t.Errorf("%d were kept at the end", n)
	}
}

// TestMarksAreWrittenWhenTheScreenCloses: a mark set with the last key but one is kept.
func TestMarksAreWrittenWhenTheScreenCloses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marks.json")
	k := config.NewMarks(path)
	all := morning(t)
	k.Set(&all[0], true, moment)
	o := RunOptions{ModelOptions: ModelOptions{Marks: k, Now: nil}, Input: strings.NewReader("Q"), Output: &discard{}, Env: []string{"TERM=xterm"}}
	ctx, cancel := context.WithTimeout(t.Context(), 30e9)
	defer cancel()
	if err := Run(ctx, NewFeed(nil, FeedOptions{}), o); err != nil {
		t.Fatal(err)
	}
	if n := kept(t, path).Marks().Len(); n != 1 {
		t.Errorf("%d were kept", n)
	}
}

type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }

func TestMarkScreens(t *testing.T) {
	gone := audit.Entry{Raw: "{}", LogID: "gone", Operation: "Delete\x1b[2JUser", EmitTime: moment.AddDate(0, -1, 0)}
	for _, c := range []struct {
		name string
		then func(m *Model)
	}{
		{"list", func(m *Model) { drive(m, "k") }},
		{"pane", func(m *Model) { drive(m, "4", "j") }},
		{"pane_empty", func(m *Model) {
			for _, k := range m.marks.shown.list {
				m.marks.kept.Remove(k.ID, moment)
			}
			m.remarked()
			drive(m, "4")
		}},
		{"typing", func(m *Model) {
			drive(m, "k", "a")
			enter(m, ": done by me")
		}},
		{"context", func(m *Model) {
			filter(m, "op:UpdateUser")
			drive(m, "u")
		}},
	} {
		for _, size := range sizes {
			w, h := size[0], size[1]
			t.Run(c.name+"/"+sizeName(w, h), func(t *testing.T) {
				k := config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
				all := morning(t)
				k.Set(&gone, true, moment)
				k.Set(&all[3], true, moment)
				if err := k.Note(&all[15], "rotated? ask \u202egnp", moment); err != nil {
					t.Fatal(err)
				}
				m := screen(t, w, h, ModelOptions{Marks: k}, stream(t))
				c.then(m)
				golden.RequireEqual(t, lines(t, m, w, h))
			})
		}
	}
}

var _ views.Markings = (*marked)(nil)
