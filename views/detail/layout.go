package detail

// layout is how the pane is divided, in cells. The tree has the rest: it is what the pane is for.
type layout struct {
	width, height int
	tree          struct{ width, height int }
	head          int   // lines above the tree, with the rule
	lines         lines // what they say
	aside         int   // width of the column to the right of the tree that says it instead
	ruled         bool  // a rule ends the tree
	source        bool  // a line says where the entry came from
	path          bool  // a line says the path
}

// lines says how much stands above the tree.
type lines uint8

const (
	nothing  lines = iota
	headline       // what was done and the outcome
	compact        // and who, where, when in one line
	paired         // and who, where, when, request in two labelled lines
	labelled       // and the same in a line each
)

// plan divides a rectangle. A box that is wide and low has the context beside the tree, any other above it.
func plan(width, height int, boxed bool) layout {
	l := layout{width: width, height: height, path: !boxed && height >= 3}
	l.tree.width = width
	below := 0
	if l.path {
		below++
	}
	if width >= 100 && height >= 8 && height < 26 {
		l.aside = min(max(width*2/5, 40), 60)
		l.tree.width = width - l.aside - 2 // a blank and a line between them
		l.tree.height = height - below
		return l
	}
	above := 0
	switch {
	case height >= 26:
		l.lines, above = labelled, 7
	case height >= 14 && width >= 76:
		l.lines, above = paired, 4
	case height >= 9:
		l.lines, above = compact, 3
	case height >= 5:
		l.lines, above = headline, 1
	}
	if height >= 12 {
		l.source = true
		below++
	}
	if height >= 16 && l.source {
		l.ruled = true
		below++
	}
	l.head = above
	l.tree.height = max(height-above-below, 0)
	return l
}
