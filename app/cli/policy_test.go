package cli_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
)

func TestPolicyPrints(t *testing.T) {
	w := newWorld(nil)
	w.Granters = granters(w)
	code := w.run(t, "policy", "kinesis://audit", "s3://acme/firehose/", "old/", "--region", "us-east-1", "--profile", "ro", "--health",
		"--kms-key", "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
		"--consumer-arn", "arn:aws:kinesis:us-east-1:123456789012:stream/audit/consumer/me:1700000000")
	if code != 0 {
		t.Errorf("exit code %d; %s", code, w.err)
	}
	if w.asked.Region != "us-east-1" || w.asked.Profile != "ro" || !w.asked.Health || w.asked.Firehose != "" {
		t.Errorf("options %+v", w.asked)
	}
	if want := "taudit: old/ needs no permission of AWS\ntaudit: ACCOUNT is not known\n"; w.err.String() != want {
		t.Errorf("standard error:\n%s\nwant\n%s", w.err, want)
	}
	golden.RequireEqual(t, w.out.String())
}

// granters allow without an AWS configuration.
func granters(w *world) map[string]source.Granter {
	return map[string]source.Granter{
		"kinesis": func(_ context.Context, ref string, o source.Options, p *source.Policy) error {
			w.asked = o
			if ref == "kinesis://" {
				return errors.New("no name")
			}
			p.Note("ACCOUNT is not known")
			p.Stream("arn:aws:kinesis:" + o.Region + ":ACCOUNT:stream/audit")
			return nil
		},
		"s3": func(_ context.Context, _ string, _ source.Options, p *source.Policy) error {
			p.Bucket("aws", "acme", "firehose/")
			return nil
		},
	}
}

func TestPolicyExitCodes(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"policy", 2, "policy needs a SOURCE"},
		{"policy kinesis://", 2, "no name"},
		{"policy old/ demo:", 1, "old/ needs no permission of AWS"},
		{"policy kinesis://a --kms-key alias/mine", 2, "by its alias"},
		{"policy kinesis://a --kms-key arn:aws:kms:us-east-1:123456789012:alias/mine", 2, "by its alias"},
		{"policy kinesis://a --consumer-arn me", 2, "list-stream-consumers"},
		{"policy s3://a --consumer-arn arn:aws:kinesis:us-east-1:123456789012:stream/a/consumer/me:1", 2, "is for a Kinesis stream"},
		{"policy s3://a --firehose b", 2, "--firehose is for --health"},
		{"policy kinesis://a kinesis://a", 2, "given twice"},
		{"policy gs://x", 2, "cannot read"},
	} {
		w := newWorld(nil)
		w.Granters = granters(w)
		if code := w.run(t, strings.Fields(c.args)...); code != c.code || !strings.Contains(w.err.String(), c.says) {
			t.Errorf("taudit %s: exit code %d, want %d and %q; %s", c.args, code, c.code, c.says, w.err)
		}
		if w.out.String() != "" {
			t.Errorf("taudit %s: standard output has %q", c.args, w.out)
		}
	}
}

func TestPolicyToAFullDisk(t *testing.T) {
	w := newWorld(nil)
	w.Granters = granters(w)
	w.out.full = errors.New("no space left")
	if code := w.run(t, "policy", "kinesis://a"); code != 3 || !strings.Contains(w.err.String(), "no space left") {
		t.Errorf("exit code %d; %s", code, w.err)
	}
}
