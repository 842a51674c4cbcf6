package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app"
	"taudit/theme"
)

// looks are the flags that say how the screen looks and behaves.
type looks struct {
	theme          string
	noClock, mouse bool
}

func (l *looks) define(f *pflag.FlagSet) {
	f.StringVar(&l.theme, "theme", "auto", "colours: "+strings.Join(theme.Names(), ", ")+", or own for the palette of the configuration; auto goes by the terminal's background")
	f.BoolVar(&l.noClock, "no-clock", false, "no clock and no ages: the screen changes only when something happens")
	f.BoolVar(&l.mouse, "mouse", false, "wheel and click; the terminal's own selection then needs Shift or Option")
}

// complete registers what the shell may offer.
func (l *looks) complete(cmd *cobra.Command) {
	// The only error is a flag that is not there.
	_ = cmd.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(append(theme.Names(), own), cobra.ShellCompDirectiveNoFileComp))
}

// apply checks the flags and tells the screen.
func (l *looks) apply(cmd *cobra.Command, env *Env, o *app.ModelOptions) (err error) {
	if o.Theme, err = l.choice(cmd, env); err != nil {
		return err
	}
	o.NoClock, o.Mouse, o.Zone = l.noClock, l.mouse, time.Local
	o.Keys, err = env.keys(cmd)
	return err
}
