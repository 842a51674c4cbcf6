package store_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/store"
)

// act is an entry of which much can repeat. Late ones took an hour to arrive, undated ones have no time of their own.
func act(d *audit.Decoder, at time.Time, id, operation, user, status string, late, undated bool) audit.Entry {
	arrived, emitted := at.Add(time.Minute), fmt.Sprintf(`"emit_time":%q,`, at.Format(time.RFC3339Nano))
	if late {
		arrived = at.Add(time.Hour)
	}
	if undated {
		arrived, emitted = at, ""
	}
	raw := fmt.Sprintf(`{%s"operation":%q,"status":%q,"log_id":%q,"principal":{"type":"user","name":%q}}`, emitted, operation, status, id, user)
	return decodedBy(d, raw, audit.Origin{Source: "test", Part: "shard-1", Position: "7", Arrived: arrived})
}

// plainLine is a line as it is found by looking at every entry.
type plainLine struct {
	row int           // of the entries that are listed
	gap time.Duration // that it tells of; 0: it is an entry's
	run store.Run
}

// plainLines lays out entries one by one.
func plainLines(list []store.Row, l store.Layout, apart *store.Matches, opened map[store.Key]bool) []plainLine {
	type run struct{ from, to int }
	var runs []run
	alone := func(r store.Row) bool {
		return !r.Dated() || r.Flags()&(store.Rescued|store.Conflict|store.Resent) != 0 || r.Arrived().Sub(r.Time()) > 20*time.Minute
	}
	told := func(r store.Row) bool { return apart != nil && apart.Has(r.Key()) }
	for i, r := range list {
		if n := len(runs) - 1; n >= 0 && l.Fold > 0 {
			f := list[runs[n].from]
			like := f.Operation() == r.Operation() && f.Actor() == r.Actor() && f.Status() == r.Status() && f.Target() == r.Target()
			if like && !alone(f) && !alone(r) && told(f) == told(r) && r.Time().Sub(f.Time()) <= l.Fold {
				runs[n].to++
				continue
			}
		}
		runs = append(runs, run{i, i + 1})
	}
	var lines []plainLine
	last := -1
	for _, n := range runs {
		open := false
		for i := n.from; i < n.to; i++ {
			open = open || opened[list[i].Key()]
		}
		open = open && n.to-n.from > 1
		for i := n.from; i < n.to; i++ {
			if r := list[i]; r.Dated() {
				if last >= 0 && l.Gap > 0 && r.Time().Sub(list[last].Time()) > l.Gap {
					lines = append(lines, plainLine{row: i, gap: r.Time().Sub(list[last].Time()), run: store.Run{Entries: n.to - n.from, Nth: i - n.from, Open: open}})
				}
				last = i
			}
			if i == n.from || open {
				lines = append(lines, plainLine{row: i, run: store.Run{Entries: n.to - n.from, Nth: i - n.from, Open: open}})
			}
		}
	}
	return lines
}

