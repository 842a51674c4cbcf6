package detail

// scroll is the part of a tree that is seen, and the node that is selected in it. A node takes one row, or more where its value
// is shown wrapped; behind the last node a row closes the root. No method takes longer for a longer tree but those that
// move by a count.
type scroll struct {
	tree   *tree
	wrap   func(int32) []string // gives the rows of a value that takes more than one; nil: none does
	tall   map[int32][]string   // what it gave
	cursor int32
	top    int32 // the first node of which a row is seen
	above  int   // rows of top that are above the view
	height int
}

// value gives the rows of a value that takes more than one, else nil.
func (s *scroll) value(i int32) []string {
	const most = 1024 // values whose rows are kept
	if s.wrap == nil {
		return nil
	}
	if rows, ok := s.tall[i]; ok {
		return rows
	}
	rows := s.wrap(i)
	if s.tall == nil || len(s.tall) >= most {
		s.tall = map[int32][]string{}
	}
	s.tall[i] = rows
	return rows
}

// rows is how many rows a node takes.
func (s *scroll) rows(i int32) int {
	n := max(len(s.value(i)), 1)
	if s.tree.next(i) < 0 && s.tree.holds(0) && !s.tree.nodes[0].folded {
		n++ // the closing bracket
	}
	return n
}

// clamp restores what must always hold: selection and top are shown, the selection is within the view, and nothing
// is left blank that could be filled. The view moves no further than it must.
func (s *scroll) clamp() {
	if len(s.tree.nodes) == 0 {
		return
	}
	s.cursor = s.tree.shown(s.cursor)
	if top := s.tree.shown(s.top); top != s.top {
		s.top, s.above = top, 0
	}
	s.above = max(min(s.above, s.rows(s.top)-1), 0)
	size := s.rows(s.cursor)
	switch {
	case s.cursor < s.top:
		s.top, s.above = s.cursor, 0
	case s.cursor == s.top:
		s.above = min(s.above, max(size-s.height, 0))
	default:
		y := s.distance()
		switch {
		case size > s.height && y > 0:
			s.top, s.above = s.cursor, 0
		case y+size > s.height:
			s.bottom(s.cursor)
		}
	}
	s.fill()
}

// distance is how many rows below the top of the view the selection stands; anything beyond the view for one that is
// further down.
func (s *scroll) distance() int {
	y := -s.above
	for i := s.top; i >= 0 && i < s.cursor && y <= s.height; i = s.tree.next(i) {
		y += s.rows(i)
	}
	return y
}

// bottom moves the view so that node i ends it.
func (s *scroll) bottom(i int32) {
	room := s.height - s.rows(i)
	s.top, s.above = i, max(-room, 0)
	for room > 0 {
		p := s.tree.prev(s.top)
		if p < 0 {
			return
		}
		n := s.rows(p)
		s.top, s.above = p, max(n-room, 0)
		room -= n
	}
}

// fill moves the view up when its end would be blank.
func (s *scroll) fill() {
	y := -s.above
	for i := s.top; i >= 0; i = s.tree.next(i) {
		if y += s.rows(i); y >= s.height {
			return
		}
	}
	// The selection stays visible, since whatever was is: unless it is taller than the view.
	if s.rows(s.cursor) <= s.height {
		s.bottom(s.tree.last())
	}
}

// down selects the node n further down. A value that is taller than the view is scrolled through first.
func (s *scroll) down(n int) {
	for n > 0 {
		if size := s.rows(s.cursor); size > s.height && s.height > 0 && s.top == s.cursor {
			k := max(min(n, size-s.height-s.above), 0)
			s.above += k
			if n -= k; n == 0 {
				break
			}
		}
		next := s.tree.next(s.cursor)
		if next < 0 {
			break
		}
		s.cursor = next
		n--
		if s.rows(next) > s.height {
			s.top, s.above = next, 0
		}
	}
	s.clamp()
}

// up selects the node n further up.
func (s *scroll) up(n int) {
	for n > 0 {
		if s.top == s.cursor && s.above > 0 {
			k := min(n, s.above)
			s.above -= k
			if n -= k; n == 0 {
				break
			}
		}
		prev := s.tree.prev(s.cursor)
		if prev < 0 {
			break
		}
		s.cursor = prev
		n--
		if size := s.rows(prev); size > s.height {
			s.top, s.above = prev, size-s.height
		}
	}
	s.clamp()
}

// page moves view and selection n rows together; where the view cannot go on, the selection still does.
func (s *scroll) page(n int) {
	y := s.distance()
	if n > 0 {
		s.down(n)
	} else {
		s.up(-n)
	}
	s.place(y)
}

// to selects a node.
func (s *scroll) to(i int32) {
	s.cursor = i
	s.clamp()
}

// place moves the view so that the selection stands y rows below its top, as far as it can.
func (s *scroll) place(y int) {
	if s.rows(s.cursor) > s.height {
		return // it is being scrolled through
	}
	s.top, s.above = s.cursor, 0
	for y = min(y, s.height-1); y > 0; {
		p := s.tree.prev(s.top)
		if p < 0 {
			break
		}
		n := s.rows(p)
		s.top, s.above = p, max(n-y, 0)
		y -= n
	}
	s.clamp()
}
