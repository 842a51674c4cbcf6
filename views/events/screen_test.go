package events

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
)

func hostile() []audit.Entry {
	return []audit.Entry{
		entry("h1", "09:00:01", "Clear\x1b[2JScreen", "OK", "user1@example.com", "plain", "203.0.113.7"),
		entry("h2", "09:00:02", "Clipboard", "OK", "\x1b]52;c;ZXZpbA==\x07", "two\nlines\tand a tab", "203.0.113.7"),
		entry("h3", "09:00:03", "Reordered", "O\u202eK", "moc.elpmaxe@\u202e1resu", "zero\u200bwidth", "\u2066203.0.113.7"),
		entry("h4", "09:00:04", "\xff\xfe not UTF-8 \x9b31m", "ERROR", "C1 \u009b31m", "tag\U000e0041", "\x00"),
		entry("h5", "09:00:05", "Wide 山田太郎 山田太郎 山田太郎", "OK", "山田太郎@example.com", "Zoë e\u0301", "203.0.113.7"),
		entry("h6", "09:00:06", "Flags 🇩🇪🇫 ❤\ufe0f", "OK", "👨\u200d👩\u200d👧 family", "ก็็็็็็็", "203.0.113.7"),
		entry("h7", "09:00:07", strings.Repeat("Long", 5000), "OK", strings.Repeat("山", 5000), strings.Repeat("\x1b", 5000), strings.Repeat(",", 5000)),
	}
}

func TestScreens(t *testing.T) {
	failing := source.Status{
		Source: "kinesis audit-prod/us-east-1", Part: "shardId-000000000001", State: source.Failing,
		Err:       errors.New("access denied: arn:aws:iam::123456789012:role/ops may not call kinesis:GetRecords; add it to the role's policy"),
		NextRetry: now.Add(30 * time.Second),
	}
	status := func(s ...source.Status) func(*Pane, *store.Store) {
		return func(p *Pane, st *store.Store) {
			p.SetData(views.Data{Now: now, Store: st.Snapshot(), Status: s})
		}
	}
	days := []audit.Entry{
		entry("d1", "2023-11-06 23:59:59", "CreateUser", "OK", "user1@example.com", "user4@example.com", "203.0.113.7"),
		entry("d2", "2023-11-07 00:00:01", "DeleteUser", "OK", "user1@example.com", "user4@example.com", "203.0.113.7"),
	}
	years := append([]audit.Entry{entry("d0", "2022-12-31 23:59:59", "CreateUser", "OK", "user1@example.com", "user3@example.com", "203.0.113.7")}, days...)
	undated := entry("u1", "", "UserLogin", "OK", "user1@example.com", "", "")
	arrived := entry("u2", "", "UserLogin", "OK", "user2@example.com", "", "")
	arrived.Origin.Arrived = now.Add(-time.Minute)

	late := morning()
	late[8].Origin.Arrived = late[8].EmitTime.Add(6*time.Minute + 20*time.Second)
	late[9].Origin.Arrived = late[9].EmitTime.Add(110 * time.Second)
	clock := func(mode views.ClockMode) func(*Pane, *store.Store) {
		return func(p *Pane, s *store.Store) {
			p.SetData(views.Data{Now: now, Store: s.Snapshot(), Clock: views.Clock{Mode: mode, Zone: berlin(t)}})
		}
	}
	night := []audit.Entry{
		entry("n1", "2023-10-28 23:59:59", "CreateUser", "OK", "user1@example.com", "user4@example.com", "203.0.113.7"),
		entry("n2", "2023-10-29 00:30:00", "UpdateUser", "OK", "user1@example.com", "user4@example.com", "203.0.113.7"),
		entry("n3", "2023-10-29 01:30:00", "DeleteUser", "OK", "user1@example.com", "user4@example.com", "203.0.113.7"),
	}

	for _, c := range []struct {
		name    string
		entries []audit.Entry
		then    func(*Pane, *store.Store)
	}{
		{"following", morning(), nil},
		{"late", late, nil},
		{"local", morning(), clock(views.LocalTime)},
		{"local_clocks_change", night, clock(views.LocalTime)},
		{"relative", append(days, morning()...), clock(views.Relative)},
		{"following_many", append(morning(), later(200)...), nil},
		{"held", morning(), func(p *Pane, s *store.Store) {
			do(p, views.Up, views.Up, views.Up, views.Up)
			add(p, s, later(12)...)
		}},
		{"held_on_the_last_row", append(morning(), later(60)...), func(p *Pane, s *store.Store) {
			do(p, views.Hold)
			add(p, s, entry("x", "09:30:00", "CreateUser", "OK", "user1@example.com", "", ""))
		}},
		{"held_nothing_new", morning(), func(p *Pane, s *store.Store) { do(p, views.Up) }},
		{"unfocused", morning(), func(p *Pane, s *store.Store) { p.SetFocus(false) }},
		{"sideways", morning(), func(p *Pane, s *store.Store) { do(p, views.Right) }},
		{"far_right", morning(), func(p *Pane, s *store.Store) { do(p, views.FarRight) }},
		{"several_days", append(days, morning()...), nil},
		{"several_years", append(years, morning()...), nil},
		{"no_time", append([]audit.Entry{undated, arrived}, morning()...), nil},
		{"hostile", hostile(), nil},
		{"hostile_ascii", hostile(), func(p *Pane, s *store.Store) { p.SetTheme(p.theme.WithGlyphs(false)) }},
		{"hostile_sideways", hostile(), func(p *Pane, s *store.Store) { do(p, views.Right, views.Right) }},
		{"empty_start", nil, nil},
		{"empty_connecting", nil, status(source.Status{Source: "kinesis audit-prod/us-east-1"}, source.Status{Source: "s3 audit-logs/prod/"})},
		{"empty_reading", nil, status(
			source.Status{Source: "s3 audit-logs/prod/", State: source.CatchingUp, Done: 1200, Total: 8621},
			source.Status{Source: "kinesis audit-prod/us-east-1", Part: "shardId-000000000001", State: source.CatchingUp, Records: 1},
		)},
		{"repeats", burst(), func(p *Pane, s *store.Store) {
			laid(p, s, views.Data{})
			do(p, views.Up, views.Up, views.Bytes)
		}},
		{"wrapped", append(hostile(), morning()...), func(p *Pane, s *store.Store) {
			do(p, views.Wrap, views.Up, views.Up)
			add(p, s, later(2)...)
		}},
		{"repeats_held", burst(), func(p *Pane, s *store.Store) {
			laid(p, s, views.Data{})
			do(p, views.Up)
			s.Append(later(2))
			laid(p, s, views.Data{})
		}},
		{"empty_live", nil, status(source.Status{Source: "kinesis audit-prod/us-east-1", State: source.Live}, source.Status{Source: "kinesis audit-prod/us-east-1", Part: "2", State: source.Live})},
		{"empty_failing", nil, status(source.Status{Source: "s3 audit-logs/prod/", State: source.Live}, failing)},
		{"empty_throttled", nil, status(source.Status{
			Source: "kinesis a/us-east-1", State: source.Throttled, NextRetry: now.Add(time.Second),
			Err: errors.New("another reader uses the same shard.\n\x1b[31mFive reads a second is the limit"),
		})},
		{"empty_done", nil, func(p *Pane, s *store.Store) {
			s.AppendBad([]audit.Bad{{Raw: "x", Reason: "not JSON"}, {Raw: "y", Reason: "not JSON"}})
			status(source.Status{Source: "file audit.jsonl", State: source.Done})(p, s)
		}},
	} {
		for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 60}} {
			t.Run(fmt.Sprintf("%s_%dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				p, s := shown(size[0], size[1], c.entries...)
				if c.then != nil {
					c.then(p, s)
				}
				golden.RequireEqual(t, marked(screen(t, p, size[0], size[1])))
			})
		}
	}
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// marked ends every line visibly: editors strip trailing spaces.
func marked(s string) string { return strings.ReplaceAll(s, "\n", "|\n") + "|\n" }

