package app_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"taudit/app"
	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
)

// arrived is an entry that took some time to arrive.
func arrived(emitted time.Time, took time.Duration, n int) audit.Entry {
	e := entryAt(emitted, n)
	e.Origin.Arrived = emitted.Add(took)
	return e
}

// from is an event of a part.
func from(part string, s source.State, entries ...audit.Entry) source.Event {
	return source.Event{Entries: entries, Status: &source.Status{Source: "a", Part: part, State: s}}
}

func partOf(t *testing.T, s *app.State, name string) source.Status {
	t.Helper()
	for _, p := range s.Status {
		if p.Part == name {
			return p
		}
	}
	t.Fatalf("there is no part %q in %+v", name, s.Status)
	return source.Status{}
}

// TestFeedFindsOutAboutEachPart: of entries as they are, and of those that come packed.
func TestFeedFindsOutAboutEachPart(t *testing.T) {
	for name, pack := range map[string]func(*audit.Vocabulary, source.Event) source.Event{
		"entries": func(_ *audit.Vocabulary, e source.Event) source.Event { return e },
		"packed": func(v *audit.Vocabulary, e source.Event) source.Event {
			p := audit.NewPacker(v)
			for i := range e.Entries {
				p.Add(&e.Entries[i])
			}
			e.Entries, e.Packed = nil, p.Take()
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := audit.NewVocabulary()
			undated := arrived(noon, 0, 9)
			undated.EmitTime, undated.Raw = time.Time{}, `{"operation":"UpdateUser"}`
			f := feedOf(app.FeedOptions{Vocabulary: v, Now: func() time.Time { return noon.Add(time.Minute) }}, sends("a",
				pack(v, from("1", source.Live, arrived(noon, time.Second, 1), arrived(noon.Add(-time.Hour), 6*time.Minute, 2), undated)),
				pack(v, from("2", source.Live, arrived(noon, time.Second, 1), arrived(noon.Add(-time.Hour), 90*time.Minute, 3))),
				pack(v, from("2", source.Live, arrived(noon.Add(-2*time.Minute), time.Second, 4), arrived(noon.Add(-2*time.Minute), time.Second, 4))),
			))
			if err := f.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			one, two := partOf(t, f.State(), "1"), partOf(t, f.State(), "2")
			if one.Duplicates != 0 || two.Duplicates != 2 {
				t.Errorf("%d and %d duplicates, want none and 2", one.Duplicates, two.Duplicates)
			}
			if one.Late != 1 || one.Slowest != 6*time.Minute || two.Late != 1 || two.Slowest != 90*time.Minute {
				t.Errorf("late: %d (%v) and %d (%v), want one of 6m and one of 1h30m", one.Late, one.Slowest, two.Late, two.Slowest)
			}
			if !one.Newest.Equal(noon) || !two.Newest.Equal(noon) {
				t.Errorf("newest %v and %v, want noon", one.Newest, two.Newest)
			}
			// The late one of part 1 arrived 54 minutes ago, that of part 2 is still to come by this clock.
			if a, b := one.Arrivals.PerMinute(noon), two.Arrivals.PerMinute(noon); a != 0.2 || b != 0.3 {
				t.Errorf("%v and %v a minute, want 0.2 and 0.3", a, b)
			}
		})
	}
}

func TestFeedCountsWhatIsOutsideTheWindowToo(t *testing.T) {
	f := feedOf(app.FeedOptions{Window: app.Window{Since: noon}, Now: func() time.Time { return noon }},
		sends("a", from("1", source.Live, arrived(noon.Add(-time.Hour), time.Hour, 1), arrived(noon, 0, 2))))
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := partOf(t, f.State(), "1")
	if p.Late != 1 || p.Arrivals.PerMinute(noon) != 0.2 {
		t.Errorf("%d late, %v a minute; want 1 and 0.2: both came from the part", p.Late, p.Arrivals.PerMinute(noon))
	}
}

