package app

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/views/page"
	"taudit/views/prompt"
)

// commandOpen reads another source beside those that are read.
func (m *Model) commandOpen(ref string) tea.Cmd {
	open := m.desk.Open
	switch {
	case ref == "":
		m.said = "Open what? :open SOURCE: kinesis://NAME, s3://BUCKET/PREFIX or a path."
		return nil
	case open == nil:
		m.said = "No other source can be opened here."
		return nil
	}
	feed := m.feed
	return m.begin("opening "+ref, func(ctx context.Context, _ *job) outcome {
		path, err := homely(ref)
		if err != nil {
			return outcome{said: sentence(err.Error())}
		}
		list, err := open(ctx, path)
		if err == nil {
			err = feed.Add(ctx, list)
		}
		switch {
		case errors.Is(err, context.Canceled):
			return outcome{said: "Stopped; " + ref + " was not opened."}
		case err != nil:
			return outcome{said: "Not opened: " + strings.TrimSuffix(err.Error(), ".") + "."}
		}
		return outcome{said: "Reading " + ref + " as well."}
	})
}

// completeOpen offers the sources that are configured, and paths.
func (m *Model) completeOpen(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	var items []prompt.Item
	for _, ref := range m.desk.References {
		if strings.HasPrefix(ref, argument) {
			items = append(items, prompt.Item{Text: ref, Note: "from the configuration"})
		}
	}
	for _, scheme := range []string{"kinesis://", "s3://"} {
		if strings.HasPrefix(scheme, argument) {
			items = append(items, prompt.Item{Text: scheme})
		}
	}
	return nil, func(context.Context) []prompt.Item { return append(items, paths(argument)...) }
}

// commandAbout tells what the program is, what it reads, and what it may do.
func (m *Model) commandAbout(string) tea.Cmd {
	about, s := m.desk.About, m.state
	lines := []page.Line{
		{Label: "version", Text: "taudit " + m.desk.Version},
		{Label: "read-only", Text: "It lists and reads. Nothing it does changes AWS, Temporal Cloud or what it reads; files are written where you say, with :w and :bundle."},
	}
	seen := map[string]bool{}
	for _, p := range s.Status {
		if !seen[p.Source] {
			seen[p.Source] = true
			lines = append(lines, page.Line{Label: "source", Text: p.Source + ": " + partsOf(s.Status, p.Source)})
		}
	}
	coverage := source.Cover(s.Evidence(m.now), source.Span{}).String()
	lines = append(lines,
		page.Line{Label: "entries", Text: humanize.Comma(int64(s.Store.Len())) + " held of " + humanize.Comma(s.Read) + " read, in " + humanize.IBytes(uint64(max(s.Store.Bytes(), 0)))},
		page.Line{Label: "coverage", Text: sentence(coverage)},
	)
	if about == nil {
		m.read("About taudit", lines)
		return nil
	}
	return m.begin("looking up what it may do", func(ctx context.Context, _ *job) outcome {
		more := about(ctx)
		return outcome{then: func(m *Model) tea.Cmd {
			m.read("About taudit", append(lines, more...))
			return nil
		}}
	})
}

// partsOf says in words how the parts of a source are.
func partsOf(all []source.Status, name string) string {
	counts := map[source.State]int64{}
	for _, p := range all {
		if p.Source == name {
			counts[p.State]++
		}
	}
	var words []string
	for _, state := range []source.State{source.Failing, source.Throttled, source.Connecting, source.CatchingUp, source.Live, source.Done} {
		if n := counts[state]; n > 0 {
			words = append(words, humanize.Comma(n)+" "+plural(n, "part")+" "+state.String())
		}
	}
	return strings.Join(words, ", ")
}
