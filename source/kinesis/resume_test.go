package kinesis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// resuming is a source that goes on after what an earlier one left.
func (p *place) resuming(o source.Options, kept map[string]source.Position) *Stream {
	o.Resume = func(where string) ([]source.Position, error) {
		var list []source.Position
		for _, at := range kept {
			if at.Place == where {
				list = append(list, at)
			}
		}
		return list, nil
	}
	s := p.source(o)
	s.place = func(context.Context) string { return "here" }
	return s
}

// A second run gets what the first did not, each entry once, whatever happened to the shards meanwhile.
func TestResume(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(t *testing.T, p *place)
	}{
		{"nothing", func(*testing.T, *place) {}},
		{"a split", func(t *testing.T, p *place) { p.split(t, p.server.Shards(streamName)[0]) }},
		{"a merge", func(t *testing.T, p *place) {
			shards := p.server.Shards(streamName)
			p.merge(t, shards[0], shards[1])
		}},
		{"a storm", func(t *testing.T, p *place) {
			for range 3 {
				for _, shard := range p.server.Shards(streamName) {
					p.split(t, shard)
				}
			}
			shards := p.server.Shards(streamName)
			p.merge(t, shards[len(shards)-2], shards[len(shards)-1])
		}},
	} {
		for _, o := range []source.Options{{}, {Latest: true, Follow: true}} {
			for _, subscribed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, latest %t, subscribed %t", test.name, o.Latest, subscribed), func(t *testing.T) {
					p := newPlace(t, 3, emulator.KinesisOptions{NoLimits: true})
					if subscribed {
						p.registered(t)
					}
					p.put(t, sourcetest.Entries(0, 40)...)
					first := collect(t, p.resuming(source.Options{Follow: true}, nil))
					first.entries(40)
					first.until("being live", func() bool { return first.live() == 3 })
					_ = first.stop()
					p.put(t, sourcetest.Entries(40, 60)...)
					test.do(t, p)
					p.put(t, sourcetest.Entries(60, 100)...)

					second := collect(t, p.resuming(o, first.kept))
					second.entries(60)
					if o.Follow {
						second.until("being live", func() bool { return second.live() == len(p.server.Shards(streamName)) })
						_ = second.stop()
					} else if err := second.end(); err != nil {
						t.Fatal(err)
					}
					second.unique(ids(40, 100)...)
					if note := second.last[""].Remark; !strings.HasPrefix(note, "goes on after ") {
						t.Errorf("the note is %q", note)
					}
					if len(second.found) > 0 {
						t.Errorf("gaps were found: %+v", second.found)
					}

					third := collect(t, p.resuming(source.Options{}, second.kept))
					if err := third.end(); err != nil {
						t.Fatal(err)
					}
					third.unique()
				})
			}
		}
	}
}

// A position is never ahead of what was sent with it or before it.
func TestPositionsComeWithEntries(t *testing.T) {
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 200)...)
	s := p.resuming(source.Options{}, nil)
	out := make(chan source.Event)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background(), out) }()
	sent := map[string]string{} // the last number of a part
	var positions int
	for {
		select {
		case e := <-out:
			for i := range e.Entries {
				sent[e.Entries[i].Origin.Part] = e.Entries[i].Origin.Position
			}
			if at := e.Position; at != nil {
				positions++
				if at.After != sent[at.Part] || at.Place != "here" {
					t.Errorf("the position %+v came when %s had been sent", at, sent[at.Part])
				}
			}
		case err := <-ended:
			if err != nil || positions < 2 {
				t.Errorf("Run ended with %v after %d positions", err, positions)
			}
			return
		}
	}
}

// Without a place nothing is sent, as of the demo's stream, which ends with the process.
func TestNoPositionsWithoutPlace(t *testing.T) {
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 20)...)
	s := p.source(source.Options{Resume: func(string) ([]source.Position, error) { return nil, errors.New("was asked") }})
	if s.Resumes() {
		t.Error("it says that it can be resumed")
	}
	c := collect(t, s)
	if err := c.end(); err != nil {
		t.Fatal(err)
	}
	if len(c.kept) > 0 || c.last[""].Remark != "" {
		t.Errorf("positions are %v, the note is %q", c.kept, c.last[""].Remark)
	}
}

