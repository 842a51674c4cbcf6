package audit

import (
	"strings"
	"sync"
)

// Column is a property of entries that repeats, so that a batch of them holds numbers for it.
type Column uint8

// The columns, and the fields of an entry that each tells.
const (
	Operations Column = iota // Operation
	Statuses                 // Status
	Targets                  // Target
	Namespaces               // Namespace
	Forwards                 // Forwarded
	Principals               // Principal, UserEmail, and of Format whether it is F3 or later
	Origins                  // Origin.Source and Origin.Part

	Columns     = Origins + 1
	textColumns = Principals
)

// maxTexts bounds what a vocabulary holds of texts that no column needs, in bytes.
const maxTexts = 128 << 20

// Vocabulary numbers what comes again and again in entries: texts, people, places, the keys of objects and how they follow each
// other. What is packed with one is read with its [Words]. Decoders and a store that share one hold each text once. It only
// grows; what does not repeat is kept out of it. It is safe for use from any goroutine.
type Vocabulary struct {
	mu      sync.Mutex
	words   Words
	size    int // bytes of texts
	texts   numbering
	columns [textColumns][]uint32 // by the number of a text: that of the value, counted from 1; 0: it is none
	people  map[personKey]uint32
	places  map[Place]uint32
	nodes   map[nodeKey]uint32
	shapes  map[string]uint32

	slabs  slabs // of records
	sought Sought
}

// Words are what a vocabulary held at one moment. They are immutable, and know all that was packed before they were taken.
type Words struct {
	texts   texts
	columns [textColumns][]uint32 // the number of the text of each value
	people  []Person
	places  []Place
	nodes   []node
	shapes  [][]uint32 // the numbers of their nodes
}

// Person is who acted, as one value of a column.
type Person struct {
	Principal
	Email  string
	Format Format // F3 if the format of the entry can tell how the call was made, else F0
}

// Place is where entries came from, as one value of a column.
type Place struct{ Source, Part string }

// NewVocabulary makes a vocabulary that knows the empty text alone, as number 0 everywhere.
func NewVocabulary() *Vocabulary {
	v := &Vocabulary{
		texts: newNumbering(), people: map[personKey]uint32{}, places: map[Place]uint32{},
		nodes: map[nodeKey]uint32{}, shapes: map[string]uint32{},
	}
	v.words.texts = v.texts.texts
	v.words.nodes = []node{{}} // an entry as a whole
	v.words.shapes = [][]uint32{theMap: nil}
	for i := range v.columns {
		v.columns[i] = []uint32{1}
		v.words.columns[i] = []uint32{0}
	}
	return v
}

// Words gives what is known now.
func (v *Vocabulary) Words() Words {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.words
}

// Text is a value of a column of texts: every column before [Principals].
func (w *Words) Text(c Column, code uint32) string { return w.texts.at(w.columns[c][code]) }

// Person is a value of [Principals].
func (w *Words) Person(code uint32) *Person { return &w.people[code] }

// Place is a value of [Origins].
func (w *Words) Place(code uint32) Place { return w.places[code] }

// Len counts the values of a column.
func (w *Words) Len(c Column) int {
	switch c {
	case Principals:
		return len(w.people)
	case Origins:
		return len(w.places)
	}
	return len(w.columns[c])
}

// text numbers a text. With needed unset a full vocabulary takes no more and gives false.
func (v *Vocabulary) text(s string, needed bool) (code uint32, fresh, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	hash := v.texts.hash(s)
	if code, ok := v.texts.find(s, hash); ok {
		return code, false, true
	}
	if !needed && v.size+len(s) > maxTexts {
		return 0, false, false
	}
	code = v.texts.add(s, hash)
	v.words.texts = v.texts.texts
	v.size += len(s) + 32 // what it takes to find it, roughly
	return code, true, true
}

// value numbers a text as a value of a column.
func (v *Vocabulary) value(c Column, text uint32) uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	known := v.columns[c]
	if int(text) >= len(known) {
		// Room for half as many texts again, since those that come are often values too.
		known = append(known, make([]uint32, v.texts.len()+v.texts.len()/2-len(known))...)
		v.columns[c] = known
	}
	if known[text] == 0 {
		v.words.columns[c] = append(v.words.columns[c], text)
		known[text] = uint32(len(v.words.columns[c]))
	}
	return known[text] - 1
}

// person numbers who acted. The texts are given by their numbers.
func (v *Vocabulary) person(p personKey) uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	code, ok := v.people[p] // each text has one number
	if !ok {
		t := v.texts.at
		code = uint32(len(v.words.people))
		v.people[p] = code
		v.words.people = append(v.words.people, Person{
			Principal: Principal{Type: t(p.kind), ID: t(p.id), Name: t(p.name), APIKeyID: t(p.apiKey)},
			Email:     t(p.email), Format: p.format,
		})
	}
	return code
}

// place numbers where entries came from.
func (v *Vocabulary) place(p Place) uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	code, ok := v.places[p]
	if !ok {
		p = Place{strings.Clone(p.Source), strings.Clone(p.Part)}
		code = uint32(len(v.words.places))
		v.places[p] = code
		v.words.places = append(v.words.places, p)
	}
	return code
}
