package audit

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sample reads a file of testdata.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decode decodes data that has nothing wrong with it.
func decode(t testing.TB, data string) []Entry {
	t.Helper()
	entries, bad := NewDecoder().Decode([]byte(data), Origin{})
	for _, b := range bad {
		t.Errorf("bad at %d: %s: %q", b.Offset, b.Reason, b.Raw)
	}
	return entries
}

// row is what a screen shows of an entry.
type row struct {
	Time, Outcome, Name, Actor, Kind, Target, Namespace, Address, Correlation string
}

func rowOf(e *Entry) row {
	return row{
		e.EmitTime.Format(time.RFC3339Nano), e.Outcome(), e.Name(), e.Actor(), e.PrincipalKind(),
		e.Target, e.Namespace, e.ClientAddress(), e.Correlation(),
	}
}

func rows(entries []Entry) []row {
	var out []row
	for i := range entries {
		out = append(out, rowOf(&entries[i]))
	}
	return out
}

// guide is what the entries of the 2024 guide come to.
func guide() []row {
	return []row{
		{"2023-10-24T08:19:41Z", "accepted", "UpdateAccount", "user1@example.com", "user", "", "", "", ""},
		{"2023-10-25T21:16:42Z", "accepted", "DeleteUser", "user2@example.com", "user", "0b741c47-e093-47d1-9b74-f2359129f78f", "", "", "445297d3-43a7-4793-8a04-1b1dd1999641"},
		{"2023-11-03T19:31:45Z", "accepted", "InviteUsers", "user3@example.com", "user", "user3@example.net", "", "", ""},
		{"2023-11-08T08:06:40Z", "accepted", "UpdateUser", "user1@example.com", "user", "user1@example.net", "", "", "445297d3-43a7-4793-8a04-1b1dd1999640"},
		{"2023-11-08T08:14:09Z", "accepted", "UpdateNamespace", "user1@example.com", "user", "audit-log-test.example-dev", "audit-log-test.example-dev", "", ""},
		{"2023-11-08T09:20:22Z", "accepted", "UpdateUserNamespacePermissions", "user1@example.com", "user", "audit-log-test.example-dev", "audit-log-test.example-dev", "", ""},
	}
}

// three is what the entries of the current format come to.
func three() []row {
	return []row{
		{"2026-11-20T10:00:00.048Z", "accepted", "UserLogin", "user1@example.com", "user", "", "", "203.0.113.7", ""},
		{"2026-11-20T10:01:02Z", "accepted", "AddNamespaceRegion", "terraform", "serviceaccount", "payments.a1b2c", "payments.a1b2c", "203.0.113.7", "445297d3-43a7-4793-8a04-000000000001"},
		{"2026-11-20T10:02:03.5Z", "failed", "DeleteUser", "user2@example.com", "user", "", "", "198.51.100.9", ""},
	}
}

