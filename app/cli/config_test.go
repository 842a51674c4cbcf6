package cli_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"taudit/app"
	"taudit/app/config"
	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/theme"
)

// configure writes a configuration file and makes it that of the world.
func (w *world) configure(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.ConfigPath = path
	return path
}

// environment makes variables those of the world.
func (w *world) environment(vars ...string) {
	w.Getenv = func(name string) string {
		for _, v := range vars {
			if rest, ok := strings.CutPrefix(v, name+"="); ok {
				return rest
			}
		}
		return ""
	}
}

const configuration = `[defaults]
region = "us-east-1"
since = "3h"
theme = "light"
max-entries = 7
demo-pace = "1s"

[command.print]
since = "2h"
format = "table"

[profile.prod]
sources = ["kinesis://s", "b"]
profile = "prod-ro"
since = "1h"
filter = "log_id:id-000001"
`

func places() map[string]source.Source {
	return map[string]source.Source{
		"kinesis://s": sends("kinesis://s", batch(entries(-1, -2)...)), "b": sends("b", batch(entries(-3)...)), "./c": sends("./c", batch(entry(-4))),
	}
}

// TestNearestSettingCounts: a flag before the environment, that before the profile, the table of the command and the defaults.
func TestNearestSettingCounts(t *testing.T) {
	for _, c := range []struct {
		args, env string
		since     time.Duration // ago; 0: unbounded
		region    string
		profile   string
		refs      string
		latest    bool
	}{
		{"./c", "", 3 * time.Hour, "us-east-1", "", "./c", false},
		{"print ./c", "", 2 * time.Hour, "us-east-1", "", "./c", false},
		{"print prod ./c", "", time.Hour, "us-east-1", "prod-ro", "kinesis://s b ./c", false},
		{"prod", "", time.Hour, "us-east-1", "prod-ro", "kinesis://s b", false},
		{"prod", "TAUDIT_SINCE=30m", 30 * time.Minute, "us-east-1", "prod-ro", "kinesis://s b", false},
		{"prod --since 10m --region eu-west-1", "TAUDIT_SINCE=30m", 10 * time.Minute, "eu-west-1", "prod-ro", "kinesis://s b", false},
		{"prod --latest", "", 0, "us-east-1", "prod-ro", "kinesis://s b", true},
		{"prod", "TAUDIT_LATEST=true", 0, "us-east-1", "prod-ro", "kinesis://s b", true},
		{"prod --trim-horizon", "TAUDIT_LATEST=true", 0, "us-east-1", "prod-ro", "kinesis://s b", false},
	} {
		t.Run(c.args+" "+c.env, func(t *testing.T) {
			w := newWorld(places())
			w.width = 80
			w.configure(t, configuration)
			w.environment(c.env)
			if code := w.run(t, strings.Fields(c.args)...); code > 1 {
				t.Fatalf("exit code %d; %s", code, w.err)
			}
			o := w.asked
			var want time.Time
			if c.since > 0 {
				want = noon.Add(-c.since)
			}
			if !o.Since.Equal(want) || o.Region != c.region || o.Profile != c.profile || o.Latest != c.latest || strings.Join(w.refs, " ") != c.refs {
				t.Errorf("opened %q with %+v", w.refs, o)
			}
			if w.shown != nil && w.stored > 7 {
				t.Errorf("max-entries was not heeded: %d", w.stored)
			}
		})
	}
}

func TestSettingsOfPrint(t *testing.T) {
	w := newWorld(places())
	w.configure(t, strings.Replace(configuration, "max-entries = 7", "max-entries = 1", 1))
	if code := w.run(t, "print", "prod", "--filter", ""); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	if lines := w.out.lines(); len(lines) != 2 || !strings.HasPrefix(lines[0], "TIME UTC") {
		t.Errorf("format and max-entries were not heeded: %q", lines)
	}
}

