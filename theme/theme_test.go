package theme

import (
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Grounds that terminals are commonly set to.
var (
	dark  = []string{"#000000", "#0c0c0c", "#1e1e1e", "#282c34", "#002b36", "#282a36", "#300a24"}
	light = []string{"#ffffff", "#fdf6e3", "#eff1f5", "#fafafa"}
)

func TestContrast(t *testing.T) {
	const enough = 4.5 // WCAG 2 AA for text
	for _, c := range []struct {
		palette Palette
		profile colorprofile.Profile
		grounds []string
	}{
		{Dark(), colorprofile.TrueColor, dark},
		{Dark(), colorprofile.ANSI256, dark},
		{Light(), colorprofile.TrueColor, light},
		{Light(), colorprofile.ANSI256, light},
		{Basic(true), colorprofile.ANSI, dark[:1]},
		{Basic(false), colorprofile.ANSI, light[:1]},
	} {
		check := func(name string, text, ground color.Color) {
			if got := contrast(c.profile.Convert(text), c.profile.Convert(ground)); got < enough {
				t.Errorf("%s, %v: %s has a contrast of %.2f", c.palette.Name, c.profile, name, got)
			}
		}
		seen := 0
		v := reflect.ValueOf(c.palette)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			switch f := v.Field(i).Interface().(type) {
			case color.Color:
				seen++
				for _, g := range c.grounds {
					if got := contrast(c.profile.Convert(f), ansi.HexColor(g)); got < enough {
						t.Errorf("%s, %v: %s on %s has a contrast of %.2f", c.palette.Name, c.profile, name, g, got)
					}
				}
			case Pair:
				if f.Ground != nil {
					check(name, f.Text, f.Ground)
				}
			}
		}
		if seen == 0 {
			t.Errorf("%s has no colours", c.palette.Name)
		}
	}
}

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

func TestMonoHasNoColour(t *testing.T) {
	for name, s := range styles(New(Mono(), NewGlyphs(true))) {
		for p := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(s.before, "\x1b["), "m"), ";") {
			if p != "" && p != "1" && p != "4" && p != "7" {
				t.Errorf("%s has the attribute %s", name, p)
			}
		}
	}
}

// What differs in meaning must differ in looks in every theme, also without colours.
func TestStatesDiffer(t *testing.T) {
	for _, th := range []*Theme{For(true, colorprofile.TrueColor), For(false, colorprofile.TrueColor), For(true, colorprofile.ANSI), For(false, colorprofile.ANSI), For(true, colorprofile.ASCII)} {
		for name, pair := range map[string][2]Style{
			"cursor, idle": {th.Cursor, th.CursorIdle},
			"cursor, row":  {th.Cursor, th.Row},
			"idle, row":    {th.CursorIdle, th.Row},
			"error, row":   {th.Error, th.Row},
			"error, ok":    {th.Error, th.OK},
			"tabs":         {th.Tab, th.TabActive},
			"notice, row":  {th.Notice, th.Row},
			"live, held":   {th.Live, th.Held},
			"key, hint":    {th.Key, th.KeyHint},
		} {
			if pair[0] == pair[1] {
				t.Errorf("%s: %s look the same", th.Name, name)
			}
		}
	}
}

func TestFor(t *testing.T) {
	for _, c := range []struct {
		dark    bool
		profile colorprofile.Profile
		want    string
	}{
		{true, colorprofile.TrueColor, "dark"},
		{false, colorprofile.ANSI256, "light"},
		{true, colorprofile.Unknown, "dark"},
		{true, colorprofile.ANSI, "basic dark"},
		{false, colorprofile.ANSI, "basic light"},
		{true, colorprofile.ASCII, "mono"},
		{false, colorprofile.NoTTY, "mono"},
	} {
		if got := For(c.dark, c.profile).Name; got != c.want {
			t.Errorf("For(%t, %v) is %s, want %s", c.dark, c.profile, got, c.want)
		}
	}
}

func TestStyle(t *testing.T) {
	s := NewStyle(Ink{Text: ansi.Red, Ground: ansi.HexColor("#010203"), Bold: true, Underline: true, Reverse: true})
	if got, want := s.Render("x"), "\x1b[1;4;7;31;48;2;1;2;3mx\x1b[m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := string(s.Append([]byte("a"), []byte("x"))); got != "a"+s.Render("x") {
		t.Errorf("Append: %q", got)
	}
	if got := s.Render(""); got != "" {
		t.Errorf("nothing painted: %q", got)
	}
	if plain := NewStyle(Ink{}); !plain.Plain() || plain.Render("x") != "x" || s.Plain() {
		t.Errorf("a style without ink paints %q", plain.Render("x"))
	}
}

func TestGlyphs(t *testing.T) {
	for _, unicode := range []bool{true, false} {
		g := For(true, colorprofile.TrueColor).WithGlyphs(unicode).Glyphs
		if g.ASCII == unicode {
			t.Errorf("unicode %t: ASCII is %t", unicode, g.ASCII)
		}
		v := reflect.ValueOf(g)
		var all []string
		for i := range v.NumField() {
			switch f := v.Field(i).Interface().(type) {
			case string:
				all = append(all, f)
			case []string:
				all = append(all, f...)
			}
		}
		for _, s := range all {
			if ansi.StringWidth(s) != 1 || ansi.StringWidthWc(s) != 1 {
				t.Errorf("%q is not one cell", s)
			}
			if !unicode && (len(s) != 1 || s[0] < ' ' || s[0] > '~') {
				t.Errorf("%q is not ASCII", s)
			}
		}
	}
}

func styles(t *Theme) map[string]Style {
	out := map[string]Style{}
	v := reflect.ValueOf(*t)
	for i := range v.NumField() {
		if s, ok := v.Field(i).Interface().(Style); ok {
			out[v.Type().Field(i).Name] = s
		}
	}
	return out
}