// TestFeedGivesEntriesToTheirPart: also those that come without a status.
func TestFeedGivesEntriesToTheirPart(t *testing.T) {
	unplaced := entryAt(noon, 2)
	unplaced.Origin.Part = "an object"
	f := feedOf(app.FeedOptions{}, sends("a",
		source.Event{Entries: []audit.Entry{entryAt(noon, 1)}}, // nothing was said yet: of the source as a whole
		from("0", source.CatchingUp), from("1", source.CatchingUp),
		source.Event{Entries: []audit.Entry{entryAt(noon, 1)}},
		source.Event{Entries: []audit.Entry{unplaced}}, source.Event{Entries: []audit.Entry{unplaced}},
	))
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if first, own := partOf(t, f.State(), "0"), partOf(t, f.State(), "1"); first.Duplicates != 1 || own.Duplicates != 1 {
		t.Errorf("%d and %d duplicates, want one each", first.Duplicates, own.Duplicates)
	}
}

func TestFeedCountsWhatComesOfAFileThatIsCaughtUp(t *testing.T) {
	line := func(n int) audit.Entry {
		e := entryAt(noon.Add(-time.Hour), n)
		e.Origin.Arrived = time.Time{}
		return e
	}
	f := feedOf(app.FeedOptions{Now: func() time.Time { return noon }}, sends("a",
		from("f", source.CatchingUp, line(1), line(2), line(3)), from("f", source.Live, line(4))))
	if err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := partOf(t, f.State(), "f"); p.Arrivals.PerMinute(noon) != 0.1 || p.Late != 0 {
		t.Errorf("%v a minute, %d late; want the last one alone, and none late", p.Arrivals.PerMinute(noon), p.Late)
	}
}

func TestFeedTellsSinceWhenAPartIsInItsState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		f := feedOf(app.FeedOptions{}, script{"a", func(ctx context.Context, out chan<- source.Event) error {
			for _, s := range []source.State{source.CatchingUp, source.Live, source.Live, source.Failing, source.Failing} {
				e := from("1", s)
				e.Source = "a"
				out <- e
				time.Sleep(time.Minute)
			}
			return nil
		}})
		if err := f.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := partOf(t, f.State(), "1").Since.Sub(began); got != 3*time.Minute {
			t.Errorf("failing since %v after the beginning, want 3m", got)
		}
	})
}

// TestFeedFindsOutHowAPartFares: what verdicts follow from, beside what the part tells itself.
func TestFeedFindsOutHowAPartFares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		f := feedOf(app.FeedOptions{}, script{"a", func(ctx context.Context, out chan<- source.Event) error {
			status := source.Status{Source: "a", Part: "1"}
			for n := range 60 {
				status.State, status.Behind = source.CatchingUp, time.Duration(600-2*n)*time.Second
				status.Retries, status.Bytes = int64(n/10), int64(n)<<12
				s := status
				out <- source.Event{Source: "a", Status: &s}
				time.Sleep(time.Second)
			}
			status.State, status.Behind = source.Live, 0
			late := arrived(time.Now().Add(-10*time.Minute), 9*time.Minute, 1)
			out <- source.Event{Source: "a", Status: &status, Entries: []audit.Entry{late}, Gaps: []source.Gap{{Source: "a", Part: "1"}}}
			return nil
		}})
		go func() { _ = f.Run(t.Context()) }()
		time.Sleep(59*time.Second + time.Millisecond)
		p := partOf(t, f.State(), "1")
		if slope, ok := p.Lag.Slope(); !ok || math.Abs(slope+2) > 0.01 || !p.Lag.Above().Equal(began) || p.Caught {
			t.Errorf("the lag changes by %v a second (%v) since %v; caught up %v", slope, ok, p.Lag.Above(), p.Caught)
		}
		if r, k := p.Retried.PerMinute(time.Now()), p.Fetched.PerMinute(time.Now()); r != 0.5 || k != 23.6 {
			t.Errorf("%v retries and %v KiB a minute, want 0.5 and 23.6", r, k)
		}
		time.Sleep(10 * time.Second)
		p = partOf(t, f.State(), "1")
		if !p.Lag.Above().IsZero() || !p.Caught || !p.GapAt.Equal(began.Add(time.Minute)) || !p.LateAt.Equal(began) {
			t.Errorf("%+v", p.Findings)
		}
		if n := p.Lates.PerMinute(time.Now()); n != 0.1 {
			t.Errorf("%v late ones a minute, want 0.1", n)
		}
	})
}

// described is a source that can be asked how it is set up.
type described struct {
	script
	asked *atomic.Int64
	wait  time.Duration
}

func (d described) Describe(ctx context.Context) source.Description {
	n := d.asked.Add(1)
	if n == 3 {
		panic("a defect")
	}
	select {
	case <-time.After(d.wait):
	case <-ctx.Done():
	}
	return source.Description{Retention: time.Duration(n) * time.Hour}
}

