package audit

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
)

const (
	// maxObject is the size of the largest object that is read, in bytes. Entries are around a kilobyte, and a Kinesis
	// record holds 10 MiB at most.
	maxObject = 16 << 20

	// maxDepth is how deep containers may nest in an object.
	maxDepth = 512

	// maxNumber is the length of the longest number that is read, in bytes.
	maxNumber = 1 << 10
)

// maxNoted is how deep members are noted: .raw_details.spec.private_rule.connection_id is the deepest that is looked at.
const maxNoted = 4

// member is a member of an object that is in no array, as offsets into the outermost object.
type member struct {
	key, keyEnd int32 // between the quotes
	val, valEnd int32
	depth       int8 // 1 for members of the outermost object
	oddKey, odd bool // key or value is a string that may have escapes, or bytes that are not ASCII
}

// expect is what a scanner needs to see next.
type expect uint8

const (
	wantKey     expect = iota // a key or the end of the object: after "{" and, being lenient, after ","
	wantColon                 // between key and value
	wantValue                 // the value of a member
	wantElement               // an element or the end of the array: after "[" and, being lenient, after ","
	wantNext                  // a comma or the end of the container: after a value
)

// fault is why bytes are no JSON object.
type fault uint8

const (
	noFault fault = iota
	unexpected
	controlInString
	badEscape
	tooDeep
	tooLong
	numberTooLong
	cutOff
)

// verdict is how far a scan got.
type verdict uint8

const (
	complete verdict = iota // the object ends before pos
	more                    // it goes on behind the bytes that were given
	wrapper                 // pos is behind the "[" of a member that wraps entries
	damaged                 // pos is where it stops being JSON, and fault is why
)

// scanner checks one JSON object byte by byte and notes where its members are. It can stop at the end of the bytes
// that are there and go on when there are more. It takes what RFC 8259 takes, and a comma before a closing bracket:
// the listings in Temporal's documentation have one.
type scanner struct {
	pos    int // the next byte to look at, counted from the start of the object
	fault  fault
	want   expect
	resume int // how far an unfinished string has been looked through

	// open holds the containers that pos is in: twice the offset of the bracket, plus one for objects.
	open []int32
	// members holds each member before those of its value; noting are the ones that pos is in, the outermost first.
	members []member
	noting  [maxNoted]int32
	arrays  int  // how many of the open containers are arrays
	odd     bool // the last string may have escapes, or bytes that are not ASCII
	tail    bool // the object is only the part of a wrapper that follows its entries
}

// start begins a new object at its "{".
func (s *scanner) start() {
	*s = scanner{want: wantElement, open: s.open[:0], members: s.members[:0]}
}

// startTail begins behind the "]" of a wrapper: the rest of that object is scanned as one.
func (s *scanner) startTail() {
	*s = scanner{want: wantNext, open: append(s.open[:0], 1), members: s.members[:0], tail: true}
}

