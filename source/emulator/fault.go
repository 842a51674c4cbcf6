package emulator

import (
	"context"
	"slices"
	"sync"
	"time"
)

// FaultKind is the way in which a request fails.
type FaultKind int

// The kinds of faults. Each is answered as the service at hand does it.
const (
	Slow             FaultKind = iota // late by Fault.Delay, otherwise as usual
	Throttle                          // Kinesis: ProvisionedThroughputExceededException, or LimitExceededException where there is no shard; S3: 503 SlowDown
	KMSThrottle                       // Kinesis: KMSThrottlingException; S3: 400 KMS.ThrottlingException
	Expire                            // Kinesis: ExpiredIteratorException, for ListShards ExpiredNextTokenException; S3: as ExpiredToken
	Deny                              // AccessDeniedException, S3: 403 AccessDenied
	ResourceNotFound                  // ResourceNotFoundException, S3: 404 NoSuchBucket
	Internal                          // 500 InternalFailure, S3: InternalError
	Unavailable                       // 503 ServiceUnavailable, S3: SlowDown
	ExpiredToken                      // the credentials have expired: ExpiredTokenException, S3: ExpiredToken
	Drop                              // the connection is closed before an answer
	Cut                               // the connection is closed half way through the answer's body
	Corrupt                           // the middle of the answer's body is overwritten
	NoSuchKey                         // S3 only: 404
	Archived                          // S3 only: 403 InvalidObjectState, the object is in Glacier
	Redirect                          // S3 only: 301 PermanentRedirect to another region
	InUse                             // Kinesis only: ResourceInUseException
	End                               // Kinesis only, of a subscription: it ends in order, as after five minutes
)

// Fault makes requests to a server fail. Kinesis answers the kinds that only S3 has with InternalFailure.
//
// The events of a subscription are requests of their own with the operation [SubscriptionEvent]: Slow holds them back, Drop, Cut and Corrupt
// befall the connection, End ends the subscription, and others are exceptions in the stream of events.
//
// With kinds Drop and Cut the HTTP client of Go may repeat a GET by itself when its connection was used before.
type Fault struct {
	Op    string // operation as the SDK names it: GetRecords, ListObjectsV2; empty: any
	Shard string // Kinesis: only requests about this shard (GetRecords, GetShardIterator, SplitShard, MergeShards, SubscribeToShard); empty: any
	Key   string // S3: only requests for this key, for a listing its prefix; empty: any

	Skip  int           // so many matching requests go well first
	Times int           // and so many then fail; 0: all
	Delay time.Duration // before the answer, by the wall clock; ends early if the client goes away
	Kind  FaultKind
}

// faults are the faults that a server was told of, the oldest first.
type faults struct {
	mu   sync.Mutex
	list []*pending
}

type pending struct {
	Fault
	seen, done int
}

func (fs *faults) add(f Fault) (remove func()) {
	p := &pending{Fault: f}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = append(fs.list, p)
	return func() {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		fs.list = slices.DeleteFunc(fs.list, func(other *pending) bool { return other == p })
	}
}

// pick gives the fault that befalls a request, the oldest if several do, having waited for its delay. false: none.
func (fs *faults) pick(ctx context.Context, op, shard, key string) (Fault, bool) {
	f, ok := fs.match(op, shard, key)
	if ok && f.Delay > 0 {
		wait := time.NewTimer(f.Delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-ctx.Done():
		}
	}
	return f, ok
}

func (fs *faults) match(op, shard, key string) (Fault, bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, p := range fs.list {
		if (p.Op != "" && p.Op != op) || (p.Shard != "" && p.Shard != shard) || (p.Key != "" && p.Key != key) {
			continue
		}
		if p.seen < p.Skip {
			p.seen++
			continue
		}
		if p.Times > 0 && p.done >= p.Times {
			continue
		}
		p.done++
		return p.Fault, true
	}
	return Fault{}, false
}

// mangled gives what is left of an answer's body after a fault and whether the connection is to be closed after it.
func (f Fault) mangled(body []byte) (rest []byte, cut bool) {
	switch f.Kind {
	case Cut:
		return body[:len(body)/2], true
	case Corrupt:
		rest = slices.Clone(body)
		for i := len(rest) / 3; i < len(rest)-len(rest)/3; i++ {
			rest[i] ^= 0x55
		}
		return rest, false
	}
	return body, false
}
