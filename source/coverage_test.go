package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"taudit/source"
)

// on gives a time of the day that the tests are in: 09:22 is two minutes before they look.
func on(clock string) time.Time {
	if clock == "" {
		return time.Time{}
	}
	if len(clock) == len("15:04") {
		clock = "2026-11-20 " + clock + ":00"
	}
	t, err := time.Parse(time.DateTime, clock)
	if err != nil {
		panic(err)
	}
	return t
}

func span(from, to string) source.Span { return source.Span{From: on(from), To: on(to)} }

const (
	stream  = "kinesis audit-prod/us-east-1"
	archive = "s3://acme-audit/firehose/"
)

// shards are parts of the stream, numbered from 1, in one state.
func shards(s source.State, held ...source.Span) []source.Status {
	out := []source.Status{{Source: stream, State: source.Live}} // the list of shards
	for i, h := range held {
		out = append(out, source.Status{Source: stream, Part: fmt.Sprintf("shardId-%012d", i+1), State: s, Held: h})
	}
	return out
}

func bucketOf(s source.State, held source.Span) source.Status {
	return source.Status{Source: archive, Part: "firehose/", State: s, Held: held, Buffer: source.FirehoseBuffer}
}

func files(name string, s source.State, done, total int64) source.Status {
	return source.Status{Source: name, Part: name, State: s, Done: done, Total: total}
}

// in gives a status another state.
func in(s source.Status, state source.State, since string, err error) source.Status {
	s.State, s.Err = state, err
	s.Since = on(since)
	return s
}

func with(list []source.Status, i int, s source.Status) []source.Status {
	s.Source, s.Part = list[i].Source, list[i].Part
	list[i] = s
	return list
}

