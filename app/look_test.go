package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
	"taudit/theme"
)

// held is a screen on which much is going on: an entry is read, others arrive, a source fails.
func held(t testing.TB, w, h int, o ModelOptions) *Model {
	t.Helper()
	all := morning(t)
	m := screen(t, w, h, o, script{name: "kinesis audit-prod/us-east-1", events: []source.Event{
		{Entries: all[:15]},
		live("shardId-000000000001"),
		{Status: &source.Status{Part: "shardId-000000000002", State: source.Failing, Err: errors.New("the shard cannot be read")}},
	}})
	press(m, "k", "k", "enter", "j", "j")
	more(t, m, source.Event{Entries: all[15:]})
	return m
}

func TestStyledScreens(t *testing.T) {
	for _, c := range []struct {
		name    string
		theme   string
		dark    bool
		profile colorprofile.Profile
		env     tea.EnvMsg
	}{
		{"dark", "auto", true, colorprofile.TrueColor, nil},
		{"light", "auto", false, colorprofile.TrueColor, nil},
		{"contrast_dark", "contrast", true, colorprofile.TrueColor, nil},
		{"contrast_light", "contrast", false, colorprofile.TrueColor, nil},
		{"basic_dark", "auto", true, colorprofile.ANSI, nil},
		{"basic_light", "auto", false, colorprofile.ANSI, nil},
		{"no_color", "auto", true, colorprofile.ASCII, nil},
		{"mono", "mono", true, colorprofile.TrueColor, nil},
		{"dumb", "auto", true, colorprofile.NoTTY, tea.EnvMsg{"TERM=dumb"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			choice, err := theme.Named(c.theme)
			if err != nil {
				t.Fatal(err)
			}
			m := held(t, 120, 40, ModelOptions{Theme: choice})
			m.Update(tea.ColorProfileMsg{Profile: c.profile})
			if !c.dark {
				m.Update(tea.EnvMsg{"COLORFGBG=0;15", "LANG=C.UTF-8"})
			}
			if c.env != nil {
				m.Update(c.env)
			}
			lines(t, m, 120, 40)
			content := m.View().Content
			if c.name == "dumb" {
				for _, r := range ansi.Strip(content) {
					if r != '\n' && (r < ' ' || r > '~') {
						t.Fatalf("%q on a terminal that has ASCII alone", r)
					}
				}
			}
			golden.RequireEqual(t, content)
		})
	}
}

func TestTheGroundIsGuessedUntilTheTerminalTells(t *testing.T) {
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	for _, c := range []struct {
		msg  tea.Msg
		want string
	}{
		{tea.EnvMsg{"COLORFGBG=15;0"}, "dark"},
		{tea.EnvMsg{"COLORFGBG=0;default;15"}, "light"},
		{tea.EnvMsg{"COLORFGBG=nonsense"}, "light"},
		{tea.EnvMsg{}, "light"},
		{tea.BackgroundColorMsg{Color: ansi.Black}, "dark"},
		{tea.EnvMsg{"COLORFGBG=0;15"}, "dark"},
	} {
		m.Update(c.msg)
		if m.theme.Name != c.want {
			t.Errorf("after %v the theme is %s, want %s", c.msg, m.theme.Name, c.want)
		}
	}
}

// TestStatesAreToldWithoutColour: what differs in meaning differs in letters and signs.
func TestStatesAreToldWithoutColour(t *testing.T) {
	plain := func(m *Model) string { return ansi.Strip(m.View().Content) }
	for _, size := range sizes {
		seen := map[string]string{}
		differs := func(state string, m *Model) {
			t.Helper()
			s := plain(m)
			if other, same := seen[s]; same {
				t.Errorf("%v: %s looks like %s", size, state, other)
			}
			seen[s] = state
		}
		m := screen(t, size[0], size[1], ModelOptions{}, stream(t))
		differs("following", m)
		press(m, "space")
		differs("held", m)
		press(m, "space", "k", "enter")
		differs("the detail with the focus", m)
		if where := m.where(); where != instead {
			press(m, "tab")
			differs("the list with the focus", m)
			press(m, "tab")
		}
		press(m, "esc", "esc", "G", "q")
		differs("asking", m)
		press(m, "esc")
		run(t, m, keyOf("/"))
		run(t, m, tea.PasteMsg{Content: "op:DeleteUser"}, keyOf("enter"))
		differs("filtered", m)
		press(m, "c")
		differs("filtered, with what is around", m)
		if s := plain(m); strings.Count(s, "·") < 4 {
			t.Errorf("what does not match is not marked:\n%s", s)
		}
		differs("failing", screen(t, size[0], size[1], ModelOptions{}, script{name: "kinesis a/b", err: errors.New("gone")}))
		differs("connecting", screen(t, size[0], size[1], ModelOptions{}, script{name: "kinesis a/b"}))
		for _, s := range []source.State{source.CatchingUp, source.Live, source.Throttled, source.Done} {
			differs(s.String(), screen(t, size[0], size[1], ModelOptions{}, script{name: "kinesis a/b", events: []source.Event{{Status: &source.Status{State: s}}}}))
		}
	}
}

func TestAStillScreenStandsStill(t *testing.T) {
	now := moment
	m := held(t, 200, 60, ModelOptions{NoClock: true})
	m.clock = func() time.Time { return now }
	before := m.View().Content
	for range 100 {
		now = now.Add(time.Second)
		m.Update(tickMsg{})
		if m.View().Content != before {
			t.Fatal("the screen changes when time passes")
		}
	}
	more(t, m) // news without entries: a source has polled again
	if m.View().Content != before {
		t.Error("the screen changes when nothing has happened")
	}
	for _, age := range []string{"ago", "09:24:40Z"} {
		if shows(m, age) {
			t.Errorf("%q is on a screen that stands still", age)
		}
	}
	if !shows(m, "last batch 09:23:28Z") {
		t.Errorf("the last batch is not told:\n%s", fmt.Sprint(ansi.Strip(before)))
	}
}
