package app

import (
	"strings"
	"testing"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
)

func TestPivotFromTheList(t *testing.T) {
	all := morning(t)
	e := &all[5]
	for _, c := range []struct{ keys, want string }{
		{"+p", "principal=terraform"},
		{"-p", "-principal=terraform"},
		{"=o", "op:UpdateNamespace"},
		{"+s", "status=ERROR"},
		{"+n", "ns=prod.a1b2c"},
		{"+i", "ip=198.51.100.4"},
		{"+t", "target=prod.a1b2c"},
	} {
		m := screen(t, 120, 40, ModelOptions{}, stream(t))
		drive(m, "g", "j", "j", "j", "j", "j")
		if got, _ := m.events.Selected(); got.LogID() != e.LogID {
			t.Fatalf("at %s", got.LogID())
		}
		drive(m, strings.Split(c.keys, "")...)
		if m.committed != c.want || m.found.matches == nil {
			t.Errorf("%s filters by %q, want %q (%s)", c.keys, m.committed, c.want, m.said)
		}
	}
}

func TestPivotsAddUp(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	drive(m, "g", "j", "j", "j", "j", "j", "+", "p", "+", "o")
	if want := "principal=terraform op:UpdateNamespace"; m.committed != want {
		t.Fatalf("filters by %q, want %q", m.committed, want)
	}
	drive(m, "+", "o")
	if want := "principal=terraform op:UpdateNamespace"; m.committed != want || !shows(m, "already") {
		t.Errorf("the same again: %q %q", m.committed, m.said)
	}
	drive(m, "=", "s")
	if want := "status=ERROR"; m.committed != want {
		t.Errorf("filters by %q alone, want %q", m.committed, want)
	}
	drive(m, "[", "[")
	if want := "principal=terraform"; m.committed != want {
		t.Errorf("[ [ goes back to %q, want %q", m.committed, want)
	}
	drive(m, "+", "r")
	if !shows(m, "This entry has no request to filter by.") {
		t.Errorf("says %q", m.said)
	}
}

func TestPivotOnEveryValue(t *testing.T) {
	all := morning(t)
	hostile, _ := audit.NewDecoder().Decode([]byte(`{"emit_time":"2023-11-08T09:24:00Z","operation":"Delete\u001b[2JUser","status":"O\u202eK","log_id":"\u0007x","principal":{"type":"user","name":"OR -x"},"details":{"a b":{"*":["", null, "\"\\", 1e3, true, {}]},"x":[[["y","(z"]]]}}`), audit.Origin{})
	all = append(all, hostile...)
	m := screen(t, 120, 40, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	seen := 0
	for i := range all {
		r := m.state.Store.At(i)
		e := r.Entry()
		m.detail.SetEntry(r)
		drive(m, "enter")
		m.focusOn(onDetail)
		m.detail.SetEntry(r)
		press(m, "g", "L")
		path := ""
		for {
			f, ok := m.detail.Focused()
			if !ok {
				t.Fatal("nothing has the focus")
			}
			if f.Path == path {
				break
			}
			path = f.Path
			part, ok := query.At(&e, m.env(), f.Names, f.Plain)
			if path == "." {
				if ok {
					t.Errorf("the whole entry is filtered by %s", part)
				}
			} else {
				seen++
				for text, want := range map[string]bool{part: true, query.Negated(part): false} {
					q, err := query.Parse(text)
					if err != nil || q.Match(&e, m.env()) != want {
						t.Errorf("%s of %s: %s (%v)", path, e.Raw, text, err)
					}
				}
			}
			press(m, "j")
		}
		m.focusOn(onList)
	}
	if seen < 200 {
		t.Errorf("%d values were looked at", seen)
	}
}

func TestPivotFromTheTreeStaysThere(t *testing.T) {
	for _, size := range sizes {
		m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
		drive(m, "g", "j", "j", "j", "j", "j", "enter", "g", "j", "j")
		before := m.detail.Key()
		drive(m, "+")
		if m.committed != "operation=UpdateNamespace" || m.focus != onDetail || m.detail.Key() != before {
			t.Errorf("%v: %q, focus on %d", size, m.committed, m.focus)
		}
		drive(m, "j", "-")
		if want := "operation=UpdateNamespace -status=ERROR"; m.committed != want || m.focus != onList {
			t.Errorf("%v: %q, focus on %d", size, m.committed, m.focus)
		}
		if m.found.matches.Has(before) {
			t.Errorf("%v: - keeps the entry", size)
		}
	}
}
