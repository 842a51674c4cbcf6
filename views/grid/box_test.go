package grid_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"taudit/theme"
	"taudit/views/grid"
)

func TestBoxKeepsItsWidthWhateverTheTitle(t *testing.T) {
	th := theme.New(theme.Dark(), theme.NewGlyphs(true))
	for _, title := range []string{"", "Events", "Detail .\"\x1b[2J\".x", strings.Repeat("山", 80)} {
		for _, width := range []int{2, 3, 5, 6, 7, 20, 80} {
			inside := grid.Frame([]string{strings.Repeat("x", width-2)}, width-2, 3)
			box := strings.Split(ansi.Strip(grid.Box(inside, title, width, true, th)), "\n")
			if len(box) != 5 {
				t.Fatalf("%d lines, want 5", len(box))
			}
			for i, line := range box {
				if got := ansi.StringWidth(line); got != width {
					t.Errorf("title %q: line %d is %d cells wide, want %d: %q", title, i, got, width, line)
				}
			}
		}
	}
}

func TestBoxShowsItsTitleClean(t *testing.T) {
	th := theme.New(theme.Mono(), theme.NewGlyphs(false))
	got := ansi.Strip(grid.Box(strings.Repeat(" ", 22), "a\x1bb", 24, false, th))
	if want := "+- a\\x1bb -------------+\n|                      |\n+----------------------+"; got != want {
		t.Errorf("box\n%s\nwant\n%s", got, want)
	}
}
