package audit

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// history writes n entries as Firehose joins them, of all generations and with the sizes that real ones have.
func history(n int) []byte {
	var b bytes.Buffer
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	for i := range n {
		at = at.Add(2300 * time.Millisecond)
		user := fmt.Sprintf("user%d@example.com", i%173)
		id := fmt.Sprintf("%08x-%04x-4000-8000-%012x", i*2654435761, i&0xffff, i)
		ns := fmt.Sprintf("payments-%d.a1b2c", i%40)
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, `{"emit_time":"%s","level":"LOG_LEVEL_INFO","caller_ip_address":"10.1.2.%d, 10.4.5.6","user_email":"%s","operation":"UpdateNamespace","details":{"namespace":"%s","client_ca_fingerprints":["f186d0bd971ff7d52dc6cc9d9b6f7644","5bb99d14fa602f7d39b7d048674a2251"],"search_attribute_update":{},"region":"aws-us-east-1"},"status":"OK","category":"LOG_CATEGORY_ADMIN","log_id":"%s","request_id":"445297d3-43a7-4793-8a04-%012d","principal":{"id":"988cb80b-d6be-4bb5-9c87-%012d","type":"user","name":"%s"}}`,
				at.Format(time.RFC3339), i%250, user, ns, id, i, i%173, user)
		case 1, 2:
			fmt.Fprintf(&b, `{"emit_time":"%s","operation":"UpdateNamespace","status":"OK","version":2,"log_id":"%s","principal":{"type":"serviceaccount","id":"sa-%d","name":"terraform-%d","api_key_id":"key-%d"},"raw_details":{"namespace":"%s","spec":{"name":"payments-%d","regions":["aws-us-east-1","aws-eu-west-1"],"retention_days":30,"mtls_auth":{"enabled":true,"accepted_client_ca":"fingerprint:%032x"},"custom_search_attributes":{"CustomerId":"Keyword","OrderTotal":"Double"},"codec_server":{"endpoint":"https://codec.example.com/%d","pass_access_token":true},"lifecycle":{"enable_delete_protection":true}},"resource_version":"%s","async_operation_id":"op-%d"},"x_forwarded_for":"203.0.113.%d, 10.4.5.6","async_operation_id":"445297d3-43a7-4793-8a04-%012d"}`,
				at.Format(time.RFC3339Nano), id, i%12, i%12, i%24, ns, i%40, i, i%7, id, i, i%250, i)
		case 3:
			fmt.Fprintf(&b, `{"emit_time":"%s","operation":"SetUserNamespaceAccess","status":"ERROR","version":2,"log_id":"%s","principal":{"type":"user","id":"988cb80b-d6be-4bb5-9c87-%012d","name":"%s"},"raw_details":{"namespace":"%s","user_id":"0b741c47-e093-47d1-9b74-%012d","access":{"permission":"PERMISSION_WRITE"},"resource_version":"%s","description":"%s","async_operation_id":"op-%d"},"x_forwarded_for":"203.0.113.%d","async_operation_id":"445297d3-43a7-4793-8a04-%012d"}`,
				at.Format(time.RFC3339Nano), id, i%173, user, ns, i%173, id, strings.Repeat("raised for the quarter ", 4), i, i%250, i)
		}
	}
	return b.Bytes()
}

func BenchmarkDecode(b *testing.B) {
	const count = 4000
	data := history(count)
	d := NewDecoder()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if entries, bad := d.Decode(data, Origin{}); len(entries) != count || len(bad) != 0 {
			b.Fatalf("%d entries and %d bad", len(entries), len(bad))
		}
	}
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(len(data))/count, "B/entry")
}

func BenchmarkRead(b *testing.B) {
	const count = 40000
	data := history(count)
	d := NewDecoder()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		err := d.Read(bytes.NewReader(data), Origin{}, func(entries []Entry, _ []Bad) error {
			got += len(entries)
			return nil
		})
		if err != nil || got != count {
			b.Fatalf("%d entries, %v", got, err)
		}
	}
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkUnpack reads a gzip object as Firehose writes it, unpacking included.
func BenchmarkUnpack(b *testing.B) {
	const count = 40000
	data := history(count)
	packed := gzipOf(data)
	d := NewDecoder()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		got := 0
		r, err := Unpack(bytes.NewReader(packed), 1<<30)
		if err != nil {
			b.Fatal(err)
		}
		err = d.Read(r, Origin{}, func(entries []Entry, _ []Bad) error {
			got += len(entries)
			return nil
		})
		if err != nil || got != count {
			b.Fatalf("%d entries, %v", got, err)
		}
	}
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkIdentity(b *testing.B) {
	entries, _ := NewDecoder().Decode(history(4), Origin{})
	for b.Loop() {
		_ = entries[1].Identity()
	}
}
