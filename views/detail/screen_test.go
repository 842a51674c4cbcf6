package detail

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
)

// sizes of the pane: on the smallest screens, below the list and to the right of it, and alone on a large screen.
var sizes = []struct {
	name          string
	width, height int
	boxed         bool
}{
	{"60x15", 60, 15, false},
	{"80x24", 80, 24, false},
	{"120x40-below", 118, 14, true},
	{"120x40-alone", 120, 35, false},
	{"200x60-right", 80, 54, true},
}

func TestScreens(t *testing.T) {
	folded := []any{5, views.Down, views.Right, views.Left, views.Left, 2, views.Up}
	opened := []any{5, views.Down, views.Right}
	for _, c := range []struct {
		name string
		raw  string
		acts []any
	}{
		{"opened", drawn, opened},
		{"guide", guide, opened},
		{"folded", drawn, folded},
		{"all-folded", current, []any{views.Top, views.FarLeft, views.Left}},
		{"two-levels", current, []any{views.FarRight, views.LessDeep, views.LessDeep, views.LessDeep}},
		{"current", current, []any{views.FarRight, 12, views.Down}},
		{"camel-case", download, []any{6, views.Down}},
		{"trailing-comma", pretty, opened},
		{"recognised", recognised, nil},
		{"hostile", hostile, opened},
		{"hostile-bytes", hostile, []any{views.Bytes}},
		{"hostile-text", hostile, []any{views.Bytes, views.Open}},
		{"searching", current, []any{views.Filter, "pay"}},
		{"found", current, []any{views.Filter, "pay", "enter", views.NextMatch}},
		{"not-found", current, []any{views.Filter, "Pay", "enter"}},
		{"long-text", longText(), []any{views.Bottom}},
		{"long-text-wrapped", longText(), []any{views.Wrap, views.Bottom}},
		{"long-text-opened", longText(), []any{views.FarRight, views.Bottom, views.Open, 2, views.Down}},
		{"long-text-sideways", longText(), []any{views.FarRight, views.Bottom, views.Open, views.Wrap, 3, views.Right}},
		{"long-text-searching", longText(), []any{views.FarRight, views.Bottom, views.Open, views.Filter, "second"}},
		{"bytes", drawn, []any{views.Bytes}},
		{"bytes-hexadecimal", drawn, []any{views.Bytes, views.Open}},
		{"thousand", thousand(), []any{views.Bottom, 3, views.Up}},
		{"deep", `{"operation":"X","log_id":"1","raw_details":` + strings.Repeat(`{"a":[`, 60) + "1" + strings.Repeat("]}", 60) + "}", []any{60, views.Down}},
		{"damaged", `{"operation":"X","status":"OK","details":{"a":[1,2 3],` + "\x1b]0;x\x07" + `}}`, []any{views.Down}},
		{"looking-around", drawn, nil},
		{"around", drawn, []any{nextPart}},
		{"empty", "", nil},
		{"bad", "\x00\x01{\"emit_time\": \x1b[31m" + strings.Repeat("padding ", 40), []any{2, views.Down}},
		{"bad-probe", "t", nil},
	} {
		for _, size := range sizes {
			t.Run(c.name+"/"+size.name, func(t *testing.T) {
				p := New()
				p.SetTheme(theme.For(true, colorprofile.TrueColor).WithGlyphs(false))
				p.SetSize(size.width, size.height)
				p.SetBoxed(size.boxed)
				p.SetFocus(true)
				p.SetData(views.Data{Now: now})
				switch {
				case c.name == "empty":
				case c.name == "damaged":
					e := entryOf(c.raw)
					e.Origin = fromStream()
					p.Show(e, store.Key{Seq: 1}, store.Rescued)
				case c.name == "bad-probe":
					_, bad := audit.NewDecoder().Decode([]byte(c.raw), fromStream())
					p.ShowBad(bad[0])
				case c.name == "bad":
					p.ShowBad(audit.Bad{Raw: c.raw, Size: len(c.raw) + 1000*(len(c.raw)-1), Offset: 77, Reason: "not JSON at byte 0: invalid character '\\x00'", Origin: fromStream()})
				default:
					among(t, p, c.raw)
				}
				if c.name != "looking-around" {
					work(t, p)
				}
				do(p, c.acts...)
				if c.name != "looking-around" {
					work(t, p)
				}
				golden.RequireEqual(t, "["+p.Title()+"]\n"+trimmed(screen(t, p)))
			})
		}
	}
}

