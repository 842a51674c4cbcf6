package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"taudit/app"
	"taudit/app/cli"
	"taudit/source"
	"taudit/source/audit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// world is an [cli.Env] that a test looks into.
type world struct {
	cli.Env
	out, err *buffer
	width    int // 0: no terminal

	refs   []string // as they came to an opener
	asked  source.Options
	shown  *app.RunOptions
	stored int // entries that the feed of the screen had at its end
}

// newWorld is one whose sources are given by their reference.
func newWorld(sources map[string]source.Source) *world {
	w := &world{out: &buffer{}, err: &buffer{}}
	open := func(_ context.Context, ref string, o source.Options) ([]source.Source, error) {
		w.refs, w.asked = append(w.refs, ref), o
		s, ok := sources[ref]
		if !ok {
			return nil, fmt.Errorf("there is nothing at %s", ref)
		}
		return []source.Source{s}, nil
	}
	w.Env = cli.Env{
		Stdout:   w.out,
		Stderr:   w.err,
		Terminal: func() (int, bool) { return w.width, w.width > 0 },
		Openers:  map[string]source.Opener{"kinesis": open, "s3": open, "file": open, "demo": open},
		Demo:     &history{},
		Now:      func() time.Time { return noon },
		Version:  "v1.2.3",
		Screen: func(ctx context.Context, feed *app.Feed, o app.RunOptions) error {
			w.shown = &o
			ctx, cancel := context.WithCancel(ctx)
			go func() { // the feed stays for what may be opened
				defer cancel()
				for !feed.State().Ended {
					select {
					case <-feed.Dirty():
					case <-ctx.Done():
						return
					}
				}
			}()
			_ = feed.Run(ctx) // a failing source does not end the screen
			w.stored = feed.State().Store.Len()
			return nil
		},
	}
	return w
}

func (w *world) run(t *testing.T, args ...string) int {
	t.Helper()
	return cli.Run(t.Context(), args, w.Env)
}

func runIn(ctx context.Context, w *world, args ...string) int { return cli.Run(ctx, args, w.Env) }

// opens is an opener of one source.
func opens(s source.Source) source.Opener {
	return func(context.Context, string, source.Options) ([]source.Source, error) { return []source.Source{s}, nil }
}

// lastLine is the closing line on standard error.
func (w *world) lastLine() string {
	lines := strings.Split(strings.TrimRight(w.err.String(), "\n"), "\n")
	return lines[len(lines)-1]
}

// buffer is a buffer that may be written and read at once, and can refuse after some bytes.
type buffer struct {
	mu   sync.Mutex
	b    bytes.Buffer
	full error
	room int

	wrote func() // called after the first write
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full != nil && b.b.Len()+len(p) > b.room {
		return 0, b.full
	}
	if b.wrote != nil {
		defer b.wrote()
		b.wrote = nil
	}
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *buffer) lines() []string {
	s := strings.TrimSuffix(b.String(), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// script is a source that does what a test says.
type script struct {
	name string
	run  func(ctx context.Context, out chan<- source.Event) error
}

func (s script) Name() string { return s.name }

func (s script) Run(ctx context.Context, out chan<- source.Event) error { return s.run(ctx, out) }

// send gives an event to the feed, unless ctx is over.
func send(ctx context.Context, out chan<- source.Event, e source.Event) error {
	select {
	case out <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sends is a source that sends events and ends.
func sends(name string, events ...source.Event) script {
	return script{name, func(ctx context.Context, out chan<- source.Event) error {
		for _, e := range events {
			e.Source = name
			if err := send(ctx, out, e); err != nil {
				return err
			}
		}
		return nil
	}}
}

func batch(entries ...audit.Entry) source.Event { return source.Event{Entries: entries} }

// decode reads one entry.
func decode(raw string, o audit.Origin) audit.Entry {
	entries, bad := audit.NewDecoder().Decode([]byte(raw), o)
	if len(entries) != 1 || len(bad) != 0 {
		panic(fmt.Sprintf("%q gives %d entries and %d bad records", raw, len(entries), len(bad)))
	}
	return entries[0]
}

// numbered is the raw text of an entry told from others by its number, which is also its second after noon.
func numbered(n int) string {
	return fmt.Sprintf(`{"emit_time":%q,"operation":"UpdateUser","status":"OK","log_id":"id-%06d","principal":{"type":"user","name":"user1@example.com"}}`,
		noon.Add(time.Duration(n)*time.Second).Format(time.RFC3339Nano), n)
}

func entry(n int) audit.Entry {
	return decode(numbered(n), audit.Origin{Source: "script", Part: "1", Arrived: noon})
}

func entries(numbers ...int) (all []audit.Entry) {
	for _, n := range numbers {
		all = append(all, entry(n))
	}
	return all
}

func raws(numbers ...int) (all []string) {
	for _, n := range numbers {
		all = append(all, numbered(n))
	}
	return all
}

// history is a demo that writes lines of text.
type history struct{ fail error }

func (h *history) WriteObjects(_ context.Context, _ string, o cli.History) (cli.Written, error) {
	return cli.Written{Entries: o.Entries, Duplicates: 2, Objects: 3, Bytes: 99}, h.fail
}

func (h *history) WriteLines(_ context.Context, w io.Writer, o cli.History) (cli.Written, error) {
	if h.fail != nil {
		return cli.Written{}, h.fail
	}
	n := 0
	for i := range o.Entries {
		k, err := fmt.Fprintf(w, "{\"seed\":%d,\"n\":%d}\n", o.Seed, i)
		if err != nil {
			return cli.Written{}, err
		}
		n += k
	}
	return cli.Written{Entries: o.Entries, Bytes: int64(n)}, nil
}
