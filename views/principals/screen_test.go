package principals

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
)

func TestScreens(t *testing.T) {
	set := func(change func(d *views.Data)) func(testing.TB, *Pane, *store.Store) {
		return func(t testing.TB, p *Pane, s *store.Store) {
			d := p.data
			change(&d)
			give(t, p, d)
		}
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	all := append(month(), morning()...)
	old := []audit.Entry{did("o1", "2023-11-08 09:22:00", "UserLogin", "OK", u2+" (old)", "", "203.0.113.9")}
	for _, c := range []struct {
		name    string
		entries []audit.Entry
		then    func(testing.TB, *Pane, *store.Store)
	}{
		{"empty", nil, nil},
		{"loading", all, func(t testing.TB, p *Pane, s *store.Store) { p.result, p.stale = nil, true }},
		{"session", morning(), nil},
		{"month", all, nil},
		{"unfocused", all, func(t testing.TB, p *Pane, s *store.Store) { p.SetFocus(false); p.SetHint("2 to open") }},
		{"filtered", all, func(t testing.TB, p *Pane, s *store.Store) {
			give(t, p, filtered(s, "op:(DeleteUser OR InviteUsers)", 1))
		}},
		{"filtered_nobody", all, func(t testing.TB, p *Pane, s *store.Store) {
			d := filtered(s, "op:Nothing", 1)
			d.Why = "op:Nothing alone means 0 of 241."
			give(t, p, d)
		}},
		{"held", morning(), func(t testing.TB, p *Pane, s *store.Store) {
			p.SetFocus(false)
			set(func(d *views.Data) { d.Held = true })(t, p, s)
			add(t, p, s, crowd(2)...)
		}},
		{"frozen", morning(), func(t testing.TB, p *Pane, s *store.Store) {
			do(t, p, views.Down, views.Down)
			add(t, p, s, crowd(12)...)
		}},
		{"many", append(crowd(80), morning()...), func(t testing.TB, p *Pane, s *store.Store) { do(t, p, views.PageDown) }},
		{"by_name", all, func(t testing.TB, p *Pane, s *store.Store) {
			do(t, p, views.SortPrev, views.SortPrev, views.SortPrev, views.SortReverse)
		}},
		{"still", all, set(func(d *views.Data) { d.Clock = views.Clock{Still: true} })},
		{"local", all, set(func(d *views.Data) { d.Clock = views.Clock{Mode: views.LocalTime, Zone: berlin} })},
		{"hostile", hostile(), nil},
		{"hostile_ascii", hostile(), func(t testing.TB, p *Pane, s *store.Store) { p.SetTheme(p.theme.WithGlyphs(false)) }},
		{"ascii", all, func(t testing.TB, p *Pane, s *store.Store) { p.SetTheme(p.theme.WithGlyphs(false)) }},
		{"page", append(all, old...), func(t testing.TB, p *Pane, s *store.Store) { do(t, p, views.Down, views.Right) }},
		{"page_new", all, func(t testing.TB, p *Pane, s *store.Store) { do(t, p, views.Bottom, views.Right) }},
		{"page_entries", all, func(t testing.TB, p *Pane, s *store.Store) {
			do(t, p, views.Down, views.Right, views.PageDown, views.PageDown)
		}},
		{"page_ascii", all, func(t testing.TB, p *Pane, s *store.Store) {
			p.SetTheme(p.theme.WithGlyphs(false))
			do(t, p, views.Right)
		}},
		{"page_filtered", all, func(t testing.TB, p *Pane, s *store.Store) {
			give(t, p, filtered(s, "op:DeleteUser", 1))
			do(t, p, views.Right)
		}},
		{"page_loading", all, func(t testing.TB, p *Pane, s *store.Store) {
			p.Update(views.Act{Action: views.Right, Count: 1})
		}},
		{"page_hostile", hostile(), func(t testing.TB, p *Pane, s *store.Store) { do(t, p, views.Down, views.Down, views.Down, views.Right) }},
	} {
		for _, size := range [][2]int{{60, 10}, {80, 19}, {78, 18}, {120, 35}, {200, 55}} {
			t.Run(fmt.Sprintf("%s_%dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				p, s := shown(t, size[0], size[1], c.entries...)
				if c.then != nil {
					c.then(t, p, s)
				}
				summary := p.Summary(size[0])
				golden.RequireEqual(t, strings.ReplaceAll(screen(t, p, size[0], size[1])+"\n"+summary, "\n", "|\n")+"|\n")
			})
		}
	}
}

func TestStyledScreens(t *testing.T) {
	for _, th := range []*theme.Theme{
		theme.For(true, colorprofile.TrueColor), theme.For(false, colorprofile.TrueColor),
		theme.For(true, colorprofile.ANSI), theme.For(false, colorprofile.ANSI), theme.For(true, colorprofile.ASCII),
	} {
		t.Run(strings.ReplaceAll(th.Name, " ", "_"), func(t *testing.T) {
			p, _ := shown(t, 80, 12, append(month(), morning()...)...)
			p.SetTheme(th)
			table := p.View()
			do(t, p, views.Bottom, views.Right)
			golden.RequireEqual(t, table+"\n"+p.View()+"\n")
		})
	}
}
