package kinesis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
	"taudit/source/audit"
)

// run is one run of a stream: what the goroutine that watches over the shards knows.
type run struct {
	*Stream
	out      chan<- source.Event
	began    time.Time
	shards   *family
	ends     chan shardEnd
	listings chan listing
	whole    report // of the list of shards
	patience *patience
	group    sync.WaitGroup
	first    *types.ShardFilter
	keptAs   string    // the place of positions; empty: none are sent
	listing  bool      // a listing is under way or planned
	again    bool      // another is wanted when it is done
	asked    int       // listings that have begun after the first
	listedAt time.Time // the service's time of the last listing
	err      error     // the first that ended the reading of something
}

// shardEnd is how the reading of a shard ended.
type shardEnd struct {
	id       string
	closed   bool // nothing more will ever come of it
	children []types.ChildShard
	holes    []source.Gap // whose end was not reached
	read     time.Time    // Held.To
	err      error
}

type listing struct {
	n      int // how many had begun with it
	shards []types.Shard
	asOf   time.Time // the service's time of asking
	err    error
}

// coordinate starts the shards in the order of their families until all have ended.
func (r *run) coordinate(ctx context.Context) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	// Only a stream that is followed lives long enough for shards to come unannounced.
	var relist <-chan time.Time
	if r.options.Follow {
		ticker := time.NewTicker(r.tempo.relist)
		defer ticker.Stop()
		relist = ticker.C
	}
	for {
		turn := r.shards.next()
		for _, id := range r.shards.news() {
			if err := r.speakOf(ctx, source.Status{Part: id, State: source.Connecting}); err != nil {
				return err
			}
		}
		for _, m := range turn {
			r.group.Go(func() { r.read(ctx, m) })
		}
		if !r.shards.active() && !r.listing && !r.expecting() {
			return r.finish(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-relist:
			r.list(ctx, 0)
		case l := <-r.listings:
			if err := r.listed(ctx, l); err != nil {
				return err
			}
		case e := <-r.ends:
			if err := r.ended(ctx, e); err != nil {
				return err
			}
			if errors.As(r.err, new(*noStreamError)) {
				return r.err
			}
		}
	}
}

// expecting reports whether shards may yet come though none is being read: a stream that is being made has none at first.
func (r *run) expecting() bool {
	return r.options.Follow && r.err == nil && !r.shards.any(stopped)
}

// begin lists the shards to begin with, and finds out where to begin in each.
func (r *run) begin(ctx context.Context) error {
	if err := r.whole.send(ctx, nil, nil, nil); err != nil {
		return err
	}
	from, filter := beginning(r.options, r.began)
	if r.options.Resume != nil && r.Resumes() {
		resumed, err := r.resume(ctx, from)
		if err != nil || resumed {
			return err
		}
	}
	shards, filter, err := r.ask(ctx, filter)
	if err != nil {
		return err
	}
	r.first = filter
	r.shards.addListed(shards, from)
	r.shards.settle()
	r.keptAs = r.placeName(ctx)
	return r.whole.send(ctx, nil, nil, nil)
}

// ask lists the shards that match filter, or one that comes near it if the service does not take that, and tries for as long as it is
// worth it.
func (r *run) ask(ctx context.Context, filter *types.ShardFilter) ([]types.Shard, *types.ShardFilter, error) {
	for {
		shards, asOf, err := r.caller.list(ctx, filter)
		if err == nil {
			r.listedAt = asOf
			r.patience.reset()
			r.whole.succeed(source.Live)
			return shards, filter, nil
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if isInvalid(err) && filter.Timestamp != nil {
			// A time before the stream was made is refused by some; all shards are then young enough.
			filter = &types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon}
			continue
		}
		state, wait, again := r.patience.wait(err)
		explained := r.explain(err, actionList)
		if isNotFound(err) || !again {
			r.whole.fail(source.Failing, explained, 0)
			if err := r.whole.send(ctx, nil, nil, nil); err != nil {
				return nil, nil, err
			}
			return nil, nil, explained
		}
		r.options.Log.Warn("listing shards failed and is tried again", "stream", r.ref.Name, "wait", wait, "error", err)
		r.whole.fail(state, explained, wait)
		if err := r.whole.send(ctx, nil, nil, nil); err != nil {
			return nil, nil, err
		}
		if err := r.bell.Sleep(ctx, wait); err != nil {
			return nil, nil, err
		}
	}
}

// speakOf sends the status of a shard that is not being read.
func (r *run) speakOf(ctx context.Context, s source.Status) error {
	s.Source = r.Name()
	shard := report{out: r.out, status: s}
	return shard.send(ctx, nil, nil, nil)
}

