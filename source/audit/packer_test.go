package audit

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// samples are texts of all formats and encodings, and damaged ones.
func samples(tb testing.TB) [][]byte {
	tb.Helper()
	names, err := filepath.Glob("testdata/*")
	if err != nil || len(names) == 0 {
		tb.Fatal("no samples", err)
	}
	var out [][]byte
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// readAll reads text as it stands, and packed.
func readAll(tb testing.TB, v *Vocabulary, d *Decoder, r func() io.Reader) (entries, unpacked []Entry, bad, alike []Bad) {
	tb.Helper()
	o := Origin{Source: "s", Part: "p"}
	err := d.Read(r(), o, func(e []Entry, b []Bad) error {
		entries, bad = append(entries, e...), append(bad, b...)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	err = d.Pack(v, r(), 0, o, func(b *Batch, more []Bad) error {
		alike = append(alike, more...)
		if b == nil {
			return nil
		}
		for _, s := range [][]uint32{b.Starts, b.Codes[Operations], b.Codes[Origins]} {
			if len(s) != b.Len() {
				tb.Fatalf("columns of %d and %d entries", len(s), b.Len())
			}
		}
		w := b.Vocabulary.Words()
		more2 := b.Entries()
		for i := range more2 {
			check(tb, &w, b, i, &more2[i])
		}
		unpacked = append(unpacked, more2...)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return entries, unpacked, bad, alike
}

// check compares the columns of a batch with the entry.
func check(tb testing.TB, w *Words, b *Batch, i int, e *Entry) {
	tb.Helper()
	p := w.Person(b.Codes[Principals][i])
	have := Entry{
		Operation: w.Text(Operations, b.Codes[Operations][i]), Status: w.Text(Statuses, b.Codes[Statuses][i]),
		Target: w.Text(Targets, b.Codes[Targets][i]), Namespace: w.Text(Namespaces, b.Codes[Namespaces][i]),
		Forwarded: w.Text(Forwards, b.Codes[Forwards][i]), Principal: p.Principal, UserEmail: p.Email,
		LogID: b.Record(i).LogID(),
	}
	want := Entry{
		Operation: e.Operation, Status: e.Status, Target: e.Target, Namespace: e.Namespace, Forwarded: e.Forwarded,
		Principal: e.Principal, UserEmail: e.UserEmail, LogID: e.LogID,
	}
	if have != want {
		tb.Fatalf("columns say\n%+v of\n%+v", have, *e)
	}
	if f := F0; b.Times[i] != Nanoseconds(e.Time()) || (p.Format != f) != (e.Format >= F3) {
		tb.Fatalf("time %d, format %d of %+v", b.Times[i], p.Format, *e)
	}
	if arrived := b.Record(i).Arrived(b.Times[i]); arrived != 0 && arrived != Nanoseconds(e.Origin.Arrived) {
		tb.Fatalf("arrived %d of %+v", arrived, *e)
	}
}

func TestPackedEntriesAreTheSame(t *testing.T) {
	v, d := NewVocabulary(), NewDecoder()
	for range 3 { // when it has learned from them, too
		for _, text := range samples(t) {
			for _, r := range []func() io.Reader{
				func() io.Reader { return bytes.NewReader(text) },
				func() io.Reader { return iotest.OneByteReader(bytes.NewReader(text)) },
			} {
				entries, unpacked, bad, alike := readAll(t, v, d, r)
				if d := cmp.Diff(entries, unpacked); d != "" {
					t.Fatalf("of %.300s:\n%s", text, d)
				}
				if d := cmp.Diff(bad, alike); d != "" {
					t.Fatalf("of %.300s:\n%s", text, d)
				}
			}
		}
	}
}

func FuzzPack(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Add([]byte(`{"status":"OK","raw_details":{"a":[1,[],{},{"b":null}],"spec":{"name":"x"}}}{"status":"OK","status":"ERROR"}`))
	f.Add([]byte(`{"logs":5,"status":"OK"}{"logs":[{"status":"OK"}]}{"status":"OK","log_id":"","emit_time":"2023-11-08T08:14:09.120Z"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, d := NewVocabulary(), NewDecoder()
		for range 2 {
			entries, unpacked, bad, alike := readAll(t, v, d, func() io.Reader { return bytes.NewReader(text) })
			if d := cmp.Diff(entries, unpacked); d != "" {
				t.Fatal(d)
			}
			if d := cmp.Diff(bad, alike); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func TestDigitsArePacked(t *testing.T) {
	for text, ok := range map[string]bool{
		"": false, "0123456789abcdef": true, "0123456789abcdeF": false, "0123456789abcde": false,
		"x0123456789abcdef": true, "0mc69c0323b871293ce231dd1c7fb612": true, "key-0123456789abcdef": false,
		"445297d3-43a7-4793-8a04-1b1dd1999641": true, "445297d3-43a7-4793-8a04-1b1dd199964g": false,
		"445297D3-43a7-4793-8a04-1b1dd1999641": false, "445297d3-43a7-4793-8a0441b1dd1999641x": false,
	} {
		packed, head, have := appendHex(nil, text)
		if have != ok {
			t.Errorf("%q: %v", text, have)
		}
		if have && string(unpackHex(nil, string(packed), head)) != text || have && len(packed) != hexSize(head) {
			t.Errorf("%q becomes %q", text, unpackHex(nil, string(packed), head))
		}
	}
}

// mapped are entries with objects whose keys are data.
func mapped(n int) []string {
	var raws []string
	for i := range n {
		raws = append(raws, fmt.Sprintf(`{"status":"OK","log_id":"%d","raw_details":{"spec":{"attributes":{"key%d":"v%d","k":%d,"k\"%d":null},"list":[{},{"key%d":[true]}]}}}`,
			i, i, i, i, i, i))
	}
	return append(raws, `{"status":"OK","raw_details":{"spec":{"attributes":{}}}}`, `{"status":"OK","raw_details":{"spec":{"attributes":{ "k":1 }}}}`,
		`{"status":"OK","raw_details":{"spec":{"attributes":{"k":{"a":"b"}}}}}`)
}

func TestKeysThatAreDataArePacked(t *testing.T) {
	raws := mapped(500)
	v, d := NewVocabulary(), NewDecoder()
	text := []byte(strings.Join(raws, "\n"))
	for range 2 {
		entries, unpacked, _, _ := readAll(t, v, d, func() io.Reader { return bytes.NewReader(text) })
		if len(entries) != len(raws) {
			t.Fatalf("%d entries", len(entries))
		}
		if d := cmp.Diff(entries, unpacked); d != "" {
			t.Fatal(d)
		}
	}
	if w := v.Words(); len(w.nodes) > 4*maxNext {
		t.Errorf("%d nodes were learned", len(w.nodes))
	}
}

func TestBatchesAreJoinedSortedAndCut(t *testing.T) {
	v := NewVocabulary()
	p := NewPacker(v)
	var batches []*Batch
	for _, seconds := range [][]int{{5, 3, 3}, {}, {4}, {1, 2}} {
		for i, s := range seconds {
			at := time.Unix(int64(s), 0).UTC()
			raw := fmt.Sprintf(`{"emit_time":"%s","operation":"x","log_id":"%d"}`, at.Format(time.RFC3339), 9-i)
			p.Add(&Entry{Raw: raw, EmitTime: at, Operation: "x", LogID: fmt.Sprint(9 - i)})
		}
		batches = append(batches, p.Take())
	}
	ids := func(b *Batch) (out string) {
		for i := range b.Len() {
			out += fmt.Sprint(b.Times[i]/1e9, "/", b.Record(i).LogID(), " ")
		}
		return out
	}
	joined := Join(batches)
	if got := ids(joined); got != "5/9 3/8 3/7 4/9 1/9 2/8 " {
		t.Errorf("joined: %s", got)
	}
	sorted, order := joined.Sorted()
	if got := ids(sorted); got != "1/9 2/8 3/7 3/8 4/9 5/9 " || !slices.Equal(order, []int{4, 5, 2, 1, 3, 0}) {
		t.Errorf("sorted: %s %v", got, order)
	}
	if again, order := sorted.Sorted(); again != sorted || order != nil {
		t.Error("sorted twice")
	}
	if got := ids(joined.Within(3e9, 5e9)); got != "3/8 3/7 4/9 " {
		t.Errorf("within: %s", got)
	}
	if got := ids(joined.Slice(1, 3)); got != "3/8 3/7 " {
		t.Errorf("sliced: %s", got)
	}
	if joined.Within(7e9, 8e9) != nil || joined.Within(0, 9e9) != joined || Join(nil) != nil || Join(batches[:2]) != batches[0] {
		t.Error("none or all are not told")
	}
	for i, e := range joined.Entries() {
		if e.LogID != joined.Record(i).LogID() {
			t.Errorf("entry %d is %s", i, e.Raw)
		}
	}
}

func FuzzHex(f *testing.F) {
	f.Add("445297d3-43a7-4793-8a04-1b1dd1999641")
	f.Add("0mc69c0323b871293ce231dd1c7fb612")
	f.Add("0123456789abcdef`:/g@G")
	f.Fuzz(func(t *testing.T, text string) {
		for c := range 256 {
			n, ok := eightDigits(uint64(c) | 0x3030303030303000)
			if want := nibbles[c]; ok != (want < 16) || ok && byte(n) != want<<4 {
				t.Fatalf("%d: %v %x", c, ok, n)
			}
		}
		packed, head, ok := appendHex([]byte("x"), text)
		if ok && (string(unpackHex(nil, string(packed[1:]), head)) != text || len(packed)-1 != hexSize(head)) || !ok && string(packed) != "x" {
			t.Fatalf("%q becomes %q", text, packed)
		}
	})
}

func TestLearningIsBounded(t *testing.T) {
	v := NewVocabulary()
	p := NewPacker(v)
	var raws []string
	for i := range 3000 {
		raws = append(raws, `{"status":"OK","raw_details":{"k`+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676))+`":1}}`)
	}
	for _, r := range raws {
		p.Add(&Entry{Raw: r, Status: "OK"})
	}
	got := p.Take()
	w := v.Words()
	if len(w.nodes) > 2*maxNext {
		t.Errorf("%d nodes were learned from objects without a common key", len(w.nodes))
	}
	for i := range raws {
		if raw := string(w.AppendRaw(nil, got.Record(i), got.Times[i])); raw != raws[i] {
			t.Fatalf("%s became %s", raws[i], raw)
		}
	}
	if !slices.ContainsFunc(got.Flags, func(f Flags) bool { return f&Loose != 0 }) {
		t.Error("nothing is kept as it stands")
	}
}

func BenchmarkPack(b *testing.B) { packs(b, NewVocabulary()) }

func packs(b *testing.B, v *Vocabulary) {
	text := history(40000)
	d := NewDecoder()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		err := d.Pack(v, bytes.NewReader(text), 0, Origin{Source: "s", Part: "p"}, func(b *Batch, _ []Bad) error {
			n += b.Len()
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
}
