package audit

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// collect reads all that r gives.
func collect(r io.Reader, o Origin) (entries []Entry, bad []Bad, err error) {
	err = NewDecoder().Read(r, o, func(e []Entry, b []Bad) error {
		entries, bad = append(entries, e...), append(bad, b...)
		return nil
	})
	return entries, bad, err
}

func TestRead(t *testing.T) {
	data := history(2 * maxBatch)
	data = append(data, "oops"...)
	data = append(data, history(10)...)
	want, wantBad := NewDecoder().Decode(data, Origin{Part: "p"})
	for name, r := range map[string]io.Reader{
		"whole":        bytes.NewReader(data),
		"half":         iotest.HalfReader(bytes.NewReader(data)),
		"with the end": iotest.DataErrReader(bytes.NewReader(data)),
		"small":        &pieces{data, 4093},
	} {
		batches, largest := 0, 0
		var got []Entry
		var bad []Bad
		err := NewDecoder().Read(r, Origin{Part: "p"}, func(e []Entry, b []Bad) error {
			batches, largest = batches+1, max(largest, len(e))
			got, bad = append(got, e...), append(bad, b...)
			return nil
		})
		if err != nil || batches < 3 || largest > maxBatch {
			t.Errorf("%s: %d batches, the largest of %d: %v", name, batches, largest, err)
		}
		if !slices.Equal(want, got) || !slices.Equal(wantBad, bad) {
			t.Errorf("%s: differs from Decode", name)
		}
	}
}

// pieces gives data in pieces of one size.
type pieces struct {
	data []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.data[:min(p.size, len(p.data))])
	p.data = p.data[n:]
	return n, nil
}

// TestReadByteByByte is slow if an unfinished object is looked at anew with every byte.
func TestReadByteByByte(t *testing.T) {
	long := strings.Replace(entry("long"), `"tags":`, `"text":"`+strings.Repeat(`x\u0041é`, 50000)+`","tags":`, 1)
	data := entry("a") + "\n" + long + "oops" + entry("b") + `{"logs":[` + entry("c") + `],"x":{"y":[1.5e3,true]}}t`
	want, wantBad := NewDecoder().Decode([]byte(data), Origin{})
	got, bad, err := collect(iotest.OneByteReader(strings.NewReader(data)), Origin{})
	if err != nil || len(got) != 4 || len(bad) != 2 {
		t.Fatalf("%d entries, %d bad, %v", len(got), len(bad), err)
	}
	if !slices.Equal(want, got) || !slices.Equal(wantBad, bad) {
		t.Error("differs from Decode")
	}
}

