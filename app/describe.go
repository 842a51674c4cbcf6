package app

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"taudit/source"
)

// describe asks a source again and again how it is set up, until ctx is cancelled. What it says takes the same way as what it reads.
func (f *Feed) describe(ctx context.Context, src source.Describer, in chan<- source.Event) {
	defer func() {
		if p := recover(); p != nil {
			f.log.Error("panic while asking a source how it is set up", "source", src.Name(), "panic", p, "stack", string(debug.Stack()))
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		about := src.Describe(ctx)
		if ctx.Err() != nil {
			return // what it says then is not about the source
		}
		about.Source = src.Name()
		select {
		case in <- source.Event{Source: about.Source, About: &about}:
		case <-ctx.Done():
			return
		}
		timer.Reset(f.every)
	}
}

// withDescription gives a copy of the list with the description of one source renewed.
func withDescription(list []source.Description, n source.Description, now time.Time) []source.Description {
	n.At = now
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, func(d source.Description) bool { return d.Source == n.Source }); i >= 0 {
		list[i] = n
		return list
	}
	return append(list, n)
}
