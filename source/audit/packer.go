package audit

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

const (
	// maxWordy is the longest text that may get a number, in bytes.
	maxWordy = 256
	// A place in an object whose values are mostly new ones after so many is taken to hold what does not repeat.
	trialValues   = 32
	cacheBits     = 12
	kindCacheBits = 8
	textBits      = 15
)

// Packer makes batches of entries. It learns how the objects look that it is given, and then packs what looks alike without a look
// at what each key means. It is for one goroutine; those that share a vocabulary can be used at a time.
type Packer struct {
	vocabulary *Vocabulary
	words      Words // as far as it was looked at
	steps      map[uint32]*step
	root       step
	recent     []recent
	shaped     []uint32 // by place: one more than the number of a shape
	columns    [textColumns][]pair
	people     []persona
	kinds      []operationKind

	// The entry that is being packed.
	strings  scanner // of those that are not plain
	learning bool
	loose    bool
	odd      bool
	depth    int
	path     []uint32 // the nodes of the objects that are open
	shapes   []uint32
	values   []byte
	gist     gist
	skimmed  bool
	version  []byte // what is kept of a skimmed one

	vain    int // entries that were asked about and may be sought
	rest    int // how many were not asked about the last time
	resting int // how many more are not now

	// The batch.
	records []byte
	batch   Batch
	place   Place
	code    uint32 // of place

	day   [len("2006-01-02")]byte // the date that was read last
	began int64                   // when it began, in nanoseconds since 1970
	memos []memo
}

// recent remembers the number of a text, and the text itself where it takes one line of the processor's cache to compare it: those of a
// vocabulary lie far apart.
type recent struct {
	code uint32
	size uint8
	text [59]byte
}

// pair remembers the value of a column that a text is.
type pair struct{ text, value uint32 }

// persona remembers the number of a person.
type persona struct {
	who  personKey
	code uint32
	some bool
}

// operationKind remembers what an operation says about its target.
type operationKind struct {
	kind
	operation uint32
	some      bool
}

type personKey struct {
	kind, id, name, apiKey, email uint32
	format                        Format
}

// gist is what columns hold of an entry. Texts are given by their numbers.
type gist struct {
	have                                 field
	emitted                              time.Time // while learning
	nanos                                int64     // the same
	logID                                string
	operation, status, forwarded, caller uint32
	who                                  personKey
	clues                                [2][clueCount]uint32 // of raw_details and of details
	present, empty, nothing              [2]bool
}

// NewPacker makes a packer. Packers with one vocabulary may be used at a time.
func NewPacker(v *Vocabulary) *Packer {
	return &Packer{
		vocabulary: v, words: v.Words(), steps: map[uint32]*step{}, root: step{context: theEntry, last: &recent{}},
		recent: make([]recent, 1<<textBits), shaped: make([]uint32, 1<<cacheBits),
		memos: make([]memo, 1<<cacheBits), people: make([]persona, 1<<cacheBits), kinds: make([]operationKind, 1<<kindCacheBits),
	}
}

// Len counts the entries that wait to be taken.
func (p *Packer) Len() int { return p.batch.Len() }

// Take gives what was packed as a batch, or nil if that is nothing.
func (p *Packer) Take() *Batch {
	b := &p.batch
	if b.Len() == 0 {
		return nil
	}
	// What is collected in is used again, so that a batch takes no more than it has to.
	out := &Batch{
		Vocabulary: p.vocabulary, Records: p.vocabulary.slabs.keep(unsafe.String(unsafe.SliceData(p.records), len(p.records))),
		Times: slices.Clone(b.Times), Flags: slices.Clone(b.Flags), Starts: slices.Clone(b.Starts), Sizes: slices.Clone(b.Sizes),
		Hashes: slices.Clone(b.Hashes), Offsets: slices.Clone(b.Offsets),
	}
	for c := range b.Codes {
		out.Codes[c] = slices.Clone(b.Codes[c])
		b.Codes[c] = b.Codes[c][:0]
	}
	p.records = p.records[:0]
	b.Times, b.Flags, b.Starts, b.Sizes, b.Hashes, b.Offsets = b.Times[:0], b.Flags[:0], b.Starts[:0], b.Sizes[:0], b.Hashes[:0], b.Offsets[:0]
	return out
}

