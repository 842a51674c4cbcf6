package grid

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
)

// unicodeText is that of a terminal that shows Unicode.
func unicodeText() Text { return Text{Ellipsis: "…"} }

func TestCell(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"abc", 5, "abc  "},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"abc", -3, ""},
		{"", 2, "  "},
		{"abce\u0301", 4, "abce\u0301"},
		{"山田", 5, "山田 "},
		{"山田太郎", 5, "山田…"},
		{"山田太郎", 4, "山… "},
		{"a\x1bb", 8, `a\x1bb  `},
		{"a\x1bb", 4, `a\x…`},
		{"🇩", 12, `\U0001f1e9  `}, // one cell or two: terminals disagree
	} {
		if got := unicodeText().Cell(c.in, c.w); got != c.want {
			t.Errorf("Cell(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
	if got := unicodeText().CellRight("12", 4); got != "  12" {
		t.Errorf("CellRight = %q", got)
	}
	if got := unicodeText().CellRight("12345", 4); got != "123…" {
		t.Errorf("CellRight = %q", got)
	}
	if got := TextFor(theme.NewGlyphs(false)).Cell("Zoë Miller", 8); got != `Zo\u00e~` {
		t.Errorf("on an ASCII terminal: %q", got)
	}
}

func TestCellFrom(t *testing.T) {
	for _, c := range []struct {
		in      string
		skip, w int
		want    string
	}{
		{"abcdefgh", 0, 4, "abc…"},
		{"abcdefgh", 2, 4, "…de…"},
		{"abcdefgh", 3, 4, "…ef…"},
		{"abcdefgh", 4, 4, "…fgh"},
		{"abcdefgh", 1 << 40, 4, "…fgh"},
		{"abcd", 3, 4, "abcd"},
		{"abcd", 3, 6, "abcd  "},
		{"abcdefgh", 3, 1, "…"},
		{"abcdefgh", 3, 0, ""},
		{"a山b田c", 2, 4, "…b… "},
		{"a山b田c", 99, 4, "…田c"},
	} {
		if got := string(unicodeText().AppendCellFrom(nil, c.in, c.skip, c.w)); got != c.want {
			t.Errorf("%q from %d in %d: %q, want %q", c.in, c.skip, c.w, got, c.want)
		}
	}
}

func TestCellOfAMegabyteIsCheap(t *testing.T) {
	s := strings.Repeat("山\x1b", 1<<18)
	n := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			unicodeText().Cell(s, 20)
		}
	}).AllocedBytesPerOp()
	if n > 16<<10 {
		t.Errorf("%d bytes allocated for a cell of 20", n)
	}
}

func TestAppendCellDoesNotAllocateForASCII(t *testing.T) {
	buf, text := make([]byte, 0, 200), unicodeText()
	if n := testing.AllocsPerRun(100, func() {
		b := text.AppendCell(buf, "UpdateUserNamespacePermissions", 20)
		text.AppendCellFrom(b, "UpdateUserNamespacePermissions", 4, 20)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestWrap(t *testing.T) {
	got := unicodeText().Wrap("Caught up. Nothing has\narrived\x1b yet.", 12)
	want := []string{"Caught up.", "Nothing has", `arrived\x1b`, "yet."}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
	if got := unicodeText().Wrap("x", 0); got != nil {
		t.Errorf("%q", got)
	}
}

func TestBreak(t *testing.T) {
	got := unicodeText().Break("{\"a\":  \"b-c d\"}\n x\x1b", 6)
	want := []string{`{"a": `, ` "b-c `, `d"}`, ` x\x1b`}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
	if got := unicodeText().Break("x", 0); got != nil {
		t.Errorf("%q", got)
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range hostile() {
		for _, w := range []int{1, 2, 3, 7, 40} {
			f.Add(s, w, w%3)
		}
	}
	f.Fuzz(func(t *testing.T, s string, w, skip int) {
		w = min(max(w, -2), 200)
		for _, text := range []Text{unicodeText(), {Ellipsis: "~", ASCII: true}} {
			for what, got := range map[string]string{
				"Cell":           text.Cell(s, w),
				"CellRight":      text.CellRight(s, w),
				"AppendCell":     string(text.AppendCell(nil, s, w)),
				"AppendCellFrom": string(text.AppendCellFrom(nil, s, skip, w)),
			} {
				exact(t, what, s, got, max(w, 0))
				if text.ASCII && !printable(got) {
					t.Fatalf("%s(%q, %d) = %q on an ASCII terminal", what, s, w, got)
				}
			}
			for _, line := range text.Break(s, w) {
				exact(t, "Break and Cell", s, text.Cell(line, w), max(w, 0))
			}
			for _, line := range text.Wrap(s, w) {
				exact(t, "Wrap and Cell", s, text.Cell(line, w), max(w, 0))
			}
		}
	})
}

func exact(t *testing.T, what, in, got string, w int) {
	t.Helper()
	for name, n := range map[string]int{
		"by cluster": ansi.StringWidth(got), "by character": ansi.StringWidthWc(got),
		"by cluster between": ansi.StringWidth(" "+got+" ") - 2, "by character between": ansi.StringWidthWc(" "+got+" ") - 2,
	} {
		if n != w {
			t.Fatalf("%s(%q) = %q: %d cells %s, want %d", what, in, got, n, name, w)
		}
	}
	for _, r := range got {
		if !unicode.IsGraphic(r) {
			t.Fatalf("%s(%q) = %q lets %U through", what, in, got, r)
		}
	}
}

func BenchmarkCell(b *testing.B) {
	for _, c := range []struct{ name, in string }{
		{"ascii", "UpdateUserNamespacePermissions"},
		{"wide", "山田太郎 Zoë 山田太郎 Zoë"},
		{"hostile", "a\x1b[2J\u202e"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			buf, text := make([]byte, 0, 200), unicodeText()
			for b.Loop() {
				text.AppendCell(buf, c.in, 20)
			}
		})
	}
}
