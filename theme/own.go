package theme

import (
	"fmt"
	"image/color"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Readable is the least contrast between text and its ground, as WCAG 2 counts it for level AA.
const Readable = 4.5

// Own makes a choice from a person's own colours by name: "accent" and the other fields of [Palette] in lower case, and for text on a
// ground of its own "cursor.text" and "cursor.ground". A colour is #rgb, #rrggbb, or the number of one of the terminal's own 256. What
// is not named is as in the palette "dark" or "light" that base names.
//
// The error names everything that is wrong: names that are none, colours that are none, and text that could not be read on its
// ground. What stands on the terminal's own ground is held against black for a dark base and against white for a light one, as far
// as its colour is known.
func Own(base string, colours map[string]string) (Choice, error) {
	var p Palette
	ground := color.Color(ansi.HexColor("#000000"))
	switch base {
	case "dark":
		p = Dark()
	case "light":
		p, ground = Light(), ansi.HexColor("#ffffff")
	default:
		return Choice{}, fmt.Errorf("a palette is based on dark or light, not on %q", base)
	}
	p.Name = "own"
	places := p.places()
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(colours)) {
		place, ok := places[name]
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s is no part of a palette", name))
			continue
		}
		c, err := parseColour(colours[name])
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		*place = c
	}
	if len(wrong) == 0 {
		wrong = p.unreadable(ground)
	}
	if len(wrong) > 0 {
		text := strings.Join(wrong, "; ")
		if strings.Contains(text, "no part of a palette") {
			text += fmt.Sprintf(" (the parts are %s)", strings.Join(slices.Sorted(maps.Keys(places)), ", "))
		}
		return Choice{}, fmt.Errorf("the palette cannot be used: %s", text)
	}
	return Choice{own: &p}, nil
}

// places are where the colours of a palette are kept, by name.
func (p *Palette) places() map[string]*color.Color {
	all := map[string]*color.Color{
		"quiet": &p.Quiet, "accent": &p.Accent, "good": &p.Good, "bad": &p.Bad, "warn": &p.Warn,
		"number": &p.Number, "word": &p.Word, "path": &p.Path,
	}
	for name, pair := range p.pairs() {
		all[name+".text"], all[name+".ground"] = &pair.Text, &pair.Ground
	}
	return all
}

func (p *Palette) pairs() map[string]*Pair {
	return map[string]*Pair{
		"cursor": &p.Cursor, "cursor_idle": &p.CursorIdle, "live": &p.Live, "notice": &p.Notice, "badge": &p.Badge,
	}
}

// unreadable says what of a palette has too little contrast.
func (p *Palette) unreadable(ground color.Color) []string {
	var out []string
	check := func(name string, text, on color.Color) {
		if text == nil || on == nil || isBasic(text) || isBasic(on) {
			return // what the terminal makes of it is not known
		}
		if c := contrast(text, on); c < Readable {
			out = append(out, fmt.Sprintf("%s has a contrast of %.1f to its ground and needs %.1f to be read", name, c, Readable))
		}
	}
	pairs := p.pairs()
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		check(name, pairs[name].Text, pairs[name].Ground)
	}
	places := p.places()
	for _, name := range slices.Sorted(maps.Keys(places)) {
		if !strings.Contains(name, ".") {
			check(name, *places[name], ground)
		}
	}
	return out
}

// basic says whether the palette has none but the 16 colours of any terminal.
func (p *Palette) basic() bool {
	for _, c := range p.places() {
		if *c != nil && !isBasic(*c) {
			return false
		}
	}
	return true
}

func isBasic(c color.Color) bool {
	_, ok := c.(ansi.BasicColor)
	return ok
}

func parseColour(s string) (color.Color, error) {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < 256 {
		if n < 16 {
			return ansi.BasicColor(n), nil
		}
		return ansi.IndexedColor(n), nil
	}
	digits, ok := strings.CutPrefix(s, "#")
	if _, err := strconv.ParseUint(digits, 16, 32); !ok || err != nil || len(digits) != 3 && len(digits) != 6 {
		return nil, fmt.Errorf("%q is no colour; write #rrggbb, or a number from 0 to 255", s)
	}
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	return ansi.HexColor("#" + digits), nil
}

// contrast is the ratio of the luminances of two colours, from 1 to 21.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance as WCAG 2 defines it.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