// run goes on with the object that begins at b[0]. All that was given before has to be in b again.
func (s *scanner) run(b []byte) verdict {
	s.fault = noFault
	n := min(len(b), maxObject)
	i, want := s.pos, s.want
	object := len(s.open) > 0 && s.open[len(s.open)-1]&1 == 1
	for {
		for i < n && b[i] <= ' ' && isSpace(b[i]) {
			i++
		}
		if i >= n {
			return s.stop(b, i, want, cutOff)
		}
		c := b[i]
		if c == '}' || c == ']' {
			if object != (c == '}') || want == wantColon || want == wantValue {
				return s.stop(b, i, want, unexpected)
			}
			i++
			if !object {
				s.arrays--
			}
			s.open = s.open[:len(s.open)-1]
			depth := len(s.open)
			if depth == 0 {
				s.pos = i
				return complete
			}
			object, want = s.open[depth-1]&1 == 1, wantNext
			s.ended(i)
			continue
		}
		switch want {
		case wantKey:
			if c != '"' {
				return s.stop(b, i, want, unexpected)
			}
			end, f := s.text(b[:n], i)
			if f != noFault {
				return s.stop(b, end, want, f)
			}
			if depth := len(s.open); depth <= maxNoted && s.arrays == 0 {
				s.noting[depth-1] = int32(len(s.members))
				m := s.more()
				m.key, m.keyEnd, m.depth, m.oddKey = int32(i+1), int32(end), int8(depth), s.odd
			}
			i, want = end+1, wantColon
			if i < n && b[i] == ':' { // as good as always: spares a round
				i, want = i+1, wantValue
			}
		case wantColon:
			if c != ':' {
				return s.stop(b, i, want, unexpected)
			}
			i, want = i+1, wantValue
		case wantNext:
			if c != ',' {
				return s.stop(b, i, want, unexpected)
			}
			i, want = i+1, wantElement
			if object {
				want = wantKey
			}
		default:
			noted := object && s.arrays == 0 && len(s.open) <= maxNoted
			if noted {
				s.members[s.noting[len(s.open)-1]].val = int32(i)
			}
			if c == '{' || c == '[' {
				if len(s.open) == maxDepth {
					return s.stop(b, i, want, tooDeep)
				}
				if c == '[' && len(s.open) == 1 && s.wraps(b) {
					s.pos = i + 1
					return wrapper
				}
				if object = c == '{'; object {
					s.open, want = append(s.open, int32(i)<<1|1), wantKey
				} else {
					s.open, want = append(s.open, int32(i)<<1), wantElement
					s.arrays++
				}
				i++
				continue
			}
			var end int
			var f fault
			if c == '"' {
				end, f = s.text(b[:n], i)
			} else {
				end, f = scalar(b[:n], i)
			}
			if f != noFault {
				return s.stop(b, end, want, f)
			}
			if c == '"' {
				end++
			}
			i, want = end, wantNext
			if noted {
				m := &s.members[s.noting[len(s.open)-1]]
				m.valEnd, m.odd = int32(end), s.odd
			}
			if i < n && b[i] == ',' {
				i, want = i+1, wantElement
				if object {
					want = wantKey
				}
			}
		}
	}
}

// more makes room for a member. Filling it in where it stays is much quicker than to append one.
func (s *scanner) more() *member {
	n := len(s.members)
	if n == cap(s.members) {
		s.members = append(s.members, member{})
	}
	s.members = s.members[:n+1]
	m := &s.members[n]
	m.val, m.valEnd, m.odd = 0, 0, false
	return m
}

// ended notes where the value of a member ends that is a container.
func (s *scanner) ended(end int) {
	if depth := len(s.open); depth <= maxNoted && s.arrays == 0 {
		s.members[s.noting[depth-1]].valEnd = int32(end)
	}
}

// scalar finds the end of the number or literal that begins at b[i].
func scalar(b []byte, i int) (int, fault) {
	switch c := b[i]; {
	case c == '-' || c-'0' <= 9:
		return number(b, i)
	case c == 't':
		return literal(b, i, "true")
	case c == 'f':
		return literal(b, i, "false")
	case c == 'n':
		return literal(b, i, "null")
	}
	return i, unexpected
}

// stop ends a run at i. A value that ends with the bytes given, and whatever else they cut, is not a fault yet.
func (s *scanner) stop(b []byte, i int, want expect, f fault) verdict {
	s.pos, s.want, s.fault = i, want, f
	if f != cutOff {
		return damaged
	}
	if len(b) >= maxObject {
		s.fault = tooLong
		return damaged
	}
	return more
}

// wraps tells whether the member whose value begins is the list of a wrapper, as GET /cloud/audit-logs and the
// temporal command answer: no key before it is one of an entry.
func (s *scanner) wraps(b []byte) bool {
	last := s.members[s.noting[0]]
	if !wrapperKey(b[last.key:last.keyEnd]) {
		return false
	}
	for _, m := range s.members {
		if f, _ := fieldOf(string(b[m.key:m.keyEnd])); f != unknownField && m.depth == 1 {
			return false
		}
	}
	return true
}

func wrapperKey(key []byte) bool {
	switch string(key) {
	case "logs", "AuditLogs", "auditLogs", "audit_logs":
		return true
	}
	return false
}

