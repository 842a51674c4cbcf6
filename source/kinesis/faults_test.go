package kinesis

import (
	"math/rand/v2"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
)

// Whatever goes wrong between a stream and its reader, each entry that was put comes out once or lies in a gap, and the reader stops in
// time; by polling and by subscriptions.
func TestScenarios(t *testing.T) {
	inject := func(faults ...emulator.Fault) func(*testing.T, *ledger) {
		return func(_ *testing.T, l *ledger) {
			for _, f := range faults {
				l.p.server.Inject(f)
			}
		}
	}
	const event = emulator.SubscriptionEvent
	for _, test := range []struct {
		name string
		o    emulator.KinesisOptions
		do   func(t *testing.T, l *ledger)
		gaps bool // there may be some
	}{
		{name: "throttling", do: inject(
			emulator.Fault{Op: "GetRecords", Times: 12, Kind: emulator.Throttle},
			emulator.Fault{Op: "SubscribeToShard", Times: 2, Kind: emulator.Throttle}, emulator.Fault{Op: event, Times: 2, Kind: emulator.KMSThrottle},
		)},
		{name: "expired iterators", o: emulator.KinesisOptions{IteratorLife: 3 * time.Millisecond}, do: func(*testing.T, *ledger) {}},
		{name: "internal errors", do: inject(
			emulator.Fault{Times: 12, Kind: emulator.Internal}, emulator.Fault{Op: event, Times: 4, Kind: emulator.Internal},
		)},
		{name: "dropped connections", do: inject(
			emulator.Fault{Times: 12, Kind: emulator.Drop}, emulator.Fault{Op: event, Times: 4, Kind: emulator.Drop},
		)},
		{name: "cut answers", do: inject(
			emulator.Fault{Op: "GetRecords", Times: 12, Kind: emulator.Cut}, emulator.Fault{Op: event, Times: 4, Kind: emulator.Cut},
		)},
		{name: "garbled answers", do: inject(
			emulator.Fault{Op: "GetRecords", Times: 12, Kind: emulator.Corrupt}, emulator.Fault{Op: event, Times: 4, Kind: emulator.Corrupt},
		)},
		{name: "slow answers", do: inject(
			emulator.Fault{Op: "GetRecords", Times: 8, Kind: emulator.Slow, Delay: 100 * time.Millisecond},
			emulator.Fault{Op: event, Times: 4, Kind: emulator.Slow, Delay: 100 * time.Millisecond},
		)},
		{name: "a clock that is set forward", do: func(t *testing.T, l *ledger) {
			l.clock.step(10 * time.Minute)
			l.put(t, 50)
			l.clock.step(5 * time.Hour)
		}},
		{name: "a clock that is set back", do: func(t *testing.T, l *ledger) {
			l.clock.step(-10 * time.Minute)
			l.put(t, 50)
			l.p.server.Inject(emulator.Fault{Op: "GetRecords", Times: 4, Kind: emulator.Expire})
			l.put(t, 50)
			l.clock.step(-5 * time.Hour)
		}},
		{name: "a resharding storm", do: func(t *testing.T, l *ledger) {
			for range 6 {
				for _, shards := range []int32{4, 8, 5, 3} {
					l.p.scale(t, shards)
					l.put(t, 10)
				}
			}
		}},
		{name: "a resharding storm with faults", do: func(t *testing.T, l *ledger) {
			l.p.server.Inject(emulator.Fault{Op: "ListShards", Times: 6, Kind: emulator.Throttle})
			l.p.server.Inject(emulator.Fault{Op: "GetRecords", Skip: 3, Times: 20, Kind: emulator.Unavailable})
			l.p.server.Inject(emulator.Fault{Op: "GetShardIterator", Skip: 2, Times: 10, Kind: emulator.Throttle})
			l.p.server.Inject(emulator.Fault{Op: event, Skip: 5, Times: 10, Kind: emulator.Drop})
			for range 4 {
				for _, shards := range []int32{4, 2} {
					l.p.scale(t, shards)
					l.put(t, 20)
				}
			}
		}},
		{name: "corrupt records", do: func(t *testing.T, l *ledger) {
			l.spoil(t, "\x00", "{", "\xff\xfe", `{"emit_time":`, "\xf3\x89\x9a\xc2 an aggregate that is none")
			l.put(t, 20)
			l.spoil(t, "not JSON at all")
		}},
		{name: "an outage until records are trimmed", gaps: true, do: func(t *testing.T, l *ledger) {
			l.outage(t, func() {
				l.put(t, 40)
				l.clock.step(2 * time.Hour)
				l.p.server.Trim(streamName, l.clock.now().Add(-time.Hour))
				l.put(t, 40)
			})
		}},
		{name: "an outage until shards expire", gaps: true, do: func(t *testing.T, l *ledger) {
			l.outage(t, func() {
				l.put(t, 40)
				l.p.scale(t, 4)
				l.put(t, 40)
				l.clock.step(2 * time.Hour)
				l.p.server.Trim(streamName, l.clock.now().Add(-time.Hour))
				l.put(t, 40)
			})
		}},
		{name: "an outage until generations of shards expire", gaps: true, do: func(t *testing.T, l *ledger) {
			l.outage(t, func() {
				for _, shards := range []int32{4, 2, 3} {
					l.put(t, 40)
					l.p.scale(t, shards)
					l.put(t, 40)
					l.clock.step(2 * time.Hour)
					l.p.server.Trim(streamName, l.clock.now().Add(-time.Hour))
				}
				l.put(t, 40)
			})
		}},
		{name: "anything at random", do: func(t *testing.T, l *ledger) {
			random := rand.New(rand.NewPCG(1, 2))
			for range 60 {
				l.misfortune(t, random)
				l.put(t, 20)
				time.Sleep(10 * time.Millisecond)
			}
		}},
	} {
		for _, subscribed := range []bool{false, true} {
			name := test.name + ", polled"
			if subscribed {
				name = test.name + ", subscribed"
			}
			t.Run(name, func(t *testing.T) {
				o := test.o
				o.NoLimits, o.QuietEvent = true, 20*time.Millisecond
				l := newLedger(t, 2, o)
				if subscribed {
					l.p.registered(t)
				}
				c := l.read(t, source.Options{Follow: true})
				l.put(t, 60)
				c.entries(60)
				test.do(t, l)
				l.put(t, 60)
				l.settle(t, c)
				if !test.gaps && len(l.gaps) > 0 {
					t.Errorf("gaps were found: %+v", l.gaps)
				}
				if _, _, lost := l.owed(); test.gaps && lost == 0 {
					t.Error("nothing was lost, so that this shows nothing")
				}
			})
		}
	}
}

