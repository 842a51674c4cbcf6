package events

import (
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"taudit/source"
)

// drawEmpty says why there is nothing to see, in sentences.
func (p *Pane) drawEmpty() {
	lines := []string{""}
	for i, sentence := range p.sentences() {
		if i > 0 {
			lines = append(lines, "")
		}
		// One cell stays free on the right, so that the text does not lean on the next pane.
		lines = append(lines, p.text.Wrap(sentence, p.width-lead-1)...)
	}
	for y := 1; y < p.height; y++ {
		words := ""
		if y <= len(lines) {
			words = lines[y-1]
		}
		p.line.Reset()
		p.line.Space(min(lead, p.width))
		p.line.Cell(p.text, words, p.width-lead, p.theme.Row)
		p.out = append(p.out, '\n')
		p.out = p.line.Append(p.out)
	}
}

// sentences say what each source is doing, the worst first.
func (p *Pane) sentences() []string {
	var out []string
	if p.data.Matches != nil && p.data.Store.Len() > 0 {
		return []string{
			"No entry matches the filter: 0 of " + humanize.Comma(int64(p.data.Store.Len())) + ".",
			p.data.Why,
		}
	}
	if len(p.data.Status) == 0 {
		out = append(out, "Connecting.")
	}
	for _, state := range []source.State{source.Failing, source.Throttled, source.Connecting, source.CatchingUp, source.Live, source.Done} {
		for _, s := range p.data.Status {
			// Parts of one source that wait for the same thing need one sentence.
			if text := p.sentence(s); s.State == state && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	if p.data.Store != nil && p.data.Store.BadCount() > 0 {
		n := p.data.Store.BadCount()
		out = append(out, "Bytes that could not be read as entries: "+plural(n, "stretch", "stretches")+", kept and counted.")
	}
	return out
}

func (p *Pane) sentence(s source.Status) string {
	switch s.State {
	case source.Connecting:
		return "Connecting to " + s.Source + "."
	case source.CatchingUp:
		return "Reading " + s.Source + progress(s) + "."
	case source.Live:
		return "Caught up. Nothing has arrived yet. Temporal Cloud sends about every 2 minutes, only when there is activity."
	case source.Done:
		return s.Source + " was read to its end. There is no entry in it."
	case source.Throttled:
		return p.trouble(s, "was asked to read more slowly")
	case source.Failing:
		return p.trouble(s, "cannot be read")
	}
	return s.Source + ": " + s.State.String() + "."
}

// trouble says what is wrong with a part of a source, and what happens next.
func (p *Pane) trouble(s source.Status, what string) string {
	var b strings.Builder
	b.WriteString(s.Source)
	if s.Part != "" {
		b.WriteString(" " + s.Part)
	}
	b.WriteString(" " + what)
	if s.Err != nil {
		b.WriteString(": " + strings.TrimRight(s.Err.Error(), ". \n"))
	}
	b.WriteString(". ")
	if s.NextRetry.IsZero() {
		b.WriteString("It is not tried again.")
	} else {
		b.WriteString("Next try at " + p.data.Clock.Brief(s.NextRetry) + ".")
	}
	return b.String()
}

// progress says how far a listing was read.
func progress(s source.Status) string {
	switch {
	case s.Total > 0:
		return ": " + humanize.Comma(s.Done) + " of " + plural(s.Total, "object", "objects")
	case s.Done > 0:
		return ": " + plural(s.Done, "object", "objects") + " so far"
	case s.Records > 0:
		return ": " + plural(s.Records, "record", "records") + " so far"
	}
	return ""
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(n) + " " + many
}
