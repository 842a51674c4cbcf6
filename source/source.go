// Package source says what a source of audit log entries is. The adapters below it read them from Kinesis, S3 and files;
// nothing here knows of a screen.
package source

import (
	"context"
	"log/slog"
	"math"
	"time"

	"taudit/source/audit"
)

// Source reads audit entries from one place.
type Source interface {
	// Name tells the place to people and is the same for the life of the source: "kinesis audit-prod/us-east-1".
	Name() string

	// Run sends events to out until ctx is cancelled (it returns ctx.Err()), the source is exhausted (nil), or it
	// cannot go on (an error that says what happened, what it means and what to do next). It is called once.
	//
	// Sending blocks while the reader is behind: that is the only backpressure there is, so Run holds at most one batch
	// per shard or object. It retries what is worth retrying, reporting it in Status, and never closes out. It returns
	// within a second of ctx being cancelled, also when nobody reads out, and leaves no goroutine behind.
	Run(ctx context.Context, out chan<- Event) error
}

// Event is what a source says at one time: entries, bytes it could not decode, a new state of one of its parts, or all.
// The receiver owns it.
type Event struct {
	Source  string        // Source.Name
	Entries []audit.Entry // in the order of the part; not sorted across parts
	Packed  *audit.Batch  // more of them, from sources that read much at once; nil: none
	Bad     []audit.Bad   // kept to be shown
	Gaps    []Gap         // found since the last event
	Status  *Status       // nil: unchanged
	About   *Description  // nil: unchanged

	// Position is how far the part has been read with this event. Whoever keeps it does so when what the event holds has been delivered,
	// and not before. nil: unchanged, or the source cannot be resumed.
	Position *Position
}

// Position is how far a part was read, so that a later run can go on from there.
type Position struct {
	Place string    // what was read, whoever reads it and however it was named: "kinesis/us-east-1/123456789012/audit"
	Part  string    // as in Status
	After string    // the last that was read, as the sink numbers it; empty: nothing yet
	To    time.Time // Status.Held.To
	Ended bool      // read to its end: nothing more will ever come of it
}

// Distinct is what a source may implement whose Name leaves out what rarely matters, such as an AWS account.
type Distinct interface {
	// Distinguish makes Name longer, because another source goes by the same. It is called before Run if at all.
	Distinguish()
}

// Resumer is implemented by sources that send positions and take them up again by Options.Resume.
type Resumer interface {
	// Resumes tells whether this source does.
	Resumes() bool
}

// Len counts the entries.
func (e *Event) Len() int {
	n := len(e.Entries)
	if e.Packed != nil {
		n += e.Packed.Len()
	}
	return n
}

// All gives all entries, those that are packed unpacked.
func (e *Event) All() []audit.Entry {
	if e.Packed == nil {
		return e.Entries
	}
	return append(e.Entries[:len(e.Entries):len(e.Entries)], e.Packed.Entries()...)
}

// Span is a stretch of time, From included and To excluded. A zero From reaches back to the oldest that a part still held, a zero To
// is no time at all: nothing has been read yet.
type Span struct{ From, To time.Time }

// Gap is a stretch of a part that could not be read, by time of arrival at the sink. A zero From or To is not known.
type Gap struct {
	Source string // Source.Name
	Part   string // as in Status
	Span
	Why string // what happened, for people: "trimmed before it was read"
}

// State is what one part of a source is doing.
type State uint8

// The states of a part.
const (
	Connecting State = iota // nothing has been answered yet
	CatchingUp              // reading what is already there
	Live                    // caught up and waiting for more
	Throttled               // asked to slow down; waiting until Status.NextRetry
	Failing                 // the last call failed; Status.Err says how, and Status.NextRetry when it is tried again, if ever
	Done                    // read to its end: a closed shard, a file that is not followed
)

// String gives the state in words.
func (s State) String() string {
	switch s {
	case Connecting:
		return "connecting"
	case CatchingUp:
		return "catching up"
	case Live:
		return "live"
	case Throttled:
		return "throttled"
	case Failing:
		return "failing"
	case Done:
		return "done"
	}
	return "unknown"
}

