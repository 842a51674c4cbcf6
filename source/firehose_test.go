package source_test

import (
	"strings"
	"testing"
	"time"

	"taudit/source"
)

func TestFirehoseTime(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 5, 9, 0, time.UTC)
	const id = "0f3b2c1d-1234-5678-9abc-0123456789ab"
	for key, want := range map[string]time.Time{
		"2026/11/22/10/audit-1-2026-11-22-10-05-09-" + id + ".gz":                      at,
		"audit-12-2026-11-22-10-05-09-" + id:                                           at,
		"a/b/my-stream-2020-01-02-03-04-05-x-1-2026-11-22-10-05-09-" + id + ".parquet": at,
		"audit-1-2026-11-22-10-05-09-RandomString":                                     at,
		"audit-1-2026-13-22-10-05-09-" + id:                                            {}, // no such month
		"2026-11-22-10-05-09-" + id:                                                    {}, // no stream before it
		"audit-1-2026-11-22-10-05-09":                                                  {}, // nothing behind it
		"audit-1-2026-11-22-10-05-09-x/data.json":                                      {}, // in a folder's name
		"audit.jsonl": {},
		"":            {},
	} {
		got, ok := source.FirehoseTime(key)
		if !got.Equal(want) || ok != !want.IsZero() {
			t.Errorf("FirehoseTime(%q) = %v, %v; want %v", key, got, ok, want)
		}
	}
}

func TestFirehoseStream(t *testing.T) {
	const tail = "-2026-11-22-10-05-09-0f3b2c1d-1234-5678-9abc-0123456789ab.gz"
	for key, want := range map[string]string{
		"2026/11/22/10/audit-1" + tail:          "audit",
		"a/my-stream-2020-01-02-12" + tail:      "my-stream-2020-01-02",
		"logs-audit-1" + tail:                   "logs-audit", // the prefix logs- cannot be told
		"audit" + tail:                          "",           // no version
		"audit-x" + tail:                        "",
		"-1" + tail:                             "",
		"audit-" + tail:                         "",
		"audit.jsonl":                           "",
		"audit-1-2026-11-22-10-05-09-x/another": "",
	} {
		if got, ok := source.FirehoseStream(key); got != want || ok != (want != "") {
			t.Errorf("FirehoseStream(%q) = %q, %v; want %q", key, got, ok, want)
		}
	}
}

func FuzzFirehoseTime(f *testing.F) {
	f.Add("2026/11/22/10/audit-1-2026-11-22-10-05-09-0f3b2c1d-1234-5678-9abc-0123456789ab.gz")
	f.Add("-2026-02-30-00-00-00-")
	f.Add("------------------------")
	f.Fuzz(func(t *testing.T, key string) {
		if name, named := source.FirehoseStream(key); named && (name == "" || !strings.Contains(key, name)) {
			t.Fatalf("FirehoseStream(%q) = %q", key, name)
		}
		got, ok := source.FirehoseTime(key)
		if ok != !got.IsZero() && got.Year() != 1 {
			t.Fatalf("FirehoseTime(%q) = %v, %v", key, got, ok)
		}
		if ok && !strings.Contains(key, "-"+got.Format("2006-01-02-15-04-05")+"-") {
			t.Fatalf("FirehoseTime(%q) = %v, which is not in it", key, got)
		}
	})
}
