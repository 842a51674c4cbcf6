package demo

import (
	"math"
	"slices"
	"sort"
	"time"
)

// plan says when the entries of a period are due.
type plan struct {
	from, to int64
	began    [eras]int64 // when each era begins
	edges    []int64     // the ends of the slices that the period is cut into
	due      []float64   // by slice: the running sum of ordinary entries
	runs     []run       // in the order of their beginning
}

// run is a series of calls by one service account, quick after each other.
type run struct {
	at    int64
	calls int
	gap   time.Duration
	storm bool // a retry loop: the same call again and again, failing
}

const (
	terraformShare = 0.11 // of all entries
	terraformHour  = 2    // UTC
	stormEvery     = 3200 // entries
	liveStormEvery = 800  // entries behind the history
)

func newStorm(d dice, at int64) run {
	return run{at: at, calls: 22 + d.IntN(34), gap: d.between(2*time.Second, 9*time.Second), storm: true}
}

func newPlan(p Period, w *world, d dice) *plan {
	l := &plan{from: p.From.UnixNano(), to: p.To.UnixNano()}
	legacy := p.Legacy
	if legacy == 0 {
		legacy = DefaultLegacy
	}
	span := float64(l.to - l.from)
	legacy = min(max(legacy, 0), 1)
	l.began = [eras]int64{l.from, l.from + int64(span*legacy/3), l.from + int64(span*legacy)}

	step := int64(time.Hour)
	if p.To.Sub(p.From) < 6*time.Hour {
		step = int64(time.Minute)
	}
	var weights wheel
	var nights []int64
	for at := l.from; at < l.to; {
		end := min((floorDiv(at, step)+1)*step, l.to)
		people := w.clock.people(at + (end-at)/2)
		weights.add((people + w.clock.machines(people)) * float64(end-at))
		l.edges = append(l.edges, end)
		if begin := at + int64(d.between(0, 9*time.Second)); floorDiv(at, int64(time.Hour))%24 == terraformHour && at%int64(time.Hour) == 0 && begin < end {
			nights = append(nights, begin)
		}
		at = end
	}

	left := max(p.Entries, 0)
	if len(l.edges) == 0 {
		return l
	}
	if len(nights) > 0 {
		if calls := int(terraformShare * float64(p.Entries) / float64(len(nights))); calls > 0 {
			for _, at := range nights {
				// Some nights there is more to do than in others.
				n := min(calls-calls/4+d.IntN(calls/2+1), left)
				length := min(time.Duration(n)*4*time.Second, 25*time.Minute)
				l.runs = append(l.runs, run{at: at, calls: n, gap: max(length/time.Duration(max(n, 1)), time.Microsecond)})
				left -= n
			}
		}
	}
	for range (p.Entries + stormEvery/2) / stormEvery {
		slice := weights.spin(d)
		begin := l.from
		if slice > 0 {
			begin = l.edges[slice-1]
		}
		storm := newStorm(d, begin+d.Int64N(l.edges[slice]-begin))
		storm.calls = min(storm.calls, left)
		l.runs = append(l.runs, storm)
		left -= storm.calls
	}
	slices.SortStableFunc(l.runs, func(a, b run) int { return int(min(max(a.at-b.at, -1), 1)) })
	if total := weights.total(); total > 0 {
		for _, sum := range weights {
			l.due = append(l.due, float64(left)*sum/total)
		}
	}
	return l
}

// era tells which generation of records a time is in.
func (l *plan) era(at int64) era {
	return era(sort.Search(eras-1, func(i int) bool { return at < l.began[i+1] }))
}

// ends is when an era ends.
func (l *plan) ends(e era) int64 {
	if int(e) == eras-1 {
		return l.to
	}
	return l.began[e+1]
}

// ordinary is how many entries that belong to no run are due by the end of a slice.
func (l *plan) ordinary(slice int) int {
	return int(math.Round(l.due[slice]))
}
