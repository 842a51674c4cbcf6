// Package query is the filter language: one line that says which entries are meant, the same on the screen, on the command line and
// in saved views.
//
//	operation:DeleteUser principal:alice -status:OK since:2h "free text"
//
// A space means AND, field:value compares, a leading - negates, OR and brackets group, quotes hold spaces, * widens, /…/ is a
// regular expression (RE2), :> and .. compare. A colon matches a whole word and ignores case; = is exact; a bare word is a
// substring of any value.
package query

import (
	"fmt"
	"regexp"
	"strings"
)

// Query is a parsed filter. It is immutable and safe for use from any goroutine; the zero Query matches every entry.
type Query struct {
	root node // nil: everything
	asks []Unknown
}

// Unknown is a name in a query that is no field. An entry that has a top-level key of that name is compared by it; in all others the whole term is
// searched as text.
type Unknown struct {
	Name   string
	Column int // of its first character, counted in characters from 1
}

// Unknowns tells the names that are no fields, so that a person can be told.
func (q Query) Unknowns() []Unknown { return q.asks }

// Empty says that the query matches every entry because it asks for nothing.
func (q Query) Empty() bool { return q.root == nil }

// Equal says whether two queries ask for the same in the same words, white space and spelling variants of operators aside.
func (q Query) Equal(o Query) bool { return q.String() == o.String() }

// Terms gives the parts that the query joins by AND, each as a query of its own; a query that is no conjunction is its only
// part.
func (q Query) Terms() []Query {
	if q.root == nil {
		return nil
	}
	if a, ok := q.root.(and); ok {
		out := make([]Query, len(a))
		for i, n := range a {
			out[i] = Query{root: n}
		}
		return out
	}
	return []Query{{root: q.root}}
}

// Error is a query that cannot be understood.
type Error struct {
	Column     int    // where, in characters from 1
	Message    string // what
	Suggestion string // what was probably meant; empty: no guess
}

// Error gives the message with its place.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s at col %d", e.Message, e.Column)
	if e.Suggestion != "" {
		s += "; did you mean " + e.Suggestion + "?"
	}
	return s
}

// node is a part of a query: and, or, not, term or text.
type node interface {
	append(b []byte, level int) []byte
	match(s *subject) bool
}

type (
	and []node
	or  []node
	not struct{ of node }
	// term compares the values of a field.
	term struct {
		field  field
		op     op
		values []value // any of them
	}
	// text searches all values of an entry.
	text struct{ value value }
)

// op is how a field is compared.
type op uint8

const (
	word op = iota // ":" whole word, ignoring case
	exact
	unequal
	greater
	greaterEqual
	less
	lessEqual
)

func (o op) String() string { return [...]string{":", "=", "!=", ":>", ":>=", ":<", ":<="}[o] }

// value is what a field is compared with.
type value struct {
	kind  kind
	text  string   // literal, and the source of a regex
	parts []string // of a wildcard: the literal text between the stars
	lo,   // of a range; a nil bound is open
	hi *string
	re     *regexp.Regexp
	needle *needle // of text that is looked for in many entries; may be nil
}

type kind uint8

const (
	literal kind = iota
	wildcard
	regex
	span
)

// present says whether v is a lone star: the field is there and not empty.
func (v value) present() bool {
	return v.kind == wildcard && len(strings.Join(v.parts, "")) == 0
}

// Timeless gives the query without the parts of it that bound the emit time: time, since and until, where they are joined to the rest by AND.
func (q Query) Timeless() Query {
	var rest []Query
	for _, t := range q.Terms() {
		if n, ok := t.root.(term); !ok || n.field.class != from && n.field.class != before && n.field.name != "time" {
			rest = append(rest, t)
		}
	}
	return And(rest...)
}

// And joins queries: all have to be true.
func And(queries ...Query) Query {
	var all and
	var asks []Unknown
	for _, q := range queries {
		for _, t := range q.Terms() {
			all = append(all, t.root)
		}
		asks = append(asks, q.asks...)
	}
	switch len(all) {
	case 0:
		return Query{}
	case 1:
		return Query{root: all[0], asks: asks}
	}
	return Query{root: all, asks: asks}
}

// Or joins queries: one has to be true. An empty one means everything, and so does the result then; without any, nothing does.
func Or(queries ...Query) Query {
	list := or{}
	var asks []Unknown
	for _, q := range queries {
		if q.root == nil {
			return Query{}
		}
		list = append(list, q.root)
		asks = append(asks, q.asks...)
	}
	if len(list) == 1 {
		return Query{root: list[0], asks: asks}
	}
	return Query{root: list, asks: asks}
}
