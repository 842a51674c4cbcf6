package emulator

import "time"

// Limits of the service, from "Quotas and limits" of the Kinesis Data Streams developer guide and the operations'
// documentation. Times are a second unless the name says otherwise.
const (
	maxReads     = 5                 // GetRecords a shard
	maxIterators = 5                 // GetShardIterator a shard
	maxReadBytes = 2 << 20           // read from a shard
	maxPuts      = 1000              // records written to a shard
	maxPutBytes  = 1 << 20           // written to a shard
	maxListCalls = 1000              // ListShards a stream
	maxBody      = 20 << 20          // of one request: 10 MiB of records in base64, and their keys
	tokenLife    = 300 * time.Second // of ListShards

	maxGetRecords    = 10_000   // one answer
	maxGetBytes      = 10 << 20 // one answer
	maxPutRecords    = 500      // one request
	maxPutRequest    = 10 << 20 // one request, keys included
	maxRecordBytes   = 1 << 20  // default of a stream, key included
	maxPartitionKey  = 256      // characters
	maxListedShards  = 1000     // one answer of ListShards
	maxDescribed     = 100      // one answer of DescribeStream and ListStreams
	maxAccountShards = 500
	onDemandShards   = 4

	maxSubscribes = 1               // SubscribeToShard a consumer and shard
	maxSubscribed = 5 * time.Minute // how long a subscription lasts
	takeover      = 5 * time.Second // how long nobody else may subscribe with the same consumer
	quietEvent    = 5 * time.Second // between two events when there are no records
	maxEventBytes = 1 << 20         // one event
	maxConsumers  = 20              // a stream
	gathering     = 20 * time.Millisecond

	minRetentionHours = 24
	maxRetentionHours = 8760
)

// controlLimit is how often a second an account may call an operation; 0 is unlimited.
func controlLimit(op string) int {
	switch op {
	case "DescribeStreamSummary":
		return 20
	case "DescribeStream":
		return 10
	case "ListStreams", "CreateStream", "DeleteStream", "SplitShard", "MergeShards", "IncreaseStreamRetentionPeriod", "DecreaseStreamRetentionPeriod":
		return 5
	case "DescribeLimits":
		return 1
	}
	return 0
}

// window allows limit calls in any second.
type window struct {
	limit int
	calls []time.Time // ring of the last calls
	next  int
}

func (w *window) allow(now time.Time) bool {
	if len(w.calls) < w.limit {
		w.calls = append(w.calls, now)
		return true
	}
	// A clock that was set back must not lock callers out.
	if age := now.Sub(w.calls[w.next]); age >= 0 && age < time.Second {
		return false
	}
	w.calls[w.next] = now
	w.next = (w.next + 1) % w.limit
	return true
}

// bucket allows perSecond units a second, with that many saved up at most.
type bucket struct {
	perSecond float64
	used      float64
	at        time.Time
}

// fits tells whether n more units are allowed; take then uses them. What is more than a second's worth, a large record, fits
// when nothing else was used.
func (b *bucket) fits(now time.Time, n int) bool {
	if passed := now.Sub(b.at); passed > 0 {
		b.used = max(0, b.used-passed.Seconds()*b.perSecond)
	}
	b.at = now
	return b.used == 0 || b.used+float64(n) <= b.perSecond
}

func (b *bucket) take(n int) { b.used += float64(n) }

// readBucket limits the bytes read from a shard. An answer may be larger than what is allowed a second; calls then fail
// until its bytes would have been read at that rate: 5 seconds for the largest answer.
type readBucket struct {
	bucket
	blocked time.Time
}

func (b *readBucket) allow(now time.Time) bool { return !now.Before(b.blocked) }

func (b *readBucket) took(now time.Time, n int) {
	b.perSecond = maxReadBytes
	b.fits(now, 0)
	b.take(n)
	if b.used > b.perSecond {
		b.blocked = now.Add(time.Duration(b.used / b.perSecond * float64(time.Second)))
	}
}
