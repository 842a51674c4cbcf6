package source

import "time"

// How long an entry is on its way, by the documentation of Temporal Cloud's audit logging: what has happened is sent about every two
// minutes, and arrives at the stream within ten.
const (
	// LateAfter is how long after it was emitted an entry counts as late: two deliveries went without it. A part's Status.Buffer
	// comes on top.
	LateAfter = 5 * time.Minute

	// Delay is how long after it was emitted an entry may still arrive without anything being wrong. A part's Status.Buffer comes on
	// top.
	Delay = 10 * time.Minute

	// FirehoseBuffer is the longest that Firehose can be told to hold entries back before it writes an object.
	FirehoseBuffer = 15 * time.Minute

	// FirehoseRetry is how long Firehose tries to write an object that it could not. An object whose entries are older than that and
	// all the rest was not written by it but copied: the time of arrival says nothing of them.
	FirehoseRetry = 24 * time.Hour
)

// Lateness tells how long an entry of the part took to arrive at the sink, and whether that is late. Without a time of arrival, and
// with one that a copy of the bucket has changed, nothing is late.
func (s *Status) Lateness(emitted, arrived time.Time) (took time.Duration, late bool) {
	if emitted.IsZero() || arrived.IsZero() {
		return 0, false
	}
	took = arrived.Sub(emitted)
	if s.Buffer > 0 && took > FirehoseRetry+s.Buffer+Delay {
		return took, false
	}
	return took, took > LateAfter+s.Buffer
}
