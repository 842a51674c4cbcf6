// Package audit is the domain: one Temporal Cloud audit log entry, and how it is read from bytes.
//
// Entries come in five record formats (2023 to 2026) and four encodings; this package reads them all under one set of
// names and keeps the bytes as they were received. The text of an entry is chosen by strangers: nothing here cleans it,
// so whatever is drawn or printed for people must be cleaned first.
package audit

import (
	"cmp"
	"time"
)

// Entry is one audit log entry. Every field but Raw may be empty: fields were added and removed over the years, and
// what a record does not say stays empty. An Entry is a value and immutable; its strings are substrings of Raw or are shared
// through a [Decoder]'s dictionary.
type Entry struct {
	// Raw is the JSON object exactly as received, from its first brace to its last.
	Raw string

	// EmitTime is when Temporal Cloud recorded the operation, in UTC. Zero when the record has none.
	EmitTime time.Time

	// Operation is the name as written on the wire, for example "CreateNamespace" or "CreateNamespaceAPI".
	Operation string

	// Status is "OK", "ERROR" or whatever else was written. OK means accepted, not done.
	Status string

	LogID string

	// Version tells resends of one entry apart: the highest is the newest. Zero when absent.
	Version int32

	Principal Principal

	// UserEmail is the actor in formats before mid 2024.
	UserEmail string

	// Forwarded is the chain of caller addresses as written, comma separated: x_forwarded_for, else caller_ip_address.
	// It need not hold addresses at all ("Temporal Internal").
	Forwarded string

	AsyncOperationID string
	RequestID        string

	// Level and Category are enum names as written, deprecated since 2025.
	Level    string
	Category string

	// Payload is the JSON text of raw_details, else of details: a substring of Raw. Empty when neither is there.
	Payload string

	// Namespace is the namespace acted on, as Payload names it.
	Namespace string

	// Target is the thing acted on: a best guess from Payload, empty when there is none.
	Target string

	Format   Format
	Encoding Encoding
	Origin   Origin
}

// Principal is who acted.
type Principal struct {
	Type string // "user", "serviceaccount" or anything else, as written
	ID   string
	Name string // an e-mail address for users
	// APIKeyID is set when the call was made with an API key, and empty for a browser session. Formats before F3 lack it.
	APIKeyID string
}

// Origin says where the bytes of an entry came from.
type Origin struct {
	Source   string    // Source.Name of the reader
	Part     string    // shard ID, object key or file path
	Position string    // sequence number, or byte offset in the unpacked part
	Arrived  time.Time // when the sink received it: Kinesis arrival time, S3 object time; zero when unknown
	// Rescued is set for an entry decoded from the rawData of a Firehose error record.
	Rescued bool
}

// Bad is a stretch of bytes that no entry could be read from. It is kept, counted and shown.
type Bad struct {
	Raw    string // the damaged stretch as received; cut to MaxBad bytes
	Size   int    // its full length in bytes
	Offset int64  // where it began, in bytes of the unpacked part
	Reason string // what is wrong with it, for people
	Origin Origin
}

// MaxBad is how many bytes of a damaged stretch are kept.
const MaxBad = 64 << 10

// Time is when an entry happened as far as is known: its emit time, else when it arrived. It orders entries.
func (e *Entry) Time() time.Time {
	if e.EmitTime.IsZero() {
		return e.Origin.Arrived
	}
	return e.EmitTime
}

// Compare orders entries as Temporal's own API does: by time, then by log_id.
func Compare(a, b *Entry) int {
	if c := a.Time().Compare(b.Time()); c != 0 {
		return c
	}
	return cmp.Compare(a.LogID, b.LogID)
}

// Format is the generation of a record, told from the fields it has.
type Format uint8

// The formats, oldest first; facts of each are in the comment beside it.
const (
	F0 Format = iota // 2023: user_email, level, category; no log_id
	F1               // 2024: log_id
	F2               // mid 2024: request_id, principal
	F3               // October 2025: raw_details, x_forwarded_for, async_operation_id beside the old fields
	F4               // 2026: without level, user_email, caller_ip_address, details, category
)

// Encoding is how a record was written.
type Encoding uint8

// The encodings of the same record.
const (
	Stream   Encoding = iota // snake_case, emit_time a string: Kinesis, S3
	Download                 // camelCase, emitTime an object of seconds and nanos: the Cloud UI's download
	CloudOps                 // camelCase, emitTime a string: GET /cloud/audit-logs
	CloudCLI                 // snake_case, emit_time an object: temporal cloud account audit-log list
)
