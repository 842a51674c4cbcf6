package export_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
)

var noon = time.Date(2023, 11, 8, 12, 0, 0, 0, time.UTC)

// evidence is that of three entries on two shards and in an object, of which two are meant.
func evidence(t *testing.T) *export.Evidence {
	t.Helper()
	s := store.New(store.Limits{})
	entry := func(raw, part, position string) audit.Entry {
		e := *decode(t, raw).entry
		e.Origin = audit.Origin{Source: "kinesis audit/us-east-1", Part: part, Position: position, Arrived: noon}
		return e
	}
	s.Append([]audit.Entry{
		entry(deleted, "shardId-000000000001", "9"), entry(failed, "shardId-000000000001", "10"),
		entry("{\n\"operation\": \"UserLogin\",\r\n\"log_id\":\"x\",\"emit_time\":\"2023-11-08T07:00:00Z\"}", "shardId-000000000002", "007"),
	})
	s.AppendBad([]audit.Bad{{Raw: "\xff\x00nonsense", Size: 10, Offset: 3, Reason: "no JSON", Origin: audit.Origin{Source: "kinesis audit/us-east-1", Part: "shardId-000000000002"}}})
	snap := s.Snapshot()
	status := []source.Status{
		{Source: "kinesis audit/us-east-1", Part: "shardId-000000000001", State: source.Done, Entries: 2, Held: source.Span{From: noon.Add(-time.Hour), To: noon}},
		{Source: "kinesis audit/us-east-1", Part: "shardId-000000000002", State: source.Failing, Err: errors.New("access denied"), Held: source.Span{To: noon.Add(-time.Minute)}},
	}
	gap := source.Gap{Source: "kinesis audit/us-east-1", Part: "shardId-000000000002", Span: source.Span{To: noon.Add(-2 * time.Hour)}, Why: "trimmed before it was read"}
	covered := source.Cover(source.Evidence{Status: status, Gaps: []source.Gap{gap}, Lost: 1, Bad: 1, Ended: true, Now: noon}, source.Span{})
	marked := decode(t, failed).entry.Identity()
	return &export.Evidence{
		About: export.About{Filter: "op:x", Sources: []string{"kinesis audit/us-east-1"}, Made: noon, Version: "v1.2.3"},
		Since: noon.Add(-24 * time.Hour), Seen: noon,
		Store: snap, Rows: snap.Match(t.Context(), store.Rows(func(r store.Row) bool { return r.Operation() != "DeleteUser" }), nil),
		Status: status, Covered: covered, Read: 4, Outside: 1, BadCount: 1,
		Notes: func(id audit.ID) (export.Note, bool) {
			return export.Note{Marked: true, Text: "why\n<?>"}, id == marked
		},
	}
}

func sealed(t *testing.T) (dir string, m *export.Manifest, fingerprint string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "a", "case")
	m, fingerprint, err := export.WriteBundle(t.Context(), dir, evidence(t))
	if err != nil {
		t.Fatal(err)
	}
	return dir, m, fingerprint
}

func content(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBundle(t *testing.T) {
	dir, m, fingerprint := sealed(t)
	if got, want := content(t, dir, "entries.jsonl"), `{"operation": "UserLogin","log_id":"x","emit_time":"2023-11-08T07:00:00Z"}`+"\n"+failed+"\n"; got != want {
		t.Errorf("entries:\n%swant:\n%s", got, want)
	}
	id := decode(t, failed).entry.Identity().String()
	origins := strings.Split(content(t, dir, "origins.jsonl"), "\n")
	if want := `{"line":2,"id":"` + id + `","source":"kinesis audit/us-east-1","part":"shardId-000000000001","position":"10","arrived":"2023-11-08T12:00:00Z"}`; len(origins) != 3 || origins[1] != want || !strings.Contains(origins[0], `"joined":true`) {
		t.Errorf("origins: %q", origins)
	}
	if got, want := content(t, dir, "marks.jsonl"), `{"line":2,"id":"`+id+`","marked":true,"note":"why\n\u003c?\u003e"}`+"\n"; got != want {
		t.Errorf("marks:\n%swant:\n%s", got, want)
	}
	if got := content(t, dir, "bad.jsonl"); !strings.Contains(got, base64.StdEncoding.EncodeToString([]byte("\xff\x00nonsense"))) || !strings.Contains(got, `"offset":3,"size":10,"reason":"no JSON"`) {
		t.Errorf("bad:\n%s", got)
	}
	if m.Entries.Count != 2 || m.Entries.Joined != 1 || !m.Entries.First.Equal(noon.Add(-5*time.Hour)) || m.Entries.Last.Format(time.TimeOnly) != "08:15:03" {
		t.Errorf("entries are %+v", m.Entries)
	}
	if m.Filter != "op:x" || m.Read != 4 || m.Outside != 1 || m.Marks != 1 || m.Bad != 1 || m.BadKept != 1 || m.Lost != 1 || m.Whole || m.Tool != "taudit v1.2.3" {
		t.Errorf("manifest %+v", m)
	}
	if len(m.Gaps) != 1 || m.Gaps[0].Why != "trimmed before it was read" || len(m.Missing) == 0 || !strings.Contains(m.Coverage, "access denied") {
		t.Errorf("coverage %q, gaps %+v, missing %+v", m.Coverage, m.Gaps, m.Missing)
	}
	want := []export.Range{
		{Part: "shardId-000000000001", Entries: 2, Inside: 1, First: "9", Last: "10", Oldest: noon, Newest: noon},
		{Part: "shardId-000000000002", Entries: 1, Inside: 1, First: "007", Last: "007", Oldest: noon, Newest: noon},
	}
	if len(m.Sources) != 1 || !slices.Equal(m.Sources[0].Range, want) || len(m.Sources[0].State) != 2 || m.Sources[0].State[1].Error != "access denied" {
		t.Errorf("sources %+v", m.Sources)
	}
	if runtime.GOOS != "windows" {
		for name, mode := range map[string]os.FileMode{".": 0o700, "entries.jsonl": 0o600, "manifest.json": 0o600, "SHA256SUMS": 0o600} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
			}
		}
	}
	v, err := export.Verify(dir)
	if err != nil || !v.Whole() || v.Fingerprint != fingerprint || v.Manifest.Entries.Count != 2 || len(v.Beside) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestEveryByteCounts: whichever byte of whichever file is changed, left out or put in, the bundle is not whole.
