package s3_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/s3"
)

// following is a source with AWS's waits, whose start was read.
func following(t *testing.T, f *fake, prefix string, o source.Options) *running {
	t.Helper()
	o.Follow = true
	r := start(t, f.source(prefix, o, s3.Config{}))
	time.Sleep(time.Second)
	if got := r.status().State; got != source.Live {
		t.Errorf("state is %s after the start: %+v", got, r.status())
	}
	return r
}

// TestPolls: new objects are looked for every 30 seconds with one listing from two hours back, and every ten minutes from a day back
// and for new folders.
func TestPolls(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		began := time.Now()
		for i := range 4 {
			at := began.Add(time.Duration(i-4) * 30 * time.Hour / 4)
			f.put(firehose("audit/", at, i), entries(i, i+1), at)
		}
		r := following(t, f, "audit/", source.Options{})
		r.wantIDs(upTo(4)...)
		known := len(f.calls())
		for i := 4; i < 44; i++ {
			time.Sleep(15 * time.Second)
			at := time.Now()
			f.put(firehose("audit/", at, i), entries(i, i+1), at)
			time.Sleep(15 * time.Second)
		}
		time.Sleep(31 * time.Second)
		r.wantIDs(upTo(44)...)
		calls := slices.DeleteFunc(f.calls()[known:], func(a asked) bool { return a.get != "" })
		var short, long, other int
		for _, c := range calls {
			hour := func(back time.Duration) string { return "audit/" + c.at.Add(-back).UTC().Format("2006/01/02/15/") }
			switch {
			// The newest object may be of the hour before.
			case c.after == hour(2*time.Hour), c.after == hour(3*time.Hour):
				short++
			case c.after == hour(24*time.Hour), c.after == hour(25*time.Hour):
				long++
			default:
				other++
			}
		}
		// The first look begins where the newest object was then, and two sweeps look for new folders.
		if short != 38 || long != 2 || other != 3 {
			t.Errorf("%d short looks, %d long ones, %d other listings: %v", short, long, other, calls)
		}
		if s := r.status(); s.State != source.Live || s.Done != 44 || s.Total != 44 {
			t.Errorf("status %+v", s)
		}
	})
}

// TestLate: objects that appear under a past hour are found, those of the last two hours at once and others with the sweep.
func TestLate(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		now := time.Now()
		f.put(firehose("audit/", now, 0), entries(0, 1), now)
		r := following(t, f, "audit/", source.Options{})
		f.put(firehose("audit/", now.Add(-90*time.Minute), 1), entries(1, 2), now)
		time.Sleep(31 * time.Second)
		r.wantIDs(0, 1)
		f.put(firehose("audit/", now.Add(-20*time.Hour), 2), entries(2, 3), now)
		time.Sleep(11 * time.Minute)
		r.wantIDs(0, 1, 2)
		// The same content again is the same object; other content is not.
		f.put(firehose("audit/", now, 0), entries(0, 1), time.Now())
		f.put(firehose("audit/", now.Add(-20*time.Hour), 2), entries(3, 5), time.Now())
		time.Sleep(11 * time.Minute)
		r.wantIDs(upTo(5)...)
	})
}

// TestAsleep: after a long pause, whatever appeared meanwhile is found.
func TestAsleep(t *testing.T) {
	for name, key := range map[string]func(at time.Time, i int) string{
		"dated": func(at time.Time, i int) string { return firehose("audit/", at, i) },
		"loose": func(_ time.Time, i int) string { return fmt.Sprintf("audit/%d", i) },
		"flat":  func(_ time.Time, i int) string { return fmt.Sprintf("audit/k=%d/x", i) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				f := &fake{}
				now := time.Now()
				old := now.Add(-240 * time.Hour)
				f.put(key(old, 0), entries(0, 1), old)
				r := following(t, f, "audit/", source.Options{})
				for i := 1; i < 10; i++ { // all between two looks
					at := old.Add(time.Duration(i) * 24 * time.Hour)
					f.put(key(at, i), entries(i, i+1), at)
				}
				time.Sleep(time.Hour)
				r.wantIDs(upTo(10)...)
			})
		})
	}
}

// TestNewFolders: a bucket that was empty, an error prefix that appears, a loose object, a folder of another kind.
func TestNewFolders(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		r := following(t, f, "audit/", source.Options{})
		now := time.Now()
		f.put(firehose("audit/", now.Add(-100*time.Hour), 0), entries(0, 1), now)
		f.put(firehose("audit/", now, 1), entries(1, 2), now)
		time.Sleep(31 * time.Second)
		r.wantIDs(0, 1)
		lost := fmt.Sprintf(`{"attemptsMade":4,"errorCode":"Lambda.FunctionError","rawData":%q}`, base64.StdEncoding.EncodeToString([]byte(entries(2, 3))))
		f.put(firehose("audit/processing-failed/", now, 2), lost, now)
		time.Sleep(31 * time.Second)
		r.wantIDs(0, 1, 2)
		f.put("audit/team=a/3.json", entries(3, 4), time.Now())
		f.put("audit/zz.json", entries(4, 5), time.Now())
		time.Sleep(31 * time.Second)
		r.wantIDs(upTo(5)...)
		f.put("audit/team=a/5.json", entries(5, 6), time.Now())
		f.put(firehose("audit/processing-failed/", time.Now(), 6), entries(6, 7), time.Now())
		time.Sleep(31 * time.Second)
		r.wantIDs(upTo(7)...)
		for _, e := range r.all() {
			for _, entry := range e.All() {
				if entry.Origin.Rescued != (entry.LogID == "entry-000002") {
					t.Errorf("origin of %s is %+v", entry.LogID, entry.Origin)
				}
			}
		}
	})
}

