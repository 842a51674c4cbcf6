package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
	"taudit/source/audit"
	"taudit/views"
)

// script is a source that sends what a test gives it, and ends.
type script struct {
	name   string
	events []source.Event
	err    error
}

func (s script) Name() string { return s.name }

func (s script) Run(ctx context.Context, out chan<- source.Event) error {
	for _, e := range s.events {
		e.Source = s.name
		if e.Status != nil {
			e.Status.Source = s.name
		}
		select {
		case out <- e:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.err
}

var moment = time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC)

// morning is an account's morning, read from testdata.
func morning(t testing.TB) []audit.Entry {
	t.Helper()
	data, err := os.ReadFile("testdata/morning.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out []audit.Entry
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		found, bad := audit.NewDecoder().Decode([]byte(line), audit.Origin{
			Source: "kinesis audit-prod/us-east-1", Part: "shardId-000000000001", Position: fmt.Sprintf("4964001%010d", i),
		})
		if len(found) != 1 || len(bad) != 0 {
			t.Fatalf("line %d gives %d entries, bad %v", i+1, len(found), bad)
		}
		found[0].Origin.Arrived = found[0].EmitTime.Add(110 * time.Second)
		out = append(out, found[0])
	}
	return out
}

func live(part string) source.Event {
	return source.Event{Status: &source.Status{
		Part: part, State: source.Live, LastBatch: moment.Add(-72 * time.Second), LastSuccess: moment, LastArrival: moment.Add(-75 * time.Second),
	}}
}

// screen is a model of the given size that knows all that its sources had to say.
func screen(t testing.TB, w, h int, o ModelOptions, sources ...source.Source) *Model {
	t.Helper()
	feed := NewFeed(sources, FeedOptions{
		Now: func() time.Time { return moment.Add(-time.Minute) }, Log: slog.New(slog.DiscardHandler),
	})
	_ = feed.Run(t.Context())
	s := *feed.State()
	s.Ended = s.Ended && len(s.Failed) > 0 // these sources would go on
	feed.state.Store(&s)
	o.Now = func() time.Time { return moment }
	m := NewModel(t.Context(), feed, o)
	m.resize(w, h)
	m.learn(found{})
	labour(t, m)
	return m
}

// labour lets the panes compute what they show.
func labour(t testing.TB, m *Model) {
	t.Helper()
	if cmd := m.work(); cmd != nil {
		run(t, m, cmd())
	}
}

// more lets the feed of a screen take events that come later.
func more(t testing.TB, m *Model, events ...source.Event) {
	t.Helper()
	for _, e := range events {
		if err := m.feed.take(e); err != nil {
			t.Fatal(err)
		}
	}
	f, _ := m.search.extend(t.Context())
	m.learn(f)
	labour(t, m)
}

// drive presses keys and lets the panes find out what they want to know.
func drive(m *Model, keys ...string) {
	for _, k := range keys {
		tell(m, m.key(k))
	}
}

// enter does so with text that is typed.
func enter(m *Model, text string) {
	for _, r := range text {
		_, cmd := m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		tell(m, cmd)
	}
}

func tell(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			tell(m, c)
		}
	default:
		_, cmd = m.Update(msg)
		tell(m, cmd)
	}
}

// press sends keys as Bubble Tea names them.
func press(m *Model, keys ...string) (last tea.Cmd) {
	for _, k := range keys {
		last = m.key(k)
	}
	return last
}

// lines gives the screen without colours, and holds it to its size.
func lines(t testing.TB, m *Model, w, h int) string {
	t.Helper()
	content := ansi.Strip(m.View().Content)
	rows := strings.Split(content, "\n")
	if len(rows) != h {
		t.Errorf("%d lines, want %d", len(rows), h)
	}
	for i, r := range rows {
		if n := ansi.StringWidth(r); n != w {
			t.Errorf("line %d is %d cells wide, want %d: %q", i+1, n, w, r)
		}
	}
	return content
}

var sizes = [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 60}}

