package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
	"taudit/source/audit"
)

// lookOut has the rules looked for, and gives what reaches the terminal beside the screen.
func lookOut(t *testing.T, m *Model) string {
	t.Helper()
	cmd := m.watch()
	if cmd == nil {
		t.Fatal("nothing is looked for")
	}
	_, cmd = m.Update(cmd())
	if cmd == nil {
		return ""
	}
	raw, _ := cmd().(tea.RawMsg)
	return fmt.Sprint(raw.Msg)
}

func TestWatchScreens(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			m := screen(t, size[0], size[1], ModelOptions{Desk: desk(t), Watch: OfferedRules()}, stream(t))
			lookOut(t, m)
			order(m, "watch failover op:FailoverNamespace")
			order(m, "watch")
			golden.RequireEqual(t, lines(t, m, size[0], size[1]))
		})
	}
}

func TestWatchRules(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{Desk: desk(t)}, stream(t))
	if m.watch() != nil {
		t.Error("something is looked for without rules")
	}
	order(m, "watch deletes verb:delete")
	if got := said(m); !strings.HasPrefix(got, "Watching for deletes") || m.watching.total != 2 {
		t.Fatalf("%q, %d alerts", got, m.watching.total)
	}
	order(m, "filter is:alert")
	if n := m.found.matches.Len(); n != 2 {
		t.Errorf("is:alert finds %d", n)
	}
	for text, want := range map[string]string{
		"watch":           "Watched for: deletes 2.",
		"watch x op:(":    "The filter of x:",
		"watch y":         "Y has no filter, and would mean everything.",
		"unwatch z":       "There is no rule z.",
		"unwatch":         "End which rule?",
		"set alarm loud":  "Alarm cannot be loud; it can be off, bell or notify.",
		"watch failures ": "Failures has no filter",
	} {
		order(m, text)
		if got := said(m); !strings.Contains(got, want) {
			t.Errorf(":%s says %q, want %q", text, got, want)
		}
	}
	// A rule that goes takes its badge along, and what the filter means by it.
	order(m, "unwatch deletes")
	if strings.Contains(ansi.Strip(m.tabs()), "alert") || m.found.matches.Len() != 0 {
		t.Errorf("%q, %d match", ansi.Strip(m.tabs()), m.found.matches.Len())
	}
	for _, r := range OfferedRules() {
		if got, err := ParseWatchRule(r.Name); err != nil || got != r {
			t.Errorf("%v, %v", got, err)
		}
	}
	for _, bad := range []string{"nothing", "=x", "a b=x", "a=", "a=op:(", "a=is:(alert OR new)"} {
		if _, err := ParseWatchRule(bad); err == nil {
			t.Errorf("%q is a rule", bad)
		}
	}
}

// TestAlarmsAreRare: history is no alarm, what is new is one, and what comes within ten seconds waits for its end.
func TestAlarmsAreRare(t *testing.T) {
	var deleted audit.Entry
	for _, e := range morning(t) {
		if e.Operation == "DeleteUser" {
			deleted = e
		}
	}
	m := screen(t, 120, 40, ModelOptions{Desk: desk(t), Watch: []WatchRule{{"deletes", "verb:delete"}}, Alarm: Bell}, stream(t))
	now := moment.Add(2 * time.Hour)
	m.clock = func() time.Time { return now }
	arrive := func(at time.Time) string {
		more(t, m, source.Event{Entries: []audit.Entry{later(deleted, at)}})
		return lookOut(t, m)
	}
	if got := lookOut(t, m); got != "" {
		t.Errorf("history gives %q", got)
	}
	if got := arrive(now.Add(-time.Minute)); got != "\a" {
		t.Errorf("the first gives %q", got)
	}
	now = now.Add(4 * time.Second)
	if got := arrive(now); got != "" {
		t.Errorf("the second within four seconds gives %q", got)
	}
	if m.alarmLate() != nil {
		t.Error("what waits is told too early")
	}
	now = now.Add(7 * time.Second)
	if m.alarmLate() == nil || m.alarmLate() != nil {
		t.Error("what waited is not told once")
	}
	now = now.Add(time.Minute)
	order(m, "set alarm notify")
	if got := arrive(now); !strings.HasPrefix(got, "\x1b]9;taudit deletes: user2@example.com DeleteUser ") || strings.Count(got, "\x1b") > 1 {
		t.Errorf("a notification is %q", got)
	}
	order(m, "set alarm off")
	now = now.Add(time.Minute)
	if got := arrive(now); got != "" {
		t.Errorf("off gives %q", got)
	}
}

// What strangers have written does not reach the terminal as a command.
func TestAlertsOfHostileEntriesAreInert(t *testing.T) {
	hostile, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:24:00Z","operation":"Delete\u001b[2JUser","status":"OK","log_id":"x","principal":{"type":"user","name":"\u001b]52;c;AAAA\u0007"}}`), audit.Origin{})
	m := screen(t, 120, 40, ModelOptions{Desk: desk(t), Watch: []WatchRule{{"all", "has:operation"}}, Alarm: Notify}, script{name: "k", events: []source.Event{{Entries: hostile}}})
	got := lookOut(t, m)
	body := strings.TrimSuffix(strings.TrimPrefix(got, "\x1b]9;"), "\a")
	if body == got || strings.ContainsAny(body, "\x1b\a") {
		t.Errorf("%q", got)
	}
}
