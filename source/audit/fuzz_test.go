package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zip"
)

// seeds are texts to begin with: the samples, and what is in the tables of the tests.
func seeds(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d samples, %v", len(files), err)
	}
	var out [][]byte
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, data)
	}
	a, b := entry("a"), entry("b")
	for _, text := range []string{
		"", "t", "tt" + a, a + b[:60] + a, "[" + a + "," + b + ",]", `{"logs":[` + a + `],"x":1}`, `{"nextPageToken":"x","AuditLogs":[` + a + "]" + b,
		a + "garbage" + b, "\uFEFF" + a, `{"logs":null}{}{"a":1}`, `}{"a":1}` + "\n{" + `"a":`, `{"operation":"x","emit_time":{"seconds":"5","nanos":1e3},"version":"2"}`,
		`{"operation":"\ud83d\ude00\u00e9\"","log_id":"` + "\xff" + `","principal":{"name":"é","type":1,"name":"b"},"principal":5}`,
		`{"attemptsMade":1,"errorCode":"x","rawData":"eyJvcGVyYXRpb24iOiJ4In0="}` + a, `{"level":3,"category":"Admin","details":{},"raw_details":{"target_users":["x"]}}`,
		"**********\n" + a + "\n**********", `{"a":{"operation":"x","log_id":"y"},"b":` + "\x00" + `}`, strings.Repeat(`{"operation":`, 40), strings.Repeat("[", 20) + a,
	} {
		out = append(out, []byte(text))
	}
	return out
}

// FuzzDecode holds that text is taken apart without a byte going missing, and that entries say what encoding/json reads
// in them.
func FuzzDecode(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		NewDecoder().Decode(data, Origin{Position: "1"})

		d := NewDecoder()
		s := d.splitter(Origin{}, int(^uint(0)>>1))
		if n := s.feed(data, true); n != len(data) {
			t.Fatalf("%d of %d bytes used", n, len(data))
		}
		total := s.passed
		entries, bad := s.take()
		for i := range entries {
			e := &entries[i]
			checkEntry(t, e)
			if e.Origin.Rescued {
				continue
			}
			at, err := strconv.Atoi(e.Origin.Position)
			if err != nil || !bytes.HasPrefix(data[at:], []byte(e.Raw)) {
				t.Fatalf("entry %d is not at %s", i, e.Origin.Position)
			}
			total += int64(len(e.Raw))
		}
		for _, b := range bad {
			if b.Origin.Rescued {
				continue
			}
			if b.Reason == "" || !bytes.HasPrefix(data[b.Offset:], []byte(b.Raw)) || len(b.Raw) != min(b.Size, MaxBad) {
				t.Fatalf("bad %+v", b)
			}
			total += int64(b.Size)
		}
		if total != int64(len(data)) {
			t.Fatalf("%d of %d bytes are accounted for", total, len(data))
		}
	})
}

// checkEntry compares an entry with what encoding/json reads.
func checkEntry(t *testing.T, e *Entry) {
	var all map[string]any
	if err := json.Unmarshal([]byte(e.JSON()), &all); err != nil {
		t.Fatalf("%q: %v", e.Raw, err)
	}
	text := func(where map[string]any, snake, camel string) (string, bool) {
		a, isSnake := where[snake]
		b, isCamel := where[camel]
		switch {
		case isSnake && isCamel && snake != camel:
			return "", false // which of them is the last is not known here
		case isCamel:
			a = b
		}
		s, _ := a.(string)
		return s, true
	}
	for _, f := range []struct{ snake, camel, got string }{
		{"operation", "operation", e.Operation},
		{"status", "status", e.Status},
		{"log_id", "logId", e.LogID},
		{"user_email", "userEmail", e.UserEmail},
		{"async_operation_id", "asyncOperationId", e.AsyncOperationID},
		{"request_id", "requestId", e.RequestID},
	} {
		if want, known := text(all, f.snake, f.camel); known && f.got != want {
			t.Fatalf("%s is %q, want %q: %s", f.snake, f.got, want, e.Raw)
		}
	}
	principal, _ := all["principal"].(map[string]any)
	for _, f := range []struct{ snake, camel, got string }{
		{"type", "type", e.Principal.Type},
		{"id", "id", e.Principal.ID},
		{"name", "name", e.Principal.Name},
		{"api_key_id", "apiKeyId", e.Principal.APIKeyID},
	} {
		if want, known := text(principal, f.snake, f.camel); known && f.got != want {
			t.Fatalf("principal.%s is %q, want %q: %s", f.snake, f.got, want, e.Raw)
		}
	}
	if stamp, known := text(all, "emit_time", "emitTime"); known && stamp != "" {
		want, err := time.Parse(time.RFC3339, stamp)
		if err == nil && want.UTC().Year() >= 1 && want.UTC().Year() <= 9999 && !e.EmitTime.Equal(want) {
			t.Fatalf("emit_time is %v, want %v", e.EmitTime, want)
		}
	}
	if e.Payload != "" {
		var got any
		if err := json.Unmarshal([]byte((&Entry{Raw: e.Payload}).JSON()), &got); err != nil {
			t.Fatalf("payload %q: %v", e.Payload, err)
		}
		found := false
		for _, key := range []string{"raw_details", "rawDetails", "details"} {
			found = found || reflect.DeepEqual(all[key], got)
		}
		if !found || !strings.Contains(e.Raw, e.Payload) {
			t.Fatalf("payload %q of %q", e.Payload, e.Raw)
		}
	}
	_, _, _, _ = e.Sentence(), e.Addresses(), e.Identity(), e.Line()
}

