//go:build soak

package kinesis

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
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

var (
	soakFor  = flag.Duration("soak", 10*time.Minute, "how long TestSoak writes and disturbs")
	soakSeed = flag.Uint64("seed", 1, "of what befalls the readers of TestSoak")
)

const (
	soakRate   = 4000 // entries a second: four shards at the full rate of one
	soakKept   = 2 * time.Minute
	soakSample = 10 * time.Second
)

// tally is what came out of one reader. It does not grow.
type tally struct {
	came                   []uint8 // of each entry, how often
	received, strange, bad int
	gaps                   []source.Gap
	retries                map[string]int64
	notes                  map[string]bool
	trouble                map[string]string // by part
}

func (c *tally) take(e source.Event) {
	for i := range e.Entries {
		n, err := strconv.Atoi(strings.TrimPrefix(e.Entries[i].LogID, "entry-"))
		if err != nil || n >= len(c.came) {
			c.strange++
			continue
		}
		c.came[n]++
		c.received++
	}
	c.bad += len(e.Bad)
	c.gaps = append(c.gaps, e.Gaps...)
	if s := e.Status; s != nil {
		c.retries[s.Part] = s.Retries
		delete(c.trouble, s.Part)
		if s.Err != nil {
			c.trouble[s.Part] = fmt.Sprintf("%s until %s: %v", s.State, s.NextRetry.Format("15:04:05"), s.Err)
		}
		if s.Remark != "" {
			c.notes[s.Remark] = true
		}
	}
}

// TestSoak writes to four shards at the full rate for minutes, disturbs two readers, one that polls and one that subscribes, by whatever
// faults and resharding come up, and holds them to giving each entry once and to memory that does not grow.
func TestSoak(t *testing.T) {
	p := newPlace(t, 4, emulator.KinesisOptions{Retention: soakKept}).registered(t)
	l := &ledger{p: p}
	room := int(soakFor.Seconds()*soakRate) + 10*soakRate
	ctx, cancel := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	var mu sync.Mutex
	tallies := map[string]*tally{}
	stopped := make(chan time.Duration, 2)
	var asked atomic.Int64
	for _, name := range []string{"polled", "subscribed"} {
		s := New(NewClient(p.cfg), p.ref, source.Options{Follow: true})
		s.tempo.relist = 10 * time.Second
		if name == "subscribed" {
			s.consumer = p.consumer
		}
		c := &tally{came: make([]uint8, room), retries: map[string]int64{}, notes: map[string]bool{}, trouble: map[string]string{}}
		tallies[name] = c
		out := make(chan source.Event)
		readers.Go(func() {
			ended := make(chan error, 1)
			go func() { ended <- s.Run(ctx, out) }()
			for {
				select {
				case e := <-out:
					mu.Lock()
					c.take(e)
					mu.Unlock()
				case <-ended:
					stopped <- time.Since(time.Unix(0, asked.Load()))
					return
				}
			}
		})
	}
	put := make(chan int, 1)
	began := time.Now()
	go func() {
		n := 0
		for time.Since(began) < *soakFor {
			for due := min(int(time.Since(began).Seconds()*soakRate), room); n < due; n++ {
				if _, _, err := p.server.Put(streamName, strconv.Itoa(n), []byte(sourcetest.Entry(n))); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
		put <- n
	}()
	random := rand.New(rand.NewPCG(*soakSeed, 0))
	misfortunes := 0
	var heap []float64 // MiB, after a collection
	next := time.Now().Add(soakSample)
	for time.Since(began) < *soakFor {
		time.Sleep(time.Duration(1000+random.IntN(3000)) * time.Millisecond)
		l.misfortune(t, random)
		misfortunes++
		if time.Now().Before(next) {
			continue
		}
		next = next.Add(soakSample)
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap = append(heap, float64(m.HeapAlloc)/(1<<20))
		mu.Lock()
		fmt.Printf("%6s heap %4.0f MiB, %d goroutines, %d shards, %d misfortunes; received %d polled, %d subscribed; %d and %d gaps\n",
			time.Since(began).Truncate(time.Second), heap[len(heap)-1], runtime.NumGoroutine(), len(p.server.Shards(streamName)), misfortunes,
			tallies["polled"].received, tallies["subscribed"].received, len(tallies["polled"].gaps), len(tallies["subscribed"].gaps))
		for name, c := range tallies {
			for part, text := range c.trouble {
				fmt.Printf("       %s: %s is %s\n", name, cmp.Or(part, "the list of shards"), text)
			}
		}
		mu.Unlock()
	}
	n := <-put
	owed := func(c *tally) (owed, doubled int) {
		mu.Lock()
		defer mu.Unlock()
		for _, came := range c.came[:n] {
			switch {
			case came == 0:
				owed++
			case came > 1:
				doubled++
			}
		}
		return owed, doubled
	}
	for wait := time.Now(); time.Since(wait) < soakKept; time.Sleep(time.Second) {
		a, _ := owed(tallies["polled"])
		b, _ := owed(tallies["subscribed"])
		if a+b == 0 {
			break
		}
	}
	asked.Store(time.Now().UnixNano())
	cancel()
	readers.Wait()
	for range 2 {
		if d := <-stopped; d > time.Second {
			t.Errorf("a reader took %s to stop", d)
		}
	}
	for name, c := range tallies {
		missing, doubled := owed(c)
		var retries int64
		for _, r := range c.retries {
			retries += r
		}
		fmt.Printf("%s: %d put, %d received, %d missing, %d doubled, %d strange, %d bad, %d gaps, %d retries, notes %v\n",
			name, n, c.received, missing, doubled, c.strange, c.bad, len(c.gaps), retries, c.notes)
		if missing > 0 || doubled > 0 || c.strange > 0 || c.bad > 0 || len(c.gaps) > 0 {
			t.Errorf("%s: not each entry came once", name)
		}
	}
	// What the stream keeps fills up at first.
	full := int(2 * soakKept / soakSample)
	if len(heap) < 2*full {
		return
	}
	early, late := median(heap[full:full+full/2]), median(heap[len(heap)-full/2:])
	fmt.Printf("heap: %.0f MiB early, %.0f MiB late\n", early, late)
	if late > early*1.15 {
		t.Errorf("the heap grew from %.0f to %.0f MiB", early, late)
	}
}

// median leaves out what happened to be decoded while the memory was looked at.
func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
