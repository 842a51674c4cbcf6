package sinks_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views"
)

// sizes of the pane: in the place of the list on the smallest screens and on larger ones, and in the right column.
var sizes = [][2]int{{60, 10}, {80, 19}, {120, 35}, {80, 15}}

func TestScreens(t *testing.T) {
	denied := caused{
		stream + ": access denied: kinesis:GetRecords is not allowed on arn:aws:kinesis:us-east-1:123456789012:stream/audit-prod for " +
			"arn:aws:sts::123456789012:assumed-role/reader/me: ask for a policy that allows kinesis:GetRecords, or use another --profile", source.Denied,
	}
	failing := func(n int, err error, again bool) source.Status {
		s := shard(n, time.Hour)
		s.State, s.Err, s.Since, s.Retries = source.Failing, err, now.Add(-5*time.Minute), 17
		if again {
			s.NextRetry = now.Add(12 * time.Second)
		}
		return s
	}
	throttled := shard(2, time.Minute)
	throttled.State, throttled.Since, throttled.NextRetry, throttled.Retries = source.Throttled, now.Add(-40*time.Second), now.Add(4*time.Second), 6
	throttled.Err = errors.New("kinesis:GetRecords: AWS asks to slow down (ProvisionedThroughputExceededException): other readers may be using the same limit")
	lossy := shard(1, time.Minute)
	lossy.Gaps, lossy.GapAt, lossy.Bad, lossy.Late, lossy.Duplicates = 1, now.Add(-10*time.Minute), 2, 3, 12345
	many := func() []source.Status {
		var out []source.Status
		for n := range 200 {
			s := shard(n, time.Duration(n)*time.Minute)
			if n == 150 {
				s = failing(n, denied, true)
			}
			out = append(out, s)
		}
		return out
	}
	objects := source.Status{Source: bucket, State: source.CatchingUp, Done: 120, Total: 8621, LastSuccess: now, LastArrival: now.Add(-30 * time.Hour), Buffer: source.FirehoseBuffer}
	objects.Since = now.Add(-time.Minute)
	about := []source.Description{{Source: stream, Retention: 24 * time.Hour, Facts: []source.Fact{
		{Name: "mode", Text: "provisioned, 2 open shards"},
		{Name: "retention", Text: "24 hours"},
		{Name: "cloudwatch", Text: "not permitted (cloudwatch:GetMetricData)", Verdict: source.Noted},
	}}}

	for _, c := range []struct {
		name string
		data views.Data
		then []views.Action
	}{
		{"nothing", views.Data{Now: now}, nil},
		{"starting", data(log(0), source.Status{Source: stream}), nil},
		{"following", judged(views.Data{Now: now, Store: log(300), Status: []source.Status{shard(0, 72*time.Second), shard(1, 5*time.Second)}, About: about}), nil},
		{"quiet", data(log(300), shard(0, 12*time.Minute), shard(1, 72*time.Minute)), nil},
		{"silent-for-days", data(log(300), shard(0, 50*time.Hour), shard(1, 100*time.Hour)), nil},
		{"still", judged(views.Data{Now: now, Store: log(300), Status: []source.Status{shard(0, 12*time.Minute)}, Clock: views.Clock{Still: true}}), nil},
		{"behind", data(log(300), lagging(0, func(n int) time.Duration { return time.Duration(1800-10*n) * time.Second }), shard(1, time.Minute)), nil},
		{"falling-behind", data(log(300), lagging(0, func(n int) time.Duration { return 20*time.Hour + time.Duration(n)*time.Second })), nil},
		{"reading-objects", data(log(3), objects), nil},
		{"throttled", data(log(300), shard(1, time.Minute), throttled), nil},
		{"lossy", judged(views.Data{Now: now, Store: log(300, badRecords()...), Status: []source.Status{lossy, shard(2, time.Minute)}, Gaps: gaps()}), []views.Action{views.NextInside, views.NextInside, views.NextInside}},
		{"broken", data(log(300), shard(0, time.Minute), failing(1, denied, true), failing(2, denied, true)), nil},
		{"broken-part", data(log(300), shard(0, time.Minute), failing(1, denied, true)), []views.Action{views.Open}},
		{"gone", data(log(300), failing(1, caused{`there is no Kinesis stream "audit-prod" in region us-east-1`, source.Gone}, false)), nil},
		{"ended", data(log(300), source.Status{Source: "old.jsonl", State: source.Done, LastSuccess: now, Entries: 300, Records: 1}), nil},
		{"two-hundred", data(log(300), many()...), []views.Action{views.Down, views.PageDown}},
		{"gap", judged(views.Data{Now: now, Store: log(300), Status: []source.Status{lossy}, Gaps: gaps()}), []views.Action{views.Bottom, views.Up, views.Up, views.Open, views.NextEntry}},
		{"hostile", hostile(), []views.Action{views.Bottom}},
	} {
		for _, size := range sizes {
			w, h := size[0], size[1]
			t.Run(fmt.Sprintf("%s/%dx%d", c.name, w, h), func(t *testing.T) {
				p := pane(t, c.data, w, h)
				do(p, c.then...)
				summary := ansi.Strip(p.Summary(w))
				if n := ansi.StringWidth(summary); n != w {
					t.Errorf("the summary is %d cells wide, want %d", n, w)
				}
				golden.RequireEqual(t, "["+ansi.Strip(p.Title())+"] "+p.Tab().Note+"\n"+trimmed(screen(t, p, w, h)+"\n"+summary))
			})
		}
	}
}

