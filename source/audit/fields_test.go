package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// first decodes an entry with one more member.
func first(t *testing.T, member string) Entry {
	t.Helper()
	entries := decode(t, `{"operation":"UpdateUser",`+member+`}`)
	if len(entries) != 1 {
		t.Fatalf("%d entries of %s", len(entries), member)
	}
	return entries[0]
}

func TestEmitTime(t *testing.T) {
	for value, want := range map[string]string{
		`"2026-11-20T10:00:00Z"`:            "2026-11-20T10:00:00Z",
		`"2026-11-20T10:00:00.123456789Z"`:  "2026-11-20T10:00:00.123456789Z",
		`"2026-11-20T10:00:00.1234567891Z"`: "2026-11-20T10:00:00.123456789Z",
		`"2026-11-20T10:00:00.5-23:30"`:     "2026-11-21T09:30:00.5Z",
		`"2026-11-20t10:00:00z"`:            "2026-11-20T10:00:00Z",
		`"2026-11-20 10:00:00+02:00"`:       "2026-11-20T08:00:00Z",
		`"2026\u002d11-20T10:00:00Z"`:       "2026-11-20T10:00:00Z",
		`"0000-06-01T00:00:00Z"`:            "",
		`"9999-12-31T23:59:59-01:00"`:       "",
		`"2026-02-30T10:00:00Z"`:            "",
		`"yesterday"`:                       "",
		`""`:                                "",
		`null`:                              "",
		`1759436617`:                        "",
		`[1]`:                               "",
		`{}`:                                "",
		`{"seconds":1759436617,"nanos":48000000}`:          "2025-10-02T20:23:37.048Z",
		`{"seconds":"1759436617","nanos":"48000000"}`:      "2025-10-02T20:23:37.048Z",
		`{ "$typeName" : "x", "seconds" : 1.759436617e9 }`: "2025-10-02T20:23:37Z",
		`{"nanos":5}`:                                        "1970-01-01T00:00:00.000000005Z",
		`{"seconds":-1}`:                                     "1969-12-31T23:59:59Z",
		`{"seconds":1,"nanos":1000000000}`:                   "",
		`{"seconds":1,"nanos":-1}`:                           "",
		`{"seconds":9223372036854775807}`:                    "",
		`{"seconds":1e300}`:                                  "",
		`{"seconds":1.5}`:                                    "",
		`{"seconds":"x"}`:                                    "",
		`{"seconds":{"seconds":1}}`:                          "",
		`"2026-11-20T10:00:00Z","emit_time":{"seconds":1}`:   "1970-01-01T00:00:01Z",
		`{"seconds":1},"emitTime":"2026-11-20T10:00:00Z"`:    "2026-11-20T10:00:00Z",
		`"2026-11-20T10:00:00Z","emit_time":null`:            "",
		`"2026-11-20T10:00:00Z","emit_time":"nonsense"`:      "",
		`{"seconds":1,"seconds":2,"x":{"seconds":3,"y":[]}}`: "1970-01-01T00:00:02Z",
	} {
		e := first(t, `"emit_time":`+value)
		got := ""
		if !e.EmitTime.IsZero() {
			got = e.EmitTime.Format(time.RFC3339Nano)
		}
		if got != want || e.EmitTime.Location() != time.UTC {
			t.Errorf("emit_time %s is %q in %s, want %q", value, got, e.EmitTime.Location(), want)
		}
	}
}

