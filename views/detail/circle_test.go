package detail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
)

// What stands around an entry is what a plain look at every entry finds.
func TestCircleAgreesWithAPlainLook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := store.New(store.Limits{})
		start := time.Date(2023, 11, 8, 9, 0, 0, 0, time.UTC)
		n := rapid.IntRange(1, 60).Draw(rt, "entries")
		for i := range n {
			pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, name) }
			raw := fmt.Sprintf(`{"emit_time":%q,"operation":"UpdateUser","status":"OK","log_id":"%d","principal":{"type":"user","name":%q},`+
				`"details":{"target_users":[%s]},"x_forwarded_for":%q,"async_operation_id":%s}`,
				start.Add(time.Duration(rapid.IntRange(0, 40*60).Draw(rt, "second"))*time.Second).Format(time.RFC3339), i,
				pick("actor", "", "a", "b"), pick("target", "", `"x"`, `"y"`), pick("address", "", "1.1.1.1", "2.2.2.2, 1.1.1.1"),
				pick("request", `""`, `"r"`, `"\"odd\\ *\u202e"`, `"("`))
			s.Append([]audit.Entry{decoded(t, raw, fromStream())})
		}
		snap := s.Snapshot()
		row := snap.At(rapid.IntRange(0, snap.Len()-1).Draw(rt, "which"))
		e := row.Entry()
		q := quest{entry: e, key: row.Key(), snapshot: snap, find: find}
		c := q.run(t.Context())
		q.deep, q.old = true, c
		c = q.run(t.Context())

		var target, request, principal, acted int
		var first time.Time
		for i := range snap.Len() {
			o := snap.At(i).Entry()
			if e.Actor() != "" && o.Actor() == e.Actor() {
				acted++
				if d := o.EmitTime.Sub(e.EmitTime); d >= -nearby && d <= nearby {
					principal++
				}
			}
			if e.Target != "" && o.Target == e.Target {
				target++
			}
			if id := e.Correlation(); id != "" && o.Correlation() == id {
				request++
			}
			if e.ClientAddress() != "" && o.ClientAddress() == e.ClientAddress() && first.IsZero() {
				first = o.EmitTime
			}
		}
		if c.target.count != target || c.request.count != request || c.principal.count != principal || c.acted != acted || !c.first.Equal(first) {
			rt.Fatalf("target %d of %d, request %d of %d, principal %d of %d, acted %d of %d, first %v of %v",
				c.target.count, target, c.request.count, request, c.principal.count, principal, c.acted, acted, c.first, first)
		}
		for _, f := range []*family{&c.target, &c.request, &c.principal} {
			if f.count == 0 {
				continue
			}
			if len(f.shown) != min(f.count, maxShown) || f.others(row.Key()) != f.count-1 {
				rt.Fatalf("%d of %d are kept, %d others", len(f.shown), f.count, f.others(row.Key()))
			}
		}
	})
}

func TestCircleIsGivenUp(t *testing.T) {
	p := New()
	p.SetSize(118, 14)
	among(t, p, drawn)
	ctx, cancel := context.WithCancel(t.Context())
	cmd := p.gather(ctx)
	if cmd == nil || p.gather(ctx) != nil {
		t.Fatal("it must be looked for, and not twice at a time")
	}
	cancel()
	finish(p, cmd())
	if p.circle() != nil {
		t.Error("took half of it")
	}
	work(t, p)
	if p.circle() == nil || !p.circle().deep {
		t.Error("not looked for again")
	}
}

// What was found for an entry that is no longer shown is not shown with another, but kept for when it comes back.
func TestCircleOfAnotherEntry(t *testing.T) {
	p := New()
	p.SetSize(118, 14)
	s := among(t, p, drawn)
	cmd := p.gather(t.Context())
	msg := cmd() // it is found
	p.SetEntry(s.Snapshot().At(0))
	finish(p, msg)
	if p.circle() != nil || !strings.Contains(screen(t, p), "Looking for what stands around it") {
		t.Errorf("that of another is shown:\n%s", screen(t, p))
	}
	work(t, p)
	first := screen(t, p)
	if !strings.Contains(first, "SAME TARGET (3)") {
		t.Errorf("its own is not shown:\n%s", first)
	}
	for i := range s.Snapshot().Len() {
		if row := s.Snapshot().At(i); row.Raw() == drawn {
			p.SetEntry(row)
		}
	}
	if p.circle() == nil {
		t.Error("what was known is forgotten")
	}
}

