package query_test

import (
	"testing"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/query"
)

func TestQuote(t *testing.T) {
	for value, want := range map[string]string{
		"terraform":         `terraform`,
		"user1@example.com": `user1@example.com`,
		"10.0.0.0/8":        `10.0.0.0/8`,
		"two words":         `"two words"`,
		`say "so"`:          `"say \"so\""`,
		"OR":                `"OR"`,
		"a..b":              `"a..b"`,
		"all*":              `"all*"`,
		"/x/":               `"/x/"`,
		"":                  `""`,
		"a\x1b[2Jb":         `/^(?-i:a\x{1b}\x{5b}2Jb)$/`,
	} {
		if got := query.Quote(value); got != want {
			t.Errorf("%q is written %s, want %s", value, got, want)
		}
	}
}

// TestAQuotedValueMeansItselfAlone: exact comparison with what Quote writes finds that value and no other.
func TestAQuotedValueMeansItselfAlone(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"OR", "NOT", "AND", "-x", "a,b", "(a)", "a b", "*", "/a/", "..", `\`, `"`, "a:b", "A", "a", "\x00", "\x1b]52;c;\a"}))
	rapid.Check(t, func(t *rapid.T) {
		value, other := text.Draw(t, "value"), text.Draw(t, "other")
		q, err := query.Parse("target=" + query.Quote(value))
		if err != nil {
			t.Fatal(err)
		}
		for _, have := range []string{value, other} {
			if have == "" {
				continue
			}
			if got := q.Match(&audit.Entry{Target: have}, &query.Env{}); got != (have == value) {
				t.Errorf("%s matches %q: %v", q, have, got)
			}
		}
	})
}
