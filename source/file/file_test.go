package file_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/file"
	"taudit/source/sourcetest"
)

// TestPartialEntry puts entries into a growing file piece by piece, cut at places where something else could be seen in them.
func TestPartialEntry(t *testing.T) {
	one := sourcetest.Entry(1)
	array := "[" + strings.Join(sourcetest.Entries(0, 4), ",\n") + "]\n"
	wrapper := `{"AuditLogs":[` + strings.Join(sourcetest.Entries(0, 4), ",") + `],"NextPageToken":"x"}`
	for name, text := range map[string]string{
		"lines":   lines(0, 4),
		"joined":  joined(0, 4),
		"array":   array,
		"wrapper": wrapper,
	} {
		for _, step := range []int{1, 97, 331} {
			runInBubble(t, fmt.Sprintf("%s by %d", name, step), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "audit.log")
				first := len(text) / 3
				write(t, path, text[:first])
				r := start(t, file.New(path, options(true), quick()))
				r.until("reading", func() bool { return r.status().State == source.Live })
				if step == 1 { // every byte of one entry
					for i := first; i < first+len(one); i++ {
						appendTo(t, path, text[i:i+1])
						time.Sleep(6 * time.Millisecond)
					}
					appendTo(t, path, text[first+len(one):])
				} else {
					for i := first; i < len(text); i += step {
						appendTo(t, path, text[i:min(i+step, len(text))])
						time.Sleep(6 * time.Millisecond) // a poll
					}
				}
				r.have(4)
				r.until("all bytes", func() bool { return r.status().Bytes == int64(len(text)) })
				_ = r.stop()
				r.wantIDs(upTo(4)...)
				if bad := r.bad(); len(bad) > 0 {
					t.Errorf("bad records: %q", bad)
				}
				for _, e := range r.all() {
					for _, entry := range e.All() {
						at := 0
						if _, err := fmt.Sscan(entry.Origin.Position, &at); err != nil || !strings.HasPrefix(text[at:], entry.Raw) {
							t.Errorf("%s is said to be at %s", entry.LogID, entry.Origin.Position)
						}
					}
				}
			})
		}
	}
}

// TestCutEnd: an end that is never completed is damage once the file has settled, and what completes it after all is read.
func TestCutEnd(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		text := lines(0, 3)
		cut := len(text) - 40
		write(t, path, text[:cut])
		c := quick()
		c.Settle = 60 * time.Millisecond
		r := start(t, file.New(path, options(true), c))
		r.until("a bad record", func() bool { return len(r.bad()) == 1 })
		if want := fmt.Sprintf("audit.jsonl@%d: ", strings.LastIndex(text[:cut], "\n")+1); !strings.HasPrefix(r.bad()[0], want) {
			t.Errorf("bad record %q; want it at %q", r.bad()[0], want)
		}
		appendTo(t, path, text[cut:])
		r.have(3)
		_ = r.stop()
		r.wantIDs(upTo(3)...)
		if n := r.status().Bad; n != 1 {
			t.Errorf("Status.Bad is %d", n)
		}
	})
}

// TestOldCutEnd: a file that was left unfinished long ago is not waited for, and neither is one that is not followed.
func TestOldCutEnd(t *testing.T) {
	for _, follow := range []bool{false, true} {
		for name, text := range map[string]string{"plain": lines(0, 2)[:600], "packed": gzipped(t, lines(0, 2))[:100]} {
			runInBubble(t, fmt.Sprintf("%s, follow %t", name, follow), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "audit")
				write(t, path, text)
				backdate(t, 3*time.Hour, path)
				r := start(t, file.New(path, options(follow), quick()))
				if follow {
					r.until("a bad record", func() bool { return len(r.bad()) > 0 })
					_ = r.stop()
				} else if err := r.end(); err != nil {
					t.Fatal(err)
				}
				if len(r.bad()) == 0 {
					t.Error("the cut end was not reported")
				}
				if name == "packed" && !strings.Contains(strings.Join(r.bad(), "\n"), "cut off") {
					t.Errorf("bad records %q", r.bad())
				}
			})
		}
	}
}

