package query

import (
	"strconv"
	"strings"
	"time"

	"taudit/source/audit"
)

// step is one part of a path below a field.
type step struct {
	key string
	any bool // *
}

// field is what a term compares.
type field struct {
	name   string // as the language has it
	path   []step
	class  class
	source string // of a name that is no field: the whole term, to be searched as text
}

// class is how the values of a field are found and compared.
type class uint8

const (
	plain   class = iota // values of the entry, as text
	named                // operation: all spellings are one
	folded               // lower case without - and _: principal.type
	enum                 // a long prefix is optional: level, category
	leaves               // any leaf of the payload below a path
	top                  // a key of the entry that has no meaning of its own here
	clock                // emit time, arrival
	from                 // since
	before               // until
	address              // ip
	has                  // presence
	is                   // what taudit knows about an entry
	unknown              // perhaps a key, else text
)

// fieldNames gives the fields with their other names. Names are compared without _ and case, so that log_id and logId are one.
var fieldNames = []struct {
	name  string
	class class
	also  []string
}{
	{"operation", named, []string{"op"}},
	{"principal", plain, []string{"who", "actor"}},
	{"principal.type", folded, []string{"type"}},
	{"principal.id", plain, nil},
	{"principal.name", plain, nil},
	{"principal.api_key_id", plain, nil},
	{"via", plain, nil},
	{"status", plain, nil},
	{"verb", plain, nil},
	{"resource", plain, nil},
	{"target", plain, nil},
	{"details", leaves, []string{"raw_details"}},
	{"namespace", plain, []string{"ns"}},
	{"ip", address, nil},
	{"client_ip", address, nil},
	{"req", plain, []string{"request_id", "async_operation_id"}},
	{"log_id", plain, []string{"id"}},
	{"level", enum, nil},
	{"category", enum, []string{"cat"}},
	{"version", plain, nil},
	{"time", clock, []string{"emit_time"}},
	{"arrived", clock, nil},
	{"since", from, nil},
	{"until", before, nil},
	{"has", has, nil},
	{"is", is, nil},
	{"source", plain, nil},
	{"shard", plain, nil},
	{"user_email", top, nil},
	{"caller_ip_address", top, nil},
	{"x_forwarded_for", top, nil},
}

// conditions are what may stand after is:. Only the first is told by an entry alone.
var conditions = []string{"error", "marked", "noted", "late", "dup", "bad", "new", "alert"}

// Fields lists the names of the fields, for completion and for help.
func Fields() []string {
	out := make([]string, len(fieldNames))
	for i, f := range fieldNames {
		out[i] = f.name
	}
	return out
}

// foldName makes snake_case and camelCase one.
func foldName(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// lookup finds the field of a name and path. A name that is none is an unknown field.
func lookup(name string, path []step) (field, bool) {
	if len(path) == 1 && !path[0].any {
		if f, ok := lookupName(name + "." + path[0].key); ok {
			return f, true
		}
	}
	f, ok := lookupName(name)
	switch {
	case !ok && foldName(name) == "principal", ok && f.name == "principal" && len(path) > 0:
		return field{name: name, path: path, class: top}, true
	case !ok:
		return field{name: name, path: path, class: unknown}, false
	case len(path) > 0 && f.class != leaves && f.class != top:
		return field{name: name, path: path, class: unknown}, true
	}
	f.path = path
	return f, true
}

func lookupName(name string) (field, bool) {
	n := foldName(name)
	for _, f := range fieldNames {
		if foldName(f.name) == n {
			return field{name: f.name, class: f.class}, true
		}
		for _, a := range f.also {
			if foldName(a) == n {
				return field{name: f.name, class: f.class}, true
			}
		}
	}
	return field{}, false
}

// String writes the field as it is read.
func (f field) String() string {
	var b strings.Builder
	b.WriteString(f.name)
	for _, s := range f.path {
		b.WriteByte('.')
		switch {
		case s.any:
			b.WriteByte('*')
		case plainStep(s.key):
			b.WriteString(s.key)
		default:
			b.WriteByte('"')
			b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s.key))
			b.WriteByte('"')
		}
	}
	return b.String()
}

func plainStep(s string) bool {
	for i := range len(s) {
		if !nameByte(s[i], false) {
			return false
		}
	}
	return s != ""
}

