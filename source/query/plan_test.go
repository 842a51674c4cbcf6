package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

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

func (plain) Scalars(s query.Scalars) test {
	return func(e *audit.Entry) bool { return s.In(e.Raw) }
}

func (plain) Is(string) (test, bool) { return nil, false }

func (plain) Entry(pass func(*audit.Entry) bool) test { return pass }

// TestPackedEntriesAreAskedTheSame asks entries that one packer has learned from, among them some whose keys are data.
func TestPackedEntriesAreAskedTheSame(t *testing.T) {
	var all []audit.Entry
	for i := range 300 {
		raw := fmt.Sprintf(`{"status":"OK","emit_time":"2026-11-01T08:00:%02dZ","log_id":"0mc69c0323b871293ce231dd1c7f%04d","raw_details":{"spec":{"attributes":{"key%d":"v%d","K_%d":%d},`+
			`"tags":[{"key%d":"t"},"x%d"],"days":%d}}}`, i%60, i, i, i, i%7, i, i, i%5, i%90)
		e, bad := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
		if len(e) != 1 || len(bad) != 0 {
			t.Fatal(raw)
		}
		all = append(all, e...)
	}
	v := audit.NewVocabulary()
	p := audit.NewPacker(v)
	for i := range all {
		p.Add(&all[i])
	}
	b, w := p.Take(), v.Words()
	for _, text := range []string{
		"v17", "V299", "t", "x3", "key4", "details.spec.attributes.key7:v7", "details.spec.attributes.k1:>200", "details.spec.attributes.*:v8", "details.*:v9",
		"details.spec.tags:x1", "details.spec.tags.key250:t", "details.spec.days:>85", "has:details.spec.attributes.k3", "details.attributes:v1", "08:00:59", "dd1c7f0042", "69c0323b",
		"0mc69", "2026-11-01t08", "/v1[0-3]$/", "null", "details.spec.attributes.key299:*",
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		query.Build[struct{}](q, &query.Env{}, each(func(s query.Scalars) {
			probe := audit.NewProbe(s)
			probe.Prepare(&w)
			found := 0
			for i := range all {
				have, _ := probe.Ask(&w, b.Record(i), int(b.Sizes[i]), b.Times[i], b.Flags[i], nil)
				if have != s.In(all[i].Raw) {
					t.Fatalf("%s: %v for %s", text, have, all[i].Raw)
				}
				if have {
					found++
				}
			}
			if none := text == "key4" || text == "null" || text == "details.attributes:v1"; none != (found == 0) {
				t.Errorf("%s: found %d times", text, found)
			}
		}))
	}
}

// each does something with the questions that a query comes to.
type each func(query.Scalars)

func (each) All(...struct{}) struct{}                                     { return struct{}{} }
func (each) Any(...struct{}) struct{}                                     { return struct{}{} }
func (each) Not(struct{}) struct{}                                        { return struct{}{} }
func (each) Values(query.Column, func(*audit.Entry) bool) (none struct{}) { return none }
func (each) Times(int64, int64) (none struct{})                           { return none }
func (each) Is(string) (none struct{}, ok bool)                           { return none, false }
func (each) Entry(func(*audit.Entry) bool) (none struct{})                { return none }
func (f each) Scalars(s query.Scalars) (none struct{})                    { f(s); return none }

// agree fails if the filter built from q means other entries than q itself.
func agree(t interface{ Fatalf(string, ...any) }, q query.Query, all []audit.Entry) {
	env := &query.Env{Now: clock}
	built := query.Build[test](q, env, plain{})
	trace := q.Trace(env)
	for i := range all {
		if got, want := built(&all[i]), q.Match(&all[i], env); got != want {
			t.Fatalf("%s: built %v, plain %v for %s", q, got, want, all[i].Raw)
		} else if e := &all[i]; want && unescaped(e.Raw) && !e.EmitTime.IsZero() && !trace.May([]byte(e.Raw), e.EmitTime.UnixNano()) {
			t.Fatalf("%s has no trace of %s", e.Raw, q)
		}
	}
}

// unescaped tells whether every byte stands for itself.
func unescaped(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || r > unicode.MaxASCII })
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
