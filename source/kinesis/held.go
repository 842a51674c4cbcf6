package kinesis

import (
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"taudit/source"
)

// coarse is how far the clocks must be apart before it is believed: the service's answers tell the time in whole seconds.
const coarse = 2 * time.Second

// ahead is how far the service's clock, which stamps the arrivals of records, is ahead of this machine's by an answer.
func ahead(answer middleware.Metadata) time.Duration {
	server, ok := awsmiddleware.GetServerTime(answer)
	if !ok {
		return 0
	}
	at, ok := awsmiddleware.GetResponseAt(answer)
	if !ok {
		return 0
	}
	if off := server.Sub(at); off.Abs() > coarse {
		return off
	}
	return 0
}

// reach notes that all that arrived before a time has been read.
func (r *reader) reach(to time.Time) {
	if to.After(r.status.Held.To) {
		r.status.Held.To = to
	}
}

// lose opens a gap behind what has been read, whose end is told by the next record that comes.
func (r *reader) lose(why string, err error) {
	from := r.status.Held.To
	if from.IsZero() {
		from = r.status.Held.From
	}
	if r.status.LastArrival.After(from) {
		from = r.status.LastArrival
	}
	r.holes = append(r.holes, source.Gap{Source: r.status.Source, Part: r.shard, Span: source.Span{From: from}, Why: why})
	r.log.Warn("gap: "+why, "stream", r.ref.Name, "shard", r.shard, "from", from, "error", err)
}

// doubt opens a gap where reading goes on by time, at a time when what came since may have been trimmed: there is no record whose absence
// would tell.
func (r *reader) doubt(now time.Time) {
	if r.last == "" && len(r.holes) == 0 && !r.status.Held.To.IsZero() && now.Sub(r.status.Held.To) > leastKept {
		r.lose("what arrived then may have become older than the stream keeps before reading went on", nil)
	}
}

// regain closes the gaps that are open, at the arrival of what comes after them.
func (r *reader) regain(to time.Time) {
	for _, g := range r.holes {
		if g.To = to; to.Before(g.From) {
			g.To = g.From // arrivals need not ascend
		}
		r.gaps = append(r.gaps, g)
		if g.Part == r.shard {
			r.status.Gaps++
		}
	}
	r.holes = nil
}

// unharmed closes the gap that the reader opened itself as none: what it had read last is still there.
func (r *reader) unharmed() {
	for i := len(r.holes) - 1; i >= 0; i-- {
		if r.holes[i].Part == r.shard {
			r.holes = append(r.holes[:i], r.holes[i+1:]...)
			return
		}
	}
}

// position is how far the shard has been read, or nil before it was.
func (r *reader) position() *source.Position {
	if r.keptAs == "" || (r.status.Held.To.IsZero() && !r.closed) {
		return nil
	}
	return &source.Position{Place: r.keptAs, Part: r.shard, After: r.last, To: r.status.Held.To, Ended: r.closed}
}
