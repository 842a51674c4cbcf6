package kinesis

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
)

// family is the shards of a stream and which came of which by splitting and merging. A shard is read when all its parents
// that are known have been read to their ends, since only then does what it holds come in order. It is not safe for
// concurrent use.
type family struct {
	members map[string]*member
}

type member struct {
	id      string
	parents []string
	from    position
	since   time.Time    // what arrived before was read in an earlier run; zero: it was not
	holes   []source.Gap // that end where this shard, or a child of it that is read, goes on
	state   memberState
	told    bool // that it is there
	first   bool // it was there at the start
	placed  bool // it is known how it came to be there
	asked   int  // listings that had begun when it was announced by one of its parents, and another was not known; 0: all are
}

type memberState uint8

const (
	waiting memberState = iota
	reading
	ended   // read to its end, or gone
	stopped // not read to its end: what its children hold would come behind a hole, so they are not read
)

func newFamily() *family { return &family{members: map[string]*member{}} }

// add takes a shard in unless it is known.
func (f *family) add(id string, parents []string, from position) {
	if f.members[id] == nil && id != "" {
		f.members[id] = &member{id: id, parents: parents, from: from}
	}
}

// addListed takes listed shards in. Ancestors of the shards that were there at the start were left out on purpose when reading did not
// begin at the oldest, so they stay out.
func (f *family) addListed(shards []types.Shard, from position) {
	ancestors := map[string]bool{}
	parents := map[string][]string{}
	for _, s := range shards {
		parents[aws.ToString(s.ShardId)] = parentsOf(s)
	}
	var mark func(id string)
	mark = func(id string) {
		for _, p := range parents[id] {
			if !ancestors[p] {
				ancestors[p] = true
				mark(p)
			}
		}
	}
	for id, m := range f.members {
		parents[id] = m.parents
	}
	for id, m := range f.members {
		if m.first {
			mark(id)
		}
	}
	for _, s := range shards {
		if id := aws.ToString(s.ShardId); !ancestors[id] {
			f.add(id, parentsOf(s), from)
		}
	}
}

// addChildren takes in the children that the end of a shard announced, when so many listings had begun. It gives true if one of them has
// another parent that is not known: that may be one that waits for its own parents to tell of it, so that only another listing shows
// whether there is anything to be read before the child.
func (f *family) addChildren(children []types.ChildShard, listings int) (unsure bool) {
	for _, c := range children {
		id := aws.ToString(c.ShardId)
		if f.members[id] != nil || id == "" {
			continue
		}
		f.add(id, c.ParentShards, horizon())
		f.members[id].placed = true
		if slices.ContainsFunc(c.ParentShards, func(p string) bool { return f.members[p] == nil }) {
			f.members[id].asked = listings + 1
			unsure = true
		}
	}
	return unsure
}

// sure is for when the listing of a number has been taken in. It gives true if there are shards that only a later one can tell of.
func (f *family) sure(listing int) (unsure bool) {
	for _, m := range f.members {
		if m.asked > 0 && m.asked <= listing {
			m.asked = 0
		}
		unsure = unsure || m.asked > 0
	}
	return unsure
}

// next gives the shards whose turn has come, oldest first, and counts them as being read.
func (f *family) next() []*member {
	var list []*member
	for _, m := range f.members {
		if m.state == waiting && m.asked == 0 && !slices.ContainsFunc(m.parents, f.blocks) {
			list = append(list, m)
		}
	}
	for _, m := range list {
		m.state = reading
		for _, p := range m.parents {
			if parent := f.members[p]; parent != nil {
				m.holes, parent.holes = append(m.holes, parent.holes...), nil
			}
		}
	}
	slices.SortFunc(list, func(a, b *member) int { return strings.Compare(a.id, b.id) })
	return list
}

// blocks reports whether children of the shard must wait. Parents that nobody lists any more have expired.
func (f *family) blocks(parent string) bool {
	m := f.members[parent]
	return m != nil && m.state != ended
}

// news gives the shards that wait for their parents and have not been spoken of, oldest first, and counts them as told.
func (f *family) news() []string {
	var list []string
	for id, m := range f.members {
		if m.state == waiting && !m.told {
			m.told = true
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list
}

// end says how the reading of a shard ended, and what holes are behind it.
func (f *family) end(id string, s memberState, holes []source.Gap) {
	f.members[id].state = s
	f.members[id].holes = holes
}

// adopt looks where the shards that were listed anew came from. All that were there at a time are known, so that those of unknown parents
// come of shards that were made, closed and gone since: that is a hole, and so may be what is open behind shards whose children were
// never seen. It gives the holes whose end will never be known.
func (f *family) adopt(name string, listed time.Time) (forlorn []source.Gap) {
	forlorn = f.forlorn()
	adopted := false
	for _, m := range f.members {
		if m.placed || m.state != waiting {
			continue
		}
		m.placed = true
		if len(m.parents) == 0 || slices.ContainsFunc(m.parents, func(p string) bool { return f.members[p] != nil }) {
			continue
		}
		m.holes = append(m.holes, forlorn...)
		adopted = true
		if len(forlorn) == 0 {
			m.holes = append(m.holes, source.Gap{
				Source: name, Part: m.parents[0], Span: source.Span{From: listed},
				Why: "shards were made and became older than the stream keeps before they could be read",
			})
		}
	}
	if adopted {
		return nil
	}
	return forlorn
}

// settle counts the shards that are known now as those that were there at the start.
func (f *family) settle() {
	for _, m := range f.members {
		m.first, m.placed = true, true
	}
}

// forlorn gives the holes that no known child of a shard will tell the end of, and forgets them.
func (f *family) forlorn() []source.Gap {
	var list []source.Gap
	for id, m := range f.members {
		if m.state == ended && !f.hasChildren(id) {
			list, m.holes = append(list, m.holes...), nil
		}
	}
	slices.SortFunc(list, func(a, b source.Gap) int { return strings.Compare(a.Part, b.Part) })
	return list
}

// orphans gives the shards that will never be read because an ancestor was not read to its end, oldest first, and counts them as
// stopped too.
func (f *family) orphans() []string {
	barred := map[string]bool{}
	for more := true; more; {
		more = false
		for id, m := range f.members {
			if m.state == waiting && !barred[id] && slices.ContainsFunc(m.parents, func(p string) bool {
				return barred[p] || f.members[p] != nil && f.members[p].state == stopped
			}) {
				barred[id], more = true, true
			}
		}
	}
	for id := range barred {
		f.members[id].state = stopped
	}
	return slices.Sorted(maps.Keys(barred))
}

// hasChildren reports whether a child of the shard is known.
func (f *family) hasChildren(id string) bool {
	for _, m := range f.members {
		if slices.Contains(m.parents, id) {
			return true
		}
	}
	return false
}

// active reports whether any shard is being read.
func (f *family) active() bool { return f.any(reading) }

// any reports whether any shard is in a state.
func (f *family) any(s memberState) bool {
	for _, m := range f.members {
		if m.state == s {
			return true
		}
	}
	return false
}

func parentsOf(s types.Shard) []string {
	var list []string
	for _, p := range []*string{s.ParentShardId, s.AdjacentParentShardId} {
		if id := aws.ToString(p); id != "" {
			list = append(list, id)
		}
	}
	return list
}
