package demo

import (
	"context"

	"taudit/source"
	"taudit/source/kinesis"
	"taudit/source/s3"
)

var _ source.Checker = Check

// Check is the [source.Checker] of the embedded demonstration: it starts its servers, fills them, and examines them as those of AWS are.
func Check(ctx context.Context, ref string, o source.Options, tell func(source.Step)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.Follow = false
	s, streams, objects, err := Config{}.open(ctx, ref, o)
	if err != nil {
		tell(source.Step{What: "start", Verdict: source.Wrong, Found: err.Error()})
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.perform(ctx)
	}()
	defer func() { <-done }()
	defer cancel()
	select {
	case <-s.bucketFull:
	case <-s.broken:
		tell(source.Step{What: "start", Verdict: source.Wrong, Found: s.err.Error()})
		return
	case <-ctx.Done():
		tell(source.Step{What: "start", Verdict: source.Wrong, Found: ctx.Err().Error()})
		return
	}
	tell(source.Step{What: "start", Found: "the simulated account is there, in this process"})
	kinesis.Examine(ctx, streams, kinesis.Ref{Name: DefaultStream, Region: Region}, o, tell)
	s3.Examine(ctx, objects, Bucket, "", tell)
}