// FuzzScan holds that an object is complete for a scanner exactly when it is JSON for encoding/json, a comma too many
// apart, and that this does not depend on the pieces that it comes in.
func FuzzScan(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s, 7)
	}
	f.Add([]byte(`{"a":[1,-0.5e+10,true,false,null,"\u00e9\\"],"b":{"c":{}},}`), 1)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		if len(data) == 0 || data[0] != '{' {
			return
		}
		var s scanner
		s.start()
		verdict := s.run(data)
		switch verdict {
		case complete:
			if fixed := (&Entry{Raw: string(data[:s.pos])}).JSON(); !json.Valid([]byte(fixed)) {
				t.Fatalf("%q is no JSON", fixed)
			}
		case wrapper:
		default:
			var v any
			if err := json.NewDecoder(bytes.NewReader(data)).Decode(&v); err == nil && s.fault != tooDeep && s.fault != numberTooLong {
				t.Fatalf("%q is JSON: fault %d at %d", data, s.fault, s.pos)
			}
		}
		var pieces scanner
		pieces.start()
		again := more
		for end := 0; again == more && end < len(data); {
			end = min(end+1+abs(size)%64, len(data))
			again = pieces.run(data[:end])
		}
		for _, members := range [][]member{s.members, pieces.members} {
			for i := range members {
				members[i].odd, members[i].oddKey = false, false // more are odd in pieces, which costs time alone
			}
		}
		if again != verdict || pieces.pos != s.pos || pieces.fault != s.fault || !reflect.DeepEqual(pieces.members, s.members) {
			t.Fatalf("in pieces: verdict %d at %d, whole: %d at %d", again, pieces.pos, verdict, s.pos)
		}
	})
}

func abs(i int) int { return max(i, -(i + 1)) }

// FuzzRead holds that text in pieces gives the same as the whole.
func FuzzRead(f *testing.F) {
	for i, s := range seeds(f) {
		f.Add(s, i*7)
	}
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		want, wantBad := NewDecoder().text(data, Origin{Part: "p"})
		got, bad, err := collect(&pieces{data, 1 + abs(size)%200}, Origin{Part: "p"})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(want, got) || !slices.Equal(wantBad, bad) {
			t.Fatalf("in pieces:\n%+v\n%+v\nwhole:\n%+v\n%+v", got, bad, want, wantBad)
		}
	})
}

// FuzzUnpack unpacks anything, and what it has packed itself.
func FuzzUnpack(f *testing.F) {
	text := []byte(entry("a") + entry("b"))
	for _, data := range forms(text) {
		f.Add(data, uint8(0))
	}
	for i := range 12 {
		f.Add(text, uint8(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, how uint8) {
		const limit = 1 << 20
		if out, _ := unpack(data, limit); len(out) > limit {
			t.Fatalf("%d bytes came out", len(out))
		}
		packers := []func([]byte) []byte{
			gzipOf, zstdOf, framedOf,
			func(b []byte) []byte { return zipOf(zip.Deflate, b) },
			func(b []byte) []byte { return xerialOf(b, 1+int(how)) },
			func(b []byte) []byte { return hadoopOf(b, 1+int(how)*3, 1+int(how)) },
		}
		if formOf(data) != plain || len(data) == 0 || len(data) > limit {
			return
		}
		packed := packers[int(how)%len(packers)](data)
		out, err := unpack(packed, limit)
		if err != nil || !bytes.Equal(out, data) {
			t.Fatalf("packer %d: %q, %v, want %q", int(how)%len(packers), out, err, data)
		}
	})
}

// FuzzDeaggregate takes anything apart, and what it has put together itself.
func FuzzDeaggregate(f *testing.F) {
	f.Add(aggregate([]byte("a"), []byte("b")), []byte("x"), []byte{})
	f.Add([]byte{0x1A, 0x03, 0x1A, 0x01, 0x61}, []byte("{}"), []byte(aggregateMagic))
	f.Fuzz(func(t *testing.T, data, a, b []byte) {
		if records, ok := Deaggregate(data); ok != (records != nil) {
			t.Fatal("records without a record")
		}
		size := 0
		records, _ := Deaggregate(seal(data))
		for _, r := range records {
			size += len(r)
		}
		if size > len(data) {
			t.Fatalf("%d bytes out of %d", size, len(data))
		}
		records, ok := Deaggregate(aggregate(a, b))
		if !ok || len(records) != 2 || !bytes.Equal(records[0], a) || !bytes.Equal(records[1], b) {
			t.Fatalf("%q, %v", records, ok)
		}
	})
}
