package query_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/query"
)

func decoded(t interface{ Fatalf(string, ...any) }, raw string) audit.Entry {
	found, bad := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
	if len(found) != 1 || len(bad) != 0 {
		t.Fatalf("%s gives %d entries, bad %v", raw, len(found), bad)
	}
	return found[0]
}

func TestAt(t *testing.T) {
	e := decoded(t, `{"emit_time":"2023-11-08T09:14:58Z","operation":"DeleteUser","status":"OK","log_id":"a 1","version":2,`+
		`"principal":{"type":"user","name":"user2@example.com"},"raw_details":{"target_users":["x \"y\"",""],"odd key":{"a.b":1.5},`+
		`"none":null,"hollow":{},"empty":"","yes":true,"bell":"a\u0007b"}}`)
	for _, c := range []struct {
		place       string
		value, want string
	}{
		{"operation", "DeleteUser", `operation=DeleteUser`},
		{"emit_time", "2023-11-08T09:14:58Z", `time=2023-11-08T09:14:58Z`},
		{"log_id", "a 1", `log_id="a 1"`},
		{"version", "2", `version=2`},
		{"principal", "", `principal:*`},
		{"principal/name", "user2@example.com", `principal.name=user2@example.com`},
		{"raw_details", "", `details:*`},
		{"raw_details/target_users", `x "y"`, `details.target_users="x \"y\""`},
		{"raw_details/odd key/a.b", "1.5", `details."odd key"."a.b"=1.5`},
		{"raw_details/none", "", `-details.none:*`},
		{"raw_details/hollow", "", `-details.hollow:*`},
		{"raw_details/yes", "true", `details.yes=true`},
		{"raw_details/bell", "a\ab", `details.bell=/^(?-i:a\x{7}b)$/`},
	} {
		got, ok := query.At(&e, &query.Env{}, strings.Split(c.place, "/"), c.value)
		if !ok || got != c.want {
			t.Errorf("%s is written %s (%v), want %s", c.place, got, ok, c.want)
		}
	}
	if got, ok := query.Having(&e, &query.Env{}, "req", ""); ok {
		t.Errorf("what is not there is written %s", got)
	}
}

// TestAtMeansTheEntry: whatever stands wherever in an entry, what is written of it means the entry, and its opposite does not.
func TestAtMeansTheEntry(t *testing.T) {
	names := rapid.OneOf(rapid.StringMatching(`[a-zA-Z][a-z_A-Z]{0,7}`), rapid.SampledFrom([]string{"operation", "status", "emit_time", "principal", "details", "raw_details", "has", "is", "since", "ip", "OR"}))
	inside := rapid.OneOf(names, rapid.SampledFrom([]string{"odd key", "a.b", `"`, `\`, "*", "", "é", "a:b"}))
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "OR", "-x", "a,b", "(a)", "*", "/a/", "..", `\`, `"`, "a:b", "2h", "10.0.0.0/8", "\x00", "\x1b]52;c;\a", "now"}))
	var draw func(t *rapid.T, depth int) any
	draw = func(t *rapid.T, depth int) any {
		switch n := rapid.IntRange(0, 8).Draw(t, "kind"); {
		case n == 0:
			return nil
		case n == 1:
			return rapid.Bool().Draw(t, "bool")
		case n == 2:
			return rapid.Float64Range(-1e9, 1e9).Draw(t, "number")
		case n == 3 && depth < 3:
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return draw(t, depth+1) }), 0, 3).Draw(t, "array")
		case n <= 5 && depth < 3:
			return rapid.MapOfN(inside, rapid.Custom(func(t *rapid.T) any { return draw(t, depth+1) }), 0, 3).Draw(t, "object")
		}
		return texts.Draw(t, "text")
	}
	rapid.Check(t, func(t *rapid.T) {
		top := rapid.MapOfN(names, rapid.Custom(func(t *rapid.T) any { return draw(t, 1) }), 0, 5).Draw(t, "entry")
		top["log_id"] = texts.Draw(t, "log_id")
		top["emit_time"] = "2023-11-08T09:14:58.25Z"
		top["operation"] = texts.Draw(t, "operation")
		raw, err := json.Marshal(top)
		if err != nil {
			t.Fatal(err)
		}
		found, _ := audit.NewDecoder().Decode(raw, audit.Origin{})
		if len(found) != 1 {
			t.Fatalf("%s is no entry", raw)
		}
		var walk func(place []string, v any)
		walk = func(place []string, v any) {
			value := ""
			switch v := v.(type) {
			case string:
				value = v
			case bool:
				value = fmt.Sprint(v)
			case float64:
				b, _ := json.Marshal(v)
				value = string(b)
			case map[string]any:
				for k, inner := range v {
					walk(append(place[:len(place):len(place)], k), inner)
				}
			case []any:
				for _, inner := range v {
					walk(place, inner)
				}
			}
			if len(place) == 0 {
				return
			}
			part, ok := query.At(&found[0], &query.Env{}, place, value)
			if !ok {
				if _, err := query.Parse(place[0] + ":x"); err != nil || place[0] == "has" {
					return // the language takes it for another word, misspelt or not
				}
				for _, k := range place {
					if strings.ContainsFunc(k, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\ufffd' }) {
						return
					}
				}
				t.Fatalf("%q in %s cannot be written", place, raw)
			}
			for _, c := range []struct {
				text string
				want bool
			}{{part, true}, {query.Negated(part), false}} {
				q, err := query.Parse(c.text)
				if err != nil {
					t.Fatalf("%s: %v", c.text, err)
				}
				if q.Match(&found[0], &query.Env{}) != c.want {
					t.Fatalf("%s of %q means %s: %v", c.text, place, raw, !c.want)
				}
			}
		}
		walk(nil, top)
	})
}
