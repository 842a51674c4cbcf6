// Package sourcetest is the conformance suite for any [source.Source]: what the interface's comment promises, as tests.
//
// An adapter calls [Run] from one of its tests with a function that makes a [Harness]: a fresh place to read, and the ways
// to write into it and to disturb it. What a place cannot do is said by leaving a field empty, and the suite then leaves out
// the tests that need it.
package sourcetest

import (
	"fmt"
	"testing"
	"time"

	"taudit/source"
)

// Harness is one fresh place that a source reads, and the hands that change it. Its functions are called from the test's own
// goroutine and may call t.Fatal; they are called while a source is reading.
type Harness struct {
	// Source opens the place. It is called once for each Harness, before or after the first Put. The suite sets only
	// Options.Follow and Options.Log.
	Source func(t *testing.T, o source.Options) source.Source

	// Put writes entries, made by [Entry], so that they keep their order within each part, and returns when a source can
	// see them. It may spread them over parts, and is called several times. Nil: the place fills itself (a simulation), and
	// only what needs no known entries is tested.
	Put func(t *testing.T, entries ...string)

	// PutBad writes bytes that hold no entry: as one record, one object, one line. They do not look like a damaged
	// compressed stream. Nil: damage cannot be put in.
	PutBad func(t *testing.T, data string)

	// Reads counts the calls for data that the source made so far: records or objects, not listings. It lets the suite see that
	// reading stops when nobody takes what was read. Nil: uncounted.
	Reads func() int

	// Follows says that Options.Follow keeps the source waiting for more at its end.
	Follows bool

	// Disturbances are what the place can do to a reader without losing an entry: throttle, cut an answer, split a shard.
	Disturbances []Disturbance

	// Wait bounds how long the suite waits for something that must happen; zero means 20 seconds.
	Wait time.Duration
}

// Disturbance is one named trouble. Do starts it while the source is reading, between two Puts, and must not lose an entry.
type Disturbance struct {
	Name string
	Do   func(t *testing.T)
}

// Entry is the n-th entry for Harness.Put: a complete audit log record with an identity of its own, without a line end.
func Entry(n int) string {
	at := time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
	return fmt.Sprintf(`{"emit_time":%q,"level":"LOG_LEVEL_ADMIN","operation":"UpdateNamespace","status":"OK","version":2,`+
		`"log_id":%q,"principal":{"id":"u-%d","type":"user","name":"user%d@example.com","api_key_id":""},`+
		`"raw_details":{"namespace":"ns%d.a1b2c"},"x_forwarded_for":"198.51.100.%d","async_operation_id":"op-%d"}`,
		at.Format(time.RFC3339), ID(n), n%7, n%7, n%5, n%250, n)
}

// ID is the log_id of Entry(n).
func ID(n int) string { return fmt.Sprintf("entry-%06d", n) }

// Entries are Entry(from) to Entry(to-1).
func Entries(from, to int) []string {
	list := make([]string, 0, to-from)
	for n := from; n < to; n++ {
		list = append(list, Entry(n))
	}
	return list
}
