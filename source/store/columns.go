package store

import (
	"strings"
	"unsafe"

	"taudit/source/audit"
)

// recentBits is how many values of a column are found without a look-up, as a power of two.
const recentBits = 12

// dictionary gives each distinct value a small number. It grows only; readers see the values that were there when their
// snapshot was made.
type dictionary[T comparable] struct {
	codes  map[T]uint32
	values []T
	recent []uint32 // by place: one more than a code
}

// code numbers a value. place is where to look first, the same for the same value as often as can be. keep copies one that
// is new: it may be a piece of a whole batch of raw bytes.
func (d *dictionary[T]) code(v T, place uint64, keep func(T) T) uint32 {
	if d.codes == nil {
		d.codes, d.recent = map[T]uint32{}, make([]uint32, 1<<recentBits)
	}
	recent := &d.recent[place*spreading>>(64-recentBits)]
	if c := *recent; c > 0 && d.values[c-1] == v {
		return c - 1
	}
	c, ok := d.codes[v]
	if !ok {
		v = keep(v)
		c = uint32(len(d.values))
		d.codes[v] = c
		d.values = append(d.values, v)
	}
	*recent = c + 1
	return c
}

const spreading = 0x9E3779B97F4A7C15

// address is where a text is. A decoder gives equal texts that repeat the same one, so it tells them apart without a look at
// them.
func address(s string) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.StringData(s)))) }

// words are the values of all dictionary columns, as far as the writer has met them.
type words struct {
	strings [columns]dictionary[string] // those of principal and origin stay empty
	people  dictionary[person]
	parts   dictionary[part]
}

func (w *words) text(column int, s string) uint32 {
	return w.strings[column].code(s, address(s)+uint64(len(s)), strings.Clone)
}

func (w *words) person(e *audit.Entry) uint32 {
	p := personOf(e)
	place := address(p.ID) + 3*address(p.Name) + 5*address(p.APIKeyID) + uint64(p.format)
	return w.people.code(p, place, person.clone)
}

func (w *words) part(e *audit.Entry) uint32 {
	return w.parts.code(part{e.Origin.Source, e.Origin.Part}, address(e.Origin.Part), part.clone)
}

// person is who acted, as one value of a column.
type person struct {
	audit.Principal
	email  string
	format audit.Format // F3 if the entry's format can tell how the call was made, else F0
}

func personOf(e *audit.Entry) person {
	p := person{Principal: e.Principal, email: e.UserEmail}
	if e.Format >= audit.F3 {
		p.format = audit.F3
	}
	return p
}

func (p person) clone() person {
	return person{
		Principal: audit.Principal{
			Type: strings.Clone(p.Type), ID: strings.Clone(p.ID), Name: strings.Clone(p.Name), APIKeyID: strings.Clone(p.APIKeyID),
		},
		email:  strings.Clone(p.email),
		format: p.format,
	}
}

// part is a place that entries come from, as one value of a column.
type part struct{ source, part string }

func (p part) clone() part { return part{strings.Clone(p.source), strings.Clone(p.part)} }
