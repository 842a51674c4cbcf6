package detail

import (
	"context"
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
)

// The entry that the design was drawn with.
const drawn = `{"emit_time":"2023-11-08T09:14:58Z","operation":"DeleteUser","status":"OK",` +
	`"principal":{"id":"b160473e-e40d-4a81-90d1-f4218269e6e4","type":"user","name":"user2@example.com"},` +
	`"details":{"target_users":["0b741c47-e093-47d1-9b74-f2359129f78f"],"search_attribute_update":{}},` +
	`"log_id":"0mc69c0323b871293ce231dd1c7fb635","request_id":"445297d3-43a7-4793-8a04-1b1dd1999641"}`

// As printed in the guide of 2024.
const (
	guide = `{"emit_time":"2023-10-25T21:16:42Z","level":"LOG_LEVEL_INFO","user_email":"user2@example.com","operation":"DeleteUser",` +
		`"details":{"target_users":["0b741c47-e093-47d1-9b74-f2359129f78f"],"search_attribute_update":{}},"status":"OK","category":"LOG_CATEGORY_ADMIN",` +
		`"log_id":"0mc69c0323b871293ce231dd1c7fb635","request_id":"445297d3-43a7-4793-8a04-1b1dd1999641",` +
		`"principal":{"id":"b160473e-e40d-4a81-90d1-f4218269e6e4","type":"user","name":"user2@example.com"}}`
	pretty = `{
"emit_time": "2023-11-14T07:56:55Z",
"operation": "DeleteUser",
"details": {
"target_users": ["d7dca96f-adcc-417d-aafc-e8f5d2ba9fe1",],
"search_attribute_update": {}
},
"status": "OK",
"principal": {
"id":"988cb80b-d6be-4bb5-9c87-d09f93f58ed3",
"type":"user",
"name":"user1@example.com"
},
}`
)

// As the download of 2026 has it.
const download = `{"operation":"UserLogin","status":"OK","version":2,"logId":"edb3aa3e-78c4-48fc-9c7e-2078c6989775","xForwardedFor":"10.1.2.3",` +
	`"asyncOperationId":"","emitTime":{"$typeName":"google.protobuf.Timestamp","seconds":1759436617,"nanos":48000000},` +
	`"principal":{"type":"user","id":"","name":"user@email.com","apiKeyId":""}}`

const current = `{"emit_time":"2026-11-20T10:01:02.5Z","operation":"UpdateNamespace","status":"ERROR","version":2,` +
	`"log_id":"00000000-0000-4000-8000-000000000002","principal":{"type":"serviceaccount","id":"sa-1","name":"terraform","api_key_id":"key-77"},` +
	`"raw_details":{"namespace":"payments.a1b2c","spec":{"name":"payments","regions":["aws-us-east-1","aws-eu-west-1"],"retention_days":3.0e1,` +
	`"lifecycle":{"enable_delete_protection":true},"codec_server":null,"odd key":[[],[1,[2]]]}},` +
	`"x_forwarded_for":"203.0.113.7, 10.4.5.6","async_operation_id":"445297d3-43a7-4793-8a04-000000000001"}`

// recognised holds values of every kind that is known by its form.
const recognised = `{"emit_time":"2023-11-08T09:14:58Z","operation":"UpdateNamespace","level":"LOG_LEVEL_INFO","status":"OK","category":"LOG_CATEGORY_ADMIN",` +
	`"log_id":"5bb99d14fa602f7d39b7d048674a2251","x_forwarded_for":"203.0.113.7, 10.4.5.6","version":2,` +
	`"details":{"client_ca_fingerprints":["5bb99d14fa602f7d39b7d048674a2251"],"namespace_access":{"permission":"PERMISSION_WRITE"},` +
	`"search_attribute_update":{},"allowed":"10.0.0.0/8","expiry_time":"2024-02-06T09:14:58Z","seen":"2023-11-08T09:20:00.25Z"}}`

// hostile holds what a terminal would obey, hide or draw at a width of its own, in names and in values.
const hostile = `{"emit_time":"2023-11-08T09:14:58Z","operation":"Delete\u001b[2JUser","status":"OK\u0007",` +
	"\"principal\":{\"type\":\"user\",\"name\":\"evil\u202e\u2066gpj.exe\\u001b]52;c;aGk=\\u0007\"}," +
	"\"details\":{\"target_users\":[\"\u202etxt\u200b\xff\xfe\",\"山田太郎\",\"e\u0301\u0301\u0301\u0301\u0301\u0301\",\"👩‍👩‍👧‍👦\",\"🇩\"]," +
	"\"k\u202ey\":\"\x9b31m\",\"\":1,\"a b\":\"\\ud800\\n\\t\"},\"log_id\":\"x\u2028y\",\"x_forwarded_for\":\"\\u001b[31m, \u202e1.2.3.4\"}"

var (
	arrived = time.Date(2023, 11, 8, 9, 16, 48, 0, time.UTC)
	now     = time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC)
)

// decoded reads one entry the way the program does.
func decoded(t testing.TB, raw string, o audit.Origin) audit.Entry {
	t.Helper()
	entries, bad := audit.NewDecoder().Decode([]byte(raw), o)
	if len(entries) != 1 || len(bad) != 0 {
		t.Fatalf("%d entries, bad: %v in %s", len(entries), bad, raw)
	}
	return entries[0]
}

