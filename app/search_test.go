package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
)

func parsed(t interface{ Fatal(...any) }, text string) query.Query {
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// log is a search over a feed that has taken the entries.
func logOf(entries ...audit.Entry) *search {
	f := NewFeed(nil, FeedOptions{Log: slog.New(slog.DiscardHandler)})
	_ = f.take(source.Event{Entries: slices.Clone(entries)})
	return &search{feed: f}
}

func ids(f found) []string {
	var out []string
	for i := range f.matches.Len() {
		out = append(out, f.matches.At(i).LogID())
	}
	return out
}

func TestSearchMeansWhatTheQueryMeans(t *testing.T) {
	all := morning(t)
	env := &query.Env{Now: moment, Means: Alerts(OfferedRules())}
	terms := []string{
		"is:alert", "-is:(alert OR error)",
		"op:UpdateNamespace", "-op:UpdateNamespace", "who:user1", "who:terraform", "type:serviceaccount", "via:apikey", "via:browser", "status:OK", "is:error",
		"verb:create", "resource:user", "target:prod", "ns:prod", "details.spec.retention_days:>20", "ip:198.51.100.0/24", "ip:10.0.0.0/8", "has:req", "log_id:*613",
		"since:1h", "until:30m", "time:08:15", "time:>09:00", "terraform", `"prod.a1b2c"`, "/user[12]@/", "details.*:nightly", "version:2", "shard:shardId-000000000001", "nothing",
	}
	rapid.Check(t, func(t *rapid.T) {
		s := logOf(all[:rapid.IntRange(0, len(all)).Draw(t, "first")]...)
		var text []string
		number := 0
		// Terms are added and taken away as a person types.
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			if len(text) > 0 && rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
				text = text[:len(text)-1]
			} else {
				text = append(text, rapid.SampledFrom(terms).Draw(t, "term"))
			}
			q := parsed(t, strings.Join(text, rapid.SampledFrom([]string{" ", " OR "}).Draw(t, "join")))
			number++
			got, ok := s.set(context.Background(), number, q, env)
			if !ok || got.number != number {
				t.Fatalf("%s: %+v, %v", q, got, ok)
			}
			if q.Empty() {
				continue
			}
			check := func(got found) {
				var want []string
				for i := range got.matches.Snapshot().Len() {
					e := got.matches.Snapshot().At(i).Entry()
					if q.Match(&e, env) {
						want = append(want, e.LogID)
					}
				}
				if !slices.Equal(ids(got), want) {
					t.Fatalf("%s: %v, want %v", q, ids(got), want)
				}
			}
			check(got)
			_ = s.feed.take(source.Event{Entries: slices.Clone(all)})
			got, ok = s.extend(context.Background())
			if !ok || got.matches.Snapshot().Len() != len(all) {
				t.Fatalf("%s: not extended", q)
			}
			check(got)
		}
	})
}

func TestWhatTheLogKnowsOfEntriesIsFound(t *testing.T) {
	all := morning(t)
	all[3].Origin.Arrived = all[3].EmitTime.Add(6 * time.Minute)
	all[5].Origin.Arrived = all[5].EmitTime.Add(time.Hour)
	s := logOf(append(all[2:4:4], all...)...)
	for text, want := range map[string][]string{
		"is:dup":          {all[2].LogID, all[3].LogID},
		"is:late":         {all[3].LogID, all[5].LogID},
		"is:late is:dup":  {all[3].LogID},
		"is:LATE -is:dup": {all[5].LogID},
	} {
		q := parsed(t, text)
		got, ok := s.set(t.Context(), 1, q, &query.Env{Now: moment})
		if !ok || !slices.Equal(ids(got), want) {
			t.Errorf("%s: %v, want %v", text, ids(got), want)
		}
		s.asked = query.Query{}
	}
	if q := parsed(t, "is:late"); !q.Match(&all[3], &query.Env{}) || q.Match(&all[2], &query.Env{}) {
		t.Error("the plain reading does not tell what is late")
	}
}

func TestAnEmptyResultExplainsItself(t *testing.T) {
	s := logOf(morning(t)...)
	for text, want := range map[string]string{
		"op:DeleteUser who:user9":           "operation:DeleteUser alone 1; principal:user9 alone 0",
		"op:DeleteUser op:InviteUsers":      "operation:DeleteUser alone 1; operation:InviteUsers alone 1. Terms side by side must all be true; for any of them write operation:(DeleteUser OR InviteUsers)",
		"nothing":                           "",
		"op:UpdateNamespace -status:OK zzz": "operation:UpdateNamespace alone 5; -status:OK alone 2; zzz alone 0",
	} {
		got, ok := s.set(t.Context(), 1, parsed(t, text), &query.Env{Now: moment})
		if !ok || got.matches.Len() != 0 || got.why != want {
			t.Errorf("%s: %d matches, %q; want %q", text, got.matches.Len(), got.why, want)
		}
	}
}

