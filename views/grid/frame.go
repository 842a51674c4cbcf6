package grid

import "strings"

// The largest screen that is drawn. Terminals may claim any size; memory is spent on what people can have.
const (
	MaxWidth  = 2000
	MaxHeight = 1000
)

// Size brings the size of a pane in range, also when a terminal claims an absurd or a negative one.
func Size(width, height int) (int, int) {
	return max(min(width, MaxWidth), 0), max(min(height, MaxHeight), 0)
}

// Frame joins lines, each of exactly width cells, to a view of exactly height lines: what is missing is blank, what is too
// much is left out.
func Frame(lines []string, width, height int) string {
	if height <= 0 {
		return ""
	}
	var b strings.Builder
	blank := strings.Repeat(" ", max(width, 0))
	for i := range height {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < len(lines) {
			b.WriteString(lines[i])
		} else {
			b.WriteString(blank)
		}
	}
	return b.String()
}

// Beside joins views of the same height line by line, with sep between them.
func Beside(sep string, views ...string) string {
	if len(views) == 0 {
		return ""
	}
	size := 0
	for _, v := range views {
		size += len(v) + len(sep)*(1+strings.Count(v, "\n"))
	}
	var b strings.Builder
	b.Grow(size)
	rest := make([]string, len(views))
	copy(rest, views)
	for more := true; more; {
		more = false
		for i := range rest {
			line, tail, found := strings.Cut(rest[i], "\n")
			if i > 0 {
				b.WriteString(sep)
			}
			b.WriteString(line)
			rest[i] = tail
			more = more || found
		}
		if more {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Stack puts views below each other, leaving out those of no height.
func Stack(views ...string) string {
	var shown []string
	for _, v := range views {
		if v != "" {
			shown = append(shown, v)
		}
	}
	return strings.Join(shown, "\n")
}
