package kinesis

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// What has been read of a shard begins where reading did, and grows with the records that come and, at the tip, with time.
func TestHeld(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	since := start.Add(-time.Hour)
	for _, test := range []struct {
		name string
		o    source.Options
		want []source.Span // after each answer
	}{
		{"all", source.Options{}, []source.Span{
			{},                               // nothing was read
			{To: start.Add(time.Second)},     // a record came
			{To: start.Add(time.Second)},     // none did, and more is to come
			{To: start.Add(3 * time.Second)}, // the tip
		}},
		{"since", source.Options{Since: since}, []source.Span{
			{From: since.Add(-skew)},
			{From: since.Add(-skew), To: start.Add(time.Second)},
			{From: since.Add(-skew), To: start.Add(time.Second)},
			{From: since.Add(-skew), To: start.Add(3 * time.Second)},
		}},
		{"latest", source.Options{Latest: true}, []source.Span{
			{From: start},
			{From: start, To: start.Add(time.Second)},
			{From: start, To: start.Add(time.Second)},
			{From: start, To: start.Add(3 * time.Second)},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a")
				f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
					switch n {
					case 0, 2:
						return answer(shard, time.Hour), nil
					case 1:
						return answer(shard, time.Hour, 1), nil
					}
					return answer(shard, 0), nil
				}
				test.o.Follow = true
				c := collect(t, f.source(test.o))
				c.during(4*time.Second + time.Millisecond)
				_ = c.stop()
				var got []source.Span
				for _, s := range c.statuses {
					if s.Part == "a" && s.State != source.Connecting && (len(got) == 0 || got[len(got)-1] != s.Held) {
						got = append(got, s.Held)
					}
				}
				// The third answer changes nothing that people see, so that it is not sent.
				want := append(test.want[:2:2], test.want[3])
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// The shards that wait for their parents are said to be there, so that nobody takes what was read of the others for all.
func TestWaitingShardsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.shards = []types.Shard{listed("a"), listed("b", "a"), listed("c", "b")}
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if shard == "a" && n < 3 {
				return answer(shard, time.Hour, n), nil
			}
			if shard == "a" {
				return closing([]types.ChildShard{child("b", "a"), child("d", "a")}, n), nil
			}
			return answer(shard, 0), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(1)
		for _, part := range []string{"b", "c"} {
			if s, told := c.last[part]; !told || s.State != source.Connecting || s.Held != (source.Span{}) {
				t.Errorf("%s is %+v while its parent is read", part, s)
			}
		}
		c.until("the end of the parent", func() bool { return c.last["a"].State == source.Done })
		if _, told := c.last["d"]; !told {
			t.Error("the parent ended and its new child was not told of")
		}
		_ = c.stop()
	})
}

// The children of a shard that could not be read say why they are not read.
func TestForsakenShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.shards = []types.Shard{listed("a"), listed("b", "a"), listed("c", "b"), listed("z")}
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if shard == "a" {
				return nil, denied()
			}
			return answer(shard, 0, n), nil
		}
		c := collect(t, f.source(source.Options{}))
		if err := c.end(); err == nil {
			t.Error("Run ended well")
		}
		c.unique(sourcetest.ID(0))
		for _, part := range []string{"b", "c"} {
			if s := c.last[part]; s.State != source.Failing || s.Err == nil {
				t.Errorf("%s is %+v", part, s)
			}
		}
	})
}

// A clock that is wrong by hours is seen from the answers, and what has been read is told by the service's clock.
func TestHeldByTheirClock(t *testing.T) {
	for _, off := range []time.Duration{0, 3 * time.Hour, -3 * time.Hour} {
		p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true, Now: func() time.Time { return time.Now().Add(off) }})
		p.cfg.HTTPClient = &http.Client{Transport: dated{p.cfg.HTTPClient.(*http.Client).Transport, off}}
		p.put(t, sourcetest.Entries(0, 3)...)
		before := time.Now().Add(off)
		c := collect(t, p.source(source.Options{Follow: true, Latest: true}))
		c.until("being live", func() bool { return c.last["shardId-000000000000"].State == source.Live })
		_ = c.stop()
		held := c.last["shardId-000000000000"].Held
		for _, at := range []time.Time{held.From, held.To} {
			if d := at.Sub(before); d.Abs() > 5*time.Second {
				t.Errorf("with their clock %s ahead it has read %v, which is %s off", off, held, d)
			}
		}
	}
}

// dated gives answers the time of a clock that is off: net/http writes that of this machine.
type dated struct {
	http.RoundTripper
	off time.Duration
}

func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := d.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Header.Set("Date", time.Now().Add(d.off).UTC().Format(http.TimeFormat))
	}
	return answer, err
}

// Resumed is covered from where the earlier run had come to.
func TestHeldSinceEarlier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		s := f.source(source.Options{Follow: true, Resume: func(string) ([]source.Position, error) {
			return []source.Position{{Part: "a", After: "1000", To: time.Now().Add(-time.Hour)}}, nil
		}})
		s.place = func(context.Context) string { return "here" }
		want := time.Now().Add(-time.Hour)
		c := collect(t, s)
		c.until("being live", func() bool { return c.last["a"].State == source.Live })
		_ = c.stop()
		if held := c.last["a"].Held; !held.From.Equal(want) || !held.To.After(want) {
			t.Errorf("it has read %v", held)
		}
		wantKinds(t, f, "a", "AFTER_SEQUENCE_NUMBER 1000")
		if at := c.kept["a"]; at.Place != "here" || at.After != "1000" || !at.To.Equal(c.last["a"].Held.To) {
			t.Errorf("the position is %+v", at)
		}
	})
}
