package timeline

import (
	"context"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// anyEntries draws entries: mostly of one day, some far from it, some without a time.
func anyEntries(t *rapid.T, name string) []audit.Entry {
	var out []audit.Entry
	for range rapid.IntRange(0, 60).Draw(t, name) {
		at := now.Add(-time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(t, "ago")))
		switch rapid.IntRange(0, 30).Draw(t, "kind") {
		case 0:
			at = time.Time{}
		case 1:
			at = time.Date(rapid.IntRange(1701, 2199).Draw(t, "year"), 7, 1, 0, 0, 0, 0, time.UTC)
		}
		id := rapid.StringMatching(`[a-z]{6}`).Draw(t, "id")
		out = append(out, made(id, at, rapid.SampledFrom([]string{"OK", "OK", "ERROR"}).Draw(t, "status")))
	}
	return out
}

// Whatever arrives, is filtered, zoomed and chosen: bars and ends together are the entries that are meant, what is counted anew is what is
// counted from scratch, and what is selected is what its filter finds.
func TestSumsAreThoseOfTheEntries(t *testing.T) {
	zones := []*time.Location{time.UTC, local(t, "Europe/Berlin"), local(t, "Asia/Kathmandu")}
	actions := []views.Action{
		views.ZoomIn, views.ZoomOut, views.Left, views.Right, views.Wrap, views.PrevBlock, views.Top, views.Bottom, views.Select,
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := shown(t, 80, 1, made("first", now, "OK"))
		b.store = store.New(store.Limits{MaxEntries: rapid.SampledFrom([]int{0, 70}).Draw(rt, "limit")})
		b.add(append(anyEntries(rt, "entries"), made("first", now, "OK"))...)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 7).Draw(rt, "step") {
			case 0, 1:
				b.add(anyEntries(rt, "more")...)
			case 2:
				b.hold(!b.data.Held)
			case 3:
				b.filter(rapid.SampledFrom([]string{"", "is:error", "status:OK", "time:2023-11-08"}).Draw(rt, "filter"))
			case 4:
				b.SetFocus(!b.focused)
				b.work()
			case 5:
				b.SetSize(rapid.SampledFrom([]int{60, 80, 120, 200, 300}).Draw(rt, "width"), rapid.IntRange(1, 6).Draw(rt, "height"))
				b.work()
			case 6:
				b.selectAt(rapid.IntRange(0, max(b.data.Rows().Len()-1, 0)).Draw(rt, "row"))
			case 7:
				b.data.Clock = views.Clock{Mode: views.ClockMode(rapid.IntRange(0, 2).Draw(rt, "mode")), Zone: rapid.SampledFrom(zones).Draw(rt, "zone")}
				b.feed()
			}
			for range rapid.IntRange(0, 4).Draw(rt, "keys") {
				b.do(rapid.SampledFrom(actions).Draw(rt, "key"))
			}
			sums(rt, b)
			screen(rt, b)
			c := b.done
			same := c.want
			same.still, same.before = c.stretch, c.lead
			afresh := count(t.Context(), same, nil, now)
			if !slices.Equal(afresh.bars, c.bars) || afresh.stretch != c.stretch || afresh.earlier != c.earlier || afresh.later != c.later {
				rt.Fatalf("counted on %v, afresh %v", c.bars, afresh.bars)
			}
			if b.picking {
				foundBy(rt, b)
			}
		}
	})
}

// foundBy holds the filter of a selection to what the selection has.
func foundBy(t checker, b *bench) {
	t.Helper()
	from, to := b.selection()
	want := rank(b.done.dated, to) - rank(b.done.dated, from)
	q, err := query.Parse(term(from, to))
	if err != nil {
		t.Fatal(err)
	}
	rows := b.data.Rows()
	if b.data.Matches != nil {
		rows = b.data.Matches
	}
	got, env := 0, &query.Env{Now: now}
	for i := range rows.Len() {
		e := rows.At(i).Entry()
		if q.Match(&e, env) {
			got++
		}
	}
	if got != want {
		t.Fatalf("%s finds %d, selected are %d", term(from, to), got, want)
	}
}

