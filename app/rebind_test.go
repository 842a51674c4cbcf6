package app

import (
	"slices"
	"strings"
	"testing"

	"taudit/views"
)

func TestRebind(t *testing.T) {
	list, wrong := Rebind(map[string][]string{
		"hold":   {"F9", "Ctrl-_"},
		"follow": {},
		"help":   {"?", "F2"},
		"down":   {"j", "PgDn"}, "page-down": {"f10"},
		"history": {"zq"},
		"up":      {"~", "Shift-Tab"}, "previous-pane": {"f11"},
	})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	k := newKeymap(list)
	for key, want := range map[string]views.Action{
		"f9": views.Hold, "ctrl+_": views.Hold, "?": views.Help, "f2": views.Help, "pgdown": views.Down, "f10": views.PageDown,
		"~": views.Up, "shift+tab": views.Up, "f11": views.PrevPane, "space": "", "F": "", "f1": "", "G": views.Bottom,
		"zq": views.History, "gh": "", "z": views.ZoomIn,
	} {
		if got := k.actions[key]; got != want {
			t.Errorf("%s asks for %q, want %q", key, got, want)
		}
	}
	if _, ok := k.binding(views.Follow); ok {
		t.Error("an action without a key is still in the table")
	}
	if again := Bindings(); !slices.Equal(again[0].Keys, []string{"j", "down"}) {
		t.Errorf("the table itself was changed: %v", again[0])
	}
}

func TestRebindNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		own          map[string][]string
		action, says string
	}{
		{map[string][]string{"hold": {"/"}}, "hold", "/ asks for filter already; give filter other keys too: filter = […]"},
		{map[string][]string{"zoom": {"J"}}, "zoom", "J asks for next-entry already"},
		{map[string][]string{"help": {"f9"}, "hold": {"f9"}}, "help", "F9 asks for hold already"},
		{map[string][]string{"hodl": {"f9"}}, "hodl", `no action is called "hodl"; did you mean hold?`},
		{map[string][]string{"hold": {"f9", "F9"}}, "hold", "F9 is given twice"},
		{map[string][]string{"hold": {"alt+x"}}, "hold", "alt+x is Esc and a key"},
		{map[string][]string{"hold": {"Ctrl-I"}}, "hold", "write Tab"},
		{map[string][]string{"hold": {"ctrl+m"}}, "hold", "write Enter"},
		{map[string][]string{"hold": {"Ctrl-["}}, "hold", "write Esc"},
		{map[string][]string{"hold": {"shift+a"}}, "hold", "such as A"},
		{map[string][]string{"hold": {"super+a"}}, "hold", "is no key"},
		{map[string][]string{"hold": {"spce"}}, "hold", "did you mean Space?"},
		{map[string][]string{"hold": {""}}, "hold", `"" is no key`},
		{map[string][]string{"hold": {"\x1b"}}, "hold", "is no key"},
		{map[string][]string{"hold": {"f99"}}, "hold", "is no key"},
		{map[string][]string{"hold": {"0"}}, "hold", "part of a count"},
		{map[string][]string{"quit": {}, "back": {}}, "quit", "no key would be left to quit with"},
	} {
		list, wrong := Rebind(c.own)
		if len(wrong) != 1 || wrong[0].Action != c.action || !strings.Contains(wrong[0].Why, c.says) {
			t.Errorf("%v: %q, want that of %s %q", c.own, wrong, c.action, c.says)
		}
		if len(list) != len(Bindings()) {
			t.Errorf("%v: the table has %d rows", c.own, len(list))
		}
	}
}

// TestHelpFollowsRebinding: the help and the footer name the keys that work, and these work.
func TestHelpFollowsRebinding(t *testing.T) {
	list, wrong := Rebind(map[string][]string{"help": {"f9"}, "filter": {"F10"}, "hold": {}})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	m := screen(t, 120, 40, ModelOptions{Keys: list}, stream(t))
	if !shows(m, "F10 filter") || shows(m, "Space hold") || !shows(m, "F9 help") || shows(m, "? help") {
		t.Errorf("the footer is not that of the keys:\n%s", m.View().Content)
	}
	press(m, "?")
	if shows(m, "IN THE DETAIL") {
		t.Error("? still opens the help")
	}
	press(m, "f9")
	if !shows(m, "IN THE DETAIL") || !shows(m, "F10") {
		t.Error("F9 does not open a help that names F10")
	}
}

// FuzzRebind takes any keys, and none is ever bound twice.
func FuzzRebind(f *testing.F) {
	f.Add("hold", "Ctrl-T", "x")
	f.Add("quit", "", "\xff")
	f.Add("up", "-", "ctrl+-")
	f.Fuzz(func(t *testing.T, action, a, b string) {
		list, wrong := Rebind(map[string][]string{action: {a, b}})
		seen := map[string]bool{}
		for _, row := range list {
			for _, key := range row.Keys {
				if seen[key] || key == "" {
					t.Fatalf("%q is bound twice (%v)", key, wrong)
				}
				seen[key] = true
				_ = KeyName(key)
			}
		}
	})
}
