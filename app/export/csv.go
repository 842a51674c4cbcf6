package export

import (
	"encoding/csv"
	"io"
	"strings"

	"taudit/source/audit"
	"taudit/views/grid"
)

// sheet writes entries as RFC 4180 with a header row.
type sheet struct {
	w     *csv.Writer
	o     Options
	begun bool
}

func newCSV(w io.Writer, o Options) *sheet { return &sheet{w: csv.NewWriter(w), o: o} }

func sheetColumns() []string {
	return []string{
		"time", "status", "operation", "principal", "type", "via", "target", "namespace", "address", "log_id", "request_id", "source",
		"marked", "note",
	}
}

func sheetRow(e *audit.Entry) []string {
	return []string{
		stamp(e.EmitTime), e.Status, e.Operation, e.Actor(), e.Principal.Type, e.Via(), e.Target, e.Namespace, e.Forwarded,
		e.LogID, e.Correlation(), e.Origin.Source,
	}
}

func (s *sheet) Write(r Record) error {
	if !s.begun {
		s.begun = true
		if err := s.w.Write(sheetColumns()); err != nil {
			return err
		}
	}
	e := r.Entry()
	row := sheetRow(&e)
	n := s.o.note(r, &e)
	row = append(row, map[bool]string{true: "yes"}[n.Marked], n.Text)
	for i, cell := range row {
		if s.o.Terminal {
			cell = grid.Clean(cell)
		}
		row[i] = inert(cell)
	}
	return s.w.Write(row)
}

func (s *sheet) Flush() error {
	s.w.Flush()
	return s.w.Error()
}

// inert keeps a spreadsheet from taking text that strangers wrote for a formula: a leading ' makes it text.
// The characters are those of OWASP's page on CSV injection.
func inert(cell string) string {
	if cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}