// TestPackedFileGrows: a compressed file that is still being written is read once each time it has grown, and nothing comes twice.
func TestPackedFileGrows(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "audit.gz")
		whole := gzipped(t, joined(0, 400))
		write(t, path, whole[:len(whole)/2])
		r := start(t, file.New(path, options(true), quick()))
		r.until("what is there", func() bool { return r.status().State == source.Live })
		appendTo(t, path, whole[len(whole)/2:])
		r.have(400)
		appendTo(t, path, gzipped(t, joined(400, 420))) // another member
		r.have(420)
		_ = r.stop()
		r.wantIDs(upTo(420)...)
		if bad := r.bad(); len(bad) > 0 {
			t.Errorf("bad records: %q", bad)
		}
	})
}

// TestWrittenAnew: a file that is cut, or written over, is read from its start, which is said.
func TestWrittenAnew(t *testing.T) {
	for name, anew := range map[string]string{
		"shorter": lines(10, 12),
		"longer":  lines(10, 40),
	} {
		runInBubble(t, name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit.jsonl")
			write(t, path, lines(0, 10))
			r := start(t, file.New(path, options(true), quick()))
			r.have(10)
			r.until("the end", func() bool { return r.status().State == source.Live })
			write(t, path, anew) // keeps the file, unlike a rename
			n := strings.Count(anew, "\n")
			r.have(10 + n)
			_ = r.stop()
			r.wantIDs(upTo(10 + n)...)
			if r.status().Gaps == 0 {
				t.Errorf("no gap is counted: %+v", r.status())
			}
			said := slices.ContainsFunc(r.all(), func(e source.Event) bool {
				return e.Status != nil && e.Status.State == source.Failing && strings.Contains(e.Status.Err.Error(), "read from its start again")
			})
			if !said {
				t.Error("the status did not say so")
			}
			if got := r.status().State; got != source.Live {
				t.Errorf("state is %s afterwards", got)
			}
		})
	}
}

// TestMovedAway: what is written to a named file after it was moved, and before it is made anew, is read as well.
func TestMovedAway(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		write(t, path, lines(0, 10))
		r := start(t, file.New(path, options(true), quick()))
		r.have(10)
		r.until("the end", func() bool { return r.status().State == source.Live })
		if err := os.Rename(path, path+".1"); err != nil {
			t.Fatal(err)
		}
		r.until("saying that it has gone", func() bool { return r.status().State == source.Failing })
		if s := r.status(); s.NextRetry.IsZero() || !strings.Contains(s.Err.Error(), path) {
			t.Errorf("status %+v", s)
		}
		appendTo(t, path+".1", lines(10, 15))
		r.have(15)
		appendTo(t, path+".1", lines(15, 20))
		write(t, path, lines(20, 25))
		r.have(25)
		r.until("being live again", func() bool { return r.status().State == source.Live })
		_ = r.stop()
		r.wantIDs(upTo(25)...)
		if s := r.status(); s.Records != 2 || s.Gaps != 0 {
			t.Errorf("%d records, %d gaps", s.Records, s.Gaps)
		}
	})
}

// TestDirectory: all files are read, whatever they are called and however they are packed, but for hidden ones.
func TestDirectory(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.jsonl"), lines(0, 5))
		write(t, filepath.Join(dir, "deep/er/b"), gzipped(t, joined(5, 10)))
		write(t, filepath.Join(dir, "deep/empty"), "")
		write(t, filepath.Join(dir, ".hidden"), lines(90, 95))
		write(t, filepath.Join(dir, ".git/objects"), lines(90, 95))
		write(t, filepath.Join(dir, "elsewhere/.c"), lines(10, 12))
		if err := os.Symlink(filepath.Join("elsewhere", ".c"), filepath.Join(dir, "link")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(dir, filepath.Join(dir, "deep", "loop")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{dir, dir + "/", filepath.Join(dir, "deep", "loop")} {
			r := start(t, file.New(path, options(false), quick()))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			r.wantIDs(upTo(12)...)
			s := r.status()
			if s.State != source.Done || s.Records != 4 || s.Done != 4 || s.Total != 4 || s.Part != path || len(r.bad()) > 0 {
				t.Errorf("%s: status %+v, bad %q", path, s, r.bad())
			}
		}
	})
}

