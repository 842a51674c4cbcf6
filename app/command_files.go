package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/app/export"
	"taudit/source"
	"taudit/source/query"
	"taudit/views"
	"taudit/views/prompt"
)

// taken is the log and what was chosen of it at one moment, so that a job can go on while the screen does.
type taken struct {
	state   *State
	chosen  query.Query
	env     *query.Env
	old     found // what is known of it already
	about   export.About
	options export.Options
}

// taking gives the log as it is now, with what the filter means of it.
func (m *Model) taking() taken {
	t := taken{state: m.feed.State(), chosen: m.found.query, env: m.env(), old: m.found, options: export.Options{Notes: m.desk.Notes}}
	t.about = export.About{Filter: m.committed, Sources: m.sources(), Made: m.now, Version: m.desk.Version}
	return t
}

// marked takes what is marked instead.
func (t *taken) marked() error {
	q, err := query.Parse(markedFilter)
	t.chosen, t.old, t.about.Filter = q, found{}, markedFilter
	return err
}

const markedFilter = "is:marked"

// errNoneMarked is for what is marked, where nothing in the log is.
var errNoneMarked = errors.New("nothing in the log is marked")

// rows finds what was chosen. It blocks while it scans; not ok when ctx was cancelled.
func (t *taken) rows(ctx context.Context) (rows export.Rows, ok bool) {
	t.about.Coverage = source.Cover(t.state.Evidence(t.about.Made), source.Span{}).String()
	if t.chosen.Empty() {
		return t.state.Store, true
	}
	m := t.state.Store.Match(ctx, Filter(t.chosen, t.env), t.old.matches)
	return m, m != nil
}

// formatOf tells how a file is written, by the end of its name.
func formatOf(path string) (string, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jsonl", ".json", ".ndjson":
		return "jsonl", nil
	case ".csv":
		return "csv", nil
	case ".md", ".markdown":
		return "markdown", nil
	case ".txt":
		return "table", nil
	}
	return "", fmt.Errorf("the name of the file tells its form: %s can end in .jsonl, .csv, .md or .txt", path)
}

// commandWrite writes what the filter means, or what is marked, to a file.
func (m *Model) commandWrite(argument string) tea.Cmd {
	path, marked := argument, false
	if rest, ok := strings.CutPrefix(argument, "marked "); ok {
		path, marked = strings.TrimSpace(rest), true
	}
	if path == "" {
		m.said = "Write where? :w FILE, such as :w change.jsonl; .csv and .md are known too."
		return nil
	}
	return m.write(path, marked, false)
}

// write begins to write a file. One that is there is asked about, and only then replaced, once the new one is whole.
func (m *Model) write(path string, marked, force bool) tea.Cmd {
	format, err := formatOf(path)
	if err == nil && marked && m.spoken.Is == nil {
		err = errors.New("nothing can be marked here")
	}
	t := m.taking()
	if err == nil && marked {
		err = t.marked()
	}
	if err != nil {
		m.said = sentence(err.Error())
		return nil
	}
	mark := m.keys.names(views.Mark)
	return m.begin("writing "+path, func(ctx context.Context, j *job) outcome {
		n, err := t.write(ctx, j, format, path, force)
		switch {
		case errors.Is(err, export.ErrThere):
			return outcome{then: func(m *Model) tea.Cmd {
				m.question = &question{
					text: path + " is there already. Replace it?",
					yes:  func(m *Model) tea.Cmd { return m.write(path, marked, true) },
					no:   "Nothing was written; " + path + " is as it was.",
				}
				return nil
			}}
		case errors.Is(err, context.Canceled):
			return outcome{said: "Stopped; " + path + " was not written."}
		case errors.Is(err, errNoneMarked):
			return outcome{said: "Nothing was written: nothing in the log is marked; " + mark + " marks the selected entry."}
		case err != nil:
			return outcome{said: "Nothing was written: " + advised(err, path)}
		}
		what := humanize.Comma(int64(n)) + " entries"
		if n == 1 {
			what = "1 entry"
		}
		if marked {
			what += " that are marked"
		}
		return outcome{said: "Wrote " + what + " to " + path + ", which only you can read."}
	})
}

// write writes the file.
func (t *taken) write(ctx context.Context, j *job, format, path string, force bool) (n int, err error) {
	if path, err = homely(path); err != nil {
		return 0, err
	}
	rows, ok := t.rows(ctx)
	if !ok {
		return 0, context.Canceled
	}
	if t.about.Filter == markedFilter && rows.Len() == 0 {
		return 0, errNoneMarked
	}
	file, err := export.Create(path, force)
	if err != nil {
		return 0, err
	}
	f, err := export.New(format, file, t.options)
	if err == nil {
		err = t.fill(ctx, j, f, rows)
	}
	if err != nil {
		return 0, errors.Join(err, file.Discard())
	}
	return rows.Len(), file.Keep()
}

