package query_test

import (
	"slices"
	"testing"
	"time"

	"taudit/source/audit"
	"taudit/source/query"
)

// recorder builds filters as text, and counts how often a whole entry is asked about.
type recorder struct{}

func (recorder) All(f ...string) string                              { return join("all", f) }
func (recorder) Any(f ...string) string                              { return join("any", f) }
func (recorder) Not(f string) string                                 { return join("not", []string{f}) }
func (recorder) Values(query.Column, func(*audit.Entry) bool) string { return "values" }
func (recorder) Times(from, to int64) string {
	return time.Unix(0, from).UTC().Format(time.TimeOnly) + "+" + time.Duration(to-from).String()
}
func (recorder) Scalars(query.Scalars) string         { return "scalars" }
func (recorder) Is(string) (string, bool)             { return "", false }
func (recorder) Entry(func(*audit.Entry) bool) string { return "entry" }

func join(word string, list []string) string {
	for _, l := range list {
		word += "(" + l + ")"
	}
	return word
}

// TestWhatIsKnownByItsTimeIsLookedForThere: a search for what is marked does not go through all entries.
func TestWhatIsKnownByItsTimeIsLookedForThere(t *testing.T) {
	at := []time.Time{time.Date(2023, 11, 8, 9, 0, 0, 0, time.UTC), time.Date(2023, 11, 8, 10, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		filter string
		times  []time.Time
		ok     bool
		want   string
	}{
		{"is:marked", at, true, "all(any(09:00:00+1ns)(10:00:00+1ns))(entry)"},
		{"-is:Noted", at[:1], true, "not(all(any(09:00:00+1ns))(entry))"},
		{"is:marked", nil, true, "all(any)(entry)"},
		{"is:marked", at, false, "entry"},
		{"is:marked", append(at, time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)), true, "entry"},
		{"is:marked", slices.Repeat(at, 600), true, "entry"},
		{"is:error", at, true, "values"},
	} {
		q, err := query.Parse(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		env := &query.Env{At: func(string) ([]time.Time, bool) { return c.times, c.ok }}
		if got := query.Build(q, env, recorder{}); got != c.want {
			t.Errorf("%s with %d times becomes %s, want %s", c.filter, len(c.times), got, c.want)
		}
	}
	q, err := query.Parse("is:marked")
	if err != nil {
		t.Fatal(err)
	}
	if got := query.Build(q, &query.Env{}, recorder{}); got != "entry" {
		t.Errorf("without anything known it becomes %s", got)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"region", "profile", "since", "top"}
	for word, want := range map[string]string{"regoin": "region", "Profil": "profile", "sinse": "since", "tap": "top", "tpo": "top", "": "", "nothing": ""} {
		if got := query.Nearest(word, words); got != want {
			t.Errorf("%q is near %q, want %q", word, got, want)
		}
	}
}