// hostile holds what a terminal would obey wherever text comes from the other end of a wire.
func hostile() views.Data {
	const evil = "\x1b[2J\u202eevil\x9b31m山\x07"
	s := source.Status{Source: stream + evil, Part: evil + "shard", State: source.Failing, Err: errors.New(evil + "\nboom"), LastSuccess: now}
	s.Since = now.Add(-time.Hour)
	return judged(views.Data{
		Now: now, Status: []source.Status{s},
		Store: log(10, audit.Bad{Raw: evil, Size: len(evil), Reason: evil, Origin: audit.Origin{Source: evil, Part: evil, Position: evil}}),
		Gaps:  []source.Gap{{Source: evil, Part: evil, Why: evil}},
		About: []source.Description{{Source: evil, Facts: []source.Fact{{Name: evil, Text: evil, Verdict: source.Wrong}}}},
	})
}

func TestStyledScreen(t *testing.T) {
	lossy := shard(1, time.Minute)
	lossy.Gaps, lossy.GapAt = 1, now.Add(-10*time.Minute)
	d := judged(views.Data{Now: now, Store: log(300, badRecords()...), Status: []source.Status{lossy, shard(2, time.Hour)}, Gaps: gaps()})
	for _, c := range []struct {
		name    string
		dark    bool
		profile colorprofile.Profile
		unicode bool
	}{
		{"dark", true, colorprofile.TrueColor, true},
		{"light", false, colorprofile.TrueColor, true},
		{"basic", true, colorprofile.ANSI, true},
		{"mono", true, colorprofile.ASCII, true},
		{"dumb", true, colorprofile.NoTTY, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := pane(t, d, 80, 24)
			p.SetTheme(theme.For(c.dark, c.profile).WithGlyphs(c.unicode))
			for _, r := range screen(t, p, 80, 24) {
				if !c.unicode && r > '~' {
					t.Fatalf("%q on a terminal that has ASCII alone", r)
				}
			}
			golden.RequireEqual(t, p.View())
		})
	}
}

// TestNothingObeys: whatever is open, nothing of hostile text reaches the terminal as a command.
func TestNothingObeys(t *testing.T) {
	for _, open := range []bool{false, true} {
		p := pane(t, hostile(), 120, 60)
		for range 12 {
			for _, r := range screen(t, p, 120, 60) + ansi.Strip(p.Summary(120)) {
				if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control)) {
					t.Fatalf("%U is in the frame", r)
				}
			}
			if open {
				p.Close()
				do(p, views.Down, views.Open)
			} else {
				do(p, views.Down)
			}
		}
	}
}

