package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"taudit/app"
	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/views"
)

// gathered is what was read of sources to their end.
type gathered struct {
	*session
	asked    source.Options
	query    query.Query
	language query.Env
	now      time.Time // that relative times are seen from
	state    *app.State
	failed   bool // a source did
}

// gather reads sources to their end, and tells what failed as it happens. It is an error when that was interrupted. With only set, of
// entries that the filter does not mean there need not be more than that they are there.
func (env *Env) gather(cmd *cobra.Command, refs []string, r *reading, only bool) (*gathered, error) {
	if r.latest {
		return nil, usagef(cmd, "--latest is for what arrives from now on, and %s is about what is there", cmd.Name())
	}
	clock, err := r.clock(cmd, env.Now)
	if err != nil {
		return nil, err
	}
	g := &gathered{now: clock()}
	if g.asked, err = r.options(cmd, g.now); err != nil {
		return nil, err
	}
	if g.query, err = r.query(cmd); err != nil {
		return nil, err
	}
	if g.language, err = r.settled(cmd, env, g.query); err != nil {
		return nil, err
	}
	g.language.Now = g.now.UTC()
	limits, err := r.limits(cmd)
	if err != nil {
		return nil, err
	}
	log, closeLog, err := openLog(r.log)
	if err != nil {
		return nil, err
	}
	defer closeLog()
	g.asked.Log, g.asked.Vocabulary = log, audit.NewVocabulary()
	seek(&g.asked, only, g.query, &g.language)

	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	sources, demo, err := env.open(ctx, cmd, refs, g.asked)
	if err != nil {
		return nil, err
	}
	if err := r.fits(cmd, demo); err != nil {
		return nil, err
	}
	log.Info(cmd.Name(), "sources", refs, "version", env.Version)
	fo := app.FeedOptions{Window: app.Window{Since: g.asked.Since, Until: g.asked.Until}, Vocabulary: g.asked.Vocabulary, Now: env.Now, Log: log}
	if given := env.settings.given; given(cmd, "max-entries") || given(cmd, "max-memory") {
		fo.Limits = limits // all is needed, unless somebody asks for less
	}
	g.session = &session{env: env, told: map[string]bool{}, about: env.about(r.filter, sources), feed: app.NewFeed(sources, fo)}
	g.read(ctx)
	if cmd.Context().Err() != nil {
		return nil, errors.New("interrupted before every source was read to its end, so nothing was written")
	}
	g.state = g.feed.State()
	g.failed = g.report(g.state)
	g.about.Made = env.Now()
	for _, u := range g.query.Unknowns() {
		env.say("taudit: --filter: %s is no field, so %s is searched as text where an entry has no key of that name", u.Name, u.Name+":…")
	}
	return g, nil
}

// rows are the entries that the filter means. It is an error when finding them was interrupted.
func (g *gathered) rows(ctx context.Context) (views.Rows, error) {
	if g.query.Empty() {
		return g.state.Store, nil
	}
	m := g.state.Store.Match(ctx, app.Filter(g.query, &g.language), nil)
	if m == nil {
		return nil, errors.New("interrupted while the filter was applied, so nothing was written")
	}
	return m, nil
}
