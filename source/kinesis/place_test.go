package kinesis

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

const streamName = "audit"

// place is a stream of the emulator, reached over loopback with the SDK's client.
type place struct {
	server *emulator.Kinesis
	cfg    aws.Config
	ref    Ref
	tempo  tempo
	puts   atomic.Int64

	consumer string // that sources subscribe with; empty: they poll
}

// quick is a tempo for tests that use real sockets and so cannot have a fake clock.
func quick() tempo {
	return tempo{
		poll: 5 * time.Millisecond, relist: 100 * time.Millisecond, retry: 10 * time.Millisecond,
		renew: 5 * time.Second, silence: time.Second, reconsider: time.Hour,
	}
}

func newPlace(t *testing.T, shards int, o emulator.KinesisOptions) *place {
	t.Helper()
	server := emulator.NewKinesis(o)
	if err := server.CreateStream(streamName, shards); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	url, err := emulator.Serve(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
	})
	return &place{
		server: server,
		ref:    Ref{Name: streamName, Region: "us-east-1"},
		tempo:  quick(),
		cfg: aws.Config{
			Region:       "us-east-1",
			BaseEndpoint: &url,
			Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
			HTTPClient:   &http.Client{Transport: transport},
		},
	}
}

func (p *place) source(o source.Options) *Stream {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := New(NewClient(p.cfg), p.ref, o)
	s.tempo, s.consumer = p.tempo, p.consumer
	return s
}

// put writes entries, spread over the shards in the same way each time.
func (p *place) put(t *testing.T, entries ...string) {
	t.Helper()
	for _, e := range entries {
		if _, _, err := p.server.Put(streamName, fmt.Sprint(p.puts.Add(1)), []byte(e)); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *place) split(t *testing.T, shard string) [2]string {
	t.Helper()
	children, err := p.server.Split(streamName, shard)
	if err != nil {
		t.Fatal(err)
	}
	return children
}

func (p *place) merge(t *testing.T, a, b string) string {
	t.Helper()
	child, err := p.server.Merge(streamName, a, b)
	if err != nil {
		t.Fatal(err)
	}
	return child
}

// harness is the place for the conformance suite.
func (p *place) harness() *sourcetest.Harness {
	fault := func(name string, f emulator.Fault) sourcetest.Disturbance {
		return sourcetest.Disturbance{Name: name, Do: func(*testing.T) { p.server.Inject(f) }}
	}
	return &sourcetest.Harness{
		Follows: true,
		Source:  func(_ *testing.T, o source.Options) source.Source { return p.source(o) },
		Put:     p.put,
		PutBad:  func(t *testing.T, data string) { p.put(t, data) },
		Reads:   func() int { return p.server.Calls()["GetRecords"] },
		Disturbances: []sourcetest.Disturbance{
			fault("throttling", emulator.Fault{Op: "GetRecords", Times: 5, Kind: emulator.Throttle}),
			fault("throttling of the key", emulator.Fault{Op: "GetRecords", Times: 3, Kind: emulator.KMSThrottle}),
			fault("expiry", emulator.Fault{Op: "GetRecords", Times: 3, Kind: emulator.Expire}),
			fault("refusal", emulator.Fault{Op: "GetRecords", Times: 2, Kind: emulator.Deny}),
			fault("expired credentials", emulator.Fault{Op: "GetRecords", Times: 2, Kind: emulator.ExpiredToken}),
			fault("a lost stream that is found again", emulator.Fault{Op: "GetRecords", Times: 2, Kind: emulator.ResourceNotFound}),
			fault("internal errors", emulator.Fault{Op: "GetRecords", Times: 4, Kind: emulator.Internal}),
			fault("unavailability", emulator.Fault{Op: "GetRecords", Times: 4, Kind: emulator.Unavailable}),
			fault("dropped connections", emulator.Fault{Op: "GetRecords", Times: 4, Kind: emulator.Drop}),
			fault("cut answers", emulator.Fault{Op: "GetRecords", Skip: 1, Times: 4, Kind: emulator.Cut}),
			fault("slow answers", emulator.Fault{Op: "GetRecords", Times: 4, Delay: 50 * time.Millisecond, Kind: emulator.Slow}),
			{Name: "a new iterator that is refused", Do: func(*testing.T) {
				p.server.Inject(emulator.Fault{Op: "GetShardIterator", Times: 3, Kind: emulator.Throttle})
				p.server.Inject(emulator.Fault{Op: "GetRecords", Times: 2, Kind: emulator.Expire})
			}},
			{Name: "failing listings", Do: func(t *testing.T) {
				p.server.Inject(emulator.Fault{Op: "ListShards", Times: 4, Kind: emulator.Throttle})
				p.split(t, p.server.Shards(streamName)[0])
			}},
			{Name: "a split", Do: func(t *testing.T) { p.split(t, p.server.Shards(streamName)[0]) }},
			{Name: "splits of splits", Do: func(t *testing.T) {
				for range 2 {
					for _, shard := range p.server.Shards(streamName) {
						p.split(t, shard)
					}
				}
			}},
			{Name: "a merge", Do: func(t *testing.T) {
				shards := p.server.Shards(streamName)
				p.merge(t, shards[0], shards[1])
			}},
			{Name: "a split that is merged again", Do: func(t *testing.T) {
				children := p.split(t, p.server.Shards(streamName)[0])
				p.merge(t, children[0], children[1])
			}},
		},
	}
}

func TestConformance(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) *sourcetest.Harness {
		return newPlace(t, 3, emulator.KinesisOptions{NoLimits: true}).harness()
	})
}

// TestConformanceSparse is against a server whose answers are often empty although more follows, and whose iterators do not live
// long.
func TestConformanceSparse(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) *sourcetest.Harness {
		h := newPlace(t, 2, emulator.KinesisOptions{
			NoLimits: true, SparseReads: 3 * time.Millisecond, IteratorLife: 200 * time.Millisecond,
		}).harness()
		h.Disturbances = nil
		return h
	})
}
