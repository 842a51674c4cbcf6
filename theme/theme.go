// Package theme holds every colour and every special character of the screen.
package theme

// Theme is how each thing on the screen looks. It is immutable and safe for use from any goroutine.
type Theme struct {
	Name string

	// The frame.
	Header      Style // line 1
	Live        Style // the word LIVE
	Held        Style // the word HELD
	Badge       Style // DEMO and other labels that must not be missed
	Tab         Style
	TabActive   Style
	Title       Style // of a pane, of a section
	Border      Style
	BorderFocus Style
	Key         Style // a key in the footer and in the help
	KeyHint     Style // what it does
	Notice      Style // the counting line

	// Lists.
	ColumnHead Style
	Row        Style
	Cursor     Style // the selected row of the pane that has the focus
	CursorIdle Style // the selected row of another pane
	Mark       Style
	Dim        Style
	OK         Style
	Error      Style
	Late       Style // and whatever else is peculiar about an entry
	Match      Style // text that was searched for
	Bar        Style // how much there is of something

	// JSON.
	JSONKey    Style
	JSONString Style
	JSONNumber Style
	JSONBool   Style
	JSONNull   Style
	Prefix     Style // the part of a value that all values of its kind have
	Punct      Style
	Path       Style
	Escape     Style // the visible form of bytes that must not reach the terminal

	Glyphs Glyphs
}

// New makes a theme from a palette and a set of characters.
func New(p Palette, g Glyphs) *Theme {
	ink := NewStyle
	// A pair without colours must still be seen.
	pair := func(c Pair, without Ink) Style {
		if c.Ground == nil {
			return ink(without)
		}
		without.Text, without.Ground, without.Reverse, without.Underline = c.Text, c.Ground, false, false
		return ink(without)
	}
	return &Theme{
		Name: p.Name,

		Header:      ink(Ink{}),
		Live:        pair(p.Live, Ink{Bold: true}),
		Held:        pair(p.Notice, Ink{Bold: true, Reverse: true}),
		Badge:       pair(p.Badge, Ink{Bold: true, Reverse: true}),
		Tab:         ink(Ink{Text: p.Quiet}),
		TabActive:   ink(Ink{Text: p.Accent, Bold: true}),
		Title:       ink(Ink{Text: p.Accent, Bold: true}),
		Border:      ink(Ink{Text: p.Quiet}),
		BorderFocus: ink(Ink{Text: p.Accent, Bold: true}),
		Key:         ink(Ink{Text: p.Accent, Bold: true}),
		KeyHint:     ink(Ink{Text: p.Quiet}),
		Notice:      pair(p.Notice, Ink{Bold: true, Reverse: true}),

		ColumnHead: ink(Ink{Text: p.Quiet, Bold: true}),
		Row:        ink(Ink{}),
		Cursor:     pair(p.Cursor, Ink{Bold: true, Reverse: true}),
		CursorIdle: pair(p.CursorIdle, Ink{Underline: true}),
		Mark:       ink(Ink{Text: p.Warn, Bold: true}),
		Dim:        ink(Ink{Text: p.Quiet}),
		OK:         ink(Ink{Text: p.Quiet}), // accepted is not done: it is not painted as success
		Error:      ink(Ink{Text: p.Bad, Bold: true}),
		Late:       ink(Ink{Text: p.Warn}),
		Match:      pair(p.Notice, Ink{Underline: true}),
		Bar:        ink(Ink{}), // plain, for it changes with every entry

		JSONKey:    ink(Ink{Text: p.Accent}),
		JSONString: ink(Ink{Text: p.Good}),
		JSONNumber: ink(Ink{Text: p.Number}),
		JSONBool:   ink(Ink{Text: p.Word}),
		JSONNull:   ink(Ink{Text: p.Quiet}),
		Prefix:     ink(Ink{Text: p.Quiet}),
		Punct:      ink(Ink{Text: p.Quiet}),
		Path:       ink(Ink{Text: p.Path}),
		Escape:     ink(Ink{Text: p.Bad, Underline: true}),

		Glyphs: g,
	}
}

// WithGlyphs gives a copy with the characters for a terminal that shows Unicode, or only ASCII (a locale that is not UTF-8,
// TERM=dumb).
func (t *Theme) WithGlyphs(unicode bool) *Theme {
	c := *t
	c.Glyphs = NewGlyphs(unicode)
	return &c
}
