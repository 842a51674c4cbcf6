package filterbar

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/views"
	"taudit/views/prompt"
)

// The table of fields is that of the language, and everything in it means something.
func TestFieldsAreThoseOfTheLanguage(t *testing.T) {
	var names []string
	for _, f := range fields() {
		names = append(names, f.name)
		for _, a := range append([]string{f.name}, f.also...) {
			// Whatever the other name, the language writes the first.
			for _, v := range []string{"1h", "error", "op"} {
				q, err := query.Parse(a + ":" + v)
				if err != nil {
					continue
				}
				if head, _, _ := strings.Cut(q.String(), ":"); head != f.name || len(q.Unknowns()) > 0 {
					t.Errorf("%s is %s in the language, want %s", a, head, f.name)
				}
			}
		}
		if f.list == nil {
			continue
		}
		for _, c := range f.list(now()) {
			if _, err := query.Parse(f.name + ":" + c.Text); err != nil {
				t.Errorf("%s:%s: %v", f.name, c.Text, err)
			}
		}
	}
	if d := cmp.Diff(query.Fields(), names); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// listed gives the texts of the list.
func listed(p *Pane) []string {
	if p.edit.Menu == nil {
		return nil
	}
	var out []string
	for _, c := range p.edit.Menu.Items {
		out = append(out, c.Text)
	}
	return out
}

func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		typed string
		keys  []string
		want  string
	}{
		{"oper", []string{"tab"}, "operation:"},
		{"op", []string{"tab", "enter"}, "op:"},
		{"-who", []string{"tab"}, "-who:"},
		{"(nam", []string{"tab"}, "(namespace:"},
		{"forw", []string{"tab"}, "x_forwarded_for:"},
		{"emit", []string{"tab"}, "emit_time:"},
		{"logId", []string{"tab"}, "log_id:"},
		{"princpal", []string{"tab"}, "principal:"},
		{"princpal.type:x", []string{"tab"}, "principal.type:x"},
		{"since:2h princpal:x -status:OK", []string{"alt+b", "alt+b", "right", "right", "tab"}, "since:2h principal:x -status:OK"},
		{"op:", []string{"tab", "enter"}, "op:UserLogin"},
		{"op:", []string{"tab", "tab", "enter"}, "op:UpdateNamespace"},
		{"op:", []string{"tab", "down", "down", "up", "enter"}, "op:UpdateNamespace"},
		{"op:", []string{"tab", "shift+tab", "enter"}, "op:DeleteNexusEndpoint"},
		{"op:", []string{"shift+tab", "enter"}, "op:DeleteNexusEndpoint"},
		{"op:", []string{"tab", "pgdown", "enter"}, "op:UpdateAccount"},
		{"op:", []string{"tab", "pgdown", "pgdown", "pgdown", "pgup", "enter"}, "op:UpdateUser"},
		{"op:create", []string{"tab", "enter"}, "op:CreateUser"},
		{"op:user", []string{"tab", "tab", "enter"}, "op:UpdateUser"}, // none begins with it but UserLogin
		{"op:nexus", []string{"tab"}, "op:DeleteNexusEndpoint"},
		{"op:U", []string{"tab", "p", "d", "down", "enter"}, "op:UpdateNamespace"},
		{"op:UserLogin,", []string{"tab", "enter"}, "op:UserLogin,UpdateNamespace"},
		{"op:(UserLogin OR ", []string{"tab", "enter"}, "op:(UserLogin OR UpdateNamespace"},
		{"-operation=delN", []string{"tab"}, "-operation=delN"},
		{"op:UserLog", []string{"left", "left", "left", "tab", "enter"}, "op:UserLogin"},
		{"is:e", []string{"tab"}, "is:error"},
		{"is:err", []string{"tab"}, "is:error"},
		{"-is:la", []string{"tab"}, "-is:late"},
		{"is:late,m", []string{"tab", "enter"}, "is:late,marked"},
		{"since:to", []string{"tab"}, "since:today"},
		{"until:y", []string{"tab"}, "until:yesterday"},
		{"time:2023-11-08", []string{"tab", "enter"}, "time:2023-11-08T09"},
		{"has:prin", []string{"tab", "enter"}, "has:principal"},
		{"who:", []string{"tab", "enter"}, `who:"Alice Smith"`},
		{`who:"ali`, []string{"tab"}, `who:"Alice Smith"`},
		{"who:bob", []string{"tab", "esc", "!"}, "who:bob!"},
		{"arn:", []string{"tab"}, "arn:"},
	} {
		p := bar(80, "")
		p.SetValues("op", operations())
		p.SetValues("principal", []Value{{"bob", 2}, {"Alice Smith", 7}, {"bobby", 1}, {"", 9}})
		p.Open()
		typeIn(p, c.typed)
		press(p, c.keys...)
		if got := p.Text(); got != c.want {
			t.Errorf("%q %q: %q, want %q; listed %q", c.typed, c.keys, got, c.want, listed(p))
		}
		fit(p)
		frame(t, p)
	}
}

