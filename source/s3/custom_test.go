package s3_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/s3"
)

// layouts are ways to date folders, and how exactly each does.
var layouts = map[string]struct {
	folder func(at time.Time) string
	exact  time.Duration
	sorted bool // such keys are in the order of time
}{
	"Firehose's own":      {func(at time.Time) string { return at.Format("2006/01/02/15/") }, time.Hour, true},
	"by day":              {func(at time.Time) string { return at.Format("2006/01/02/") }, 24 * time.Hour, true},
	"one folder a day":    {func(at time.Time) string { return at.Format("2006-01-02/") }, 24 * time.Hour, true},
	"a day, hours in it":  {func(at time.Time) string { return at.Format("2006-01-02/15/") }, time.Hour, true},
	"no dashes":           {func(at time.Time) string { return at.Format("20060102/15/") }, time.Hour, true},
	"one folder an hour":  {func(at time.Time) string { return at.Format("2006-01-02-15/") }, time.Hour, true},
	"a month, days in it": {func(at time.Time) string { return at.Format("2006-01/02/") }, 24 * time.Hour, true},
	"hive, by day":        {func(at time.Time) string { return at.Format("dt=2006-01-02/") }, 24 * time.Hour, true},
	"hive, hours in it":   {func(at time.Time) string { return at.Format("dt=2006-01-02/hour=15/") }, time.Hour, false},
	"hive":                {func(at time.Time) string { return at.Format("year=2006/month=01/day=02/hour=15/") }, time.Hour, false},
	"hive, without zeros": {func(at time.Time) string {
		return at.Format("year=2006/month=1/day=2/hour=") + fmt.Sprint(at.Hour()) + "/"
	}, time.Hour, false},
	"hive, of two regions": {func(at time.Time) string {
		return fmt.Sprintf("region=%d/", at.Hour()/6%2) + at.Format("year=2006/month=01/day=02/")
	}, 24 * time.Hour, false},
	"of two accounts": {func(at time.Time) string { return fmt.Sprintf("%012d/", at.Hour()/6%2) + at.Format("2006-01-02/") }, 24 * time.Hour, true},
}

// TestRangeOfLayouts: however folders are dated, only those are listed that a range of time needs, and of the objects only those are read
// whose folder lies in it, with an hour either side.
func TestRangeOfLayouts(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				f := &fake{}
				const n = 60 * 4
				at := func(i int) time.Time { return noon().Add(time.Duration(i-n+1) * 6 * time.Hour).UTC() }
				o := source.Options{Since: noon().Add(-100 * time.Hour), Until: noon().Add(-40 * time.Hour)}
				var want []int
				for i := range n {
					f.put("audit/"+layout.folder(at(i))+fmt.Sprintf("part-%04d.json", i), entries(i, i+1), at(i).Add(5*time.Minute))
					begin := at(i).Truncate(layout.exact)
					if begin.Before(o.Until.Add(time.Hour)) && begin.Add(layout.exact).After(o.Since.Add(-time.Hour).Truncate(time.Hour)) {
						want = append(want, i)
					}
				}
				r := start(t, f.source("audit/", o, s3.Config{}))
				if err := r.end(); err != nil {
					t.Fatal(err)
				}
				r.wantIDs(want...)
				gets, lists := 0, []string(nil)
				for _, c := range f.calls() {
					if c.get != "" {
						gets++
						continue
					}
					lists = append(lists, c.list)
					_, begin, end, dated := s3.DatedFolder(c.list)
					newest := dated && end.After(noon().Add(-12*time.Hour)) // tells what zone the keys are in
					if dated && !newest && (!begin.Before(o.Until.Add(time.Hour)) || !end.After(o.Since.Add(-2*time.Hour))) {
						t.Errorf("%s was listed", c.list)
					}
				}
				if gets != len(want) {
					t.Errorf("%d objects were read; want %d", gets, len(want))
				}
				if len(lists) > 30 {
					t.Errorf("%d listings: %v", len(lists), lists)
				}
				if got, want := r.status().Held, (source.Span{From: o.Since, To: o.Until}); got.From != want.From || got.To.Before(want.To) {
					t.Errorf("held %v; want %v", got, want)
				}
			})
		})
	}
}

// TestTailOfLayouts: however folders are dated, objects that appear are found at once in those of the last two hours, and with the
// sweep in those of the last day, and looking costs little.
func TestTailOfLayouts(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				time.Sleep(10 * time.Hour) // to the evening
				f := &fake{}
				began := time.Now()
				n := 0
				put := func(at time.Time) {
					f.put("audit/"+layout.folder(at.UTC())+fmt.Sprintf("part-%04d.json", n), entries(n, n+1), time.Now())
					n++
				}
				for h := range 24 * 4 {
					put(began.Add(-time.Duration(h) * time.Hour))
				}
				r := following(t, f, "audit/", source.Options{Since: began.Add(-7 * 24 * time.Hour)})
				r.wantIDs(upTo(n)...)
				put(began)
				put(began.Add(-time.Hour))
				time.Sleep(31 * time.Second)
				r.wantIDs(upTo(n)...)
				put(began.Add(-20 * time.Hour))
				time.Sleep(11 * time.Minute)
				r.wantIDs(upTo(n)...)
				for range 3 { // into the next day
					time.Sleep(time.Hour)
					put(time.Now())
					time.Sleep(31 * time.Second)
					r.wantIDs(upTo(n)...)
				}
				before := len(f.calls())
				time.Sleep(time.Hour)
				calls := f.calls()[before:]
				gets := slices.DeleteFunc(slices.Clone(calls), func(a asked) bool { return a.get == "" })
				if len(gets) > 0 {
					t.Errorf("%d objects were read again: %v", len(gets), gets)
				}
				// 120 looks and six sweeps an hour.
				most := 120 + 6*8
				if !layout.sorted || strings.Contains(name, "two") {
					most = 120*9 + 6*60
				}
				if len(calls) > most {
					t.Errorf("%d calls in an hour; at most %d are expected", len(calls), most)
				}
			})
		})
	}
}

// TestManyTeams: many folders that hold much each are looked into one by one, because most of it need not be listed then; many
// that hold little are not.
func TestManyTeams(t *testing.T) {
	for name, each := range map[string]int{"large": 1200, "small": 3} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			const teams = 60
			want := 0
			since := noon().Add(-36 * time.Hour)
			for team := range teams {
				for i := range each {
					at := noon().Add(-time.Duration(i) * 24 * time.Hour / 10)
					p.put(fmt.Sprintf("audit/team=%02d/%spart-%04d.json", team, at.Format("dt=2006-01-02/"), i), "", at)
					if !at.Truncate(24 * time.Hour).Add(24 * time.Hour).Before(since) {
						want++
					}
				}
			}
			r := start(t, p.source("audit/", source.Options{Since: since}, quick()))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			lists := p.Calls()["ListObjectsV2"]
			all := (teams*each + 999) / 1000
			switch {
			case name == "large" && lists > 2+1+teams*4:
				t.Errorf("%d listings", lists)
			case name == "small" && lists > 3+all:
				t.Errorf("%d listings; listing all takes %d", lists, all)
			}
			if got := int(r.status().Done); name == "large" && got > want+teams*10 || got < want*9/10 {
				t.Errorf("%d objects were found to be of that time; %d are", got, want)
			}
		})
	}
}
