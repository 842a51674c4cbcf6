package verdict_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/verdict"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

const (
	stream = "kinesis audit-prod/us-east-1"
	bucket = "s3://acme-audit/firehose/"
)

// caused is an error whose cause is known.
type caused struct {
	text  string
	cause source.Cause
}

func (c caused) Error() string       { return c.text }
func (c caused) Cause() source.Cause { return c.cause }

// world is what a feed knows of sources, at a time of its own.
type world struct {
	verdict.Evidence
	told map[string]source.Status
}

func newWorld() *world {
	w := &world{told: map[string]source.Status{}}
	w.Now, w.Asked.Began = noon, noon
	return w
}

// tell lets a part report, as a feed receives it.
func (w *world) tell(s source.Status) {
	key := s.Source + " " + s.Part
	at := -1
	for i := range w.Status {
		if w.Status[i].Source == s.Source && w.Status[i].Part == s.Part {
			at = i
		}
	}
	if at < 0 {
		at = len(w.Status)
		w.Status = append(w.Status, source.Status{})
	}
	found := w.Status[at].Findings
	before := w.told[key]
	found.Note(&before, &s, w.Now)
	w.told[key] = s
	s.Findings = found
	w.Status[at] = s
}

func (w *world) after(d time.Duration) { w.Now = w.Now.Add(d) }

func (w *world) word() verdict.Word { return verdict.Of(w.Evidence).Word }

// shard is one that is caught up at now, and on which something arrived so long before.
func (w *world) shard(ago time.Duration) source.Status {
	return source.Status{Source: stream, Part: "shardId-000000000001", State: source.Live, LastSuccess: w.Now, LastArrival: w.Now.Add(-ago), Records: 1}
}

func TestOnePartGivesItsWord(t *testing.T) {
	denied := caused{"access denied: kinesis:GetRecords is not allowed", source.Denied}
	for _, c := range []struct {
		name string
		tell func(w *world, s *source.Status)
		want verdict.Word
		says []string // in the verdict, its evidence and what to do
	}{
		{"entries arrive", func(w *world, s *source.Status) {}, verdict.Following, []string{"caught up", "11:59:00Z", "the shard answers", "Nothing to do."}},
		{"silence of minutes", func(w *world, s *source.Status) { s.LastArrival = w.Now.Add(-11 * time.Minute) }, verdict.Quiet, []string{
			"nothing has arrived since 11:49:00Z, 11m ago", "normal", "every 2 minutes, only when something happened", "could come at 12:01:00Z, in 1m00s",
		}},
		{"silence since reading began", func(w *world, s *source.Status) { s.LastArrival, s.Records = time.Time{}, 0 }, verdict.Quiet, []string{"since reading began 12:00:00Z"}},
		{"silence of days", func(w *world, s *source.Status) { s.LastArrival = w.Now.Add(-100 * time.Hour) }, verdict.Quiet, []string{
			"2026-11-21 08:00:00Z, 4d ago", "look at the sink", "from 2026-11-21 08:00 UTC on can be had for 25d more", "support",
		}},
		{"silence of more than Temporal keeps", func(w *world, s *source.Status) { s.LastArrival = w.Now.Add(-32 * 24 * time.Hour) }, verdict.Quiet, []string{
			"of what was emitted from 2026-10-24 12:00 UTC on, the first 2d are gone",
		}},
		{"the first answer is awaited", func(w *world, s *source.Status) {
			*s = source.Status{Source: s.Source, Part: s.Part}
		}, verdict.Starting, []string{"has not answered yet"}},
		{"denied", func(w *world, s *source.Status) {
			s.State, s.Err, s.NextRetry = source.Failing, denied, w.Now.Add(20*time.Second)
		}, verdict.Broken, []string{"kinesis:GetRecords is not allowed", "taudit policy", "next try is at 12:00:20Z", "last answer 12:00:00Z"}},
		{"logged out", func(w *world, s *source.Status) {
			s.State, s.Err, s.NextRetry = source.Failing, caused{"the credentials have expired", source.LoggedOut}, w.Now.Add(time.Second)
		}, verdict.Broken, []string{"have expired", "Log in again"}},
		{"denied for days", func(w *world, s *source.Status) {
			s.State, s.Err, s.NextRetry, s.LastArrival = source.Failing, denied, w.Now.Add(time.Second), w.Now.Add(-100*time.Hour)
		}, verdict.Broken, []string{"from 2026-11-21 08:00 UTC on can be had for 25d more"}},
		{"gone for good", func(w *world, s *source.Status) {
			s.State, s.Err = source.Failing, caused{"there is no stream", source.Gone}
		}, verdict.Broken, []string{"there is no stream", "not tried again"}},
		{"switched off", func(w *world, s *source.Status) {
			s.State, s.Err, s.NextRetry = source.Failing, caused{"the KMS key is disabled", source.Disabled}, w.Now.Add(time.Second)
		}, verdict.Broken, []string{"KMS key is disabled", "enabled again"}},
		{"never answered, and no network", func(w *world, s *source.Status) {
			*s = source.Status{
				Source: s.Source, Part: s.Part, State: source.Failing, NextRetry: w.Now.Add(time.Second),
				Err: caused{"the host cannot be found", source.Unreachable},
			}
		}, verdict.Degraded, []string{"nothing was ever answered", "Check the network"}},
		{"one call failed", func(w *world, s *source.Status) {
			s.State, s.Err, s.NextRetry = source.Failing, errors.New("connection reset"), w.Now.Add(time.Second)
		}, verdict.Following, nil},
		{"throttled once", func(w *world, s *source.Status) {
			s.State, s.NextRetry, s.Retries = source.Throttled, w.Now.Add(time.Second), 1
		}, verdict.Following, nil},
		{"many calls were repeated", func(w *world, s *source.Status) { s.Retries = 9 }, verdict.Degraded, []string{"9 calls had to be repeated"}},
		{"a gap", func(w *world, s *source.Status) { s.Gaps = 1 }, verdict.Degraded, []string{"1 stretch could not be read", "30 days"}},
		{"read to its end", func(w *world, s *source.Status) { s.State = source.Done }, verdict.Ended, nil},
		{"it says that it lags, but not for long", func(w *world, s *source.Status) { s.Behind = 700 * time.Millisecond }, verdict.Following, nil},
		{"reading begins", func(w *world, s *source.Status) { s.State, s.Behind = source.CatchingUp, time.Hour }, verdict.Starting, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			s := w.shard(time.Minute)
			c.tell(w, &s)
			w.tell(s)
			got := verdict.Of(w.Evidence)
			if got.Word != c.want || got.Parts[0].Word != c.want {
				t.Errorf("%v (the part %v), want %v: %+v", got.Word, got.Parts[0].Word, c.want, got)
			}
			text := strings.Join(append([]string{got.Why, got.Next}, got.Seen...), "\n")
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q:\n%s", want, text)
				}
			}
		})
	}
}

