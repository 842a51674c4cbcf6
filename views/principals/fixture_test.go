package principals

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

var now = time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC)

// did makes an entry of "time, operation, status, actor, target, address". An actor that ends in (sa) is a service account and calls with an
// API key; one that ends in (old) acts in the format of 2023.
func did(id, at, operation, status, actor, target, address string) audit.Entry {
	t, err := time.Parse("2006-01-02 15:04:05", "2023-11-08 "+at)
	if err != nil {
		t, err = time.Parse("2006-01-02 15:04:05", at)
	}
	if err != nil {
		panic(err)
	}
	e := audit.Entry{EmitTime: t, Operation: operation, Status: status, LogID: id, Forwarded: address, Target: target, Format: audit.F4}
	e.Principal = audit.Principal{Type: "user", Name: actor, ID: "id-of-" + actor}
	if name, ok := strings.CutSuffix(actor, " (sa)"); ok {
		e.Principal = audit.Principal{Type: "serviceaccount", Name: name, ID: "id-of-" + name, APIKeyID: "key-of-" + name}
	}
	if name, ok := strings.CutSuffix(actor, " (old)"); ok {
		e.Principal, e.UserEmail, e.Format = audit.Principal{}, name, audit.F0
	}
	raw, err := json.Marshal(map[string]any{
		"log_id": id, "emit_time": t.Format(time.RFC3339), "operation": operation, "status": status, "x_forwarded_for": address, "user_email": e.UserEmail,
		"principal": map[string]any{"type": e.Principal.Type, "id": e.Principal.ID, "name": e.Principal.Name, "api_key_id": e.Principal.APIKeyID},
	})
	if err != nil {
		panic(err)
	}
	e.Raw = string(raw)
	return e
}

const (
	u1 = "user1@example.com"
	u2 = "user2@example.com"
	u3 = "user3@example.com"
	tf = "terraform (sa)"
)

func morning() []audit.Entry {
	var out []audit.Entry
	for i, r := range [][6]string{
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
	} {
		out = append(out, did(fmt.Sprintf("0mc69c0323b871293ce231dd1c7fb%03d", 600+i), r[0], r[1], r[2], r[3], r[4], r[5]))
	}
	return out
}

// month is 30 days before the morning, in which terraform is not seen and user2 acts from one address.
func month() []audit.Entry {
	var out []audit.Entry
	for i := range 30 * 24 {
		at := time.Date(2023, 10, 9, 10, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour)
		if h := at.Hour(); h < 8 || h > 17 || at.Weekday() == time.Sunday || at.Weekday() == time.Saturday {
			continue
		}
		e := did(fmt.Sprintf("month-%04d", i), at.Format("2006-01-02 15:04:05"), []string{"UserLogin", "UpdateUser", "UpdateNamespace"}[i%3], "OK", []string{u1, u2, u3 + " (old)"}[i%3], "t"+fmt.Sprint(i%40), []string{"203.0.113.7", "203.0.113.8", "192.0.2.10"}[i%3])
		out = append(out, e)
	}
	return out
}

// crowd makes entries of n principals, the first of which did the most.
func crowd(n int) []audit.Entry {
	var out []audit.Entry
	for i := range n {
		for j := range 1 + (n-i)/4 {
			out = append(out, did(fmt.Sprintf("crowd-%05d-%03d", i, j), now.Add(-time.Duration(i*60+j*7)*time.Second).Format("15:04:05"), "UpdateNamespace", "OK",
				fmt.Sprintf("person%03d@example.com", i), "ns", fmt.Sprintf("10.0.0.%d", i%250)))
		}
	}
	return out
}

