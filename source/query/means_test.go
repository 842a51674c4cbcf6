package query_test

import (
	"testing"

	"taudit/source/audit"
	"taudit/source/query"
)

// What stands for another query means what that does, also beside other values and negated; what does not is asked as ever.
func TestIsWhatStandsForAQuery(t *testing.T) {
	parse := func(text string) query.Query { return parsed(t, text) }
	rules := query.Or(parse("op:DeleteUser"), parse("is:error op:UpdateUser"))
	env := &query.Env{
		Now:   clock,
		Is:    func(e *audit.Entry, what string) bool { return what == "marked" && e.LogID == "m" },
		Means: func(what string) (query.Query, bool) { return rules, what == "alert" },
	}
	entries := map[string]audit.Entry{
		"deleted": {Operation: "DeleteUser", Status: "OK"},
		"failed":  {Operation: "UpdateUser", Status: "ERROR"},
		"updated": {Operation: "UpdateUser", Status: "OK"},
		"marked":  {Operation: "UpdateUser", Status: "OK", LogID: "m"},
	}
	for text, want := range map[string]string{
		"is:alert":                   "deleted failed",
		"is:ALERT":                   "deleted failed",
		"-is:alert":                  "marked updated",
		"is:alert is:error":          "failed",
		"is:(alert OR marked)":       "deleted failed marked",
		"is:marked":                  "marked",
		"op:UpdateUser OR is:alert":  "deleted failed marked updated",
		"is:(alert OR error) log_id": "",
	} {
		got := ""
		for _, name := range []string{"deleted", "failed", "marked", "updated"} {
			e := entries[name]
			if q := parse(text); q.Match(&e, env) {
				if got != "" {
					got += " "
				}
				got += name
			}
		}
		if got != want {
			t.Errorf("%s means %q, want %q", text, got, want)
		}
	}
	if q := query.Or(parse("a"), parse("")); !q.Empty() {
		t.Errorf("everything or something is %q", q)
	}
	if q := query.Or(); q.Empty() || q.Match(&audit.Entry{}, env) {
		t.Errorf("none of nothing is %q", q)
	}
}
