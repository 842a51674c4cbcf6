package s3_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/s3"
	"taudit/source/sourcetest"
)

// noon is a fixed time in the past that tests count days from.
func noon() time.Time { return time.Date(2026, 11, 10, 12, 30, 0, 0, time.UTC) }

// month fills a bucket with an object every six hours of thirty days, and gives the times of the objects, oldest first.
func (p *place) month(prefix string) []time.Time {
	p.t.Helper()
	var at []time.Time
	for i := range 120 {
		at = append(at, noon().Add(time.Duration(i-119)*6*time.Hour))
		p.put(firehose(prefix, at[i], i), gzipped(p.t, entries(i, i+1)), at[i].Add(5*time.Minute))
	}
	return at
}

// TestNewestFirst: objects are read from the newest to the oldest.
func TestNewestFirst(t *testing.T) {
	p := newPlace(t)
	p.month("audit/")
	c := quick()
	c.Workers = 1
	r := start(t, p.source("audit/", source.Options{}, c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(upTo(120)...)
	r.newestFirst()
	s := r.status()
	if s.Done != 120 || s.Total != 120 || s.Records != 120 || s.Entries != 120 || s.Bytes == 0 || s.State != source.Done ||
		!s.LastArrival.Equal(noon().Add(5*time.Minute)) || s.LastBatch.IsZero() || s.LastSuccess.IsZero() {
		t.Errorf("status %+v", s)
	}
	if got, want := r.states(), []source.State{source.Connecting, source.CatchingUp, source.Done}; !slices.Equal(got, want) {
		t.Errorf("states %v; want %v", got, want)
	}
	// The first entries come before all days are listed: the root, a year, two months and thirty days.
	if calls := p.Calls(); calls["ListObjectsV2"] > 36 || calls["GetObject"] != 120 || len(calls) != 2 {
		t.Errorf("calls %v", calls)
	}
}

// TestWindow: of keys that are ordered by time only what is wanted is listed and read, with an hour either side.
func TestWindow(t *testing.T) {
	at := func(i int) time.Time { return noon().Add(time.Duration(i-119) * 6 * time.Hour) }
	for name, test := range map[string]struct {
		change  func(*source.Options)
		want    []int
		listing int // calls at most
	}{
		"since":       {func(o *source.Options) { o.Since = at(117) }, []int{117, 118, 119}, 6},
		"just after":  {func(o *source.Options) { o.Since = at(117).Add(89 * time.Minute) }, []int{117, 118, 119}, 6},
		"well after":  {func(o *source.Options) { o.Since = at(117).Add(91 * time.Minute) }, []int{118, 119}, 6},
		"until":       {func(o *source.Options) { o.Until = at(2) }, []int{0, 1, 2}, 8},
		"between":     {func(o *source.Options) { o.Since, o.Until = at(50), at(52) }, []int{50, 51, 52}, 8},
		"nothing":     {func(o *source.Options) { o.Since = at(119).Add(3 * time.Hour) }, nil, 5},
		"trimhorizon": {func(o *source.Options) { o.Since, o.TrimHorizon = at(100), true }, upTo(120), 36},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.month("audit/")
			o := source.Options{}
			test.change(&o)
			r := start(t, p.source("audit/", o, quick()))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			r.wantIDs(test.want...)
			if calls := p.Calls(); calls["ListObjectsV2"] > test.listing || calls["GetObject"] != len(test.want) {
				t.Errorf("calls %v; want %d objects in %d listings", calls, len(test.want), test.listing)
			}
		})
	}
}

// TestZone: keys that Firehose wrote in another zone are found too.
func TestZone(t *testing.T) {
	for _, offset := range []int{-8, 9} {
		t.Run(fmt.Sprint(offset), func(t *testing.T) {
			p := newPlace(t)
			for i := range 48 {
				written := noon().Add(time.Duration(i-47) * time.Hour)
				named := written.Add(time.Duration(offset) * time.Hour) // Format gives UTC, so this shows the zone's clock
				p.put(firehose("audit/", named, i), gzipped(t, entries(i, i+1)), written.Add(5*time.Minute))
			}
			for name, o := range map[string]source.Options{
				"since": {Since: noon().Add(-2 * time.Hour)},
				"both":  {Since: noon().Add(-20 * time.Hour), Until: noon().Add(-18 * time.Hour)},
			} {
				r := start(t, p.source("audit/", o, quick()))
				if err := r.end(); err != nil {
					t.Fatal(err)
				}
				got := strings.Join(r.ids(), " ")
				for i := range 48 {
					at := noon().Add(time.Duration(i-47) * time.Hour)
					wanted := !at.Before(o.Since) && (o.Until.IsZero() || at.Before(o.Until))
					if wanted && !strings.Contains(got, sourcetest.ID(i)) {
						t.Errorf("%s: %s is missing", name, sourcetest.ID(i))
					}
				}
				if n := len(r.ids()); n > 30 {
					t.Errorf("%s: %d of 48 objects were read", name, n)
				}
			}
		})
	}
}

