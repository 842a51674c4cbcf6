package kinesis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/schemas"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
)

// API is what is used of a [Client]: calls that only read. Any number of goroutines make them at once.
type API interface {
	ListShards(context.Context, *kinesis.ListShardsInput, ...func(*kinesis.Options)) (*kinesis.ListShardsOutput, error)
	GetShardIterator(context.Context, *kinesis.GetShardIteratorInput, ...func(*kinesis.Options)) (*kinesis.GetShardIteratorOutput, error)
	GetRecords(context.Context, *kinesis.GetRecordsInput, ...func(*kinesis.Options)) (*kinesis.GetRecordsOutput, error)

	// Subscribe is SubscribeToShard. The subscription ends with ctx. The metadata is that of the answer before the first event.
	Subscribe(ctx context.Context, in *kinesis.SubscribeToShardInput) (Subscription, middleware.Metadata, error)
}

// Subscription gives the events of a shard. Close ends it, and must be called.
type Subscription interface {
	Events() <-chan types.SubscribeToShardEventStream // closed at the end
	Err() error                                       // why it ended; nil: in order
	Close() error
}

// Client is the SDK's client, whose subscriptions a fake can stand in for.
type Client struct{ *kinesis.Client }

var _ API = (*Client)(nil)

// Subscribe is SubscribeToShard.
func (c *Client) Subscribe(ctx context.Context, in *kinesis.SubscribeToShardInput) (Subscription, middleware.Metadata, error) {
	// The SDK's client decodes all its subscriptions with one decoder, whose state they would share.
	out, err := c.SubscribeToShard(ctx, in, func(o *kinesis.Options) { o.Protocol = awsjson.New11(schemas.Kinesis_20131202) })
	if err != nil {
		return nil, middleware.Metadata{}, err
	}
	return out.GetStream(), out.ResultMetadata, nil
}

// The IAM actions that reading a stream needs, as errors name them.
const (
	actionList     = "kinesis:ListShards"
	actionIterator = "kinesis:GetShardIterator"
	actionRecords  = "kinesis:GetRecords"
	actionListen   = "kinesis:SubscribeToShard"
)

// NewClient makes the client that New wants: one that never retries by itself, since the SDK's retries wait in silence and hide
// throttling from the status.
func NewClient(cfg aws.Config) *Client {
	return &Client{kinesis.NewFromConfig(cfg, func(o *kinesis.Options) {
		o.Retryer = aws.NopRetryer{}
		o.APIOptions = append(o.APIOptions, plainBody)
		if o.AccountIDEndpointMode == aws.AccountIDEndpointModeDisabled {
			o.EndpointResolverV2 = sharedHost{kinesis.NewDefaultEndpointResolverV2()}
		}
	})}
}

// sharedHost finds the host that all accounts share. Where the SDK is told not to use hosts of accounts it keeps to that for those of
// credentials only, and takes one from an ARN all the same.
type sharedHost struct{ kinesis.EndpointResolverV2 }

func (s sharedHost) ResolveEndpoint(ctx context.Context, p kinesis.EndpointParameters) (smithyendpoints.Endpoint, error) {
	p.StreamARN, p.ConsumerARN, p.ResourceARN, p.AccountId = nil, nil, nil, nil
	return s.EndpointResolverV2.ResolveEndpoint(ctx, p)
}

// caller makes the calls for one stream, each with a deadline of its own because the SDK has no read timeout.
type caller struct {
	api     API
	ref     Ref
	timeout time.Duration
}

func (c *caller) names() (name, streamARN *string) {
	if c.ref.ARN != "" {
		return nil, &c.ref.ARN
	}
	return &c.ref.Name, nil
}

