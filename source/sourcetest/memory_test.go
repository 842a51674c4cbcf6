package sourcetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// memory is a place in memory with two parts, and a source that reads it. Fault makes the source break its contract.
type memory struct {
	fault string

	mu    sync.Mutex
	parts [2][]string
	reads int
	puts  int
	again bool // a record was given for the second time
}

// next gives the n-th record of a part, if it is there, and the next to ask for. It gives a record twice or not at all, or out of
// order, when it is at fault.
func (m *memory) next(part, n int) (record string, ok bool, then int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	list := m.parts[part]
	if n >= len(list) {
		return "", false, n
	}
	switch {
	case m.fault == "loses" && n == 7:
		return list[min(n+1, len(list)-1)], true, n + 2
	case m.fault == "doubles" && n == 7 && !m.again:
		m.again = true
		return list[n], true, n
	case m.fault == "reorders" && n == 6 && len(list) > 7:
		m.parts[part][6], m.parts[part][7] = list[7], list[6]
	case m.fault == "changes" && n == 5:
		return strings.Replace(list[n], "OK", "ok", 1), true, n + 1
	}
	return list[n], true, n + 1
}

func (m *memory) put(_ *testing.T, records ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range records {
		m.parts[m.puts%2] = append(m.parts[m.puts%2], r)
		m.puts++
	}
}

// Name is the same always, but for one fault.
func (m *memory) Name() string {
	if m.fault == "renames" {
		m.mu.Lock()
		defer m.mu.Unlock()
		return fmt.Sprintf("memory %t", m.reads > 0)
	}
	return "memory"
}

type memorySource struct {
	*memory
	follow bool
}

func (s memorySource) Run(ctx context.Context, out chan<- source.Event) error {
	var group sync.WaitGroup
	if s.fault == "leaks" {
		go func() { time.Sleep(time.Minute) }()
	}
	for part := range s.parts {
		group.Go(func() { s.read(ctx, part, out) })
	}
	group.Wait()
	return ctx.Err()
}

func (s memorySource) read(ctx context.Context, part int, out chan<- source.Event) {
	decoder := audit.NewDecoder()
	status := source.Status{Source: s.Name(), Part: fmt.Sprint(part)}
	send := func(e source.Event) {
		if s.fault == "hoards" {
			go func() {
				select {
				case out <- e:
				case <-ctx.Done():
				}
			}()
			return
		}
		if s.fault == "sticks" {
			out <- e
			return
		}
		select {
		case out <- e:
		case <-ctx.Done():
		}
	}
	event := func(entries []audit.Entry, bad []audit.Bad) source.Event {
		status.Entries += int64(len(entries))
		status.Bad += int64(len(bad))
		state := status
		e := source.Event{Source: s.Name(), Entries: entries, Bad: bad, Status: &state}
		if s.fault == "miscounts" {
			state.Entries *= 2
		}
		if s.fault == "hides damage" {
			e.Bad, state.Bad, status.Bad = nil, 0, 0
		}
		return e
	}
	for n := 0; ctx.Err() == nil; {
		record, ok, then := s.next(part, n)
		n = then
		switch {
		case ok:
			status.State = source.CatchingUp
			entries, bad := decoder.Decode([]byte(record), audit.Origin{Source: s.Name(), Part: status.Part, Position: fmt.Sprint(n)})
			send(event(entries, bad))
		case s.follow && s.fault != "does not follow":
			status.State = source.Live
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
			}
		default:
			if s.fault != "never done" {
				status.State = source.Done
			}
			send(event(nil, nil))
			return
		}
	}
}

func (m *memory) harness() *Harness {
	return &Harness{
		Follows: true,
		Wait:    time.Second,
		Source:  func(_ *testing.T, o source.Options) source.Source { return memorySource{m, o.Follow} },
		Put:     m.put,
		PutBad:  func(t *testing.T, data string) { m.put(t, data) },
		Reads: func() int {
			m.mu.Lock()
			defer m.mu.Unlock()
			return m.reads
		},
		Disturbances: []Disturbance{{Name: "nothing", Do: func(*testing.T) {}}},
	}
}

// A source that keeps the contract passes.
func TestMemory(t *testing.T) {
	Run(t, func(*testing.T) *Harness { return new(memory).harness() })
}

// A place that fills itself is held to what needs no known entries.
func TestMemoryThatFillsItself(t *testing.T) {
	Run(t, func(t *testing.T) *Harness {
		m := &memory{}
		m.put(t, Entries(0, 30)...)
		h := m.harness()
		h.Put, h.PutBad = nil, nil
		return h
	})
}

const faultVariable = "SOURCETEST_FAULT"

// TestFaulty is the suite on a source with the fault that the environment names; TestFaultsAreFound runs it in a process of its
// own, where it fails.
func TestFaulty(t *testing.T) {
	if fault := os.Getenv(faultVariable); fault != "" {
		Run(t, func(*testing.T) *Harness { return (&memory{fault: fault}).harness() })
	}
}

func TestFaultsAreFound(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ fault, subtest, says string }{
		{"loses", "complete", "was lost"},
		{"doubles", "complete", "came twice"},
		{"reorders", "complete", "came after"},
		{"changes", "complete", "was changed"},
		{"miscounts", "complete", "statuses count"},
		{"never done", "ends", "after the end"},
		{"hides damage", "bad record", "was not handed over"},
		{"leaks", "ends", "found unexpected goroutines"},
		{"renames", "name", "the source is"},
		{"sticks", "stops unread", "did not end"},
		{"hoards", "blocks", "although nobody takes"},
		{"does not follow", "follows", "Run ended"},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(program, "-test.run", "^TestFaulty$/^"+strings.ReplaceAll(test.subtest, " ", "_")+"$")
			cmd.Env = append(os.Environ(), faultVariable+"="+test.fault)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.says) {
				t.Errorf("the suite did not say %q (%v):\n%s", test.says, err, out)
			}
		})
	}
}
