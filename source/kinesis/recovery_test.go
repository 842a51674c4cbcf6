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
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taudit/source"
	"taudit/source/sourcetest"
)

func expiredIterator() error {
	return &types.ExpiredIteratorException{Message: aws.String("Iterator expired")}
}

func invalid() error {
	return &types.InvalidArgumentException{Message: aws.String("StartingSequenceNumber 1001 used in GetShardIterator is invalid")}
}

func notFound() error {
	return &types.ResourceNotFoundException{Message: aws.String("not found")}
}

// kinds gives the iterator types that were asked for, with sequence numbers.
func kinds(calls []fakeCall) []string {
	var list []string
	for _, c := range calls {
		kind := string(c.place.ShardIteratorType)
		if c.place.StartingSequenceNumber != nil {
			kind += " " + *c.place.StartingSequenceNumber
		}
		list = append(list, kind)
	}
	return list
}

func wantKinds(t *testing.T, f *fake, shard string, want ...string) {
	t.Helper()
	if got := kinds(f.made("GetShardIterator", shard)); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("iterators of %s were got at %q, want %q", shard, got, want)
	}
}

// An expired iterator is replaced by one after the last record, silently.
func TestExpiredIterator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			switch n {
			case 0:
				return answer(shard, time.Minute, 0, 1), nil
			case 1:
				return nil, expiredIterator()
			}
			return answer(shard, 0, n), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(3)
		wantKinds(t, f, "a", "TRIM_HORIZON", "AFTER_SEQUENCE_NUMBER 1001")
		if s := c.last["a"]; s.Gaps != 0 || s.Retries != 0 {
			t.Errorf("the status is %+v", s)
		}
		_ = c.stop()
	})
}

// Where iterators expire at once, that is shown and slowed down like any failure.
func TestIteratorsThatExpireAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n < 8 {
				return nil, expiredIterator()
			}
			return answer(shard, 0, 0), nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.entries(1)
		calls := f.made("GetRecords", "a")
		if d := calls[8].at.Sub(calls[7].at); d < 10*time.Second {
			t.Errorf("after eight it was tried again after %s", d)
		}
		if s := c.last["a"]; s.Retries != 7 {
			t.Errorf("%d retries are counted", s.Retries)
		}
		_ = c.stop()
	})
}

// Reading from the tip on: what came while an iterator that gave nothing expired is not lost.
func TestLatestExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n == 0 {
				return nil, expiredIterator()
			}
			return answer(shard, 0, n), nil
		}
		began := time.Now()
		c := collect(t, f.source(source.Options{Follow: true, Latest: true}))
		c.entries(1)
		wantKinds(t, f, "a", "LATEST", "AT_TIMESTAMP")
		if at := *f.made("GetShardIterator", "a")[1].place.Timestamp; at.After(began) || began.Sub(at) > time.Minute {
			t.Errorf("it went on at %s; it began at %s", at, began)
		}
		_ = c.stop()
	})
}

// Where what follows the last record was trimmed, reading goes on at the horizon, and the gap is from where everything had been read to
// the first record that is left, or to the time when it is clear that none is. If the last record is still there, nothing was lost.
func TestTrimmed(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		behind time.Duration // of the answer before
		left   []int
		want   []source.Gap
	}{
		{"one is left", time.Minute, []int{5}, []source.Gap{{Span: source.Span{From: start, To: start.Add(2 * time.Second)}}}},
		{"none is left", time.Minute, nil, []source.Gap{{Span: source.Span{From: start, To: start.Add(3 * time.Second)}}}},
		{"one is left, after the tip", 0, []int{5}, []source.Gap{{Span: source.Span{From: start, To: start.Add(2 * time.Second)}}}},
		{"nothing was trimmed", time.Minute, []int{1, 5}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a")
				f.place = func(_ context.Context, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error) {
					if in.ShardIteratorType == types.ShardIteratorTypeAfterSequenceNumber {
						return nil, invalid()
					}
					return &kinesis.GetShardIteratorOutput{ShardIterator: in.ShardId}, nil
				}
				f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
					switch n {
					case 0:
						return answer(shard, test.behind, 0, 1), nil
					case 1:
						return nil, expiredIterator()
					case 2:
						return answer(shard, time.Minute, test.left...), nil
					}
					return answer(shard, 0), nil
				}
				c := collect(t, f.source(source.Options{Follow: true}))
				c.during(10 * time.Second)
				_ = c.stop()
				want := []string{sourcetest.ID(0), sourcetest.ID(1)}
				if len(test.left) > 0 {
					want = append(want, sourcetest.ID(5))
				}
				c.unique(want...)
				wantKinds(t, f, "a", "TRIM_HORIZON", "AFTER_SEQUENCE_NUMBER 1001", "TRIM_HORIZON")
				for i := range test.want {
					test.want[i].Source, test.want[i].Part = "kinesis audit/us-east-1", "a"
				}
				if diff := cmp.Diff(test.want, c.found, cmpopts.IgnoreFields(source.Gap{}, "Why")); diff != "" {
					t.Error(diff)
				}
				if n := c.gaps(); n != int64(len(test.want)) {
					t.Errorf("%d gaps are counted", n)
				}
			})
		})
	}
}

