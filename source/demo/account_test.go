package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source/audit"
)

// end is a Friday afternoon.
func end() time.Time { return time.Date(2026, time.November, 20, 14, 0, 0, 0, time.UTC) }

func month(seed uint64, entries int) iter.Seq[Record] {
	return NewAccount(seed).History(end().AddDate(0, 0, -30), end(), entries)
}

// decoded gives the entries of records as the program reads them.
func decoded(t *testing.T, records iter.Seq[Record]) []audit.Entry {
	t.Helper()
	dec := audit.NewDecoder()
	var all []audit.Entry
	for r := range records {
		entries, bad := dec.Decode(r.JSON, audit.Origin{})
		if len(bad) > 0 || len(entries) != 1 {
			t.Fatalf("%d entries and bad stretches %+v in %s", len(entries), bad, r.JSON)
		}
		e := entries[0]
		if !e.EmitTime.Equal(r.EmitTime) || e.LogID != r.LogID() || e.Format != r.Format || e.Raw != string(r.JSON) {
			t.Fatalf("the record says %v %s %v, its entry %+v", r.EmitTime, r.LogID(), r.Format, e)
		}
		all = append(all, e)
	}
	return all
}

func digest(records iter.Seq[Record]) string {
	h := sha256.New()
	for r := range records {
		h.Write(r.JSON)
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

func TestHistoryIsTheSameForTheSameSeed(t *testing.T) {
	const golden = "1b729ad2a7d578f8bedddd20"
	if got := digest(month(7, 5000)); got != golden {
		t.Errorf("the history of seed 7 has become another: %s, was %s", got, golden)
	}
	if digest(month(8, 5000)) == golden {
		t.Error("another seed gives the same history")
	}
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("elsewhere", -9*3600)
	from := end().AddDate(0, 0, -30).In(time.Local)
	if got := digest(NewAccount(7).History(from, end().In(time.FixedZone("there", 3600)), 5000)); got != golden {
		t.Errorf("the history depends on the time zone: %s", got)
	}
}

func TestHistoryHasExactlyTheEntriesOfThePeriodInOrder(t *testing.T) {
	tests := []struct {
		name    string
		length  time.Duration
		entries int
	}{
		{"nothing", 30 * day, 0},
		{"one", 30 * day, 1},
		{"few", 30 * day, 17},
		{"an hour", time.Hour, 500},
		{"a second", time.Second, 40},
		{"dense", 3 * time.Hour, 12_000},
		{"a year", 365 * day, 9_000},
		{"a month", 30 * day, 6_000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			from := end().Add(-test.length)
			n, last := 0, from.Truncate(time.Second)
			ids := map[string]bool{}
			for r := range NewAccount(3).History(from, end(), test.entries) {
				if r.EmitTime.Before(last) || !r.EmitTime.Before(end()) {
					t.Fatalf("entry %d of %v comes after %v", n, r.EmitTime, last)
				}
				if ids[r.LogID()] {
					t.Fatalf("log_id %s occurs twice", r.LogID())
				}
				ids[r.LogID()] = true
				last = r.EmitTime
				n++
			}
			if n != test.entries {
				t.Errorf("%d entries, want %d", n, test.entries)
			}
		})
	}
	for range NewAccount(3).History(end(), end(), 10) {
		t.Error("an entry in an empty period")
	}
}

func TestHistoryStopsWhenAskedTo(t *testing.T) {
	n := 0
	for range month(1, 1000) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d entries", n)
	}
}

