package query_test

import (
	"testing"

	"taudit/source/query"
)

// TestWhatAQueryDependsOn: on what people have put on entries, and on the rules that watch.
func TestWhatAQueryDependsOn(t *testing.T) {
	for text, want := range map[string]struct{ personal, alerting bool }{
		"":                               {},
		"op:UpdateUser is:error":         {},
		"is:marked":                      {personal: true},
		"op:UpdateUser -(a OR is:Noted)": {personal: true},
		"is:Alert":                       {alerting: true},
		"is:(alert OR new)":              {alerting: true},
		"op:UpdateUser -(a OR is:alert)": {alerting: true},
		"is:(alert OR marked)":           {personal: true, alerting: true},
		"is:late":                        {},
		`"is:marked" "is:alert"`:         {},
		"alert":                          {},
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if q.Personal() != want.personal || q.Alerting() != want.alerting {
			t.Errorf("%s: personal %v, alerting %v", text, q.Personal(), q.Alerting())
		}
	}
}
