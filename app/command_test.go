package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/app/config"
	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
	"taudit/views/page"
)

// order types a command and waits for what it does.
func order(m *Model, text string) {
	drive(m, ":")
	enter(m, text)
	strike(m, tea.KeyPressMsg{Code: tea.KeyEnter})
}

// strike presses a key as the terminal sends it.
func strike(m *Model, keys ...tea.KeyPressMsg) {
	for _, k := range keys {
		_, cmd := m.Update(k)
		tell(m, cmd)
	}
}

func said(m *Model) string {
	rows := strings.Split(ansi.Strip(m.View().Content), "\n")
	return strings.TrimSpace(rows[len(rows)-2])
}

func desk(t testing.TB) Desk {
	dir := t.TempDir()
	return Desk{
		Version: "v1.2.3", Views: config.NewViews(filepath.Join(dir, "views.json")), References: []string{"prod", "stage"},
		About: func(context.Context) []page.Line {
			return []page.Line{{Label: "configuration", Text: "/home/me/.config/taudit/config.toml"}, {Label: "uses", Text: "kinesis:ListShards, kinesis:GetShardIterator, kinesis:GetRecords on arn:aws:kinesis:us-east-1:123456789012:stream/audit-prod"}}
		},
	}
}

func TestCommandScreens(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(t *testing.T, m *Model)
	}{
		{"list", func(_ *testing.T, m *Model) { drive(m, ":"); strike(m, tea.KeyPressMsg{Code: tea.KeyTab}) }},
		{"typed", func(_ *testing.T, m *Model) { drive(m, ":"); enter(m, "w case.jsonl") }},
		{"unknown", func(_ *testing.T, m *Model) { order(m, "bundel x") }},
		{"settings", func(_ *testing.T, m *Model) {
			drive(m, ":")
			enter(m, "set ")
			strike(m, tea.KeyPressMsg{Code: tea.KeyTab}, tea.KeyPressMsg{Code: tea.KeyTab})
		}},
		{"columns", func(_ *testing.T, m *Model) { drive(m, "C", "C", "C", "L", "(", "(") }},
		{"about", func(_ *testing.T, m *Model) { order(m, "about") }},
		{"views", func(_ *testing.T, m *Model) {
			order(m, "save all")
			order(m, "filter is:error")
			order(m, "save errors")
			drive(m, "V")
		}},
		{"question", func(t *testing.T, m *Model) {
			away := t.TempDir()
			here, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chdir(away); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := os.Chdir(here); err != nil {
					t.Fatal(err)
				}
			}()
			if err := os.WriteFile("case.md", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			order(m, "w case.md")
		}},
	} {
		for _, size := range sizes {
			w, h := size[0], size[1]
			t.Run(fmt.Sprintf("%s/%dx%d", c.name, w, h), func(t *testing.T) {
				m := screen(t, w, h, ModelOptions{Desk: desk(t)}, stream(t))
				c.then(t, m)
				golden.RequireEqual(t, lines(t, m, w, h))
			})
		}
	}
}