// TestWordsOverTime tells a story second by second, and says which words are given when.
func TestWordsOverTime(t *testing.T) {
	const end = 120
	for _, c := range []struct {
		name string
		at   func(second int, s *source.Status, w *world)
		want map[int]verdict.Word // from that second on, until the next
	}{
		{"empty polls", func(n int, s *source.Status, w *world) {
			s.LastArrival = noon.Add(-4 * time.Minute)
		}, map[int]verdict.Word{0: verdict.Following, 61: verdict.Quiet}},
		{"throttled, and then not", func(n int, s *source.Status, w *world) {
			if n >= 10 && n < 30 {
				s.State, s.NextRetry, s.LastSuccess = source.Throttled, w.Now.Add(time.Second), noon.Add(10*time.Second)
			}
		}, map[int]verdict.Word{0: verdict.Following, 13: verdict.Degraded, 30: verdict.Following}},
		{"one lagging sample in ten", func(n int, s *source.Status, w *world) {
			if n%10 == 5 {
				s.Behind = 2 * time.Second
			}
		}, map[int]verdict.Word{0: verdict.Following}},
		{"the lag grows", func(n int, s *source.Status, w *world) {
			if n >= 20 {
				s.State, s.Behind = source.CatchingUp, time.Duration(n-10)*time.Second
			}
		}, map[int]verdict.Word{0: verdict.Following, 23: verdict.Behind}},
		{"access is taken away and given back", func(n int, s *source.Status, w *world) {
			if n >= 20 && n < 50 {
				s.State, s.Err, s.NextRetry = source.Failing, caused{"access denied", source.Denied}, w.Now.Add(time.Second)
			}
		}, map[int]verdict.Word{0: verdict.Following, 20: verdict.Broken, 50: verdict.Following}},
		{"the network goes", func(n int, s *source.Status, w *world) {
			if n >= 20 {
				s.State, s.Err, s.NextRetry = source.Failing, caused{"no route", source.Unreachable}, w.Now.Add(time.Second)
				s.LastSuccess = noon.Add(20 * time.Second)
			}
		}, map[int]verdict.Word{0: verdict.Following, 23: verdict.Degraded, 80: verdict.Broken}},
		{"the stream is deleted", func(n int, s *source.Status, w *world) {
			if n >= 20 {
				s.State, s.Err = source.Failing, caused{"there is no stream", source.Gone}
			}
		}, map[int]verdict.Word{0: verdict.Following, 20: verdict.Broken}},
		{"reading what was there", func(n int, s *source.Status, w *world) {
			if n < 40 {
				s.State, s.Behind, s.LastArrival = source.CatchingUp, time.Duration(400-10*n)*time.Minute, w.Now.Add(-time.Duration(400-10*n)*time.Minute)
			}
		}, map[int]verdict.Word{0: verdict.Starting, 3: verdict.Behind, 40: verdict.Following}},
		{"nothing is heard of a part that is live", func(n int, s *source.Status, w *world) {
			s.LastSuccess = noon.Add(-time.Minute)
		}, map[int]verdict.Word{0: verdict.Following, 61: verdict.Degraded}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			want := verdict.Word(0)
			for n := range end {
				s := w.shard(time.Minute)
				c.at(n, &s, w)
				w.tell(s)
				if v, ok := c.want[n]; ok {
					want = v
				}
				if got := w.word(); got != want {
					t.Fatalf("after %d s: %v, want %v: %+v", n, got, want, verdict.Of(w.Evidence).Verdict)
				}
				w.after(time.Second)
			}
		})
	}
}

func TestLagSaysWhenItEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		kept   time.Duration
		behind func(second int) time.Duration
		says   []string
		not    []string
	}{
		{"catching up", 0, func(n int) time.Duration { return time.Duration(3600-30*n) * time.Second }, []string{"30m behind the newest", "caught up in about 1m", "Wait:"}, []string{"lost"}},
		{"falling behind", 0, func(n int) time.Duration { return time.Duration(600+n/2) * time.Second }, []string{"grows by 30s a minute", "what slows"}, []string{"lost"}},
		{"near the horizon", 0, func(n int) time.Duration { return 20*time.Hour + time.Duration(n)*time.Second }, []string{
			"lost in about 3h59m", "at the least 24h", "IncreaseStreamRetentionPeriod",
		}, nil},
		{"not near, since more is kept", 7 * 24 * time.Hour, func(n int) time.Duration { return 20*time.Hour + time.Duration(n)*time.Second }, nil, []string{"lost"}},
		{"standing still near the end", 7 * 24 * time.Hour, func(n int) time.Duration { return 160 * time.Hour }, []string{"lost in 8h", "keeps 7d"}, nil},
		{"past the horizon", 0, func(n int) time.Duration { return 25 * time.Hour }, []string{"may be lost by now"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			if c.kept > 0 {
				w.About = []source.Description{{Source: stream, Retention: c.kept}}
			}
			for n := range 61 {
				s := w.shard(0)
				s.State, s.Behind = source.CatchingUp, c.behind(n)
				w.tell(s)
				if n < 60 {
					w.after(time.Second)
				}
			}
			got := verdict.Of(w.Evidence)
			if got.Word != verdict.Behind {
				t.Fatalf("%v, want behind", got.Word)
			}
			text := got.Why + "\n" + got.Next
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q:\n%s", want, text)
				}
			}
			for _, bad := range c.not {
				if strings.Contains(text, bad) {
					t.Errorf("it says %q:\n%s", bad, text)
				}
			}
		})
	}
}

func TestObjectsSayHowManyAreLeft(t *testing.T) {
	w := newWorld()
	w.tell(source.Status{Source: bucket, State: source.CatchingUp, Done: 3000, Total: 6000, Left: 30 * time.Second, LastSuccess: w.Now})
	w.after(10 * time.Second)
	got := verdict.Of(w.Evidence)
	if want := "3,000 of 6,000 objects are read, caught up in about 30s"; got.Word != verdict.Behind || got.Why != want {
		t.Errorf("%v: %s, want %s", got.Word, got.Why, want)
	}
}

func TestLateEntriesAndGapsPass(t *testing.T) {
	w := newWorld()
	s := w.shard(time.Minute)
	w.tell(s)
	late := func(arrived time.Time, n, of int32) {
		p := &w.Status[0]
		p.Lates, p.Arrivals = source.Minutes{}, source.Minutes{}
		p.Lates.Add(arrived, n)
		p.Arrivals.Add(arrived, of)
		p.Late, p.LateAt, p.Slowest = p.Late+int64(n), arrived, 9*time.Minute
	}
	late(noon.Add(-time.Minute), 3, 12)
	if got := verdict.Of(w.Evidence); got.Word != verdict.Degraded || !strings.Contains(got.Why, "3 entries came late in ten minutes") || got.Seen[0] != "the slowest took 9m" {
		t.Errorf("%+v", got.Verdict)
	}
	late(noon.Add(-time.Minute), 3, 13)
	if got := w.word(); got != verdict.Following {
		t.Errorf("%v because of 3 of 13", got)
	}
	late(noon.Add(-20*24*time.Hour), 50, 50) // of a history that has just been read
	if got := w.word(); got != verdict.Following {
		t.Errorf("%v because of what was late 20 days ago", got)
	}
	s.Gaps = 1
	w.tell(s)
	w.after(59 * time.Minute)
	w.Status[0].LastSuccess, w.Status[0].LastArrival = w.Now, w.Now
	if got := w.word(); got != verdict.Degraded {
		t.Errorf("%v within an hour of a gap", got)
	}
	w.after(time.Minute)
	if got := w.word(); got != verdict.Following {
		t.Errorf("%v an hour after a gap", got)
	}
}

