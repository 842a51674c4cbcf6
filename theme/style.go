package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Style paints a piece of text. Its escape sequences are made once, so painting is concatenation: fit for every cell of
// every row. The zero Style leaves text as it is. Styles do not nest: paint segments one by one.
type Style struct {
	before, after string
}

// Ink is what a [Style] is made from. A nil colour is the terminal's own.
type Ink struct {
	Text, Ground             color.Color
	Bold, Underline, Reverse bool
}

// NewStyle makes the style of an ink.
func NewStyle(k Ink) Style {
	var s ansi.Style
	if k.Bold {
		s = s.Bold()
	}
	if k.Underline {
		s = s.Underline(true)
	}
	if k.Reverse {
		s = s.Reverse(true)
	}
	if k.Text != nil {
		s = s.ForegroundColor(k.Text)
	}
	if k.Ground != nil {
		s = s.BackgroundColor(k.Ground)
	}
	if len(s) == 0 {
		return Style{}
	}
	return Style{before: s.String(), after: ansi.ResetStyle}
}

// Render gives s painted. It neither cleans nor measures: s must hold no escape sequence and no line break.
func (s Style) Render(text string) string {
	if s.before == "" || text == "" {
		return text
	}
	return s.before + text + s.after
}

// Append appends text painted to dst.
func (s Style) Append(dst []byte, text []byte) []byte {
	if s.before == "" || len(text) == 0 {
		return append(dst, text...)
	}
	dst = append(dst, s.before...)
	dst = append(dst, text...)
	return append(dst, s.after...)
}

// Plain tells whether the style leaves text as it is.
func (s Style) Plain() bool { return s.before == "" }
