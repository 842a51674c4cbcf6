package s3_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// TestStorms: whatever the service does while a bucket is read and followed, each entry comes once or its object is said to be missing,
// and the source ends within a second of being told.
func TestStorms(t *testing.T) {
	const objects, more, each = 60, 20, 20
	began := time.Now().Add(-objects * 10 * time.Minute)
	key := func(i int) string { return firehose("audit/", began.Add(time.Duration(i)*10*time.Minute), i) }
	// A storm begins after so many calls, in so many waves: who waits longer each time must not wait for ever.
	type storm func(p *place, after, waves int)
	waves := func(f emulator.Fault) storm {
		return func(p *place, after, waves int) {
			for i := range waves {
				f.Skip, f.Times = after+9*i, 4
				p.Inject(f)
			}
		}
	}
	some := func(kind emulator.FaultKind) storm {
		return func(p *place, after, _ int) {
			for i := after % 7; i < objects+more; i += 9 {
				p.Inject(emulator.Fault{Op: "GetObject", Key: key(i), Kind: kind})
			}
		}
	}
	storms := map[string]storm{
		"slow down":           waves(emulator.Fault{Kind: emulator.Throttle}),
		"internal errors":     waves(emulator.Fault{Kind: emulator.Internal}),
		"unavailable":         waves(emulator.Fault{Kind: emulator.Unavailable}),
		"keys throttled":      waves(emulator.Fault{Op: "GetObject", Kind: emulator.KMSThrottle}),
		"dropped connections": waves(emulator.Fault{Kind: emulator.Drop}),
		"cut objects":         waves(emulator.Fault{Op: "GetObject", Kind: emulator.Cut}),
		"cut listings":        waves(emulator.Fault{Op: "ListObjectsV2", Kind: emulator.Cut}),
		"corrupt at times":    waves(emulator.Fault{Op: "ListObjectsV2", Kind: emulator.Corrupt}),
		"slow answers":        waves(emulator.Fault{Kind: emulator.Slow, Delay: 30 * time.Millisecond}),
		"corrupt objects":     some(emulator.Corrupt),
		"archived objects":    some(emulator.Archived),
		"denied objects":      some(emulator.Deny),
		"deleted objects":     some(emulator.NoSuchKey),
		"dropped objects":     some(emulator.Drop),
		"late objects": func(p *place, _, _ int) {
			for i := 5; i < objects; i += 7 {
				p.Hide(bucket, key(i))
				time.AfterFunc(time.Duration(i)*10*time.Millisecond, func() { p.Show(bucket, key(i)) })
			}
		},
	}
	for name, do := range storms {
		t.Run(name, func(t *testing.T) { testStorm(t, func(p *place) { do(p, 3, 12) }, key, objects, more, each) })
	}
	t.Run("all at once", func(t *testing.T) {
		testStorm(t, func(p *place) {
			for i, name := range slices.Sorted(maps.Keys(storms)) {
				storms[name](p, i*10, 1)
			}
		}, key, objects, more, each)
	})
}

func testStorm(t *testing.T, storm func(*place), key func(int) string, objects, more, each int) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	p := newPlace(t)
	put := func(i int) { p.put(key(i), gzipped(t, entries(i*each, (i+1)*each)), time.Now()) }
	for i := range objects {
		put(i)
	}
	storm(p)
	c := quick()
	c.FirstRetry, c.Sweep = time.Millisecond, 200*time.Millisecond
	r := start(t, p.source("audit/", source.Options{Follow: true}, c))
	for i := objects; i < objects+more; i++ {
		time.Sleep(2 * time.Millisecond)
		put(i)
	}
	accounted := func() (missing []string) {
		seen := map[string]int{}
		for _, id := range r.ids() {
			seen[id]++
		}
		said := ""
		for _, g := range r.gaps() {
			said += g.Why + "\n"
		}
		for i := range (objects + more) * each {
			id := sourcetest.ID(i)
			if seen[id] > 1 {
				t.Fatalf("%s came %d times", id, seen[id])
			}
			if seen[id] == 0 && !strings.Contains(said, key(i/each)+": ") {
				missing = append(missing, id)
			}
		}
		return missing
	}
	r.until("all entries", func() bool {
		s := r.status()
		return s.Done == int64(objects+more) && s.Done == s.Total && len(accounted()) == 0
	})
	if s := r.status(); s.Gaps != int64(len(r.gaps())) || s.Bad != int64(len(r.bad())) || s.Entries != int64(len(r.ids())) || s.Held.To.IsZero() {
		t.Errorf("%d gaps, %d bad records and %d entries came; status %+v", len(r.gaps()), len(r.bad()), len(r.ids()), s)
	}
	told := time.Now()
	if err := r.stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("Run gave %v", err)
	}
	if took := time.Since(told); took > time.Second {
		t.Errorf("it took %s to end", took)
	}
	p.close()
	goleak.VerifyNone(t, before)
}

// TestErrorOutput: what Firehose could not deliver is read from where it puts that, and marked.
func TestErrorOutput(t *testing.T) {
	p := newPlace(t)
	raw := func(data string) string { return base64.StdEncoding.EncodeToString([]byte(data)) }
	record := func(code, data string) string {
		return fmt.Sprintf(`{"attemptsMade":4,"arrivalTimestamp":1795609800000,"errorCode":%q,"errorMessage":"not found",`+
			`"attemptEndingTimestamp":1795609860000,"rawData":%q,"lambdaArn":"arn:aws:lambda:eu-west-1:123456789012:function:f"}`, code, data)
	}
	failed := record("Lambda.FunctionNotFound", raw(entries(0, 2))) + "\n" +
		record("Lambda.FunctionNotFound", raw(gzipped(t, entries(2, 4)))) + "\n" +
		record("DataFormatConversion.ParseError", raw("what is this?")) + "\n" +
		record("Lambda.FunctionNotFound", "no base64!") + "\n" +
		record("Lambda.FunctionNotFound", raw(entries(4, 5)))
	for i, prefix := range []string{"audit/processing-failed/", "errors/format-conversion-failed/", "errors/decompression-failed/"} {
		p.put(firehose(prefix, noon(), i), gzipped(t, failed), noon())
	}
	p.put(firehose("audit/", noon(), 9), gzipped(t, entries(50, 60)), noon())
	r := start(t, p.source("audit/", source.Options{}, quick()))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(append(upTo(5), upTo(60)[50:]...)...)
	for _, e := range r.all() {
		for _, entry := range e.All() {
			if entry.Origin.Rescued != (entry.LogID < sourcetest.ID(50)) {
				t.Errorf("origin of %s is %+v", entry.LogID, entry.Origin)
			}
		}
	}
	bad := r.bad()
	if len(bad) != 2 || !slices.ContainsFunc(bad, func(b string) bool { return strings.Contains(b, "DataFormatConversion.ParseError") }) ||
		!slices.ContainsFunc(bad, func(b string) bool { return strings.Contains(b, "not base64") }) {
		t.Errorf("bad records %q", bad)
	}
	// The error prefix can be elsewhere; it is read like any other.
	r = start(t, p.source("errors/", source.Options{}, quick()))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if n := len(r.ids()); n != 2*5 {
		t.Errorf("%d entries came of the error prefix", n)
	}
}
