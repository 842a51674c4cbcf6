package expect

import "testing"

func TestMe(t *testing.T) {
	for _, c := range []struct{ filter, name, want string }{
		{"op:x who:me", "alice@example.com", "op:x who:alice@example.com"},
		{"WHO:ME", "a b", `WHO:"a b"`},
		{"(who:me OR actor=me) -principal:me", "a$1", `(who:"a$1" OR actor="a$1") -principal:"a$1"`},
		{"who:melanie who:some ns:me", "a", "who:melanie who:some ns:me"},
		{"who:melanie", "", "who:melanie"},
	} {
		if got, err := Me(c.filter, c.name); err != nil || got != c.want {
			t.Errorf("%q: %q, %v, want %q", c.filter, got, err, c.want)
		}
	}
	if _, err := Me("who:me", ""); err == nil {
		t.Error("nobody is somebody")
	}
}
