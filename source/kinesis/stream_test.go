package kinesis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"go.uber.org/goleak"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

func ids(from, to int) []string {
	var list []string
	for n := from; n < to; n++ {
		list = append(list, sourcetest.ID(n))
	}
	return list
}

func (p *place) putAt(t *testing.T, at time.Time, entries ...string) {
	t.Helper()
	for _, e := range entries {
		if _, _, err := p.server.PutAt(streamName, fmt.Sprint(p.puts.Add(1)), []byte(e), at); err != nil {
			t.Fatal(err)
		}
	}
}

// Where reading starts and ends, on a stream with one entry for each of the last twenty hours.
func TestStartAndEnd(t *testing.T) {
	now := time.Now()
	ago := func(hours float64) time.Time { return now.Add(-time.Duration(hours * float64(time.Hour))) }
	for _, test := range []struct {
		name     string
		o        source.Options
		from, to int
	}{
		{"all", source.Options{}, 0, 20},
		{"trim horizon", source.Options{TrimHorizon: true, Since: ago(2)}, 0, 20},
		{"since", source.Options{Since: ago(5.5)}, 15, 20},
		{"since, exactly", source.Options{Since: ago(5)}, 15, 20},
		{"since before the stream", source.Options{Since: ago(500)}, 0, 20},
		{"since a time to come", source.Options{Since: ago(-1)}, 20, 20},
		{"latest", source.Options{Latest: true}, 20, 20},
		// The first that arrived too late is still sent, with its batch; the receiver looks at emit times.
		{"until", source.Options{Until: ago(10)}, 0, 20},
		{"until, followed", source.Options{Until: ago(1), Follow: true}, 0, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
			for n := range 20 {
				p.putAt(t, ago(float64(20-n)), sourcetest.Entry(n))
			}
			c := collect(t, p.source(test.o))
			if err := c.end(); err != nil {
				t.Fatal(err)
			}
			c.unique(ids(test.from, test.to)...)
			for part, s := range c.last {
				if s.State != source.Done {
					t.Errorf("part %q is %s", part, s.State)
				}
			}
		})
	}
}

// With an end in the past a long stream is not read beyond it, even when it is followed.
func TestUntilReadsLess(t *testing.T) {
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
	now := time.Now()
	for n := range 2000 {
		p.putAt(t, now.Add(-20*time.Hour+time.Duration(n)*30*time.Second), sourcetest.Entry(n))
	}
	c := collect(t, p.source(source.Options{Follow: true, Until: now.Add(-19 * time.Hour)}))
	if err := c.end(); err != nil {
		t.Fatal(err)
	}
	if n := len(c.ids); n < 120 || n > 800 {
		t.Errorf("%d of 2000 entries were read for the first 120", n)
	}
}

// Entries put while shards split and merge all come, each once, in the order of their parts.
func TestReshardingUnderLoad(t *testing.T) {
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
	const n = 1500
	var writers sync.WaitGroup
	writers.Go(func() {
		for i := range n {
			if _, _, err := p.server.Put(streamName, fmt.Sprint(i), []byte(sourcetest.Entry(i))); err != nil {
				t.Error(err)
				return
			}
			if i%10 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
	})
	writers.Go(func() {
		for i := range 12 {
			time.Sleep(15 * time.Millisecond)
			open := p.server.Shards(streamName)
			if i%3 == 2 {
				// Not all neighbours in the list adjoin; those that do not are refused.
				_, _ = p.server.Merge(streamName, open[len(open)-2], open[len(open)-1])
				continue
			}
			if _, err := p.server.Split(streamName, open[i%len(open)]); err != nil {
				t.Error(err)
			}
		}
	})
	c := collect(t, p.source(source.Options{Follow: true, Latest: false}))
	c.entries(n)
	writers.Wait()
	if err := c.stop(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c.unique(ids(0, n)...)
	last := map[string]string{}
	for _, id := range c.ids {
		part := c.parts[id]
		if id < last[part] {
			t.Errorf("%s: %s came after %s", part, id, last[part])
		}
		last[part] = id
	}
	if len(last) < 6 {
		t.Errorf("only %d shards were read", len(last))
	}
}

// Starting at the tip, nothing is lost when the shards split and merge before, while and after being found.
func TestLatestAcrossResharding(t *testing.T) {
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 10)...)
	shards := p.server.Shards(streamName)
	p.split(t, shards[0])
	c := collect(t, p.source(source.Options{Follow: true, Latest: true}))
	c.until("being live", func() bool {
		live := 0
		for part, s := range c.last {
			if part != "" && s.State == source.Live {
				live++
			}
		}
		return live == 3
	})
	children := p.split(t, shards[1])
	p.put(t, sourcetest.Entries(10, 30)...)
	p.merge(t, children[0], children[1])
	p.put(t, sourcetest.Entries(30, 50)...)
	c.entries(40)
	_ = c.stop()
	c.unique(ids(10, 50)...)
}

