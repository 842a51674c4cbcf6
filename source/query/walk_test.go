package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"taudit/source/audit"
)

// collector keeps all that a walk comes by.
type collector struct{ texts []string }

func (c *collector) passes(text string) bool {
	c.texts = append(c.texts, text)
	return false
}

// shapes are bytes that a walk could get wrong.
var shapes = []string{
	"{\"operation\":\"\u0130\",\"details\":{\"n\":\"N\\/M \\n \u017f\",\"n\u0130\":\"\\\"name\\\": name\"}}",
	`{"operation":"X","details":{"a":{"b":["Kelvin \u212a","\u017fharp",{"c":30}]},"namespace":"N\u0061me"}}`,
	`{"operation":"X","raw_details":{"a_b":1,"aB":2,"a__B":[[3,[4]],5],"AB":{"ab":"6"}},"details":null,"x":true,"y":false}`,
	"{ \"operation\" : \"X\" , \"details\" : [ { \"a\" : 1 , } , [ ] , { } , ] , \"\" : { \"\" : \"e\" } , }",
	"{\"operation\":\"\u212aey\",\"\u212aey\":\"k\",\"details\":{\"ke\\u0079\":\"\\\"}\\\\\"}}",
	"{\"operation\":\"X\",\"status\":\"\xff\xfe\",\"details\":{\"\xff\":\"\\ud800\",\"k\":1.5e+3,\"k\":-0}}",
	`{"operation":"X","details":{"deep":[[[[{"deep":{"deep":"{\"deep\":1}"}}]]]],"s":"a,b:{}[]"}}`,
}

func entriesOf(raw string) []audit.Entry {
	found, _ := audit.NewDecoder().Decode([]byte(raw), audit.Origin{})
	return found
}

// walked compares the walk over an entry with the plain reading of it, for all paths that it has.
func walked(t *testing.T, e *audit.Entry) {
	s := &subject{entry: e}
	var all collector
	if (walker{raw: e.Raw, pass: &all}).found() {
		t.Fatal("found what nobody wanted")
	}
	var want []string
	paths := [][]string{nil, {"a", "b"}, {"*"}, {"*", "*"}}
	for _, l := range s.leaves() {
		want = append(want, l.text)
		for i := range l.path {
			paths = append(paths, l.path[i:], l.path[:i])
		}
	}
	if !slices.Equal(all.texts, want) {
		t.Fatalf("%q\nwalk  %q\nplain %q", e.Raw, all.texts, want)
	}
	for _, p := range paths[:min(len(paths), 64)] {
		var steps []step
		for _, k := range p {
			steps = append(steps, step{key: k, any: k == "*"})
		}
		for _, f := range []field{{class: leaves, path: steps}, {class: top, name: "details", path: steps}} {
			var got collector
			x := compareRaw(f, nil)
			walker{raw: e.Raw, path: x.path, pass: &got}.found()
			want = nil
			f.values(s, func(v string) { want = append(want, v) })
			got.texts = slices.DeleteFunc(got.texts, func(s string) bool { return s == "" })
			if !slices.Equal(got.texts, want) {
				t.Fatalf("%q at %q\nwalk  %q\nplain %q", e.Raw, p, got.texts, want)
			}
			if x.in(e.Raw) != (len(want) > 0) {
				t.Fatalf("%q at %q: found %v, plain %q", e.Raw, p, !(len(want) > 0), want)
			}
		}
	}
}

func TestAWalkSeesWhatThePlainReadingSees(t *testing.T) {
	for _, raw := range shapes {
		found := entriesOf(raw)
		if len(found) == 0 {
			t.Fatalf("no entry: %q", raw)
		}
		for i := range found {
			walked(t, &found[i])
		}
	}
}

func FuzzWalk(f *testing.F) {
	for _, raw := range shapes {
		f.Add(raw)
		f.Add(raw[:len(raw)/2])
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var c collector
		// Bytes that are no entry must not trouble it either.
		walker{raw: raw, pass: &c}.found()
		walker{raw: raw, path: keysOf([]step{{key: "a"}, {any: true}}), pass: &c}.found()
		found := entriesOf(raw)
		for i := range found {
			walked(t, &found[i])
		}
	})
}

// FuzzBuild holds the filters that are built against the plain reading.
func FuzzBuild(f *testing.F) {
	queries := []string{
		"kelvin", "sharp", `"n*e"`, "30", "a,b", "details.a.b:kelvin*", "details.a:>7", "k:1", "/kel+vin/", "/^(x|true)$/", "has:details.k", "nokey:6",
		"details.*:6", "x:true", "i", "ıİi", "n/m", "/(?i)s/", "namespace", "details.namespace:name", "operation", "true", `"\""`, "a_b:2", "details:X", "ſharp", "details.key:*",
	}
	for _, q := range queries {
		for _, raw := range shapes {
			f.Add(q, raw)
		}
	}
	f.Fuzz(func(t *testing.T, text, raw string) {
		q, err := Parse(text)
		if err != nil || len(text) > 200 {
			return
		}
		env := &Env{}
		test := Build[func(*audit.Entry) bool](q, env, rawOnly{})
		found := entriesOf(raw)
		for i := range found {
			e := &found[i]
			if got, want := test(e), q.Match(e, env); got != want {
				t.Fatalf("%s: built %v, plain %v for %q", q, got, want, e.Raw)
			}
		}
	})
}

// rawOnly builds filters that are asked about one entry at a time.
type rawOnly struct{}

