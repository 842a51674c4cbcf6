package sinks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views"
	"taudit/views/sinks"
)

var now = time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC)

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

// shard is one that is live, and on which something arrived so long ago.
func shard(n int, ago time.Duration) source.Status {
	s := source.Status{
		Source: stream, Part: fmt.Sprintf("shardId-%012d", n), State: source.Live, LastSuccess: now, LastArrival: now.Add(-ago), LastBatch: now.Add(-ago),
		Records: 412, Entries: 412, Bytes: 412 << 10,
	}
	s.Since = now.Add(-2 * time.Hour)
	s.Arrivals.Add(now.Add(-ago), 3)
	s.Arrivals.Add(now.Add(-ago-4*time.Minute), 7)
	s.Fetched.Add(now.Add(-ago), 10)
	return s
}

// lagging is a shard of which more than has been read is there, told for a minute.
func lagging(n int, behind func(second int) time.Duration) source.Status {
	s := shard(n, 0)
	var last source.Status
	for second := range 60 {
		at := now.Add(time.Duration(second-60) * time.Second)
		next := s
		next.State, next.Behind, next.LastArrival = source.CatchingUp, behind(second), at.Add(-behind(second))
		next.Findings = last.Findings
		next.Note(&last, &next, at)
		last = next
	}
	last.Findings.Arrivals = s.Arrivals
	return last
}

// log is a store of entries that took a minute and more to arrive.
func log(n int, bad ...audit.Bad) *store.Snapshot {
	s := store.New(store.Limits{})
	var list []audit.Entry
	for i := range n {
		e := audit.Entry{EmitTime: now.Add(-time.Duration(n-i) * time.Minute), LogID: fmt.Sprintf("id-%04d", i), Operation: "UpdateUser"}
		e.Raw = `{"log_id":"` + e.LogID + `"}`
		e.Origin.Arrived = e.EmitTime.Add(time.Duration(60+i%7*25+i%31*4) * time.Second)
		list = append(list, e)
	}
	s.Append(list)
	s.AppendBad(bad)
	return s.Snapshot()
}

// data is what a pane is given about parts.
func data(s *store.Snapshot, parts ...source.Status) views.Data {
	return judged(views.Data{Now: now, Store: s, Status: parts})
}

// judged adds what follows from the rest.
func judged(d views.Data) views.Data {
	e := source.Evidence{Status: d.Status, Gaps: d.Gaps, Lost: int64(len(d.Gaps)), Asked: source.Asked{Began: now.Add(-3 * time.Hour)}, Now: now}
	if d.Store != nil {
		e.Bad = d.Store.BadCount()
	}
	d.Verdict = verdict.Of(verdict.Evidence{Evidence: e, About: d.About, Tell: d.Clock.Brief, Still: d.Clock.Still})
	d.Coverage = source.Cover(e, source.Span{}).String()
	return d
}

// pane is one that shows data, and has counted what it counts.
func pane(t testing.TB, d views.Data, w, h int) *sinks.Pane {
	t.Helper()
	p := sinks.New()
	p.SetTheme(theme.For(true, colorprofile.TrueColor).WithGlyphs(true))
	p.SetSize(w, h)
	p.SetFocus(true)
	p.SetData(d)
	if cmd := p.Work(t.Context()); cmd != nil {
		p.Update(cmd())
	}
	return p
}

// screen gives the pane without colours, and holds it to its size.
func screen(t testing.TB, p *sinks.Pane, w, h int) string {
	t.Helper()
	text := ansi.Strip(p.View())
	lines := strings.Split(text, "\n")
	if len(lines) != h && h > 0 {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != w {
			t.Fatalf("line %d is %d cells wide, want %d: %q", i+1, n, w, l)
		}
	}
	return text
}

func do(p *sinks.Pane, acts ...views.Action) {
	for _, a := range acts {
		p.Update(views.Act{Action: a, Count: 1})
	}
}

func trimmed(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func gaps() []source.Gap {
	return []source.Gap{
		{Source: stream, Part: "shardId-000000000001", Span: source.Span{From: now.Add(-time.Hour), To: now.Add(-50 * time.Minute)}, Why: "trimmed before it was read"},
		{Source: stream, Part: "shardId-000000000002", Why: "the shard is older than what the stream keeps"},
		{Source: bucket, Span: source.Span{To: now.Add(-48 * time.Hour)}, Why: "the object was deleted"},
	}
}

func badRecords() []audit.Bad {
	return []audit.Bad{
		{Raw: "t", Size: 1, Reason: "not JSON", Origin: audit.Origin{Source: stream, Part: "shardId-000000000001", Position: "4964001", Arrived: now.Add(-time.Hour)}},
		{
			Raw: "{\"operation\":\"Delete\x1b[2JUser\", \x00\xff broken and long enough for several lines}", Size: 70000, Offset: 1234, Reason: "the string ends too early",
			Origin: audit.Origin{Source: bucket, Part: "firehose/2023/11/08/09/audit-1-2023-11-08-09-00-00-aaaa.gz", Position: "12"},
		},
	}
}
