package timeline

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/audit"
	"taudit/views"
)

// visits presses a key until it leads nowhere, and gives the times that it led to.
func visits(t *testing.T, b *bench, a views.Action) []string {
	t.Helper()
	var got []string
	for range 50 {
		b.asked = nil
		b.do(a)
		i := slices.IndexFunc(b.asked, func(m tea.Msg) bool { _, ok := m.(views.Visit); return ok })
		if i < 0 {
			if len(b.asked) != 1 || !strings.Contains(b.asked[0].(views.Say).Text, "no burst or gap") {
				t.Fatalf("a jump to nowhere says %v", b.asked)
			}
			return got
		}
		at, ok := b.data.Rows().Find(b.asked[i].(views.Visit).Key)
		if !ok {
			t.Fatal("a jump to an entry that is none")
		}
		b.selectAt(at)
		got = append(got, b.row.Time().Format("15:04:05"))
	}
	t.Fatal("it never ends")
	return nil
}

func TestJumps(t *testing.T) {
	two := append(evenly(0, now.Add(-2*time.Hour), 2*time.Second, 60), evenly(100, now.Add(-time.Hour), 2*time.Second, 60)...)
	two = append(two, evenly(200, now.Add(-20*time.Minute), 2*time.Second, 60)...)
	for _, c := range []struct {
		name     string
		entries  []audit.Entry
		filter   string
		up, down []string
	}{
		{"morning", morning(), "", []string{"08:44:20", "07:58:12"}, []string{"08:44:20"}},
		{"filtered", morning(), "is:error", []string{"08:15:03"}, []string{"09:20:40"}},
		{"bursts", two, "", []string{"09:04:40", "08:24:40", "07:24:40"}, []string{"08:24:40", "09:04:40"}},
		{"even", evenly(0, now, time.Minute, 500), "", []string{"09:24:40"}, nil},
		{"one", morning()[:1], "", nil, nil},
		{"more than half an hour is always a gap", entries("01:00:00", "02:00:00", "03:00:00"), "", []string{"02:00:00", "01:00:00"}, []string{"02:00:00", "03:00:00"}},
		{"without times", append(entries("", "", ""), evenly(9, now, time.Minute, 5)...), "", []string{"00:00:00"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := shown(t, 80, 1, c.entries...)
			b.hold(true)
			if c.filter != "" {
				b.filter(c.filter)
			}
			b.selectAt(b.data.Rows().Len() - 1)
			if got := visits(t, b, views.PrevInside); !slices.Equal(got, c.up) {
				t.Errorf("up: %v, want %v", got, c.up)
			}
			b.selectAt(0)
			if got := visits(t, b, views.NextInside); !slices.Equal(got, c.down) {
				t.Errorf("down: %v, want %v", got, c.down)
			}
		})
	}
}

func TestAJumpSaysWhatItFound(t *testing.T) {
	b := shown(t, 80, 1, morning()...)
	b.do(views.PrevInside)
	if !slices.Contains(b.asked, tea.Msg(views.Say{Text: "After 27m40s of quiet: 9 entries from 08:44:20Z."})) {
		t.Errorf("%v", b.asked)
	}
}