// trimmed makes goldens readable in a diff; widths are checked before.
func trimmed(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func longText() string {
	return `{"emit_time":"2023-11-08T09:14:58Z","operation":"UpdateNamespace","status":"OK","principal":{"type":"user","name":"` +
		strings.Repeat("very.long.name.", 20) + `@example.com"},"x_forwarded_for":"` + strings.TrimSuffix(strings.Repeat("203.0.113.7, ", 20), ", ") +
		`","log_id":"1","raw_details":{"namespace":"` + strings.Repeat("namespace-", 30) + `","description":"first line\nsecond \u001b[31mline\n` + strings.Repeat("and more words ", 30) + `"}}`
}

func thousand() string {
	var items []string
	for i := range 1000 {
		items = append(items, fmt.Sprintf(`"user%d@example.com"`, i))
	}
	return `{"emit_time":"2023-11-08T09:14:58Z","operation":"InviteUsers","status":"OK","log_id":"1","details":{"target_users":[` + strings.Join(items, ",") + `]},"request_id":"r"}`
}

func TestStyledScreen(t *testing.T) {
	for _, c := range []struct {
		name    string
		dark    bool
		profile colorprofile.Profile
	}{{"dark", true, colorprofile.TrueColor}, {"light", false, colorprofile.TrueColor}, {"mono", true, colorprofile.ASCII}} {
		t.Run(c.name, func(t *testing.T) {
			p := pane(t, drawn, 80, 24)
			p.SetTheme(theme.For(c.dark, c.profile))
			do(p, 5, views.Down, views.Right)
			screen(t, p)
			golden.RequireEqual(t, p.View())
		})
		t.Run(c.name+"-around", func(t *testing.T) {
			p := New()
			p.SetTheme(theme.For(c.dark, c.profile))
			p.SetSize(120, 30)
			p.SetFocus(true)
			among(t, p, recognised)
			among(t, p, drawn)
			look(t, p, "user")
			do(p, "enter")
			p.Step(1)
			do(p, views.Down)
			screen(t, p)
			golden.RequireEqual(t, p.View())
		})
		t.Run(c.name+"-bytes", func(t *testing.T) {
			p := pane(t, hostile, 80, 15)
			p.SetTheme(theme.For(c.dark, c.profile))
			do(p, views.Bytes)
			screen(t, p)
			golden.RequireEqual(t, p.View())
		})
	}
}

// A golden cannot show that the drawing of the design is met: its rows of the tree are these.
func TestTreeIsDrawnAsDesigned(t *testing.T) {
	p := New()
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	p.SetSize(118, 14)
	p.SetBoxed(true)
	show(t, p, drawn)
	do(p, 5, views.Down, views.Right)
	want := []string{
		` v {`,
		`     emit_time   "2023-11-08T09:14:58Z"`,
		`     operation   "DeleteUser"`,
		`     status      "OK"`,
		`   > principal   {user} user2@example.com`,
		`   v details`,
		`       v target_users [1]`,
		` >         0     "0b741c47-e093-47d1-9b74-f2359129f78f"`,
		`       > search_attribute_update {}`,
		`     log_id      "0mc69c0323b871293ce231dd1c7fb635"`,
		`     request_id  "445297d3-43a7-4793-8a04-1b1dd1999641"`,
		`   }`,
	}
	got := strings.Split(screen(t, p), "\n")
	for i, line := range want {
		row, _, _ := strings.Cut(got[i], "|")
		if !strings.HasPrefix(row, line) {
			t.Errorf("row %d is %q, want %q", i, row, line)
		}
	}
}

func FuzzSize(f *testing.F) {
	for i, raw := range []string{drawn, current, hostile, `{"a":`, "\x1b[2J", "", longText()} {
		for _, size := range [][2]int{{0, 0}, {1, 1}, {3, 2}, {7, 40}, {60, 15}, {118, 14}, {200, 60}, {-1, 1 << 40}} {
			f.Add([]byte(raw), size[0], size[1], uint64(i*7919), i%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, width, height int, acts uint64, unicodes bool) {
		p := New()
		p.SetTheme(theme.For(true, colorprofile.TrueColor).WithGlyphs(unicodes))
		p.SetSize(80, 24)
		p.SetData(views.Data{Now: now})
		e := entryOf(string(raw))
		e.EmitTime, e.Origin = arrived, fromStream()
		e.Operation, e.Target, e.Forwarded, e.LogID = "Delete"+string(raw), string(raw), string(raw)+","+string(raw), string(raw)
		e.Principal.Name, e.Origin.Part, e.Origin.Source = string(raw), "a/"+string(raw), string(raw)
		p.Show(e, store.Key{Seq: 1}, store.Conflict|store.Resent|store.Rescued)
		p.SetSize(min(width, 300), min(height, 120))
		p.meet(circleMsg{0, strangers(p, string(raw))})
		if acts%3 == 0 {
			p.ShowBad(audit.Bad{Raw: string(raw), Reason: string(raw), Origin: audit.Origin{Part: string(raw)}})
		}
		for ; acts > 0; acts /= uint64(len(motions)) {
			p.Update(views.Act{Action: motions[acts%uint64(len(motions))], Count: int(acts % 5)})
			if acts%7 == 0 {
				p.Step(1)
			}
			if p.Editing() {
				p.Update(tea.PasteMsg{Content: string(raw[:min(len(raw), 50)])})
				press(p, "enter")
				p.take(soughtMsg{p.search.number, []int32{0}, true})
			}
			text := screen(t, p)
			for _, r := range text {
				if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Cf) || r == unicode.ReplacementChar && !strings.ContainsRune(string(raw), r) && !escaped(raw)) {
					t.Fatalf("%U is in the frame", r)
				}
				if !unicodes && r > '~' {
					t.Fatalf("%U is in the frame of an ASCII terminal", r)
				}
			}
		}
		if title := ansi.Strip(p.Title()); !strings.HasPrefix(title, "Detail") {
			t.Fatalf("title %q", title)
		}
	})
}

// strangers stand around an entry with texts of any kind.
func strangers(p *Pane, text string) *circle {
	some := family{count: 3}
	for i := range uint64(3) {
		some.shown = append(some.shown, relative{key: store.Key{Seq: i}, at: arrived, operation: text, status: text, actor: text, target: text})
	}
	return &circle{key: p.key, deep: true, target: some, principal: some, ids: ids{request: some, twins: some}, acted: 7, first: arrived}
}

// escaped tells whether a text may decode to a replacement character.
func escaped(raw []byte) bool { return strings.ContainsRune(string(raw), '\\') }