// Against the real limits of the service, a reader that is far too eager is slowed down and loses nothing.
func TestRealLimits(t *testing.T) {
	p := newPlace(t, 1, emulator.KinesisOptions{})
	p.put(t, sourcetest.Entries(0, 100)...)
	c := collect(t, p.source(source.Options{Follow: true}))
	c.until("throttling", func() bool {
		return slices.ContainsFunc(c.statuses, func(s source.Status) bool { return s.State == source.Throttled })
	})
	p.put(t, sourcetest.Entries(100, 120)...)
	c.entries(120)
	_ = c.stop()
	c.unique(ids(0, 120)...)
}

// The emulator trims what was not read yet: that is a gap with bounds, and reading goes on with what is left.
func TestTrimmedStream(t *testing.T) {
	var ahead atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true, Now: clock})
	p.put(t, sourcetest.Entries(0, 10)...)
	c := collect(t, p.source(source.Options{Follow: true}))
	c.entries(10)
	remove := p.server.Inject(emulator.Fault{Op: "GetRecords", Kind: emulator.Throttle})
	ahead.Store(int64(time.Hour))
	lost := clock()
	p.put(t, sourcetest.Entries(10, 20)...)
	ahead.Store(int64(2 * time.Hour))
	p.server.Trim(streamName, clock().Add(-time.Minute))
	left := clock()
	p.put(t, sourcetest.Entries(20, 30)...)
	remove()
	c.entries(20)
	_ = c.stop()
	c.unique(slices.Concat(ids(0, 10), ids(20, 30))...)
	if c.gaps() != 1 || len(c.found) != 1 {
		t.Fatalf("%d gaps are counted and %+v sent: %+v", c.gaps(), c.found, c.last)
	}
	if g := c.found[0]; !g.From.Before(lost) || g.From.Before(lost.Add(-time.Hour-time.Minute)) ||
		g.To.Before(left.Truncate(time.Millisecond)) || g.To.After(left.Add(time.Minute)) {
		t.Errorf("the gap is %+v; what was lost had arrived at %s, and what is left at %s", g, lost, left)
	}
}

func TestStreamThatDoesNotExist(t *testing.T) {
	for _, follow := range []bool{false, true} {
		p := newPlace(t, 1, emulator.KinesisOptions{})
		p.ref.Name = "nowhere"
		c := collect(t, p.source(source.Options{Follow: follow}))
		err := c.end()
		if err == nil || !strings.Contains(err.Error(), `there is no Kinesis stream "nowhere" in region us-east-1`) {
			t.Errorf("Run ended with %v", err)
		}
		if s := c.last[""]; s.State != source.Failing || s.Err == nil || !s.NextRetry.IsZero() {
			t.Errorf("the status is %+v", s)
		}
	}
}

func TestStreamDeletedWhileReading(t *testing.T) {
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 10)...)
	c := collect(t, p.source(source.Options{Follow: true}))
	c.entries(10)
	name := streamName
	if _, err := NewClient(p.cfg).DeleteStream(context.Background(), &kinesis.DeleteStreamInput{StreamName: &name}); err != nil {
		t.Fatal(err)
	}
	if err := c.end(); err == nil || !strings.Contains(err.Error(), "there is no Kinesis stream") {
		t.Errorf("Run ended with %v", err)
	}
}

