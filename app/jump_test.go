package app

import (
	"context"
	"slices"
	"strings"
	"testing"

	"taudit/source"
	"taudit/source/audit"
)

func TestJumps(t *testing.T) {
	for _, c := range []struct {
		name, keys, at, says string
	}{
		{"the next error", "g e", "08:15:03 UpdateNamespace", "Error: 1 of 2"},
		{"two on", "g 2 e", "08:15:09 UpdateNamespace", "Error: 2 of 2"},
		{"around the end", "g 3 e", "08:15:03 UpdateNamespace", "Error: 1 of 2, from the oldest again"},
		{"back", "G E", "08:15:09 UpdateNamespace", "Error: 2 of 2"},
		{"back around", "g E", "08:15:09 UpdateNamespace", "Error: 2 of 2, from the newest again"},
		{"the same operation", "g j *", "08:14:09 UpdateNamespace", "UpdateNamespace: 2 of 5"},
		{"and back", "g j * #", "08:01:13 UpdateNamespace", "UpdateNamespace: 1 of 5"},
		{"the same principal", "g s", "09:02:13 CreateServiceAccount", "Entry of user2@example.com: 2 of"},
		{"and back", "g s S", "07:58:12 CreateUserGroup", "Entry of user2@example.com: 1 of"},
		{"counts that are keys of panes", "g 3 e", "08:15:03 UpdateNamespace", "Error: 1 of 2, from the oldest again"},
		{"and of several digits", "g 1 3 e", "08:15:03 UpdateNamespace", "Error: 1 of 2, from the oldest again"},
		{"and from the detail", "g enter 2 e", "08:15:09 UpdateNamespace", "Error: 2 of 2"},
		{"a minute on", "g .", "08:01:13 UpdateNamespace", "A minute later."},
		{"several", "g 3 .", "08:01:13 UpdateNamespace", "3 minutes later."},
		{"and back", "G ,", "09:15:10 DeleteNexusEndpoint", "A minute earlier."},
		{"past the end", "G .", "07:58:12 CreateUserGroup", "A minute later there is nothing: from the oldest again."},
		{"past the beginning", "g ,", "09:20:48 UpdateAccount", "A minute earlier there is nothing: from the newest again."},
		{"an hour on", "g ; .", "09:02:13 CreateServiceAccount", "An hour later."},
		{"several hours", "g ; 2 .", "07:58:12 CreateUserGroup", "2 hours later there is nothing: from the oldest again."},
		{"a day on", "g ; ; .", "07:58:12 CreateUserGroup", "A day later there is nothing"},
		{"very far", "g ; ; 9 9 9 9 9 9 .", "07:58:12 CreateUserGroup", "36,500 days later there is nothing: from the oldest again."},
		{"and back very far", "G ; ; 9 9 9 9 9 9 ,", "09:20:48 UpdateAccount", "36,500 days earlier there is nothing: from the newest again."},
		{"how far", "g ;", "07:58:12 CreateUserGroup", "A step in time is an hour now."},
		{"from the detail", "g enter .", "08:01:13 UpdateNamespace", "A minute later."},
		{"no request", "g j o", "08:01:13 UpdateNamespace", "This entry names no request."},
	} {
		m := screen(t, 120, 40, ModelOptions{}, stream(t))
		drive(m, strings.Split(c.keys, " ")...)
		if got := selected(t, m); got != c.at || !shows(m, c.says) {
			t.Errorf("%s: %s goes to %s and says %q; want %s, %q", c.name, c.keys, got, m.said, c.at, c.says)
		}
	}
}

func TestFollowingARequest(t *testing.T) {
	var all []audit.Entry
	for i, raw := range []string{
		`"operation":"CreateNamespace","status":"OK","async_operation_id":"op-1"`,
		`"operation":"UpdateUser","status":"OK","async_operation_id":"op-2"`,
		`"operation":"UpdateNamespace","status":"OK","async_operation_id":"op-1"`,
		`"operation":"UpdateNamespace","status":"ERROR","request_id":"op-1"`,
		`"operation":"UpdateUser","status":"OK","async_operation_id":"op-3"`,
		`"operation":"DeleteNamespace","status":"OK","async_operation_id":"op-1"`,
		`"operation":"DeleteNamespace","status":"OK","async_operation_id":"op-1"`,
	} {
		found, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:0`+string(rune('0'+i))+`:00Z","log_id":"id-`+string(rune('0'+i))+`",`+raw+`}`), audit.Origin{})
		all = append(all, found...)
	}
	m := screen(t, 120, 40, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	filter(m, "op:CreateNamespace")
	var got []string
	for _, want := range []string{"2 of 5", "3 of 5", "4 of 5", "5 of 5", "1 of 5, from the oldest again"} {
		drive(m, "o")
		got = append(got, selected(t, m)[:5])
		if !shows(m, "Entry of this request: "+want) {
			t.Errorf("says %q, want %s", m.said, want)
		}
	}
	if want := []string{"09:02", "09:03", "09:05", "09:06", "09:00"}; !slices.Equal(got, want) {
		t.Errorf("o goes to %v, want %v", got, want)
	}
	if !m.context || m.committed != "op:CreateNamespace" {
		t.Errorf("what the filter hides is not shown dimmed: context %v", m.context)
	}
	drive(m, "enter", "O")
	if selected(t, m)[:5] != "09:06" || m.focus != onDetail {
		t.Errorf("O from the detail goes to %s", selected(t, m))
	}
	drive(m, "esc", "g", "j", "o")
	if !shows(m, "This is the only entry of this request.") {
		t.Errorf("says %q", m.said)
	}
}

func TestJumpsPressedQuicklyAddUp(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	drive(m, "g")
	first, second := m.key("e"), m.key("e")
	tell(m, second)
	tell(m, first)
	if got := selected(t, m); got != "08:15:09 UpdateNamespace" {
		t.Errorf("e e goes to %s", got)
	}
}

func TestJumpsThatAreGivenUp(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	ctx, cancel := context.WithCancel(m.ctx)
	m.ctx = ctx
	drive(m, "g")
	cmd := m.key("e")
	cancel()
	before := selected(t, m)
	tell(m, cmd)
	if got := selected(t, m); got != before {
		t.Errorf("goes to %s after its end", got)
	}
}

func TestSameKeyInTheTree(t *testing.T) {
	found, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:00:00Z","operation":"UpdateUser","log_id":"1","details":{"a":{"name":"x"},"b":[{"name":"y"},{"name":"z"}]}}`), audit.Origin{})
	m := screen(t, 120, 40, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: found}, live("1")}})
	drive(m, "enter", "g", "L")
	for m.detail.Path() != ".details.a.name" {
		before := m.detail.Path()
		if drive(m, "j"); m.detail.Path() == before {
			t.Fatalf("no way to it: at %s", before)
		}
	}
	for _, c := range []struct{ key, path, says string }{
		{"*", ".details.b[0].name", `"name": 2 of 3 in this entry.`},
		{"*", ".details.b[1].name", `"name": 3 of 3`},
		{"*", ".details.a.name", `1 of 3 in this entry, from the top again`},
		{"#", ".details.b[1].name", `3 of 3 in this entry, from the bottom again`},
	} {
		drive(m, c.key)
		if m.detail.Path() != c.path || !shows(m, c.says) {
			t.Errorf("%s goes to %s and says %q", c.key, m.detail.Path(), m.said)
		}
	}
	drive(m, "g", "H", "*")
	if !shows(m, "no name to look for") {
		t.Errorf("says %q", m.said)
	}
}
