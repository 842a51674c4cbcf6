package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taudit/app/config"
	"taudit/app/export"
	"taudit/source"
	"taudit/views"
)

// reporting are the flags of report.
type reporting struct {
	reading
	saving
	begin, end string
	who        []string
}

func newReport(env *Env) *cobra.Command {
	var p reporting
	cmd := &cobra.Command{
		Use:   "report --begin TIME SOURCE…",
		Short: "Report a change window as Markdown",
		Long: `report says what happened from --begin to --end, for a ticket: counts by principal and by operation, what was not
accepted, who acted that was not named beforehand with --expect-who, and what of the time is covered.

A TIME is as everywhere (2h, 08:00, 2023-11-08T08:14), or mark:TEXT for the time of an entry that you have marked or
noted: TEXT is its log_id, or what its note says.

Exit code: 0 there are entries in it, 1 there are none, 2 bad usage, 3 a source failed (the report says so).`,
		Example: `  taudit report --begin 08:00 --end 10:00 --expect-who terraform,alice prod -o change.md
  taudit report --begin 'mark:begin of migration' --end 'mark:end of migration' prod`,
		Args: func(cmd *cobra.Command, refs []string) error {
			if len(refs) == 0 {
				return usagef(cmd, "report needs a SOURCE: kinesis://NAME, s3://BUCKET/PREFIX, a path, - for standard input, or demo:")
			}
			return nil
		},
		ValidArgsFunction: env.completeReference,
		RunE: env.configured(func(cmd *cobra.Command, refs []string) error {
			return env.report(cmd, refs, &p)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&p.begin, "begin", "", "`TIME` at which the window begins")
	f.StringVar(&p.end, "end", "now", "`TIME` at which it ends")
	f.StringArrayVar(&p.who, "expect-who", nil, "`NAME`s of who was to act, joined by commas, as who: in a filter has them; may be repeated")
	p.defineOutput(f)
	p.defineFilter(f)
	p.defineProxies(f)
	p.defineNow(f)
	p.defineMemory(f)
	p.defineAccess(f)
	p.definePace(f)
	return cmd
}

// bound is one end of a change window.
type bound struct {
	at   time.Time
	note string // what a person has said about it
}

// bounds reads the two ends.
func (p *reporting) bounds(cmd *cobra.Command, env *Env, now time.Time) (begin, end bound, err error) {
	if p.begin == "" {
		return begin, end, usagef(cmd, "report needs the time at which the window begins: --begin TIME")
	}
	if begin, err = env.bound(p.begin, now); err != nil {
		return begin, end, usagef(cmd, "--begin: %v", err)
	}
	if end, err = env.bound(p.end, now); err != nil {
		return begin, end, usagef(cmd, "--end: %v", err)
	}
	switch {
	case begin.at.After(now):
		return begin, end, usagef(cmd, "--begin %s is still to come", p.begin)
	case !end.at.After(begin.at):
		return begin, end, usagef(cmd, "--end (%s) is not after --begin (%s), so nothing can have happened between them", stamp(end.at), stamp(begin.at))
	}
	return begin, end, nil
}

// bound reads a time, or finds that of a mark.
func (env *Env) bound(text string, now time.Time) (bound, error) {
	name, marked := strings.CutPrefix(text, "mark:")
	if !marked {
		at, err := parseWhen(text, now)
		if err == nil && at.IsZero() {
			err = errors.New("it is empty")
		}
		return bound{at: at}, err
	}
	if env.Marks == nil {
		return bound{}, errors.New("there are no marks")
	}
	if err := env.Marks.Load(); err != nil {
		return bound{}, err
	}
	var found []config.Mark
	for _, m := range env.Marks.Marks().List() {
		if name != "" && (m.LogID == name || m.ID.String() == name || strings.EqualFold(m.Note, name)) {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 0:
		return bound{}, fmt.Errorf("no entry is marked whose log_id or note is %q", name)
	case len(found) > 1:
		return bound{}, fmt.Errorf("%d marked entries have the log_id or the note %q; give the time of the one that is meant", len(found), name)
	case found[0].Time.IsZero():
		return bound{}, fmt.Errorf("the marked entry %q has no time", name)
	}
	return bound{found[0].Time, cmp.Or(found[0].Note, "mark "+name)}, nil
}

// report carries out the command.
func (env *Env) report(cmd *cobra.Command, refs []string, p *reporting) error {
	clock, err := p.clock(cmd, env.Now)
	if err != nil {
		return err
	}
	if p.force && p.file == "" {
		return usagef(cmd, "--force lets --output replace a file, but there is no --output")
	}
	begin, end, err := p.bounds(cmd, env, clock())
	if err != nil {
		return err
	}
	if end.note != "" {
		end.at = end.at.Add(time.Nanosecond) // the entry that was marked is in the window
	}
	p.since, p.until = stamp(begin.at), stamp(end.at)
	var who []string
	for _, list := range p.who {
		for _, name := range strings.Split(list, ",") {
			if name = strings.TrimSpace(name); name != "" && !slices.Contains(who, name) {
				who = append(who, name)
			}
		}
	}
	to, err := p.destination(cmd, env)
	if err != nil {
		return err
	}
	g, rows, err := env.change(cmd, refs, p, begin, end, who, to)
	if err = errors.Join(err, to.end(err == nil)); err != nil && !gone(err) {
		return err
	}
	env.say("taudit: %s", g.about.Coverage)
	switch {
	case g.failed:
		return exitCode(exitFailed)
	case rows.Len() == 0:
		return exitCode(exitNone)
	}
	return nil
}

// change reads what happened in a change window and writes the report of it.
func (env *Env) change(cmd *cobra.Command, refs []string, p *reporting, begin, end bound, who []string, to *destination) (*gathered, views.Rows, error) {
	g, err := env.gather(cmd, refs, &p.reading, true)
	if err != nil {
		return nil, nil, err
	}
	rows, err := g.rows(cmd.Context())
	if err != nil {
		return nil, nil, err
	}
	covered := source.Cover(g.state.Evidence(env.Now()), source.Span{From: begin.at, To: end.at})
	g.about.Coverage = covered.String()
	err = export.WriteReport(cmd.Context(), to, &export.Change{
		About: g.about, Begin: begin.at, End: end.at, BeginNote: begin.note, EndNote: end.note, Expected: who, Rows: rows,
	})
	if err != nil {
		return g, rows, fmt.Errorf("writing the report: %w", err)
	}
	return g, rows, nil
}
