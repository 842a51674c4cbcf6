package demo

import (
	"container/heap"
	"iter"
	"time"
)

// parcel is a record as it arrives at the stream.
type parcel struct {
	Record
	arrived   time.Time
	duplicate bool // sent before
	late      bool
	probe     bool // not an entry, but what the Verify button writes
}

const (
	batchEvery = 2 * time.Minute // Temporal sends what happened in a window of this length
	duplicates = 0.0006          // of the entries are sent twice: delivery is at least once
	latecomers = 0.0004          // of the entries come much later than those around them
)

// probe is the value that the Verify button of a sink writes to its stream.
const probe = "t"

// deliver gives records in the order in which they arrive at the stream. They go out in a batch every two minutes; a few
// are sent again with a later one, a few are late. Nothing arrives after last, if that is not zero.
func deliver(seed uint64, records iter.Seq[Record], last time.Time) iter.Seq[parcel] {
	return func(yield func(parcel) bool) {
		d := newDice(seed, streamDelivery)
		var (
			waiting mail
			batch   int64
			sent    time.Time
			probed  bool
		)
		for r := range records {
			if !probed {
				// Somebody verified the sink before it was used.
				probed = true
				at := r.EmitTime.Add(-time.Minute).Truncate(time.Second)
				if !yield(parcel{Record: Record{EmitTime: at, JSON: []byte(probe)}, arrived: at, probe: true}) {
					return
				}
			}
			if b := floorDiv(r.EmitTime.UnixNano(), int64(batchEvery)) + 1; b != batch {
				batch = b
				sent = time.Unix(0, b*int64(batchEvery)).UTC().Add(d.between(3*time.Second, 50*time.Second)).Truncate(time.Millisecond)
			} else if d.chance(0.2) {
				// One call takes a number of records; the next one some milliseconds.
				sent = sent.Add(d.between(0, 3*time.Millisecond).Truncate(time.Millisecond))
			}
			p := parcel{Record: r, arrived: sent}
			for len(waiting) > 0 && waiting[0].arrived.Before(p.arrived) {
				if !yield(heap.Pop(&waiting).(parcel)) {
					return
				}
			}
			switch roll := d.Float64(); {
			case roll < duplicates:
				again := p
				again.duplicate = true
				again.arrived = p.arrived.Add(d.between(90*time.Second, 10*time.Minute).Truncate(time.Millisecond))
				waiting.hold(again, last)
			case roll < duplicates+latecomers:
				p.late = true
				p.arrived = p.arrived.Add(d.between(10*time.Minute, 90*time.Minute).Truncate(time.Millisecond))
				waiting.hold(p, last)
				continue
			}
			if !last.IsZero() && p.arrived.After(last) {
				p.arrived = last
			}
			if !yield(p) {
				return
			}
		}
		for len(waiting) > 0 {
			if !yield(heap.Pop(&waiting).(parcel)) {
				return
			}
		}
	}
}

// mail is a heap of parcels by arrival.
type mail []parcel

// hold keeps a parcel until it is due, at last at the latest.
func (m *mail) hold(p parcel, last time.Time) {
	if !last.IsZero() && p.arrived.After(last) {
		p.arrived = last
	}
	// A record that waits shares its memory with hundreds that do not.
	p.JSON = append([]byte(nil), p.JSON...)
	heap.Push(m, p)
}

func (m mail) Len() int           { return len(m) }
func (m mail) Less(i, j int) bool { return m[i].arrived.Before(m[j].arrived) }
func (m mail) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *mail) Push(x any)        { *m = append(*m, x.(parcel)) }
func (m *mail) Pop() any {
	old := *m
	p := old[len(old)-1]
	old[len(old)-1] = parcel{}
	*m = old[:len(old)-1]
	return p
}
