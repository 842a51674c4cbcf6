package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app"
	"taudit/app/config"
	"taudit/theme"
	"taudit/views/grid"
)

func newConfig(env *Env) *cobra.Command {
	var r reading
	var l looks
	cmd := &cobra.Command{
		Use:   "config [PROFILE]",
		Short: "Print the configuration that is in effect, and where each value comes from",
		Long: `config prints what taudit would go by, as a configuration file with the origin of each value behind it: a flag, the
environment, a line of the configuration file, or what taudit does by itself. With a PROFILE it is what that profile comes to.

The file is the one of --config, else of TAUDIT_CONFIG, else config.toml in the directory taudit of the XDG base
directory for configuration.

Exit code: 0, or 2 if the configuration cannot be understood.`,
		Example: `  taudit config
  taudit config prod --since 1d`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return env.profileNames(cmd), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := env.readConfig(cmd); err != nil {
				return err
			}
			if len(args) == 1 {
				if _, ok := env.settings.file.Profiles[args[0]]; !ok {
					return usagef(cmd, "there is no profile %q%s", args[0], orMeant(nearest(args[0], env.profileNames(cmd))))
				}
				env.settings.profile = args[0]
			}
			if err := env.apply(cmd); err != nil {
				return err
			}
			return env.printConfig(cmd, &l)
		},
	}
	r.define(cmd.Flags())
	r.definePace(cmd.Flags())
	r.complete(cmd)
	l.define(cmd.Flags())
	l.complete(cmd, env)
	return cmd
}

func orMeant(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// profileNames gives the names of the profiles; none if the configuration cannot be read.
func (env *Env) profileNames(cmd *cobra.Command) []string {
	if env.settings.file == nil && env.readConfig(cmd) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(env.settings.file.Profiles))
}

// written is one line of a configuration.
type written struct{ name, value, origin string }