func TestConfigurationsThatCannotBeMeant(t *testing.T) {
	for _, c := range []struct {
		text, args, env string
		says            []string
	}{
		{"[defaults]\nregoin = \"x\"\n", "print b", "", []string{"config.toml:2:1: unknown setting", "did you mean region?"}},
		{"[defaults]\ntheme = \"purple\"\n", "b", "", []string{`"purple" is no theme`, "--theme comes from", "config.toml:2"}},
		{"[defaults]\nsince = \"soon\"\n", "print b", "", []string{`--since: "soon" is no time`, "--since comes from", "config.toml:2"}},
		{"[defaults]\nlatest = true\n", "print b", "", []string{"needs --follow", "--latest comes from", "config.toml:2"}},
		{"", "print b", "TAUDIT_LIMIT=many", []string{"TAUDIT_LIMIT in the environment", `"many" is no value for --limit`}},
		{"", "print b --config nowhere.toml", "", []string{"there is no configuration file nowhere.toml"}},
		{"", "print b", "TAUDIT_CONFIG=nowhere.toml", []string{"there is no configuration file nowhere.toml"}},
		{"[profile.a]\nsources=[\"b\"]\n[profile.c]\nsources=[\"b\"]\n", "print a c", "", []string{"a and c are two profiles"}},
		{"[profile.prod]\nsources=[\"b\"]\n", "prd", "", []string{"did you mean \"taudit prod\"?"}},
		{"[profile.prod]\nsources=[\"b\"]\n", "config prd", "", []string{`no profile "prd"`, "did you mean prod?"}},
		{"[palette]\nbase = \"dark\"\naccent = \"#000\"\n", "b", "", []string{"config.toml:2:1: [palette]:", "accent has a contrast"}},
		{"[palette]\nacent = 3\n", "config", "", []string{"acent is no part of a palette"}},
		{"", "b --theme own", "", []string{"which has no [palette]"}},
		{"[keys]\nzoom = \"J\"\nhodl = \"f9\"\n", "b", "", []string{`config.toml:3:1: hodl: no action is called "hodl"; did you mean hold?`, "config.toml:2:1: zoom: J asks for next-entry already"}},
		{"", "print b --trusted-proxy ten", "", []string{`--trusted-proxy: "ten" is neither`}},
		{"[defaults]\ntrusted-proxy = [\"10.0.0.0/99\"]\n", "b", "", []string{`"10.0.0.0/99" is neither`, "config.toml:2"}},
	} {
		t.Run(c.args+" "+c.text, func(t *testing.T) {
			w := newWorld(places())
			w.width = 80
			w.configure(t, c.text)
			w.environment(c.env)
			if code := w.run(t, strings.Fields(c.args)...); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			for _, say := range c.says {
				if !strings.Contains(w.err.String(), say) {
					t.Errorf("standard error lacks %q:\n%s", say, w.err)
				}
			}
		})
	}
}

func TestConfigPrintsWhatIsInEffect(t *testing.T) {
	w := newWorld(places())
	path := w.configure(t, configuration+"[palette]\nbase = \"light\"\ncursor.text = \"#fff\"\n[keys]\nhold = \"f9\"\nfollow = []\n")
	w.environment("TAUDIT_MOUSE=true", "AWS_PROFILE=ro\x1b[2J")
	if code := w.run(t, "config", "--until", "now"); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	for _, want := range []string{
		"# " + path + "\n",
		`region = "us-east-1" *# ` + path + ":2\n",
		`profile = "" *# default, so AWS_PROFILE in the environment counts: "ro\x1b[2J"` + "\n",
		`until = "now" *# flag` + "\n",
		`mouse = true *# TAUDIT_MOUSE in the environment` + "\n",
		`latest = false *# default` + "\n",
		`max-entries = 7 *# ` + path + ":5\n",
		"[command.print]\n", `format = "table" *# ` + path + ":10\n",
		"[profile.prod]\n", `sources = ["kinesis://s", "b"] *# ` + path + ":12\n",
		"[palette]\n", `cursor.text = "#fff" *# ` + path + ":19\n",
		"[keys]\n", `hold = ["f9"] *# ` + path + ":21\n", `follow = [] *# ` + path + ":22\n", `down = ["j", "down"] *# default` + "\n",
	} {
		if !like(w.out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, w.out)
		}
	}
	// What it prints is a configuration that comes to the same.
	first := w.out.String()
	again := newWorld(places())
	again.configure(t, first)
	if code := again.run(t, "config"); code != 0 {
		t.Fatalf("what it printed cannot be read: %s", again.err)
	}
	strip := func(s string) []string {
		var out []string
		for line := range strings.Lines(s) {
			line, _, _ = strings.Cut(line, "  # ")
			if !strings.HasPrefix(line, "# ") {
				out = append(out, strings.TrimSpace(line))
			}
		}
		return out
	}
	if a, b := strip(first), strip(again.out.String()); !slices.Equal(a, b) {
		t.Errorf("read again it is\n%s\nand was\n%s", strings.Join(b, "\n"), strings.Join(a, "\n"))
	}

	w = newWorld(places())
	w.configure(t, configuration)
	if code := w.run(t, "config", "prod"); code != 0 || !like(w.out.String(), `since = "1h" *# `+w.ConfigPath+":15\n") {
		t.Errorf("exit code %d; %s%s", code, w.out, w.err)
	}
	w = newWorld(places())
	w.ConfigPath = filepath.Join(t.TempDir(), "none")
	if code := w.run(t, "config"); code != 0 || !strings.HasPrefix(w.out.String(), "# no configuration file; it would be "+w.ConfigPath) {
		t.Errorf("exit code %d; %s%s", code, w.out, w.err)
	}
}

