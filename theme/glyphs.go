package theme

import "github.com/charmbracelet/x/ansi"

// Glyphs are the characters that are not text: markers, lines, bars. Each is one cell wide.
type Glyphs struct {
	// ASCII says that the terminal shows nothing else: text from data is then written in ASCII too.
	ASCII bool

	Cursor   string // the selected row
	Mark     string // set by a person
	Late     string // arrived long after it happened
	Conflict string // shares its log_id with an entry of other content
	Resent   string // took the place of an earlier version
	Rescued  string // decoded from an error record
	Undated  string // has no time of its own
	New      string // seen for the first time
	Aside    string // shown only because of what stands around it
	Ellipsis string // text was cut here
	Down     string // there is more below
	Up       string
	Open     string // a tree node whose children are shown
	Closed   string // a tree node whose children are folded away
	Before   string // there is more to the left
	After    string // there is more to the right

	Rule, Pipe                                     string // lines
	TopLeft, TopRight, BottomLeft, BottomRight     string // corners
	TeeLeft, TeeRight, TeeTop, TeeBottom, Crossing string // where lines meet

	Bars []string // levels of a bar, from nothing to full
}

// NewGlyphs gives the characters of a terminal that shows Unicode, or only ASCII. Where the Unicode ones are two cells
// wide (East Asian terminals) it gives the ASCII ones, and leaves ASCII unset: such a terminal shows text as it is.
func NewGlyphs(unicode bool) Glyphs {
	plain := Glyphs{
		ASCII:  !unicode,
		Cursor: ">", Mark: "*", Late: "~", Conflict: "=", Resent: "^", Rescued: "!", Undated: "?", New: "+", Aside: ".",
		Ellipsis: "~", Down: "v", Up: "^", Open: "v", Closed: ">", Before: "<", After: ">",
		Rule: "-", Pipe: "|",
		TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
		TeeLeft: "+", TeeRight: "+", TeeTop: "+", TeeBottom: "+", Crossing: "+",
		Bars: []string{" ", ".", ":", "|", "#"},
	}
	if !unicode {
		return plain
	}
	rich := plain
	rich.Ellipsis, rich.Down, rich.Up, rich.Open, rich.Closed = "…", "↓", "↑", "▾", "▸"
	rich.Before, rich.After = "◂", "▸"
	rich.Rule, rich.Pipe, rich.Aside = "─", "│", "·"
	rich.TopLeft, rich.TopRight, rich.BottomLeft, rich.BottomRight = "┌", "┐", "└", "┘"
	rich.TeeLeft, rich.TeeRight, rich.TeeTop, rich.TeeBottom, rich.Crossing = "├", "┤", "┬", "┴", "┼"
	rich.Bars = []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
	all := rich.Aside + rich.Ellipsis + rich.Down + rich.Up + rich.Open + rich.Closed + rich.Rule + rich.Pipe + rich.Crossing + rich.Before + rich.Bars[8]
	const cells = 11
	if ansi.StringWidth(all) != cells || ansi.StringWidthWc(all) != cells {
		return plain
	}
	return rich
}
