package store

import "time"

// Key is the place of an entry in the store's order, and its identity: by time, then log_id, then Seq. It stays the same for as
// long as the entry is held, whatever arrives before or behind it.
type Key struct {
	Time  int64 // nanoseconds since 1970, UTC, of the entry's [audit.Entry.Time]; 0 when it has none
	LogID string
	Seq   uint64 // counts arrivals from 1
}

// Flags say what is peculiar about an entry.
type Flags uint8

// The flags.
const (
	Conflict Flags = 1 << iota // its log_id is also that of an entry with other content
	Resent                     // a higher version took the place of one that had arrived before
	Rescued                    // decoded from a Firehose error record

	undated // it has no emit time
)

// Row is one entry in a [Snapshot]. It is a value, safe for use from any goroutine, and allocates nothing but for Entry.
type Row struct {
	snap  *Snapshot
	chunk *chunk
	i     int
}

// Key is the place and identity of the entry.
func (r Row) Key() Key { return r.chunk.key(r.i) }

// Time is when the entry happened, in UTC: [audit.Entry.Time].
func (r Row) Time() time.Time { return time.Unix(0, r.chunk.times[r.i]).UTC() }

// Dated says whether Time is the entry's own emit time, and not the time of its arrival.
func (r Row) Dated() bool { return r.chunk.flags[r.i]&undated == 0 }

// Operation is the name as written on the wire.
func (r Row) Operation() string { return r.word(operation) }

// Status is OK, ERROR or whatever else was written.
func (r Row) Status() string { return r.word(status) }

// Actor is who acted: [audit.Entry.Actor].
func (r Row) Actor() string {
	p := r.person()
	switch {
	case p.Name != "":
		return p.Name
	case p.email != "":
		return p.email
	}
	return p.ID
}

// PrincipalType is the type of the principal as written.
func (r Row) PrincipalType() string { return r.person().Type }

// Namespace is the namespace acted on, if one is named.
func (r Row) Namespace() string { return r.word(namespace) }

// Target is the thing acted on, as far as can be told.
func (r Row) Target() string { return r.word(target) }

// Forwarded is the chain of caller addresses as written.
func (r Row) Forwarded() string { return r.word(forwarded) }

// LogID is the entry's own id; empty before 2024.
func (r Row) LogID() string { return r.chunk.logIDs[r.i] }

// Raw is the JSON text as received.
func (r Row) Raw() string { return r.chunk.raws[r.i] }

// Flags say what is peculiar about the entry.
func (r Row) Flags() Flags { return r.chunk.flags[r.i] &^ undated }
