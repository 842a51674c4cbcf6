package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/theme"
)

func TestUsageErrors(t *testing.T) {
	for _, c := range []struct {
		args string
		says []string
	}{
		{"print", []string{"print needs a SOURCE", "kinesis://NAME", `"taudit print --help"`}},
		{"print a --fromat csv", []string{"unknown flag: --fromat", "did you mean --format?"}},
		{"print a --format cvs", []string{`"cvs" is none of jsonl, csv, markdown and table`, "did you mean csv?"}},
		{"print a --limit 0", []string{"--limit"}},
		{"print a --limit -3", []string{"--limit"}},
		{"print a --limit x", []string{"--limit"}},
		{"print a --latest", []string{"--follow"}},
		{"print a -F --latest --since 2h", []string{"--latest", "--since", "choose one"}},
		{"print a -F --latest --trim-horizon", []string{"choose one"}},
		{"print a --trim-horizon --since 2h", []string{"choose one"}},
		{"print a --since 2hours", []string{"--since", "did you mean 2h?"}},
		{"print a --until yesteday", []string{"--until", "did you mean yesterday?"}},
		{"print a --since 1h --until 2h", []string{"is not after"}},
		{"print a --since 23:00", []string{"still to come", "--since 2026-11-19T23:00"}},
		{"print a --demo-pace 2s", []string{"--demo-pace is for the demo"}},
		{"print demo: --demo-pace quick", []string{`"quick" is no duration`}},
		{"print demo: --demo-pace -1s", []string{`"-1s" is no duration`}},
		{"print a a", []string{"given twice"}},
		{"print a --max-entries 0", []string{"--max-entries"}},
		{"print a --max-memory lots", []string{"--max-memory", "2GiB"}},
		{"print a --now soonish", []string{"--now", "is no time"}},
		{"print a --filter princpal:x", []string{"unknown field princpal at col 1", "did you mean principal?", "princpal:x\n  ^^^^^^^^^^"}},
		{"a --theme purple", []string{`--theme: "purple" is no theme`, "auto, dark, light, contrast, mono"}},
		{"demo --jsonl - --no-clock", []string{"--no-clock is for the screen"}},
		{"a --filter op:(x", []string{"missing ) at col 6", "op:(x\n       ^"}},
		{"print gs://bucket", []string{`cannot read "gs://bucket"`, "s3://BUCKET/PREFIX"}},
		{"print arn:aws:s3:::bucket", []string{"cannot read"}},
		{"prnt", []string{`no file, command or profile "prnt"`, `"taudit print"`}},
		{"demo a", []string{"takes no source"}},
		{"demo --write x --jsonl y", []string{"choose one"}},
		{"demo --entries 5", []string{"--write DIR"}},
		{"demo --jsonl - --entries 0", []string{"--entries"}},
		{"demo --jsonl - --since 2h", []string{"--since is for the screen"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1))), "demo:": sends("demo")})
			w.width = 80
			if code := w.run(t, strings.Fields(c.args)...); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			for _, say := range c.says {
				if !strings.Contains(w.err.String(), say) {
					t.Errorf("standard error lacks %q:\n%s", say, w.err)
				}
			}
			if w.out.String() != "" {
				t.Errorf("standard output has %q", w.out)
			}
		})
	}
}

func TestWithoutATerminalItSaysWhatToDo(t *testing.T) {
	for args, want := range map[string]string{
		"":              "taudit print SOURCE",
		"kinesis://s a": "taudit print kinesis://s a",
		"demo":          "taudit demo --jsonl -",
	} {
		w := newWorld(nil)
		if code := w.run(t, strings.Fields(args)...); code != 2 {
			t.Errorf("taudit %s: exit code %d, want 2", args, code)
		}
		if !strings.Contains(w.err.String(), want) || strings.ContainsRune(w.err.String(), '\x1b') || w.out.String() != "" {
			t.Errorf("taudit %s: standard error %q, standard output %q", args, w.err, w.out)
		}
	}
}

