package demo

import (
	"container/heap"
	"time"
)

// Timeline plays the history of an account, and goes on behind it. It is for one goroutine.
type Timeline struct {
	plan   *plan
	world  *world
	dice   dice
	gaps   *gaps
	ops    [verbs]operation
	desk   [eras][classes]desk
	due    [eras][]verb // operations still to be done once in their era, whatever chance says
	duties [eras]int    // how many there were

	later   queue
	orders  int   // counts what was queued, so that equal times keep their order
	now     int64 // the emit time of the entry before
	runs    int   // how many of plan.runs have begun
	details details
	slab    []byte
	support int64 // when Temporal's support acts next
}

// desk is what one class of principals does in one era.
type desk struct {
	verbs []verb
	wheel wheel
}

func (d *desk) draw(r dice) verb { return d.verbs[d.wheel.spin(r)] }

// Begin makes the timeline of a period.
func (a *Account) Begin(p Period) *Timeline {
	w := newWorld(a.seed)
	t := &Timeline{world: w, dice: newDice(a.seed, streamStory), gaps: newGaps(), ops: operations()}
	t.plan = newPlan(p, w, newDice(a.seed, streamPlan))
	t.now = t.plan.from
	for e := range eras {
		for v := range t.ops {
			op := &t.ops[v]
			if op.names[e] == "" {
				continue
			}
			if verb(v) != userLogin {
				t.due[e] = append(t.due[e], verb(v))
			}
			for c, weight := range op.weight {
				if weight > 0 {
					k := &t.desk[e][c]
					k.verbs = append(k.verbs, verb(v))
					k.wheel.add(weight)
				}
			}
		}
		t.duties[e] = len(t.due[e])
		t.dice.Shuffle(len(t.due[e]), func(i, j int) { t.due[e][i], t.due[e][j] = t.due[e][j], t.due[e][i] })
	}
	t.staff()
	return t
}

// task is something that will happen: one call, or a run of them.
type task struct {
	at    int64
	order int
	call  call
	left  int           // calls that follow this one in a run
	gap   time.Duration // between them, on average
	storm bool          // all fail but perhaps the last
	drawn bool          // each call of the run is drawn when it is made
	join  bool          // the caller is invited to the account
	leave bool          // the caller is removed from it
}

// queue is a heap of tasks, the next one first.
type queue []*task

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*task)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return last
}

func (t *Timeline) schedule(k *task) {
	k.order = t.orders
	t.orders++
	heap.Push(&t.later, k)
}

// after queues a call for some time behind another.
func (t *Timeline) after(at int64, wait time.Duration, c call) {
	t.schedule(&task{at: at + int64(wait), call: c})
}

// History gives what is left of the period, one entry after the other, until yield says no.
func (t *Timeline) History(yield func(Record) bool) {
	start := t.plan.from
	made := 0
	for slice, end := range t.plan.edges {
		for ; t.runs < len(t.plan.runs) && t.plan.runs[t.runs].at < end; t.runs++ {
			t.begin(t.plan.runs[t.runs])
			made -= t.plan.runs[t.runs].calls
		}
		n := t.plan.ordinary(slice) - made
		if !t.advance(start, end, n, yield) {
			return
		}
		made += n
		start = end
	}
}

// Burst gives some more entries, emitted between the last one and until. It goes on where History ended: what was begun
// there is finished here. There may be more than n when much was due.
func (t *Timeline) Burst(until time.Time, n int) []Record {
	var burst []Record
	keep := func(r Record) bool {
		burst = append(burst, r)
		return true
	}
	end := max(until.UnixNano(), t.now+1)
	// Somebody who watches should not have to wait a day for trouble.
	if t.dice.chance(float64(n) / liveStormEvery) {
		t.begin(newStorm(t.dice, t.now))
	}
	t.advance(t.now, end, n, keep)
	for range 4 * n {
		if len(t.later) == 0 || t.later[0].at >= end {
			break
		}
		keep(t.turn())
	}
	return burst
}

// advance makes n entries between two times, in order. What was queued comes before what happens anew.
func (t *Timeline) advance(from, to int64, n int, yield func(Record) bool) bool {
	at := max(from, t.now)
	for left := n; left > 0; left-- {
		at = t.gaps.next(t.dice, at, to, left)
		var r Record
		if len(t.later) > 0 && t.later[0].at <= at {
			r = t.turn()
		} else {
			r = t.arrive(at)
		}
		if !yield(r) {
			return false
		}
	}
	return true
}

// turn does the next thing that was queued.
func (t *Timeline) turn() Record {
	k := t.later[0]
	c := k.call
	at := k.at
	last := k.left == 0
	if last {
		heap.Pop(&t.later)
	} else {
		k.left--
		k.at += int64(k.gap)/2 + t.dice.Int64N(int64(k.gap)+1)
		heap.Fix(&t.later, 0)
	}
	switch {
	case k.join || k.leave:
		return t.moveStaff(k, at)
	case k.storm:
		// The loop gives up, or what was wrong is put right.
		c.failed = !last || t.dice.chance(0.4)
		c.async = ""
	case k.drawn:
		c = t.routine(at, c.actor)
	}
	return t.make(at, c)
}
