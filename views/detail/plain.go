package detail

import (
	"fmt"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"taudit/views"
	"taudit/views/grid"
)

// maxShown is how many bytes of one text are shown wrapped. Nobody reads more on a terminal, and wrapping takes time.
const maxShown = 64 << 10

// plain shows a text that is no tree: why, and the text itself.
type plain struct {
	reason []string
	lines  []string
	window grid.Window
}

func newPlain(t *tree, text grid.Text, l layout) plain { return plain{}.resized(t, text, l) }

// resized wraps for another width.
func (p plain) resized(t *tree, text grid.Text, l layout) plain {
	w := max(l.tree.width-2, 1)
	p.reason = text.Wrap(fmt.Sprintf("This entry is shown as it came: %v.", t.err), w)
	if len(p.reason) > l.tree.height/2 {
		p.reason = p.reason[:l.tree.height/2]
	}
	p.lines = wrap(t.text, text, w)
	p.window.Count, p.window.Height = len(p.lines), l.tree.height-len(p.reason)
	p.window = p.window.Clamp()
	return p
}

func (p *plain) act(a views.Action, n int) {
	w := p.window
	switch a {
	case views.Down:
		w = w.Scroll(n)
	case views.Up:
		w = w.Scroll(-n)
	case views.HalfDown:
		w = w.Scroll(times(n, max(w.Height/2, 1)))
	case views.HalfUp:
		w = w.Scroll(-times(n, max(w.Height/2, 1)))
	case views.PageDown:
		w = w.Scroll(times(n, max(w.Height-1, 1)))
	case views.PageUp:
		w = w.Scroll(-times(n, max(w.Height-1, 1)))
	case views.Top:
		w = w.First()
	case views.Bottom:
		w = w.Last()
	}
	p.window = w
}

// wrap breaks a text into lines of at most w cells, as much of it as is shown.
func wrap(s string, text grid.Text, w int) []string {
	more := 0
	if len(s) > maxShown {
		cut := maxShown
		for cut > maxShown-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s, more = s[:cut], len(s)-cut
	}
	lines := text.Wrap(s, w)
	if more > 0 {
		lines = append(lines, text.Wrap(fmt.Sprintf("(%s more)", humanize.IBytes(uint64(more))), w)...)
	}
	return lines
}
