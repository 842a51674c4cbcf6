package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"taudit/source"
	"taudit/source/audit"
	"taudit/views"
)

// quits says whether a command ends the program.
func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, ok := cmd().(tea.QuitMsg)
	return ok
}

// shows says whether the screen has the text.
func shows(m *Model, text string) bool { return strings.Contains(ansi.Strip(m.View().Content), text) }

func stream(t testing.TB) script {
	return script{name: "kinesis audit-prod/us-east-1", events: []source.Event{{Entries: morning(t)}, live("1")}}
}

func selected(t testing.TB, m *Model) string {
	t.Helper()
	r, ok := m.events.Selected()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return r.Time().Format("15:04:05") + " " + r.Operation()
}

func TestQuitting(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want bool
	}{
		{[]string{"q"}, false},
		{[]string{"q", "q"}, true},
		{[]string{"q", "y"}, true},
		{[]string{"q", "j"}, false},
		{[]string{"q", "j", "q"}, false},
		{[]string{"Q"}, true},
		{[]string{"ctrl+c"}, true},
		{[]string{"esc", "esc", "esc"}, false},
		{[]string{"enter", "q", "q"}, false},
		{[]string{"enter", "q", "q", "q"}, true},
		{[]string{"?", "q", "q"}, false},
		{[]string{"enter", "Q"}, true},
		{[]string{"?", "ctrl+c"}, true},
	} {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		if got := quits(press(m, c.keys...)); got != c.want {
			t.Errorf("%v: quits %v, want %v", c.keys, got, c.want)
		}
	}
}

func TestDetailFollowsTheSelection(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
			press(m, "k", "k", "enter")
			if !shows(m, "Permissions") || !m.events.Held() || m.focus != onDetail {
				t.Fatalf("enter does not open the entry and hold: held %v", m.events.Held())
			}
			press(m, "J")
			if got := m.detail.Key(); got != func() (k any) { r, _ := m.events.Selected(); return r.Key() }() {
				t.Errorf("J: the detail shows %v", got)
			}
			if got := selected(t, m); got != "09:20:40 UpdateAPIKey" {
				t.Errorf("J goes to %s", got)
			}
			press(m, "3", "K")
			if got := selected(t, m); got != "09:20:40 UpdateAPIKey" {
				t.Logf("a digit that is bound is no count; at %s", got)
			}
			press(m, "esc")
			if m.focus != onList {
				t.Error("esc does not go back to the list")
			}
		})
	}
}

func TestFeatureOfTheDocumentedPath(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	press(m, "k", "k", "k", "k", "enter") // DeleteUser
	for range 40 {
		if m.detail.Path() == ".raw_details.target_users[0]" {
			break
		}
		press(m, "j")
	}
	if !shows(m, ".raw_details.target_users[0]") {
		t.Errorf("the path of the focused value is not on the screen: %s", m.detail.Path())
	}
}

func TestCountsAreTypedBeforeAKey(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	press(m, "5", "k")
	if got := selected(t, m); got != "09:11:37 FailoverNamespace" {
		t.Errorf("5k goes to %s", got)
	}
	press(m, "5", "x", "k")
	if got := selected(t, m); got != "09:02:41 CreateServiceAccountAPIKey" {
		t.Errorf("a key that is not bound leaves its count behind: %s", got)
	}
}

func TestHeldViewDoesNotMove(t *testing.T) {
	all := morning(t)
	m := screen(t, 80, 24, ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Entries: all}, live("1")}})
	press(m, "k", "k")
	before := strings.Split(ansi.Strip(m.View().Content), "\n")
	var batch []audit.Entry
	for i := range 500 {
		e := all[0]
		e.EmitTime = all[0].EmitTime.Add(time.Duration(i*17) * time.Second)
		e.LogID = fmt.Sprintf("new-%04d", i)
		e.Raw = strings.Replace(e.Raw, all[0].LogID, e.LogID, 1)
		batch = append(batch, e)
	}
	arrived := m.state.Store.Arrived()
	more(t, m, source.Event{Entries: batch})
	after := strings.Split(ansi.Strip(m.View().Content), "\n")
	// The bars of the timeline are as high as they must be, but for what stretches of time they stand, and where, does not change.
	if a, b := strings.Fields(before[3]), strings.Fields(after[3]); a[0] != b[0] || strings.Index(before[3], a[0]) != strings.Index(after[3], a[0]) {
		t.Errorf("the timeline moved:\n%s\n%s", before[3], after[3])
	}
	for i := 4; i < 20; i++ { // the last body row may have given way to the counting line
		if before[i] != after[i] && i != len(before)-3 {
			t.Errorf("row %d moved:\n%s\n%s", i, before[i], after[i])
		}
	}
	if m.state.Store.Arrived()-arrived != 500 || !shows(m, "500 new") {
		t.Errorf("%d arrived; the screen does not say 500 new", m.state.Store.Arrived()-arrived)
	}
	press(m, "space")
	if m.events.Held() || shows(m, " new ") {
		t.Error("space does not follow again")
	}
}

