package file_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/file"
	"taudit/source/sourcetest"
)

// pieces are what texts are made of, each told apart by a number.
var pieces = []func(n int) string{
	func(n int) string { return sourcetest.Entries(n, n+1)[0] + "\n" },
	func(n int) string { return sourcetest.Entries(n, n+1)[0] },
	func(n int) string { return sourcetest.Entries(n, n+1)[0] + "\r\n" },
	func(n int) string { s := sourcetest.Entries(n, n+1)[0]; return s[:len(s)/2] },
	func(n int) string { s := sourcetest.Entries(n, n+1)[0]; return s[:len(s)-1] + "\n" },
	func(n int) string { s := sourcetest.Entries(n, n+1)[0]; return s[len(s)/3:] + "\n" },
	func(n int) string { return fmt.Sprintf("garbage %d }{\" {\"x\": \n", n) },
	func(n int) string { return fmt.Sprintf("{\"no\":\"entry\",\"n\":%d}\n", n) },
	func(n int) string {
		return fmt.Sprintf(`{"operation":"Text","status":"OK","log_id":"text-%d","details":{"a":"}{","b":"}\n{\"operation\":\"X\",\"log_id\":\"no\"}","c":":1"}}`, n)
	},
	func(n int) string {
		return fmt.Sprintf("{\n  \"operation\": \"Pretty\",\n  \"log_id\": \"pretty-%d\",\n  \"details\": {\n    \"operation\": \"Within\",\n    \"status\": \"OK\"\n  }\n}\n", n)
	},
	func(n int) string {
		return fmt.Sprintf(`{"operation":"Cut","log_id":"cut-%d","details":{"operation":"Within","status":"OK","log_id":"within-%d"}`, n, n)
	},
	func(n int) string { return fmt.Sprintf("{\"operation\":\"Unsure-%d\"}\n", n) },
	func(int) string { return "\n\n**********\n" },
	func(int) string { return "}" },
	func(int) string { return "{\"operation\":\"Open" },
	func(int) string { return "t\n" },
	func(n int) string {
		return fmt.Sprintf(`{"deliveryStreamARN":"a","rawData":"eyJvcGVyYXRpb24iOiJSIiwibG9nX2lkIjoiciJ9","attemptsMade":%d,"errorCode":"x","errorMessage":"y"}`, n) + "\n"
	},
}

func textOf(recipe []byte) string {
	var b strings.Builder
	for i, p := range recipe {
		b.WriteString(pieces[int(p)%len(pieces)](i))
	}
	return b.String()
}

// said are the entries and the bad records of a text, in the order of their places.
func said(entries []audit.Entry, bad []audit.Bad) []string {
	type at struct {
		place int64
		text  string
	}
	var all []at
	for _, e := range entries {
		offset, _, _ := strings.Cut(e.Origin.Position, "/")
		n, _ := strconv.ParseInt(offset, 10, 64)
		all = append(all, at{n, fmt.Sprintf("entry at %s: %s", e.Origin.Position, e.Raw)})
	}
	for _, b := range bad {
		all = append(all, at{b.Offset, fmt.Sprintf("bad at %d (%s), %d bytes, %s: %q", b.Offset, b.Origin.Position, b.Size, b.Reason, b.Raw)})
	}
	slices.SortStableFunc(all, func(a, b at) int { return int(a.place - b.place) })
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.text
	}
	return out
}

// readAll reads a file to its end.
func readAll(tb testing.TB, s source.Source) (entries []audit.Entry, bad []audit.Bad, last source.Status) {
	tb.Helper()
	out, done := make(chan source.Event), make(chan error, 1)
	go func() {
		err := s.Run(context.Background(), out)
		close(out)
		done <- err
	}()
	for e := range out {
		entries, bad = append(entries, e.All()...), append(bad, e.Bad...)
		if e.Status != nil {
			last = *e.Status
		}
	}
	if err := <-done; err != nil {
		tb.Fatal(err)
	}
	return entries, bad, last
}

// FuzzSegments: a file says the same whatever pieces it is read in.
func FuzzSegments(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, uint16(500))
	f.Add([]byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, uint16(300))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, uint16(200))
	f.Add([]byte{0, 10, 10, 0, 3, 8, 1, 14, 1, 4, 0, 4, 11, 0, 3}, uint16(100))
	f.Add([]byte{13, 11, 0, 13, 11, 1, 14, 8, 8, 8, 8, 9, 9, 9}, uint16(50))
	dir, err := os.MkdirTemp("", "segments")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = os.RemoveAll(dir) })
	f.Fuzz(func(t *testing.T, recipe []byte, size uint16) {
		text := textOf(recipe[:min(len(recipe), 60)])
		path := filepath.Join(dir, fmt.Sprintf("audit-%d.jsonl", os.Getpid()))
		write(t, path, text)
		c := file.Config{Settle: time.Nanosecond, Segment: 1 << 40}
		whole, wholeBad, want := readAll(t, file.New(path, options(false), c))
		c.Segment = max(16, int64(size))
		parts, partsBad, status := readAll(t, file.New(path, options(false), c))
		if a, b := said(parts, partsBad), said(whole, wholeBad); !slices.Equal(a, b) {
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Fatalf("in pieces of %d:\n%s\nas a whole:\n%s", c.Segment, a[i], b[i])
				}
			}
			t.Fatalf("%d in pieces, %d as a whole", len(a), len(b))
		}
		if status.Entries != want.Entries || status.Bad != want.Bad || status.Bytes != want.Bytes || status.Bytes != int64(len(text)) {
			t.Fatalf("in pieces %+v, as a whole %+v", status, want)
		}
	})
}

// TestNewestOfAFileFirst: the end of a large file comes before the rest of it, and what is added later comes once.
func TestNewestOfAFileFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	const count = 3000
	write(t, path, lines(0, count))
	c := quick()
	c.Segment = 64 << 10
	r := start(t, file.New(path, options(true), c))
	r.have(count)
	for _, e := range r.all() {
		if e.Len() > 0 {
			if last := e.All()[e.Len()-1]; !strings.Contains(last.Raw, sourcetest.Entries(count-1, count)[0]) {
				t.Errorf("the first to come ends with %s", last.Raw)
			}
			break
		}
	}
	appendTo(t, path, lines(count, count+5))
	r.have(count + 5)
	r.wantIDs(upTo(count + 5)...)
	if s := r.status(); s.Records != 1 || s.Entries != count+5 {
		t.Errorf("status %+v", s)
	}
}
