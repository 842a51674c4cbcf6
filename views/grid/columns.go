package grid

// Column is one column of a table.
type Column struct {
	Title  string
	Min    int // width in cells at least
	Max    int // width at most; 0: no limit
	Weight int // share of the width left over; 0: stays at Min
	From   int // shown only where the table is at least this wide
}

// Span is where a column stands in a row.
type Span struct {
	Column int // index into the columns
	X      int // first cell
	Width  int
}

// Arrange fits columns into a row of width cells, of which the first lead are taken, with one cell between columns.
// Columns that do not fit are left out from the right; what is left over is shared by weight. The last column may be
// narrower than its Min when it is the only one.
func Arrange(width, lead int, columns []Column) []Span {
	spans := make([]Span, 0, len(columns))
	room := width - lead
	for i, c := range columns {
		if width >= c.From {
			spans = append(spans, Span{Column: i, Width: c.Min})
		}
	}
	need := func() int {
		n := len(spans) - 1
		for _, s := range spans {
			n += s.Width
		}
		return n
	}
	for len(spans) > 1 && need() > room {
		spans = spans[:len(spans)-1]
	}
	if len(spans) == 0 || room <= 0 {
		return nil
	}
	if len(spans) == 1 {
		spans[0].Width = min(spans[0].Width, room)
	}
	share(spans, columns, room-need())
	x := lead
	for i := range spans {
		spans[i].X = x
		x += spans[i].Width + 1
	}
	return spans
}

// share gives out the cells left over by weight, again as long as columns reach their limit and leave some.
func share(spans []Span, columns []Column, left int) {
	for left > 0 {
		weight := 0
		for _, s := range spans {
			if open(s, columns[s.Column]) {
				weight += columns[s.Column].Weight
			}
		}
		if weight == 0 {
			return
		}
		given, seen := 0, 0
		for i, s := range spans {
			c := columns[s.Column]
			if !open(s, c) {
				continue
			}
			// Counted from the running weight, so that rounding loses no cell.
			before := left * seen / weight
			seen += c.Weight
			n := left*seen/weight - before
			if c.Max > 0 {
				n = min(n, c.Max-s.Width)
			}
			spans[i].Width += n
			given += n
		}
		left -= given
	}
}

// open tells whether a column can still grow.
func open(s Span, c Column) bool { return c.Weight > 0 && (c.Max == 0 || s.Width < c.Max) }
