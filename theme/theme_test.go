package theme

import (
	"image/color"
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
	const more = 7 // level AAA
	for _, c := range []struct {
		palette Palette
		profile colorprofile.Profile
		grounds []string
		enough  float64
	}{
		{Dark(), colorprofile.TrueColor, dark, Readable},
		{Dark(), colorprofile.ANSI256, dark, Readable},
		{Light(), colorprofile.TrueColor, light, Readable},
		{Light(), colorprofile.ANSI256, light, Readable},
		{Contrast(true), colorprofile.TrueColor, dark, more},
		{Contrast(true), colorprofile.ANSI256, dark, more},
		{Contrast(false), colorprofile.TrueColor, light, more},
		{Contrast(false), colorprofile.ANSI256, light, more},
		{Basic(true), colorprofile.ANSI, dark[:1], Readable},
		{Basic(false), colorprofile.ANSI, light[:1], Readable},
	} {
		check := func(name string, text, ground color.Color) {
			if got := contrast(c.profile.Convert(text), c.profile.Convert(ground)); got < c.enough {
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
					if got := contrast(c.profile.Convert(f), ansi.HexColor(g)); got < c.enough {
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
	for _, th := range []*Theme{
		For(true, colorprofile.TrueColor), For(false, colorprofile.TrueColor), For(true, colorprofile.ANSI), For(false, colorprofile.ANSI), For(true, colorprofile.ASCII),
		New(Contrast(true), NewGlyphs(true)), New(Contrast(false), NewGlyphs(true)),
	} {
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

func TestChoice(t *testing.T) {
	for _, c := range []struct {
		name    string
		dark    bool
		profile colorprofile.Profile
		want    string
	}{
		{"", true, colorprofile.TrueColor, "dark"},
		{"auto", false, colorprofile.ANSI256, "light"},
		{"auto", true, colorprofile.Unknown, "dark"},
		{"auto", true, colorprofile.ANSI, "basic dark"},
		{"auto", false, colorprofile.ANSI, "basic light"},
		{"auto", true, colorprofile.ASCII, "mono"},
		{"auto", false, colorprofile.NoTTY, "mono"},
		{"dark", false, colorprofile.TrueColor, "dark"},
		{"light", true, colorprofile.TrueColor, "light"},
		{"light", true, colorprofile.ANSI, "basic light"},
		{"dark", true, colorprofile.ASCII, "mono"},
		{"contrast", true, colorprofile.ANSI256, "contrast dark"},
		{"contrast", false, colorprofile.TrueColor, "contrast light"},
		{"contrast", false, colorprofile.ANSI, "mono"},
		{"mono", true, colorprofile.TrueColor, "mono"},
	} {
		choice, err := Named(c.name)
		if err != nil {
			t.Error(err)
		}
		if got := choice.Theme(c.dark, c.profile).Name; got != c.want {
			t.Errorf("%q on dark %t, %v is %s, want %s", c.name, c.dark, c.profile, got, c.want)
		}
	}
	if _, err := Named("purple"); err == nil || !strings.Contains(err.Error(), "auto, dark, light, contrast, mono") {
		t.Errorf("a name that is none: %v", err)
	}
}

func TestOwnPalette(t *testing.T) {
	c, err := Own("light", map[string]string{"accent": "#048", "bad": "124", "cursor.text": "#ffffff", "cursor.ground": "#5f0087", "good": "2"})
	if err != nil {
		t.Fatal(err)
	}
	th := c.Theme(true, colorprofile.TrueColor)
	for name, pair := range map[string][2]string{
		"accent": {th.Key.before, "\x1b[1;38;2;0;68;136m"},
		"bad":    {th.Error.before, "\x1b[1;38;5;124m"},
		"cursor": {th.Cursor.before, "\x1b[1;38;2;255;255;255;48;2;95;0;135m"},
		"good":   {th.JSONString.before, "\x1b[32m"},
		"rest":   {th.Path.before, New(Light(), NewGlyphs(true)).Path.before},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	if got := c.Theme(true, colorprofile.ASCII).Name; got != "mono" {
		t.Errorf("without colours it is %s", got)
	}
	if got := c.Theme(false, colorprofile.ANSI).Name; got != "basic light" {
		t.Errorf("with 16 colours it is %s", got)
	}

	for _, c := range []struct {
		base    string
		colours map[string]string
		want    []string
	}{
		{"blue", nil, []string{`dark or light, not on "blue"`}},
		{"dark", map[string]string{"acent": "#fff", "bad": "red"}, []string{"acent is no part of a palette", `bad: "red" is no colour`, "accent, bad, badge.ground"}},
		{"dark", map[string]string{"quiet": "#333"}, []string{"quiet has a contrast of 1.7 to its ground and needs 4.5"}},
		{"light", map[string]string{"cursor.ground": "#eee"}, []string{"cursor has a contrast of 1.2"}},
		{"dark", map[string]string{"quiet": "256"}, []string{"no colour"}},
		{"dark", map[string]string{"quiet": "#12345"}, []string{"no colour"}},
		{"dark", map[string]string{"quiet": "#gggggg"}, []string{"no colour"}},
	} {
		_, err := Own(c.base, c.colours)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v says %v, not %q", c.colours, err, want)
			}
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
