package kinesis

import (
	"context"
	"testing"
	"time"

	"taudit/source"
)

// collector runs a stream and keeps what it sends. It works in real time and under synctest.
type collector struct {
	t      *testing.T
	out    chan source.Event
	ended  chan error
	cancel context.CancelFunc

	ids      []string // log_ids in the order they came
	parts    map[string]string
	statuses []source.Status
	last     map[string]source.Status
	bad      int
	found    []source.Gap
	kept     map[string]source.Position

	also func(source.Event) // sees every event, too
}

func collect(t *testing.T, s *Stream) *collector {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := &collector{
		t: t, cancel: cancel, out: make(chan source.Event), ended: make(chan error, 1),
		parts: map[string]string{}, last: map[string]source.Status{}, kept: map[string]source.Position{},
	}
	go func() { c.ended <- s.Run(ctx, c.out) }()
	return c
}

func (c *collector) take(e source.Event) {
	if c.also != nil {
		c.also(e)
	}
	for i := range e.Entries {
		c.ids = append(c.ids, e.Entries[i].LogID)
		c.parts[e.Entries[i].LogID] = e.Entries[i].Origin.Part
	}
	c.bad += len(e.Bad)
	c.found = append(c.found, e.Gaps...)
	if e.Position != nil {
		c.kept[e.Position.Part] = *e.Position
	}
	if e.Status != nil {
		c.statuses = append(c.statuses, *e.Status)
		c.last[e.Status.Part] = *e.Status
	}
}

// until takes events until enough says so.
func (c *collector) until(what string, enough func() bool) {
	c.t.Helper()
	timeout := time.After(time.Hour)
	if !underSynctest() {
		timeout = time.After(20 * time.Second)
	}
	for !enough() {
		select {
		case e := <-c.out:
			c.take(e)
		case err := <-c.ended:
			c.t.Fatalf("Run ended (%v) while waiting for %s: %d entries, statuses %+v", err, what, len(c.ids), c.last)
		case <-timeout:
			c.t.Fatalf("%s did not come: %d entries, statuses %+v", what, len(c.ids), c.last)
		}
	}
}

// entries takes events until n entries came.
func (c *collector) entries(n int) {
	c.t.Helper()
	c.until("the entries", func() bool { return len(c.ids) >= n })
}

// for takes events for a time.
func (c *collector) during(d time.Duration) {
	c.t.Helper()
	over := time.After(d)
	for {
		select {
		case e := <-c.out:
			c.take(e)
		case err := <-c.ended:
			c.t.Fatalf("Run ended (%v)", err)
		case <-over:
			return
		}
	}
}

// end takes events until Run ends, and gives its error.
func (c *collector) end() error {
	for {
		select {
		case e := <-c.out:
			c.take(e)
		case err := <-c.ended:
			c.cancel()
			return err
		}
	}
}

// stop cancels and gives Run's error.
func (c *collector) stop() error {
	c.cancel()
	return c.end()
}

// unique checks that the entries that came are exactly those of the given ids, each once, in any order.
func (c *collector) unique(want ...string) {
	c.t.Helper()
	seen := map[string]int{}
	for _, id := range c.ids {
		seen[id]++
	}
	for _, id := range want {
		if seen[id] != 1 {
			c.t.Errorf("%s came %d times", id, seen[id])
		}
		delete(seen, id)
	}
	for id := range seen {
		c.t.Errorf("%s came and should not have", id)
	}
}

// gaps is how many gaps all parts report.
func (c *collector) gaps() (n int64) {
	for _, s := range c.last {
		n += s.Gaps
	}
	return n
}

// live is how many shards are.
func (c *collector) live() (n int) {
	for part, s := range c.last {
		if part != "" && s.State == source.Live {
			n++
		}
	}
	return n
}

// underSynctest tells fake time by its fixed start, midnight UTC 2000-01-01.
func underSynctest() bool { return time.Now().Year() < 2020 }
