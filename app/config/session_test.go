package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestViews(t *testing.T) {
	p := filepath.Join(t.TempDir(), "state", "views.json")
	v := NewViews(p)
	if _, err := v.Get("change"); err == nil || !strings.Contains(err.Error(), "nor any other yet") {
		t.Errorf("%v", err)
	}
	change := View{
		Filter:  `op:UpdateNamespace "free text"`,
		Columns: []ViewColumn{{Name: "TIME"}, {Name: "PRINCIPAL", Width: 40}},
		Layout:  Layout{Detail: "below", Times: "local", Dim: true, Fold: true, Wrap: true, Gaps: true},
		Panes:   []string{"Principals"},
	}
	if err := v.Save(t.Context(), "change", View{Filter: "old"}); err != nil {
		t.Fatal(err)
	}
	if err := NewViews(p).Save(t.Context(), "other", View{}); err != nil {
		t.Fatal(err)
	}
	if err := v.Save(t.Context(), "change", change); err != nil {
		t.Fatal(err)
	}
	got, err := NewViews(p).Get("change")
	if err != nil || !got.Equal(&change) {
		t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(change, got))
	}
	for _, other := range []View{{}, {Filter: change.Filter, Columns: change.Columns, Layout: change.Layout}, {Filter: change.Filter}} {
		if got.Equal(&other) {
			t.Errorf("%+v is the same as %+v", got, other)
		}
	}
	if _, err := v.Get("chnge"); err == nil || !strings.Contains(err.Error(), "there are change, other") {
		t.Errorf("%v", err)
	}
	if err := v.Remove(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	if err := v.Remove(t.Context(), "other"); err == nil {
		t.Error("a view was removed twice")
	}
	if all, err := v.Load(); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	for _, name := range []string{"", "a b", "a\nb", "\x1b[2J", strings.Repeat("x", 65), "\xff"} {
		if err := v.Save(t.Context(), name, View{}); err == nil {
			t.Errorf("%q is the name of a view", name)
		}
	}
}

func TestSessionComesBack(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := NewSessions(filepath.Join(dir, "sessions"))
		refs := []string{"kinesis://b", "s3://a/b"}
		if _, _, ok, err := s.Load(refs); ok || err != nil {
			t.Errorf("there is a session before the first: %v", err)
		}
		k := s.Keep(refs, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- k.Run(ctx) }()
		want := Session{View: View{Filter: "is:error", Panes: []string{"Sinks"}}, ViewName: "v", Place: PlaceOf(marked(7)), Focus: "Events"}
		want.Place.Row, want.Place.Held = 3, true
		k.Take(want)
		time.Sleep(keepEvery + time.Second)
		synctest.Wait()
		// It has not ended: this is what a kill leaves.
		got, left, ok, err := NewSessions(s.dir).Load([]string{"s3://a/b", "kinesis://b"})
		if err != nil || !ok || left.IsZero() {
			t.Fatalf("%v, %v, left %v", ok, err, left)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if _, _, ok, _ := s.Load(refs[:1]); ok {
			t.Error("other sources have the session")
		}
		want.Filter = "who:alice"
		k.Take(want)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got, _, _, _ := s.Load(refs); !got.Equal(&want) {
			t.Errorf("at the end %+v was kept", got)
		}
	})
}

func TestSessionsOfManySources(t *testing.T) {
	s := NewSessions(t.TempDir())
	for i := range maxSessions + 3 {
		if err := s.save(t.Context(), []string{strings.Repeat("x", i+1)}, Session{Focus: "Events"}, noon); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "*.json"))
	if err != nil || len(files) != maxSessions {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func TestSessionThatIsDamagedIsReplaced(t *testing.T) {
	s := NewSessions(t.TempDir())
	refs := []string{"a"}
	path := s.file(refs).path
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var damage *damagedError
	if _, _, ok, err := s.Load(refs); ok || !errors.As(err, &damage) {
		t.Errorf("%v", err)
	}
	if err := s.save(t.Context(), refs, Session{Focus: "x"}, noon); err != nil {
		t.Fatal(err)
	}
	if got, _, ok, err := s.Load(refs); !ok || err != nil || got.Focus != "x" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := os.WriteFile(path, []byte(`{"format":9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.save(t.Context(), refs, Session{}, noon); err == nil || !strings.Contains(err.Error(), "newer taudit") {
		t.Errorf("the session of a newer taudit is overwritten: %v", err)
	}
}

// TestSessionThatCannotBeKept: the error is told at the end, and only if it lasts.
func TestSessionThatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := NewSessions(filepath.Join(dir, "file", "sessions"))
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		k := s.Keep([]string{"a"}, time.Now)
		k.Take(Session{Focus: "x"})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- k.Run(ctx) }()
		time.Sleep(2 * keepEvery)
		cancel()
		if err := <-done; err == nil || !strings.Contains(err.Error(), "keeping the session") {
			t.Errorf("%v", err)
		}
	})
}

// FuzzViews reads anything.
func FuzzViews(f *testing.F) {
	f.Add([]byte(`{"format":1,"state":{"views":{"a":{"filter":"op:x","columns":[{"name":"TIME","width":-1}]},"\n":{}}}}`))
	f.Add([]byte(`{"format":1,"state":{"views":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v := NewViews(filepath.Join(t.TempDir(), "views.json"))
		if err := os.WriteFile(v.file.path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := v.Load()
		if err != nil {
			return
		}
		for name := range all {
			if checkViewName(name) != nil {
				t.Fatalf("a view is called %q", name)
			}
		}
		if err := v.Save(t.Context(), "mine", View{Filter: "x"}); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Get("mine"); err != nil || got.Filter != "x" {
			t.Fatal(got, err)
		}
	})
}
