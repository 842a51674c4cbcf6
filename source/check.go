package source

import "context"

// Checker examines the source of one reference from the command line without changing anything: it makes the calls that reading makes, as
// few and as small as can be, and tells each step as it is done. Reading will work if no step is Wrong. It ends soon after ctx does, which
// it tells as a step too. What it tells may quote names that strangers chose.
type Checker func(ctx context.Context, ref string, o Options, tell func(Step))

// Step is one thing that was examined.
type Step struct {
	What    string // "kinesis:ListShards"
	Verdict Verdict
	Found   string // what was found, or what is wrong and what to do, in one line
	Next    string // the next step for one that is Wrong, when Found does not say it: a command line
}

// Verdict is how a step went.
type Verdict uint8

// The verdicts.
const (
	Right Verdict = iota
	Noted         // worth knowing, and no hindrance
	Wrong         // reading will not work
)

// String gives the verdict in a word.
func (v Verdict) String() string {
	switch v {
	case Right:
		return "ok"
	case Noted:
		return "note"
	case Wrong:
		return "FAIL"
	}
	return "unknown"
}
