package detail

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// foldLevel shows all levels down to that one and none below. Level 1 is what the root holds.
func (t *tree) foldLevel(level int) {
	for i := range t.nodes {
		t.fold(int32(i), int(t.nodes[i].depth) >= level)
	}
}

// levels counts the levels there are, and those of which something is shown.
func (t *tree) levels() (all, shown int) {
	hidden := int32(0) // nodes before it cannot be seen
	for i := range t.nodes {
		n := &t.nodes[i]
		all = max(all, int(n.depth))
		if int32(i) < hidden {
			continue
		}
		shown = max(shown, int(n.depth))
		if n.folded {
			hidden = n.end
		}
	}
	return all, shown
}

// levels shows n levels more, or fewer for a negative n.
func (p *Pane) levels(n int) tea.Cmd {
	all, shown := p.tree.levels()
	level := max(min(shown+n, all), 1)
	p.tree.foldLevel(level)
	p.folds.addLevel(level)
	p.scroll.clamp()
	said := fmt.Sprintf("Levels shown: %d of %d.", level, max(all, 1))
	return func() tea.Msg { return views.Say{Text: said} }
}
