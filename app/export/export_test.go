package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/app/export"
	"taudit/source/audit"
)

// record is an entry that is not in a store.
type record struct{ entry *audit.Entry }

func (r record) Raw() string        { return r.entry.Raw }
func (r record) Entry() audit.Entry { return *r.entry }

func decode(t testing.TB, raw string) record {
	t.Helper()
	entries, bad := audit.NewDecoder().Decode([]byte(raw), audit.Origin{Source: "the source", Part: "p", Position: "7"})
	if len(entries) != 1 || len(bad) != 0 {
		t.Fatalf("%q gives %d entries and %d bad records", raw, len(entries), len(bad))
	}
	return record{&entries[0]}
}

const (
	deleted = `{"emit_time":"2023-11-08T09:14:58.25Z","operation":"DeleteUser","status":"OK","log_id":"0mc6","principal":{"type":"user","name":"user2@example.com"},"raw_details":{"target_users":["0b741c47"]},"x_forwarded_for":"203.0.113.9"}`
	failed  = `{"emit_time":"2023-11-08T08:15:03Z","operation":"UpdateNamespace","status":"ERROR","log_id":"0mc5","principal":{"type":"serviceaccount","name":"terraform","api_key_id":"k"},"raw_details":{"namespace":"prod.a1b2c","spec":{"retention_days":30,"note":"user2@example.com"}}}`
	hostile = `{"operation":"@everyone | <b>","status":"*x*","log_id":"a` + "`" + `b","principal":{"name":"[x](http://evil)\u001b[2J"},"x_forwarded_for":"www.evil.com"}`
)

