package source_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taudit/source"
)

func TestSeams(t *testing.T) {
	began := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	ago := func(hours float64) time.Time { return began.Add(-time.Duration(hours * float64(time.Hour))) }
	held := func(from, to time.Time) source.Span { return source.Span{From: from, To: to} }
	bucket := func(s source.Span) source.Status {
		return source.Status{Source: "s3://archive/audit", Part: "audit", State: source.CatchingUp, Held: s, Records: 1, Total: 2}
	}
	shard := func(part string, s source.Span, oldest time.Time) source.Status {
		return source.Status{Source: "kinesis audit", Part: part, State: source.Live, Held: s, Findings: source.Findings{Oldest: oldest}}
	}
	between := func(from, to time.Time, why string) []source.Gap {
		return []source.Gap{{Source: "between s3://archive/audit and kinesis audit", Span: held(from, to), Why: why}}
	}
	const (
		apart = "the one ends before the other begins, so what arrived between is in neither"
		empty = "s3://archive/audit holds nothing of the time that was asked for, and what arrived before is not in the other"
	)
	for name, test := range map[string]struct {
		list  []source.Status
		asked source.Asked
		want  []source.Gap
	}{
		"nothing": {},
		"one source": {
			list: []source.Status{bucket(held(ago(100), ago(50)))},
		},
		"the bucket lags by its buffer": {
			list: []source.Status{bucket(held(ago(160), ago(.2))), shard("0", held(ago(168), began), ago(23.9))},
		},
		"the bucket ended before the stream begins": {
			list: []source.Status{bucket(held(ago(160), ago(50))), shard("0", held(time.Time{}, began), ago(30))},
			want: between(ago(50), ago(30), apart),
		},
		"it is still read, backwards": {
			list: []source.Status{shard("0", held(ago(168), began), ago(30)), bucket(held(ago(51), ago(50)))},
			want: between(ago(50), ago(30), apart),
		},
		"a quiet stream holds a day at least": {
			list: []source.Status{bucket(held(ago(160), ago(20))), shard("0", held(ago(168), began), ago(3))},
		},
		"and says nothing at all": {
			list: []source.Status{bucket(held(ago(160), ago(50))), shard("0", held(time.Time{}, began), time.Time{})},
			want: between(ago(50), ago(24), apart),
		},
		"asked for less than a day": {
			list: []source.Status{bucket(held(ago(5), ago(4))), shard("0", held(ago(3), began), ago(1))},
			want: between(ago(4), ago(3), apart),
		},
		"asked for just a day": {
			list:  []source.Status{{Source: "s3://archive/audit", Part: "audit", State: source.Live}, shard("0", held(ago(24).Add(-time.Minute), began), ago(20))},
			asked: source.Asked{Since: ago(24).Add(-time.Second)},
		},
		"the shards began at different times": {
			list: []source.Status{
				bucket(held(ago(160), ago(50))),
				shard("", source.Span{}, time.Time{}),
				shard("0", held(ago(168), ago(10)), ago(60)), shard("1", held(time.Time{}, began), ago(10)),
			},
		},
		"two streams, one of which closes it": {
			list: []source.Status{
				bucket(held(ago(160), ago(50))), shard("0", held(ago(168), began), ago(24)),
				{Source: "kinesis other", Part: "0", State: source.Live, Held: held(ago(168), began), Findings: source.Findings{Oldest: ago(90)}},
			},
		},
		"the end of what was asked for is before it": {
			list:  []source.Status{bucket(held(ago(160), ago(50))), shard("0", held(ago(168), began), ago(30))},
			asked: source.Asked{Until: ago(60)},
		},
		"it is within": {
			list:  []source.Status{bucket(held(ago(160), ago(50))), shard("0", held(ago(168), began), ago(30))},
			asked: source.Asked{Until: ago(40)},
			want:  between(ago(50), ago(40), apart),
		},
		"it is cut by the beginning": {
			list:  []source.Status{bucket(held(ago(160), ago(50))), shard("0", held(ago(168), began), ago(30))},
			asked: source.Asked{Since: ago(35)},
			want:  between(ago(35), ago(30), apart),
		},
		"it is all before the beginning": {
			list:  []source.Status{{Source: "s3://archive/audit", Part: "audit", State: source.Live}, shard("0", held(ago(1).Add(-time.Minute), began), ago(.5))},
			asked: source.Asked{Since: ago(1)},
		},
		"only what is new": {
			list:  []source.Status{bucket(held(ago(160), ago(50))), shard("0", held(began, began.Add(time.Hour)), time.Time{})},
			asked: source.Asked{Latest: true},
		},
		"nothing in the bucket": {
			list: []source.Status{
				{Source: "s3://archive/audit", Part: "audit", State: source.Live},
				shard("0", held(ago(168), began), ago(30)),
			},
			want: between(time.Time{}, ago(30), empty),
		},
		"the bucket has not answered": {
			list: []source.Status{
				{Source: "s3://archive/audit", Part: "audit", State: source.Connecting},
				shard("0", held(ago(168), began), ago(30)),
			},
		},
		"the stream has not answered": {
			list: []source.Status{bucket(held(ago(160), ago(50))), shard("0", source.Span{From: ago(168)}, time.Time{})},
		},
		"a file beside it": {
			list: []source.Status{
				{Source: "audit.jsonl", Part: "audit.jsonl", State: source.Done},
				shard("0", held(ago(168), began), ago(30)),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.asked.Began = began
			if diff := cmp.Diff(test.want, source.Seams(test.list, test.asked)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
