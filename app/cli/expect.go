package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"taudit/app"
	"taudit/app/expect"
	"taudit/source/audit"
	"taudit/views/grid"
)

// expecting are the flags of expect.
type expecting struct {
	reading
	within time.Duration
	me     string
}

func newExpect(env *Env) *cobra.Command {
	var x expecting
	cmd := &cobra.Command{
		Use:   "expect FILTER SOURCE…",
		Short: "Wait for an entry, and tell whether it came",
		Long: `expect waits for the first entry that FILTER means, for scripts that make a change and want to see it in the audit log.
It counts what was emitted since it was started, or since --since; Temporal Cloud delivers every few minutes, and an
entry may take ten to arrive.

It ends when the entry is there, when the time is over, or when all sources are read to their end, and says so on
standard output: "seen after 1m50s, accepted", or "not seen in 10 min; source healthy, quiet".

Exit code: 0 it was seen, 1 it was not, 2 bad usage, 3 it was not and the source was not healthy, so it may have happened.`,
		Example: `  taudit expect 'op:UpdateNamespace ns:prod -is:error' --within 10m kinesis://audit-prod
  terraform apply && taudit expect 'op:UpdateNamespace ns:prod' --since 10m prod`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef(cmd, "expect needs a FILTER and a SOURCE: taudit expect 'op:UpdateNamespace ns:prod' kinesis://NAME")
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return env.completeReference(cmd, args, typed)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return env.configured(func(cmd *cobra.Command, refs []string) error {
				return env.expect(cmd, args[0], refs, &x)
			})(cmd, args[1:])
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.DurationVar(&x.within, "within", expect.DefaultWithin, "wait for this long")
	f.StringVar(&x.since, "since", "", "also count what was emitted from this `TIME` on, before the start: 10m, 08:00")
	f.StringVar(&x.me, "me", "", "your `NAME` in the log, for who:me in FILTER")
	x.rules.define(f)
	x.defineProxies(f)
	x.defineMemory(f)
	x.defineAccess(f)
	x.definePace(f)
	x.complete(cmd)
	return cmd
}

// expect carries out the command.
func (env *Env) expect(cmd *cobra.Command, filter string, refs []string, x *expecting) error {
	filter, within, err := expect.Parse(filter)
	switch {
	case err != nil:
		return usagef(cmd, "%v", err)
	case within == 0:
		within = x.within
	case cmd.Flags().Changed("within"):
		return usagef(cmd, "within: in the filter and --within say the same: choose one")
	}
	if within <= 0 {
		return usagef(cmd, "--within: %v is no duration above zero; write 90s or 10m", within)
	}
	if x.filter, err = expect.Me(filter, x.me); err != nil {
		return usagef(cmd, "FILTER: %v", err)
	}
	q, err := x.queryOf(cmd, "FILTER")
	switch {
	case err != nil:
		return err
	case q.Empty():
		return usagef(cmd, "the filter is empty, so any entry would do; say what is expected, such as 'op:UpdateNamespace ns:prod'")
	}
	began := env.Now()
	o, err := x.options(cmd, began)
	if err != nil {
		return err
	}
	language, err := x.settled(cmd, env, q)
	if err != nil {
		return err
	}
	limits, err := x.limits(cmd)
	if err != nil {
		return err
	}
	log, closeLog, err := openLog(x.log)
	if err != nil {
		return err
	}
	defer closeLog()
	if o.Since.IsZero() {
		o.Since = began
	}
	o.Log, o.Follow, o.Vocabulary = log, true, audit.NewVocabulary()
	seek(&o, false, q, &language)

	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	sources, demo, err := env.open(ctx, cmd, refs, o)
	if err != nil {
		return err
	}
	if err := x.fits(cmd, demo); err != nil {
		return err
	}
	log.Info("expect", "sources", refs, "filter", filter, "version", env.Version)
	watch := expect.New(expect.Options{Query: q, Env: language, Began: began, Since: o.Since, Within: within})
	s := &session{env: env, told: map[string]bool{}}
	found := make(chan struct{}, 1)
	s.feed = app.NewFeed(sources, app.FeedOptions{
		Limits: limits, Window: app.Window{Since: o.Since}, Vocabulary: o.Vocabulary, Now: env.Now, Log: log,
		Fresh: func(entries []audit.Entry) {
			if watch.Take(entries, env.Now()) {
				select {
				case found <- struct{}{}:
				default:
				}
			}
		},
	})
	return env.tell(s.await(ctx, cancel, watch, found, within), cmd.Context().Err() != nil)
}

// await runs the feed until what is expected is seen, the time is over or nothing more comes.
func (s *session) await(ctx context.Context, cancel func(), watch *expect.Watch, found <-chan struct{}, within time.Duration) expect.Result {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.feed.Run(ctx) // what failed is in the feed's state
	}()
	over := time.NewTimer(within)
	defer over.Stop()
	var h expect.Health
	for ended := false; !ended; {
		select {
		case <-s.feed.Dirty():
			s.report(s.feed.State())
		case <-found:
			ended = true
		case <-done:
			h, ended = health(s.feed.State()), true
		case <-over.C:
			h, ended = health(s.feed.State()), true // before it is stopped
			h.Ended = false
		}
	}
	cancel()
	<-done
	now := s.env.Now()
	if until := watch.Until(); now.Before(until) && !h.Ended {
		now = until // timers may be a little early
	}
	return watch.Result(h, now)
}

// health judges whether what is expected would have been seen.
func health(state *app.State) expect.Health {
	e := state.Evidence(time.Time{})
	return expect.ByState(e.Status, state.Lost, state.Ended)
}

// tell says how an expectation ended.
func (env *Env) tell(r expect.Result, interrupted bool) error {
	write := func(text string) { fmt.Fprintln(env.Stdout, grid.Clean(text)) }
	if r.Outcome == expect.Seen {
		e := &r.Entry
		who := e.Actor()
		if who == "" {
			who = "not said by whom"
		}
		write(fmt.Sprintf("%s %s: %s", e.Time().UTC().Format("2006-01-02 15:04:05Z"), who, e.Sentence()))
		write(r.Text)
		return nil
	}
	if interrupted {
		return errors.New("interrupted before it was seen")
	}
	write(r.Text)
	if r.Outcome == expect.Missed {
		return exitCode(exitNone)
	}
	return exitCode(exitFailed)
}
