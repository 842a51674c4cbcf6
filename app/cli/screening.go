package cli

import (
	"context"
	"log/slog"
	"sync"

	"github.com/spf13/cobra"

	"taudit/app"
	"taudit/app/config"
)

// savedView gives the view of a name; nil if there is none.
func (env *Env) savedView(name string) *config.View {
	if name == "" || env.Views == nil {
		return nil
	}
	v, err := env.Views.Get(name)
	if err != nil {
		return nil
	}
	return &v
}

// keepSession brings the last session of the sources back, if that was asked for, and keeps this one from now on. ended writes it for the
// last time; it waits for that.
func (env *Env) keepSession(ctx context.Context, cmd *cobra.Command, refs []string, r *reading, m *app.ModelOptions, log *slog.Logger) (ended func(), err error) {
	if env.Sessions == nil {
		return func() {}, nil
	}
	if r.resume {
		last, left, ok, err := env.Sessions.Load(refs)
		switch {
		case err != nil:
			return nil, usagef(cmd, "--resume: %v", err)
		case ok:
			log.Info("resuming", "left", left)
			m.Resume = &last
			if m.View == nil {
				m.View, m.ViewName = &last.View, last.ViewName
				if m.Saved = env.savedView(last.ViewName); m.Saved == nil {
					m.ViewName = "" // it was forgotten meanwhile
				}
			}
		}
	}
	keeper := env.Sessions.Keep(refs, env.Now)
	m.Desk.Session = keeper.Take
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := keeper.Run(ctx); err != nil {
			log.Warn("the session could not be kept", "error", err)
		}
	})
	return func() {
		cancel()
		running.Wait()
	}, nil
}
