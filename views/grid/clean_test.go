package grid

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "user1@example.com", "user1@example.com"},
		{"empty", "", ""},
		{"clear screen", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"clipboard", "\x1b]52;c;ZXZpbA==\x07", `\x1b]52;c;ZXZpbA==\x07`},
		{"line breaks", "a\nb\tc\rd", `a\nb\tc\rd`},
		{"nul and del", "\x00\x7f", `\x00\x7f`},
		{"C1 as a code point", "a\u009b31mb", `a\u009b31mb`},
		{"C1 as a byte", "a\x9b31mb", `a\x9b31mb`},
		{"next line", "\u0085", `\u0085`},
		{"bidi override", "a\u202eb\u202c", `a\u202eb\u202c`},
		{"bidi isolates", "\u2066\u2067\u2068\u2069", `\u2066\u2067\u2068\u2069`},
		{"bidi marks", "\u061c\u200e\u200f", `\u061c\u200e\u200f`},
		{"zero width", "a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg", `a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg`},
		{"separators", "\u2028\u2029", `\u2028\u2029`},
		{"tags", "x\U000e0041\U000e007f", `x\U000e0041\U000e007f`},
		{"variation selector", "❤\ufe0f", `❤\ufe0f`},
		{"filler", "a\u3164b\u115fc", `a\u3164b\u115fc`},
		{"private use", "\ue000", `\ue000`},
		{"not UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"replacement character", "\ufffd", "\ufffd"},
		{"letters", "Zoë 山田 Ω", "Zoë 山田 Ω"},
		{"combining", "e\u0301", "e\u0301"},
		{"combining without a base", "\u0301a \u0301", `\u0301a \u0301`},
		{"too many marks", "a" + strings.Repeat("\u0301", 6), "a" + strings.Repeat("\u0301", 4) + `\u0301\u0301`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
			if got := (Text{ASCII: true}).Clean(c.in); !printable(got) {
				t.Errorf("for an ASCII terminal: %q", got)
			}
		})
	}
}

func TestCleanDoesNotAllocateForASCII(t *testing.T) {
	s := strings.Repeat("UpdateNamespace ", 20)
	if n := testing.AllocsPerRun(100, func() { Clean(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if unicode.Is(unicode.C, r) || r == '\u2028' || r == '\u2029' {
				t.Fatalf("Clean(%q) = %q lets %U through", s, got, r)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("Clean(%q) = %q, cleaned again %q", s, got, again)
		}
	})
}

// hostile texts and texts that terminals disagree about.
func hostile() []string {
	return []string{
		"", "a", "user1@example.com", "\x1b[2J", "a\x1b]52;c;x\x07b", "\u202eevil\u202c", "\xff\xfe", "a\u0301\u0301\u0301\u0301\u0301\u0301",
		"山田太郎", "👨\u200d👩\u200d👧", "🇩🇪🇫", "❤\ufe0f", "é", "स्ते", "각ᆨᆨᆨ", "ก็็็", "\u0301", "…", "a\u3164", "\U000e0041", strings.Repeat("ᅡ", 40),
		strings.Repeat("山", 500), "🏴\U000e0067\U000e007f", "ﷺ", "\u0600a", "𒐫", "\u1160\u11a8", "a\ufe0e", "1\ufe0f\u20e3", "\u2800\u3000 ",
	}
}
