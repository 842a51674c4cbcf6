package store

import (
	"cmp"
	"slices"

	"taudit/source/audit"
)

// Identity tells principals apart: by ID, or where the record has none, by name or e-mail address. The zero Identity is nobody: entries that
// do not say who acted.
type Identity struct{ ID, Name string }

// Principal is who acted, with whatever API keys and in whatever format.
type Principal struct {
	Identity
	Called  string   // as people know them; the ID if there is no better; empty for nobody
	Kind    string   // as [audit.Entry.PrincipalKind] has it; empty when no record says
	Aliases []string // names and e-mail addresses in records without an ID that are taken to be theirs
	People  []int32  // those of an [Activity] that are this one, by number
}

// Roster says which people, as a log numbers them, are one principal. It is immutable.
type Roster struct {
	Groups     []int32 // for each person the number of the principal
	Principals []Principal

	index map[Identity]int32
	ends  [2]audit.Person
}

// Roster merges people. What they are called counts only where records have no ID, and only if it names one principal.
func (a *Activity) Roster() *Roster {
	r := &Roster{Groups: make([]int32, a.People()), index: map[Identity]int32{}}
	names := map[string]int32{} // who has an ID, by name and address; -1: more than one
	for code := range r.Groups {
		p := a.Person(code)
		if p.ID == "" {
			continue
		}
		g := r.add(Identity{ID: p.ID}, code, p)
		for _, n := range [...]string{p.Name, p.Email} {
			if was, ok := names[n]; n != "" && ok && was != g {
				names[n] = -1
			} else if n != "" {
				names[n] = g
			}
		}
	}
	for code := range r.Groups {
		p := a.Person(code)
		if p.ID != "" {
			continue
		}
		called := cmp.Or(p.Name, p.Email)
		g, ok := names[called]
		if !ok || g < 0 {
			r.add(Identity{Name: called}, code, p)
			continue
		}
		r.join(g, code, p)
		if o := &r.Principals[g]; !slices.Contains(o.Aliases, called) {
			o.Aliases = append(o.Aliases, called)
		}
	}
	if n := a.People(); n > 0 {
		r.ends = [2]audit.Person{*a.Person(0), *a.Person(n - 1)}
	}
	return r
}

func (r *Roster) add(who Identity, code int, p *audit.Person) int32 {
	g, ok := r.index[who]
	if !ok {
		g = int32(len(r.Principals))
		r.Principals = append(r.Principals, Principal{Identity: who, Called: cmp.Or(who.Name, who.ID)})
		r.index[who] = g
	}
	r.join(g, code, p)
	return g
}

// join makes a person one of a principal, which has the newest of its names.
func (r *Roster) join(g int32, code int, p *audit.Person) {
	o := &r.Principals[g]
	r.Groups[code] = g
	o.People = append(o.People, int32(code))
	if n := cmp.Or(p.Name, p.Email); n != "" && p.ID != "" {
		o.Called = n
	}
	e := audit.Entry{Principal: p.Principal}
	o.Kind = cmp.Or(e.PrincipalKind(), o.Kind)
}

// Find gives the number of a principal.
func (r *Roster) Find(who Identity) (int32, bool) {
	g, ok := r.index[who]
	return g, ok
}

// Of tells whether the roster is that of an activity: people of one log are only ever added.
func (r *Roster) Of(a *Activity) bool {
	n := len(r.Groups)
	return n == a.People() && (n == 0 || r.ends == [2]audit.Person{*a.Person(0), *a.Person(n - 1)})
}
