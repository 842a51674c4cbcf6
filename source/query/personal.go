package query

import "strings"

// Personal says whether what the query means depends on what people have put on entries, and so changes when they do.
func (q Query) Personal() bool { return personal(q.root) }

func personal(n node) bool {
	switch n := n.(type) {
	case and:
		for _, c := range n {
			if personal(c) {
				return true
			}
		}
	case or:
		for _, c := range n {
			if personal(c) {
				return true
			}
		}
	case not:
		return personal(n.of)
	case term:
		for _, v := range n.values {
			if n.field.class == is && (strings.EqualFold(v.text, "marked") || strings.EqualFold(v.text, "noted")) {
				return true
			}
		}
	}
	return false
}