func TestCoverage(t *testing.T) {
	morning := span("07:22", "09:22")
	four := func() []source.Status { return shards(source.Live, morning, morning, morning, morning) }
	denied := errors.New("access denied: kinesis:GetRecords is not allowed: ask for a policy that allows it")
	trimmed := source.Gap{Source: stream, Part: "shardId-000000000002", Span: span("08:00", "08:05"), Why: "trimmed before it was read"}
	for _, c := range []struct {
		name  string
		e     source.Evidence
		asked source.Span
		want  string
		whole bool
	}{
		{
			name: "a stream from a time on", whole: true,
			e:    source.Evidence{Status: four(), Bad: 2},
			want: "everything the 4 shards held from 07:22 to 09:22 UTC; no gaps; 2 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a stretch that has had time to arrive", whole: true,
			e: source.Evidence{Status: four()}, asked: span("08:00", "08:30"),
			want: "everything the 4 shards held from 08:00 to 08:30 UTC; no gaps; 0 undecodable",
		},
		{
			name: "a stretch to exactly where everything has arrived", whole: true,
			e: source.Evidence{Status: four()}, asked: span("08:00", "09:12"),
			want: "everything the 4 shards held from 08:00 to 09:12 UTC; no gaps; 0 undecodable",
		},
		{
			name: "a stretch of which the end may not have arrived", whole: true,
			e: source.Evidence{Status: four()}, asked: span("08:00", "09:13"),
			want: "everything the 4 shards held from 08:00 to 09:13 UTC; no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a stretch none of which need have arrived", whole: true,
			e: source.Evidence{Status: four()}, asked: span("09:20", ""),
			want: "everything the 4 shards held from 09:20 to 09:22 UTC; no gaps; 0 undecodable; what was emitted after 09:20 UTC may not have arrived yet",
		},
		{
			name: "from the oldest on", whole: true,
			e:    source.Evidence{Status: shards(source.Live, span("", "09:22"))},
			want: "everything the shard still held up to 09:22 UTC; no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "from --since on", whole: true,
			e:    source.Evidence{Status: shards(source.Live, span("07:59", "09:22"), span("", "09:22")), Asked: source.Asked{Since: on("08:00")}},
			want: "everything the 2 shards held from 08:00 to 09:22 UTC; no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a stretch that begins before --since",
			e:    source.Evidence{Status: four(), Asked: source.Asked{Since: on("08:00")}}, asked: span("07:30", "08:30"),
			want: "everything the 4 shards held from 08:00 to 08:30 UTC; not covered: from 07:30 to 08:00 UTC (not read because of --since); no gaps; 0 undecodable",
		},
		{
			name: "a stretch all before --since",
			e:    source.Evidence{Status: four(), Asked: source.Asked{Since: on("08:00")}}, asked: span("07:30", "07:45"),
			want: "nothing; not covered: from 07:30 to 07:45 UTC (not read because of --since); 0 undecodable",
		},
		{
			name: "a stretch that ends after --until",
			e:    source.Evidence{Status: four(), Asked: source.Asked{Until: on("08:00")}}, asked: span("07:30", "08:30"),
			want: "everything the 4 shards held from 07:30 to 08:00 UTC; not covered: from 08:00 to 08:30 UTC (not read because of --until); no gaps; 0 undecodable",
		},
		{
			name: "up to --until", whole: true,
			e:    source.Evidence{Status: four(), Asked: source.Asked{Until: on("08:00")}},
			want: "everything the 4 shards held from 07:22 to 08:00 UTC; no gaps; 0 undecodable",
		},
		{
			name: "a stretch before --latest",
			e: source.Evidence{
				Status: shards(source.Live, span("09:00", "09:22"), span("", "09:22")), Asked: source.Asked{Latest: true, Began: on("09:00")},
			}, asked: span("08:00", "09:10"),
			want: "everything the 2 shards held from 09:00 to 09:10 UTC; not covered: from 08:00 to 09:00 UTC (not read because of --latest); no gaps; 0 undecodable",
		},
		{
			name: "a stretch before what was read",
			e:    source.Evidence{Status: shards(source.Live, morning)}, asked: span("07:00", "08:00"),
			want: "everything the shard held from 07:22 to 08:00 UTC; not covered: shard 0001 from 07:00 to 07:22 UTC (reading began behind it); no gaps; 0 undecodable",
		},
		{
			name: "one shard that fails",
			e:    source.Evidence{Status: with(four(), 3, in(source.Status{Held: span("07:22", "08:10")}, source.Failing, "08:11", denied))},
			want: "everything the 3 shards held from 07:22 to 09:22 UTC; not covered: shard 0003 from 08:10 UTC on (failing since 08:11: access denied: " +
				"kinesis:GetRecords is not allowed: ask for a policy that allows it); no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a stretch before a shard failed", whole: true,
			e:     source.Evidence{Status: with(four(), 3, in(source.Status{Held: span("07:22", "08:10")}, source.Failing, "08:11", denied))},
			asked: span("07:30", "08:00"),
			want:  "everything the 3 shards held from 07:30 to 08:00 UTC; no gaps; 0 undecodable",
		},
		{
			name: "two shards that fail for one reason",
			e: source.Evidence{Status: with(with(four(), 1, in(source.Status{Held: span("07:22", "08:10")}, source.Failing, "08:11", denied)),
				2, in(source.Status{Held: span("07:22", "08:09")}, source.Failing, "08:11", denied))},
			want: "everything the 2 shards held from 07:22 to 09:22 UTC; not covered: shards 0001 and 0002 from 08:09 UTC on (failing since 08:11: access denied: " +
				"kinesis:GetRecords is not allowed: ask for a policy that allows it); no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "many shards that are throttled",
			e: source.Evidence{Status: append(four(), func() (out []source.Status) {
				for i := range 5 {
					out = append(out, source.Status{
						Source: stream, Part: fmt.Sprintf("shardId-%012d", i+10), State: source.Throttled, Held: span("07:22", "09:20"),
						Findings: source.Findings{Since: on("09:20")},
					})
				}
				return out
			}()...)},
			want: "everything the 4 shards held from 07:22 to 09:22 UTC; not covered: 5 shards from 09:20 UTC on (throttled since 09:20); no gaps; 0 undecodable; " +
				"what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "all shards are catching up",
			e:    source.Evidence{Status: shards(source.CatchingUp, span("07:22", "08:00"), span("07:22", "07:50"))},
			want: "everything the 2 shards held from 07:22 to 07:50 UTC; not covered: shards 0001 and 0002 from 07:50 UTC on (still catching up); no gaps; 0 undecodable; " +
				"what was emitted after 07:40 UTC may not have arrived yet",
		},
		{
			name: "the reading was ended",
			e:    source.Evidence{Status: shards(source.CatchingUp, span("07:22", "08:00")), Ended: true},
			want: "everything the shard held from 07:22 to 08:00 UTC; not covered: shard 0001 from 08:00 UTC on (it was not read to its end); no gaps; 0 undecodable; " +
				"what was emitted after 07:50 UTC may not have arrived yet",
		},
		{
			name: "a shard that was closed long ago does not hold back what is known", whole: true,
			e:    source.Evidence{Status: with(shards(source.Live, span("", "09:22"), span("", "09:22")), 1, source.Status{State: source.Done, Held: span("", "07:00")})},
			want: "everything the 2 shards still held up to 09:22 UTC; no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "shards that were read to their tips one after the other", whole: true,
			e: source.Evidence{
				Status: shards(source.Done, span("", "09:21"), span("", "09:22"), span("", "05:00")), Asked: source.Asked{Began: on("09:20")},
			},
			want: "everything the 3 shards still held up to 09:21 UTC; no gaps; 0 undecodable; what was emitted after 09:11 UTC may not have arrived yet",
		},
		{
			name: "closed shards alone", whole: true,
			e: source.Evidence{
				Status: shards(source.Done, span("", "04:00"), span("", "05:00")), Asked: source.Asked{Began: on("09:20")},
			},
			want: "everything the 2 shards still held up to 05:00 UTC; no gaps; 0 undecodable; what was emitted after 04:50 UTC may not have arrived yet",
		},
		{
			name: "a shard that has not answered",
			e:    source.Evidence{Status: with(four(), 4, source.Status{State: source.Connecting})},
			want: "everything the 3 shards held from 07:22 to 09:22 UTC; not covered: shard 0004 (it has not answered yet); no gaps; 0 undecodable; " +
				"what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "nothing has answered",
			e:    source.Evidence{Status: []source.Status{{Source: stream}}},
			want: "nothing; not covered: " + stream + " (it has not answered yet); 0 undecodable",
		},
		{
			name: "nothing ever answered",
			e:    source.Evidence{Status: []source.Status{{Source: stream}}, Ended: true},
			want: "nothing; not covered: " + stream + " (it never answered); 0 undecodable",
		},
		{
			name: "the list of shards cannot be read any more",
			e:    source.Evidence{Status: with(four(), 0, in(source.Status{}, source.Failing, "09:00", errors.New(stream+": no route")))},
			want: "everything the 4 shards held from 07:22 to 09:22 UTC; not covered: " + stream + " from 09:00 UTC on (failing since 09:00: no route); no gaps; 0 undecodable; " +
				"what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a source that could not go on while it caught up",
			e: source.Evidence{
				Status: with(shards(source.CatchingUp, span("", "08:00")), 0, in(source.Status{}, source.Failing, "08:01", errors.New("gone"))), Ended: true,
			},
			want: "everything the shard still held up to 08:00 UTC; not covered: " + stream + " from 08:01 UTC on (failing since 08:01: gone), " +
				"shard 0001 from 08:00 UTC on (failing since 08:01: gone); no gaps; 0 undecodable; what was emitted after 07:50 UTC may not have arrived yet",
		},
		{
			name: "a gap",
			e:    source.Evidence{Status: four(), Gaps: []source.Gap{trimmed}, Lost: 1},
			want: "everything the 4 shards held from 07:22 to 09:22 UTC; 1 gap: shard 0002 from 08:00 to 08:05 UTC (trimmed before it was read); 0 undecodable; " +
				"what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a stretch without the gap", whole: true,
			e: source.Evidence{Status: four(), Gaps: []source.Gap{trimmed}, Lost: 1}, asked: span("08:05", "09:00"),
			want: "everything the 4 shards held from 08:05 to 09:00 UTC; no gaps; 0 undecodable",
		},
		{
			name: "a stretch some of which may have arrived in the gap",
			e:    source.Evidence{Status: four(), Gaps: []source.Gap{trimmed}, Lost: 1}, asked: span("07:30", "07:51"),
			want: "everything the 4 shards held from 07:30 to 07:51 UTC; 1 gap: shard 0002 from 08:00 to 08:05 UTC (trimmed before it was read); 0 undecodable",
		},
		{
			name: "a stretch none of which can have arrived in the gap", whole: true,
			e: source.Evidence{Status: four(), Gaps: []source.Gap{trimmed}, Lost: 1}, asked: span("07:30", "07:50"),
			want: "everything the 4 shards held from 07:30 to 07:50 UTC; no gaps; 0 undecodable",
		},
		{
			name: "gaps of which only one end is known",
			e: source.Evidence{Status: four(), Lost: 2, Gaps: []source.Gap{
				{Source: stream, Part: "shardId-000000000001", Span: span("", "08:00"), Why: "trimmed"},
				{Source: stream, Part: "shardId-000000000002", Span: span("09:00", ""), Why: "expired"},
			}}, asked: span("07:30", "09:10"),
			want: "everything the 4 shards held from 07:30 to 09:10 UTC; 2 gaps: shard 0001 before 08:00 UTC (trimmed), shard 0002 after 09:00 UTC (expired); 0 undecodable",
		},
		{
			name: "more gaps than are named",
			e:    source.Evidence{Status: four(), Gaps: []source.Gap{trimmed, trimmed, trimmed, trimmed}, Lost: 1234}, asked: span("08:00", "09:00"),
			want: "everything the 4 shards held from 08:00 to 09:00 UTC; 1,234 gaps: " + strings.Repeat("shard 0002 from 08:00 to 08:05 UTC (trimmed before it was read), ", 2) +
				"shard 0002 from 08:00 to 08:05 UTC (trimmed before it was read) and 1,231 more; 0 undecodable",
		},
		{
			name: "gaps that were only counted",
			e:    source.Evidence{Status: []source.Status{files("audit.jsonl", source.Done, 1, 1)}, Lost: 2},
			want: "all of audit.jsonl; 2 gaps: the bounds are not known; 0 undecodable",
		},
		{
			name: "a seam between a bucket and a stream",
			e: source.Evidence{
				Status: append(shards(source.Live, span("08:00", "09:22")), bucketOf(source.Live, span("", "09:22"))), Lost: 1,
				Gaps: []source.Gap{{Source: archive, Part: "firehose/", Span: span("07:40", "08:00"), Why: "the bucket ends before the stream begins"}},
			},
			want: "everything the shard of " + stream + " held from 08:00 to 09:22 UTC and everything " + archive + " still held up to 09:22 UTC; " +
				"1 gap: " + archive + " from 07:40 to 08:00 UTC (the bucket ends before the stream begins); 0 undecodable; what was emitted after 08:57 UTC may not have arrived yet",
		},
		{
			name: "a bucket that is read from the newest to the oldest",
			e:    source.Evidence{Status: []source.Status{bucketOf(source.CatchingUp, span("2026-11-18 07:00:00", "09:22"))}},
			want: "everything " + archive + " held from 2026-11-18 07:00 to 2026-11-20 09:22 UTC; not covered: " + archive +
				" before 2026-11-18 07:00 UTC (still catching up); no gaps; 0 undecodable; what was emitted after 08:57 UTC may not have arrived yet",
		},
		{
			name: "a bucket that is read back to --since",
			e: source.Evidence{
				Status: []source.Status{bucketOf(source.CatchingUp, span("2026-11-19 07:00:00", "09:22"))}, Asked: source.Asked{Since: on("2026-11-17 09:00:00")},
			},
			want: "everything " + archive + " held from 2026-11-19 07:00 to 2026-11-20 09:22 UTC; not covered: " + archive +
				" from 2026-11-17 09:00 to 2026-11-19 07:00 UTC (still catching up); no gaps; 0 undecodable; what was emitted after 08:57 UTC may not have arrived yet",
		},
		{
			name: "a bucket whose reading fails half way",
			e:    source.Evidence{Status: []source.Status{in(bucketOf(0, span("08:00", "09:22")), source.Failing, "09:22", errors.New("no route"))}},
			want: "everything " + archive + " held from 08:00 to 09:22 UTC; not covered: " + archive + " before 08:00 UTC (failing since 09:22: no route), " +
				archive + " from 09:22 UTC on (failing since 09:22: no route); no gaps; 0 undecodable; what was emitted after 08:57 UTC may not have arrived yet",
		},
		{
			name: "an hour of a bucket that has had time to arrive there", whole: true,
			e: source.Evidence{Status: []source.Status{bucketOf(source.Done, span("06:00", "09:22"))}}, asked: span("08:00", "08:57"),
			want: "everything " + archive + " held from 08:00 to 08:57 UTC; no gaps; 0 undecodable",
		},
		{
			name: "a live source that does not say how far it is", whole: true,
			e: source.Evidence{Status: []source.Status{
				{Source: stream, State: source.Live},
				{Source: stream, Part: "shardId-000000000000", State: source.Live, LastSuccess: on("09:22"), Behind: 2 * time.Second},
			}, Asked: source.Asked{Latest: true, Began: on("09:00")}},
			want: "everything the shard held from 09:00 to 09:21:58 UTC; no gaps; 0 undecodable; what was emitted after 09:11:58 UTC may not have arrived yet",
		},
		{
			name: "one file", whole: true,
			e:    source.Evidence{Status: []source.Status{files("audit.jsonl", source.Done, 1, 1)}},
			want: "all of audit.jsonl; 0 undecodable",
		},
		{
			name: "standard input", whole: true,
			e:    source.Evidence{Status: []source.Status{files("standard input", source.Done, 0, 0)}, Bad: 1234},
			want: "all of standard input; 1,234 undecodable",
		},
		{
			name: "a directory", whole: true,
			e:    source.Evidence{Status: []source.Status{files("old/", source.Done, 3, 3)}},
			want: "all of 3 files in old/; 0 undecodable",
		},
		{
			name: "two directories and a file", whole: true,
			e:    source.Evidence{Status: []source.Status{files("old/", source.Done, 3, 3), files("new/", source.Done, 2, 2), files("x", source.Done, 1, 1)}},
			want: "all of 6 files; 0 undecodable",
		},
		{
			name: "a file that is followed", whole: true,
			e:    source.Evidence{Status: []source.Status{files("audit.jsonl", source.Live, 1, 1)}},
			want: "all of audit.jsonl as of 09:24 UTC; 0 undecodable",
		},
		{
			name: "a directory half way",
			e:    source.Evidence{Status: []source.Status{files("old/", source.CatchingUp, 2, 3)}},
			want: "nothing; not covered: old/ (2 of 3 files are read so far); 0 undecodable",
		},
		{
			name: "a directory of which something could not be read",
			e:    source.Evidence{Status: []source.Status{files("old/", source.Done, 3, 3)}, Unread: 1},
			want: "all of 3 files in old/; 0 undecodable; 1 not readable",
		},
		{
			name: "a file that is not there any more",
			e:    source.Evidence{Status: []source.Status{in(files("x", 0, 0, 0), source.Failing, "09:00", errors.New("x cannot be read: no such file"))}},
			want: "nothing; not covered: x (failing since 09:00: x cannot be read: no such file); 0 undecodable",
		},
		{
			name: "a stream and files", whole: true,
			e: source.Evidence{Status: append(four(), files("old/", source.Done, 3, 3))},
			want: "everything the 4 shards of " + stream + " held from 07:22 to 09:22 UTC and all of 3 files in old/; no gaps; 0 undecodable; " +
				"what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "what did not fit into memory",
			e:    source.Evidence{Status: four(), Evicted: 1204, Oldest: on("07:58").Add(13*time.Second + 5)},
			want: "everything the 4 shards held from 07:58:14 to 09:22 UTC; not covered: before 07:58:14 UTC (1,204 entries were dropped from memory); no gaps; 0 undecodable; " +
				"what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a stretch behind what did not fit", whole: true,
			e: source.Evidence{Status: four(), Evicted: 1, Oldest: on("07:58")}, asked: span("08:00", "09:00"),
			want: "everything the 4 shards held from 08:00 to 09:00 UTC; no gaps; 0 undecodable",
		},
		{
			name: "a loss within the program",
			e:    source.Evidence{Status: four(), Failed: []error{errors.New("3 entries could not be kept")}},
			want: "everything the 4 shards held from 07:22 to 09:22 UTC; not covered: (3 entries could not be kept); no gaps; 0 undecodable; " +
				"what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "days", whole: true,
			e:    source.Evidence{Status: shards(source.Live, span("2026-11-13 07:22:00", "09:22"))},
			want: "everything the shard held from 2026-11-13 07:22 to 2026-11-20 09:22 UTC; no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a day that is over", whole: true,
			e: source.Evidence{Status: shards(source.Live, span("2026-11-13 07:22:00", "09:22"))}, asked: span("2026-11-14 08:00:00", "2026-11-14 09:00:00"),
			want: "everything the shard held from 2026-11-14 08:00 to 09:00 UTC; no gaps; 0 undecodable",
		},
		{
			name: "parts of no second is claimed too much", whole: true,
			e:    source.Evidence{Status: shards(source.Live, source.Span{From: on("07:22").Add(1), To: on("09:22").Add(999 * time.Millisecond)})},
			want: "everything the shard held from 07:22:01 to 09:22 UTC; no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "another zone is written in UTC", whole: true,
			e: source.Evidence{Status: shards(source.Live, source.Span{
				From: on("07:22").In(time.FixedZone("", -8*3600)), To: on("09:22").In(time.FixedZone("", 9*3600)),
			})},
			want: "everything the shard held from 07:22 to 09:22 UTC; no gaps; 0 undecodable; what was emitted after 09:12 UTC may not have arrived yet",
		},
		{
			name: "a reason that is long",
			e:    source.Evidence{Status: []source.Status{in(files("x", 0, 0, 0), source.Failing, "", errors.New(strings.Repeat("so\nmany words, ", 30)))}},
			want: "nothing; not covered: x (failing: " + strings.TrimSuffix(strings.Repeat("so many words, ", 10), ", ") + " …); 0 undecodable",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.e.Now = on("09:24")
			got := source.Cover(c.e, c.asked)
			if got.String() != c.want {
				t.Errorf("it says\n%s\nwant\n%s", got, c.want)
			}
			if got.Whole() != c.whole {
				t.Errorf("whole is %v, want %v", got.Whole(), c.whole)
			}
		})
	}
}