func TestEveryWordIsOnLineTwo(t *testing.T) {
	for w, want := range map[verdict.Word]views.Tab{
		verdict.Following: {Name: "Sinks", Note: "OK"},
		verdict.Quiet:     {Name: "Sinks", Note: "OK"},
		verdict.Ended:     {Name: "Sinks", Note: "OK"},
		verdict.Starting:  {Name: "Sinks", Note: "starting"},
		verdict.Behind:    {Name: "Sinks", Note: "behind"},
		verdict.Degraded:  {Name: "Sinks", Note: "degraded", Alarm: true},
		verdict.Broken:    {Name: "Sinks", Note: "broken", Alarm: true},
	} {
		d := views.Data{Now: now}
		d.Verdict.Word = w
		if got := pane(t, d, 80, 24).Tab(); got != want {
			t.Errorf("%v: %+v, want %+v", w, got, want)
		}
	}
}

func TestAnySizeKeepsTheFrame(t *testing.T) {
	lossy := shard(1, time.Minute)
	d := judged(views.Data{Now: now, Store: log(300, badRecords()...), Status: []source.Status{lossy, shard(2, time.Hour)}, Gaps: gaps()})
	for _, acts := range [][]views.Action{nil, {views.Bottom}, {views.Bottom, views.Open}} {
		p := pane(t, d, 80, 24)
		do(p, acts...)
		for w := range 130 {
			for _, h := range []int{1, 2, 3, 5, 10, 24, 60} {
				p.SetSize(w, h)
				screen(t, p, w, h)
			}
		}
		p.SetSize(0, 0)
		if v := p.View(); v != "" {
			t.Errorf("%q on no screen", v)
		}
	}
}

// Rows stay where they are while somebody reads: what has come to need attention moves up afterwards.
func TestRowsKeepTheirPlacesWhileSomebodyReads(t *testing.T) {
	failing := func(n int) source.Status {
		s := shard(n, time.Hour)
		s.State, s.Err, s.Since, s.NextRetry = source.Failing, errors.New("no route to host"), now.Add(-5*time.Minute), now.Add(12*time.Second)
		return s
	}
	other := source.Status{Source: bucket, Part: "2023/11/", State: source.Live, LastSuccess: now, LastArrival: now.Add(-time.Minute)}
	other.Since = now.Add(-time.Hour)
	calm := []source.Status{shard(1, time.Minute), shard(2, time.Minute), shard(3, time.Minute), other}
	alarmed := []source.Status{shard(1, time.Minute), shard(2, time.Minute), failing(3), other, shard(4, time.Minute), failing(5)}
	p := pane(t, data(log(30), calm...), 120, 40)
	order := func() string {
		var out []string
		for _, l := range strings.Split(screen(t, p, 120, 40), "\n") {
			for _, name := range []string{"0001", "0002", "0003", "0004", "0005", "2023/11/"} {
				if strings.Contains(l[:min(30, len(l))], name) {
					out = append(out, name)
				}
			}
		}
		return strings.Join(out, " ")
	}
	check := func(what, want string) {
		t.Helper()
		if got := order(); got != want {
			t.Errorf("%s: %s, want %s\n%s", what, got, want, screen(t, p, 120, 40))
		}
	}
	check("calm", "0001 0002 0003 2023/11/")
	p.SetData(data(log(30), alarmed...))
	check("with the focus", "0001 0002 0003 0005 0004 2023/11/")
	p.SetFocus(false)
	check("without", "0003 0005 0001 0002 0004 2023/11/")
	held := data(log(30), append(calm, shard(4, time.Minute), shard(5, time.Minute))...)
	held.Held = true
	p.SetData(held)
	check("while the list is held", "0003 0005 0001 0002 0004 2023/11/")
	held.Held = false
	p.SetData(held)
	check("after that", "0001 0002 0003 0004 0005 2023/11/")
}