func (rawOnly) All(l ...func(*audit.Entry) bool) func(*audit.Entry) bool {
	return func(e *audit.Entry) bool {
		return !slices.ContainsFunc(l, func(t func(*audit.Entry) bool) bool { return !t(e) })
	}
}

func (rawOnly) Any(l ...func(*audit.Entry) bool) func(*audit.Entry) bool {
	return func(e *audit.Entry) bool {
		return slices.ContainsFunc(l, func(t func(*audit.Entry) bool) bool { return t(e) })
	}
}

func (rawOnly) Not(t func(*audit.Entry) bool) func(*audit.Entry) bool {
	return func(e *audit.Entry) bool { return !t(e) }
}

func (rawOnly) Values(_ Column, pass func(*audit.Entry) bool) func(*audit.Entry) bool { return pass }

func (rawOnly) Times(from, to int64) func(*audit.Entry) bool {
	return func(e *audit.Entry) bool {
		at := nanoseconds(e.EmitTime)
		return !e.EmitTime.IsZero() && at >= from && at < to
	}
}

func (rawOnly) Scalars(s Scalars) func(*audit.Entry) bool {
	return func(e *audit.Entry) bool {
		in, packed := s.In(e.Raw), askPacked(s, e)
		if in != packed {
			panic(fmt.Sprintf("in the bytes of %q: %v, packed: %v", e.Raw, in, packed))
		}
		return in
	}
}

// askPacked asks an entry that is packed.
func askPacked(s audit.Scalars, e *audit.Entry) bool {
	v := audit.NewVocabulary()
	p := audit.NewPacker(v)
	p.Add(e)
	b, w, probe := p.Take(), v.Words(), audit.NewProbe(s)
	probe.Prepare(&w)
	found, _ := probe.Ask(&w, b.Record(0), int(b.Sizes[0]), b.Times[0], b.Flags[0], nil)
	return found
}

func (rawOnly) Is(string) (func(*audit.Entry) bool, bool) { return nil, false }

func (rawOnly) Entry(pass func(*audit.Entry) bool) func(*audit.Entry) bool { return pass }

func FuzzNeedle(f *testing.F) {
	f.Add("Terraform", "the teRRAform of terraform", 3)
	f.Add("a", "", 0)
	f.Fuzz(func(t *testing.T, text, s string, from int) {
		n, ok := newNeedle(text)
		if !ok || !ascii(s) || from < 0 || from > len(s) {
			return
		}
		want := strings.Index(strings.ToLower(s[from:]), strings.ToLower(text))
		if want >= 0 {
			want += from
		}
		if got := n.find(s, from); got != want {
			t.Fatalf("%q in %q from %d: %d, want %d", text, s, from, got, want)
		}
	})
}

func FuzzKey(f *testing.F) {
	f.Add("retention_days", `{"retentionDays":1}`)
	f.Add("a", `{"_a_":{"A":"a"}}`)
	f.Fuzz(func(t *testing.T, name, raw string) {
		k, ok := newKeyNeedle(foldName(name))
		if !ok || !unescaped(raw) {
			return
		}
		// Whatever stands between two quotes may be a key.
		want := false
		for i := range len(raw) {
			for j := i + 1; raw[i] == '"' && j < len(raw); j++ {
				want = want || raw[j] == '"' && strings.IndexByte(raw[i+1:j], '"') < 0 && foldName(raw[i+1:j]) == k.folded
			}
		}
		if got := k.in(raw); want && !got {
			t.Fatalf("%q is not found in %q", name, raw)
		}
	})
}

func TestSearchingAllocatesNothing(t *testing.T) {
	raw := entriesOf(`{"operation":"UpdateNamespace","status":"OK","log_id":"0mc69c03","raw_details":{"namespace":"prod","spec":{"retention_days":30,"endpoint":"Codec"}}}`)[0].Raw
	for text, want := range map[string]bool{
		"prod": true, "CODEC": true, "nothing": false, "endpoint": false, "details.spec.retention_days:>20": true, "details.spec.retention_days:..7": false,
		"details.namespace:prod": true, "has:details.spec.endpoint": true, "/pro[dx]/": true, "details.spec.endpoint:>a": true, "30": true,
	} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		test := raws{}
		Build[struct{}](q, &Env{}, &test)
		if test.pass(raw) != want {
			t.Errorf("%s: %v", text, !want)
		}
		limit := 0.0
		if strings.Contains(text, ":>a") || text[0] == '/' {
			limit = 2 // lower case of what has capitals; package regexp may have to make what it keeps for use again
		}
		if n := testing.AllocsPerRun(100, func() { test.pass(raw) }); n > limit {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}

// raws keeps the one test of bytes that a query comes to.
type raws struct{ pass func(string) bool }

func (*raws) All(...struct{}) struct{}                               { return struct{}{} }
func (*raws) Any(...struct{}) struct{}                               { return struct{}{} }
func (*raws) Not(struct{}) struct{}                                  { return struct{}{} }
func (*raws) Values(Column, func(*audit.Entry) bool) (none struct{}) { return none }
func (*raws) Times(int64, int64) (none struct{})                     { return none }
func (*raws) Is(string) (none struct{}, ok bool)                     { return none, false }
func (*raws) Entry(func(*audit.Entry) bool) (none struct{})          { return none }
func (r *raws) Scalars(s Scalars) (none struct{})                    { r.pass = s.In; return none }