func TestStyledScreens(t *testing.T) {
	for _, th := range []*theme.Theme{
		theme.For(true, colorprofile.TrueColor), theme.For(false, colorprofile.TrueColor),
		theme.For(true, colorprofile.ANSI), theme.For(false, colorprofile.ANSI), theme.For(true, colorprofile.ASCII),
	} {
		t.Run(strings.ReplaceAll(th.Name, " ", "_"), func(t *testing.T) {
			p, s := shown(80, 20, morning()...)
			p.SetTheme(th)
			do(p, views.Up, views.Up)
			add(p, s, later(3)...)
			screen(t, p, 80, 20)
			golden.RequireEqual(t, p.View()+"\n")
		})
	}
}

func TestSummary(t *testing.T) {
	p, _ := shown(80, 24, morning()...)
	do(p, views.Up)
	for _, c := range []struct {
		width int
		want  string
	}{
		{80, " terraform (sa)  UpdateAPIKey  PENDING  ip Temporal Internal  id ..7fb615  16/17"},
		{120, " terraform (sa)  UpdateAPIKey  PENDING  ip Temporal Internal  log_id 0mc69c0323b871293ce231dd1c7fb615              16/17"},
		{200, " terraform (sa)  UpdateAPIKey  PENDING  ip Temporal Internal  log_id 0mc69c0323b871293ce231dd1c7fb615  shardId-000000000001 at ..000000008910                                                      16/17"},
		{20, " terraform (s… 16/17"},
		{6, " 16/17"},
		{3, "16…"},
		{0, ""},
	} {
		if got := p.Summary(c.width); got != c.want {
			t.Errorf("%d cells:\n%q, want\n%q", c.width, got, c.want)
		}
	}
	if got := New().Summary(5); got != "     " {
		t.Errorf("without an entry %q", got)
	}
}
