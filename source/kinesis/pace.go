package kinesis

import "time"

const (
	// idleSteps is how many empty answers at the tip make the pause between two calls twice as long, and restSteps how many answers
	// without throttling make it half as long again.
	idleSteps = 8
	restSteps = 30
	// doublings is how often the pause is doubled at most: Temporal Cloud sends every few minutes, and a batch that is seen four seconds
	// later is not felt to be late.
	doublings = 2
)

// pace is how long a shard is left alone between two calls: a while longer when nothing comes, and when there are so many readers
// that some are throttled.
type pace struct {
	poll   time.Duration
	idle   int // empty answers at the tip in a row
	strain int // doublings because of throttling
	rest   int // answers since the last throttling, or since strain was lessened
}

func (p *pace) interval() time.Duration { return p.poll << p.doubled() }

// doubled is how many times the pause is doubled now.
func (p *pace) doubled() int { return max(min(p.idle/idleSteps, doublings), p.strain) }

// answered notes an answer.
func (p *pace) answered(empty, tip bool) {
	if empty && tip {
		p.idle++
	} else {
		p.idle = 0
	}
	if p.strain == 0 {
		return
	}
	if p.rest++; p.rest >= restSteps {
		p.strain, p.rest = p.strain-1, 0
	}
}

// throttled notes a call that was one too many.
func (p *pace) throttled() {
	p.strain, p.rest = min(p.strain+1, doublings), 0
}
