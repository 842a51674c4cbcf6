package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"

	"taudit/source/query"
)

// keyOf is the press of a key as a terminal reports it.
func keyOf(name string) tea.KeyPressMsg {
	switch name {
	case "enter":
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case "esc":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "tab":
		return tea.KeyPressMsg{Code: tea.KeyTab}
	case "up":
		return tea.KeyPressMsg{Code: tea.KeyUp}
	case "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// run sends messages to the model, and what comes of them, until nothing more comes of them but the passing of time.
func run(t testing.TB, m *Model, msgs ...tea.Msg) {
	t.Helper()
	for len(msgs) > 0 {
		msg := msgs[0]
		msgs = msgs[1:]
		switch msg := msg.(type) {
		case nil, feedMsg, tickMsg:
			continue
		case tea.BatchMsg:
			for _, c := range msg {
				if c != nil {
					msgs = append(msgs, c())
				}
			}
			continue
		}
		_, cmd := m.Update(msg)
		if cmd != nil {
			msgs = append(msgs, cmd())
		}
	}
}

// typeText types a text, letter by letter.
func typeText(t testing.TB, m *Model, text string) {
	t.Helper()
	for _, r := range text {
		name := string(r)
		if r == ' ' {
			name = "space"
		}
		run(t, m, keyOf(name))
	}
}

func counted(m *Model) string {
	for _, l := range strings.Split(ansi.Strip(m.View().Content), "\n")[2:4] {
		if i := strings.Index(l, " of "); i > 0 {
			return strings.TrimSpace(l[strings.LastIndex(l[:i], "  ")+1:])
		}
	}
	return ""
}

func TestFilteringWhileTyping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 120, 40, ModelOptions{}, stream(t))
		run(t, m, keyOf("/"))
		typeText(t, m, "op:UpdateNamespace")
		if !strings.Contains(counted(m), "5 of 17") {
			t.Errorf("the line says %q while typing", counted(m))
		}
		typeText(t, m, " is:err")
		if m.found.matches == nil || m.found.matches.Len() != 5 {
			t.Errorf("half a term changed the result")
		}
		typeText(t, m, "or")
		if m.found.matches.Len() != 2 {
			t.Errorf("%d matches, want 2", m.found.matches.Len())
		}
		run(t, m, keyOf("enter"))
		if m.filter.Editing() || !shows(m, "2 of 17") {
			t.Errorf("enter does not commit; %q", counted(m))
		}
		if got := selected(t, m); got != "08:15:09 UpdateNamespace" {
			t.Errorf("selected %s", got)
		}
		run(t, m, keyOf("/"))
		typeText(t, m, " zzz")
		if !shows(m, "No entry matches the filter") || !shows(m, "zzz alone 0") {
			t.Error("an empty result does not explain itself")
		}
		run(t, m, keyOf("esc"))
		if m.filter.Editing() || m.found.matches.Len() != 2 {
			t.Errorf("esc does not restore the filter of before: %d matches", m.found.matches.Len())
		}
	})
}

func TestAWrongFilterKeepsTheLastResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		run(t, m, keyOf("/"))
		for i, r := range "op:(DeleteUser" {
			run(t, m, keyOf(string(r)))
			if i > 6 && m.found.matches != nil && m.found.matches.Len() == 0 {
				continue
			}
			if r == 'r' && m.found.matches.Len() != 1 {
				t.Errorf("at the end %d matches", m.found.matches.Len())
			}
		}
		typeText(t, m, ") princpal:x")
		if !shows(m, "unknown field princpal") || !shows(m, "principal") {
			t.Error("a wrong field: the screen does not offer principal")
		}
		run(t, m, keyOf("ctrl+c"))
		if m.filter.Editing() || m.found.matches != nil {
			t.Error("ctrl+c does not give up the line")
		}
	})
}

func TestContextDimsInPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		run(t, m, keyOf("/"))
		typeText(t, m, "op:UpdateNamespace")
		run(t, m, keyOf("enter"))
		press(m, "k")
		at := selected(t, m)
		press(m, "c")
		if got := selected(t, m); got != at || !shows(m, "CreateUserGroup") {
			t.Errorf("context goes from %s to %s", at, got)
		}
		press(m, "n")
		if got := selected(t, m); got != "08:16:40 UpdateNamespace" {
			t.Errorf("n goes to %s", got)
		}
		press(m, "j", "N")
		if got := selected(t, m); got != "08:16:40 UpdateNamespace" {
			t.Errorf("N from between goes to %s", got)
		}
		press(m, "c")
		if got := selected(t, m); got != "08:16:40 UpdateNamespace" || shows(m, "CreateUserGroup") {
			t.Errorf("hiding again: at %s", got)
		}
	})
}

func TestNewEntriesAreTestedAsTheyArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := morning(t)
		m := screen(t, 80, 24, ModelOptions{Filter: "op:UpdateNamespace"}, script{name: "kinesis a/b", events: []source.Event{{Entries: slices.Clone(all[:5])}, live("1")}})
		run(t, m, m.seek(m.filter.Query())())
		if m.found.matches.Len() != 2 {
			t.Fatalf("%d matches, want 2", m.found.matches.Len())
		}
		press(m, "k")
		if err := m.feed.take(source.Event{Entries: slices.Clone(all[5:])}); err != nil {
			t.Fatal(err)
		}
		m.feed.publish(m.feed.State())
		m.Update(m.next(time.Time{})())
		if m.found.matches.Len() != 5 || !shows(m, "12 new (3 match)") {
			t.Errorf("%d matches; the screen does not say 12 new (3 match)", m.found.matches.Len())
		}
	})
}

func TestCompletionOffersWhatWasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		run(t, m, keyOf("/"))
		typeText(t, m, "op:")
		run(t, m, keyOf("tab"))
		golden.RequireEqual(t, lines(t, m, 80, 24))
		if c := m.View().Cursor; c == nil || c.Y != 2 {
			t.Errorf("the cursor is at %+v", c)
		}
	})
}

func TestAcceptedFiltersAreRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept []string
		m := screen(t, 80, 24, ModelOptions{History: []string{"who:user9"}, Remember: func(s string) error { kept = append(kept, s); return errors.New("no disk") }}, stream(t))
		run(t, m, keyOf("/"), keyOf("up"))
		if got := m.filter.Text(); got != "who:user9" {
			t.Errorf("up gives %q", got)
		}
		run(t, m, keyOf("ctrl+u"))
		typeText(t, m, "op:UserLogin")
		run(t, m, keyOf("enter"))
		if !slices.Equal(kept, []string{"op:UserLogin"}) {
			t.Errorf("kept %q", kept)
		}
	})
}

func TestAnOlderResultIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		first := m.seek(parsed(t, "op:UserLogin"))
		second := m.seek(parsed(t, "op:UpdateNamespace"))
		run(t, m, second())
		run(t, m, first())
		if m.found.matches.Len() != 5 {
			t.Errorf("%d matches, those of the older filter", m.found.matches.Len())
		}
	})
}

func TestAScanThatTakesLongSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		batch := m.seek(parsed(t, "op:UserLogin"))().(tea.BatchMsg)
		scan, busy := batch[0], batch[1]
		began := time.Now()
		msg := busy()
		if waited := time.Since(began); waited != 150*time.Millisecond {
			t.Errorf("it is said after %v", waited)
		}
		if shows(m, "searching") {
			t.Error("it is said at once")
		}
		m.Update(msg)
		if !shows(m, "searching") || !shows(m, "UpdateNamespace") {
			t.Errorf("a scan that takes long: %q", ansi.Strip(m.View().Content))
		}
		m.Update(scan())
		if shows(m, "searching") || shows(m, "UpdateNamespace") {
			t.Errorf("a scan that has ended: %q", ansi.Strip(m.View().Content))
		}
		m.Update(msg)
		if shows(m, "searching") {
			t.Error("a scan that has ended is said to go on")
		}
	})
}

func TestTheNewestMatchesAreShownBeforeAllAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 80, 24, ModelOptions{}, stream(t))
		run(t, m, m.seek(parsed(t, "op:UpdateNamespace"))())
		q := parsed(t, "UserLogin OR Delete")
		filter := Filter(q, &query.Env{Now: moment})
		m.asked++
		m.search.number, m.search.filter, m.search.asked = m.asked, filter, q
		m.search.last = m.state.Store.Newest(t.Context(), filter, 1, time.Hour)
		whole := m.state.Store.Match(t.Context(), filter, nil)
		begun := found{number: m.asked, query: q, rest: true, matches: m.state.Store.Newest(t.Context(), filter, 1, 0)}
		m.complete = func() tea.Msg { return foundMsg{number: m.asked, query: q, matches: whole} }
		rest := m.take(begun)
		if m.found.matches.Len() != 5 || rest == nil {
			t.Fatalf("nothing was found yet, and %d are shown", m.found.matches.Len())
		}
		run(t, m, rest())
		if m.found.matches != whole || m.found.rest {
			t.Errorf("%d are shown, want %d", m.found.matches.Len(), whole.Len())
		}
	})
}