// Add packs an entry, which need not be kept. What its fields say counts, whatever its Raw says.
func (p *Packer) Add(e *Entry) { p.add(e, -1) }

// add packs an entry that begins at an offset, unless its origin has a position.
func (p *Packer) add(e *Entry, at int64) {
	raw := unsafe.Slice(unsafe.StringData(e.Raw), len(e.Raw))
	p.begin(true)
	p.gist.emitted, p.gist.logID = e.EmitTime, e.LogID
	if end := p.object(raw, 0, &p.root, false); end != len(raw) {
		p.begin(true)
		p.asItIs(raw)
	}
	columns := [Columns]uint32{
		Operations: p.column(Operations, p.text(e.Operation)),
		Statuses:   p.column(Statuses, p.text(e.Status)),
		Targets:    p.column(Targets, p.text(e.Target)),
		Namespaces: p.column(Namespaces, p.text(e.Namespace)),
		Forwards:   p.column(Forwards, p.text(e.Forwarded)),
	}
	who := personKey{
		kind: p.text(e.Principal.Type), id: p.text(e.Principal.ID), name: p.text(e.Principal.Name), apiKey: p.text(e.Principal.APIKeyID),
		email: p.text(e.UserEmail),
	}
	if e.Format >= F3 {
		who.format = F3
	}
	columns[Principals] = p.person(who)
	t := e.EmitTime
	if t.IsZero() {
		t = e.Origin.Arrived
	}
	p.finish(Nanoseconds(t), !e.EmitTime.IsZero(), e.LogID, &e.Origin, at, columns)
}

// Quick packs the entry that b begins with, if it looks like others that were added, and gives where it ends. It gives false for
// what it does not know, whether that is an entry or not. at is where b begins in what it is read from.
func (p *Packer) Quick(b []byte, at int64, o *Origin) (end int, ok bool) {
	if p.vocabulary.sought != nil {
		if end, ok := p.skim(b, at, o); ok {
			return end, true
		}
	}
	p.begin(false)
	end = p.object(b, 0, &p.root, false)
	r := &p.gist
	if end < 0 || r.have == 0 || end > maxObject {
		return 0, false
	}
	target, namespace := p.subject()
	who := r.who
	if formatOf(r.have, who.apiKey != 0) >= F3 {
		who.format = F3
	}
	columns := [Columns]uint32{
		Operations: p.column(Operations, r.operation),
		Statuses:   p.column(Statuses, r.status),
		Targets:    p.column(Targets, target),
		Namespaces: p.column(Namespaces, namespace),
		Forwards:   p.column(Forwards, cmp.Or(r.forwarded, r.caller)),
		Principals: p.person(who),
	}
	t, dated := r.nanos, r.have&emitTimeField != 0
	if !dated {
		t = Nanoseconds(o.Arrived)
	}
	p.finish(t, dated, r.logID, o, at, columns)
	return end, true
}

func (p *Packer) begin(learning bool) {
	p.learning, p.loose, p.odd, p.skimmed, p.depth = learning, false, false, false, 0
	p.path, p.shapes, p.values = p.path[:0], p.shapes[:0], p.values[:0]
	if !learning {
		p.gist = gist{}
	}
}

// finish adds the record and the columns of an entry with a time in nanoseconds. Its position is that of o, or else at.
func (p *Packer) finish(nanos int64, dated bool, logID string, o *Origin, at int64, columns [Columns]uint32) {
	b := &p.batch
	flags := Flags(0)
	if !dated {
		flags = Undated
	}
	if o.Rescued {
		flags |= Rescued
	}
	if p.loose {
		flags |= Loose
	}
	if p.skimmed {
		flags |= Skimmed
	}
	if p.odd || !isPlain(logID) {
		flags |= Odd
	}
	hash := uint64(0)
	if logID != "" {
		hash = xxhash.Sum64String(logID)
	}
	start := len(p.records)
	p.records = appendID(p.records, logID)
	if o.Position != "" {
		at = p.position(o.Position)
	} else {
		at = max(at, 0)
		p.records = binary.AppendUvarint(p.records, uint64(at)<<1)
	}
	if o.Arrived.IsZero() {
		p.records = append(p.records, 0)
	} else {
		p.records = binary.AppendUvarint(p.records, zigzag(Nanoseconds(o.Arrived)-nanos)+1)
	}
	p.records = p.appendShapes(p.records)
	p.records = append(p.records, p.values...)
	taken := len(p.records) - start
	if taken > math.MaxUint16 {
		taken = 0
	}
	b.Starts, b.Sizes = append(b.Starts, uint32(start)), append(b.Sizes, uint16(taken))
	if place := (Place{o.Source, o.Part}); place != p.place || p.code == 0 {
		p.place, p.code = place, p.vocabulary.place(place)+1
	}
	columns[Origins] = p.code - 1
	b.Times, b.Flags = append(b.Times, nanos), append(b.Flags, flags)
	b.Hashes, b.Offsets = append(b.Hashes, hash), append(b.Offsets, at)
	for c, code := range columns {
		b.Codes[c] = append(b.Codes[c], code)
	}
}