func TestScalars(t *testing.T) {
	for _, test := range []struct {
		member string
		got    func(*Entry) any
		want   any
	}{
		{`"version":2`, func(e *Entry) any { return e.Version }, int32(2)},
		{`"version":"3"`, func(e *Entry) any { return e.Version }, int32(3)},
		{`"version":-1`, func(e *Entry) any { return e.Version }, int32(-1)},
		{`"version":4.0`, func(e *Entry) any { return e.Version }, int32(4)},
		{`"version":2147483648`, func(e *Entry) any { return e.Version }, int32(0)},
		{`"version":1.5`, func(e *Entry) any { return e.Version }, int32(0)},
		{`"version":true`, func(e *Entry) any { return e.Version }, int32(0)},
		{`"version":{}`, func(e *Entry) any { return e.Version }, int32(0)},
		{`"version":"v1"`, func(e *Entry) any { return e.Version }, int32(0)},
		{`"version":1,"version":2`, func(e *Entry) any { return e.Version }, int32(2)},
		{`"level":"LOG_LEVEL_WARN"`, func(e *Entry) any { return e.Level }, "LOG_LEVEL_WARN"},
		{`"level":"Warn"`, func(e *Entry) any { return e.Level }, "Warn"},
		{`"level":3`, func(e *Entry) any { return e.Level }, "LOG_LEVEL_WARN"},
		{`"level":0`, func(e *Entry) any { return e.Level }, "LOG_LEVEL_UNSPECIFIED"},
		{`"level":9`, func(e *Entry) any { return e.Level }, "9"},
		{`"level":-1`, func(e *Entry) any { return e.Level }, "-1"},
		{`"level":[1]`, func(e *Entry) any { return e.Level }, ""},
		{`"category":1`, func(e *Entry) any { return e.Category }, "LOG_CATEGORY_ADMIN"},
		{`"category":"Admin"`, func(e *Entry) any { return e.Category }, "Admin"},
		{`"category":null`, func(e *Entry) any { return e.Category }, ""},
		{`"status":"OK","status":"ERROR"`, func(e *Entry) any { return e.Status }, "ERROR"},
		{`"status":"OK","status":5`, func(e *Entry) any { return e.Status }, ""},
		{`"status":{"a":"OK"}`, func(e *Entry) any { return e.Status }, ""},
		{`"st\u0061tus":"OK"`, func(e *Entry) any { return e.Status }, "OK"},
		{`"log_id":7`, func(e *Entry) any { return e.LogID }, ""},
		{`"log_id":"a","logId":"b"`, func(e *Entry) any { return e.LogID }, "b"},
		{`"principal":"ann"`, func(e *Entry) any { return e.Principal }, Principal{}},
		{`"principal":null`, func(e *Entry) any { return e.Principal }, Principal{}},
		{`"principal":{"type":1,"id":null,"name":["x"],"api_key_id":{}}`, func(e *Entry) any { return e.Principal }, Principal{}},
		{`"principal":{"name":"a","id":"i"},"principal":{"name":"b"}`, func(e *Entry) any { return e.Principal }, Principal{Name: "b"}},
		{`"principal":{"x":{"name":"a"},"name":"b","y":[{"name":"c"}]}`, func(e *Entry) any { return e.Principal }, Principal{Name: "b"}},
		{`"x_forwarded_for":"","caller_ip_address":"Temporal Internal"`, func(e *Entry) any { return e.Forwarded }, "Temporal Internal"},
		{`"caller_ip_address":"1.1.1.1","x_forwarded_for":"2.2.2.2"`, func(e *Entry) any { return e.Forwarded }, "2.2.2.2"},
		{`"raw_details":null`, func(e *Entry) any { return e.Payload }, ""},
		{`"raw_details":null,"details":{"a":1}`, func(e *Entry) any { return e.Payload }, `{"a":1}`},
		{`"raw_details":{},"details":{"a":1}`, func(e *Entry) any { return e.Payload }, `{"a":1}`},
		{`"raw_details":{},"details":{}`, func(e *Entry) any { return e.Payload }, `{}`},
		{`"raw_details":{},"details":null`, func(e *Entry) any { return e.Payload }, `{}`},
		{`"raw_details":{"b":2},"details":{"a":1}`, func(e *Entry) any { return e.Payload }, `{"b":2}`},
		{`"raw_details":"text"`, func(e *Entry) any { return e.Payload }, `"text"`},
		{`"raw_details":{"fields":[{"key":"namespace","value":"a"}]}`, func(e *Entry) any { return e.Payload }, `{"fields":[{"key":"namespace","value":"a"}]}`},
		{`"raw_details":{"x":1},"details":{"target_users":["u"]}`, func(e *Entry) any { return e.Target }, "u"},
	} {
		e := first(t, test.member)
		if diff := cmp.Diff(test.want, test.got(&e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.member, diff)
		}
	}
}

func TestText(t *testing.T) {
	for raw, want := range map[string]string{
		`plain`:                       "plain",
		`\"\\\/\b\f\n\r\t`:            "\"\\/\b\f\n\r\t",
		`\u0041\u00e9\u20AC`:          "Aé€",
		`\ud83d\ude00`:                "😀",
		`\ud83d`:                      "\uFFFD",
		`\ude00x`:                     "\uFFFDx",
		`\ud83d\u0041`:                "\uFFFDA",
		"é€😀":                         "é€😀",
		"\xff\xfe":                    "\uFFFD\uFFFD",
		"a\xe2\x82":                   "a\uFFFD\uFFFD",
		`\u001b[31m`:                  "\x1b[31m",
		strings.Repeat("long ", 4000): strings.Repeat("long ", 4000),
	} {
		e := first(t, `"log_id":"`+raw+`","status":"`+raw+`","principal":{"name":"`+raw+`"},"raw_details":{"user_id":"`+raw+`"}`)
		for _, got := range []string{e.LogID, e.Status, e.Principal.Name, e.Target} {
			if got != want {
				t.Errorf("%q is %q, want %q", raw, got, want)
			}
		}
	}
}

