package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app"
)

// rules are the flags that say what is to be noticed, and so what is:alert means.
type rules struct{ watch []string }

func (r *rules) define(f *pflag.FlagSet) {
	f.StringArrayVar(&r.watch, "watch", nil, "notice what a filter means, which is:alert then finds, as `NAME=FILTER`, or as destroys or denied, which are known; may be repeated")
}

// complete registers the rules that are known.
func (r *rules) complete(cmd *cobra.Command) {
	var known []cobra.Completion
	for _, o := range app.OfferedRules() {
		known = append(known, o.Name)
	}
	// The only error is a flag that is not there.
	_ = cmd.RegisterFlagCompletionFunc("watch", cobra.FixedCompletions(known, cobra.ShellCompDirectiveNoFileComp))
}

// list reads the rules.
func (r *rules) list(cmd *cobra.Command) (list []app.WatchRule, err error) {
	for _, text := range r.watch {
		rule, err := app.ParseWatchRule(text)
		if err == nil && slices.ContainsFunc(list, func(w app.WatchRule) bool { return w.Name == rule.Name }) {
			err = fmt.Errorf("there are two rules %s", rule.Name)
		}
		if err != nil {
			return nil, usagef(cmd, "--watch: %v", err)
		}
		list = append(list, rule)
	}
	return list, nil
}
