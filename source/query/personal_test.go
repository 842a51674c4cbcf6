package query_test

import (
	"testing"

	"taudit/source/query"
)

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
