package config

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
)

// TestMain also is the other instance of taudit that a test needs: it appends until it has done so often enough or is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("TAUDIT_TEST_HISTORY"); path != "" {
		var n int
		if _, err := fmt.Sscan(os.Getenv("TAUDIT_TEST_COUNT"), &n); err != nil {
			panic(err)
		}
		for i := range n {
			if err := NewHistory(path).Append(context.Background(), fmt.Sprintf("op:Other%s who:%d", os.Getenv("TAUDIT_TEST_NAME"), i)); err != nil {
				panic(err)
			}
			fmt.Println(i)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// other starts another instance.
func other(t *testing.T, path, name string, count int) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "TAUDIT_TEST_HISTORY="+path, "TAUDIT_TEST_NAME="+name, fmt.Sprintf("TAUDIT_TEST_COUNT=%d", count))
	cmd.Stderr = os.Stderr
	return cmd
}

func add(t *testing.T, h *History, filters ...string) {
	t.Helper()
	for _, f := range filters {
		if err := h.Append(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t *testing.T, h *History) []string {
	t.Helper()
	got, err := h.Load()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func path(t *testing.T) string { return filepath.Join(t.TempDir(), "state", "taudit", "history") }

func TestHistory(t *testing.T) {
	p := path(t)
	if got := load(t, NewHistory(p)); got != nil {
		t.Errorf("without a file: %q", got)
	}
	add(t, NewHistory(p), "op:DeleteUser", " who:alice ", "", "  ", "op:DeleteUser", "a\nb\tc\r\nd", `"山田" \ "`)
	want := []string{"who:alice", "op:DeleteUser", "a b c d", `"山田" \ "`}
	if d := cmp.Diff(want, load(t, NewHistory(p))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{p: 0o600, filepath.Dir(p): 0o700, p + ".lock": 0o600} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("%s has mode %o, want %o", name, got, want)
			}
		}
	}
}

func TestNotAFilter(t *testing.T) {
	h := NewHistory(path(t))
	for _, s := range []string{"a\x1b[2J", "\xff", "a\x00", strings.Repeat("x", maxLine+1)} {
		if err := h.Append(t.Context(), s); err == nil {
			t.Errorf("%.20q is remembered", s)
		}
	}
	if _, err := os.Stat(h.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestDamage(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"zeros after a power failure", "op:A\n\x00\x00\x00\x00\x00", []string{"op:A"}},
		{"zeros in the middle", "op:A\n\x00\x00\nop:B\n", []string{"op:A", "op:B"}},
		{"not UTF-8", "op:A\n\xff\xfe\nop:B\n", []string{"op:A", "op:B"}},
		{"escape sequences", "\x1b]52;c;ZXZpbA==\x07\nop:B\n", []string{"op:B"}},
		{"blank lines", "\n\n  \nop:A\n\n", []string{"op:A"}},
		{"an editor of Windows", "op:A\r\nop:B\r\n", []string{"op:A", "op:B"}},
		{"an endless line", "op:A\n" + strings.Repeat("x", maxLine+1) + "\nop:B\n", []string{"op:A", "op:B"}},
		{"without an end", "op:A\nop:B", []string{"op:A", "op:B"}},
		{"far too long", strings.Repeat("op:Old\n", maxFile/7) + "op:A\nop:Old\nop:B\n", []string{"op:A", "op:Old", "op:B"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := NewHistory(filepath.Join(t.TempDir(), "history"))
			if err := os.WriteFile(h.path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, load(t, h)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			add(t, h, "who:new")
			if d := cmp.Diff(append(c.want, "who:new"), load(t, h)); d != "" {
				t.Errorf("after the next (-want +got):\n%s", d)
			}
			info, err := os.Stat(h.path)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("mode %o", info.Mode().Perm())
			}
			if info.Size() > maxFile {
				t.Errorf("it still has %d bytes", info.Size())
			}
		})
	}
}

func TestBound(t *testing.T) {
	dir := t.TempDir()
	h := NewHistory(filepath.Join(dir, "history"))
	h.most = 10
	if err := os.WriteFile(h.path+".tmp", []byte("left by a crash"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 95 {
		add(t, h, fmt.Sprintf("who:%d", i), "op:always")
	}
	want := []string{"who:86", "who:87", "who:88", "who:89", "who:90", "who:91", "who:92", "who:93", "who:94", "op:always"}
	if d := cmp.Diff(want, load(t, h)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	text, err := os.ReadFile(h.path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 2*h.most {
		t.Errorf("the file has %d lines", n)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || !slices.Equal(files, []string{h.path, h.path + ".lock"}) {
		t.Errorf("left: %q, %v", files, err)
	}
	if h := NewHistory("x"); h.most != 1000 {
		t.Errorf("%d are remembered", h.most)
	}
}

// A history that is a link into a folder of dot-files stays one.
func TestLinkStays(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // making links takes a privilege there
	}
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := os.WriteFile(real, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	h := NewHistory(link)
	h.most = 2
	for i := range 9 {
		add(t, h, fmt.Sprint("who:", i))
	}
	if d := cmp.Diff([]string{"who:7", "who:8"}, load(t, &History{real, 2})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
}

func TestTwoWriters(t *testing.T) {
	p := path(t)
	const writers, each = 4, 100
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			h := NewHistory(p)
			for i := range each {
				if err := h.Append(t.Context(), fmt.Sprintf("op:Writer%d who:%d", w, i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for _, name := range []string{"A", "B"} {
		cmd := other(t, p, name, each)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := load(t, NewHistory(p))
	if len(got) != (writers+2)*each {
		t.Errorf("%d lines of %d", len(got), (writers+2)*each)
	}
	next := map[string]int{}
	for _, l := range got {
		var i int
		name, number, ok := strings.Cut(l, " who:")
		if _, err := fmt.Sscan(number, &i); !ok || err != nil || i != next[name] {
			t.Fatalf("%q where the %d of %s belongs", l, next[name], name)
		}
		next[name]++
	}
}

// Writers that also replace the file lose nothing that is new.
func TestTwoWritersReplacing(t *testing.T) {
	p := path(t)
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			h := &History{p, 5}
			for i := range 40 {
				if err := h.Append(t.Context(), fmt.Sprintf("op:W%d who:%d", w, i)); err != nil {
					t.Error(err)
				}
				got, err := h.Load()
				if err != nil || len(got) == 0 || len(got) > 5 {
					t.Errorf("%q, %v", got, err)
				}
				for _, l := range got {
					if !strings.HasPrefix(l, "op:W") || !strings.Contains(l, " who:") {
						t.Errorf("a torn line: %q", l)
					}
				}
			}
		})
	}
	wg.Wait()
	text, err := os.ReadFile(p)
	if err != nil || strings.Count(string(text), "\n") > 10 {
		t.Errorf("%v, %q", err, text)
	}
}

func TestKilledWhileWriting(t *testing.T) {
	p := path(t)
	cmd := other(t, p, "Killed", 1_000_000)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done, lines := 0, bufio.NewScanner(out)
	for done < 300 && lines.Scan() {
		done++
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		done++
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it was not killed")
	}
	h := NewHistory(p)
	got := load(t, h)
	// One more may have been written and not told any more.
	if want := min(done, maxFilters); len(got) < want || len(got) > want+1 && done < maxFilters {
		t.Errorf("%d lines, told of %d", len(got), done)
	}
	add(t, h, "who:after")
	if got := load(t, h); got[len(got)-1] != "who:after" {
		t.Errorf("the newest is %q", got[len(got)-1])
	}
}

func TestErrorsSayWhat(t *testing.T) {
	dir := t.TempDir()
	h := NewHistory(filepath.Join(dir, "history"))
	l := flock.New(h.path + ".lock")
	if ok, err := l.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := h.Append(ctx, "op:A")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another taudit has held") || !strings.Contains(err.Error(), h.path) {
		t.Errorf("%v", err)
	}
	if err := l.Unlock(); err != nil {
		t.Fatal(err)
	}
	add(t, h, "op:A")

	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	below := NewHistory(filepath.Join(file, "history"))
	if err := below.Append(t.Context(), "op:A"); err == nil || !strings.Contains(err.Error(), "remembering the filter in "+below.path) {
		t.Errorf("%v", err)
	}
	folder := NewHistory(filepath.Join(dir, "folder"))
	if err := os.Mkdir(folder.path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Load(); err == nil || !strings.Contains(err.Error(), "reading the filter history") {
		t.Errorf("%v", err)
	}
}

func TestHistoryPath(t *testing.T) {
	p := HistoryPath()
	if !filepath.IsAbs(p) || filepath.Base(p) != "history" || filepath.Base(filepath.Dir(p)) != "taudit" {
		t.Errorf("%q", p)
	}
}

// FuzzLoad reads anything, and what is appended afterwards is the newest.
func FuzzLoad(f *testing.F) {
	f.Add([]byte("op:A\nwho:alice\n"), "since:2h")
	f.Add([]byte("\x00\xff\n\r\nop:A"), "a\nb")
	f.Add([]byte(strings.Repeat("\n", 100)), " ")
	f.Fuzz(func(t *testing.T, file []byte, filter string) {
		h := &History{filepath.Join(t.TempDir(), "history"), 5}
		if err := os.WriteFile(h.path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		before := load(t, h)
		if len(before) > h.most {
			t.Fatalf("%d filters", len(before))
		}
		line, bad := oneLine(filter)
		if err := h.Append(t.Context(), filter); (err != nil) != (bad != nil) {
			t.Fatal(err)
		}
		after := load(t, h)
		if line == "" {
			if !slices.Equal(before, after) {
				t.Fatalf("%q became %q", before, after)
			}
			return
		}
		if after[len(after)-1] != line {
			t.Fatalf("the newest is %q, want %q", after[len(after)-1], line)
		}
		if !slices.IsSorted([]int{0, len(after), h.most}) {
			t.Fatalf("%d filters", len(after))
		}
	})
}
