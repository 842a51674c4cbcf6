package kinesis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
)

// overlap is how far before the time of a position without a sequence number reading goes on: the clocks that arrivals are stamped with
// are not all the same.
const overlap = 5 * time.Second

// leastKept is what every stream keeps at least.
const leastKept = 24 * time.Hour

// Resumes is true: positions are sent, and taken up with [source.Options].Resume. It is false of a stream that lasts no longer than this
// process.
func (s *Stream) Resumes() bool { return s.place != nil }

// owner is who a stream belongs to that was named without its account.
type owner struct {
	credentials       aws.CredentialsProvider
	profile, endpoint string
}

// of gives the account of the stream or, when neither its ARN nor the credentials tell, how it is reached.
func (o owner) of(ctx context.Context, ref Ref) string {
	if account := ref.account(); account != "" {
		return account
	}
	if o.credentials != nil {
		// They were just used, so that this does not call out. What is wrong with them shows with the next call.
		if c, err := o.credentials.Retrieve(ctx); err == nil && c.AccountID != "" {
			return c.AccountID
		}
	}
	if o.endpoint != "" {
		return "profile " + o.profile + " at " + o.endpoint
	}
	return "profile " + o.profile
}

// placeOf names a stream for positions: kinesis/REGION/OWNER/NAME.
func placeOf(ref Ref, owner string) string {
	return "kinesis/" + ref.Region + "/" + owner + "/" + ref.Name
}

func (r *run) placeName(ctx context.Context) string {
	if r.place == nil {
		return ""
	}
	return r.place(ctx)
}

// resume begins where an earlier run left off. It gives false when there is no such place, and says so.
func (r *run) resume(ctx context.Context, otherwise position) (resumed bool, err error) {
	shards, _, err := r.ask(ctx, &types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon})
	if err != nil {
		return false, err
	}
	r.keptAs = r.placeName(ctx)
	kept, err := r.options.Resume(r.keptAs)
	if err != nil {
		r.options.Log.Warn("positions could not be read", "place", r.keptAs, "error", err)
		r.whole.status.Remark = fmt.Sprintf("cannot go on where reading left off: %v; it is read as if --resume was not given", err)
		return false, nil
	}
	if len(kept) == 0 {
		r.whole.status.Remark = "nothing to go on after: no position was kept of this stream, so it is read as if --resume was not given"
		return false, nil
	}
	picked := r.shards.resume(r.Name(), shards, kept, otherwise, r.began)
	r.shards.settle()
	// What is listed later is new, but for the ancestors that are left out here.
	r.first = &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}
	r.whole.status.Remark = picked.note()
	if err := r.whole.send(ctx, nil, nil, nil); err != nil {
		return false, err
	}
	for _, p := range picked.expired {
		// It is said once: the next run finds the shard ended.
		status := source.Status{
			Source: r.Name(), Part: p.Part, State: source.Done, Gaps: 1, Held: source.Span{From: p.To, To: r.listedAt},
		}
		shard := report{out: r.out, status: status}
		p.Ended = true
		if err := shard.send(ctx, nil, nil, &p); err != nil {
			return false, err
		}
	}
	return true, nil
}

// resumption is what came of taking positions up.
type resumption struct {
	resumed, fresh int
	to             time.Time         // the earliest that a shard goes on after
	expired        []source.Position // of shards that are there no more
}

