package filterbar

import (
	"slices"
	"strings"
	"time"
)

// field is what completion knows of a field of the language.
type field struct {
	name string
	also []string
	what string

	// list gives the values of a field whose values do not depend on the entries.
	list func(now time.Time) []candidate
}

// fields are those of the language, in its order.
func fields() []field {
	return []field{
		{name: "operation", also: []string{"op"}, what: "what was done"},
		{name: "principal", also: []string{"who", "actor"}, what: "who did it: name, id, key or e-mail"},
		{name: "principal.type", also: []string{"type"}, what: "user or service account"},
		{name: "principal.id", what: "id of who did it"},
		{name: "principal.name", what: "name of who did it"},
		{name: "principal.api_key_id", what: "the API key that was used"},
		{name: "via", what: "apikey, browser or unknown"},
		{name: "status", what: "OK, ERROR or another"},
		{name: "verb", what: "create, update, delete, ..."},
		{name: "resource", what: "user, namespace, apikey, ..."},
		{name: "target", what: "the thing acted on"},
		{name: "details", also: []string{"raw_details"}, what: "any path in the details"},
		{name: "namespace", also: []string{"ns"}, what: "the namespace acted on"},
		{name: "ip", what: "any address on the way, or a network"},
		{name: "client_ip", what: "the address of the client"},
		{name: "req", also: []string{"request_id", "async_operation_id"}, what: "the request or its operation"},
		{name: "log_id", also: []string{"id"}, what: "the entry itself"},
		{name: "level", what: "INFO, ... of older entries"},
		{name: "category", also: []string{"cat"}, what: "ADMIN, ... of older entries"},
		{name: "version", what: "of an entry that was sent again"},
		{name: "time", also: []string{"emit_time"}, what: "a day, hour, minute or a..b", list: days},
		{name: "arrived", what: "when the sink received it", list: days},
		{name: "since", what: "from then on", list: spans},
		{name: "until", what: "before then", list: spans},
		{name: "has", what: "the field is there", list: present},
		{name: "is", what: "error, late, new, ...", list: conditions},
		{name: "source", what: "where it was read from"},
		{name: "shard", what: "the part of the source"},
		{name: "user_email", what: "who did it, in old entries"},
		{name: "caller_ip_address", what: "the address, in old entries"},
		{name: "x_forwarded_for", what: "the addresses on the way"},
	}
}

func rows(list [][2]string) []candidate {
	out := make([]candidate, len(list))
	for i, l := range list {
		out[i] = candidate{Text: l[0], Note: l[1]}
	}
	return out
}

func conditions(time.Time) []candidate {
	return rows([][2]string{
		{"error", "status is not OK"},
		{"late", "arrived long after it happened"},
		{"alert", "a rule of :watch means it"},
		{"new", "seen for the first time"},
		{"dup", "received more than once"},
		{"bad", "could not be read"},
		{"marked", "by you"},
		{"noted", "by you"},
		{"alert", "a watch rule applies"},
	})
}

// spans are the times that people look back.
func spans(now time.Time) []candidate {
	return rows([][2]string{
		{"5m", "5 minutes ago"},
		{"15m", "15 minutes ago"},
		{"30m", "half an hour ago"},
		{"1h", "an hour ago"},
		{"2h", "2 hours ago"},
		{"6h", "6 hours ago"},
		{"24h", "a day ago"},
		{"7d", "a week ago"},
		{"30d", "30 days ago"},
		{"today", now.Format("2006-01-02")},
		{"yesterday", now.AddDate(0, 0, -1).Format("2006-01-02")},
		{now.Format("15:04"), "now"},
	})
}

// days are stretches of time that have a name.
func days(now time.Time) []candidate {
	return rows([][2]string{
		{"today", "the whole day"},
		{"yesterday", "the whole day"},
		{now.Format("2006-01-02T15"), "this hour"},
		{now.Add(-time.Hour).Format("2006-01-02T15"), "the hour before"},
		{"1h..*", "from an hour ago"},
		{"24h..1h", "from a day to an hour ago"},
		{now.Format("2006-01-02"), "today"},
		{now.Format("2006-01"), "this month"},
	})
}

// present are the names that may stand after has.
func present(time.Time) []candidate {
	var out []candidate
	for _, f := range fields() {
		if f.list == nil {
			out = append(out, candidate{Text: f.name, Note: f.what})
		}
	}
	return out
}

// fold makes snake_case and camelCase one, as the language does.
func fold(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// fieldOf finds a field by any of its names.
func (p *Pane) fieldOf(name string) (field, bool) {
	n := fold(name)
	i := slices.IndexFunc(p.fields, func(f field) bool {
		return fold(f.name) == n || slices.ContainsFunc(f.also, func(a string) bool { return fold(a) == n })
	})
	if i < 0 {
		return field{}, false
	}
	return p.fields[i], true
}

// proper gives the first name of a field, with what stands below it.
func (p *Pane) proper(name string) string {
	if f, ok := p.fieldOf(name); ok {
		return f.name
	}
	head, path, ok := strings.Cut(name, ".")
	if f, known := p.fieldOf(head); ok && known {
		return f.name + "." + path
	}
	return name
}
