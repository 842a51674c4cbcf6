package audit

import (
	"strconv"
	"strings"
)

// build fills an entry from an object that a scanner has passed. It returns the set of the fields that the object has;
// it is no entry when that is empty.
func (d *Decoder) build(e *Entry, raw string, found []member) (have field) {
	e.Raw = raw
	var forwarded, caller string
	rawDetails, details := -1, -1
	var camel, stampIsObject bool
	for i := range found {
		m := &found[i]
		if m.depth != 1 {
			continue
		}
		f, c := fieldOf(m.name(raw))
		if f == unknownField {
			continue
		}
		have |= f
		camel = camel || c
		// A key that is there twice counts the second time. A value of the wrong kind leaves its field empty.
		switch f {
		case emitTimeField:
			e.EmitTime, stampIsObject = stampOf(raw, found, i), raw[m.val] == '{'
		case operationField:
			e.Operation = d.words.share(m.text(raw))
		case statusField:
			e.Status = d.words.share(m.text(raw))
		case versionField:
			e.Version = versionOf(m.integer(raw))
		case logIDField:
			e.LogID = m.text(raw)
		case principalField:
			e.Principal = Principal{}
			camel = d.principal(&e.Principal, raw, below(found, i)) || camel
		case rawDetailsField:
			rawDetails = i
		case forwardedField:
			forwarded = m.text(raw)
		case asyncOperationField:
			e.AsyncOperationID = m.text(raw)
		case requestField:
			e.RequestID = m.text(raw)
		case levelField:
			e.Level = d.words.share(enumOf(m, raw, "LOG_LEVEL_", "UNSPECIFIED", "INFO", "DEBUG", "WARN", "ERROR", "FATAL"))
		case userEmailField:
			e.UserEmail = d.words.share(m.text(raw))
		case callerField:
			caller = m.text(raw)
		case detailsField:
			details = i
		case categoryField:
			e.Category = d.words.share(enumOf(m, raw, "LOG_CATEGORY_", "UNSPECIFIED", "ADMIN", "SYSTEM"))
		}
	}
	if have == 0 {
		return 0
	}
	if forwarded == "" {
		forwarded = caller
	}
	e.Forwarded = d.words.share(forwarded)
	e.Format, e.Encoding = formatOf(have, e.Principal.APIKeyID != ""), encodingOf(camel, stampIsObject)
	d.payload(e, found, rawDetails, details)
	return have
}

// payload finds what is known of the request: raw_details, else details, each the index of a member or negative. Records
// of F3 have both keys; a raw_details that is empty says less than details.
func (d *Decoder) payload(e *Entry, found []member, rawDetails, details int) {
	main, other := rawDetails, details
	if blank(e.Raw, found, main) && (!blank(e.Raw, found, other) || null(e.Raw, found, main)) {
		main, other = other, main
	}
	if !null(e.Raw, found, main) {
		e.Payload = found[main].json(e.Raw)
	}
	k := d.kindOf(e.Operation)
	for _, i := range [...]int{main, other} {
		if i < 0 {
			continue
		}
		target, namespace := subject(e.Raw, below(found, i), k)
		if target != "" || namespace != "" {
			e.Target, e.Namespace = d.words.share(target), d.words.share(namespace)
			return
		}
	}
}

// null tells whether there is no such member, or it says null.
func null(raw string, found []member, i int) bool {
	return i < 0 || found[i].json(raw) == "null"
}

// blank tells whether a member says nothing: it is not there, null or {}.
func blank(raw string, found []member, i int) bool {
	return null(raw, found, i) || raw[found[i].val] == '{' && len(below(found, i)) == 0
}

// principal reads who acted from the members of that object, and tells whether the keys are in camel case.
func (d *Decoder) principal(p *Principal, raw string, found []member) (camel bool) {
	for i := range found {
		m := &found[i]
		if m.depth != 2 {
			continue
		}
		switch m.name(raw) {
		case "type":
			p.Type = d.words.share(m.text(raw))
		case "id":
			p.ID = d.words.share(m.text(raw))
		case "name":
			p.Name = d.words.share(m.text(raw))
		case "api_key_id":
			p.APIKeyID = d.words.share(m.text(raw))
		case "apiKeyId":
			p.APIKeyID, camel = d.words.share(m.text(raw)), true
		}
	}
	return camel
}

func versionOf(n int64, ok bool) int32 {
	if !ok || n != int64(int32(n)) {
		return 0
	}
	return int32(n)
}

// enumOf is the name of an enum value as written, or for a number, as encoding/json writes enums, the name that it stands
// for: the names in order, behind a prefix.
func enumOf(m *member, raw, prefix string, names ...string) string {
	if raw[m.val] == '"' {
		return m.text(raw)
	}
	n, ok := m.integer(raw)
	switch {
	case !ok:
		return ""
	case n < 0 || n >= int64(len(names)):
		return strconv.FormatInt(n, 10)
	}
	return prefix + names[n]
}

// kind is what the name of an operation says about its target.
type kind struct {
	resource string
	order    preference
}

// kindOf remembers the kinds of the operations it has met.
func (d *Decoder) kindOf(operation string) kind {
	if k, ok := d.kinds[operation]; ok {
		return k
	}
	resource := resourceOf(FoldOperation(operation))
	k := kind{resource, preferenceOf(resource)}
	if len(operation) <= maxWord {
		if len(d.kinds) >= maxKinds {
			clear(d.kinds)
		}
		d.kinds[strings.Clone(operation)] = k
	}
	return k
}
