package app

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/theme"
	"taudit/views"
)

// progress is how far the reading of what was there at the start has come, over all sources.
type progress struct {
	done, total           int64 // objects and files
	doneBytes, totalBytes int64 // their sizes, where they are known
	left                  time.Duration
	listing               bool // there are more than are known of
}

func progressOf(parts []source.Status) progress {
	var p progress
	for i := range parts {
		s := &parts[i]
		p.done, p.total = p.done+s.Done, p.total+s.Total
		p.doneBytes, p.totalBytes = p.doneBytes+s.DoneBytes, p.totalBytes+s.TotalBytes
		p.left = max(p.left, s.Left)
		p.listing = p.listing || s.State == source.CatchingUp && s.Total == 0 && s.Done > 0
	}
	return p
}

// text is what line 1 says of it on a screen of so many cells, with a bar; empty when there is nothing to wait for.
func (p progress) text(g theme.Glyphs, width int) string {
	switch {
	case p.listing:
		return humanize.Comma(p.done) + " objects read, still listing"
	case p.total <= 1 || p.done >= p.total:
		return ""
	}
	share := float64(p.done) / float64(p.total)
	if p.totalBytes > 0 {
		share = float64(p.doneBytes) / float64(p.totalBytes)
	}
	share = min(max(share, 0), 1)
	cells := 10
	if width < 100 {
		cells = 6
	}
	full := int(share * float64(cells))
	out := []string{strings.Repeat(g.Bars[len(g.Bars)-1], full) + strings.Repeat(g.Rule, cells-full) + fmt.Sprintf(" %d%%", int(share*100))}
	if width >= 100 {
		out = append(out, fmt.Sprintf("%s of %s objects", humanize.Comma(p.done), humanize.Comma(p.total)))
	}
	if width >= 140 && p.totalBytes > 0 {
		out = append(out, fmt.Sprintf("%s of %s", humanize.Bytes(uint64(p.doneBytes)), humanize.Bytes(uint64(p.totalBytes))))
	}
	if p.left >= time.Second {
		out = append(out, views.Age(p.left)+" left")
	}
	return strings.Join(out, "  ")
}
