package kinesis

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
)

const (
	// skew is how far arrival times and this machine's clock are taken to be apart at most. Arrival times are "approximate".
	skew = time.Minute
	// late is how long after it was emitted an entry may still arrive. Temporal Cloud sends within ten minutes.
	late = 15 * time.Minute
)

// position is a place in a shard to get an iterator for.
type position struct {
	kind     types.ShardIteratorType
	sequence string
	at       time.Time
}

func horizon() position { return position{kind: types.ShardIteratorTypeTrimHorizon} }
func tip() position     { return position{kind: types.ShardIteratorTypeLatest} }

func at(t time.Time) position {
	return position{kind: types.ShardIteratorTypeAtTimestamp, at: t}
}

func after(sequence string) position {
	return position{kind: types.ShardIteratorTypeAfterSequenceNumber, sequence: sequence}
}

// beginning is where the shards that are there at the start are read from, and the filter that lists them.
func beginning(o source.Options, now time.Time) (position, *types.ShardFilter) {
	switch {
	case o.TrimHorizon, o.Since.IsZero() && !o.Latest:
		return horizon(), &types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon}
	case o.Latest || o.Since.After(now):
		// A time that is still to come is refused by the service.
		return tip(), &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}
	}
	since := o.Since.Add(-skew)
	return at(since), &types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: &since}
}

// later is the filter for the shards that may have come since the start.
func later(first *types.ShardFilter, began time.Time) *types.ShardFilter {
	if first.Type != types.ShardFilterTypeAtLatest {
		return first
	}
	since := began.Add(-skew)
	return &types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: &since}
}

// follows reports whether sequence number a is behind b. They are decimal numbers of up to 56 digits.
func follows(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return strings.Compare(a, b) > 0
}
