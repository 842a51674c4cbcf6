package theme

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/colorprofile"
)

// Choice is how a person wants the screen to look. The zero Choice is Auto.
type Choice struct {
	name string
	own  *Palette
}

// Names are the choices that have a name, the first being what is chosen without one.
func Names() []string { return []string{"auto", "dark", "light", "contrast", "mono"} }

// Named gives a choice by its name; "" is auto.
func Named(name string) (Choice, error) {
	if name == "" {
		return Choice{}, nil
	}
	for _, n := range Names() {
		if n == name {
			return Choice{name: n}, nil
		}
	}
	return Choice{}, fmt.Errorf("%q is no theme; choose one of %s", name, strings.Join(Names(), ", "))
}

// Theme is what the choice means on a terminal: by its background, and by the colours that it has. Without colours (NO_COLOR, a dumb
// terminal) bold, reverse and underline carry the difference, whatever was chosen. Palettes of more than 16 colours give way to
// what those can show. The characters are Unicode; see [Theme.WithGlyphs].
func (c Choice) Theme(dark bool, profile colorprofile.Profile) *Theme {
	switch c.name {
	case "dark":
		dark = true
	case "light":
		dark = false
	}
	p := Light()
	switch {
	case profile == colorprofile.NoTTY || profile == colorprofile.ASCII || c.name == "mono":
		p = Mono()
	case c.own != nil && (profile != colorprofile.ANSI || c.own.basic()):
		p = *c.own
	case profile == colorprofile.ANSI && c.name == "contrast":
		p = Mono() // 16 colours are whatever the terminal makes of them
	case profile == colorprofile.ANSI:
		p = Basic(dark)
	case c.name == "contrast":
		p = Contrast(dark)
	case dark:
		p = Dark()
	}
	return New(p, NewGlyphs(true))
}

// For is the theme of a terminal when nobody has chosen one.
func For(dark bool, profile colorprofile.Profile) *Theme { return Choice{}.Theme(dark, profile) }
