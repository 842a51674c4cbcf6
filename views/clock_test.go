package views_test

import (
	"testing"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"taudit/views"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestStamp(t *testing.T) {
	for _, c := range []struct {
		name  string
		mode  views.ClockMode
		zone  string
		now   string
		times []string
		title string
		want  []string
	}{
		{"utc", views.UTC, "Europe/Berlin", "2023-11-08T09:24:40Z", []string{"2023-11-08T09:14:58Z"}, "TIME UTC", []string{"09:14:58"}},
		{"no times", views.UTC, "UTC", "2023-11-08T09:24:40Z", nil, "TIME UTC", nil},
		{"no times, local", views.LocalTime, "Europe/Berlin", "2023-11-08T09:24:40Z", nil, "TIME CET", nil},
		{
			"days", views.UTC, "UTC", "2023-11-08T09:24:40Z",
			[]string{"2023-11-07T09:14:58Z", "2023-11-08T09:14:58Z"},
			"MM-DD TIME UTC",
			[]string{"11-07 09:14:58", "11-08 09:14:58"},
		},
		{
			"years", views.UTC, "UTC", "2023-01-01T09:24:40Z",
			[]string{"2022-12-31T23:00:00Z", "2023-01-01T00:30:00Z"},
			"YYYY-MM-DD TIME UTC",
			[]string{"2022-12-31 23:00:00", "2023-01-01 00:30:00"},
		},
		{
			"the local day is another", views.LocalTime, "Europe/Berlin", "2023-01-01T09:24:40Z",
			[]string{"2022-12-31T23:30:00Z"},
			"TIME CET",
			[]string{"00:30:00"},
		},
		{"a zone without a name", views.LocalTime, "Asia/Kathmandu", "2023-11-08T09:24:40Z", []string{"2023-11-08T09:14:58Z"}, "TIME +05:45", []string{"14:59:58"}},
		{
			"an hour that comes twice", views.LocalTime, "Europe/Berlin", "2023-10-29T09:00:00Z",
			[]string{"2023-10-29T00:30:00Z", "2023-10-29T01:30:00Z"},
			"TIME LOCAL",
			[]string{"02:30:00+02:00", "02:30:00+01:00"},
		},
		{
			"one of them alone is as much in doubt", views.LocalTime, "Europe/Berlin", "2023-10-29T09:00:00Z",
			[]string{"2023-10-29T01:30:00Z"},
			"TIME LOCAL",
			[]string{"02:30:00+01:00"},
		},
		{
			"an hour that is left out", views.LocalTime, "America/New_York", "2024-03-10T20:00:00Z",
			[]string{"2024-03-10T06:59:59Z", "2024-03-10T07:00:00Z"},
			"TIME LOCAL",
			[]string{"01:59:59-05:00", "03:00:00-04:00"},
		},
		{
			"the day after is clear", views.LocalTime, "Europe/Berlin", "2023-10-30T09:00:00Z",
			[]string{"2023-10-30T01:30:00Z"},
			"TIME CET",
			[]string{"02:30:00"},
		},
		{
			"summer and winter", views.LocalTime, "Europe/Berlin", "2023-11-08T09:00:00Z",
			[]string{"2023-07-01T10:00:00Z", "2023-11-08T08:00:00Z"},
			"MM-DD TIME LOCAL",
			[]string{"07-01 12:00:00+02:00", "11-08 09:00:00+01:00"},
		},
		{
			"a day that begins at one", views.LocalTime, "Asia/Beirut", "2022-03-27T10:00:00Z",
			[]string{"2022-03-26T22:00:00Z"},
			"TIME EEST",
			[]string{"01:00:00"},
		},
		{
			"relative", views.Relative, "Europe/Berlin", "2023-11-08T09:24:40Z",
			[]string{"2023-11-08T09:24:00Z", "2023-11-08T09:14:58Z", "2023-11-08T06:20:00Z", "2023-11-01T06:20:00Z", "2022-11-01T06:20:00Z", "2023-11-08T09:24:50Z"},
			"AGO",
			[]string{"40s", "9m", "3h04m", "7d3h", "372d", "ahead"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := at(c.now)
			s := views.Clock{Mode: c.mode, Zone: zone(t, c.zone)}.Stamp(now)
			for _, w := range c.times {
				s = s.With(at(w), now)
			}
			if s.Title() != c.title {
				t.Errorf("title %q, want %q", s.Title(), c.title)
			}
			if len(s.Title()) > s.Width() {
				t.Errorf("the title %q is wider than %d", s.Title(), s.Width())
			}
			for i, w := range c.times {
				got := string(s.Append(nil, at(w), now))
				if got != c.want[i] {
					t.Errorf("%s is written %q, want %q", w, got, c.want[i])
				}
				if len(got) > s.Width() {
					t.Errorf("%q is wider than %d", got, s.Width())
				}
				if s.With(at(w), now) != s {
					t.Errorf("the stamp changes with %s, which it knows", w)
				}
			}
		})
	}
}

// Whatever the zone, two moments of one column never have the same label, and a label tells the moment.
func TestLabelsAreNeverTwice(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca"} {
		z := zone(t, name)
		now := at("2018-12-31T12:00:00Z")
		for day := at("2018-01-01T00:00:00Z"); day.Before(now); day = day.Add(24 * time.Hour) {
			s := views.Clock{Mode: views.LocalTime, Zone: z}.Stamp(now)
			var times []time.Time
			for m := range 48 {
				times = append(times, day.Add(time.Duration(m)*30*time.Minute))
				s = s.With(times[m], now)
			}
			seen := map[string]bool{}
			for _, at := range times {
				label := string(s.Append(nil, at, now))
				if seen[label] {
					t.Fatalf("%s: %s stands for two moments", name, label)
				}
				seen[label] = true
			}
		}
	}
}

func TestClock(t *testing.T) {
	moment := at("2023-11-08T09:14:58.5Z")
	for _, c := range []struct {
		mode        views.ClockMode
		brief, full string
	}{
		{views.UTC, "09:14:58Z", "2023-11-08 09:14:58.5Z"},
		{views.LocalTime, "10:14:58+01:00", "2023-11-08 10:14:58.5+01:00"},
		{views.Relative, "09:14:58Z", "2023-11-08 09:14:58.5Z"},
	} {
		k := views.Clock{Mode: c.mode, Zone: zone(t, "Europe/Berlin")}
		if k.Brief(moment) != c.brief || k.Full(moment) != c.full {
			t.Errorf("%v: %s and %s", k, k.Brief(moment), k.Full(moment))
		}
	}
	k := views.Clock{}
	for _, want := range []string{"UTC", "local time", "relative to now", "UTC"} {
		if k.String() != want {
			t.Errorf("%v, want %s", k, want)
		}
		k = k.Next()
	}
	if k = (views.Clock{Mode: views.LocalTime, Still: true}).Next(); k.Mode != views.UTC {
		t.Errorf("a screen that stands still shows times %v", k)
	}
}
