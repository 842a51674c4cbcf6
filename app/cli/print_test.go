package cli_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"taudit/app/cli"
	"taudit/source"
	"taudit/source/audit"
)

func TestPrintSortsMergesAndCounts(t *testing.T) {
	w := newWorld(map[string]source.Source{
		"a": sends("a", batch(entries(3, 1)...), source.Event{Bad: []audit.Bad{{Raw: "x"}}}),
		"b": sends("b", batch(entries(2, 3)...)),
	})
	if code := w.run(t, "print", "a", "b"); code != 0 {
		t.Errorf("exit code %d, want 0; %s", code, w.err)
	}
	if got, want := w.out.lines(), raws(1, 2, 3); !slices.Equal(got, want) {
		t.Errorf("printed %q, want %q", got, want)
	}
	if got, want := w.lastLine(), "read=4 printed=3 duplicates=1 bad=1 gaps=0"; got != want {
		t.Errorf("last line %q, want %q", got, want)
	}
	if w.asked.Follow {
		t.Error("a source was asked to follow")
	}
}

func TestPrintChooses(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want []int
		last string
		code int
	}{
		{"the last ones", []string{"--limit", "2"}, []int{3, 4}, "read=5 printed=2 duplicates=0 bad=0 gaps=0", 0},
		{"more than there are", []string{"--limit", "9"}, []int{0, 1, 2, 3, 4}, "read=5 printed=5 duplicates=0 bad=0 gaps=0", 0},
		{"from a time on", []string{"--since", "2026-11-20T12:00:03Z", "--until", "13:00"}, nil, "read=5 printed=0 duplicates=0 bad=0 gaps=0", 2},
		{"before a time", []string{"--until", "2026-11-20T12:00:02Z"}, []int{0, 1}, "read=5 printed=2 duplicates=0 bad=0 gaps=0", 0},
		{"up to now", []string{"--since", "1h", "--until", "now"}, nil, "read=5 printed=0 duplicates=0 bad=0 gaps=0", 1},
		{"a filter", []string{"-f", "log_id:id-000002 OR log_id:id-000004"}, []int{2, 4}, "read=5 printed=2 duplicates=0 bad=0 gaps=0", 0},
		{"a filter seen from a time", []string{"--filter", "since:2s until:now", "--now", "2026-11-20T12:00:04Z"}, []int{2, 3}, "read=5 printed=2 duplicates=0 bad=0 gaps=0", 0},
		{"a filter and a limit", []string{"-f", "-log_id:id-000004", "--limit", "1"}, []int{3}, "read=5 printed=1 duplicates=0 bad=0 gaps=0", 0},
		{"a filter that means nothing", []string{"-f", "nothing"}, nil, "read=5 printed=0 duplicates=0 bad=0 gaps=0", 1},
		{"no more than fits", []string{"--max-entries", "2"}, []int{3, 4}, "read=5 printed=2 duplicates=0 bad=0 gaps=0", 0},
		{"no more memory than that", []string{"--max-memory", "230B"}, []int{3, 4}, "read=5 printed=2 duplicates=0 bad=0 gaps=0", 0},
		{"a day", []string{"--since", "today", "--until", "2026-11-21"}, []int{0, 1, 2, 3, 4}, "read=5 printed=5 duplicates=0 bad=0 gaps=0", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(4, 0, 2, 1, 3)...))})
			if code := w.run(t, append([]string{"print", "a"}, c.args...)...); code != c.code {
				t.Fatalf("exit code %d, want %d; %s", code, c.code, w.err)
			}
			if c.code == 2 {
				return
			}
			if got, want := w.out.lines(), raws(c.want...); !slices.Equal(got, want) {
				t.Errorf("printed %q, want %q", got, want)
			}
			if got := w.lastLine(); got != c.last {
				t.Errorf("last line %q, want %q", got, c.last)
			}
		})
	}
}

func TestPrintFollowsWhatTheFilterMeans(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(1, 0)...), batch(entries(3, 2)...))})
	if code := w.run(t, "print", "a", "--follow", "-f", "-log_id:id-000001 -log_id:id-000002"); code != 0 {
		t.Errorf("exit code %d, want 0; %s", code, w.err)
	}
	if got, want := w.out.lines(), raws(0, 3); !slices.Equal(got, want) {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestPrintSaysWhatDidNotFit(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(1, 2, 3)...))})
	if code := w.run(t, "print", "a", "--max-entries", "1"); code != 0 || !strings.Contains(w.err.String(), "2 of the oldest entries did not fit") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
}

func TestPrintSaysThatANameIsNoField(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
	if code := w.run(t, "print", "a", "-f", "arn:aws:iam"); code != 1 || !strings.Contains(w.err.String(), "arn is no field") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
}

