// Package emulator holds two servers that stand in for AWS: a Kinesis Data Streams server and an S3 server. They speak the
// services' own wire protocols over HTTP, enforce the services' limits, and can be told to fail. The demonstration account
// is served by them and tests of everything that talks to AWS run against them.
//
// Both keep everything in memory, do not check signatures, and are safe for concurrent use.
package emulator

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// KinesisOptions set up a Kinesis server. The zero value is a server with the limits of the real service.
type KinesisOptions struct {
	// Now is the server's clock: it stamps records and drives expiry, trimming and limits. It is called from many
	// goroutines at once. nil means time.Now.
	Now func() time.Time

	Account string // twelve digits; default 123456789012
	Region  string // default us-east-1

	// IteratorLife is how long a shard iterator can be used; default 5 minutes, as in the service.
	IteratorLife time.Duration

	// Retention is what new streams keep; default 24 hours. The wire protocol knows whole hours; shorter spans can only
	// be given here.
	Retention time.Duration

	// NoLimits lifts the limits on calls and bytes per second. Limits on the size of one call stay.
	NoLimits bool

	// SubscriptionLife is how long a subscription lasts, and QuietEvent how long there are no events in one when there are no records, by
	// the wall clock; defaults 5 minutes and 5 seconds, as in the service.
	SubscriptionLife, QuietEvent time.Duration

	// SparseReads bounds the span of arrival times that one GetRecords looks through, as the real service does on shards
	// with few records: an answer may then be empty although more follows. Zero finds the next record at once.
	SparseReads time.Duration
}

// Kinesis is a server of the Kinesis Data Streams API of 2013-12-02, in the JSON 1.1 protocol that the AWS SDKs speak. It
// does what an application needs to write, read and reshard; other operations are answered with UnknownOperationException. Streams are
// active as soon as they are created and reshard at once. SubscribeToShard is answered over HTTP/2, as in the service, and over
// HTTP/1.1 too; the consumers that it needs are made with AddConsumer only.
type Kinesis struct {
	now      func() time.Time
	options  KinesisOptions
	tokenKey []byte
	ops      map[string]operation
	faults   faults

	mu      sync.Mutex // guards what follows; never held while a stream's own lock is taken
	streams map[string]*stream
	byID    map[uint64]*stream
	lastID  uint64
	calls   map[string]int
	control map[string]*window // calls a second of the account, by operation
}

// NewKinesis makes a server without streams. It needs no closing.
func NewKinesis(o KinesisOptions) *Kinesis {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Account == "" {
		o.Account = "123456789012"
	}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.IteratorLife <= 0 {
		o.IteratorLife = 5 * time.Minute
	}
	if o.Retention <= 0 {
		o.Retention = 24 * time.Hour
	}
	if o.SubscriptionLife <= 0 {
		o.SubscriptionLife = maxSubscribed
	}
	if o.QuietEvent <= 0 {
		o.QuietEvent = quietEvent
	}
	k := &Kinesis{
		now:      o.Now,
		options:  o,
		tokenKey: make([]byte, 32),
		ops:      operations(),
		streams:  map[string]*stream{},
		byID:     map[uint64]*stream{},
		calls:    map[string]int{},
		control:  map[string]*window{},
	}
	// The key only has to differ from that of other servers in the process, whose iterators must not be taken here;
	// crypto/rand does not fail.
	_, _ = rand.Read(k.tokenKey)
	return k
}

var _ http.Handler = (*Kinesis)(nil)

// CreateStream makes a provisioned stream with that many open shards. It fails if the name is taken or not one that
// Kinesis allows, or the account's shard limit is passed.
func (k *Kinesis) CreateStream(name string, shards int) error {
	count := int32(min(shards, maxAccountShards+1))
	if _, err := createStream(k, k.newCall(nil), &createStreamInput{StreamName: &name, ShardCount: &count}); err != nil {
		return fmt.Errorf("creating stream %q: %w", name, err)
	}
	return nil
}

// Put writes one record that arrives now. It validates as the wire protocol does but is not limited in throughput. The
// server keeps data: the caller must not change it afterwards.
func (k *Kinesis) Put(stream, partitionKey string, data []byte) (shardID, sequenceNumber string, err error) {
	return k.PutAt(stream, partitionKey, data, k.now())
}

