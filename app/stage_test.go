package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

// The actions of the panes that only these tests have.
const (
	people  views.Action = "people"
	places  views.Action = "places"
	strange views.Action = "strange"
)

// dummy is a pane that shows its name and what became of it.
type dummy struct {
	name     string
	w, h     int
	focused  bool
	acts     []views.Act
	keys     []string
	mouse    []tea.MouseMsg
	answers  []views.Action
	working  bool
	worked   int
	open     bool
	typed    bool
	command  tea.Cmd
	lastData views.Data
}

func (d *dummy) Title() string           { return d.name }
func (d *dummy) Tab() views.Tab          { return views.Tab{Name: d.name, Note: "OK"} }
func (d *dummy) Actions() []views.Action { return d.answers }
func (d *dummy) SetSize(w, h int)        { d.w, d.h = w, h }
func (d *dummy) SetFocus(focused bool)   { d.focused = focused }
func (d *dummy) SetTheme(*theme.Theme)   {}
func (d *dummy) SetData(data views.Data) { d.lastData = data }
func (d *dummy) Cursor() *tea.Cursor     { return tea.NewCursor(1, 0) }
func (d *dummy) Editing() bool           { return d.typed }
func (d *dummy) View() string {
	var lines []string
	for y := range d.h {
		lines = append(lines, grid.TextFor(theme.NewGlyphs(true)).Cell(fmt.Sprintf("%s %d", d.name, y+1), d.w))
	}
	return grid.Frame(lines, d.w, d.h)
}

func (d *dummy) Close() bool {
	was := d.open
	d.open = false
	return was
}

type tally struct{ n int }

func (d *dummy) Work(context.Context) tea.Cmd {
	if d.working || d.worked > 0 {
		return nil
	}
	d.working = true
	return func() tea.Msg { return tally{1} }
}

func (d *dummy) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case views.Act:
		d.acts = append(d.acts, msg)
		return d.command
	case tea.KeyPressMsg:
		d.keys = append(d.keys, msg.String())
	case tea.MouseMsg:
		d.mouse = append(d.mouse, msg)
	case tally:
		d.working, d.worked = false, d.worked+msg.n
	}
	return nil
}

// staged is a screen that has two panes for the right column, one for the place of the list, and a strip.
func staged(t testing.TB, w, h int) (m *Model, side, other, notes, top *dummy) {
	t.Helper()
	m = screen(t, w, h, ModelOptions{}, stream(t))
	side = &dummy{name: "People", answers: []views.Action{views.Down, views.Up, strange}}
	other = &dummy{name: "Places"}
	notes = &dummy{name: "Notes"}
	top = &dummy{name: "Hours", answers: []views.Action{views.PrevInside}}
	m.all[onTimeline] = member{top, strip, ""}
	m.all = append(m.all[:onTimeline+1:onTimeline+1],
		member{side, stacked, people}, member{other, stacked, places}, member{notes, inPlace, strange})
	for i, a := range []views.Action{people, places, strange} {
		key := fmt.Sprint(i + 2)
		m.keys.bindings = append(m.keys.bindings, Binding{Action: a, Keys: []string{key}, List: "test"})
		m.keys.actions[key] = a
	}
	m.dress()
	m.pass()
	m.focusOn(onList)
	return m, side, other, notes, top
}

func TestSeveralPanes(t *testing.T) {
	for _, size := range sizes {
		w, h := size[0], size[1]
		for _, c := range []struct {
			name string
			keys []string
		}{
			{"list", nil},
			{"side", []string{"2"}},
			{"notes", []string{"4"}},
			{"detail", []string{"k", "enter"}},
			{"moved", []string{"P"}},
			{"zoomed", []string{"k", "enter", "f"}},
		} {
			t.Run(fmt.Sprintf("%s/%dx%d", c.name, w, h), func(t *testing.T) {
				m, _, _, _, _ := staged(t, w, h)
				press(m, c.keys...)
				golden.RequireEqual(t, lines(t, m, w, h))
			})
		}
	}
}