func TestOperationsAreListedByCount(t *testing.T) {
	p := bar(80, "")
	p.SetValues("operation", operations())
	p.Open()
	typeIn(p, "op:")
	press(p, "tab")
	want := []string{
		"UserLogin", "UpdateNamespace", "UpdateUser", "CreateUser", "CreateAPIKey", "InviteUsers", "UpdateAccount", "DeleteUser", "DeleteNexusEndpoint",
	}
	if d := cmp.Diff(want, listed(p)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	fit(p)
	lines := strings.Split(frame(t, p), "\n")
	if p.Lines() != 2+prompt.MaxRows || !strings.Contains(lines[2], "> UserLogin") && !strings.Contains(lines[2], ">UserLogin") || !strings.Contains(lines[2], "1,021") {
		t.Errorf("%d lines:\n%s", p.Lines(), strings.Join(lines, "\n"))
	}
}

// Esc closes the list first, then restores the filter of before.
func TestEscTwice(t *testing.T) {
	p := bar(80, "since:2h")
	p.SetValues("operation", operations())
	p.Open()
	typeIn(p, " op:")
	press(p, "tab")
	if got := messages(t, press(p, "esc")...); len(got) > 0 || p.edit.Menu != nil || !p.Editing() {
		t.Errorf("Esc once: %q", describe(got))
	}
	if got := describe(messages(t, press(p, "esc")...)); !slices.Equal(got, []string{"cancelled since:2h = since:2h"}) {
		t.Errorf("Esc twice: %q", got)
	}
}

// While typing narrows the list nothing in it is selected, so that Enter commits what is written.
func TestEnterCommitsWhatIsWritten(t *testing.T) {
	p := bar(80, "")
	p.SetValues("operation", operations())
	p.Open()
	typeIn(p, "op:")
	press(p, "tab")
	typeIn(p, "Update")
	if got := listed(p); !slices.Equal(got, []string{"UpdateNamespace", "UpdateUser", "UpdateAccount"}) {
		t.Errorf("listed %q", got)
	}
	if got := describe(messages(t, press(p, "enter")...)); !slices.Equal(got, []string{"committed op:Update = operation:Update"}) {
		t.Errorf("%q", got)
	}
}

func TestWanted(t *testing.T) {
	p := bar(80, "")
	p.Open()
	step := func(cmds []string, want ...string) {
		t.Helper()
		if !slices.Equal(cmds, want) {
			t.Errorf("%q: %q, want %q", p.Text(), cmds, want)
		}
	}
	keys := func(names ...string) []string { return describe(messages(t, press(p, names...)...)) }
	step(keys("o", "p", ":"), "wanted operation")
	step(keys("D", "e"))
	step(keys(" ", "o", "p", "="), "wanted operation") // another place, and nobody has answered yet
	p.SetValues("operation", operations())
	step(keys(" ", "o", "p", ":", "x"))
	step(keys(" ", "i", "s", ":"))
	step(keys(" ", "s", "i", "n", "c", "e", ":"))
	step(keys(" ", "a", "r", "n", ":"))
	step(keys(" ", "w", "h", "o", ":"), "wanted principal")
	step(keys(" ", "d", "e", "t", "a", "i", "l", "s", ".", "a", ":"), "wanted details.a")

	d := data(3, 500)
	p.SetData(d) // more has arrived
	step(keys(" ", "o", "p", ":"), "wanted operation")
	p.SetValues("operation", operations())
	p.SetData(data(3, 600))
	step(keys("D"))
	step(keys("tab"), "wanted operation") // stale, but shown meanwhile
	if len(listed(p)) == 0 {
		t.Error("values that are a little old are not shown")
	}
}

func TestValuesComeLater(t *testing.T) {
	p := bar(80, "")
	p.Open()
	typeIn(p, "target:")
	press(p, "tab")
	fit(p)
	if !strings.Contains(frame(t, p), "counting the values of target") || p.Lines() != 3 {
		t.Errorf("%d lines\n%s", p.Lines(), frame(t, p))
	}
	p.SetValues("operation", operations())
	if len(listed(p)) > 0 {
		t.Error("the values of another field are listed")
	}
	p.SetValues("target", []Value{{"b", 1}, {"a", 3}})
	press(p, "down")
	p.SetValues("target", []Value{{"c", 9}, {"b", 4}, {"a", 3}})
	press(p, "enter")
	if p.Text() != "target:b" {
		t.Errorf("the selection went elsewhere: %q", p.Text())
	}
	press(p, "ctrl+u", "r", "e", "q", ":", "tab")
	p.SetValues("req", nil)
	fit(p)
	if !strings.Contains(frame(t, p), "no value of req is known") || p.edit.Menu != nil {
		t.Errorf("\n%s", frame(t, p))
	}
}

func TestTakingKeepsToTheLimit(t *testing.T) {
	p := bar(80, "")
	p.SetValues("target", []Value{{strings.Repeat("x", maxLength), 1}})
	p.Open()
	typeIn(p, "target:")
	press(p, "tab")
	fit(p)
	if p.Text() != "target:" || !strings.Contains(frame(t, p), "at most") {
		t.Errorf("%d characters", len(p.Text()))
	}
}

func TestLongListsAreNarrowedByTyping(t *testing.T) {
	var list []Value
	for i := range 5000 {
		list = append(list, Value{fmt.Sprintf("user%d@example.com", i), i})
	}
	p := bar(80, "")
	p.SetValues("principal", list)
	p.Open()
	typeIn(p, "who:")
	press(p, "tab")
	fit(p)
	if got := listed(p); len(got) != maxItems || got[0] != "user4999@example.com" || !strings.Contains(frame(t, p), "1 of 1,000 or more") {
		t.Errorf("%d listed\n%s", len(got), frame(t, p))
	}
	typeIn(p, "user7@")
	if got := listed(p); !slices.Equal(got, []string{"user7@example.com"}) {
		t.Errorf("the rare one is not found: %q", got)
	}
}

// withField makes an entry with a value of a field.
func withField(name, v string) audit.Entry {
	var e audit.Entry
	switch name {
	case "operation":
		e.Operation = v
	case "principal":
		e.Principal.Name = v
	case "principal.type":
		e.Principal.Type = v
	case "status":
		e.Status = v
	case "target":
		e.Target = v
	case "namespace":
		e.Namespace = v
	case "level":
		e.Level = v
	case "req":
		e.RequestID = v
	case "shard":
		e.Origin.Part = v
	}
	return e
}

// Whatever a value is, completing it writes a filter that means the entries with it. With = it means no others.
func TestCompletedValuesMeanThemselves(t *testing.T) {
	text := rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom([]rune(" ()\"\\*,/-!:=<>.|&ORaZ1_@é山\u0301\n\t\x00\u202e\u2028\u0085\ufffd\u200b"))),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"OR", "AND", "NOT", "||", "&&", "/x/", "a..b", "1..2", "*", "-", "=x", ">1", "<", `\`, `"`, "10.0.0.0/8", "2001:db8::1", " ", "a b", "a,b", "(a)"}),
	).Filter(func(s string) bool { return s != "" })
	rapid.Check(t, func(t *rapid.T) {
		v := text.Draw(t, "value")
		other := text.Draw(t, "other")
		name := rapid.SampledFrom([]string{"operation", "principal", "principal.type", "status", "target", "namespace", "level", "req", "shard"}).Draw(t, "field")
		form := rapid.SampledFrom([]string{"%", "zzz %", "-%", "%zzz,", "%(zzz OR ", "%(zzz, ", "=", "since:2h -="}).Draw(t, "form")
		p := bar(80, "")
		p.SetValues(name, []Value{{v, 2}, {other, 1}})
		p.Open()
		typed := strings.ReplaceAll(strings.ReplaceAll(form, "%", name+":"), "=", name+"=")
		typeIn(p, typed)
		press(p, "tab")
		if p.edit.Menu != nil {
			press(p, "enter")
		}
		written := p.Text()
		msgs := messages(t, press(p, "enter")...)
		if len(msgs) != 1 {
			t.Fatalf("%q is refused", written)
		}
		terms := msgs[0].(Committed).Query.Terms()
		q := terms[len(terms)-1]
		env := &query.Env{Now: now()}
		e := withField(name, v)
		want := !strings.Contains(form, "-")
		if q.Match(&e, env) != want {
			t.Fatalf("%q does not mean %q", written, v)
		}
		// Bytes that are no UTF-8 are all alike to a regular expression.
		if o := withField(name, other); strings.HasSuffix(form, "=") && name != "level" && strings.ToValidUTF8(v, "\ufffd") != strings.ToValidUTF8(other, "\ufffd") && q.Match(&o, env) == want {
			t.Fatalf("%q means %q too", written, other)
		}
		fit(p)
		frame(t, p)
	})
}

func TestStaleData(t *testing.T) {
	p := New()
	p.SetData(views.Data{})
	p.SetValues("op", operations())
	p.Open()
	typeIn(p, "op:")
	press(p, "tab")
	if len(listed(p)) == 0 {
		t.Error("without a log the values that were given are not listed")
	}
}
