package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/store"
)

var day = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// made builds an entry whose raw bytes decode to it.
func made(at time.Time, id, operation string, version int32) audit.Entry {
	return madeBy(audit.NewDecoder(), at, id, operation, version)
}

// madeBy is made with a decoder that many entries can have, which takes a fraction of the time.
func madeBy(d *audit.Decoder, at time.Time, id, operation string, version int32) audit.Entry {
	raw := fmt.Sprintf(`{"emit_time":%q,"operation":%q,"status":"OK","version":%d,"log_id":%q,"principal":{"type":"user","name":"u%d@example.com"}}`,
		at.Format(time.RFC3339Nano), operation, version, id, len(id)%3)
	return decodedBy(d, raw, audit.Origin{Source: "test", Part: "shard-1", Position: "7", Arrived: at.Add(time.Minute)})
}

func decoded(raw string, o audit.Origin) audit.Entry { return decodedBy(audit.NewDecoder(), raw, o) }

func decodedBy(d *audit.Decoder, raw string, o audit.Origin) audit.Entry {
	entries, bad := d.Decode([]byte(raw), o)
	if len(entries) != 1 || len(bad) != 0 {
		panic(fmt.Sprintf("%s gave %d entries, bad %v", raw, len(entries), bad))
	}
	return entries[0]
}

func rows(s *store.Snapshot) []store.Row {
	out := make([]store.Row, s.Len())
	for i := range out {
		out[i] = s.At(i)
	}
	return out
}

func logIDs(s *store.Snapshot) []string {
	var ids []string
	for _, r := range rows(s) {
		ids = append(ids, r.LogID())
	}
	return ids
}

func TestAppendOrdersByTimeThenLogID(t *testing.T) {
	s := store.New(store.Limits{})
	s.Append([]audit.Entry{made(day.Add(3*time.Second), "c", "UpdateUser", 0), made(day.Add(time.Second), "a", "UpdateUser", 0)})
	s.Append([]audit.Entry{made(day.Add(2*time.Second), "b2", "UpdateUser", 0), made(day.Add(2*time.Second), "b1", "UpdateUser", 0)})
	s.Append([]audit.Entry{made(day, "0", "UpdateUser", 0), made(day.Add(4*time.Second), "d", "UpdateUser", 0)})
	if got, want := logIDs(s.Snapshot()), []string{"0", "a", "b1", "b2", "c", "d"}; !slices.Equal(got, want) {
		t.Fatalf("order %v, want %v", got, want)
	}
}

func TestRowTellsTheEntry(t *testing.T) {
	e := made(day, "x", "CreateNamespaceAPI", 2)
	s := store.New(store.Limits{})
	s.Append([]audit.Entry{e})
	r := s.Snapshot().At(0)
	if got := r.Entry(); got != e {
		t.Errorf("Entry() = %+v, want %+v", got, e)
	}
	if r.Operation() != e.Operation || r.Status() != "OK" || r.Actor() != e.Actor() || r.PrincipalType() != "user" ||
		r.Raw() != e.Raw || !r.Time().Equal(e.EmitTime) || r.Origin() != e.Origin || !r.Dated() {
		t.Errorf("row does not tell the entry: %+v", r)
	}
}

func TestCopiesAreOneEntry(t *testing.T) {
	a := made(day, "same", "UpdateUser", 1)
	b := made(day, "same", "UpdateUser", 2)
	for name, batches := range map[string][][]audit.Entry{
		"in one batch":             {{a, b, a}},
		"the higher version first": {{b}, {a}, {a}},
		"the lower version first":  {{a}, {b}, {a}},
	} {
		t.Run(name, func(t *testing.T) {
			s := store.New(store.Limits{})
			total := store.Added{}
			for _, batch := range batches {
				added := s.Append(batch)
				total.New += added.New
				total.Duplicates += added.Duplicates
				total.Replaced += added.Replaced
			}
			snap := s.Snapshot()
			if snap.Len() != 1 || snap.Arrived() != 1 {
				t.Fatalf("holds %d entries, arrived %d, want 1 and 1", snap.Len(), snap.Arrived())
			}
			if got := snap.At(0).Raw(); got != b.Raw {
				t.Errorf("kept %s, want the highest version", got)
			}
			if total.New != 1 || total.Duplicates+total.Replaced != 2 || int64(total.Duplicates) != snap.Duplicates() {
				t.Errorf("added %+v, snapshot counts %d duplicates", total, snap.Duplicates())
			}
		})
	}
}

