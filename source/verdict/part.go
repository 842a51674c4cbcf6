package verdict

import (
	"fmt"
	"strings"
	"time"

	"taudit/source"
)

// part is one shard, prefix or file that is being judged.
type part struct {
	*Evidence
	*source.Status
	kept time.Duration // how long the source keeps entries; zero: not known
}

func (p part) verdict() Verdict {
	v := p.judge()
	v.Source, v.Part = p.Source, p.Part
	return v
}

// judge looks for what is wrong, the worst first, and else for how lively the part is.
func (p part) judge() Verdict {
	if v, ok := p.failing(); ok {
		return v
	}
	if v, ok := p.held(); ok {
		return v
	}
	if v, ok := p.lossy(); ok {
		return v
	}
	switch {
	case p.State == source.Done:
		return Verdict{Word: Ended, Why: "read to its end"}
	case p.State == source.Connecting && p.Now.Sub(p.Since) > patience && !p.Since.IsZero():
		return Verdict{
			Word: Degraded, Why: "it has not answered since " + p.at(p.Since),
			Next: "Check the network and --endpoint-url; taudit goes on by itself when there is an answer.",
		}
	case p.State == source.Connecting:
		return Verdict{Word: Starting, Why: "it has not answered yet", Next: "Wait for the first answer."}
	case p.behind():
		return p.lag()
	case p.State == source.CatchingUp && !p.Caught:
		return Verdict{Word: Starting, Why: "reading has begun", Next: "Wait until it is known how much there is."}
	}
	return p.lively()
}

// failing is for calls that do not succeed.
func (p part) failing() (Verdict, bool) {
	if p.State != source.Failing {
		return Verdict{}, false
	}
	why := "it cannot be read"
	if p.Err != nil {
		why = strings.TrimPrefix(oneLine(p.Err.Error()), p.Source+": ")
	}
	v := Verdict{Word: Broken, Why: why, Seen: []string{"failing since " + p.at(p.Since)}}
	if p.LastSuccess.IsZero() {
		v.Seen = append(v.Seen, "nothing was ever answered")
	} else {
		v.Seen = append(v.Seen, "last answer "+p.at(p.LastSuccess))
	}
	cause := source.CauseOf(p.Err)
	switch cause {
	case source.Denied:
		v.Next = "Ask for the permission: \"taudit policy\" prints what is needed."
	case source.LoggedOut:
		v.Next = "Log in again, here or in another terminal."
	case source.Gone:
		v.Next = "Find out who removed it, and have it made again: Temporal Cloud cannot deliver meanwhile."
	case source.Disabled:
		v.Next = "Have it enabled again by whoever owns it."
	case source.Unreachable:
		v.Next = "Check the network, a proxy if there is one, --region and --endpoint-url."
	case source.Unexplained:
		v.Next = "\"taudit check\" examines it step by step."
	}
	if p.NextRetry.IsZero() {
		v.Next += " It is not tried again: start taudit anew then."
		return v, true
	}
	v.Next += " The next try is at " + p.Tell(p.NextRetry) + "; reading then goes on by itself."
	switch lasted := p.Now.Sub(p.Since); {
	case cause.Lasting():
	case lasted < settle && !p.LastSuccess.IsZero():
		return Verdict{}, false // one call that failed
	case lasted < givenUp:
		v.Word = Degraded
	}
	return v, true
}

// held is for what answers, but not as often as it is asked.
func (p part) held() (Verdict, bool) {
	next := "Find out who else reads it: a shard gives all its readers five reads and 2 MB a second together. taudit waits its turn."
	if unit(p.Status) != shard {
		next = "It passes when less is asked of it. taudit waits its turn."
	}
	counts := p.Retried.Counts(p.Now)
	recent := counts[len(counts)-1] + counts[len(counts)-2]
	switch {
	case p.State == source.Throttled && p.Now.Sub(p.Since) >= settle:
		v := Verdict{Word: Degraded, Why: "throttled since " + p.at(p.Since), Next: next}
		if p.Err != nil {
			v.Seen = append(v.Seen, oneLine(p.Err.Error()))
		}
		if !p.LastSuccess.IsZero() {
			v.Seen = append(v.Seen, "last answer "+p.at(p.LastSuccess))
		}
		if !p.NextRetry.IsZero() {
			v.Next += " The next try is at " + p.Tell(p.NextRetry) + "."
		}
		return v, true
	case recent >= retryHeavy:
		return Verdict{
			Word: Degraded, Why: fmt.Sprintf("%d calls had to be repeated in two minutes", recent), Next: next,
			Seen: []string{"last answer " + p.at(p.LastSuccess)},
		}, true
	case p.State == source.Live && !p.overall() && !p.LastSuccess.IsZero() && p.Now.Sub(p.LastSuccess) > stale:
		return Verdict{
			Word: Degraded, Why: "no answer since " + p.at(p.LastSuccess),
			Next: "Check the network. If this machine slept, reading goes on in a moment.",
		}, true
	}
	return Verdict{}, false
}