// TestLatest: only what appears after the start is read, wherever it appears.
func TestLatest(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		now := time.Now()
		for i := range 40 {
			at := now.Add(-time.Duration(i) * 6 * time.Hour)
			f.put(firehose("audit/", at, i), entries(500+i, 501+i), at)
			f.put(fmt.Sprintf("audit/k=v/%d", i), entries(600+i, 601+i), at)
		}
		r := following(t, f, "audit/", source.Options{Latest: true})
		f.put(firehose("audit/", now.Add(-time.Hour), 99), entries(0, 1), now)
		f.put("audit/k=v/new", entries(1, 2), now)
		time.Sleep(31 * time.Second)
		r.wantIDs(0, 1)
		f.put(firehose("audit/", now.Add(-20*time.Hour), 98), entries(2, 3), now)
		f.put("audit/loose", entries(3, 4), time.Now())
		time.Sleep(time.Hour)
		r.wantIDs(upTo(4)...)
		if s := r.status(); s.Done != 4 || s.Total != 4 {
			t.Errorf("status %+v", s)
		}
	})
	// Without following there is nothing to wait for.
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		f.put("a", entries(0, 1), time.Now())
		r := start(t, f.source("", source.Options{Latest: true}, s3.Config{}))
		if err := r.end(); err != nil || len(r.ids()) > 0 || r.status().State != source.Done {
			t.Errorf("%v, %v, %+v", err, r.ids(), r.status())
		}
	})
}

// TestSinceWhileFollowing: what was not asked for at the start is not read later either.
func TestSinceWhileFollowing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		now := time.Now()
		for i := range 20 {
			at := now.Add(-time.Duration(i) * time.Hour)
			f.put(firehose("audit/", at, i), entries(i, i+1), at)
		}
		r := following(t, f, "audit/", source.Options{Since: now.Add(-3 * time.Hour)})
		time.Sleep(time.Hour) // some sweeps
		r.wantIDs(upTo(5)...)
	})
}

// TestLongRun: also when keys are forgotten that following cannot meet again, each object is read once.
func TestLongRun(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		now := time.Now()
		f.put(firehose("audit/", now, 0), entries(0, 1), now)
		r := following(t, f, "audit/", source.Options{})
		for i := 1; i < 60; i++ {
			time.Sleep(59*time.Minute + 7*time.Second)
			f.put(firehose("audit/", time.Now(), i), entries(i, i+1), time.Now())
		}
		time.Sleep(time.Hour)
		r.wantIDs(upTo(60)...)
		gets := slices.DeleteFunc(f.calls(), func(a asked) bool { return a.get == "" })
		if len(gets) != 60 {
			t.Errorf("%d objects were read; want each of 60 once", len(gets))
		}
	})
}

// TestSlowListing: where looking takes long, it is done less often.
func TestSlowListing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		f.put("audit/k=v/x", entries(0, 1), time.Now())
		slow := &slowAPI{f, 20 * time.Second}
		r := start(t, s3.New(slow, bucket, "audit/", source.Options{Follow: true, Log: quiet()}, s3.Config{}))
		time.Sleep(time.Hour)
		r.wantIDs(0)
		// A look takes 20 s and then 180 s pass; every ten minutes new folders are looked for too.
		if n := len(f.calls()); n < 15 || n > 26 {
			t.Errorf("%d calls in an hour", n)
		}
	})
}

// TestOrderWhileCatchingUp: new objects are read before the history that is still to be read.
func TestOrderWhileCatchingUp(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		now := time.Now()
		for i := range 400 {
			at := now.Add(-time.Duration(i) * time.Hour)
			f.put(firehose("audit/", at, i), entries(i, i+1), at)
		}
		slow := &slowAPI{f, time.Second}
		r := start(t, s3.New(slow, bucket, "audit/", source.Options{Follow: true, Log: quiet()}, s3.Config{Workers: 1}))
		time.Sleep(100 * time.Second)
		f.put(firehose("audit/", time.Now(), 900), entries(900, 901), time.Now())
		time.Sleep(60 * time.Second)
		if got := strings.Join(r.ids(), " "); !strings.Contains(got, "entry-000900") || strings.Contains(got, "entry-000399") {
			t.Errorf("after a while there is %s", got)
		}
		if got := r.status(); got.State != source.CatchingUp {
			t.Errorf("status %+v", got)
		}
		time.Sleep(time.Hour)
		r.wantIDs(append(upTo(400), 900)...)
		if got := r.status(); got.State != source.Live || got.Done != 401 || got.Total != 401 {
			t.Errorf("status %+v", got)
		}
	})
}
