package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
	"taudit/source/audit"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		says, why  string
		from       int
	}{
		{"with the previous of the target", "g e e d", "ERROR", "This and the one before it for prod.a1b2c: 3 values differ", onList},
		{"from the detail", "g e e enter d", "emit_time", "This and the one before it for prod.a1b2c: 3 values differ", onDetail},
		{"two marks", "g e m j j m d", ".status", "Two marked entries: 3 values differ", onList},
		{"a mark alone", "g e e m d", ".log_id", "This and the one before it for prod.a1b2c", onList},
		{"without a target", "G d", "", "This is the first of its kind in the log.", onList},
		{"the first of its target", "g d", "", "This is the first entry for sre in the log.", onList},
	} {
		m := screen(t, 120, 40, ModelOptions{}, stream(t))
		drive(m, strings.Split(c.keys, " ")...)
		if !shows(m, c.says) || !shows(m, c.why) {
			t.Errorf("%s: no %q and %q:\n%s", c.name, c.says, c.why, lines(t, m, 120, 40))
		}
		if shows(m, "PATH") && shows(m, ".principal") {
			t.Errorf("%s: what is alike is shown:\n%s", c.name, lines(t, m, 120, 40))
		}
		drive(m, "esc")
		if m.focus != c.from && c.says != "" {
			t.Errorf("%s: Esc goes to pane %d", c.name, m.focus)
		}
	}
}

func TestCopyingAComparison(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	drive(m, "g", "e", "m", "j", "j", "m", "d")
	whole := `--- 2023-11-08 08:15:03Z  UpdateNamespace  ERROR  terraform  0mc69c0323b871293ce231dd1c7fb605
+++ 2023-11-08 08:16:40Z  UpdateNamespace  OK  terraform  0mc69c0323b871293ce231dd1c7fb607
.emit_time
- "2023-11-08T08:15:03Z"
+ "2023-11-08T08:16:40Z"
.status
- "ERROR"
+ "OK"
.log_id
- "0mc69c0323b871293ce231dd1c7fb605"
+ "0mc69c0323b871293ce231dd1c7fb607"
`
	if got := sent(m, "y", "y"); !strings.HasPrefix(decodedOSC(t, got), whole) {
		t.Errorf("yy copies %q", decodedOSC(t, got))
	}
	drive(m, "j")
	for key, want := range map[string]string{"v": `.status: "ERROR" -> "OK"`, "p": ".status"} {
		if got := sent(m, "y", key); got != ansi.SetSystemClipboard(want) {
			t.Errorf("y%s copies %q, want %q", key, decodedOSC(t, got), want)
		}
	}
	if got := sent(m, "y", "i"); got != "" || !shows(m, "Go back to the list") {
		t.Errorf("yi copies %q", got)
	}
}

func TestComparingWhatIsNoEntryAnyMore(t *testing.T) {
	var all []audit.Entry
	for i, raw := range []string{`"spec":{"a":1}`, `"spec":{"a":2,}`} {
		found, _ := audit.NewDecoder().Decode([]byte(fmt.Sprintf(`{"emit_time":"2023-11-08T09:0%d:00Z","operation":"UpdateUser","log_id":"%d","details":{"target_users":["u"],%s}}`, i, i, raw)), audit.Origin{})
		all = append(all, found...)
	}
	m := screen(t, 80, 24, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	if drive(m, "d"); !shows(m, ".details.spec.a") {
		t.Errorf("%q\n%s", m.said, lines(t, m, 80, 24))
	}
}

func TestHistoryOfAnObject(t *testing.T) {
	for _, size := range sizes {
		m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
		drive(m, "g", "e", "e", "g", "h")
		if m.committed != `"prod.a1b2c"` || !shows(m, "History of prod.a1b2c: every entry that names it.") {
			t.Errorf("%v: %q, %q", size, m.committed, m.said)
		}
		for i := range m.found.matches.Len() {
			if r := m.found.matches.At(i); !strings.Contains(r.Raw(), "prod.a1b2c") {
				t.Errorf("%s does not name it", r.Raw())
			}
		}
		if got := selected(t, m); got != "08:15:09 UpdateNamespace" {
			t.Errorf("%v: at %s, where g has not been", size, got)
		}
		drive(m, "[")
		if m.committed != "" || selected(t, m) != "08:15:09 UpdateNamespace" {
			t.Errorf("%v: [ goes back to %q at %s", size, m.committed, selected(t, m))
		}
	}
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	drive(m, "G", "g", "h")
	if m.committed != "" || !shows(m, "names no target") {
		t.Errorf("%q, %q", m.committed, m.said)
	}
	drive(m, "g")
	if got := selected(t, m); got != "07:58:12 CreateUserGroup" {
		t.Errorf("g alone goes to %s", got)
	}
	drive(m, "enter", "g", "L")
	for m.detail.Path() != ".principal.name" {
		before := m.detail.Path()
		if drive(m, "j"); m.detail.Path() == before {
			t.Fatal("no way to it")
		}
	}
	drive(m, "g", "h")
	if m.committed != `"user2@example.com"` {
		t.Errorf("of the selected value: %q", m.committed)
	}
}

func TestCompareScreens(t *testing.T) {
	long := strings.Repeat("0123456789", 40)
	var all []audit.Entry
	for i, raw := range []string{`"spec":{"display_name":"` + long + `","replicas":[{"id":"aws-a"}],"old":true}`, `"spec":{"display_name":"` + long + `!","replicas":[{"id":"aws-b"},{"id":"\u202egcp"}]}`} {
		found, _ := audit.NewDecoder().Decode([]byte(fmt.Sprintf(`{"emit_time":"2023-11-08T09:0%d:00Z","operation":"UpdateUser","log_id":"%d","principal":{"name":"user1@example.com"},"details":{"target_users":["u"],%s}}`, i, i, raw)), audit.Origin{})
		all = append(all, found...)
	}
	for _, size := range sizes {
		w, h := size[0], size[1]
		t.Run("long/"+sizeName(w, h), func(t *testing.T) {
			m := screen(t, w, h, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
			drive(m, "d", "j", "j")
			golden.RequireEqual(t, lines(t, m, w, h))
		})
		t.Run("marks/"+sizeName(w, h), func(t *testing.T) {
			m := screen(t, w, h, ModelOptions{}, stream(t))
			drive(m, "g", "e", "m", "j", "j", "m", "d", "G")
			golden.RequireEqual(t, lines(t, m, w, h))
		})
	}
}