// lossy is for entries that were lost or came late, not long ago.
func (p part) lossy() (Verdict, bool) {
	switch {
	case p.Gaps > 0 && !p.GapAt.IsZero() && p.Now.Sub(p.GapAt) < gapFor:
		return Verdict{
			Word: Degraded, Why: plural(p.Gaps, "stretch", "stretches") + " could not be read, the last found " + p.at(p.GapAt),
			Next: "Look at the gaps below. Temporal Cloud keeps entries for 30 days: download that time from its UI, or ask its support.",
		}, true
	case p.tardy():
		return Verdict{
			Word: Degraded, Why: plural(p.lates(), "entry", "entries") + " came late in ten minutes, the last " + p.at(p.LateAt),
			Seen: []string{"the slowest took " + roughly(p.Slowest)},
			Next: "Look at the delivery delay. If it stays, ask Temporal support about the sink, and look at Firehose if there is one.",
		}, true
	}
	return Verdict{}, false
}

// tardy tells whether of what arrived in the last minutes much was late. Single entries are, now and then, in any account.
func (p part) tardy() bool {
	const least, share = 3, 4
	all := p.Arrivals.PerMinute(p.Now) * source.MinutesKept
	return p.lates() >= least && float64(share*p.lates()) >= all
}

// lates counts the late ones of the last minutes.
func (p part) lates() (n int64) {
	for _, c := range p.Lates.Counts(p.Now) {
		n += int64(c)
	}
	return n
}

// behind tells whether there is more to read, and not for a moment alone.
func (p part) behind() bool {
	since := p.Lag.Above()
	if p.State == source.CatchingUp && (since.IsZero() || !p.Caught) {
		since = p.Since
	}
	return !since.IsZero() && p.Now.Sub(since) >= settle && p.State != source.Connecting && p.State != source.Done
}

// lag says how far behind, and when that ends: with all read, or with entries lost.
func (p part) lag() Verdict {
	v := Verdict{Word: Behind, Next: "Wait: what is there is being read."}
	left := p.Total - p.Done
	slope, known := p.Lag.Slope()
	size := p.Behind.Seconds()
	switch {
	case left > 0:
		v.Why = fmt.Sprintf("%s of %s are read", count(p.Done), plural(p.Total, "object", "objects"))
		if known = false; p.Left > 0 {
			v.Why += ", caught up in about " + roughly(p.Left)
		}
	case p.Behind > 0:
		v.Why = roughly(p.Behind) + " behind the newest"
	default:
		v.Why, known = "reading what is there", false
		if p.Done > 0 {
			v.Why += ", " + plural(p.Done, "object", "objects") + " so far"
		}
	}
	if !p.LastArrival.IsZero() && p.Behind > 0 {
		v.Seen = append(v.Seen, "the newest that was read arrived "+p.at(p.LastArrival))
	}
	switch {
	case known && slope < 0:
		v.Why += ", caught up in about " + roughly(time.Duration(size/-slope*float64(time.Second)))
	case known && left == 0:
		v.Why += fmt.Sprintf(", and not catching up: the lag grows by %s a minute", roughly(time.Duration(slope*60*float64(time.Second))))
		v.Next = "Find out what slows reading down: another reader of the shard, or the line to AWS."
	}
	if unit(p.Status) == shard {
		p.horizon(&v, slope, known)
	}
	return v
}

// horizon warns of entries that the stream is about to drop before they are read.
func (p part) horizon(v *Verdict, slope float64, known bool) {
	kept, keeps := p.kept, "the stream keeps "
	if kept == 0 {
		kept, keeps = leastKept, "a stream keeps at the least "
	}
	room := kept - p.Behind
	keeps += roughly(kept) + "."
	switch {
	case room <= 0:
		v.Next = "Entries may be lost by now: " + keeps
	case known && slope < 0:
		return // what is read next gets younger
	case known && slope > 0 && room.Seconds()/slope < near.Seconds():
		v.Next = "Entries are lost in about " + roughly(time.Duration(room.Seconds()/slope*float64(time.Second))) + ": " + keeps
	case room < near:
		v.Next = "Entries are lost in " + roughly(room) + " if nothing is read until then: " + keeps
	default:
		return
	}
	v.Next += " Have the retention raised (IncreaseStreamRetentionPeriod), or read the bucket."
}

// lively is for parts that are caught up.
func (p part) lively() Verdict {
	last := p.last()
	if !last.IsZero() && p.Now.Sub(last) <= quietAfter+p.Buffer {
		return Verdict{Word: Following, Why: "the newest arrived " + p.at(last), Due: p.due(last)}
	}
	v := Verdict{Word: Quiet, Why: "nothing has arrived yet", Due: p.due(last)}
	if !last.IsZero() {
		v.Why = "nothing has arrived since " + p.at(last)
	}
	return v
}

// last is when the newest entry arrived, as far as is known.
func (p part) last() time.Time {
	if p.LastArrival.IsZero() && unit(p.Status) == file {
		return p.LastBatch
	}
	return p.LastArrival
}

// due is when the next batch could come: batches follow each other in the cadence, those without entries left out.
func (p part) due(last time.Time) time.Time {
	if last.IsZero() || unit(p.Status) != shard || last.After(p.Now) {
		return time.Time{}
	}
	n := p.Now.Sub(last)/Cadence + 1
	return last.Add(n * Cadence)
}

// overall tells whether this is no part but the list of them, which is looked at now and then.
func (p part) overall() bool { return p.Part == "" && unit(p.Status) == shard }

// What parts are.
const (
	shard  = "shard"
	prefix = "prefix"
	file   = "file"
)

// unit tells what a part is, by the name of its source as coverage does.
func unit(s *source.Status) string {
	switch {
	case strings.HasPrefix(s.Source, "kinesis "):
		return shard
	case strings.HasPrefix(s.Source, "s3://"):
		return prefix
	}
	return file
}
