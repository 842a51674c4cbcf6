package kinesis

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"taudit/source"
	"taudit/source/sourcetest"
)

func throttled() error {
	return &types.ProvisionedThroughputExceededException{Message: aws.String("Rate exceeded for shard")}
}

func denied() error {
	return &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no"}
}

// Each shard is asked once a second at most, whatever it answers: idle, behind, or full of records. An idle one is asked less often, but
// soon enough for nobody to notice.
func TestPoliteConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("idle", "behind", "full")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			switch shard {
			case "behind":
				return answer(shard, time.Hour), nil
			case "full":
				return answer(shard, time.Hour, 2*n, 2*n+1), nil
			}
			return answer(shard, 0), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.during(time.Minute - time.Millisecond)
		for _, shard := range []string{"idle", "behind", "full"} {
			calls := f.made("GetRecords", shard)
			want := 60
			if shard == "idle" {
				want = 25 // 8 after a second each, 8 after two, and then after four
			}
			if len(calls) != want {
				t.Errorf("%s was asked %d times in a minute", shard, len(calls))
			}
			for i := 1; i < len(calls); i++ {
				if d := calls[i].at.Sub(calls[i-1].at); d > 4*time.Second {
					t.Errorf("%s was left alone for %s", shard, d)
				}
			}
			paced(t, calls, time.Second)
			if n := len(f.made("GetShardIterator", shard)); n != 1 {
				t.Errorf("%d iterators were got for %s", n, shard)
			}
		}
		if err := c.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// An idle stream says that it is alive from time to time and no more.
func TestIdleStreamIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		c := collect(t, f.source(source.Options{Follow: true}))
		c.until("being live", func() bool { return c.last["a"].State == source.Live })
		before := len(c.statuses)
		c.during(59 * time.Second)
		if n := len(c.statuses) - before; n < 13 || n > 16 {
			t.Errorf("%d statuses came in a minute of nothing, listing included", n)
		}
		if age := time.Since(c.last["a"].LastSuccess); age > heartbeat+time.Second {
			t.Errorf("the last success known is %s old", age)
		}
		_ = c.stop()
	})
}

// Throttling is waited for longer and longer, shown, and forgotten when it is over.
func TestThrottlingBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n < 6 {
				return nil, throttled()
			}
			return answer(shard, 0, 0), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(1)
		calls := f.made("GetRecords", "a")
		paced(t, calls, time.Second)
		// The sixth wait is of 32 times the first, capped at 30 s, with jitter of a half.
		if d := calls[6].at.Sub(calls[5].at); d < 15*time.Second || d > 46*time.Second {
			t.Errorf("after six throttles it was tried again after %s", d)
		}
		var seen int
		for _, s := range c.statuses {
			if s.State == source.Throttled {
				seen++
				if !strings.Contains(s.Err.Error(), "slow down") || s.NextRetry.IsZero() || s.Retries != int64(seen) {
					t.Errorf("a throttled status does not say all: %+v", s)
				}
			}
		}
		if seen != 6 {
			t.Errorf("%d of 6 throttles were shown", seen)
		}
		if s := c.last["a"]; s.State != source.Live || s.Err != nil || !s.NextRetry.IsZero() || s.Retries != 6 {
			t.Errorf("after the throttling the status is %+v", s)
		}
		_ = c.stop()
	})
}

// A shard that throttles is left alone for longer also between calls that succeed, until it has not throttled for a while, and one that was
// idle is asked every second again when something comes.
func TestPaceOfABusyShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			switch {
			case n == 20 || n == 22:
				return nil, throttled()
			case n < 20:
				return answer(shard, 0), nil
			}
			return answer(shard, 0, n), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.during(10 * time.Minute)
		calls := f.made("GetRecords", "a")
		for _, test := range []struct {
			from, to int
			want     time.Duration
		}{
			{0, 7, time.Second},
			{7, 15, 2 * time.Second},
			{15, 19, 4 * time.Second}, // nothing comes
			{23, 52, 4 * time.Second}, // throttled twice
			{52, 82, 2 * time.Second},
			{82, 120, time.Second},
		} {
			for i := test.from; i < test.to; i++ {
				if d := calls[i+1].at.Sub(calls[i].at); d != test.want {
					t.Errorf("between calls %d and %d passed %s, want %s", i, i+1, d, test.want)
				}
			}
		}
		// What is asked for in a second stays the same, up to what an answer may hold.
		if usual, half, strained := calls[100].limit, calls[60].limit, calls[40].limit; half/2 != usual || strained != most {
			t.Errorf("%d records were asked for after throttling, %d after a while, and %d then", strained, half, usual)
		}
		_ = c.stop()
	})
}