// like finds a text in which " *" stands for any number of spaces.
func like(text, want string) bool {
	one := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
	}
	return strings.Contains(one(text), one(strings.ReplaceAll(want, " *", " ")))
}

func TestScreenIsConfigured(t *testing.T) {
	w := newWorld(places())
	w.width = 80
	w.configure(t, "[palette]\nbase = \"light\"\naccent = \"#000000\"\n[keys]\nhold = \"f9\"\n[defaults]\ntrusted-proxy = [\"10.0.0.0/8\", \"::1\"]\n")
	w.Marks = config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
	e := entry(-3)
	w.Marks.Set(&e, true, noon)
	if err := w.Marks.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := w.run(t, "b"); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	o := w.shown.ModelOptions
	want, err := theme.Own("light", map[string]string{"accent": "#000000"})
	if err != nil {
		t.Fatal(err)
	}
	if o.Theme.Theme(true, colorprofile.TrueColor).Name != want.Theme(true, colorprofile.TrueColor).Name {
		t.Errorf("the theme is %+v", o.Theme)
	}
	if i := slices.IndexFunc(o.Keys, func(b app.Binding) bool { return slices.Contains(b.Keys, "f9") }); i < 0 || o.Keys[i].Action != "hold" {
		t.Errorf("F9 asks for %d", i)
	}
	if want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}; !slices.Equal(o.Language.Trusted, want) {
		t.Errorf("trusted are %v", o.Language.Trusted)
	}
	if !o.Language.Is(&e, "marked") {
		t.Error("the screen does not know what is marked")
	}
	// A theme that is asked for is taken before the palette.
	if code := w.run(t, "b", "--theme", "mono"); code != 0 || w.shown.Theme.Theme(true, colorprofile.TrueColor).Name != "mono" {
		t.Errorf("exit code %d, theme %+v", code, w.shown.Theme)
	}
}

func TestPrintOfWhatIsMarked(t *testing.T) {
	proxied := decode(`{"emit_time":"2026-11-20T12:00:09Z","operation":"UpdateUser","log_id":"p","x_forwarded_for":"203.0.113.7, 10.1.1.1"}`, audit.Origin{})
	w := newWorld(map[string]source.Source{"a": sends("a", batch(append(entries(1, 2, 3), proxied)...))})
	w.Marks = config.NewMarks(filepath.Join(t.TempDir(), "marks.json"))
	e := entry(2)
	w.Marks.Set(&e, true, noon)
	f := entry(3)
	if err := w.Marks.Note(&f, "why?", noon); err != nil {
		t.Fatal(err)
	}
	if err := w.Marks.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"is:marked", raws(2)},
		{"is:noted", raws(3)},
		{"is:marked OR is:noted", raws(2, 3)},
		{"-is:marked -is:noted log_id:/id-/", raws(1)},
		{"client_ip:203.0.113.7", []string{proxied.Raw}},
	} {
		w.out = &buffer{}
		w.Stdout = w.out
		if code := w.run(t, "print", "a", "--filter", c.filter, "--trusted-proxy", "10.0.0.0/8"); code != 0 || !slices.Equal(w.out.lines(), c.want) {
			t.Errorf("%s: exit code %d, printed %q; %s", c.filter, code, w.out.lines(), w.err)
		}
	}
	if _, err := query.Parse("is:marked"); err != nil {
		t.Error(err)
	}
}

