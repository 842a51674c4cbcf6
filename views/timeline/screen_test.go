package timeline

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source/audit"
	"taudit/theme"
	"taudit/views"
)

// sizes are those that the strip has on screens of 60x15, 80x24, 120x40 and 200x60.
var sizes = [][3]int{{60, 15, 1}, {80, 24, 1}, {120, 40, 4}, {200, 60, 5}}

func local(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestScreens(t *testing.T) {
	burst := append(evenly(0, now.Add(-3*time.Hour), 4*time.Minute, 40), evenly(100, now.Add(-50*time.Minute), time.Second, 200)...)
	var failed []audit.Entry
	for i, s := range []string{"08:00:00", "08:00:01", "08:10:00", "08:31:00", "08:31:20", "08:31:40"} {
		failed = append(failed, entry(i, s+" ERROR"))
	}
	night := entries("2023-10-28T23:10:00Z", "2023-10-29T00:30:00Z", "2023-10-29T00:31:00Z", "2023-10-29T01:30:00Z", "2023-10-29T01:40:00Z ERROR", "2023-10-29T03:00:00Z")
	clock := func(mode views.ClockMode, zone string) func(*bench) {
		return func(b *bench) {
			b.data.Clock = views.Clock{Mode: mode, Zone: local(t, zone)}
			b.feed()
		}
	}
	for _, c := range []struct {
		name    string
		entries []audit.Entry
		then    func(*bench)
	}{
		{"empty", nil, nil},
		{"no_match", morning(), func(b *bench) { b.filter("op:DeleteUser") }},
		{"one", morning()[12:13], nil},
		{"morning", morning(), nil},
		{"filtered", morning(), func(b *bench) { b.filter("is:error") }},
		{"burst", burst, nil},
		{"errors", failed, nil},
		{"held", morning(), func(b *bench) {
			b.hold(true)
			b.add(entries("09:23:00", "09:24:00 ERROR", "08:30:00")[0:3]...)
			b.add(evenly(200, now, time.Second, 25)...)
		}},
		{"held_selected", morning(), func(b *bench) {
			b.hold(true)
			b.selectAt(8)
		}},
		{"zoomed", evenly(0, now.Add(-24*time.Hour), 97*time.Second, 880), func(b *bench) { b.do(views.ZoomIn) }},
		{"zoomed_held", evenly(0, now.Add(-24*time.Hour), 97*time.Second, 880), func(b *bench) {
			b.hold(true)
			b.selectAt(300)
			b.do(views.ZoomIn, views.ZoomIn)
		}},
		{"choosing", morning(), func(b *bench) {
			b.SetFocus(true)
			b.work()
			b.do(views.Left, views.Left)
		}},
		{"selecting", morning(), func(b *bench) {
			b.SetFocus(true)
			b.work()
			b.do(views.PrevBlock, views.PrevBlock, views.Select, views.PrevBlock, views.PrevBlock)
		}},
		{"ascii", morning(), func(b *bench) { b.SetTheme(b.theme.WithGlyphs(false)) }},
		{"ascii_selecting", burst, func(b *bench) {
			b.SetTheme(b.theme.WithGlyphs(false))
			b.SetFocus(true)
			b.do(views.Top, views.Select, views.Bottom)
		}},
		{"undated", append(entries("", "", ""), evenly(10, now.Add(-time.Hour), time.Minute, 50)...), nil},
		{"only_undated", entries("", ""), nil},
		{"hostile", append(entries("1700-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2200-06-01T00:00:00Z ERROR", ""), evenly(10, now.Add(-time.Hour), 10*time.Second, 360)...), nil},
		{"centuries", entries("1700-01-01T00:00:00Z", "1800-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "2200-01-01T00:00:00Z"), nil},
		{"days", evenly(0, now.Add(-30*24*time.Hour), 5*time.Hour, 145), nil},
		{"local", morning(), clock(views.LocalTime, "Asia/Kathmandu")},
		{"clocks_go_back", night, clock(views.LocalTime, "Europe/Berlin")},
		{"clocks_go_forward", entries("2024-03-10T05:30:00Z", "2024-03-10T06:59:59Z", "2024-03-10T07:00:00Z", "2024-03-10T08:30:00Z"), clock(views.LocalTime, "America/New_York")},
		{"relative", morning(), clock(views.Relative, "Europe/Berlin")},
	} {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s_%dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				b := shown(t, size[0], size[2], c.entries...)
				if c.then != nil {
					c.then(b)
				}
				sums(t, b)
				got := screen(t, b)
				if b.picking {
					got += "\n" + b.Summary(size[0])
				}
				golden.RequireEqual(t, strings.ReplaceAll(got, "\n", "|\n")+"|\n")
			})
		}
	}
}

func TestStyledScreens(t *testing.T) {
	for _, th := range []*theme.Theme{
		theme.For(true, colorprofile.TrueColor), theme.For(false, colorprofile.TrueColor),
		theme.For(true, colorprofile.ANSI), theme.For(false, colorprofile.ANSI), theme.For(true, colorprofile.ASCII),
	} {
		t.Run(strings.ReplaceAll(th.Name, " ", "_"), func(t *testing.T) {
			b := shown(t, 120, 4, morning()...)
			b.SetTheme(th)
			b.hold(true)
			b.selectAt(8)
			screen(t, b)
			held := b.View()
			b.SetFocus(true)
			b.do(views.Select, views.Right, views.Right)
			screen(t, b)
			golden.RequireEqual(t, held+"\n"+b.View()+"\n")
		})
	}
}

// Whatever the zone and the zoom, no two times below the bars are the same, and each is that of the bar above it.
func TestTimesBelowTheBarsAreNeverWrong(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia"} {
		for at := time.Date(2011, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2013; at = at.Add(5 * 24 * time.Hour) {
			for _, span := range []time.Duration{time.Hour, 9 * time.Hour, 6 * 24 * time.Hour, 200 * 24 * time.Hour} {
				b := &counted{first: at.UnixNano(), last: at.Add(span).UnixNano(), room: 90}
				b.clock = views.Clock{Mode: views.LocalTime, Zone: local(t, zone)}
				b.stretch = fit(b.first, b.last, b.clock.Zone, b.room)
				b.times = labelsOf(b.clock, now, b.stretch.width%minute != 0, b.from, b.to())
				line := strings.Join(b.axis(), "")
				seen := map[string]bool{}
				for _, label := range regexp.MustCompile(`\d[^ ]*( \d\d:[^ ]*)?`).FindAllString(line, -1) {
					if seen[label] {
						t.Fatalf("%s, %v from %v: %q stands twice: %s", zone, span, at, label, line)
					}
					seen[label] = true
					bar := strings.Index(line, label)
					for _, layout := range []string{"2006-01-02 15:04-07:00", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04"} {
						if u, err := time.ParseInLocation(layout, label, b.clock.Zone); err == nil && u.UnixNano() != b.start(bar) {
							t.Fatalf("%s: %s stands below the bar of %v", zone, label, time.Unix(0, b.start(bar)).In(b.clock.Zone))
						}
					}
				}
				if len(seen) == 0 {
					t.Fatalf("%s, %v from %v: no times", zone, span, at)
				}
			}
		}
	}
}
