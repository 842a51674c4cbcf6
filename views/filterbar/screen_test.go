package filterbar

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/theme"
	"taudit/views"
)

const hostile = "\"Clear\x1b[2J\u202emoc\" \"\u009b31m two\nlines\t\u200b🇩🇪🇫 ❤\ufe0f 👨\u200d👩\u200d👧 ก็็็็็็็\" who:山田太郎 \x1b]52;c;ZXZpbA==\x07"

func hostileValues() []Value {
	return []Value{
		{"Clear\x1b[2JScreen", 3},
		{"\u202emoc.elpmaxe@1resu", 2},
		{"山田太郎 山田太郎 山田太郎", 1},
		{"👨\u200d👩\u200d👧 family", 1},
		{strings.Repeat("Long", 5000), 1},
		{"\xff\xfe", 1},
		{"two\nlines", 1},
		{"", 1},
		{`"quoted" \ * (a OR b), /x/`, 1},
	}
}

func TestScreens(t *testing.T) {
	open := func(keys ...string) func(*Pane) {
		return func(p *Pane) {
			p.Open()
			press(p, keys...)
		}
	}
	then := func(text string, keys ...string) func(*Pane) {
		return func(p *Pane) {
			open("ctrl+u")(p)
			p.SetValues("operation", operations())
			p.SetValues("who", hostileValues())
			typeIn(p, text)
			press(p, keys...)
		}
	}
	const usual = "since:2h -op:UserLogin"
	const long = `since:2h -op:UserLogin (who:user1@example.com OR who:user2@example.com) -status:OK details.spec.name:"billing, eu and a word" ip:203.0.113.0/24 resource:namespace verb:delete "free text at the end"`
	for _, c := range []struct {
		name   string
		filter string
		do     func(*Pane)
	}{
		{"idle", usual, nil},
		{"idle_without_filter", "", nil},
		{"idle_long", long, nil},
		{"idle_context", usual, func(p *Pane) {
			d := p.data
			d.Context = true
			p.SetData(d)
		}},
		{"idle_busy", usual, func(p *Pane) { p.SetBusy(true) }},
		{"idle_unknown", "since:2h arn:aws:iam::123456789012:role/ops region=eu", nil},
		{"idle_hostile", hostile, nil},
		{"idle_hostile_ascii", hostile, func(p *Pane) { p.SetTheme(p.theme.WithGlyphs(false)) }},
		{"editing", usual, open()},
		{"editing_empty", "", open()},
		{"editing_long", long, open()},
		{"editing_long_start", long, open("home")},
		{"editing_long_middle", long, func(p *Pane) {
			open("home")(p)
			for range 70 {
				press(p, "right")
			}
		}},
		{"editing_hostile", "", func(p *Pane) {
			open()(p)
			p.Update(tea.PasteMsg{Content: hostile})
		}},
		{"editing_hostile_ascii", "", func(p *Pane) {
			p.SetTheme(p.theme.WithGlyphs(false))
			open()(p)
			p.Update(tea.PasteMsg{Content: hostile})
		}},
		{"open_bracket", "", then("op:(DeleteUser")},
		{"value_expected", "", then("since:2h op:")},
		{"error_field", "", then("princpal:alice since:2h")},
		{"error_in_the_middle", "", then("since:2h is:erorr status:OK")},
		{"error_on_enter", "", then("since:2h op:", "enter")},
		{"error_far_right", "", then("since:2h details.spec.name:billing ip:203.0.113.0/24 OR OR")},
		{"unknown_name", "", then("arn:aws:iam::123456789012:role/ops")},
		{"nothing_found", "", func(p *Pane) {
			d := data(0, 412)
			p.SetData(d)
			then("op:DeleteUser who:user9")(p)
			p.SetExplanation([]Part{{"op:DeleteUser", 2}, {"who:user9", 0}})
		}},
		{"completing_fields", "", then("since:2h ", "tab")},
		{"completing_field", "", then("p", "tab", "tab")},
		{"completing_operations", "", then("since:2h op:", "tab", "tab")},
		{"completing_narrowed", "", then("op:u", "tab", "s")},
		{"completing_last", "", then("op:", "shift+tab")},
		{"completing_is", "", then("-is:", "tab")},
		{"completing_since", "", then("since:", "tab")},
		{"completing_time", "", then("time:", "tab")},
		{"completing_hostile", "", then("who:", "tab")},
		{"completing_hostile_ascii", "", func(p *Pane) {
			p.SetTheme(p.theme.WithGlyphs(false))
			then("who:", "tab", "down", "down")(p)
		}},
		{"completing_unknown_yet", "", then("target:", "tab")},
		{"completing_nothing", "", then("zzz", "tab")},
		{"history", usual, func(p *Pane) {
			p.SetHistory([]string{"op:DeleteUser", "who:terraform"})
			open("up", "up")(p)
		}},
		{"history_search", usual, func(p *Pane) {
			p.SetHistory([]string{"op:DeleteUser since:7d", "op:UpdateUser", "who:terraform"})
			open("ctrl+r", "u", "s", "e", "r", "ctrl+r")(p)
		}},
		{"history_search_failed", usual, func(p *Pane) {
			p.SetHistory([]string{"op:DeleteUser since:7d", "op:UpdateUser", "who:terraform"})
			open("ctrl+r", "u", "s", "x")(p)
		}},
		{"history_search_hostile", usual, func(p *Pane) {
			p.SetHistory([]string{hostile})
			open("ctrl+r", "c", "l", "e")(p)
		}},
	} {
		for _, width := range []int{60, 80, 120, 200} {
			t.Run(fmt.Sprintf("%s_%d", c.name, width), func(t *testing.T) {
				p := bar(width, "")
				d := p.data
				if c.filter != "" {
					p = bar(width, "")
					d = data(389, 412)
				}
				p.SetData(d)
				p.SetFilter(c.filter, meaning(c.filter))
				if c.do != nil {
					c.do(p)
				}
				fit(p)
				golden.RequireEqual(t, strings.ReplaceAll(frame(t, p), "\n", "|\n")+"|\n"+cursor(p))
			})
		}
	}
}

