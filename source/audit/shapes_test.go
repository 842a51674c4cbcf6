package audit

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found says what was read from some text: entries by their log_id, bad stretches by their bytes.
type found struct {
	Entries []string
	Bad     []string
}

func find(data string) found {
	entries, bad := NewDecoder().Decode([]byte(data), Origin{})
	var f found
	for _, e := range entries {
		f.Entries = append(f.Entries, e.LogID)
	}
	for _, b := range bad {
		f.Bad = append(f.Bad, b.Raw)
	}
	return f
}

// entry is a small entry with a log_id.
func entry(id string) string {
	return `{"emit_time":"2026-11-20T10:00:00Z","operation":"UpdateNamespace","status":"OK","log_id":"` + id + `","principal":{"type":"user","name":"u@example.com"},"raw_details":{"namespace":"a.b","tags":[{"x":"}{"}]}}`
}

func TestShapes(t *testing.T) {
	a, b, c := entry("a"), entry("b"), entry("c")
	abc := []string{"a", "b", "c"}
	for _, test := range []struct {
		name, data string
		entries    []string
		bad        []string
	}{
		{"nothing", "", nil, nil},
		{"white space", " \r\n\t\n", nil, nil},
		{"one", a, []string{"a"}, nil},
		{"joined", a + b + c, abc, nil},
		{"lines", a + "\n" + b + "\r\n" + c + "\n", abc, nil},
		{"commas", a + "," + b + ",\n" + c + ",", abc, nil},
		{"array", "[" + a + "," + b + "," + c + "]", abc, nil},
		{"arrays", "[" + a + "][[" + b + "],\n[" + c + "]]", abc, nil},
		{"array with a comma too many", "[" + a + "," + b + "," + c + ",]", abc, nil},
		{"asterisks", a + "\n**********\n" + b + "\n**********\n" + c + "\n**********\n", abc, nil},
		{"byte order mark", "\uFEFF" + a + "\n\uFEFF" + b + c, abc, nil},
		{"comma before the end", strings.Replace(a, "}]}}", "},],},}", 1) + b + c, abc, nil},
		{"http answer", `{"logs":[` + a + "," + b + "," + c + `],"nextPageToken":"x"}`, abc, nil},
		{"http answer, other order", `{"nextPageToken":"x", "logs" : [` + a + "," + b + "," + c + `] }`, abc, nil},
		{"cli answer", `{"AuditLogs":[` + a + "," + b + "," + c + `],"NextPageToken":{"a":[1]}}`, abc, nil},
		{"pages", `{"logs":[` + a + `],"nextPageToken":"x"}` + "\n" + `{"logs":[` + b + `]}[{"AuditLogs":[` + c + `]}]`, abc, nil},
		{"empty pages", `{"logs":[]}{"AuditLogs":null,"NextPageToken":""}{"logs":[],"nextPageToken":""}` + a, []string{"a"}, nil},
		{"two lists in one", `{"logs":[` + a + `],"x":{"y":1},"AuditLogs":[` + b + "," + c + `],"z":1}`, abc, nil},

		{"probe", "t", nil, []string{"t"}},
		{"probes", "tt\nt" + a + "t" + b + "\nt\n" + c + "t", abc, []string{"t", "t", "t", "t", "t", "t"}},
		{"text", "temporal", nil, []string{"temporal"}},
		{"true", "true" + a, []string{"a"}, []string{"true"}},
		{
			"no entry", `{"a":1}` + a + `{}` + b + `{"messageType":"DATA_MESSAGE","logEvents":[{"message":"x"}]}` + c, abc,
			[]string{`{"a":1}`, `{}`, `{"messageType":"DATA_MESSAGE","logEvents":[{"message":"x"}]}`},
		},
		{"other wrapper", `{"data":[` + a + `]}` + b, []string{"b"}, []string{`{"data":[` + a + `]}`}},
		{"single values", `null 12 "x" [1,"y",` + a + `]`, []string{"a"}, []string{`null 12 "x" [1,"y",`, "]"}},
		{"garbage", a + "garbage\n" + b + "\x00\xff\xfe" + c + " }", abc, []string{"garbage", "\x00\xff\xfe", "}"}},
		{"garbage with brackets", a + `{{[{"x{}` + b + "{" + c, abc, []string{`{{[{"x{}`, "{"}},
		{"garbage in an array", "[" + a + ", oops, " + b + "," + c + "]", abc, []string{"oops,"}},
		{"garbage in a wrapper", `{"logs":[` + a + ", oops, " + b + `],"nextPageToken":"x"}` + c, abc, []string{"oops,"}},
		{"garbage before a wrapper", `oops {"logs":[` + a + `],"nextPageToken":"x"}` + b, []string{"a", "b"}, []string{"oops"}},
		{"garbage behind the list of a wrapper", `{"logs":[` + a + `]oops}` + b, []string{"a", "b"}, []string{"oops}"}},
		{"brackets that close nothing", a + "]" + b + "}" + c, abc, []string{"]", "}"}},

		{"cut at the end", a + b[:100], []string{"a"}, []string{b[:100]}},
		{"cut in an array", "[" + a + "," + b[:100], []string{"a"}, []string{b[:100]}},
		{"cut between two of an array", "[" + a + "," + b, []string{"a", "b"}, []string{""}},
		{"cut behind the list of a wrapper", `{"logs":[` + a + "," + b + `]`, []string{"a", "b"}, []string{""}},
		{"cut in the rest of a wrapper", `{"logs":[` + a + `],"nextPag`, []string{"a"}, []string{`,"nextPag`}},
		{"cut in the head of a wrapper", `{"logs":`, nil, []string{`{"logs":`}},
		{"cut and lines", a[:100] + "\n" + b + "\n" + c[:90] + "\n" + a, []string{"b", "a"}, []string{a[:100], c[:90]}},
		{"two cut one after the other", a[:100] + b[:80] + c, []string{"c"}, []string{a[:100], b[:80]}},
		{"line break in a string", strings.Replace(a, "Update", "Up\ndate", 1) + b, []string{"b"}, []string{strings.Replace(a, "Update", "Up\ndate", 1)}},
		{"escape that is none", strings.Replace(a, "Update", `Up\date`, 1) + b, []string{"b"}, []string{strings.Replace(a, "Update", `Up\date`, 1)}},
		{"unknown first key behind damage", "oops\n" + `{"new":1,` + a[1:] + "oops" + `{"new":1,` + b[1:] + "\n" + c, []string{"a", "c"}, []string{"oops", `oops{"new":1,` + b[1:]}},
		{"entry that says little behind damage", "[" + a + ",oops\n" + `{"status":"OK"},` + b + "]", []string{"a", "b"}, []string{"oops\n" + `{"status":"OK"},`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(found{test.entries, test.bad}, find(test.data)); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", test.data, diff)
			}
		})
	}
}

