package query_test

import (
	"math"
	"testing"
	"time"

	"taudit/source/query"
)

func TestTraces(t *testing.T) {
	const (
		create = `{"operation":"CloudCreateNamespaceAPI","status":"OK","principal":{"name":"Terraform"},"details":{"namespace":"prod.a1b2c"}}`
		remove = `{"operation":"DeleteUser","status":"ERROR","principal":{"name":"alice"},"details":{"email":"bob"}}`
	)
	at := func(s string) int64 {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x.UnixNano()
	}
	morning, evening := at("2023-11-08T08:00:00Z"), at("2023-11-08T20:00:00Z")
	env := &query.Env{Now: time.Date(2023, 11, 8, 21, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		query          string
		create, remove bool // in the morning, in the evening
	}{
		{"who:terraform", true, false},
		{"who:(terraform OR alice)", true, true},
		{"op:CreateNamespace", true, false},
		{"op:DeleteUserAPI", false, true},
		{"op=DeleteUserAPI", false, false},
		{"ns:prod*", true, false},
		{"details.email:/^b.b|bo$/", true, true}, // nothing is known of that
		{"details.email:/bob$/", false, true},
		{"BOB", false, true},
		{"terraform OR bob", true, true},
		{"terraform OR -bob", true, true},
		{"terraform bob", false, false},
		{"since:12:00 is:error", false, true},
		{"until:12:00", true, true}, // that is tomorrow from tomorrow on
		{"until:2023-11-08T12", true, false},
		{"time:2023-11-08T08", true, false},
		{"time:2023-11-08T08 OR time:2023-11-08T20:00", true, true},
		{"until:2h who:terraform", true, false},
		{"until:3h alice", false, true}, // two hours later it is meant
		{"status:OK -alice", true, false},
	} {
		q, err := query.Parse(c.query)
		if err != nil {
			t.Fatal(err)
		}
		x := q.Trace(env)
		if !x.Known() {
			t.Logf("%s: no trace", c.query)
		}
		for raw, want := range map[string]struct {
			nanos int64
			may   bool
		}{create: {morning, c.create}, remove: {evening, c.remove}} {
			if got := x.May([]byte(raw), want.nanos); got != want.may {
				t.Errorf("%s: %v for %s", c.query, got, raw)
			}
		}
	}
	for _, text := range []string{"", "is:new", "alice is:new", "is:marked terraform", "-(is:dup bob)", "alert OR is:alert", "-alice", "has:details", "ip:10.0.0.0/8", "verb:create"} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		x := q.Trace(env)
		if x.Known() || !x.May([]byte(create), morning) {
			t.Errorf("%q has a trace", text)
		}
		since, until := x.Within(evening, math.MaxInt64), x.Within(math.MinInt64, evening)
		if !since.Known() || since.May(nil, evening-1) || !since.May(nil, evening) || until.May(nil, evening) || !until.May(nil, evening-1) {
			t.Errorf("%q within bounds", text)
		}
	}
}
