package principals

import (
	"cmp"
	"strings"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
)

// short is the type as the table has it.
func short(p *store.Principal) string {
	switch p.Kind {
	case "":
		return "-"
	case "serviceaccount":
		return "sa"
	}
	return p.Kind
}

// long is the type in words.
func long(p *store.Principal) string {
	switch p.Kind {
	case "":
		return "type not recorded"
	case "serviceaccount":
		return "service account"
	}
	return p.Kind
}

// called is the name for people.
func called(p *store.Principal) string { return cmp.Or(p.Called, "(nobody named)") }

// entry is what a query sees of a person.
func entry(p *audit.Person) audit.Entry {
	return audit.Entry{Principal: p.Principal, UserEmail: p.Email, Format: p.Format}
}

// term writes the query that means this principal alone: the one that people read best of those that mean nobody else in the log.
func term(r *store.Roster, g int32, a *store.Activity) string {
	p := &r.Principals[g]
	exact := exactly(p)
	if p.Called == "" {
		return exact
	}
	terms := []string{"principal=" + query.Quote(p.Called)}
	if p.ID != "" {
		terms = append(terms, "principal.id="+query.Quote(p.ID))
	}
	for _, t := range terms {
		if q, err := query.Parse(t); err == nil && means(r, g, q, a) {
			return t
		}
	}
	return exact
}

// exactly asks for the ID, and for the records without one by name.
func exactly(p *store.Principal) string {
	var any []string
	if p.ID != "" {
		any = append(any, "principal.id="+query.Quote(p.ID))
	}
	aliases := p.Aliases
	if p.ID == "" && p.Name != "" {
		aliases = []string{p.Name}
	}
	for _, n := range aliases {
		n = query.Quote(n)
		any = append(any, "-principal.id:* (principal.name="+n+" OR -principal.name:* user_email="+n+")")
	}
	switch len(any) {
	case 0:
		return "-principal.id:* -principal.name:* -user_email:*"
	case 1:
		return any[0]
	}
	return "((" + strings.Join(any, ") OR (") + "))"
}

// means tells whether of all people in the log a query matches those of one principal.
func means(r *store.Roster, g int32, q query.Query, a *store.Activity) bool {
	var env query.Env
	for code, of := range r.Groups {
		e := entry(a.Person(code))
		if q.Match(&e, &env) != (of == g) {
			return false
		}
	}
	return true
}
