package cli

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestReadmeNamesFlags: each flag that the README names is there, and each that is there is named.
func TestReadmeNamesFlags(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { have = append(have, f.Name) })
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&Env{}))
	var named []string
	for _, m := range regexp.MustCompile("(?:^|[ `(])--([a-z][a-z-]*)").FindAllStringSubmatch(string(text), -1) {
		named = append(named, m[1])
		if m[1] != "help" && !slices.Contains(have, m[1]) {
			t.Errorf("the README names --%s, which is no flag", m[1])
		}
	}
	for _, f := range have {
		if !slices.Contains(named, f) {
			t.Errorf("the README does not name --%s", f)
		}
	}
	for _, c := range newRoot(&Env{}).Commands() {
		if !strings.Contains(string(text), "taudit "+c.Name()) {
			t.Errorf("the README does not name the command %s", c.Name())
		}
	}
}
