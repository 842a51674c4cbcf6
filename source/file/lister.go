package file

import (
	"context"
	"io/fs"
	"os"
	"slices"
	"time"

	"taudit/source"
)

const (
	// hot is how many of the files that changed last are looked at each time; all are looked at when that has become cheap.
	hot = 64
	// share is the part of its time that the lister may spend on looking at all files: one in so many.
	share = 200
	// heartbeat is how old the last word gets while nothing changes.
	heartbeat = 5 * time.Second
	// manyTogether is how many files one worker reads one after another at most, and sizeTogether how large they may be, in bytes.
	manyTogether = 16
	sizeTogether = 1 << 20
	// zones is how far the time in a name may be from the one that it means, since Firehose can write any zone.
	zones = 15 * time.Hour
)

// job is a file to read; with final it is read for the last time.
type job struct {
	file  *tracked
	final bool
}

// found is a file as a look sees it.
type found struct {
	path string
	info fs.FileInfo
}

// lister finds the files to read, and those that have changed. It is one goroutine.
type lister struct {
	*run
	jobs  chan<- []job // files that one worker reads, in their order; closed at the end
	files map[string]*tracked
	moved []*tracked        // named files that were moved away, while they are read to their end
	said  map[string]string // what could not be listed, and why

	looked bool          // the first look is over
	full   time.Time     // when all files were last looked at
	took   time.Duration // how long that took
	spoke  time.Time     // when that was last said
}

func (l *lister) work(ctx context.Context) error {
	defer close(l.jobs)
	if l.options.Latest && !l.options.Follow {
		l.looked = true // nothing comes after now
		return nil
	}
	if err := l.look(ctx); err != nil {
		return err
	}
	l.looked = true
	if err := l.report.send(ctx, nil, nil, func(*source.Status) { l.report.listed = true }); err != nil {
		return err
	}
	if !l.options.Follow {
		return nil
	}
	tick := time.NewTicker(l.config.Poll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		var err error
		if time.Since(l.full) >= share*l.took {
			err = l.look(ctx)
		} else {
			err = l.glance(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// close closes what the workers have left open.
func (l *lister) close() {
	for _, t := range l.files {
		t.close()
	}
	for _, t := range l.moved {
		t.close()
	}
}

// look looks at all files.
func (l *lister) look(ctx context.Context) error {
	began := time.Now()
	list, err := l.list(ctx)
	if err != nil {
		return err
	}
	l.full, l.took = began, time.Since(began)
	if list, err = l.follow(ctx, list); err != nil {
		return err
	}
	var changed []*tracked
	added := int64(0)
	for _, f := range list {
		t, known := l.files[f.path]
		if !known {
			t = &tracked{path: f.path, found: f.info.Size(), keeping: f.path == l.path && l.options.Follow, quiet: l.options.Latest && !l.looked}
			l.files[f.path] = t
			added++
		}
		if !known || l.due(t, f.info) {
			changed = append(changed, t)
		}
	}
	if added > 0 || time.Since(l.spoke) >= heartbeat {
		l.spoke = began
		err := l.report.send(ctx, nil, nil, func(s *source.Status) {
			l.report.total += added
			if len(list) > 0 {
				l.report.read(s, 0)
			}
		})
		if err != nil {
			return err
		}
	}
	return l.queue(ctx, changed)
}

// glance looks at the files that are most likely to have changed.
func (l *lister) glance(ctx context.Context) error {
	var recent []*tracked
	for _, t := range l.files {
		if !t.busy.Load() && t.info != nil {
			recent = append(recent, t)
		}
	}
	slices.SortFunc(recent, func(a, b *tracked) int { return b.changed.Compare(a.changed) })
	var changed []*tracked
	for _, t := range recent[:min(hot, len(recent))] {
		info, err := os.Stat(t.path)
		if err != nil || !os.SameFile(info, t.info) {
			return l.look(ctx)
		}
		if l.due(t, info) {
			changed = append(changed, t)
		}
	}
	return l.queue(ctx, changed)
}

// due tells whether a file is to be read again.
func (l *lister) due(t *tracked, info fs.FileInfo) bool {
	if t.busy.Load() || time.Now().Before(t.again) {
		return false
	}
	return !t.unchanged(info) || (t.holding() && time.Since(t.changed) >= l.config.Settle)
}

// queue gives files to the workers.
func (l *lister) queue(ctx context.Context, files []*tracked) error {
	// The newest are waited for, and at the end all workers are to have something to do.
	for first := 1; len(files) > 0; first = min(2*first, manyTogether) {
		n := together(files, min(first, max(len(files)/(4*l.config.Workers), 1)))
		jobs := make([]job, n)
		for i, t := range files[:n] {
			t.busy.Store(true)
			jobs[i] = job{file: t, final: t.final}
		}
		select {
		case l.jobs <- jobs:
		case <-ctx.Done():
			return ctx.Err()
		}
		files = files[n:]
	}
	return nil
}

// together tells how many of the first files one worker reads, at most so many. What neighbours hold is of neighbouring times, and goes into the
// store at less cost when it is not mixed with that of others.
func together(files []*tracked, most int) int {
	size := int64(0)
	for i, t := range files[:min(len(files), most)] {
		if size += t.found; i > 0 && size > sizeTogether {
			return i
		}
	}
	return min(len(files), most)
}
