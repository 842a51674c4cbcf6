package views

// Action is a thing a person can ask for, by the name it has in the binding table, in the help and in the configuration
// file. Keys are turned into actions in one place, so a pane never looks at a key.
type Action string

// The actions. Panes answer the motions; the app answers the rest.
const (
	Down       Action = "down"
	Up         Action = "up"
	HalfDown   Action = "half-page-down"
	HalfUp     Action = "half-page-up"
	PageDown   Action = "page-down"
	PageUp     Action = "page-up"
	Top        Action = "top"
	Bottom     Action = "bottom"           // in a list also follows
	Left       Action = "left"             // sideways in a list, fold in a tree
	Right      Action = "right"            // sideways in a list, unfold in a tree
	FarLeft    Action = "far-left"         // start of the row; in a tree fold all below
	FarRight   Action = "far-right"        // end of the row; in a tree unfold all below
	PrevInside Action = "previous-sibling" // in a list the previous burst or gap
	NextInside Action = "next-sibling"     // in a list the next burst or gap
	LessDeep   Action = "one-level-less"   // in a tree
	MoreDeep   Action = "one-level-more"

	Timeline  Action = "timeline" // on or off
	ZoomIn    Action = "zoom-in"  // of the timeline: less time, finer
	ZoomOut   Action = "zoom-out"
	Select    Action = "select" // a range of the timeline
	PrevBlock Action = "previous-block"

	Reconnect Action = "reconnect" // what waits or could not go on

	Hold   Action = "hold"   // hold or follow, whichever it is not
	Follow Action = "follow" // follow the newest

	NextEntry Action = "next-entry" // the detail stays open
	PrevEntry Action = "previous-entry"

	Filter    Action = "filter"  // edit the filter
	Context   Action = "context" // dim or hide what does not match
	NextMatch Action = "next-match"
	PrevMatch Action = "previous-match"

	PrevFilter Action = "previous-filter" // back through the filters there were, and the places that they were left at
	NextFilter Action = "next-filter"

	Principals  Action = "principals"
	SortPrev    Action = "sort-previous-column"
	SortNext    Action = "sort-next-column"
	SortReverse Action = "sort-reverse"

	Open     Action = "open"
	Close    Action = "close" // Esc: popup, then pane; never quits
	Back     Action = "back"  // q: back, and at the top asks to quit
	Quit     Action = "quit"
	Events   Action = "events"
	Sinks    Action = "sinks"
	NextPane Action = "next-pane"
	PrevPane Action = "previous-pane"
	Zoom     Action = "zoom"    // show the pane with the focus alone
	Place    Action = "place"   // put the detail to the right, below, or away
	Times    Action = "times"   // in UTC, local, relative
	Wrap     Action = "wrap"    // long values in as many rows as they need; on the timeline the next block
	Bytes    Action = "bytes"   // of the entry, as they were received
	Repeats  Action = "repeats" // on one row, or each on its own
	Columns  Action = "columns" // choose one, to be moved, widened or hidden
	Command  Action = "command" // type one
	Views    Action = "views"   // those that were saved
	Help     Action = "help"
	Redraw   Action = "redraw"
	Suspend  Action = "suspend"
)

// What is done to the selected entry, and from it.
const (
	Copy Action = "copy" // asks what: see the choices of package app

	Keep   Action = "keep" // what is like it in one respect, which is asked for
	Drop   Action = "drop"
	Only   Action = "only"   // the same, instead of what the filter says now
	Period Action = "period" // show only the last hours or days: asks how many

	NextRequest Action = "next-of-request"
	PrevRequest Action = "previous-of-request"
	NextError   Action = "next-error"
	PrevError   Action = "previous-error"
	NextSame    Action = "next-same" // operation; in a tree key
	PrevSame    Action = "previous-same"
	NextActor   Action = "next-of-principal"
	PrevActor   Action = "previous-of-principal"
	StepOn      Action = "step-on" // in time
	StepBack    Action = "step-back"
	StepLength  Action = "step-length" // the next of those that there are

	Mark      Action = "mark"
	MarkRange Action = "mark-range" // from the mark set last
	Note      Action = "note"
	NextMark  Action = "next-mark"
	PrevMark  Action = "previous-mark"
	Marks     Action = "marks" // the pane that lists them

	Compare Action = "compare"
	History Action = "history" // of the object that is selected
)

// Act is an action as a message to a pane. Count is how often, at least 1; Counted says that a person typed it ("5j").
type Act struct {
	Action  Action
	Count   int
	Counted bool
}
