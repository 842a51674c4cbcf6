package timeline

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

func TestARangeIsSelectedAndFilteredBy(t *testing.T) {
	for _, c := range []struct {
		name   string
		filter string
		acts   []views.Action
		want   views.Narrow
	}{
		{"the last bar", "", nil, views.Narrow{Query: "time:2023-11-08T09:20Z..2023-11-08T09:20Z"}},
		{"three bars", "", []views.Action{views.Select, views.Left, views.Left}, views.Narrow{Query: "time:2023-11-08T09:18Z..2023-11-08T09:20Z"}},
		{
			"a block and the next", "",
			[]views.Action{views.Top, views.Wrap, views.Select, views.Wrap},
			views.Narrow{Query: "time:2023-11-08T08:01Z..2023-11-08T08:06Z"},
		},
		{"all", "", []views.Action{views.Top, views.Select, views.Bottom}, views.Narrow{Query: "time:2023-11-08T07:58Z..2023-11-08T09:20Z"}},
		{"v again begins anew", "", []views.Action{views.Select, views.Top, views.Select}, views.Narrow{Query: "time:2023-11-08T07:58Z..2023-11-08T07:58Z"}},
		{"with another term", "op:UpdateNamespace", []views.Action{views.Top}, views.Narrow{Query: "time:2023-11-08T07:58Z..2023-11-08T07:58Z"}},
		{
			"in the place of an earlier range", "op:UpdateNamespace time:08:00..09:00",
			[]views.Action{views.Top},
			views.Narrow{Query: "operation:UpdateNamespace time:2023-11-08T08:00:40Z..2023-11-08T08:01:19Z", Instead: true},
		},
		{
			"alternatives keep together", "(op:UpdateNamespace OR is:error) emit_time:2023-11-08T09",
			[]views.Action{views.Bottom},
			views.Narrow{Query: "(operation:UpdateNamespace OR is:error) time:2023-11-08T09:20:45Z..2023-11-08T09:20:59Z", Instead: true},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := shown(t, 120, 4, morning()...)
			if c.filter != "" {
				b.filter(c.filter)
			}
			b.SetFocus(true)
			b.work()
			b.do(c.acts...)
			b.do(views.Open)
			if len(b.asked) != 1 || b.asked[0] != any(c.want) {
				t.Errorf("asked for %v, want %v", b.asked, c.want)
			}
		})
	}
}

func TestLeavingTheTimelineLetsGo(t *testing.T) {
	b := shown(t, 120, 4, morning()...)
	b.do(views.Open, views.Left, views.Select)
	if b.picking || len(b.asked) > 0 || strings.TrimSpace(b.Summary(80)) != "" {
		t.Error("a bar can be chosen without the focus")
	}
	b.SetFocus(true)
	b.do(views.Select, views.Left)
	b.SetFocus(false)
	if b.picking || b.anchored {
		t.Error("the selection stays without the focus")
	}
}

func TestWhileABarIsChosenTheRangeStays(t *testing.T) {
	b := shown(t, 80, 1, morning()...)
	b.SetFocus(true)
	b.work()
	before := b.done.stretch
	b.add(evenly(0, now, time.Minute, 300)...)
	if b.done.stretch != before || b.done.later != 300 {
		t.Errorf("%v with %d later, want %v", b.done.stretch, b.done.later, before)
	}
	sums(t, b)
	b.SetFocus(false)
	b.work()
	if b.done.stretch == before || b.done.later != 0 {
		t.Error("it does not go on afterwards")
	}
}

func TestTheMouseSelects(t *testing.T) {
	b := shown(t, 120, 4, morning()...)
	b.SetFocus(true) // as the app does for a click
	b.run(tea.MouseClickMsg{X: gutter + 10, Y: 2, Button: tea.MouseLeft})
	b.run(tea.MouseMotionMsg{X: gutter + 12, Y: 9, Button: tea.MouseLeft})
	b.run(tea.MouseReleaseMsg{X: gutter + 12, Y: 9})
	b.do(views.Open)
	want := views.Narrow{Query: "time:2023-11-08T08:08Z..2023-11-08T08:10Z"}
	if len(b.asked) != 1 || b.asked[0] != any(want) {
		t.Errorf("asked for %v, want %v", b.asked, want)
	}
	b.run(tea.MouseClickMsg{X: 5000, Y: 0, Button: tea.MouseLeft})
	b.run(tea.MouseMotionMsg{X: -5000, Y: -9, Button: tea.MouseLeft})
	if from, to := b.selection(); from != b.done.from || to != b.done.to() {
		t.Error("a drag over the whole does not select the whole")
	}
	wide := b.done.stretch.width
	b.run(tea.MouseWheelMsg{X: gutter + 20, Y: 1, Button: tea.MouseWheelUp})
	b.work()
	if b.done.stretch.width >= wide {
		t.Error("the wheel does not zoom")
	}
}

func TestASelectionGoesBeyondWhatIsInSight(t *testing.T) {
	b := shown(t, 80, 1, evenly(0, now.Add(-24*time.Hour), 97*time.Second, 880)...)
	b.do(views.ZoomIn)
	b.SetFocus(true)
	b.do(views.Select)
	for range 200 {
		b.do(views.Left)
	}
	from, to := b.selection()
	if from != b.done.from || b.done.earlier+b.done.later == 0 {
		t.Errorf("the chosen bar is not in sight: %v of %v", time.Unix(0, from), b.done.stretch)
	}
	if from > b.done.first {
		t.Error("the first entry is out of reach")
	}
	if !strings.Contains(b.Summary(200), "880 entries") {
		t.Errorf("%s up to %v", b.Summary(200), time.Unix(0, to))
	}
	sums(t, b)
}

func TestResizingKeepsThePlace(t *testing.T) {
	b := shown(t, 120, 4, evenly(0, now.Add(-24*time.Hour), 97*time.Second, 880)...)
	b.hold(true)
	b.selectAt(300)
	b.do(views.ZoomIn, views.ZoomIn)
	at := b.row.Time().UnixNano()
	for _, size := range [][2]int{{80, 1}, {60, 1}, {200, 5}, {300, 5}, {80, 0}, {80, 1}, {120, 4}} {
		b.SetSize(size[0], size[1])
		b.work()
		if at < b.done.from || at >= b.done.to() || b.done.stretch.width != 5*minute {
			t.Errorf("at %v the selected entry is out of sight, in %v", size, b.done.stretch)
		}
		screen(t, b)
		sums(t, b)
	}
}
