package app

import (
	"cmp"
	"image"
	"slices"
)

// The smallest screen that taudit draws on, in cells.
const (
	minWidth  = 60
	minHeight = 15
)

// arrangement says where the detail of an entry stands.
type arrangement uint8

const (
	instead arrangement = iota // it replaces the list
	below
	right
)

// String names the arrangement for people.
func (a arrangement) String() string {
	return [...]string{instead: "instead of the list", below: "below the list", right: "to the right of the list"}[a]
}

// areas are the rectangles of the screen, in cells. Empty ones are not shown.
type areas struct {
	header, tabs    image.Rectangle
	filter          image.Rectangle // the filter line, with its list while it is edited
	panes           []placed        // what stands between, from left to right and top to bottom; they leave nothing out
	notice          image.Rectangle // what needs to be said
	summary, footer image.Rectangle
}

// placed is a pane on the screen.
type placed struct {
	pane  int // among the model's
	area  image.Rectangle
	boxed bool // area has a border
}

// inner is the part of the area that is the pane's own.
func (p placed) inner() image.Rectangle {
	if p.boxed {
		return p.area.Inset(1)
	}
	return p.area
}

// find gives the place of a pane; ok is false when it has none.
func (a *areas) find(pane int) (placed, bool) {
	i := slices.IndexFunc(a.panes, func(p placed) bool { return p.pane == pane })
	if i < 0 {
		return placed{}, false
	}
	return a.panes[i], true
}

// shown tells whether a pane has a place.
func (a *areas) shown(pane int) bool {
	_, ok := a.find(pane)
	return ok
}

// place tells where the detail goes on a screen of that size: to the right if the list keeps 80 columns, else below if the list keeps
// 15 rows, else instead of the list.
func place(width, height int) arrangement {
	switch {
	case width >= 160 && height >= 34:
		return right
	case width >= 110 && height >= 34:
		return below
	}
	return instead
}

// fits tells whether the detail can stand there when a person asks for it: it and the list are small then, but can be read.
func (a arrangement) fits(width, height int) bool {
	switch a {
	case right:
		return width >= 130 && height >= 20
	case below:
		return height >= 24
	}
	return true
}

// hasColumn tells whether a screen has room for panes in a right column.
func hasColumn(width, height int) bool { return width >= 160 && height >= 50 }

// stripRows is how many rows a strip gets above the list.
func stripRows(width, height int) int {
	switch {
	case height < 34 || width < 110:
		return 1
	case width < 160:
		return 4
	}
	return 5
}

// maxNotice is how many lines may be taken from the panes to say what is wrong.
const maxNotice = 3

// plan is what an arrangement is made of. Panes are named by their place among the model's; -1 is none.
type plan struct {
	filter  int // lines that the filter wants
	notice  int // lines that say what is wrong
	body    int // the pane in the place of the list
	detail  int
	where   arrangement // of the detail
	strips  []int
	columns []int // in the right column, if the screen has one
	zoomed  int   // the only one that is shown
}

// arrange divides a screen of at least 60x15.
func arrange(width, height int, p plan) areas {
	notice := min(p.notice, maxNotice)
	filter := min(p.filter, height/2-2)
	body := image.Rect(0, 2+filter, width, height-2-notice)
	a := areas{
		header:  image.Rect(0, 0, width, 1),
		tabs:    image.Rect(0, 1, width, 2),
		filter:  image.Rect(0, 2, width, body.Min.Y),
		notice:  image.Rect(0, body.Max.Y, width, height-2),
		summary: image.Rect(0, height-2, width, height-1),
		footer:  image.Rect(0, height-1, width, height),
	}
	add := func(pane int, r image.Rectangle, boxed bool) {
		a.panes = append(a.panes, placed{pane, r, boxed})
	}
	switch {
	case p.zoomed >= 0:
		add(p.zoomed, body, false)
		return a
	case p.detail >= 0 && p.where == instead:
		add(p.detail, body, false)
		return a
	}
	for _, s := range p.strips {
		// Never more than a third of what is there, and the list keeps a few rows.
		if rows := min(stripRows(width, height), body.Dy()/3); rows > 0 {
			add(s, image.Rect(0, body.Min.Y, width, body.Min.Y+rows), false)
			body.Min.Y += rows
		}
	}
	stack := p.columns
	if !hasColumn(width, height) {
		stack = nil
	}
	aside := p.detail >= 0 && p.where == right
	list := body
	if aside || len(stack) > 0 {
		list.Max.X = max(80, width*59/100)
		a.column(image.Rect(list.Max.X, body.Min.Y, width, body.Max.Y), p.detail, aside, stack)
	}
	boxed := list.Max.X < width
	if p.detail >= 0 && p.where == below {
		h := max(min(13, list.Dy()/2), list.Dy()*55/100)
		add(p.detail, image.Rect(0, list.Min.Y+h, list.Max.X, list.Max.Y), true)
		list.Max.Y = list.Min.Y + h
	}
	add(p.body, list, boxed)
	slices.SortFunc(a.panes, func(l, r placed) int {
		return cmp.Or(cmp.Compare(l.area.Min.X, r.area.Min.X), cmp.Compare(l.area.Min.Y, r.area.Min.Y))
	})
	return a
}

// column stacks panes in the right column, the detail first and larger.
func (a *areas) column(r image.Rectangle, detail int, withDetail bool, stack []int) {
	var panes, weights []int
	if withDetail {
		panes, weights = append(panes, detail), append(weights, 4)
	}
	for i, s := range stack {
		panes, weights = append(panes, s), append(weights, max(3-i, 1))
	}
	sum := 0
	for _, w := range weights {
		sum += w
	}
	y, seen := r.Min.Y, 0
	for i, pane := range panes {
		seen += weights[i]
		next := r.Min.Y + r.Dy()*seen/sum
		a.panes = append(a.panes, placed{pane, image.Rect(r.Min.X, y, r.Max.X, next), true})
		y = next
	}
}
