package compare

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Change is a place at which two entries differ. Its texts are from the entries, and not cleaned.
type Change struct {
	Path          string // in the syntax of jq
	Before, After string // the JSON texts; empty: nothing is there
}

// What a comparison is bounded by; only the hostile have more.
const (
	maxDepth  = 200
	maxLeaves = 200_000
)

// Diff gives the places at which the JSON texts of two entries differ, in the order of the second. An object or array counts as a place of
// its own only if nothing is in it. Names are compared as the filter language compares them, so that the formats of one entry are alike.
func Diff(before, after string) ([]Change, error) {
	was, err := leaves(before)
	if err != nil {
		return nil, fmt.Errorf("reading the earlier entry: %w", err)
	}
	is, err := leaves(after)
	if err != nil {
		return nil, fmt.Errorf("reading the later entry: %w", err)
	}
	// What is gone stands behind what it stood behind.
	gone := map[string][]string{}
	last := ""
	for _, id := range was.order {
		if _, ok := is.at[id]; ok {
			last = id
		} else {
			gone[last] = append(gone[last], id)
		}
	}
	var out []Change
	lost := func(behind string) {
		for _, id := range gone[behind] {
			out = append(out, Change{Path: was.at[id].path, Before: was.at[id].text})
		}
	}
	lost("")
	for _, id := range is.order {
		l := is.at[id]
		if o, ok := was.at[id]; !ok || o.says != l.says {
			out = append(out, Change{Path: l.path, Before: o.text, After: l.text})
		}
		lost(id)
	}
	return out, nil
}

// leaf is a scalar of an entry, or an object or array that is empty.
type leaf struct{ path, text, says string }

// leafSet are the leaves of an entry, by what their place is known by.
type leafSet struct {
	order []string
	at    map[string]leaf
}

// level is an object or array that is being read.
type level struct {
	array bool
	n     int    // of what was read in it
	key   string // of what comes next, in an object
}

var errTooMuch = errors.New("it has too many values to be compared")

// leaves reads the text of an entry. Commas too many before a closing bracket, as some entries have them, are passed over.
func leaves(text string) (*leafSet, error) {
	d := jsontext.NewDecoder(strings.NewReader(withoutCommas(text)), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	s := &leafSet{at: map[string]leaf{}}
	var stack []level
	add := func(raw, says string) error {
		id, path := place(stack)
		if _, ok := s.at[id]; !ok {
			if len(s.order) == maxLeaves {
				return errTooMuch
			}
			s.order = append(s.order, id)
		}
		s.at[id] = leaf{path, raw, says} // of a name that stands twice the last counts
		return nil
	}
	for {
		switch k := d.PeekKind(); k {
		case '{', '[':
			if len(stack) == maxDepth {
				return nil, errTooMuch
			}
			if _, err := d.ReadToken(); err != nil {
				return nil, err
			}
			stack = append(stack, level{array: k == '['})
			continue
		case '}', ']':
			if _, err := d.ReadToken(); err != nil {
				return nil, err
			}
			empty := stack[len(stack)-1].n == 0
			stack = stack[:len(stack)-1]
			if empty {
				both := map[jsontext.Kind]string{'}': "{}", ']': "[]"}[k]
				if err := add(both, both); err != nil {
					return nil, err
				}
			}
		default:
			v, err := d.ReadValue()
			if errors.Is(err, io.EOF) && len(s.order) > 0 {
				return s, nil
			}
			if err != nil {
				return nil, err
			}
			if top := len(stack) - 1; top >= 0 && !stack[top].array && stack[top].key == "" && k == '"' {
				name, _ := jsontext.AppendUnquote(nil, v) // the error says that it had to replace what is no UTF-8
				stack[top].key = "." + string(name)
				continue
			}
			says := string(v)
			if k == '"' {
				plain, _ := jsontext.AppendUnquote(nil, v)
				says = `"` + string(plain)
			}
			if err := add(string(v), says); err != nil {
				return nil, err
			}
		}
		if top := len(stack) - 1; top >= 0 {
			stack[top].n++
			stack[top].key = ""
		} else {
			return s, nil
		}
	}
}

// place gives what a place is known by in both entries, and its path.
func place(stack []level) (id, path string) {
	var known, shown strings.Builder
	for i, l := range stack {
		if l.array {
			fmt.Fprintf(&shown, "[%d]", l.n)
			fmt.Fprintf(&known, "[%d", l.n)
			continue
		}
		name := strings.TrimPrefix(l.key, ".")
		folded := strings.ToLower(strings.ReplaceAll(name, "_", ""))
		if i == 0 && folded == "rawdetails" {
			folded = "details"
		}
		known.WriteString("." + strconv.Quote(folded))
		if plainName(name) {
			shown.WriteString("." + name)
			continue
		}
		if i == 0 {
			shown.WriteByte('.')
		}
		quoted, _ := jsontext.AppendQuote(nil, name)
		shown.WriteString("[" + string(quoted) + "]")
	}
	if shown.Len() == 0 {
		return ".", "."
	}
	return known.String(), shown.String()
}

func plainName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// withoutCommas blanks commas that stand before a closing bracket.
func withoutCommas(text string) string {
	var b []byte
	comma := -1
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\n', '\r':
			continue
		case '"':
			comma = -1
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case ',':
			comma = i
		case '}', ']':
			if comma >= 0 {
				if b == nil {
					b = []byte(text)
				}
				b[comma] = ' '
			}
			comma = -1
		default:
			comma = -1
		}
	}
	if b == nil {
		return text
	}
	return string(b)
}

// Text writes changes for a ticket or a message: each path with a line for what was there and one for what is.
func Text(before, after Item, changes []Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", before.Title, after.Title)
	for _, c := range changes {
		b.WriteString(c.Path + "\n")
		for _, side := range []struct{ sign, text string }{{"- ", c.Before}, {"+ ", c.After}} {
			if side.text != "" {
				b.WriteString(side.sign + side.text + "\n")
			}
		}
	}
	return b.String()
}
