package kinesis

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"taudit/source"
	"taudit/source/sourcetest"
)

func listed(id string, parents ...string) types.Shard {
	s := types.Shard{ShardId: &id}
	if len(parents) > 0 {
		s.ParentShardId = &parents[0]
	}
	if len(parents) > 1 {
		s.AdjacentParentShardId = &parents[1]
	}
	return s
}

// turns ends shards in the order in which their turn comes, and gives the rounds.
func turns(f *family) []string {
	var rounds []string
	for {
		next := f.next()
		if len(next) == 0 {
			return rounds
		}
		var ids []string
		for _, m := range next {
			ids = append(ids, m.id)
			f.end(m.id, ended, nil)
		}
		rounds = append(rounds, strings.Join(ids, " "))
	}
}

func TestFamilyTurns(t *testing.T) {
	for _, test := range []struct {
		name   string
		shards []types.Shard
		want   []string
	}{
		{"none", nil, nil},
		{"strangers", []types.Shard{listed("b"), listed("a")}, []string{"a b"}},
		{"a split", []types.Shard{listed("c", "a"), listed("b", "a"), listed("a")}, []string{"a", "b c"}},
		{"a merge", []types.Shard{listed("a"), listed("b"), listed("c", "a", "b")}, []string{"a b", "c"}},
		{"expired parents", []types.Shard{listed("c", "a", "b")}, []string{"c"}},
		{"one expired parent", []types.Shard{listed("b"), listed("c", "a", "b")}, []string{"b", "c"}},
		{"generations", []types.Shard{listed("a"), listed("b", "a"), listed("c", "a"), listed("d", "b", "c"), listed("e", "d")}, []string{"a", "b c", "d", "e"}},
		{"no names", []types.Shard{{}, listed("a")}, []string{"a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFamily()
			f.addListed(test.shards, horizon())
			if diff := cmp.Diff(test.want, turns(f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A merge child is announced by both parents and is read once, when both have been.
func TestFamilyMergeChildOnce(t *testing.T) {
	f := newFamily()
	f.addListed([]types.Shard{listed("a"), listed("b")}, tip())
	f.next()
	f.end("a", ended, nil)
	f.addChildren([]types.ChildShard{child("c", "a", "b")}, 0)
	if next := f.next(); len(next) != 0 {
		t.Fatalf("the child's turn came before its second parent ended: %v", next[0].id)
	}
	f.end("b", ended, nil)
	f.addChildren([]types.ChildShard{child("c", "a", "b")}, 0)
	next := f.next()
	if len(next) != 1 || next[0].id != "c" || next[0].from != horizon() {
		t.Fatalf("the child's turn did not come from the horizon: %+v", next)
	}
	f.addListed([]types.Shard{listed("c", "a", "b")}, horizon())
	if again := f.next(); len(again) != 0 {
		t.Errorf("%s had its turn twice", again[0].id)
	}
}

// A listing brings new shards in, but not the ancestors that were left out at the start.
func TestFamilyRelisted(t *testing.T) {
	f := newFamily()
	f.addListed([]types.Shard{listed("c", "a")}, tip())
	f.settle()
	f.addListed([]types.Shard{listed("a"), listed("c", "a"), listed("d", "c"), listed("e", "d")}, horizon())
	if diff := cmp.Diff([]string{"c", "d", "e"}, turns(f)); diff != "" {
		t.Error(diff)
	}
}

// A merge child that is announced before one of its parents is known waits for a listing that was asked for since, and for the parent
// that it shows.
func TestFamilyUnknownParent(t *testing.T) {
	f := newFamily()
	f.addListed([]types.Shard{listed("a"), listed("p")}, horizon())
	f.settle()
	f.next()
	f.end("a", ended, nil)
	if !f.addChildren([]types.ChildShard{child("m", "a", "b")}, 1) {
		t.Error("it is not unsure of a child with an unknown parent")
	}
	if next := f.next(); len(next) != 0 {
		t.Fatalf("the turn of %s came", next[0].id)
	}
	// A listing that was under way already shows nothing.
	f.addListed([]types.Shard{listed("a"), listed("p")}, horizon())
	if !f.sure(1) || len(f.next()) != 0 {
		t.Fatal("its turn came with a listing from before it was announced")
	}
	f.addListed([]types.Shard{listed("a"), listed("p"), listed("b", "p"), listed("m", "a", "b")}, horizon())
	if f.sure(2) || len(f.next()) != 0 {
		t.Fatal("its turn came before that of its parent")
	}
	f.end("p", ended, nil)
	if diff := cmp.Diff([]string{"b", "m"}, turns(f)); diff != "" {
		t.Error(diff)
	}
}

// Shards whose parents nobody ever saw come of others that are gone.
func TestFamilyAdopt(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f := newFamily()
	f.addListed([]types.Shard{listed("a"), listed("b", "gone before the start")}, horizon())
	f.settle()
	f.next()
	f.addListed([]types.Shard{listed("c", "a"), listed("d", "unseen"), listed("e", "d")}, horizon())
	if forlorn := f.adopt("kinesis", at); len(forlorn) != 0 {
		t.Errorf("%+v are forlorn", forlorn)
	}
	for id, want := range map[string]int{"a": 0, "b": 0, "c": 0, "d": 1, "e": 0} {
		if holes := f.members[id].holes; len(holes) != want || (want > 0 && (holes[0].Part != "unseen" || !holes[0].From.Equal(at))) {
			t.Errorf("behind %s are %+v", id, holes)
		}
	}
	f.end("a", ended, nil)
	f.end("b", ended, []source.Gap{{Part: "b"}})
	f.addListed([]types.Shard{listed("f", "unseen too"), listed("g", "unseen too")}, horizon())
	if forlorn := f.adopt("kinesis", at); len(forlorn) != 0 || len(f.members["f"].holes) != 1 || f.members["g"].holes[0].Part != "b" {
		t.Errorf("%+v are forlorn, and behind the others are %+v and %+v", forlorn, f.members["f"].holes, f.members["g"].holes)
	}
	f.end("g", ended, []source.Gap{{Part: "g"}})
	if forlorn := f.adopt("kinesis", at); len(forlorn) != 1 || forlorn[0].Part != "g" {
		t.Errorf("%+v are forlorn", forlorn)
	}
}

// The children of a shard that was not read to its end are not read: there would be a hole.
func TestFamilyStopped(t *testing.T) {
	f := newFamily()
	f.addListed([]types.Shard{listed("a"), listed("b", "a")}, horizon())
	f.next()
	f.end("a", stopped, nil)
	if next := f.next(); len(next) != 0 || f.active() {
		t.Error("the child of a stopped shard had its turn")
	}
}

// Records that come with the end of a shard are sent before its children are started, also when reading began at the tip.
func TestLastRecordsBeforeChildren(t *testing.T) {
	for _, latest := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake("a")
			f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
				switch shard {
				case "a":
					return closing([]types.ChildShard{child("b", "a"), child("c", "a")}, 0, 1), nil
				case "b":
					return answer(shard, 0, 2*n+2), nil
				}
				return answer(shard, 0, 2*n+3), nil
			}
			c := collect(t, f.source(source.Options{Follow: true, Latest: latest}))
			c.entries(4)
			if c.ids[0] != sourcetest.ID(0) || c.ids[1] != sourcetest.ID(1) {
				t.Errorf("they came as %v", c.ids)
			}
			wantKinds(t, f, "b", "TRIM_HORIZON")
			wantKinds(t, f, "c", "TRIM_HORIZON")
			if s := c.last["a"]; s.State != source.Done {
				t.Errorf("the parent is %+v", s)
			}
			_ = c.stop()
		})
	}
}

// A merge, with the SDK's types: the child starts once, after both.
func TestMergeChildStartsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", "b")
		merged := []types.ChildShard{child("c", "a", "b")}
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			switch {
			case shard == "a":
				return closing(merged, 0), nil
			case shard == "b" && n < 5:
				return answer(shard, time.Minute, 1+n), nil
			case shard == "b":
				return closing(merged, 9), nil
			}
			return answer(shard, 0, 10+n), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.until("the child", func() bool { return slices.Contains(c.ids, sourcetest.ID(10)) })
		wantKinds(t, f, "c", "TRIM_HORIZON")
		if at := slices.Index(c.ids, sourcetest.ID(9)); at < 0 || at > slices.Index(c.ids, sourcetest.ID(10)) {
			t.Errorf("they came as %v", c.ids)
		}
		_ = c.stop()
	})
}

