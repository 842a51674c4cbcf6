// Package demo is a simulated Temporal Cloud account: its history of audit log entries, written as Firehose writes it, and
// live on loopback as a Kinesis stream and an S3 bucket.
//
// The account is invented but believable: people at work by their own clocks, service accounts, a nightly Terraform run,
// retry storms, mistakes and their corrections. All of it follows from a seed and a period: the same two give the same
// bytes on every machine, whatever its clock, locale and time zone.
package demo

import (
	"iter"
	"time"

	"taudit/source/audit"
)

// Account is a simulated Temporal Cloud account. It is a value that does not change and may be used from any goroutine.
type Account struct {
	seed uint64
}

// NewAccount makes the account of a seed.
func NewAccount(seed uint64) *Account { return &Account{seed: seed} }

// Period is a stretch of the account's history. From is included, To excluded. Both should be in the years that
// [time.Time.UnixNano] can tell.
type Period struct {
	From, To time.Time
	Entries  int // how many there are in the period, exactly

	// Legacy is the share of the period, at its beginning, whose records are of the formats before 2026: a third of it as
	// in 2024 (audit.F2), the rest as in late 2025 (audit.F3). Zero means DefaultLegacy, a negative number none.
	Legacy float64
}

// DefaultLegacy is the share of a period in older formats.
const DefaultLegacy = 0.2

// Record is one entry as it goes over the wire. It may be kept.
type Record struct {
	EmitTime time.Time // UTC; as in JSON
	JSON     []byte    // one object, without a line feed; not to be written to
	Format   audit.Format

	idAt, idEnd int
}

// LogID is the entry's log_id.
func (r *Record) LogID() string { return string(r.JSON[r.idAt:r.idEnd]) }

// History gives the entries of a period in the order of their emit times. It holds little more than one entry at a time,
// however many there are.
//
// From 12,000 entries over some days on, every documented operation occurs.
func (a *Account) History(from, to time.Time, entries int) iter.Seq[Record] {
	return a.Play(Period{From: from, To: to, Entries: entries})
}

// Play is History for a [Period].
func (a *Account) Play(p Period) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		a.Begin(p).History(yield)
	}
}