func (t *taken) fill(ctx context.Context, j *job, f export.Format, rows export.Rows) error {
	j.whole.Store(int64(rows.Len()))
	for i := range rows.Len() {
		if i%1024 == 0 {
			if ctx.Err() != nil {
				return context.Canceled
			}
			j.done.Store(int64(i))
		}
		if err := f.Write(rows.At(i)); err != nil {
			return err
		}
	}
	if err := f.Flush(); err != nil {
		return err
	}
	if c, ok := f.(export.Closer); ok {
		return c.Close(t.about)
	}
	return nil
}

// commandBundle writes what the filter means as evidence.
func (m *Model) commandBundle(dir string) tea.Cmd {
	if dir == "" {
		m.said = "Write the bundle where? :bundle DIR, a directory that is empty or not there yet."
		return nil
	}
	t := m.taking()
	return m.begin("writing the bundle "+dir, func(ctx context.Context, _ *job) outcome {
		rows, ok := t.rows(ctx)
		path, err := homely(dir)
		if !ok {
			err = context.Canceled
		}
		var manifest *export.Manifest
		var fingerprint string
		if err == nil {
			manifest, fingerprint, err = export.WriteBundle(ctx, path, t.evidence(rows))
		}
		switch {
		case errors.Is(err, context.Canceled):
			return outcome{said: "Stopped; there is no bundle."}
		case errors.Is(err, export.ErrThere):
			return outcome{said: "Nothing was written: " + dir + " is not empty. Name another directory."}
		case err != nil:
			return outcome{said: "Nothing was written: " + advised(err, dir)}
		}
		return outcome{said: fmt.Sprintf("Wrote %s entries to %s; fingerprint %s; taudit verify %s examines it.",
			humanize.Comma(int64(manifest.Entries.Count)), dir, fingerprint[:min(16, len(fingerprint))], dir)}
	})
}

// evidence is what a bundle of rows is made of.
func (t *taken) evidence(rows export.Rows) *export.Evidence {
	s := t.state
	return &export.Evidence{
		About: t.about, Since: s.Asked.Since, Until: s.Asked.Until, Seen: t.env.Now,
		Store: s.Store, Rows: rows, Status: s.Status, Covered: source.Cover(s.Evidence(t.about.Made), source.Span{}),
		Read: s.Read, Outside: s.Outside, BadCount: s.Store.BadCount(), Notes: t.options.Notes,
	}
}

// advised gives an error of writing to a path, with what to do about it.
func advised(err error, path string) string {
	text := err.Error()
	switch {
	case errors.Is(err, os.ErrPermission):
		text = path + " may not be written to; name a place of your own, such as ~/" + filepath.Base(path)
	case errors.Is(err, os.ErrNotExist):
		text = "there is no directory " + filepath.Dir(path) + "; make it first, or name another"
	}
	return strings.TrimSuffix(text, ".") + "."
}

// homely gives a path in which ~ is the home directory, as in a shell.
func homely(path string) (string, error) {
	rest, ok := strings.CutPrefix(path, "~")
	if !ok || rest != "" && !os.IsPathSeparator(rest[0]) {
		return path, nil
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding the home directory: %w", err)
	}
	return filepath.Join(dir, rest), nil
}

// completeWrite offers paths, behind the word marked too.
func (m *Model) completeWrite(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	front := ""
	if rest, ok := strings.CutPrefix(argument, "marked "); ok {
		front, argument = "marked ", rest
	}
	return nil, func(context.Context) []prompt.Item {
		items := paths(argument)
		if front == "" && argument != "" && strings.HasPrefix("marked", argument) {
			items = append(items, prompt.Item{Text: "marked ", Note: "only what is marked"})
		}
		for i := range items {
			items[i].Text = front + items[i].Text
		}
		return items
	}
}

func (m *Model) completePath(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	return nil, func(context.Context) []prompt.Item { return paths(argument) }
}

// paths gives the files that begin with what is typed.
func paths(typed string) []prompt.Item {
	dir, name := filepath.Split(typed)
	place, err := homely(cmp.Or(dir, "."))
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(place)
	if err != nil {
		return nil
	}
	var items []prompt.Item
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), name) || name == "" && e.Name()[0] == '.' {
			continue
		}
		i := prompt.Item{Text: dir + e.Name()}
		if e.IsDir() {
			i.Text += string(filepath.Separator)
		}
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b prompt.Item) int { return strings.Compare(a.Text, b.Text) })
	return items
}
