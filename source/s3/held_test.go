package s3_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/s3"
	"taudit/source/sourcetest"
)

func (r *running) gaps() []source.Gap {
	var list []source.Gap
	for _, e := range r.all() {
		list = append(list, e.Gaps...)
	}
	return list
}

// TestHeldGrows: what is said to be read grows backwards, and at no time is an object in it that was not sent or said to be missing.
func TestHeldGrows(t *testing.T) {
	for name, key := range map[string]func(at time.Time, n int) string{
		"dated": func(at time.Time, n int) string { return firehose("audit/", at, n) },
		"loose": func(at time.Time, n int) string { return fmt.Sprintf("audit/%08x", n*2654435761%(1<<32)) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			const n = 400
			at := func(i int) time.Time { return noon().Add(time.Duration(i-n+1) * 2 * time.Hour) }
			modified := func(i int) time.Time { return at(i).Add(5 * time.Minute) }
			for i := range n {
				p.put(key(at(i), i), entries(i, i+1), modified(i))
			}
			lost := []int{7, 123, 390}
			for _, i := range lost {
				p.Inject(emulator.Fault{Op: "GetObject", Key: key(at(i), i), Kind: emulator.Archived})
			}
			// Some take longer than those that are asked for after them.
			for i := 3; i < n; i += 11 {
				p.Inject(emulator.Fault{Op: "GetObject", Key: key(at(i), i), Kind: emulator.Slow, Delay: 15 * time.Millisecond})
			}
			p.Inject(emulator.Fault{Op: "GetObject", Kind: emulator.Slow, Delay: 3 * time.Millisecond})
			since := at(40)
			r := start(t, p.source("audit/", source.Options{Since: since}, quick()))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			accounted := map[string]bool{}
			grown, last := 0, source.Span{}
			for _, e := range r.all() {
				for _, entry := range e.All() {
					accounted[entry.LogID] = true
				}
				for _, g := range e.Gaps {
					for _, i := range lost {
						if strings.HasPrefix(g.Why, key(at(i), i)+": ") {
							accounted[sourcetest.ID(i)] = true
						}
					}
				}
				held := e.Status.Held
				if held == last {
					continue
				}
				if !last.To.IsZero() && held.From.After(last.From) || held.To.Before(last.To) {
					t.Errorf("held shrank from %v to %v", last, held)
				}
				grown, last = grown+1, held
				for i := range n {
					if !modified(i).Before(held.From) && modified(i).Before(held.To) && !accounted[sourcetest.ID(i)] {
						t.Fatalf("held %v, but the object of %s is not accounted for", held, modified(i))
					}
				}
			}
			if grown < 3 {
				t.Errorf("it grew in %d steps only", grown)
			}
			if want := (source.Span{From: since, To: modified(n - 1)}); last != want {
				t.Errorf("in the end %v is held; want %v", last, want)
			}
		})
	}
}

// TestHeld: what is said to be read in the end.
func TestHeld(t *testing.T) {
	first, last := noon().Add(-119*6*time.Hour), noon().Add(5*time.Minute)
	for name, test := range map[string]struct {
		options source.Options
		want    source.Span
	}{
		"all":     {source.Options{}, source.Span{To: last}},
		"since":   {source.Options{Since: first.Add(72 * time.Hour)}, source.Span{From: first.Add(72 * time.Hour), To: last}},
		"horizon": {source.Options{Since: first.Add(72 * time.Hour), TrimHorizon: true}, source.Span{To: last}},
		// That there are later objects tells that none is missing before.
		"until":   {source.Options{Until: noon().Add(-50 * time.Hour)}, source.Span{To: noon().Add(-50 * time.Hour)}},
		"future":  {source.Options{Until: noon().Add(50 * time.Hour)}, source.Span{To: last}},
		"nothing": {source.Options{Since: noon().Add(50 * time.Hour)}, source.Span{}},
		"latest":  {source.Options{Latest: true}, source.Span{}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.month("audit/")
			r := start(t, p.source("audit/", test.options, quick()))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			if got := r.status().Held; got != test.want {
				t.Errorf("held %v; want %v", got, test.want)
			}
		})
	}
}