func TestLateEntriesStandInTheirOwnMinute(t *testing.T) {
	b := shown(t, 120, 4, morning()...)
	minute := func() store.Bucket { return b.done.bars[b.done.bar(entry(0, "08:30:00").EmitTime.UnixNano())] }
	if minute().Entries != 0 {
		t.Fatal("there is one already")
	}
	late := entry(100, "08:30:20 ERROR")
	late.Origin.Arrived = now
	b.add(late)
	if got := minute(); got != (store.Bucket{Entries: 1, Errors: 1}) {
		t.Errorf("its minute has %v", got)
	}
}

func TestOnlyTheTailIsCountedAgain(t *testing.T) {
	b := shown(t, 80, 1, evenly(0, now.Add(-24*time.Hour), 20*time.Second, 4000)...)
	old := b.done
	b.store.Append(evenly(5000, now.Add(-24*time.Hour+4000*20*time.Second), 20*time.Second, 30))
	snap := b.store.Snapshot()
	if n := snap.Common(old.dated.Snapshot()); n != 4000 {
		t.Fatalf("%d entries are the same, want 4000", n)
	}
	c := count(t.Context(), want{store: snap, aim: old.aim}, nil, now)
	if n := c.reuse(old, 4000, snap); n < c.n-3 {
		t.Errorf("%d of %d bars are kept", n, c.n)
	}
	// One of another filter, or after a change in the middle, says nothing of them.
	b.store.Append([]audit.Entry{made("late", now.Add(-24*time.Hour+time.Second), "OK")})
	if n := b.store.Snapshot().Common(snap); n != 0 {
		t.Errorf("%d entries before a late one are the same, want none of its chunk", n)
	}
}