// onScreen names the panes that have a place.
func onScreen(m *Model) []string {
	var out []string
	for _, p := range m.areas.panes {
		out = append(out, strings.Fields(m.all[p.pane].Title())[0])
	}
	slices.Sort(out)
	return out
}

func TestPanesStandWhereThereIsRoom(t *testing.T) {
	for _, c := range []struct {
		w, h int
		keys string
		want string
	}{
		{80, 24, "", "Events Hours"},
		{80, 24, "\n", "Detail"},
		{80, 24, "2", "People"},
		{80, 24, "4", "Notes"},
		{80, 24, "24", "Notes"},
		{80, 24, "2q", "Events Hours"},
		{80, 24, "\nq", "Events Hours"},
		{80, 24, "P", "Detail Events Hours"},
		{80, 24, "PP", "Events Hours"},
		{80, 15, "P", "Events Hours"},
		{120, 40, "", "Events Hours"},
		{120, 40, "\n", "Detail Events Hours"},
		{120, 40, "P", "Detail Events Hours"},
		{120, 40, "2", "People"},
		{160, 40, "", "Events Hours"},
		{160, 40, " ", "Detail Events Hours"},
		{160, 40, "  ", "Events Hours"},
		{160, 40, "k", "Detail Events Hours"},
		{160, 40, "2", "People"},
		{160, 50, "", "Detail Events Hours People Places"},
		{160, 50, "2", "Detail Events Hours People Places"},
		{160, 50, "4", "Notes People Places"},
		{160, 50, "2f", "People"},
		{160, 50, "2ff", "Detail Events Hours People Places"},
		{160, 50, "2fq", "Detail Events Hours People Places"},
		{160, 50, "f3", "Places"},
		{160, 50, "P", "Detail Events Hours People Places"},
		{160, 50, "PP", "Events Hours People Places"},
	} {
		m, _, _, _, _ := staged(t, c.w, c.h)
		for _, k := range c.keys {
			switch k {
			case '\n':
				press(m, "enter")
			case ' ':
				press(m, "space")
			default:
				press(m, string(k))
			}
		}
		if got := strings.Join(onScreen(m), " "); got != c.want {
			t.Errorf("%dx%d, %q: %s, want %s", c.w, c.h, c.keys, got, c.want)
		}
	}
}

func TestTheDetailGoesRound(t *testing.T) {
	m, _, _, _, _ := staged(t, 200, 60)
	for _, want := range []arrangement{below, instead, right, below} {
		press(m, "P")
		if m.where() != want || !shows(m, "The detail is shown "+want.String()) {
			t.Errorf("%v, want %v", m.where(), want)
		}
	}
	press(m, "j")
	if shows(m, "The detail is shown") {
		t.Error("what was said stays after the next key")
	}
}

// The detail is gone through in two steps: its tree, and what stands around the entry.
func TestTabGoesThroughAllPanes(t *testing.T) {
	for _, c := range []struct {
		w, h int
		keys []string
		want string
	}{
		{80, 24, nil, "Events People Places Notes Events"},
		{80, 24, []string{"enter"}, "Detail Detail People Places Notes Events"},
		{200, 60, nil, "Events Detail Detail People Places Notes Events"},
	} {
		m, _, _, _, _ := staged(t, c.w, c.h)
		press(m, c.keys...)
		var got []string
		for range strings.Fields(c.want) {
			got = append(got, strings.Fields(m.focused().Title())[0])
			press(m, "tab")
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%dx%d: %s, want %s", c.w, c.h, s, c.want)
		}
		press(m, "shift+tab")
		if s := strings.Fields(m.focused().Title())[0]; s != got[len(got)-1] {
			t.Errorf("shift-tab goes to %s", s)
		}
	}
}

func TestAnActionGoesToThePaneThatAnswersIt(t *testing.T) {
	m, side, _, _, top := staged(t, 200, 60)
	press(m, "{") // the strip answers, whatever has the focus
	if len(top.acts) != 1 || top.acts[0].Action != views.PrevInside {
		t.Errorf("the strip got %v", top.acts)
	}
	before := selected(t, m)
	press(m, "2", "5", "j", "{")
	if len(side.acts) != 1 || side.acts[0].Count != 5 || selected(t, m) != before {
		t.Errorf("the pane with the focus got %v; the list is at %s", side.acts, selected(t, m))
	}
	if len(top.acts) != 2 {
		t.Errorf("the strip got %v", top.acts)
	}
	press(m, "G") // nobody answers: the pane with the focus gets it
	if len(side.acts) != 2 {
		t.Errorf("the pane with the focus got %v", side.acts)
	}
}