// Shards that nobody announced are found by listing again.
func TestUnannouncedShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.list = func(_ context.Context, in *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
			if in.NextToken != nil {
				if in.StreamName != nil || in.ShardFilter != nil {
					t.Errorf("a next page was asked for with more than its token: %+v", in)
				}
				return &kinesis.ListShardsOutput{Shards: []types.Shard{listed("b")}}, nil
			}
			out := &kinesis.ListShardsOutput{Shards: []types.Shard{listed("a")}}
			if len(f.made("ListShards", "")) > 1 {
				out.NextToken = aws.String("more")
			}
			return out, nil
		}
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if shard == "b" {
				return answer(shard, 0, n), nil
			}
			return answer(shard, 0), nil
		}
		began := time.Now()
		c := collect(t, f.source(source.Options{Follow: true, Latest: true}))
		c.entries(1)
		if took := time.Since(began); took > 2*time.Minute {
			t.Errorf("it took %s", took)
		}
		wantKinds(t, f, "b", "TRIM_HORIZON")
		_ = c.stop()
	})
}

// A stream that is being made has no shards at first; who follows it waits for them, who does not is at its end.
func TestStreamWithoutShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.list = func(context.Context, *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
			if len(f.made("ListShards", "")) < 3 {
				return &kinesis.ListShardsOutput{}, nil
			}
			return &kinesis.ListShardsOutput{Shards: []types.Shard{listed("a")}}, nil
		}
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			return answer(shard, 0, n), nil
		}
		if err := collect(t, f.source(source.Options{})).end(); err != nil {
			t.Errorf("without following it ended with %v", err)
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(1)
		_ = c.stop()
	})
}

