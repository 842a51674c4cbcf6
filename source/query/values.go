package query

import (
	"slices"

	"taudit/source/audit"
)

// ColumnOf gives the column that tells all values of a field, by any of the field's names. ok is false for fields whose values
// stand in no column.
func ColumnOf(name string) (c Column, ok bool) {
	f, known := fieldOf(name)
	if !known {
		return 0, false
	}
	switch f.class {
	case named:
		return ByOperation, true
	case folded:
		return ByPrincipal, true
	case address:
		return ByAddress, true
	}
	switch f.name {
	case "principal", "principal.id", "principal.name", "principal.api_key_id", "via":
		return ByPrincipal, true
	case "status":
		return ByStatus, true
	case "verb", "resource":
		return ByOperation, true
	case "target":
		return ByTarget, true
	case "namespace":
		return ByNamespace, true
	case "source", "shard":
		return ByOrigin, true
	}
	return 0, false
}

// ValuesOf gives the values of a field in an entry, each once.
func ValuesOf(name string, e *audit.Entry) []string {
	f, known := fieldOf(name)
	if !known {
		return nil
	}
	var out []string
	f.values(&subject{entry: e, env: &Env{}}, func(v string) {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	})
	return out
}

// fieldOf reads the name of a field with its path.
func fieldOf(name string) (field, bool) {
	f, ok := hasField(name)
	return f, ok && f.class != unknown
}