// list looks, after a wait, for shards that nobody announced. What is under way may have been answered before they were there, so that
// another follows it.
func (r *run) list(ctx context.Context, wait time.Duration) {
	if r.listing {
		r.again = true
		return
	}
	r.listing = true
	r.asked++
	n := r.asked
	r.group.Go(func() {
		l := listing{n: n}
		defer func() {
			if p := recover(); p != nil {
				l = listing{n: n, err: fmt.Errorf("listing the shards of %s failed in an unexpected way: %v", r.ref.Name, p)}
			}
			select {
			case r.listings <- l:
			case <-ctx.Done():
			}
		}()
		if r.bell.Sleep(ctx, wait) == nil {
			l.shards, l.asOf, l.err = r.caller.list(ctx, later(r.first, r.began))
		}
	})
}

// listed takes a later listing in. It gives an error when the stream is there no more, or the context is over.
func (r *run) listed(ctx context.Context, l listing) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.listing = false
	if l.err == nil {
		r.shards.addListed(l.shards, horizon())
		r.whole.gaps = append(r.whole.gaps, r.shards.adopt(r.Name(), r.listedAt)...)
		r.listedAt = l.asOf
		if unsure := r.shards.sure(l.n); unsure || r.again {
			r.again = false
			r.list(ctx, 0)
		}
		r.patience.reset()
		r.whole.succeed(source.Live)
		return r.whole.send(ctx, nil, nil, nil)
	}
	state, wait, again := r.patience.wait(l.err)
	explained := r.explain(l.err, actionList)
	gone := errors.As(explained, new(*noStreamError))
	if gone || !again {
		state, wait = source.Failing, 0
	}
	r.whole.fail(state, explained, wait)
	if err := r.whole.send(ctx, nil, nil, nil); err != nil {
		return err
	}
	if gone {
		return explained
	}
	if again {
		r.list(ctx, wait)
	} else {
		r.note(explained)
	}
	return nil
}

// read reads one shard and says how that ended.
func (r *run) read(ctx context.Context, m *member) {
	end := shardEnd{id: m.id}
	shard := &reader{
		caller:   r.caller,
		report:   report{out: r.out, status: source.Status{Source: r.Name(), Part: m.id, Held: source.Span{From: m.since}}},
		shard:    m.id,
		follow:   r.options.Follow,
		tempo:    r.tempo,
		pace:     pace{poll: r.tempo.poll},
		until:    r.options.Until,
		began:    r.began,
		decoder:  audit.NewDecoder(),
		log:      r.options.Log,
		patience: newPatience(r.options.Follow, r.tempo.retry),
		bell:     r.bell,
		consumer: r.consumer,
		keptAs:   r.keptAs,
		from:     m.from,
		last:     m.from.sequence,
		holes:    m.holes,
		budget:   budget,
		size:     guess,
	}
	defer func() {
		if p := recover(); p != nil {
			end.err = fmt.Errorf("reading %s of %s failed in an unexpected way, which is a fault of this program: %v", m.id, r.ref.Name, p)
			shard.fail(source.Failing, end.err, 0)
			// The context's end is the only error, and is seen just below. How far it was read is not told: what was read last may
			// not have been sent.
			_ = shard.send(ctx, nil, nil, nil)
		}
		select {
		case r.ends <- end:
		case <-ctx.Done():
		}
	}()
	end.closed, end.children, end.err = shard.read(ctx)
	end.holes, end.read = shard.holes, shard.status.Held.To
}

// ended takes the end of a shard in. The children of one that is closed are looked for if nobody announced them.
func (r *run) ended(ctx context.Context, e shardEnd) error {
	if e.err != nil {
		r.note(e.err)
	}
	if e.err != nil || !e.closed {
		r.shards.end(e.id, stopped, nil)
		return r.forsake(ctx, e)
	}
	r.shards.end(e.id, ended, e.holes)
	if unsure := r.shards.addChildren(e.children, r.asked); unsure || !r.shards.hasChildren(e.id) {
		r.list(ctx, 0)
	}
	return nil
}

// forsake says of the shards that will not be read because one before them was not read to its end.
func (r *run) forsake(ctx context.Context, e shardEnd) error {
	// Nothing that came before what was read of their ancestor is in them.
	status := source.Status{State: source.Done, Held: source.Span{To: e.read}}
	if e.err != nil {
		status = source.Status{
			State: source.Failing, Err: fmt.Errorf("it is not read because reading %s before it failed: %w", e.id, e.err),
		}
	}
	for _, status.Part = range r.shards.orphans() {
		if err := r.speakOf(ctx, status); err != nil {
			return err
		}
	}
	return nil
}

// note keeps the first error for the end of the run.
func (r *run) note(err error) {
	if r.err == nil {
		r.err = err
	}
}

// finish is for when no shard is being read and none is to come.
func (r *run) finish(ctx context.Context) error {
	if r.err != nil {
		return r.err
	}
	r.whole.gaps = append(r.whole.gaps, r.shards.forlorn()...)
	r.whole.succeed(source.Done)
	return r.whole.send(ctx, nil, nil, nil)
}
