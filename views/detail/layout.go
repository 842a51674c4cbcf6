package detail

// layout is how the pane is divided, in cells. The tree has the rest: it is what the pane is for.
type layout struct {
	width, height int
	tree          struct{ width, height int }
	head          int   // lines above the tree, with the rule
	lines         lines // what they say
	aside         int   // width of the column to the right of the tree that says it instead
	ruled         bool  // a rule ends the tree
	kin           int   // lines below the tree that list what stands around the entry
	related       bool  // a line counts that instead
	source        bool  // a line says where the entry came from
	path          bool  // a line says the path
	search        bool  // a line says what is looked for
	searchAt      int   // where that line stands
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

// form is what decides how a pane is divided, beside its size.
type form struct {
	boxed  bool // the box shows the path
	whole  bool // the tree, or what stands in its place, has all of it
	search bool
	kin    bool // the context has the focus
}

// plan divides a rectangle. One that is wide has the context beside the tree, any other above and below it.
func plan(width, height int, f form) layout {
	l := layout{width: width, height: height, path: !f.boxed && !f.whole && height >= 3, search: f.search && height >= 2}
	l.tree.width = width
	below := 0
	if l.path {
		below++
	}
	if l.search {
		below++
	}
	above := 0
	switch {
	case f.whole:
	case width >= 100 && height >= 8:
		l.aside = min(max(width*2/5, 40), 60)
		l.tree.width = width - l.aside - 2 // a blank and a line between them
	default:
		above, below = l.around(f, below)
	}
	l.head = above
	l.tree.height = max(height-above-below, 0)
	l.searchAt = height - 1
	if l.path {
		l.searchAt--
	}
	return l
}

// around gives the lines above and below a tree that has nothing beside it.
func (l *layout) around(f form, below int) (above, under int) {
	w, h := l.width, l.height
	switch {
	case h >= 26:
		l.lines, above = labelled, 7
	case h >= 14 && w >= 76:
		l.lines, above = paired, 4
	case h >= 9:
		l.lines, above = compact, 3
	case h >= 5:
		l.lines, above = headline, 1
	}
	if h >= 12 {
		l.source = true
		below++
	}
	switch {
	case h >= 30:
		l.kin = h * 3 / 10
	case f.kin && h >= 7:
		l.kin = max((h-above-below)/2, 1)
	case h >= 13:
		l.related = true
		below++
	}
	below += l.kin
	if h >= 16 || l.kin > 0 && h >= 9 {
		l.ruled = true
		below++
	}
	return above, below
}
