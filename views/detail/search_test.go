package detail

import (
	"context"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"taudit/views"
)

// hits gives the paths of what was found.
func hits(p *Pane) []string {
	var out []string
	for _, i := range p.search.hits {
		out = append(out, jq(p.tree.steps(i)))
	}
	return out
}

func look(t testing.TB, p *Pane, text string) {
	t.Helper()
	do(p, views.Filter, text)
	work(t, p)
}

func TestSearchFinds(t *testing.T) {
	const raw = `{"operation":"UpdateUser","log_id":"1","details":{"User":"x","n":1.5e3,"ok":true,"none":null,"quoted \"name\"":"tab\there",` +
		`"utf":"Straße ΣΊΣΥΦΟΣ","list":["a","b",["deep user"]],"escaped":"\u0075ser","meta":"a.c"}}`
	for _, c := range []struct {
		text string
		want []string
	}{
		{"user", []string{".operation", ".details.User", ".details.list[2][0]", ".details.escaped"}},
		{"User", []string{".operation", ".details.User"}},
		{"1.5e3", []string{".details.n"}},
		{"TRUE", nil},
		{"true", []string{".details.ok"}},
		{"null", []string{".details.none"}},
		{`d "name"`, []string{`.details["quoted \"name\""]`}},
		{"\there", nil}, // a prompt has no tabs
		{`\there`, []string{`.details["quoted \"name\""]`}},
		{"σίσυφος", []string{".details.utf"}},
		{"a.c", []string{".details.meta"}},
		{"list", []string{".details.list"}},
		{"nothing like it", nil},
	} {
		p := pane(t, raw, 80, 24)
		look(t, p, c.text)
		if got := hits(p); !slices.Equal(got, c.want) && c.text != "\there" {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
	}
}

func TestSearchWalks(t *testing.T) {
	p := pane(t, current, 80, 24)
	do(p, views.FarLeft) // what is found is unfolded
	look(t, p, "aws")
	if p.Path() != ".raw_details.spec.regions[0]" || !p.Editing() {
		t.Fatalf("at %s", p.Path())
	}
	if got := screen(t, p); !strings.Contains(got, " /aws ") || !strings.Contains(got, "1 of 2 ") {
		t.Errorf("the line of the search is\n%s", got)
	}
	do(p, "enter")
	if p.Editing() {
		t.Error("Enter goes on typing")
	}
	for _, c := range []struct {
		acts []any
		path string
		said string
	}{
		{[]any{views.NextMatch}, ".raw_details.spec.regions[1]", "2 of 2 "},
		{[]any{views.NextMatch}, ".raw_details.spec.regions[0]", "1 of 2 "},
		{[]any{views.PrevMatch}, ".raw_details.spec.regions[1]", "2 of 2 "},
		{[]any{3, views.PrevMatch}, ".raw_details.spec.regions[0]", "1 of 2 "},
		{[]any{views.Top}, ".", "2 matches "},
		{[]any{views.NextMatch}, ".raw_details.spec.regions[0]", "1 of 2 "},
		{[]any{views.Bottom, views.NextMatch}, ".raw_details.spec.regions[0]", "1 of 2 "},
		{[]any{views.Bottom, views.PrevMatch}, ".raw_details.spec.regions[1]", "2 of 2 "},
		{[]any{views.Down, 1 << 60, views.NextMatch}, "", ""},
	} {
		do(p, c.acts...)
		if c.path != "" && p.Path() != c.path {
			t.Errorf("%v: at %s, want %s", c.acts, p.Path(), c.path)
		}
		if got := screen(t, p); !strings.Contains(got, c.said) {
			t.Errorf("%v: %q is not said in\n%s", c.acts, c.said, got)
		}
	}
	if !p.Close() || p.search.open || p.Close() {
		t.Error("Esc has to end the search, and only that")
	}
	if got := screen(t, p); strings.Contains(got, "/aws") {
		t.Errorf("the line of the search stays:\n%s", got)
	}
	do(p, views.Filter, "enter") // the one before, again
	work(t, p)
	if n := len(p.search.hits); n != 2 {
		t.Errorf("%d matches of the search before", n)
	}
}

func TestSearchIsGivenUp(t *testing.T) {
	p := pane(t, current, 80, 24)
	do(p, views.Down)
	before := p.Path()
	look(t, p, "aws")
	do(p, "esc")
	if p.Path() != before || p.Editing() || p.search.open {
		t.Errorf("at %s after Esc, was at %s", p.Path(), before)
	}
	do(p, views.Filter, "enter", "esc") // nothing was typed
	if p.search.pattern == nil {
		t.Error("Enter alone does not repeat the last search")
	}
	p = pane(t, current, 80, 24)
	do(p, views.Filter, "enter")
	if p.search.open {
		t.Error("a search for nothing stays open")
	}
}

// While one result is on its way more is typed, and another entry comes: then it is of no use.
func TestLateResultsAreDropped(t *testing.T) {
	p := pane(t, current, 80, 24)
	do(p, views.Filter, "aws")
	late := p.Work(t.Context())
	if p.Work(t.Context()) != nil {
		t.Error("two searches at a time")
	}
	do(p, "-us")
	finish(p, late())
	if p.search.known {
		t.Errorf("took %v for another text", hits(p))
	}
	work(t, p)
	if got := hits(p); len(got) != 1 || p.Path() != ".raw_details.spec.regions[0]" {
		t.Errorf("%v at %s", got, p.Path())
	}
	p.again()
	late = p.Work(t.Context())
	show(t, p, drawn)
	finish(p, late())
	if p.search.known || p.search.hits != nil {
		t.Error("took what was found in another entry")
	}
	work(t, p)
	if !p.search.known || len(p.search.hits) != 0 {
		t.Errorf("found %v", hits(p))
	}
	show(t, p, current)
	work(t, p)
	if len(p.search.hits) != 1 {
		t.Error("the search does not go along with the entries")
	}
}

func TestSearchEndsWithItsContext(t *testing.T) {
	p := pane(t, big(100_000), 80, 24)
	do(p, views.Filter, "user")
	ctx, cancel := context.WithCancel(t.Context())
	cmd := p.Work(ctx)
	cancel()
	finish(p, cmd())
	if p.search.known {
		t.Error("went on")
	}
}

func TestSearchInAValueAndInBytes(t *testing.T) {
	p := pane(t, `{"operation":"X","log_id":"1","text":"`+strings.Repeat(`line\n`, 200)+`needle\n`+strings.Repeat(`line\n`, 200)+`needle"}`, 80, 20)
	do(p, views.Bottom, views.Open)
	look(t, p, "needle")
	if got := screen(t, p); !strings.Contains(got, " needle ") || !strings.Contains(got, "1 of 2 ") {
		t.Errorf("not there:\n%s", got)
	}
	do(p, "enter", views.NextMatch)
	if got := screen(t, p); !strings.Contains(got, " 100% ") || !strings.Contains(got, "2 of 2 ") {
		t.Errorf("not at the second:\n%s", got)
	}
	do(p, views.NextMatch)
	if got := screen(t, p); !strings.Contains(got, "1 of 2 ") {
		t.Errorf("not around the end:\n%s", got)
	}
	p.Close()
	p.Close()
	if p.sheet.of != noSheet {
		t.Fatal("the value stays open")
	}
	do(p, views.Bytes)
	look(t, p, "log_id")
	if got := screen(t, p); !strings.Contains(got, "1 of 1 ") {
		t.Errorf("not in the bytes:\n%s", got)
	}
	do(p, "enter", views.Open)
	look(t, p, "needle")
	if got := screen(t, p); p.sheet.hex || !strings.Contains(got, "1 of 2 ") {
		t.Errorf("not in the bytes that were shown as digits:\n%s", got)
	}
}

func TestMatchesAreSetOff(t *testing.T) {
	p := pane(t, drawn, 80, 24)
	look(t, p, "user")
	do(p, "enter", views.Top)
	if got := p.View(); !strings.Contains(got, p.theme.Match.Render("User")) || !strings.Contains(got, p.theme.Match.Render("user")) {
		t.Errorf("no match is set off in\n%s", got)
	}
}

func TestCursorStandsWhereIsTyped(t *testing.T) {
	p := pane(t, drawn, 60, 15)
	if p.Cursor() != nil {
		t.Error("there is a cursor though nothing is typed")
	}
	do(p, views.Filter, "ab\u202ec")
	line := strings.Split(screen(t, p), "\n")[13]
	if c := p.Cursor(); c == nil || c.Y != 13 || !strings.HasPrefix(line, ` /ab\u202ec`) || c.X != len(` /ab\u202ec`) {
		t.Errorf("cursor %+v in %q", c, line)
	}
	do(p, strings.Repeat("long ", 60))
	if c := p.Cursor(); c == nil || c.X >= 60 {
		t.Errorf("cursor %+v", c)
	}
	p.Update(tea.PasteMsg{Content: "x\x1b[31m\ny"})
	for _, r := range ansi.Strip(p.View()) {
		if r < ' ' && r != '\n' {
			t.Fatalf("%q is in the frame", r)
		}
	}
}

// What is found is what a plain look at every value finds.
func TestSearchAgreesWithAPlainOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		raw := genObject(rt, 0)
		text := rapid.SampledFrom([]string{"a", "A", "long", "princ", "1", "LONG", "odd", `\u00`}).Draw(rt, "text")
		p := New()
		p.SetSize(80, 24)
		p.Show(entryOf(raw), key(1), 0)
		look(t, p, text)
		fold := func(s string) string {
			if text == strings.ToLower(text) {
				return strings.ToLower(s)
			}
			return s
		}
		var want []int32
		for i := range p.tree.nodes {
			i := int32(i)
			n := &p.tree.nodes[i]
			in := []string{p.tree.key(i), p.tree.text[n.key.from:n.key.to]}
			if n.kind != object && n.kind != array {
				in = append(in, p.tree.says(i), p.tree.value(i))
			}
			if slices.ContainsFunc(in, func(s string) bool { return strings.Contains(fold(s), text) }) {
				want = append(want, i)
			}
		}
		if !slices.Equal(p.search.hits, want) {
			rt.Fatalf("%q in %s: %v, want %v", text, raw, p.search.hits, want)
		}
	})
}

// A person goes on folding while matches are looked for.
func TestSearchWhileFolding(t *testing.T) {
	p := pane(t, big(100_000), 80, 24)
	do(p, views.Filter, "user")
	cmd := p.Work(t.Context())
	found := make(chan tea.Msg)
	go func() { found <- cmd() }()
	do(p, views.FarLeft, views.FarRight, views.LessDeep, views.MoreDeep)
	screen(t, p)
	finish(p, <-found)
	if n := len(p.search.hits); n != 25_002 {
		t.Errorf("%d matches", n)
	}
}
