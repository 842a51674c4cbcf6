package app_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taudit/app"
)

// TestReadme keeps the pictures and the table of keys in the README equal to what the program shows. With -update it writes them.
func TestReadme(t *testing.T) {
	path := filepath.Join(top(), "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parts := 0
	block := regexp.MustCompile(`(?s)<!-- (keys|screen: [\w/]+) -->\n(.*?)<!-- end -->`)
	want := block.ReplaceAllStringFunc(string(text), func(s string) string {
		parts++
		what := block.FindStringSubmatch(s)[1]
		body := keyTable()
		if name, ok := strings.CutPrefix(what, "screen: "); ok {
			body = "```text\n" + picture(t, name) + "```\n"
		}
		return "<!-- " + what + " -->\n" + body + "<!-- end -->"
	})
	if parts < 3 {
		t.Errorf("the README has %d generated parts, want two pictures and the keys at least", parts)
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the README shows something else than the program (go test ./app -update writes it; -program +README):\n%s", diff)
	}
}

// picture is a golden screen without what a reader cannot see.
func picture(t *testing.T, name string) string {
	t.Helper()
	golden, err := os.ReadFile(filepath.Join("testdata", "TestScreens", filepath.FromSlash(name)+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(golden)) {
		out.WriteString(strings.TrimRight(line, " \r\n") + "\n")
	}
	return out.String()
}

// keyTable is the binding table in Markdown.
func keyTable() string {
	var out strings.Builder
	out.WriteString("| key | in the list | in the detail |\n|---|---|---|\n")
	for _, b := range app.Bindings() {
		var keys []string
		for _, k := range b.Keys {
			keys = append(keys, "`"+app.KeyName(k)+"`")
		}
		out.WriteString("| " + strings.Join(keys, " ") + " | " + b.List + " | " + b.Detail + " |\n")
	}
	return out.String()
}
