package cli

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app/config"
	"taudit/source"
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
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { have = append(have, f.Name) })
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

// TestReadmeConfiguration: the configuration in the README can be read, and its keys and colours be used.
func TestReadmeConfiguration(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 1 {
		t.Fatalf("the README has %d configurations, want one", len(blocks))
	}
	env := &Env{Getenv: func(string) string { return "" }}
	root := newRoot(env)
	file, err := config.Parse("README", []byte(blocks[0][1]), schemaOf(root))
	if err != nil {
		t.Fatal(err)
	}
	env.settings.file = file
	if _, err := env.palette(root); err != nil {
		t.Error(err)
	}
	if _, err := env.keys(root); err != nil {
		t.Error(err)
	}
	for name := range file.Profiles["prod"].Settings {
		if root.Flags().Lookup(name) == nil {
			t.Errorf("%s is no flag", name)
		}
	}
}

// TestReadmePolicy keeps the policy in the README equal to what the policy command prints. With -update it writes it.
func TestReadmePolicy(t *testing.T) {
	const path = "../../README.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var p source.Policy
	p.Stream("arn:aws:kinesis:REGION:ACCOUNT:stream/NAME")
	p.Bucket("aws", "BUCKET", "PREFIX/")
	p.Key("KEY_ARN")
	policy, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)<!-- policy -->\n.*?<!-- end -->`)
	if n := len(block.FindAllString(string(text), -1)); n != 1 {
		t.Fatalf("the README has %d policies, want one", n)
	}
	want := block.ReplaceAllLiteralString(string(text), "<!-- policy -->\n```json\n"+string(policy)+"```\n<!-- end -->")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the README shows another policy (go test ./app/cli -update writes it; -program +README):\n%s", diff)
	}
}
