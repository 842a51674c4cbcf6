package kinesis

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// ledger holds what was put on a stream against what came out of a source: each entry comes once, or lies in a gap.
type ledger struct {
	p     *place
	clock *steps

	mu      sync.Mutex
	arrived []time.Time // of each entry, by the server's clock
	damaged int
	came    []uint8
	bad     int
	gaps    []source.Gap
	strange []string // what came and was never put
}

// steps is a clock that can be set.
type steps struct{ ahead atomic.Int64 }

func (s *steps) now() time.Time       { return time.Now().Add(time.Duration(s.ahead.Load())) }
func (s *steps) step(d time.Duration) { s.ahead.Add(int64(d)) }

func newLedger(t *testing.T, shards int, o emulator.KinesisOptions) *ledger {
	l := &ledger{clock: &steps{}}
	o.Now = l.clock.now
	l.p = newPlace(t, shards, o)
	return l
}

// put writes n entries.
func (l *ledger) put(t *testing.T, n int) {
	t.Helper()
	for range n {
		l.mu.Lock()
		i := len(l.arrived)
		l.arrived, l.came = append(l.arrived, l.clock.now()), append(l.came, 0)
		l.mu.Unlock()
		if _, _, err := l.p.server.Put(streamName, strconv.Itoa(i), []byte(sourcetest.Entry(i))); err != nil {
			t.Error(err)
			return
		}
	}
}

// spoil writes records that are no entries.
func (l *ledger) spoil(t *testing.T, records ...string) {
	t.Helper()
	for i, r := range records {
		if _, _, err := l.p.server.Put(streamName, fmt.Sprint("bad", i), []byte(r)); err != nil {
			t.Error(err)
		}
		l.damaged++
	}
}

func (l *ledger) take(e source.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range e.Entries {
		n, err := strconv.Atoi(strings.TrimPrefix(e.Entries[i].LogID, "entry-"))
		if err != nil || n >= len(l.came) {
			l.strange = append(l.strange, e.Entries[i].LogID)
			continue
		}
		l.came[n]++
	}
	l.bad += len(e.Bad)
	l.gaps = append(l.gaps, e.Gaps...)
}

// owed is how many entries neither came nor lie in a gap, and doubled how many came more than once.
func (l *ledger) owed() (owed, doubled, lost int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n, came := range l.came {
		switch {
		case came > 1:
			doubled++
		case came == 0 && l.gapAt(l.arrived[n]):
			lost++
		case came == 0:
			owed++
		}
	}
	return owed, doubled, lost
}

func (l *ledger) gapAt(t time.Time) bool {
	// Arrivals are told in milliseconds.
	at := t.Truncate(time.Millisecond)
	for _, g := range l.gaps {
		if !at.Before(g.From.Truncate(time.Millisecond)) && !at.After(g.To) {
			return true
		}
	}
	return false
}

// settle takes events of a source until nothing is owed, and ends it.
func (l *ledger) settle(t *testing.T, c *collector) {
	t.Helper()
	began := time.Now()
	for {
		owed, doubled, lost := l.owed()
		if owed == 0 && l.bad >= l.damaged {
			// What came twice may come now.
			c.during(50 * time.Millisecond)
			if _, doubled, _ = l.owed(); doubled > 0 || len(l.strange) > 0 {
				t.Errorf("%d entries came more than once, and these were never put: %q", doubled, l.strange)
			}
			t.Logf("%d entries, %d lie in %d gaps", len(l.came), lost, len(l.gaps))
			break
		}
		if time.Since(began) > 30*time.Second {
			t.Errorf("%d of %d entries did not come and lie in no gap, %d came twice, %d of %d bad records came; gaps: %+v",
				owed, len(l.came), doubled, l.bad, l.damaged, l.gaps)
			break
		}
		c.during(20 * time.Millisecond)
	}
	stopped := time.Now()
	_ = c.stop()
	if d := time.Since(stopped); d > time.Second {
		t.Errorf("it took %s to stop", d)
	}
}

// read starts a source whose events go into the ledger.
func (l *ledger) read(t *testing.T, o source.Options) *collector {
	c := collect(t, l.p.source(o))
	c.also = l.take
	return c
}
