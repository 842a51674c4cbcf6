//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"taudit/source/emulator"
)

// TestFigures reads one history from a file, from objects in a folder and from a bucket, and prints what each took as a whole process: the
// figures of the README, with TAUDIT_E2E_ENTRIES=1000000. It holds the program to reading all of it, and not to times.
func TestFigures(t *testing.T) {
	count := entriesWanted(t, 20_000)
	dir := t.TempDir()
	bin, file, objects := filepath.Join(dir, "taudit"), filepath.Join(dir, "history.jsonl"), filepath.Join(dir, "objects")
	for _, args := range [][]string{
		{"go", "build", "-o", bin, "taudit"},
		{bin, "demo", "--jsonl", file, "--entries", strconv.Itoa(count), "--seed", "1"},
		{bin, "demo", "--write", objects, "--entries", strconv.Itoa(count), "--seed", "1"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	bucket := serveFiles(t, objects)

	const week, filter = "2026-11-13", "who:terraform is:error since:2026-11-13"
	for _, c := range []struct {
		name string
		args []string
		all  bool
	}{
		{"a file", []string{file, "--limit", "1"}, true},
		{"a folder of gzip objects", []string{objects, "--limit", "1"}, true},
		{"a bucket", []string{"s3://history/", "--endpoint-url", bucket, "--limit", "1"}, true},
		{"the last week of the folder", []string{objects, "--since", week, "--limit", "1"}, false},
		{"a structured filter, cold", []string{file, "-f", filter}, true},
		{"free text, cold", []string{file, "-f", "terraform", "--limit", "1"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var walls, cpus []time.Duration
			var memory int64
			for range 3 {
				cmd := exec.Command(bin, append([]string{"print"}, c.args...)...)
				cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true")
				var said bytes.Buffer
				cmd.Stderr = &said
				began := time.Now()
				if err := cmd.Run(); err != nil {
					t.Fatalf("%v: %s", err, &said)
				}
				walls = append(walls, time.Since(began))
				usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
				cpus = append(cpus, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
				memory = max(memory, usage.Maxrss>>10)
				read := readOf(t, said.String())
				if c.all && read < count || read == 0 || !c.all && read >= count {
					t.Fatalf("%d entries were read of %d: %s", read, count, &said)
				}
			}
			slices.Sort(walls)
			slices.Sort(cpus)
			t.Logf("%v, %v of the processor, %d MiB", walls[1].Round(10*time.Millisecond), cpus[1].Round(10*time.Millisecond), memory)
		})
	}
}

// entriesWanted is how many entries the figures are asked for.
func entriesWanted(t *testing.T, usual int) int {
	t.Helper()
	s := os.Getenv("TAUDIT_E2E_ENTRIES")
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// readOf is the number of entries that print says it has read.
func readOf(t *testing.T, said string) int {
	t.Helper()
	_, rest, ok := strings.Cut(said, "read=")
	number, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		t.Fatalf("no count in %q", said)
	}
	return n
}

// serveFiles puts the files of a directory into a bucket, and gives the address of its server.
func serveFiles(t *testing.T, dir string) string {
	t.Helper()
	s := emulator.NewS3(emulator.S3Options{})
	if err := s.CreateBucket("history"); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		key, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return s.Put("history", filepath.ToSlash(key), body, info.ModTime())
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	url, err := emulator.Serve(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	return url
}
