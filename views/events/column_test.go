package events

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"taudit/views"
)

// heads gives the titles of the columns, with the sign before the one that is chosen.
func heads(p *Pane) string {
	line, _, _ := strings.Cut(ansi.Strip(p.View()), "\n")
	return strings.Join(strings.Fields(line), " ")
}

func TestColumnsAreMovedWidenedAndHidden(t *testing.T) {
	p, _ := shown(120, 20, morning()...)
	for _, c := range []struct {
		do   []views.Action
		want string
	}{
		{nil, "TIME UTC RES OPERATION PRINCIPAL TARGET IP NOTE"},
		{[]views.Action{views.LessDeep, views.Bytes}, "TIME UTC RES OPERATION PRINCIPAL TARGET IP NOTE"},
		{[]views.Action{views.Columns, views.Columns, views.Right}, "TIME UTC RES >OPERATION PRINCIPAL TARGET IP NOTE"},
		{[]views.Action{views.FarRight}, "TIME UTC RES PRINCIPAL >OPERATION TARGET IP NOTE"},
		{[]views.Action{views.FarLeft, views.FarLeft, views.FarLeft, views.FarLeft}, ">OPERATION TIME UTC RES PRINCIPAL TARGET IP NOTE"},
		{[]views.Action{views.Bytes}, ">TIME UTC RES PRINCIPAL TARGET IP NOTE"},
		{[]views.Action{views.Left, views.Right, views.Right, views.Bytes}, "TIME UTC RES >TARGET IP NOTE"},
	} {
		do(p, c.do...)
		if got := strings.Join(strings.Fields(strings.ReplaceAll(heads(p), ">", " >")), " "); got != c.want {
			t.Fatalf("%v: %q, want %q", c.do, got, c.want)
		}
		screen(t, p, p.width, p.height)
	}
	if !strings.HasPrefix(p.Summary(80), " Column TARGET: ") {
		t.Errorf("%q", p.Summary(80))
	}
	was := p.spans[p.picked].Width
	p.Update(views.Act{Action: views.LessDeep, Count: 3})
	p.View()
	if got := p.spans[p.picked].Width; got != was-3 || p.Columns()[p.picked].Width != was-3 {
		t.Errorf("%d cells wide, want %d", got, was-3)
	}
	if !p.Close() || p.Picking() || p.Close() {
		t.Error("the choice is not ended once")
	}
	// The last column stays.
	do(p, views.Columns)
	for range 20 {
		do(p, views.Bytes)
	}
	if len(p.Columns()) != 1 {
		t.Errorf("%v are left", p.Columns())
	}
	screen(t, p, p.width, p.height)
}

func TestColumnsThatAreChosen(t *testing.T) {
	p, _ := shown(80, 20, morning()...)
	if err := p.SetColumns([]Column{{Name: "log_id"}, {Name: "ip"}, {Name: "namespace", Width: 30}, {Name: "shard"}, {Name: "type"}}); err != nil {
		t.Fatal(err)
	}
	if got := heads(p); got != "LOG ID IP NAMESPACE SHARD" {
		t.Errorf("%q", got) // no room for the last
	}
	screen(t, p, p.width, p.height)
	for _, c := range []struct {
		list []Column
		want string
	}{
		{[]Column{}, "one column at least"},
		{[]Column{{Name: "targte"}}, "did you mean target?"},
		{[]Column{{Name: "ip"}, {Name: "ip"}}, "named twice"},
		{[]Column{{Name: "ip", Width: 10_000}}, "1 to 200 cells"},
	} {
		if err := p.SetColumns(c.list); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.list, err, c.want)
		}
	}
	if err := p.SetColumns(usual()); err != nil || p.Columns() != nil {
		t.Errorf("%v, %v", p.Columns(), err)
	}
}

// TestSidewaysStaysPut: what arrives does not change how far the list is scrolled sideways.
func TestSidewaysStaysPut(t *testing.T) {
	p, log := shown(60, 12, morning()...)
	do(p, views.Right)
	was := p.skip
	if was == 0 {
		t.Fatal("it does not scroll")
	}
	for _, e := range later(100) {
		add(p, log, e)
		p.View()
	}
	if p.skip != was {
		t.Errorf("scrolled by %d cells, was %d", p.skip, was)
	}
}
