package filterbar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"taudit/source/query"
)

// meaning is the query of a text, or the zero one.
func meaning(s string) query.Query {
	q, _ := query.Preview(s)
	return q
}

// app runs the commands of a line as Bubble Tea does, in a bubble of synctest: the clock only moves when told to.
type app struct {
	p    *Pane
	in   chan tea.Msg
	seen []tea.Msg
}

func newApp(p *Pane) *app { return &app{p: p, in: make(chan tea.Msg, 1000)} }

func (a *app) run(cmds ...tea.Cmd) {
	for _, c := range cmds {
		if c != nil {
			go func() { a.in <- c() }()
		}
	}
	a.wait(0)
}

// wait lets time pass and handles what comes.
func (a *app) wait(d time.Duration) {
	time.Sleep(d)
	for {
		synctest.Wait()
		select {
		case msg := <-a.in:
			switch msg := msg.(type) {
			case nil:
			case tea.BatchMsg:
				a.run(msg...)
			case Paused:
				a.run(a.p.Update(msg))
			default:
				a.seen = append(a.seen, msg)
			}
		default:
			return
		}
	}
}

// took gives what was sent since the last call.
func (a *app) took() []tea.Msg {
	out := a.seen
	a.seen = nil
	return out
}

// describe makes messages comparable.
func describe(msgs []tea.Msg) []string {
	var out []string
	for _, m := range msgs {
		switch m := m.(type) {
		case Changed:
			out = append(out, "changed "+m.Text+" = "+m.Query.String())
		case Committed:
			out = append(out, "committed "+m.Text+" = "+m.Query.String())
		case Cancelled:
			out = append(out, "cancelled "+m.Text+" = "+m.Query.String())
		case Wanted:
			out = append(out, "wanted "+m.Field)
		default:
			out = append(out, fmt.Sprintf("%T", m))
		}
	}
	return out
}

func expect(t *testing.T, a *app, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, describe(a.took())); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
}

func TestPauseDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(bar(80, ""))
		a.run(a.p.Open())
		for _, r := range "who:al" {
			a.run(press(a.p, string(r))...)
			a.wait(pause - time.Millisecond)
		}
		expect(t, a, "wanted principal")
		a.wait(time.Millisecond)
		expect(t, a, "changed who:al = principal:al")
		a.wait(time.Hour)
		expect(t, a)
		a.run(press(a.p, "i", "backspace")...)
		a.wait(time.Hour)
		expect(t, a) // the same again is no news
		a.run(press(a.p, "i", "enter")...)
		expect(t, a, "committed who:ali = principal:ali")
		a.wait(time.Hour)
		expect(t, a) // what was waited for is over
	})
}

func TestOldPausesAreNothing(t *testing.T) {
	p := bar(80, "")
	p.Open()
	typeIn(p, "a")
	old := Paused{p.number}
	typeIn(p, "b")
	if got := p.Update(old); got != nil {
		t.Error("a pause in which something was typed counts")
	}
	if got := describe(messages(t, p.Update(Paused{p.number}))); !slices.Equal(got, []string{"changed ab = ab"}) {
		t.Errorf("%q", got)
	}
	mine := Paused{p.number}
	press(p, "esc")
	p.Open()
	if got := p.Update(mine); got != nil {
		t.Error("a pause of an editing that has ended counts")
	}
}

// A half typed filter never blanks the list: each letter either gives a filter that means something, or leaves the last one
// and points at the place.
func TestLetterByLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(bar(80, "since:2h"))
		a.run(a.p.Open())
		a.run(press(a.p, "ctrl+u")...)
		text := "op:(DeleteUser"
		var changes []string
		for i, r := range text {
			a.run(press(a.p, string(r))...)
			a.wait(pause)
			changes = append(changes, describe(a.took())...)
			fit(a.p)
			lines := strings.Split(frame(t, a.p), "\n")
			if i < 2 {
				continue
			}
			// The end of the text is where the rest is missing.
			column := head + i + 1
			if len([]rune(lines[1])) <= column || []rune(lines[1])[column] != '^' {
				t.Errorf("%q is not pointed at in column %d:\n%s", text[:i+1], column, strings.Join(lines, "\n"))
			}
		}
		want := []string{"changed o = o", "changed op = op", "wanted operation"}
		for i := 1; i <= len("DeleteUser"); i++ {
			want = append(want, fmt.Sprintf("changed op:(%s = operation:%s", "DeleteUser"[:i], "DeleteUser"[:i]))
		}
		if d := cmp.Diff(want, changes); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		a.run(press(a.p, "enter")...)
		expect(t, a, "committed op:(DeleteUser) = operation:DeleteUser")
	})
}

func TestErrorsKeepTheLastResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(bar(80, "since:2h"))
		a.run(a.p.Open())
		a.run(typeIn(a.p, " princpal:x")...)
		a.wait(pause)
		expect(t, a) // nothing that means something was left standing for a moment
		fit(a.p)
		lines := strings.Split(frame(t, a.p), "\n")
		if want := "            ^ unknown field princpal; did you mean principal? (Tab)"; strings.TrimRight(lines[1], " ") != want {
			t.Errorf("%q, want %q", lines[1], want)
		}
		a.run(press(a.p, "enter")...)
		expect(t, a)
		if !a.p.Editing() {
			t.Error("a text with an error was committed")
		}
		a.run(press(a.p, "tab")...)
		if got := a.p.Text(); got != "since:2h principal:x" {
			t.Errorf("Tab makes it %q", got)
		}
		a.wait(pause)
		expect(t, a, "wanted principal", "changed since:2h principal:x = since:2h principal:x")
		a.run(press(a.p, "esc")...)
		expect(t, a, "cancelled since:2h = since:2h")
		if a.p.Editing() || a.p.Text() != "since:2h" {
			t.Errorf("after Esc: %q", a.p.Text())
		}
	})
}

func TestEnter(t *testing.T) {
	for _, c := range []struct {
		typed, text, query, why string
	}{
		{"", "", "", ""},
		{"   ", "", "", ""},
		{" op:DeleteUser ", "op:DeleteUser", "operation:DeleteUser", ""},
		{`"delete us`, `"delete us"`, `"delete us"`, ""},
		{`"back\`, `"back\\"`, `"back\\"`, ""},
		{`op:(A OR "b c`, `op:(A OR "b c")`, `operation:A,"b c"`, ""},
		{`(a OR (b -c`, `(a OR (b -c))`, `a OR b -c`, ""},
		{"op:", "", "", "value expected"},
		{"(a OR", "", "", "filter expected after OR"},
		{"since:2", "", "", `"2" is no time`},
		{"-", "", "", "nothing to negate"},
		{"a)", "", "", "unexpected )"},
		{"is:erorr", "", "", "nothing that an entry can be"},
		{"x:/(/", "", "", "bad regular expression"},
	} {
		p := bar(200, "")
		p.Open()
		typeIn(p, c.typed)
		got := describe(messages(t, press(p, "enter")...))
		if c.why != "" {
			fit(p)
			if !p.Editing() || len(got) > 0 || !strings.Contains(frame(t, p), c.why) || !strings.Contains(frame(t, p), "^") {
				t.Errorf("%q: %q, and shows\n%s", c.typed, got, frame(t, p))
			}
			continue
		}
		if want := []string{"committed " + c.text + " = " + c.query}; !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", c.typed, got, want)
		}
		if p.Editing() || p.Text() != c.text || p.Lines() != 1 {
			t.Errorf("%q: after Enter %q", c.typed, p.Text())
		}
	}
}

func TestPasteIsOneLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"op:DeleteUser\nwho:alice\r\n", "op:DeleteUser who:alice  "},
		{"a\tb\x1b[2Jc\x00\u0085d", "a b[2Jcd"},
		{"山田太郎 e\u0301 \u202e", "山田太郎 e\u0301 \u202e"},
		{"bad \xff bytes", "bad  bytes"},
	} {
		p := bar(80, "")
		p.Open()
		p.Update(tea.PasteMsg{Content: c.in})
		if got := p.Text(); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.in, got, c.want)
		}
		fit(p)
		frame(t, p)
	}
}

func TestTooLongIsSaid(t *testing.T) {
	p := bar(80, "")
	p.Open()
	p.Update(tea.PasteMsg{Content: strings.Repeat("ab", maxLength)})
	fit(p)
	if n := len(p.Text()); n != maxLength || !strings.Contains(frame(t, p), "at most 4,096 characters") {
		t.Errorf("%d characters\n%s", n, frame(t, p))
	}
	press(p, "home", "x")
	if !strings.Contains(frame(t, p), "at most 4,096 characters") || len(p.Text()) != maxLength {
		t.Error("a key that types nothing says nothing")
	}
	press(p, "home", "delete", "x")
	if strings.Contains(frame(t, p), "at most") || p.Text()[0] != 'x' {
		t.Error("with room again, it is still said to be too long")
	}
}

