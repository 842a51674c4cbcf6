package file

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"taudit/source"
	"taudit/source/audit"
)

// run is what the goroutines of one Run share.
type run struct {
	name, path string
	options    source.Options
	config     Config
	system     system
	report     *report
}

// Run reads the place; see [source.Source]. For files it starts one goroutine that looks for them, newest first, and
// Config.Workers that read them and send to out themselves; for a stream one that reads it, see [NewReader]. The part of
// entries and bad records is the path of their file, that of the status is the name of the source.
//
// A file that was cut or written over is read from its start again, which counts as a gap and is said in the status: whether
// something was lost nobody can tell. A named file that is moved away and made anew is read to its end first; one that is gone is
// waited for. In a directory, a file that cannot be read is reported as [audit.Bad], once, and tried again.
//
// Without Options.Follow, Run gives an error when the named path, or no file at all of a directory, can be read.
func (s *Source) Run(ctx context.Context, out chan<- source.Event) error {
	r := &run{
		name: s.name, path: s.path, options: s.options, config: s.config, system: s.system,
		report: newReport(out, s.name, s.options.Follow),
	}
	if err := r.report.send(ctx, nil, nil, func(*source.Status) {}); err != nil {
		return err
	}
	if s.open != nil {
		return r.guarded(func() error { return s.stream(ctx, r.report) })()
	}
	jobs := make(chan []job)
	group, inner := errgroup.WithContext(ctx)
	l := &lister{run: r, jobs: jobs, files: map[string]*tracked{}, said: map[string]string{}}
	defer l.close()
	group.Go(r.guarded(func() error { return l.work(inner) }))
	for range s.config.Workers {
		group.Go(r.guarded(func() error {
			w := &worker{run: r, decoder: audit.NewDecoder()}
			return w.work(inner, jobs)
		}))
	}
	err := group.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	case r.report.opened == 0 && r.report.failed != nil:
		return fmt.Errorf("nothing in %s could be read: %w", s.name, r.report.failed)
	}
	return r.report.send(ctx, nil, nil, func(*source.Status) { r.report.phase, r.report.trouble = source.Done, nil })
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

// unreachable says that the path itself cannot be read at present.
func (r *run) unreachable(ctx context.Context, err error) error {
	return r.report.send(ctx, nil, nil, func(*source.Status) {
		r.report.trouble = fmt.Errorf("%s cannot be read: %w; it is read again as soon as it can be", r.path, err)
		r.report.again = time.Now().Add(r.config.Poll)
	})
}
