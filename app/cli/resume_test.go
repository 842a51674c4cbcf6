package cli_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"taudit/source"
)

// kept is a keeper of positions in memory.
type kept struct {
	mu    sync.Mutex
	taken []source.Position
	saved []source.Position
	err   error
}

func (k *kept) Load(string) ([]source.Position, error) {
	return []source.Position{{Part: "1", After: "7"}}, nil
}

func (k *kept) Take(at source.Position) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.taken = append(k.taken, at)
}

func (k *kept) Save(context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil {
		k.saved = append(k.saved, k.taken...)
		k.taken = nil
	}
	return k.err
}

// last gives the number that was saved last, empty for none.
func (k *kept) last() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.saved) == 0 {
		return ""
	}
	return k.saved[len(k.saved)-1].After
}

// until is a batch with how far the part has been read with it.
func until(after string, numbers ...int) source.Event {
	e := batch(entries(numbers...)...)
	e.Position = &source.Position{Place: "here", Part: "1", After: after}
	return e
}

// resumable is a source that takes positions up.
type resumable struct {
	script
	can bool
}

func (r resumable) Resumes() bool { return r.can }

func TestResumeIsPassedOn(t *testing.T) {
	for _, args := range [][]string{
		{"kinesis://a", "--resume"}, {"kinesis://a"}, {"print", "kinesis://a", "--resume"}, {"print", "kinesis://a"},
	} {
		w := newWorld(map[string]source.Source{"kinesis://a": resumable{sends("kinesis a", until("8", 1)), true}})
		w.width = 80
		w.Positions = &kept{}
		if code := w.run(t, args...); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, w.err)
		}
		if asked := args[len(args)-1] == "--resume"; (w.asked.Resume != nil) != asked {
			t.Errorf("%v: the source was asked to resume: %t", args, w.asked.Resume != nil)
		}
		if got := w.Positions.(*kept).last(); got != "8" {
			t.Errorf("%v: how far it was read was kept as %q", args, got)
		}
		if strings.Contains(w.err.String(), "--resume") {
			t.Errorf("%v: it says %s", args, w.err)
		}
	}
}

func TestSourcesThatCannotResumeAreNamed(t *testing.T) {
	for _, args := range [][]string{{"--resume"}, {"print", "--resume"}} {
		w := newWorld(map[string]source.Source{
			"s3://b": sends("s3 b", source.Event{Status: &source.Status{Source: "s3 b", State: source.Done}}, batch(entry(1))),
			"demo:":  resumable{sends("kinesis demo", source.Event{Status: &source.Status{Source: "kinesis demo", State: source.Done}}), false},
			"kinesis://a": resumable{sends("kinesis a", source.Event{Status: &source.Status{
				Source: "kinesis a", State: source.Done, Remark: "goes on after 12:00",
			}}), true},
		})
		w.width = 80
		w.Positions = &kept{}
		w.run(t, append(args, "s3://b", "demo:", "kinesis://a")...)
		said := w.err.String()
		for _, name := range []string{"s3 b", "kinesis demo"} {
			if n := strings.Count(said, "taudit: "+name+": it is not known how far this was read"); n != 1 {
				t.Errorf("%v: %s is named %d times in %q", args, name, n, said)
			}
		}
		if args[0] == "print" && strings.Count(said, "taudit: kinesis a: goes on after 12:00") != 1 {
			t.Errorf("%v: the note of a source is not in %q", args, said)
		}
	}
}

// What was read and not printed is read again.
func TestOnlyWhatWasPrintedIsKept(t *testing.T) {
	gone := errors.New("the disk is full")
	for _, test := range []struct {
		name string
		args []string
		room int // bytes of output; 0: enough
		want string
	}{
		{"all", nil, 0, "9"},
		{"followed", []string{"--follow"}, 0, "9"},
		{"filtered", []string{"--filter", "op:Nothing"}, 0, "9"},
		{"the last", []string{"--limit", "1"}, 0, "9"},
		{"no room", nil, 10, ""},
		{"no room, followed", []string{"--follow"}, 10, ""},
	} {
		w := newWorld(map[string]source.Source{"kinesis://a": sends("kinesis a", until("8", 1, 2), until("9", 3, 4))})
		if test.room > 0 {
			w.out.full, w.out.room = gone, test.room
		}
		k := &kept{}
		w.Positions = k
		w.run(t, append([]string{"print", "kinesis://a"}, test.args...)...)
		if got := k.last(); got != test.want {
			t.Errorf("%s: kept as %q, want %q", test.name, got, test.want)
		}
	}
}

