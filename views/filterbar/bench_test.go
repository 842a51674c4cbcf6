package filterbar

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// BenchmarkKey types a character and draws the line.
func BenchmarkKey(b *testing.B) {
	for name, text := range map[string]string{
		"usual":       "since:2h -op:UserLogin who:alice",
		"full":        strings.Repeat("who:alice ", maxLength/10-1),
		"full_quotes": `"` + strings.Repeat("山田 é (\\", maxLength/9),
		"brackets":    strings.Repeat("(a", maxLength/3),
	} {
		b.Run(name, func(b *testing.B) {
			p := bar(120, "")
			p.Open()
			p.Update(tea.PasteMsg{Content: text})
			fit(p)
			for b.Loop() {
				press(p, "x")
				p.View()
				press(p, "backspace")
				p.View()
			}
		})
	}
}

// BenchmarkComplete opens the list of a field with many values and types into it.
func BenchmarkComplete(b *testing.B) {
	var list []Value
	for i := range 100_000 {
		list = append(list, Value{fmt.Sprintf("user%d@example.com", i), i})
	}
	p := bar(120, "")
	p.SetValues("principal", list)
	p.Open()
	typeIn(p, "who:")
	press(p, "tab")
	fit(p)
	for b.Loop() {
		press(p, "9")
		p.View()
		press(p, "backspace")
		p.View()
	}
}
