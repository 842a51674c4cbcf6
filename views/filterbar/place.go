package filterbar

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind says what can be completed at a place.
type kind uint8

const (
	nothing kind = iota
	aName        // the name of a field
	aValue       // a value of a field
)

// place is where the cursor stands in a filter. Positions are in bytes.
type place struct {
	kind       kind
	start, end int      // what a completion replaces
	prefix     string   // what of it stands before the cursor, without quotes
	field      string   // whose value it is, or whose whole name before an operator, as written
	name       int      // where the field starts
	taken      []string // the other values of a list
	closed     bool     // an operator follows the name
}

// locate finds out where the cursor, a position in bytes, stands. It reads the text as the language does, but finds a meaning in
// whatever is half typed.
func locate(s string, cursor int) place {
	sc := scanner{s: s, cursor: cursor}
	sc.run()
	return sc.found
}

type scanner struct {
	s       string
	at      int
	cursor  int
	touched bool // the cursor stands in or at something that was read
	found   place
}

func (sc *scanner) run() {
	for !sc.touched {
		sc.space()
		if sc.at >= len(sc.s) {
			break
		}
		switch sc.s[sc.at] {
		case '(', ')', '-', '!':
			sc.at++
			continue
		}
		start := sc.at
		sc.term()
		sc.touched = sc.cursor >= start && sc.cursor <= sc.at
	}
	if !sc.touched && sc.free() {
		sc.found = place{kind: aName, start: sc.cursor, end: sc.cursor}
	}
}

// free says whether a new term may start at the cursor.
func (sc *scanner) free() bool {
	if sc.cursor == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(sc.s[:sc.cursor])
	return unicode.IsSpace(r) || r == '(' || r == '-' || r == '!'
}

func (sc *scanner) space() {
	for sc.at < len(sc.s) {
		r, n := utf8.DecodeRuneInString(sc.s[sc.at:])
		if !unicode.IsSpace(r) {
			return
		}
		sc.at += n
	}
}

// term reads a term or free text.
func (sc *scanner) term() {
	start := sc.at
	name := sc.name()
	if name > start {
		if n := operator(sc.s[name:]); n > 0 {
			if sc.cursor >= start && sc.cursor <= name {
				sc.found = place{kind: aName, start: start, end: name, prefix: sc.s[start:sc.cursor], field: sc.s[start:name], name: start, closed: true}
			}
			sc.at = name + n
			sc.values(start, sc.s[start:name])
			return
		}
	}
	end, _ := sc.value(start, false)
	sc.at = end
	if word := sc.s[start:end]; sc.cursor >= start && sc.cursor <= end && name == end && word != "OR" && word != "AND" && word != "NOT" {
		sc.found = place{kind: aName, start: start, end: end, prefix: sc.s[start:sc.cursor], name: start}
	}
}

// name gives the end of the name that starts here.
func (sc *scanner) name() int {
	i := sc.at
	for i < len(sc.s) {
		c := sc.s[i]
		switch {
		case c == '"' && i > sc.at && sc.s[i-1] == '.':
			end, closed := quoted(sc.s, i)
			if !closed {
				return sc.at
			}
			i = end
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '$',
			i > sc.at && (c >= '0' && c <= '9' || c == '-' || c == '.' || c == '*'):
			i++
		default:
			return i
		}
	}
	return i
}

// operator gives the length of the operator that s starts with.
func operator(s string) int {
	for _, o := range []string{":>=", ":<=", ":>", ":<", ":", ">=", "<=", ">", "<", "!=", "="} {
		if strings.HasPrefix(s, o) {
			return len(o)
		}
	}
	return 0
}

// values reads the value or the list of values of a field.
func (sc *scanner) values(name int, field string) {
	var taken []string
	inside := false
	one := func() {
		start := sc.at
		end, quote := sc.value(start, true)
		sc.at = end
		here := sc.cursor >= start && sc.cursor <= end
		if !here {
			if end > start {
				taken = append(taken, plainText(sc.s[start:end]))
			}
			return
		}
		if sc.s[start:end] != "" && sc.s[start] == '/' && quote {
			return // nothing completes a regular expression
		}
		if !quote {
			end = max(sc.cursor, start) // an open quote has no end of its own
		}
		inside = true
		sc.found = place{kind: aValue, start: start, end: end, prefix: plainText(sc.s[start:sc.cursor]), field: field, name: name}
	}
	if sc.at < len(sc.s) && sc.s[sc.at] == '(' {
		sc.bracket(one, name, field, &inside)
	} else {
		one()
		for sc.at < len(sc.s) && sc.s[sc.at] == ',' {
			sc.at++
			one()
		}
	}
	if inside {
		sc.found.taken = taken
	}
}

// bracket reads (a OR b), calling one at each value.
func (sc *scanner) bracket(one func(), name int, field string, inside *bool) {
	sc.at++
	expected := true
	for {
		from := sc.at
		sc.space()
		if expected && sc.cursor >= from && (sc.cursor < sc.at || sc.at == len(sc.s) && sc.cursor == sc.at) {
			*inside = true
			sc.found = place{kind: aValue, start: sc.cursor, end: sc.cursor, field: field, name: name}
		}
		if sc.at == len(sc.s) {
			return
		}
		switch rest := sc.s[sc.at:]; {
		case rest[0] == ')':
			if expected && sc.cursor == sc.at {
				*inside = true
				sc.found = place{kind: aValue, start: sc.cursor, end: sc.cursor, field: field, name: name}
			}
			sc.at++
			return
		case rest[0] == ',' || rest[0] == '(':
			sc.at++
			expected = true
		case !expected && strings.HasPrefix(rest, "||"):
			sc.at += 2
			expected = true
		case !expected:
			end, _ := sc.value(sc.at, true)
			expected = sc.s[sc.at:end] == "OR" && end < len(sc.s)
			sc.at = end
		default:
			one()
			expected = false
		}
	}
}

// value gives the end of the value that starts at byte i, and whether it ends there: an open quote does not.
func (sc *scanner) value(i int, inTerm bool) (end int, closed bool) {
	if i >= len(sc.s) {
		return i, true
	}
	switch sc.s[i] {
	case '"':
		return quoted(sc.s, i)
	case '/':
		for j := i + 1; j < len(sc.s); j++ {
			if sc.s[j] == '\\' {
				j++
			} else if sc.s[j] == '/' && j > i+1 && sc.ends(j+1, inTerm) {
				return j + 1, true
			}
		}
	}
	start := i
	for !sc.ends(i, inTerm) {
		if sc.s[i] == '\\' && i+1 < len(sc.s) {
			i++
		}
		_, n := utf8.DecodeRuneInString(sc.s[i:])
		i += n
	}
	return i, sc.s[start] != '/'
}

func (sc *scanner) ends(i int, inTerm bool) bool {
	if i >= len(sc.s) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(sc.s[i:])
	return unicode.IsSpace(r) || r == '(' || r == ')' || inTerm && r == ','
}

// quoted gives the end of the quoted text that starts at byte i.
func quoted(s string, i int) (end int, closed bool) {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case '"':
			return j + 1, true
		}
	}
	return len(s), false
}

// plainText gives a value, whole or up to the cursor, without its quotes and backslashes.
func plainText(s string) string {
	quote := strings.HasPrefix(s, `"`)
	if quote {
		s = s[1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (!quote || s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case quote && s[i] == '"':
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
