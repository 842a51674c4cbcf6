package kinesis

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"taudit/source"
	"taudit/source/verdict"
)

// TestTheRightWordWithinTenSeconds lets a stream do what streams do, and looks at what is told of it ten seconds later.
func TestTheRightWordWithinTenSeconds(t *testing.T) {
	const began, looked = 30 * time.Second, 40 * time.Second
	type answering = func(ctx context.Context, n int, shard string, in *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error)
	failing := func(err error) answering {
		return func(context.Context, int, string, *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			return nil, err
		}
	}
	empty := func(_ context.Context, _ int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
		return answer(shard, 0), nil
	}
	arriving := func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
		return answer(shard, 0, n), nil
	}
	for _, c := range []struct {
		name  string
		first answering // before
		then  answering
		lists error // what listing shards gives then
		want  verdict.Word
	}{
		{"entries arrive", empty, arriving, nil, verdict.Following},
		{"empty polls", empty, empty, nil, verdict.Quiet},
		{"throttling", arriving, failing(&types.ProvisionedThroughputExceededException{Message: aws.String("Rate exceeded")}), nil, verdict.Degraded},
		{"one expired iterator", arriving, func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			if n%31 == 0 {
				return nil, &types.ExpiredIteratorException{Message: aws.String("expired")}
			}
			return answer(shard, 0, n), nil
		}, nil, verdict.Following},
		{"iterators that expire at once", arriving, failing(&types.ExpiredIteratorException{Message: aws.String("expired")}), nil, verdict.Degraded},
		{"access denied", arriving, failing(&smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User: me is not authorized to perform: kinesis:GetRecords"}), nil, verdict.Broken},
		{"expired credentials", arriving, failing(&smithy.GenericAPIError{Code: "ExpiredTokenException", Message: "The security token included in the request is expired"}), nil, verdict.Broken},
		{"a disabled key", arriving, failing(&types.KMSDisabledException{Message: aws.String("disabled")}), nil, verdict.Broken},
		{
			"a stopped stream", arriving, failing(&types.ResourceNotFoundException{Message: aws.String("Stream audit-prod not found")}),
			&types.ResourceNotFoundException{Message: aws.String("Stream audit-prod not found")}, verdict.Broken,
		},
		{"more than can be read", arriving, func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			return answer(shard, time.Duration(n)*2*time.Second, n), nil
		}, nil, verdict.Behind},
		{"a moment behind", arriving, func(_ context.Context, n int, shard string, _ *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			behind := time.Duration(0)
			if n%5 == 0 {
				behind = time.Second
			}
			return answer(shard, behind, n), nil
		}, nil, verdict.Following},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				f := newFake("shardId-000000000000")
				changed := func() bool { return time.Since(start) >= began }
				f.records = func(ctx context.Context, n int, shard string, in *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
					if changed() {
						return c.then(ctx, n, shard, in)
					}
					return c.first(ctx, n, shard, in)
				}
				f.list = func(context.Context, *kinesis.ListShardsInput) (*kinesis.ListShardsOutput, error) {
					if changed() && c.lists != nil {
						return nil, c.lists
					}
					return &kinesis.ListShardsOutput{Shards: f.shards}, nil
				}
				f.place = func(_ context.Context, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error) {
					if changed() && c.lists != nil {
						return nil, c.lists
					}
					return &kinesis.GetShardIteratorOutput{ShardIterator: in.ShardId}, nil
				}
				w := &watcher{began: start, told: map[string]source.Status{}}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				out := make(chan source.Event)
				var running sync.WaitGroup
				running.Go(func() {
					if err := f.source(source.Options{Follow: true}).Run(ctx, out); err != nil && ctx.Err() == nil {
						w.take(source.Event{Status: &source.Status{Source: "kinesis " + streamName + "/us-east-1", State: source.Failing, Err: err}})
					}
				})
				running.Go(func() {
					for {
						select {
						case e := <-out:
							w.take(e)
						case <-ctx.Done():
							return
						}
					}
				})
				time.Sleep(looked)
				synctest.Wait()
				if got := w.verdict(); got.Word != c.want {
					t.Errorf("%v, want %v: %+v", got.Word, c.want, got)
				} else if c.want >= verdict.Degraded && got.Next == "" {
					t.Errorf("it does not say what to do: %+v", got.Verdict)
				}
				cancel()
				running.Wait()
			})
		})
	}
}

// watcher keeps the latest status of each part, as whoever receives events does.
type watcher struct {
	mu    sync.Mutex
	began time.Time
	list  []source.Status
	told  map[string]source.Status
}

func (w *watcher) take(e source.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Status == nil {
		return
	}
	s := *e.Status
	before := w.told[s.Part]
	w.told[s.Part] = s
	for i := range w.list {
		if w.list[i].Part == s.Part {
			s.Findings = w.list[i].Findings
			s.Note(&before, &s, time.Now())
			w.list[i] = s
			return
		}
	}
	s.Note(&before, &s, time.Now())
	w.list = append(w.list, s)
}

func (w *watcher) verdict() verdict.Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	return verdict.Of(verdict.Evidence{Evidence: source.Evidence{
		Status: w.list, Now: time.Now(), Asked: source.Asked{Began: w.began},
	}})
}