// printConfig writes what is in effect.
func (env *Env) printConfig(cmd *cobra.Command, l *looks) error {
	if _, err := l.choice(cmd, env); err != nil {
		return err
	}
	keys, err := env.keys(cmd)
	if err != nil {
		return err
	}
	s := &env.settings
	table := func(name string, lines []written) {
		if len(lines) > 0 {
			writeTable(env.Stdout, name, lines)
		}
	}
	if s.file.Path == "" {
		fmt.Fprintln(env.Stdout, "# no configuration file"+env.wouldBe())
	} else {
		fmt.Fprintln(env.Stdout, "# "+grid.Clean(s.file.Path))
	}
	var lines []written
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if isSetting(f) {
			lines = append(lines, written{f.Name, valueOf(f), env.originOf(f)})
		}
	})
	table("defaults", lines)
	for _, name := range slices.Sorted(maps.Keys(s.file.Commands)) {
		table("command."+name, s.written(s.file.Commands[name], schemaOf(cmd.Root()).Commands[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.file.Profiles)) {
		p := s.file.Profiles[name]
		lines := []written{{"sources", listOf(p.Sources), s.line(p.Line)}}
		table("profile."+quotedKey(name), append(lines, s.written(p.Settings, schemaOf(cmd.Root()).Settings)...))
	}
	table("palette", s.written(s.file.Palette, nil))
	lines = nil
	for _, b := range app.Bindings() {
		name := string(b.Action)
		origin := "default"
		bound := []string{}
		if v, ok := s.file.Keys[name]; ok {
			origin = s.line(v.Line)
		}
		for _, k := range keys {
			if k.Action == b.Action {
				bound = k.Keys
			}
		}
		lines = append(lines, written{name, listOf(bound), origin})
	}
	table("keys", lines)
	return nil
}

// wouldBe says where a configuration would be read from.
func (env *Env) wouldBe() string {
	if env.ConfigPath == "" {
		return ""
	}
	return "; it would be " + grid.Clean(env.ConfigPath)
}

// originOf says where the value of a flag comes from.
func (env *Env) originOf(f *pflag.Flag) string {
	if f.Changed {
		return "flag"
	}
	if v, ok := env.settings.applied[f.Name]; ok {
		return v.origin
	}
	// What AWS is reached by is left to its own configuration, of which these stand first.
	for _, name := range map[string][]string{"region": {"AWS_REGION", "AWS_DEFAULT_REGION"}, "profile": {"AWS_PROFILE"}, "endpoint-url": {"AWS_ENDPOINT_URL"}}[f.Name] {
		if v := env.Getenv(name); v != "" {
			return fmt.Sprintf("default, so %s in the environment counts: %s", name, strconv.QuoteToASCII(v))
		}
	}
	return "default"
}

func (s *settings) written(list config.Settings, kinds map[string]config.Kind) []written {
	var lines []written
	for _, name := range slices.Sorted(maps.Keys(list)) {
		v := list[name]
		value := ""
		switch kinds[name] {
		case config.List:
			value = listOf(v.Texts)
		case config.Number, config.Switch:
			value = v.Texts[0]
		case config.Text:
			value = quoted(v.Texts[0])
		}
		lines = append(lines, written{name, value, s.line(v.Line)})
	}
	return lines
}

func valueOf(f *pflag.Flag) string {
	switch kindOf(f) {
	case config.List:
		if list, ok := f.Value.(pflag.SliceValue); ok {
			return listOf(list.GetSlice())
		}
	case config.Number, config.Switch:
		return f.Value.String()
	case config.Text:
	}
	return quoted(f.Value.String())
}

// writeTable writes a table with the origins in a column.
func writeTable(w io.Writer, name string, lines []written) {
	fmt.Fprintf(w, "\n[%s]\n", name)
	wide := 0
	for _, l := range lines {
		wide = max(wide, min(len(l.name)+len(" = ")+len(l.value), 60))
	}
	for _, l := range lines {
		fmt.Fprintf(w, "%-*s  # %s\n", wide, l.name+" = "+l.value, grid.Clean(l.origin))
	}
}

func listOf(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = quoted(t)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// quoted writes a text as TOML has it, in ASCII.
func quoted(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r >= ' ' && r < 0x7f:
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, `\U%08X`, r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

func quotedKey(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" {
		return s
	}
	return quoted(s)
}

// keys gives the keymap with a person's own keys.
func (env *Env) keys(cmd *cobra.Command) ([]app.Binding, error) {
	s := &env.settings
	own := map[string][]string{}
	for action, v := range s.file.Keys {
		own[action] = v.Texts
	}
	list, wrong := app.Rebind(own)
	if len(wrong) == 0 {
		return list, nil
	}
	var say []string
	for _, w := range wrong {
		at := s.file.Keys[w.Action].Line
		say = append(say, fmt.Sprintf("%s:%d:%d: %s: %s", s.file.Path, at.Line, at.Column, w.Action, w.Why))
	}
	return nil, usagef(cmd, "%s", strings.Join(say, "\n"))
}

// own is the theme of a palette in the configuration.
const own = "own"

// choice is the theme: a person's own palette if there is one, unless another was asked for.
func (l *looks) choice(cmd *cobra.Command, env *Env) (theme.Choice, error) {
	mine, err := env.palette(cmd)
	switch {
	case err != nil:
		return theme.Choice{}, err
	case l.theme == own && mine == nil:
		return theme.Choice{}, usagef(cmd, "--theme own is for a palette in the configuration file, which has no [palette]")
	case mine != nil && (l.theme == own || l.theme == theme.Names()[0]):
		return *mine, nil
	}
	choice, err := theme.Named(l.theme)
	if err != nil {
		return choice, usagef(cmd, "--theme: %v", err)
	}
	return choice, nil
}

// palette is that of the configuration; nil if it has none.
func (env *Env) palette(cmd *cobra.Command) (*theme.Choice, error) {
	s := &env.settings
	if len(s.file.Palette) == 0 {
		return nil, nil
	}
	base, colours := "dark", map[string]string{}
	first := config.Line{}
	for name, v := range s.file.Palette {
		if first.Line == 0 || v.Line.Line < first.Line {
			first = v.Line
		}
		if name == "base" {
			base = v.Texts[0]
		} else {
			colours[name] = v.Texts[0]
		}
	}
	choice, err := theme.Own(base, colours)
	if err != nil {
		return nil, usagef(cmd, "%s:%d:%d: [palette]: %v", s.file.Path, first.Line, first.Column, err)
	}
	return &choice, nil
}
