package query

import (
	"slices"
	"strings"
)

// Personal says whether what the query means depends on what people have put on entries, and so changes when they do.
func (q Query) Personal() bool { return asks(q.root, "marked", "noted") }

// Alerting says whether what the query means depends on the rules that watch, and so changes with them.
func (q Query) Alerting() bool { return asks(q.root, "alert") }

// asks says whether a query asks for one of the conditions by is:.
func asks(n node, conditions ...string) bool {
	inside := func(n node) bool { return asks(n, conditions...) }
	switch n := n.(type) {
	case and:
		return slices.ContainsFunc(n, inside)
	case or:
		return slices.ContainsFunc(n, inside)
	case not:
		return inside(n.of)
	case term:
		for _, v := range n.values {
			if n.field.class == is && slices.ContainsFunc(conditions, func(c string) bool { return strings.EqualFold(v.text, c) }) {
				return true
			}
		}
	}
	return false
}