// TestReadLarge reads objects larger than what is held at once, and larger than what is read at all.
func TestReadLarge(t *testing.T) {
	big := strings.Replace(entry("big"), `"tags":`, `"text":"`+strings.Repeat("x", 3*chunk)+`","tags":`, 1)
	huge := strings.Replace(entry("huge"), `"tags":`, `"text":"`+strings.Repeat("x", maxObject)+`","tags":`, 1)
	entries, bad, err := collect(strings.NewReader(entry("a")+big+entry("b")+huge+entry("c")), Origin{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.LogID)
	}
	if diff := cmp.Diff([]string{"a", "big", "b", "c"}, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(bad) != 1 || bad[0].Size != len(huge) || len(bad[0].Raw) != MaxBad || bad[0].Offset != int64(len(entry("a"))+len(big)+len(entry("b"))) {
		t.Errorf("%d bad", len(bad))
	}
}

func TestReadPositions(t *testing.T) {
	data := entry("a") + "\n" + entry("b")
	for given, want := range map[string][]string{"": {"0", "236"}, "7": {"7/0", "7/1"}} {
		entries, _, err := collect(iotest.OneByteReader(strings.NewReader(data)), Origin{Position: given})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Origin.Position)
			if given == "" && !strings.HasPrefix(data[len(data)-len(entry("b")):], entry("b")) {
				t.Error("the offset is wrong")
			}
		}
		want[1] = strings.Replace(want[1], "236", itoa(len(entry("a"))+1), 1)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestReadErrors(t *testing.T) {
	cause := errors.New("connection reset")
	a, b := entry("a"), entry("b")
	entries, bad, err := collect(io.MultiReader(strings.NewReader(a+b[:30]), iotest.ErrReader(cause)), Origin{Part: "s3/key"})
	if !errors.Is(err, cause) || err.Error() != "reading entries of s3/key: connection reset" {
		t.Errorf("error %v", err)
	}
	if len(entries) != 1 || len(bad) != 1 || bad[0].Raw != b[:30] {
		t.Errorf("%d entries, bad %+v", len(entries), bad)
	}

	_, _, err = collect(stuck{}, Origin{})
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error %v", err)
	}

	calls := 0
	err = NewDecoder().Read(strings.NewReader(a), Origin{}, func([]Entry, []Bad) error {
		calls++
		return cause
	})
	if err != cause || calls != 1 {
		t.Errorf("error %v after %d calls", err, calls)
	}

	cut := gzipOf(history(2000))
	r, err := Unpack(bytes.NewReader(cut[:len(cut)-100]), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	entries, bad, err = collect(r, Origin{})
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(entries) < 1500 || len(bad) > 1 {
		t.Errorf("%d entries, %d bad, %v", len(entries), len(bad), err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// TestShared holds that strings that repeat are shared, that a dictionary is bounded, and that what is shared keeps no
// batch alive.
func TestShared(t *testing.T) {
	d := NewDecoder()
	for i := range 4 * maxWords {
		word := "word" + itoa(i)
		if got := d.words.share(word); got != word || d.words.share(word) != word {
			t.Fatalf("%q is %q", word, got)
		}
		if len(d.words.words) > maxWords {
			t.Fatalf("%d words", len(d.words.words))
		}
	}
	if long := strings.Repeat("x", maxWord+1); d.words.share(long) != long || d.words.words[long] != "" {
		t.Error("a long string is in the dictionary")
	}
	for i := range 3 * maxKinds {
		d.kindOf("Create" + itoa(i))
		if len(d.kinds) > maxKinds {
			t.Fatalf("%d kinds", len(d.kinds))
		}
	}
}

// TestAllocations holds what a decoder may allocate for a batch: for all entries together, not for each.
func TestAllocations(t *testing.T) {
	data := history(1000)
	d := NewDecoder()
	d.Decode(data, Origin{})
	if n := testing.AllocsPerRun(20, func() { d.Decode(data, Origin{}) }); n > 10 {
		t.Errorf("%v allocations for 1000 entries", n)
	}
	one := []byte(entry("a"))
	if n := testing.AllocsPerRun(100, func() { d.Decode(one, Origin{Position: "1"}) }); n > 3 {
		t.Errorf("%v allocations for one record", n)
	}
}

// TestReadWithin reads something else, and decodes, while entries are being emitted.
func TestReadWithin(t *testing.T) {
	d := NewDecoder()
	var ids []string
	note := func(entries []Entry) {
		for _, e := range entries {
			ids = append(ids, e.LogID)
		}
	}
	err := d.Read(&pieces{[]byte(entry("a") + entry("b")), len(entry("a")) + 5}, Origin{}, func(outer []Entry, _ []Bad) error {
		note(outer)
		inner, _ := d.Decode([]byte(entry("c")), Origin{})
		note(inner)
		return d.Read(strings.NewReader(entry("d")), Origin{}, func(inner []Entry, _ []Bad) error {
			note(inner)
			return nil
		})
	})
	if diff := cmp.Diff([]string{"a", "c", "d", "b", "c", "d"}, ids); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestEntriesStay: what has been read stays as it was, whatever the decoder reads after it.
func TestEntriesStay(t *testing.T) {
	data := history(12_000)
	d := NewDecoder()
	enough := errors.New("enough")
	var all []Entry
	for _, limit := range []int{5_000, 1, 12_000, 12_000} {
		left := limit
		err := d.Read(bytes.NewReader(data), Origin{}, func(entries []Entry, bad []Bad) error {
			all = append(all, entries...)
			if left -= len(entries); left < 0 {
				return enough
			}
			return nil
		})
		if limit < 12_000 != errors.Is(err, enough) || limit == 12_000 && err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range all {
		at, err := strconv.Atoi(e.Origin.Position)
		if err != nil || string(data[at:at+len(e.Raw)]) != e.Raw || !strings.Contains(e.Raw, e.LogID) {
			t.Fatalf("the entry at %s has become %q", e.Origin.Position, e.Raw)
		}
	}
}
