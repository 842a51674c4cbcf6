package detail

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
)

var _ views.Pane = (*Pane)(nil)

func key(seq uint64) store.Key { return store.Key{Seq: seq} }

func entryOf(raw string) audit.Entry { return audit.Entry{Raw: raw, Operation: "X"} }

func TestFiveDownAndUnfold(t *testing.T) {
	for _, raw := range []string{guide, strings.Replace(guide, `"log_id"`, `"log_idx"`, 1)} {
		for _, size := range [][2]int{{60, 11}, {80, 20}, {118, 14}, {80, 54}} {
			p := pane(t, raw, size[0], size[1])
			do(p, 5, views.Down, views.Right)
			const want = ".details.target_users[0]"
			if got := p.Path(); got != want {
				t.Errorf("%v: path is %s", size, got)
			}
			if got := p.Title(); got != "Detail "+want {
				t.Errorf("%v: title is %s", size, got)
			}
			if got := p.Value(); got != `"0b741c47-e093-47d1-9b74-f2359129f78f"` {
				t.Errorf("%v: value is %s", size, got)
			}
			lines := strings.Split(screen(t, p), "\n")
			if last := strings.TrimSpace(lines[len(lines)-1]); last != want {
				t.Errorf("%v: the last line says %q", size, last)
			}
		}
	}
}

func TestMotions(t *testing.T) {
	for _, c := range []struct {
		acts []any
		want string
	}{
		{nil, ".emit_time"},
		{[]any{views.Up}, "."},
		{[]any{views.Top}, "."},
		{[]any{views.Bottom}, ".async_operation_id"},
		{[]any{views.Top, views.Left}, "."},
		{[]any{views.Top, views.Left, views.Right, views.Right}, ".emit_time"},
		{[]any{5, views.NextInside}, ".principal"},
		{[]any{100, views.NextInside}, ".async_operation_id"},
		{[]any{views.Bottom, 2, views.PrevInside}, ".raw_details"},
		{[]any{views.Bottom, 2, views.PrevInside, 2, views.Right}, ".raw_details.namespace"},
		{[]any{6, views.NextInside, views.Right, views.NextInside, 3, views.Right}, ".raw_details.spec.name"},
		{[]any{6, views.NextInside, views.Right, views.NextInside, views.Right, views.NextInside, views.Right, views.Down}, ".raw_details.spec.regions[1]"},
		{[]any{6, views.NextInside, views.Right, views.NextInside, views.Right, views.NextInside, views.Right, views.Down, views.Left}, ".raw_details.spec.regions"},
		{[]any{6, views.NextInside, views.Right, views.NextInside, views.Right, views.NextInside, views.Right, views.Down, 4, views.Left}, ".raw_details.spec"},
		{[]any{6, views.NextInside, views.Left, views.Down}, ".x_forwarded_for"},
		{[]any{6, views.NextInside, views.Open, views.Down}, ".x_forwarded_for"},
		{[]any{6, views.NextInside, views.Open, views.Open, views.Down}, ".raw_details.namespace"},
		{[]any{6, views.NextInside, views.FarLeft, views.Right, views.Down, views.Down, views.Down}, ".x_forwarded_for"},
		{[]any{views.FarLeft, views.Bottom, views.Up, views.Up, views.Down}, ".x_forwarded_for"},
		{[]any{views.FarLeft, views.FarRight, 100, views.Down}, ".async_operation_id"},
		{[]any{1 << 60, views.PageDown}, ".async_operation_id"},
		{[]any{1 << 60, views.Down, 1 << 60, views.HalfUp}, "."},
	} {
		p := pane(t, current, 80, 40)
		do(p, c.acts...)
		if got := p.Path(); got != c.want {
			t.Errorf("%v: %s, want %s", c.acts, got, c.want)
		}
	}
}