func fromStream() audit.Origin {
	return audit.Origin{
		Source: "kinesis audit-prod/us-east-1", Part: "shardId-000000000001",
		Position: "49590338271490256608559692538361571095921575989136588898", Arrived: arrived,
	}
}

// pane shows an entry from the stream at a size, dark, in focus.
func pane(t testing.TB, raw string, w, h int) *Pane {
	t.Helper()
	p := New()
	p.SetTheme(theme.For(true, colorprofile.TrueColor))
	p.SetSize(w, h)
	p.SetFocus(true)
	p.SetData(views.Data{Now: now})
	show(t, p, raw)
	return p
}

func show(t testing.TB, p *Pane, raw string) {
	t.Helper()
	e := decoded(t, raw, fromStream())
	p.Show(e, store.Key{Time: e.Time().UnixNano(), LogID: e.LogID, Seq: 1}, 0)
}

// screen is what a person sees; every line of it has the width of the pane.
func screen(t testing.TB, p *Pane) string {
	t.Helper()
	view := p.View()
	text := ansi.Strip(view)
	if p.height == 0 && text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	if len(lines) != p.height {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), p.height, text)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w != p.width {
			t.Fatalf("line %d has %d cells, want %d: %q", i, w, p.width, line)
		}
	}
	return text
}

// nextPart goes to the next part of the pane.
type stepping struct{}

var nextPart = stepping{}

// do sends actions; a number before one is its count. Texts are typed, and keys pressed that have a name.
func do(p *Pane, acts ...any) (last tea.Cmd) {
	n := 1
	for _, a := range acts {
		switch a := a.(type) {
		case int:
			n = a
		case stepping:
			p.Step(1)
		case string:
			press(p, a)
		case views.Action:
			last = p.Update(views.Act{Action: a, Count: n, Counted: n > 1})
			n = 1
		}
	}
	return last
}

func press(p *Pane, text string) {
	for name, code := range map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "backspace": tea.KeyBackspace} {
		if text == name {
			p.Update(tea.KeyPressMsg{Code: code})
			return
		}
	}
	for _, r := range text {
		p.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// work lets the pane find out all that it wants to know.
func work(t testing.TB, p *Pane) {
	t.Helper()
	for range 20 {
		cmd := p.Work(t.Context())
		if cmd == nil {
			return
		}
		finish(p, cmd())
	}
	t.Fatal("it wants to know ever more")
}

func finish(p *Pane, msg tea.Msg) {
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, c := range batch {
			finish(p, c())
		}
		return
	}
	p.Update(msg)
}

// find looks for entries the plain way.
func find(ctx context.Context, s *store.Snapshot, q query.Query) *store.Matches {
	env := &query.Env{Now: now}
	return s.Match(ctx, store.Decoded(func(e *audit.Entry) bool { return q.Match(e, env) }), nil)
}

// neighbours are what happened around the entry of the design.
func neighbours(t testing.TB) []audit.Entry {
	t.Helper()
	var out []audit.Entry
	for i, o := range []struct{ at, operation, status, actor, target, request string }{
		{"2023-11-07T22:01:00Z", "CreateUser", "OK", "user1@example.com", "0b741c47-e093-47d1-9b74-f2359129f78f", "a"},
		{"2023-11-08T08:44:20Z", "InviteUsers", "OK", "user3@example.com", "0b741c47-e093-47d1-9b74-f2359129f78f", "b"},
		{"2023-11-08T09:04:57Z", "UpdateUser", "OK", "user2@example.com", "other", "c"},
		{"2023-11-08T09:11:37Z", "FailoverNamespace", "ERROR", "user2@example.com", "prod.a1b2c", "d"},
		{"2023-11-08T09:14:59Z", "UpdateUserGroup", "OK", "terraform", "sre", "445297d3-43a7-4793-8a04-1b1dd1999641"},
		{"2023-11-08T09:15:10Z", "DeleteNexusEndpoint", "OK", "user2@example.com", `evil\u202e\u001b[31m`, "e"},
		{"2023-11-08T09:40:10Z", "UserLogin", "OK", "user2@example.com", "", "f"},
	} {
		target := ""
		if o.target != "" {
			target = `"` + o.target + `"`
		}
		out = append(out, decoded(t, `{"emit_time":"`+o.at+`","operation":"`+o.operation+`","status":"`+o.status+`","log_id":"n`+fmt.Sprint(i)+`",`+
			`"principal":{"type":"user","name":"`+o.actor+`"},"details":{"target_users":[`+target+`]},"request_id":"`+o.request+`"}`, fromStream()))
	}
	return out
}

// among shows an entry of a log that has others.
func among(t testing.TB, p *Pane, raw string) *store.Store {
	t.Helper()
	e := decoded(t, raw, fromStream())
	s := store.New(store.Limits{})
	s.Append(append(neighbours(t), e))
	snap := s.Snapshot()
	p.SetData(views.Data{Now: now, Store: snap, Find: find, Held: true})
	for i := range snap.Len() {
		if row := snap.At(i); row.Raw() == e.Raw {
			p.SetEntry(row)
			return s
		}
	}
	t.Fatal("the entry is not in its log")
	return nil
}