func TestCopiesLeaveASign(t *testing.T) {
	var all []audit.Entry
	for i := range 5000 {
		all = append(all, made(day.Add(time.Duration(i)*time.Second), fmt.Sprintf("%05d", i), "UpdateUser", 0))
	}
	s := store.New(store.Limits{})
	s.Append(all)
	before := s.Snapshot()
	var some []audit.Entry
	for i := 100; i < 4900; i += 3 {
		some = append(some, all[i])
	}
	s.Append(some)
	s.Append(append(some[:100:100], some[:100]...))
	s.Append([]audit.Entry{made(day.Add(-time.Hour), "twice", "UpdateUser", 0), made(day.Add(-time.Hour), "twice", "UpdateUser", 0)})
	for i, r := range rows(s.Snapshot()) {
		i--
		want := i < 0 || i >= 100 && i < 4900 && (i-100)%3 == 0
		if got := r.Flags()&store.Repeated != 0; got != want {
			t.Fatalf("row %d: %v", i, got)
		}
	}
	if slices.ContainsFunc(rows(before), func(r store.Row) bool { return r.Flags() != 0 }) {
		t.Error("an old snapshot has changed")
	}
}

func TestEqualIDsWithOtherContentAreKeptAndFlagged(t *testing.T) {
	for name, other := range map[string]audit.Entry{
		"another time":      made(day.Add(time.Hour), "same", "UpdateUser", 0),
		"another operation": made(day, "same", "DeleteUser", 0),
	} {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " together ", together), func(t *testing.T) {
				s := store.New(store.Limits{})
				first, unrelated := made(day, "same", "UpdateUser", 0), made(day.Add(time.Minute), "alone", "UpdateUser", 0)
				if together {
					s.Append([]audit.Entry{first, unrelated, other})
				} else {
					s.Append([]audit.Entry{first, unrelated})
					s.Append([]audit.Entry{other})
				}
				for _, r := range rows(s.Snapshot()) {
					if got, want := r.Flags()&store.Conflict != 0, r.LogID() == "same"; got != want {
						t.Errorf("%s %s: conflict %v, want %v", r.LogID(), r.Operation(), got, want)
					}
				}
				if s.Snapshot().Len() != 3 {
					t.Errorf("holds %d entries, want 3", s.Snapshot().Len())
				}
			})
		}
	}
}

