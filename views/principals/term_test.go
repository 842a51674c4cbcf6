package principals

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
)

// written makes an entry from JSON as it is delivered, so that what a query reads from the bytes is there too.
func written(i int, fields map[string]any) audit.Entry {
	fields["log_id"] = fmt.Sprintf("%05d", i)
	fields["emit_time"] = now.Add(time.Duration(i-1000) * time.Second).Format(time.RFC3339)
	fields["operation"], fields["status"] = "UpdateUser", "OK"
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	found, bad := audit.NewDecoder().Decode(raw, audit.Origin{})
	if len(found) != 1 || len(bad) != 0 {
		panic(fmt.Sprintf("%s: %d entries, bad %v", raw, len(found), bad))
	}
	return found[0]
}

// TestTheTermMeansThePrincipalAlone: whoever acts in whatever format, the query that is written for a principal finds all of its entries and
// no others, and every entry is one principal's.
func TestTheTermMeansThePrincipalAlone(t *testing.T) {
	word := rapid.SampledFrom([]string{
		"", "u1", "U1", "u2", "u1@example.com", "terraform", "two words", `q"uote`, "a*", "/re/", "OR", "x..y", "-not", "a,b", "\x1b[2J", "u202e\u202e", "山田", `back\slash`, "key", "*",
	})
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(store.Limits{})
		var all []audit.Entry
		for i := range rapid.IntRange(1, 12).Draw(t, "entries") {
			f := map[string]any{}
			if rapid.Bool().Draw(t, "principal") {
				f["principal"] = map[string]any{
					"id": word.Draw(t, "id"), "name": word.Draw(t, "name"), "type": rapid.SampledFrom([]string{"", "user", "serviceaccount"}).Draw(t, "type"),
					"api_key_id": word.Draw(t, "key"),
				}
			}
			if e := word.Draw(t, "email"); e != "" {
				f["user_email"] = e
			}
			all = append(all, written(i, f))
		}
		s.Append(all)
		snap := s.Snapshot()
		a := snap.Activity(t.Context(), nil)
		r := a.Roster()
		for g := range r.Principals {
			text := term(r, int32(g), a)
			q, err := query.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			sum, found := 0, 0
			for _, code := range r.Principals[g].People {
				sum += a.Of(int(code)).Entries
			}
			for i := range all {
				mine := false
				p := audit.Person{Principal: all[i].Principal, Email: all[i].UserEmail}
				for _, code := range r.Principals[g].People {
					o := a.Person(int(code))
					mine = mine || o.Principal == p.Principal && o.Email == p.Email
				}
				if got := q.Match(&all[i], &query.Env{}); got != mine {
					t.Errorf("%s (%+v) matches %s: %v", text, r.Principals[g], all[i].Raw, got)
				} else if got {
					found++
				}
			}
			if found != sum {
				t.Errorf("%s finds %d entries of %d", text, found, sum)
			}
		}
	})
}

func TestOnePersonInManyFormats(t *testing.T) {
	s := store.New(store.Limits{})
	person := func(id, name, key string) map[string]any {
		return map[string]any{"principal": map[string]any{"id": id, "name": name, "type": "user", "api_key_id": key}, "raw_details": map[string]any{"a": 1}}
	}
	s.Append([]audit.Entry{
		written(1, map[string]any{"user_email": "a@example.com"}),
		written(2, person("1", "a@example.com", "")),
		written(3, person("1", "a@example.com", "k1")),
		written(4, person("1", "new-name@example.com", "k2")),
		written(5, person("2", "b@example.com", "")),
		written(6, person("3", "b@example.com", "")), // somebody else has got the address
		written(7, map[string]any{"user_email": "b@example.com"}),
		written(8, map[string]any{}),
	})
	a := s.Snapshot().Activity(t.Context(), nil)
	r := a.Roster()
	var got []string
	for g := range r.Principals {
		n := 0
		for _, code := range r.Principals[g].People {
			n += a.Of(int(code)).Entries
		}
		got = append(got, fmt.Sprintf("%s %d %s", called(&r.Principals[g]), n, term(r, int32(g), a)))
	}
	want := []string{
		"new-name@example.com 4 ((principal.id=1) OR (-principal.id:* (principal.name=a@example.com OR -principal.name:* user_email=a@example.com)))",
		"b@example.com 1 principal.id=2",
		"b@example.com 1 principal.id=3",
		"b@example.com 1 -principal.id:* (principal.name=b@example.com OR -principal.name:* user_email=b@example.com)",
		"(nobody named) 1 -principal.id:* -principal.name:* -user_email:*",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