// A name that would not fit is no reason to lose the place when another entry is shown.
func TestWalkingKeepsPathAndFolds(t *testing.T) {
	p := pane(t, current, 80, 30)
	do(p, 6, views.NextInside, views.Right, views.NextInside, views.Left) // folds .raw_details.spec
	if p.Path() != ".raw_details.spec" {
		t.Fatal(p.Path())
	}
	row := p.scroll.distance()
	show(t, p, download) // has no raw_details
	if got := p.Path(); got != "." {
		t.Errorf("the nearest is %s", got)
	}
	show(t, p, strings.Replace(current, "payments.a1b2c", "billing.a1b2c", 1))
	if got := p.Path(); got != ".raw_details.spec" {
		t.Errorf("back in %s", got)
	}
	if !p.tree.nodes[p.scroll.cursor].folded {
		t.Error("it is no longer folded")
	}
	if got := p.scroll.distance(); got != row {
		t.Errorf("the selection went from row %d to %d", row, got)
	}
	do(p, views.Top, views.FarLeft)
	show(t, p, current)
	if n := len(visible(p.tree)); n != 10 {
		t.Errorf("%d nodes are shown, want the root and its 9", n)
	}
	do(p, views.FarRight)
	show(t, p, guide)
	if n := len(visible(p.tree)); n != len(p.tree.nodes) {
		t.Errorf("%d of %d are shown after all was unfolded", n, len(p.tree.nodes))
	}
}

func TestTheSameEntryKeepsItsPlace(t *testing.T) {
	p := pane(t, drawn, 80, 24)
	do(p, 3, views.Down, views.Left)
	before, tree := p.Path(), p.tree
	e, _ := p.Entry()
	p.Show(e, p.Key(), store.Conflict)
	if p.Path() != before || p.tree != tree {
		t.Error("it was taken apart again")
	}
	if !strings.Contains(screen(t, p), "same log_id as another") {
		t.Error("what is peculiar now is not said")
	}
}

func TestFoldsAreBounded(t *testing.T) {
	var f folds
	for i := range 3 * maxFolds {
		f.add([]step{{index: int32(i), indexed: true}}, true, false)
	}
	if len(f.list) != maxFolds || f.list[0].path[0].index != 2*maxFolds {
		t.Errorf("%d are kept, from %v", len(f.list), f.list[0])
	}
	f.add(nil, false, true)
	if len(f.list) != 1 {
		t.Errorf("%d are kept beside one that overrides all", len(f.list)-1)
	}
}

func TestWrapShowsValuesWhole(t *testing.T) {
	long := strings.Repeat("lorem ipsum ", 300)
	p := pane(t, `{"operation":"X","log_id":"1","pem":"a\nb\u001b[2J","text":"`+long+`","next":1,"list":[]}`, 80, 20)
	do(p, views.Wrap, 2, views.Down)
	if p.Path() != ".pem" {
		t.Fatal(p.Path())
	}
	if got := screen(t, p); !strings.Contains(got, "\"a  ") || !strings.Contains(got, ` b\x1b[2J"`) {
		t.Errorf("not wrapped:\n%s", got)
	}
	do(p, views.Down)
	if n := len(p.scroll.value(p.scroll.cursor)); n < 20 {
		t.Fatalf("%d rows", n)
	}
	// A value that is taller than the view is scrolled through.
	seen := map[string]bool{}
	steps := 0
	for ; p.Path() == ".text" && steps < 200; steps++ {
		for line := range strings.SplitSeq(screen(t, p), "\n") {
			seen[line] = true
		}
		do(p, views.Down)
	}
	if p.Path() != ".next" || steps < 20 {
		t.Errorf("at %s after %d steps", p.Path(), steps)
	}
	var words int
	for _, row := range p.scroll.value(at(t, p.tree, ".text")) {
		words += len(strings.Fields(strings.Trim(row, `"`)))
	}
	if words != 600 {
		t.Errorf("%d words", words)
	}
	do(p, views.Up)
	if got := strings.Count(screen(t, p), "lorem"); got == 0 {
		t.Error("its end is not shown")
	}
	do(p, views.Wrap)
	if p.scroll.value(p.scroll.cursor) != nil || p.Path() != ".text" {
		t.Errorf("%s stays wrapped", p.Path())
	}
	do(p, views.Bottom, views.Open) // an empty list: nothing to open
	if p.sheet.of != noSheet || p.opens(p.scroll.cursor) {
		t.Error("something was opened")
	}
}

func TestVeryLongTextIsCutInTheTree(t *testing.T) {
	p := pane(t, `{"operation":"X","log_id":"1","text":"`+strings.Repeat("山", 1<<20)+`"}`, 80, 20)
	do(p, views.Wrap, views.Bottom, views.Down)
	rows := p.scroll.value(p.scroll.cursor)
	if last := rows[len(rows)-1]; last != "(3.0 MiB more)" || len(rows) > 200 {
		t.Errorf("%d rows, the last %q", len(rows), last)
	}
}

