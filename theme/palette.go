package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Palette is the colours a [Theme] is made from. A nil colour is the terminal's own; a [Pair] without colours is drawn with
// reverse, bold or underline instead.
type Palette struct {
	Name string

	Quiet  color.Color // borders, hints, punctuation
	Accent color.Color // what is active, keys
	Good   color.Color
	Bad    color.Color
	Warn   color.Color
	Number color.Color
	Word   color.Color // true, false
	Path   color.Color

	Cursor, CursorIdle, Live, Notice, Badge Pair
}

// Pair is text on a ground of its own.
type Pair struct {
	Text, Ground color.Color
}

// Dark is for a dark terminal of 256 colours or more.
func Dark() Palette {
	return Palette{
		Name:       "dark",
		Quiet:      ansi.HexColor("#a9b1bf"),
		Accent:     ansi.HexColor("#8ec9ff"),
		Good:       ansi.HexColor("#a3d9a5"),
		Bad:        ansi.HexColor("#ff9c9c"),
		Warn:       ansi.HexColor("#f2c879"),
		Number:     ansi.HexColor("#f5b78a"),
		Word:       ansi.HexColor("#d9b8f5"),
		Path:       ansi.HexColor("#86d8d2"),
		Cursor:     Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#005f87")},
		CursorIdle: Pair{ansi.HexColor("#eeeeee"), ansi.HexColor("#4e4e4e")},
		Live:       Pair{ansi.HexColor("#000000"), ansi.HexColor("#87d787")},
		Notice:     Pair{ansi.HexColor("#000000"), ansi.HexColor("#ffd75f")},
		Badge:      Pair{ansi.HexColor("#000000"), ansi.HexColor("#d7afff")},
	}
}

// Light is for a light terminal of 256 colours or more.
func Light() Palette {
	return Palette{
		Name:       "light",
		Quiet:      ansi.HexColor("#585858"),
		Accent:     ansi.HexColor("#00528f"),
		Good:       ansi.HexColor("#005f00"),
		Bad:        ansi.HexColor("#af0000"),
		Warn:       ansi.HexColor("#7a4a00"),
		Number:     ansi.HexColor("#87400a"),
		Word:       ansi.HexColor("#6f2da8"),
		Path:       ansi.HexColor("#005f5f"),
		Cursor:     Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#005faf")},
		CursorIdle: Pair{ansi.HexColor("#000000"), ansi.HexColor("#d0d0d0")},
		Live:       Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#005f00")},
		Notice:     Pair{ansi.HexColor("#000000"), ansi.HexColor("#ffd75f")},
		Badge:      Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#5f0087")},
	}
}

// Contrast is for whoever needs more of it: every colour has seven to one on black or on white, and there are few.
func Contrast(dark bool) Palette {
	if dark {
		return Palette{
			Name:       "contrast dark",
			Quiet:      ansi.HexColor("#d0d0d0"),
			Accent:     ansi.HexColor("#ffffff"),
			Good:       ansi.HexColor("#ffffff"),
			Bad:        ansi.HexColor("#ffafaf"),
			Warn:       ansi.HexColor("#ffff5f"),
			Number:     ansi.HexColor("#ffffff"),
			Word:       ansi.HexColor("#ffffff"),
			Path:       ansi.HexColor("#5fffff"),
			Cursor:     Pair{ansi.HexColor("#000000"), ansi.HexColor("#ffff5f")},
			CursorIdle: Pair{ansi.HexColor("#000000"), ansi.HexColor("#d0d0d0")},
			Live:       Pair{ansi.HexColor("#000000"), ansi.HexColor("#ffffff")},
			Notice:     Pair{ansi.HexColor("#000000"), ansi.HexColor("#ffff5f")},
			Badge:      Pair{ansi.HexColor("#000000"), ansi.HexColor("#5fffff")},
		}
	}
	return Palette{
		Name:       "contrast light",
		Quiet:      ansi.HexColor("#303030"),
		Accent:     ansi.HexColor("#000000"),
		Good:       ansi.HexColor("#000000"),
		Bad:        ansi.HexColor("#870000"),
		Warn:       ansi.HexColor("#5f0087"),
		Number:     ansi.HexColor("#000000"),
		Word:       ansi.HexColor("#000000"),
		Path:       ansi.HexColor("#00005f"),
		Cursor:     Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#000000")},
		CursorIdle: Pair{ansi.HexColor("#000000"), ansi.HexColor("#c6c6c6")},
		Live:       Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#00005f")},
		Notice:     Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#5f0087")},
		Badge:      Pair{ansi.HexColor("#ffffff"), ansi.HexColor("#870000")},
	}
}

// Basic is for a terminal of 16 colours. What those look like is the terminal's choice, so only the ones that are commonly
// readable on the ground are used, and never as a ground.
func Basic(dark bool) Palette {
	if dark {
		return Palette{
			Name:   "basic dark",
			Accent: ansi.BrightCyan,
			Good:   ansi.BrightGreen,
			Bad:    ansi.BrightRed,
			Warn:   ansi.BrightYellow,
			Number: ansi.BrightYellow,
			Word:   ansi.BrightMagenta,
			Path:   ansi.BrightCyan,
		}
	}
	return Palette{
		Name:   "basic light",
		Accent: ansi.Blue,
		Bad:    ansi.Red,
		Number: ansi.Magenta,
		Word:   ansi.Magenta,
		Path:   ansi.Blue,
	}
}

// Mono is for a terminal without colours: bold, reverse and underline only.
func Mono() Palette { return Palette{Name: "mono"} }