// An idle shard may seem behind for a moment, or for ever; neither is shown as catching up for long.
func TestBehindForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n%5 == 3 {
				return answer(shard, 2*time.Second), nil
			}
			return answer(shard, 0), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.during(time.Minute)
		for _, s := range c.statuses {
			if s.Part == "a" && (s.State == source.CatchingUp || s.Behind != 0) {
				t.Errorf("a status is %+v", s)
			}
		}
		_ = c.stop()
	})
}

func TestBehindForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n == 0 {
				return answer(shard, time.Hour, 0), nil
			}
			return answer(shard, 7*time.Second), nil
		}
		c := collect(t, f.source(source.Options{}))
		if err := c.end(); err != nil {
			t.Fatal(err)
		}
		c.unique(sourcetest.ID(0))
	})
}

// Empty answers that come nearer to the tip are gone through, however many there are.
func TestSparseShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n < 1000 {
				return answer(shard, time.Duration(1000-n)*time.Minute), nil
			}
			return answer(shard, 0, 0), nil
		}
		c := collect(t, f.source(source.Options{}))
		if err := c.end(); err != nil {
			t.Fatal(err)
		}
		c.unique(sourcetest.ID(0))
		if s := c.statuses[len(c.statuses)/2]; s.State != source.CatchingUp || s.Behind == 0 {
			t.Errorf("half way the status is %+v", s)
		}
	})
}
