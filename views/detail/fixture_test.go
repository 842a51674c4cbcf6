package detail

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"taudit/source/audit"
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

// do sends actions; a number before one is its count.
func do(p *Pane, acts ...any) {
	n := 1
	for _, a := range acts {
		switch a := a.(type) {
		case int:
			n = a
		case views.Action:
			p.Update(views.Act{Action: a, Count: n, Counted: n > 1})
			n = 1
		}
	}
}