// list gives all shards that match filter, and the time of asking by the service's clock.
func (c *caller) list(ctx context.Context, filter *types.ShardFilter) (shards []types.Shard, asked time.Time, err error) {
	asked = time.Now()
	var token *string
	for {
		in := &kinesis.ListShardsInput{NextToken: token}
		if token == nil {
			in.StreamName, in.StreamARN = c.names()
			in.ShardFilter = filter
		}
		out, err := call(ctx, c.timeout, in, c.api.ListShards)
		if err != nil {
			return nil, asked, fmt.Errorf("listing the shards of %s: %w", c.ref.Name, err)
		}
		shards = append(shards, out.Shards...)
		if aws.ToString(out.NextToken) == "" {
			return shards, asked.Add(ahead(out.ResultMetadata)), nil
		}
		token = out.NextToken
	}
}

// iterator gives an iterator for the position in the shard, and the time of asking by the service's clock.
func (c *caller) iterator(ctx context.Context, shard string, p position) (it string, asked time.Time, err error) {
	asked = time.Now()
	in := &kinesis.GetShardIteratorInput{ShardId: &shard, ShardIteratorType: p.kind}
	in.StreamName, in.StreamARN = c.names()
	switch p.kind {
	case types.ShardIteratorTypeAfterSequenceNumber:
		in.StartingSequenceNumber = &p.sequence
	case types.ShardIteratorTypeAtTimestamp:
		in.Timestamp = &p.at
	}
	out, err := call(ctx, c.timeout, in, c.api.GetShardIterator)
	if err != nil {
		return "", asked, fmt.Errorf("getting an iterator for %s: %w", shard, err)
	}
	if aws.ToString(out.ShardIterator) == "" {
		return "", asked, fmt.Errorf("getting an iterator for %s: the answer holds none", shard)
	}
	return *out.ShardIterator, asked.Add(ahead(out.ResultMetadata)), nil
}

// subscribe begins a subscription at the position in the shard. The deadline is for its beginning; it ends with ctx. offset is how far the
// service's clock is ahead of ours.
func (c *caller) subscribe(ctx context.Context, shard, consumer string, p position) (sub Subscription, offset time.Duration, err error) {
	start := &types.StartingPosition{Type: p.kind}
	switch p.kind {
	case types.ShardIteratorTypeAfterSequenceNumber:
		start.SequenceNumber = &p.sequence
	case types.ShardIteratorTypeAtTimestamp:
		start.Timestamp = &p.at
	}
	ctx, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(c.timeout, func() { cancel(context.DeadlineExceeded) })
	sub, answer, err := c.api.Subscribe(ctx, &kinesis.SubscribeToShardInput{ConsumerARN: &consumer, ShardId: &shard, StartingPosition: start})
	if !late.Stop() && err == nil {
		err = errors.Join(context.DeadlineExceeded, sub.Close())
	}
	if err != nil {
		if errors.Is(context.Cause(ctx), context.DeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
			err = timeoutError{err}
		}
		cancel(nil)
		return nil, 0, fmt.Errorf("subscribing to %s: %w", shard, err)
	}
	return ending{sub, cancel}, ahead(answer), nil
}

// ending is a subscription whose context ends with it.
type ending struct {
	Subscription
	cancel context.CancelCauseFunc
}

func (c ending) Close() error {
	defer c.cancel(nil)
	return c.Subscription.Close()
}

// records reads at most limit records.
func (c *caller) records(ctx context.Context, shard, iterator string, limit int32) (*kinesis.GetRecordsOutput, error) {
	in := &kinesis.GetRecordsInput{ShardIterator: &iterator, Limit: &limit}
	if c.ref.ARN != "" {
		in.StreamARN = &c.ref.ARN
	}
	out, err := call(ctx, c.timeout, in, c.api.GetRecords)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", shard, err)
	}
	return out, nil
}

func call[In, Out any](ctx context.Context, timeout time.Duration, in *In,
	method func(context.Context, *In, ...func(*kinesis.Options)) (*Out, error),
) (*Out, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := method(ctx, in)
	if err == nil && out == nil {
		return nil, errors.New("the answer is empty")
	}
	// The SDK says "canceled" also when it was the deadline that ended the call.
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
		err = timeoutError{err}
	}
	return out, err
}

// timeoutError is a call that ran into its deadline. It hides the cancellation that the SDK made of it.
type timeoutError struct{ error }

func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }
