package store_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
)

// crowd makes entries of some people from some addresses, i seconds after day each.
func crowd(r *rand.Rand, from, n int) []audit.Entry {
	var out []audit.Entry
	for i := from; i < from+n; i++ {
		who := r.IntN(7)
		e := audit.Entry{
			EmitTime: day.Add(time.Duration(i) * time.Second), LogID: fmt.Sprintf("%06d", i), Operation: []string{"UpdateUser", "DeleteUser", "UserLogin", "UpdateUserAPI"}[r.IntN(4)],
			Status: []string{"OK", "ERROR"}[r.IntN(2)], Target: []string{"", "a", "b"}[r.IntN(3)],
			Forwarded: []string{"", "10.0.0.1", "10.0.0.1, 10.9.9.9", " , 10.0.0.2"}[r.IntN(4)],
			Principal: audit.Principal{Type: "user", ID: fmt.Sprint("id", who), Name: fmt.Sprint("u", who), APIKeyID: []string{"", "key"}[r.IntN(2)]},
		}
		e.Raw = fmt.Sprintf(`{"log_id":%q}`, e.LogID)
		out = append(out, e)
	}
	return out
}

// counted counts rows one by one, by the principal's ID and whatever else.
func counted(rows []store.Row, by func(store.Row, audit.Entry) string) map[string]store.Sum {
	out := map[string]store.Sum{}
	for _, r := range rows {
		e := audit.Entry{Status: r.Status(), Operation: r.Operation(), Target: r.Target(), Forwarded: r.Forwarded()}
		k := by(r, e)
		if k == "" {
			continue
		}
		s := store.Sum{Entries: 1, First: r.Time().UnixNano(), Last: r.Time().UnixNano()}
		if r.Status() != "OK" {
			s.Errors = 1
		}
		out[k] = out[k].Add(s)
	}
	return out
}

// byID sums an activity by the principal's ID.
func byID(a *store.Activity) (sums map[string]store.Sum, groups []int32) {
	sums = map[string]store.Sum{}
	for code := range a.People() {
		if s := a.Of(code); s.Entries > 0 {
			id := a.Person(code).ID
			sums[id] = sums[id].Add(s)
		}
		var g int32
		if _, err := fmt.Sscanf(a.Person(code).ID, "id%d", &g); err != nil || g == 6 {
			g = -1
		}
		groups = append(groups, g)
	}
	return sums, groups
}

func TestActivityIsThatOfTheRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := store.New(store.Limits{MaxEntries: 9000})
	filter := store.Words(store.Operations, func(e *audit.Entry) bool { return e.Operation != "UserLogin" })
	var all, some *store.Activity
	var m *store.Matches
	next := 0
	for step := range 30 {
		switch step % 6 {
		case 4: // late ones come between
			late := crowd(r, next/2, 3)
			for i := range late {
				late[i].EmitTime, late[i].LogID = late[i].EmitTime.Add(time.Millisecond), late[i].LogID+fmt.Sprint("late", step)
				late[i].Raw = fmt.Sprintf(`{"log_id":%q}`, late[i].LogID)
			}
			s.Append(late)
		default:
			n := 1 + r.IntN(900)
			s.Append(crowd(r, next, n))
			next += n
		}
		snap := s.Snapshot()
		m = snap.Match(t.Context(), filter, m)
		all, some = snap.Activity(t.Context(), all), m.Activity(t.Context(), some)
		var matched []store.Row
		for i := range m.Len() {
			matched = append(matched, m.At(i))
		}
		for name, c := range map[string]struct {
			a    *store.Activity
			rows []store.Row
		}{"all": {all, rows(snap)}, "matches": {some, matched}} {
			got, groups := byID(c.a)
			id := func(r store.Row) string { return strings.Replace(r.Actor(), "u", "id", 1) }
			if want := counted(c.rows, func(r store.Row, _ audit.Entry) string { return id(r) }); !maps.Equal(got, want) {
				t.Fatalf("step %d, %s:\n%v, want\n%v", step, name, got, want)
			}
			if a := c.a.All(); a.Entries != len(c.rows) || a.First != c.rows[0].Time().UnixNano() || a.Last != c.rows[len(c.rows)-1].Time().UnixNano() {
				t.Errorf("step %d, %s: all %+v", step, name, a)
			}
			if step%7 == 0 {
				details(t, c.a, c.rows, groups)
			}
		}
	}
}

