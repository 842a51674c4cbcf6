package config_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taudit/app/config"
	"taudit/source"
)

const here = "kinesis/us-east-1/123456789012/audit-prod"

func at(part, after string, minutes int) source.Position {
	return source.Position{
		Place: here, Part: part, After: after, To: time.Date(2026, 11, 20, 12, minutes, 0, 0, time.UTC),
	}
}

func save(t *testing.T, p *config.Positions, list ...source.Position) {
	t.Helper()
	for _, at := range list {
		p.Take(at)
	}
	if err := p.Save(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func wantPositions(t *testing.T, p *config.Positions, place string, want ...source.Position) {
	t.Helper()
	got, err := p.Load(place)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPositionsAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "positions")
	p := config.NewPositions(dir)
	wantPositions(t, p, here)
	ended := at("shard-0", "100", 1)
	ended.Ended = true
	save(t, p, at("shard-1", "99", 1), ended, at("shard-2", "", 2))
	wantPositions(t, config.NewPositions(dir), here, ended, at("shard-1", "99", 1), at("shard-2", "", 2))
	wantPositions(t, p, "kinesis/us-east-1/123456789012/other")

	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("%s has the mode %o", f.Name(), mode)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "kinesis+us-east-1+123456789012+audit-prod.json")); err != nil {
		t.Error(err)
	}
}

// Whoever is further on counts, whatever the order of writing.
func TestLaterPositionIsKept(t *testing.T) {
	end := func(p source.Position) source.Position {
		p.Ended = true
		return p
	}
	for _, test := range []struct {
		name             string
		behind, furthest source.Position
	}{
		{"a later number", at("a", "100", 5), at("a", "101", 1)},
		{"a number with more digits", at("a", "99", 1), at("a", "100", 2)},
		{"the same number, looked at later", at("a", "100", 1), at("a", "100", 2)},
		{"the end", at("a", "100", 1), end(at("a", "100", 1))},
		{"a stream that was made anew", end(at("a", "100", 1)), at("a", "200", 2)},
		{"no number, and later", at("a", "", 1), at("a", "", 2)},
		{"a first number", at("a", "", 1), at("a", "100", 2)},
	} {
		for _, order := range [][]source.Position{{test.behind, test.furthest}, {test.furthest, test.behind}} {
			p := config.NewPositions(t.TempDir())
			save(t, p, order[0])
			save(t, p, order[1])
			got, err := p.Load(here)
			if err != nil || len(got) != 1 || got[0] != test.furthest {
				t.Errorf("%s: of %+v and %+v was kept %+v (%v)", test.name, order[0], order[1], got, err)
			}
		}
	}
}

// Many instances at once neither lose parts of each other nor leave a broken file.
func TestPositionsOfManyInstances(t *testing.T) {
	dir := t.TempDir()
	var writers sync.WaitGroup
	const instances, rounds = 8, 10
	for i := range instances {
		writers.Go(func() {
			p := config.NewPositions(dir)
			for n := range rounds {
				p.Take(at(fmt.Sprintf("own-%d", i), fmt.Sprint(100+n), n))
				p.Take(at("shared", fmt.Sprint(1000+n*instances+i), n))
				if err := p.Save(context.Background()); err != nil {
					t.Error(err)
				}
				if _, err := p.Load(here); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	var want []source.Position
	for i := range instances {
		want = append(want, at(fmt.Sprintf("own-%d", i), fmt.Sprint(100+rounds-1), rounds-1))
	}
	want = append(want, at("shared", fmt.Sprint(1000+rounds*instances-1), rounds-1))
	wantPositions(t, config.NewPositions(dir), here, want...)
}

// Streams of different accounts, regions and names have files of their own, whatever is in their names.
func TestPlacesAreApart(t *testing.T) {
	p := config.NewPositions(t.TempDir())
	places := []string{
		here, "kinesis/us-east-1/123456789012/audit_prod", "kinesis/us-east-1/123456789012/Audit-prod",
		"kinesis/us-east-1/210987654321/audit-prod", "kinesis/us-east-2/123456789012/audit-prod",
		"kinesis/us-east-1/profile default at http://127.0.0.1:4566/audit-prod",
		"kinesis/us-east-1/profile " + strings.Repeat("long", 100) + "/a", "kinesis/us-east-1/profile " + strings.Repeat("long", 100) + "/b",
		"../../escape", "..", "a+b", "a/b", "a%2Fb",
	}
	for n, place := range places {
		save(t, p, source.Position{Place: place, Part: "a", After: fmt.Sprint(n), To: time.Unix(int64(n), 0).UTC()})
	}
	for n, place := range places {
		wantPositions(t, p, place, source.Position{Place: place, Part: "a", After: fmt.Sprint(n), To: time.Unix(int64(n), 0).UTC()})
	}
}

// What cannot be understood is not taken for positions, is said to be damaged, and is left as it is.
func TestDamagedPositions(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "is damaged",
		"{":                                 "is damaged",
		`[]`:                                "is damaged",
		`{"format":1,"state":{"place":1}}`:  "is damaged",
		`{"format":1,"state":{"parts":[]}}`: "is damaged",
		`{"format":1,"state":{"place":"kinesis/us-east-1/210987654321/audit-prod"}}`: "is damaged",
		`{"format":2,"state":[]}`: "newer taudit",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "kinesis+us-east-1+123456789012+audit-prod.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p := config.NewPositions(dir)
		if _, err := p.Load(here); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; %q should be in it", text, err, want)
		}
		p.Take(at("a", "1", 1))
		if err := p.Save(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: saving gave %v", text, err)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("of %q is left %q (%v)", text, left, err)
		}
	}
}

// What could not be written is written the next time, without what came meanwhile being lost.
func TestPositionsAreWrittenLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "positions")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := config.NewPositions(dir)
	p.Take(at("a", "1", 1))
	p.Take(at("b", "1", 1))
	if err := p.Save(context.Background()); err == nil || !strings.Contains(err.Error(), here) {
		t.Fatalf("the error is %v", err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	save(t, p, at("b", "2", 2))
	wantPositions(t, p, here, at("a", "1", 1), at("b", "2", 2))
}

// What no stream keeps any more is forgotten.
func TestOldPositionsAreForgotten(t *testing.T) {
	p := config.NewPositions(t.TempDir())
	old := at("old", "1", 1)
	old.To = old.To.AddDate(-2, 0, 0)
	save(t, p, old)
	save(t, p, at("new", "2", 1))
	wantPositions(t, p, here, at("new", "2", 1))
}

func FuzzPositions(f *testing.F) {
	f.Add([]byte(`{"format":1,"state":{"place":"` + here + `","parts":{"a":{"after":"1","to":"2026-11-20T12:00:00Z"}}}}`))
	f.Add([]byte(`{"format":1,"state":{"place":"` + here + `","parts":{"a":{"to":"x"}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "kinesis+us-east-1+123456789012+audit-prod.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		p := config.NewPositions(dir)
		before, err := p.Load(here)
		p.Take(at("new", "1", 1))
		if saveErr := p.Save(context.Background()); saveErr != nil {
			if err == nil {
				t.Fatalf("%q can be read and not written: %v", text, saveErr)
			}
			return
		}
		after, err := p.Load(here)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if len(after) > len(before)+1 || len(after) == 0 {
			t.Errorf("of %d positions became %d", len(before), len(after))
		}
	})
}
