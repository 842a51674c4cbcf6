package audit

import "strings"

// JSON is Raw as JSON that every parser takes: without the comma before a closing bracket that listings in Temporal's
// documentation have. It is Raw itself for all others. Keys may still be there twice, and text need not be UTF-8.
func (e *Entry) JSON() string {
	var b strings.Builder
	from, raw := 0, e.Raw
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i) - 1
		case ',':
			rest := strings.TrimLeft(raw[i+1:], " \t\r\n")
			if rest != "" && (rest[0] == '}' || rest[0] == ']') {
				b.WriteString(raw[from:i])
				from = i + 1
			}
		}
	}
	if from == 0 {
		return raw
	}
	b.WriteString(raw[from:])
	return b.String()
}

// Line is Raw without line breaks, which in JSON only stand between tokens, for output that has one entry a line.
func (e *Entry) Line() string {
	if !strings.ContainsAny(e.Raw, "\r\n") {
		return e.Raw
	}
	return strings.NewReplacer("\r", "", "\n", "").Replace(e.Raw)
}
