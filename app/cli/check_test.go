package cli_test

import (
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
)

// checks gives a checker that tells steps of each reference.
func checks(w *world, steps map[string][]source.Step) source.Checker {
	return func(_ context.Context, ref string, o source.Options, tell func(source.Step)) {
		w.refs, w.asked = append(w.refs, ref), o
		for _, s := range steps[ref] {
			tell(s)
		}
	}
}

func steps() map[string][]source.Step {
	return map[string][]source.Step{
		"kinesis://good": {
			{What: "configuration", Found: "stream good, region us-east-1"},
			{What: "kinesis:DescribeStreamSummary", Verdict: source.Noted, Found: "not known"},
			{What: "kinesis:GetRecords", Found: "allowed"},
		},
		"s3://bad/": {
			{What: "s3:ListBucket", Found: "allowed; the first key is \x1b[2J\u202eevil"},
			{What: "s3:GetObject", Verdict: source.Wrong, Found: "access denied: ask for a policy", Next: "taudit policy s3://bad/"},
		},
	}
}

func TestCheckTells(t *testing.T) {
	for name, locale := range map[string]string{"unicode": "en_GB.UTF-8", "ascii": "C"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(nil)
			w.Getenv = func(name string) string { return map[string]string{"LC_ALL": locale}[name] }
			c := checks(w, steps())
			w.Checkers = map[string]source.Checker{"kinesis": c, "s3": c}
			if code := w.run(t, "check", "kinesis://good", "s3://bad/", "--region", "r", "--profile", "p", "--endpoint-url", "u"); code != 3 {
				t.Errorf("exit code %d, want 3: one of them will not work; %s", code, w.err)
			}
			if w.asked.Region != "r" || w.asked.Profile != "p" || w.asked.EndpointURL != "u" || w.asked.Log == nil {
				t.Errorf("options %+v", w.asked)
			}
			golden.RequireEqual(t, w.out.String())
		})
	}
}

func TestCheckExitCodes(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"check kinesis://good", 0, ""},
		{"check s3://bad/", 3, ""},
		{"check s3://bad/ kinesis://good", 3, ""},
		{"check", 2, "check needs a SOURCE"},
		{"check kinesis://good kinesis://good", 2, "given twice"},
		{"check gs://x", 2, "cannot read"},
		{"check s3://good --firehose f", 2, "--firehose is for --health"},
		{"check kinesis://good --health --firehose f", 0, ""},
		{"check kinesis://good --since 2h", 2, "unknown flag: --since"},
		{"check somewhere", 3, "cannot examine file sources"},
	} {
		w := newWorld(nil)
		checker := checks(w, steps())
		w.Checkers = map[string]source.Checker{"kinesis": checker, "s3": checker}
		if code := w.run(t, strings.Fields(c.args)...); code != c.code || !strings.Contains(w.err.String(), c.says) {
			t.Errorf("taudit %s: exit code %d, want %d and %q; %s", c.args, code, c.code, c.says, w.err)
		}
		if asks := c.code == 0 && strings.Contains(c.args, "--health"); asks != w.asked.Health || asks != (w.asked.Firehose == "f") {
			t.Errorf("taudit %s: options %+v", c.args, w.asked)
		}
	}
}

func TestCheckInterrupted(t *testing.T) {
	w := newWorld(nil)
	ctx, cancel := context.WithCancel(t.Context())
	w.Checkers = map[string]source.Checker{"kinesis": func(ctx context.Context, _ string, _ source.Options, tell func(source.Step)) {
		cancel()
		tell(source.Step{What: "kinesis:ListShards", Verdict: source.Wrong, Found: ctx.Err().Error()})
	}}
	if code := runIn(ctx, w, "check", "kinesis://a", "kinesis://b"); code != 3 || !strings.Contains(w.err.String(), "interrupted") || strings.Contains(w.out.String(), "kinesis://b") {
		t.Errorf("exit code %d; %s; %s", code, w.err, w.out)
	}
}