// TestCutAnywhere cuts one of three joined entries at every byte: the two others come out, and no byte goes missing.
func TestCutAnywhere(t *testing.T) {
	a, b, c := entry("a"), entry("b"), entry("c")
	for _, between := range []string{"", "\n", ",", "\n**********\n"} {
		for i := 1; i < len(b); i++ {
			data := a + between + b[:i] + between + c
			got := find(data)
			if diff := cmp.Diff([]string{"a", "c"}, got.Entries); diff != "" {
				t.Fatalf("cut at %d: %s\n(-want +got):\n%s", i, data, diff)
			}
			if bad := strings.Join(got.Bad, ""); !strings.HasPrefix(bad, b[:i]) || strings.Trim(bad[i:], "\n*,") != "" {
				t.Fatalf("cut at %d: bad %q, want %q", i, bad, b[:i])
			}
		}
	}
}

// TestOverwritten puts garbage over a part of the middle one of three entries.
func TestOverwritten(t *testing.T) {
	a, b, c := entry("a"), entry("b"), entry("c")
	for i := 1; i+5 < len(b); i++ {
		got := find(a + b[:i] + "\x00\x01\x02\x03\x04" + b[i+5:] + c)
		if diff := cmp.Diff([]string{"a", "c"}, got.Entries); diff != "" {
			t.Fatalf("garbage at %d (-want +got):\n%s", i, diff)
		}
		if bad := strings.Join(got.Bad, ""); len(bad) != len(b) {
			t.Fatalf("garbage at %d: bad %q", i, bad)
		}
	}
}

