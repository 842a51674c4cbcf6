package s3

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/credentials"
)

// ahead is how many runs of objects are listed before they are read, so that it is soon known how many there are. It bounds memory.
const ahead = 4 << 10

// run is what the goroutines of one Run share.
type run struct {
	name, prefix string
	options      source.Options
	config       Config
	calls        *caller
	lists, gets  *gate
	report       *report
	memory       *memory
	unpacker     *audit.Unpacker
	writer       *writer
	bell         *source.Bell // ends waits after failures

	listTook time.Duration // how long calls that list have taken; of the goroutine that lists
}

// Run reads the bucket; see [source.Source]. It starts one goroutine that lists and Config.Workers that read objects, which send to
// out themselves. An object whose transfer broke is read again from its start, without what was already sent of it, so each
// entry comes once, unless the object was written again meanwhile. What cannot be read of a bucket whose listing works is
// reported as [audit.Bad], with the object's key as its place.
//
// Run gives an error when the bucket is not there or the question is refused for good, and without Options.Follow also when
// access is denied or calls have failed for Config.GiveUp. When following it waits for those to pass.
func (s *Source) Run(ctx context.Context, out chan<- source.Event) error {
	if s.release != nil {
		defer s.release()
	}
	r := &run{
		name: s.name, prefix: s.prefix, options: s.options, config: s.config,
		calls:  &caller{api: s.api, bucket: s.bucket, timeout: s.config.Timeout},
		lists:  newGate(s.config.FirstRetry, s.bell),
		gets:   newGate(s.config.FirstRetry, s.bell),
		report: newReport(out, s.name, s.prefix, s.options.Follow),
		memory: newMemory(s.config.Memory, s.options.Vocabulary), unpacker: new(audit.Unpacker),
		writer: s.writer,
		bell:   s.bell,
	}
	if err := r.report.send(ctx, news{}, func(*source.Status) {}); err != nil {
		return err
	}
	flushing, stop := context.WithCancel(ctx)
	var flusher sync.WaitGroup
	flusher.Go(func() { r.report.flushes(flushing) })
	defer flusher.Wait()
	defer stop()
	history, fresh := make(chan []object, ahead), make(chan []object)
	group, inner := errgroup.WithContext(ctx)
	group.Go(r.guarded(func() error {
		l := &lister{run: r, tree: newTree(), history: history, fresh: fresh}
		return l.work(inner)
	}))
	for range s.config.Workers {
		group.Go(r.guarded(func() error {
			w := &worker{run: r}
			return w.work(inner, history, fresh)
		}))
	}
	err := group.Wait()
	if err := r.report.rest(ctx); err != nil {
		return err
	}
	switch {
	case err != nil:
		return err
	case r.report.opened == 0 && r.report.denied != nil:
		return fmt.Errorf("no object of %s could be read: %w", s.name, r.report.denied)
	}
	return r.report.send(ctx, news{}, func(*source.Status) {
		r.report.phase, r.report.troubles = source.Done, [2]trouble{}
	})
}

// guarded makes a panic an error: it must not end the program.
func (r *run) guarded(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				r.options.Log.Error("panic", "source", r.name, "panic", p, "stack", string(debug.Stack()))
				err = fmt.Errorf("reading %s: an internal error, please report it: %v", r.name, p)
			}
		}()
		return f()
	}
}

// list makes one call, and again until it succeeds or cannot.
func (r *run) list(ctx context.Context, q query) (page, error) {
	for {
		turn, err := r.lists.pass(ctx)
		if err != nil {
			return page{}, err
		}
		began := time.Now()
		p, err := r.calls.list(ctx, q)
		r.listTook += time.Since(began)
		if err == nil {
			r.lists.succeed()
			return p, r.report.send(ctx, news{}, func(s *source.Status) { r.report.answered(listing, s) })
		}
		if err := r.failed(ctx, listing, turn, err); err != nil {
			return page{}, err
		}
	}
}

// failed deals with a failed call. With nil it is to be made again, which the gate delays.
func (r *run) failed(ctx context.Context, c call, turn int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	g, action, kind := r.lists, actionList, listFailure(err)
	if c == getting {
		g, action, kind = r.gets, actionGet, getFailure(err)
	}
	explain := func() error { return fmt.Errorf("%s: %w", r.name, credentials.Explain(err, action)) }
	t, least := trouble{state: source.Failing}, time.Duration(0)
	switch kind {
	case missing:
		return noBucket(r.calls.bucket, err)
	case elsewhere:
		region := regionOf(err)
		if old := r.calls.region.Load(); old != nil && *old == region {
			return explain()
		}
		r.options.Log.Info("bucket is in another region", "source", r.name, slog.String("region", region))
		r.calls.region.Store(&region)
		return nil
	case changed, single:
		if c == getting {
			return &singleError{err}
		}
		return explain()
	case refused:
		if !r.options.Follow {
			return explain()
		}
		least = refusedRetry
	case throttled:
		t.state = source.Throttled
	case passing:
	}
	t.next = g.fail(turn, least)
	if !r.options.Follow && g.failingFor() >= r.config.GiveUp {
		return fmt.Errorf("%s: no success for %s: %w", r.name, r.config.GiveUp, credentials.Explain(err, action))
	}
	t.err = credentials.Explain(err, action)
	return r.report.send(ctx, news{}, func(s *source.Status) {
		s.Retries++
		r.report.troubles[c] = t
	})
}