func TestMarkdown(t *testing.T) {
	var out bytes.Buffer
	id := decode(t, deleted).entry.Identity()
	notes := 0
	f, err := export.New("markdown", &out, export.Options{Notes: func(i audit.ID) (export.Note, bool) {
		if i != id {
			return export.Note{}, false
		}
		notes++
		return export.Note{Marked: true, Text: "who is | this?\nask"}, true
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{failed, deleted, hostile} {
		if err := f.Write(decode(t, raw)); err != nil {
			t.Fatal(err)
		}
	}
	about := export.About{
		Filter: "op:Delete* | x", Sources: []string{"kinesis audit-prod/us-east-1", "s3://b/p"}, Coverage: "everything the 4 shards held; not covered: @x (http://y <i>)",
		Made: time.Date(2023, 11, 8, 9, 24, 40, 0, time.UTC), Version: "v1.2.3",
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.(export.Closer).Close(about); err != nil {
		t.Fatal(err)
	}
	want := "| When (UTC) | Who | What | Result | From | log_id |\n" +
		"|---|---|---|---|---|---|\n" +
		"| 2023-11-08 08:15:03 | `terraform` (service account) | Failed to update namespace `prod.a1b2c` | **failed** |  | `0mc5` |\n" +
		"| 2023-11-08 09:14:58 | `user2@example.com` | Deleted user `0b741c47` **marked** **note:** `who is \\| this?\\nask` | accepted | `203.0.113.9` | `0mc6` |\n" +
		"| not said | `[x](http://evil)\\x1b[2J` | `@everyone \\| <b>` | `*x*` | `www.evil.com` | ``a`b`` |\n" +
		"\n" +
		"3 entries that `op:Delete* \\| x` means, from `kinesis audit-prod/us-east-1`, `s3://b/p`.\n" +
		"\n" +
		"Covered: everything the 4 shards held; not covered: `@`x (http\\://y \\<i\\>).\n" +
		"\n" +
		"Accepted means that the request was accepted, not that what it asks for was done. Written by taudit v1.2.3 at 2023-11-08 09:24:40 UTC.\n"
	if out.String() != want {
		t.Errorf("it is\n%s\nwant\n%s", out.String(), want)
	}
	if notes != 1 {
		t.Errorf("the note was asked for %d times", notes)
	}
}

func TestMarkdownOfNothing(t *testing.T) {
	var out bytes.Buffer
	f, err := export.New("markdown", &out, export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.(export.Closer).Close(export.About{Coverage: "nothing"}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "No entries.\n\nCovered: nothing.\n") {
		t.Errorf("%q", out.String())
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := export.New("markdwn", nil, export.Options{}); err == nil || !strings.Contains(err.Error(), "did you mean markdown?") {
		t.Errorf("%v", err)
	}
}

func redact(t *testing.T, r *export.Redactor, raw string) export.Record {
	t.Helper()
	out, err := r.Redact(decode(t, raw))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRedact(t *testing.T) {
	pretty := "{\n  \"emitTime\" : {\"seconds\":\"1699434898\",\"nanos\":0},\n \"operation\":\"A\", \"principal\":{ \"name\" : \"x\\u0041\" , \"apiKeyId\":\"k\"},\"rawDetails\":{\"a.b\":1,\"*\":[true,null,{\"c\":\"d\"}]},\n}"
	for _, c := range []struct {
		raw   string
		paths []string
		want  string // what stands in the place of the replaced: "[redacted]"
	}{
		{deleted, []string{"principal.name"}, strings.Replace(deleted, `"user2@example.com"`, `"[redacted]"`, 1)},
		{deleted, []string{"principal"}, strings.NewReplacer(`"user2@example.com"`, `"[redacted]"`, `"user"`, `"[redacted]"`).Replace(deleted)},
		{deleted, []string{"details.target_users", "X_Forwarded_For"}, strings.NewReplacer(`"0b741c47"`, `"[redacted]"`, `"203.0.113.9"`, `"[redacted]"`).Replace(deleted)},
		{failed, []string{"raw_details.*.note", "details.spec.retentionDays"}, strings.NewReplacer(`"user2@example.com"`, `"[redacted]"`, `30`, `"[redacted]"`).Replace(failed)},
		{failed, []string{"details.note", "name", "nothing.at.all"}, failed},
		{pretty, []string{"principal.api_key_id"}, strings.NewReplacer(`"k"`, `"[redacted]"`, "},\n}", "}\n}").Replace(pretty)},
		{pretty, []string{`details."a.b"`, `details."*"`}, strings.NewReplacer(`1,"*"`, `"[redacted]","*"`, "true", `"[redacted]"`, `"d"`, `"[redacted]"`, "},\n}", "}\n}").Replace(pretty)},
		{pretty, []string{"principal.name", "operation"}, strings.NewReplacer(`"x\u0041"`, `"[redacted]"`, `"A"`, `"[redacted]"`, "},\n}", "}\n}").Replace(pretty)},
	} {
		r, err := export.NewRedactor(c.paths, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := redact(t, r, c.raw)
		if got.Raw() != c.want {
			t.Errorf("%v leaves\n%s\nwant\n%s", c.paths, got.Raw(), c.want)
		}
		e := got.Entry()
		if e.Origin != decode(t, c.raw).entry.Origin {
			t.Errorf("%v: the origin became %+v", c.paths, e.Origin)
		}
	}
}

func TestRedactedEverywhere(t *testing.T) {
	r, err := export.NewRedactor([]string{"principal", "x_forwarded_for", "details", "log_id", "emit_time"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range export.Names() {
		var out bytes.Buffer
		asked := audit.ID{}
		f, err := export.New(name, &out, export.Options{Notes: func(id audit.ID) (export.Note, bool) { asked = id; return export.Note{}, false }})
		if err != nil {
			t.Fatal(err)
		}
		f = export.Redacted(f, r)
		for _, raw := range []string{deleted, failed} {
			if err := errors.Join(f.Write(decode(t, raw)), f.Flush()); err != nil {
				t.Fatal(err)
			}
		}
		for _, secret := range []string{"user2", "203.0.113", "0b741c47", "terraform", "prod.a1b2c", "0mc", "retention_days\":30", "09:14", "08:15"} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("%s still has %s:\n%s", name, secret, out.String())
			}
		}
		if name == "markdown" && asked != decode(t, failed).entry.Identity() {
			t.Error("notes are asked for by another identity than that of the entry as it was")
		}
	}
	if got := r.Unused(); len(got) > 0 {
		t.Errorf("unused: %q", got)
	}
}

func TestPseudonyms(t *testing.T) {
	paths := []string{"principal.name", "details.spec"}
	name := regexp.MustCompile(`"redacted-[0-9a-f]{16}"`)
	seen := map[string][]string{}
	for _, key := range []string{"a key that is a secret", "another key, also secret"} {
		r, err := export.NewRedactor(paths, []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		seen[key] = append(name.FindAllString(redact(t, r, deleted).Raw(), -1), name.FindAllString(redact(t, r, failed).Raw(), -1)...)
	}
	a, b := seen["a key that is a secret"], seen["another key, also secret"]
	// deleted: the name; failed: the name, the days, and the same name in the details.
	if len(a) != 4 || a[0] != a[3] || a[0] == a[1] || a[1] == a[2] || a[0] == b[0] {
		t.Errorf("pseudonyms %q and %q", a, b)
	}
}

func TestPathsThatAreNone(t *testing.T) {
	for _, p := range []string{"", ".", "a..b", "a.", `"a`, `"a"b`, `""`} {
		if _, err := export.NewRedactor([]string{p}, nil); err == nil || !strings.Contains(err.Error(), "is no path") {
			t.Errorf("%q: %v", p, err)
		}
	}
	r, err := export.NewRedactor([]string{"who", "principal.name"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	redact(t, r, deleted)
	if got := r.Unused(); !slices.Equal(got, []string{"who"}) {
		t.Errorf("unused: %q", got)
	}
	if got := export.ParseRules("# rules\n principal.name # people\r\n\ndetails.*"); !slices.Equal(got, []string{"principal.name", "details.*"}) {
		t.Errorf("rules %q", got)
	}
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	write := func(force bool, text string, keep bool) {
		t.Helper()
		f, err := export.Create(path, force)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if keep {
			err = f.Keep()
		} else {
			err = f.Discard()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("it holds %q, %v; want %q", got, err, want)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".out*")); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	}
	write(false, "first", false)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what is not whole was left: %v", err)
	}
	write(false, "first", true)
	holds("first")
	if _, err := export.Create(path, false); !errors.Is(err, export.ErrThere) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	write(true, "second", false)
	holds("first")
	write(true, "second", true)
	holds("second")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	f, err := export.Create(path, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Publish(); err != nil {
		t.Fatal(err)
	}
	holds("")
	if err := f.Keep(); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Create(dir, true); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("%v", err)
	}
	if runtime.GOOS != "windows" {
		f, err := export.Create(os.DevNull, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Discard(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(os.DevNull); err != nil {
			t.Fatal("a device was removed")
		}
	}
}

// FuzzRedact: whatever an entry holds, nothing at a path is left, and all else means what it did.
func FuzzRedact(f *testing.F) {
	for _, raw := range []string{deleted, failed, hostile, `{"operation":"A","details":{"x":[1,{"y":"z"},[]],"x":{}},"principal":"s"}`, "{\"operation\":\"\xff\",\"princip\\u0061l\":1}"} {
		f.Add(raw, "principal.name")
	}
	f.Add(deleted, `details."a.b".*`)
	f.Fuzz(func(t *testing.T, raw, path string) {
		r, err := export.NewRedactor([]string{path, "principal", "details"}, nil)
		if err != nil {
			return
		}
		entries, _ := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
		for _, e := range entries {
			got, err := r.Redact(record{&e})
			if err != nil {
				continue // nothing is written
			}
			var m map[string]any
			if json.Unmarshal([]byte(got.Raw()), &m) != nil {
				continue // as it was
			}
			for key, v := range m {
				switch strings.ToLower(strings.ReplaceAll(key, "_", "")) {
				case "principal", "details", "rawdetails":
					veiled(t, v, got.Raw())
				}
			}
		}
	})
}

// veiled fails if a value is left.
func veiled(t *testing.T, v any, raw string) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for _, w := range v {
			veiled(t, w, raw)
		}
	case []any:
		for _, w := range v {
			veiled(t, w, raw)
		}
	case nil:
	default:
		if v != "[redacted]" {
			t.Fatalf("%v is left in %q", v, raw)
		}
	}
}
