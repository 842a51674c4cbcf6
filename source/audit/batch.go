package audit

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"
)

// batchSize is how many entries a decoder puts into one batch at most.
const batchSize = 2048

// Batch is entries that were packed with one vocabulary: columns of what is compared and counted, and a record of each that gives
// every byte of it back. It takes about a quarter of what the entries would. It is immutable; its slices all have the same length.
type Batch struct {
	Vocabulary *Vocabulary

	Times []int64 // [Entry.Time] in nanoseconds since 1970, clamped to the years 1700 to 2200; 0 when there is none
	Flags []Flags
	Codes [Columns][]uint32

	// Records are the records, one behind the other, Starts is where each begins, and Sizes are how many bytes each takes; 0 for more than fit.
	Records string
	Starts  []uint32
	Sizes   []uint16

	Hashes  []uint64 // of log_ids; 0 without one
	Offsets []int64  // where each begins in what it was read from, in bytes; 0 when its position is no such place
}

// Flags say what is peculiar about an entry.
type Flags uint8

// The flags that a decoder sets.
const (
	Undated Flags = 1 << iota // it has no emit time
	Rescued                   // decoded from a Firehose error record
	Loose                     // some of it is kept as it stands
	Odd                       // a text of it that has no number has escapes, or bytes that are not ASCII

	// Skimmed means that it is surely not sought: see [Vocabulary.Seek]. Of such an entry there are its time, log_id, version, operation and
	// origin, and of its columns the operation and the origin alone.
	Skimmed Flags = 1 << 7
)

// Len counts the entries.
func (b *Batch) Len() int { return len(b.Times) }

// Record is the record of an entry, and what follows it.
func (b *Batch) Record(i int) Record { return Record(b.Records[b.Starts[i]:]) }

// Slice is the entries from i up to but without j, sharing memory with b.
func (b *Batch) Slice(i, j int) *Batch {
	s := *b
	s.Times, s.Flags, s.Starts, s.Sizes = b.Times[i:j:j], b.Flags[i:j:j], b.Starts[i:j:j], b.Sizes[i:j:j]
	s.Hashes, s.Offsets = b.Hashes[i:j:j], b.Offsets[i:j:j]
	for c := range s.Codes {
		s.Codes[c] = b.Codes[c][i:j:j]
	}
	return &s
}

// Sorted is the entries in the order of time and log_id, and where each of them is in b. It is b itself, and nil, if that is their order.
func (b *Batch) Sorted() (*Batch, []int) {
	sorted := true
	for i := 1; i < b.Len() && sorted; i++ {
		sorted = b.compare(i-1, i) <= 0
	}
	if sorted {
		return b, nil
	}
	order := make([]int, b.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(b.compare(i, j), cmp.Compare(i, j)) })
	return b.pick(order), order
}

// Join makes one batch of several of the same vocabulary; nil if there is none. Those that are nil are left out.
func Join(batches []*Batch) *Batch {
	batches = slices.DeleteFunc(slices.Clone(batches), func(b *Batch) bool { return b == nil })
	if len(batches) < 2 {
		return append(batches, nil)[0]
	}
	rows := 0
	pieces := make([]string, len(batches))
	for i, b := range batches {
		rows += b.Len()
		pieces[i] = b.Records
	}
	out := &Batch{
		Vocabulary: batches[0].Vocabulary, Records: batches[0].Vocabulary.slabs.keep(pieces...),
		Times: make([]int64, 0, rows), Flags: make([]Flags, 0, rows), Starts: make([]uint32, 0, rows), Sizes: make([]uint16, 0, rows),
		Hashes: make([]uint64, 0, rows), Offsets: make([]int64, 0, rows),
	}
	for c := range out.Codes {
		out.Codes[c] = make([]uint32, 0, rows)
	}
	begin := uint32(0)
	for _, b := range batches {
		for _, s := range b.Starts {
			out.Starts = append(out.Starts, begin+s)
		}
		out.Times, out.Flags, out.Sizes = append(out.Times, b.Times...), append(out.Flags, b.Flags...), append(out.Sizes, b.Sizes...)
		out.Hashes, out.Offsets = append(out.Hashes, b.Hashes...), append(out.Offsets, b.Offsets...)
		for c := range out.Codes {
			out.Codes[c] = append(out.Codes[c], b.Codes[c]...)
		}
		begin += uint32(len(b.Records))
	}
	return out
}

func (b *Batch) compare(i, j int) int {
	if c := cmp.Compare(b.Times[i], b.Times[j]); c != 0 {
		return c
	}
	var one, two [64]byte
	return bytes.Compare(b.Record(i).AppendLogID(one[:0]), b.Record(j).AppendLogID(two[:0]))
}