func TestValuesOfAFieldAreCounted(t *testing.T) {
	s := logOf(morning(t)...)
	snap := s.feed.State().Store
	for field, want := range map[string]string{
		"op":     "UpdateNamespace 5",
		"who":    "b160473e-e40d-4a81-90d1-f4218269e6e2 6",
		"via":    "browser 11",
		"ip":     "198.51.100.4 6",
		"verb":   "update 9",
		"source": "kinesis audit-prod/us-east-1 17",
	} {
		got := valuesOf(t.Context(), snap, field)
		if len(got) == 0 || fmt.Sprintf("%s %d", got[0].Text, got[0].Entries) != want {
			t.Errorf("%s: %v, want %s first", field, got, want)
		}
	}
	if got := valuesOf(t.Context(), snap, "details.namespace"); got != nil {
		t.Errorf("values of a field that has no column: %v", got)
	}
}

func TestACancelledSearchSaysSo(t *testing.T) {
	s := logOf(morning(t)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := s.set(ctx, 1, parsed(t, "op:x"), &query.Env{Now: moment}); ok {
		t.Error("a cancelled search gave a result")
	}
}

// many is a log of n entries made from those of the morning.
func many(b testing.TB, n int) *search {
	b.Helper()
	all := morning(b)
	batch := make([]audit.Entry, 0, n)
	for i := range n {
		e := all[i%len(all)]
		old := e.LogID
		e.LogID = fmt.Sprintf("0mc69c0323b871293ce231dd%08x", i)
		e.EmitTime = moment.Add(-time.Duration(n-i) * 2 * time.Second)
		e.Raw = strings.Replace(e.Raw, old, e.LogID, 1)
		batch = append(batch, e)
	}
	return logOf(batch...)
}

func TestWhatFillsTheScreenIsFoundFirst(t *testing.T) {
	s := many(t, manyRows+5000)
	env := &query.Env{Now: moment}
	q := parsed(t, "f186d0bd971ff7d5")
	first, ok := s.set(t.Context(), 1, q, env)
	if !ok || !first.rest || first.matches.Whole() || first.matches.Len() < screenful {
		t.Fatalf("%v: %d found, rest %v", ok, first.matches.Len(), first.rest)
	}
	if _, ok := s.complete(t.Context(), 0, env); ok {
		t.Error("the search of another filter is gone on with")
	}
	all, ok := s.complete(t.Context(), 1, env)
	snap := s.feed.State().Store
	want := snap.Match(t.Context(), Filter(q, env), nil).Len()
	if !ok || all.rest || !all.matches.Whole() || all.matches.Len() != want || want <= first.matches.Len() {
		t.Fatalf("%d found, rest %v; want %d", all.matches.Len(), all.rest, want)
	}
	// A cheap filter, and one that finds nothing, are whole at once or say that there is more to come.
	if f, _ := s.set(t.Context(), 2, parsed(t, "is:error"), env); f.rest {
		t.Error("a structured filter is not whole")
	}
}

func BenchmarkFirstScreen(b *testing.B) {
	s := many(b, 1_000_000)
	env := &query.Env{Now: moment}
	for name, text := range map[string]string{"common": "f186d0bd971ff7d5", "rare": "0323b871293ce231dd000001"} {
		q := parsed(b, text)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.asked = query.Query{}
				if _, ok := s.set(b.Context(), 1, q, env); !ok {
					b.Fatal("cancelled")
				}
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	s := many(b, 1_000_000)
	env := &query.Env{Now: moment}
	for name, text := range map[string]string{
		"structured":      "who:user1 -status:OK since:7d",
		"structured-some": "who:terraform is:error since:7d",
		"text":            "0323b871293ce231dd000001",
		"text-common":     "f186d0bd971ff7d5",
		"details":         "details.spec.retention_days:>20",
	} {
		q := parsed(b, text)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.asked = query.Query{}
				f, ok := s.set(b.Context(), 1, q, env)
				if ok && f.rest {
					_, ok = s.complete(b.Context(), 1, env)
				}
				if !ok {
					b.Fatal("cancelled")
				}
			}
		})
	}
}
