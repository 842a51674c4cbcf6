package file_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/file"
)

func TestCheck(t *testing.T) {
	const entry = `{"emit_time":"2023-11-08T08:14:00Z","operation":"UpdateUser","log_id":"x"}` + "\n"
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(strings.Repeat(entry, 20_000))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		ref   string
		want  string // DIR stands for where the files are
	}{
		{"a file", map[string]string{"a": entry + entry}, "a", "ok open: can be read\nok decode: 2 audit entries at the beginning\n"},
		{"the probe is no damage", map[string]string{"a": "t" + entry}, "a", "ok open: can be read\nok decode: 1 audit entry at the beginning\n"},
		{"a large file ends in the middle of an entry", map[string]string{"a": strings.Repeat(entry, 20_000)}, "a", "ok open: can be read\nok decode: 13,981 audit entries at the beginning\n"},
		{"a packed one", map[string]string{"a.gz": packed.String()}, "a.gz", "ok open: can be read\nok decode: 13,981 audit entries at the beginning\n"},
		{"one that is empty", map[string]string{"a": ""}, "a", "ok open: can be read\nnote decode: there is nothing in it yet\n"},
		{
			"another file",
			map[string]string{"a": "# Read me\n"},
			"a",
			"ok open: can be read\nFAIL decode: there is no audit entry in it (\"DIR/a\": no entry: text where an object should begin): check that it is the right file\n",
		},
		{
			"damage",
			map[string]string{"a": entry + "oops\n" + entry},
			"a",
			"ok open: can be read\nnote decode: 2 audit entries at the beginning, and 1 stretch that cannot be decoded: it is kept and counted " +
				"(\"DIR/a\": no entry: text where an object should begin)\n",
		},
		{
			"a packed one that is cut",
			map[string]string{"a.gz": packed.String()[:40]},
			"a.gz",
			"ok open: can be read\nFAIL decode: there is no audit entry in it (\"DIR/a.gz\": unpacking gzip: cut off: unexpected EOF): check that it is the right file\n",
		},
		{"no file", nil, "a", "FAIL open: there is no file or directory \"DIR/a\": check the path; a Kinesis stream is written kinesis://NAME, a bucket s3://BUCKET/PREFIX\n"},
		{"a directory", map[string]string{"d/1": entry, "d/e/2": entry, "d/3": ""}, "d", "ok list: 3 files\nok open: the newest 3 can be read\nok decode: 2 audit entries at the beginning\n"},
		{"a directory of one", map[string]string{"d/1": entry}, "d", "ok list: 1 file\nok open: can be read\nok decode: 1 audit entry at the beginning\n"},
		{"an empty directory", nil, ".", "note list: there is no file in it yet: check the path\n"},
		{"standard input", nil, "-", "note open: standard input can be read only once, so it was not tried\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.files {
				write(t, filepath.Join(dir, name), text)
			}
			ref := filepath.ToSlash(filepath.Join(dir, c.ref))
			if c.ref == "-" {
				ref = "-"
			}
			var got strings.Builder
			file.Check(t.Context(), ref, source.Options{}, func(s source.Step) { fmt.Fprintf(&got, "%s %s: %s\n", s.Verdict, s.What, s.Found) })
			if told := strings.ReplaceAll(got.String(), filepath.ToSlash(dir), "DIR"); told != c.want {
				t.Errorf("it told\n%s\nwant\n%s", told, c.want)
			}
		})
	}
}

// TestCheckTriesTheNewest: the old files of an archive are not what somebody waits for.
func TestCheckTriesTheNewest(t *testing.T) {
	dir := t.TempDir()
	for i := range 30 {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, []byte("no entry, and as old as can be\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if i == 7 {
			if err := os.WriteFile(path, []byte(`{"operation":"UpdateUser"}`), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.Chtimes(path, time.Unix(0, 0), time.Unix(int64(i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	var got []source.Step
	file.Check(t.Context(), dir, source.Options{}, func(s source.Step) { got = append(got, s) })
	if len(got) != 3 || got[1].Found != "the newest 20 can be read" || !strings.HasPrefix(got[2].Found, "1 audit entry at the beginning, and 19 stretches that") {
		t.Errorf("it told %+v", got)
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var got []source.Step
	file.Check(ctx, t.TempDir(), source.Options{}, func(s source.Step) { got = append(got, s) })
	if len(got) != 1 || got[0].Verdict != source.Wrong {
		t.Errorf("it told %+v", got)
	}
}
