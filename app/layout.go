package app

import "image"

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

// areas are the rectangles of the screen, in cells. Empty ones are not shown.
type areas struct {
	header, tabs    image.Rectangle
	filter          image.Rectangle // the filter line, with its list while it is edited
	list, detail    image.Rectangle // with their boxes, if boxed
	notice          image.Rectangle // what needs to be said
	summary, footer image.Rectangle
	listBoxed       bool
	detailBoxed     bool
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

// maxNotice is how many lines may be taken from the panes to say what is wrong.
const maxNotice = 3

// arrange divides a screen of at least 60x15. The filter wants so many lines, and notice lines say what is wrong.
func arrange(width, height int, detail bool, filter, notice int) areas {
	notice = min(notice, maxNotice)
	filter = min(filter, height/2-2)
	body := image.Rect(0, 2+filter, width, height-2-notice)
	a := areas{
		header:  image.Rect(0, 0, width, 1),
		tabs:    image.Rect(0, 1, width, 2),
		filter:  image.Rect(0, 2, width, body.Min.Y),
		list:    body,
		notice:  image.Rect(0, body.Max.Y, width, height-2),
		summary: image.Rect(0, height-2, width, height-1),
		footer:  image.Rect(0, height-1, width, height),
	}
	if !detail {
		return a
	}
	switch place(width, height) {
	case right:
		w := max(80, width*59/100)
		a.list.Max.X = w
		a.detail = image.Rect(w, body.Min.Y, width, body.Max.Y)
		a.listBoxed, a.detailBoxed = true, true
	case below:
		h := max(13, body.Dy()*55/100)
		a.list.Max.Y = body.Min.Y + h
		a.detail = image.Rect(0, a.list.Max.Y, width, body.Max.Y)
		a.detailBoxed = true
	case instead:
		a.detail, a.list = body, image.Rectangle{}
	}
	return a
}

// inner is the part of a boxed area that is inside its border.
func inner(r image.Rectangle, boxed bool) image.Rectangle {
	if boxed {
		return r.Inset(1)
	}
	return r
}
