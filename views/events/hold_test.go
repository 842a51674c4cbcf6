package events

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/views"
)

// timed makes an entry at a second of the morning.
func timed(id int, second int) audit.Entry {
	at := time.Date(2023, 11, 8, 8, 0, 0, 0, time.UTC).Add(time.Duration(second) * time.Second)
	return entry(fmt.Sprintf("id-%06d", id), at.Format("15:04:05"), fmt.Sprintf("Operation%d", id), "OK", "user1@example.com", fmt.Sprintf("target-%d", id), "203.0.113.7")
}

// alike makes an entry that repeats the others of its kind.
func alike(id, second, kind int) audit.Entry {
	e := timed(id, second)
	e.Operation, e.Target = fmt.Sprintf("Operation%d", kind), "target"
	return e
}

// What is held does not move, whatever arrives wherever: every row keeps its text and its place, the selected entry stays
// selected and in sight, and what arrived is counted.
func TestHeldViewNeverMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := 0
		layout := rapid.SampledFrom([]store.Layout{{}, {Fold: time.Minute}, {Gap: 5 * time.Minute}, {Fold: time.Minute, Gap: 5 * time.Minute}}).Draw(t, "layout")
		batch := func(name string, least int) []audit.Entry {
			var out []audit.Entry
			for _, second := range rapid.SliceOfN(rapid.IntRange(0, 3000), least, 60).Draw(t, name) {
				id++
				if layout != (store.Layout{}) {
					out = append(out, alike(id, second, rapid.IntRange(0, 6).Draw(t, "kind")/6))
					continue
				}
				out = append(out, timed(id, second))
			}
			return out
		}
		s := store.New(store.Limits{})
		s.Append(batch("entries", 1))
		p := New()
		p.SetSize(100, rapid.IntRange(2, 25).Draw(t, "height"))
		p.SetWraps(rapid.Bool().Draw(t, "wraps"))
		show := func() {
			d := views.Data{Now: now, Store: s.Snapshot()}
			if layout != (store.Layout{}) {
				d.Lines = d.Store.Lines(context.Background(), layout, nil, nil)
			}
			p.SetData(d)
		}
		show()

		motions := []views.Action{
			views.Up, views.Down, views.PageUp, views.PageDown, views.HalfUp, views.HalfDown, views.Top, views.Right, views.Bytes,
		}
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range rapid.IntRange(0, 5).Draw(t, "motions") {
				p.Update(views.Act{Action: rapid.SampledFrom(motions).Draw(t, "motion"), Count: rapid.IntRange(1, 4).Draw(t, "count")})
				if at := p.slots[p.row]; at.gap > 0 || at.at != p.cursor {
					t.Fatalf("%+v is selected at %d", at, p.cursor)
				}
			}
			p.Hold()
			before, row := frame(p), p.row
			chosen, _ := p.Selected()
			news := p.News()
			added := 0
			for range rapid.IntRange(1, 4).Draw(t, "batches") {
				b := batch("arrivals", 0)
				added += len(b)
				s.Append(b)
				show()
			}
			if !p.Held() || p.News() != news+uint64(added) {
				t.Fatalf("held %t, %d new, want %d more than %d", p.Held(), p.News(), added, news)
			}
			if got, _ := p.Selected(); got.LogID() != chosen.LogID() || p.row != row {
				t.Fatalf("%s on row %d is selected, was %s on row %d", got.LogID(), p.row, chosen.LogID(), row)
			}
			notice, counted := p.notice()
			if line := 1 + p.row*p.tall(); counted && notice >= line && notice < line+p.tall() && p.height > 1+p.tall() {
				t.Fatalf("the counting line hides the selected entry")
			}
			after := frame(p)
			for y := range before {
				if y != 0 && (!counted || y != notice) && before[y] != after[y] {
					t.Fatalf("line %d was %q, is %q", y, before[y], after[y])
				}
			}
		}

		// One step is one step from what is read, whatever came between, and it is in sight.
		at := p.cursor
		p.Update(views.Act{Action: views.Up, Count: 1})
		want := max(at-1, 0)
		if p.gap(want) > 0 {
			want--
		}
		if p.cursor != want || p.row >= len(p.slots) || p.slots[p.row].at != p.cursor {
			t.Fatalf("up from %d: %d, on row %d", at, p.cursor, p.row)
		}
		for i := 1; i < len(p.slots); i++ {
			if p.slots[i].at != p.slots[i-1].at+1 {
				t.Fatalf("after a motion the view has a hole before row %d", i)
			}
		}
		p.Update(views.Act{Action: views.Hold, Count: 1})
		if p.Held() || p.News() != 0 || p.cursor != p.count()-1 {
			t.Fatal("the hold key does not follow again")
		}
	})
}

