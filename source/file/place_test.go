package file_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"

	"taudit/source"
	"taudit/source/file"
	"taudit/source/sourcetest"
)

// inBubble runs a test with a clock that only moves while all wait.
func inBubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func runInBubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { inBubble(t, f) })
}

// quick are waits that suit a test.
func quick() file.Config {
	return file.Config{Poll: 5 * time.Millisecond, Settle: time.Hour, Workers: 3}
}

func options(follow bool) source.Options {
	return source.Options{Follow: follow, Log: slog.New(slog.DiscardHandler)}
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, path, data string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, data); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// backdate makes files look as if they had not changed for long.
func backdate(t *testing.T, ago time.Duration, paths ...string) {
	t.Helper()
	for _, path := range paths {
		at := time.Now().Add(-ago)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lines are Entry(from) to Entry(to-1), one a line.
func lines(from, to int) string {
	return strings.Join(append(sourcetest.Entries(from, to), ""), "\n")
}

// joined are they as Firehose writes them.
func joined(from, to int) string {
	return strings.Join(sourcetest.Entries(from, to), "")
}

// running is a source that is read by a test.
type running struct {
	t      *testing.T
	cancel context.CancelFunc
	ended  chan error

	mu     sync.Mutex
	events []source.Event
}

func start(t *testing.T, s source.Source) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, cancel: cancel, ended: make(chan error, 1)}
	out, done := make(chan source.Event), make(chan struct{})
	go func() {
		defer close(done)
		for e := range out {
			r.mu.Lock()
			r.events = append(r.events, e)
			r.mu.Unlock()
		}
	}()
	go func() {
		err := s.Run(ctx, out)
		close(out)
		<-done
		r.ended <- err
	}()
	t.Cleanup(func() { _ = r.stop() })
	return r
}

// stop ends the source and gives Run's error.
func (r *running) stop() error {
	r.cancel()
	return r.end()
}

// end waits for Run to return.
func (r *running) end() error {
	r.t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		return err
	case <-time.After(20 * time.Second):
		r.t.Errorf("Run did not end; status %+v", r.status())
		return nil
	}
}

func (r *running) all() []source.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// ids are the log_ids that came, in order.
func (r *running) ids() []string {
	var ids []string
	for _, e := range r.all() {
		for _, entry := range e.All() {
			ids = append(ids, entry.LogID)
		}
	}
	return ids
}

// bad are the places and reasons of what could not be read.
func (r *running) bad() []string {
	var list []string
	for _, e := range r.all() {
		for _, b := range e.Bad {
			list = append(list, fmt.Sprintf("%s@%d: %s", filepath.Base(b.Origin.Part), b.Offset, b.Reason))
		}
	}
	return list
}

func (r *running) status() source.Status {
	events := r.all()
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Status != nil {
			return *events[i].Status
		}
	}
	return source.Status{}
}

// until waits for something that must happen.
func (r *running) until(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case err := <-r.ended:
			r.ended <- err
			r.t.Fatalf("Run ended (%v) before %s", err, what)
		case <-deadline:
			r.t.Fatalf("%s did not happen; ids %v, bad %v, status %+v", what, r.ids(), r.bad(), r.status())
		}
	}
}

// have waits for so many entries.
func (r *running) have(n int) {
	r.t.Helper()
	r.until(fmt.Sprintf("%d entries", n), func() bool { return len(r.ids()) >= n })
}

// wantIDs checks that the entries of these numbers came, once each, in any order.
func (r *running) wantIDs(numbers ...int) {
	r.t.Helper()
	want := make([]string, 0, len(numbers))
	for _, n := range numbers {
		want = append(want, sourcetest.ID(n))
	}
	got := r.ids()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("entries %v came; want %v", got, want)
	}
}

// upTo are the numbers from 0 to n-1.
func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