func TestCirclesAreBounded(t *testing.T) {
	p := New()
	for i := range 3 * maxCircles {
		p.meet(circleMsg{0, &circle{key: key(uint64(i + 1))}})
	}
	if len(p.kin.known) != maxCircles || p.kin.known[key(3*maxCircles)] == nil || p.kin.known[key(1)] != nil {
		t.Errorf("%d are kept", len(p.kin.known))
	}
}

func TestCircleIsRenewed(t *testing.T) {
	p := New()
	p.SetSize(118, 20)
	s := among(t, p, drawn)
	work(t, p)
	more := decoded(t, strings.NewReplacer("0mc69c0323b871293ce231dd1c7fb635", "again", "09:14:58Z", "09:15:00Z").Replace(drawn), fromStream())
	s.Append([]audit.Entry{more})
	at := func(d time.Duration) {
		p.SetData(views.Data{Now: now.Add(d), Store: s.Snapshot(), Find: find, Held: true})
		work(t, p)
	}
	at(time.Second)
	if n := p.circle().target.count; n != 3 {
		t.Errorf("looked for again at once: %d", n)
	}
	at(renewal)
	if c := p.circle(); c.target.count != 4 || c.request.count != 2 {
		t.Errorf("after a while %d have the target and %d the request", c.target.count, c.request.count)
	}
	at(deepRenewal)
	if n := p.circle().request.count; n != 3 {
		t.Errorf("after a longer while %d have the request", n)
	}
}

// While entries pass by only what costs little is looked for.
func TestIdsAreLookedForOnceSomebodyReads(t *testing.T) {
	p := New()
	p.SetSize(118, 20)
	s := among(t, p, drawn)
	d := views.Data{Now: now, Store: s.Snapshot(), Find: find}
	p.SetData(d)
	work(t, p)
	if p.circle().deep || !strings.Contains(screen(t, p), "SAME REQUEST  once the view is held") {
		t.Errorf("looked for in passing:\n%s", screen(t, p))
	}
	d.Now = now.Add(patience)
	p.SetData(d)
	work(t, p)
	if !p.circle().deep {
		t.Error("not looked for though it stays")
	}
}

func TestContextIsGoneThrough(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {118, 14}, {80, 54}, {120, 40}} {
		p := New()
		p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
		p.SetSize(size[0], size[1])
		p.SetFocus(true)
		among(t, p, drawn)
		work(t, p)
		if !p.Step(1) || p.Step(1) || p.kin.focused {
			t.Fatalf("%v: Tab has to stop once", size)
		}
		if p.Step(-1) {
			t.Fatalf("%v: Shift-Tab leaves from the tree", size)
		}
		p.Step(1)
		if !p.Step(-1) || p.kin.focused {
			t.Fatalf("%v: Shift-Tab goes back to the tree", size)
		}
		p.Step(1)
		seen := map[string]bool{}
		do(p, views.Top)
		for range 20 {
			for line := range strings.SplitSeq(screen(t, p), "\n") {
				seen[strings.TrimSpace(line)] = true
			}
			some := p.relatives()
			if at := p.kin.cursor; !selects(screen(t, p), some[at].operation) {
				t.Fatalf("%v: %s is selected and not seen:\n%s", size, some[at].operation, screen(t, p))
			}
			do(p, views.Down)
		}
		all := fmt.Sprint(seen)
		for _, want := range []string{"UpdateUserGroup", "CreateUser", "InviteUsers", "ERR FailoverNamespace", "DeleteNexusEndpoint"} {
			if !strings.Contains(all, want) {
				t.Errorf("%v: %s was never seen", size, want)
			}
		}
		do(p, views.Bottom)
		cmd := do(p, views.Open)
		if cmd == nil {
			t.Fatalf("%v: Enter does nothing", size)
		}
		if v, ok := cmd().(views.Visit); !ok || v.Key.LogID != "n5" {
			t.Errorf("%v: goes to %v", size, v)
		}
		do(p, views.Up)
		if cmd := do(p, views.Open); cmd != nil {
			t.Errorf("%v: goes to the entry that is shown", size)
		}
		if !p.Close() || p.kin.focused || p.Close() {
			t.Errorf("%v: Esc has to go back to the tree, and then on", size)
		}
	}
}

