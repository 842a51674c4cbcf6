package kinesis

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/credentials"
)

const (
	// most is how many records the service gives at once.
	most = 10_000
	// budget is how many bytes one answer is aimed at: half of what a shard gives a second to all its readers, so that
	// Firehose or whoever else reads the stream keeps up while we catch up.
	budget = 1 << 20
	// least is the smallest budget that slow lines bring it down to.
	least = 16 << 10
	// guess is the size of a record before one was seen.
	guess = 2 << 10
	// stuck is how many empty answers in a row, none nearer to the tip, are taken for the tip: some idle shards never say zero.
	stuck = 60
)

// reader reads one shard to its end.
type reader struct {
	caller
	report
	shard    string
	follow   bool
	tempo    tempo
	pace     pace
	until    time.Time // records that arrived later are of no interest; zero: all are
	began    time.Time // when Run did
	decoder  *audit.Decoder
	log      *slog.Logger
	patience *patience
	bell     *source.Bell
	consumer string // ARN to subscribe with; empty: the shard is polled
	keptAs   string // the place of positions; empty: none are sent

	from     position // to get the next iterator for
	latest   bool     // reading began at the tip
	iterator string
	last     string       // sequence number of the record that was read last
	skipTo   string       // sequence number of what was delivered already, while it may come again
	holes    []source.Gap // open gaps, some of them from shards that this one came of
	closed   bool         // the end of the shard has been read
	asked    time.Time    // when GetRecords was called last
	hearing  hearing
	budget   int64 // bytes wanted of one answer
	size     int64 // bytes of a record, as the last answer had them
	expired  int   // iterators in a row that were found expired
	behind   time.Duration
	idle     int // empty answers in a row that were no nearer to the tip
	lagging  int // answers in a row that were behind the tip
}

// batch is what one answer or one event of a subscription holds.
type batch struct {
	records  []types.Record
	behind   time.Duration
	asOf     time.Time // the service's time that behind is seen from, or earlier; zero: not known
	children []types.ChildShard
	closed   bool   // it is the last of its shard
	reached  string // sequence number to go on after, when that may be later than the last record; empty: it is that
}

// read sends what the shard holds until as far as was asked for, and then says whether that was the end of the shard, and what
// children it announced.
func (r *reader) read(ctx context.Context) (closed bool, children []types.ChildShard, err error) {
	if err := r.tell(ctx, nil, nil); err != nil {
		return false, nil, err
	}
	for {
		if over, children, err := r.listen(ctx); over || err != nil {
			return r.closed, children, err
		}
		if over, children, err := r.poll(ctx); over || err != nil {
			return r.closed, children, err
		}
	}
}

// poll reads by asking for records again and again. It gives true at the end of what was asked for, and false when it is time to subscribe.
func (r *reader) poll(ctx context.Context) (over bool, children []types.ChildShard, err error) {
	for !r.listens() {
		if r.iterator == "" {
			gone, err := r.place(ctx)
			if err != nil || gone {
				return gone, nil, err
			}
		}
		if err := source.Sleep(ctx, time.Until(r.asked.Add(r.pace.interval()))); err != nil {
			return false, nil, err
		}
		r.asked = time.Now()
		out, err := r.records(ctx, r.shard, r.iterator, r.limit())
		if err != nil {
			if err := r.missed(ctx, err); err != nil {
				return false, nil, err
			}
			continue
		}
		r.iterator = aws.ToString(out.NextShardIterator)
		over, err := r.take(ctx, batch{
			records:  out.Records,
			behind:   time.Duration(aws.ToInt64(out.MillisBehindLatest)) * time.Millisecond,
			asOf:     r.asked.Add(ahead(out.ResultMetadata)),
			children: out.ChildShards,
			closed:   r.iterator == "",
		})
		if err != nil || over {
			return over, out.ChildShards, err
		}
	}
	r.iterator = "" // it does not last until it is needed again
	return false, nil, nil
}

