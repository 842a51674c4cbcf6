package export_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taudit/app/export"
	"taudit/source/audit"
	"taudit/source/store"
)

func change(t *testing.T, expected ...string) *export.Change {
	t.Helper()
	s := store.New(store.Limits{})
	var all []audit.Entry
	for i, raw := range []string{
		failed, deleted,
		`{"emit_time":"2023-11-08T08:20:00Z","operation":"UpdateNamespaceAPI","status":"OK","log_id":"1","principal":{"type":"serviceaccount","name":"terraform"},"raw_details":{"namespace":"prod.a1b2c"}}`,
		`{"emit_time":"2023-11-08T08:30:00Z","operation":"UpdateNamespace","status":"OK","log_id":"2","principal":{"type":"user","id":"u-9","name":"mallory|x"},"raw_details":{"namespace":"prod.a1b2c"}}`,
	} {
		e := *decode(t, raw).entry
		e.Origin.Position = fmt.Sprint(i)
		all = append(all, e)
	}
	s.Append(all)
	return &export.Change{
		About: export.About{Filter: "ns:prod", Sources: []string{"s"}, Coverage: "all of s", Made: noon, Version: "v1.2.3"},
		Begin: noon.Add(-4 * time.Hour), End: noon.Add(-90*time.Minute + time.Second), BeginNote: "here we go", Expected: expected, Rows: s.Snapshot(),
	}
}

func report(t *testing.T, c *export.Change) string {
	t.Helper()
	var out bytes.Buffer
	if err := export.WriteReport(t.Context(), &out, c); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestReport(t *testing.T) {
	want := "# Change window 2023-11-08 08:00 to 2023-11-08 10:30:01 UTC\n" + `
Begin: 'here we go'

4 entries, 1 of them not accepted, by 3 principals.

## Surprises

Not named beforehand, as 'terraform', 'user2', 'bob' were:

* 'mallory\|x': 1 'UpdateNamespace'

Named, and did not act: 'bob'.

## By principal

| Who | Entries | Not accepted | First | Last | What |
|---|---:|---:|---|---|---|
| 'terraform' (service account) | 2 | 1 | 2023-11-08 08:15:03 | 2023-11-08 08:20:00 | 2 'UpdateNamespace' |
| 'mallory\|x' | 1 | 0 | 2023-11-08 08:30:00 | 2023-11-08 08:30:00 | 1 'UpdateNamespace' |
| 'user2@example.com' | 1 | 0 | 2023-11-08 09:14:58 | 2023-11-08 09:14:58 | 1 'DeleteUser' |

## By operation

| What | Entries | Not accepted | Who |
|---|---:|---:|---|
| 'UpdateNamespace' | 3 | 1 | 2 'terraform', 1 'mallory\|x' |
| 'DeleteUser' | 1 | 0 | 1 'user2@example.com' |

## Not accepted

| When (UTC) | Who | What | Result | log_id |
|---|---|---|---|---|
| 2023-11-08 08:15:03 | 'terraform' (service account) | Failed to update namespace 'prod.a1b2c' | **failed** | '0mc5' |

## What this is based on

4 entries that 'ns:prod' means, from 's'.

Covered: all of s.

Accepted means that the request was accepted, not that what it asks for was done. Written by taudit v1.2.3 at 2023-11-08 12:00:00 UTC.
`
	want = strings.ReplaceAll(want, "'", "`")
	if d := cmp.Diff(want, report(t, change(t, "terraform", "user2", "bob"))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestReportOfWhoWasExpected(t *testing.T) {
	for _, c := range []struct {
		expected []string
		says     string
	}{
		{nil, "Nobody was named beforehand, so it cannot be said who was not to act.\n"},
		{[]string{"terraform", "user2@example.com", "u-9"}, "None: nobody acted but `terraform`, `user2@example.com`, `u-9`, who were named beforehand.\n"},
		{[]string{"terra"}, "* `terraform` (service account): 2 `UpdateNamespace`\n"},
	} {
		if got := report(t, change(t, c.expected...)); !strings.Contains(got, c.says) {
			t.Errorf("%q: it lacks %q:\n%s", c.expected, c.says, got)
		}
	}
	if err := export.WriteReport(t.Context(), &bytes.Buffer{}, change(t, "")); err == nil {
		t.Error("nobody can be expected")
	}
}

// TestReportTellsPeopleOfOneNameApart: by their ids, where entries say them; one that does not is of the first of that name.
func TestReportTellsPeopleOfOneNameApart(t *testing.T) {
	c := change(t)
	s := store.New(store.Limits{})
	for i, p := range []string{`"name":"ci"`, `"name":"ci","id":"a","type":"serviceaccount"`, `"name":"ci","id":"b"`, `"name":"ci"`, `"id":"a","name":"ci"`, `"id":"c"`} {
		s.Append([]audit.Entry{*decode(t, fmt.Sprintf(`{"emit_time":"2023-11-08T08:00:0%dZ","operation":"UserLogin","status":"OK","log_id":"%d","principal":{%s}}`, i, i, p)).entry})
	}
	c.Rows = s.Snapshot()
	got := report(t, c)
	for _, want := range []string{"by 3 principals", "| `ci` (service account) | 4 |", "| `ci` | 1 |", "| `c` | 1 |", "5 `ci`, 1 `c`"} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
}

func TestReportOfNothing(t *testing.T) {
	c := change(t)
	c.Rows = store.New(store.Limits{}).Snapshot()
	if got := report(t, c); !strings.Contains(got, "No entries, 0 of them not accepted, by 0 principals.") || strings.Contains(got, "## By") {
		t.Errorf("it is\n%s", got)
	}
}

func TestReportIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := export.WriteReport(ctx, &bytes.Buffer{}, change(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