// TestAccountIsBelievable holds the history to the shape of a real account.
func TestAccountIsBelievable(t *testing.T) {
	for _, seed := range []uint64{0, 42} {
		entries := decoded(t, month(seed, 12_000))
		principals, spaces, kinds := map[string]int{}, map[string]int{}, map[string]int{}
		var failed, withKey, owned float64
		var size int
		for i := range entries {
			e := &entries[i]
			principals[e.Principal.Name]++
			kinds[e.Principal.Type]++
			if e.Namespace != "" && strings.HasSuffix(e.Namespace, suffix) {
				spaces[e.Namespace]++
			}
			if e.Status != "OK" {
				failed++
			}
			if e.Format == audit.F4 {
				owned++
				if e.Principal.APIKeyID != "" {
					withKey++
				}
			}
			size += len(e.Raw)
		}
		within := func(what string, got, low, high float64) {
			t.Helper()
			if got < low || got > high {
				t.Errorf("seed %d: %s: %v, want %v to %v", seed, what, got, low, high)
			}
		}
		n := float64(len(entries))
		within("principals", float64(len(principals)), 190, 200)
		within("namespaces", float64(len(spaces)), 38, 44)
		within("failed", failed/n, 0.03, 0.05)
		within("mean size", float64(size)/n, 530, 620)
		within("by service accounts", float64(kinds[kindService])/n, 0.2, 0.5)
		within("with an API key", withKey/owned, 0.3, 0.65)

		// Zipf's law: a few do much, many do little.
		counts := slices.Sorted(maps.Values(principals))
		slices.Reverse(counts)
		top := 0
		for _, c := range counts[:20] {
			top += c
		}
		within("done by the busiest twenty", float64(top)/n, 0.35, 0.7)
	}
}

func TestMeanSizeOfALargeHistory(t *testing.T) {
	n, size := 0, 0
	for r := range month(1, 80_000) {
		n++
		size += len(r.JSON)
	}
	if mean := size / n; mean < 560 || mean > 620 {
		t.Errorf("%d bytes an entry", mean)
	}
}

func TestPeopleWorkByDayAndRestAtNight(t *testing.T) {
	w := newWorld(1)
	zone := map[string]int{}
	for _, p := range w.principals {
		if p.kind == kindUser && !p.internal {
			zone[p.name] = p.zone
		}
	}
	var all, atWork, night, weekends, logins, mornings float64
	for _, e := range decoded(t, month(1, 12_000)) {
		z, ok := zone[e.Principal.Name]
		if !ok {
			continue
		}
		local := e.EmitTime.Add(w.clock.zones[z].offset)
		all++
		weekday := local.Weekday() != time.Saturday && local.Weekday() != time.Sunday
		switch hour := local.Hour(); {
		case !weekday:
			weekends++
		case hour >= 8 && hour < 18:
			atWork++
		case hour < 6 || hour >= 22:
			night++
		}
		if e.Operation == "UserLogin" {
			logins++
			if local.Hour() < 12 {
				mornings++
			}
		}
	}
	if atWork/all < 0.85 || night/all > 0.03 || weekends/all > 0.05 {
		t.Errorf("of %v entries %v in working hours, %v at night, %v at weekends", all, atWork, night, weekends)
	}
	if mornings/logins < 0.55 {
		t.Errorf("%v of %v logins before noon", mornings, logins)
	}
}

// TestEveryFormatHasItsFields compares the members on the wire with those of the format.
func TestEveryFormatHasItsFields(t *testing.T) {
	old := []string{"level", "category", "details", "caller_ip_address"}
	young := []string{"x_forwarded_for", "version"}
	seen := map[audit.Format]int{}
	for r := range month(5, 12_000) {
		var m map[string]json.RawMessage
		if err := json.Unmarshal(r.JSON, &m); err != nil {
			t.Fatalf("%v in %s", err, r.JSON)
		}
		must, mustNot := slices.Clone(old), young
		switch r.Format {
		case audit.F3:
			must, mustNot = append(must, young...), nil
		case audit.F4:
			must, mustNot = young, append(old, "user_email", "request_id")
		}
		must = append(must, "emit_time", "operation", "status", "log_id", "principal")
		for _, k := range must {
			if _, ok := m[k]; !ok {
				t.Fatalf("format %v has no %s: %s", r.Format, k, r.JSON)
			}
		}
		for _, k := range append(mustNot, "") {
			if _, ok := m[k]; ok {
				t.Fatalf("format %v has %s: %s", r.Format, k, r.JSON)
			}
		}
		for k, v := range m {
			// Zero values are left out on the wire.
			if s := string(v); s == `""` || s == "0" || s == "null" || s == "{}" {
				t.Fatalf("%s is %s in %s", k, s, r.JSON)
			}
		}
		seen[r.Format]++
	}
	for f, low := range map[audit.Format]int{audit.F2: 300, audit.F3: 700, audit.F4: 8000} {
		if seen[f] < low {
			t.Errorf("%d entries of format %v, want %d", seen[f], f, low)
		}
	}
	for r := range NewAccount(5).Play(Period{From: end().Add(-30 * day), To: end(), Entries: 200, Legacy: -1}) {
		if r.Format != audit.F4 {
			t.Errorf("format %v although none but the newest was asked for", r.Format)
		}
	}
}

// TestGenerationStreams counts what a long history allocates and holds.
func TestGenerationStreams(t *testing.T) {
	const entries = 50_000
	var before, during, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, held := 0, uint64(0)
	for range month(1, entries) {
		if n++; n%(entries/4) == 0 {
			runtime.GC()
			runtime.ReadMemStats(&during)
			if during.HeapAlloc > before.HeapAlloc {
				held = max(held, during.HeapAlloc-before.HeapAlloc)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if held > 8<<20 {
		t.Errorf("%d bytes held half way through", held)
	}
	if each := float64(after.Mallocs-before.Mallocs) / entries; each > 4 {
		t.Errorf("%.1f allocations an entry", each)
	}
	if each := float64(after.TotalAlloc-before.TotalAlloc) / entries; each > 1500 {
		t.Errorf("%.0f bytes allocated an entry", each)
	}
}

func TestBurstGoesOnBehindTheHistory(t *testing.T) {
	line := NewAccount(1).Begin(Period{From: end().Add(-30 * day), To: end(), Entries: 3000})
	var last time.Time
	for r := range line.History {
		last = r.EmitTime
	}
	dec := audit.NewDecoder()
	total := 0
	for i := range 400 {
		until := end().Add(time.Duration(i+1) * 5 * time.Second)
		burst := line.Burst(until, 3)
		if len(burst) < 3 || len(burst) > 15 {
			t.Fatalf("%d entries in a burst of 3", len(burst))
		}
		for _, r := range burst {
			if r.EmitTime.Before(last) || r.EmitTime.After(until) {
				t.Fatalf("emitted at %v, between %v and %v", r.EmitTime, last, until)
			}
			if _, bad := dec.Decode(r.JSON, audit.Origin{}); len(bad) > 0 {
				t.Fatalf("%+v", bad)
			}
			last = r.EmitTime
			total++
		}
	}
	if total < 1200 {
		t.Errorf("%d entries", total)
	}
	if burst := line.Burst(last.Add(-time.Hour), 2); len(burst) < 2 || burst[0].EmitTime.Before(last) {
		t.Errorf("a clock that went back gave %v", burst)
	}
}

func TestGapsAreSpreadEvenly(t *testing.T) {
	g, d := newGaps(), newDice(1, 1)
	const left, rounds = 20, 4000
	var sums [left]float64
	for range rounds {
		at := int64(0)
		for i := range left {
			next := g.next(d, at, math.MaxInt64, left-i)
			if next < at {
				t.Fatalf("%d after %d", next, at)
			}
			at = next
			sums[i] += float64(at) / math.MaxInt64
		}
	}
	for i, sum := range sums {
		if mean, want := sum/rounds, float64(i+1)/(left+1); math.Abs(mean-want) > 0.06 {
			t.Errorf("time %d of %d lies at %.3f of the way, want about %.3f", i+1, left, mean, want)
		}
	}
}

func BenchmarkHistory(b *testing.B) {
	const entries = 100_000
	size := 0
	for b.Loop() {
		for r := range month(1, entries) {
			size += len(r.JSON)
		}
	}
	b.ReportMetric(float64(entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.SetBytes(int64(size / b.N))
}

func TestTimesAreWrittenAsProtoJSON(t *testing.T) {
	tests := map[time.Time]string{
		time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC):            `{"t":"2026-01-02T03:04:05Z"`,
		time.Date(2026, 11, 20, 13, 14, 15, 48e6, time.UTC):    `{"t":"2026-11-20T13:14:15.048Z"`,
		time.Date(1999, 12, 31, 23, 59, 59, 1000, time.UTC):    `{"t":"1999-12-31T23:59:59.000001Z"`,
		time.Date(2026, 2, 28, 0, 0, 0, 999_999_999, time.UTC): `{"t":"2026-02-28T00:00:00.999999999Z"`,
	}
	for at, want := range tests {
		b := text("{")
		if b.time("t", at.UnixNano()); string(b) != want {
			t.Errorf("%v is written %s", at, b)
		}
	}
}