// PutAt is Put with an arrival time in the past, to fill a stream with history. Records are kept in the order in which they
// are put, so history is put oldest first. What is older than the stream's retention is accepted and trimmed at once. A
// stream and shard that are younger than the record become as old as it, so that listing shards at that time finds them.
func (k *Kinesis) PutAt(stream, partitionKey string, data []byte, arrived time.Time) (shardID, sequenceNumber string, err error) {
	s, err := k.find(stream)
	if err != nil {
		return "", "", fmt.Errorf("putting a record: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.validateRecord(partitionKey, nil, data); err != nil {
		return "", "", fmt.Errorf("putting a record on %s: %w", stream, err)
	}
	now := k.now()
	s.expire(now)
	sh := s.route(hashOf(partitionKey))
	seq := sh.append(record{arrived: arrived.UnixMilli(), key: partitionKey, data: data})
	s.backdate(sh, arrived)
	return sh.id, seq.String(), nil
}

// AddConsumer registers a consumer with a stream and gives its ARN. It fails when the stream has one of that name, or as many as a stream
// may have.
func (k *Kinesis) AddConsumer(stream, name string) (arn string, err error) {
	s, err := k.find(stream)
	if err != nil {
		return "", fmt.Errorf("adding a consumer: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.consumers) >= maxConsumers {
		return "", fmt.Errorf("adding a consumer to %s: it has %d, which is all that a stream may have", stream, maxConsumers)
	}
	for _, c := range s.consumers {
		if c.name == name {
			return "", fmt.Errorf("adding a consumer to %s: it has one with the name %s", stream, name)
		}
	}
	c := &consumer{name: name, arn: fmt.Sprintf("%s/consumer/%s:%d", s.arn, name, k.now().Unix())}
	s.consumers = append(s.consumers, c)
	return c.arn, nil
}

// RemoveConsumer deregisters a consumer. Its subscriptions end with ResourceNotFoundException. One that does not exist is removed already.
func (k *Kinesis) RemoveConsumer(arn string) {
	s, _, err := k.consumer(arn)
	if err != nil {
		return
	}
	defer s.mu.Unlock()
	s.consumers = slices.DeleteFunc(s.consumers, func(c *consumer) bool {
		if c.arn != arn {
			return false
		}
		for _, sub := range c.subscriptions {
			sub.revoke(failure(codeNotFound, "Consumer %s not found.", arn))
		}
		return true
	})
}

// Split closes a shard and opens two that share its range of hash keys evenly.
func (k *Kinesis) Split(stream, shardID string) (children [2]string, err error) {
	s, err := k.find(stream)
	if err != nil {
		return children, fmt.Errorf("splitting %s: %w", shardID, err)
	}
	if err := k.roomFor(1); err != nil {
		return children, fmt.Errorf("splitting %s of %s: %w", shardID, stream, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := k.now()
	s.expire(now)
	sh, err := s.eligible(shardID)
	if err != nil {
		return children, fmt.Errorf("splitting a shard of %s: %w", stream, err)
	}
	middle, ok := sh.middle()
	if !ok {
		return children, fmt.Errorf("splitting %s of %s: its range is a single hash key", shardID, stream)
	}
	low, high := s.split(sh, middle, now)
	return [2]string{low.id, high.id}, nil
}

// Merge closes two shards with adjoining ranges of hash keys and opens one in their place. a is its parent, b its adjacent
// parent.
func (k *Kinesis) Merge(stream, a, b string) (child string, err error) {
	s, err := k.find(stream)
	if err != nil {
		return "", fmt.Errorf("merging %s and %s: %w", a, b, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := k.now()
	s.expire(now)
	first, second, err := s.adjacent(a, b)
	if err != nil {
		return "", fmt.Errorf("merging shards of %s: %w", stream, err)
	}
	return s.merge(first, second, now).id, nil
}

// Trim drops the records at the front of every shard that arrived before a time, and closed shards that ended before it,
// as retention does by itself when its time comes. An unknown stream has nothing to trim.
func (k *Kinesis) Trim(stream string, before time.Time) {
	s, err := k.find(stream)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if before.After(s.trimmed) {
		s.trimmed = before
	}
	s.expire(k.now())
}

// Shards lists the open shards of a stream in the order of their IDs; none for an unknown stream.
func (k *Kinesis) Shards(stream string) []string {
	s, err := k.find(stream)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(k.now())
	var ids []string
	for _, sh := range s.shards {
		if sh.open() {
			ids = append(ids, sh.id)
		}
	}
	return ids
}

// ARN is the resource name of a stream of this account, whether it exists or not.
func (k *Kinesis) ARN(stream string) string {
	return "arn:aws:kinesis:" + k.options.Region + ":" + k.options.Account + ":stream/" + stream
}

// Calls counts the requests received, by operation, those that failed or were made to fail included. Operations that do
// not exist are counted as "Unknown".
func (k *Kinesis) Calls() map[string]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.calls)
}

// Inject makes requests fail as f says until remove is called or f.Times is used up. See Fault.
func (k *Kinesis) Inject(f Fault) (remove func()) { return k.faults.add(f) }

// find gives a stream by its name.
func (k *Kinesis) find(name string) (*stream, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s, ok := k.streams[name]; ok {
		return s, nil
	}
	return nil, k.noStream(name)
}

func (k *Kinesis) noStream(name string) error {
	return failure(codeNotFound, "Stream %s under account %s not found.", name, k.options.Account)
}