// A success makes an end of the long waits.
func TestBackOffStartsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, failure := range []error{throttled(), denied(), &types.InternalFailureException{}} {
			f := newFake("a")
			f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
				if n == 6 || n == 8 {
					return answer(shard, 0, n), nil
				}
				return nil, failure
			}
			c := collect(t, f.source(source.Options{Follow: true}))
			c.entries(2)
			calls := f.made("GetRecords", "a")
			before, after := calls[6].at.Sub(calls[5].at), calls[8].at.Sub(calls[7].at)
			if before < 14*time.Second || after >= 16*time.Second || after > before {
				t.Errorf("%v: it was tried again after %s, and after a success after %s", failure, before, after)
			}
			_ = c.stop()
		}
	})
}

// Whoever may not read is asked again slowly, since the permission may come.
func TestRefusalIsRetriedSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, _ int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) < 10*time.Minute {
				return nil, denied()
			}
			return answer(shard, 0, 0), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(1)
		if n := len(f.made("GetRecords", "a")); n < 10 || n > 45 {
			t.Errorf("it was asked %d times in ten minutes of refusals", n)
		}
		var said bool
		for _, s := range c.statuses {
			said = said || (s.State == source.Failing && strings.Contains(s.Err.Error(), "kinesis:GetRecords is not allowed"))
		}
		if !said {
			t.Error("no status named the missing action")
		}
		_ = c.stop()
	})
}

// Who has been given the permission need not wait until it would be asked for again: of a shard, and of the list of shards.
func TestRetryEndsTheWait(t *testing.T) {
	for _, call := range []string{"GetRecords", "ListShards"} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake("a")
			refused := true
			f.records = func(_ context.Context, _ int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
				if refused && call == "GetRecords" {
					return nil, denied()
				}
				return answer(shard, 0, 0), nil
			}
			if call == "ListShards" {
				f.list = func(context.Context, *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
					if refused {
						return nil, denied()
					}
					return &kinesis.ListShardsOutput{Shards: f.shards}, nil
				}
			}
			s := f.source(source.Options{Follow: true})
			c := collect(t, s)
			c.until("a failure", func() bool {
				n := len(c.statuses)
				return n > 0 && c.statuses[n-1].State == source.Failing
			})
			asked := len(f.made(call, map[string]string{"GetRecords": "a"}[call]))
			refused = false // the goroutine that asks is asleep
			began := time.Now()
			time.Sleep(time.Second)
			s.Retry()
			c.entries(1)
			if took := time.Since(began); took > 4*time.Second || asked != 1 {
				t.Errorf("%s: %s after the permission was there, asked %d times before", call, took, asked)
			}
			_ = c.stop()
		})
	}
}

// A call that never answers is given up, tried again with less to send, and does not delay the end.
func TestHungCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(ctx context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n == 3 {
				return answer(shard, time.Minute, 0), nil
			}
			<-ctx.Done()
			return nil, &aws.RequestCanceledError{Err: context.Canceled}
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(1)
		calls := f.made("GetRecords", "a")
		for i := 1; i < 4; i++ {
			if calls[i].limit != calls[i-1].limit/2 {
				t.Errorf("limits were %d and then %d", calls[i-1].limit, calls[i].limit)
			}
		}
		paced(t, calls, 30*time.Second)
		var said bool
		for _, s := range c.statuses {
			said = said || (s.State == source.Failing && strings.Contains(s.Err.Error(), "no answer in time"))
		}
		if !said {
			t.Errorf("no status said that no answer came: %+v", c.statuses)
		}
		c.during(10 * time.Second)
		began := time.Now()
		if err := c.stop(); !errors.Is(err, context.Canceled) || time.Since(began) > time.Second {
			t.Errorf("Run ended after %s with %v", time.Since(began), err)
		}
	})
}