// A time that the service takes for the future, because clocks differ, does not stop the reading.
func TestTimeOfAFastClock(t *testing.T) {
	for _, test := range []struct {
		name string
		o    source.Options
		want []string
	}{
		{"since", source.Options{Since: time.Date(1999, 12, 31, 23, 59, 0, 0, time.UTC)}, []string{"AT_TIMESTAMP", "TRIM_HORIZON"}},
		{"latest", source.Options{Latest: true}, []string{"LATEST", "AT_TIMESTAMP", "LATEST"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a")
				f.place = func(_ context.Context, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error) {
					if in.Timestamp != nil {
						return nil, &types.InvalidArgumentException{Message: aws.String("cannot be greater than the currentTimestampInMillis")}
					}
					return &kinesis.GetShardIteratorOutput{ShardIterator: in.ShardId}, nil
				}
				f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
					if n == 0 && test.o.Latest {
						return nil, expiredIterator()
					}
					return answer(shard, 0, n), nil
				}
				c := collect(t, f.source(test.o))
				if err := c.end(); err != nil {
					t.Fatal(err)
				}
				wantKinds(t, f, "a", test.want...)
			})
		})
	}
}

// A shard that has expired is a gap; its children, which nobody announced, are found and read, and tell where it ends. Without any its
// end is not known.
func TestShardThatIsGone(t *testing.T) {
	for _, test := range []struct {
		name     string
		children []types.Shard
		to       time.Duration
	}{
		{"a child", []types.Shard{listed("b", "a")}, 2 * time.Second},
		{"two children", []types.Shard{listed("b", "a"), listed("c", "a")}, 2 * time.Second},
		{"none", []types.Shard{listed("z")}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a")
				var gone bool
				f.list = func(context.Context, *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					if gone {
						return &kinesis.ListShardsOutput{Shards: test.children}, nil
					}
					return &kinesis.ListShardsOutput{Shards: f.shards}, nil
				}
				f.place = func(_ context.Context, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					if gone && *in.ShardId == "a" {
						return nil, notFound()
					}
					return &kinesis.GetShardIteratorOutput{ShardIterator: in.ShardId}, nil
				}
				began := time.Now()
				f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
					switch {
					case shard != "a" && time.Since(began) < 2*time.Second:
						return answer(shard, time.Minute), nil
					case shard == "b":
						return answer(shard, 0, 10+n), nil
					case shard != "a":
						return answer(shard, time.Minute, 20+n), nil
					case n == 0:
						return answer(shard, time.Minute, 0), nil
					}
					f.mu.Lock()
					defer f.mu.Unlock()
					gone = true
					return nil, expiredIterator()
				}
				c := collect(t, f.source(source.Options{Follow: true}))
				c.during(5 * time.Second)
				_ = c.stop()
				for _, child := range test.children {
					wantKinds(t, f, *child.ShardId, "TRIM_HORIZON")
				}
				if s := c.last["a"]; s.Gaps != 1 || s.State != source.Done {
					t.Errorf("the status is %+v", s)
				}
				want := source.Gap{Source: "kinesis audit/us-east-1", Part: "a", Span: source.Span{From: began}}
				if test.to > 0 {
					want.To = began.Add(test.to)
				}
				if diff := cmp.Diff([]source.Gap{want}, c.found, cmpopts.IgnoreFields(source.Gap{}, "Why")); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// A stream that is deleted while it is followed ends the run.
func TestStreamThatIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", "b")
		began := time.Now()
		deleted := func() error {
			if time.Since(began) > 10*time.Second {
				return notFound()
			}
			return nil
		}
		f.list = func(context.Context, *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
			return &kinesis.ListShardsOutput{Shards: f.shards}, deleted()
		}
		f.place = func(_ context.Context, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error) {
			return &kinesis.GetShardIteratorOutput{ShardIterator: in.ShardId}, deleted()
		}
		f.records = func(_ context.Context, _ int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			return answer(shard, 0), deleted()
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		err := c.end()
		if err == nil || !strings.Contains(err.Error(), `there is no Kinesis stream "audit" in region us-east-1`) {
			t.Errorf("Run ended with %v", err)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

// A panic costs its shard, says so, and is an error in the end.
func TestPanicIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("bad", "good")
		f.records = func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if shard == "bad" {
				panic("oops")
			}
			return answer(shard, 0, n), nil
		}
		c := collect(t, f.source(source.Options{}))
		err := c.end()
		if err == nil || !strings.Contains(err.Error(), "oops") {
			t.Errorf("Run ended with %v", err)
		}
		if s := c.last["bad"]; s.State != source.Failing || s.Err == nil {
			t.Errorf("the status is %+v", s)
		}
		c.unique(sourcetest.ID(0))
	})
}

// A listing that panics is a failure like another.
func TestPanicOfAListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a")
		f.list = func(context.Context, *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
			if n := len(f.made("ListShards", "")); n == 2 {
				panic("oops")
			}
			return &kinesis.ListShardsOutput{Shards: f.shards}, nil
		}
		c := collect(t, f.source(source.Options{Follow: true}))
		c.until("the failure", func() bool { return c.last[""].State == source.Failing })
		c.until("its end", func() bool { return c.last[""].State == source.Live })
		if err := c.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}