// TestLayouts: whatever the keys look like, every object is read once.
func TestLayouts(t *testing.T) {
	at := noon()
	for name, test := range map[string]struct {
		prefix string
		keys   []string
		others []string // are not below the prefix
		lists  int      // at most
	}{
		"nothing":           {"audit/", nil, nil, 1},
		"prefix cut short":  {"aud", []string{firehose("audit/", at, 0), firehose("auditors/", at, 1)}, []string{"b/x"}, 10},
		"whole bucket":      {"", []string{firehose("", at, 0), "x.json", "sub/y.json", "sub/deep/er/and/deeper/z.json"}, nil, 14},
		"before the year":   {"", []string{firehose("audit-", at, 0), firehose("audit-", at.AddDate(-1, 0, 0), 1)}, nil, 12},
		"a month":           {"audit/2026/11/", []string{firehose("audit/", at, 0), "audit/2026/11/loose.json"}, []string{firehose("audit/", at.AddDate(0, -1, 0), 1)}, 2},
		"a day":             {"audit/2026/11/10/", []string{firehose("audit/", at, 0), firehose("audit/", at.Add(-time.Hour), 1)}, []string{firehose("audit/", at.AddDate(0, 0, -1), 1)}, 1},
		"an hour":           {"audit/2026/11/10/12/", []string{firehose("audit/", at, 0)}, []string{firehose("audit/", at.Add(-time.Hour), 1)}, 1},
		"part of a day":     {"audit/2026/11/1", []string{firehose("audit/", at, 0), "audit/2026/11/1.json"}, []string{"audit/2026/11/2.json"}, 3},
		"an object":         {firehose("audit/", at, 7), []string{firehose("audit/", at, 7)}, []string{firehose("audit/", at, 8)}, 1},
		"days only":         {"a/", []string{"a/2026/11/10/1.json", "a/2026/11/10/2.json", "a/2026/11/09/3.json"}, nil, 6},
		"no real dates":     {"a/", []string{"a/2026/13/10/1.json", "a/1999/11/10/2.json", "a/20261/11/09/3.json", "a/2026/x/4.json", "a/2026/11/32/5.json"}, nil, 20},
		"hive":              {"a/", []string{"a/year=2026/month=11/day=10/1.gz", "a/year=2026/month=10/day=10/2.gz"}, nil, 6},
		"two ways in one":   {"a/", []string{firehose("a/", at, 0), "a/dt=2026-11-10/1.gz", "a/2026-11-09/2.gz", "a/2026/11/09/3.gz"}, nil, 12},
		"hive by team":      {"a/", []string{"a/team=x/dt=2026-11-10/1.gz", "a/team=y/dt=2026-11-09/hour=3/2.gz", "a/team=z/3.gz"}, nil, 12},
		"hive beside dates": {"a/", []string{firehose("a/", at, 0), "a/team=x/2.gz", "a/plain/3.gz"}, nil, 10},
		"two streams":       {"", []string{firehose("a/", at, 0), firehose("b/", at.AddDate(0, 0, -3), 1), firehose("b/c/", at, 2)}, nil, 20},
		"error output":      {"audit/", []string{firehose("audit/", at, 0), firehose("audit/processing-failed/", at, 1)}, nil, 10},
		"odd names":         {"a/", []string{"a/ü ?&=%25+#.json", "a/b c/d.json", "a/folder/"}, nil, 6},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			var want []int
			for i, key := range test.keys {
				if strings.HasSuffix(key, "/") {
					p.put(key, "", at)
					continue
				}
				p.put(key, gzipped(t, entries(i, i+1)), at)
				want = append(want, i)
			}
			for i, key := range test.others {
				p.put(key, entries(90+i, 91+i), at)
			}
			r := start(t, p.source(test.prefix, source.Options{}, quick()))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			r.wantIDs(want...)
			for _, e := range r.all() {
				for _, entry := range e.All() {
					if !slices.Contains(test.keys, entry.Origin.Part) || !entry.Origin.Arrived.Equal(at) {
						t.Errorf("origin %+v", entry.Origin)
					}
				}
			}
			if calls := p.Calls(); calls["ListObjectsV2"] > test.lists {
				t.Errorf("%d listings; at most %d are expected", calls["ListObjectsV2"], test.lists)
			}
		})
	}
}

