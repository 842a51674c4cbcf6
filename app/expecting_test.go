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

// later gives an entry as it is emitted at a time.
func later(e audit.Entry, at time.Time) audit.Entry {
	raw := strings.Replace(e.Raw, e.EmitTime.Format(time.RFC3339), at.Format(time.RFC3339), 1)
	raw = strings.Replace(raw, e.LogID, fmt.Sprintf("%032d", at.UnixNano()), 1)
	found, _ := audit.NewDecoder().Decode([]byte(raw), e.Origin)
	return found[0]
}

// well is a source that answers at a time.
func well(at time.Time) source.Event {
	e := live("1")
	e.Status.Source, e.Status.LastSuccess = "kinesis audit-prod/us-east-1", at
	return e
}

func TestExpect(t *testing.T) {
	all := morning(t)
	var update audit.Entry
	for _, e := range all {
		if e.Operation == "UpdateNamespace" && e.Status == "OK" {
			update = e
		}
	}
	lagging := live("1")
	lagging.Status.Source = "kinesis audit-prod/us-east-1"
	lagging.Status.State, lagging.Status.Err = source.Throttled, fmt.Errorf("throttled for a minute")
	for _, c := range []struct {
		name, said, head string
		after            time.Duration
		events           []source.Event
	}{
		{"waiting", "Expecting op:UpdateNamespace ns:prod within 10 min.", "expecting 9m50s", 10 * time.Second, nil},
		{"another", "Expecting op:UpdateNamespace ns:prod within 10 min.", "expecting 8m10s", 110 * time.Second, []source.Event{{Entries: []audit.Entry{later(all[0], moment.Add(time.Second))}}}},
		{"earlier", "Expecting op:UpdateNamespace ns:prod within 10 min.", "expecting 8m10s", 110 * time.Second, []source.Event{{Entries: []audit.Entry{later(update, moment.Add(-time.Second))}}}},
		{"seen", "Seen after 1m50s, accepted. Expected was op:UpdateNamespace ns:prod.", "seen after 1m50s", 110 * time.Second, []source.Event{{Entries: []audit.Entry{later(update, moment.Add(time.Second))}}}},
		{"missed", "Not seen in 10 min; source healthy, quiet.", "not seen", 10 * time.Minute, []source.Event{well(moment.Add(10 * time.Minute))}},
		{"unhealthy", "Not seen in 10 min, but the source was not healthy", "not known", 10 * time.Minute, []source.Event{lagging}},
	} {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				m := screen(t, size[0], size[1], ModelOptions{Desk: desk(t)}, stream(t))
				now := moment
				m.clock = func() time.Time { return now }
				order(m, "expect op:UpdateNamespace ns:prod within:10m")
				now = now.Add(c.after)
				more(t, m, c.events...)
				m.Update(tickMsg{})
				got := lines(t, m, size[0], size[1])
				golden.RequireEqual(t, got)
				if size[0] == 120 && (!strings.Contains(got, c.said) || !strings.Contains(strings.Split(got, "\n")[0], strings.TrimPrefix(c.head, "expecting "))) {
					t.Errorf("lacks %q or %q:\n%s", c.said, c.head, got)
				}
				if size[0] == 80 && !strings.Contains(strings.Split(got, "\n")[0], c.head) {
					t.Errorf("line 1 lacks %q:\n%s", c.head, got)
				}
			})
		}
	}
}

func TestExpectNothingWrong(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{Desk: desk(t)}, stream(t))
	for text, want := range map[string]string{
		"expect":                    "Expect what?",
		"expect op:( within:1m":     "That cannot be expected:",
		"expect within:5m":          "Without a filter any entry would do",
		"expect op:x who:me":        "nobody has said who you are",
		"expect op:x within:banana": "within:banana is no duration",
	} {
		order(m, text)
		if got := said(m); !strings.Contains(got, want) || m.expected != nil {
			t.Errorf(":%s says %q, want %q", text, got, want)
		}
	}
	order(m, "expect op:UpdateNamespace")
	order(m, "expect off")
	if got := said(m); m.expected != nil || got != "Nothing is expected any more." {
		t.Errorf("%q", got)
	}
	// What has ended stays on line 1 until it is put away.
	order(m, "expect op:UpdateNamespace within:1m")
	m.clock = func() time.Time { return moment.Add(time.Hour) }
	more(t, m, well(moment.Add(time.Hour)))
	m.Update(tickMsg{})
	drive(m, "j")
	if head, _, _ := strings.Cut(ansi.Strip(m.View().Content), "\n"); !strings.Contains(head, "not seen") {
		t.Errorf("%q", head)
	}
	strike(m, tea.KeyPressMsg{Code: tea.KeyEscape})
	if head, _, _ := strings.Cut(ansi.Strip(m.View().Content), "\n"); strings.Contains(head, "not seen") {
		t.Errorf("%q", head)
	}
}