func TestFeedAsksHowSourcesAreSetUp(t *testing.T) {
	for _, c := range []struct {
		every, wait, after time.Duration
		asked              int64
		want               []source.Description
	}{
		{0, 0, time.Hour, 0, nil},
		{time.Minute, 0, time.Second, 1, []source.Description{{Source: "a", Retention: time.Hour}}},
		{time.Minute, 0, 70 * time.Second, 2, []source.Description{{Source: "a", Retention: 2 * time.Hour}}},
		{time.Minute, 0, time.Hour, 3, []source.Description{{Source: "a", Retention: 2 * time.Hour}}},
		{time.Minute, 2 * time.Hour, time.Hour, 1, nil}, // it never answers
	} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int64
			f := feedOf(app.FeedOptions{Describe: c.every}, described{script{"a", func(ctx context.Context, out chan<- source.Event) error {
				time.Sleep(c.after)
				return nil
			}}, &asked, c.wait}, sends("b"))
			if err := f.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := slices.Clone(f.State().About)
			for i := range got {
				got[i].At = time.Time{}
			}
			if asked.Load() != c.asked || !reflect.DeepEqual(got, c.want) {
				t.Errorf("every %v for %v: asked %d times, it knows %+v", c.every, c.after, asked.Load(), got)
			}
		})
	}
}

func TestFeedKeepsGaps(t *testing.T) {
	gap := func(part string, n int) source.Gap {
		return source.Gap{Source: "a", Part: part, Span: source.Span{From: noon, To: noon.Add(time.Duration(n) * time.Second)}, Why: "trimmed"}
	}
	counted := func(part string, n int64, gaps ...source.Gap) source.Event {
		return source.Event{Gaps: gaps, Status: &source.Status{Source: "a", Part: part, State: source.Live, Gaps: n}}
	}
	var many []source.Event
	for i := range 1200 {
		many = append(many, counted("1", int64(i+1), gap("1", i)))
	}
	for _, c := range []struct {
		name   string
		events []source.Event
		kept   int
		lost   int64
		first  int64 // gaps of part 1
	}{
		{"none", []source.Event{counted("1", 0)}, 0, 0, 0},
		{"sent and counted", []source.Event{counted("1", 0), counted("1", 1, gap("1", 1)), counted("1", 1)}, 1, 1, 1},
		{"sent before they are counted", []source.Event{counted("1", 0), {Gaps: []source.Gap{gap("1", 1)}}, counted("1", 1)}, 1, 1, 1},
		{"only counted", []source.Event{counted("1", 2)}, 0, 2, 2},
		{"counted, and one more sent", []source.Event{counted("1", 2), counted("1", 3, gap("1", 1))}, 1, 3, 3},
		{"sent by one part of another", []source.Event{counted("1", 0), counted("2", 0, gap("1", 1))}, 1, 1, 1},
		{"never counted", []source.Event{counted("1", 0, gap("1", 1)), counted("1", 0, gap("1", 2))}, 2, 2, 2},
		{"very many", many, 1000, 1200, 1200},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := feedOf(app.FeedOptions{}, sends("a", c.events...))
			if err := f.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := f.State()
			if len(s.Gaps) != c.kept || s.Lost != c.lost || partOf(t, s, "1").Gaps != c.first {
				t.Errorf("%d kept, %d in all, %d of the part; want %d, %d, %d", len(s.Gaps), s.Lost, partOf(t, s, "1").Gaps, c.kept, c.lost, c.first)
			}
			if n := len(s.Gaps); n == 1000 && s.Gaps[n-1] != gap("1", 1199) {
				t.Errorf("the last of many gaps is %+v", s.Gaps[n-1])
			}
		})
	}
}

