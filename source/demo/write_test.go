package demo

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source/audit"
)

// readBack decodes every object below a directory as the adapters do; names are relative to it.
func readBack(t *testing.T, dir string) (entries []audit.Entry, bad []audit.Bad, names []string) {
	t.Helper()
	dec := audit.NewDecoder()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		names = append(names, filepath.ToSlash(name))
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		plain, err := audit.Unpack(f, 1<<30)
		if err != nil {
			return err
		}
		defer func() { _ = plain.Close() }()
		return dec.Read(plain, audit.Origin{Part: names[len(names)-1]}, func(e []audit.Entry, b []audit.Bad) error {
			entries = append(entries, e...)
			bad = append(bad, b...)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries, bad, names
}

func TestObjectsHoldTheHistory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "history")
	o := WriteOptions{Seed: 3, Entries: 12_000, To: end(), From: end().Add(-3 * day)}
	counts, err := WriteObjects(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	entries, bad, names := readBack(t, dir)
	if len(entries) != counts.Entries+counts.Duplicates || counts.Entries != o.Entries {
		t.Errorf("read %d entries of %+v", len(entries), counts)
	}
	if len(bad) != 1 || !bad[0].Probe() || counts.Probes != 1 {
		t.Errorf("bad stretches %+v, want the test value alone", bad)
	}
	if counts.Duplicates == 0 || counts.Late == 0 {
		t.Errorf("%+v: want a few duplicates and latecomers", counts)
	}

	want := map[string]bool{}
	for r := range NewAccount(3).History(o.From, o.To, o.Entries) {
		want[string(r.JSON)] = true
	}
	late := 0
	for i := range entries {
		e := &entries[i]
		if _, ok := want[e.Raw]; !ok {
			t.Fatalf("not of the history: %s", e.Raw)
		}
		want[e.Raw] = false
		stamp := regexp.MustCompile(`-1-(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)-`).FindStringSubmatch(e.Origin.Part)
		opened, err := time.Parse("2006-01-02-15-04-05", stamp[1])
		if err != nil {
			t.Fatal(err)
		}
		if opened.Sub(e.EmitTime) > 5*time.Minute {
			late++
		}
		if e.EmitTime.Sub(opened) > bufferInterval {
			t.Errorf("%s holds an entry of %v", e.Origin.Part, e.EmitTime)
		}
	}
	if late == 0 || late > counts.Late+counts.Duplicates {
		t.Errorf("%d late entries of %+v", late, counts)
	}
	for raw, missing := range want {
		if missing {
			t.Fatalf("missing: %s", raw)
		}
	}

	layout := regexp.MustCompile(`^(\d{4})/(\d\d)/(\d\d)/(\d\d)/audit-demo-1-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-` +
		`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.gz$`)
	var size int64
	for _, name := range names {
		m := layout.FindStringSubmatch(name)
		if m == nil || !strings.Contains(name, "-1-"+strings.Join(m[1:5], "-")+"-") {
			t.Errorf("the key %s is not as Firehose makes it", name)
		}
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
		if m := info.ModTime(); m.Before(o.From) || m.After(o.To.Add(3*time.Hour)) {
			t.Errorf("%s was modified at %v", name, m)
		}
	}
	if len(names) != counts.Objects || size != counts.Bytes {
		t.Errorf("%d objects of %d bytes, counted %+v", len(names), size, counts)
	}
	// A window of 300 s in which anything happened makes an object: there are 864 in three days.
	if counts.Objects < 300 || counts.Objects > 900 {
		t.Errorf("%d objects in three days", counts.Objects)
	}
}

func TestObjectsAreTheSameForTheSameSeed(t *testing.T) {
	read := func() map[string]string {
		dir := t.TempDir()
		if _, err := WriteObjects(t.Context(), dir, WriteOptions{Seed: 5, Entries: 600, From: end().Add(-8 * time.Hour), To: end()}); err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		_, _, names := readBack(t, dir)
		for _, name := range names {
			b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(b)
		}
		return files
	}
	first, second := read(), read()
	if len(first) != len(second) || len(first) == 0 {
		t.Fatalf("%d objects, then %d", len(first), len(second))
	}
	for name, body := range first {
		if second[name] != body {
			t.Errorf("%s differs", name)
		}
	}
}

func TestLinesHoldTheHistory(t *testing.T) {
	var out bytes.Buffer
	counts, err := WriteLines(t.Context(), &out, WriteOptions{Seed: 3, Entries: 2000})
	if err != nil {
		t.Fatal(err)
	}
	if counts.Entries != 2000 || counts.Bytes != int64(out.Len()) || counts.Duplicates != 0 {
		t.Errorf("%+v of %d bytes", counts, out.Len())
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	i := 0
	for r := range month(3, 2000) {
		if lines[i] != string(r.JSON) {
			t.Fatalf("line %d is %s, want %s", i+1, lines[i], r.JSON)
		}
		i++
	}
	if i != len(lines) {
		t.Errorf("%d lines for %d entries", len(lines), i)
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWritingFails(t *testing.T) {
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		do   func() error
		want string
		is   error
	}{
		{"objects, context over", func() error {
			_, err := WriteObjects(stopped, t.TempDir(), WriteOptions{})
			return err
		}, "", context.Canceled},
		{"lines, context over", func() error {
			_, err := WriteLines(stopped, fullDisk{}, WriteOptions{})
			return err
		}, "", context.Canceled},
		{"directory in use", func() error {
			_, err := WriteObjects(t.Context(), taken, WriteOptions{Entries: 10})
			return err
		}, "not empty", nil},
		{"a file in the way", func() error {
			_, err := WriteObjects(t.Context(), filepath.Join(taken, "mine"), WriteOptions{Entries: 10})
			return err
		}, "making the directory", nil},
		{"disk full", func() error {
			_, err := WriteLines(t.Context(), fullDisk{}, WriteOptions{Entries: 10})
			return err
		}, "writing the history", errFull},
		{"fewer than no entries", func() error {
			_, err := WriteLines(t.Context(), fullDisk{}, WriteOptions{Entries: -1})
			return err
		}, "above zero", nil},
		{"end before beginning", func() error {
			_, err := WriteObjects(t.Context(), t.TempDir(), WriteOptions{From: end(), To: end().Add(-1)})
			return err
		}, "earlier beginning", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.do()
			if err == nil || !strings.Contains(err.Error(), test.want) || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// TestDelivery checks when records arrive.
func TestDelivery(t *testing.T) {
	var last time.Time
	var late, twice, n int
	arrivals := map[time.Time]int{}
	for p := range deliver(1, month(1, 20_000), time.Time{}) {
		if p.arrived.Before(last) {
			t.Fatalf("%v arrives after %v", p.arrived, last)
		}
		last = p.arrived
		delay := p.arrived.Sub(p.EmitTime)
		switch {
		case p.probe:
			continue
		case p.late:
			late++
			if delay < 10*time.Minute || delay > 2*time.Hour {
				t.Errorf("a latecomer after %v", delay)
			}
		case p.duplicate:
			twice++
		case delay < 0 || delay > 4*time.Minute:
			t.Errorf("%v from emission to arrival", delay)
		}
		n++
		arrivals[p.arrived]++
	}
	if n != 20_000+twice || late < 2 || twice < 4 || late > 40 || twice > 40 {
		t.Errorf("%d records, %d late, %d twice", n, late, twice)
	}
	most := 0
	for _, count := range arrivals {
		most = max(most, count)
	}
	if most < 5 {
		t.Errorf("at most %d records arrive together, want batches", most)
	}

	limit := end().Add(-time.Hour)
	for p := range deliver(1, month(1, 2000), limit) {
		if p.arrived.After(limit) {
			t.Fatalf("arrived at %v, after %v", p.arrived, limit)
		}
	}
}

func TestFirehoseClosesObjectsBySizeAndTime(t *testing.T) {
	f := newFirehose(1, "s", bufferInterval)
	start := time.Date(2026, 11, 20, 10, 59, 50, 0, time.UTC)
	add := func(at time.Time, size int) (object, bool) {
		return f.add(&parcel{Record: Record{JSON: bytes.Repeat([]byte{'x'}, size)}, arrived: at})
	}
	if _, ok := add(start, 3<<20); ok {
		t.Error("an object before there was a record")
	}
	o, ok := add(start.Add(time.Second), 3<<20)
	if !ok || o.records != 1 || len(o.body) != 3<<20 || !strings.HasPrefix(o.key, "2026/11/20/10/s-1-2026-11-20-10-59-50-") {
		t.Errorf("by size: %v %s with %d records", ok, o.key, o.records)
	}
	if _, ok := f.tick(start.Add(9 * time.Second)); ok {
		t.Error("closed before its time")
	}
	o, ok = f.tick(start.Add(10 * time.Second))
	if !ok || o.records != 1 || o.closed.Before(start.Add(10*time.Second)) {
		t.Errorf("by time: %v %+v", ok, o.closed)
	}
	if _, ok := f.tick(start.Add(time.Hour)); ok {
		t.Error("an object of nothing")
	}
	var sizes []int
	for i := range 40 {
		if o, ok := add(start.Add(time.Hour+time.Duration(i)*time.Millisecond), 1<<18); ok {
			sizes = append(sizes, len(o.body))
		}
	}
	if !slices.Equal(sizes, []int{bufferSize}) {
		t.Errorf("objects of %v bytes", sizes)
	}
}