// Every key that moves or deletes does so, and what the help tells is all there is.
func TestReadlineKeys(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want string // | is the cursor
	}{
		{[]string{"left", "left", "ctrl+b"}, "one two th|ree"},
		{[]string{"home", "right", "ctrl+f"}, "on|e two three"},
		{[]string{"alt+b", "ctrl+left", "alt+left"}, "|one two three"},
		{[]string{"ctrl+a", "alt+f", "ctrl+right"}, "one two| three"},
		{[]string{"ctrl+a", "alt+right"}, "one| two three"},
		{[]string{"home", "end"}, "one two three|"},
		{[]string{"ctrl+a", "ctrl+e"}, "one two three|"},
		{[]string{"backspace", "ctrl+h"}, "one two thr|"},
		{[]string{"home", "delete", "ctrl+d"}, "|e two three"},
		{[]string{"ctrl+w"}, "one two |"},
		{[]string{"alt+backspace", "ctrl+backspace"}, "one |"},
		{[]string{"home", "alt+d", "alt+delete", "ctrl+delete"}, "|"},
		{[]string{"left", "alt+d"}, "one two thre|"},
		{[]string{"home", "right", "ctrl+k"}, "o|"},
		{[]string{"left", "ctrl+u"}, "|"},
		{[]string{"ctrl+v", "ctrl+c", "ctrl+z", "f5"}, "one two three|"},
	} {
		p := bar(80, "")
		p.Open()
		typeIn(p, "one two three")
		press(p, c.keys...)
		r, at := []rune(p.Text()), p.edit.Input.Position()
		if got := string(r[:at]) + "|" + string(r[at:]); got != c.want {
			t.Errorf("%q: %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestCursorFollowsTheText(t *testing.T) {
	p := bar(40, "")
	if p.Cursor() != nil {
		t.Error("there is a cursor before anything is edited")
	}
	p.Open()
	fit(p)
	for i, r := range strings.Repeat("op:山田 ", 40) {
		press(p, string(r))
		line := strings.Split(frame(t, p), "\n")[0]
		c := p.Cursor()
		if before := ansi.Cut(line, 0, c.X); i < 5 && ansi.StringWidth(before) != head+ansi.StringWidth(p.Text()) {
			t.Errorf("after %q the cursor stands at %d", p.Text(), c.X)
		}
	}
	for range 300 {
		press(p, "left")
		frame(t, p)
	}
	if c := p.Cursor(); c.X != head {
		t.Errorf("at the start the cursor stands at %d", c.X)
	}
}

func TestNothingIsDoneUnlessOpen(t *testing.T) {
	p := bar(80, "op:DeleteUser")
	for _, m := range []tea.Msg{keyPress("enter"), keyPress("x"), tea.PasteMsg{Content: "x"}, Paused{}, tea.WindowSizeMsg{}} {
		if cmd := p.Update(m); cmd != nil || p.Text() != "op:DeleteUser" {
			t.Errorf("%T does something", m)
		}
	}
	p.Open()
	typeIn(p, "x")
	if p.Open() != nil || p.Text() != "op:DeleteUserx" {
		t.Error("opening it again loses what was typed")
	}
	p.SetFilter("who:alice", meaning("who:alice"))
	if p.Editing() || p.Text() != "who:alice" || !p.Query().Equal(meaning("who:alice")) {
		t.Errorf("another filter leaves %q", p.Text())
	}
}

// An empty line and Enter clear the filter.
func TestClearing(t *testing.T) {
	p := bar(80, "op:DeleteUser")
	p.Open()
	got := describe(messages(t, press(p, "ctrl+u", "enter")...))
	if !slices.Equal(got, []string{"committed  = "}) || p.Text() != "" || len(p.History()) != 0 {
		t.Errorf("%q, history %q", got, p.History())
	}
	fit(p)
	if got := frame(t, p); !strings.HasPrefix(got, " / to filter ") {
		t.Errorf("%q", got)
	}
	p.SetOpenKey("Ctrl-F")
	if got := frame(t, p); !strings.HasPrefix(got, " Ctrl-F to filter ") {
		t.Errorf("%q", got)
	}
}