// check says what is wrong with the values of a term, and what was probably meant.
func (t term) check() (message, suggestion string) {
	switch t.field.class {
	case clock:
		for _, v := range t.values {
			for _, s := range v.points() {
				if _, ok := ParseTimes(s, time.Time{}); !ok {
					return strconv.Quote(s) + " is no time", "2h, 08:00, yesterday, 2023-11-08 or 2023-11-08T08:14"
				}
			}
		}
	case from, before:
		if t.op != word && t.op != exact {
			return t.field.name + " takes a colon", t.field.name + ":2h"
		}
		for _, v := range t.values {
			if v.kind != literal || len(t.values) > 1 {
				return t.field.name + " takes one time", "time:a..b for a range"
			}
			if _, ok := ParseTimes(v.text, time.Time{}); !ok {
				return strconv.Quote(v.text) + " is no time", "2h, 08:00, yesterday or 2023-11-08"
			}
		}
	case is:
		for _, v := range t.values {
			if v.kind != literal || !contains(conditions, v.text) {
				return strconv.Quote(v.text) + " is nothing that an entry can be", strings.Join(conditions, ", ")
			}
		}
	case has:
		for _, v := range t.values {
			if v.kind != literal || v.text == "" {
				return "has takes the name of a field", "has:details.spec or ns:*"
			}
			if _, ok := hasField(v.text); !ok {
				return strconv.Quote(v.text) + " is no field", "details." + v.text
			}
		}
	}
	if t.op >= greater {
		for _, v := range t.values {
			if v.kind != literal {
				return t.op.String() + " compares with one plain value", ""
			}
		}
	}
	return "", ""
}

// points are the times that a value names.
func (v value) points() []string {
	var out []string
	switch v.kind {
	case literal:
		out = append(out, v.text)
	case span:
		for _, p := range []*string{v.lo, v.hi} {
			if p != nil {
				out = append(out, *p)
			}
		}
	}
	return out
}

// hasField reads the name that stands after has:.
func hasField(s string) (field, bool) {
	p := parser{src: s + ":"}
	name, path, o, ok := p.fieldAndOp()
	if !ok || !p.done() || o != word {
		return field{}, false
	}
	f, _ := lookup(name, path)
	return f, true
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if strings.EqualFold(l, s) {
			return true
		}
	}
	return false
}

// values calls yield with each value of the field in the entry, as text; empty ones are left out.
func (f field) values(s *subject, yield func(string)) {
	e := s.entry
	give := func(list ...string) {
		for _, v := range list {
			if v != "" {
				yield(v)
			}
		}
	}
	switch f.class {
	case leaves:
		s.below(f.path, payload, give)
		return
	case top, unknown:
		s.below(append([]step{{key: f.name}}, f.path...), everywhere, give)
		return
	case address:
		if f.name == "client_ip" {
			give(s.clientAddress())
			return
		}
		give(e.Addresses()...)
		return
	}
	switch f.name {
	case "operation":
		give(e.Operation)
	case "principal":
		give(e.Principal.Name, e.Principal.ID, e.Principal.APIKeyID, e.UserEmail)
	case "principal.type":
		give(e.Principal.Type)
	case "principal.id":
		give(e.Principal.ID)
	case "principal.name":
		give(e.Principal.Name)
	case "principal.api_key_id":
		give(e.Principal.APIKeyID)
	case "via":
		give(e.Via())
	case "status":
		give(e.Status)
	case "verb":
		give(e.Verb())
	case "resource":
		give(e.Resource())
	case "target":
		give(e.Target)
	case "namespace":
		give(e.Namespace)
	case "req":
		give(e.AsyncOperationID, e.RequestID)
	case "log_id":
		give(e.LogID)
	case "level":
		give(e.Level)
	case "category":
		give(e.Category)
	case "version":
		if e.Version != 0 {
			give(strconv.Itoa(int(e.Version)))
		}
	case "source":
		give(e.Origin.Source)
	case "shard":
		give(e.Origin.Part)
	case "time":
		give(stamp(e.EmitTime))
	case "arrived":
		give(stamp(e.Origin.Arrived))
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// clockOf is the time that a clock field compares.
func (f field) clockOf(e *audit.Entry) time.Time {
	if f.name == "arrived" {
		return e.Origin.Arrived
	}
	return e.EmitTime
}