// Answers are aimed at a megabyte, so that half of what the shard gives a second is left to others.
func TestAnswersAreAimedAtHalfTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			out := answer(shard, time.Hour, n)
			size := []int{500, 100_000, 5_000_000}[min(n, 2)]
			out.Records[0].Data = append(out.Records[0].Data, strings.Repeat(" ", size-len(out.Records[0].Data))...)
			return out, nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(4)
		calls := f.made("GetRecords", "a")
		for i, want := range []struct{ from, to int32 }{{512, 512}, {2097, 2097}, {10, 10}, {1, 1}} {
			if l := calls[i].limit; l < want.from || l > want.to {
				t.Errorf("call %d asked for %d records; %d to %d is right", i, l, want.from, want.to)
			}
		}
		_ = c.stop()
	})
}

// Without Follow nobody waits for ever: what a person must mend is an error at once, other failures after a minute or so.
func TestOneShotGivesUp(t *testing.T) {
	internal := &types.InternalFailureException{Message: aws.String("sorry")}
	for _, test := range []struct {
		name string
		err  error
		op   string
		most time.Duration
		want string
	}{
		{"denied listing", denied(), "ListShards", 0, "kinesis:ListShards is not allowed"},
		{"denied iterator", denied(), "GetShardIterator", 0, "kinesis:GetShardIterator is not allowed"},
		{"denied records", denied(), "GetRecords", 0, "kinesis:GetRecords is not allowed"},
		{"internal listing", internal, "ListShards", 5 * time.Minute, "kinesis:ListShards: InternalFailureException: sorry"},
		{"internal records", internal, "GetRecords", 5 * time.Minute, "kinesis:GetRecords: InternalFailureException: sorry"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake("bad", "good")
				f.list = func(context.Context, *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
					if test.op == "ListShards" {
						return nil, test.err
					}
					return &kinesis.ListShardsOutput{Shards: f.shards}, nil
				}
				f.place = func(_ context.Context, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error) {
					if test.op == "GetShardIterator" && *in.ShardId == "bad" {
						return nil, test.err
					}
					return &kinesis.GetShardIteratorOutput{ShardIterator: in.ShardId}, nil
				}
				f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
					if test.op == "GetRecords" && shard == "bad" {
						return nil, test.err
					}
					if n == 0 {
						return answer(shard, time.Minute, 0), nil
					}
					return answer(shard, 0, 1), nil
				}
				began := time.Now()
				c := collect(t, f.source(source.Options{}))
				err := c.end()
				if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("Run ended with %v; %q should be in it", err, test.want)
				}
				if took := time.Since(began); took > test.most+2*time.Second {
					t.Errorf("it took %s", took)
				}
				if test.op == "ListShards" {
					if s := c.last[""]; s.State != source.Failing || s.Err == nil {
						t.Errorf("the list of shards is %+v", s)
					}
					return
				}
				// The other shard is read to its end all the same.
				c.unique(sourcetest.ID(0), sourcetest.ID(1))
				if s := c.last["bad"]; s.State != source.Failing || s.Err == nil || !s.NextRetry.IsZero() {
					t.Errorf("the bad shard is %+v", s)
				}
				if s := c.last["good"]; s.State != source.Done {
					t.Errorf("the good shard is %+v", s)
				}
			})
		})
	}
}

// While nobody takes a batch, no other is got.
func TestBackpressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", "b")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			return answer(shard, time.Hour, n), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(4)
		a, b := len(f.made("GetRecords", "a")), len(f.made("GetRecords", "b"))
		time.Sleep(time.Hour)
		if n := len(f.made("GetRecords", "a")); n > a+1 {
			t.Errorf("%d batches were got while nobody read", n-a)
		}
		if n := len(f.made("GetRecords", "b")); n > b+1 {
			t.Errorf("%d batches were got while nobody read", n-b)
		}
		_ = c.stop()
	})
}