func TestBad(t *testing.T) {
	deep := `{"operation":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + "}"
	large := `{"operation":"` + strings.Repeat("x", maxObject) + `"}`
	garbage := strings.Repeat("x", MaxBad+5)
	for _, test := range []struct {
		name, data   string
		size         int
		offset       int64
		reason       string
		withPosition string
	}{
		{"cut", " \n" + entry("a")[:50], 50, 2, "cut off: the input ends inside this object", "2"},
		{"unexpected", `{"operation":x}`, 15, 0, `not JSON: unexpected "x" at byte 13 of the object`, "0"},
		{"control", "{\"operation\":\"a\tb\"}", 19, 0, "not JSON: a line break or other control character inside a string at byte 15 of the object", "0"},
		{"escape", `{"operation":"\u12x4"}`, 22, 0, "not JSON: an escape that JSON does not have at byte 14 of the object", "0"},
		{"deep", deep, len(deep), 0, "nested deeper than 512 levels", "0"},
		{"large", large, len(large), 0, "an object larger than 16 MiB", "0"},
		{"number", `{"version":` + strings.Repeat("1", 2000) + `}`, 2012, 0, "not JSON: a number longer than 1024 digits at byte 11 of the object", "0"},
		{"long garbage", " " + garbage, len(garbage), 1, "no entry: text where an object should begin", "1"},
		{"stranger", `{"a":1,"b":2}`, 13, 0, "JSON but no audit entry: it has none of the keys of one, but a, b", "0"},
		{"empty object", `{ }`, 3, 0, "JSON but no audit entry: an object without keys", "0"},
		{"value", `"x"`, 3, 0, "no entry: a single JSON value where an object should begin", "0"},
		{"end of array", `]`, 1, 0, "no entry: an array ends that has not begun", "0"},
		{"end of object", `}`, 1, 0, "no entry: the end of an object that has not begun", "0"},
		{"no end of array", ` [`, 0, 1, "cut off: the array that begins here has no end", "1"},
		{"no end of wrapper", `{"logs":[]`, 0, 10, "cut off: the input ends inside the object around the entries", "10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, position := range []string{"", "seq"} {
				entries, bad := NewDecoder().Decode([]byte(test.data), Origin{Part: "p", Position: position})
				if len(entries) != 0 || len(bad) != 1 {
					t.Fatalf("%d entries and %d bad, want one bad", len(entries), len(bad))
				}
				b := bad[0]
				want := Bad{
					Raw:  test.data[test.offset:][:min(test.size, MaxBad)],
					Size: test.size, Offset: test.offset, Reason: test.reason, Origin: Origin{Part: "p", Position: test.withPosition},
				}
				if position != "" {
					want.Origin.Position = position
				}
				if diff := cmp.Diff(want, b); diff != "" && len(diff) < 2000 {
					t.Errorf("(-want +got):\n%s", diff)
				} else if diff != "" {
					t.Errorf("size %d at %d: %s", b.Size, b.Offset, b.Reason)
				}
			}
		})
	}
}

func TestArraysTooDeep(t *testing.T) {
	got := find(strings.Repeat("[", maxFrames+1) + entry("a") + strings.Repeat("]", maxFrames+1))
	if diff := cmp.Diff(found{[]string{"a"}, []string{"[", "]"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHostile feeds text made to be looked at again and again: it would take minutes.
func TestHostile(t *testing.T) {
	const size = 128 << 10
	for _, unit := range []string{
		`{"operation":`, `{"operation":[`, `{"operation":{"a":1},`, `}{"`, `}{",":"`, "\n{\"a\":\"", `{`, `[`, `{"a`, `{"operation":"`, `{"logs":[`,
		`{"operation":{"operation":1},"k":[`, `"`, `t`, `*`, `]`, `{ "`, `{"logs":[],`, `{"operation":{},` + "\n",
	} {
		data := []byte(strings.Repeat(unit, size/len(unit)))
		entries, bad := NewDecoder().Decode(data, Origin{})
		if len(entries) != 0 || len(bad) == 0 && unit != "*" {
			t.Errorf("%q: %d entries, %d bad", unit, len(entries), len(bad))
		}
	}
}

func TestPositions(t *testing.T) {
	data := []byte("[" + entry("a") + ",\n" + entry("b") + "]")
	for _, test := range []struct {
		given string
		data  []byte
		want  []string
	}{
		{"", data, []string{"1", itoa(1 + len(entry("a")) + 2)}},
		{"495", data, []string{"495/0", "495/1"}},
		{"495", []byte(entry("a")), []string{"495"}},
		{"", aggregate([]byte(entry("a")), data), []string{"0", "1/0", "1/1"}},
		{"495", aggregate([]byte(entry("a")), data), []string{"495/0", "495/1", "495/2"}},
		{"495", aggregate([]byte(entry("a"))), []string{"495"}},
	} {
		entries, bad := NewDecoder().Decode(test.data, Origin{Position: test.given})
		var got []string
		for _, e := range entries {
			got = append(got, e.Origin.Position)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(bad) != 0 {
			t.Errorf("position %q, %d bad (-want +got):\n%s", test.given, len(bad), diff)
		}
	}
}

func TestFailureRecords(t *testing.T) {
	wrap := func(data []byte) string {
		return `{"attemptsMade":4,"arrivalTimestamp":1700000000000,"errorCode":"Lambda.FunctionError","errorMessage":"it \"failed\"","attemptEndingTimestamp":1700000000001,"rawData":"` +
			base64.StdEncoding.EncodeToString(data) + `","lambdaArn":"arn:aws:lambda:x"}`
	}
	const why = `Lambda.FunctionError (it "failed")`
	a, b := entry("a"), entry("b")
	for _, test := range []struct {
		name, data string
		entries    []string
		reasons    []string
	}{
		{"one", wrap([]byte(a)) + "\n", []string{"a"}, nil},
		{"several", wrap([]byte(a+b)) + wrap([]byte(a)), []string{"a", "b", "a"}, nil},
		{"compressed", wrap(gzipOf([]byte(a))), []string{"a"}, nil},
		{"aggregated", wrap(aggregate([]byte(a), []byte(b))), []string{"a", "b"}, nil},
		{"unpadded", strings.ReplaceAll(wrap([]byte(a+" ")), "=", ""), []string{"a"}, nil},
		{"format conversion", `{"attemptsMade":1,"rawData":"` + base64.StdEncoding.EncodeToString([]byte(a)) + `","lastErrorCode":"x","sequenceNumber":"1","subSequenceNumber":null,"dataCatalogTable":{"a":1}}`, []string{"a"}, nil},
		{"damaged inside", wrap([]byte(a + b[:20])), []string{"a"}, []string{"in the rawData of an error record of Firehose, " + why + ": cut off: the input ends inside this object"}},
		{"no base64", strings.Replace(wrap(nil), `"rawData":"`, `"rawData":"!`, 1), nil, []string{"an error record of Firehose whose rawData is not base64, " + why}},
		{"no data", wrap(nil), nil, []string{"an error record of Firehose without data, " + why}},
		{"blank data", wrap([]byte("\n")), nil, []string{"an error record of Firehose whose data holds no entry, " + why}},
		{"nested", wrap([]byte(wrap([]byte(a)))), nil, []string{"in the rawData of an error record of Firehose, " + why + ": an error record of Firehose inside an error record, " + why}},
		{"without a code", `{"rawData":"eA==","attemptsMade":1}`, nil, []string{"in the rawData of an error record of Firehose, without an error code: no entry: text where an object should begin"}},
		{"data alone", `{"rawData":"eA=="}`, nil, []string{"JSON but no audit entry: it has none of the keys of one, but rawData"}},
		{"behind damage", "oops" + wrap([]byte(a)) + b, []string{"a", "b"}, []string{"no entry: text where an object should begin"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			entries, bad := NewDecoder().Decode([]byte(test.data), Origin{Part: "processing-failed/x"})
			var ids, reasons []string
			for i, e := range entries {
				ids = append(ids, e.LogID)
				if e.Origin.Rescued != (test.name != "behind damage" || i == 0) || e.Origin.Part != "processing-failed/x" || e.Origin.Position == "" {
					t.Errorf("origin %+v", e.Origin)
				}
			}
			for _, b := range bad {
				reasons = append(reasons, b.Reason)
			}
			if diff := cmp.Diff([][]string{test.entries, test.reasons}, [][]string{ids, reasons}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	several, _ := NewDecoder().Decode([]byte(" "+wrap([]byte(a+b))), Origin{})
	if got := []string{several[0].Origin.Position, several[1].Origin.Position}; !cmp.Equal(got, []string{"1/0", "1/1"}) {
		t.Errorf("positions %q", got)
	}
}
