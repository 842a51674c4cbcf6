package audit

import (
	"strings"
	"time"
)

// Temporal Cloud sends what happened every two minutes or so. What takes much longer is late: more than LateAfter on the way to a
// stream, and fifteen minutes more to an object, since Firehose may wait that long to fill one.
const (
	LateAfter    = 5 * time.Minute
	lateInObject = LateAfter + 15*time.Minute
)

// Late tells whether an entry took unusually long from when it happened to its arrival at the sink, and how long. What has no time
// of arrival, as in a file, is never late.
func (o *Origin) Late(emitted time.Time) (took time.Duration, late bool) {
	if emitted.IsZero() || o.Arrived.IsZero() {
		return 0, false
	}
	took = o.Arrived.Sub(emitted)
	if strings.HasPrefix(o.Part, "shardId-") {
		return took, took > LateAfter
	}
	return took, took > lateInObject
}
