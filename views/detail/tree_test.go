package detail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"taudit/views"
)

// list gives the path and the text of every node.
func list(tr *tree) []string {
	var out []string
	for i := range tr.nodes {
		out = append(out, jq(tr.steps(int32(i)))+" = "+tr.value(int32(i)))
	}
	return out
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want []string
		err  string
	}{
		{raw: `{"a":1.0e+2,"b":[true,null,"x"],"c":{}}`, want: []string{
			`. = {"a":1.0e+2,"b":[true,null,"x"],"c":{}}`, `.a = 1.0e+2`, `.b = [true,null,"x"]`, `.b[0] = true`, `.b[1] = null`, `.b[2] = "x"`, `.c = {}`,
		}},
		{raw: ` [ 1 , [ ] ] `, want: []string{`. = [ 1 , [ ] ]`, `.[0] = 1`, `.[1] = [ ]`}},
		{raw: `"x"`, want: []string{`. = "x"`}},
		{raw: `{"odd key":{"a":1,"":2,"1x":3,"a\"\u0062":4,"ü":5}}`, want: []string{
			`. = {"odd key":{"a":1,"":2,"1x":3,"a\"\u0062":4,"ü":5}}`,
			`.["odd key"] = {"a":1,"":2,"1x":3,"a\"\u0062":4,"ü":5}`, `.["odd key"].a = 1`, `.["odd key"][""] = 2`, `.["odd key"]["1x"] = 3`, `.["odd key"]["a\"b"] = 4`, `.["odd key"]["ü"] = 5`,
		}},
		{raw: `{"a":1,"a":2}`, want: []string{`. = {"a":1,"a":2}`, `.a = 1`, `.a = 2`}},
		{raw: "{\"a\xff\":\"\xfe\"}", want: []string{". = {\"a\xff\":\"\xfe\"}", ".[\"a\ufffd\"] = \"\xfe\""}},
		{raw: "{\"a\":[1,\n],\"b\":{\"c\":\"},]\\\"\",},\t}", want: []string{
			". = {\"a\":[1 \n],\"b\":{\"c\":\"},]\\\"\" } \t}", ".a = [1 \n]", ".a[0] = 1", `.b = {"c":"},]\"" }`, `.b.c = "},]\""`,
		}},
		{raw: ``, err: "there is nothing in it"},
		{raw: `{"a":1`, err: "not JSON at byte 6"},
		{raw: `{"a":}`, err: "not JSON at byte 5"},
		{raw: `[,]`, err: "not JSON at byte 1"},
		{raw: `[1,,]`, err: "not JSON at byte 3"},
		{raw: `{"a":,}`, err: "not JSON at byte 5"},
		{raw: `{} {}`, err: "there is more behind"},
		{raw: `{"a":"` + "\n" + `"}`, err: "not JSON at byte 6"},
		{raw: `}`, err: "not JSON at byte 0"},
	} {
		tr := parse(c.raw)
		switch {
		case c.err == "" && tr.err != nil:
			t.Errorf("%s: %v", c.raw, tr.err)
		case c.err != "" && (tr.err == nil || !strings.HasPrefix(tr.err.Error(), c.err) || len(tr.nodes) != 0 || tr.text != c.raw):
			t.Errorf("%s: error %v, want %s; %d nodes of %q", c.raw, tr.err, c.err, len(tr.nodes), tr.text)
		}
		if diff := cmp.Diff(c.want, list(tr)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.raw, diff)
		}
	}
}

func TestParseIsBounded(t *testing.T) {
	deep := strings.Repeat(`[`, 5000) + strings.Repeat(`]`, 5000)
	tr := parse(deep)
	if tr.err != nil || len(tr.nodes) != maxDepth+1 {
		t.Fatalf("%d nodes, %v", len(tr.nodes), tr.err)
	}
	if last := tr.nodes[maxDepth]; last.kind != folio || tr.value(maxDepth) != deep[maxDepth:len(deep)-maxDepth] {
		t.Errorf("the deepest node is %v %.20q", last.kind, tr.value(maxDepth))
	}
	wide := parse("[" + strings.Repeat("1,", maxNodes) + "1]")
	if wide.err == nil || wide.nodes != nil {
		t.Errorf("%d nodes, %v", len(wide.nodes), wide.err)
	}
}