func TestEveryByteCounts(t *testing.T) {
	dir, _, _ := sealed(t)
	for _, name := range []string{"entries.jsonl", "origins.jsonl", "marks.jsonl", "bad.jsonl", "manifest.json", "SHA256SUMS"} {
		path := filepath.Join(dir, name)
		was := []byte(content(t, dir, name))
		check := func(what string, text []byte) {
			t.Helper()
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if v, err := export.Verify(dir); err != nil || v.Whole() {
				t.Fatalf("%s: %s: it is whole (%v)", name, what, err)
			}
		}
		for i := range was {
			changed := slices.Clone(was)
			changed[i] ^= 1
			check("one byte changed", changed)
		}
		for i := 0; i < len(was); i += 37 {
			changed := slices.Clone(was)
			changed[i] ^= 0x20
			check("another case", changed)
			check("one byte out", slices.Delete(slices.Clone(was), i, i+1))
			check("cut off", was[:i])
			check("one byte in", slices.Insert(slices.Clone(was), i, byte(' ')))
		}
		check("a line more", append(slices.Clone(was), '\n'))
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if v, err := export.Verify(dir); err != nil || v.Whole() || !strings.Contains(strings.Join(v.Wrong, "\n"), name+" is missing") {
			t.Errorf("without %s: %+v, %v", name, v, err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if v, err := export.Verify(dir); err != nil || v.Whole() || !strings.Contains(strings.Join(v.Wrong, "\n"), name+" is no plain file") {
			t.Errorf("with a directory in the place of %s: %+v, %v", name, v, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, was, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := export.Verify(dir); err != nil || !v.Whole() {
		t.Errorf("put back, it is not whole: %+v, %v", v, err)
	}
}

func TestVerifyOfOtherThings(t *testing.T) {
	dir, _, _ := sealed(t)
	if err := os.WriteFile(filepath.Join(dir, ".DS_Store"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := export.Verify(dir); err != nil || !v.Whole() || !slices.Equal(v.Beside, []string{".DS_Store"}) {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := export.Verify(t.TempDir()); !errors.Is(err, export.ErrNoBundle) {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := export.Verify(filepath.Join(dir, "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
}

func TestBundleNeverOverwrites(t *testing.T) {
	dir, _, _ := sealed(t)
	before := content(t, dir, "SHA256SUMS")
	if _, _, err := export.WriteBundle(t.Context(), dir, evidence(t)); !errors.Is(err, export.ErrThere) {
		t.Errorf("%v", err)
	}
	if content(t, dir, "SHA256SUMS") != before {
		t.Error("it was overwritten")
	}
	empty := t.TempDir()
	if _, _, err := export.WriteBundle(t.Context(), empty, evidence(t)); err != nil {
		t.Errorf("into an empty directory: %v", err)
	}
}

func TestBundleThatDoesNotBecomeWholeIsTakenAway(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "case")
	if _, _, err := export.WriteBundle(ctx, dir, evidence(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was left: %v", err)
	}
}

// FuzzVerify reads anything in the place of the list of sums and of the manifest.
func FuzzVerify(f *testing.F) {
	f.Add("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  entries.jsonl\n", `{"format":1,"files":[{"name":"entries.jsonl"}]}`)
	f.Add("", `{"format":2}`)
	f.Add("x  y\n", `[]`)
	f.Fuzz(func(t *testing.T, sums, manifest string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"SHA256SUMS": sums, "manifest.json": manifest, "entries.jsonl": "", "origins.jsonl": "", "marks.jsonl": "", "bad.jsonl": ""} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		v, err := export.Verify(dir)
		if err == nil && v.Whole() && v.Manifest == nil {
			t.Fatalf("%q and %q are whole without a manifest", sums, manifest)
		}
	})
}
