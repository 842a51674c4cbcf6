package app

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"taudit/source/query"
	"taudit/views"
)

// Misbound is a choice of keys that cannot be used, and why.
type Misbound struct {
	Action string // as it was named
	Why    string
}

// Rebind gives the keymap with a person's own keys, by the names of actions: they take the place of those that the action has, and an
// action without any is left out. Keys may be written as the help shows them ("Ctrl-D", "PgDn") or as Bubble Tea names them. What is wrong
// is told in the order of the names; the keymap is then that without any keys of a person's own.
func Rebind(own map[string][]string) ([]Binding, []Misbound) {
	list := Bindings()
	var wrong []Misbound
	for _, name := range slices.Sorted(maps.Keys(own)) {
		i := slices.IndexFunc(list, func(b Binding) bool { return string(b.Action) == name })
		if i < 0 {
			wrong = append(wrong, Misbound{name, "no action is called " + strconv.Quote(name) + likeAction(name, list)})
			continue
		}
		var keys []string
		for _, text := range own[name] {
			key, why := parseKey(text)
			switch {
			case why != "":
				wrong = append(wrong, Misbound{name, why})
			case slices.Contains(keys, key):
				wrong = append(wrong, Misbound{name, KeyName(key) + " is given twice"})
			default:
				keys = append(keys, key)
			}
		}
		list[i].Keys = keys
	}
	wrong = append(wrong, conflicts(list, own)...)
	list = slices.DeleteFunc(list, func(b Binding) bool { return len(b.Keys) == 0 })
	if !slices.ContainsFunc(list, func(b Binding) bool { return b.Action == views.Quit || b.Action == views.Back }) {
		wrong = append(wrong, Misbound{string(views.Quit), "no key would be left to quit with; leave one to quit or to back"})
	}
	if len(wrong) > 0 {
		slices.SortStableFunc(wrong, func(a, b Misbound) int { return cmp.Compare(a.Action, b.Action) })
		return Bindings(), wrong
	}
	return list, nil
}

// conflicts names the keys that would ask for two things.
func conflicts(list []Binding, own map[string][]string) (wrong []Misbound) {
	holder := map[string]views.Action{}
	for _, b := range list {
		for _, key := range b.Keys {
			other, taken := holder[key]
			if !taken {
				holder[key] = b.Action
				continue
			}
			// It is told where a person wrote it, and what to do where only one of them was written.
			mine, theirs := b.Action, other
			if _, chosen := own[string(mine)]; !chosen {
				mine, theirs = theirs, mine
			}
			why := fmt.Sprintf("%s asks for %s already", KeyName(key), theirs)
			if _, chosen := own[string(theirs)]; !chosen {
				why += fmt.Sprintf("; give %s other keys too: %s = […]", theirs, theirs)
			}
			wrong = append(wrong, Misbound{string(mine), why})
		}
	}
	return wrong
}

// parseKey reads a key as people or Bubble Tea write it. why is empty if it is one.
func parseKey(text string) (key, why string) {
	if utf8.RuneCountInString(text) == 1 {
		switch r, _ := utf8.DecodeRuneInString(text); {
		case r == ' ':
			return "space", ""
		case r == utf8.RuneError || r < ' ' || !strconv.IsPrint(r):
			return "", fmt.Sprintf("%q is no key", text)
		case r == '0':
			return "", "0 is part of a count, as in 10j"
		}
		return text, ""
	}
	if len(text) == 2 && letter(text[0]) && letter(text[1]) && !namedKey(strings.ToLower(text)) {
		return text, "" // two keys, one after the other; the first keeps what it does alone
	}
	key = strings.ToLower(text)
	// Modifiers are joined by - for people and by + for Bubble Tea; the last character may be either as a key.
	head, last := key[:max(0, len(key)-1)], key[max(0, len(key)-1):]
	key = strings.ReplaceAll(head, "-", "+") + last
	modifier, rest, joined := strings.Cut(key, "+")
	switch {
	case !joined:
		rest = key
	case modifier == "shift" && utf8.RuneCountInString(rest) == 1:
		return "", fmt.Sprintf("%s reaches no program as such; write the character that it gives, such as %s", text, strings.ToUpper(rest))
	case modifier == "alt":
		return "", text + " is Esc and a key on many terminals, so it cannot be used"
	case modifier != "ctrl" && modifier != "shift":
		return "", fmt.Sprintf("%q is no key: it can have Ctrl- or Shift- in front", text)
	}
	for short, name := range map[string]string{"pgdn": "pgdown", "pageup": "pgup", "pagedown": "pgdown", "escape": "esc", "return": "enter", "del": "delete", "ins": "insert"} {
		if rest == short {
			rest, key = name, strings.TrimSuffix(key, short)+name
		}
	}
	switch key {
	case "ctrl+i":
		return "", "Ctrl-I is Tab on a terminal; write Tab"
	case "ctrl+m":
		return "", "Ctrl-M is Enter on a terminal; write Enter"
	case "ctrl+[":
		return "", "Ctrl-[ is Esc on a terminal; write Esc"
	}
	if joined && modifier == "ctrl" && len(rest) == 1 && rest[0] > ' ' && rest[0] < 0x7f || namedKey(rest) {
		return key, ""
	}
	why = fmt.Sprintf("%q is no key", text)
	if near := query.Nearest(rest, keyWords()); near != "" && !joined {
		why += "; did you mean " + KeyName(near) + "?"
	}
	return "", why
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func keyWords() []string {
	return []string{
		"space", "enter", "esc", "tab", "backspace", "insert", "delete", "home", "end", "pgup", "pgdown", "up", "down", "left", "right",
	}
}

func namedKey(name string) bool {
	if slices.Contains(keyWords(), name) {
		return true
	}
	digits, ok := strings.CutPrefix(name, "f")
	n, err := strconv.Atoi(digits)
	return ok && err == nil && n >= 1 && n <= 20 && strconv.Itoa(n) == digits
}

// likeAction guesses which action was meant.
func likeAction(name string, list []Binding) string {
	var names []string
	for _, b := range list {
		names = append(names, string(b.Action))
	}
	if near := query.Nearest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