// frame is the view by lines, for rapid, which has no helpers.
func frame(p *Pane) []string {
	var out []string
	line := []byte{}
	for _, c := range []byte(p.View()) {
		if c == '\n' {
			out = append(out, string(line))
			line = line[:0]
			continue
		}
		line = append(line, c)
	}
	return append(out, string(line))
}

func TestFiveHundredArriveWhileHeld(t *testing.T) {
	p, s := shown(80, 24, append(morning(), later(60)...)...)
	do(p, views.PageUp, views.Up)
	before, top, chosen, row := lines(t, p), p.slots[0].key.LogID, selected(t, p), p.row
	var arrivals []audit.Entry
	for i := range 500 {
		arrivals = append(arrivals, timed(i, 3600+i*10))
	}
	add(p, s, arrivals...)
	if p.slots[0].key.LogID != top || selected(t, p) != chosen || p.row != row {
		t.Error("what is read moved")
	}
	if p.News() != 500 {
		t.Errorf("%d new", p.News())
	}
	after := lines(t, p)
	if !slices.Equal(before[:23], after[:23]) {
		t.Errorf("the view changed:\n%q\n%q", before, after)
	}
	do(p, views.Bottom)
	if p.Held() || p.News() != 0 {
		t.Error("G does not follow")
	}
	newest := s.Snapshot().At(s.Snapshot().Len() - 1)
	if got := selected(t, p); got != newest.LogID() {
		t.Errorf("%s is selected, not the newest", got)
	}
}

func TestEvictionWhileHeld(t *testing.T) {
	s := store.New(store.Limits{MaxEntries: 30})
	p := New()
	p.SetSize(80, 11)
	show := func() { p.SetData(views.Data{Now: now, Store: s.Snapshot()}) }
	for i := range 30 {
		s.Append([]audit.Entry{timed(i, i)})
	}
	show()
	do(p, views.Top)
	p.Move(5)
	before := lines(t, p)
	s.Append([]audit.Entry{timed(100, 100), timed(101, 101), timed(102, 102)})
	show()
	after := lines(t, p)
	if !slices.Equal(before[:10], after[:10]) {
		t.Errorf("rows that were evicted while they are read went away:\n%q\n%q", before, after)
	}
	if got := selected(t, p); got != "id-000005" || p.row != 5 {
		t.Errorf("%s is selected on row %d", got, p.row)
	}
	// The selected entry itself goes: the nearest takes its place.
	s.Append([]audit.Entry{timed(103, 103), timed(104, 104), timed(105, 105), timed(106, 106)})
	show()
	lines(t, p)
	if got := selected(t, p); got != "id-000007" || !p.Held() {
		t.Errorf("%s is selected, held %t", got, p.Held())
	}
	for i := range p.slots {
		if p.slots[i].gone {
			t.Errorf("row %d is still that of an evicted entry", i)
		}
	}
	// A gone row cannot be clicked, moving forgets it, and nothing of it is drawn in a pane of another size.
	s.Append([]audit.Entry{timed(107, 107)})
	show()
	p.SetSize(70, 11)
	lines(t, p)
}

func TestEverythingIsEvicted(t *testing.T) {
	s := store.New(store.Limits{MaxEntries: 5})
	p := New()
	p.SetSize(80, 11)
	for i := range 5 {
		s.Append([]audit.Entry{timed(i, i)})
	}
	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
	do(p, views.Up, views.Up)
	for i := range 50 {
		s.Append([]audit.Entry{timed(100+i, 100+i)})
		p.SetData(views.Data{Now: now, Store: s.Snapshot()})
		lines(t, p)
	}
	if got := selected(t, p); got != "id-000145" || p.News() != 50 {
		t.Errorf("%s is selected, %d new", got, p.News())
	}
	another := store.New(store.Limits{})
	another.Append([]audit.Entry{timed(1, 1)})
	p.SetData(views.Data{Now: now, Store: another.Snapshot()})
	lines(t, p)
	if got := selected(t, p); got != "id-000001" || p.News() != 0 {
		t.Errorf("of another log %s is selected, %d new", got, p.News())
	}
	p.SetData(views.Data{Now: now, Store: store.New(store.Limits{}).Snapshot()})
	lines(t, p)
	if _, ok := p.Selected(); ok || p.Held() || p.News() != 0 {
		t.Error("an empty log holds something")
	}
}

func TestSelectionSurvivesAPaneWithoutRows(t *testing.T) {
	p, s := shown(80, 24, morning()...)
	do(p, views.Up, views.Up, views.Up)
	chosen := selected(t, p)
	p.SetSize(0, 0)
	add(p, s, timed(1, 1), timed(2, 2))
	p.SetSize(80, 1)
	add(p, s, timed(3, 3))
	p.SetSize(80, 24)
	if got := selected(t, p); got != chosen || !p.Held() || p.News() != 3 {
		t.Errorf("%s is selected, was %s; held %t, %d new", got, chosen, p.Held(), p.News())
	}
}
