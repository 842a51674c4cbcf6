package cli

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taudit/app"
	"taudit/source"
	"taudit/views/page"
)

// desk gives the screen what its commands reach outside of it. Sources that they open are opened as those of the command line were.
func (env *Env) desk(ctx context.Context, cmd *cobra.Command, refs []string, o source.Options, me string, log *slog.Logger) app.Desk {
	d := app.Desk{
		Version: env.Version,
		Me:      me,
		Views:   env.Views,
		Notes:   env.exporting(false).Notes,
		Open: func(ctx context.Context, ref string) ([]source.Source, error) {
			list, _, err := env.open(ctx, cmd, env.sourcesOf(ref), o)
			return list, err
		},
		Reopen:     func(ctx context.Context, name string) ([]source.Source, error) { return env.reopen(ctx, cmd, name, o) },
		About:      func(ctx context.Context) []page.Line { return env.aboutRun(ctx, refs, o) },
		References: slices.Sorted(maps.Keys(env.settings.file.Profiles)),
	}
	if env.Commands == nil {
		return d
	}
	var err error
	if d.Commands, err = env.Commands.Load(); err != nil {
		log.Warn("the history of commands could not be read", "error", err)
	}
	d.Remember = func(text string) error { return env.Commands.Append(ctx, text) }
	return d
}

// sourcesOf gives the references that a name stands for.
func (env *Env) sourcesOf(ref string) []string {
	if p, ok := env.settings.file.Profiles[ref]; ok {
		return p.Sources
	}
	return []string{ref}
}

// aboutRun tells where AWS is reached and what of it is used. It reads local files and does not call out.
func (env *Env) aboutRun(ctx context.Context, refs []string, o source.Options) []page.Line {
	var lines []page.Line
	add := func(label, text string) { lines = append(lines, page.Line{Label: label, Text: text}) }
	file := "none; " + env.ConfigPath + " would be read"
	if env.ConfigPath == "" {
		file = "none"
	}
	if env.settings.file.Path != "" {
		file = env.settings.file.Path
	}
	add("configuration", file)
	if env.settings.profile != "" {
		add("its profile", env.settings.profile)
	}
	var p source.Policy
	for _, ref := range refs {
		grant, ok := env.Granters[schemeOf(ref)]
		if !ok {
			continue
		}
		if err := grant(ctx, ref, o, &p); err != nil {
			add("permissions", ref+": "+err.Error())
		}
	}
	if p.Empty() {
		add("permissions", "none of AWS are needed")
		return lines
	}
	profile := o.Profile
	if profile == "" {
		profile = env.Getenv("AWS_PROFILE")
	}
	if profile == "" {
		profile = "as the aws CLI finds credentials without one"
	}
	add("AWS profile", profile)
	if o.EndpointURL != "" {
		add("endpoint", o.EndpointURL)
	}
	for _, g := range p.Grants() {
		add("uses", strings.Join(g.Actions, ", ")+" on "+strings.Join(g.Resources, ", "))
		for _, arn := range g.Resources {
			if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[4] != "" {
				add("account", parts[4]+", region "+parts[3])
			}
		}
	}
	for _, n := range p.Notes() {
		add("", n)
	}
	return lines
}