func TestTarget(t *testing.T) {
	for _, test := range []struct{ operation, payload, target, namespace string }{
		{"UpdateNamespace", `{"namespace":"a.b","spec":{"name":"a"}}`, "a.b", "a.b"},
		{"CreateNamespace", `{"spec":{"name":"a","regions":["x"]}}`, "a", "a"},
		{"CreateNamespaceAPI", `{"spec":{"displayName":"x","name":"a"},"projectId":"p"}`, "a", "a"},
		{"UpdateUser", `{"target_users":["u@x","v@x"],"search_attribute_update":{}}`, "u@x", ""},
		{"DeleteUser", `{"userId":"u-1"}`, "u-1", ""},
		{"UpdateUser", `{"user_id":"u-1","spec":{"email":"u@x"}}`, "u-1", ""},
		{"CreateUser", `{"spec":{"email":"u@x","access":{"name":"x"}}}`, "u@x", ""},
		{"UpdateUserNamespacePermissions", `{"namespace":"a.b"}`, "a.b", "a.b"},
		{"SetUserNamespaceAccess", `{"namespace":"a.b","user_id":"u-1"}`, "u-1", "a.b"},
		{"SetUserGroupNamespaceAccess", `{"namespace":"a.b","group_id":"g-1"}`, "g-1", "a.b"},
		{"CreateUserGroup", `{"spec":{"display_name":"sre","google_group":{"email_address":"x"}}}`, "sre", ""},
		{"AddUserGroupMember", `{"group_id":"g-1","member_id":{"user_id":"u-1"}}`, "g-1", ""},
		{"CreateServiceAccount", `{"spec":{"name":"ci-deploy"}}`, "ci-deploy", ""},
		{"DeleteServiceAccount", `{"service_account_id":"sa-1"}`, "sa-1", ""},
		{"CreateServiceAccountAPIKey", `{"service_account_id":"sa-1"}`, "sa-1", ""},
		{"CreateApiKey", `{"spec":{"owner_id":"u-1","display_name":"key-77"}}`, "key-77", ""},
		{"DeleteAPIKey", `{"keyId":"key-77"}`, "key-77", ""},
		{"CreateNamespaceExportSink", `{"namespace":"a.b","spec":{"name":"s3-out"}}`, "s3-out", "a.b"},
		{"DeleteNamespaceExportSink", `{"namespace":"a.b","name":"s3-out"}`, "s3-out", "a.b"},
		{"DeleteNamespaceExportSink", `{"namespace":"a.b"}`, "a.b", "a.b"},
		{"DeleteAccountAuditLogSink", `{"name":"audit"}`, "audit", ""},
		{"DeleteNexusEndpoint", `{"endpoint_id":"e-1"}`, "e-1", ""},
		{"CreateNexusEndpoint", `{"spec":{"name":"billing-ep"},"project_id":"p"}`, "billing-ep", ""},
		{"DeleteConnectivityRule", `{"connectivity_rule_id":"r-1"}`, "r-1", ""},
		{"CreateConnectivityRule", `{"spec":{"private_rule":{"connection_id":"vpc-1","region":"x"}},"project_id":"p"}`, "vpc-1", ""},
		{"CreateConnectivityRule", `{"spec":{"public_rule":{}}}`, "", ""},
		{"UpdateCustomRole", `{"role_id":"r-1","spec":{"name":"x"}}`, "r-1", ""},
		{"DeleteProject", `{"project_id":"p-1"}`, "p-1", ""},
		{"UpdateAccount", `{"client_ca_fingerprints":["x"],"search_attribute_update":{}}`, "", ""},
		{"UpdateAccount", `{"spec":{"metrics":{"name":"x"}}}`, "", ""},
		{"UserLogin", `{}`, "", ""},
		{"Frobnicate", `{"name":"x","namespace":"a.b"}`, "a.b", "a.b"},
		{"Frobnicate", `{"spec":{"name":"x"},"list":[{"namespace":"no"}]}`, "x", ""},
		{"UpdateNamespace", `{"namespace":5,"spec":[]}`, "", ""},
		{"UpdateUser", `{"target_users":[],"user_id":"u"}`, "u", ""},
		{"UpdateUser", `{"target_users":[ 7 ],"user_id":"u"}`, "u", ""},
		{"UpdateUser", `{"target_users":"u","user_id":"v"}`, "u", ""},
		{"UpdateUser", `"text"`, "", ""},
	} {
		for _, key := range []string{"raw_details", "rawDetails", "details"} {
			entries := decode(t, fmt.Sprintf(`{"operation":%q,%q:%s}`, test.operation, key, test.payload))
			if e := entries[0]; e.Target != test.target || e.Namespace != test.namespace {
				t.Errorf("%s %s: target %q in namespace %q, want %q in %q", test.operation, test.payload, e.Target, e.Namespace, test.target, test.namespace)
			}
		}
	}
}