func TestWrite(t *testing.T) {
	all := morning(t)
	m := screen(t, 120, 40, ModelOptions{Desk: desk(t)}, stream(t))
	t.Chdir(t.TempDir())
	order(m, "filter op:UpdateNamespace")
	want := m.found.matches.Len()
	if want < 2 {
		t.Fatal("the fixture has too few of them")
	}
	order(m, "w case.jsonl")
	if got := said(m); got != fmt.Sprintf("Wrote %d entries to case.jsonl, which only you can read.", want) {
		t.Errorf("%q", got)
	}
	text, err := os.ReadFile("case.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if rows := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"); len(rows) != want || rows[0] != m.found.matches.At(0).Raw() {
		t.Errorf("%d lines:\n%s", len(rows), text)
	}
	if info, err := os.Stat("case.jsonl"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}

	// A file that is there is asked about.
	order(m, "filter")
	order(m, "w case.jsonl")
	if got := said(m); !strings.HasPrefix(got, "case.jsonl is there already. Replace it?") {
		t.Errorf("%q", got)
	}
	drive(m, "n")
	if again, err := os.ReadFile("case.jsonl"); err != nil || string(again) != string(text) {
		t.Errorf("it was overwritten: %v", err)
	}
	order(m, "w case.jsonl")
	drive(m, "y")
	if again, err := os.ReadFile("case.jsonl"); err != nil || strings.Count(string(again), "\n") != len(all) {
		t.Errorf("it was not replaced: %s, %v", again, err)
	}

	order(m, "w case.csv")
	f, err := os.Open("case.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, err := csv.NewReader(f).ReadAll(); err != nil || len(rows) != len(all)+1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	order(m, "w case.md")
	if md, err := os.ReadFile("case.md"); err != nil || !strings.Contains(string(md), "v1.2.3") {
		t.Errorf("%s, %v", md, err)
	}
	for text, want := range map[string]string{
		"w":               "Write where? :w FILE",
		"w case.doc":      "can end in .jsonl, .csv, .md or .txt",
		"w no/x.jsonl":    "Nothing was written: there is no directory no; make it first, or name another.",
		"w marked x.md":   "nothing in the log is marked; m marks the selected entry.",
		"set tims utc":    "did you mean times?",
		"set times utx":   "Times cannot be utx; did you mean utc?",
		"set times":       "times is utc; it can be utc, local or relative.",
		"set columns tme": "There is no column \"tme\"; did you mean time?",
		"view nothing":    "There is no view",
		"open s3://b":     "No other source can be opened here.",
		"filter op:(":     "That cannot be filtered by",
		"bundle":          ":bundle DIR",
	} {
		order(m, text)
		if got := said(m); !strings.Contains(got, want) {
			t.Errorf(":%s says %q, want %q", text, got, want)
		}
	}
}

func TestBundleFromTheScreen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	m := screen(t, 200, 60, ModelOptions{Desk: desk(t)}, stream(t))
	order(m, "filter is:error")
	order(m, "bundle "+dir)
	if got := said(m); !strings.HasPrefix(got, "Wrote 2 entries to ") {
		t.Fatalf("%q", got)
	}
	v, err := export.Verify(dir)
	if err != nil || !v.Whole() || v.Manifest.Entries.Count != 2 || v.Manifest.Filter != "is:error" {
		t.Errorf("%+v, %v", v, err)
	}
	order(m, "bundle "+dir)
	if got := said(m); !strings.Contains(got, "is not empty. Name another directory.") {
		t.Errorf("%q", got)
	}
}

func TestViewsComeBack(t *testing.T) {
	d := desk(t)
	m := screen(t, 120, 40, ModelOptions{Desk: d}, stream(t))
	order(m, "filter op:UpdateNamespace")
	order(m, "set times relative")
	order(m, "set detail below")
	order(m, "set unmatched dim")
	order(m, "set columns time,operation:30,target,log_id")
	want := m.view()
	order(m, "save change-window")
	if m.edited() {
		t.Error("it is edited as soon as it is saved")
	}
	if got := ansi.Strip(m.tabs()); !strings.Contains(got, "change-window ") || strings.Contains(got, "change-window*") {
		t.Errorf("%q", got)
	}
	order(m, "filter")
	if got := ansi.Strip(m.tabs()); !m.edited() || !strings.Contains(got, "change-window*") {
		t.Errorf("%q", got)
	}
	order(m, "set times utc")
	order(m, "set columns default")
	order(m, "view change-window")
	if got := m.view(); !got.Equal(&want) || m.edited() || !m.context {
		t.Errorf("%+v, want %+v", got, want)
	}

	v, err := d.Views.Get("change-window")
	if err != nil {
		t.Fatal(err)
	}
	other := screen(t, 120, 40, ModelOptions{Desk: d, View: &v, ViewName: "change-window"}, stream(t))
	tell(other, other.seek(other.filter.Query())) // as Init does
	if got := other.view(); !got.Equal(&want) || other.edited() {
		t.Errorf("after a restart: %+v, want %+v", got, want)
	}
	order(m, "forget change-window")
	if _, err := d.Views.Get("change-window"); err == nil {
		t.Error("it is still there")
	}
}

func TestOpenAnotherSource(t *testing.T) {
	all := morning(t)
	d := desk(t)
	d.Open = func(_ context.Context, ref string) ([]source.Source, error) {
		if ref != "s3://more" {
			return nil, fmt.Errorf("no such thing as %s", ref)
		}
		return []source.Source{script{name: ref, events: []source.Event{{Entries: all[15:]}}}}, nil
	}
	feed := NewFeed([]source.Source{stream(t)}, FeedOptions{Log: slog.New(slog.DiscardHandler), Stays: true})
	go func() { _ = feed.Run(t.Context()) }()
	await(t, feed, func(s *State) bool { return s.Ended })
	m := NewModel(t.Context(), feed, ModelOptions{Desk: d, Now: func() time.Time { return moment }})
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	order(m, "open s3://less")
	if got := said(m); got != "Not opened: no such thing as s3://less." {
		t.Errorf("%q", got)
	}
	order(m, "open s3://more")
	if got := said(m); got != "Reading s3://more as well." {
		t.Errorf("%q", got)
	}
	await(t, feed, func(s *State) bool { return s.Store.Len() == len(all) })
	if got := strings.Join(m.sources(), " "); got != "kinesis audit-prod/us-east-1 s3://more" {
		t.Errorf("%q", got)
	}
}