func TestSiblings(t *testing.T) {
	tr := parse(`{"a":{"b":[1,{"c":[2,3]}],"d":4},"e":[],"f":6}`)
	for _, c := range [][2]string{{".a", ".e"}, {".e", ".f"}, {".a.b", ".a.d"}, {".a.b[0]", ".a.b[1]"}, {".a.b[1].c[0]", ".a.b[1].c[1]"}} {
		a, b := at(t, tr, c[0]), at(t, tr, c[1])
		if got := tr.nextInside(a); got != b {
			t.Errorf("next of %s is %d, want %d", c[0], got, b)
		}
		if got := tr.prevInside(b); got != a {
			t.Errorf("previous of %s is %d, want %d", c[1], got, a)
		}
	}
	for _, path := range []string{".", ".f", ".a.d", ".a.b[1]", ".a.b[1].c"} {
		if got := tr.nextInside(at(t, tr, path)); got != -1 {
			t.Errorf("%s has a next one: %d", path, got)
		}
	}
	for _, path := range []string{".", ".a", ".a.b", ".a.b[0]"} {
		if got := tr.prevInside(at(t, tr, path)); got != -1 {
			t.Errorf("%s has a previous one: %d", path, got)
		}
	}
}

// at finds the node of a path.
func at(t testing.TB, tr *tree, path string) int32 {
	t.Helper()
	for i := range tr.nodes {
		if jq(tr.steps(int32(i))) == path {
			return int32(i)
		}
	}
	t.Fatalf("there is no %s", path)
	return -1
}

func FuzzTree(f *testing.F) {
	for _, s := range []string{
		drawn, guide, pretty, download, current, hostile, ``, `{`, `[]`, `{"a":{"a":1,"a":[{"b":2}]},"a":3}`, `[1,]`, `{"a":[,]}`,
		`"\ud800"`, `{"\ud800":1,"\ufffd":2}`, `-0`, `[0.10, 1E5, 12345678901234567890]`, "\xef\xbb\xbf{}", strings.Repeat(`[`, 300) + strings.Repeat(`]`, 300),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tr := parse(string(raw))
		valid := json.Valid(raw) && utf8.Valid(raw)
		if tr.err != nil {
			if valid {
				t.Fatalf("%q: %v", raw, tr.err)
			}
			return
		}
		sound(t, tr)
		if !valid {
			return
		}
		var whole any
		decode(t, string(raw), &whole)
		// A long text is the same again and again.
		for i := range min(len(tr.nodes), 300) {
			steps := tr.steps(int32(i))
			found, ok := tr.find(steps)
			if again(tr, int32(i)) {
				continue
			}
			if !ok || found != int32(i) {
				t.Fatalf("%s of %q leads to node %d, %t, want %d", jq(steps), raw, found, ok, i)
			}
			var value any
			decode(t, tr.value(int32(i)), &value)
			if want := resolve(t, whole, steps); !reflect.DeepEqual(value, want) {
				t.Fatalf("%s of %q is %v, want %v", jq(steps), raw, value, want)
			}
		}
	})
}

// again tells whether the name of a node, or of one above it, is given again further down in the same object: paths then lead
// there.
func again(tr *tree, i int32) bool {
	for ; i > 0; i = tr.nodes[i].parent {
		p := tr.nodes[i].parent
		if tr.nodes[p].kind == array {
			continue
		}
		for c := tr.nodes[i].end; c < tr.nodes[p].end; c = tr.nodes[c].end {
			if tr.key(c) == tr.key(i) {
				return true
			}
		}
	}
	return false
}

func decode(t *testing.T, s string, v any) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
}