// TestTheWorstIsTold: of parts and of sources, and how many more are as bad.
func TestTheWorstIsTold(t *testing.T) {
	w := newWorld()
	for i, ago := range []time.Duration{time.Hour, time.Minute, 3 * time.Hour} {
		s := w.shard(ago)
		s.Part = "shardId-00000000000" + string(rune('0'+i))
		w.tell(s)
	}
	w.tell(source.Status{Source: stream, State: source.Live, LastSuccess: noon.Add(-50 * time.Second)})
	if got := verdict.Of(w.Evidence); got.Word != verdict.Following || got.Seen[0] != "3 shards answer, last heard within 30s" {
		t.Errorf("two are quiet and one is not: %+v", got.Verdict)
	}
	w.tell(source.Status{Source: bucket, State: source.Live, LastSuccess: noon, LastArrival: noon.Add(-time.Hour), Buffer: source.FirehoseBuffer})
	got := verdict.Of(w.Evidence)
	if got.Word != verdict.Following || !strings.HasPrefix(got.Why, stream+": caught up") || !strings.Contains(strings.Join(got.Seen, "\n"), bucket+": quiet") {
		t.Errorf("%+v", got.Verdict)
	}
	if !strings.Contains(got.Sources[1].Next, "Firehose may hold it for up to 15 minutes") {
		t.Errorf("of the bucket it says %q", got.Sources[1].Next)
	}
	for i := range 2 {
		s := w.shard(0)
		s.Part = "shardId-00000000000" + string(rune('0'+i))
		s.State, s.Err = source.Failing, caused{"access denied", source.Denied}
		w.tell(s)
	}
	got = verdict.Of(w.Evidence)
	if want := stream + ": shard 0000: access denied (and 1 more)"; got.Word != verdict.Broken || got.Why != want {
		t.Errorf("%v: %s, want %s", got.Word, got.Why, want)
	}
	if got.Parts[2].Word != verdict.Quiet || got.Sources[1].Word != verdict.Quiet {
		t.Error("what is well is told to be broken with the rest")
	}
}

func TestSourcesThatCouldNotGoOn(t *testing.T) {
	w := newWorld()
	w.tell(w.shard(time.Minute))
	w.Failed = []error{errors.New("s3: a defect")}
	if got := verdict.Of(w.Evidence); got.Word != verdict.Broken || got.Why != "s3: a defect" {
		t.Errorf("%+v", got.Verdict)
	}
	w.Lost, w.Bad = 2, 1
	if got := verdict.Of(w.Evidence).Seen; !strings.Contains(strings.Join(got, "; "), "2 gaps in what was read; 1 undecodable") {
		t.Errorf("what is lost for good is not told: %q", got)
	}
	w.Failed, w.Ended = nil, true
	if got := w.word(); got != verdict.Ended {
		t.Errorf("%v when every source has ended", got)
	}
	if got := verdict.Of(verdict.Evidence{}); got.Word != verdict.Starting {
		t.Errorf("%v of nothing", got.Word)
	}
}

func TestWhatASourceWasToldOfItselfCounts(t *testing.T) {
	w := newWorld()
	w.tell(w.shard(time.Minute))
	w.About = []source.Description{{Source: stream, Facts: []source.Fact{
		{Name: "retention", Text: "24 hours"}, {Name: "Firehose", Text: "freshness 3 hours", Verdict: source.Wrong},
	}}}
	if got := verdict.Of(w.Evidence); got.Word != verdict.Degraded || got.Why != "Firehose: freshness 3 hours" {
		t.Errorf("%+v", got.Verdict)
	}
}

// TestStillTextsDoNotChange: where nothing may move by itself, the same facts give the same text a moment later.
func TestStillTextsDoNotChange(t *testing.T) {
	w := newWorld()
	w.tell(w.shard(10 * time.Minute))
	w.Still = true
	before := verdict.Of(w.Evidence)
	w.after(20 * time.Second)
	after := verdict.Of(w.Evidence)
	if strings.Join(before.Seen, "\n") != strings.Join(after.Seen, "\n") || before.Why != after.Why || before.Next != after.Next {
		t.Errorf("%+v\n%+v", before.Verdict, after.Verdict)
	}
}

func BenchmarkOf200Shards(b *testing.B) {
	w := newWorld()
	for i := range 200 {
		s := w.shard(time.Duration(i) * time.Minute)
		s.Part = fmt.Sprintf("shardId-%012d", i)
		w.tell(s)
	}
	for b.Loop() {
		verdict.Of(w.Evidence)
	}
}