func TestCommandLine(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{Desk: desk(t)}, stream(t))
	var kept []string
	m.desk.Remember = func(text string) error { kept = append(kept, text); return nil }
	drive(m, ":")
	if !m.bar.Editing() || m.View().Cursor == nil {
		t.Fatal("nothing can be typed")
	}
	strike(m, tea.KeyPressMsg{Code: tea.KeyBackspace})
	if m.bar.Editing() {
		t.Error("deleting the colon does not leave the line")
	}
	drive(m, ":")
	strike(m, tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	if m.bar.Editing() {
		t.Error("Ctrl-C does not leave the line")
	}
	order(m, "help")
	if !m.helping {
		t.Error("no help")
	}
	drive(m, "q")
	order(m, "set times local")
	drive(m, ":")
	strike(m, tea.KeyPressMsg{Code: tea.KeyUp}, tea.KeyPressMsg{Code: tea.KeyUp}, tea.KeyPressMsg{Code: tea.KeyEnter})
	if got := strings.Join(kept, "; "); got != "help; set times local; help" || !m.helping {
		t.Errorf("kept %q", got)
	}
	drive(m, "q", ":")
	enter(m, "q")
	_, cmd := m.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
	for cmd != nil {
		msg := cmd()
		if _, ok := msg.(tea.QuitMsg); ok {
			return
		}
		if batch, ok := msg.(tea.BatchMsg); ok {
			cmd = batch[0]
			continue
		}
		_, cmd = m.Update(msg)
	}
	t.Error(":q does not quit")
}

// TestAJobCanBeStopped: Esc stops what goes on, and quitting asks before it does.
func TestAJobCanBeStopped(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{Desk: desk(t)}, stream(t))
	var ended error
	batch := m.begin("waiting", func(ctx context.Context, j *job) outcome {
		<-ctx.Done()
		ended = ctx.Err()
		return outcome{said: "Stopped."}
	})().(tea.BatchMsg)
	m.progressed(m.job.number)
	if got := said(m); got != "Taudit is waiting. Esc stops it." {
		t.Errorf("%q", got)
	}
	m.frame.forget()
	if m.begin("other", nil) != nil || !strings.Contains(said(m), "still waiting") {
		t.Errorf("two at a time: %q", said(m))
	}
	if cmd := m.key("Q"); cmd != nil {
		t.Error("it quits")
	}
	if got := said(m); !strings.Contains(got, "Quit without it?") {
		t.Errorf("%q", got)
	}
	drive(m, "n", "esc")
	m.Update(batch[0]())
	if got := said(m); got != "Stopped." || ended == nil || m.job != nil {
		t.Errorf("%q, %v", got, ended)
	}
}