// tell sends an event of the shard with how far it has been read.
func (r *reader) tell(ctx context.Context, entries []audit.Entry, bad []audit.Bad) error {
	return r.send(ctx, entries, bad, r.position())
}

// limit is how many records to ask for: more when it is asked less often, so that a shard that is written to at its full rate is not lost
// to it.
func (r *reader) limit() int32 {
	budget := r.budget << r.pace.doubled()
	return int32(min(max(budget/max(r.size, 1), 1), most))
}

// place gets an iterator for where reading goes on. It gives true when the shard is there no more.
func (r *reader) place(ctx context.Context) (gone bool, err error) {
	for {
		it, asked, err := r.caller.iterator(ctx, r.shard, r.from)
		action := actionIterator
		switch {
		case err == nil:
			r.iterator = it
			r.placed(asked)
			r.doubt(asked)
			return false, nil
		case ctx.Err() != nil:
			return false, ctx.Err()
		case isInvalid(err) && r.replace(err):
			continue
		case isNotFound(err):
			gone, lookErr := r.lookUp(ctx)
			if gone {
				return true, r.finish(ctx)
			}
			if lookErr != nil {
				err, action = lookErr, actionList
			}
		}
		if err := r.retry(ctx, err, action); err != nil {
			return false, err
		}
	}
}

// placed notes that reading goes on where it was to.
func (r *reader) placed(asked time.Time) {
	unread := r.status.Held.To.IsZero()
	switch r.from.kind {
	case types.ShardIteratorTypeLatest:
		if unread {
			r.status.Held.From = asked
		}
		// Should this place be lost before it gave anything, "latest" would then be later than it is now.
		r.from, r.latest = at(asked.Add(-skew)), true
	case types.ShardIteratorTypeAtTimestamp:
		if unread && r.status.Held.From.IsZero() {
			r.status.Held.From = r.from.at
		}
	}
}

// replace finds another place to read from than the one that the service does not take, or gives false.
func (r *reader) replace(invalid error) bool {
	switch r.from.kind {
	case types.ShardIteratorTypeAfterSequenceNumber:
		// What came after the last record may have been trimmed with it.
		r.lose("what was not read yet was trimmed: it had become older than the stream keeps", invalid)
		r.skipTo, r.from = r.from.sequence, horizon()
	case types.ShardIteratorTypeAtTimestamp:
		// It takes no time that is still to come, and its clock is behind ours.
		r.log.Warn("the stream does not take the time to start at; check this machine's clock", "stream", r.ref.Name,
			"shard", r.shard, "time", r.from.at, "error", invalid)
		r.from = horizon()
		if r.latest {
			r.from = tip()
		}
		if r.status.Held.To.IsZero() {
			r.status.Held.From = time.Time{}
		}
	default:
		return false
	}
	return true
}

// lookUp finds out whether a shard that was not found has expired; its error may be that there is no such stream.
func (r *reader) lookUp(ctx context.Context) (gone bool, err error) {
	shards, _, err := r.list(ctx, &types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon})
	if err != nil {
		return false, err
	}
	for _, s := range shards {
		if aws.ToString(s.ShardId) == r.shard {
			return false, nil
		}
	}
	r.lose("the rest of the shard was older than what the stream keeps", nil)
	return true, nil
}

// missed handles a GetRecords that failed.
func (r *reader) missed(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isExpiredIterator(err):
		r.iterator = ""
		r.expired++
		// Nobody took the last batch for five minutes, or the machine slept. An iterator that is expired at once is trouble.
		if r.expired == 1 {
			return nil
		}
	case isInvalid(err), isNotFound(err):
		r.iterator = ""
	case errors.Is(err, context.DeadlineExceeded):
		// On a slow line a large answer would never arrive.
		r.budget = max(r.budget/2, least)
	}
	if credentials.Throttled(err) {
		r.pace.throttled()
	}
	return r.retry(ctx, err, actionRecords)
}