// Status is the health of one part of a source: a shard, a prefix, a file. Counts are since the start of Run, each status
// replaces the one before it of the same source and part.
type Status struct {
	Source string // Source.Name
	Part   string // shard ID, prefix or path; empty for the source as a whole
	State  State

	// Behind is how far the last answer was from the newest record of the part; meaningful in CatchingUp and Live.
	Behind      time.Duration
	LastSuccess time.Time // when a call last succeeded
	LastArrival time.Time // when the newest record that was read had arrived at the sink; zero: none yet
	LastBatch   time.Time // when entries were last read

	Records int64 // Kinesis records, S3 objects or files
	Entries int64
	Bytes   int64 // as received, before unpacking
	Bad     int64
	Retries int64
	Gaps    int64 // times that records were gone before they could be read: trimmed, or their shard expired

	// Held is what has been read of the part without a hole, by time of arrival at the sink: all that the part held in it was sent, was
	// sent as bad, or is in a Gap. It grows at both ends when a part is read from the newest to the oldest.
	Held Span

	// Done and Total count objects while a listing is read; Total is zero when that is unknown. DoneBytes and TotalBytes are their
	// sizes, and Left is how long it will take to read the rest, by how long it took so far; zero when there is none or it is unknown.
	Done, Total           int64
	DoneBytes, TotalBytes int64
	Left                  time.Duration

	NextRetry time.Time // zero when none is planned
	Err       error     // why the part is Throttled or Failing: what happened and what to do next
	Remark    string    // for people, of something that is not as they asked though nothing fails; usually empty

	// Buffer is how long entries may wait on their way to this part beyond what a stream takes: up to 15 minutes in Firehose on their
	// way to a bucket. It is the same for the life of the part.
	Buffer time.Duration

	Findings
}

// Findings are what whoever receives the events of a part finds out about them. A source leaves them zero.
type Findings struct {
	Since      time.Time     // when the part came into its state
	Caught     bool          // it has been caught up before
	Duplicates int64         // entries that had been received before, from this part or another
	Late       int64         // entries that took longer than [LateAfter] and Status.Buffer to arrive at the sink
	Slowest    time.Duration // the longest that a late one took
	Newest     time.Time     // the latest emit time of an entry; zero: none had one
	Oldest     time.Time     // the earliest arrival of an entry at the sink; zero: none had one
	Arrivals   Minutes       // entries, by the minute of their arrival at the sink
	Lates      Minutes       // late ones, by the minute of their arrival
	LateAt     time.Time     // when the newest of them arrived
	GapAt      time.Time     // when a gap was last found
	Retried    Minutes       // retries, by the minute
	Fetched    Minutes       // KiB, by the minute in which they were read
	Lag        Trend         // of Status.Behind, in seconds
}

// Note takes in that a status takes the place of another, the zero one for the first, at now.
func (f *Findings) Note(before, s *Status, now time.Time) {
	if f.Since.IsZero() || before.State != s.State {
		f.Since = now
	}
	if n := s.Retries - before.Retries; n > 0 {
		f.Retried.Add(now, int32(min(n, math.MaxInt32)))
	}
	if n := s.Bytes>>10 - before.Bytes>>10; n > 0 {
		f.Fetched.Add(now, int32(min(n, math.MaxInt32/MinutesKept)))
	}
	if s.Gaps > before.Gaps {
		f.GapAt = now
	}
	if s.State == Live || s.State == Done {
		f.Caught = true
	}
	if f.Caught || s.State == CatchingUp {
		f.Lag.Add(now, s.Behind.Seconds())
	}
}

// Options say where to start reading and how to reach a source. The zero value reads all that a source still holds and ends.
type Options struct {
	// Since and Until bound the time of entries: Since is included, Until excluded. Zero means unbounded. Sources use
	// them to read less, so entries outside may still be sent; the receiver drops those.
	Since, Until time.Time

	Latest      bool // only what arrives from now on
	TrimHorizon bool // all that the source holds, whatever Since says

	// Follow keeps reading when the end is reached. Without it Run returns nil there.
	Follow bool

	// Resume gives the positions that were kept of a place, to go on after them; what has none starts as the other options say. nil: it
	// was not asked for. It may block on the file system.
	Resume func(place string) ([]Position, error)

	Region, Profile, EndpointURL string // as in the aws CLI; empty: from the environment and the shared configuration

	// Health also asks how streams and what delivers from them have fared, which needs more permissions than reading. Firehose is the name of
	// the delivery stream that writes to a bucket; empty: it is found in the names of objects.
	Health   bool
	Firehose string

	Session *Session // shared by the sources of one run; may be nil

	// Consumers are ARNs of consumers that are registered with Kinesis streams, to read those streams with enhanced fan-out. Streams that
	// none is registered with are polled.
	Consumers []string

	// Pace is the mean time between two bursts of the simulated account; only the demo source reads it.
	Pace time.Duration

	// Vocabulary is what batches are packed with. The store that takes them shares it; nil: each source has its own, which costs time.
	Vocabulary *audit.Vocabulary

	Log *slog.Logger // never nil
}

// Opener makes the sources of one reference from the command line ("kinesis://audit", "s3://bucket/prefix", a path). It
// may read local configuration but does not call out: what cannot be reached is reported by Run. The one exception is credentials for
// which a person has to be asked, through o.Session, while there is no screen yet. Resources that it holds end with ctx.
type Opener func(ctx context.Context, ref string, o Options) ([]Source, error)
