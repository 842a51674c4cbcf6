package expect

import (
	"errors"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
)

var began = time.Date(2023, 11, 8, 9, 0, 0, 0, time.UTC)

func entry(seconds int, operation, status string) audit.Entry {
	return audit.Entry{
		Raw: "{}", Operation: operation, Status: status, EmitTime: began.Add(time.Duration(seconds) * time.Second),
		Origin: audit.Origin{Arrived: began.Add(time.Hour)},
	}
}

func watch(t *testing.T, filter string) *Watch {
	t.Helper()
	q, err := query.Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Query: q, Began: began, Within: 10 * time.Minute})
}

func at(d time.Duration) time.Time { return began.Add(d) }

func TestSeen(t *testing.T) {
	for status, want := range map[string]string{
		"OK": "seen after 1m50s, accepted", "ERROR": "seen after 1m50s, failed", "PENDING": "seen after 1m50s, PENDING", "": "seen after 1m50s",
	} {
		w := watch(t, "op:UpdateNamespace")
		if w.Take([]audit.Entry{entry(-5, "UpdateNamespace", "OK"), entry(1, "DeleteUser", "OK")}, at(time.Minute)) {
			t.Error("an entry from before, or another one, is what was expected")
		}
		if r := w.Result(Health{Well: true}, at(time.Minute)); r.Outcome != Waiting || r.Left != 9*time.Minute || r.Text != "expected within 9 min" {
			t.Errorf("while it is waited for: %+v", r)
		}
		if !w.Take([]audit.Entry{entry(60, "UpdateNamespace", "OTHER"), entry(5, "UpdateNamespace", status)}, at(110*time.Second)) {
			t.Fatal("it is not seen")
		}
		w.Take([]audit.Entry{entry(2, "UpdateNamespace", "LATER")}, at(5*time.Minute))
		r := w.Result(Health{Words: "failing since"}, at(time.Hour))
		if r.Outcome != Seen || r.Text != want || r.After != 110*time.Second || r.Entry.EmitTime != at(5*time.Second) {
			t.Errorf("%+v, want %q", r, want)
		}
	}
}

func TestSinceIsEarlier(t *testing.T) {
	q, err := query.Parse("op:A since:30s") // seen from when it began
	if err != nil {
		t.Fatal(err)
	}
	w := New(Options{Query: q, Began: began, Since: began.Add(-time.Minute), Within: time.Minute})
	if w.Take([]audit.Entry{entry(-70, "A", "OK"), entry(-40, "A", "OK")}, began) {
		t.Error("what is too old is what was expected")
	}
	if !w.Take([]audit.Entry{entry(-20, "A", "OK")}, began) {
		t.Error("what was emitted a little earlier is not")
	}
}

func TestNotSeen(t *testing.T) {
	for _, c := range []struct {
		health  Health
		others  int
		at      time.Duration
		outcome Outcome
		text    string
	}{
		{Health{Well: true}, 0, 10 * time.Minute, Missed, "not seen in 10 min; source healthy, quiet"},
		{Health{Well: true}, 1, 11 * time.Minute, Missed, "not seen in 10 min; source healthy, 1 other entry"},
		{Health{Well: true}, 3, 10 * time.Minute, Missed, "not seen in 10 min; source healthy, 3 other entries"},
		{Health{Well: true, Words: "following"}, 3, 10 * time.Minute, Missed, "not seen in 10 min; source healthy, following"},
		{Health{Words: "access denied"}, 0, 10 * time.Minute, Unknown, "not seen in 10 min, but the source was not healthy, so it may have happened: access denied"},
		{Health{Words: "access denied"}, 0, 9 * time.Minute, Waiting, "expected within 1 min"},
		{Health{Well: true, Ended: true}, 0, time.Minute, Missed, "not seen, and nothing more will come; source healthy, quiet"},
		{Health{Words: "refused", Ended: true}, 0, time.Minute, Unknown, "not seen, and nothing more will come, but the source was not healthy, so it may have happened: refused"},
	} {
		w := watch(t, "op:A")
		for i := range c.others {
			w.Take([]audit.Entry{entry(i, "B", "OK")}, began)
		}
		if r := w.Result(c.health, at(c.at)); r.Outcome != c.outcome || r.Text != c.text {
			t.Errorf("%+v, want %d %q", r, c.outcome, c.text)
		}
	}
}

func TestByState(t *testing.T) {
	for _, c := range []struct {
		name   string
		status []source.Status
		lost   int64
		well   bool
		says   string
	}{
		{"live and done", []source.Status{{State: source.Live}, {State: source.Done}}, 0, true, ""},
		{"failing", []source.Status{{State: source.Live}, {Source: "kinesis a", State: source.Failing, Err: errors.New("access denied")}}, 0, false, "kinesis a: access denied"},
		{"told twice", []source.Status{{Source: "a", State: source.Throttled}, {Source: "a", Part: "2", State: source.Throttled}}, 0, false, "a: throttled"},
		{"catching up", []source.Status{{Source: "a", State: source.CatchingUp}, {Source: "b", State: source.Connecting}}, 0, false, "a: catching up; b: connecting"},
		{"lost", []source.Status{{State: source.Live}}, 2, false, "something was lost before it could be read (gaps: 2)"},
	} {
		if h := ByState(c.status, c.lost, true); h.Well != c.well || h.Words != c.says || !h.Ended {
			t.Errorf("%s: %+v", c.name, h)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]struct {
		filter string
		within time.Duration
		says   string
	}{
		"op:UpdateNamespace ns:prod within:10m": {"op:UpdateNamespace ns:prod", 10 * time.Minute, ""},
		"within:90s op:A":                       {"op:A", 90 * time.Second, ""},
		"op:A":                                  {"op:A", 0, ""},
		"":                                      {"", 0, ""},
		"op:A within:":                          {"", 0, "is no duration above zero"},
		"op:A within:-1m":                       {"", 0, "is no duration above zero"},
		"op:A within:1m within:2m":              {"", 0, "given twice"},
	} {
		filter, within, err := Parse(text)
		if filter != want.filter || within != want.within || (err == nil) != (want.says == "") || err != nil && !strings.Contains(err.Error(), want.says) {
			t.Errorf("%q: %q, %v, %v", text, filter, within, err)
		}
	}
	for d, want := range map[time.Duration]string{110 * time.Second: "1m50s", 10 * time.Minute: "10 min", 2 * time.Hour: "2 h", 1500 * time.Millisecond: "2s", 0: "0s"} {
		if got := Span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