// What repeats and where nothing is are settings of the list, part of a view and of a session, and change no count.
func TestRepeatsAndGaps(t *testing.T) {
	d := desk(t)
	src := stream(t)
	before := src.events[0].Entries[0]
	before.LogID, before.EmitTime = "before", before.EmitTime.Add(-time.Hour)
	src.events[0].Entries = append(src.events[0].Entries, before)
	m := screen(t, 120, 40, ModelOptions{Desk: d}, src)
	rows := func(m *Model) (folded, gaps bool) {
		text := lines(t, m, 120, 40)
		return strings.Contains(text, " x2 "), strings.Contains(text, " without ")
	}
	check := func(what string, m *Model, wantFolded, wantGaps bool) {
		t.Helper()
		if folded, gaps := rows(m); folded != wantFolded || gaps != wantGaps {
			t.Errorf("%s: folded %t, gaps %t:\n%s", what, folded, gaps, lines(t, m, 120, 40))
		}
	}
	check("at first", m, false, false)
	drive(m, "X")
	check("X", m, true, false)
	order(m, "set gaps show")
	check("gaps", m, true, true)
	m.started = Command{Args: []string{"taudit", "demo"}}
	if line, _ := m.commandLine(); line != "taudit demo --fold --gaps" {
		t.Errorf("%q", line)
	}
	order(m, "save quiet")
	if m.edited() {
		t.Error("it is edited as soon as it is saved")
	}
	count := ansi.Strip(m.filter.View())
	drive(m, "X")
	check("X again", m, false, true)
	if !m.edited() || ansi.Strip(m.filter.View()) != count {
		t.Errorf("edited %t, %q after %q", m.edited(), ansi.Strip(m.filter.View()), count)
	}
	order(m, "set gaps hide")
	check("no gaps", m, false, false)
	order(m, "view quiet")
	check("the view", m, true, true)

	// With a filter, with what does not match dimmed, and without again.
	order(m, "filter status:error")
	check("filtered", m, true, false)
	if got := ansi.Strip(m.filter.View()); !strings.Contains(got, "2 of ") {
		t.Errorf("%q", got)
	}
	drive(m, "c")
	check("dimmed", m, true, true)
	drive(m, "c")
	order(m, "filter")
	check("all again", m, true, true)

	// What stands elsewhere leads into a fold.
	drive(m, "g", "e", "e")
	row, _ := m.events.Selected()
	if row.Status() != "ERROR" || !strings.Contains(m.events.Summary(120), "repeat 2 of 2") {
		t.Errorf("%s: %q", row.LogID(), m.events.Summary(120))
	}

	again := row.Entry()
	again.LogID, again.EmitTime = "again", again.EmitTime.Add(time.Second)
	more(t, m, source.Event{Entries: []audit.Entry{again}})
	drive(m, "x", "g", "e")
	if got := m.events.Summary(120); !strings.Contains(got, "x3 in 7s") {
		t.Errorf("%q", got)
	}
	v, err := d.Views.Get("quiet")
	if err != nil {
		t.Fatal(err)
	}
	check("a view at the start", screen(t, 120, 40, ModelOptions{Desk: d, View: &v, ViewName: "quiet"}, src), true, true)
	check("flags", screen(t, 120, 40, ModelOptions{Fold: true, Gaps: true}, src), true, true)
}

// patient is a source that fails until it is asked to try again.
type patient struct {
	script
	bell *source.Bell
}

func (h patient) Retry() { h.bell.Ring() }

func (h patient) Run(ctx context.Context, out chan<- source.Event) error {
	rung := h.bell.Rung()
	out <- source.Event{Source: h.name, Status: &source.Status{
		Source: h.name, State: source.Failing, Err: errors.New("access denied"), NextRetry: moment.Add(30 * time.Second),
	}}
	select {
	case <-rung:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := h.script.Run(ctx, out); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// R has what failed tried again: what waits at once, and what could not go on by opening it anew.
func TestReconnect(t *testing.T) {
	all := morning(t)
	waits := patient{script{name: "waits", events: []source.Event{{Entries: all[:3]}, live("")}}, new(source.Bell)}
	d := desk(t)
	exists := false
	d.Reopen = func(_ context.Context, name string) ([]source.Source, error) {
		if !exists {
			return nil, fmt.Errorf("there is no stream %q", name)
		}
		return []source.Source{script{name: name, events: []source.Event{{Entries: all[2:9]}, live("")}}}, nil
	}
	feed := NewFeed([]source.Source{waits, script{name: "gone", err: errors.New("there is no such stream")}}, FeedOptions{Log: slog.New(slog.DiscardHandler), Stays: true})
	go func() { _ = feed.Run(t.Context()) }()
	await(t, feed, func(s *State) bool { return len(s.Over) == 1 && s.Status[0].State == source.Failing })
	now := moment
	m := NewModel(t.Context(), feed, ModelOptions{Desk: d, Now: func() time.Time { return now }})
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})

	drive(m, "R")
	if got := said(m); got != `Not opened: there is no stream "gone".` {
		t.Errorf("%q", got)
	}
	await(t, feed, func(s *State) bool { return s.Store.Len() == 3 && s.Status[0].State == source.Live })
	m.learn(found{})

	exists = true
	drive(m, "R")
	if len(feed.State().Over) != 1 {
		t.Error("a key that is held down opens it each time")
	}
	now = now.Add(2 * time.Second)
	drive(m, "R")
	if got := said(m); got != "Reading gone again." {
		t.Errorf("%q", got)
	}
	await(t, feed, func(s *State) bool {
		return s.Store.Len() == 9 && len(s.Over) == 0 && len(s.Failed) == 0 && len(s.Status) == 2
	})
	if got := strings.Join(m.sources(), " "); got != "waits gone" {
		t.Errorf("%q", got)
	}
	m.learn(found{})
	now = now.Add(2 * time.Second)
	drive(m, "R")
	if got := said(m); got != "Nothing waits to be tried again." {
		t.Errorf("%q", got)
	}
	if err := feed.Replace(t.Context(), "waits", nil); err == nil {
		t.Error("a source that is read is replaced")
	}
}