// TestNewestFirst: the names that Firehose gives count more than when a file was written.
func TestNewestFirst(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		for i := range 6 {
			at := time.Date(2026, 11, 22, 23-i, 30, 0, 0, time.UTC)
			path := filepath.Join(dir, at.Format("2006/01/02/15"), "audit-1-"+at.Format("2006-01-02-15-04-05")+"-0f3b2c1d-1234.gz")
			write(t, path, gzipped(t, joined(i, i+1)))
			backdate(t, 100*time.Hour+time.Duration(-i)*time.Minute, path)
		}
		for i := 6; i < 9; i++ {
			path := filepath.Join(dir, fmt.Sprintf("%d.json", i))
			write(t, path, joined(i, i+1))
			at := time.Date(2026, 11, 22, 17-i, 0, 0, 0, time.UTC)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
		c := quick()
		c.Workers = 1
		r := start(t, file.New(dir, options(false), c))
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		if got := r.ids(); !slices.IsSorted(got) || len(got) != 9 {
			t.Errorf("the order is %v", got)
		}
	})
}

// TestWindow: files that Firehose named for other days are not read, and everything is with TrimHorizon.
func TestWindow(t *testing.T) {
	dir := t.TempDir()
	day := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for i := range 10 {
		at := day.AddDate(0, 0, i)
		write(t, filepath.Join(dir, "audit-1-"+at.Format("2006-01-02-15-04-05")+"-0f3b2c1d-1234.gz"), gzipped(t, joined(i, i+1)))
	}
	write(t, filepath.Join(dir, "notes.json"), joined(10, 11))
	for name, test := range map[string]struct {
		change func(*source.Options)
		want   []int
	}{
		"since":       {func(o *source.Options) { o.Since = day.AddDate(0, 0, 7) }, []int{7, 8, 9, 10}},
		"until":       {func(o *source.Options) { o.Until = day.AddDate(0, 0, 2) }, []int{0, 1, 2, 10}},
		"trimhorizon": {func(o *source.Options) { o.Since, o.TrimHorizon = day.AddDate(0, 0, 7), true }, upTo(11)},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(false)
			test.change(&o)
			r := start(t, file.New(dir, o, quick()))
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			r.wantIDs(test.want...)
		})
	}
}

// TestDirectoryChanges: new files, growing ones, ones that are moved and ones that are replaced.
func TestDirectoryChanges(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		path := func(name string) string { return filepath.Join(dir, name) }
		write(t, path("audit.log"), lines(0, 5))
		r := start(t, file.New(dir, options(true), quick()))
		r.have(5)
		r.until("the end", func() bool { return r.status().State == source.Live })
		appendTo(t, path("audit.log"), lines(5, 8))
		write(t, path("new/one.jsonl"), lines(8, 10))
		r.have(10)
		// Rotation, as logrotate does it.
		appendTo(t, path("audit.log"), lines(10, 12))
		if err := os.Rename(path("audit.log"), path("audit.log.1")); err != nil {
			t.Fatal(err)
		}
		write(t, path("audit.log"), lines(12, 15))
		r.have(15)
		appendTo(t, path("audit.log.1"), lines(15, 16))
		appendTo(t, path("audit.log"), lines(16, 17))
		r.have(17)
		// Something else under the same name.
		write(t, path(".tmp"), lines(17, 18))
		if err := os.Rename(path(".tmp"), path("audit.log")); err != nil {
			t.Fatal(err)
		}
		r.have(18)
		if err := os.Remove(path("audit.log.1")); err != nil {
			t.Fatal(err)
		}
		appendTo(t, path("audit.log"), lines(18, 20))
		r.have(20)
		_ = r.stop()
		r.wantIDs(upTo(20)...)
		if s := r.status(); s.Gaps != 0 || s.Bad != 0 {
			t.Errorf("status %+v", s)
		}
	})
}

