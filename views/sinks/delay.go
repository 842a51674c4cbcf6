package sinks

import (
	"context"
	"slices"
	"time"

	"taudit/source"
	"taudit/source/store"
)

const (
	newest   = 10_000 // entries are looked at
	columns  = 20     // of the plot, the last being for all that took longer
	checking = 1024   // rows between two looks at the context
)

// delay is how long the newest entries took from being emitted to their arrival at the sink.
type delay struct {
	n                     int // entries of which both are known
	middle, most, slowest time.Duration
	step                  time.Duration // of the plot
	counts                [columns]int
}

// measure looks at the newest entries of a log. Entries of objects that were copied from elsewhere long after say nothing.
func measure(ctx context.Context, s *store.Snapshot) (d delay) {
	var took []time.Duration
	for i := max(s.Len()-newest, 0); i < s.Len(); i++ {
		if i%checking == 0 && ctx.Err() != nil {
			return delay{}
		}
		row := s.At(i)
		arrived := row.Arrived()
		if !row.Dated() || arrived.IsZero() {
			continue
		}
		t := max(arrived.Sub(row.Time()), 0)
		if t > source.FirehoseRetry+source.FirehoseBuffer+source.Delay {
			continue
		}
		took = append(took, t)
	}
	d.n = len(took)
	if d.n == 0 {
		return delay{}
	}
	slices.Sort(took)
	d.middle, d.most, d.slowest = took[(d.n-1)/2], took[(d.n-1)*95/100], took[d.n-1]
	d.step = stepFor(d.most)
	for _, t := range took {
		d.counts[min(int(t/d.step), columns-1)]++
	}
	return d
}

// stepFor gives a round width of the plot's columns, so that all but the slowest stand in it.
func stepFor(most time.Duration) time.Duration {
	steps := []time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour,
	}
	for _, s := range steps {
		if most < s*(columns-1) {
			return s
		}
	}
	return 2 * time.Hour
}
