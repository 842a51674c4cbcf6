package query

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// leaf is one scalar of an entry. Its path has the keys down to it; arrays add nothing to it.
type leaf struct {
	path []string
	text string // decoded
}

// region says where in an entry leaves are looked for.
type region uint8

const (
	everywhere region = iota
	payload           // in raw_details and in details
)

// below gives the leaves at a path, or below it if an object stands there. A star is any key.
func (s *subject) below(path []step, in region, give func(...string)) {
	for _, l := range s.leaves() {
		p := l.path
		if in == payload {
			if len(p) == 0 {
				continue
			}
			if k := foldName(p[0]); k != "rawdetails" && k != "details" {
				continue
			}
			p = p[1:]
		}
		if pathMatches(p, path) {
			give(l.text)
		}
	}
}

func pathMatches(path []string, steps []step) bool {
	for i, st := range steps {
		if i >= len(path) || !st.any && foldName(path[i]) != foldName(st.key) {
			return false
		}
	}
	return len(path) >= len(steps)
}

// leaves reads the entry's scalars once, as far as its text can be read.
func (s *subject) leaves() []leaf {
	if s.read {
		return s.found
	}
	s.read = true
	d := jsontext.NewDecoder(strings.NewReader(s.entry.JSON()), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var path []string
	var arrays []bool // for every open container
	key := true       // a name comes next, in an object
	for {
		t, err := d.ReadToken()
		if err != nil {
			return s.found
		}
		inObject := len(arrays) > 0 && !arrays[len(arrays)-1]
		if inObject && key && t.Kind() == '"' {
			path = append(path, t.String())
			key = false
			continue
		}
		switch t.Kind() {
		case '{', '[':
			arrays = append(arrays, t.Kind() == '[')
			key = true
			continue
		case '}', ']':
			if len(arrays) > 0 {
				arrays = arrays[:len(arrays)-1]
			}
		case 'n':
		default:
			s.found = append(s.found, leaf{path: append([]string(nil), path...), text: t.String()})
		}
		// A value is over: its name goes.
		if len(arrays) > 0 && !arrays[len(arrays)-1] {
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
			key = true
		}
	}
}
