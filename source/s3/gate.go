package s3

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"taudit/source"
)

const (
	maxRetry     = 30 * time.Second // the longest wait after failures of the service
	refusedRetry = 30 * time.Second // the wait after access was refused: a person who logs in elsewhere wants to see it work
)

func newBackOff(first time.Duration) *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier, b.MaxInterval = first, 2, maxRetry
	return b
}

// gate holds calls of one kind back after one has failed, all of them, since what befell one befalls the others: many workers
// that each retry at their own pace would be the storm that they were asked to end. Any number of goroutines use it.
type gate struct {
	mu      sync.Mutex
	pace    *backoff.ExponentialBackOff
	open    time.Time     // when calls may go on
	pause   time.Duration // how long it was closed for
	turn    int           // counts closings
	passed  int           // counts calls that were answered
	failing time.Time     // when the first call failed since the last success; zero: none did
	opened  chan struct{} // closed when the gate is opened before its time
	bell    *source.Bell  // opens it before its time
}

func newGate(first time.Duration, bell *source.Bell) *gate {
	return &gate{pace: newBackOff(first), opened: make(chan struct{}), bell: bell}
}

// pass waits until calls may be made. It gives the turn, for fail, or the error of ctx.
func (g *gate) pass(ctx context.Context) (turn int, err error) {
	for {
		g.mu.Lock()
		wait, pause, turn, opened := time.Until(g.open), g.pause, g.turn, g.opened
		rung := g.bell.Rung()
		g.mu.Unlock()
		if wait <= 0 {
			return turn, ctx.Err()
		}
		// Not all at the same moment: if the first one fails too, the others need not try, and if not, it lets them in.
		timer := time.NewTimer(wait + rand.N(pause/4+1))
		select {
		case <-timer.C:
		case <-opened:
		case <-rung:
			g.unlock(turn)
		case <-ctx.Done():
		}
		timer.Stop()
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
}

// unlock opens the gate that was closed in a turn, though no call has succeeded.
func (g *gate) unlock(turn int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if turn == g.turn {
		g.open = time.Time{}
	}
}

// fail closes the gate for a while, at least for the given time, and tells when it opens. Calls of one turn that fail together
// count as one failure.
func (g *gate) fail(turn int, least time.Duration) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.failing.IsZero() {
		g.failing = now
	}
	if turn == g.turn {
		g.turn++
		g.pause = max(g.pace.NextBackOff(), least)
		g.open = now.Add(g.pause)
	}
	if g.open.Before(now) {
		return now // another call has succeeded meanwhile
	}
	return g.open
}

// succeed is for a call that was answered.
func (g *gate) succeed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.passed++
	if !g.failing.IsZero() {
		g.pace.Reset()
		g.failing, g.open = time.Time{}, time.Time{}
		close(g.opened)
		g.opened = make(chan struct{})
	}
}

// answered counts the calls that were answered so far.
func (g *gate) answered() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.passed
}

// failingFor is how long calls have failed without one that succeeded.
func (g *gate) failingFor() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failing.IsZero() {
		return 0
	}
	return time.Since(g.failing)
}
