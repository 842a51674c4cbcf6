package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func schema() Schema {
	settings := map[string]Kind{
		"region": Text, "profile": Text, "since": Text, "filter": Text, "max-entries": Number, "mouse": Switch, "trusted-proxy": List,
	}
	return Schema{
		Settings: settings,
		Commands: map[string]map[string]Kind{"print": {"format": Text, "since": Text, "limit": Number}, "check": {"region": Text}},
		Reserved: []string{"print", "check"},
	}
}

func TestParse(t *testing.T) {
	f, err := Parse("c.toml", []byte("\ufeff"+`# what a person wrote
[defaults]
region = "us-east-1"   # as in the aws CLI
max-entries = 5_000
mouse = true
trusted-proxy = ["10.0.0.0/8",
  "192.168.0.0/16"]

[command]
print = { format = "csv" }

[profile.prod]
sources = ["kinesis://audit-prod", "s3://acme-audit/firehose/"]
profile = 'prod-ro'
  "since" = "2h"

[palette]
base = "dark"
accent = 33
cursor.text = "#fff"

[keys]
hold = "x"
follow = []
`), schema())
	if err != nil {
		t.Fatal(err)
	}
	want := &File{
		Path: "c.toml",
		Defaults: Settings{
			"region": {[]string{"us-east-1"}, Line{3, 1}}, "max-entries": {[]string{"5000"}, Line{4, 1}}, "mouse": {[]string{"true"}, Line{5, 1}},
			"trusted-proxy": {[]string{"10.0.0.0/8", "192.168.0.0/16"}, Line{6, 1}},
		},
		Commands: map[string]Settings{"print": {"format": {[]string{"csv"}, Line{10, 11}}}},
		Profiles: map[string]Profile{"prod": {
			Sources:  []string{"kinesis://audit-prod", "s3://acme-audit/firehose/"},
			Settings: Settings{"profile": {[]string{"prod-ro"}, Line{14, 1}}, "since": {[]string{"2h"}, Line{15, 3}}},
			Line:     Line{12, 10},
		}},
		Palette: Settings{"base": {[]string{"dark"}, Line{18, 1}}, "accent": {[]string{"33"}, Line{19, 1}}, "cursor.text": {[]string{"#fff"}, Line{20, 8}}},
		Keys:    Settings{"hold": {[]string{"x"}, Line{23, 1}}, "follow": {[]string{}, Line{24, 1}}},
	}
	if d := cmp.Diff(want, f); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestMistakesSayWhereAndWhat(t *testing.T) {
	for _, c := range []struct {
		text string
		says []string
	}{
		{"[defaults]\nregoin = \"x\"", []string{`c.toml:2:1: unknown setting "regoin"; did you mean region?`}},
		{"[defaults]\n  max_entries = 5", []string{`c.toml:2:3: unknown setting "max_entries"; did you mean max-entries?`}},
		{"[defaults]\nmax-entries = \"5\"", []string{"c.toml:2:1: max-entries is a whole number"}},
		{"[defaults]\nregion = 5", []string{"region is a text in quotes"}},
		{"[defaults]\nmouse = \"yes\"", []string{"mouse is true or false"}},
		{"[defaults]\ntrusted-proxy = [\"a\", 1]", []string{"trusted-proxy is a list of texts"}},
		{"[defaults]\nformat = \"csv\"", []string{`unknown setting "format"; format belongs to [command.print]`}},
		{"[defaults]\nregion = 2023-11-08", []string{"region is a text"}},
		{"region = \"x\"", []string{"c.toml:1:1: region stands in no table; write [defaults] above it"}},
		{"[default]\nregion = \"x\"", []string{`c.toml:1:2: unknown table "default"; did you mean defaults?`}},
		{"[colours]\nx = 1", []string{`unknown table "colours"; there are [defaults]`}},
		{"defaults = 3", []string{"c.toml:1:1: defaults is a table: write [defaults]"}},
		{"[[keys]]\nx = 'y'", []string{"c.toml:1:3: keys is a table"}},
		{"[command.prnt]\n", []string{`c.toml:1:10: there is no command "prnt"; did you mean print?`}},
		{"[command]\nprint = 3", []string{"c.toml:2:1: command.print is a table"}},
		{"[command.print]\nlimt = 3", []string{`unknown setting "limt"; did you mean limit?`}},
		{"[profile.prod]\nregion = \"x\"", []string{"c.toml:1:10: profile prod names no sources"}},
		{"[profile.prod]\nsources = []", []string{"c.toml:2:1: sources is a list of texts"}},
		{"[profile.prod]\nsources = \"x\"", []string{"sources is a list of texts"}},
		{"[profile]\nprod = 1", []string{"profile.prod is a table"}},
		{"[profile.print]\nsources = [\"x\"]", []string{"a profile cannot be called print, which is a command"}},
		{"[profile.\"a b\"]\nsources = [\"x\"]", []string{`a profile cannot be called "a b"`}},
		{"[palette]\naccent = true", []string{"c.toml:2:1: accent is a colour"}},
		{"[keys]\nhold = 3", []string{"c.toml:2:1: hold is a key or a list of keys"}},
		{"[defaults]\nregion = \"x\"\nregion = \"y\"", []string{"c.toml:3:1: key region is already defined"}},
		{"[defaults\n", []string{"c.toml:1:"}},
		{"[defaults]\nregion = \"\\q\"", []string{"c.toml:2:11: invalid escape"}},
		{"\xff", []string{"c.toml:1:1: "}},
		{"[defaults]\nregoin = \"x\"\n[keys]\nx = 1\n[profile.a]\nb = 1", []string{"c.toml:2:1", "c.toml:4:1", "c.toml:5:10", "c.toml:6:1"}},
	} {
		_, err := Parse("c.toml", []byte(c.text), schema())
		if err == nil {
			t.Errorf("%q is understood", c.text)
			continue
		}
		from := 0
		for _, say := range c.says {
			i := strings.Index(err.Error()[from:], say)
			if i < 0 {
				t.Errorf("%q: %v lacks %q", c.text, err, say)
				break
			}
			from += i
		}
	}
}

func TestReadFile(t *testing.T) {
	p := filepath.Join(t.TempDir(), "config.toml")
	if f, err := ReadFile(p, true, schema()); err != nil || f.Path != "" {
		t.Errorf("without a file: %+v, %v", f, err)
	}
	if _, err := ReadFile(p, false, schema()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that was asked for and is not there: %v", err)
	}
	if err := os.WriteFile(p, []byte("[defaults]\nregion = 'x'"), 0o644); err != nil {
		t.Fatal(err)
	}
	if f, err := ReadFile(p, false, schema()); err != nil || f.Path != p || f.Defaults["region"].Texts[0] != "x" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := os.WriteFile(p, make([]byte, maxConfig+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(p, true, schema()); err == nil || !strings.Contains(err.Error(), "which no configuration has") {
		t.Errorf("%v", err)
	}
	if got := FilePath(); !filepath.IsAbs(got) || filepath.Base(got) != "config.toml" {
		t.Errorf("%q", got)
	}
}

// FuzzParse reads anything; what it refuses has a place in the text.
func FuzzParse(f *testing.F) {
	f.Add([]byte("[defaults]\nregion = \"x\"\n[profile.prod]\nsources = [\"a\"]\n[command]\nprint = {format='csv'}\n[keys]\nhold=['x']\n[palette]\ncursor.text=3"))
	f.Add([]byte("[[defaults]]\n[a.b]\n\"\" = 1\n'' = {a.b={c=1}}"))
	f.Add([]byte("\ufeff\r\n# x\r\na.\"b\\u0000\" = 1979-05-27T07:32:00Z"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("c", text, schema())
		if err == nil {
			for _, s := range append([]Settings{file.Defaults, file.Palette, file.Keys}, file.Commands["print"], file.Profiles["prod"].Settings) {
				for name, v := range s {
					if v.Line.Line < 1 || v.Column < 1 {
						t.Fatalf("%s stands nowhere", name)
					}
				}
			}
			return
		}
		var m *Mistake
		if !errors.As(err, &m) {
			t.Fatalf("%v is not told where", err)
		}
	})
}
