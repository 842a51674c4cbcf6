package source

import (
	"context"
	"sync"
	"time"
)

// Retrier is implemented by sources that wait before they try again what has failed.
type Retrier interface {
	// Retry has the source try again at once whatever waits for that. It returns immediately and may be called at any time from any goroutine.
	Retry()
}

// Bell ends waits before their time. Its zero value is ready; it may be used by any number of goroutines.
type Bell struct {
	mu   sync.Mutex
	rung chan struct{} // closed at the next ring; nil: nobody waits
}

// Ring ends the waits that are under way.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

// Rung is closed when the bell rings the next time.
func (b *Bell) Rung() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

// Sleep waits for d, until the bell rings, or until ctx ends, whose error it then gives.
func (b *Bell) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, d, b.Rung()) }

// Sleep waits for d or until ctx ends, whose error it then gives.
func Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, d, nil) }

func sleep(ctx context.Context, d time.Duration, rung <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-rung:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