// TestManyFolders: names without an order are not looked into one by one.
func TestManyFolders(t *testing.T) {
	p := newPlace(t)
	for i := range 300 {
		p.put(fmt.Sprintf("audit/%08x/part.json", i*2654435761%(1<<32)), entries(i, i+1), noon().Add(time.Duration(i)*time.Minute))
	}
	c := quick()
	c.Workers = 1
	r := start(t, p.source("audit/", source.Options{Since: noon().Add(100 * time.Minute)}, c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if calls := p.Calls(); calls["ListObjectsV2"] > 3 {
		t.Errorf("calls %v", calls)
	}
	// Five minutes are allowed for clocks that differ.
	r.wantIDs(upTo(300)[95:]...)
	r.newestFirst()
}

// TestManyObjects: a day with more objects than one listing gives is read newest first as well.
func TestManyObjects(t *testing.T) {
	p := newPlace(t)
	const n = 1200
	for i := range n {
		at := noon().Truncate(24 * time.Hour).Add(time.Duration(i) * time.Minute)
		p.put(firehose("audit/", at, i), entries(i, i+1), at)
	}
	c := quick()
	c.Workers = 1
	r := start(t, p.source("audit/", source.Options{Since: noon().Add(-time.Hour)}, c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	first := 10*60 + 0 // the hour before the one an hour before
	r.wantIDs(upTo(n)[first:]...)
	r.newestFirst()
}

// TestFaults: what befalls single objects is reported with them, and the others are read.
func TestFaults(t *testing.T) {
	p := newPlace(t)
	key := func(i int) string { return firehose("audit/", noon().Add(time.Duration(i)*time.Minute), i) }
	for i := range 8 {
		p.put(key(i), gzipped(t, entries(i*10, i*10+10)), noon())
	}
	p.put(key(8), entries(1000, 1100), noon())
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(0), Kind: emulator.Deny})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(1), Kind: emulator.Archived})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(2), Kind: emulator.NoSuchKey})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(3), Kind: emulator.Drop})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(8), Kind: emulator.Cut})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(4), Kind: emulator.Corrupt})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(5), Kind: emulator.KMSThrottle, Times: 2})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(6), Kind: emulator.Drop, Times: 2})
	c := quick()
	c.FirstRetry = time.Millisecond
	r := start(t, p.source("audit/", source.Options{}, c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	bad := r.bad()
	for place, want := range map[string]string{
		key(0): "s3:GetObject",
		key(1): "restore",
		key(2): "deleted",
		key(3): "EOF",
		key(8): "its transfer broke 8 times",
		key(4): "corrupt",
	} {
		if !slices.ContainsFunc(bad, func(b string) bool { return strings.HasPrefix(b, place+"@") && strings.Contains(b, want) }) {
			t.Errorf("no bad record of %s says %q", place, want)
		}
	}
	got := strings.Join(r.ids(), " ")
	for _, i := range []int{50, 59, 60, 69, 70, 79, 1000, 1040} {
		if !strings.Contains(got, sourcetest.ID(i)) {
			t.Errorf("%s is missing", sourcetest.ID(i))
		}
	}
	ids := r.ids()
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(r.ids()) {
		t.Error("an entry came twice")
	}
	if s := r.status(); s.Done != 9 || s.Total != 9 || s.Records != 5 || s.Bad != int64(len(bad)) || s.Retries < 10 || s.State != source.Done {
		t.Errorf("status %+v", s)
	}
}

// TestCutObject: an object whose transfer breaks after some of it was sent is read on where it broke.
func TestCutObject(t *testing.T) {
	const n = 6_000
	for name, body := range map[string]string{
		"plain":          entries(0, n),
		"packed":         gzipped(t, entries(0, n)),
		"damage":         entries(0, n/4) + "what is this?" + entries(n/4, n),
		"whole, packed":  gzipped(t, entries(0, n)),
		"whole, damaged": entries(0, n/4) + "what is this?" + entries(n/4, n),
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.put("audit.json", body, noon())
			p.Inject(emulator.Fault{Op: "GetObject", Kind: emulator.Cut, Times: 2})
			c := quick()
			if !strings.HasPrefix(name, "whole") {
				c = streaming(c)
			}
			r := start(t, p.source("", source.Options{}, c))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			ids := r.ids()
			if len(ids) != n || !slices.IsSorted(ids) || len(slices.Compact(ids)) != n {
				t.Errorf("%d entries came", len(ids))
			}
			want := 0
			if strings.Contains(name, "damage") {
				want = 1
			}
			if bad := r.bad(); len(bad) != want {
				t.Errorf("bad records %q", bad)
			}
			if s := r.status(); s.Retries != 2 || s.Bytes < int64(len(body)) {
				t.Errorf("status %+v", s)
			}
		})
	}
}

