package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream/eventstreamapi"
	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// SubscriptionEvent is the operation that a [Fault] names to befall an event of a subscription.
const SubscriptionEvent = "SubscribeToShardEvent"

// consumer is one that was registered with a stream, whose lock guards it.
type consumer struct {
	name, arn     string
	calls         map[string]*window // SubscribeToShard by shard
	subscriptions map[string]*subscription
}

// subscription is one answer of SubscribeToShard: events that go on for minutes.
type subscription struct {
	call   *call
	stream *stream
	shard  *shard
	at     iterator
	began  time.Time

	once    sync.Once
	revoked chan struct{} // closed when err is set: the subscription ends with it
	err     error
}

// revoke ends the subscription with an exception.
func (sub *subscription) revoke(err error) {
	sub.once.Do(func() {
		sub.err = err
		close(sub.revoked)
	})
}

// consumer finds a consumer and locks its stream.
func (k *Kinesis) consumer(arn string) (*stream, *consumer, error) {
	for _, s := range k.sorted() {
		s.mu.Lock()
		for _, c := range s.consumers {
			if c.arn == arn {
				return s, c, nil
			}
		}
		s.mu.Unlock()
	}
	return nil, nil, failure(codeNotFound, "Consumer %s under account %s not found.", arn, k.options.Account)
}

type subscribeToShardInput struct {
	ConsumerARN      *string
	ShardId          *string
	StartingPosition *startingPosition
	DryRun           bool
}

type startingPosition struct {
	Type           *string
	SequenceNumber *string
	Timestamp      *epoch
}

func (in *subscribeToShardInput) shard(*Kinesis) string { return deref(in.ShardId) }

func subscribeToShard(k *Kinesis, c *call, in *subscribeToShardInput) (any, error) {
	var ck checks
	ck.require("consumerARN", in.ConsumerARN != nil)
	ck.require("shardId", in.ShardId != nil)
	ck.length("shardId", in.ShardId, 1, 128)
	ck.require("startingPosition", in.StartingPosition != nil)
	if in.StartingPosition != nil {
		ck.require("startingPosition.type", in.StartingPosition.Type != nil)
		ck.oneOf("startingPosition.type", in.StartingPosition.Type, "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON")
	}
	if err := ck.err(); err != nil {
		return nil, err
	}
	s, consumer, err := k.consumer(*in.ConsumerARN)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	s.expire(c.now)
	sh, err := s.shard(*in.ShardId)
	if err != nil {
		return nil, err
	}
	if err := consumer.admit(k, sh, c.now); err != nil {
		return nil, err
	}
	it := iterator{Stream: s.id, Shard: sh.index}
	start := getShardIteratorInput{
		ShardId: in.ShardId, ShardIteratorType: in.StartingPosition.Type,
		StartingSequenceNumber: in.StartingPosition.SequenceNumber, Timestamp: in.StartingPosition.Timestamp,
	}
	if err := start.place(&it, s, sh, c.now); err != nil {
		return nil, err
	}
	if in.DryRun {
		return nil, dryRunSucceeded()
	}
	sub := &subscription{call: c, stream: s, shard: sh, at: it, began: c.now, revoked: make(chan struct{})}
	consumer.begin(sub)
	return sub, nil
}

// admit enforces who may subscribe when.
func (c *consumer) admit(k *Kinesis, sh *shard, now time.Time) error {
	if k.options.NoLimits {
		return nil
	}
	w, ok := c.calls[sh.id]
	if !ok {
		if c.calls == nil {
			c.calls = map[string]*window{}
		}
		w = &window{limit: maxSubscribes}
		c.calls[sh.id] = w
	}
	if !w.allow(now) {
		return failure(codeLimit, "Rate exceeded for consumer %s and shard %s.", c.arn, sh.id)
	}
	if sub := c.subscriptions[sh.id]; sub != nil && now.Sub(sub.began) < takeover {
		return failure(codeInUse, "Another active subscription exists for this consumer: %s and shard %s.", c.arn, sh.id)
	}
	return nil
}

// begin puts a subscription in the place of the one before it.
func (c *consumer) begin(sub *subscription) {
	if c.subscriptions == nil {
		c.subscriptions = map[string]*subscription{}
	}
	if old := c.subscriptions[sub.shard.id]; old != nil {
		old.revoke(failure(codeInUse, "Another subscription took over for consumer %s and shard %s.", c.arn, sub.shard.id))
	}
	c.subscriptions[sub.shard.id] = sub
}

type subscriptionEvent struct {
	Records                    []recordShape
	ContinuationSequenceNumber *string `json:",omitempty"` // missing at the end of a closed shard
	MillisBehindLatest         int64
	ChildShards                []childShape `json:",omitempty"`
}

