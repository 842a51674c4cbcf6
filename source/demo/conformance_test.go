package demo

import (
	"context"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/sourcetest"
)

// visit is one source of a demo that is opened for it and closed behind it.
type visit struct {
	index int
	name  string
	o     source.Options
}

func (v visit) Name() string { return v.name }

func (v visit) Run(ctx context.Context, out chan<- source.Event) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sources, err := Opener(Config{Seed: 7, Entries: 400})(ctx, Scheme, v.o)
	if err != nil {
		return err
	}
	return sources[v.index].Run(ctx, out)
}

// TestConformance holds both sources to the contract. The account fills itself, so what needs known entries is tested on the adapters.
func TestConformance(t *testing.T) {
	for i, name := range []string{"kinesis " + DefaultStream + "/" + Region, "s3://" + Bucket} {
		t.Run(name, func(t *testing.T) {
			sourcetest.Run(t, func(*testing.T) *sourcetest.Harness {
				return &sourcetest.Harness{
					Follows: true,
					Wait:    30 * time.Second,
					Source:  func(_ *testing.T, o source.Options) source.Source { return visit{i, name, o} },
				}
			})
		})
	}
}