// TestNothingAllowed: what concerns the whole bucket ends a source that does not follow, and says what to do.
func TestNothingAllowed(t *testing.T) {
	for name, test := range map[string]struct {
		fault emulator.Fault
		want  []string
	}{
		"listing denied":   {emulator.Fault{Op: "ListObjectsV2", Kind: emulator.Deny}, []string{"s3:ListBucket"}},
		"all objects":      {emulator.Fault{Op: "GetObject", Kind: emulator.Deny}, []string{"no object of", "s3:GetObject"}},
		"no bucket":        {emulator.Fault{Kind: emulator.ResourceNotFound}, []string{"there is no bucket", bucket}},
		"expired":          {emulator.Fault{Kind: emulator.ExpiredToken}, []string{"expired"}},
		"another region":   {emulator.Fault{Kind: emulator.Redirect}, []string{"PermanentRedirect"}},
		"never an answer":  {emulator.Fault{Kind: emulator.Drop}, []string{"no success for"}},
		"never well":       {emulator.Fault{Kind: emulator.Unavailable}, []string{"no success for", "SlowDown"}},
		"objects not well": {emulator.Fault{Op: "GetObject", Kind: emulator.Internal}, []string{"no success for", "InternalError"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.put(firehose("audit/", noon(), 1), entries(0, 1), noon())
			p.Inject(test.fault)
			c := quick()
			c.GiveUp = 100 * time.Millisecond
			r := start(t, p.source("audit/", source.Options{}, c))
			err := r.end()
			if err == nil {
				t.Fatal("Run gave no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Run gave %q, which does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than a line", err)
			}
		})
	}
}

// TestAppears: an object that was on its way while others were read is found when it is there, on a real server.
func TestAppears(t *testing.T) {
	p := newPlace(t)
	now := time.Now()
	early, late := firehose("audit/", now.Add(-40*time.Minute), 1), firehose("audit/", now.Add(-20*time.Hour), 2)
	for i, key := range []string{firehose("audit/", now, 0), early, late} {
		p.put(key, gzipped(t, entries(i, i+1)), now)
	}
	p.Hide(bucket, early)
	p.Hide(bucket, late)
	c := quick()
	c.Sweep = 100 * time.Millisecond
	r := start(t, p.source("audit/", source.Options{Follow: true}, c))
	r.until("the first", func() bool { return len(r.ids()) == 1 && r.status().State == source.Live })
	p.Show(bucket, early)
	r.until("the second", func() bool { return len(r.ids()) == 2 })
	p.Show(bucket, late)
	r.until("the third", func() bool { return len(r.ids()) == 3 })
	if err := r.stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("Run gave %v", err)
	}
	r.wantIDs(upTo(3)...)
	if calls := p.Calls(); calls["GetObject"] != 3 {
		t.Errorf("calls %v", calls)
	}
}

// TestRegion: a bucket in another region is read there.
func TestRegion(t *testing.T) {
	p := newPlace(t)
	p.put("audit.json", entries(0, 3), noon())
	p.Inject(emulator.Fault{Kind: emulator.Redirect, Times: 1})
	r := start(t, p.source("", source.Options{}, quick()))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(upTo(3)...)
	if s := r.status(); s.Retries != 0 {
		t.Errorf("status %+v", s)
	}
}

// TestOpen: what a reference stands for, over the configuration that the aws CLI reads.
func TestOpen(t *testing.T) {
	p := newPlace(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	p.put("audit/x.json", entries(0, 2), noon())
	for _, o := range []source.Options{{EndpointURL: p.url}, {EndpointURL: p.url, Region: "eu-west-1"}} {
		o.Log = quiet()
		sources, err := s3.Open(t.Context(), "s3://"+bucket+"/audit/", o)
		if err != nil || len(sources) != 1 || sources[0].Name() != "s3://"+bucket+"/audit/" {
			t.Fatalf("Open gave %v, %v", sources, err)
		}
		r := start(t, sources[0])
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		r.wantIDs(0, 1)
	}
	for ref, want := range map[string]string{
		"s3://":        "does not name a bucket",
		"s3:///prefix": "does not name a bucket",
		"http://x":     "does not name a bucket",
		"s3://b/p":     "",
		"s3://b":       "",
		"s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/": "access point",
	} {
		_, err := s3.Open(t.Context(), ref, source.Options{EndpointURL: p.url, Log: quiet()})
		if (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("Open(%q) gave %v; want %q", ref, err, want)
		}
	}
	b, prefix, err := s3.ParseRef("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/audit/x")
	if b != "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine" || prefix != "audit/x" || err != nil {
		t.Errorf("ParseRef gave %q, %q, %v", b, prefix, err)
	}
}