func TestSetDataIsCheap(t *testing.T) {
	p := pane(t, drawn, 80, 24)
	first := p.View()
	p.SetData(views.Data{Now: now.Add(300 * time.Millisecond)})
	if p.cached == "" {
		t.Error("drawn again though nothing is new")
	}
	p.SetData(views.Data{Now: now.Add(time.Second)})
	if p.View() == first || !strings.Contains(screen(t, p), "9m43s ago") {
		t.Error("the age stands still")
	}
	d := views.Data{Now: now.Add(time.Second)}
	if n := testing.AllocsPerRun(100, func() { p.SetData(d) }); n > 3 {
		t.Errorf("%v allocations", n)
	}
}

func TestEntryOfTheStore(t *testing.T) {
	s := store.New(store.Limits{MaxEntries: 2})
	s.Append([]audit.Entry{decoded(t, drawn, fromStream())})
	p := New()
	p.SetSize(80, 24)
	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
	if !strings.Contains(screen(t, p), "No entry is selected.") || p.Actions() != nil || p.Key() != (store.Key{}) {
		t.Error("an empty pane shows something")
	}
	row := s.Snapshot().At(0)
	p.SetEntry(row)
	if p.Key() != row.Key() || p.Path() != ".emit_time" {
		t.Errorf("%v at %s", p.Key(), p.Path())
	}
	// The id comes again with other content.
	s.Append([]audit.Entry{decoded(t, strings.Replace(drawn, `"DeleteUser"`, `"InviteUsers"`, 1), fromStream())})
	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
	if !strings.Contains(screen(t, p), "same log_id as another") {
		t.Errorf("the conflict is not said:\n%s", screen(t, p))
	}
	// And then it is dropped for newer ones.
	s.Append([]audit.Entry{decoded(t, current, fromStream()), decoded(t, strings.Replace(current, "000002", "000003", 1), fromStream())})
	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
	if !strings.Contains(screen(t, p), "no longer held") {
		t.Errorf("that it is gone is not said:\n%s", screen(t, p))
	}
	p.Clear()
	if !strings.Contains(screen(t, p), "No entry is selected.") || p.Path() != "" || p.Title() != "Detail" {
		t.Error("a cleared pane shows something")
	}
	do(p, views.Down, views.Open, views.FarLeft)
}

func TestClick(t *testing.T) {
	p := pane(t, drawn, 80, 24)
	click := func(x, y int) { p.Update(tea.MouseClickMsg{X: x, Y: y}) }
	screen(t, p)
	click(8, 9)
	if p.Path() != ".principal.id" {
		t.Errorf("at %s", p.Path())
	}
	screen(t, p)
	click(8, 8)
	click(8, 8)
	if p.Path() != ".principal" || !p.tree.nodes[p.scroll.cursor].folded {
		t.Errorf("at %s, not folded", p.Path())
	}
	for _, at := range [][2]int{{-1, 9}, {80, 9}, {8, 0}, {8, 23}, {8, 99}, {8, -5}} {
		click(at[0], at[1])
	}
	if p.Path() != ".principal" {
		t.Errorf("a click beside the tree went to %s", p.Path())
	}
}

func TestActionsAreAnswered(t *testing.T) {
	p := pane(t, current, 80, 24)
	do(p, views.Bottom)
	for _, a := range p.Actions() {
		if a == views.Open {
			t.Error("offers to open what is not cut")
		}
	}
	p = pane(t, current, 50, 24)
	do(p, views.Bottom)
	var opens bool
	for _, a := range p.Actions() {
		opens = opens || a == views.Open
	}
	if !opens {
		t.Error("does not offer to open what is cut")
	}
}

func TestFocusAndThemeAreDrawn(t *testing.T) {
	p := pane(t, drawn, 80, 24)
	with := p.View()
	p.SetFocus(false)
	without := p.View()
	if with == without || ansi.Strip(with) != ansi.Strip(without) {
		t.Error("focus must change the look and nothing else")
	}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	for _, r := range screen(t, p) {
		if r > '~' {
			t.Fatalf("%q on an ASCII terminal", r)
		}
	}
}
