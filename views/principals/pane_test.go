package principals

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
)

// busy makes n more entries of somebody.
func busy(who string, from, n int) []audit.Entry {
	var out []audit.Entry
	for i := range n {
		out = append(out, did(fmt.Sprintf("busy-%s-%d", who, from+i), now.Add(time.Duration(from+i-5000)*time.Second).Format("15:04:05"), "UserLogin", "OK", who, "", "10.0.0.9"))
	}
	return out
}

func TestRowsKeepTheirPlacesWhileSomebodyReads(t *testing.T) {
	for _, c := range []struct {
		name          string
		focused, held bool
	}{{"focused", true, false}, {"held", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			p, s := shown(t, 120, 30, morning()...)
			p.SetFocus(c.focused)
			d := p.data
			d.Held = c.held
			give(t, p, d)
			if got := names(t, p); got != "terraform user2 user1 user3" {
				t.Fatal(got)
			}
			add(t, p, s, busy(u3, 0, 50)...)
			add(t, p, s, busy("somebody", 0, 90)...)
			if got := names(t, p); got != "terraform user2 user1 user3 somebody" {
				t.Errorf("the order does not stay: %s", got)
			}
			if v := screen(t, p, 120, 30); !strings.Contains(v, "UserLogin 50") || !strings.Contains(v, "UserLogin 90") {
				t.Errorf("the values do not change:\n%s", v)
			}
			p.SetFocus(false)
			d = p.data
			d.Held = false
			give(t, p, d)
			if got := names(t, p); got != "somebody user3 terraform user2 user1" {
				t.Errorf("nobody reads, and the order is %s", got)
			}
		})
	}
}

func TestThoseWhoAreEvictedKeepTheirRowsWhileSomebodyReads(t *testing.T) {
	s := store.New(store.Limits{MaxEntries: 20})
	s.Append(morning())
	p := New()
	p.SetFocus(true)
	p.SetSize(120, 30)
	give(t, p, filtered(s, "", 0))
	add(t, p, s, busy("somebody", 10_000, 19)...)
	if got := names(t, p); got != "terraform user2 user1 user3 somebody" {
		t.Error(got)
	}
	p.SetFocus(false)
	work(t, p)
	if got := names(t, p); got != "somebody user1" {
		t.Error(got)
	}
}

func TestTheSelectionStaysWithThePrincipal(t *testing.T) {
	p, s := shown(t, 120, 30, morning()...)
	do(t, p, views.Down, views.Down, views.Down)
	if got := current(t, p); got != "user3" {
		t.Fatal(got)
	}
	p.SetFocus(false)
	add(t, p, s, busy(u3, 0, 50)...)
	if got := current(t, p); got != "user3" || p.window.Cursor != 0 {
		t.Errorf("%s is selected, on row %d", got, p.window.Cursor)
	}
	give(t, p, filtered(s, "op:DeleteUser", 1))
	if got := current(t, p); got != "user2" {
		t.Errorf("%s is selected", got)
	}
}

func TestSortedByEveryColumn(t *testing.T) {
	p, _ := shown(t, 140, 30, append(month(), morning()...)...)
	seen := map[string]string{}
	for range columnCount {
		do(t, p, views.SortNext)
		order := names(t, p)
		seen[columnOf(p.sorting.column).what] = order
		head, _, _ := strings.Cut(screen(t, p, 140, 30), "\n")
		if strings.Count(head, "↓")+strings.Count(head, "↑") != 1 {
			t.Errorf("the sign is not on one column: %q", head)
		}
		do(t, p, views.SortReverse)
		if back := names(t, p); back == order {
			t.Errorf("by %s reversed it is still %s", columnOf(p.sorting.column).what, back)
		}
		if other, _, _ := strings.Cut(screen(t, p, 140, 30), "\n"); other == head {
			t.Errorf("the sign does not turn: %q", head)
		}
	}
	for by, want := range map[string]string{
		"name":                "terraform user1 user2 user3",
		"type":                "terraform user1 user2 user3",
		"how they call":       "user1 user2 user3 terraform",
		"entries":             "user2 user1 user3 terraform",
		"errors":              "terraform user1 user2 user3",
		"last seen":           "user1 terraform user2 user3",
		"top operation":       "terraform user3 user2 user1", // UpdateNamespace twice, UpdateUser, UserLogin
		"number of addresses": "user2 terraform user1 user3",
	} {
		if got := seen[by]; got != want {
			t.Errorf("by %s: %s, want %s", by, got, want)
		}
	}
	if p.sorting.column != entriesColumn {
		t.Errorf("the columns do not go round: %d", p.sorting.column)
	}
}