func TestSamples(t *testing.T) {
	withAddresses := guide()
	for i, address := range []string{"10.1.2.3", "10.7.8.9", "10.1.2.3", "10.1.2.3", "10.1.2.3", "10.1.2.3"} {
		withAddresses[i].Address = address
	}
	filter := append(guide(),
		row{"2023-11-14T07:56:55Z", "accepted", "DeleteUser", "user1@example.com", "user", "d7dca96f-adcc-417d-aafc-e8f5d2ba9fe1", "", "10.1.2.3", "445297d3-43a7-4793-8a04-1b1dd1999640"},
		row{"2025-10-02T20:23:37.048Z", "accepted", "UserLogin", "user@email.com", "user", "", "", "10.1.2.3", ""},
		row{"2025-10-03T09:00:00Z", "failed", "UpdateNamespace", "terraform", "serviceaccount", "prod.a1b2c", "prod.a1b2c", "203.0.113.7", "op-9"},
	)
	for _, test := range []struct {
		file     string
		rows     []row
		format   Format
		encoding Encoding
		probes   int
	}{
		{"docs-2024.jsonl", guide(), F2, Stream, 0},
		{"docs-2024-listing.txt", guide(), F2, Stream, 0},
		{"docs-2025-caller-ip.jsonl", withAddresses, F2, Stream, 0},
		{"docs-2024-pretty-trailing-comma.txt", []row{
			{"2023-11-14T07:56:55Z", "accepted", "DeleteUser", "user1@example.com", "user", "d7dca96f-adcc-417d-aafc-e8f5d2ba9fe1", "", "", "445297d3-43a7-4793-8a04-1b1dd1999640"},
		}, F2, Stream, 0},
		{"docs-2026-ui-download.json", []row{
			{"2025-10-02T20:23:37.048Z", "accepted", "UserLogin", "user@email.com", "user", "", "", "10.1.2.3", ""},
			{"2025-09-29T20:42:53.671Z", "accepted", "UserLogin", "user@email.com", "user", "", "", "10.1.2.3", ""},
		}, F4, Download, 0},
		{"cloud-ops-http.json", three(), F4, CloudOps, 0},
		{"cloud-cli-list.json", three(), F4, CloudCLI, 0},
		{"firehose-concatenated.txt", three(), F4, Stream, 0},
		{"firehose-concatenated-after-probe.txt", three(), F4, Stream, 1},
		{"filter-entries.jsonl", filter, F2, Stream, 0},
	} {
		t.Run(test.file, func(t *testing.T) {
			data := sample(t, test.file)
			entries, bad := NewDecoder().Decode(data, Origin{Source: "test", Part: test.file})
			if diff := cmp.Diff(test.rows, rows(entries)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if len(bad) != test.probes {
				t.Errorf("%d bad, want %d: %+v", len(bad), test.probes, bad)
			}
			for _, b := range bad {
				if !b.Probe() || b.Raw != "t" || b.Size != 1 || b.Offset != 0 {
					t.Errorf("bad %+v is not the probe", b)
				}
			}
			if e := entries[0]; e.Format != test.format || e.Encoding != test.encoding {
				t.Errorf("format %d and encoding %d, want %d and %d", e.Format, e.Encoding, test.format, test.encoding)
			}
			if last := entries[len(entries)-1]; test.file == "filter-entries.jsonl" && last.Format != F4 {
				t.Errorf("format of the last is %d", last.Format)
			}
		})
	}
}

// TestEveryField reads each field once in each of the encodings.
func TestEveryField(t *testing.T) {
	const payload = `{"namespace":"a.b","spec":{"retention_days":30}}`
	want := Entry{
		EmitTime:         time.Date(2026, 2, 3, 4, 5, 6, 7008000, time.UTC),
		Operation:        "UpdateNamespaceAPI",
		Status:           "OK",
		LogID:            "log-1",
		Version:          2,
		Principal:        Principal{Type: "service-account", ID: "sa-1", Name: "terraform", APIKeyID: "key-1"},
		UserEmail:        "old@example.com",
		Forwarded:        "203.0.113.7, 10.1.2.3",
		AsyncOperationID: "op-1",
		RequestID:        "req-1",
		Level:            "LOG_LEVEL_INFO",
		Category:         "LOG_CATEGORY_ADMIN",
		Payload:          payload,
		Namespace:        "a.b",
		Target:           "a.b",
		Format:           F3,
		Origin:           Origin{Source: "s", Part: "p", Position: "0", Arrived: time.Unix(1e9, 0)},
	}
	const snake = `"operation":"UpdateNamespaceAPI","status":"OK","version":2,"log_id":"log-1","principal":{"type":"service-account","id":"sa-1","name":"terraform","api_key_id":"key-1"},"user_email":"old@example.com","caller_ip_address":"192.0.2.1","x_forwarded_for":"203.0.113.7, 10.1.2.3","async_operation_id":"op-1","request_id":"req-1","level":"LOG_LEVEL_INFO","category":"LOG_CATEGORY_ADMIN","raw_details":` + payload + `,"details":{"namespace":"other"},"new":{"kept":[1]}`
	const camel = `"operation":"UpdateNamespaceAPI","status":"OK","version":"2","logId":"log-1","principal":{"type":"service-account","id":"sa-1","name":"terraform","apiKeyId":"key-1"},"userEmail":"old@example.com","callerIpAddress":"192.0.2.1","xForwardedFor":"203.0.113.7, 10.1.2.3","asyncOperationId":"op-1","requestId":"req-1","level":1,"category":1,"rawDetails":` + payload + `,"details":{"namespace":"other"},"new":{"kept":[1]}`
	for _, test := range []struct {
		raw      string
		encoding Encoding
	}{
		{`{"emit_time":"2026-02-03T04:05:06.007008Z",` + snake + `}`, Stream},
		{`{"emitTime":{"$typeName":"google.protobuf.Timestamp","seconds":"1770091506","nanos":7008000},` + camel + `}`, Download},
		{`{"emitTime":"2026-02-03T05:05:06.007008+01:00",` + camel + `}`, CloudOps},
		{`{"emit_time":{"seconds":1770091506,"nanos":7008000},` + snake + `}`, CloudCLI},
	} {
		entries, bad := NewDecoder().Decode([]byte(test.raw), Origin{Source: "s", Part: "p", Arrived: time.Unix(1e9, 0)})
		if len(entries) != 1 || len(bad) != 0 {
			t.Fatalf("%d entries, bad %+v", len(entries), bad)
		}
		want.Raw, want.Encoding = test.raw, test.encoding
		if diff := cmp.Diff(want, entries[0]); diff != "" {
			t.Errorf("encoding %d (-want +got):\n%s", test.encoding, diff)
		}
	}
}

// TestGenerations writes one event as each format would, which is one row but for what a format lacks.
func TestGenerations(t *testing.T) {
	want := row{"2025-10-03T09:00:00Z", "failed", "UpdateNamespace", "ann@example.com", "user", "prod.a1b2c", "prod.a1b2c", "203.0.113.7", "op-9"}
	const old = `"level":"LOG_LEVEL_INFO","category":"LOG_CATEGORY_ADMIN","caller_ip_address":"203.0.113.7, 10.1.2.3","user_email":"ann@example.com","operation":"UpdateNamespace","status":"ERROR","details":{"namespace":"prod.a1b2c"}`
	const now = `"operation":"UpdateNamespaceAPI","status":"ERROR","raw_details":{"namespace":"prod.a1b2c"},"x_forwarded_for":"203.0.113.7, 10.1.2.3","async_operation_id":"op-9"`
	for _, test := range []struct {
		raw    string
		format Format
		via    string
		lacks  func(*row)
	}{
		{`{"emit_time":"2025-10-03T09:00:00Z",` + old + `}`, F0, "unknown", func(r *row) { r.Kind, r.Correlation = "", "" }},
		{`{"emit_time":"2025-10-03T09:00:00Z",` + old + `,"log_id":"l"}`, F1, "unknown", func(r *row) { r.Kind, r.Correlation = "", "" }},
		{`{"emit_time":"2025-10-03T09:00:00Z",` + old + `,"log_id":"l","request_id":"op-9","principal":{"type":"user","id":"u","name":"ann@example.com"}}`, F2, "unknown", func(*row) {}},
		{`{"emit_time":"2025-10-03T09:00:00Z",` + old + `,"log_id":"l","async_operation_id":"op-9","principal":{"type":"user","id":"u","name":"ann@example.com"}}`, F3, "browser", func(*row) {}},
		{`{"emit_time":"2025-10-03T09:00:00Z",` + old + `,"log_id":"l","request_id":"op-9","principal":{"type":"user","id":"u","name":"ann@example.com","api_key_id":"k"}}`, F3, "apikey", func(*row) {}},
		{`{"emit_time":"2025-10-03T09:00:00Z",` + now + `,"log_id":"l","principal":{"type":"user","id":"u","name":"ann@example.com"}}`, F4, "browser", func(*row) {}},
		{`{"emitTime":{"seconds":1759482000},"operation":"UpdateNamespace","status":"ERROR","logId":"l","rawDetails":{"namespace":"prod.a1b2c"},"xForwardedFor":"203.0.113.7","asyncOperationId":"op-9","principal":{"type":"User","name":"ann@example.com","apiKeyId":"k"}}`, F4, "apikey", func(*row) {}},
	} {
		entries := decode(t, test.raw)
		expected := want
		test.lacks(&expected)
		if diff := cmp.Diff([]row{expected}, rows(entries)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.raw, diff)
			continue
		}
		if e := &entries[0]; e.Format != test.format || e.Via() != test.via {
			t.Errorf("%s: format %d via %s, want %d via %s", test.raw, e.Format, e.Via(), test.format, test.via)
		}
	}
}