func details(t *testing.T, a *store.Activity, rows []store.Row, groups []int32) {
	t.Helper()
	from, width, n := a.All().First+int64(time.Minute), int64(11*time.Minute), 9
	got := a.Detail(t.Context(), store.Question{
		Groups: groups, Count: 6, From: from, Width: width, Buckets: n, Targets: true,
		Hour: func(at int64) int { return time.Unix(0, at).UTC().Hour() },
	})
	for g := range 6 {
		var own []store.Row
		var hours [24]store.Bucket
		buckets := make([]store.Bucket, n)
		for _, r := range rows {
			if r.Actor() != fmt.Sprint("u", g) {
				continue
			}
			own = append(own, r)
			wrong := 0
			if r.Status() != "OK" {
				wrong = 1
			}
			h := &hours[r.Time().Hour()]
			h.Entries, h.Errors = h.Entries+1, h.Errors+wrong
			if d := r.Time().UnixNano() - from; d >= 0 && d/width < int64(n) {
				b := &buckets[d/width]
				b.Entries, b.Errors = b.Entries+1, b.Errors+wrong
			}
		}
		for what, c := range map[string]struct {
			got []store.Tally
			by  func(store.Row, audit.Entry) string
		}{
			"operations": {got[g].Operations, func(_ store.Row, e audit.Entry) string { return audit.FoldOperation(e.Operation) }},
			"addresses":  {got[g].Addresses, func(_ store.Row, e audit.Entry) string { return e.ClientAddress() }},
			"targets":    {got[g].Targets, func(_ store.Row, e audit.Entry) string { return e.Target }},
		} {
			var want []store.Tally
			for k, s := range counted(own, c.by) {
				want = append(want, store.Tally{Text: k, Sum: s})
			}
			slices.SortFunc(want, func(a, b store.Tally) int { return cmp.Or(b.Entries-a.Entries, cmp.Compare(a.Text, b.Text)) })
			if !slices.Equal(c.got, want) {
				t.Errorf("u%d, %s: %v, want %v", g, what, c.got, want)
			}
		}
		if got[g].Hours != hours || !slices.Equal(got[g].Buckets, buckets) {
			t.Errorf("u%d: hours %v, want %v; buckets %v, want %v", g, got[g].Hours, hours, got[g].Buckets, buckets)
		}
	}
}

func TestDetailOfMorePairsThanATableHas(t *testing.T) {
	s := store.New(store.Limits{})
	s.Append(crowd(rand.New(rand.NewPCG(3, 4)), 0, 500))
	a := s.Snapshot().Activity(t.Context(), nil)
	_, groups := byID(a)
	few := a.Detail(t.Context(), store.Question{Groups: groups, Count: 6, Targets: true})
	many := a.Detail(t.Context(), store.Question{Groups: groups, Count: 1 << 20, Targets: true})
	for g := range few {
		if !slices.Equal(few[g].Operations, many[g].Operations) || !slices.Equal(few[g].Addresses, many[g].Addresses) || !slices.Equal(few[g].Targets, many[g].Targets) {
			t.Errorf("group %d: %v, of many %v", g, few[g], many[g])
		}
	}
}

func TestMeetingsAreTheFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		s := store.New(store.Limits{})
		batch := crowd(r, 0, 3000)
		for i := range batch {
			batch[i].Forwarded = fmt.Sprintf("10.0.0.%d, 10.1.1.1", int(r.ExpFloat64()*20))
		}
		s.Append(batch)
		snap := s.Snapshot()
		since := day.Add(time.Duration(r.IntN(3100)) * time.Second).UnixNano()
		_, groups := byID(snap.Activity(t.Context(), nil))
		got := snap.Meetings(t.Context(), groups, since)
		var want []store.Meeting
		seen := map[string]bool{}
		for _, r := range rows(snap) {
			var g int32
			if _, err := fmt.Sscanf(r.Actor(), "u%d", &g); err != nil || g == 6 {
				continue
			}
			e := audit.Entry{Forwarded: r.Forwarded()}
			k := r.Actor() + " " + e.ClientAddress()
			if at := r.Time().UnixNano(); !seen[k] && at >= since {
				want = append(want, store.Meeting{Group: g, Address: e.ClientAddress(), At: at})
			}
			seen[k] = true
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestLoaded(t *testing.T) {
	snap := full(5000)
	at := func(s int) int64 { return day.Add(time.Duration(s) * time.Second).UnixNano() }
	for _, c := range []struct {
		oldest, newest int64
		from, to       int
		ok             bool
	}{
		{0, at(9999), 0, 4999, true},
		{at(0), at(4999), 0, 4999, true},
		{at(100), at(4000), 100, 4000, true},
		{at(100) - 1, at(4000) + 1, 100, 4000, true},
		{at(5000), at(9999), 0, 0, false},
		{0, at(-1), 0, 0, false},
	} {
		from, to, ok := snap.Loaded(c.oldest, c.newest)
		if ok != c.ok || ok && (from != at(c.from) || to != at(c.to)) {
			t.Errorf("%v: %d to %d, %v", c, from, to, ok)
		}
	}
	if _, _, ok := store.New(store.Limits{}).Snapshot().Loaded(0, at(1)); ok {
		t.Error("an empty log has loaded something")
	}
}

func TestCountingStopsWhenCancelled(t *testing.T) {
	snap := full(5000)
	ctx, cancel := context.WithCancel(t.Context())
	a := snap.Activity(ctx, nil)
	cancel()
	if snap.Activity(ctx, nil) != nil || a.Detail(ctx, store.Question{}) != nil || snap.Meetings(ctx, nil, 0) != nil {
		t.Error("it counts on")
	}
}

func BenchmarkActivity(b *testing.B) {
	s := store.New(store.Limits{})
	r := rand.New(rand.NewPCG(7, 8))
	const n, people = 1_000_000, 30_000
	for from := 0; from < n; from += 100_000 {
		var batch []audit.Entry
		for i := from; i < from+100_000; i++ {
			who := int(r.ExpFloat64() * people / 10)
			batch = append(batch, audit.Entry{
				EmitTime: day.Add(time.Duration(i) * time.Second), LogID: fmt.Sprintf("%07d", i), Raw: fmt.Sprintf(`{"log_id":"%07d"}`, i),
				Operation: fmt.Sprint("Operation", who%60), Status: "OK", Target: fmt.Sprint("target", r.IntN(5000)),
				Forwarded: fmt.Sprintf("10.0.%d.%d, 10.0.0.1", who%256, r.IntN(4)),
				Principal: audit.Principal{Type: "user", ID: fmt.Sprint("id", who%people), Name: fmt.Sprintf("u%d@example.com", who%people)},
			})
		}
		s.Append(batch)
	}
	snap := s.Snapshot()
	a := snap.Activity(b.Context(), nil)
	m := snap.Match(b.Context(), store.All(), nil)
	some, each := make([]int32, a.People()), make([]int32, a.People())
	for i := range some {
		each[i] = int32(i)
		if some[i] = int32(i); i >= 40 {
			some[i] = -1
		}
	}
	question := store.Question{Groups: some, Count: 40, From: a.All().First, Width: (a.All().Last-a.All().First)/20 + 1, Buckets: 20}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			snap.Activity(b.Context(), nil)
		}
	})
	b.Run("matches", func(b *testing.B) {
		for b.Loop() {
			m.Activity(b.Context(), nil)
		}
	})
	b.Run("extended", func(b *testing.B) {
		for b.Loop() {
			snap.Activity(b.Context(), a)
		}
	})
	b.Run("detail of 40", func(b *testing.B) {
		for b.Loop() {
			a.Detail(b.Context(), question)
		}
	})
	b.Run("detail of each", func(b *testing.B) {
		q := question
		q.Groups, q.Count = each, len(each)
		for b.Loop() {
			a.Detail(b.Context(), q)
		}
	})
	b.Run("meetings of a day", func(b *testing.B) {
		for b.Loop() {
			snap.Meetings(b.Context(), each, a.All().Last-int64(24*time.Hour))
		}
	})
}

func TestActivityOfMatchesThatAreNotWhole(t *testing.T) {
	s := store.New(store.Limits{})
	s.Append(crowd(rand.New(rand.NewPCG(9, 10)), 0, 9000))
	snap := s.Snapshot()
	f := store.Rows(func(r store.Row) bool { return r.Operation() != "UserLogin" })
	some := snap.Newest(t.Context(), f, 10, time.Hour)
	if some.Whole() {
		t.Fatal("all was searched")
	}
	first := some.Activity(t.Context(), nil)
	if first.All().Entries != some.Len() {
		t.Errorf("%d entries of %d", first.All().Entries, some.Len())
	}
	all := snap.Match(t.Context(), f, some)
	if got := all.Activity(t.Context(), first).All().Entries; got != all.Len() {
		t.Errorf("%d entries of %d", got, all.Len())
	}
}