// Lines are those that looking at every entry gives, whatever arrived in which order, whatever the filter, whatever was opened, and however
// much was known before.
func TestLinesAreThePlainOnes(t *testing.T) {
	var folded, gap, reopened, long int
	d := audit.NewDecoder()
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(store.Limits{MaxEntries: rapid.SampledFrom([]int{0, 4500}).Draw(t, "limit")})
		layout := store.Layout{
			Fold: rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(t, "fold"),
			Gap:  rapid.SampledFrom([]time.Duration{0, 30 * time.Minute}).Draw(t, "gap"),
		}
		at, id := day, 0
		add := func(n int, where time.Time, step time.Duration) {
			var batch []audit.Entry
			for range n {
				kind := rapid.IntRange(0, 30).Draw(t, "kind")
				batch = append(batch, act(d, where, fmt.Sprint(id), []string{"UpdateUser", "DeleteUser"}[min(kind/28, 1)], "u1@example.com",
					[]string{"OK", "ERROR"}[kind/30], kind == 3, kind == 4))
				id++
				where = where.Add(step)
			}
			s.Append(batch)
		}
		burst := func(n int) {
			var batch []audit.Entry
			for range n {
				batch = append(batch, act(d, at, fmt.Sprint(id), "UpdateUser", "u1@example.com", "OK", false, false))
				id++
				at = at.Add(10 * time.Millisecond)
			}
			s.Append(batch)
		}
		var f *store.Filter
		if rapid.Bool().Draw(t, "filtered") {
			f = store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation == "UpdateUser" })
		}
		aside := f != nil && rapid.Bool().Draw(t, "aside")
		var old *store.Lines
		var matches *store.Matches
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				add(rapid.IntRange(1, 40).Draw(t, "n"), at, time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds"))*time.Second)
				at = at.Add(time.Duration(rapid.IntRange(20, 90).Draw(t, "minutes")) * time.Minute)
			case 1:
				burst(rapid.IntRange(1, 2600).Draw(t, "burst"))
			case 2:
				add(1, day.Add(time.Duration(rapid.IntRange(0, int(at.Sub(day)/time.Second)).Draw(t, "back"))*time.Second), 0)
			case 3:
				at = at.Add(3 * time.Hour)
				burst(3)
			}
			snap := s.Snapshot()
			var list []store.Row
			var lines *store.Lines
			var apart *store.Matches
			if f != nil {
				matches = snap.Match(t.Context(), f, matches)
			}
			if f != nil && !aside {
				for i := range matches.Len() {
					list = append(list, matches.At(i))
				}
				lines = matches.Lines(t.Context(), layout, old)
			} else {
				list = rows(snap)
				apart = matches
				lines = snap.Lines(t.Context(), layout, apart, old)
			}
			old = lines
			opened := map[store.Key]bool{}
			var keys []store.Key
			for range rapid.IntRange(0, 3).Draw(t, "opened") {
				if len(list) > 0 {
					k := list[rapid.IntRange(0, len(list)-1).Draw(t, "which")].Key()
					keys, opened[k] = append(keys, k), true
				}
			}
			lines = lines.Open(keys)
			want := plainLines(list, layout, apart, opened)
			if lines.Len() != len(want) {
				t.Fatalf("%d lines of %d entries, not %d", lines.Len(), len(list), len(want))
			}
			sum := 0
			for i, w := range want {
				r := list[w.row]
				if !lines.At(i).Is(r.Key()) || lines.Gap(i) != w.gap || lines.Entry(i) != w.row || lines.Run(i) != w.run {
					t.Fatalf("line %d is of entry %d after %s, %+v; not of %d after %s, %+v", i, lines.Entry(i), lines.Gap(i), lines.Run(i), w.row, w.gap, w.run)
				}
				if w.gap > 0 {
					gap++
					continue
				}
				if w.run.Open || w.run.Entries == 1 {
					sum++
				} else {
					folded++
					sum += w.run.Entries
				}
				if w.run.Open {
					reopened++
				}
				if w.run.Entries > 2048 {
					long++
				}
				if n, ok := lines.Find(r.Key()); n != i || !ok {
					t.Fatalf("the entry of line %d is found at %d, %t", i, n, ok)
				}
				// What has no line of its own is found at the one that stands for it.
				if hidden := w.row + w.run.Entries - 1; w.run.Entries > 1 && !w.run.Open {
					if n, ok := lines.Find(list[hidden].Key()); n != i || ok {
						t.Fatalf("an entry folded into line %d is found at %d, %t", i, n, ok)
					}
				}
			}
			if sum != len(list) {
				t.Fatalf("the lines stand for %d entries of %d", sum, len(list))
			}
			for range 5 {
				if len(want) == 0 {
					break
				}
				from, n := rapid.IntRange(0, len(want)-1).Draw(t, "from"), rapid.IntRange(-9, 9).Draw(t, "move")
				to := from
				for want[to].gap > 0 {
					to++
				}
				for left := n; left != 0; {
					next := to + max(min(left, 1), -1)
					if next < 0 || next >= len(want) {
						break
					}
					if to = next; want[to].gap == 0 {
						left -= max(min(left, 1), -1)
					}
				}
				if got := lines.Move(from, n); got != to {
					t.Fatalf("%d entries on from line %d is line %d, not %d", n, from, got, to)
				}
			}
			if n, ok := lines.Find(store.Key{Time: 1 << 62}); n != lines.Len() || ok {
				t.Fatalf("what is behind all is found at %d of %d, %t", n, lines.Len(), ok)
			}
		}
	})
	if folded == 0 || gap == 0 || reopened == 0 || long == 0 {
		t.Errorf("%d folded, %d gaps, %d opened, %d long: not all was tried", folded, gap, reopened, long)
	}
}

// The sentence of the feature: within 60 seconds of the first, and more than 30 minutes apart.
func TestLinesOfMinutes(t *testing.T) {
	d := audit.NewDecoder()
	s := store.New(store.Limits{})
	second := func(n int, operation, user, status string) {
		s.Append([]audit.Entry{act(d, day.Add(time.Duration(n)*time.Second), fmt.Sprint(n), operation, user, status, false, false)})
	}
	for _, n := range []int{0, 30, 60, 61} {
		second(n, "UpdateUser", "a", "OK")
	}
	second(62, "UpdateUser", "b", "OK")
	second(63, "UpdateUser", "b", "ERROR")
	second(64, "DeleteUser", "b", "ERROR")
	second(64+1800, "DeleteUser", "b", "OK")
	second(64+3601, "DeleteUser", "b", "OK")
	lines := s.Snapshot().Lines(t.Context(), store.Layout{Fold: time.Minute, Gap: 30 * time.Minute}, nil, nil)
	var got []string
	for i := range lines.Len() {
		if g := lines.Gap(i); g > 0 {
			got = append(got, g.String())
			continue
		}
		got = append(got, fmt.Sprintf("%s x%d", lines.At(i).LogID(), lines.Run(i).Entries))
	}
	want := []string{"0 x3", "61 x1", "62 x1", "63 x1", "64 x1", "1864 x1", "30m1s", "3665 x1"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func BenchmarkLines(b *testing.B) {
	d := audit.NewDecoder()
	s := store.New(store.Limits{})
	const n = 100_000
	batch := make([]audit.Entry, 0, n)
	for i := range n {
		batch = append(batch, madeBy(d, day.Add(time.Duration(i)*20*time.Second), fmt.Sprint(i), []string{"UpdateUser", "DeleteUser"}[i/3%2], 0))
	}
	s.Append(batch)
	snap := s.Snapshot()
	layout := store.Layout{Fold: time.Minute, Gap: 30 * time.Minute}
	for _, old := range []*store.Lines{nil, snap.Lines(b.Context(), layout, nil, nil)} {
		name := "anew"
		if old != nil {
			name = "again"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				snap.Lines(b.Context(), layout, nil, old)
			}
		})
	}
}