// text finds the closing quote of the string that begins at b[i]. With cutOff, i is to be tried again with more bytes.
func (s *scanner) text(b []byte, i int) (int, fault) {
	// Eight bytes at once: in each of the three terms the lowest high bit that is set marks the first byte that is a
	// quote, a backslash or less than a space; bits above it may be wrong, and do not matter.
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	var seen uint64
	j := max(i+1, s.resume)
	for j+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[j:])
		seen |= w
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		m := ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*' ')&^w) & highs
		if m == 0 {
			j += 8
			continue
		}
		j += bits.TrailingZeros64(m) >> 3
		if b[j] == '"' && s.resume == 0 {
			s.odd = seen&highs != 0
			return j, noFault
		}
		break
	}
	return s.oddText(b, i, j)
}

// oddText goes on with a string at b[j], where it has something else than plain text, or near the end of the bytes given.
func (s *scanner) oddText(b []byte, i, j int) (int, fault) {
	s.odd = true
	for {
		for j < len(b) && b[j] != '"' && b[j] != '\\' && b[j] >= ' ' {
			j++
		}
		if j >= len(b) {
			s.resume = j
			return i, cutOff
		}
		switch c := b[j]; {
		case c == '"':
			s.resume = 0
			return j, noFault
		case c != '\\':
			return j, controlInString
		}
		if j+1 >= len(b) {
			s.resume = j
			return i, cutOff
		}
		switch b[j+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			j += 2
		case 'u':
			digits := b[j+2 : min(j+6, len(b))]
			for _, d := range digits {
				if !isHex(d) {
					return j, badEscape
				}
			}
			if len(digits) < 4 {
				s.resume = j
				return i, cutOff
			}
			j += 6
		default:
			return j, badEscape
		}
	}
}

func literal(b []byte, i int, word string) (int, fault) {
	have := string(b[i:min(i+len(word), len(b))])
	switch {
	case have == word:
		return i + len(word), noFault
	case strings.HasPrefix(word, have):
		return i, cutOff
	}
	return i, unexpected
}

// number finds the end of the number that begins at b[i]. Inside an object something always follows a number, so one
// that reaches the end of the bytes given is not complete.
func number(b []byte, i int) (int, fault) {
	j := i
	if b[j] == '-' {
		j++
	}
	lead := j
	j = digitsEnd(b, j)
	if j-lead > 1 && b[lead] == '0' || j == lead && j < len(b) {
		return i, unexpected
	}
	if j < len(b) && b[j] == '.' {
		k := digitsEnd(b, j+1)
		if k == j+1 && k < len(b) {
			return i, unexpected
		}
		j = k
	}
	if j < len(b) && b[j]|0x20 == 'e' {
		k := j + 1
		if k < len(b) && (b[k] == '+' || b[k] == '-') {
			k++
		}
		j = digitsEnd(b, k)
		if j == k && j < len(b) {
			return i, unexpected
		}
	}
	switch {
	case j-i > maxNumber:
		return i, numberTooLong
	case j == len(b):
		return i, cutOff
	}
	return j, noFault
}

func digitsEnd(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func isHex(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// reason says for people what is wrong at s.pos of the object in b.
func (s *scanner) reason(b []byte) string {
	what := "cut off: the input ends inside this object"
	switch s.fault {
	case unexpected:
		what = "unexpected " + strconv.QuoteToASCII(string(b[s.pos:min(s.pos+1, len(b))]))
	case controlInString:
		what = "a line break or other control character inside a string"
	case badEscape:
		what = "an escape that JSON does not have"
	case tooDeep:
		return "nested deeper than " + strconv.Itoa(maxDepth) + " levels"
	case tooLong:
		return "an object larger than " + strconv.Itoa(maxObject>>20) + " MiB"
	case numberTooLong:
		what = "a number longer than " + strconv.Itoa(maxNumber) + " digits"
	case cutOff, noFault:
		return what
	}
	return "not JSON: " + what + " at byte " + strconv.Itoa(s.pos) + " of the object"
}
