package app

import (
	"fmt"
	"testing"

	"taudit/source"
	"taudit/source/audit"
)

// damaged is a stream on which some records are no entries.
func damaged(t testing.TB) script {
	return script{name: "kinesis audit-prod/us-east-1", events: []source.Event{
		{Entries: morning(t), Bad: []audit.Bad{
			{Raw: `{"operation":"Dele`, Size: 18, Reason: "the text ends within a string"},
			{Raw: "\x00\xff\x1b[2J", Size: 6, Reason: "it begins with no JSON"},
		}},
		live("shardId-000000000001"), live("shardId-000000000002"),
	}}
}

// TestBadRecordsAreExaminedFromTheSinks: at every size Enter shows the bytes, J and K go on, and closing them leads back.
func TestBadRecordsAreExaminedFromTheSinks(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			m := screen(t, size[0], size[1], ModelOptions{}, damaged(t))
			run(t, m, keyOf("3"), keyOf("G"), keyOf("enter"))
			if !m.examining() || !shows(m, "00 ff 1b 5b 32 4a") {
				t.Fatalf("enter does not show the bytes:\n%s", lines(t, m, size[0], size[1]))
			}
			run(t, m, keyOf("K"))
			const before = `{"operation":"Dele`
			if !shows(m, before) {
				t.Error("K does not go to the one before")
			}
			more(t, m, live("shardId-000000000001")) // news do not take them away
			if !m.examining() || !shows(m, before) {
				t.Error("news take away what is read")
			}
			lines(t, m, size[0], size[1])
			run(t, m, keyOf("esc"))
			if m.all[m.focus].Title() != "Sinks" || !shows(m, "VERDICT") {
				t.Errorf("esc leads to %s", m.all[m.focus].Title())
			}
			run(t, m, keyOf("esc"))
			if m.focus != onList {
				t.Error("esc does not leave the sinks")
			}
		})
	}
}

// TestTheHeaderAndTheTabTellTheVerdict: the word on line 1 and the one beside the pane's name are of the same verdict.
func TestTheHeaderAndTheTabTellTheVerdict(t *testing.T) {
	part := func(change func(*source.Status)) script {
		e := live("shardId-000000000001")
		change(e.Status)
		return script{name: "kinesis audit-prod/us-east-1", events: []source.Event{{Entries: morning(t)}, e}}
	}
	for _, c := range []struct {
		source script
		word   string
		tab    string
	}{
		{part(func(*source.Status) {}), " LIVE ", "3 Sinks OK"},
		{part(func(s *source.Status) { s.LastArrival = moment.AddDate(0, 0, -2) }), " LIVE ", "3 Sinks OK"},
		{part(func(s *source.Status) { s.State = source.CatchingUp }), " BEHIND ", "3 Sinks behind"},
		{part(func(s *source.Status) { s.State = source.Throttled }), " DEGRADED ", "3 Sinks degraded"},
		{part(func(s *source.Status) { s.State = source.Failing }), " BROKEN ", "3 Sinks broken"},
		{part(func(s *source.Status) { s.State = source.Done }), " END ", "3 Sinks OK"},
		{script{name: "kinesis audit-prod/us-east-1"}, " STARTING ", "3 Sinks starting"},
	} {
		m := screen(t, 120, 40, ModelOptions{}, c.source)
		if !shows(m, c.word) || !shows(m, c.tab) {
			t.Errorf("%s and %s are not on the screen:\n%.300s", c.word, c.tab, lines(t, m, 120, 40))
		}
		if press(m, "space"); m.state.Store.Len() > 0 && !shows(m, " HELD ") || !shows(m, c.tab) {
			t.Errorf("HELD and %s are not on the screen", c.tab)
		}
	}
}
