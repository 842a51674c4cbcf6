package store

import (
	"time"

	"taudit/source/audit"
)

// Key is the place of an entry in the store's order, and its identity: by time, then log_id, then Seq. It stays the same for as
// long as the entry is held, whatever arrives before or behind it.
type Key struct {
	Time  int64 // nanoseconds since 1970, UTC, of the entry's [audit.Entry.Time]; 0 when it has none
	LogID string
	Seq   uint64 // counts arrivals from 1
}

// Flags say what is peculiar about an entry.
type Flags = audit.Flags

// The flags, beside those of package audit that are for the store alone.
const (
	Rescued        = audit.Rescued // decoded from a Firehose error record
	Conflict Flags = 1 << (iota + 3)
	Resent
	Repeated // copies of it arrived, and were dropped

	undated = audit.Undated
)

// Row is one entry in a [Snapshot]. It is a value, safe for use from any goroutine. Raw and Entry unpack it; nothing else does.
type Row struct {
	snap  *Snapshot
	chunk *chunk
	i     int
}

// Key is the place and identity of the entry.
func (r Row) Key() Key { return r.chunk.key(r.i) }

// Is tells whether that is the key of the entry. Unlike Key it allocates nothing.
func (r Row) Is(k Key) bool { return r.chunk.seq(r.i) == k.Seq && r.chunk.times[r.i] == k.Time }

// Seq is that of the Key.
func (r Row) Seq() uint64 { return r.chunk.seq(r.i) }

// Time is when the entry happened, in UTC: [audit.Entry.Time].
func (r Row) Time() time.Time { return time.Unix(0, r.chunk.times[r.i]).UTC() }

// Dated says whether Time is the entry's own emit time, and not the time of its arrival.
func (r Row) Dated() bool { return r.chunk.flags[r.i]&undated == 0 }

// Operation is the name as written on the wire.
func (r Row) Operation() string { return r.word(Operations) }

// Status is OK, ERROR or whatever else was written.
func (r Row) Status() string { return r.word(Statuses) }

// Actor is who acted: [audit.Entry.Actor].
func (r Row) Actor() string {
	p := r.person()
	switch {
	case p.Name != "":
		return p.Name
	case p.Email != "":
		return p.Email
	}
	return p.ID
}

// PrincipalType is the type of the principal as written.
func (r Row) PrincipalType() string { return r.person().Type }

// Namespace is the namespace acted on, if one is named.
func (r Row) Namespace() string { return r.word(Namespaces) }

// Target is the thing acted on, as far as can be told.
func (r Row) Target() string { return r.word(Targets) }

// Forwarded is the chain of caller addresses as written.
func (r Row) Forwarded() string { return r.word(Forwards) }

// LogID is the entry's own id; empty before 2024.
func (r Row) LogID() string { return r.chunk.record(r.i).LogID() }

// Raw is the JSON text as received.
func (r Row) Raw() string { return string(r.AppendRaw(nil)) }

// AppendRaw appends the JSON text as received, for many rows with one buffer.
func (r Row) AppendRaw(dst []byte) []byte {
	return r.snap.words.AppendRaw(dst, r.chunk.record(r.i), r.chunk.times[r.i])
}

// Flags say what is peculiar about the entry.
func (r Row) Flags() Flags { return r.chunk.flags[r.i] & (Rescued | Conflict | Resent | Repeated) }

// Arrived is when the sink received the entry, in UTC; zero when that is unknown.
func (r Row) Arrived() time.Time {
	if t := r.chunk.record(r.i).Arrived(r.chunk.times[r.i]); t != 0 {
		return time.Unix(0, t).UTC()
	}
	return time.Time{}
}

// Late says how long the entry took to the sink, and whether that is unusually long: see [audit.Origin.Late]. An entry without an emit time
// is never late.
func (r Row) Late() (took time.Duration, late bool) {
	t, at := r.chunk.times[r.i], r.chunk.record(r.i).Arrived(r.chunk.times[r.i])
	if at == 0 || at-t <= int64(audit.LateAfter) || !r.Dated() {
		return 0, false // few are left; where those came from takes more to tell
	}
	o := r.Origin()
	return o.Late(r.Time())
}

func (r Row) isLate() bool {
	_, late := r.Late()
	return late
}

func (r Row) word(c Column) string { return r.snap.words.Text(c, r.chunk.codes[c][r.i]) }

func (r Row) person() *audit.Person { return r.snap.words.Person(r.chunk.codes[Principals][r.i]) }

// Origin says where the entry came from.
func (r Row) Origin() audit.Origin {
	o := r.snap.words.Origin(r.chunk.record(r.i), r.chunk.times[r.i], r.snap.words.Place(r.chunk.codes[Origins][r.i]))
	o.Rescued = r.chunk.flags[r.i]&Rescued != 0
	return o
}

// Entry unpacks and decodes the entry: for the one that is being read, not for a list.
func (r Row) Entry() audit.Entry {
	d, ok := r.snap.decoders.Get().(*audit.Decoder)
	if !ok {
		d = audit.NewDecoder()
	}
	defer r.snap.decoders.Put(d)
	return d.Again(r.Raw(), r.Origin())
}
