// Package kinesis reads the audit log from an Amazon Kinesis data stream.
//
// It only reads: ListShards, GetShardIterator and GetRecords are all it calls, and SubscribeToShard for whoever names a consumer; it
// registers none and keeps no state anywhere. A shard's read limit is shared by all that poll it, Firehose included, so each shard is asked once a second at most
// and for half of what it can give.
package kinesis

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"taudit/source"
	"taudit/source/cloudwatch"
	"taudit/source/credentials"
)

// Stream is a [source.Source] that reads one data stream: all its shards, each in a goroutine of its own, and those that they
// are split and merged into. The parts of its events are shard IDs; the part with the empty name is the list of shards.
type Stream struct {
	caller
	options  source.Options
	tempo    tempo
	consumer string                       // ARN to subscribe with; empty: shards are polled
	place    func(context.Context) string // names what is read, for positions; nil: it lasts no longer than this process
	distinct bool                         // the name tells the account
	about    description
	bell     *source.Bell // ends waits after failures
}

// tempo is how often things are done.
type tempo struct {
	poll   time.Duration // least time between the starts of two GetRecords of a shard
	relist time.Duration // time between two looks for shards that nobody announced
	retry  time.Duration // about how long to wait after a first failure

	renew    time.Duration // how long a subscription lasts at most; the service ends it after five minutes
	silence  time.Duration // without an event for so long it is taken to be dead
	takeover time.Duration // after it began there cannot be another one for so long

	reconsider time.Duration // a consumer that was of no use is tried again after so long
}

func calm() tempo {
	return tempo{
		poll: time.Second, relist: time.Minute, retry: time.Second,
		renew: 4*time.Minute + 45*time.Second, silence: 35 * time.Second, takeover: 5 * time.Second,
		reconsider: 15 * time.Minute,
	}
}

var (
	_ source.Source   = (*Stream)(nil)
	_ source.Distinct = (*Stream)(nil)
	_ source.Resumer  = (*Stream)(nil)
	_ source.Retrier  = (*Stream)(nil)
	_ source.Opener   = Open
)

// Open is the [source.Opener] for kinesis://NAME and stream ARNs. An ARN's region goes before the configuration's, and o.Region
// before both. It reads the AWS configuration and does not call out.
func Open(ctx context.Context, text string, o source.Options) ([]source.Source, error) {
	ref, err := ParseRef(text)
	if err != nil {
		return nil, err
	}
	o.Region = cmp.Or(o.Region, ref.Region)
	cfg, err := credentials.Load(ctx, o)
	if err != nil {
		return nil, err
	}
	ref.Region = cfg.Region
	consumer, err := ref.consumerFor(o.Consumers)
	if err != nil {
		return nil, err
	}
	client := NewClient(cfg)
	s := New(client, ref, o)
	s.consumer = consumer
	owner := owner{
		credentials: cfg.Credentials, profile: cmp.Or(o.Profile, os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE"), "default"),
		endpoint: aws.ToString(client.Options().BaseEndpoint),
	}
	s.place = func(ctx context.Context) string { return placeOf(ref, owner.of(ctx, ref)) }
	if o.Health {
		s.about.metrics = cloudwatch.NewClient(cfg)
	}
	return []source.Source{s}, nil
}

// New makes a source that reads the stream through a client, made by [NewClient] or a fake. It uses of o where to start, where to
// end, whether to follow, and the log.
func New(api API, ref Ref, o source.Options) *Stream {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Stream{
		caller:  caller{api: api, ref: ref, timeout: 30 * time.Second},
		options: o,
		tempo:   calm(),
		bell:    new(source.Bell),
	}
}

// Name is "kinesis NAME/REGION", and "kinesis NAME/REGION (ACCOUNT)" for one that is to be told from another by that.
func (s *Stream) Name() string {
	name := "kinesis " + s.ref.Name
	if s.ref.Region != "" {
		name += "/" + s.ref.Region
	}
	if s.distinct {
		name += " (" + s.ref.account() + ")"
	}
	return name
}

// Distinguish puts the account into the name, if the stream was named by its ARN. It must be called before Run, if at all.
func (s *Stream) Distinguish() { s.distinct = s.ref.ARN != "" }

// Retry is that of [source.Retrier]. How often a shard is read does not change with it.
func (s *Stream) Retry() { s.bell.Ring() }

// Run reads the stream as [source.Source] says. When it does not follow, each shard is read to its tip. It gives an error for a
// stream that does not exist. Missing permissions and expired credentials are errors when it does not follow; otherwise it
// waits for them, since somebody may log in elsewhere.
func (s *Stream) Run(ctx context.Context, out chan<- source.Event) error {
	inner, cancel := context.WithCancel(ctx)
	r := &run{
		Stream: s, out: out, began: time.Now(),
		shards:   newFamily(),
		ends:     make(chan shardEnd),
		listings: make(chan listing),
		whole:    report{out: out, status: source.Status{Source: s.Name()}},
		patience: newPatience(s.options.Follow, s.tempo.retry),
	}
	// In this order: what Run started ends before Run does.
	defer r.group.Wait()
	defer cancel()
	err := r.coordinate(inner)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
