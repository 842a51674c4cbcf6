package app

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

// T and a digit narrow the filter to the last hours or days, in the place of what it says of the time.
func TestPeriods(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	for _, c := range []struct{ before, keys, after string }{
		{"", "1", "since:15m"},
		{"since:15m", "2", "since:1h"},
		{"op:UpdateNamespace", "3", "operation:UpdateNamespace since:2h"},
		{"since:1h op:UpdateNamespace until:10m time:2023-11", "4", "operation:UpdateNamespace since:24h"},
		{"op:UpdateUser OR op:DeleteUser", "5", "(operation:UpdateUser OR operation:DeleteUser) since:7d"},
		{"arrived:>2023 (since:1h OR is:error)", "1", "arrived:>2023 (since:1h OR is:error) since:15m"},
		{"since:2h -status:OK", "0", "-status:OK"},
		{"since:2h", "0", ""},
		{"-status:OK", "0", "-status:OK"},
		{"-status:OK", "9", "-status:OK"},
	} {
		order(m, "filter "+c.before)
		drive(m, "T", c.keys)
		if m.committed != c.after {
			t.Errorf("%q, T %s: %q, want %q", c.before, c.keys, m.committed, c.after)
		}
	}
	order(m, "filter since:2h (op:UpdateUser OR op:DeleteUser)")
	drive(m, "T", "/")
	if !m.filter.Editing() {
		t.Fatal("nothing can be typed")
	}
	enter(m, "90m")
	strike(m, tea.KeyPressMsg{Code: tea.KeyEnter})
	if want := "(operation:UpdateUser OR operation:DeleteUser) since:90m"; m.committed != want {
		t.Errorf("%q, want %q", m.committed, want)
	}
	drive(m, "[")
	if want := "since:2h (op:UpdateUser OR op:DeleteUser)"; m.committed != want {
		t.Errorf("[ goes back to %q, want %q", m.committed, want)
	}
}