// A print that is interrupted before it printed has delivered nothing.
func TestInterruptedPrintKeepsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := newWorld(map[string]source.Source{"kinesis://a": script{"kinesis a", func(ctx context.Context, out chan<- source.Event) error {
		if err := send(ctx, out, until("8", 1)); err != nil {
			return err
		}
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}}})
	k := &kept{}
	w.Positions = k
	runIn(ctx, w, "print", "kinesis://a")
	if got := k.last(); got != "" {
		t.Errorf("kept as %q", got)
	}
}

// While following, a batch that was not printed whole is not kept.
func TestLimitedFollowKeepsWhatWasPrinted(t *testing.T) {
	k := &kept{}
	live := source.Event{Status: &source.Status{Source: "kinesis a", Part: "1", State: source.Live}}
	printed := make(chan struct{})
	w := newWorld(nil)
	w.Openers["kinesis"] = opens(script{"kinesis a", func(ctx context.Context, out chan<- source.Event) error {
		for _, e := range []source.Event{until("7", 1), live} {
			if err := send(ctx, out, e); err != nil {
				return err
			}
		}
		<-printed
		for _, e := range []source.Event{until("8", 2), until("9", 3, 4)} {
			if err := send(ctx, out, e); err != nil {
				return err
			}
		}
		<-ctx.Done()
		return ctx.Err()
	}})
	w.Positions = k
	w.out.wrote = func() { close(printed) }
	w.run(t, "print", "kinesis://a", "--follow", "--limit", "3")
	if got := k.last(); got != "8" {
		t.Errorf("kept as %q; output %q", got, w.out)
	}
}

// A failure to keep positions is said once, and does not fail what was printed.
func TestPositionsThatCannotBeKept(t *testing.T) {
	w := newWorld(map[string]source.Source{"kinesis://a": sends("kinesis a", until("8", 1))})
	w.Positions = &kept{err: errors.New("keeping how far here was read: no space")}
	if code := w.run(t, "print", "kinesis://a"); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if n := strings.Count(w.err.String(), "no space; --resume will go on after what was kept earlier"); n != 1 {
		t.Errorf("it is said %d times: %s", n, w.err)
	}
}

func TestConsumersOfOtherStreamsAreRefused(t *testing.T) {
	const arn = "arn:aws:kinesis:us-east-1:123456789012:stream/a/consumer/me:1"
	for _, test := range []struct {
		ref, consumer string
		ok            bool
	}{
		{"kinesis://a", arn, true},
		{"arn:aws:kinesis:us-east-1:123456789012:stream/a", arn, true},
		{"kinesis://arn:aws:kinesis:us-east-1:123456789012:stream/a", arn, true},
		{"kinesis://b", arn, false},
		{"arn:aws:kinesis:us-east-1:210987654321:stream/a", arn, false},
		{"kinesis://a", "me", false},
	} {
		w := newWorld(map[string]source.Source{test.ref: sends("kinesis a", batch(entry(1)))})
		code := w.run(t, "print", test.ref, "--consumer-arn", test.consumer)
		if (code == 0) != test.ok || (code != 0 && code != 2) {
			t.Errorf("%s with %s: exit code %d: %s", test.ref, test.consumer, code, w.err)
		}
		if test.ok && (len(w.asked.Consumers) != 1 || w.asked.Consumers[0] != arn) {
			t.Errorf("the source was given %q", w.asked.Consumers)
		}
	}
}

// distinct is a source with a longer name.
type distinct struct{ script }

func (d *distinct) Distinguish() { d.name += " (longer)" }

func TestSourcesOfOneNameAreDistinguished(t *testing.T) {
	sources := map[string]source.Source{}
	for _, ref := range []string{"kinesis://a", "kinesis://b", "kinesis://c"} {
		name := "kinesis same"
		if ref == "kinesis://c" {
			name = "kinesis other"
		}
		sources[ref] = &distinct{sends(name, batch(entry(1)))}
	}
	w := newWorld(sources)
	w.run(t, "print", "kinesis://a", "kinesis://b", "kinesis://c")
	for ref, want := range map[string]string{
		"kinesis://a": "kinesis same (longer)", "kinesis://b": "kinesis same (longer)", "kinesis://c": "kinesis other",
	} {
		if got := sources[ref].Name(); got != want {
			t.Errorf("%s is called %q", ref, got)
		}
	}
}