// cursor marks the column of the cursor below the view.
func cursor(p *Pane) string {
	if c := p.Cursor(); c != nil {
		return strings.Repeat(" ", c.X) + "_\n"
	}
	return ""
}

func TestStyledScreens(t *testing.T) {
	for _, th := range []*theme.Theme{
		theme.For(true, colorprofile.TrueColor), theme.For(false, colorprofile.TrueColor),
		theme.For(true, colorprofile.ANSI), theme.For(false, colorprofile.ANSI), theme.For(true, colorprofile.ASCII),
	} {
		t.Run(strings.ReplaceAll(th.Name, " ", "_"), func(t *testing.T) {
			var out []string
			for _, keys := range []string{"princpal:x since:2h", "op:(DeleteUser", "op:"} {
				p := bar(80, "")
				p.SetTheme(th)
				p.SetValues("operation", operations())
				p.Open()
				typeIn(p, keys)
				if keys == "op:" {
					press(p, "tab", "tab")
				}
				fit(p)
				frame(t, p)
				out = append(out, p.View())
			}
			p := bar(80, "op:DeleteUser")
			p.SetHistory([]string{"op:DeleteUser since:7d"})
			fit(p)
			out = append(out, p.View())
			p.Open()
			press(p, "ctrl+r", "u", "s", "e")
			fit(p)
			out = append(out, p.View())
			golden.RequireEqual(t, strings.Join(out, "\n")+"\n")
		})
	}
}

func TestAnySizeKeepsItsFrame(t *testing.T) {
	for _, w := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 17, 22, 25, 31, 38} {
		for _, h := range []int{0, 1, 2, 3, 5, 11} {
			p := bar(200, "")
			p.SetValues("op", hostileValues())
			p.SetHistory([]string{hostile})
			p.SetSize(w, h)
			frame(t, p)
			p.SetFilter(hostile, meaning("arn:aws:x"))
			frame(t, p)
			p.Open()
			frame(t, p)
			for _, keys := range [][]string{{"ctrl+u", "x", "="}, {"ctrl+u", "o", "p", ":", "tab"}, {"down", "down"}, {"esc"}, {"ctrl+u", "i", "s", ":", "z"}, {"ctrl+r", "c"}} {
				press(p, keys...)
				frame(t, p)
			}
		}
	}
	p := bar(80, "")
	p.SetSize(1<<40, -5)
	if got := p.View(); got != "" {
		t.Errorf("without height it shows %d bytes", len(got))
	}
	p.SetSize(-1, 2)
	frame(t, p)
}

// What the counts tell is of one moment, also when the filter was evaluated on an older snapshot.
func TestCounts(t *testing.T) {
	p := bar(80, "op:DeleteUser")
	d := data(2, 10)
	d.Store = data(5, 412).Store
	p.SetData(d)
	fit(p)
	if got := frame(t, p); !strings.HasSuffix(got, " 2 of 10 ") {
		t.Errorf("%q", got)
	}
	p.SetData(views.Data{})
	if got := frame(t, p); strings.Contains(got, "of") {
		t.Errorf("without a log %q", got)
	}
}

func TestExplain(t *testing.T) {
	parts := []Part{{"op:DeleteUser", 2}, {"who:user9", 0}, {"since:2h", 1200}}
	uni, asc := theme.NewGlyphs(true), theme.NewGlyphs(false)
	for _, c := range []struct {
		parts []Part
		width int
		g     theme.Glyphs
		want  string
	}{
		{parts[:2], 80, uni, "0 of 412 · op:DeleteUser alone 2 · who:user9 alone 0"},
		{parts, 80, asc, "0 of 412 | op:DeleteUser alone 2 | who:user9 alone 0 | since:2h alone 1,200"},
		{parts, 60, uni, "0 of 412 · op:DeleteUser alone 2 · 2 more"},
		{parts, 20, uni, "0 of 412 · op:Delet…"},
		{[]Part{{"\x1b[2J", 1}}, 80, uni, `0 of 412 · \x1b[2J alone 1`},
		{nil, 80, uni, "0 of 412"},
		{parts, 0, uni, ""},
	} {
		if got := Explain(c.parts, 412, c.width, c.g); got != c.want {
			t.Errorf("%d cells: %q, want %q", c.width, got, c.want)
		}
	}
}
