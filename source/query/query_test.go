package query_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/query"
)

var clock = time.Date(2023, 11, 8, 10, 0, 0, 0, time.UTC)

// entries reads the entries of the test table, the first being E1.
func entries(t testing.TB) []audit.Entry {
	t.Helper()
	data, err := os.ReadFile("testdata/entries.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	found, bad := audit.NewDecoder().Decode(data, audit.Origin{Source: "kinesis audit/us-east-1", Part: "shard-1"})
	if len(found) != 9 || len(bad) != 0 {
		t.Fatalf("%d entries, %d bad; want 9 and none", len(found), len(bad))
	}
	return found
}

// matches names the entries that a query means: "E1 E4", or "none".
func matches(q query.Query, all []audit.Entry) string {
	var out []string
	for i := range all {
		if q.Match(&all[i], &query.Env{Now: clock}) {
			out = append(out, fmt.Sprintf("E%d", i+1))
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, " ")
}

func TestVectors(t *testing.T) {
	all := entries(t)
	f, err := os.Open("testdata/vectors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		text, want, ok := strings.Cut(line, "\t")
		if !ok {
			t.Fatalf("row without a tab: %s", line)
		}
		rows++
		t.Run(text, func(t *testing.T) {
			q, err := query.Parse(text)
			if message, ok := strings.CutPrefix(want, "error: "); ok {
				var e *query.Error
				if !errors.As(err, &e) {
					t.Fatalf("error %v, want %s", err, message)
				}
				if got := fmt.Sprintf("%s at col %d", e.Message, e.Column); got != message {
					t.Errorf("error %q, want %q", got, message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := matches(q, all); got != want {
				t.Errorf("matches %s, want %s", got, want)
			}
			again, err := query.Parse(q.String())
			if err != nil || !again.Equal(q) || matches(again, all) != want {
				t.Errorf("written as %q it is read as %q (%v), matching %s", q, again, err, matches(again, all))
			}
		})
	}
	if rows < 45 {
		t.Errorf("only %d rows", rows)
	}
}

func TestMore(t *testing.T) {
	all := entries(t)
	for text, want := range map[string]string{
		"":                                      "E1 E2 E3 E4 E5 E6 E7 E8 E9",
		"  ":                                    "E1 E2 E3 E4 E5 E6 E7 E8 E9",
		"op:updatenamespaceapi":                 "E5 E9",
		"op:CloudUpdateNamespace":               "E5 E9",
		"NOT op:DeleteUser AND -op:InviteUsers": "E1 E4 E5 E6 E8 E9",
		"!!op:DeleteUser":                       "E2 E7",
		"op:(DeleteUser, InviteUsers)":          "E2 E3 E7",
		"(op:DeleteUser || op:InviteUsers) && who:user3": "E3",
		`who:"user1@example.com" op:"UpdateAccount"`:     "E1",
		"who:user1@example.com op:UpdateAccount":         "E1",
		"who=user1":                                      "none",
		"logId:edb3aa3e-78c4-48fc-9c7e-2078c6989775":     "E8",
		"log_id:edb3aa3e*":                               "E8",
		"emitTime:2025":                                  "E8 E9",
		"type:service-account":                           "E9",
		"type:SERVICE_ACCOUNT":                           "E9",
		"via:apikey":                                     "E9",
		"via:browser":                                    "E8",
		"via:unknown":                                    "E1 E2 E3 E4 E5 E6 E7",
		"raw_details.namespace:prod":                     "E9",
		"details.spec.retentionDays:30":                  "E9",
		"details.spec.retention_days:10..40":             "E9",
		"details.spec.retention_days:31..*":              "none",
		"details.spec.retention_days:*..30":              "E9",
		"has:details.spec":                               "E9",
		"has:details.search_attribute_update":            "none",
		"details.spec:*":                                 "E9",
		"x_forwarded_for:203.0.113.7":                    "E9",
		"version:2":                                      "E8 E9",
		"version>=2 -via:browser":                        "E9",
		"cat:admin -has:req":                             "E1 E3 E5 E6",
		"level=LOG_LEVEL_INFO level=INFO":                "E1 E2 E3 E4 E5 E6 E7",
		"until:2023-11-01":                               "E1 E2",
		"until:yesterday":                                "E1 E2 E3",
		"since:08:10 until:09:00":                        "E5",
		"time:08:14":                                     "E5",
		"time:<=2023-10-24":                              "E1",
		"time:<2023-10-25T21:16":                         "E1",
		"shard:shard-1 source:kinesis op:UserLogin":      "E8",
		"update*":                "E1 E4 E5 E6 E9",
		"user1*.com":             "E1 E4 E5 E6 E7",
		`verb:(create OR login)`: "E8",
		"client_ip:203.0.113.7":  "none",
		"client_ip:10.1.2.3":     "E8 E9",
		"unheard:x":              "none",
		"example:com":            "none",
		`op:"Delete*"`:           "none",
		`who:user\1`:             "E1 E4 E5 E6 E7",
		"principal.type:user principal.name:user2": "E2",
		"resource:namespace":                       "E5 E9",
		"is:error":                                 "E9",
		"-is:error who:user3":                      "E3",
	} {
		t.Run(text, func(t *testing.T) {
			q, err := query.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := matches(q, all); got != want {
				t.Errorf("matches %s, want %s", got, want)
			}
		})
	}
}

func TestErrorsTellWhereAndWhat(t *testing.T) {
	for text, want := range map[string]string{
		"op:DeleteUser )":        "unexpected ) at col 15",
		"OR op:x":                "filter expected before OR at col 1",
		"op:x OR":                "filter expected after OR at col 8",
		"op:x AND":               "filter expected after AND at col 9",
		"()":                     "filter expected at col 2",
		"who:a -":                "nothing to negate at col 7",
		"time:soon":              `"soon" is no time at col 6; did you mean 2h, 08:00, yesterday, 2023-11-08 or 2023-11-08T08:14?`,
		"since:>2h":              "since takes a colon at col 8; did you mean since:2h?",
		"is:odd":                 `"odd" is nothing that an entry can be at col 4; did you mean error, marked, noted, late, dup, bad, new, alert?`,
		"who:/(/":                "bad regular expression: missing closing ): `(?i)(` at col 5",
		"opration:x":             "unknown field opration at col 1; did you mean operation?",
		"staus:OK":               "unknown field staus at col 1; did you mean status?",
		"é op:":                  "value expected at col 6",
		"version:>2*":            ":> compares with one plain value at col 10",
		strings.Repeat("(", 200): "brackets nested too deep at col 102",
	} {
		_, err := query.Parse(text)
		if err == nil || err.Error() != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

func TestUnknownNamesAreKeysOrText(t *testing.T) {
	raw := `{"emit_time":"2026-01-02T03:04:05Z","operation":"X","status":"OK","colour":{"hue":"deep red"},"arn":"arn:aws:iam::123:role/x"}`
	found, _ := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
	for text, want := range map[string]bool{
		"colour.hue:red":          true,
		"colour.hue=red":          false,
		"colour:red":              true,
		"colour.hue:blue":         false,
		"arn:aws:iam::123:role/x": true,
		"arn:aws:iam::124:role/x": false,
		"urn:aws":                 false,
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(q.Unknowns()) != 1 || q.Unknowns()[0].Column != 1 {
			t.Errorf("%s: unknown names %v", text, q.Unknowns())
		}
		if got := q.Match(&found[0], &query.Env{Now: clock}); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestHalfTypedQueriesKeepTheirMeaning(t *testing.T) {
	all := entries(t)
	for text, want := range map[string]string{
		"op:(DeleteUser":        "E2 E7",
		"op:(DeleteUser OR":     "E2 E7",
		`"audit-log`:            "E5 E6",
		"op:DeleteUser who:":    "E2 E7",
		"op:DeleteUser -":       "E2 E7",
		"op:DeleteUser OR":      "E2 E7",
		"op:DeleteUser (":       "E2 E7",
		"op:DeleteUser,":        "E2 E7",
		"op:DeleteUser since:2": "E2 E7",
	} {
		q, err := query.Preview(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := matches(q, all); got != want {
			t.Errorf("%s: matches %s, want %s", text, got, want)
		}
	}
}

func TestTermsAreTheConjuncts(t *testing.T) {
	q, err := query.Parse("op:DeleteUser (who:a OR who:b) -status:OK")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, term := range q.Terms() {
		got = append(got, term.String())
	}
	if want := "op:DeleteUser|principal:a OR principal:b|-status:OK"; strings.Join(got, "|") != strings.Replace(want, "op:", "operation:", 1) {
		t.Errorf("terms %q", got)
	}
}

func TestTimes(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	now := time.Date(2023, 11, 8, 10, 0, 0, 0, zone)
	for text, want := range map[string][2]string{
		"2h":                        {"2023-11-08T08:00:00+02:00", ""},
		"-1d6h30m":                  {"2023-11-07T03:30:00+02:00", ""},
		"1w":                        {"2023-11-01T10:00:00+02:00", ""},
		"now":                       {"2023-11-08T10:00:00+02:00", ""},
		"today":                     {"2023-11-08T00:00:00+02:00", "2023-11-09T00:00:00+02:00"},
		"Yesterday":                 {"2023-11-07T00:00:00+02:00", "2023-11-08T00:00:00+02:00"},
		"08:00":                     {"2023-11-08T08:00:00+02:00", "2023-11-08T08:01:00+02:00"},
		"08:00:30":                  {"2023-11-08T08:00:30+02:00", "2023-11-08T08:00:31+02:00"},
		"2024":                      {"2024-01-01T00:00:00+02:00", "2025-01-01T00:00:00+02:00"},
		"2024-02":                   {"2024-02-01T00:00:00+02:00", "2024-03-01T00:00:00+02:00"},
		"2024-02-29":                {"2024-02-29T00:00:00+02:00", "2024-03-01T00:00:00+02:00"},
		"2024-02-29T23":             {"2024-02-29T23:00:00+02:00", "2024-03-01T00:00:00+02:00"},
		"2024-02-29 23:59":          {"2024-02-29T23:59:00+02:00", "2024-03-01T00:00:00+02:00"},
		"2024-02-29T23:59Z":         {"2024-02-29T23:59:00Z", "2024-03-01T00:00:00Z"},
		"2024-02-29T23:59:58-07:00": {"2024-02-29T23:59:58-07:00", "2024-02-29T23:59:59-07:00"},
		"2024-02-29T23:59:58.5Z":    {"2024-02-29T23:59:58.5Z", ""},
	} {
		got, ok := query.ParseTimes(text, now)
		if !ok {
			t.Errorf("%s is not read", text)
			continue
		}
		from, _ := time.Parse(time.RFC3339Nano, want[0])
		to := from.Add(1)
		if want[1] != "" {
			to, _ = time.Parse(time.RFC3339Nano, want[1])
		}
		if !got.From.Equal(from) || !got.To.Equal(to) {
			t.Errorf("%s is %v to %v, want %v to %v", text, got.From, got.To, from, to)
		}
	}
	for _, text := range []string{"", "-", "2", "2hh", "h", "25:00", "8:00", "2023-13", "2023-02-30", "2023-11-08T", "soon", "99999999999h", "9999999d", "2024-02-29T23:59:58.Z", "2024-02-29T23:59:58,5"} {
		if got, ok := query.ParseTimes(text, now); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`operation:DeleteUser principal:alice -status:OK since:2h "free text"`, "op:(a OR b) -(c d)", `a\*b*c`, "x:1..2", "*..5", "a:*..5",
		"/re gex/", `details."odd key".x:y`, "!-NOT x", `"a\"b"`, "who:a,b,/c,d/", "a=b", "a>=3", "ip:10.0.0.0/8", "/a/b", "(((a", "a:\\", "-\\-x", "AND", `\AND`, "x..y", "a.*:b",
	} {
		f.Add(s)
	}
	all := entries(f)
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := query.Preview(s); err != nil {
			var e *query.Error
			if !errors.As(err, &e) || e.Column < 1 {
				t.Fatalf("preview: %v", err)
			}
		}
		q, err := query.Parse(s)
		if err != nil {
			var e *query.Error
			if !errors.As(err, &e) || e.Column < 1 {
				t.Fatalf("error %v", err)
			}
			return
		}
		again, err := query.Parse(q.String())
		if err != nil {
			t.Fatalf("%q is written as %q, which is not read: %v", s, q.String(), err)
		}
		if !again.Equal(q) {
			t.Fatalf("%q is written as %q, which is read as %q", s, q.String(), again.String())
		}
		if matches(q, all) != matches(again, all) {
			t.Fatalf("%q matches %s, written as %q it matches %s", s, matches(q, all), q.String(), matches(again, all))
		}
	})
}

func TestAnyValueCanBeQuoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[ -~]{1,20}`).Draw(t, "name")
		raw := fmt.Sprintf(`{"emit_time":"2026-01-02T03:04:05Z","operation":"X","status":"OK","log_id":"1","principal":{"type":"user","name":%q}}`, name)
		found, bad := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
		if len(found) != 1 || len(bad) != 0 {
			t.Fatalf("%s gave %d entries", raw, len(found))
		}
		for _, op := range []string{":", "="} {
			text := "principal" + op + `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
			q, err := query.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if !q.Match(&found[0], &query.Env{Now: clock}) {
				t.Fatalf("%s does not match %s", text, raw)
			}
		}
	})
}

// parsed reads a query that is right.
func parsed(t testing.TB, text string) query.Query {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestTimelessAndAnd(t *testing.T) {
	parse := func(text string) query.Query { return parsed(t, text) }
	for text, want := range map[string]string{
		"":                              "",
		"since:2h":                      "",
		"emit_time:2023":                "",
		"a since:2h b until:1h":         "a b",
		"-since:2h a":                   "-since:2h a",
		"arrived:>2023 time:2023":       "arrived:>2023",
		"since:2h OR a":                 "since:2h OR a",
		"since:2h (a OR b)":             "a OR b",
		"since:2h nosuchfield:x (a b)":  "nosuchfield:x a b",
		"time:2023-11-08..2023-11-09 a": "a",
	} {
		if got := parse(text).Timeless(); got.String() != parse(want).String() {
			t.Errorf("%q without its times is %q, want %q", text, got, want)
		}
	}
	if got := query.And(parse("a OR b"), parse(""), parse("c d"), parse("nosuch:x")); got.String() != "(a OR b) c d nosuch:x" || len(got.Unknowns()) != 1 {
		t.Errorf("%q, %v", got, got.Unknowns())
	}
}
