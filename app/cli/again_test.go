package cli_test

import (
	"context"
	"encoding/base64"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/app"
	"taudit/source"
)

// typed sends keys to a model and gives what it copies through the terminal.
func typed(t *testing.T, m tea.Model, keys string) (copied string) {
	t.Helper()
	var run func(cmd tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		switch msg := cmd().(type) {
		case nil:
		case tea.RawMsg:
			_, code, _ := strings.Cut(msg.Msg.(string), "\x1b]52;c;")
			code, _, _ = strings.Cut(code, "\a")
			text, err := base64.StdEncoding.DecodeString(code)
			if err != nil {
				t.Fatal(err)
			}
			copied = string(text)
		case tea.BatchMsg:
			for _, c := range msg {
				run(c)
			}
		default:
			_, cmd := m.Update(msg)
			run(cmd)
		}
	}
	for _, r := range keys {
		_, cmd := m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		run(cmd)
	}
	return copied
}

// TestTheCopiedCommandShowsTheSame: what yc copies, read by a shell, prints the same entries a day later and from another directory.
func TestTheCopiedCommandShowsTheSame(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal("a shell of POSIX is needed: ", err)
	}
	odd := decode(`{"emit_time":"2026-11-20T11:59:00Z","operation":"UpdateUser","status":"it's \"$HOME\" `+"`id`"+`","log_id":"odd"}`, entry(1).Origin)
	all := append(entries(-7000, -3000, -1800, -20, 0), odd)
	dir := t.TempDir()
	t.Chdir(dir)
	path := filepath.Join(dir, "it's old", "a b.jsonl")
	for _, c := range []struct {
		name string
		args []string
		keys string
		want int
	}{
		{"everything", nil, "", 6},
		{"a relative start", []string{"--since", "1h"}, "", 5},
		{"a relative filter", []string{"--filter", "since:40m -log_id:odd"}, "", 3},
		{"a pivot on what a shell would read", []string{"--until", "12:00:00"}, "k+s", 1},
		{"proxies", []string{"--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "192.0.2.1", "--max-entries", "3"}, "", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			opened := func(ref string) *world {
				return newWorld(map[string]source.Source{ref: sends("a", batch(all...))})
			}
			w := opened("it's old/a b.jsonl")
			w.width = 80
			var line string
			var shown []string
			w.Screen = func(ctx context.Context, feed *app.Feed, o app.RunOptions) error {
				ctx, cancel := context.WithCancel(ctx)
				done := make(chan struct{})
				go func() {
					defer close(done)
					_ = feed.Run(ctx) // it stays, for sources that may be opened
				}()
				defer func() {
					cancel()
					<-done
				}()
				for !feed.State().Ended {
					<-feed.Dirty()
				}
				m := app.NewModel(ctx, feed, o.ModelOptions)
				m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
				line = typed(t, m, c.keys+"yc")
				if c.keys == "" {
					return nil
				}
				for i := range feed.State().Store.Len() {
					if r := feed.State().Store.At(i); r.Status() == odd.Status {
						shown = append(shown, r.LogID())
					}
				}
				return nil
			}
			if code := w.run(t, append([]string{"it's old/a b.jsonl"}, c.args...)...); code != 0 {
				t.Fatalf("exit code %d: %s", code, w.err)
			}
			if strings.Contains(line, "\n") || !strings.HasPrefix(line, "taudit ") {
				t.Fatalf("copies %q", line)
			}
			cmd := exec.Command(sh, "-c", `printf '%s\0' `+line)
			cmd.Dir = "/"
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
			if words[1] != path {
				t.Errorf("the source is %q, want %q", words[1], path)
			}
			ids := func(w *world) (ids []string) {
				for _, l := range w.out.lines() {
					ids = append(ids, decode(l, entry(1).Origin).LogID)
				}
				return ids
			}
			later := opened(path)
			later.Now = func() time.Time { return noon.AddDate(0, 0, 1) }
			if code := later.run(t, append([]string{"print"}, words[1:]...)...); code != 0 {
				t.Fatalf("%s: exit code %d: %s", line, code, later.err)
			}
			want := shown
			if c.keys == "" {
				now := opened("it's old/a b.jsonl")
				now.run(t, append([]string{"print", "it's old/a b.jsonl"}, c.args...)...)
				want = ids(now)
			}
			if got := ids(later); !slices.Equal(got, want) || len(got) != c.want {
				t.Errorf("%s prints %v, want %v", line, got, want)
			}
		})
	}
}

func TestWhatCannotBeAskedForAgain(t *testing.T) {
	w := newWorld(map[string]source.Source{"-": sends("-")})
	w.width = 80
	if code := w.run(t, "-"); code != 0 || !strings.Contains(w.shown.Command.Why, "standard input") {
		t.Errorf("exit code %d, %q: %s", code, w.shown.Command.Why, w.err)
	}
}