func TestScreenOfSources(t *testing.T) {
	for _, c := range []struct {
		args string
		refs string
		demo bool
	}{
		{"", "demo:", true},
		{"demo --demo-pace 3s", "demo:", true},
		{"kinesis://s s3://b/p arn:aws-us-gov:kinesis:us-gov-west-1:1:stream/s --since 2h --health --firehose f --region r --profile p --endpoint-url u", "kinesis://s s3://b/p arn:aws-us-gov:kinesis:us-gov-west-1:1:stream/s", false},
		{"dir/file - demo:", "dir/file - demo:", true},
	} {
		t.Run(c.args, func(t *testing.T) {
			sources := map[string]source.Source{}
			for _, ref := range strings.Fields(c.refs) {
				sources[ref] = sends(ref, batch(entry(1)))
			}
			w := newWorld(sources)
			w.width = 80
			if code := w.run(t, strings.Fields(c.args)...); code != 0 {
				t.Fatalf("exit code %d; %s", code, w.err)
			}
			if got := strings.Join(w.refs, " "); got != c.refs {
				t.Errorf("opened %s, want %s", got, c.refs)
			}
			if w.shown == nil || w.shown.Demo != c.demo || w.shown.Now() != noon {
				t.Errorf("the screen was given %+v", w.shown)
			}
			if !w.asked.Follow {
				t.Error("the sources were not asked to follow")
			}
			if strings.Contains(c.args, "--region") {
				o := w.asked
				if o.Region != "r" || o.Profile != "p" || o.EndpointURL != "u" || !o.Health || o.Firehose != "f" || o.Since != noon.Add(-2*time.Hour) {
					t.Errorf("options %+v", o)
				}
			}
			if w.stored != 1 {
				t.Errorf("%d entries on the screen, want 1", w.stored)
			}
			if strings.Contains(c.args, "--demo-pace") && w.asked.Pace != 3*time.Second {
				t.Errorf("pace %v", w.asked.Pace)
			}
		})
	}
}

func TestLooksOfTheScreen(t *testing.T) {
	for _, args := range []string{"a", "demo"} {
		w := newWorld(map[string]source.Source{"a": sends("a"), "demo:": sends("demo")})
		w.width = 80
		if code := w.run(t, args, "--theme", "light", "--no-clock", "--mouse"); code != 0 {
			t.Fatalf("%s: exit code %d; %s", args, code, w.err)
		}
		light, err := theme.Named("light")
		if o := w.shown; err != nil || o.Theme != light || !o.NoClock || !o.Mouse || o.Zone != time.Local {
			t.Errorf("%s: the screen was given %+v", args, o)
		}
		w.run(t, args)
		if o := w.shown; o.NoClock || o.Mouse {
			t.Errorf("%s: the screen was given %+v", args, o)
		}
	}
}

func TestOpeningFails(t *testing.T) {
	w := newWorld(nil)
	if code := w.run(t, "print", "nowhere"); code != 3 || !strings.Contains(w.err.String(), "taudit: opening nowhere: there is nothing") {
		t.Errorf("exit code %d, want 3; %s", code, w.err)
	}
}

func TestSchemes(t *testing.T) {
	for ref, scheme := range map[string]string{
		"kinesis://a": "kinesis", "arn:aws:kinesis:us-east-1:1:stream/a": "kinesis", "arn:aws-cn:kinesis:cn-north-1:1:stream/a": "kinesis",
		"s3://b": "s3", "s3://b/p/": "s3", "demo:": "demo", "-": "file", "./demo": "file", "/a/b.gz": "file", "kinesis": "file", `C:\logs`: "file",
	} {
		w := newWorld(map[string]source.Source{ref: sends(ref, batch(entry(1)))})
		for other := range w.Openers {
			if other != scheme {
				delete(w.Openers, other)
			}
		}
		if code := w.run(t, "print", ref); code != 0 {
			t.Errorf("%s is not read as %s: %s", ref, scheme, w.err)
		}
	}
}