// TestCoverageWithoutToday: kept for later, a statement has all its dates.
func TestCoverageWithoutToday(t *testing.T) {
	e := source.Evidence{Status: shards(source.Live, span("07:22", "09:22"))}
	want := "everything the shard held from 2026-11-20 07:22 to 09:22 UTC; no gaps; 0 undecodable; what was emitted after 2026-11-20 09:12 UTC may not have arrived yet"
	if got := source.Cover(e, source.Span{}).String(); got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
}

func TestLateness(t *testing.T) {
	emitted := on("08:00")
	firehose := source.Status{Buffer: source.FirehoseBuffer}
	for _, c := range []struct {
		name    string
		part    source.Status
		emitted time.Time
		took    time.Duration
		late    bool
	}{
		{"in the next delivery", source.Status{}, emitted, 2 * time.Minute, false},
		{"just in time", source.Status{}, emitted, 5 * time.Minute, false},
		{"late", source.Status{}, emitted, 5*time.Minute + 1, true},
		{"very late", source.Status{}, emitted, 30 * 24 * time.Hour, true},
		{"before it was emitted, by clocks that differ", source.Status{}, emitted, -time.Second, false},
		{"held by Firehose", firehose, emitted, 20 * time.Minute, false},
		{"held by Firehose for too long", firehose, emitted, 20*time.Minute + 1, true},
		{"written when S3 was there again", firehose, emitted, 24 * time.Hour, true},
		{"in an object that was copied", firehose, emitted, 30 * 24 * time.Hour, false},
		{"of no time", source.Status{}, time.Time{}, time.Hour, false},
	} {
		if took, late := c.part.Lateness(c.emitted, emitted.Add(c.took)); late != c.late || late && took != c.took {
			t.Errorf("%s: %v late %v, want %v", c.name, took, late, c.late)
		}
	}
	if _, late := (&source.Status{}).Lateness(emitted, time.Time{}); late {
		t.Error("an entry that arrived at no known time is late")
	}
}

