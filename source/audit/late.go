package audit

import (
	"strings"
	"time"
)

// Temporal Cloud sends what happened every two minutes or so. What takes much longer is late: five minutes on the way to a stream,
// and fifteen more to an object, since Firehose may wait that long to fill one.
const (
	lateInStream = 5 * time.Minute
	lateInObject = 20 * time.Minute
)

// Late tells whether an entry took unusually long from when it happened to its arrival at the sink, and how long. What has no time
// of arrival, as in a file, is never late.
func (o *Origin) Late(emitted time.Time) (took time.Duration, late bool) {
	if emitted.IsZero() || o.Arrived.IsZero() {
		return 0, false
	}
	took = o.Arrived.Sub(emitted)
	if strings.HasPrefix(o.Part, "shardId-") {
		return took, took > lateInStream
	}
	return took, took > lateInObject
}
