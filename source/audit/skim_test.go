package audit

import (
	"bytes"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// having seeks entries that have some bytes in them, from a time on.
type having struct {
	text string
	from int64
}

func (h having) May(raw []byte, nanos int64) bool {
	return nanos >= h.from && bytes.Contains(raw, []byte(h.text))
}

// packed reads text and gives its batches, their entries and what is bad.
func packed(tb testing.TB, v *Vocabulary, d *Decoder, r io.Reader) (batches []*Batch, entries []Entry, bad []Bad) {
	tb.Helper()
	if err := d.Pack(v, r, 0, Origin{Source: "s", Part: "p"}, func(b *Batch, more []Bad) error {
		if bad = append(bad, more...); b != nil {
			batches, entries = append(batches, b), append(entries, b.Entries()...)
		}
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	return batches, entries, bad
}

// skims compares what is packed with what is packed for somebody who seeks some of it, and counts what is skimmed.
func skims(tb testing.TB, h having, text []byte, times int) (skimmed int) {
	tb.Helper()
	all, some := NewVocabulary(), NewVocabulary()
	some.Seek(h)
	d, e := NewDecoder(), NewDecoder()
	for range times { // when they have learned from it, too
		want, entries, bad := packed(tb, all, d, bytes.NewReader(text))
		got, found, alike := packed(tb, some, e, bytes.NewReader(text))
		if diff := cmp.Diff(bad, alike); diff != "" {
			tb.Fatalf("of %.300s:\n%s", text, diff)
		}
		if len(want) != len(got) || len(entries) != len(found) {
			tb.Fatalf("%d batches of %d entries, want %d of %d", len(got), len(found), len(want), len(entries))
		}
		i := 0
		for n, b := range got {
			for row := range b.Len() {
				w, g := &entries[i], &found[i]
				i++
				if b.Times[row] != want[n].Times[row] || b.Hashes[row] != want[n].Hashes[row] || b.Offsets[row] != want[n].Offsets[row] {
					tb.Fatalf("time, log_id or offset of %s differ", w.Raw)
				}
				if b.Flags[row]&Skimmed == 0 {
					if diff := cmp.Diff(w, g); diff != "" || b.Flags[row] != want[n].Flags[row] {
						tb.Fatalf("flags %b, want %b\n%s", b.Flags[row], want[n].Flags[row], diff)
					}
					continue
				}
				skimmed++
				words := some.Words()
				switch {
				case h.May([]byte(w.Raw), b.Times[row]):
					tb.Fatalf("%s is sought", w.Raw)
				case words.Text(Operations, b.Codes[Operations][row]) != w.Operation, b.Record(row).LogID() != w.LogID, g.Version != w.Version:
					tb.Fatalf("%s was packed as %s of %s", w.Raw, g.Raw, b.Record(row).LogID())
				case words.Origin(b.Record(row), b.Times[row], words.Place(b.Codes[Origins][row])) != w.Origin:
					tb.Fatalf("the origin of %s differs", w.Raw)
				}
			}
		}
	}
	return skimmed
}

func TestEntriesThatAreNotSoughtAreSkimmed(t *testing.T) {
	skimmed := 0
	for _, text := range samples(t) {
		for _, h := range []having{{text: "nowhere"}, {text: "OK"}, {text: "user"}, {from: 1 << 62}, {text: `"a`, from: 1_699_430_400_000_000_000}} {
			skimmed += skims(t, h, text, 3)
		}
	}
	if skimmed < 100 {
		t.Errorf("only %d entries were skimmed", skimmed)
	}
}

func FuzzSkim(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s, "a")
	}
	f.Add([]byte(`{"status":"OK","emit_time":"2023-11-08T08:14:09Z","log_id":"1","version":7}{"status":"OK","emit_time":"2023-11-08T08:14:09Z","log_id":"1","version":"8","version":8}`), "x")
	f.Add([]byte(`{"log_id":["1"],"emit_time":"2023-11-08T08:14:09Z"}{"log_id":"1","emit_time":"2023-11-08T08:14:09Z"}`), "x")
	f.Fuzz(func(t *testing.T, text []byte, sought string) {
		skims(t, having{text: sought}, text, 2)
	})
}

func BenchmarkSkim(b *testing.B) {
	v := NewVocabulary()
	v.Seek(having{text: "nowhere"})
	packs(b, v)
}