// The table is sorted by any of its columns, at once though somebody reads; the head shows by which.
func TestSorting(t *testing.T) {
	var parts []source.Status
	for n, ago := range []time.Duration{3 * time.Hour, time.Minute, 2 * time.Hour} {
		s := shard(n+1, ago)
		s.Retries = int64(n)
		parts = append(parts, s)
	}
	p := pane(t, data(log(30), parts...), 80, 30)
	check := func(what, head, want string) {
		t.Helper()
		var got []string
		var title string
		for _, l := range strings.Split(screen(t, p, 80, 30), "\n") {
			if strings.Contains(l, "SHARD, PREFIX") {
				title = l
			}
			for _, name := range []string{"0001", "0002", "0003"} {
				if title != "" && strings.Contains(l[:min(30, len(l))], name) {
					got = append(got, name)
				}
			}
		}
		if strings.Join(got, " ") != want || head != "" && !strings.Contains(title, head) || head == "" && strings.ContainsAny(title, "↓↑") {
			t.Errorf("%s: %s, want %s; the head is %q", what, got, want, title)
		}
	}
	check("at first", "", "0001 0002 0003")
	do(p, views.SortNext, views.SortNext)
	check("by the last record", "↓LAST", "0002 0003 0001")
	do(p, views.SortReverse)
	check("the other way round", "↑LAST", "0001 0003 0002")
	do(p, views.SortNext, views.SortNext)
	check("by retries", "↓RETRY", "0003 0002 0001")
	p.Update(views.Act{Action: views.SortPrev, Count: 99})
	check("by name", "↑SHARD", "0001 0002 0003")
	do(p, views.SortReverse)
	check("by name from the last", "↓SHARD", "0003 0002 0001")
	p.Update(views.Act{Action: views.SortNext, Count: 1})
	do(p, views.SortReverse)
	check("by state from the calmest", "↑STATE", "0001 0002 0003")
	p.SetSize(10, 30)
	do(p, views.SortNext)
	screen(t, p, 10, 30)
}

func TestABadRecordIsGivenToBeExamined(t *testing.T) {
	bad := badRecords()
	p := pane(t, judged(views.Data{Now: now, Store: log(3, bad...), Status: []source.Status{shard(1, 0)}}), 80, 19)
	for i, a := range []views.Action{views.Bottom, views.Up} {
		do(p, a)
		cmd := p.Update(views.Act{Action: views.Open, Count: 1})
		if cmd == nil {
			t.Fatal("enter does nothing on a bad record")
		}
		if got, want := cmd(), (views.Examine{Bad: bad[1-i]}); got != want {
			t.Errorf("it asks for %+v, want %+v", got, want)
		}
	}
	do(p, views.Up) // the title of the section
	if cmd := p.Update(views.Act{Action: views.Open, Count: 1}); cmd != nil || p.Close() {
		t.Error("enter opens a title")
	}
}

// What a source remarks on a part is on the page of that part, without what would do something to the terminal.
func TestRemarkOfAPart(t *testing.T) {
	s := shard(1, time.Minute)
	s.Remark = "polled, because the consumer cannot be used: \x1b[2Jdenied"
	p := pane(t, judged(views.Data{Now: now, Store: log(3), Status: []source.Status{s}}), 120, 40)
	shown := false
	for range 6 {
		p.Close()
		do(p, views.Open)
		shown = shown || strings.Contains(screen(t, p, 120, 40), "polled, because the consumer cannot be used")
		p.Close()
		do(p, views.Down)
	}
	if !shown {
		t.Error("the remark is on no page")
	}
}

func TestTheFrameIsDrawnOnce(t *testing.T) {
	p := pane(t, data(log(300), shard(0, time.Minute)), 80, 24)
	first := p.View()
	if n := testing.AllocsPerRun(10, func() { _ = p.View() }); n != 0 || p.View() != first {
		t.Errorf("%v allocations for a view that has not changed", n)
	}
}

func TestDelayAndLimitsAreThoseOfTheEntries(t *testing.T) {
	p := pane(t, data(log(300), shard(0, time.Minute)), 120, 35)
	text := screen(t, p, 120, 35)
	for _, want := range []string{"DELAY      p50 3m13s  p95 4m54s", "busiest minute: shard 0000 took 7 records and 7.0 KiB", "of its 1,000/s", "5 reads a second", "COVERED    everything the shard still held"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on the screen:\n%s", want, text)
		}
	}
}