func TestWhatIsNotWantedAnyMoreIsDropped(t *testing.T) {
	b := shown(t, 80, 1, morning()...)
	shownFirst := b.done
	b.store.Append(entries("09:24:00"))
	b.data.Store = b.store.Snapshot()
	b.SetData(b.data)
	cmd := b.Work(t.Context())
	if cmd == nil || b.Work(t.Context()) != nil {
		t.Fatal("it does not count once for new data")
	}
	b.data.Filter++
	b.data.Matches = find(t, b.data.Store, query.Query{})
	b.SetData(b.data)
	b.run(cmd())
	if b.done != shownFirst {
		t.Error("a count of an earlier filter is shown")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd = b.Work(ctx)
	b.run(cmd())
	if b.done != shownFirst || b.counting {
		t.Error("a cancelled count is shown or waited for")
	}
	b.work()
	if b.done == shownFirst || b.Work(t.Context()) != nil {
		t.Error("the count is not caught up, or never ends")
	}
}

func TestZoom(t *testing.T) {
	b := shown(t, 80, 1, evenly(0, now.Add(-24*time.Hour), 97*time.Second, 880)...)
	whole := b.done.stretch
	var widths []string
	for range 7 {
		b.do(views.ZoomIn)
		widths = append(widths, widthName(b.done.stretch.width))
		if b.done.later != 0 {
			t.Errorf("at %s a view that follows does not have the newest", widthName(b.done.stretch.width))
		}
		sums(t, b)
	}
	if want := []string{"15m", "5m", "1m", "15s", "5s", "1s", "1s"}; !slices.Equal(widths, want) {
		t.Errorf("%v, want %v", widths, want)
	}
	b.add(evenly(1000, now, time.Second, 30)...)
	if b.done.later != 0 {
		t.Error("the view does not follow")
	}
	b.hold(true)
	still := b.done.stretch
	b.add(evenly(2000, now.Add(time.Minute), time.Second, 300)...)
	if b.done.stretch != still || b.done.later != 300 {
		t.Errorf("a held view moves from %v to %v, %d later", still, b.done.stretch, b.done.later)
	}
	b.selectAt(100)
	if t0 := b.row.Time().UnixNano(); t0 < b.done.from || t0 >= b.done.to() {
		t.Error("the selected entry is out of sight")
	}
	for range 9 {
		b.do(views.ZoomOut)
		if t0 := b.row.Time().UnixNano(); t0 < b.done.from || t0 >= b.done.to() {
			t.Error("the selected entry is out of sight")
		}
	}
	if b.width != 0 || b.done.earlier+b.done.later != 0 || b.done.stretch.from != whole.from {
		t.Errorf("zoomed out it shows %v, before %v", b.done.stretch, whole)
	}
}

func FuzzPane(f *testing.F) {
	f.Add(80, 1, int64(60), uint8(20), []byte("zZvhlbwgG"))
	f.Add(200, 5, int64(1<<40), uint8(200), []byte("vhhhz{}"))
	f.Add(0, 0, int64(-1), uint8(3), []byte("zzzz"))
	keys := map[byte]views.Action{
		'z': views.ZoomIn, 'Z': views.ZoomOut, 'h': views.Left, 'l': views.Right, 'b': views.PrevBlock, 'w': views.Wrap,
		'g': views.Top, 'G': views.Bottom, '{': views.PrevInside, '}': views.NextInside, 'o': views.Open, 'v': views.Select,
	}
	f.Fuzz(func(t *testing.T, w, h int, every int64, n uint8, acts []byte) {
		w, h = w%400, h%60
		b := shown(t, w, h, evenly(0, now, time.Duration(every), int(n))...)
		b.SetTheme(b.theme.WithGlyphs(every%2 == 0))
		for _, k := range acts[:min(len(acts), 40)] {
			switch k {
			case 'v':
				b.SetFocus(true)
			case 'q':
				b.SetFocus(false)
			case ' ':
				b.hold(!b.data.Held)
			case 'm':
				b.run(tea.MouseClickMsg{X: w / 2, Y: 0, Button: tea.MouseLeft})
				b.run(tea.MouseMotionMsg{X: h, Y: w})
				b.run(tea.MouseWheelMsg{X: w / 3, Button: tea.MouseWheelUp})
			case 'a':
				b.add(evenly(300, now.Add(-time.Duration(every)), time.Duration(every), 7)...)
			}
			if a, ok := keys[k]; ok {
				b.do(a)
			}
			b.work()
			screen(t, b)
			b.Summary(max(w, 0))
		}
	})
}

func TestBarsThatRushByAreCountedOnceASecond(t *testing.T) {
	b := shown(t, 80, 1, morning()...)
	first := b.done
	later := func(d time.Duration, times ...string) {
		b.data.Now = b.data.Now.Add(d)
		b.add(entries(times...)...)
	}
	later(300*time.Millisecond, "09:24:00", "09:24:01")
	if b.done != first {
		t.Error("it counts three times a second")
	}
	later(700 * time.Millisecond)
	if b.done == first {
		t.Error("it does not count when the clock ticks")
	}
	sums(t, b)
	later(300 * time.Millisecond)
	b.filter("is:error")
	sums(t, b)
	b.data.Clock.Still = true
	b.feed()
	later(300*time.Millisecond, "09:24:10 ERROR")
	sums(t, b)
}

func TestMatchesThatAreNotWholeAreNotCounted(t *testing.T) {
	b := shown(t, 80, 1, evenly(0, now.Add(-24*time.Hour), 20*time.Second, 4000)...)
	all := b.done
	f := store.Rows(func(r store.Row) bool { return r.Status() != "OK" })
	part := b.data.Store.Newest(t.Context(), f, 1, time.Hour)
	if part == nil || part.Whole() {
		t.Fatal("all was searched at once")
	}
	b.data.Matches = part
	b.data.Filter++
	b.SetData(b.data)
	b.work()
	if b.done != all {
		t.Error("what is found of the end alone is shown as all")
	}
	b.data.Matches = b.data.Store.Match(t.Context(), f, part)
	b.SetData(b.data)
	b.work()
	sums(t, b)
}

func TestThePictureSeldomChangesAsAWholeWhileItGrows(t *testing.T) {
	b := shown(t, 80, 1, evenly(0, now, time.Minute, 50)...)
	changes := 0
	for i := range 40 {
		before := b.done.stretch
		b.add(evenly(1000+50*i, now.Add(time.Duration(50*(i+1))*time.Minute), time.Minute, 50)...)
		if s := b.done.stretch; s.width != before.width {
			changes++
		}
		if n := b.done.n; n < b.done.room/4 || n > b.done.room {
			t.Errorf("%d bars in the room for %d", n, b.done.room)
		}
		sums(t, b)
	}
	if changes > 8 {
		t.Errorf("the width of bars changes %d times while the range grows forty times", changes)
	}
}