// What cannot be gone on after is said, and reading starts as otherwise asked.
func TestNothingToResume(t *testing.T) {
	for _, test := range []struct {
		name   string
		resume func(string) ([]source.Position, error)
		note   string
	}{
		{"nothing kept", func(string) ([]source.Position, error) { return nil, nil }, "no position was kept of this stream"},
		{"unreadable", func(string) ([]source.Position, error) { return nil, errors.New("it is damaged") }, "it is damaged"},
	} {
		for _, latest := range []bool{false, true} {
			p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
			p.put(t, sourcetest.Entries(0, 10)...)
			s := p.source(source.Options{Follow: true, Latest: latest, Resume: test.resume})
			s.place = func(context.Context) string { return "here" }
			c := collect(t, s)
			c.until("being live", func() bool { return c.live() == 2 })
			_ = c.stop()
			want := ids(0, 10)
			if latest {
				want = nil
			}
			c.unique(want...)
			if note := c.last[""].Remark; !strings.Contains(note, test.note) {
				t.Errorf("%s: the note is %q", test.name, note)
			}
		}
	}
}

// What was trimmed between two runs is a gap from where the first had come to.
func TestResumeAfterTrimming(t *testing.T) {
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 10)...)
	first := collect(t, p.resuming(source.Options{}, nil))
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	p.put(t, sourcetest.Entries(10, 20)...)
	time.Sleep(5 * time.Millisecond)
	p.server.Trim(streamName, time.Now())
	p.put(t, sourcetest.Entries(20, 30)...)
	second := collect(t, p.resuming(source.Options{}, first.kept))
	if err := second.end(); err != nil {
		t.Fatal(err)
	}
	second.unique(ids(20, 30)...)
	var kept source.Position
	for _, at := range first.kept {
		kept = at
	}
	if len(second.found) != 1 || !second.found[0].From.Equal(kept.To) || !second.found[0].To.After(kept.To) {
		t.Errorf("after %s the gaps are %+v", kept.To, second.found)
	}
	if held := second.last[kept.Part].Held; !held.From.Equal(kept.To) {
		t.Errorf("it holds %+v", held)
	}
}

// A shard that expired between two runs before it was read to its end is a gap, which its child ends, and is one once.
func TestResumeAfterExpiry(t *testing.T) {
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 10)...)
	first := collect(t, p.resuming(source.Options{}, nil))
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	p.put(t, sourcetest.Entries(10, 20)...)
	p.split(t, p.server.Shards(streamName)[0])
	time.Sleep(5 * time.Millisecond)
	p.server.Trim(streamName, time.Now())
	p.put(t, sourcetest.Entries(20, 30)...)
	second := collect(t, p.resuming(source.Options{}, first.kept))
	if err := second.end(); err != nil {
		t.Fatal(err)
	}
	second.unique(ids(20, 30)...)
	if len(second.found) != 1 || second.found[0].From.IsZero() || second.found[0].To.IsZero() || second.gaps() != 1 {
		t.Errorf("the gaps are %+v", second.found)
	}
	if s := second.last["shardId-000000000000"]; s.State != source.Done || !s.Held.To.After(s.Held.From) {
		t.Errorf("the shard that is gone is %+v", s)
	}
	if note := second.last[""].Remark; !strings.Contains(note, "no shard that was read earlier is left; 1 shard expired") {
		t.Errorf("the note is %q", note)
	}
	third := collect(t, p.resuming(source.Options{}, second.kept))
	if err := third.end(); err != nil {
		t.Fatal(err)
	}
	third.unique()
	if len(third.found) != 0 {
		t.Errorf("it is told again: %+v", third.found)
	}
}

// A stream that was deleted and made anew is not taken for the old one where that shows, and nothing of it is lost.
func TestResumeOfStreamMadeAnew(t *testing.T) {
	for _, closed := range []bool{false, true} {
		p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
		p.put(t, sourcetest.Entries(0, 10)...)
		if closed {
			p.split(t, p.server.Shards(streamName)[0])
		}
		first := collect(t, p.resuming(source.Options{}, nil))
		if err := first.end(); err != nil {
			t.Fatal(err)
		}
		name := streamName
		if _, err := NewClient(p.cfg).DeleteStream(context.Background(), &kinesis.DeleteStreamInput{StreamName: &name}); err != nil {
			t.Fatal(err)
		}
		// The numbers of a shard begin with the second in which it was made.
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
		if err := p.server.CreateStream(name, 1); err != nil {
			t.Fatal(err)
		}
		p.put(t, sourcetest.Entries(10, 20)...)
		second := collect(t, p.resuming(source.Options{}, first.kept))
		if err := second.end(); err != nil {
			t.Fatal(err)
		}
		second.unique(ids(10, 20)...)
	}
}