// retry reports a failure and waits until it is time to try again. It gives an error when that is no use.
func (r *reader) retry(ctx context.Context, err error, action string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	state, wait, again := r.patience.wait(err)
	explained := r.explain(err, action)
	if errors.As(explained, new(*noStreamError)) {
		again = false
	}
	if !again {
		r.fail(source.Failing, explained, 0)
		if err := r.tell(ctx, nil, nil); err != nil {
			return err
		}
		return explained
	}
	r.log.Warn("a call failed and is tried again", "stream", r.ref.Name, "shard", r.shard, "wait", wait, "error", err)
	r.fail(state, explained, wait)
	if err := r.tell(ctx, nil, nil); err != nil {
		return err
	}
	return r.bell.Sleep(ctx, wait)
}

// take decodes and sends what a batch holds, and gives true when no more is wanted of the shard.
func (r *reader) take(ctx context.Context, b batch) (over bool, err error) {
	r.patience.reset()
	r.expired = 0
	entries, bad, newest := r.decode(b.records)
	r.measure(len(b.records), b.behind)
	tip := r.atTip(b.behind)
	r.pace.answered(len(b.records) == 0, tip)
	r.reach(newest)
	if (b.closed || tip) && !b.asOf.IsZero() {
		r.reach(b.asOf.Add(-b.behind))
		// Nothing is left of what the gap began in.
		r.regain(r.status.Held.To)
	}
	if b.reached != "" {
		r.last, r.from, r.skipTo = b.reached, after(b.reached), ""
	}
	over = b.closed || r.over(tip)
	if over {
		r.conclude(b.closed)
		r.succeed(source.Done)
		r.status.Behind = 0
		// Whoever adds up the shards must not take this one's end for the end of all, before its children have said that they are there.
		if err := r.announce(ctx, b.children); err != nil {
			return over, err
		}
	}
	return over, r.tell(ctx, entries, bad)
}

// announce says that there are shards whose turn is to come.
func (r *reader) announce(ctx context.Context, children []types.ChildShard) error {
	for _, c := range children {
		child := report{out: r.out, status: source.Status{Source: r.status.Source, Part: aws.ToString(c.ShardId)}}
		if err := child.send(ctx, nil, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// finish reports the end of a shard that cannot be asked any more.
func (r *reader) finish(ctx context.Context) error {
	r.conclude(true)
	r.reach(time.Now()) // the rest is in a gap
	r.succeed(source.Done)
	return r.tell(ctx, nil, nil)
}

// conclude notes that no more of the shard is read. The gaps of it that are still open are counted here, though its children tell
// where they end.
func (r *reader) conclude(closed bool) {
	r.closed = closed
	for _, g := range r.holes {
		if g.Part == r.shard {
			r.status.Gaps++
		}
	}
}

// measure finds out where we are from an answer with so many records.
func (r *reader) measure(records int, behind time.Duration) {
	if records == 0 && behind > 0 && behind >= r.behind {
		r.idle++
	} else {
		r.idle = 0
	}
	r.behind = behind
	if behind > 0 {
		r.lagging++
	} else {
		r.lagging = 0
	}
	switch {
	case behind == 0, r.idle >= stuck:
		r.succeed(source.Live)
		behind = 0
	case r.status.State == source.Live && r.lagging < 3:
		// A live shard may seem behind for a moment.
		r.succeed(source.Live)
		behind = 0
	default:
		r.succeed(source.CatchingUp)
	}
	r.status.Behind = behind
}

// atTip reports whether an answer that was so far behind was the newest there is.
func (r *reader) atTip(behind time.Duration) bool { return behind == 0 || r.idle >= stuck }

// over reports whether an open shard has been read as far as was asked for.
func (r *reader) over(atTip bool) bool {
	now := time.Now()
	if !r.follow {
		// Whoever writes faster than we read must not keep us for ever.
		overtaken := r.status.LastArrival.After(r.began.Add(skew)) && now.After(r.began.Add(skew))
		if atTip || overtaken {
			return true
		}
	}
	if r.until.IsZero() {
		return false
	}
	end := r.until.Add(late)
	return r.status.LastArrival.After(end) || (atTip && now.After(end))
}