// resolve goes along steps in what encoding/json has made of a text.
func resolve(t *testing.T, v any, steps []step) any {
	t.Helper()
	for _, s := range steps {
		switch c := v.(type) {
		case []any:
			v = c[s.index]
		case map[string]any:
			inside, ok := c[s.key]
			if !ok {
				t.Fatalf("no %q in %v", s.key, c)
			}
			v = inside
		default:
			t.Fatalf("%v holds nothing", v)
		}
	}
	return v
}

// sound checks the list of nodes against what must hold in every tree.
func sound(t *testing.T, tr *tree) {
	t.Helper()
	counts := map[int32]int32{}
	for j := range tr.nodes {
		i, n := int32(j), &tr.nodes[j]
		if (n.parent < 0) != (i == 0) || n.parent >= i || n.end <= i || int(n.end) > len(tr.nodes) {
			t.Fatalf("node %d: parent %d, end %d of %d", i, n.parent, n.end, len(tr.nodes))
		}
		if n.value.from >= n.value.to {
			t.Fatalf("node %d has no text", i)
		}
		if i == 0 {
			continue
		}
		above := &tr.nodes[n.parent]
		if n.depth != above.depth+1 || n.end > above.end || n.value.from < above.value.from || n.value.to > above.value.to {
			t.Fatalf("node %d is not inside its parent", i)
		}
		if n.place != counts[n.parent] || (n.key.to == 0) != (above.kind == array) {
			t.Fatalf("node %d: place %d, key %v in %v", i, n.place, n.key, above.kind)
		}
		counts[n.parent]++
	}
	for i := range tr.nodes {
		if tr.nodes[i].count != counts[int32(i)] {
			t.Fatalf("node %d: %d children, counted %d", i, tr.nodes[i].count, counts[int32(i)])
		}
	}
}

// big is an entry whose tree has about n nodes, most of them in one array.
func big(n int) string {
	var b bytes.Buffer
	b.WriteString(`{"emit_time":"2023-11-08T09:14:58Z","operation":"UpdateUser","status":"OK","raw_details":{"users":[`)
	for i := range n / 4 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"user%d@example.com","n":%s,"ok":true}`, i, strconv.Itoa(i))
	}
	b.WriteString(`]},"log_id":"x"}`)
	return b.String()
}

func TestLevels(t *testing.T) {
	p := pane(t, current, 80, 60)
	do(p, views.FarRight)
	all, _ := p.tree.levels()
	if all != 6 {
		t.Fatalf("%d levels", all)
	}
	for shown := all - 1; shown >= 1; shown-- {
		cmd := do(p, views.LessDeep)
		if want := fmt.Sprintf("Levels shown: %d of 6.", shown); cmd().(views.Say).Text != want {
			t.Errorf("says %q, want %q", cmd().(views.Say).Text, want)
		}
		deepest := 0
		for _, i := range visible(p.tree) {
			deepest = max(deepest, int(p.tree.nodes[i].depth))
		}
		if deepest != shown {
			t.Errorf("%d levels are seen, want %d", deepest, shown)
		}
	}
	do(p, views.LessDeep, views.LessDeep)
	if n := len(visible(p.tree)); n != 10 {
		t.Errorf("%d nodes are shown, want the root and its 9", n)
	}
	do(p, 2, views.MoreDeep)
	if _, shown := p.tree.levels(); shown != 3 {
		t.Errorf("%d levels are shown, want 3", shown)
	}
	// The next entry has as many, and the principal is not folded for want of room.
	p.SetSize(80, 12)
	show(t, p, strings.Replace(current, "payments.a1b2c", "billing.a1b2c", 1))
	if _, shown := p.tree.levels(); shown != 3 || p.tree.nodes[p.known.principal].folded {
		t.Errorf("%d levels in the next entry, principal folded: %v", shown, p.tree.nodes[p.known.principal].folded)
	}
	do(p, 99, views.MoreDeep)
	if n := len(visible(p.tree)); n != len(p.tree.nodes) {
		t.Errorf("%d of %d are shown", n, len(p.tree.nodes))
	}
}
