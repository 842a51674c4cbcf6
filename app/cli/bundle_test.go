package cli_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taudit/app/cli"
	"taudit/app/config"
	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
)

func TestBundleAndVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(3, 1, 2)...), source.Event{Bad: []audit.Bad{{Raw: "x", Size: 1, Reason: "no JSON"}}})})
	w.Marks = config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
	e := entry(3)
	w.Marks.Set(&e, true, noon)
	if err := w.Marks.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := w.run(t, "bundle", "-o", dir, "--filter", "-log_id:id-000001", "a", "--since", "1h"); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	if got, want := read(t, filepath.Join(dir, "entries.jsonl")), strings.Join(raws(2, 3), "\n")+"\n"; got != want {
		t.Errorf("entries %q, want %q", got, want)
	}
	fingerprint := strings.TrimSpace(w.out.String())
	v, err := export.Verify(dir)
	if err != nil || !v.Whole() || v.Fingerprint != fingerprint {
		t.Fatalf("%+v, %v", v, err)
	}
	m := v.Manifest
	if m.Filter != "-log_id:id-000001" || !m.Since.Equal(noon.Add(-3600e9)) || m.Read != 3 || m.Entries.Count != 2 || m.Marks != 1 || m.Bad != 1 || m.Coverage != "all of a; 1 undecodable" || !m.Whole {
		t.Errorf("manifest %+v", m)
	}
	if !strings.Contains(w.err.String(), "wrote 2 entries from 2026-11-20T12:00:02Z to 2026-11-20T12:00:03Z, 1 of them with marks or notes, 1 undecodable") {
		t.Errorf("standard error:\n%s", w.err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{dir}, 0, "is whole: 2 entries from"},
		{[]string{dir, "--fingerprint", strings.ToUpper(fingerprint)}, 0, "covered: all of a; 1 undecodable\n"},
		{[]string{dir, "--fingerprint", "00"}, 1, "it is another bundle: its fingerprint is " + fingerprint},
		{[]string{filepath.Dir(dir)}, 2, ""},
		{[]string{filepath.Join(dir, "nowhere")}, 2, ""},
		{nil, 2, ""},
	} {
		w := newWorld(nil)
		if code := w.run(t, append([]string{"verify"}, c.args...)...); code != c.code || !strings.Contains(w.out.String(), c.says) {
			t.Errorf("verify %q: exit code %d; %s%s", c.args, code, w.out, w.err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "entries.jsonl"), []byte(numbered(1)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w = newWorld(nil)
	if code := w.run(t, "verify", dir); code != 1 || !strings.Contains(w.out.String(), "entries.jsonl differs") || !strings.Contains(w.out.String(), "is not whole\n") {
		t.Errorf("exit code %d; %s%s", code, w.out, w.err)
	}
}

func TestBundleOfWhatFailsOrIsNothing(t *testing.T) {
	refused := script{"a", func(context.Context, chan<- source.Event) error { return errors.New("access was refused") }}
	for name, c := range map[string]struct {
		sources map[string]source.Source
		code    int
		whole   bool
	}{
		"nothing":          {map[string]source.Source{"a": sends("a")}, 1, true},
		"a failing source": {map[string]source.Source{"a": refused}, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "case")
			w := newWorld(c.sources)
			if code := w.run(t, "bundle", "-o", dir, "a"); code != c.code {
				t.Errorf("exit code %d, want %d; %s", code, c.code, w.err)
			}
			v, err := export.Verify(dir)
			if err != nil || !v.Whole() || v.Manifest.Whole != c.whole {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}

func TestBundlesThatCannotBeMeant(t *testing.T) {
	full := filepath.Dir(written(t, "x"))
	for args, say := range map[string]string{
		"-o x":                   "needs a SOURCE",
		"a":                      "--output DIR",
		"a -o " + full:           "is not empty and nothing in it is overwritten",
		"a -o " + full + "/file": "--output needs a directory",
		"a -o x --latest":        "--latest is for what arrives from now on",
		"a -o x --filter op:(":   "--filter",
		"a -o x --since soon":    "is no time",
	} {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
		if code := w.run(t, append([]string{"bundle"}, strings.Fields(args)...)...); code != 2 || !strings.Contains(w.err.String(), say) {
			t.Errorf("%s: exit code %d; %s", args, code, w.err)
		}
	}
}

func TestBundleInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	ctx, cancel := context.WithCancel(t.Context())
	w := newWorld(map[string]source.Source{"a": script{"a", func(ctx context.Context, _ chan<- source.Event) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}}})
	if code := cli.Run(ctx, []string{"bundle", "-o", dir, "a"}, w.Env); code != 3 || !strings.Contains(w.err.String(), "interrupted") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("something was left: %v", err)
	}
}
