package detail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-json-experiment/json/jsontext"
)

// What a tree is bounded by. Real entries are a few levels deep and hold some dozen values; the bounds only keep a
// hostile one from costing memory and time.
const (
	maxDepth = 200     // below it, an object or array is one value
	maxNodes = 1 << 20 // a text of more values is not made into a tree
)

// kind says what a node is.
type kind uint8

const (
	object kind = iota
	array
	text
	number
	word        // true or false
	null        // null
	folio       // an object or array so deep that it is kept as its text
	absent kind = math.MaxUint8
)

// span is a stretch of the tree's text.
type span struct{ from, to int32 }

// node is one value of a JSON text.
type node struct {
	key    span // the name as written, with its quotes; empty in arrays and for the root
	value  span
	parent int32 // -1 for the root
	end    int32 // index of the first node behind this one and all below it
	place  int32 // among the children of its parent, from 0
	count  int32 // of children
	depth  uint16
	arrays uint16 // how many arrays stand above it
	kind   kind
	folded bool
}

// tree is a JSON text as a flat list of its values in document order. Everything below node i stands in nodes[i+1:end], so
// a folded subtree is passed in one step and folding changes one flag.
type tree struct {
	text  string // as received, but for trailing commas, which are blanks here
	nodes []node // empty when err is set
	err   error  // why there is no tree, for people
}

// parse makes the tree of a JSON text: of any text, since entries may hold names twice, bytes that are not UTF-8, and a
// comma before a closing bracket. Of a text that is damaged otherwise it makes a tree without nodes and with a reason.
func parse(raw string) *tree {
	if len(raw) > math.MaxInt32 {
		return &tree{text: raw, err: fmt.Errorf("%d bytes are too many for a tree", len(raw))}
	}
	data := []byte(raw)
	nodes, err := scan(data)
	if err != nil {
		if blankCommas(data) {
			if repaired, err := scan(data); err == nil {
				return &tree{text: string(data), nodes: repaired}
			}
		}
		return &tree{text: raw, err: err}
	}
	return &tree{text: raw, nodes: nodes}
}

// errTooMany is why a text is not made into a tree though it is JSON.
var errTooMany = fmt.Errorf("more than %d values are too many for a tree", maxNodes)

// scan lists the values of data.
func scan(data []byte) ([]node, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var (
		nodes = make([]node, 0, min(bytes.Count(data, []byte{','})+8, maxNodes))
		key   span
		named bool // the value of key comes next
	)
	top := int32(-1)
	for {
		next := dec.PeekKind()
		if next == '}' || next == ']' {
			if _, err := dec.ReadToken(); err != nil {
				return nil, reason(err)
			}
			nodes[top].end = int32(len(nodes))
			nodes[top].value.to = int32(dec.InputOffset())
			if top = nodes[top].parent; top < 0 {
				return nodes, end(dec)
			}
			continue
		}
		if top >= 0 && nodes[top].kind == object && !named {
			v, err := dec.ReadValue()
			if err != nil {
				return nil, reason(err)
			}
			to := int32(dec.InputOffset())
			key, named = span{to - int32(len(v)), to}, true
			continue
		}
		if len(nodes) == maxNodes {
			return nil, errTooMany
		}
		n := node{key: key, parent: top, kind: kindOf(next)}
		key, named = span{}, false
		if top >= 0 {
			above := &nodes[top]
			n.place, n.depth, n.arrays = above.count, above.depth+1, above.arrays
			if above.kind == array {
				n.arrays++
			}
			above.count++
		}
		if (n.kind == object || n.kind == array) && n.depth < maxDepth {
			if _, err := dec.ReadToken(); err != nil {
				return nil, reason(err)
			}
			n.value.from = int32(dec.InputOffset()) - 1
			top = int32(len(nodes))
			nodes = append(nodes, n)
			continue
		}
		v, err := dec.ReadValue()
		if err != nil {
			return nil, reason(err)
		}
		if n.kind == object || n.kind == array {
			n.kind = folio
		}
		n.value.to = int32(dec.InputOffset())
		n.value.from = n.value.to - int32(len(v))
		n.end = int32(len(nodes)) + 1
		nodes = append(nodes, n)
		if top < 0 {
			return nodes, end(dec)
		}
	}
}

// end is an error if anything but blanks is left.
func end(dec *jsontext.Decoder) error {
	switch _, err := dec.ReadToken(); {
	case err == nil:
		return fmt.Errorf("there is more behind the value that ends at byte %d", dec.InputOffset())
	case errors.Is(err, io.EOF):
		return nil
	default:
		return reason(err)
	}
}