// serve sends events until the subscription ends or the client goes away.
func (sub *subscription) serve(k *Kinesis, w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
	w.Header().Set("X-Amzn-Requestid", uuid.NewString())
	out := &events{w: w, encoder: eventstream.NewEncoder()}
	out.send("event", "initial-response", []byte("{}"))
	ctx, cancel := context.WithTimeout(sub.call.ctx, k.options.SubscriptionLife)
	defer cancel()
	for {
		event, size, news, last := sub.next(k)
		if err := out.event(ctx, k, sub, event); err != nil {
			if !errors.Is(err, errEnded) {
				out.exception(err)
			}
			return
		}
		if last || out.err != nil {
			return
		}
		if !k.options.NoLimits {
			pause(ctx, time.Duration(size)*time.Second/maxReadBytes)
		}
		if len(event.Records) == 0 || event.MillisBehindLatest == 0 {
			quiet := time.NewTimer(k.options.QuietEvent)
			select {
			case <-news:
				// Records that come one after another are sent together.
				pause(ctx, gathering)
			case <-quiet.C:
			case <-sub.revoked:
			case <-ctx.Done():
			}
			quiet.Stop()
		}
		select {
		case <-sub.revoked:
			out.exception(sub.err)
			return
		case <-ctx.Done():
			return
		default:
		}
	}
}

// next takes what there is, and gives what is closed when there is more. last is for the end of the shard.
func (sub *subscription) next(k *Kinesis) (e subscriptionEvent, size int, news <-chan struct{}, last bool) {
	s, sh, now := sub.stream, sub.shard, k.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(now)
	read, size := sh.read(&sub.at, maxGetRecords, maxEventBytes, k.options.SparseReads, now)
	e = subscriptionEvent{Records: read.Records, MillisBehindLatest: read.MillisBehindLatest}
	if !sh.open() && sub.at.Position >= sh.next {
		for _, child := range sh.children {
			e.ChildShards = append(e.ChildShards, child.childShape())
		}
		return e, size, nil, true
	}
	reached := sh.reached(sub.at.Position).String()
	e.ContinuationSequenceNumber = &reached
	return e, size, sh.wait(), false
}

func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// errEnded is the end of a subscription as a fault asked for.
var errEnded = errors.New("the subscription was ended")

// events writes messages in the event stream encoding:
// https://smithy.io/2.0/aws/amazon-eventstream.html.
type events struct {
	w       http.ResponseWriter
	encoder *eventstream.Encoder
	err     error // of writing: the client has gone away
}

// event sends an event unless a fault befalls it, whose error is then given. A connection that is to break does so by a panic.
func (o *events) event(ctx context.Context, k *Kinesis, sub *subscription, e subscriptionEvent) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding an event: %w", err)
	}
	f, ok := k.faults.pick(ctx, SubscriptionEvent, sub.shard.id, "")
	if ok {
		switch err := f.kinesisError(SubscriptionEvent, sub.shard.id); {
		case f.Kind == End:
			return errEnded
		case errors.Is(err, abortion{}):
			panic(http.ErrAbortHandler)
		case err != nil:
			return err
		}
	}
	message, err := o.encode("event", "SubscribeToShardEvent", payload)
	if err != nil {
		return err
	}
	message, cut := f.mangled(message)
	o.write(message)
	if cut {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// exception ends the stream of events with an error.
func (o *events) exception(err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{http.StatusInternalServerError, codeInternal, err.Error()}
	}
	code := e.code
	if code == codeInternal {
		code = "InternalFailureException" // what it is called among the events
	}
	payload, err := json.Marshal(struct {
		Message string `json:"message"`
	}{e.message})
	if err != nil { // a string always marshals
		payload = []byte("{}")
	}
	o.send("exception", code, payload)
}

// send writes one message.
func (o *events) send(kind, name string, payload []byte) {
	message, err := o.encode(kind, name, payload)
	if err != nil {
		o.err = err
		return
	}
	o.write(message)
}

func (o *events) encode(kind, name string, payload []byte) ([]byte, error) {
	header := eventstreamapi.EventTypeHeader
	if kind == "exception" {
		header = eventstreamapi.ExceptionTypeHeader
	}
	var headers eventstream.Headers
	headers.Set(eventstreamapi.MessageTypeHeader, eventstream.StringValue(kind))
	headers.Set(header, eventstream.StringValue(name))
	headers.Set(eventstreamapi.ContentTypeHeader, eventstream.StringValue(contentType))
	var message bytes.Buffer
	if err := o.encoder.Encode(&message, eventstream.Message{Headers: headers, Payload: payload}); err != nil {
		return nil, fmt.Errorf("encoding a message of kind %s: %w", name, err)
	}
	return message.Bytes(), nil
}

func (o *events) write(message []byte) {
	if o.err != nil {
		return
	}
	if _, o.err = o.w.Write(message); o.err == nil {
		o.err = http.NewResponseController(o.w).Flush()
	}
}
