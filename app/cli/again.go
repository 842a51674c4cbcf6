package cli

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app"
	"taudit/source"
)

// again gives the command line that opens the same sources in the same way at another time and from another directory: what was configured
// elsewhere is written out, times are those that they meant, and what the screen changes is left to be added.
func (env *Env) again(cmd *cobra.Command, refs []string, o *source.Options) app.Command {
	c := app.Command{Args: []string{"taudit"}}
	for _, ref := range refs {
		if ref == "-" {
			return app.Command{Args: c.Args, Why: "What came from standard input cannot be asked for again."}
		}
		c.Args = append(c.Args, located(ref))
	}
	add := func(name, value string) { c.Args = append(c.Args, "--"+name, value) }
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if !env.settings.given(cmd, f.Name) || !isSetting(f) {
			return
		}
		list, isList := f.Value.(pflag.SliceValue)
		switch {
		case f.Name == "filter" || f.Name == "fold" || f.Name == "gaps" || f.Name == "log" || f.Name == "resume" || f.Name == "now":
		case f.Name == "since":
			if !o.Since.IsZero() {
				add(f.Name, o.Since.UTC().Format(time.RFC3339Nano))
			}
		case f.Name == "until":
			if !o.Until.IsZero() {
				add(f.Name, o.Until.UTC().Format(time.RFC3339Nano))
			}
		case isList:
			for _, v := range list.GetSlice() {
				add(f.Name, v)
			}
		case f.Value.Type() == "bool":
			c.Args = append(c.Args, "--"+f.Name+"="+f.Value.String())
		default:
			add(f.Name, f.Value.String())
		}
	})
	for _, a := range c.Args {
		if strings.IndexByte(a, 0) >= 0 {
			return app.Command{Args: c.Args[:1], Why: "The command line has a byte that no shell can write."}
		}
	}
	return c
}

// located gives the path of a file from the root, and any other source as it is.
func located(ref string) string {
	if schemeOf(ref) != "file" {
		return ref
	}
	if path, err := filepath.Abs(ref); err == nil {
		return path
	}
	return ref
}
