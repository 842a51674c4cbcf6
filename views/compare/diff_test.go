package compare

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDiff(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		want                []Change
	}{
		{"nothing", `{"a":1}`, ` { "a" : 1 } `, nil},
		{"a value", `{"a":1,"b":{"c":"x"}}`, `{"a":1,"b":{"c":"y"}}`, []Change{{".b.c", `"x"`, `"y"`}}},
		{"what is new and gone", `{"a":1,"b":2,"c":3}`, `{"a":1,"d":4,"c":3}`, []Change{{".b", "2", ""}, {".d", "", "4"}}},
		{"an array", `{"a":["x","y"]}`, `{"a":["x","z","w"]}`, []Change{{".a[1]", `"y"`, `"z"`}, {".a[2]", "", `"w"`}}},
		{"emptied", `{"a":{"b":1}}`, `{"a":{}}`, []Change{{".a.b", "1", ""}, {".a", "", "{}"}}},
		{"escapes", `{"a":"\u0041"}`, `{"a":"A"}`, nil},
		{"kinds", `{"a":"1","b":null}`, `{"a":1,"b":false}`, []Change{{".a", `"1"`, "1"}, {".b", "null", "false"}}},
		{"formats", `{"raw_details":{"retention_days":7}}`, `{"details":{"retentionDays":30}}`, []Change{{".details.retentionDays", "7", "30"}}},
		{"odd names", `{"a b":{"":1}}`, `{"a b":{"":2}}`, []Change{{`.["a b"][""]`, "1", "2"}}},
		{"names that stand twice", `{"a":1,"a":2}`, `{"a":2}`, nil},
		{"a comma too many", `{"a":[1,],"b":",}",}`, `{"a":[2],"b":",}"}`, []Change{{".a[0]", "1", "2"}}},
		{"no object", `1`, `2`, []Change{{".", "1", "2"}}},
	} {
		got, err := Diff(c.before, c.after)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
	}
	for _, bad := range []string{"", "{", `{"a"`, `{"a":}`, strings.Repeat("[", maxDepth+1)} {
		if _, err := Diff(`{}`, bad); err == nil {
			t.Errorf("%q is compared", bad)
		}
	}
}

func TestText(t *testing.T) {
	got := Text(Item{"one"}, Item{"two"}, []Change{{".a", "1", "2"}, {".b", "", `"x"`}})
	if want := "--- one\n+++ two\n.a\n- 1\n+ 2\n.b\n+ \"x\"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWhatIsSetDiffers: of an entry with some leaves set to other values, exactly those leaves differ.
func TestWhatIsSetDiffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,6}`), 1, 8, func(s string) string { return s }).Draw(t, "names")
		before, after := map[string]any{}, map[string]any{}
		changed := map[string]bool{}
		for _, n := range names {
			v := rapid.StringMatching(`[a-z"\\ é]{0,5}`).Draw(t, "value")
			before[n], after[n] = map[string]any{"x": v, "y": []any{v}}, map[string]any{"x": v, "y": []any{v}}
			if rapid.Bool().Draw(t, "changed") {
				changed["."+n+".y[0]"] = true
				after[n] = map[string]any{"x": v, "y": []any{v + "!"}}
			}
		}
		a, _ := json.Marshal(before)
		b, _ := json.Marshal(after)
		got, err := Diff(string(a), string(b))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(changed) {
			t.Fatalf("%v, want %v", got, changed)
		}
		for _, c := range got {
			if !changed[c.Path] {
				t.Fatalf("%s has not changed", c.Path)
			}
		}
	})
}

func FuzzDiff(f *testing.F) {
	f.Add(`{"a":1,}`, `{"a":[{"b":null}]}`)
	f.Add(`[`, `"\ud800"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		changes, err := Diff(a, b)
		if err != nil {
			return
		}
		for _, c := range changes {
			if c.Path == "" || c.Before == "" && c.After == "" {
				t.Fatalf("%q and %q: %+v", a, b, c)
			}
		}
		if same, err := Diff(a, a); err != nil || len(same) != 0 {
			t.Fatalf("%q differs from itself: %v %v", a, same, err)
		}
	})
}