// TestHeldFollows: it grows forwards with the objects that appear, and not past one that is still to be read.
func TestHeldFollows(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		began := time.Now()
		f.put(firehose("audit/", began, 0), entries(0, 1), began)
		r := following(t, f, "audit/", source.Options{Since: began.Add(-time.Hour)})
		if got, want := r.status().Held, (source.Span{From: began.Add(-time.Hour), To: began}); got != want {
			t.Errorf("held %v at the start; want %v", got, want)
		}
		for i := 1; i < 5; i++ {
			time.Sleep(10 * time.Minute)
			at := time.Now()
			f.put(firehose("audit/", at.Add(-5*time.Minute), i), entries(i, i+1), at)
			time.Sleep(31 * time.Second)
			if got, want := r.status().Held, (source.Span{From: began.Add(-time.Hour), To: at}); got != want {
				t.Errorf("held %v after object %d; want %v", got, i, want)
			}
		}
	})
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		r := following(t, f, "audit/", source.Options{Latest: true})
		began := time.Now().Add(-time.Second)
		at := time.Now()
		f.put(firehose("audit/", at, 1), entries(0, 1), at)
		time.Sleep(31 * time.Second)
		if got, want := r.status().Held, (source.Span{From: began, To: at}); got != want {
			t.Errorf("held %v; want %v", got, want)
		}
	})
}

// TestGaps: an object that could not be read, or not to its end, is a gap from its oldest entry to its writing.
func TestGaps(t *testing.T) {
	p := newPlace(t)
	at := noon()
	key := func(i int) string { return firehose("audit/", at.Add(time.Duration(i)*time.Minute), i) }
	for i := range 5 {
		p.put(key(i), gzipped(t, entries(i*10, i*10+10)), at.Add(time.Duration(i+5)*time.Minute))
	}
	p.put(key(3), entries(1000, 1100), at.Add(8*time.Minute))
	p.put("audit/loose", gzipped(t, entries(60, 70)), at)
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(0), Kind: emulator.Deny})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(1), Kind: emulator.Archived})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(2), Kind: emulator.NoSuchKey})
	p.Inject(emulator.Fault{Op: "GetObject", Key: key(3), Kind: emulator.Cut})
	p.Inject(emulator.Fault{Op: "GetObject", Key: "audit/loose", Kind: emulator.Corrupt})
	c := quick()
	c.FirstRetry = time.Millisecond
	r := start(t, p.source("audit/", source.Options{}, c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	gaps := r.gaps()
	slices.SortFunc(gaps, func(a, b source.Gap) int { return strings.Compare(a.Why, b.Why) })
	want := []struct {
		key, why string
		span     source.Span
	}{
		{key(0), "s3:GetObject", source.Span{From: at, To: at.Add(5 * time.Minute)}},
		{key(1), "archived", source.Span{From: at.Add(time.Minute), To: at.Add(6 * time.Minute)}},
		{key(2), "deleted", source.Span{From: at.Add(2 * time.Minute), To: at.Add(7 * time.Minute)}},
		{key(3), "its transfer broke 8 times", source.Span{From: at.Add(3 * time.Minute), To: at.Add(8 * time.Minute)}},
		{"audit/loose", "corrupt", source.Span{To: at}},
	}
	if len(gaps) != len(want) {
		t.Fatalf("%d gaps: %+v", len(gaps), gaps)
	}
	for i, w := range want {
		g := gaps[i]
		if !strings.HasPrefix(g.Why, w.key+": ") || !strings.Contains(g.Why, w.why) || g.Span != w.span || g.Source != r.status().Source || g.Part != "audit/" {
			t.Errorf("gap %+v; want %+v", g, w)
		}
	}
	if s := r.status(); s.Gaps != 5 || s.Bad != int64(len(r.bad())) || len(r.bad()) < 5 {
		t.Errorf("status %+v, bad records %q", s, r.bad())
	}
}

// TestProgress: objects and bytes are counted up to what there is, and the time that is left goes to nothing.
func TestProgress(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		var bytes int64
		for i := range 100 {
			body := entries(i*10, i*10+1+i%10)
			bytes += int64(len(body))
			f.put(firehose("audit/", noon().Add(-time.Duration(i)*time.Hour), i), body, noon())
		}
		slow := &slowAPI{f, time.Second}
		r := start(t, s3.New(slow, bucket, "audit/", source.Options{Log: quiet()}, s3.Config{Workers: 2}))
		time.Sleep(35 * time.Second)
		s := r.status()
		if s.Total != 100 || s.TotalBytes != bytes || s.Done < 40 || s.Done > 65 || s.DoneBytes < bytes*3/10 || s.DoneBytes > bytes*7/10 ||
			s.Left < 10*time.Second || s.Left > 40*time.Second {
			t.Errorf("half way: %+v", s)
		}
		time.Sleep(time.Minute)
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		if s := r.status(); s.Done != 100 || s.DoneBytes != bytes || s.TotalBytes != bytes || s.Left != 0 {
			t.Errorf("at the end: %+v", s)
		}
	})
}
