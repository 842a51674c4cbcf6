package events

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

var now = time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC)

// entry makes one from "time, operation, status, actor, target, address"; an actor that ends in (sa) is a service account.
func entry(id, at, operation, status, actor, target, address string) audit.Entry {
	t, err := time.Parse("2006-01-02 15:04:05", "2023-11-08 "+at)
	if err != nil {
		t, err = time.Parse("2006-01-02 15:04:05", at)
	}
	if err != nil && at != "" {
		panic(err)
	}
	e := audit.Entry{
		EmitTime: t, Operation: operation, Status: status, LogID: id, Forwarded: address, Target: target,
		Principal: audit.Principal{Type: "user", Name: actor},
		Origin:    audit.Origin{Source: "test", Part: "shardId-000000000001", Position: "4959000000000000000000000000000000008910"},
	}
	if name, ok := strings.CutSuffix(actor, " (sa)"); ok {
		e.Principal = audit.Principal{Type: "serviceaccount", Name: name}
	}
	e.Raw = fmt.Sprintf(`{"log_id":%q,"emit_time":%q,"operation":%q,"status":%q,"target":%q}`, id, t.Format(time.RFC3339), operation, status, target)
	return e
}

func morning() []audit.Entry {
	const u1, u2, u3, tf = "user1@example.com", "user2@example.com", "user3@example.com", "terraform (sa)"
	rows := [][6]string{
		{"07:58:12", "CreateUserGroup", "OK", u2, "sre", "203.0.113.9"},
		{"08:01:13", "UpdateNamespace", "OK", tf, "stage.a1b2c", "198.51.100.4"},
		{"08:06:40", "UpdateUser", "OK", u1, "user1@example.net", "203.0.113.7"},
		{"08:14:09", "UpdateNamespace", "OK", u1, "audit-log-test.example-dev", "203.0.113.7, 10.0.0.1"},
		{"08:15:02", "CreateAPIKey", "OK", tf, "key-77", "198.51.100.4"},
		{"08:15:03", "UpdateNamespace", "ERROR", tf, "prod.a1b2c", "198.51.100.4"},
		{"08:15:09", "UpdateNamespace", "ERROR", tf, "prod.a1b2c", "198.51.100.4"},
		{"08:16:40", "UpdateNamespace", "OK", tf, "prod.a1b2c", "198.51.100.4"},
		{"08:44:20", "InviteUsers", "OK", u3, "user9@example.net", "192.0.2.10"},
		{"09:02:13", "CreateServiceAccount", "OK", u2, "ci-deploy", "203.0.113.9"},
		{"09:02:41", "CreateServiceAccountAPIKey", "OK", u2, "ci-deploy", "203.0.113.9"},
		{"09:11:37", "FailoverNamespace", "OK", u2, "prod.a1b2c", "203.0.113.9"},
		{"09:14:58", "DeleteUser", "OK", u2, "0b741c47-e093-47d1-9b74-f2359129f78f", "203.0.113.9"},
		{"09:15:10", "DeleteNexusEndpoint", "OK", u2, "billing-ep", "2001:db8:85a3:8d3:1319:8a2e:370:7348"},
		{"09:20:22", "UpdateUserNamespacePermissions", "OK", u1, "audit-log-test.example-dev", "203.0.113.7"},
		{"09:20:40", "UpdateAPIKey", "PENDING", tf, "key-77", "Temporal Internal"},
		{"09:20:48", "UpdateAccount", "OK", u1, "", "203.0.113.7"},
	}
	var out []audit.Entry
	for i, r := range rows {
		out = append(out, entry(fmt.Sprintf("0mc69c0323b871293ce231dd1c7fb%03d", 600+i), r[0], r[1], r[2], r[3], r[4], r[5]))
	}
	return out
}

// later makes n entries after the morning.
func later(n int) []audit.Entry {
	var out []audit.Entry
	for i := range n {
		out = append(out, entry(fmt.Sprintf("later-%05d", i), fmt.Sprintf("09:%02d:%02d", 21+i/60, i%60), "CreateNamespace", "OK", "user1@example.com", fmt.Sprintf("ns-%d", i), "203.0.113.7"))
	}
	return out
}

// shown is a pane with the entries, dark, in focus.
func shown(w, h int, entries ...audit.Entry) (*Pane, *store.Store) {
	s := store.New(store.Limits{})
	s.Append(entries)
	p := New()
	p.SetTheme(theme.For(true, colorprofile.TrueColor))
	p.SetFocus(true)
	p.SetSize(w, h)
	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
	return p, s
}

// add lets entries arrive.
func add(p *Pane, s *store.Store, entries ...audit.Entry) {
	s.Append(entries)
	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
}

func do(p *Pane, actions ...views.Action) {
	for _, a := range actions {
		p.Update(views.Act{Action: a, Count: 1})
	}
}

// screen gives the view without styles and checks that it is exactly as large as the pane, by both ways that terminals count.
func screen(t testing.TB, p *Pane, w, h int) string {
	t.Helper()
	styled := p.View()
	plain := ansi.Strip(styled)
	lines := strings.Split(plain, "\n")
	w, h = grid.Size(w, h)
	if h == 0 && plain == "" {
		return ""
	}
	if len(lines) != h {
		t.Fatalf("%d lines in %dx%d:\n%s", len(lines), w, h, plain)
	}
	blank := strings.Repeat(" ", w)
	for i, l := range lines {
		if l == blank {
			continue
		}
		if ansi.StringWidth(l) != w || ansi.StringWidthWc(l) != w {
			t.Fatalf("line %d is %d and %d cells wide in %dx%d: %q", i, ansi.StringWidth(l), ansi.StringWidthWc(l), w, h, l)
		}
		if grid.Clean(l) != l {
			t.Fatalf("line %d is not clean: %q", i, l)
		}
	}
	return plain
}

func lines(t testing.TB, p *Pane) []string {
	t.Helper()
	return strings.Split(screen(t, p, p.width, p.height), "\n")
}

// selected is the log_id of the selected entry.
func selected(t testing.TB, p *Pane) string {
	t.Helper()
	r, ok := p.Selected()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return r.LogID()
}