func TestScreens(t *testing.T) {
	all := morning(t)
	stream := script{name: "kinesis audit-prod/us-east-1", events: []source.Event{{Entries: all[:15]}, live("shardId-000000000001")}}
	hostile, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:24:00Z","operation":"Delete\u001b[2JUser","status":"O\u202eK","log_id":"\u0007x","principal":{"type":"user","name":"\u001b]52;c;AAAA\u0007"},"details":{"target_users":["\u009b31m","山田"]}}`), audit.Origin{})

	for _, c := range []struct {
		name    string
		sources []source.Source
		options ModelOptions
		then    func(m *Model)
	}{
		{"following", []source.Source{stream}, ModelOptions{}, nil},
		{"held", []source.Source{stream}, ModelOptions{}, func(m *Model) {
			run(t, m, keyOf("k"), keyOf("k"))
			more(t, m, source.Event{Entries: all[15:]})
		}},
		{"detail", []source.Source{stream}, ModelOptions{}, func(m *Model) {
			drive(m, "k", "k", "enter", "j", "j")
		}},
		{"detail context", []source.Source{stream}, ModelOptions{}, func(m *Model) {
			drive(m, "k", "k", "enter", "tab", "j")
		}},
		{"detail search", []source.Source{stream}, ModelOptions{}, func(m *Model) {
			drive(m, "k", "k", "enter", "/")
			enter(m, "user")
		}},
		{"detail bytes", []source.Source{stream}, ModelOptions{}, func(m *Model) { press(m, "k", "k", "enter", "x", "enter") }},
		{"bad record", []source.Source{stream}, ModelOptions{}, func(m *Model) {
			m.Update(paneMsg{onDetail, views.Examine{Bad: audit.Bad{Raw: "\x00{\"emit_time", Size: 12, Offset: 7, Reason: "not JSON", Origin: all[0].Origin}}})
		}},
		{"selecting", []source.Source{stream}, ModelOptions{}, func(m *Model) {
			run(t, m, keyOf("v"), keyOf("b"), keyOf("b"), keyOf("v"), keyOf("b"))
		}},
		{"without_timeline", []source.Source{stream}, ModelOptions{}, func(m *Model) { press(m, "i") }},
		{"principals", []source.Source{stream}, ModelOptions{}, func(m *Model) { drive(m, "2", "j") }},
		{"help", []source.Source{stream}, ModelOptions{}, func(m *Model) { press(m, "?") }},
		{"quitting", []source.Source{stream}, ModelOptions{}, func(m *Model) { press(m, "q") }},
		{"connecting", []source.Source{script{name: "kinesis audit-prod/us-east-1"}}, ModelOptions{}, nil},
		{"reading", []source.Source{script{name: "s3://acme-audit/firehose/", events: []source.Event{
			{Entries: all[:3]},
			{Status: &source.Status{
				State: source.CatchingUp, Done: 3620, Total: 8621, DoneBytes: 51_300_000, TotalBytes: 121_500_000, Left: 12 * time.Second, LastBatch: moment,
			}},
		}}}, ModelOptions{}, nil},
		{"quiet", []source.Source{script{name: "kinesis audit-prod/us-east-1", events: []source.Event{
			{Status: &source.Status{Part: "shardId-000000000001", State: source.Live, LastSuccess: moment}},
		}}}, ModelOptions{}, nil},
		{"failing", []source.Source{script{name: "s3://acme-audit/firehose/", err: errors.New("access denied: s3:ListBucket is not allowed on acme-audit; add it to the policy of your role")}, stream}, ModelOptions{}, nil},
		{"demo", []source.Source{stream, script{name: "s3://audit-demo/firehose/", events: []source.Event{
			{Entries: all[:4], Bad: []audit.Bad{{Raw: "t", Reason: "the test value"}}}, live("firehose/"),
		}}}, ModelOptions{Demo: true}, nil},
		{"sinks", []source.Source{script{name: "kinesis audit-prod/us-east-1", events: []source.Event{
			{Entries: all, Bad: []audit.Bad{{Raw: `{"operation":"Dele`, Size: 18, Reason: "the text ends within a string"}}},
			live("shardId-000000000001"), live("shardId-000000000002"),
		}}}, ModelOptions{}, func(m *Model) { run(t, m, keyOf("3")) }},
		{"hostile", []source.Source{script{name: "kinesis evil\x1b[31m/us-east-1", events: []source.Event{{Entries: hostile}, live("\u202ex")}}}, ModelOptions{}, func(m *Model) {
			press(m, "enter")
		}},
	} {
		for _, size := range sizes {
			w, h := size[0], size[1]
			t.Run(fmt.Sprintf("%s/%dx%d", c.name, w, h), func(t *testing.T) {
				m := screen(t, w, h, c.options, c.sources...)
				if c.then != nil {
					c.then(m)
				}
				golden.RequireEqual(t, lines(t, m, w, h))
			})
		}
	}
}

func TestAnySizeKeepsTheFrame(t *testing.T) {
	all := morning(t)
	m := screen(t, 80, 24, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	for _, keys := range [][]string{nil, {"enter"}, {"?"}, {"esc", "q"}} {
		press(m, keys...)
		for _, size := range [][2]int{{0, 0}, {1, 1}, {5, 3}, {59, 15}, {60, 14}, {60, 15}, {61, 90}, {109, 34}, {110, 34}, {159, 34}, {160, 34}, {300, 90}, {1, 90}, {300, 1}} {
			m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			if size[0] == 0 || size[1] == 0 {
				_ = m.View()
				continue
			}
			lines(t, m, size[0], size[1])
		}
		m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	}
	m.Update(tea.WindowSizeMsg{Width: 1 << 30, Height: 1 << 30})
	if n := len(m.View().Content); n > 64<<20 {
		t.Errorf("an absurd size costs %d bytes", n)
	}
	m.Update(tea.WindowSizeMsg{Width: -3, Height: -1})
	_ = m.View()
}

func FuzzSize(f *testing.F) {
	f.Add(80, 24, "k\n?")
	f.Add(200, 60, "\njjl")
	f.Add(0, 0, "q")
	all := morning(f)
	f.Fuzz(func(t *testing.T, w, h int, keys string) {
		w, h = w%500, h%200
		m := screen(t, 80, 24, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
		m.Update(tea.WindowSizeMsg{Width: w, Height: h})
		for _, k := range keys {
			key := string(k)
			if k == '\n' {
				key = "enter"
			}
			press(m, key)
		}
		if w > 0 && h > 0 {
			lines(t, m, w, h)
		}
	})
}