func TestEntriesWithoutIDOrTimeAreKnownByTheirBytes(t *testing.T) {
	for name, raw := range map[string]string{
		"no log_id":           `{"emit_time":"2023-01-02T03:04:05Z","operation":"UpdateUser","status":"OK","user_email":"a@example.com"}`,
		"no emit_time":        `{"operation":"UpdateUser","status":"OK","log_id":"77"}`,
		"neither id nor time": `{"operation":"UpdateUser","status":"OK","user_email":"a@example.com"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := store.New(store.Limits{})
			one := decoded(raw, audit.Origin{Source: "a", Arrived: day})
			two := decoded(raw, audit.Origin{Source: "b", Arrived: day.Add(time.Hour)})
			s.Append([]audit.Entry{one, one})
			s.Append([]audit.Entry{two})
			if snap := s.Snapshot(); snap.Len() != 1 || snap.Duplicates() != 2 {
				t.Errorf("holds %d entries, %d duplicates; want 1 and 2", snap.Len(), snap.Duplicates())
			}
		})
	}
}

func TestLimitsEvictTheOldest(t *testing.T) {
	var batch []audit.Entry
	for i := range 5000 {
		batch = append(batch, made(day.Add(time.Duration(i)*time.Second), fmt.Sprintf("id-%05d", i), "UpdateUser", 0))
	}
	all := store.New(store.Limits{})
	all.Append(batch)
	size := all.Snapshot().Bytes()
	for name, l := range map[string]store.Limits{"entries": {MaxEntries: 3000}, "bytes": {MaxBytes: size * 3 / 5}} {
		t.Run(name, func(t *testing.T) {
			s := store.New(l)
			for part := range slices.Chunk(batch, 700) {
				s.Append(part)
			}
			snap := s.Snapshot()
			if snap.Len() != 3000 || snap.Evicted() != 2000 || snap.Arrived() != 5000 || snap.Bytes() != size*3/5 {
				t.Fatalf("len %d evicted %d arrived %d bytes %d", snap.Len(), snap.Evicted(), snap.Arrived(), snap.Bytes())
			}
			if got := snap.At(0).LogID(); got != "id-02000" {
				t.Errorf("oldest is %s, want id-02000", got)
			}
			if i, ok := snap.Find(store.Key{Time: batch[10].EmitTime.UnixNano(), LogID: "id-00010", Seq: 11}); i != 0 || ok {
				t.Errorf("an evicted entry is found at %d, %v", i, ok)
			}
		})
	}
}

func TestBadRecordsAreCountedBeyondThoseKept(t *testing.T) {
	s := store.New(store.Limits{})
	for i := range 10_100 {
		s.AppendBad([]audit.Bad{{Raw: "x", Reason: strconv.Itoa(i)}})
	}
	snap := s.Snapshot()
	if snap.BadCount() != 10_100 || len(snap.Bad()) != 10_000 || snap.Bad()[9_999].Reason != "10099" {
		t.Errorf("counts %d, keeps %d, newest %q", snap.BadCount(), len(snap.Bad()), snap.Bad()[len(snap.Bad())-1].Reason)
	}
}

// model is the store as plainly as it can be written.
type model struct{ entries []audit.Entry }

func (m *model) add(e audit.Entry) {
	for i, o := range m.entries {
		if o.LogID == e.LogID && o.Operation == e.Operation && o.EmitTime.Equal(e.EmitTime) {
			if e.Version > o.Version {
				m.entries[i] = e
			}
			return
		}
	}
	m.entries = append(m.entries, e)
}

func (m *model) sorted() []audit.Entry {
	out := slices.Clone(m.entries)
	slices.SortStableFunc(out, func(a, b audit.Entry) int { return audit.Compare(&a, &b) })
	return out
}

func TestStoreAgreesWithASortedSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(store.Limits{})
		var m model
		var old *store.Snapshot
		var oldRaws []string
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			base := rapid.IntRange(0, 5000).Draw(t, "base")
			n := rapid.IntRange(0, 40).Draw(t, "entries")
			wide := rapid.SampledFrom([]int{1, 20, 5000}).Draw(t, "spread")
			var batch []audit.Entry
			for range n {
				at := base + rapid.IntRange(0, wide).Draw(t, "at")
				batch = append(batch, made(day.Add(time.Duration(at)*time.Second),
					fmt.Sprintf("%04d", rapid.IntRange(0, 30).Draw(t, "id")),
					rapid.SampledFrom([]string{"UpdateUser", "DeleteUser"}).Draw(t, "operation"),
					int32(rapid.IntRange(0, 2).Draw(t, "version"))))
			}
			s.Append(batch)
			for _, e := range batch {
				m.add(e)
			}
			if old != nil {
				for i, raw := range oldRaws {
					if old.At(i).Raw() != raw {
						t.Fatalf("an old snapshot changed at %d", i)
					}
				}
			}
			old, oldRaws = s.Snapshot(), nil
			for _, r := range rows(old) {
				oldRaws = append(oldRaws, r.Raw())
			}
		}
		want := m.sorted()
		snap := s.Snapshot()
		if snap.Len() != len(want) {
			t.Fatalf("holds %d entries, want %d", snap.Len(), len(want))
		}
		count := map[string]int{}
		for _, e := range want {
			count[e.LogID]++
		}
		var got, wanted []string
		for i, r := range rows(snap) {
			got = append(got, r.Raw())
			wanted = append(wanted, want[i].Raw)
			if !r.Time().Equal(want[i].EmitTime) || r.LogID() != want[i].LogID {
				t.Fatalf("row %d is %v %s, want %v %s", i, r.Time(), r.LogID(), want[i].EmitTime, want[i].LogID)
			}
			if (r.Flags()&store.Conflict != 0) != (count[r.LogID()] > 1) {
				t.Fatalf("row %d: conflict flag %v with %d entries of its id", i, r.Flags()&store.Conflict != 0, count[r.LogID()])
			}
			if at, ok := snap.Find(r.Key()); at != i || !ok {
				t.Fatalf("row %d is found at %d, %v", i, at, ok)
			}
		}
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Fatalf("holds other entries than were added")
		}
	})
}

func TestChunksStayFewWhateverTheOrder(t *testing.T) {
	var entries []audit.Entry
	for i := range 40_000 {
		entries = append(entries, made(day.Add(time.Duration(i)*time.Second), fmt.Sprintf("%06d", i), "UpdateUser", 0))
	}
	newestFirst := slices.Clone(entries)
	slices.Reverse(newestFirst)
	shuffled := slices.Clone(entries)
	slices.SortFunc(shuffled, func(a, b audit.Entry) int { return cmp.Compare(a.LogID[3:]+a.LogID, b.LogID[3:]+b.LogID) })
	for name, order := range map[string][]audit.Entry{"oldest first": entries, "newest first": newestFirst, "shuffled": shuffled} {
		t.Run(name, func(t *testing.T) {
			s := store.New(store.Limits{})
			for batch := range slices.Chunk(order, 97) {
				s.Append(batch)
			}
			snap := s.Snapshot()
			for i := range snap.Len() {
				if snap.At(i).Raw() != entries[i].Raw {
					t.Fatalf("row %d is out of order", i)
				}
			}
			if n := store.Chunks(snap); n > 80 {
				t.Errorf("%d entries lie in %d chunks", snap.Len(), n)
			}
		})
	}
}

func TestReadersNeverSeeAHalfWrittenLog(t *testing.T) {
	s := store.New(store.Limits{MaxEntries: 6000})
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				snap := s.Snapshot()
				var last store.Key
				for i := range snap.Len() {
					r := snap.At(i)
					if k := r.Key(); k.Time < last.Time {
						t.Errorf("row %d is before the one above it", i)
						return
					} else {
						last = k
					}
					_, _, _ = r.Operation(), r.Actor(), r.Flags()
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range 300 {
		var batch []audit.Entry
		for j := range 30 {
			at := (i*30 + j*7919) % 9000
			batch = append(batch, made(day.Add(time.Duration(at)*time.Second), strconv.Itoa(at%4000), "UpdateUser", int32(i%3)))
		}
		s.Append(batch)
	}
	close(done)
	readers.Wait()
}

func TestLookingAtARowAllocatesNothing(t *testing.T) {
	s := store.New(store.Limits{})
	for i := range 5000 {
		s.Append([]audit.Entry{made(day.Add(time.Duration(i)*time.Second), strconv.Itoa(i), "UpdateUser", 0)})
	}
	snap := s.Snapshot()
	i := 0
	if n := testing.AllocsPerRun(1000, func() {
		r := snap.At(i * 7 % snap.Len())
		_, _ = snap.Find(r.Key())
		_, _, _, _ = r.Operation(), r.Actor(), r.Target(), r.Time()
		i++
	}); n != 0 {
		t.Errorf("%v allocations a row", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	var entries []audit.Entry
	for i := range 100_000 {
		entries = append(entries, made(day.Add(time.Duration(i)*time.Second), fmt.Sprintf("%08d", i), "UpdateUser", 0))
	}
	newestFirst := slices.Clone(entries)
	slices.Reverse(newestFirst)
	for name, order := range map[string][]audit.Entry{"live": entries, "backfill": newestFirst} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s := store.New(store.Limits{})
				for batch := range slices.Chunk(order, 500) {
					s.Append(batch)
				}
			}
			b.ReportMetric(float64(b.N*len(order))/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