func TestFeedStatesCoverage(t *testing.T) {
	held := source.Span{From: noon.Add(-time.Hour), To: noon}
	shard := source.Event{Status: &source.Status{Source: "kinesis a", Part: "shardId-000000000000", State: source.Done, Held: held}}
	_, probe := audit.NewDecoder().Decode([]byte("t"), audit.Origin{})
	for _, c := range []struct {
		name    string
		o       app.FeedOptions
		sources []source.Source
		want    string
	}{
		{
			"a stream",
			app.FeedOptions{},
			[]source.Source{sends("kinesis a", shard, source.Event{Bad: append(probe, audit.Bad{Raw: "x"}, audit.Bad{Reason: "this object was not read"})})},
			"everything the shard held from 11:00 to 12:00 UTC; no gaps; 1 undecodable; 1 not readable; what was emitted after 11:50 UTC may not have arrived yet",
		},
		{
			"a source that says nothing and ends", app.FeedOptions{}, []source.Source{sends("a")}, "all of a; 0 undecodable",
		},
		{
			"one that fails",
			app.FeedOptions{},
			[]source.Source{script{"a", func(context.Context, chan<- source.Event) error { return errors.New("no such thing") }}},
			"nothing; not covered: a (failing since 12:00: no such thing); 0 undecodable",
		},
		{
			"a window",
			app.FeedOptions{Window: app.Window{Since: noon.Add(-time.Minute), Until: noon}},
			[]source.Source{sends("kinesis a", shard)},
			"everything the shard held from 11:59 to 12:00 UTC; no gaps; 0 undecodable; what was emitted after 11:59 UTC may not have arrived yet",
		},
		{
			"what did not fit",
			app.FeedOptions{Limits: store.Limits{MaxEntries: 1}},
			[]source.Source{sends("kinesis a", shard, batch(entryAt(noon.Add(-30*time.Minute), 1), entryAt(noon.Add(-20*time.Minute), 2)))},
			"everything the shard held from 11:40 to 12:00 UTC; not covered: before 11:40 UTC (1 entry was dropped from memory); no gaps; 0 undecodable; " +
				"what was emitted after 11:50 UTC may not have arrived yet",
		},
		{
			"a bucket that ends before a stream begins",
			app.FeedOptions{Window: app.Window{Since: noon.Add(-100 * time.Hour)}},
			[]source.Source{
				sends("s3://b/", source.Event{Status: &source.Status{
					Source: "s3://b/", State: source.Done, Records: 1, Done: 1, Total: 1, Held: source.Span{From: noon.Add(-100 * time.Hour), To: noon.Add(-50 * time.Hour)},
				}}),
				sends("kinesis a", source.Event{Entries: []audit.Entry{arrivedAt(noon.Add(-30*time.Hour), 1)}, Status: &source.Status{
					Source: "kinesis a", Part: "shardId-000000000000", State: source.Done, Held: source.Span{From: noon.Add(-100 * time.Hour), To: noon},
				}}),
			},
			"everything s3://b/ held from 2026-11-16 08:00 to 2026-11-18 10:00 UTC and everything the shard of kinesis a held from 2026-11-16 08:00 to " +
				"2026-11-20 12:00 UTC; 1 gap: between s3://b/ and kinesis a from 2026-11-18 10:00 to 2026-11-19 06:00 UTC (the one ends before the other " +
				"begins, so what arrived between is in neither); 0 undecodable; what was emitted after 2026-11-18 09:50 UTC may not have arrived yet",
		},
		{
			"an entry that could not be kept",
			app.FeedOptions{Fresh: func([]audit.Entry) { panic("a defect") }},
			[]source.Source{sends("kinesis a", shard, batch(entryAt(noon, 1)))},
			"everything the shard held from 11:00 to 12:00 UTC; not covered: (kinesis a: 1 entries could not be kept because of a defect in taudit (a defect)); " +
				"no gaps; 0 undecodable; what was emitted after 11:50 UTC may not have arrived yet",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Now = func() time.Time { return noon }
			f := feedOf(c.o, c.sources...)
			_ = f.Run(t.Context()) // what fails is what is told
			if got := source.Cover(f.State().Evidence(noon), source.Span{}).String(); got != c.want {
				t.Errorf("it says\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// arrivedAt is an entry that arrived when it was emitted.
func arrivedAt(at time.Time, n int) audit.Entry {
	e := entryAt(at, n)
	e.Origin.Arrived = at
	return e
}

func TestFeedThatIsStoppedDoesNotClaimToHaveReadAll(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := feedOf(app.FeedOptions{}, script{"a", func(ctx context.Context, _ chan<- source.Event) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}})
	if err := f.Run(ctx); err != nil {
		t.Fatal(err)
	}
	want := "nothing; not covered: a (it never answered); 0 undecodable"
	if got := fmt.Sprint(source.Cover(f.State().Evidence(noon), source.Span{})); got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
}