func TestResizingKeepsThePlace(t *testing.T) {
	m := screen(t, 200, 60, ModelOptions{}, stream(t))
	press(m, "k", "k", "k", "enter", "j", "j")
	want, path := selected(t, m), m.detail.Path()
	for _, size := range [][2]int{{80, 24}, {60, 15}, {20, 5}, {120, 40}, {200, 60}} {
		m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		_ = m.View()
	}
	if got := selected(t, m); got != want || m.detail.Path() != path || m.focus != onDetail {
		t.Errorf("at %s %s, want %s %s", got, m.detail.Path(), want, path)
	}
}

func TestEveryBindingHasHelpAndAKeyOfItsOwn(t *testing.T) {
	seen := map[string]views.Action{}
	for _, b := range Bindings() {
		if len(b.Keys) == 0 || b.List == "" && b.Detail == "" {
			t.Errorf("%s has no key or no help", b.Action)
		}
		for _, k := range b.Keys {
			if other, taken := seen[k]; taken {
				t.Errorf("%s is bound to %s and %s", k, other, b.Action)
			}
			seen[k] = b.Action
			// tmux and screen take these, and Alt is Escape on many terminals.
			for _, eaten := range []string{"ctrl+a", "ctrl+b", "ctrl+space", "ctrl+\\", "ctrl+s"} {
				if k == eaten || strings.HasPrefix(k, "alt+") {
					t.Errorf("%s does not reach the program everywhere", k)
				}
			}
		}
	}
}

func TestEveryActionOfAPaneHasABinding(t *testing.T) {
	m := screen(t, 120, 40, ModelOptions{}, stream(t))
	press(m, "enter")
	run(t, m, keyOf("2"))
	k := newKeymap(Bindings())
	answered := map[views.Action]bool{}
	for range 2 {
		for _, p := range m.panes() {
			for _, a := range p.Actions() {
				answered[a] = true
				if _, ok := k.binding(a); !ok {
					t.Errorf("%s answers %s, which no key asks for", p.Title(), a)
				}
			}
		}
		press(m, "v") // others are answered on the timeline
	}
	own := []views.Action{
		views.NextEntry, views.PrevEntry, views.Open, views.Close, views.Back, views.Quit, views.NextPane,
		views.PrevPane, views.Help, views.Redraw, views.Suspend, views.Filter, views.Context, views.NextMatch, views.PrevMatch,
		views.Zoom, views.Place, views.Times, views.Timeline, views.PrevFilter, views.NextFilter, views.Command, views.Views, views.Repeats, views.Reconnect,
	}
	for _, p := range m.all {
		own = append(own, p.goTo)
	}
	for _, b := range handBindings(sameBinding) {
		own = append(own, b.Action)
	}
	for _, b := range k.bindings {
		if !answered[b.Action] && !slices.Contains(own, b.Action) {
			t.Errorf("no pane answers %s", b.Action)
		}
	}
}

func TestHelpNamesEveryKey(t *testing.T) {
	m := screen(t, 120, 90, ModelOptions{}, stream(t))
	press(m, "?")
	named := map[string]bool{}
	texts := []string{"While the filter is typed:", "Ctrl-R", "Alt-Backspace", "search the filters of before", "Commands, with the same keys:", ":bundle DIR"}
	for _, key := range []string{"g", "pgdown", "pgdown", "pgdown", "pgdown"} {
		press(m, key)
		texts = slices.DeleteFunc(texts, func(s string) bool { return shows(m, s) })
		for _, b := range Bindings() {
			named[b.KeyNames()] = named[b.KeyNames()] || shows(m, b.KeyNames())
		}
	}
	for _, b := range Bindings() {
		if !named[b.KeyNames()] {
			t.Errorf("the help does not name %s", b.KeyNames())
		}
	}
	if len(texts) > 0 {
		t.Errorf("the help does not have %q", texts)
	}
	press(m, "?")
	if shows(m, "IN THE DETAIL") {
		t.Error("? does not close the help")
	}
}

