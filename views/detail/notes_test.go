package detail

import (
	"strings"
	"testing"
	"time"

	"taudit/views"
)

func TestValuesAreRecognised(t *testing.T) {
	p := pane(t, recognised, 99, 60)
	got := screen(t, p)
	for _, want := range []string{
		`"203.0.113.7, 10.4.5.6"    2 hops, the first claimed`,
		`"5bb99d14fa602f7d39b7d048674a2251"  MD5 of a certificate`,
		`"10.0.0.0/8"               private address range`,
		`"2024-02-06T09:14:58Z"     in 89d23h`,
		`"2023-11-08T09:20:00.25Z"  4m39s ago`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	view := p.View()
	for _, want := range []string{
		p.theme.Prefix.Render(`"LOG_LEVEL_`) + p.theme.JSONString.Render(`INFO"`),
		p.theme.Prefix.Render(`"PERMISSION_`) + p.theme.JSONString.Render(`WRITE"`),
		p.theme.Dim.Render("search_attribute_update"),
	} {
		if !strings.Contains(view, want) {
			t.Errorf("%q is not in the view", want)
		}
	}
}

// Ages grow on the screen, and nothing is drawn for those that are not seen.
func TestAgesOfValuesGrow(t *testing.T) {
	p := pane(t, recognised, 99, 60)
	p.age = "" // only the values of the tree count here
	p.View()
	p.SetData(views.Data{Now: now.Add(time.Second)})
	if !strings.Contains(screen(t, p), "4m40s ago") {
		t.Errorf("it stands still:\n%s", screen(t, p))
	}
	p.SetData(views.Data{Now: now.Add(time.Second), Clock: views.Clock{Still: true}})
	if got := screen(t, p); strings.Contains(got, " ago") {
		t.Errorf("an age is told:\n%s", got)
	}
	p.SetData(views.Data{Now: now, Clock: views.Clock{Mode: views.LocalTime, Zone: time.FixedZone("", 3600)}})
	if got := screen(t, p); !strings.Contains(got, "4m39s ago  2023-11-08 10:20:00.25+01:00") {
		t.Errorf("not in local time:\n%s", got)
	}
}
