package cli_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"taudit/app/cli"
	"taudit/source"
)

// paper is a terminal on which a test has typed, or on which nobody types.
type paper struct {
	io.Reader
	mu     sync.Mutex
	shown  strings.Builder
	closed int
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown.Write(b)
}

func (p *paper) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed++
	return nil
}

func (p *paper) text() (string, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown.String(), p.closed
}

// curious opens a source that asks first.
func curious(w *world, answers *[]string) source.Opener {
	return func(ctx context.Context, ref string, o source.Options) ([]source.Source, error) {
		w.asked = o
		a, err := o.Session.Ask(ctx, "MFA code for \x1b[2Jme: ")
		if err != nil {
			return nil, err
		}
		*answers = append(*answers, a)
		return []source.Source{sends(ref, batch(entry(1)))}, nil
	}
}

func TestAskingBeforeTheScreenOpens(t *testing.T) {
	for _, args := range []string{"kinesis://a", "print kinesis://a"} {
		w := newWorld(nil)
		w.width = 80
		tty := &paper{Reader: strings.NewReader("123456\n")}
		w.Teletype = func() (cli.Teletype, error) { return tty, nil }
		var answers []string
		w.Openers["kinesis"] = curious(w, &answers)
		if code := w.run(t, strings.Fields(args)...); code != 0 {
			t.Fatalf("taudit %s: exit code %d; %s", args, code, w.err)
		}
		if len(answers) != 1 || answers[0] != "123456" {
			t.Errorf("taudit %s: the answers were %q", args, answers)
		}
		if shown, closed := tty.text(); shown != `MFA code for \x1b[2Jme: ` || closed != 1 {
			t.Errorf("taudit %s: the terminal shows %q and was closed %d times", args, shown, closed)
		}
		if _, err := w.asked.Session.Ask(t.Context(), "?"); !errors.Is(err, source.ErrTooLate) {
			t.Errorf("taudit %s: later it can still be asked: %v", args, err)
		}
	}
}

func TestAskingNobody(t *testing.T) {
	for name, c := range map[string]struct {
		tty  func() (cli.Teletype, error)
		says string
	}{
		"no terminal": {func() (cli.Teletype, error) { return nil, errors.New("no such device") }, "there is no terminal to ask for it on"},
		"Ctrl-D":      {func() (cli.Teletype, error) { return &paper{Reader: strings.NewReader("")}, nil }, "no answer was given"},
		"a terminal that breaks": {func() (cli.Teletype, error) {
			return &paper{Reader: io.MultiReader(strings.NewReader("12"), broken{})}, nil
		}, "asking on the terminal: it broke"},
	} {
		w := newWorld(nil)
		w.Teletype = c.tty
		var answers []string
		w.Openers["kinesis"] = curious(w, &answers)
		if code := w.run(t, "print", "kinesis://a"); code != 3 || !strings.Contains(w.err.String(), c.says) {
			t.Errorf("%s: exit code %d; %s lacks %q", name, code, w.err, c.says)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("it broke") }

// deaf is a terminal on which nobody types, and which can be given up.
type deaf struct {
	paper
	given chan struct{}
	once  sync.Once
}

func (d *deaf) Read([]byte) (int, error) {
	<-d.given
	return 0, errors.New("given up")
}

func (d *deaf) SetReadDeadline(time.Time) error {
	d.once.Do(func() { close(d.given) })
	return nil
}

func TestAskingEndsWithCtrlC(t *testing.T) {
	w := newWorld(nil)
	w.width = 80
	tty := &deaf{given: make(chan struct{})}
	w.Teletype = func() (cli.Teletype, error) { return tty, nil }
	var answers []string
	w.Openers["kinesis"] = curious(w, &answers)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if code := runIn(ctx, w, "kinesis://a"); code != 3 || !strings.Contains(w.err.String(), "interrupted before every source was opened") || w.shown != nil {
		t.Errorf("exit code %d; %s", code, w.err)
	}
}

// TestSourcesThatCannotBeOpened: the others are read.
func TestSourcesThatCannotBeOpened(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
	if code := w.run(t, "print", "a", "kinesis://b"); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	want := "taudit: kinesis://b: there is nothing at kinesis://b\n" +
		"taudit: all of a; not covered: kinesis://b (failing since 12:00: there is nothing at kinesis://b); 0 undecodable\n" +
		"read=1 printed=1 duplicates=0 bad=0 gaps=0\n"
	if got := w.err.String(); got != want {
		t.Errorf("standard error:\n%s\nwant\n%s", got, want)
	}
	if got := w.out.lines(); len(got) != 1 {
		t.Errorf("printed %q", got)
	}

	w = newWorld(nil)
	if code := w.run(t, "print", "a", "kinesis://b"); code != 3 || strings.Contains(w.err.String(), "read=") {
		t.Errorf("none of them: exit code %d; %s", code, w.err)
	}
	for _, say := range []string{"taudit: opening a: there is nothing at a\n", "opening kinesis://b: there is nothing at kinesis://b\n"} {
		if !strings.Contains(w.err.String(), say) {
			t.Errorf("none of them: standard error lacks %q:\n%s", say, w.err)
		}
	}
}
