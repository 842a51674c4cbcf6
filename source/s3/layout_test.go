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
		"year=2026/":              {"", day(2026, 1, 1, 0), day(2027, 1, 1, 0)},
		"audit/2026/11/10/12/30/": {},
		"":                        {},

		"a/2026-11-22/":                           {"a/", day(2026, 11, 22, 0), day(2026, 11, 23, 0)},
		"a/2026-11-22/07/":                        {"a/", day(2026, 11, 22, 7), day(2026, 11, 22, 8)},
		"a-2026-11/":                              {"a-", day(2026, 11, 1, 0), day(2026, 12, 1, 0)},
		"a/2026/11-22/":                           {"a/", day(2026, 11, 22, 0), day(2026, 11, 23, 0)},
		"a/2026/2026-11/2026-11-22/":              {"a/", day(2026, 11, 22, 0), day(2026, 11, 23, 0)},
		"a/20261122/":                             {"a/", day(2026, 11, 22, 0), day(2026, 11, 23, 0)},
		"a/2026112207/":                           {"a/", day(2026, 11, 22, 7), day(2026, 11, 22, 8)},
		"a/2026-11-22-07/":                        {"a/", day(2026, 11, 22, 7), day(2026, 11, 22, 8)},
		"a/2026_11_22/":                           {"a/", day(2026, 11, 22, 0), day(2026, 11, 23, 0)},
		"a/dt=2026-11-22/":                        {"a/", day(2026, 11, 22, 0), day(2026, 11, 23, 0)},
		"a/dt=2026-11-22/hour=7/":                 {"a/", day(2026, 11, 22, 7), day(2026, 11, 22, 8)},
		"a/dt=20261122/hr=07/":                    {"a/", day(2026, 11, 22, 7), day(2026, 11, 22, 8)},
		"a/team=x/year=2026/":                     {"a/team=x/", day(2026, 1, 1, 0), day(2027, 1, 1, 0)},
		"year=2026/month=1/day=2/":                {"", day(2026, 1, 2, 0), day(2026, 1, 3, 0)},
		"a/Year=2026/Month=11/Day=22/Hour=07/":    {"a/", day(2026, 11, 22, 7), day(2026, 11, 22, 8)},
		"a/partition_hour=2026-11-22-07/":         {"a/", day(2026, 11, 22, 7), day(2026, 11, 22, 8)},
		"a/team=2026/":                            {},
		"a/month=11/":                             {},
		"a/year=2026/day=11/":                     {},
		"a/year=2026/month=13/":                   {},
		"a/year=2026/month=1/day=31/hour=24/":     {},
		"a/id=20261122/":                          {},
		"a/user=20261122/":                        {},
		"a/2026-13-22/":                           {},
		"a/20261322/":                             {},
		"a/2026/2025-11/":                         {"a/2026/", day(2025, 11, 1, 0), day(2025, 12, 1, 0)},
		"a/12026-11-22/":                          {},
		"a/f47ac10b-58cc-4372-a567-0e02b2c3d479/": {},
		"a/x=dt=2026-11-22/":                      {},
		"a/2026/11/22/10/12/":                     {},
		"a/2026-11-22/b/":                         {},
		"xdt=2026-11-22/":                         {"", day(2026, 11, 22, 0), day(2026, 11, 23, 0)},
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
	f.Add("a/", "dt=2026-11-22/hour=7/x.gz")
	f.Add("", "year=2026/month=1/day=02/hour=03/")
	f.Add("a-", "2026-11-22/07/")
	f.Add("a/", "2026/2026-11/2026-11-22-23/x")
	f.Fuzz(func(t *testing.T, prefix, rest string) {
		start, end, n, sorted := s3.DatesOf(rest)
		if n == 0 {
			return
		}
		if !end.After(start) || start.Location() != time.UTC {
			t.Fatalf("DatesOf(%q) = %s to %s", rest, start, end)
		}
		written := s3.FolderLike(rest, start)
		if sorted && written != rest[:n] {
			t.Fatalf("DatesOf(%q) = %s, but that is %q", rest, start, written)
		}
		if again, _, m, _ := s3.DatesOf(written); m != len(written) || !again.Equal(start) {
			t.Fatalf("DatesOf(%q) = %s and DatesOf(%q) = %s", rest, start, written, again)
		}
		later := s3.FolderLike(rest, end)
		if sorted && later <= written {
			t.Fatalf("%q comes behind %q, but is of a later time", written, later)
		}
		root, from, to, ok := s3.DatedFolder(prefix + rest[:n])
		if !ok {
			// What stands before the date decides whether it is one.
			if prefix != "" && !strings.HasSuffix(prefix, "/") {
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
