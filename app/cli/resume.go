package cli

import (
	"context"
	"fmt"
	"sync"
	"time"

	"taudit/source"
)

const (
	// keepEvery is how often positions are written: what was delivered since is read again when the machine fails.
	keepEvery = 5 * time.Second
	// keepLast is how long the last writing may take.
	keepLast = 3 * time.Second
)

// keeper writes how far sources were read, from time to time and at the end.
type keeper struct {
	positions Positions
	done      chan struct{}
	ended     sync.WaitGroup

	mu      sync.Mutex
	failed  error             // the first that was not followed by a success
	pending []source.Position // of what was not delivered yet
	holding bool
}

// keep begins to write positions, unless there is nothing to keep them.
func (env *Env) keep() *keeper {
	k := &keeper{positions: env.Positions, done: make(chan struct{})}
	if k.positions == nil {
		return k
	}
	k.ended.Go(func() {
		ticker := time.NewTicker(keepEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				k.save()
			case <-k.done:
				k.save()
				return
			}
		}
	})
	return k
}

func (k *keeper) save() {
	ctx, cancel := context.WithTimeout(context.Background(), keepLast)
	defer cancel()
	err := k.positions.Save(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed = err
}

// end writes what is left, and says what could not be.
func (k *keeper) end() error {
	close(k.done)
	k.ended.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed != nil {
		return fmt.Errorf("%w; --resume will go on after what was kept earlier", k.failed)
	}
	return nil
}

// hold keeps positions back until what was read has been delivered.
func (k *keeper) hold() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.holding = true
}

// release lets positions through: what was read has been delivered.
func (k *keeper) release() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.holding = false
	for _, at := range k.pending {
		k.positions.Take(at)
	}
	k.pending = nil
}

// take notes how far a part was read.
func (k *keeper) take(at source.Position) {
	if k.positions == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.holding {
		k.positions.Take(at)
		return
	}
	for i := range k.pending {
		if k.pending[i].Place == at.Place && k.pending[i].Part == at.Part {
			k.pending[i] = at
			return
		}
	}
	k.pending = append(k.pending, at)
}

// starting has sources go on where they were left, if that was asked for.
func (env *Env) starting(r *reading, o *source.Options) {
	if r.resume && env.Positions != nil {
		o.Resume = env.Positions.Load
	}
}

// unresumed gives notes for the sources that begin as if --resume was not given.
func (r *reading) unresumed(sources []source.Source) map[string]string {
	if !r.resume {
		return nil
	}
	notes := map[string]string{}
	for _, s := range sources {
		if can, ok := s.(source.Resumer); !ok || !can.Resumes() {
			notes[s.Name()] = "it is not known how far this was read in an earlier run, so it is read as if --resume was not given"
		}
	}
	return notes
}
