package grid

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
)

func TestLine(t *testing.T) {
	red, blue := theme.NewStyle(theme.Ink{Text: ansi.Red}), theme.NewStyle(theme.Ink{Text: ansi.Blue, Bold: true})
	var l Line
	for range 2 {
		l.Reset()
		l.Glyph(">", red)
		l.Cell(unicodeText(), "ab\x1b", 8, red)
		l.Space(1)
		l.CellFrom(unicodeText(), "abcdef", 9, 3, blue)
		l.Fill("─", 2, theme.Style{})
		if got, want := l.String(), "\x1b[31m>ab\\x1b  \x1b[m \x1b[1;34m…ef\x1b[m──"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got, want := string(l.Plain()), `>ab\x1b   …ef──`; got != want {
			t.Errorf("plain %q, want %q", got, want)
		}
		if got, want := string(l.AppendAs(nil, red)), "\x1b[31m>ab\\x1b   …ef──\x1b[m"; got != want {
			t.Errorf("in one style %q, want %q", got, want)
		}
	}
}

func TestFrame(t *testing.T) {
	for _, c := range []struct {
		lines []string
		w, h  int
		want  string
	}{
		{nil, 3, 0, ""},
		{nil, 3, -1, ""},
		{nil, 2, 2, "  \n  "},
		{[]string{"ab"}, 2, 2, "ab\n  "},
		{[]string{"ab", "cd", "ef"}, 2, 2, "ab\ncd"},
	} {
		if got := Frame(c.lines, c.w, c.h); got != c.want {
			t.Errorf("%q in %dx%d: %q", c.lines, c.w, c.h, got)
		}
	}
	if got := Beside("|", "a\nb", "c\nd"); got != "a|c\nb|d" {
		t.Errorf("Beside: %q", got)
	}
	if got := Stack("a\nb", "", "c"); got != "a\nb\nc" {
		t.Errorf("Stack: %q", got)
	}
	if w, h := Size(-1, 1<<40); w != 0 || h != MaxHeight {
		t.Errorf("Size: %d, %d", w, h)
	}
}

func BenchmarkBeside(b *testing.B) {
	v := Frame([]string{strings.Repeat("\x1b[31mx\x1b[m", 100)}, 100, 60)
	for b.Loop() {
		Beside("|", v, v)
	}
}