// pick makes a batch of some of the entries.
func (b *Batch) pick(rows []int) *Batch {
	s := &Batch{
		Vocabulary: b.Vocabulary, Records: b.Records,
		Times: picked(b.Times, rows), Flags: picked(b.Flags, rows), Starts: picked(b.Starts, rows), Sizes: picked(b.Sizes, rows),
		Hashes: picked(b.Hashes, rows), Offsets: picked(b.Offsets, rows),
	}
	for c := range s.Codes {
		s.Codes[c] = picked(b.Codes[c], rows)
	}
	return s
}

func picked[T any](column []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = column[row]
	}
	return out
}

// Within is the entries with times from, in nanoseconds since 1970, up to but without to: b itself if that is all of them, nil if it
// is none.
func (b *Batch) Within(from, to int64) *Batch {
	var rows []int
	for i, t := range b.Times {
		if t >= from && t < to {
			rows = append(rows, i)
		}
	}
	switch len(rows) {
	case 0:
		return nil
	case b.Len():
		return b
	}
	return b.pick(rows)
}

// Entries unpacks all of it.
func (b *Batch) Entries() []Entry {
	w, d := b.Vocabulary.Words(), NewDecoder()
	out := make([]Entry, b.Len())
	for i := range out {
		r := b.Record(i)
		o := w.Origin(r, b.Times[i], w.Place(b.Codes[Origins][i]))
		o.Rescued = b.Flags[i]&Rescued != 0
		out[i] = d.Again(string(w.AppendRaw(nil, r, b.Times[i])), o)
	}
	return out
}

// Again reads an entry from bytes that one was read from before.
func (d *Decoder) Again(raw string, o Origin) Entry {
	entries, _ := d.text([]byte(raw), o)
	if len(entries) != 1 {
		return Entry{Raw: raw, Origin: o}
	}
	entries[0].Origin = o
	return entries[0]
}

// Nanoseconds gives t as nanoseconds since 1970, clamped to what 64 bits hold: a stranger chose it.
func Nanoseconds(t time.Time) int64 {
	switch y := t.Year(); {
	case y < 1700:
		return 0
	case y > 2200:
		return time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC).UnixNano()
	}
	return t.UnixNano()
}

// Record is an entry in a [Batch], as bytes that its [Words] read; what follows it may be there too. In it come, one after the other, the log_id, the
// position, the time of arrival, the shapes of the objects in the order of their beginnings, and the values. A value begins with a
// number whose lowest three bits are its kind.
type Record string

// The kinds of values.
const (
	known    = iota // a string: the number of its text, and nothing else, as this is 0
	spelled         // a string: its length, and as it stands between its quotes
	hexed           // a string: the head of the digits that follow
	special         // a string that the entry tells, or the end of an array
	object          // an object: its shape has been named
	array           // an array: its elements follow, and its end
	scalarOf        // a number or word: the number of its text, or its length and it as it stands
	asItIs          // JSON: its length, and as it stands
	kinds
	kindBits = 3
)

// What is special: up to nine is the emit time with so many digits of a second.
const (
	theLogID = 10 + iota
	theEnd
	theKeys // a map: each key as a string and its value follow, and its end
)

// uvarint reads a number, and gives how many bytes it takes.
func (r Record) uvarint(i int) (uint64, int) {
	if c := r[i]; c < 0x80 {
		return uint64(c), i + 1
	}
	n, shift := uint64(0), 0
	for {
		c := r[i]
		i++
		n |= uint64(c&0x7F) << shift
		if c < 0x80 {
			return n, i
		}
		shift += 7
	}
}

// AppendLogID appends the log_id.
func (r Record) AppendLogID(dst []byte) []byte {
	tag, i := r.uvarint(0)
	if tag&(kinds-1) == hexed {
		head := tag >> kindBits
		return unpackHex(dst, string(r[i:i+hexSize(head)]), head)
	}
	return append(dst, r[i:i+int(tag>>kindBits)]...)
}

// LogID is the log_id.
func (r Record) LogID() string {
	var space [64]byte
	return string(r.AppendLogID(space[:0]))
}

// afterLogID is where the position begins.
func (r Record) afterLogID() int {
	tag, i := r.uvarint(0)
	if tag&(kinds-1) == hexed {
		return i + hexSize(tag>>kindBits)
	}
	return i + int(tag>>kindBits)
}

// afterPosition is where the time of arrival begins.
func (r Record) afterPosition() int {
	n, i := r.uvarint(r.afterLogID())
	if n&1 == 1 {
		i += int(n >> 1)
	}
	return i
}

// Origin says where an entry with a time in nanoseconds came from, but for whether it was rescued.
func (w *Words) Origin(r Record, t int64, p Place) Origin {
	o := Origin{Source: p.Source, Part: p.Part}
	n, i := r.uvarint(r.afterLogID())
	if n&1 == 1 {
		o.Position = strings.Clone(string(r[i : i+int(n>>1)]))
		i += int(n >> 1)
	} else {
		o.Position = strconv.FormatUint(n>>1, 10)
	}
	if n, _ = r.uvarint(i); n > 0 {
		n--
		o.Arrived = time.Unix(0, t+int64(n>>1)^-int64(n&1)).UTC()
	}
	return o
}

