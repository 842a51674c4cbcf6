package app

import (
	"log/slog"
	"strings"
	"testing"

	"taudit/source"
)

// What a source notes is said on the line above the last until a key is pressed, once, and text from outside is cleaned.
func TestNotesAreSaidOnce(t *testing.T) {
	const name = "kinesis audit-prod/us-east-1"
	m := screen(t, 120, 40, ModelOptions{}, script{name: name, events: []source.Event{{Entries: morning(t)[:15]}, live("a")}})
	noted := live("a")
	noted.Source, noted.Status.Source, noted.Status.Remark = name, name, "polled, because \x1b[2J the consumer cannot be used"
	said := func() bool {
		shown := strings.Split(lines(t, m, 120, 40), "\n")
		return strings.Contains(shown[38], name+": polled, because") && strings.Contains(shown[38], "the consumer cannot be used")
	}
	if said() {
		t.Error("it is said before it is so")
	}
	more(t, m, noted)
	if !said() {
		t.Errorf("it is not said:\n%s", lines(t, m, 120, 40))
	}
	press(m, "j")
	if more(t, m, noted); said() {
		t.Error("it is said again")
	}
	noted.Status.Part = "b"
	if more(t, m, noted); said() {
		t.Error("it is said for each part")
	}
}

// A note of a whole source stands for those of its parts that have none.
func TestFeedNotes(t *testing.T) {
	part := live("a")
	feed := NewFeed([]source.Source{script{name: "s3 a", events: []source.Event{part}}}, FeedOptions{Notes: map[string]string{"s3 a": "read anew"}, Log: slog.New(slog.DiscardHandler)})
	part.Source, part.Status.Source = "s3 a", "s3 a"
	if err := feed.take(part); err != nil {
		t.Fatal(err)
	}
	for _, s := range feed.State().Status {
		if s.Remark != "read anew" {
			t.Errorf("%+v has no note", s)
		}
	}
}

// How far a part was read is told after the store has what was read, and never without it.
func TestPositionsFollowTheStore(t *testing.T) {
	all := morning(t)
	var stored []int
	var feed *Feed
	feed = NewFeed(nil, FeedOptions{Taken: func(source.Position) { stored = append(stored, feed.State().Store.Len()) }, Log: slog.New(slog.DiscardHandler)})
	for i, e := range []source.Event{
		{Entries: all[:3], Position: &source.Position{Part: "a", After: "3"}},
		{Entries: all[3:5]},
		{Position: &source.Position{Part: "a", After: "5"}},
	} {
		if err := feed.take(e); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
	}
	if len(stored) != 2 || stored[0] != 3 || stored[1] != 5 {
		t.Errorf("when positions came the store had %v entries", stored)
	}
}
