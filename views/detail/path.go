package detail

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// step leads from a node to one of its children.
type step struct {
	key     string // decoded
	index   int32
	indexed bool // the parent is an array
}

// steps lead from the root to a node.
func (t *tree) steps(i int32) []step {
	if len(t.nodes) == 0 {
		return nil
	}
	out := make([]step, t.nodes[i].depth)
	for ; t.nodes[i].parent >= 0; i = t.nodes[i].parent {
		n := &t.nodes[i]
		if t.nodes[n.parent].kind == array {
			out[n.depth-1] = step{index: n.place, indexed: true}
		} else {
			out[n.depth-1] = step{key: t.key(i)}
		}
	}
	return out
}

// find goes along steps as far as there is a way, and tells whether that was to their end. Of a name that stands twice in an
// object it takes the last one, as jq and encoding/json do.
func (t *tree) find(steps []step) (i int32, whole bool) {
	for _, s := range steps {
		child := t.child(i, s)
		if child < 0 {
			return i, false
		}
		i = child
	}
	return i, len(t.nodes) > 0
}

// child is the child of i that a step leads to, or -1.
func (t *tree) child(i int32, s step) int32 {
	if len(t.nodes) == 0 || s.indexed != (t.nodes[i].kind == array) || s.indexed && s.index >= t.nodes[i].count {
		return -1
	}
	found := int32(-1)
	for c := i + 1; c < t.nodes[i].end; c = t.nodes[c].end {
		if s.indexed {
			if t.nodes[c].place == s.index {
				return c
			}
		} else if t.key(c) == s.key {
			found = c
		}
	}
	return found
}

// jq writes steps in the syntax of jq: .details.target_users[0], .["odd key"].
func jq(steps []step) string {
	out := []byte{}
	for i, s := range steps {
		if i == 0 && (s.indexed || !identifier(s.key)) {
			out = append(out, '.')
		}
		switch {
		case s.indexed:
			out = append(out, '[')
			out = strconv.AppendInt(out, int64(s.index), 10)
			out = append(out, ']')
		case identifier(s.key):
			out = append(out, '.')
			out = append(out, s.key...)
		default:
			out = append(out, '[')
			// The error only says that the name holds bytes that are not UTF-8; jq could not name it either.
			out, _ = jsontext.AppendQuote(out, s.key)
			out = append(out, ']')
		}
	}
	if len(out) == 0 {
		return "."
	}
	return string(out)
}

// identifier tells whether jq takes a name without quotes.
func identifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