// position adds a position that is not the offset of a text, and gives the offset in it.
func (p *Packer) position(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && n >= 0 && n < 1<<62 && strconv.FormatInt(n, 10) == s {
		p.records = binary.AppendUvarint(p.records, uint64(n)<<1)
		return n
	}
	p.records = append(binary.AppendUvarint(p.records, uint64(len(s))<<1|1), s...)
	digits := 0
	for digits < len(s) && s[digits]-'0' <= 9 {
		digits++
	}
	n, err = strconv.ParseInt(s[:digits], 10, 64)
	if err != nil || digits < len(s) && s[digits] != '/' {
		return 0
	}
	return n
}

// appendShapes adds the numbers of the shapes, with how many bytes they take before them.
func (p *Packer) appendShapes(dst []byte) []byte {
	size := 0
	for _, id := range p.shapes {
		size += (bits.Len32(id|1) + 6) / 7
	}
	dst = binary.AppendUvarint(dst, uint64(size))
	for _, id := range p.shapes {
		dst = binary.AppendUvarint(dst, uint64(id))
	}
	return dst
}

func appendID(dst []byte, s string) []byte {
	from := len(dst)
	dst = append(dst, 0, 0) // room for the tag, which takes two bytes at most for what is this short
	packed, head, ok := appendHex(dst, s)
	if !ok {
		return appendText(dst[:from], spelled, s)
	}
	tag := head<<kindBits | hexed
	if tag < 0x80 {
		copy(packed[from+1:], packed[from+2:])
		packed[from] = byte(tag)
		return packed[:len(packed)-1]
	}
	packed[from], packed[from+1] = byte(tag)|0x80, byte(tag>>7)
	return packed
}

// note keeps what a text says about the entry.
func (p *Packer) note(s *step, code uint32) {
	r := &p.gist
	switch s.field {
	case operationField:
		r.operation = code
	case statusField:
		r.status = code
	case forwardedField:
		r.forwarded = code
	case callerField:
		r.caller = code
	case userEmailField:
		r.who.email = code
	}
	switch s.part {
	case typePart:
		r.who.kind = code
	case idPart:
		r.who.id = code
	case namePart:
		r.who.name = code
	case apiKeyPart:
		r.who.apiKey = code
	}
	if s.clue != noClue {
		r.clues[s.payload][s.clue] = code
	}
}

// subject guesses what the operation acted on: see payload of [Decoder], which does the same from members.
func (p *Packer) subject() (target, namespace uint32) {
	r := &p.gist
	blank := func(i int) bool { return !r.present[i] || r.nothing[i] || r.empty[i] }
	null := func(i int) bool { return !r.present[i] || r.nothing[i] }
	main, other := 0, 1
	if blank(main) && (!blank(other) || null(main)) {
		main, other = other, main
	}
	k := &p.kinds[r.operation%(1<<kindCacheBits)]
	if !k.some || k.operation != r.operation {
		resource := resourceOf(FoldOperation(p.words.texts.at(r.operation)))
		*k = operationKind{kind{resource, preferenceOf(resource)}, r.operation, true}
	}
	for _, i := range [...]int{main, other} {
		if target, namespace = subjectOf(&r.clues[i], k.kind); target != 0 || namespace != 0 {
			break
		}
	}
	return target, namespace
}