// Arrived is when an entry with a time in nanoseconds arrived, in nanoseconds since 1970, or 0.
func (r Record) Arrived(t int64) int64 {
	n, _ := r.uvarint(r.afterPosition())
	if n == 0 {
		return 0
	}
	n--
	return t + (int64(n>>1) ^ -int64(n&1))
}

// reading goes through a record.
type reading struct {
	words  *Words
	record Record
	shape  int // where the next shape is named
	at     int // where the next value begins
	time   int64
}

func (w *Words) read(r Record, t int64) reading {
	x := reading{words: w, record: r, time: t}
	_, i := r.uvarint(r.afterPosition())
	n, i := r.uvarint(i)
	x.shape, x.at = i, i+int(n)
	return x
}

// tag reads the beginning of a value.
func (x *reading) tag() (kind int, n uint64) {
	tag, i := x.record.uvarint(x.at)
	x.at = i
	return int(tag & (kinds - 1)), tag >> kindBits
}

// take reads so many bytes.
func (x *reading) take(n int) string {
	s := x.record[x.at : x.at+n]
	x.at += n
	return string(s)
}

// nodes reads the next shape.
func (x *reading) nodes() []uint32 {
	n, i := x.record.uvarint(x.shape)
	x.shape = i
	return x.words.shapes[n]
}

// AppendRaw appends the JSON of an entry with a time in nanoseconds, exactly as it was received.
func (w *Words) AppendRaw(dst []byte, r Record, t int64) []byte {
	x := w.read(r, t)
	kind, n := x.tag()
	dst, _ = x.appendValue(dst, kind, n)
	return dst
}

// appendValue appends a value whose tag has been read. It gives false for the end of an array.
func (x *reading) appendValue(dst []byte, kind int, n uint64) ([]byte, bool) {
	switch kind {
	case known:
		dst = append(append(append(dst, '"'), x.words.texts.at(uint32(n))...), '"')
	case spelled:
		dst = append(append(append(dst, '"'), x.take(int(n))...), '"')
	case hexed:
		dst = append(unpackHex(append(dst, '"'), x.take(hexSize(n)), n), '"')
	case special:
		switch n {
		case theEnd:
			return dst, false
		case theKeys:
			return x.appendMap(dst), true
		case theLogID:
			dst = append(x.record.AppendLogID(append(dst, '"')), '"')
		default:
			dst = append(appendStamp(append(dst, '"'), x.time, int(n)), '"')
		}
	case object:
		for _, id := range x.nodes() {
			node := &x.words.nodes[id]
			if dst = append(dst, node.literal...); !node.end {
				k, n := x.tag()
				dst, _ = x.appendValue(dst, k, n)
			}
		}
	case array:
		dst = append(dst, '[')
		for first := true; ; first = false {
			k, n := x.tag()
			if k == special && n == theEnd {
				break
			}
			if !first {
				dst = append(dst, ',')
			}
			dst, _ = x.appendValue(dst, k, n)
		}
		dst = append(dst, ']')
	case scalarOf:
		if n&1 == 0 {
			dst = append(dst, x.words.texts.at(uint32(n>>1))...)
		} else {
			dst = append(dst, x.take(int(n>>1))...)
		}
	case asItIs:
		dst = append(dst, x.take(int(n))...)
	}
	return dst, true
}

func (x *reading) appendMap(dst []byte) []byte {
	x.nodes()
	dst = append(dst, '{')
	for first := true; ; first = false {
		k, n := x.tag()
		if k == special && n == theEnd {
			return append(dst, '}')
		}
		if !first {
			dst = append(dst, ',')
		}
		dst, _ = x.appendValue(dst, k, n)
		dst = append(dst, ':')
		k, n = x.tag()
		dst, _ = x.appendValue(dst, k, n)
	}
}

// appendStamp writes a time as Temporal Cloud does, with so many digits of a second.
func appendStamp(dst []byte, nanoseconds int64, digits int) []byte {
	t := time.Unix(0, nanoseconds).UTC()
	dst = t.AppendFormat(dst, "2006-01-02T15:04:05")
	if digits > 0 {
		n := t.Nanosecond()
		for range 9 - digits {
			n /= 10
		}
		dst = append(dst, '.')
		from := len(dst)
		for range digits {
			dst = append(dst, '0')
		}
		for i := len(dst) - 1; i >= from; i, n = i-1, n/10 {
			dst[i] += byte(n % 10)
		}
	}
	return append(dst, 'Z')
}

// zigzag makes small numbers of those near zero on either side.
func zigzag(n int64) uint64 { return uint64(n)<<1 ^ uint64(n>>63) }

func appendText(dst []byte, kind int, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))<<kindBits|uint64(kind)), s...)
}
