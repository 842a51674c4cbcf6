package kinesis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
	"taudit/source/audit"
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
	until    time.Time // records that arrived later are of no interest; zero: all are
	began    time.Time // when Run did
	decoder  *audit.Decoder
	log      *slog.Logger
	patience *patience

	from     position // to get the next iterator for
	latest   bool     // reading began at the tip
	iterator string
	skipTo   string    // sequence number of what was delivered already, while it may come again
	next     time.Time // when GetRecords may be called again
	budget   int64     // bytes wanted of one answer
	size     int64     // bytes of a record, as the last answer had them
	expired  int       // iterators in a row that were found expired
	behind   time.Duration
	idle     int // empty answers in a row that were no nearer to the tip
	lagging  int // answers in a row that were behind the tip
}

// read sends what the shard holds until as far as was asked for, and then says whether that was the end of the shard, and what
// children it announced.
func (r *reader) read(ctx context.Context) (closed bool, children []types.ChildShard, err error) {
	if err := r.send(ctx, nil, nil); err != nil {
		return false, nil, err
	}
	for {
		if r.iterator == "" {
			gone, err := r.place(ctx)
			if err != nil || gone {
				return gone, nil, err
			}
		}
		if err := sleep(ctx, time.Until(r.next)); err != nil {
			return false, nil, err
		}
		r.next = time.Now().Add(r.tempo.poll)
		out, err := r.records(ctx, r.shard, r.iterator, r.limit())
		if err != nil {
			if err := r.missed(ctx, err); err != nil {
				return false, nil, err
			}
			continue
		}
		closed := aws.ToString(out.NextShardIterator) == ""
		over, err := r.take(ctx, out)
		if err != nil || closed {
			return closed, out.ChildShards, err
		}
		if over {
			return false, nil, nil
		}
	}
}

// limit is how many records to ask for.
func (r *reader) limit() int32 {
	return int32(min(max(r.budget/max(r.size, 1), 1), most))
}

// place gets an iterator for where reading goes on. It gives true when the shard is there no more.
func (r *reader) place(ctx context.Context) (gone bool, err error) {
	for {
		asked := time.Now()
		it, err := r.caller.iterator(ctx, r.shard, r.from)
		action := actionIterator
		switch {
		case err == nil:
			r.iterator = it
			if r.from.kind == types.ShardIteratorTypeLatest {
				// Should this iterator expire before it gave anything, "latest" would then be later than it is now.
				r.from, r.latest = at(asked.Add(-skew)), true
			}
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

// replace finds another place to read from than the one that the service does not take, or gives false.
func (r *reader) replace(invalid error) bool {
	switch r.from.kind {
	case types.ShardIteratorTypeAfterSequenceNumber:
		// What came after the last record may have been trimmed with it.
		r.gap("the last record read was trimmed, and maybe what followed it", invalid)
		r.skipTo, r.from = r.from.sequence, horizon()
	case types.ShardIteratorTypeAtTimestamp:
		// It takes no time that is still to come, and its clock is behind ours.
		r.log.Warn("the stream does not take the time to start at; check this machine's clock", "stream", r.ref.Name,
			"shard", r.shard, "time", r.from.at, "error", invalid)
		r.from = horizon()
		if r.latest {
			r.from = tip()
		}
	default:
		return false
	}
	return true
}

// lookUp finds out whether a shard that was not found has expired; its error may be that there is no such stream.
func (r *reader) lookUp(ctx context.Context) (gone bool, err error) {
	shards, err := r.list(ctx, &types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon})
	if err != nil {
		return false, err
	}
	for _, s := range shards {
		if aws.ToString(s.ShardId) == r.shard {
			return false, nil
		}
	}
	r.gap("the shard is older than what the stream keeps", nil)
	return true, nil
}

func (r *reader) gap(why string, err error) {
	r.status.Gaps++
	r.log.Warn("gap: "+why, "stream", r.ref.Name, "shard", r.shard, "error", err)
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
		if err := r.send(ctx, nil, nil); err != nil {
			return err
		}
		return explained
	}
	r.log.Warn("a call failed and is tried again", "stream", r.ref.Name, "shard", r.shard, "wait", wait, "error", err)
	r.fail(state, explained, wait)
	if err := r.send(ctx, nil, nil); err != nil {
		return err
	}
	return sleep(ctx, wait)
}

// take decodes and sends what an answer holds, and gives true when no more is wanted of the shard.
func (r *reader) take(ctx context.Context, out *kinesis.GetRecordsOutput) (over bool, err error) {
	r.patience.reset()
	r.expired = 0
	entries, bad := r.decode(out.Records)
	behind := time.Duration(aws.ToInt64(out.MillisBehindLatest)) * time.Millisecond
	r.measure(len(out.Records), behind)
	r.iterator = aws.ToString(out.NextShardIterator)
	over = r.iterator == "" || r.over(behind)
	if over {
		r.succeed(source.Done)
		r.status.Behind = 0
	}
	return over, r.send(ctx, entries, bad)
}

// finish reports the end of a shard that cannot be asked any more.
func (r *reader) finish(ctx context.Context) error {
	r.succeed(source.Done)
	return r.send(ctx, nil, nil)
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

// over reports whether an open shard has been read as far as was asked for.
func (r *reader) over(behind time.Duration) bool {
	now := time.Now()
	atTip := behind == 0 || r.idle >= stuck
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

// decode gives the entries of records and what could not be decoded, and counts them.
func (r *reader) decode(records []types.Record) ([]audit.Entry, []audit.Bad) {
	var (
		entries []audit.Entry
		bad     []audit.Bad
		bytes   int64
		taken   int64
	)
	for i := range records {
		record := &records[i]
		sequence := aws.ToString(record.SequenceNumber)
		if r.skipTo != "" && !follows(sequence, r.skipTo) {
			continue
		}
		r.skipTo = ""
		if sequence != "" {
			r.from = after(sequence)
		}
		arrived := aws.ToTime(record.ApproximateArrivalTimestamp)
		if arrived.After(r.status.LastArrival) {
			r.status.LastArrival = arrived
		}
		bytes += int64(len(record.Data))
		taken++
		e, b := r.decodeOne(record.Data, audit.Origin{
			Source: r.status.Source, Part: r.shard, Position: sequence, Arrived: arrived,
		})
		entries = append(entries, e...)
		bad = append(bad, b...)
	}
	if taken > 0 {
		r.size = bytes / taken
		r.status.LastBatch = time.Now()
	}
	r.status.Records += taken
	r.status.Bytes += bytes
	r.status.Entries += int64(len(entries))
	r.status.Bad += int64(len(bad))
	return entries, bad
}

// decodeOne keeps a record that the decoder cannot cope with, instead of losing the shard to it.
func (r *reader) decodeOne(data []byte, o audit.Origin) (entries []audit.Entry, bad []audit.Bad) {
	defer func() {
		if p := recover(); p != nil {
			entries = nil
			bad = []audit.Bad{{
				Raw: string(data[:min(len(data), audit.MaxBad)]), Size: len(data), Origin: o,
				Reason: fmt.Sprintf("decoding it failed in an unexpected way, which is a fault of this program: %v", p),
			}}
		}
	}()
	return r.decoder.Decode(data, o)
}
