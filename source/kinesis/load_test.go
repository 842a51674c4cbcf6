package kinesis

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// load writes a thousand records a second to each open shard, and gives how many it wrote in all.
func (p *place) load(t *testing.T, d time.Duration) int {
	t.Helper()
	const tick = 20 * time.Millisecond
	var n int
	begin := time.Now()
	for since := time.Duration(0); since < d; since = time.Since(begin) {
		for range len(p.server.Shards(streamName)) * int(1000*tick/time.Second) {
			if _, _, err := p.server.Put(streamName, fmt.Sprint(n), []byte(sourcetest.Entry(n))); err != nil {
				t.Error(err)
				return n
			}
			n++
		}
		time.Sleep(time.Until(begin.Add(since.Truncate(tick) + tick)))
	}
	return n
}

// scale has the service split and merge shards until there are so many, as streams on demand do by themselves.
func (p *place) scale(t *testing.T, shards int32) {
	t.Helper()
	name := streamName
	_, err := NewClient(p.cfg).UpdateShardCount(context.Background(), &kinesis.UpdateShardCountInput{
		StreamName: &name, TargetShardCount: &shards, ScalingType: types.ScalingTypeUniformScaling,
	})
	if err != nil {
		t.Error(err)
	}
}

// At the full rate that a shard takes, with the limits of the service and at the pace of a real run, nothing is lost or doubled while
// shards are split and merged, and every shard is read in order. It begins at the tip, where it is easiest to lose what comes first.
func TestFullRateAcrossResharding(t *testing.T) {
	t.Parallel()
	p := newPlace(t, 2, emulator.KinesisOptions{})
	p.tempo = tempo{poll: 250 * time.Millisecond, relist: time.Second, retry: 100 * time.Millisecond}
	c := collect(t, p.source(source.Options{Follow: true, Latest: true}))
	c.until("being live", func() bool { return c.live() == 2 })
	written := make(chan int, 1)
	go func() { written <- p.load(t, 8*time.Second) }()
	go func() {
		for _, shards := range []int32{4, 2, 3, 4, 2} {
			time.Sleep(1400 * time.Millisecond)
			p.scale(t, shards)
		}
	}()
	c.until("the end of writing", func() bool { return len(written) == 1 })
	n := <-written
	c.entries(n)
	c.during(time.Second)
	_ = c.stop()
	c.unique(ids(0, n)...)
	last := map[string]string{}
	for _, id := range c.ids {
		part := c.parts[id]
		if id < last[part] {
			t.Fatalf("%s: %s came after %s", part, id, last[part])
		}
		last[part] = id
	}
	if c.gaps() != 0 || len(c.found) != 0 {
		t.Errorf("gaps were found: %+v", c.found)
	}
	t.Logf("%d records of %d shards", n, len(last))
}

// A stream on demand begins with four shards and splits them by itself; whoever reads it learns of that by reading.
func TestOnDemandStream(t *testing.T) {
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
	name := "on-demand"
	_, err := NewClient(p.cfg).CreateStream(context.Background(), &kinesis.CreateStreamInput{
		StreamName: &name, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.ref.Name = name
	put := func(from, to int) {
		for n := from; n < to; n++ {
			if _, _, err := p.server.Put(name, fmt.Sprint(n), []byte(sourcetest.Entry(n))); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := collect(t, p.source(source.Options{Follow: true, Latest: true}))
	c.until("being live", func() bool { return c.live() == 4 })
	for from := 0; from < 200; from += 50 {
		put(from, from+25)
		for _, shard := range p.server.Shards(name)[:2] {
			if _, err := p.server.Split(name, shard); err != nil {
				t.Fatal(err)
			}
		}
		put(from+25, from+50)
	}
	c.entries(200)
	_ = c.stop()
	c.unique(ids(0, 200)...)
}