func TestPrintOfAFailingSource(t *testing.T) {
	w := newWorld(map[string]source.Source{
		"a": script{"place a", func(context.Context, chan<- source.Event) error {
			return errors.New("access was refused, so nothing of it is shown; ask for s3:GetObject\x1b[2J")
		}},
		"b": sends("b", batch(entry(1))),
	})
	if code := w.run(t, "print", "a", "b"); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	if got := w.out.lines(); !slices.Equal(got, raws(1)) {
		t.Errorf("printed %q, want the entry of the source that works", got)
	}
	want := `taudit: place a: access was refused, so nothing of it is shown; ask for s3:GetObject\x1b[2J` + "\n" +
		"taudit: all of b; not covered: place a (failing since 12:00: access was refused, so nothing of it is shown; ask for s3:GetObject\\x1b[2J); 0 undecodable\n" +
		"read=1 printed=1 duplicates=0 bad=0 gaps=0\n"
	if got := w.err.String(); got != want {
		t.Errorf("standard error:\n%s\nwant:\n%s", got, want)
	}
}

func TestPrintOfAPartThatFailed(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a",
		batch(entry(1)),
		source.Event{Status: &source.Status{Source: "a", Part: "1", State: source.Failing, Err: errors.New("the object is cut")}},
		source.Event{Status: &source.Status{Source: "a", Part: "2", State: source.Failing, Err: errors.New("no route")}},
		source.Event{Status: &source.Status{Source: "a", Part: "2", State: source.Done}},
	)})
	if code := w.run(t, "print", "a"); code != 3 {
		t.Errorf("exit code %d, want 3: a part was not read", code)
	}
	if got := strings.Count(w.err.String(), "taudit: a: the object is cut\n"); got != 1 {
		t.Errorf("the failure was told %d times:\n%s", got, w.err)
	}
}

func TestPrintOfNothing(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a")})
	if code := w.run(t, "print", "a", "--format", "csv"); code != 1 || w.out.String() != "" {
		t.Errorf("exit code %d and %q, want 1 and nothing", code, w.out)
	}
}

func TestPrintToAReaderThatHasEnough(t *testing.T) {
	many := make([]audit.Entry, 2000)
	for i := range many {
		many[i] = entry(i)
	}
	for _, format := range []string{"jsonl", "csv", "table"} {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(many...))})
		w.out.full, w.out.room = &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, 70_000
		if code := w.run(t, "print", "a", "--format", format); code != 0 {
			t.Errorf("%s: exit code %d, want 0", format, code)
		}
		if lines := strings.Count(w.err.String(), "\n"); lines != 2 {
			t.Errorf("%s: standard error has more than the closing lines:\n%s", format, w.err)
		}
	}
}

func TestPrintToAFullDisk(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
	w.out.full = syscall.ENOSPC
	if code := w.run(t, "print", "a"); code != 3 || !strings.Contains(w.err.String(), "no space left") {
		t.Errorf("exit code %d, want 3 and the reason:\n%s", code, w.err)
	}
}

func TestPrintInterrupted(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": script{"a", func(ctx context.Context, out chan<- source.Event) error {
		if err := send(ctx, out, batch(entry(1))); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	}}})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if code := cli.Run(ctx, []string{"print", "a"}, w.Env); code != 1 || w.out.String() != "" {
		t.Errorf("exit code %d and %q, want 1 and nothing", code, w.out)
	}
	if !strings.Contains(w.err.String(), "interrupted") || !strings.HasPrefix(w.lastLine(), "read=") {
		t.Errorf("standard error:\n%s", w.err)
	}
}

// live is a source of two parts: they have old entries, are then caught up, and get new ones when told.
func live(now <-chan []audit.Entry) script {
	return script{"live", func(ctx context.Context, out chan<- source.Event) error {
		for _, e := range []source.Event{
			{Status: &source.Status{Source: "live", Part: "1", State: source.CatchingUp}},
			{Entries: entries(4)},
			{Status: &source.Status{Source: "live", Part: "1", State: source.Live}},
			{Status: &source.Status{Source: "live", Part: "2", State: source.CatchingUp}},
			{Entries: entries(2, 1)},
			{Entries: entries(3), Status: &source.Status{Source: "live", Part: "2", State: source.Live}},
		} {
			if err := send(ctx, out, e); err != nil {
				return err
			}
		}
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case more, open := <-now:
				if !open {
					return nil
				}
				if err := send(ctx, out, source.Event{Entries: more}); err != nil {
					return err
				}
			}
		}
	}}
}

func TestPrintFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := make(chan []audit.Entry)
		w := newWorld(map[string]source.Source{"kinesis://s": live(now)})
		ctx, cancel := context.WithCancel(t.Context())
		code := make(chan int)
		go func() { code <- cli.Run(ctx, []string{"print", "-F", "kinesis://s"}, w.Env) }()
		synctest.Wait()
		if got := w.out.lines(); len(got) != 0 {
			t.Errorf("printed %q before the source was quiet", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got, want := w.out.lines(), raws(1, 2, 3, 4); !slices.Equal(got, want) {
			t.Errorf("printed %q once all parts had caught up, want %q", got, want)
		}
		now <- entries(9, 7, 4, 8) // 4 is known
		synctest.Wait()
		now <- entries(6, 5)
		synctest.Wait()
		if got, want := w.out.lines(), raws(1, 2, 3, 4, 7, 8, 9, 5, 6); !slices.Equal(got, want) {
			t.Errorf("printed %q, want each batch in order: %q", got, want)
		}
		cancel()
		if c := <-code; c != 0 {
			t.Errorf("exit code %d, want 0", c)
		}
		if got, want := w.lastLine(), "read=10 printed=9 duplicates=1 bad=0 gaps=0"; got != want {
			t.Errorf("last line %q, want %q", got, want)
		}
		if !w.asked.Follow {
			t.Error("the source was not asked to follow")
		}
	})
}

func TestPrintFollowsToALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := make(chan []audit.Entry, 1)
		w := newWorld(map[string]source.Source{"kinesis://s": live(now)})
		now <- entries(9, 7, 8)
		if code := w.run(t, "print", "--follow", "--limit", "5", "kinesis://s"); code != 0 {
			t.Errorf("exit code %d, want 0", code)
		}
		if got := w.out.lines(); len(got) != 5 {
			t.Errorf("printed %q, want 5 entries", got)
		}
	})
}

func TestPrintFollowsSourcesThatEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(2, 1)...))})
		if code := w.run(t, "print", "-F", "a"); code != 0 || !slices.Equal(w.out.lines(), raws(1, 2)) {
			t.Errorf("exit code %d, printed %q", code, w.out)
		}
	})
}

// TestPrintFollowsTheBusy: a source that never falls quiet is printed all the same, and nothing of it twice or never.
func TestPrintFollowsTheBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 100
		w := newWorld(map[string]source.Source{"a": script{"a", func(ctx context.Context, out chan<- source.Event) error {
			for i := range n {
				e := source.Event{Entries: entries(i), Status: &source.Status{Source: "a", State: source.Live, Records: int64(i)}}
				if err := send(ctx, out, e); err != nil {
					return err
				}
				time.Sleep(50 * time.Millisecond)
			}
			<-ctx.Done()
			return ctx.Err()
		}}})
		ctx, cancel := context.WithCancel(t.Context())
		code := make(chan int)
		go func() { code <- cli.Run(ctx, []string{"print", "-F", "a"}, w.Env) }()
		time.Sleep(n*50*time.Millisecond - time.Second)
		if got := len(w.out.lines()); got < n/2 {
			t.Errorf("printed %d of %d entries while they arrive", got, n)
		}
		time.Sleep(2 * time.Second)
		cancel()
		<-code
		var all []int
		for i := range n {
			all = append(all, i)
		}
		if !slices.Equal(w.out.lines(), raws(all...)) {
			t.Errorf("printed %d lines, want each of %d entries once, in order", len(w.out.lines()), n)
		}
	})
}

func TestPrintTellsAFailureWhileFollowing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(map[string]source.Source{"a": script{"place a", func(ctx context.Context, out chan<- source.Event) error {
			for range 3 {
				e := source.Event{Status: &source.Status{Source: "place a", Part: "1", State: source.Failing, Err: errors.New("credentials expired; run aws sso login")}}
				if err := send(ctx, out, e); err != nil {
					return err
				}
			}
			<-ctx.Done()
			return ctx.Err()
		}}})
		ctx, cancel := context.WithCancel(t.Context())
		code := make(chan int)
		go func() { code <- cli.Run(ctx, []string{"print", "-F", "a"}, w.Env) }()
		synctest.Wait()
		if got, want := w.err.String(), "taudit: place a: credentials expired; run aws sso login\n"; got != want {
			t.Errorf("standard error %q, want %q", got, want)
		}
		cancel()
		if c := <-code; c != 3 {
			t.Errorf("exit code %d, want 3", c)
		}
	})
}

func TestPrintLogs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for range 2 {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
		if code := w.run(t, "print", "a", "--log", path); code != 0 {
			t.Fatalf("exit code %d; %s", code, w.err)
		}
		if w.asked.Log == nil {
			t.Error("the source has no logger")
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(text), `"msg":"print"`); got != 2 {
		t.Errorf("the log has %d runs, want both:\n%s", got, text)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the log has mode %v, want 0600", info.Mode().Perm())
	}
}
