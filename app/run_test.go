package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"taudit/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tape is what a program writes to its terminal.
type tape struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *tape) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// terminal gives what a program of the screen is run on: keys can be typed into it.
func terminal(t *testing.T, o ModelOptions) (typed io.Writer, out *tape, ro RunOptions) {
	t.Helper()
	r, w := io.Pipe()
	t.Cleanup(func() { _ = w.Close() })
	out = &tape{}
	if o.Now == nil {
		o.Now = time.Now
	}
	return w, out, RunOptions{ModelOptions: o, Input: r, Output: out, Env: []string{"TERM=xterm-256color", "LANG=C.UTF-8"}}
}

func liveFeed(t *testing.T) *Feed {
	return NewFeed([]source.Source{script{name: "kinesis a/b", events: []source.Event{{Entries: morning(t)}, live("1")}}}, FeedOptions{Log: slog.New(slog.DiscardHandler)})
}

// restored says whether the terminal was left as it was found.
func restored(out *tape) bool {
	s := out.String()
	return strings.LastIndex(s, "\x1b[?1049l") >= strings.LastIndex(s, "\x1b[?1049h") && strings.LastIndex(s, "\x1b[?25h") >= strings.LastIndex(s, "\x1b[?25l")
}

func TestRunEndsWhenAskedTo(t *testing.T) {
	t.Run("by a key", func(t *testing.T) {
		typed, out, o := terminal(t, ModelOptions{})
		done := make(chan error, 1)
		go func() { done <- Run(t.Context(), liveFeed(t), o) }()
		_, _ = typed.Write([]byte("Q"))
		if err := <-done; err != nil || !restored(out) {
			t.Errorf("error %v, restored %v", err, restored(out))
		}
	})
	t.Run("by the context", func(t *testing.T) {
		_, out, o := terminal(t, ModelOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- Run(ctx, liveFeed(t), o) }()
		cancel()
		if err := <-done; err != nil || !restored(out) {
			t.Errorf("error %v, restored %v", err, restored(out))
		}
	})
}

func TestAPanicOfTheScreenIsToldInASentence(t *testing.T) {
	calls := 0
	_, out, o := terminal(t, ModelOptions{Now: func() time.Time {
		if calls++; calls > 1 {
			panic("a defect")
		}
		return time.Now()
	}})
	err := Run(t.Context(), liveFeed(t), o)
	if err == nil || !strings.Contains(err.Error(), "a defect") || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("error %v", err)
	}
	if !restored(out) || strings.Contains(out.String(), "goroutine ") {
		t.Errorf("restored %v; the terminal has %q", restored(out), out.String())
	}
}

// fragile is a model that panics where it is told to.
type fragile struct{ view, command bool }

func (f fragile) Init() tea.Cmd {
	if f.command {
		return tea.Batch(func() tea.Msg { panic("a defect") })
	}
	return nil
}

func (f fragile) Update(tea.Msg) (tea.Model, tea.Cmd) { return f, nil }

func (f fragile) View() tea.View {
	if f.view {
		panic("a defect")
	}
	return tea.NewView("fine")
}

func TestPanicsOfViewsAndCommandsEndInOrder(t *testing.T) {
	for name, m := range map[string]fragile{"view": {view: true}, "command": {command: true}} {
		t.Run(name, func(t *testing.T) {
			_, out, o := terminal(t, ModelOptions{})
			g := &guard{Model: m, log: slog.New(slog.DiscardHandler)}
			p := tea.NewProgram(g, tea.WithInput(o.Input), tea.WithOutput(out), tea.WithEnvironment(o.Env), tea.WithContext(t.Context()))
			if _, err := p.Run(); err != nil {
				t.Fatalf("the program ended with %v", err)
			}
			var d *defect
			if !errors.As(error(g.defect), &d) || !strings.Contains(d.Error(), "a defect") || !restored(out) {
				t.Errorf("defect %v, restored %v", g.defect, restored(out))
			}
		})
	}
}