// selects tells whether the line of the context that is marked as selected has a text.
func selects(screen, text string) bool {
	for line := range strings.SplitSeq(screen, "\n") {
		if _, beside, ok := strings.Cut(line, "|"); ok {
			line = beside
		}
		if len(line) > 2 && line[0] == '>' && (line[1] == ' ' || line[1] == '>') && strings.Contains(line, text) {
			return true
		}
	}
	return false
}

func TestContextIsClicked(t *testing.T) {
	for _, size := range [][2]int{{118, 14}, {80, 54}} {
		p := New()
		p.SetSize(size[0], size[1])
		among(t, p, drawn)
		work(t, p)
		click := func() tea.Cmd {
			for y, line := range strings.Split(screen(t, p), "\n") {
				if x := strings.Index(line, "InviteUsers"); x >= 0 {
					return p.Update(tea.MouseClickMsg{X: p.kin.x + 2, Y: y})
				}
			}
			t.Fatalf("%v: not on the screen:\n%s", size, screen(t, p))
			return nil
		}
		if click() != nil || !p.kin.focused {
			t.Fatalf("%v: the first click has to select", size)
		}
		cmd := click()
		if cmd == nil {
			t.Fatalf("%v: the second click does nothing", size)
		}
		if v, ok := cmd().(views.Visit); !ok || v.Key.LogID != "n1" {
			t.Errorf("%v: goes to %v", size, v)
		}
	}
}

// A search from the context goes to the tree.
func TestMatchesFromTheContext(t *testing.T) {
	p := New()
	p.SetSize(80, 24)
	among(t, p, drawn)
	look(t, p, "log_id")
	do(p, "enter", views.Top)
	p.Step(1)
	do(p, views.NextMatch)
	if p.Path() != ".log_id" || p.kin.focused || p.layout.kin > 0 {
		t.Errorf("at %s, context %v with %d lines", p.Path(), p.kin.focused, p.layout.kin)
	}
}

// A visit from the context goes on there: the same family, at the entry itself.
func TestContextGoesAlong(t *testing.T) {
	p := New()
	p.SetSize(118, 30)
	s := among(t, p, drawn)
	work(t, p)
	p.Step(1)
	do(p, views.Bottom)
	v := do(p, views.Open)().(views.Visit)
	i, _ := s.Snapshot().Find(v.Key)
	p.SetEntry(s.Snapshot().At(i))
	work(t, p)
	some := p.relatives()
	if !p.kin.focused || some[p.kin.cursor].key != v.Key || p.kin.family != "SAME PRINCIPAL" {
		t.Errorf("at %d of %s", p.kin.cursor, p.kin.family)
	}
}

func TestTimesOfTheContextFollowTheClock(t *testing.T) {
	p := New()
	p.SetSize(118, 30)
	s := among(t, p, drawn)
	work(t, p)
	zone := time.FixedZone("X", 3*3600)
	p.SetData(views.Data{Now: now, Clock: views.Clock{Mode: views.LocalTime, Zone: zone}, Store: s.Snapshot(), Find: find, Held: true})
	if got := screen(t, p); !strings.Contains(got, " 12:14:58 DeleteUser") || !strings.Contains(got, " TIME X ") {
		t.Errorf("not in local time:\n%s", got)
	}
}

// An entry that shares its log_id is shown together with the others that have it, also when they come later.
func TestTwins(t *testing.T) {
	p := New()
	p.SetSize(118, 30)
	s := among(t, p, drawn)
	work(t, p)
	if got := screen(t, p); strings.Contains(got, "SAME LOG_ID") {
		t.Errorf("it has no twin:\n%s", got)
	}
	s.Append([]audit.Entry{decoded(t, strings.Replace(drawn, `"DeleteUser"`, `"UpdateUser"`, 1), fromStream())})
	p.SetData(views.Data{Now: now, Store: s.Snapshot(), Find: find, Held: true})
	work(t, p)
	if got := screen(t, p); !strings.Contains(got, "SAME LOG_ID (2)") || !strings.Contains(got, "same log_id as another") {
		t.Errorf("the twin is not shown:\n%s", got)
	}
}
