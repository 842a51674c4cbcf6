// Package export writes entries for others to read: the lines as they were received, a sheet, a table, or a ticket; a bundle that can be
// handed over and verified; and the report of a change window. It knows neither a screen nor a command line.
package export

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"taudit/source/audit"
	"taudit/source/query"
)

// Record is an entry to be written; [store.Row] is one.
type Record interface {
	Raw() string        // as received
	Entry() audit.Entry // decoded
}

// Format writes records in some form. It may hold back what was written until Flush.
type Format interface {
	Write(Record) error
	Flush() error
}

// Closer is a format that has something to say behind the last record.
type Closer interface {
	Close(About) error // once, after the last Flush
}

// About is what is known of an export as a whole.
type About struct {
	Filter   string // as it was typed; empty: none
	Sources  []string
	Coverage string // what has been read, in a sentence
	Made     time.Time
	Version  string // of taudit
}

// Note is what a person has put on an entry.
type Note struct {
	Marked bool
	Text   string
}

// Options say how a format is written.
type Options struct {
	Terminal bool // what a terminal would obey is written as escapes
	Width    int  // cells of a line, for the table; 0: as wide as it needs to be

	// Notes gives the marks and notes; nil: there are none.
	Notes func(audit.ID) (Note, bool)
}

func (o *Options) note(r Record, e *audit.Entry) Note {
	if o.Notes == nil {
		return Note{}
	}
	id := audit.ID{}
	if known, ok := r.(interface{ Identity() audit.ID }); ok {
		id = known.Identity() // it was redacted
	} else {
		id = e.Identity()
	}
	n, _ := o.Notes(id)
	return n
}

// Names are the names of the formats.
func Names() []string { return []string{"jsonl", "csv", "markdown", "table"} }

// New makes the writer of a format by its name.
func New(name string, w io.Writer, o Options) (Format, error) {
	switch name {
	case "jsonl":
		return newLines(w, o), nil
	case "csv":
		return newCSV(w, o), nil
	case "markdown":
		return newMarkdown(w, o), nil
	case "table":
		return newTable(w, o), nil
	}
	text := fmt.Sprintf("%q is none of %s and %s", name, strings.Join(Names()[:len(Names())-1], ", "), Names()[len(Names())-1])
	if near := query.Nearest(name, Names()); near != "" {
		text += "; did you mean " + near + "?"
	}
	return nil, errors.New(text)
}
