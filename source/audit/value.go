package audit

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// name is the key of a member.
func (m *member) name(raw string) string {
	if m.oddKey {
		return unquoted(raw[m.key:m.keyEnd])
	}
	return raw[m.key:m.keyEnd]
}

// json is the value of a member as it stands.
func (m *member) json(raw string) string { return raw[m.val:m.valEnd] }

// text is what the value of a member says if it is a string, and empty for a value of another kind. It is a substring
// of raw where that says it as it stands.
func (m *member) text(raw string) string {
	v := m.json(raw)
	if v[0] != '"' {
		return ""
	}
	if v = v[1 : len(v)-1]; m.odd {
		return unquoted(v)
	}
	return v
}

// below are the members inside the value of found[i], with those inside theirs.
func below(found []member, i int) []member {
	end := i + 1
	for end < len(found) && found[end].depth > found[i].depth {
		end++
	}
	return found[i+1 : end]
}

// unquoted is what a JSON string says between its quotes. What is no UTF-8 becomes U+FFFD, as encoding/json has it.
func unquoted(s string) string {
	if strings.IndexByte(s, '\\') < 0 && utf8.ValidString(s) {
		return s
	}
	// The error only repeats that there was something to replace.
	text, _ := jsontext.AppendUnquote(make([]byte, 0, len(s)+8), `"`+s+`"`)
	return string(text)
}

// firstText is the first element of the array v if that is a string.
func firstText(v string) string {
	if v[0] != '[' {
		return ""
	}
	i := 1
	for isSpace(v[i]) {
		i++
	}
	if v[i] != '"' {
		return ""
	}
	return unquoted(v[i+1 : stringEnd(v, i)-1])
}

// stringEnd is the offset behind the string that begins at s[i].
func stringEnd(s string, i int) int {
	for i++; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(s))
}

// integer is the value of a member that is a number, or a string that holds one as protojson writes 64-bit integers.
func (m *member) integer(raw string) (int64, bool) {
	v := m.json(raw)
	if v[0] == '"' {
		v = m.text(raw)
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err == nil {
		return n, true
	}
	// JavaScript may write 1e9; beyond 2^53 it would not be exact.
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -1<<53 {
		return 0, false
	}
	return int64(f), true
}