func TestPrintOfWhatIsWatchedFor(t *testing.T) {
	for _, c := range []struct {
		filter string
		watch  []string
		want   []string
		says   string
	}{
		{"is:alert", []string{"--watch", "one=log_id:id-000001", "--watch", "three=log_id:id-000003"}, raws(1, 3), ""},
		{"-is:alert", []string{"--watch", "one=log_id:id-000001"}, raws(2, 3), ""},
		{"is:(alert OR error) log_id:id-000002", []string{"--watch", "one=log_id:id-000001"}, raws(), ""},
		{"is:alert", []string{"--watch", "old=until:1s"}, raws(1, 2, 3), ""},
		{"is:alert", nil, raws(), "none does: give --watch"},
	} {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entries(1, 2, 3)...))})
		w.Now = func() time.Time { return noon.Add(time.Hour) }
		if code := w.run(t, append([]string{"print", "a", "-f", c.filter}, c.watch...)...); (code == 0) != (len(c.want) > 0) || !slices.Equal(w.out.lines(), c.want) || !strings.Contains(w.err.String(), c.says) {
			t.Errorf("%s %q: exit code %d, printed %q; %s", c.filter, c.watch, code, w.out.lines(), w.err)
		}
	}
	w := newWorld(map[string]source.Source{"a": sends("a")})
	if code := w.run(t, "print", "a", "--watch", "self=is:alert"); code != 2 || !strings.Contains(w.err.String(), "which is what rules mean") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
}

// TestMarksThatCannotBeRead are told, and stop nothing that does not need them.
func TestMarksThatCannotBeRead(t *testing.T) {
	for args, code := range map[string]int{
		"print a": 0, "print a --filter is:marked": 3, "print a --filter -is:NOTED": 3, "bundle a -o " + filepath.Join(t.TempDir(), "case"): 3, "report a --begin 1h": 0,
	} {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(-1)))})
		w.Marks = config.NewMarks(written(t, `{"format":1,"sta`))
		if got := w.run(t, strings.Fields(args)...); got != code || !strings.Contains(w.err.String(), "is damaged and was left as it is") {
			t.Errorf("%s: exit code %d, want %d; %s", args, got, code, w.err)
		}
	}
}

func TestManualPages(t *testing.T) {
	for args, says := range map[string][]string{
		"man":       {`.TH "TAUDIT" "1" "Nov 2026" "taudit v1.2.3" "taudit"`, "--region", "taudit-print(1)", "kinesis://NAME"},
		"man print": {`.TH "TAUDIT-PRINT"`, "--format", ".EX\n"},
	} {
		w := newWorld(nil)
		if code := w.run(t, strings.Fields(args)...); code != 0 {
			t.Fatalf("exit code %d; %s", code, w.err)
		}
		for _, say := range says {
			if !strings.Contains(w.out.String(), say) {
				t.Errorf("%s lacks %q:\n%.1500s", args, say, w.out)
			}
		}
	}
	w := newWorld(nil)
	if code := w.run(t, "man", "prnt"); code != 2 || !strings.Contains(w.err.String(), "did you mean print?") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
}

func TestProfilesAreCompleted(t *testing.T) {
	w := newWorld(nil)
	w.configure(t, configuration)
	if code := w.run(t, "__complete", "print", ""); code != 0 || !strings.Contains(w.out.String(), "\nprod\n") {
		t.Errorf("exit code %d; %s%s", code, w.out, w.err)
	}
}
