package query

import (
	"fmt"
	"testing"
)

// BenchmarkRaw asks the tests of bytes that filters come to about entries that are mostly not meant.
func BenchmarkRaw(b *testing.B) {
	var all []string
	for i := range 1000 {
		all = append(all, entriesOf(fmt.Sprintf(`{"emit_time":"2026-11-01T08:00:%02dZ","operation":"UpdateNamespace","status":"OK","version":2,"log_id":"0mc%029x",`+
			`"principal":{"type":"serviceaccount","id":"sa-%d","name":"terraform-%d","api_key_id":"key-%d"},"raw_details":{"namespace":"payments-%d.a1b2c",`+
			`"spec":{"name":"payments","regions":["aws-us-east-1","aws-eu-west-1"],"retention_days":%d,"mtls_auth":{"enabled":true}},"resource_version":"%x"},`+
			`"x_forwarded_for":"203.0.113.%d, 10.4.5.6","async_operation_id":"445297d3-43a7-4793-8a04-%012d"}`,
			i%60, i*7919, i%12, i%12, i%24, i%40, i%90, i*31, i%250, i))[0].Raw)
	}
	for _, text := range []string{"kubernetes", "terraform-1", "regions", "details.spec.retention_days:>85", "details.nothing:x", "/certif.*expired/"} {
		q, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		test := raws{}
		Build[struct{}](q, &Env{}, &test)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, raw := range all {
					test.pass(raw)
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(all))/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