// outage has all calls fail while something happens.
func (l *ledger) outage(t *testing.T, do func()) {
	t.Helper()
	var mend []func()
	for _, op := range []string{"GetRecords", "GetShardIterator", "SubscribeToShard", "ListShards"} {
		mend = append(mend, l.p.server.Inject(emulator.Fault{Op: op, Kind: emulator.Unavailable}))
	}
	mend = append(mend, l.p.server.Inject(emulator.Fault{Op: emulator.SubscriptionEvent, Kind: emulator.Drop}))
	time.Sleep(50 * time.Millisecond) // until no answer is on its way
	do()
	for _, m := range mend {
		m()
	}
}

// misfortune does one of the things that may happen to a stream and its reader without anything being lost.
func (l *ledger) misfortune(t *testing.T, random *rand.Rand) {
	t.Helper()
	kinds := []emulator.FaultKind{
		emulator.Throttle, emulator.KMSThrottle, emulator.Expire, emulator.Internal, emulator.Unavailable, emulator.ExpiredToken, emulator.Drop,
		emulator.Cut, emulator.Corrupt, emulator.Slow,
	}
	ops := []string{"GetRecords", "GetRecords", "GetRecords", "GetShardIterator", "ListShards", "SubscribeToShard", emulator.SubscriptionEvent}
	if n := random.IntN(10); n < 9 {
		f := emulator.Fault{
			Op: ops[random.IntN(len(ops))], Kind: kinds[random.IntN(len(kinds))], Times: 1 + random.IntN(3), Delay: 0,
		}
		if f.Kind == emulator.ExpiredToken && random.IntN(4) > 0 {
			f.Kind = emulator.Drop // a person has to log in again, which is waited for patiently
		}
		if f.Kind == emulator.Slow {
			f.Delay = time.Duration(random.IntN(200)) * time.Millisecond
		}
		// What is seldom called must not find all the faults since it was called last.
		time.AfterFunc(3*time.Second, l.p.server.Inject(f))
		return
	}
	shards := l.p.server.Shards(streamName)
	if i := random.IntN(len(shards)); len(shards) < 6 && random.IntN(2) == 0 {
		l.p.split(t, shards[i])
	} else if len(shards) > 2 {
		// Those that do not adjoin are refused.
		_, _ = l.p.server.Merge(streamName, shards[i], shards[(i+1)%len(shards)])
	}
}