func TestTerminalIsDressedAsItTells(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	if !strings.Contains(m.View().Content, "\x1b[") {
		t.Error("no colours before the terminal has said anything")
	}
	m.Update(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	if c := m.View().Content; strings.Contains(c, "\x1b[3") || strings.Contains(c, ";3") {
		t.Errorf("colours on a terminal without: %q", c[:200])
	}
	press(m, "k", "enter")
	if !shows(m, "▾") {
		t.Error("no Unicode by default")
	}
	m.Update(tea.EnvMsg{"LANG=C", "TERM=xterm"})
	for _, r := range ansi.Strip(m.View().Content) {
		if r > 126 {
			t.Errorf("%q on an ASCII terminal", r)
			break
		}
	}
	m.Update(tea.EnvMsg{"LANG=C", "LC_ALL=de_DE.UTF-8", "TERM=xterm"})
	if !shows(m, "▾") {
		t.Error("no Unicode where LC_ALL says UTF-8")
	}
}

func TestTimesAreTheSameEverywhere(t *testing.T) {
	zone := time.FixedZone("", 5*60*60+45*60)
	m := screen(t, 200, 60, ModelOptions{Zone: zone}, stream(t))
	for _, c := range []struct{ head, row, opened, clock string }{
		{"TIME UTC ", "09:20:48 ok", "2023-11-08 09:20:48Z", "09:24:40Z"},
		{"TIME +05:45 ", "15:05:48    ok", "2023-11-08 15:05:48+05:45", "15:09:40+05:45"},
		{"AGO ", "3m     ok", "2023-11-08 09:20:48Z", "09:24:40Z"},
		{"TIME UTC ", "09:20:48 ok", "2023-11-08 09:20:48Z", "09:24:40Z"},
	} {
		for _, want := range []string{c.head, c.row, c.opened, c.clock} {
			if !shows(m, want) {
				t.Errorf("%v: no %q on the screen:\n%s", m.times, want, ansi.Strip(m.View().Content))
			}
		}
		press(m, "t")
	}
}

func TestNewsComeAtMostFiveTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := morning(t)
		feed := NewFeed([]source.Source{script{name: "kinesis a/b"}}, FeedOptions{Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		m := NewModel(ctx, feed, ModelOptions{Now: time.Now})
		start, last, messages := time.Now(), time.Time{}, 0
		stop := make(chan struct{})
		go func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					_ = feed.take(source.Event{Entries: []audit.Entry{all[i%len(all)]}})
				}
			}
		}()
		if m.next(last)(); time.Since(start) > 2*time.Millisecond {
			t.Errorf("the first news come after %v", time.Since(start))
		}
		if m.next(time.Now())(); time.Since(start) > 20*time.Millisecond {
			t.Errorf("an empty screen waits until %v", time.Since(start))
		}
		m.Update(feedMsg{})
		for time.Since(start) < 10*time.Second {
			msg := m.next(last)().(feedMsg)
			if wait := msg.at.Sub(last); !last.IsZero() && wait > 250*time.Millisecond {
				t.Errorf("news come %v after others", wait)
			}
			last = msg.at
			messages++
		}
		if messages < 40 || messages > 50 {
			t.Errorf("%d messages in ten seconds", messages)
		}
		m.Update(tea.WindowSizeMsg{Width: 160, Height: 45})
		for start, messages = time.Now(), 0; time.Since(start) < 10*time.Second; messages++ {
			last = m.next(last)().(feedMsg).at
		}
		if messages < 19 || messages > 22 {
			t.Errorf("%d messages in ten seconds on a large screen", messages)
		}
		m.Update(feedMsg{})
		m.events.Hold()
		for start, messages = time.Now(), 0; time.Since(start) < 10*time.Second; messages++ {
			last = m.next(last)().(feedMsg).at
		}
		if messages < 40 {
			t.Errorf("%d messages in ten seconds while a large screen is held", messages)
		}
		close(stop)
		synctest.Wait()
		for len(feed.dirty) > 0 {
			<-feed.dirty
		}
		cancel()
		if msg := m.next(last)(); msg != nil {
			t.Errorf("a cancelled wait gives %v", msg)
		}
	})
}

func TestWaitingForNewsCostsAKeyNothing(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	if n := testing.AllocsPerRun(100, func() { m.Update(tickMsg{}); _ = m.View() }); n > 400 {
		t.Errorf("a second of the clock costs %v allocations", n)
	}
}

func BenchmarkKeyToFrame(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size[0], "x", size[1]), func(b *testing.B) {
			m := screen(b, size[0], size[1], ModelOptions{}, stream(b))
			keys := []string{"k", "j"}
			i := 0
			for b.Loop() {
				press(m, keys[i%2])
				_ = m.View()
				i++
			}
		})
	}
}