// reason says what is wrong with a text without the name of the library.
func reason(err error) error {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("not JSON at byte %d: %w", syntax.ByteOffset, syntax.Err)
	}
	if errors.Is(err, io.EOF) {
		return errors.New("there is nothing in it")
	}
	return fmt.Errorf("not JSON: %w", err)
}

func kindOf(k jsontext.Kind) kind {
	switch k {
	case '{':
		return object
	case '[':
		return array
	case '"':
		return text
	case '0':
		return number
	case 't', 'f':
		return word
	case 'n':
		return null
	}
	return absent // the read that follows tells what is wrong
}

// blankCommas replaces each comma that stands behind a value and before a closing bracket by a blank, so that every offset
// stays, and tells whether there was any.
func blankCommas(data []byte) bool {
	found := false
	comma := -1       // a comma that may be one too many
	before := byte(0) // the last character that is no blank
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch c {
		case ' ', '\t', '\n', '\r':
			continue
		case '"':
			for i++; i < len(data) && data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
		case '}', ']':
			if comma >= 0 {
				data[comma], found = ' ', true
			}
		}
		valued := before != 0 && before != '{' && before != '[' && before != ',' && before != ':'
		comma = -1
		if c == ',' && valued {
			comma = i
		}
		before = c
	}
	return found
}

// key is the name of a node, decoded; empty in arrays and for the root.
func (t *tree) key(i int32) string {
	s := t.nodes[i].key
	if s.to == 0 {
		return ""
	}
	return unquote(t.text[s.from:s.to])
}

// value is the JSON text of a node.
func (t *tree) value(i int32) string {
	s := t.nodes[i].value
	return t.text[s.from:s.to]
}

// says is what a string says, and the text of any other value.
func (t *tree) says(i int32) string {
	if t.nodes[i].kind == text {
		return unquote(t.value(i))
	}
	return t.value(i)
}

// unquote decodes a JSON string. What stands for itself is a substring of it, bytes that are not UTF-8 among that: they are
// shown as they are.
func unquote(quoted string) string {
	inside := quoted[1 : len(quoted)-1]
	for i := range len(inside) {
		if inside[i] == '\\' {
			// The error only repeats that the string holds what is no UTF-8, now replaced.
			decoded, _ := jsontext.AppendUnquote(nil, quoted)
			return string(decoded)
		}
	}
	return inside
}

// holds tells whether a node has children.
func (t *tree) holds(i int32) bool { return t.nodes[i].count > 0 }

// fold hides or shows what is below a node. It does nothing where nothing is.
func (t *tree) fold(i int32, folded bool) { t.nodes[i].folded = folded && t.holds(i) }

// foldAll does so with everything below a node, and with the node itself unless that is the root, which would leave nothing
// to see.
func (t *tree) foldAll(i int32, folded bool) {
	for j := i; j < t.nodes[i].end; j++ {
		t.fold(j, folded && j > 0)
	}
}

// next is the node shown below i, or -1.
func (t *tree) next(i int32) int32 {
	n := i + 1
	if t.nodes[i].folded {
		n = t.nodes[i].end
	}
	if int(n) >= len(t.nodes) {
		return -1
	}
	return n
}

// prev is the node shown above i, or -1.
func (t *tree) prev(i int32) int32 {
	if i <= 0 {
		return -1
	}
	return t.shown(i - 1)
}

// last is the last node that is shown.
func (t *tree) last() int32 { return t.shown(int32(len(t.nodes)) - 1) }

// shown is i if it can be seen, else the folded node that hides it.
func (t *tree) shown(i int32) int32 {
	for a := t.nodes[i].parent; a >= 0; a = t.nodes[a].parent {
		if t.nodes[a].folded {
			i = a
		}
	}
	return i
}

// nextInside is the next child of i's parent, or -1.
func (t *tree) nextInside(i int32) int32 {
	if p := t.nodes[i].parent; p < 0 || t.nodes[i].end >= t.nodes[p].end {
		return -1
	}
	return t.nodes[i].end
}

// prevInside is the previous child of i's parent, or -1.
func (t *tree) prevInside(i int32) int32 {
	p := t.nodes[i].parent
	if p < 0 || i == p+1 {
		return -1
	}
	// The node before i is the last one below that child.
	for i--; t.nodes[i].parent != p; {
		i = t.nodes[i].parent
	}
	return i
}