func TestFamilyResume(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	closedShard := func(s types.Shard) types.Shard {
		s.SequenceNumberRange = &types.SequenceNumberRange{EndingSequenceNumber: aws.String("9")}
		return s
	}
	for _, test := range []struct {
		name      string
		shards    []types.Shard
		kept      []source.Position
		otherwise position
		want      map[string]position // of what is read
		expired   []string
		holes     int
	}{
		{
			name: "after the last, and at the time when there was none", shards: []types.Shard{listed("a"), listed("b")},
			kept: []source.Position{{Part: "a", After: "5", To: ago(time.Hour)}, {Part: "b", To: ago(time.Minute)}}, otherwise: tip(),
			want: map[string]position{"a": after("5"), "b": at(ago(time.Minute + overlap))},
		},
		{
			name: "no number for so long that there may be a gap", shards: []types.Shard{listed("a")},
			kept: []source.Position{{Part: "a", To: ago(25 * time.Hour)}}, otherwise: tip(),
			want: map[string]position{"a": at(ago(25*time.Hour + overlap))}, holes: 1,
		},
		{
			name:   "children of what was read, and not what that came of",
			shards: []types.Shard{closedShard(listed("a")), closedShard(listed("b", "a")), listed("c", "b"), listed("d", "b")},
			kept:   []source.Position{{Part: "b", After: "5", To: now}}, otherwise: horizon(),
			want: map[string]position{"b": after("5"), "c": horizon(), "d": horizon()},
		},
		{
			name:   "children of what was read to its end",
			shards: []types.Shard{closedShard(listed("a")), listed("b", "a")},
			kept:   []source.Position{{Part: "a", After: "5", To: now, Ended: true}}, otherwise: tip(),
			want: map[string]position{"b": horizon()},
		},
		{
			name: "children of what has expired", shards: []types.Shard{listed("b", "a")},
			kept: []source.Position{{Part: "a", After: "5", To: now}}, otherwise: tip(),
			want: map[string]position{"b": horizon()}, expired: []string{"a"}, holes: 1,
		},
		{
			name: "strangers as otherwise asked", shards: []types.Shard{listed("a"), listed("z"), closedShard(listed("y"))},
			kept: []source.Position{{Part: "a", After: "5", To: now}}, otherwise: tip(),
			want: map[string]position{"a": after("5"), "z": tip()},
		},
		{
			name: "strangers that are all wanted", shards: []types.Shard{listed("a"), closedShard(listed("y"))},
			kept: []source.Position{{Part: "a", After: "5", To: now}}, otherwise: horizon(),
			want: map[string]position{"a": after("5"), "y": horizon()},
		},
		{
			name: "an end of another stream", shards: []types.Shard{listed("a")},
			kept: []source.Position{{Part: "a", After: "5", To: now, Ended: true}}, otherwise: horizon(),
			want: map[string]position{"a": horizon()},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFamily()
			out := f.resume("kinesis audit", test.shards, test.kept, test.otherwise, now)
			got, holes := map[string]position{}, 0
			for id, m := range f.members {
				holes += len(m.holes)
				if m.state != ended {
					got[id] = m.from
				}
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(position{})); diff != "" {
				t.Error(diff)
			}
			var expired []string
			for _, p := range out.expired {
				expired = append(expired, p.Part)
			}
			if !slices.Equal(expired, test.expired) || holes != test.holes {
				t.Errorf("%q expired and there are %d holes", expired, holes)
			}
		})
	}
}

// Positions are told apart by region, account and name, and by how it is reached where the account is not known.
func TestPlaceOf(t *testing.T) {
	const arn = "arn:aws:kinesis:us-east-1:123456789012:stream/audit"
	byName := Ref{Name: "audit", Region: "us-east-1"}
	byARN := Ref{Name: "audit", Region: "us-east-1", ARN: arn}
	with := func(account string, err error) aws.CredentialsProvider {
		return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccountID: account}, err
		})
	}
	for _, test := range []struct {
		ref   Ref
		owner owner
		want  string
	}{
		{byARN, owner{credentials: with("999999999999", nil)}, "kinesis/us-east-1/123456789012/audit"},
		{byName, owner{credentials: with("123456789012", nil), profile: "p"}, "kinesis/us-east-1/123456789012/audit"},
		{byName, owner{credentials: with("", nil), profile: "p"}, "kinesis/us-east-1/profile p/audit"},
		{byName, owner{credentials: with("1", errors.New("no")), profile: "p"}, "kinesis/us-east-1/profile p/audit"},
		{byName, owner{profile: "p", endpoint: "http://x"}, "kinesis/us-east-1/profile p at http://x/audit"},
	} {
		if got := placeOf(test.ref, test.owner.of(context.Background(), test.ref)); got != test.want {
			t.Errorf("the place is %q, want %q", got, test.want)
		}
	}
}
