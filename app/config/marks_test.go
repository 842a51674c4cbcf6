package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taudit/source/audit"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func marked(n int) *audit.Entry {
	return &audit.Entry{
		Raw: fmt.Sprint(n), LogID: fmt.Sprintf("id-%d", n), Operation: "UpdateUser", EmitTime: noon.Add(time.Duration(n) * time.Second),
		UserEmail: "user1@example.com",
	}
}

func notes(t *testing.T, path string) *Marks {
	t.Helper()
	m := NewMarks(path)
	if err := m.Load(); err != nil {
		t.Fatal(err)
	}
	return m
}

func keep(t *testing.T, m *Marks) {
	t.Helper()
	if err := m.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestMarksAreThereAgain(t *testing.T) {
	p := filepath.Join(t.TempDir(), "state", "marks.json")
	m := notes(t, p)
	m.Set(marked(2), true, noon)
	m.Set(marked(1), true, noon)
	if err := m.Note(marked(1), " who is this?\n ", noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := m.Note(marked(3), "only a note", noon); err != nil {
		t.Fatal(err)
	}
	m.Set(marked(4), true, noon)
	m.Set(marked(4), false, noon)
	want := []Mark{
		{ID: marked(1).Identity(), Marked: true, Note: "who is this?", Set: noon.Add(time.Second), Time: marked(1).EmitTime, LogID: "id-1", Operation: "UpdateUser", Actor: "user1@example.com"},
		{ID: marked(2).Identity(), Marked: true, Set: noon, Time: marked(2).EmitTime, LogID: "id-2", Operation: "UpdateUser", Actor: "user1@example.com"},
		{ID: marked(3).Identity(), Note: "only a note", Set: noon, Time: marked(3).EmitTime, LogID: "id-3", Operation: "UpdateUser", Actor: "user1@example.com"},
	}
	if d := cmp.Diff(want, m.Marks().List()); d != "" {
		t.Errorf("before it is written (-want +got):\n%s", d)
	}
	if _, err := os.Stat(p); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something wrote without Save: %v", err)
	}
	keep(t, m)
	again := notes(t, p)
	if d := cmp.Diff(want, again.Marks().List()); d != "" {
		t.Errorf("read again (-want +got):\n%s", d)
	}
	if info, err := os.Stat(p); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}

	again.Remove(marked(1).Identity(), noon.Add(time.Minute))
	if err := again.Note(marked(3), "", noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	keep(t, again)
	if d := cmp.Diff(want[1:2], notes(t, p).Marks().List()); d != "" {
		t.Errorf("after removing (-want +got):\n%s", d)
	}
}

func TestMarksAnswerFilters(t *testing.T) {
	m := NewMarks("nowhere")
	m.Set(marked(1), true, noon)
	if err := m.Note(marked(2), "x", noon); err != nil {
		t.Fatal(err)
	}
	s := m.Marks()
	for _, c := range []struct {
		n    int
		what string
		want bool
	}{{1, "marked", true}, {1, "noted", false}, {2, "noted", true}, {2, "marked", false}, {3, "marked", false}, {1, "late", false}} {
		if got := s.Is(marked(c.n), c.what); got != c.want {
			t.Errorf("entry %d is:%s %v", c.n, c.what, got)
		}
	}
	same := marked(1)
	same.Operation = "DeleteUser" // another entry of the same second
	if s.Is(same, "marked") {
		t.Error("another entry of the same time counts as marked")
	}
	if at, ok := s.At("noted"); !ok || len(at) != 1 || !at[0].Equal(marked(2).EmitTime) {
		t.Errorf("noted at %v, %v", at, ok)
	}
	if _, ok := s.At("late"); ok {
		t.Error("marks claim to know what is late")
	}
	m.Set(&audit.Entry{Raw: "without a time"}, true, noon)
	if _, ok := m.Marks().At("marked"); ok {
		t.Error("the time of an entry that has none is known")
	}
	if !m.Marks().Is(&audit.Entry{Raw: "without a time"}, "marked") {
		t.Error("an entry without a time cannot be marked")
	}
	absurd := &audit.Entry{Raw: "absurd", EmitTime: time.Unix(1e15, 0)}
	m.Set(absurd, true, noon)
	if !m.Marks().Is(absurd, "marked") {
		t.Error("an entry with an absurd time cannot be marked")
	}
	m.file.path = filepath.Join(t.TempDir(), "marks.json")
	keep(t, m)
	if (&MarkSet{}).Is(marked(1), "marked") {
		t.Error("the zero set has a mark")
	}
}

func TestNotesThatCannotBeKept(t *testing.T) {
	m := NewMarks("nowhere")
	for _, text := range []string{strings.Repeat("x", maxNote+1), "\xff"} {
		if err := m.Note(marked(1), text, noon); err == nil || m.Marks().Len() != 0 {
			t.Errorf("%.10q is kept", text)
		}
	}
}

// TestMarksOfTwoInstances: what one has written is not lost when the other writes, and of two changes to one entry the later counts.
func TestMarksOfTwoInstances(t *testing.T) {
	p := filepath.Join(t.TempDir(), "marks.json")
	a, b := notes(t, p), notes(t, p)
	a.Set(marked(1), true, noon)
	b.Set(marked(2), true, noon)
	if err := b.Note(marked(3), "late", noon.Add(2*time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := a.Note(marked(3), "early", noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	keep(t, b)
	keep(t, a)
	for name, m := range map[string]*Marks{"the one that wrote last": a, "a third": notes(t, p)} {
		k, _ := m.Marks().Of(marked(3).Identity())
		if m.Marks().Len() != 3 || k.Note != "late" {
			t.Errorf("%s has %+v", name, m.Marks().List())
		}
	}

	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			m := notes(t, p)
			for i := range 10 {
				m.Set(marked(100+10*w+i), true, noon)
				if err := m.Save(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := notes(t, p).Marks().Len(); n != 43 {
		t.Errorf("%d marks, want 43", n)
	}
}

func TestMarksThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m := NewMarks(filepath.Join(file, "marks.json"))
	m.Set(marked(1), true, noon)
	if err := m.Save(t.Context()); err == nil || !strings.Contains(err.Error(), "keeping marks and notes") {
		t.Errorf("%v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	keep(t, m) // what could not be written is still to be
	if n := notes(t, m.file.path).Marks().Len(); n != 1 {
		t.Errorf("%d marks", n)
	}
}

func TestStateFiles(t *testing.T) {
	p := filepath.Join(t.TempDir(), "marks.json")
	for _, c := range []struct{ name, text, says string }{
		{"an older one without members that came later", `{"format":1,"state":{"marks":[{"id":"00112233445566778899aabbccddeeff","marked":true,"set":"2026-11-20T12:00:00Z"},{"id":"?"},{"id":"00112233445566778899aabbccddee00"}]}}`, ""},
		{"members that are not known", `{"format":1,"more":1,"state":{"marks":[{"id":"00112233445566778899aabbccddeeff","note":"n","colour":3}]}}`, ""},
		{"a newer one", `{"format":2,"state":"of another kind"}`, "written by a newer taudit"},
		{"cut off", `{"format":1,"state":{"marks":[{"id":"0`, "is damaged"},
		{"empty", ``, "is damaged"},
		{"zeros", "\x00\x00\x00", "is damaged"},
		{"of something else", `[]`, "is damaged"},
		{"without a format", `{}`, "is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(p, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			m := NewMarks(p)
			err := m.Load()
			if c.says == "" {
				if err != nil || m.Marks().Len() != 1 {
					t.Errorf("%v, %d marks", err, m.Marks().Len())
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), p) {
				t.Errorf("%v lacks %q", err, c.says)
			}
			m.Set(marked(1), true, noon)
			if err := m.Save(t.Context()); err == nil {
				t.Error("what could not be read was overwritten")
			}
			if text, err := os.ReadFile(p); err != nil || string(text) != c.text {
				t.Errorf("the file has now %q, %v", text, err)
			}
		})
	}
}

// TestStateSurvivesACrash: what a crash leaves while a file is written harms nothing.
func TestStateSurvivesACrash(t *testing.T) {
	p := filepath.Join(t.TempDir(), "marks.json")
	m := notes(t, p)
	m.Set(marked(1), true, noon)
	keep(t, m)
	if err := os.WriteFile(p+".tmp", []byte(`{"format":1,"sta`), 0o600); err != nil {
		t.Fatal(err)
	}
	m = notes(t, p)
	if m.Marks().Len() != 1 {
		t.Errorf("%d marks", m.Marks().Len())
	}
	m.Set(marked(2), true, noon)
	keep(t, m)
	if n := notes(t, p).Marks().Len(); n != 2 {
		t.Errorf("%d marks", n)
	}
	if _, err := os.Stat(p + ".tmp"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what the crash left is still there: %v", err)
	}
}

// FuzzMarks reads anything, and either says so or can be written again.
func FuzzMarks(f *testing.F) {
	f.Add([]byte(`{"format":1,"state":{"marks":[{"id":"00112233445566778899aabbccddeeff","marked":true,"set":"2026-11-20T12:00:00Z","time":"2026-11-20T12:00:00Z"}]}}`))
	f.Add([]byte(`{"format":1,"state":null}`))
	f.Add([]byte(`{"format":1e300}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := filepath.Join(t.TempDir(), "marks.json")
		if err := os.WriteFile(p, text, 0o600); err != nil {
			t.Fatal(err)
		}
		m := NewMarks(p)
		if m.Load() != nil {
			return
		}
		before := m.Marks().Len()
		e := marked(1)
		if _, there := m.Marks().Of(e.Identity()); there {
			before--
		}
		m.Set(e, true, noon.AddDate(6000, 0, 0))
		if err := m.Save(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := m.Load(); err != nil || m.Marks().Len() != before+1 {
			t.Fatalf("%v, %d marks of %d", err, m.Marks().Len(), before+1)
		}
	})
}

func TestMarkingManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marks.json")
	m := NewMarks(path)
	var all []audit.Entry
	for i := range 500 {
		all = append(all, audit.Entry{LogID: fmt.Sprint("many-", i), Operation: "UpdateUser", EmitTime: time.Date(2023, 11, 8, 9, 0, i, 0, time.UTC), Raw: "{}"})
	}
	if err := m.Note(&all[7], "why", time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	m.SetAll(all, true, time.Unix(2, 0))
	if err := m.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := NewMarks(path)
	if err := again.Load(); err != nil {
		t.Fatal(err)
	}
	k, ok := again.Marks().Of(all[7].Identity())
	if again.Marks().Len() != 500 || !ok || !k.Marked || k.Note != "why" {
		t.Errorf("%d marks, %+v", again.Marks().Len(), k)
	}
	if !again.Marks().Dated(all[3].EmitTime) || again.Marks().Dated(all[3].EmitTime.Add(time.Millisecond)) || again.Marks().Dated(time.Time{}) {
		t.Error("the times of what is marked are others")
	}
	again.SetAll(all, false, time.Unix(3, 0))
	if n := again.Marks().Len(); n != 1 {
		t.Errorf("%d left, want the note alone", n)
	}
}
