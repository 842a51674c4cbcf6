package grid

// Window is a view of Height rows onto Count rows, with one of them selected. It is a value; every method gives a window in
// which the selection exists (unless there are no rows) and is visible, and nothing is left blank that could be filled.
type Window struct {
	Top    int // the first visible row
	Cursor int // the selected row
	Height int // of the view, in rows
	Count  int // rows there are
}

// Clamp brings every number in range: the selection first, then the view around it, moved no further than it must.
func (w Window) Clamp() Window {
	w.Height, w.Count = max(w.Height, 0), max(w.Count, 0)
	w.Cursor = max(min(w.Cursor, w.Count-1), 0)
	w.Top = min(w.Top, w.Cursor, max(w.Count-w.Height, 0))
	w.Top = max(w.Top, w.Cursor-max(w.Height-1, 0), 0)
	return w
}

// Move selects the row n further down, or up for negative n. The view moves only to keep it visible.
func (w Window) Move(n int) Window { return w.To(add(w.Clamp().Cursor, n)) }

// To selects a row. The view moves only to keep it visible.
func (w Window) To(row int) Window {
	w.Cursor = row
	return w.Clamp()
}

// Scroll moves the view n rows down and the selection only as far as it must to stay visible, as a mouse wheel does.
func (w Window) Scroll(n int) Window {
	w = w.Clamp()
	w.Top = max(min(add(w.Top, n), w.Count-w.Height), 0)
	w.Cursor = max(min(w.Cursor, w.Top+w.Height-1), w.Top)
	return w.Clamp()
}

// Page moves view and selection n pages down; a page is the view but for one row, so that the eye finds its place.
func (w Window) Page(n int) Window { return w.by(mul(n, max(w.Height-1, 1))) }

// Half moves view and selection n half pages down.
func (w Window) Half(n int) Window { return w.by(mul(n, max(w.Height/2, 1))) }

// by moves view and selection together; where the view cannot go on, the selection still does.
func (w Window) by(n int) Window {
	w = w.Clamp()
	w.Cursor = max(min(add(w.Cursor, n), w.Count-1), 0)
	w.Top = max(min(add(w.Top, n), w.Count-w.Height), 0)
	return w.Clamp()
}

// First selects the first row.
func (w Window) First() Window { return w.To(0) }

// Last selects the last row.
func (w Window) Last() Window { return w.To(max(w.Count-1, 0)) }

// Row is where in the view the selection stands.
func (w Window) Row() int { return w.Cursor - w.Top }

// End is one past the last visible row.
func (w Window) End() int { return min(w.Top+w.Height, w.Count) }

// far is further than any list is long, and small enough to be added to without overflow: a count prefix can be any number.
const far = 1 << 30

func add(a, n int) int { return a + max(min(n, far), -far) }

func mul(n, by int) int { return max(min(n, far/by), -far/by) * by }
