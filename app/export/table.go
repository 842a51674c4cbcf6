package export

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"time"

	"taudit/source/audit"
	"taudit/views/grid"
)

// sample is how many rows the widths of a table are taken from when it is not for a terminal.
const sample = 500

// table writes entries in aligned columns. On a terminal each row fits its width, as the list of the screen does; elsewhere nothing
// is cut, and a cell wider than those of the first rows pushes its row aside.
type table struct {
	w       *bufio.Writer
	width   int // 0: not a terminal
	text    grid.Text
	waiting [][]string
	spans   []grid.Span
}

func newTable(w io.Writer, o Options) *table {
	width := o.Width
	if !o.Terminal {
		width = 0
	}
	return &table{w: bufio.NewWriterSize(w, 64<<10), width: width, text: grid.Text{Ellipsis: "…"}}
}

func tableColumns() []grid.Column {
	return []grid.Column{
		{Title: "TIME UTC", Min: 19},
		{Title: "RES", Min: 3},
		{Title: "OPERATION", Min: 16, Weight: 2, Max: 34},
		{Title: "PRINCIPAL", Min: 14, Weight: 3, Max: 40},
		{Title: "TARGET", Min: 12, Weight: 3, Max: 60},
		{Title: "ADDRESS", Min: 15, From: 110, Max: 39, Weight: 1},
		{Title: "VIA", Min: 7, From: 120},
	}
}

func tableRow(e *audit.Entry) []string {
	at := "-"
	if t := e.Time(); !t.IsZero() {
		at = t.UTC().Format(time.DateTime)
	}
	row := []string{at, result(e.Status), e.Operation, e.Actor(), e.Target, e.ClientAddress(), e.Via()}
	for i, cell := range row {
		if cell == "" {
			row[i] = "-"
		}
	}
	return row
}

// result gives a status as the screen does: OK means accepted, so it is not shouted.
func result(status string) string {
	switch {
	case strings.EqualFold(status, "OK"):
		return "ok"
	case strings.EqualFold(status, "ERROR"):
		return "ERR"
	}
	return status
}

func (t *table) Write(r Record) error {
	e := r.Entry()
	row := tableRow(&e)
	if t.spans != nil {
		return t.put(row)
	}
	t.waiting = append(t.waiting, row)
	if t.width > 0 || len(t.waiting) == sample {
		return t.begin()
	}
	return nil
}

func (t *table) Flush() error {
	if t.spans == nil && len(t.waiting) > 0 {
		if err := t.begin(); err != nil {
			return err
		}
	}
	return t.w.Flush()
}

// begin fixes the widths and writes the header and what has waited for it.
func (t *table) begin() error {
	columns := tableColumns()
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
	}
	if t.width > 0 {
		t.spans = grid.Arrange(t.width, 0, columns)
	} else {
		for i, c := range columns {
			w := max(c.Min, t.text.Width(c.Title))
			for _, row := range t.waiting {
				w = max(w, t.text.Width(row[i]))
			}
			t.spans = append(t.spans, grid.Span{Column: i, Width: w})
		}
	}
	if err := t.put(titles); err != nil {
		return err
	}
	for _, row := range t.waiting {
		if err := t.put(row); err != nil {
			return err
		}
	}
	t.waiting = nil
	return nil
}

func (t *table) put(row []string) error {
	var line []byte
	for i, s := range t.spans {
		if i > 0 {
			line = append(line, ' ')
		}
		w := s.Width
		if t.width == 0 {
			w = max(w, t.text.Width(row[s.Column]))
		}
		line = t.text.AppendCell(line, row[s.Column], w)
	}
	line = append(bytes.TrimRight(line, " "), '\n')
	_, err := t.w.Write(line)
	return err
}
