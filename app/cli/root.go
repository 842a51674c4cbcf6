package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app"
	"taudit/source/audit"
	"taudit/source/query"
)

// maxEntries is how many entries are kept in memory unless the command line says otherwise.
const maxEntries = 20_000_000

// describeEvery is how often sources are asked how they are set up, where they can be asked. Nothing of it changes often.
const describeEvery = 5 * time.Minute

func newRoot(env *Env) *cobra.Command {
	var r reading
	var l looks
	root := &cobra.Command{
		Use:   "taudit [SOURCE…]",
		Short: "Watch Temporal Cloud audit logs as they arrive",
		Long: `taudit reads Temporal Cloud audit logs from the places they are delivered to and shows them
as they arrive: merged, in the order of their emit time, each entry once. It only reads.

A SOURCE is
  kinesis://NAME, arn:aws:kinesis:…    a Kinesis stream
  s3://BUCKET/PREFIX                   what Firehose delivered to a bucket
  PATH                                 a file or a directory
  -                                    standard input
  demo:                                a simulated account, inside this process
  NAME                                 a profile of the configuration file
Without a SOURCE the demo is shown. A file with the name of a command or a profile is ./NAME.`,
		Example: `  taudit
  taudit kinesis://audit-prod --region us-east-1 --profile prod-ro --since 2h
  taudit kinesis://audit-prod s3://acme-audit/firehose/ --since 7d
  taudit print s3://acme-audit/firehose/ --since yesterday --format csv > yesterday.csv
  taudit check kinesis://audit-prod`,
		Version:       env.Version,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: env.configured(func(cmd *cobra.Command, refs []string) error {
			return env.show(cmd, refs, &r, &l)
		}),
	}
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate("taudit {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = false
	r.define(root.Flags())
	r.defineResume(root.Flags())
	r.defineHealth(root.Flags())
	r.definePace(root.Flags())
	r.complete(root)
	l.define(root.Flags())
	l.complete(root, env)
	root.PersistentFlags().String("config", "", "read the configuration from this `FILE`")
	root.ValidArgsFunction = env.completeReference
	root.AddCommand(newPrint(env), newCheck(env), newPolicy(env), newExpect(env), newReport(env), newBundle(env), newVerify(env), newDemo(env), newConfig(env), newMan(env))
	return root
}

// show opens the screen on the sources, or on the demo when there are none.
func (env *Env) show(cmd *cobra.Command, refs []string, r *reading, l *looks) error {
	if err := env.mistaken(cmd, refs); err != nil {
		return err
	}
	if _, terminal := env.Terminal(); !terminal {
		return usagef(cmd, "standard output is not a terminal, so there is no screen to draw on.\n"+
			"To write entries to a file or a pipe: taudit print %s", strings.Join(orExample(refs), " "))
	}
	if len(refs) == 0 {
		refs = []string{demoReference}
	}
	return env.screen(cmd, refs, r, l)
}

func orExample(refs []string) []string {
	if len(refs) == 0 {
		return []string{"SOURCE"}
	}
	return refs
}

// screen shows sources until the person quits.
func (env *Env) screen(cmd *cobra.Command, refs []string, r *reading, l *looks) error {
	clock, err := r.clock(cmd, env.Now)
	if err != nil {
		return err
	}
	o, err := r.options(cmd, clock())
	if err != nil {
		return err
	}
	if _, err := r.query(cmd); err != nil {
		return err
	}
	limits, err := r.limits(cmd)
	if err != nil {
		return err
	}
	m := app.ModelOptions{Now: clock, Filter: r.filter}
	if m.Language, err = r.language(cmd, env); err != nil {
		return err
	}
	if m.Watch, err = r.rules.list(cmd); err != nil {
		return err
	}
	if err := l.apply(cmd, env, &m); err != nil {
		return err
	}
	log, closeLog, err := openLog(r.log)
	if err != nil {
		return err
	}
	defer closeLog()
	o.Log, o.Follow, o.Vocabulary = log, true, audit.NewVocabulary()
	seek(&o, false, query.Query{}, &m.Language)
	env.starting(r, &o)

	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	sources, demo, err := env.open(ctx, cmd, refs, o)
	if err != nil {
		return err
	}
	if err := r.fits(cmd, demo); err != nil {
		return err
	}
	notes := r.unresumed(sources)
	for _, s := range sources {
		if note := notes[s.Name()]; note != "" {
			env.say("taudit: %s: %s", s.Name(), note)
		}
	}
	kept := env.keep()
	defer func() {
		if err := kept.end(); err != nil {
			env.complain(err)
		}
	}()
	feed := app.NewFeed(sources, app.FeedOptions{
		Limits:     limits,
		Window:     app.Window{Since: o.Since, Until: o.Until},
		Latest:     o.Latest,
		Describe:   describeEvery,
		Vocabulary: o.Vocabulary,
		Taken:      kept.take,
		Notes:      notes,
		Now:        env.Now,
		Log:        log,
		Stays:      true,
	})
	log.Info("screen", "sources", refs, "version", env.Version)
	m.Demo = demo
	m.Command = env.again(cmd, refs, &o)
	m.Clipboard, m.Copies, m.Marks = env.Clipboard, env.Copies, env.Marks
	if env.Filters != nil {
		if m.History, err = env.Filters.Load(); err != nil {
			log.Warn("the filter history could not be read", "error", err)
		}
		m.Remember = func(filter string) error { return env.Filters.Append(ctx, filter) }
	}
	m.Desk = env.desk(ctx, cmd, refs, o, l.me, log)
	if err := l.applyView(cmd, env, &m); err != nil {
		return err
	}
	ended, err := env.keepSession(ctx, cmd, refs, r, &m, log)
	if err != nil {
		return err
	}
	defer ended()
	return env.Screen(ctx, feed, app.RunOptions{ModelOptions: m})
}

// flagError turns what the flag parser says into a usage error, with the flag that was meant.
func flagError(cmd *cobra.Command, err error) error {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	text := err.Error()
	if unknown, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		if near := nearest(unknown, names); len(near) > 0 {
			text += fmt.Sprintf("; did you mean --%s?", strings.Join(near, " or --"))
		}
	}
	return usagef(cmd, "%s", text)
}

// nearest gives the names that are close to a mistyped word, by the same measure as cobra's own suggestions.
func nearest(word string, names []string) []string {
	c := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, n := range names {
		c.AddCommand(&cobra.Command{Use: n, Run: func(*cobra.Command, []string) {}})
	}
	return c.SuggestionsFor(word)
}