func TestVersionAndHelp(t *testing.T) {
	for args, want := range map[string]string{
		"--version":     "taudit v1.2.3\n",
		"--help":        "kinesis://NAME",
		"print --help":  "read=N printed=N duplicates=N bad=N",
		"help demo":     "--seed",
		"__complete p ": "kinesis://",
		"__complete p":  "print",
	} {
		w := newWorld(nil)
		list := strings.Fields(args)
		if strings.HasSuffix(args, " ") {
			list = append(list, "")
		}
		if code := w.run(t, list...); code != 0 || !strings.Contains(w.out.String(), want) {
			t.Errorf("taudit %s: exit code %d, output %q lacks %q", args, code, w.out, want)
		}
	}
}

func TestDemoWrites(t *testing.T) {
	w := newWorld(nil)
	if code := w.run(t, "demo", "--jsonl", "-", "--entries", "2", "--seed", "7"); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	if got, want := w.out.String(), "{\"seed\":7,\"n\":0}\n{\"seed\":7,\"n\":1}\n"; got != want {
		t.Errorf("standard output %q, want %q", got, want)
	}
	if want := "wrote 2 entries, 34 bytes, to - (seed 7)\n"; w.err.String() != want {
		t.Errorf("standard error %q, want %q", w.err, want)
	}
}

func TestDemoNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "there.jsonl")
	if code := newWorld(nil).run(t, "demo", "--jsonl", file, "--entries", "1"); code != 0 {
		t.Fatalf("writing a new file: exit code %d", code)
	}
	before, err := os.ReadFile(file)
	if err != nil || len(before) == 0 {
		t.Fatalf("%v, %d bytes", err, len(before))
	}
	for _, args := range [][]string{{"--jsonl", file}, {"--write", dir}, {"--write", file}} {
		w := newWorld(nil)
		if code := w.run(t, append([]string{"demo", "--seed", "2"}, args...)...); code != 2 {
			t.Errorf("%v: exit code %d, want 2; %s", args, code, w.err)
		}
	}
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Error("the file was changed")
	}
	w := newWorld(nil)
	if code := w.run(t, "demo", "--write", filepath.Join(dir, "new"), "--entries", "5"); code != 0 || !strings.HasPrefix(w.err.String(), "wrote 5 entries, 2 of them twice, in 3 objects, 99 bytes") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
}

func TestDemoThatFailsLeavesNoFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new.jsonl")
	w := newWorld(nil)
	w.Demo = &history{fail: os.ErrDeadlineExceeded}
	if code := w.run(t, "demo", "--jsonl", file); code != 3 || !strings.Contains(w.err.String(), "timeout") {
		t.Errorf("exit code %d, want 3; %s", code, w.err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("a file was left: %v", err)
	}
}

// notebook is a history in memory.
type notebook struct{ lines []string }

func (n *notebook) Load() ([]string, error) { return n.lines, nil }

func (n *notebook) Append(_ context.Context, filter string) error {
	n.lines = append(n.lines, filter)
	return nil
}

func TestScreenStartsWithFilterAndHistory(t *testing.T) {
	book := &notebook{lines: []string{"who:user1"}}
	w := newWorld(map[string]source.Source{"x": sends("x", batch(entry(1), entry(2), entry(3)))})
	w.Filters, w.width = book, 80
	if code := w.run(t, "x", "--filter", "is:error", "--now", "2023-11-08T10:00", "--max-entries", "2"); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	o := w.shown.ModelOptions
	if err := o.Remember("op:UserLogin"); err != nil {
		t.Fatal(err)
	}
	if o.Filter != "is:error" || len(o.History) != 1 || len(book.lines) != 2 || !o.Now().Equal(time.Date(2023, 11, 8, 10, 0, 0, 0, time.UTC)) || w.stored != 2 {
		t.Errorf("the screen starts with %+v at %v and keeps %d entries; the history is %q", o, o.Now(), w.stored, book.lines)
	}
}
