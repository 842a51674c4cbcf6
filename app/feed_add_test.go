package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// await looks at what a feed knows until it is as wanted.
func await(t *testing.T, f *Feed, want func(*State) bool) {
	t.Helper()
	for deadline := time.After(20 * time.Second); !want(f.State()); {
		select {
		case <-f.Dirty():
		case <-deadline:
			t.Fatalf("it never came: %+v", f.State())
		}
	}
}

func TestAFeedThatStaysTakesMoreSources(t *testing.T) {
	all := morning(t)
	feed := NewFeed([]source.Source{script{name: "one", events: []source.Event{{Entries: all[:3]}}}}, FeedOptions{Log: slog.New(slog.DiscardHandler), Stays: true})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- feed.Run(ctx) }()
	await(t, feed, func(s *State) bool { return s.Ended && s.Store.Len() == 3 })

	heard := make(chan int, 10)
	feed.Listen(func(fresh []audit.Entry) { heard <- len(fresh) })
	if err := feed.Add(ctx, []source.Source{script{name: "two", events: []source.Event{{Entries: all[2:6]}, live("p")}}}); err != nil {
		t.Fatal(err)
	}
	await(t, feed, func(s *State) bool { return s.Ended && s.Store.Len() == 6 && len(s.Status) == 2 })
	if n := <-heard; n != 3 {
		t.Errorf("%d of the entries that came are said to be new, want 3", n)
	}
	feed.Listen(nil)
	if err := feed.Add(ctx, []source.Source{script{name: "two"}}); err == nil || err.Error() != "two is being read already" {
		t.Errorf("a source that is read already: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := feed.Add(ctx, []source.Source{script{name: "three"}}); err == nil {
		t.Error("a feed that has ended takes more")
	}
}
