package query_test

import (
	"testing"

	"taudit/source/query"
)

func TestAlerting(t *testing.T) {
	for text, want := range map[string]bool{
		"":                               false,
		"is:marked":                      false,
		"is:Alert":                       true,
		"is:(alert OR new)":              true,
		"op:UpdateUser -(a OR is:alert)": true,
		`"is:alert"`:                     false,
		"alert":                          false,
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if q.Alerting() != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}

func TestPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"":                               false,
		"op:UpdateUser is:error":         false,
		"is:marked":                      true,
		"op:UpdateUser -(a OR is:Noted)": true,
		"is:late":                        false,
		`"is:marked"`:                    false,
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if q.Personal() != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}