func (p resumption) note() string {
	text := fmt.Sprintf("goes on after %s in %s", p.to.UTC().Format("2006-01-02 15:04:05Z"), count(p.resumed, "shard"))
	if p.resumed == 0 {
		text = "no shard that was read earlier is left"
	}
	if p.fresh > 0 {
		text += fmt.Sprintf("; %s without a kept position read as if --resume was not given", count(p.fresh, "shard"))
	}
	if n := len(p.expired); n > 0 {
		text += fmt.Sprintf("; %s expired before being read to the end", count(n, "shard"))
	}
	return text
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// resume takes listed shards in, each from where it was read to. Shards that came of those are read from their beginnings, those that
// they came of are not read again, and others begin as otherwise asked.
func (f *family) resume(name string, shards []types.Shard, kept []source.Position, otherwise position, now time.Time) resumption {
	var out resumption
	listed := map[string]types.Shard{}
	for _, s := range shards {
		listed[aws.ToString(s.ShardId)] = s
	}
	known := map[string]source.Position{}
	for _, p := range kept {
		// A shard that has ended does not open again: this one is of a stream that was made anew.
		if s, there := listed[p.Part]; !there || !p.Ended || !isOpen(s) {
			known[p.Part] = p
		}
	}
	read := lineage(known, listed)
	for _, part := range slices.Sorted(maps.Keys(known)) {
		p := known[part]
		if _, there := listed[part]; there && !p.Ended {
			continue
		}
		f.add(p.Part, nil, horizon())
		if p.Ended {
			f.members[part].state = ended
			continue
		}
		out.expired = append(out.expired, p)
		f.end(p.Part, ended, []source.Gap{{
			Source: name, Part: p.Part, Span: source.Span{From: p.To},
			Why: "the rest of the shard had become older than the stream keeps before reading went on",
		}})
	}
	for _, s := range shards {
		id := aws.ToString(s.ShardId)
		p, has := known[id]
		switch {
		case has && p.Ended:
		case has:
			out.resumed++
			if out.to.IsZero() || p.To.Before(out.to) {
				out.to = p.To
			}
			f.add(id, parentsOf(s), resumeAt(p))
			f.members[id].since = p.To
			if p.After == "" && now.Sub(p.To) > leastKept {
				// There is no record whose absence would show that others were trimmed.
				f.members[id].holes = []source.Gap{{
					Source: name, Part: id, Span: source.Span{From: p.To},
					Why: "what arrived then may have become older than the stream keeps before reading went on",
				}}
			}
		case read.ancestors[id]:
		case read.after(s):
			f.add(id, parentsOf(s), horizon())
		case len(out.expired) > 0 && read.unknown(s):
			// It may come, by shards that are gone too, of one that was read.
			f.add(id, parentsOf(s), horizon())
			f.members[id].holes = f.holes()
		case otherwise.kind != types.ShardIteratorTypeLatest || isOpen(s):
			out.fresh++
			f.add(id, parentsOf(s), otherwise)
		}
	}
	return out
}

// holes gives copies of those behind shards that have ended.
func (f *family) holes() []source.Gap {
	var list []source.Gap
	for _, id := range slices.Sorted(maps.Keys(f.members)) {
		if m := f.members[id]; m.state == ended {
			list = append(list, m.holes...)
		}
	}
	return list
}

func resumeAt(p source.Position) position {
	if p.After == "" {
		return at(p.To.Add(-overlap))
	}
	return after(p.After)
}

func isOpen(s types.Shard) bool {
	return s.SequenceNumberRange == nil || s.SequenceNumberRange.EndingSequenceNumber == nil
}

// kinship is who is related to the shards that were read earlier.
type kinship struct {
	known     map[string]source.Position
	listed    map[string]types.Shard
	ancestors map[string]bool
}

func lineage(known map[string]source.Position, listed map[string]types.Shard) kinship {
	k := kinship{known: known, listed: listed, ancestors: map[string]bool{}}
	var mark func(id string)
	mark = func(id string) {
		for _, p := range parentsOf(listed[id]) {
			if !k.ancestors[p] {
				k.ancestors[p] = true
				mark(p)
			}
		}
	}
	for id := range known {
		mark(id)
	}
	return k
}

// unknown reports whether a shard came of others that are not there any more.
func (k kinship) unknown(s types.Shard) bool {
	parents := parentsOf(s)
	return len(parents) > 0 && !slices.ContainsFunc(parents, func(p string) bool {
		_, there := k.listed[p]
		_, known := k.known[p]
		return there || known
	})
}

// after reports whether a shard came, by any number of splits and merges, of one that was read.
func (k kinship) after(s types.Shard) bool {
	seen := map[string]bool{}
	var look func(s types.Shard) bool
	look = func(s types.Shard) bool {
		for _, p := range parentsOf(s) {
			if _, has := k.known[p]; has {
				return true
			}
			if seen[p] {
				continue
			}
			seen[p] = true
			if parent, there := k.listed[p]; there && look(parent) {
				return true
			}
		}
		return false
	}
	return look(s)
}
