package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/query"
)

// plain builds filters that are asked about one entry at a time, hiding from each test what it must not look at.
type plain struct{}

type test = func(*audit.Entry) bool

func (plain) All(l ...test) test {
	return func(e *audit.Entry) bool { return !slices.ContainsFunc(l, func(t test) bool { return !t(e) }) }
}

func (plain) Any(l ...test) test {
	return func(e *audit.Entry) bool { return slices.ContainsFunc(l, func(t test) bool { return t(e) }) }
}

func (plain) Not(t test) test { return func(e *audit.Entry) bool { return !t(e) } }

func (plain) Values(c query.Column, pass func(*audit.Entry) bool) test {
	return func(e *audit.Entry) bool {
		var s audit.Entry
		switch c {
		case query.ByOperation:
			s.Operation = e.Operation
		case query.ByStatus:
			s.Status = e.Status
		case query.ByPrincipal:
			s.Principal, s.UserEmail = e.Principal, e.UserEmail
			if e.Format >= audit.F3 {
				s.Format = audit.F3
			}
		case query.ByTarget:
			s.Target = e.Target
		case query.ByNamespace:
			s.Namespace = e.Namespace
		case query.ByAddress:
			s.Forwarded = e.Forwarded
		case query.ByOrigin:
			s.Origin.Source, s.Origin.Part = e.Origin.Source, e.Origin.Part
		}
		return pass(&s)
	}
}

func (plain) Times(from, to int64) test {
	return func(e *audit.Entry) bool {
		return !e.EmitTime.IsZero() && e.EmitTime.UnixNano() >= from && e.EmitTime.UnixNano() < to
	}
}

func (plain) Raw(pass func(string) bool) test {
	return func(e *audit.Entry) bool { return pass(e.Raw) }
}

func (plain) Entry(pass func(*audit.Entry) bool) test { return pass }

// agree fails if the filter built from q means other entries than q itself.
func agree(t interface{ Fatalf(string, ...any) }, q query.Query, all []audit.Entry) {
	env := &query.Env{Now: clock}
	built := query.Build[test](q, env, plain{})
	for i := range all {
		if got, want := built(&all[i]), q.Match(&all[i], env); got != want {
			t.Fatalf("%s: built %v, plain %v for %s", q, got, want, all[i].Raw)
		}
	}
}

// odd are entries that searches tend to get wrong.
func odd(t testing.TB) []audit.Entry {
	t.Helper()
	raws := []string{
		`{"operation":"X","status":"ok","log_id":"1","details":{"a":{"b":["Kelvin \u212a","\u017fharp",{"c":30}]},"namespace":"N\u0061me"}}`,
		`{"emit_time":"2023-11-08T09:00:00Z","operation":"CreateApiKey","status":"","log_id":"KELVIN k","principal":{"type":"service-account","api_key_id":"key-77"}}`,
		"{\"operation\":\"Y\",\"log_id\":\"K\",\"unheard\":\"\u212aey\",\"version\":7}",
		`{"operation":"CloudDeleteAPIKey","log_id":"Straße","caller_ip_address":"Temporal Internal, ::ffff:10.1.2.3","level":3}`,
	}
	all := entries(t)
	for _, r := range raws {
		found, bad := audit.NewDecoder().Decode([]byte(r), audit.Origin{Source: "file x", Part: "y.gz"})
		if len(found) != 1 || len(bad) != 0 {
			t.Fatalf("%s gives %d entries, bad %v", r, len(found), bad)
		}
		all = append(all, found...)
	}
	return all
}

func TestBuiltFiltersMeanWhatIsWritten(t *testing.T) {
	all := odd(t)
	names := append(query.Fields(), "details.namespace", "details.*", "unheard", "details.a.b", "op", "who", "ns", "principal.type")
	values := []string{
		"user1", "UpdateUser", "update*", "*key*", "OK", "/key/", "/K/", "k", "key-77", "10.1.2.3", "10.0.0.0/8", "Name", `"Kelvin K"`, "2023-11-08", "2h", "*",
		"error", "op", "1..9", "a,b", "straße", "sharp", "apikey", "browser", "user", "delete", "7", "file", "y.gz", "details.a", "log_id", "2023-11-08..2024",
	}
	ops := []string{":", "=", "!=", ":>", ":<="}
	parsed := 0
	for _, n := range names {
		for _, o := range ops {
			for _, v := range values {
				q, err := query.Parse(n + o + v)
				if err != nil {
					continue
				}
				parsed++
				agree(t, q, all)
			}
		}
	}
	for _, v := range values {
		if q, err := query.Parse(v); err == nil {
			agree(t, q, all)
		}
	}
	if parsed < 1000 {
		t.Errorf("only %d filters", parsed)
	}
}

func TestBuiltFiltersAgreeOnRandomQueries(t *testing.T) {
	all := odd(t)
	rapid.Check(t, func(t *rapid.T) {
		var gen func(depth int) string
		gen = func(depth int) string {
			switch k := rapid.IntRange(0, 9).Draw(t, "kind"); {
			case k == 0 && depth > 0:
				return "-" + gen(depth-1)
			case k == 1 && depth > 0:
				return "(" + gen(depth-1) + " OR " + gen(depth-1) + ")"
			case k == 2 && depth > 0:
				return "(" + gen(depth-1) + " " + gen(depth-1) + ")"
			case k < 5:
				e := all[rapid.IntRange(0, len(all)-1).Draw(t, "entry")].Raw
				i := rapid.IntRange(0, len(e)-2).Draw(t, "from")
				s := e[i:min(len(e), i+rapid.IntRange(1, 12).Draw(t, "length"))]
				return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
			}
			name := rapid.SampledFrom(append(query.Fields(), "details.*", "details.namespace")).Draw(t, "field")
			return fmt.Sprintf("%s:%s", name, rapid.SampledFrom([]string{
				"user1", "Delete*", "OK", "2023-11-08", "2h", "10.0.0.0/8", "/a/", "has", "*", "error", "op", "user", "prod", "k",
			}).Draw(t, "value"))
		}
		text := gen(3)
		q, err := query.Parse(text)
		if err != nil {
			return
		}
		agree(t, q, all)
	})
}

func TestOnlyRelativeTimesSlide(t *testing.T) {
	for text, want := range map[string]bool{
		"since:2h": true, "until:yesterday": true, "time:08:00..09:00": true, "-(op:x OR since:1d)": true,
		"since:2023-11-08": false, "time:2023": false, "op:x 2h": false, "": false, "time:>=2023-11-08T08:00Z": false,
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if q.Slides() != want {
			t.Errorf("%s slides %v", text, !want)
		}
	}
}