// By its ARN a stream is read as by its name.
func TestReadByARN(t *testing.T) {
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
	ref, err := ParseRef(p.server.ARN(streamName))
	if err != nil {
		t.Fatal(err)
	}
	p.ref = ref
	p.put(t, sourcetest.Entries(0, 20)...)
	p.split(t, p.server.Shards(streamName)[0])
	s := p.source(source.Options{})
	if s.Name() != "kinesis audit/us-east-1" {
		t.Errorf("its name is %q", s.Name())
	}
	c := collect(t, s)
	if err := c.end(); err != nil {
		t.Fatal(err)
	}
	c.unique(ids(0, 20)...)
}

// Only calls that read are made, through trouble and resharding.
func TestOnlyReadingCalls(t *testing.T) {
	p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 20)...)
	p.server.Inject(emulator.Fault{Op: "GetRecords", Times: 3, Kind: emulator.Expire})
	c := collect(t, p.source(source.Options{Follow: true}))
	c.entries(20)
	p.split(t, p.server.Shards(streamName)[0])
	p.put(t, sourcetest.Entries(20, 40)...)
	c.entries(40)
	_ = c.stop()
	for op := range maps.Keys(p.server.Calls()) {
		if !slices.Contains([]string{"ListShards", "GetShardIterator", "GetRecords"}, op) {
			t.Errorf("%s was called", op)
		}
	}
}

// The SDK does not retry behind our back: every throttle is seen.
func TestNoHiddenRetries(t *testing.T) {
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 5)...)
	p.server.Inject(emulator.Fault{Op: "GetRecords", Times: 4, Kind: emulator.Throttle})
	p.server.Inject(emulator.Fault{Op: "ListShards", Times: 2, Kind: emulator.Internal})
	c := collect(t, p.source(source.Options{}))
	if err := c.end(); err != nil {
		t.Fatal(err)
	}
	var shard int64
	for part, s := range c.last {
		if part != "" {
			shard = s.Retries
		}
	}
	if shard != 4 || c.last[""].Retries != 2 {
		t.Errorf("%d and %d retries are counted", shard, c.last[""].Retries)
	}
}

// Open reads the configuration without calling out, and says what is missing.
func TestOpen(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/config")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/credentials")
	const arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/audit-prod"
	for _, test := range []struct {
		ref  string
		o    source.Options
		name string
		err  string
	}{
		{"kinesis://audit", source.Options{Region: "us-west-2"}, "kinesis audit/us-west-2", ""},
		{"kinesis://audit", source.Options{}, "", "no AWS region is set"},
		{arn, source.Options{}, "kinesis audit-prod/eu-west-1", ""},
		{arn, source.Options{Region: "us-west-2"}, "kinesis audit-prod/us-west-2", ""},
		{"kinesis://" + arn, source.Options{}, "kinesis audit-prod/eu-west-1", ""},
		{"kinesis://audit", source.Options{Region: "us-west-2", Profile: "nobody"}, "", `AWS profile "nobody" is not configured`},
		{"kinesis://", source.Options{}, "", "does not name a Kinesis stream"},
	} {
		sources, err := Open(context.Background(), test.ref, test.o)
		switch {
		case test.err != "":
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("Open(%s) gave %v; %q should be in it", test.ref, err, test.err)
			}
		case err != nil:
			t.Errorf("Open(%s): %v", test.ref, err)
		case len(sources) != 1 || sources[0].Name() != test.name:
			t.Errorf("Open(%s) gave %v", test.ref, sources)
		}
	}
}

// Open's source reads through --endpoint-url with the credentials of the environment.
func TestOpenReads(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_ENDPOINT_URL_KINESIS", "http://127.0.0.1:1")
	p := newPlace(t, 1, emulator.KinesisOptions{NoLimits: true})
	p.put(t, sourcetest.Entries(0, 3)...)
	for _, ref := range []string{"kinesis://" + streamName, p.server.ARN(streamName)} {
		sources, err := Open(context.Background(), ref, source.Options{Region: "us-east-1", EndpointURL: *p.cfg.BaseEndpoint})
		if err != nil {
			t.Fatal(err)
		}
		c := collect(t, sources[0].(*Stream))
		if err := c.end(); err != nil {
			t.Fatal(err)
		}
		c.unique(ids(0, 3)...)
	}
}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}