func TestAPaneIsAskedForWorkAndGetsWhatComesOfIt(t *testing.T) {
	m, side, _, _, _ := staged(t, 80, 24)
	run(t, m, keyOf("j"))
	if side.working || side.worked != 0 {
		t.Error("a pane without a place was asked for work")
	}
	run(t, m, keyOf("2"))
	if side.worked != 1 {
		t.Errorf("the pane got %d results", side.worked)
	}
}

func TestWhatPanesAskFor(t *testing.T) {
	m, side, _, _, _ := staged(t, 80, 24)
	ask := func(msg tea.Msg) {
		press(m, "2")
		side.command = func() tea.Msg { return msg }
		run(t, m, keyOf("j"))
	}
	ask(views.Narrow{Query: "op:DeleteUser"})
	if m.focus != onList || m.filter.Text() != "op:DeleteUser" || !shows(m, "1 of 17") {
		t.Errorf("focus %d, filter %q", m.focus, m.filter.Text())
	}
	ask(views.Narrow{Query: "is:error"})
	if m.filter.Text() != "op:DeleteUser is:error" {
		t.Errorf("filter %q", m.filter.Text())
	}
	ask(views.Narrow{Query: "a OR b", Instead: true})
	ask(views.Narrow{Query: "who:terraform"})
	if m.filter.Text() != "(a OR b) who:terraform" {
		t.Errorf("filter %q", m.filter.Text())
	}
	ask(views.Narrow{Query: "op:(", Instead: true})
	if !shows(m, "cannot be filtered by") {
		t.Error("a query that is none is not said")
	}
	ask(views.Narrow{Query: "", Instead: true})
	ask(views.Say{Text: "well done"})
	if !shows(m, "well done") {
		t.Error("what a pane says is not on the screen")
	}
	ask(views.Visit{Key: m.state.Store.At(3).Key()})
	if got := m.state.Store.At(3); got.Key() != func() any { r, _ := m.events.Selected(); return r.Key() }() {
		t.Error("the entry is not selected")
	}
	ask(views.Leave{})
	if m.focus != onList {
		t.Error("the focus is not given back")
	}
}

func TestAPaneIsClosedFromTheInside(t *testing.T) {
	m, side, _, _, _ := staged(t, 80, 24)
	press(m, "2")
	side.open = true
	press(m, "esc")
	if side.open || m.focus == onList {
		t.Error("esc leaves the pane before what is open in it is closed")
	}
	press(m, "esc")
	if m.focus != onList {
		t.Error("esc does not leave the pane")
	}
}

func TestAPaneCanBeTypedIn(t *testing.T) {
	m, side, _, _, _ := staged(t, 80, 24)
	press(m, "2")
	side.typed = true
	typeText(t, m, "q2")
	run(t, m, keyOf("enter"), keyOf("esc"))
	if strings.Join(side.keys, " ") != "q 2 enter esc" || m.focus == onList {
		t.Errorf("the pane got the keys %v", side.keys)
	}
	if c := m.View().Cursor; c == nil || c.Y != 3 || c.X != 1 {
		t.Errorf("the cursor is at %v", c)
	}
}

func TestResizingKeepsThePane(t *testing.T) {
	m, _, _, _, _ := staged(t, 200, 60)
	press(m, "3")
	for _, size := range [][2]int{{80, 24}, {60, 15}, {20, 5}, {120, 40}, {300, 90}, {200, 60}} {
		m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		if size[0] >= minWidth && !strings.Contains(ansi.Strip(m.View().Content), "Places 1") {
			t.Errorf("at %v the pane with the focus is not shown", size)
		}
	}
	if got := strings.Join(onScreen(m), " "); got != "Detail Events Hours People Places" {
		t.Errorf("%s", got)
	}
}