func TestMinutes(t *testing.T) {
	var m source.Minutes
	at := func(minutes int, seconds int) time.Time {
		return on("08:00").Add(time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second)
	}
	if m.PerMinute(at(0, 0)) != 0 {
		t.Error("something was counted in nothing")
	}
	m.Add(at(0, 59), 3)
	m.Add(at(3, 0), 4)
	m.Add(at(2, 59), 5)  // out of order
	m.Add(at(-9, 0), 7)  // too old to be kept
	m.Add(at(-60, 0), 7) // much too old
	copied := m
	copied.Add(at(3, 0), 100)
	if got, want := m.Counts(at(4, 30)), ([10]int32{5: 3, 7: 5, 8: 4}); got != want {
		t.Errorf("counts %v, want %v", got, want)
	}
	if got := m.PerMinute(at(4, 30)); got != 1.2 {
		t.Errorf("%v a minute, want 1.2", got)
	}
	if got := m.PerMinute(at(11, 59)); got != 0.9 {
		t.Errorf("%v a minute when the first is forgotten, want 0.9", got)
	}
	if got := m.PerMinute(at(13, 0)); got != 0 {
		t.Errorf("%v a minute after a long silence, want 0", got)
	}
	m.Add(at(500, 0), 1)
	if got, want := m.Counts(at(500, 0)), ([10]int32{9: 1}); got != want {
		t.Errorf("counts %v, want %v", got, want)
	}
	m.Add(time.Unix(-1, 0), 1)
	if got := m.PerMinute(at(500, 0)); got != 0.1 {
		t.Errorf("%v a minute, want 0.1", got)
	}
}
