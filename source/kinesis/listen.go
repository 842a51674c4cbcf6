package kinesis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"taudit/source"
	"taudit/source/credentials"
)

const (
	// contests is how often another reader may take the subscription away before the shard is left to it, and polled.
	contests = 3
	// limits is how many refusals in a row because of a limit are put up with.
	limits = 3
	// attempts is how many failures of any kind are put up with before there ever was an event.
	attempts = 6
)

// hearing is what a reader knows of its subscriptions.
type hearing struct {
	began     time.Time // of the last subscription
	heard     bool      // there was an event
	contested int       // times that somebody else took over
	limited   int       // refusals in a row because of a limit
	failed    int       // failures in a row
	refused   time.Time // when it was found to be of no use; zero: it was not
}

// errSilent is a subscription without events. The service sends one every five seconds or so, also when there is nothing to tell.
var errSilent = errors.New("no event came for so long that the subscription is taken to be dead")

// listens reports whether the shard is to be subscribed to: there is a consumer, and if it was of no use, that is so long ago that whatever
// was in the way may have passed.
func (r *reader) listens() bool {
	return r.consumer != "" && (r.hearing.refused.IsZero() || time.Since(r.hearing.refused) >= r.tempo.reconsider)
}

// listen reads the shard by subscriptions, one after another. It gives true at the end of what was asked for, and false when reading is
// to go on by polling.
func (r *reader) listen(ctx context.Context) (over bool, children []types.ChildShard, err error) {
	for r.listens() {
		// Once a second and shard is what the service allows, which calls that take longer and shorter to get there must not break, and
		// none within five seconds of the last.
		next := r.asked.Add(r.tempo.poll + r.tempo.poll/10)
		if again := r.hearing.began.Add(r.tempo.takeover); again.After(next) {
			next = again
		}
		if err := source.Sleep(ctx, time.Until(next)); err != nil {
			return false, nil, err
		}
		r.asked = time.Now()
		sub, offset, err := r.subscribe(ctx, r.shard, r.consumer, r.from)
		if err == nil {
			r.hearing.began = time.Now()
			r.placed(r.asked.Add(offset))
			r.doubt(r.asked.Add(offset))
			over, children, err = r.hear(ctx, sub, offset)
			if over || ctx.Err() != nil {
				return over, children, ctx.Err()
			}
		}
		switch {
		case ctx.Err() != nil:
			return false, nil, ctx.Err()
		case err == nil:
			continue
		case isInvalid(err) && r.replace(err):
			continue
		case isNotFound(err):
			gone, _ := r.lookUp(ctx) // what else may be wrong is found out by polling
			if gone {
				return true, nil, r.finish(ctx)
			}
		}
		if why, refused := r.refused(err); refused {
			r.log.Warn("the shard is polled instead of subscribed to", "stream", r.ref.Name, "shard", r.shard, "error", err)
			r.hearing = hearing{refused: time.Now()}
			r.status.Remark = "polled, because the consumer cannot be used: " + why
			return false, nil, r.tell(ctx, nil, nil)
		}
		if err := r.retry(ctx, err, actionListen); err != nil {
			return false, nil, err
		}
	}
	return false, nil, nil
}

// hear takes the events of one subscription. It gives no error when that ended in its time.
func (r *reader) hear(ctx context.Context, sub Subscription, offset time.Duration) (over bool, children []types.ChildShard, err error) {
	// An error of closing is that of the stream, which is asked for where it matters.
	defer func() { _ = sub.Close() }()
	// The shards of a stream need not all be renewed at once.
	renew := time.NewTimer(r.tempo.renew - rand.N(r.tempo.renew/20+1))
	defer renew.Stop()
	silence := time.NewTimer(r.tempo.silence)
	defer silence.Stop()
	for {
		var (
			event types.SubscribeToShardEventStream
			more  bool
			asOf  time.Time
		)
		select {
		case event, more = <-sub.Events():
			// It may have waited for us since long ago, and says nothing of now.
		default:
			silence.Reset(r.tempo.silence)
			asOf = time.Now().Add(offset)
			select {
			case event, more = <-sub.Events():
			case <-renew.C:
				return false, nil, nil
			case <-silence.C:
				return false, nil, errSilent
			case <-ctx.Done():
				return false, nil, ctx.Err()
			}
		}
		if !more {
			return false, nil, sub.Err()
		}
		told, ok := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
		if !ok {
			continue
		}
		if over, err := r.hearEvent(ctx, told.Value, asOf); over || err != nil {
			return over, told.Value.ChildShards, err
		}
	}
}

func (r *reader) hearEvent(ctx context.Context, e types.SubscribeToShardEvent, asOf time.Time) (over bool, err error) {
	r.hearing.heard, r.hearing.failed, r.hearing.limited, r.hearing.refused = true, 0, 0, time.Time{}
	r.status.Remark = ""
	if time.Since(r.hearing.began) > time.Minute {
		r.hearing.contested = 0
	}
	last := aws.ToString(e.ContinuationSequenceNumber)
	return r.take(ctx, batch{
		records:  e.Records,
		behind:   time.Duration(aws.ToInt64(e.MillisBehindLatest)) * time.Millisecond,
		asOf:     asOf,
		children: e.ChildShards,
		closed:   last == "",
		reached:  last,
	})
}

// refused tells whether the consumer is of no use, and why.
func (r *reader) refused(err error) (why string, refused bool) {
	var inUse *types.ResourceInUseException
	switch {
	case errors.As(err, &inUse):
		if r.hearing.contested++; r.hearing.contested >= contests {
			return "another reader subscribes with it, too (" + aws.ToString(inUse.Message) + ")", true
		}
		return "", false
	case credentials.Throttled(err):
		if r.hearing.limited++; r.hearing.limited >= limits {
			return r.explain(err, actionListen).Error(), true
		}
		return "", false
	case isNotFound(err):
		return fmt.Sprintf("%s was not found: \"aws kinesis list-stream-consumers\" shows those that are registered", r.consumer), true
	case credentials.Denied(err), isAnswer(err) && !credentials.Refused(err):
		return r.explain(err, actionListen).Error(), true
	}
	if r.hearing.failed++; !r.hearing.heard && r.hearing.failed >= attempts && !credentials.Refused(err) {
		return r.explain(err, actionListen).Error(), true
	}
	return "", false
}

// isAnswer reports whether err is an answer that finds fault with the request.
func isAnswer(err error) bool {
	var (
		api      smithy.APIError
		answer   *smithyhttp.ResponseError
		internal *types.InternalFailureException
	)
	return errors.As(err, &api) && !errors.As(err, &internal) &&
		errors.As(err, &answer) && answer.HTTPStatusCode() < http.StatusInternalServerError
}
