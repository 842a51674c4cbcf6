package s3_test

import (
	"strings"
	"testing"
	"time"

	"taudit/source/s3"
)

func TestDatedFolder(t *testing.T) {
	day := func(y, m, d, h int) time.Time { return time.Date(y, time.Month(m), d, h, 0, 0, 0, time.UTC) }
	for prefix, want := range map[string]struct {
		root       string
		start, end time.Time
	}{
		"2026/":                   {"", day(2026, 1, 1, 0), day(2027, 1, 1, 0)},
		"audit/2026/11/":          {"audit/", day(2026, 11, 1, 0), day(2026, 12, 1, 0)},
		"audit-2026/02/28/":       {"audit-", day(2026, 2, 28, 0), day(2026, 3, 1, 0)},
		"a/b/2026/12/31/23/":      {"a/b/", day(2026, 12, 31, 23), day(2027, 1, 1, 0)},
		"2024/2026/01/":           {"2024/", day(2026, 1, 1, 0), day(2026, 2, 1, 0)},
		"ü2026/02/29/":            {},
		"audit/":                  {},
		"audit/2026":              {},
		"audit/12026/":            {},
		"audit/1999/":             {},
		"audit/2200/":             {},
		"audit/2026/13/":          {},
		"audit/2026/11/31/":       {},
		"audit/2026/11/30/24/":    {},
		"audit/2026/1/":           {},
		"year=2026/":              {},
		"audit/2026/11/10/12/30/": {},
		"":                        {},
	} {
		root, start, end, ok := s3.DatedFolder(prefix)
		if ok != !want.start.IsZero() || root != want.root || !start.Equal(want.start) || !end.Equal(want.end) {
			t.Errorf("DatedFolder(%q) = %q, %s, %s, %v; want %+v", prefix, root, start, end, ok, want)
		}
	}
}

// FuzzKeyTime: whatever a key is, the date that is read from it is written in it, and is the same for its folder.
func FuzzKeyTime(f *testing.F) {
	f.Add("audit/", "2026/11/22/10/audit-1-2026-11-22-10-05-09-x.gz")
	f.Add("", "2026/02/29/x")
	f.Add("a", "2026/11/1/x")
	f.Add("2026/", "2026/2026/")
	f.Add("\xff", "2000/01/01/00/")
	f.Fuzz(func(t *testing.T, prefix, rest string) {
		start, end, n := s3.SpanOf(rest)
		if n == 0 {
			return
		}
		if !end.After(start) || start.Location() != time.UTC {
			t.Fatalf("SpanOf(%q) = %s to %s", rest, start, end)
		}
		found := false
		for _, folder := range s3.Folders(start) {
			found = found || folder == rest[:n]
		}
		if !found {
			t.Fatalf("SpanOf(%q) = %s, but that is %q", rest, start, s3.Folders(start))
		}
		root, from, to, ok := s3.DatedFolder(prefix + rest[:n])
		if !ok {
			// What stands before the year decides whether it is one.
			if prefix != "" && (strings.HasSuffix(prefix, "=") || strings.ContainsAny(prefix[len(prefix)-1:], "0123456789")) {
				return
			}
			t.Fatalf("DatedFolder(%q) is none", prefix+rest[:n])
		}
		if len(root) == len(prefix) && (!from.Equal(start) || !to.Equal(end)) {
			t.Fatalf("DatedFolder(%q) = %q, %s to %s; want %s to %s", prefix+rest[:n], root, from, to, start, end)
		}
		if !strings.HasPrefix(prefix+rest, root) {
			t.Fatalf("DatedFolder(%q) has root %q", prefix+rest[:n], root)
		}
	})
}
