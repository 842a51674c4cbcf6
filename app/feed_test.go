package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"taudit/app"
	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// script is a source that does what a test says.
type script struct {
	name string
	run  func(ctx context.Context, out chan<- source.Event) error
}

func (s script) Name() string { return s.name }

func (s script) Run(ctx context.Context, out chan<- source.Event) error { return s.run(ctx, out) }

// entryAt is an entry of the given time, told from others by its number.
func entryAt(at time.Time, n int) audit.Entry {
	raw := fmt.Sprintf(`{"emit_time":%q,"operation":"UpdateUser","status":"OK","log_id":"id-%06d","principal":{"type":"user","name":"user1@example.com"}}`,
		at.Format(time.RFC3339Nano), n)
	entries, _ := audit.NewDecoder().Decode([]byte(raw), audit.Origin{Source: "script", Part: "1", Arrived: at})
	return entries[0]
}

// sends gives a source that sends events and ends.
func sends(name string, events ...source.Event) script {
	return script{name, func(ctx context.Context, out chan<- source.Event) error {
		for _, e := range events {
			e.Source = name
			select {
			case out <- e:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}}
}

func batch(entries ...audit.Entry) source.Event { return source.Event{Entries: entries} }

func feedOf(o app.FeedOptions, sources ...source.Source) *app.Feed {
	o.Log = slog.New(slog.DiscardHandler)
	return app.NewFeed(sources, o)
}

func TestFeedMergesSourcesInOrderOfTime(t *testing.T) {
	f := feedOf(app.FeedOptions{},
		sends("a", batch(entryAt(noon.Add(3*time.Second), 3)), batch(entryAt(noon, 0))),
		sends("b", batch(entryAt(noon.Add(time.Second), 1), entryAt(noon.Add(3*time.Second), 3)), source.Event{Bad: []audit.Bad{{Raw: "x"}}}),
	)
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := f.State()
	var got []string
	for i := range s.Store.Len() {
		got = append(got, s.Store.At(i).LogID())
	}
	if want := []string{"id-000000", "id-000001", "id-000003"}; !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
	if s.Read != 4 || s.Store.Duplicates() != 1 || s.Store.BadCount() != 1 || !s.Ended {
		t.Errorf("read %d, duplicates %d, bad %d, ended %v", s.Read, s.Store.Duplicates(), s.Store.BadCount(), s.Ended)
	}
}

func TestFeedKeepsTheWindowOnly(t *testing.T) {
	f := feedOf(app.FeedOptions{Window: app.Window{Since: noon, Until: noon.Add(time.Minute)}},
		sends("a", batch(entryAt(noon.Add(-time.Nanosecond), 1), entryAt(noon, 2), entryAt(noon.Add(time.Minute), 3))))
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := f.State(); s.Store.Len() != 1 || s.Store.At(0).LogID() != "id-000002" || s.Outside != 2 || s.Read != 3 {
		t.Errorf("kept %d, outside %d, read %d", s.Store.Len(), s.Outside, s.Read)
	}
}

func TestFeedTellsWhatWasNew(t *testing.T) {
	var fresh []string
	f := feedOf(app.FeedOptions{Fresh: func(es []audit.Entry) {
		for _, e := range es {
			fresh = append(fresh, e.LogID)
		}
	}}, sends("a", batch(entryAt(noon.Add(time.Hour), 9), entryAt(noon, 1)), batch(entryAt(noon, 1), entryAt(noon, 2))))
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"id-000009", "id-000001", "id-000002"}; !slices.Equal(fresh, want) {
		t.Errorf("fresh %v, want %v", fresh, want)
	}
}

func TestAFailingSourceDoesNotEndTheOthers(t *testing.T) {
	broken := errors.New("the bucket is gone")
	f := feedOf(app.FeedOptions{},
		script{"bad", func(context.Context, chan<- source.Event) error { return broken }},
		script{"mad", func(context.Context, chan<- source.Event) error { panic("a defect") }},
		sends("good", batch(entryAt(noon, 1))))
	err := f.Run(t.Context())
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "a defect") {
		t.Errorf("error %v does not tell of both failures", err)
	}
	s := f.State()
	if s.Store.Len() != 1 || len(s.Failed) != 2 {
		t.Errorf("%d entries, %d failures; want 1 and 2", s.Store.Len(), len(s.Failed))
	}
	for _, name := range []string{"bad", "mad"} {
		if !slices.ContainsFunc(s.Status, func(p source.Status) bool {
			return p.Source == name && p.State == source.Failing && p.Err != nil
		}) {
			t.Errorf("no status tells that %s failed: %+v", name, s.Status)
		}
	}
}

func TestAPanicWhileStoringLosesOneEventAndSaysSo(t *testing.T) {
	first := true
	f := feedOf(app.FeedOptions{Fresh: func([]audit.Entry) {
		if first {
			first = false
			panic("a defect")
		}
	}}, sends("a", batch(entryAt(noon, 1)), batch(entryAt(noon, 2))))
	if err := f.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "a defect") {
		t.Errorf("error %v does not tell of the defect", err)
	}
	if n := f.State().Store.Len(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

func TestFeedKeepsTheLatestStatusOfEachPart(t *testing.T) {
	status := func(part string, s source.State) source.Event {
		return source.Event{Status: &source.Status{Source: "a", Part: part, State: s}}
	}
	f := feedOf(app.FeedOptions{}, sends("a",
		status("1", source.CatchingUp), status("2", source.CatchingUp), status("1", source.Live), status("2", source.Done)))
	if got := f.State().Status; len(got) != 1 || got[0].State != source.Connecting {
		t.Errorf("before anything was said: %+v", got)
	}
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := f.State().Status
	if len(got) != 2 || got[0].Part != "1" || got[0].State != source.Live || got[1].State != source.Done {
		t.Errorf("statuses %+v", got)
	}
}

func TestFeedHoldsBackSourcesWhenNobodyStores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stored := make(chan struct{})
		sent := 0
		f := feedOf(app.FeedOptions{Fresh: func([]audit.Entry) { <-stored }},
			script{"a", func(ctx context.Context, out chan<- source.Event) error {
				for i := range 1000 {
					select {
					case out <- batch(entryAt(noon, i)):
						sent++
					case <-ctx.Done():
						return ctx.Err()
					}
				}
				return nil
			}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		synctest.Wait()
		if sent < 10 || sent > 20 {
			t.Errorf("the source got rid of %d batches while nothing was stored", sent)
		}
		cancel()
		close(stored)
		if err := <-done; err != nil {
			t.Errorf("a cancelled feed returned %v", err)
		}
	})
}

func TestFeedIsEvictedByItsLimits(t *testing.T) {
	f := feedOf(app.FeedOptions{Limits: store.Limits{MaxEntries: 2}},
		sends("a", batch(entryAt(noon, 1), entryAt(noon.Add(1), 2), entryAt(noon.Add(2), 3))))
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := f.State().Store; s.Len() != 2 || s.Evicted() != 1 || s.At(0).LogID() != "id-000002" {
		t.Errorf("%d entries, %d evicted", s.Len(), s.Evicted())
	}
}