// TestDeletedUnfinished: the unfinished end of a file that is deleted is damage after all.
func TestDeletedUnfinished(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a"), lines(0, 2)+`{"emit_time":"2026`)
		write(t, filepath.Join(dir, "b"), lines(2, 3))
		r := start(t, file.New(dir, options(true), quick()))
		r.have(3)
		r.until("the end", func() bool { return r.status().State == source.Live })
		if err := os.Remove(filepath.Join(dir, "a")); err != nil {
			t.Fatal(err)
		}
		r.until("a bad record", func() bool { return len(r.bad()) == 1 })
	})
}

// TestLatest: what is there is left out, what comes is read.
func TestLatest(t *testing.T) {
	for name, existing := range map[string]string{
		"lines":      lines(90, 95),
		"joined":     joined(90, 95),
		"unfinished": lines(90, 95) + sourcetest.Entry(0)[:50],
		"empty":      "",
	} {
		runInBubble(t, name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "audit.log")
			write(t, path, existing)
			write(t, filepath.Join(dir, "old.gz"), gzipped(t, joined(80, 90)))
			o := options(true)
			o.Latest = true
			r := start(t, file.New(dir, o, quick()))
			r.until("the end", func() bool { return r.status().State == source.Live })
			rest := sourcetest.Entry(0)
			if name == "unfinished" {
				rest = rest[50:]
			}
			appendTo(t, path, rest)
			write(t, filepath.Join(dir, "new.jsonl"), lines(1, 3))
			r.have(3)
			_ = r.stop()
			r.wantIDs(upTo(3)...)
			if bad := r.bad(); len(bad) > 0 {
				t.Errorf("bad records: %q", bad)
			}
		})
	}
	o := options(false)
	o.Latest = true
	path := filepath.Join(t.TempDir(), "audit.log")
	write(t, path, lines(0, 3))
	r := start(t, file.New(path, o, quick()))
	if err := r.end(); err != nil || len(r.ids()) > 0 {
		t.Errorf("without following: %v, %v", err, r.ids())
	}
}

// TestUnreadable: what cannot be read is said, once, the rest is read, and what can be read later is read then.
func TestUnreadable(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "good"), lines(0, 3))
		write(t, filepath.Join(dir, "locked"), lines(3, 6))
		write(t, filepath.Join(dir, "room/inside"), lines(6, 9))
		var locked atomic.Bool
		locked.Store(true)
		s := file.New(dir, options(true), quick())
		s.Refuse(func(path string) error {
			if name := filepath.Base(path); locked.Load() && (name == "locked" || name == "room") {
				return fs.ErrPermission
			}
			return nil
		})
		r := start(t, s)
		r.have(3)
		time.Sleep(time.Second)
		bad := r.bad()
		slices.Sort(bad)
		want := []string{"locked@0: this file cannot be read: permission denied", "room@0: this directory cannot be read: permission denied"}
		if !slices.Equal(bad, want) {
			t.Errorf("bad records %q; want %q", bad, want)
		}
		if got := r.status().State; got != source.Live {
			t.Errorf("state is %s", got)
		}
		locked.Store(false)
		r.have(9)
		_ = r.stop()
		r.wantIDs(upTo(9)...)
		if s := r.status(); s.Bad != 2 || s.Records != 3 {
			t.Errorf("status %+v", s)
		}
	})
}

// TestNothingReadable: without following, that is an error.
func TestNothingReadable(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "locked"), lines(0, 3))
	for _, path := range []string{dir, filepath.Join(dir, "locked")} {
		s := file.New(path, options(false), quick())
		s.Refuse(func(path string) error {
			if filepath.Base(path) == "locked" {
				return fs.ErrPermission
			}
			return nil
		})
		err := start(t, s).end()
		if err == nil || !strings.Contains(err.Error(), "locked cannot be read: permission denied") {
			t.Errorf("Run gave %v for %s", err, path)
		}
	}
}

// TestMissing: a path with nothing at it is an error at once, and one that goes before Run is one then.
func TestMissing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "gone")
		if _, err := file.Open(t.Context(), path, options(false)); err == nil || !strings.Contains(err.Error(), "no file or directory") {
			t.Errorf("Open gave %v", err)
		}
		write(t, path, "")
		sources, err := file.Open(t.Context(), path, options(false))
		if err != nil || len(sources) != 1 || sources[0].Name() != path {
			t.Fatalf("Open gave %v, %v", sources, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		r := start(t, sources[0])
		if err := r.end(); err == nil || !strings.Contains(err.Error(), path) || errors.Is(err, context.Canceled) {
			t.Errorf("Run gave %v", err)
		}
		// When following it is waited for.
		r = start(t, file.New(path, options(true), quick()))
		r.until("saying so", func() bool { return r.status().State == source.Failing })
		write(t, path, lines(0, 2))
		r.have(2)
		r.until("being live", func() bool { return r.status().State == source.Live })
	})
}
