package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"taudit/app"
	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
)

// printing are the flags of print.
type printing struct {
	reading
	format string
	follow bool
	limit  int
	saving
}

func newPrint(env *Env) *cobra.Command {
	var p printing
	cmd := &cobra.Command{
		Use:   "print SOURCE…",
		Short: "Write the entries of sources to standard output",
		Long: `print writes the entries of its sources to standard output, without a screen.

Without --follow it ends when every source is read to its end, and writes the entries in the order of their emit
time. With --follow it writes what is already there in that order once all sources have caught up, and then each
batch as it arrives.

Formats:
  jsonl   the bytes as received, one entry a line. Line breaks between the values of an entry that was written over
          several lines are left out; nothing else is touched. On a terminal, characters that it would obey or hide
          are written as \uXXXX, which means the same in JSON.
  csv     RFC 4180 with a header row: time (emit time), status, operation, principal, type, via, target, namespace,
          address (the whole chain), log_id, request_id (or async operation id), source, marked, note. A cell that a
          spreadsheet would take for a formula gets a ' in front.
  markdown  a table for a ticket: who did what when, with marks and notes, and what it is based on. What strangers have
          chosen is code there, so that nothing in it is a link, a mention or markup.
  table   aligned columns for people, cut to the width of the terminal.

--redact PATH, which may be repeated, and --redact-file FILE, with a path on each line, leave values out. A path is the
keys down to a value joined by dots, such as principal.name, x_forwarded_for or details.spec.*, and means all values at or
below it, in every spelling of an entry. They become [redacted], or with --redact-key FILE a pseudonym that is the same
wherever value and key are, and that nobody can guess without the key.

The last line on standard error counts: read=N printed=N duplicates=N bad=N gaps=N. What was read outside of --since
and --until, and what the filter does not mean, is in read alone. The line before it says what is covered: "everything
the 4 shards held from 07:22 to 09:22 UTC; no gaps; 2 undecodable", or which stretch is not and why.

Exit code: 0 something was printed, 1 nothing was, 2 bad usage, 3 a source failed (the others were still read).`,
		Example: `  taudit print audit.jsonl.gz --since 2023-11-08 --until 2023-11-09 --format csv
  taudit print kinesis://audit-prod --follow --latest | jq .operation
  gzip -dc old/*.gz | taudit print - --limit 20 --format table`,
		Args: func(cmd *cobra.Command, refs []string) error {
			if len(refs) == 0 {
				return usagef(cmd, "print needs a SOURCE: kinesis://NAME, s3://BUCKET/PREFIX, a path, - for standard input, or demo:")
			}
			return nil
		},
		ValidArgsFunction: env.completeReference,
		RunE: env.configured(func(cmd *cobra.Command, refs []string) error {
			return env.print(cmd, refs, &p)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&p.format, "format", "jsonl", "jsonl, csv, markdown or table")
	p.defineSaving(f)
	f.BoolVarP(&p.follow, "follow", "F", false, "go on when the end is reached, and print what arrives")
	f.IntVar(&p.limit, "limit", 0, "print the last `N` entries; with --follow stop after N")
	p.define(f)
	p.defineResume(f)
	p.definePace(f)
	p.complete(cmd)
	// The only error is a flag that is not there.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(export.Names(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// check refuses what cannot be meant.
func (p *printing) check(cmd *cobra.Command) error {
	switch {
	case cmd.Flags().Changed("limit") && p.limit < 1, p.limit < 0:
		return usagef(cmd, "--limit: %d is no number of entries; write 1 or more", p.limit)
	case p.force && p.file == "":
		return usagef(cmd, "--force lets --output replace a file, but there is no --output")
	case p.latest && !p.follow:
		return usagef(cmd, "--latest prints what arrives from now on, so it needs --follow")
	}
	if _, err := export.New(p.format, io.Discard, export.Options{}); err != nil {
		return usagef(cmd, "--format: %v", err)
	}
	return nil
}

// print carries out the command.
func (env *Env) print(cmd *cobra.Command, refs []string, p *printing) error {
	if err := p.check(cmd); err != nil {
		return err
	}
	clock, err := p.clock(cmd, env.Now)
	if err != nil {
		return err
	}
	o, err := p.options(cmd, clock())
	if err != nil {
		return err
	}
	q, err := p.query(cmd)
	if err != nil {
		return err
	}
	limits, err := p.limits(cmd)
	if err != nil {
		return err
	}
	language, err := p.settled(cmd, env, q)
	if err != nil {
		return err
	}
	redactor, err := p.redactor(cmd)
	if err != nil {
		return err
	}
	log, closeLog, err := openLog(p.log)
	if err != nil {
		return err
	}
	defer closeLog()
	o.Log, o.Follow, o.Vocabulary = log, p.follow, audit.NewVocabulary()
	env.starting(&p.reading, &o)
	language.Now = clock().UTC()
	seek(&o, !p.follow, q, &language)

	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	sources, demo, err := env.open(ctx, cmd, refs, o)
	if err != nil {
		return err
	}
	if err := p.fits(cmd, demo); err != nil {
		return err
	}
	log.Info("print", "sources", refs, "version", env.Version)

	to, err := p.destination(cmd, env)
	if err != nil {
		return err
	}
	format, err := export.New(p.format, to, env.exporting(to.terminal))
	if err != nil {
		return errors.Join(err, to.end(false))
	}
	format = export.Redacted(format, redactor)
	if p.follow {
		if err := to.publish(); err != nil {
			return errors.Join(err, to.end(false))
		}
	}

	s := &session{env: env, to: to, redactor: redactor, about: env.about(p.filter, sources)}
	s.out = &output{format: format, query: q, clock: clock, language: language}
	s.told = map[string]bool{}
	s.kept = env.keep()
	s.kept.hold() // until what was read is printed
	defer func() {
		if err := s.kept.end(); err != nil {
			env.complain(err)
		}
	}()
	for _, u := range q.Unknowns() {
		env.say("taudit: --filter: %s is no field, so %s is searched as text where an entry has no key of that name", u.Name, u.Name+":…")
	}
	fo := app.FeedOptions{
		Window: app.Window{Since: o.Since, Until: o.Until}, Latest: o.Latest, Vocabulary: o.Vocabulary, Now: env.Now, Log: log,
		Taken: s.taken, Notes: p.unresumed(sources),
	}
	// What was printed while following need not be kept for ever. Otherwise all is needed until the end, unless somebody asks for less.
	if given := env.settings.given; p.follow || given(cmd, "max-entries") || given(cmd, "max-memory") {
		fo.Limits = limits
	}
	if p.follow {
		s.out.limit, s.out.full = p.limit, cancel
		s.tail = &tail{out: s.out, kept: s.kept}
		fo.Fresh = s.tail.fresh
	}
	s.feed = app.NewFeed(sources, fo)
	if s.tail != nil {
		s.tail.feed = s.feed
	}
	s.read(ctx)
	if !p.follow && cmd.Context().Err() == nil {
		s.out.snapshot(s.feed.State().Store, p.limit)
	}
	return s.end(cmd.Context())
}

// end writes the closing line and tells the exit code.
func (s *session) end(asked context.Context) error {
	s.out.flush()
	state := s.feed.State()
	failed := s.report(state)
	covered := s.coverage(state).String()
	interrupted := s.tail == nil && asked.Err() != nil
	if s.out.err == nil && !interrupted {
		s.about.Coverage, s.about.Made = covered, s.env.Now()
		s.out.fail(closeFormat(s.out.format, s.about))
	}
	if whole := s.tail != nil || s.out.err == nil && !interrupted; s.to.file != nil {
		s.out.fail(s.to.end(whole))
	}
	if s.tail == nil && s.out.err == nil && !interrupted {
		s.kept.release()
	}
	if !errors.Is(s.out.err, errGone) && s.out.err != nil {
		s.env.complain(fmt.Errorf("writing the entries: %w; what was printed before is incomplete", s.out.err))
		failed = true
	}
	if interrupted {
		s.env.complain(errors.New("interrupted before every source was read to its end, so nothing was printed"))
	}
	if n := state.Store.Evicted(); n > 0 && s.tail == nil {
		s.env.say("taudit: %d of the oldest entries did not fit into --max-entries and --max-memory and were not looked at", n)
	}
	s.env.unused(s.redactor)
	s.env.say("taudit: %s", covered)
	fmt.Fprintf(s.env.Stderr, "read=%d printed=%d duplicates=%d bad=%d gaps=%d\n",
		state.Read, s.out.printed, state.Store.Duplicates(), state.Store.BadCount(), state.Lost)
	switch {
	case failed:
		return exitCode(exitFailed)
	case s.out.printed == 0:
		return exitCode(exitNone)
	}
	return nil
}

// coverage says what of the sources was read.
func (s *session) coverage(state *app.State) source.Coverage {
	e := state.Evidence(s.env.Now())
	if s.tail != nil {
		e.Evicted = 0 // it was printed as it came
	}
	return source.Cover(e, source.Span{})
}
