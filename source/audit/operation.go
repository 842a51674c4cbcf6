package audit

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FoldOperation gives the name under which one operation is known in every generation. Temporal's documentation shows
// the names of constants where the wire has others, and the wire spells some in two ways: a trailing "API", a leading
// "Cloud" and the plural of FailoverNamespaces are dropped, and "ApiKey" becomes "APIKey". A folded name folds to itself.
// It does not allocate unless it has to respell.
func FoldOperation(name string) string {
	for rest, ok := strings.CutPrefix(name, "Cloud"); ok && startsUpper(rest); rest, ok = strings.CutPrefix(name, "Cloud") {
		name = rest
	}
	for rest, ok := strings.CutSuffix(name, "API"); ok && rest != ""; rest, ok = strings.CutSuffix(name, "API") {
		name = rest
	}
	if strings.Contains(name, "ApiKey") {
		name = strings.ReplaceAll(name, "ApiKey", "APIKey")
	}
	if name == "FailoverNamespaces" {
		name = "FailoverNamespace"
	}
	return name
}

// Name is the folded name of the operation, for grouping: see [FoldOperation].
func (e *Entry) Name() string { return FoldOperation(e.Operation) }

// Verb is what was done, told from the name of the operation: create, update, delete, set, add, remove, rename, invite,
// login, failover, validate, change, move, or other.
func (e *Entry) Verb() string {
	verb, _ := split(e.Name())
	return verb
}

// Resource is the kind of thing acted on, told from the name of the operation: user, group, serviceaccount, apikey,
// namespace, export, nexus, connectivity, account, sink, project, role, billing; for a name that none of them fits, what
// is left of it without the verb, in lower case.
func (e *Entry) Resource() string { return resourceOf(e.Name()) }

// split takes a folded name apart.
func split(name string) (verb, object string) {
	first := wordEnd(name)
	switch v := strings.ToLower(name[:first]); v {
	case "create", "update", "delete", "set", "add", "remove", "rename", "invite", "login", "failover", "validate", "change", "move":
		return v, name[first:]
	}
	if object, ok := strings.CutSuffix(name, "Login"); ok {
		return "login", object
	}
	return "other", name
}

// wordEnd is where the first word of a name in camel case ends.
func wordEnd(name string) int {
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			return i
		}
	}
	return len(name)
}

func resourceOf(name string) string {
	verb, object := split(name)
	if r := knownResource(object); r != "" || verb != "other" {
		return cmp.Or(r, strings.ToLower(object))
	}
	if first := wordEnd(object); first < len(object) {
		object = object[first:] // a verb that is not known yet
	}
	return cmp.Or(knownResource(object), strings.ToLower(object))
}

// knownResource finds what the object of a name begins with.
func knownResource(object string) string {
	// A longer name stands before what it begins with.
	for _, r := range [...][2]string{
		{"UserGroup", "group"},
		{"User", "user"},
		{"Identity", "user"},
		{"ServiceAccountAPIKey", "apikey"},
		{"ServiceAccount", "serviceaccount"},
		{"APIKey", "apikey"},
		{"NamespaceExportSink", "export"},
		{"ExportSink", "export"},
		{"Namespace", "namespace"},
		{"CustomSearchAttribute", "namespace"},
		{"SearchAttribute", "namespace"},
		{"Nexus", "nexus"},
		{"Connectivity", "connectivity"},
		{"AccountAuditLogSink", "sink"},
		{"AuditLogSink", "sink"},
		{"Account", "account"},
		{"Project", "project"},
		{"CustomRole", "role"},
		{"Role", "role"},
		{"Group", "group"},
		{"Billing", "billing"},
	} {
		if rest, ok := strings.CutPrefix(object, r[0]); ok && wordEnds(rest) {
			return r[1]
		}
	}
	return ""
}

// wordEnds tells whether a word, or its plural, is over where rest begins.
func wordEnds(rest string) bool {
	rest = strings.TrimPrefix(rest, "s")
	return rest == "" || startsUpper(rest)
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}
