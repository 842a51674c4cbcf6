package cli

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "Print the manual page of taudit or one of its commands",
		Example: `  taudit man > /usr/local/share/man/man1/taudit.1
  taudit man print | man -l -`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			for _, c := range cmd.Root().Commands() {
				names = append(names, c.Name())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usagef(cmd, "there is no command %q%s", args[0], orMeant(cmd.Root().SuggestionsFor(args[0])))
			}
			of.Long = manual(of.Long)
			now := env.Now().UTC()
			header := &doc.GenManHeader{Section: "1", Date: &now, Source: "taudit " + env.Version, Manual: "taudit"}
			if err := doc.GenMan(of, header, env.Stdout); err != nil {
				return fmt.Errorf("writing the manual page: %w", err)
			}
			return nil
		},
	}
}

// manual keeps lists in a text that are told by their indentation: in a manual page, whose text is filled, they are blocks of their own.
func manual(text string) string {
	text = regexp.MustCompile(`(?m)^ {2,}`).ReplaceAllStringFunc(text, func(s string) string { return "    " + s })
	var out strings.Builder
	before := ""
	for line := range strings.Lines(text) {
		if block := strings.HasPrefix(line, "    "); block != strings.HasPrefix(before, "    ") && strings.TrimSpace(before) != "" && strings.TrimSpace(line) != "" {
			out.WriteString("\n")
		}
		out.WriteString(line)
		before = line
	}
	return out.String()
}
