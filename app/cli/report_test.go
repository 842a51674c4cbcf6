package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taudit/app/config"
	"taudit/source"
)

func TestReport(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(-1, -3600, -7200)...))})
	path := filepath.Join(t.TempDir(), "change.md")
	if code := w.run(t, "report", "--begin", "90m", "--expect-who", "alice, bob", "--expect-who", "user1", "-o", path, "a"); code != 0 || w.out.String() != "" {
		t.Fatalf("exit code %d; %s%s", code, w.out, w.err)
	}
	text := read(t, path)
	for _, want := range []string{
		"# Change window 2026-11-20 10:30 to 2026-11-20 12:00 UTC\n", "2 entries, 0 of them not accepted, by 1 principal.\n",
		"nobody acted but `alice`, `bob`, `user1`", "Named, and did not act: `alice`, `bob`.", "| `user1@example.com` | 2 | 0 | 2026-11-20 11:00:00 | 2026-11-20 11:59:59 | 2 `UpdateUser` |",
		"Covered: all of a; 0 undecodable.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if code := w.run(t, "report", "--begin", "90m", "-o", path, "a"); code != 2 || !strings.Contains(w.err.String(), "is there already") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
	if o := w.asked; !o.Since.Equal(noon.Add(-90*time.Minute)) || !o.Until.Equal(noon) {
		t.Errorf("asked for %+v", o)
	}
}

func TestReportBetweenMarks(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(-4, -3, -2, -1)...))})
	w.Marks = config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
	begin, end, other := entry(-3), entry(-2), entry(-1)
	if err := w.Marks.Note(&begin, "Begin of migration", noon); err != nil {
		t.Fatal(err)
	}
	w.Marks.Set(&end, true, noon)
	if err := w.Marks.Note(&other, "begin of", noon); err != nil {
		t.Fatal(err)
	}
	if err := w.Marks.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := w.run(t, "report", "--begin", "mark:begin of migration", "--end", "mark:id--00002", "a"); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	for _, want := range []string{"Begin: `Begin of migration`\n", "End: `mark id--00002`\n", "2 entries, "} {
		if !strings.Contains(w.out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, w.out)
		}
	}
}

func TestReportsThatCannotBeMeant(t *testing.T) {
	for args, say := range map[string]string{
		"--begin 1h":                 "needs a SOURCE",
		"a":                          "--begin TIME",
		"a --begin soon":             `--begin: "soon" is no time`,
		"a --begin 2026-11-21":       "is still to come",
		"a --begin 1h --end 2h":      "is not after --begin",
		"a --begin 1h --end mark:x":  "no entry is marked whose log_id or note is \"x\"",
		"a --begin 1h --force":       "there is no --output",
		"a --begin 1h --filter op:(": "--filter",
		"a --begin 1h --latest":      "unknown flag: --latest",
	} {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
		w.Marks = config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
		if code := w.run(t, append([]string{"report"}, strings.Fields(args)...)...); code != 2 || !strings.Contains(w.err.String(), say) {
			t.Errorf("%s: exit code %d; %s", args, code, w.err)
		}
	}
}
