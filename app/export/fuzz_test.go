package export

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// FuzzLine: an entry is one line whatever it holds, stays the JSON that it was, and is untouched if it was one line.
func FuzzLine(f *testing.F) {
	for _, s := range []string{`{"a":1}`, "{\n\"a\" : \"x\\\"\n\",\r\n\"b\":[\t1 ]}", "{\"a\":\"\u202e\x7f\xff\U000e0001\"}", "\"\\\n\"", "{\"a\":\"\\\\\"\n}", " 4E444"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		line := string(appendOneLine(nil, raw))
		if strings.ContainsAny(line, "\n\r") {
			t.Fatalf("%q becomes %q", raw, line)
		}
		if !strings.ContainsAny(raw, "\n\r") && line != raw {
			t.Fatalf("%q was one line and becomes %q", raw, line)
		}
		shown := escapeJSON(line)
		for _, r := range shown {
			if !unicode.IsGraphic(r) {
				t.Fatalf("%q is shown as %q, with %U", raw, shown, r)
			}
		}
		if !json.Valid([]byte(raw)) {
			return
		}
		var was, is bytes.Buffer
		if err := json.Compact(&was, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		if err := json.Compact(&is, []byte(line)); err != nil || is.String() != was.String() {
			t.Fatalf("%q means something else as %q: %v", raw, line, err)
		}
		var a, b any
		if decode(line, &a) != nil || decode(shown, &b) != nil {
			t.Fatalf("%q is no JSON as %q", raw, shown)
		}
		x, errX := json.Marshal(a)
		y, errY := json.Marshal(b)
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			t.Fatalf("%q means %s and is shown as %q, which means %s", raw, x, shown, y)
		}
	})
}

// decode reads JSON whose numbers may be of any size.
func decode(text string, v any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d.Decode(v)
}
