package cli

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app"
	"taudit/theme"
)

// looks are the flags that say how the screen looks and behaves.
type looks struct {
	me             string
	alarm          string
	view           string
	theme          string
	noClock, mouse bool
	fold, gaps     bool
}

func (l *looks) define(f *pflag.FlagSet) {
	f.StringVar(&l.theme, "theme", "auto", "colours: "+strings.Join(theme.Names(), ", ")+", or own for the palette of the configuration; auto goes by the terminal's background")
	f.StringVar(&l.view, "view", "", "show the log as it was saved under this `NAME` with :save; --filter takes the place of its filter")
	f.StringVar(&l.alarm, "alarm", "off", "when --watch meets something new, at most every 10 s: off, bell, notify")
	f.StringVar(&l.me, "me", "", "your `NAME` in the log, for who:me in :expect")
	f.BoolVar(&l.noClock, "no-clock", false, "no clock and no ages: the screen changes only when something happens")
	f.BoolVar(&l.fold, "fold", false, "entries that repeat one within 60 s, with the same operation, principal, target and status, stand on one row")
	f.BoolVar(&l.gaps, "gaps", false, "a row tells where there is nothing for more than 30 minutes")
	f.BoolVar(&l.mouse, "mouse", false, "wheel and click; the terminal's own selection then needs Shift or Option")
}

// complete registers what the shell may offer.
func (l *looks) complete(cmd *cobra.Command, env *Env) {
	// The only error is a flag that is not there.
	_ = cmd.RegisterFlagCompletionFunc("view", env.completeView)
	_ = cmd.RegisterFlagCompletionFunc("alarm", cobra.FixedCompletions(app.AlarmNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(append(theme.Names(), own), cobra.ShellCompDirectiveNoFileComp))
}

// completeView offers the views that were saved.
func (env *Env) completeView(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if env.Views == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, err := env.Views.Load()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.Sorted(maps.Keys(all)), cobra.ShellCompDirectiveNoFileComp
}

// applyView has the screen begin as a view says.
func (l *looks) applyView(cmd *cobra.Command, env *Env, o *app.ModelOptions) error {
	if l.view == "" {
		return nil
	}
	if env.Views == nil {
		return usagef(cmd, "--view: no views are kept here")
	}
	v, err := env.Views.Get(l.view)
	if err != nil {
		return usagef(cmd, "--view: %v", err)
	}
	o.View, o.ViewName = &v, l.view
	return nil
}

// apply checks the flags and tells the screen.
func (l *looks) apply(cmd *cobra.Command, env *Env, o *app.ModelOptions) (err error) {
	if o.Theme, err = l.choice(cmd, env); err != nil {
		return err
	}
	alarm := slices.Index(app.AlarmNames(), l.alarm)
	if alarm < 0 {
		return usagef(cmd, "--alarm: %q is none of %s", l.alarm, strings.Join(app.AlarmNames(), ", "))
	}
	o.Alarm = app.Alarm(alarm)
	o.NoClock, o.Mouse, o.Zone = l.noClock, l.mouse, time.Local
	o.Fold, o.Gaps = l.fold, l.gaps
	o.Keys, err = env.keys(cmd)
	return err
}
