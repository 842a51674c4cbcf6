package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/audit"
)

var _ source.Checker = Check

const (
	maxExamined = 100_000 // files of a directory are looked for
	maxTried    = 20      // of them, the newest, are opened and decoded
	tasted      = 1 << 20 // bytes that are decoded of a file
	unpacked    = 1 << 28 // bytes that a compressed one may hold: a zip file is held whole
)

// Check is the [source.Checker] of files, directories and streams. A stream is not read: what is taken out of it cannot be put back.
func Check(ctx context.Context, ref string, _ source.Options, tell func(source.Step)) {
	if ref == Stdin {
		tell(source.Step{What: "open", Verdict: source.Noted, Found: "standard input can be read only once, so it was not tried"})
		return
	}
	info, err := os.Stat(ref)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		tell(source.Step{
			What: "open", Verdict: source.Wrong,
			Found: fmt.Sprintf("there is no file or directory %q: check the path; a Kinesis stream is written kinesis://NAME, a bucket s3://BUCKET/PREFIX", ref),
		})
	case err != nil:
		tell(source.Step{What: "open", Verdict: source.Wrong, Found: fmt.Sprintf("%q cannot be opened: %v", ref, reason(err))})
	case info.IsDir():
		checkDirectory(ctx, ref, tell)
	case info.Mode().IsRegular():
		checkFiles([]string{ref}, tell)
	default:
		tell(source.Step{What: "open", Verdict: source.Noted, Found: "a pipe can be read only once, so it was not tried"})
	}
}

// checkDirectory looks for files, and tries the newest.
func checkDirectory(ctx context.Context, root string, tell func(source.Step)) {
	var files []found
	denied := ""
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == root:
			return err
		case err != nil:
			denied = path
			return nil
		case len(files) == maxExamined:
			return fs.SkipAll
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			files = append(files, found{path, info})
		}
		return nil
	})
	switch {
	case err != nil:
		tell(source.Step{What: "list", Verdict: source.Wrong, Found: fmt.Sprintf("%q cannot be listed: %v", root, reason(err))})
		return
	case len(files) == 0:
		tell(source.Step{What: "list", Verdict: source.Noted, Found: "there is no file in it yet: check the path"})
		return
	}
	step := source.Step{What: "list", Found: plural(len(files), "file", "files")}
	if denied != "" {
		step.Verdict = source.Noted
		step.Found += ", without what is in " + denied + ", which cannot be listed"
	}
	tell(step)
	slices.SortFunc(files, func(a, b found) int { return b.info.ModTime().Compare(a.info.ModTime()) })
	var paths []string
	for _, f := range files[:min(len(files), maxTried)] {
		paths = append(paths, f.path)
	}
	checkFiles(paths, tell)
}

// checkFiles opens files and decodes how they begin. That nothing can be opened is wrong, that some cannot is worth knowing.
func checkFiles(paths []string, tell func(source.Step)) {
	opened, empty, entries, bad := 0, 0, 0, 0
	var failed, damage string
	for _, path := range paths {
		t, err := taste(path)
		if err != nil {
			failed = fmt.Sprintf("%q cannot be opened: %v", path, reason(err))
			continue
		}
		opened++
		entries, bad = entries+t.entries, bad+t.bad
		if t.empty {
			empty++
		}
		if t.reason != "" {
			damage = fmt.Sprintf("%q: %s", path, t.reason)
		}
	}
	open := source.Step{What: "open", Found: "can be read"}
	switch {
	case opened == 0:
		tell(source.Step{What: "open", Verdict: source.Wrong, Found: failed})
		return
	case failed != "":
		open.Verdict, open.Found = source.Noted, failed
	case len(paths) > 1:
		open.Found = fmt.Sprintf("the newest %d can be read", opened)
	}
	tell(open)
	decode := source.Step{What: "decode", Found: plural(entries, "audit entry", "audit entries") + " at the beginning"}
	switch {
	case entries > 0 && bad > 0:
		decode.Verdict = source.Noted
		decode.Found += fmt.Sprintf(", and %s that cannot be decoded: it is kept and counted (%s)", plural(bad, "stretch", "stretches"), damage)
	case entries == 0 && empty == opened:
		decode.Verdict, decode.Found = source.Noted, "there is nothing in it yet"
	case entries == 0 && bad == 0:
		decode.Verdict, decode.Found = source.Noted, "no audit entry in the first MiB"
	case entries == 0:
		decode.Verdict, decode.Found = source.Wrong, "there is no audit entry in it ("+damage+"): check that it is the right file"
	}
	tell(decode)
}

// sample is what the beginning of a file holds.
type sample struct {
	entries, bad int
	empty        bool
	reason       string // of the first that is bad
}

func taste(path string) (s sample, err error) {
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	plain, err := audit.Unpack(f, unpacked)
	if err == nil {
		defer plain.Close() //nolint:errcheck // it was only read
		text := &counted{in: io.LimitReader(plain, tasted)}
		err = audit.NewDecoder().Read(text, audit.Origin{Source: path, Part: path}, func(entries []audit.Entry, bad []audit.Bad) error {
			s.entries += len(entries)
			for i := range bad {
				// The sample ends in the middle of an entry.
				if !bad[i].Probe() && bad[i].Offset+int64(bad[i].Size) < tasted {
					if s.bad++; s.reason == "" {
						s.reason = bad[i].Reason
					}
				}
			}
			return nil
		})
		s.empty = text.n == 0 && err == nil
	}
	if err != nil && s.entries == 0 {
		s.bad++
		s.reason = unwrapped(err)
	}
	return s, nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(int64(n)) + " " + many
}
