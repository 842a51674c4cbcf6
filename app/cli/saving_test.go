package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"taudit/app/cli"
	"taudit/app/config"
	"taudit/source"
)

// written writes a file of a test.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPrintToAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(2, 1)...))})
	w.width = 80 // a file is no terminal
	if code := w.run(t, "print", "a", "-o", path); code != 0 || w.out.String() != "" {
		t.Fatalf("exit code %d, standard output %q; %s", code, w.out, w.err)
	}
	if got, want := read(t, path), strings.Join(raws(1, 2), "\n")+"\n"; got != want {
		t.Errorf("it holds %q", got)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if w.lastLine() != "read=2 printed=2 duplicates=0 bad=0 gaps=0" {
		t.Errorf("the last line is %q", w.lastLine())
	}

	w = newWorld(map[string]source.Source{"a": sends("a", batch(entry(3)))})
	if code := w.run(t, "print", "a", "-o", path); code != 2 || !strings.Contains(w.err.String(), "is not overwritten; write to another file, or add --force") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
	if got := read(t, path); !strings.Contains(got, "id-000002") {
		t.Errorf("it holds %q", got)
	}
	if code := w.run(t, "print", "a", "--output", path, "--force"); code != 0 || read(t, path) != numbered(3)+"\n" {
		t.Errorf("exit code %d, %q; %s", code, read(t, path), w.err)
	}
	// One that follows can be read while it is written, and is kept however it ends.
	w = newWorld(map[string]source.Source{"a": sends("a", batch(entry(4)))})
	if code := w.run(t, "print", "a", "--follow", "-o", path, "--force"); code != 0 || read(t, path) != numbered(4)+"\n" {
		t.Errorf("exit code %d, %q; %s", code, read(t, path), w.err)
	}
}

func TestPrintToAFileThatDoesNotBecomeWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	w := newWorld(map[string]source.Source{"a": script{"a", func(ctx context.Context, out chan<- source.Event) error {
		<-ctx.Done()
		return ctx.Err()
	}}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := cli.Run(ctx, []string{"print", "a", "-o", path}, w.Env); code != 1 && code != 3 {
		t.Errorf("exit code %d; %s", code, w.err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a file was left: %v", err)
	}
}

func TestPrintForATicket(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(2, 1)...))})
	w.Marks = config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
	e := entry(2)
	if err := w.Marks.Note(&e, "why?", noon); err != nil {
		t.Fatal(err)
	}
	if err := w.Marks.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := w.run(t, "print", "a", "--format", "markdown", "-f", "op:UpdateUser"); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	for _, want := range []string{
		"| 2026-11-20 12:00:02 | `user1@example.com` | Updated a user **note:** `why?` | accepted |  | `id-000002` |\n",
		"2 entries that `op:UpdateUser` means, from `a`.\n",
		"Covered: all of a; 0 undecodable.\n",
		"Written by taudit v1.2.3 at 2026-11-20 12:00:00 UTC.\n",
	} {
		if !strings.Contains(w.out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, w.out)
		}
	}
	w.out = &buffer{}
	w.Stdout = w.out
	if code := w.run(t, "print", "a", "--format", "csv"); code != 0 || !strings.HasSuffix(w.out.lines()[2], ",why?") {
		t.Errorf("exit code %d: %s", code, w.out)
	}
}

func TestPrintRedacted(t *testing.T) {
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
	rules := written(t, "# people\nprincipal.name\n")
	if code := w.run(t, "print", "a", "--redact", "log_id", "--redact", "details.user", "--redact-file", rules); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	want := strings.NewReplacer(`"id-000001"`, `"[redacted]"`, `"user1@example.com"`, `"[redacted]"`).Replace(numbered(1)) + "\n"
	if w.out.String() != want {
		t.Errorf("printed %s", w.out)
	}
	if !strings.Contains(w.err.String(), "--redact details.user left out nothing") || strings.Contains(w.err.String(), "--redact log_id left") {
		t.Errorf("standard error:\n%s", w.err)
	}
	w.out = &buffer{}
	w.Stdout = w.out
	if code := w.run(t, "print", "a", "--redact-file", rules, "--redact-key", written(t, "a secret of 16 bytes or more\n")); code != 0 || !regexp.MustCompile(`"name":"redacted-[0-9a-f]{16}"`).MatchString(w.out.String()) {
		t.Errorf("exit code %d, printed %s; %s", code, w.out, w.err)
	}
}

func TestExportsThatCannotBeMeant(t *testing.T) {
	short, empty := written(t, "short"), written(t, "# nothing\n")
	for args, say := range map[string]string{
		"--force":                          "there is no --output",
		"-o /":                             "is a directory",
		"-o " + short:                      "is there already",
		"--redact a..b":                    `--redact: "a..b" is no path`,
		"--redact a --redact-key " + short: "has 5 bytes and needs 16",
		"--redact-key " + short + "xx":     "no such file",
		"--redact-key " + written(t, configuration): "--redact and --redact-file say which",
		"--redact-file " + empty:                    "has no path, so nothing would be left out",
		"--redact-file nowhere":                     "--redact-file:",
	} {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
		if code := w.run(t, append([]string{"print", "a"}, strings.Fields(args)...)...); code != 2 || !strings.Contains(w.err.String(), say) || w.out.String() != "" {
			t.Errorf("%s: exit code %d; %s", args, code, w.err)
		}
	}
}

func TestPrintToAFullDiskLeavesNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // it has a device for this
	}
	w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
	if code := w.run(t, "print", "a", "-o", "/dev/full"); code != 3 || !strings.Contains(w.err.String(), syscall.ENOSPC.Error()) {
		t.Errorf("exit code %d; %s", code, w.err)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Fatal("a device was removed")
	}
}
