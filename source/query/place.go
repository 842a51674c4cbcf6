package query

import (
	"strings"

	"taudit/source/audit"
)

// At writes the part of a filter that means the entries which have, at a place, what this entry has there. The place is given by the
// names that lead to it from the top of the entry; arrays add nothing. value is what stands there, decoded; it is empty for an object or
// array, and then it counts whether there is anything in it. The entry matches what is written, and does not match [Negated] of it. ok is
// false for a place that cannot be named.
func At(e *audit.Entry, env *Env, place []string, value string) (part string, ok bool) {
	name, ok := fieldAt(place)
	if ok {
		parts := []string{name + ":*", "-" + name + ":*"}
		if value != "" {
			parts = append([]string{name + "=" + Quote(value)}, parts...)
		}
		for _, p := range parts {
			if finds(e, env, p) {
				return p, true
			}
		}
	}
	// What has no name that can be written is text.
	if value != "" {
		if p := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`; typable(value) && finds(e, env, p) {
			return p, true
		}
	}
	return "", false
}

// Having writes the part of a filter that compares a field with a value of this entry, which it matches; ok is false when the entry has no
// such value.
func Having(e *audit.Entry, env *Env, field, value string) (part string, ok bool) {
	if value == "" {
		return "", false
	}
	part = field + "=" + Quote(value)
	return part, finds(e, env, part)
}

// Negated writes the opposite of a part that [At] or [Having] has written.
func Negated(part string) string {
	if rest, ok := strings.CutPrefix(part, "-"); ok {
		return rest
	}
	return "-" + part
}

// finds says whether the language reads the part so that it means the entry.
func finds(e *audit.Entry, env *Env, part string) bool {
	q, err := Parse(part)
	return err == nil && q.Match(e, env)
}

// fieldAt writes a place as the language names it. The details have the same name in all formats.
func fieldAt(place []string) (string, bool) {
	if len(place) == 0 {
		return "", false
	}
	name, rest := place[0], place[1:]
	for i := range len(name) {
		if !nameByte(name[i], i == 0) {
			return "", false
		}
	}
	switch foldName(name) {
	case "", "and", "or", "not":
		return "", false
	case "rawdetails":
		name = "details"
	case "emittime":
		if len(rest) == 0 {
			name = "time"
		}
	}
	f := field{name: name}
	for _, k := range rest {
		if !typable(k) {
			return "", false
		}
		f.path = append(f.path, step{key: k})
	}
	return f.String(), true
}
