package source

import (
	"context"
	"time"
)

// Describer is a source that can be asked how it is set up and how it fares, which it does not need for reading. What it may not ask is a
// fact like others, and it is not asked for again. Describe may be called while Run runs, once at a time; it ends soon after ctx does.
type Describer interface {
	Source
	Describe(ctx context.Context) Description
}

// Description is what a source was told of itself.
type Description struct {
	Source    string        // Source.Name
	At        time.Time     // when it was told; whoever receives the event sets it
	Retention time.Duration // how long the source keeps entries; zero: not known
	Facts     []Fact
}

// Fact is one thing that is known of a source. Texts in it may come from the other end of a wire.
type Fact struct {
	Name    string  // "retention"
	Text    string  // "7 days"
	Verdict Verdict // Wrong: entries are delayed or get lost by it
}

// Step gives a fact as a step of an examination. What is wrong with how a source fares does not keep it from being read.
func (f Fact) Step() Step {
	return Step{What: f.Name, Found: f.Text, Verdict: min(f.Verdict, Noted)}
}
