package s3_test

import (
	"fmt"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// TestConformance holds the source to the contract over the SDK's client and a server, for keys that are ordered by time and for
// others, plain and packed.
func TestConformance(t *testing.T) {
	for name, layout := range map[string]struct {
		key  func(n int) string
		pack bool
	}{
		"by hour": {func(n int) string {
			return firehose("audit/", time.Now().Add(time.Duration(n-30)*time.Minute), n)
		}, true},
		"by day, Hive's way": {func(n int) string { return fmt.Sprintf("audit/dt=2026-11-%02d/part-%04d.json", n%28+1, n) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			sourcetest.Run(t, func(t *testing.T) *sourcetest.Harness {
				p, n := newPlace(t), 0
				inject := func(f emulator.Fault) func(*testing.T) {
					return func(*testing.T) { p.Inject(f) }
				}
				put := func(body string) {
					if layout.pack {
						body = gzipped(t, body)
					}
					p.put(layout.key(n), body, time.Now())
					n++
				}
				var reads func() int
				if layout.pack { // once is enough for what takes seconds
					reads = func() int { c := p.Calls(); return c["GetObject"] + c["ListObjectsV2"] }
				}
				return &sourcetest.Harness{
					Source: func(_ *testing.T, o source.Options) source.Source { return p.source("audit/", o, quick()) },
					Put: func(_ *testing.T, list ...string) {
						half := len(list) / 2
						for _, part := range [][]string{list[:half], list[half:]} {
							body := ""
							for _, e := range part {
								body += e
							}
							put(body)
						}
					},
					PutBad:  func(_ *testing.T, data string) { put(data) },
					Reads:   reads,
					Follows: true,
					Disturbances: []sourcetest.Disturbance{
						{Name: "slow down", Do: inject(emulator.Fault{Kind: emulator.Throttle, Times: 5})},
						{Name: "an internal error", Do: inject(emulator.Fault{Kind: emulator.Internal, Times: 3})},
						{Name: "dropped connections", Do: inject(emulator.Fault{Kind: emulator.Drop, Times: 3})},
						{Name: "cut objects", Do: inject(emulator.Fault{Op: "GetObject", Kind: emulator.Cut, Times: 3})},
						{Name: "cut listings", Do: inject(emulator.Fault{Op: "ListObjectsV2", Kind: emulator.Cut, Times: 3})},
						{Name: "slow answers", Do: inject(emulator.Fault{Kind: emulator.Slow, Delay: 50 * time.Millisecond, Times: 5})},
					},
				}
			})
		})
	}
}