func TestRaw(t *testing.T) {
	pretty := string(sample(t, "docs-2024-pretty-trailing-comma.txt"))
	e := &decode(t, pretty)[0]
	if e.Raw != strings.TrimSpace(pretty) {
		t.Errorf("raw is %q", e.Raw)
	}
	if json.Valid([]byte(e.Raw)) || !json.Valid([]byte(e.JSON())) {
		t.Errorf("JSON is %s", e.JSON())
	}
	if line := e.Line(); strings.ContainsAny(line, "\r\n") || !strings.HasSuffix(line, `"name":"user1@example.com"},}`) {
		t.Errorf("line is %s", line)
	}
	for raw, want := range map[string]string{
		`{"a":1}`: `{"a":1}`, `{"a":[1,2,],"b":"x,}\",]",}`: `{"a":[1,2],"b":"x,}\",]"}`, "{\"a\":1, \n}": "{\"a\":1 \n}", `{"cut":",`: `{"cut":",`,
	} {
		if got := (&Entry{Raw: raw}).JSON(); got != want {
			t.Errorf("JSON of %s is %s, want %s", raw, got, want)
		}
	}
}

func TestIdentity(t *testing.T) {
	same := func(a, b string) bool {
		return decode(t, a)[0].Identity() == decode(t, b)[0].Identity()
	}
	const a = `{"emit_time":"2026-11-20T10:00:00Z","operation":"UpdateUser","log_id":"l"`
	for _, test := range []struct {
		name, a, b string
		same       bool
	}{
		{"resent", a + `,"version":1}`, a + `,"version":2,"x":1}`, true},
		{"other encoding", a + `}`, `{"operation":"UpdateUser","logId":"l","emitTime":{"seconds":1795168800}}`, true},
		{"other time", a + `}`, strings.Replace(a, "00Z", "01Z", 1) + `}`, false},
		{"other nanosecond", a + `}`, strings.Replace(a, "00Z", "00.000000001Z", 1) + `}`, false},
		{"other operation", a + `}`, strings.Replace(a, "User", "Account", 1) + `}`, false},
		{"other id", a + `}`, strings.Replace(a, `"l"`, `"m"`, 1) + `}`, false},
		{"shifted", `{"log_id":"ab","operation":"c"}`, `{"log_id":"a","operation":"bc"}`, false},
		{"no id, same bytes", `{"operation":"a"}`, ` {"operation":"a"}`, true},
		{"no id, other bytes", `{"operation":"a"}`, `{"operation": "a"}`, false},
	} {
		if same(test.a, test.b) != test.same {
			t.Errorf("%s: same is %v", test.name, !test.same)
		}
	}
	id := decode(t, a+`}`)[0].Identity()
	if got := id.String(); len(got) != 32 || got != decode(t, a+`}`)[0].Identity().String() {
		t.Errorf("%q", got)
	}
}

func TestActor(t *testing.T) {
	for _, test := range []struct {
		e                         Entry
		actor, kind, via, address string
		hops                      []string
	}{
		{Entry{}, "", "", "unknown", "", nil},
		{Entry{Principal: Principal{Type: "User", ID: "i", Name: "n"}, UserEmail: "e", Format: F4}, "n", "user", "browser", "", nil},
		{Entry{Principal: Principal{Type: "service-account", ID: "i"}, UserEmail: "e", Format: F2}, "e", "serviceaccount", "unknown", "", nil},
		{Entry{Principal: Principal{Type: "Service_Account", ID: "i", APIKeyID: "k"}, Format: F3}, "i", "serviceaccount", "apikey", "", nil},
		{Entry{Forwarded: " 10.1.2.3 ,,10.4.5.6"}, "", "", "unknown", "10.1.2.3", []string{"10.1.2.3", "10.4.5.6"}},
		{Entry{Forwarded: ", Temporal Internal"}, "", "", "unknown", "Temporal Internal", []string{"Temporal Internal"}},
		{Entry{Forwarded: " , "}, "", "", "unknown", "", nil},
	} {
		e := &test.e
		if e.Actor() != test.actor || e.PrincipalKind() != test.kind || e.Via() != test.via || e.ClientAddress() != test.address {
			t.Errorf("%+v: %q %q %q %q", test.e, e.Actor(), e.PrincipalKind(), e.Via(), e.ClientAddress())
		}
		if diff := cmp.Diff(append([]string{}, test.hops...), append([]string{}, e.Addresses()...)); diff != "" {
			t.Errorf("addresses of %q (-want +got):\n%s", e.Forwarded, diff)
		}
	}
	for status, want := range map[string]string{"OK": "accepted", "ok": "accepted", "ERROR": "failed", "Error": "failed", "PENDING": "PENDING", "": ""} {
		if got := (&Entry{Status: status}).Outcome(); got != want {
			t.Errorf("outcome of %q is %q, want %q", status, got, want)
		}
	}
}