func TestWhoIsNewIsNotToldFromLittle(t *testing.T) {
	for _, c := range []struct {
		loaded  time.Duration
		ago     time.Duration
		told    bool
		isFresh bool
	}{
		{11 * time.Hour, time.Minute, false, false},
		{13 * time.Hour, time.Minute, true, true},
		{13 * time.Hour, time.Hour + 10*time.Minute, true, true},
		{13 * time.Hour, time.Hour + 30*time.Minute, true, false},
		{100 * time.Hour, 9 * time.Hour, true, true},
		{100 * time.Hour, 11 * time.Hour, true, false},
		{90 * 24 * time.Hour, 23 * time.Hour, true, true},
		{90 * 24 * time.Hour, 25 * time.Hour, true, false},
	} {
		at := func(ago time.Duration) string { return now.Add(-ago).Format("2006-01-02 15:04:05") }
		p, _ := shown(t, 120, 20,
			did("1", at(c.loaded), "UserLogin", "OK", u1, "", ""), did("2", at(c.ago), "UserLogin", "OK", u2, "", ""), did("3", at(0), "UserLogin", "OK", u1, "", "10.0.0.1"),
			did("4", "1970-01-01 00:00:00", "UserLogin", "OK", u3, "", ""), // what an entry says of itself does not stretch what is loaded
		)
		n := p.result.news
		g, _ := p.result.roster.Find(store.Identity{ID: "id-of-" + u2})
		if _, fresh := n.fresh[g]; fresh != c.isFresh || (n.For > 0) != c.told {
			t.Errorf("%v loaded, seen %v ago: new %v, told %v", c.loaded, c.ago, fresh, n.For > 0)
		}
		if got := strings.Contains(screen(t, p, 120, 20), " new user "); got != c.isFresh {
			t.Errorf("%v loaded, seen %v ago: %v on the screen", c.loaded, c.ago, got)
		}
		if c.told && (len(n.met) != 1 || n.met[0].Address != "10.0.0.1") {
			t.Errorf("new addresses %v", n.met)
		}
	}
}

func TestEnterAsksForThePrincipal(t *testing.T) {
	p, s := shown(t, 120, 30, morning()...)
	asked := do(t, p, views.Down, views.Open)
	want := views.Narrow{Query: "principal=user2@example.com", Twice: true, Name: u2}
	if len(asked) != 1 || asked[0] != tea.Msg(want) {
		t.Fatalf("%v", asked)
	}
	give(t, p, filtered(s, want.Query, 1))
	if got := names(t, p); got != "user2" {
		t.Error(got)
	}
	if asked = do(t, p, views.Open); len(asked) != 0 || p.page == nil {
		t.Errorf("what is filtered by already: %v, page %v", asked, p.page)
	}
	if !p.Close() || p.Close() {
		t.Error("the page is not closed, or twice")
	}
}

func TestThePageStaysWhereSomebodyReads(t *testing.T) {
	p, s := shown(t, 100, 24, append(month(), morning()...)...)
	do(t, p, views.Right, views.Bottom, views.Up, views.Up, views.HalfUp)
	before := screen(t, p, 100, 24)
	add(t, p, s, busy(u2, 100, 40)...)
	if after := screen(t, p, 100, 24); after != before {
		t.Errorf("what is read moves:\n%s\n%s", before, after)
	}
	asked := do(t, p, views.Open)
	if len(asked) != 2 {
		t.Fatalf("%v", asked)
	}
	r, _ := p.page.row(p.page.action())
	if asked[0] != tea.Msg(views.Visit{Key: r.Key()}) || asked[1] != tea.Msg(views.Leave{}) {
		t.Errorf("%v", asked)
	}
	do(t, p, views.Top)
	if v := screen(t, p, 100, 24); !strings.Contains(v, "134 entries") || !strings.Contains(v, "UserLogin 40") {
		t.Errorf("the page is not up to date:\n%s", v)
	}
	do(t, p, views.Left)
	if p.page != nil {
		t.Error("left does not go back")
	}
}

func TestManyEntriesAreNotCountedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []audit.Entry
		for i := range cheap + 10 {
			at := now.Add(-time.Duration(i) * time.Second)
			all = append(all, audit.Entry{
				EmitTime: at, LogID: fmt.Sprint(i), Operation: "UserLogin", Status: "OK", Principal: audit.Principal{ID: fmt.Sprint(i % 5), Name: fmt.Sprint(i % 5)},
				Raw: fmt.Sprintf(`{"log_id":"%d"}`, i),
			})
		}
		s := store.New(store.Limits{})
		s.Append(all)
		p := New()
		p.SetSize(80, 20)
		p.SetData(filtered(s, "", 0))
		rest := p.Update(p.Work(t.Context())())
		s.Append(morning())
		p.SetData(filtered(s, "", 0))
		if p.Work(t.Context()) != nil {
			t.Error("it counts again at once")
		}
		p.SetData(filtered(s, "op:DeleteUser", 1))
		if cmd := p.Work(t.Context()); cmd == nil {
			t.Error("another filter has to wait")
		} else {
			p.Update(cmd())
		}
		p.SetData(filtered(s, "", 2))
		p.Update(p.Work(t.Context())())
		s.Append(crowd(1))
		p.SetData(filtered(s, "", 2))
		before := time.Now()
		p.Update(rest())
		if d := time.Since(before); d != time.Second {
			t.Errorf("it rests for %v", d)
		}
		if p.Work(t.Context()) == nil {
			t.Error("it rests for ever")
		}
	})
}

func TestAnySizeKeepsTheFrame(t *testing.T) {
	p, _ := shown(t, 80, 24, append(hostile(), append(month(), morning()...)...)...)
	for _, page := range []bool{false, true} {
		if page {
			do(t, p, views.Right)
		}
		for w := range 90 {
			for _, h := range []int{0, 1, 2, 9, 10, 11, 30} {
				p.SetSize(w, h)
				work(t, p)
				screen(t, p, w, h)
				p.Summary(w)
			}
		}
		for _, size := range [][2]int{{300, 90}, {1 << 30, 1 << 30}, {-1, 5}, {200, 1}} {
			p.SetSize(size[0], size[1])
			work(t, p)
			p.View()
		}
		p.SetSize(80, 24)
	}
}

func TestMouse(t *testing.T) {
	p, _ := shown(t, 80, 20, append(crowd(60), morning()...)...)
	click := func(x, y int) {
		p.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		work(t, p)
	}
	click(5, 4)
	if got := current(t, p); got != "person003" {
		t.Errorf("%s is selected", got)
	}
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	work(t, p)
	if p.window.Top != 3 {
		t.Errorf("the first row is %d", p.window.Top)
	}
	click(4, 0)
	if p.sorting != (sorting{column: nameColumn}) {
		t.Errorf("sorted by %v", p.sorting)
	}
	click(4, 0)
	if p.sorting != (sorting{nameColumn, true}) {
		t.Errorf("sorted by %v", p.sorting)
	}
	for _, at := range [][2]int{{-1, 3}, {3, -1}, {80, 3}, {3, 20}, {3, 19}} {
		click(at[0], at[1])
	}
	do(t, p, views.Right)
	click(5, 2)
	if p.page.window.Cursor != 2 {
		t.Errorf("line %d of the page is selected", p.page.window.Cursor)
	}
}

// TestOnlyWhatIsSeenIsDrawn: with a hundred times the principals, drawing costs no more.
func TestOnlyWhatIsSeenIsDrawn(t *testing.T) {
	cost := func(n int) float64 {
		var all []audit.Entry
		for i := range n {
			all = append(all, did(fmt.Sprintf("%06d", i), now.Add(-time.Duration(i)*time.Millisecond).Format("15:04:05"), "UserLogin", "OK", fmt.Sprintf("person%06d", i), "", "10.0.0.1"))
		}
		p, _ := shown(t, 80, 24, all...)
		p.View()
		return testing.AllocsPerRun(10, func() {
			p.Update(views.Act{Action: views.Down, Count: 1})
			p.View()
			p.Update(views.Act{Action: views.Up, Count: 1})
			p.View()
		})
	}
	few, many := cost(100), cost(30_000)
	if many > few*1.5+20 {
		t.Errorf("of 30,000 principals a picture costs %v allocations, of 100 %v", many, few)
	}
}

func TestWithoutEntries(t *testing.T) {
	p := New()
	p.SetSize(80, 24)
	for _, a := range []views.Action{views.Down, views.Open, views.Right, views.Left, views.SortNext, views.SortReverse, views.Bottom} {
		do(t, p, a)
	}
	if p.Work(t.Context()) != nil {
		t.Error("it counts nothing")
	}
	give(t, p, views.Data{Now: now, Store: store.New(store.Limits{}).Snapshot()})
	screen(t, p, 80, 24)
	if got := p.Summary(10); got != "          " {
		t.Errorf("%q", got)
	}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(true)))
	screen(t, p, 80, 24)
}

func BenchmarkView(b *testing.B) {
	p, _ := shown(b, 200, 60, append(crowd(300), month()...)...)
	for b.Loop() {
		p.stale = true
		p.View()
	}
}