func hostile() []audit.Entry {
	return []audit.Entry{
		did("h1", "09:00:01", "Clear\x1b[2JScreen", "OK", "\x1b]52;c;ZXZpbA==\x07", "plain", "203.0.113.7"),
		did("h2", "09:00:02", "two\nlines", "ERROR", "moc.elpmaxe@\u202e1resu", "zero\u200bwidth", "\u2066203.0.113.7"),
		did("h3", "09:00:03", "\xff\xfe not UTF-8", "OK", "C1 \u009b31m", "tag\U000e0041", "\x00"),
		did("h4", "09:00:04", "Wide 山田太郎 山田太郎", "OK", "山田太郎@example.com", "Zoë e\u0301", "203.0.113.7"),
		did("h5", "09:00:05", "Flags 🇩🇪🇫 ❤\ufe0f", "OK", "👨\u200d👩\u200d👧 family", "ก็็็็็็็", "203.0.113.7"),
		did("h6", "09:00:06", strings.Repeat("Long", 5000), "OK", strings.Repeat("山", 5000), strings.Repeat("\x1b", 5000), strings.Repeat("9", 5000)),
		did("h7", "09:00:07", "UserLogin", "", " (old)", "", ""),
	}
}

// filtered is data with a filter.
func filtered(s *store.Store, text string, number int) views.Data {
	d := views.Data{Now: now, Store: s.Snapshot(), Filter: number}
	if text == "" {
		return d
	}
	q, err := query.Parse(text)
	if err != nil {
		panic(err)
	}
	d.Query = q
	d.Matches = d.Store.Match(context.Background(), store.Decoded(func(e *audit.Entry) bool { return q.Match(e, &query.Env{Now: now}) }), nil)
	return d
}

// shown is a pane with the entries, dark, in focus, that has counted.
func shown(t testing.TB, w, h int, entries ...audit.Entry) (*Pane, *store.Store) {
	t.Helper()
	s := store.New(store.Limits{})
	s.Append(entries)
	p := New()
	p.SetTheme(theme.For(true, colorprofile.TrueColor))
	p.SetFocus(true)
	p.SetSize(w, h)
	give(t, p, filtered(s, "", 0))
	return p, s
}

// give gives data, and lets the pane count.
func give(t testing.TB, p *Pane, d views.Data) {
	t.Helper()
	p.SetData(d)
	work(t, p)
}

// work lets the pane count as long as it wants to.
func work(t testing.TB, p *Pane) {
	t.Helper()
	for range 10 {
		cmd := p.Work(t.Context())
		if cmd == nil {
			return
		}
		p.Update(cmd())
	}
	t.Fatal("the pane goes on counting")
}

// add lets entries arrive.
func add(t testing.TB, p *Pane, s *store.Store, entries ...audit.Entry) {
	t.Helper()
	s.Append(entries)
	d := p.data
	d.Store = s.Snapshot()
	give(t, p, d)
}

// do lets a person act, and gives what the last action asks of the app.
func do(t testing.TB, p *Pane, actions ...views.Action) (asked []tea.Msg) {
	t.Helper()
	for _, a := range actions {
		asked = nil
		cmds := []tea.Cmd{p.Update(views.Act{Action: a, Count: 1})}
		for len(cmds) > 0 {
			cmd := cmds[0]
			cmds = cmds[1:]
			if cmd == nil {
				continue
			}
			switch msg := cmd().(type) {
			case tea.BatchMsg:
				cmds = append(cmds, msg...)
			case opened:
				cmds = append(cmds, p.Update(msg))
			default:
				asked = append(asked, msg)
			}
		}
		work(t, p)
	}
	return asked
}

// screen gives the view without styles and checks that it is exactly as large as the pane, by both ways that terminals count.
func screen(t testing.TB, p *Pane, w, h int) string {
	t.Helper()
	plain := ansi.Strip(p.View())
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

// names gives the principals of the visible rows, each up to the first blank.
func names(t testing.TB, p *Pane) string {
	t.Helper()
	var out []string
	for i := p.window.Top; i < p.window.End(); i++ {
		out = append(out, strings.TrimSuffix(called(&p.result.roster.Principals[p.result.order[i]]), "@example.com"))
	}
	return strings.Join(out, " ")
}

func current(t testing.TB, p *Pane) string {
	t.Helper()
	g, ok := p.selected()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return strings.TrimSuffix(called(&p.result.roster.Principals[g]), "@example.com")
}
