package demo

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"taudit/source"
)

func TestCheck(t *testing.T) {
	var got []string
	Check(t.Context(), Scheme, source.Options{}, func(s source.Step) {
		got = append(got, fmt.Sprintf("%s %s", s.Verdict, s.What))
	})
	want := "ok start, ok kinesis:ListShards, ok kinesis:DescribeStreamSummary, ok kinesis:GetShardIterator, ok kinesis:GetRecords, ok s3:ListBucket, ok s3:GetObject"
	if strings.Join(got, ", ") != want {
		t.Errorf("it told %q, want %q", got, want)
	}
}

func TestCheckThatCannotBe(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx context.Context
		ref string
	}{
		"a reference that is none": {t.Context(), "demo:x"},
		"an end before it began":   {cancelled, Scheme},
	} {
		var got []source.Step
		Check(c.ctx, c.ref, source.Options{}, func(s source.Step) { got = append(got, s) })
		if len(got) != 1 || got[0].Verdict != source.Wrong {
			t.Errorf("%s: it told %+v", name, got)
		}
	}
}
