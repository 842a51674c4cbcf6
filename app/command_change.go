package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
	"taudit/views/page"
)

// window is a change window: what happens in it is reported when it ends.
type window struct {
	begin time.Time
	note  string
	who   []string // who was to act, as the filter's who: has it
}

// maxReport is how many bytes of a report are shown on the screen; all of it is written to a file.
const maxReport = 1 << 20

// commandBegin begins a change window. Words that begin with who: name who is to act in it.
func (m *Model) commandBegin(argument string) tea.Cmd {
	w := &window{begin: m.clock()}
	var words []string
	for _, word := range strings.Fields(argument) {
		if name, ok := strings.CutPrefix(word, "who:"); ok && name != "" {
			w.who = append(w.who, strings.Split(name, ",")...)
		} else {
			words = append(words, word)
		}
	}
	w.note = strings.Join(words, " ")
	m.said = "The change window has begun at " + m.times.Brief(w.begin) + "; :end reports what happened in it."
	if m.window != nil {
		m.said = "A new change window has begun in the place of the one from " + m.times.Brief(m.window.begin) + "."
	}
	m.window = w
	return nil
}

// commandEnd reports what happened since the change window began: on the screen, or to a Markdown file. The window stays, so that it can be
// reported again when entries have arrived that took their time.
func (m *Model) commandEnd(path string) tea.Cmd {
	w := m.window
	if w == nil {
		m.said = "No change window has begun; :begin [NOTE] begins one."
		return nil
	}
	if path == "" {
		return m.endOn(w, "the screen", false)
	}
	if form, err := formatOf(path); err != nil || form != "markdown" {
		m.said = "The report is Markdown: name a file that ends in .md."
		return nil
	}
	return m.endOn(w, path, false)
}

// endOn begins to report a change window.
func (m *Model) endOn(w *window, to string, force bool) tea.Cmd {
	t, end := m.taking(), m.clock()
	t.about.Filter = "" // all that happened
	return m.begin("reporting the change window to "+to, func(ctx context.Context, _ *job) outcome {
		if to == "the screen" {
			var text bytes.Buffer
			if err := t.report(ctx, &text, w, end); err != nil {
				return outcome{said: "There is no report: " + strings.TrimSuffix(err.Error(), ".") + "."}
			}
			lines := paged(text.String())
			return outcome{then: func(m *Model) tea.Cmd {
				m.read("Change window, as :end FILE.md writes it", lines)
				return nil
			}}
		}
		err := t.reportTo(ctx, to, force, w, end)
		switch {
		case errors.Is(err, export.ErrThere):
			return outcome{then: func(m *Model) tea.Cmd {
				m.question = &question{
					text: to + " is there already. Replace it?",
					yes:  func(m *Model) tea.Cmd { return m.endOn(w, to, true) },
					no:   "Nothing was written; " + to + " is as it was.",
				}
				return nil
			}}
		case errors.Is(err, context.Canceled):
			return outcome{said: "Stopped; " + to + " was not written."}
		case err != nil:
			return outcome{said: "Nothing was written: " + advised(err, to)}
		}
		return outcome{said: "Wrote what happened since " + w.begin.UTC().Format("15:04:05Z") + " to " + to + ", which only you can read."}
	})
}

func (t *taken) reportTo(ctx context.Context, path string, force bool, w *window, end time.Time) error {
	path, err := homely(path)
	if err != nil {
		return err
	}
	file, err := export.Create(path, force)
	if err != nil {
		return err
	}
	if err := t.report(ctx, file, w, end); err != nil {
		return errors.Join(err, file.Discard())
	}
	return file.Keep()
}

// report writes what happened in a change window.
func (t *taken) report(ctx context.Context, out io.Writer, w *window, end time.Time) error {
	from, to := audit.Nanoseconds(w.begin), audit.Nanoseconds(end)
	rows := t.state.Store.Match(ctx, store.Between(from, min(to, math.MaxInt64-1)+1), nil)
	if rows == nil {
		return context.Canceled
	}
	about := t.about
	about.Coverage = source.Cover(t.state.Evidence(about.Made), source.Span{From: w.begin, To: end}).String()
	err := export.WriteReport(ctx, out, &export.Change{About: about, Begin: w.begin, End: end, BeginNote: w.note, Expected: w.who, Rows: rows})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return err
}

// paged gives Markdown as lines of a page.
func paged(text string) []page.Line {
	cut := len(text) > maxReport
	var lines []page.Line
	for line := range strings.Lines(text[:min(len(text), maxReport)]) {
		lines = append(lines, page.Line{Text: strings.TrimRight(line, "\n")})
	}
	if cut {
		lines = append(lines, page.Line{Text: "It is longer than is shown here; :end FILE.md writes all of it."})
	}
	return lines
}
