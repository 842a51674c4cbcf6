package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app/config"
)

// configVariable names the configuration file, for whoever has no use for a flag.
const configVariable = "TAUDIT_CONFIG"

// setting is a value for a flag and where it comes from.
type setting struct {
	texts  []string
	origin string // for people: "config.toml:3", "TAUDIT_SINCE in the environment"
}

// settings are what is configured for one run of a command, beside its flags.
type settings struct {
	file    *config.File
	profile string             // the one that was named; empty: none
	applied map[string]setting // by the names of the flags that they were given to
}

// given tells whether somebody has chosen the value of a flag, on the command line or elsewhere.
func (s *settings) given(cmd *cobra.Command, name string) bool {
	_, ok := s.applied[name]
	return ok || cmd.Flags().Changed(name)
}

// explain says where the values come from that a complaint is about.
func (s *settings) explain(text string) string {
	for _, name := range slices.Sorted(maps.Keys(s.applied)) {
		if _, rest, found := strings.Cut(text, "--"+name); found && (rest == "" || strings.IndexByte("abcdefghijklmnopqrstuvwxyz-", rest[0]) < 0) {
			text += fmt.Sprintf("\n--%s comes from %s", name, s.applied[name].origin)
		}
	}
	return text
}

// starts are flags of which one alone can be meant: a choice of one puts aside a choice of another that was made further away.
func starts() []string { return []string{"since", "latest", "trim-horizon"} }

// configured makes a command that takes what is configured: what is not said by a flag is taken from the environment, then from the profile
// that is named among the sources, then from the file's table of the command, then from its defaults.
func (env *Env) configured(run func(cmd *cobra.Command, refs []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, refs []string) error {
		if err := env.readConfig(cmd); err != nil {
			return err
		}
		refs, err := env.expand(cmd, refs)
		if err != nil {
			return err
		}
		if err := env.apply(cmd); err != nil {
			return err
		}
		return run(cmd, refs)
	}
}

// readConfig reads the file that --config, the environment or the system says.
func (env *Env) readConfig(cmd *cobra.Command) error {
	path, mayMiss := env.ConfigPath, true
	if p := env.Getenv(configVariable); p != "" {
		path, mayMiss = p, false
	}
	if f := cmd.Flags().Lookup("config"); f != nil && f.Changed {
		path, mayMiss = f.Value.String(), false
	}
	env.settings = settings{file: &config.File{}, applied: map[string]setting{}}
	if path == "" {
		return nil
	}
	file, err := config.ReadFile(path, mayMiss, schemaOf(cmd.Root()))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef(cmd, "there is no configuration file %s", path)
	case err != nil:
		return usagef(cmd, "%v", err)
	}
	env.settings.file = file
	return nil
}

// schemaOf says what may stand in a configuration: each flag by its name.
func schemaOf(root *cobra.Command) config.Schema {
	kinds := func(c *cobra.Command) map[string]config.Kind {
		out := map[string]config.Kind{}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if isSetting(f) {
				out[f.Name] = kindOf(f)
			}
		})
		return out
	}
	s := config.Schema{Settings: kinds(root), Commands: map[string]map[string]config.Kind{}}
	for _, c := range root.Commands() {
		s.Reserved = append(s.Reserved, c.Name())
		if k := kinds(c); len(k) > 0 {
			s.Commands[c.Name()] = k
		}
	}
	s.Reserved = append(s.Reserved, "help", "completion")
	return s
}

// isSetting leaves out what only a command line can mean.
func isSetting(f *pflag.Flag) bool {
	return f.Name != "help" && f.Name != "version" && f.Name != "config"
}

func kindOf(f *pflag.Flag) config.Kind {
	switch f.Value.Type() {
	case "bool":
		return config.Switch
	case "int", "uint64":
		return config.Number
	case "stringArray":
		return config.List
	}
	return config.Text
}

// expand puts the sources of a profile in the place of its name.
func (env *Env) expand(cmd *cobra.Command, refs []string) ([]string, error) {
	var out []string
	for _, ref := range refs {
		p, ok := env.settings.file.Profiles[ref]
		if !ok {
			out = append(out, ref)
			continue
		}
		if env.settings.profile != "" {
			return nil, usagef(cmd, "%s and %s are two profiles, whose settings may differ: name one, and the sources of the other", env.settings.profile, ref)
		}
		env.settings.profile = ref
		out = append(out, p.Sources...)
	}
	return out, nil
}

// layers are the settings that may stand for a command's flags, the nearest first.
func (env *Env) layers(cmd *cobra.Command) []map[string]setting {
	s := &env.settings
	environment := map[string]setting{}
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		name := variableOf(f.Name)
		if v := env.Getenv(name); v != "" && isSetting(f) {
			texts := []string{v}
			if kindOf(f) == config.List {
				texts = strings.Split(v, ",")
			}
			environment[f.Name] = setting{texts, name + " in the environment"}
		}
	})
	layers := []map[string]setting{environment}
	if s.profile != "" {
		layers = append(layers, s.of(s.file.Profiles[s.profile].Settings))
	}
	if cmd.HasParent() {
		layers = append(layers, s.of(s.file.Commands[cmd.Name()]))
	}
	return append(layers, s.of(s.file.Defaults))
}

// of gives settings of the file with their place.
func (s *settings) of(list config.Settings) map[string]setting {
	out := map[string]setting{}
	for name, v := range list {
		out[name] = setting{v.Texts, s.line(v.Line)}
	}
	return out
}

func (s *settings) line(at config.Line) string { return fmt.Sprintf("%s:%d", s.file.Path, at.Line) }

// variableOf is the environment's name of a flag: TAUDIT_MAX_MEMORY.
func variableOf(flag string) string {
	return "TAUDIT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// apply gives the flags that were not typed what is configured for them.
func (env *Env) apply(cmd *cobra.Command) error {
	flags := cmd.Flags()
	decided := slices.ContainsFunc(starts(), flags.Changed)
	for _, layer := range env.layers(cmd) {
		var here bool
		for _, name := range slices.Sorted(maps.Keys(layer)) {
			f := flags.Lookup(name)
			if _, set := env.settings.applied[name]; f == nil || f.Changed || set {
				continue
			}
			if slices.Contains(starts(), name) {
				if decided {
					continue
				}
				here = true
			}
			v := layer[name]
			if err := setFlag(f, v.texts); err != nil {
				return usagef(cmd, "%s: %v", v.origin, err)
			}
			env.settings.applied[name] = v
		}
		decided = decided || here
	}
	return nil
}

// setFlag sets a flag without it counting as typed.
func setFlag(f *pflag.Flag, texts []string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(texts)
	}
	if err := f.Value.Set(texts[0]); err != nil {
		return fmt.Errorf("%q is no value for --%s, which is %s", texts[0], f.Name, kindOf(f))
	}
	return nil
}
