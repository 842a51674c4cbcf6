package app

import (
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// What is new in the log is signed in the list, and is what is:new finds. It is looked for again when more has arrived, but not at every turn.
func TestNewEntriesAreSigned(t *testing.T) {
	src := stream(t)
	list := src.events[0].Entries
	old := list[0]
	old.LogID, old.EmitTime = "old", moment.Add(-10*24*time.Hour)
	src.events[0].Entries = append(list, old)
	m := screen(t, 120, 40, ModelOptions{}, src)
	signed := func() (n int) {
		for _, l := range strings.Split(lines(t, m, 120, 40), "\n") {
			if strings.HasPrefix(strings.TrimPrefix(l, ">"), "+") || strings.HasPrefix(l, " +") {
				n++
			}
		}
		return n
	}
	filtered := func() int {
		order(m, "filter is:new")
		n := m.found.matches.Len()
		order(m, "filter")
		return n
	}
	n := signed()
	if n == 0 || n != filtered() {
		t.Fatalf("%d are signed, %d are new:\n%s", n, filtered(), lines(t, m, 120, 40))
	}
	next := list[len(list)-1]
	next.LogID, next.EmitTime, next.Operation = "next", next.EmitTime.Add(time.Minute), "SomethingElse"
	more(t, m, source.Event{Entries: []audit.Entry{next}})
	if got := signed(); got != n {
		t.Errorf("%d are signed at once, which takes a look at everything", got)
	}
	later := moment.Add(2 * time.Second)
	m.clock = func() time.Time { return later }
	m.now = later
	labour(t, m)
	if got := signed(); got != n+1 {
		t.Errorf("%d are signed after a while, not %d", got, n+1)
	}
}
